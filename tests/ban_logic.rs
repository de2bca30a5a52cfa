//! The handshake in the logic of Burrows, Abadi and Needham, derived by machine.
//!
//! The model (section 4.1 there) claims such an analysis and does not print it. Here are the
//! idealised protocol, the assumptions and the goals as data; `docs/authentication.md` has the
//! rules. A forward chaining over them derives the goals, and the page shows the derivation
//! (`MEDSEAL_BLESS=1 cargo test --test ban_logic` writes it). The test removes each assumption,
//! each message part and each rule in turn. Each time, a goal must become underivable, which shows
//! that the removed item is needed.
//!
//! Statements are lists in parentheses. In a rule, a single capital letter is a variable.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in helpers, which clippy does not take for tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// A message: sender, receiver, the key or point that protects it, and its parts.
struct Message {
    name: &'static str,
    to: &'static str,
    /// Around the parts, `?M`.
    form: &'static str,
    parts: &'static [&'static str],
}

/// The session's key, `kdf(X' || V, ..)` with `X' = dh(X, Q_MN)` and `V = dh(X, T)`.
const K: &str = "(kdf (dh X Q_MN) (dh X T))";

const MESSAGES: [Message; 5] = [
    Message {
        name: "certificate",
        to: "H",
        form: "(signed P_SN ?M)",
        parts: &["validity", "(point N Q_MN)"],
    },
    Message { name: "registry", to: "N", form: "(signed P_SN ?M)", parts: &["number", "(key H Q_ID)"] },
    // W holds U, which signs r, the hash of all this, with the identity key.
    Message {
        name: "request",
        to: "N",
        form: "(to Q_MN (signed Q_ID ?M))",
        parts: &["tc", "(point H X)", "(asks H N)"],
    },
    // AK authenticates the transcript, which begins with X and holds M.
    Message { name: "reply", to: "H", form: "(sealed K ?M)", parts: &["X", "(shares H N K)", "payload"] },
    Message { name: "confirmation", to: "N", form: "(sealed K ?M)", parts: &["T", "(shares H N K)"] },
];

/// A statement, and its justification.
const ASSUMPTIONS: [(&str, &str); 13] = [
    ("(believes H (key SN P_SN))", "SN's public key is installed"),
    ("(believes H (controls SN (point N Q_MN)))", "SN certifies after proof of possession"),
    ("(believes H (fresh validity))", "the period holds, the serial is not revoked"),
    ("(believes H (own H X))", "x is drawn for this request, hedged, wiped after"),
    ("(believes H (fresh X))", "as above"),
    ("(believes H (controls N payload))", "N knows where records lie, and their digests"),
    ("(believes N (key SN P_SN))", "SN's public key is installed"),
    ("(believes N (controls SN (key H Q_ID)))", "the super node registers each name once"),
    ("(believes N (fresh number))", "no registry older than one seen is taken"),
    ("(believes N (own N Q_MN))", "s_MN does not leave the main node"),
    ("(believes N (fresh tc))", "window and replay cache: X was not seen before"),
    ("(believes N (controls H (point H X)))", "the hospital chooses its own x"),
    ("(believes N (fresh T))", "y is drawn for this reply, hedged, wiped after"),
];

const GOALS: [&str; 8] = [
    "(believes H (shares H N K))",
    "(believes H (fresh K))",
    "(believes H (believes N (shares H N K)))",
    "(believes H payload)",
    "(believes N (shares H N K))",
    "(believes N (fresh K))",
    "(believes N (believes H (shares H N K)))",
    "(believes N (believes H (asks H N)))",
];

/// A premise `(term ..)` matches any term that occurs in the protocol.
#[derive(Clone)]
struct Rule {
    name: &'static str,
    premises: Vec<Term>,
    conclusion: Term,
}

const PAGE: &str = include_str!("../docs/authentication.md");

/// The rules of the page. Each has three lines: name, premises, conclusion.
fn rules() -> Vec<Rule> {
    let (_, rules) = PAGE.split_once("## Rules").unwrap();
    let lines: Vec<&str> = rules.split("```").nth(1).unwrap().lines().skip(1).collect();
    let rule = |lines: &[&'static str]| Rule {
        name: lines[0],
        premises: match pattern(&format!("({})", lines[1])) {
            Term::List(premises) => premises,
            word => vec![word],
        },
        conclusion: pattern(lines[2].trim_start_matches("    |- ")),
    };
    lines.chunks_exact(3).map(rule).collect()
}

// --- terms ---------------------------------------------------------------------------------------------------------

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Term {
    Word(String),
    List(Vec<Term>),
}

