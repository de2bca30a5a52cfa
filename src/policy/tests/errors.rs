//! Texts that do not parse, and the position and kind of their errors.

use proptest::prelude::*;

use super::super::parser::looks;
use super::*;

/// One policy on each line, the first being empty, and its error.
const FAULTS: &str = r#"
                         at byte 0: expected a condition such as `role=doctor`, `not`, `(` or `2 of (`
a and                    at byte 5: expected a condition such as `role=doctor`, `not`, `(` or `2 of (`
(                        at byte 1: expected a condition such as `role=doctor`, `not`, `(` or `2 of (`
a, b                     at byte 1: expected `and`, `or` or the end
) a                      at byte 0: expected a condition such as `role=doctor`, `not`, `(` or `2 of (`
(a and b                 at byte 8: expected `and`, `or` or `)`
(a b)                    at byte 3: expected `and`, `or` or `)`
2 of (a, b               at byte 10: expected `and`, `or`, `,` or `)`
2 of (a b)               at byte 8: expected `and`, `or`, `,` or `)`
2                        at byte 1: expected `of` after the number
2 (a, b)                 at byte 2: expected `of` after the number
2 of a                   at byte 5: expected `(` after `of`
2 of ()                  at byte 6: expected a condition such as `role=doctor`, `not`, `(` or `2 of (`
2 of (a, )               at byte 9: expected a condition such as `role=doctor`, `not`, `(` or `2 of (`
x=                       at byte 2: expected a value: a word, a number, a date or text in double quotes
x= and y                 at byte 3: expected another word: `and`, `or`, `not`, `of` and `in` are reserved
x<                       at byte 2: expected a value: a word, a number, a date or text in double quotes
x in                     at byte 4: expected `{` or a number after `in`
x in {                   at byte 6: expected a value: a word, a number, a date or text in double quotes
x in {}                  at byte 6: expected at least one member
x in {a b}               at byte 8: expected `,` or `}`
x in 3                   at byte 6: expected `..` after the first number of a range
x in 3.5                 at byte 5: expected a number or a date: only these are ordered
x in 3..2026-01-01       at byte 8: expected two numbers or two dates
x<doctor                 at byte 2: expected a number or a date: only these are ordered
x<  doctor               at byte 4: expected a number or a date: only these are ordered
x in  a..b               at byte 6: expected a number or a date: only these are ordered
x in 3..  b              at byte 10: expected a number or a date: only these are ordered
x in 3..  2026-01-01     at byte 10: expected two numbers or two dates
x>="3"                   at byte 3: expected a number or a date: only these are ordered
2026-01-01               at byte 0: expected a label: a letter A to Z or `_`, then letters A to Z, digits, `_`, `.` or `-`, without `..`
2x=3                     at byte 0: expected a label: a letter A to Z or `_`, then letters A to Z, digits, `_`, `.` or `-`, without `..`
and                      at byte 0: expected another word: `and`, `or`, `not`, `of` and `in` are reserved
x=not                    at byte 2: expected another word: `and`, `or`, `not`, `of` and `in` are reserved
x=café                   at byte 5: expected double quotes around text that contains this character
mail=a@b.de              at byte 6: expected double quotes around text that contains this character
a in {b, c/d}            at byte 10: expected double quotes around text that contains this character
straße=a                 at byte 4: expected a label: a letter A to Z or `_`, then letters A to Z, digits, `_`, `.` or `-`, without `..`
é=x                      at byte 0: expected a label: a letter A to Z or `_`, then letters A to Z, digits, `_`, `.` or `-`, without `..`
a@b                      at byte 1: expected a label: a letter A to Z or `_`, then letters A to Z, digits, `_`, `.` or `-`, without `..`
x="open                  at byte 2: expected a closing `"` for the text that begins here
x="a\n"                  at byte 5: expected `"` or `\` after the backslash
x=4294967296             at byte 2: expected a whole number from 0 to 4294967295, or text in double quotes
x=007                    at byte 2: expected a number without leading zeros, or text in double quotes
00 of (a)                at byte 0: expected a number without leading zeros, or text in double quotes
x=2023-02-29             at byte 2: expected an existing date as YYYY-MM-DD, 1970-01-01 or later, or text in double quotes
x=1969-12-31             at byte 2: expected an existing date as YYYY-MM-DD, 1970-01-01 or later, or text in double quotes
x=2026-1-1               at byte 2: expected an existing date as YYYY-MM-DD, 1970-01-01 or later, or text in double quotes
0 of (a, b)              at byte 0: expected a threshold from 1 to the number of alternatives
3 of (a, b)              at byte 0: expected a threshold from 1 to the number of alternatives
x<0                      at byte 0: expected a comparison that some number satisfies
x>4294967295             at byte 0: expected a comparison that some number satisfies
  x>  4294967295         at byte 2: expected a comparison that some number satisfies
x>=0                     at byte 0: expected a comparison that not every number satisfies
x in 1970-01-01..9999-12-31 at byte 0: expected a comparison that not every number satisfies
x<3 and a and x>7        at byte 14: expected a comparison that some number satisfies together with the earlier ones on the same label
x<3 and a and x<1970-01-04 at byte 14: expected a comparison of the same kind as the earlier ones, integers or dates: a key has one number for a label
not x in {3, x}          at byte 4: expected only texts, only integers or only dates in a set under `not`: no key satisfies a mixture
not emergency            at byte 4: expected a value after the label: `not` needs one
a or not (b=x and c)     at byte 18: expected a value after the label: `not` needs one
a == b                   at byte 3: expected a value: a word, a number, a date or text in double quotes
a # b                    at byte 2: expected `and`, `or` or the end
x=a..b                   at byte 3: expected `and`, `or` or the end
a..b                     at byte 1: expected `and`, `or` or the end
"#;

/// One set of attributes on each line, and its error.
const FAULTY_ATTRIBUTES: &str = r#"
a,                       at byte 2: expected a label
,a                       at byte 0: expected a label
a b                      at byte 2: expected `,` or the end
a=                       at byte 2: expected a value: a word, a number, a date or text in double quotes
a=1, a=2                 at byte 5: expected only one number for the label
a=1, a=2026-01-01        at byte 5: expected only one number for the label
a<3                      at byte 1: expected `,` or the end
(a)                      at byte 0: expected a label
or                       at byte 0: expected another word: `and`, `or`, `not`, `of` and `in` are reserved
a="                      at byte 2: expected a closing `"` for the text that begins here
3                        at byte 0: expected a label: a letter A to Z or `_`, then letters A to Z, digits, `_`, `.` or `-`, without `..`
a=b=c                    at byte 3: expected `,` or the end
"#;

/// The lines of such a table.
fn table(faults: &'static str) -> impl Iterator<Item = (&'static str, String)> {
    faults.trim_matches('\n').lines().map(|line| {
        let (text, told) = line.split_once(" at byte ").unwrap();
        (text.trim_end(), format!("at byte {told}"))
    })
}

fn refused_attributes(text: &str) -> PolicyError {
    let Err(Error::Policy(error)) = Attributes::parse(text) else { panic!("{text}") };
    error
}

/// Hidden characters, with which two texts could look alike.
const HIDDEN: [&str; 4] = ["x=\"a\u{200b}b\"", "x=\"a\u{202e}b\"", "x=\"a\nb\"", "not x=\"north\u{a0}wing\""];

#[test]
fn errors_name_position_and_expectation() {
    for (text, told) in table(FAULTS) {
        assert_eq!(refusal(text).to_string(), told, "{text}");
    }
    for (text, at) in HIDDEN.into_iter().zip([4, 4, 4, 12]) {
        let told = format!("at byte {at}: expected visible characters that Unicode 16.0 assigns");
        assert_eq!(refusal(text).to_string(), told, "{text:?}");
    }
    for (text, told) in table(FAULTY_ATTRIBUTES) {
        assert_eq!(refused_attributes(text).to_string(), told, "{text}");
    }
}

#[test]
fn the_list_above_names_every_error() {
    let too_deep = refusal(&"(".repeat(limits::POLICY_DEPTH + 1));
    let shown: Vec<String> = (table(FAULTS).map(|(text, _)| refusal(text)))
        .chain(HIDDEN.map(refusal))
        .chain(table(FAULTY_ATTRIBUTES).map(|(text, _)| refused_attributes(text)))
        .chain([too_deep])
        .map(|error| format!("{:?}", error.kind()))
        .collect();
    // The variants as the source file lists them.
    let (_, kinds) = include_str!("../../error/policy.rs").split_once("pub enum PolicyErrorKind {").unwrap();
    let kinds = kinds.lines().filter_map(|line| line.trim().split_once(" =>"));
    let kinds: Vec<&str> = kinds.map(|(kind, _)| kind.split('(').next().unwrap()).collect();
    assert!(kinds.len() > 25);
    for kind in kinds {
        assert!(shown.iter().any(|shown| shown.split('(').next() == Some(kind)), "{kind}");
    }
}

/// Peers parsed the beginning of such a text and ignored the rest.
#[test]
fn the_whole_input_is_read_or_refused() {
    for (text, at) in [("a=1) and b=2", 3), ("(a=1 and b=2) c=3", 14), ("a:1", 1), ("a and b\0", 7)] {
        assert_eq!(refusal(text).offset(), at, "{text}");
    }
    for text in ["ORANGE or android and nothing", "notary and inn=office"] {
        assert_eq!(policy(text).canonical(), text);
    }
}

/// A peer parsed `a AND b OR c` as `a AND (b OR c)`.
#[test]
fn and_binds_tighter_than_or() {
    assert_eq!(policy("a AND b OR c"), policy("(a and b) or c"));
    assert_ne!(policy("a AND b OR c"), policy("a and (b or c)"));
    assert_eq!(policy("not a=x and b"), policy("(not a=x) and b"));
}

/// A peer's length field wrapped: a policy of 1200 alternatives could be encrypted
/// under but not decrypted.
#[test]
fn limits_hold_for_leaves_uses_levels() {
    let limited = |text: &str| match refusal(text).kind() {
        PolicyErrorKind::LimitExceeded(limit) => limit,
        kind => panic!("{kind}"),
    };
    let alternatives = |n: usize| (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(" or ");
    assert_eq!(policy(&alternatives(1024)).rows(), 1024);
    for n in [1025, 1150, 1200, 65537] {
        assert_eq!(limited(&alternatives(n)), Limit::PolicyLeaves);
    }
    // Each has three rows, of two, one and one attributes.
    let ranges = |n: usize| (0..n).map(|i| format!("a{i} in 18..65")).collect::<Vec<_>>().join(" or ");
    assert_eq!(policy(&ranges(256)).rows(), 768);
    assert_eq!(limited(&ranges(257)), Limit::PolicyLeaves);
    assert_eq!(refusal(&format!("{} or b", ranges(256))).offset(), ranges(256).len() + 4);
    assert_eq!(limited(&format!("({}) and b", ranges(256))), Limit::PolicyLeaves);
    // Together they are one row of 1024 leaves. A repeated attribute is one leaf.
    let all = |n: usize| alternatives(n).replace(" or ", " and ");
    assert_eq!(policy(&all(1024)).rows(), 1);
    assert_eq!(limited(&format!("{} and x!=7", all(1023))), Limit::PolicyLeaves);
    assert_eq!(policy(&format!("{} and a7", all(1023))).rows(), 1);
    assert_eq!(policy(&["a"; 1024].join(" and ")).rows(), 1);
    let values =
        |n: usize| format!("x in {{{}}}", (0..n).map(|i| i.to_string()).collect::<Vec<_>>().join(","));
    assert_eq!(policy(&values(1024)).rows(), 1024);
    assert_eq!(limited(&values(1025)), Limit::PolicyLeaves);
    assert_eq!(limited(&format!("not {}", values(1024).replace("{", "{4294967295,"))), Limit::PolicyLeaves);
    let scattered =
        (0..1024u32).map(|i| i.wrapping_mul(0x9e37_79b1).to_string()).collect::<Vec<_>>().join(", ");
    assert_eq!(limited(&format!("not x in {{{scattered}}}")), Limit::PolicyLeaves);

    assert_eq!(policy(&["a"; 32].join(" or ")).uses(), 32);
    assert_eq!(limited(&["a"; 33].join(" or ")), Limit::UseNumbers);
    assert_eq!(refusal(&["a"; 33].join(" or ")).offset(), 32 * 5);
    let texts = |n: usize| (0..n).map(|i| format!("t!=x{i}")).collect::<Vec<_>>().join(" or ");
    assert_eq!(policy(&texts(32)).uses(), 32);
    assert_eq!(limited(&texts(33)), Limit::UseNumbers);

    let nested = |open: &str, close: &str, n: usize| format!("{}a=x{}", open.repeat(n), close.repeat(n));
    for (open, close) in
        [("(", ")"), ("not ", ""), ("! ", ""), ("1 of (", ")"), ("b and (", ")"), ("2 of (b, c, ", ")")]
    {
        // `2 of (b, c, ..` uses `b` once in each level.
        assert!(Policy::parse(&nested(open, close, 32)).is_ok(), "{open}");
        assert_eq!(limited(&nested(open, close, 33)), Limit::PolicyDepth, "{open}");
    }
    assert_eq!(
        refusal(&nested("not ", "", 33)).to_string(),
        "at byte 128: expected at most 32 levels of nesting in a policy"
    );
    // A comparison of several rows is its own gate; below 32 others it is one too many.
    let inside = |leaf: &str| nested("b or (", ")", 31).replace("a=x", leaf);
    assert!(Policy::parse(&inside("a<7")).is_ok());
    assert!(Policy::parse(&inside("c and a>=16")).is_ok());
    assert_eq!(limited(&inside("c and a<7")), Limit::PolicyDepth);
    // So is the negation of a set of texts. An `and` in an `and` is not.
    assert!(Policy::parse(&inside("c or not t in {x}")).is_ok());
    assert_eq!(limited(&inside("c or not t in {x, y}")), Limit::PolicyDepth);
    assert!(
        Policy::parse(&nested("b and (", ")", 31).replace("a=x", "c and not t in {x, y} and a<7")).is_ok()
    );
    // `a or b and (..` nests two gates in one parenthesis.
    assert!(Policy::parse(&nested("a or b and (", ")", 16)).is_ok());
    assert_eq!(limited(&nested("a or b and (", ")", 17)), Limit::PolicyDepth);
    // The canonical text needs a parenthesis here, which this text does not have.
    assert_eq!(limited(&nested("not 2 of (c=x or ", ", d=x)", 15)), Limit::PolicyDepth);
    // So does a list, which counts as well.
    let lists = |n| nested("2 of (a=x, b=x, not 2 of (c=x or ", ", d=x))", n);
    assert!(Policy::parse(&lists(8)).is_ok());
    assert_eq!(limited(&lists(9)), Limit::PolicyDepth);

    let name = |n: usize| "a".repeat(n);
    for text in [format!("{}=x", name(257)), format!("x={}", name(257)), format!("x=\"{} \"", name(256))] {
        assert_eq!(limited(&text), Limit::AttributeLength);
    }
    assert_eq!(refusal(&format!("x=  \"{}\"", name(257))).offset(), 4);
    assert!(Policy::parse(&format!("{}=\"{} \"", name(256), name(255))).is_ok());
    assert!(Policy::parse(&format!("x={}", name(256))).is_ok());
    // 256 bytes are counted after normalisation.
    assert!(Policy::parse(&format!("x=\"{}\"", "e\u{301}".repeat(128))).is_ok());
    assert_eq!(limited(&format!("x=\"{}\"", "e\u{301}".repeat(129))), Limit::AttributeLength);
}

#[test]
fn closed_levels_do_not_count() {
    for group in ["(aN)", "1 of (aN)", "not aN=x", "!(! aN=x)", "2 of (aN, aN)"] {
        let groups = |count: usize| {
            (0..count).map(|n| group.replace('N', &n.to_string())).collect::<Vec<_>>().join(" or ")
        };
        let rows = policy(&groups(1)).rows();
        assert_eq!(policy(&groups(100)).rows(), 100 * rows, "{group}");
    }
}

#[test]
fn stops_reading_after_an_excess_leaf() {
    let too_many = |at| PolicyError::new(at, PolicyErrorKind::LimitExceeded(Limit::PolicyLeaves));
    let list = |n: usize, between: &str| (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(between);
    let alternatives = list(1024, " or ");
    let set = format!("x in {{{}}}", list(1024, ","));
    for text in [&alternatives, &set] {
        assert_eq!(refusal(&format!("{text} or b )")), too_many(text.len() + 4));
        assert_eq!(
            refusal(&format!("{text} )")),
            PolicyError::new(text.len() + 1, PolicyErrorKind::ExpectedOperatorOrEnd)
        );
        assert_eq!(policy(text).rows(), 1024);
    }
    let open = set.trim_end_matches('}');
    assert_eq!(refusal(&format!("{open},)")), too_many(open.len() + 1));

    let attributes = list(8192, ",");
    let too_many = PolicyErrorKind::LimitExceeded(Limit::AttributesPerKey);
    assert_eq!(
        Attributes::parse(&format!("{attributes},b )")),
        Err(PolicyError::new(attributes.len() + 1, too_many).into())
    );
    assert_eq!(Attributes::parse(&attributes).unwrap().len(), 8192);
}

#[test]
fn texts_are_read_up_to_the_limit() {
    let padded = |bytes: usize| format!("a{}", " ".repeat(bytes - 1));
    let too_long = PolicyErrorKind::LimitExceeded(Limit::PolicyText);
    assert_eq!(
        refusal(&padded(limits::POLICY_TEXT_BYTES + 1)),
        PolicyError::new(limits::POLICY_TEXT_BYTES, too_long)
    );
    assert_eq!(policy(&padded(limits::POLICY_TEXT_BYTES)).canonical(), "a");
}

/// The longest leaves have a long label, a value in which every character is escaped, and
/// a `not` on every level.
#[test]
fn the_longest_canonical_text_parses() {
    let leaf = |n: usize| format!("{}l{n:0255}!=\"{}\"", "not ".repeat(32), "\\\"".repeat(256));
    let text = (0..limits::POLICY_LEAVES).map(leaf).collect::<Vec<_>>().join(" and ");
    let policy = policy(&text);
    assert_eq!(policy.canonical(), text);
    assert_eq!(Policy::from_bytes(&policy.to_bytes()).unwrap(), policy);
    // There are fewer gates than leaves, and none adds more than this to the text of its children.
    assert!(text.len() + limits::POLICY_LEAVES * "1023 of ()".len() <= limits::POLICY_TEXT_BYTES);
}

/// Inputs on which peers panicked.
#[test]
fn malformed_input_is_an_error() {
    let short = [
        "é", "éé and", "aé", "x=é", "x=\"é", "x=\"\\", "1", "1 of", "1 of (", "x in {", "x in {é",
        "x in 1..", "..", "a..", "x=..", "x in ..", "1..2", "\0", "!", "!!", "&", "|", "&&a", "a&&&b", ",",
    ];
    let long = [
        "x=\"\\é\"",
        "x in 1..é",
        "\u{feff}a",
        "a\u{a0}and b",
        "4294967296 of (a)",
        "99999999999999999999 of (a)",
    ];
    for text in short.into_iter().chain(long) {
        assert!(Policy::parse(text).is_err(), "{text}");
        assert!(Attributes::parse(text).is_err(), "{text}");
        assert!(Attribute::parse(text).is_err(), "{text}");
    }
    assert!(Policy::parse("a").is_ok());
}

/// Parsing takes time in proportion to the length of the text: every byte is read a
/// bounded number of times. If some text were read again for each of its parts, the number
/// would grow with the text.
#[test]
fn long_texts_are_scanned_once() {
    // A byte can be a whole operand, before which every operator and symbol is tried.
    const LOOKS: usize = 48;
    let size = limits::POLICY_TEXT_BYTES;
    let parse = |text: &str| {
        let (policy, looks) = looks::during(|| Policy::parse(text));
        assert!(looks <= LOOKS * (text.len() + 1), "{looks} of {}", text.len());
        let (_, looks) = looks::during(|| Attributes::parse(text));
        assert!(looks <= LOOKS * (text.len() + 1), "{looks} of {}", text.len());
        policy
    };
    let operators = "(|not |!|a or |a and |a&|1 of (|2 of (a, |n<3 or |(a) or |(a or |not (a=x) and ";
    let words = "a|9|a.|a-|.| |x=|x=a |x in {a|x in {|,a|x=\"|\\\"|\u{e9}|e\u{301}";
    for unit in operators.split('|').chain(words.split('|')) {
        for start in ["", "x=\"", "x in {", "x in {a,"] {
            let text = format!("{start}{}", unit.repeat(size / unit.len() - start.len()));
            assert!(parse(&text).is_err(), "{start}{unit}");
        }
    }
    let values = (0..1024).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
    let longest = format!("x in {{{values}}}");
    assert!(parse(&format!("{longest}{}", " ".repeat(size))).is_err());
    assert!(parse(&longest).is_ok());
    // Long texts that are policies: many short parts before a long one. A parser that looks ahead
    // at each part would read most of the text a thousand times.
    let space = " ".repeat(size / 2);
    let members = |member: &dyn Fn(usize) -> String| (0..1023).map(member).collect::<Vec<_>>().join(",");
    let numbers = members(&|i| i.to_string());
    let words = members(&|i| format!("\"{i}{}\"", "b".repeat(250)));
    for text in [
        format!("x in {{{numbers}}}{space}"),
        format!("{space}x in {{{numbers}}}"),
        format!("x in {{{words}{space},y}}"),
        format!("{} or {space}b", ["a"; 32].join(" or ")),
        format!("{}{space}", ["n=3"; 32].join(" and ")),
    ] {
        assert!(parse(&text).is_ok(), "{}", &text[..40]);
        assert!(parse(&format!("{text})")).is_err(), "{}", &text[..40]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_parses_or_fails_inside(text in "\\PC{0,40}") {
        check(&text)?;
    }

    #[test]
    fn any_words_parse_or_fail_inside(
        words in prop::collection::vec(prop::sample::select(vec![
            "a", "x", "and", "or", "not", "of", "in", "(", ")", "{", "}", ",", "..", "=", "!=", "<", ">=", "!", "&", "||",
            "2", "0", "4294967296", "2026-01-01", "\"t\"", "\"", "\\", " ", "\u{e9}", "\u{200b}",
        ]), 0..24)
    ) {
        check(&words.concat())?;
        check(&words.join(" "))?;
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let fails_inside = |error: Error| match error {
        Error::Policy(error) => text.is_char_boundary(error.offset()),
        _ => false,
    };
    match Policy::parse(text) {
        Ok(policy) => prop_assert_eq!(Policy::parse(policy.canonical()).unwrap(), policy),
        Err(error) => prop_assert!(fails_inside(error)),
    }
    match Attributes::parse(text) {
        Ok(set) => prop_assert_eq!(Attributes::parse(&set.to_string()).unwrap(), set),
        Err(error) => prop_assert!(fails_inside(error)),
    }
    Ok(())
}