type Binding = BTreeMap<String, Term>;

/// Reads a statement; the word `K` denotes the session's key.
fn read(text: &str) -> Term {
    fn one<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Term> {
        match words.next()? {
            "(" => {
                let mut list = Vec::new();
                while let Some(term) = one(words) {
                    list.push(term);
                }
                Some(Term::List(list))
            }
            ")" => None,
            "K" => Some(read(K)),
            word => Some(Term::Word(word.into())),
        }
    }
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    one(&mut spaced.split_whitespace()).unwrap()
}

/// Reads a statement of a rule: single capital letters are variables.
fn pattern(text: &str) -> Term {
    let is_variable = |word: &str| word.len() == 1 && word.chars().all(char::is_uppercase);
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let words =
        spaced.split(' ').map(|word| if is_variable(word) { format!("?{word}") } else { word.into() });
    read(&words.collect::<Vec<_>>().join(" "))
}

impl Term {
    fn head(&self) -> &str {
        match self {
            Self::Word(word) => word,
            Self::List(list) => list[0].head(),
        }
    }

    /// Whether this pattern matches a term, with the values of its variables.
    fn meets(&self, term: &Term, binding: &mut Binding) -> bool {
        match (self, term) {
            (Self::Word(word), _) if word.starts_with('?') => {
                binding.entry(word.clone()).or_insert_with(|| term.clone()) == term
            }
            (Self::Word(word), Self::Word(other)) => word == other,
            (Self::List(patterns), Self::List(terms)) => {
                patterns.len() == terms.len() && patterns.iter().zip(terms).all(|(p, t)| p.meets(t, binding))
            }
            _ => false,
        }
    }

    fn with(&self, binding: &Binding) -> Term {
        match self {
            Self::Word(word) => binding.get(word).unwrap_or(self).clone(),
            Self::List(list) => Self::List(list.iter().map(|term| term.with(binding)).collect()),
        }
    }

    fn parts(&self, out: &mut BTreeSet<Term>) {
        out.insert(self.clone());
        if let Self::List(list) = self {
            list.iter().for_each(|term| term.parts(out));
        }
    }

    /// For people.
    fn show(&self) -> String {
        let Self::List(list) = self else { return self.head().into() };
        if *self == read(K) {
            return "K".into();
        }
        let shown: Vec<String> = list[1..].iter().map(Term::show).collect();
        match (self.head(), shown.as_slice()) {
            (verb @ ("believes" | "sees" | "said" | "controls"), [who, what]) => {
                format!("{who} {verb} {what}")
            }
            ("shares", [a, b, key]) => format!("{a} <-{key}-> {b}"),
            ("and", [a, b]) => format!("{a}, {b}"),
            ("signed", [key, what]) => format!("[{what}] signed {key}"),
            ("sealed", [key, what]) => format!("{{{what}}} under {key}"),
            ("to", [key, what]) => format!("{{{what}}} to {key}"),
            ("asks", [a, b]) => format!("{a} asks {b}"),
            ("dh", [_, key]) => if key == "T" { "V" } else { "X'" }.into(),
            (head, _) => format!("{head}({})", shown.join(", ")),
        }
    }
}

// --- the protocol ----------------------------------------------------------------------------------------------------

/// The start of the derivation.
#[derive(Clone)]
struct Theory {
    messages: Vec<(usize, Vec<&'static str>)>,
    assumptions: Vec<&'static str>,
    rules: Vec<Rule>,
}

/// A statement and its origin: a message, an assumption, or a rule with its premises.
struct Fact {
    statement: Term,
    because: String,
    premises: Vec<usize>,
}

impl Theory {
    fn whole() -> Self {
        Self {
            messages: MESSAGES.iter().map(|message| message.parts.to_vec()).enumerate().collect(),
            assumptions: ASSUMPTIONS.iter().map(|(assumption, _)| *assumption).collect(),
            rules: rules(),
        }
    }

    fn received(&self) -> Vec<(&'static str, Term)> {
        let received = self.messages.iter().map(|(number, parts)| {
            let Message { name, to, form, .. } = &MESSAGES[*number];
            let mut terms = parts.iter().rev().map(|part| read(part));
            let last = terms.next().unwrap();
            let all = terms.fold(last, |rest, part| Term::List(vec![Term::Word("and".into()), part, rest]));
            let content = read(form).with(&Binding::from([("?M".into(), all)]));
            (*name, Term::List(vec![Term::Word("sees".into()), Term::Word((*to).into()), content]))
        });
        received.collect()
    }

    /// All derived statements, in the order of their discovery.
    fn derive(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = Vec::new();
        for (name, statement) in self.received() {
            facts.push(Fact { statement, because: format!("the {name}"), premises: Vec::new() });
        }
        for (number, text) in ASSUMPTIONS.iter().enumerate() {
            if self.assumptions.contains(&text.0) {
                let because = format!("assumption {}", number + 1);
                facts.push(Fact { statement: read(text.0), because, premises: Vec::new() });
            }
        }
        let mut universe = BTreeSet::new();
        GOALS.iter().for_each(|goal| read(goal).parts(&mut universe));
        facts.iter().for_each(|fact| fact.statement.parts(&mut universe));
        loop {
            let before = facts.len();
            for Rule { name, premises, conclusion } in &self.rules {
                for (binding, used) in matches(premises, &facts, &universe) {
                    let statement = conclusion.with(&binding);
                    if !facts.iter().any(|fact| fact.statement == statement) {
                        facts.push(Fact { statement, because: (*name).into(), premises: used });
                    }
                }
            }
            if facts.len() == before {
                return facts;
            }
        }
    }

    /// The numbers of the goals that cannot be derived.
    fn lost_goals(&self) -> Vec<usize> {
        let facts = self.derive();
        let holds = |goal: &str| facts.iter().any(|fact| fact.statement == read(goal));
        (1..=GOALS.len()).filter(|number| !holds(GOALS[number - 1])).collect()
    }

    /// The same for people.
    fn lost(&self) -> String {
        self.lost_goals().iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
    }
}

/// All ways to match the premises, each with the facts that it uses.
fn matches(premises: &[Term], facts: &[Fact], universe: &BTreeSet<Term>) -> Vec<(Binding, Vec<usize>)> {
    let mut ways = vec![(Binding::new(), Vec::new())];
    for premise in premises {
        let mut longer = Vec::new();
        for (binding, used) in &ways {
            let mut extend = |pattern: &Term, term: &Term, fact: Option<usize>| {
                let mut binding = binding.clone();
                if pattern.meets(term, &mut binding) {
                    longer.push((binding, used.iter().copied().chain(fact).collect()));
                }
            };
            match (premise.head(), premise) {
                // a term of the protocol
                ("term", Term::List(list)) => universe.iter().for_each(|term| extend(&list[1], term, None)),
                // a Diffie-Hellman secret of these two points, in either order
                ("pair", Term::List(list)) => {
                    for secret in universe {
                        if let Term::List(dh) = secret
                            && dh[0] == Term::Word("dh".into())
                        {
                            let pair = |a: usize, b: usize| {
                                Term::List(vec![
                                    list[0].clone(),
                                    dh[a].clone(),
                                    dh[b].clone(),
                                    secret.clone(),
                                ])
                            };
                            extend(premise, &pair(1, 2), None);
                            extend(premise, &pair(2, 1), None);
                        }
                    }
                }
                _ => facts.iter().enumerate().for_each(|(i, fact)| extend(premise, &fact.statement, Some(i))),
            }
        }
        ways = longer;
    }
    ways
}

// --- the page ----------------------------------------------------------------------------------------------------------

/// The steps that the goals need, after the messages and the assumptions.
fn derivation() -> String {
    let facts = Theory::whole().derive();
    let place = |goal: &str| facts.iter().position(|fact| fact.statement == read(goal)).unwrap();
    let mut needed = BTreeSet::new();
    let mut open: Vec<usize> = GOALS.iter().map(|goal| place(goal)).collect();
    while let Some(fact) = open.pop() {
        if needed.insert(fact) {
            open.extend(&facts[fact].premises);
        }
    }
    let given = MESSAGES.len() + ASSUMPTIONS.len();
    let steps: BTreeMap<usize, usize> = needed.range(given..).copied().zip(ASSUMPTIONS.len() + 1..).collect();
    // A message by its name, an assumption or a step by its number.
    let shown = |fact: &usize| match fact.checked_sub(MESSAGES.len()) {
        None => facts[*fact].because.clone(),
        Some(assumption) => steps.get(fact).copied().unwrap_or(assumption + 1).to_string(),
    };
    let mut out = String::new();
    for (fact, number) in &steps {
        let Fact { statement, because, premises } = &facts[*fact];
        let from = premises.iter().map(shown).collect::<Vec<_>>().join(", ");
        let goal = GOALS.iter().position(|goal| place(goal) == *fact);
        let goal = goal.map_or(String::new(), |goal| format!("   = goal {}", goal + 1));
        writeln!(out, "{number}  {:49} {because} of {from}{goal}", statement.show()).unwrap();
    }
    out
}

/// Each assumption for people, and the rest without it.
fn without_assumptions() -> impl Iterator<Item = (String, Theory)> {
    ASSUMPTIONS.iter().enumerate().map(|(i, (assumption, _))| {
        let mut rest = Theory::whole();
        rest.assumptions.remove(i);
        (format!("{:2}  {}", i + 1, read(assumption).show()), rest)
    })
}

/// Each message and each part of one for people, and the rest without it.
fn without_parts() -> Vec<(String, Theory)> {
    let mut all = Vec::new();
    for (i, message) in MESSAGES.iter().enumerate() {
        let mut rest = Theory::whole();
        rest.messages.remove(i);
        all.push((format!("the {}", message.name), rest));
        for (j, part) in message.parts.iter().enumerate() {
            let mut rest = Theory::whole();
            rest.messages[i].1.remove(j);
            all.push((format!("{} in the {}", read(part).show(), message.name), rest));
        }
    }
    all
}

/// The page's content between its markers.
fn generated() -> BTreeMap<&'static str, String> {
    let received = Theory::whole().received();
    let messages = received.iter().map(|(name, statement)| format!("{name:13} {}\n", statement.show()));
    let assumptions = without_assumptions().zip(ASSUMPTIONS);
    let assumptions =
        assumptions.map(|((name, rest), (_, why))| format!("{name:42} {:7}  {why}\n", rest.lost()));
    let goals = GOALS.iter().enumerate().map(|(i, goal)| format!("{}  {}\n", i + 1, read(goal).show()));
    let parts = without_parts().into_iter().map(|(name, rest)| format!("{name:33} {}\n", rest.lost()));
    BTreeMap::from([
        ("messages", messages.collect()),
        ("assumptions", assumptions.collect()),
        ("goals", goals.collect()),
        ("derivation", derivation()),
        ("parts", parts.collect()),
    ])
}

#[test]
fn goals_follow_as_the_page_shows() {
    assert_eq!(Theory::whole().lost_goals(), [0usize; 0]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/authentication.md");
    let mut expected = PAGE.to_owned();
    for (name, text) in generated() {
        let opening = format!("<!-- {name} -->\n```text\n");
        let start = expected.find(&opening).unwrap_or_else(|| panic!("no place for {name}")) + opening.len();
        let end = start + expected[start..].find("```").unwrap();
        expected.replace_range(start..end, &text);
    }
    if std::env::var_os("MEDSEAL_BLESS").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == expected, "the page does not show this derivation");
}

#[test]
fn goals_need_every_assumption_and_part() {
    for (name, theory) in without_assumptions().chain(without_parts()) {
        assert!(!theory.lost_goals().is_empty(), "no goal needs {name}");
    }
}

#[test]
fn every_rule_is_needed_by_a_goal() {
    for (i, Rule { name, .. }) in rules().iter().enumerate() {
        let mut theory = Theory::whole();
        theory.rules.remove(i);
        assert!(!theory.lost_goals().is_empty(), "no goal needs the rule {name}");
    }
}

#[test]
fn nobody_believes_what_only_others_may() {
    let facts = Theory::whole().derive();
    let holds = |text: &str| facts.iter().any(|fact| fact.statement == read(text));
    // The hospital knows the point from the certificate, and not from the node's own claim.
    assert!(holds("(believes H (point N Q_MN))"));
    // A T that only arrived is not trusted, and the main node accepts no payload from the hospital.
    assert!(!holds("(believes H (point N T))"));
    assert!(!holds("(believes N payload)"));
    assert!(!holds("(believes N (believes H payload))"));
}

/// The model as printed: no certificate, and `M` encrypted to the identity alone, outside `AK`.
#[test]
fn the_printed_protocol_misses_its_goals() {
    let mut printed = Theory::whole();
    printed.messages.retain(|(number, _)| MESSAGES[*number].name != "certificate");
    for (number, parts) in &mut printed.messages {
        if MESSAGES[*number].name == "reply" {
            parts.retain(|part| *part != "payload");
        }
    }
    assert_eq!(printed.lost_goals(), [1, 3, 4]);
    // With only a certificate, anyone can exchange the payload.
    let mut certified = Theory::whole();
    certified.messages[3].1.retain(|part| *part != "payload");
    assert_eq!(certified.lost_goals(), [4]);
    assert_eq!(Theory::whole().lost_goals(), [0usize; 0]);
}
