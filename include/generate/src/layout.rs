//! Lays out a header: what cbindgen writes for one source, declaration by declaration.

use crate::objects;

/// The width of a line.
const WIDTH: usize = 120;

/// The declarations of one source, under the first line of its documentation.
pub struct Section {
    pub source: &'static str,
    pub title: String,
    pub items: Vec<Item>,
}

/// One declaration.
pub struct Item {
    pub name: String,
    comment: String,
    code: String,
}

impl Item {
    /// The names in the declaration, without those in the comments of its fields.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let lines = self.code.lines().map(str::trim_start);
        let lines = lines.filter_map(|line| line.split("///").next());
        lines.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
    }

    fn is_constant(&self) -> bool {
        self.code.starts_with("#define ")
    }

    fn is_short(&self) -> bool {
        !self.is_constant() && self.comment.lines().count() < 2 && !self.code.contains('{')
    }

    pub fn text(&self) -> String {
        if self.is_constant() {
            return comments_beside(&format!("{}{}", self.comment, self.code)) + "\n";
        }
        format!("{}{}\n", self.comment, self.code)
    }
}

/// The declarations of a header that cbindgen wrote for a source, separated by empty lines.
pub fn items(body: &str, source: &str) -> Vec<Item> {
    body.trim().split("\n\n").map(|text| item(text, source)).collect()
}

fn item(text: &str, source: &str) -> Item {
    let at = text.find(|line: char| !line.is_whitespace()).unwrap_or_default();
    let code = text.lines().skip_while(|line| line.starts_with("///")).collect::<Vec<_>>().join("\n");
    let comment = text[at..text.len() - code.len()].to_owned();
    assert!(!comment.is_empty(), "without a comment: {text}");
    let front = code.strip_prefix("#define ").map(|rest| rest.split(' ').next().expect("a name"));
    // A struct and its typedef have the same name. The name of a function precedes its parameters.
    let front = front.unwrap_or_else(|| match code.strip_prefix("typedef ") {
        Some(_) => code.trim_end_matches(';'),
        None => code.split_once('(').expect("a function").0,
    });
    let name = front.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().expect("a name").to_owned();
    let is_function = !code.starts_with(['#', 't']);
    objects::check_secrecy(&name, &comment);
    let code = match code.starts_with("typedef struct ") && !code.contains('{') {
        true => objects::declared(&name, source),
        false if is_function => filled(&code),
        false => comments_beside(&code),
    };
    let item = Item { name, comment, code };
    if is_function {
        check(&item);
    }
    item
}

/// The parameters that the top of the header describes for all functions.
pub const SAID_ONCE: &[&str] = &[
    "threads",
    "now_ms",
    "chunk_log2",
    "progress",
    "receipt",
    "culprits",
    "index",
    "height",
    "epoch",
    "from_ms",
    "to_ms",
];

/// Checks that a function describes its numbers, and its outputs if there are several, unless the
/// top of the header or another function does. The type and the name say what any other pointer is.
fn check(Item { name, comment, code }: &Item) {
    let like_another = comment.contains("/// As medseal_") || comment.contains("@return as medseal_");
    if like_another {
        return;
    }
    let (_, parameters) = code.split_once('(').expect("a function");
    let parameters = parameters.trim_end_matches(");").split(',').map(str::trim).filter(|it| *it != "void");
    let parameters = parameters.map(|it| (it, it.rsplit([' ', '*']).next().expect("a name")));
    let said = |word: &str| {
        let counts = matches!(word, "len" | "count") || word.ends_with("_len") || word.ends_with("_count");
        let date = ["year", "month", "day"].iter().any(|part| word.ends_with(part));
        counts || date || word == "out" || SAID_ONCE.contains(&word)
    };
    let rest = parameters.filter(|(_, word)| !said(word)).collect::<Vec<_>>();
    // Numbers. The names of structs say what they are.
    let output =
        |it: &str| it.matches('*').count() == 1 && !it.starts_with("const ") && !it.contains("medseal_");
    let several = rest.iter().filter(|(it, _)| output(it)).count() > 1;
    for (parameter, word) in rest {
        let needed = !parameter.contains('*') || (several && output(parameter));
        assert!(!needed || comment.contains(&format!("@param {word} ")), "{name} does not describe {word}");
    }
}

/// A function in as few lines as possible.
fn filled(code: &str) -> String {
    let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut text, mut line) = (String::new(), String::new());
    for parameter in code.split_inclusive(", ") {
        if !line.is_empty() && line.len() + parameter.trim_end().len() > WIDTH {
            text += &format!("{}\n", line.trim_end());
            line = "    ".to_owned();
        }
        line += parameter;
    }
    text + &line
}

/// The sections, with the wanted declarations.
pub fn write(sections: &[Section], again: bool, wanted: impl Fn(&Item) -> bool) -> String {
    let mut text = String::new();
    for Section { source, title, items } in sections {
        let mut items = items.iter().filter(|item| wanted(item)).peekable();
        if items.peek().is_none() {
            continue;
        }
        let group = if again { "addtogroup" } else { "defgroup" };
        text += &format!("/// @{group} {source} {title}\n/// @{{\n\n");
        while let Some(item) = items.next() {
            text += &item.text();
            // No empty line between constants, or between declarations with a comment of one line.
            let together = items.peek().is_some_and(|next| {
                item.is_constant() && next.is_constant() || item.is_short() && next.is_short()
            });
            text += if together { "" } else { "\n" };
        }
        text += "/// @}\n\n";
    }
    text
}

/// Puts comments of one line beside what they describe, where there is room.
fn comments_beside(text: &str) -> String {
    let (mut out, mut lines) = (Vec::<String>::new(), text.lines().peekable());
    while let Some(line) = lines.next() {
        let words = line.trim_start().strip_prefix("/// ");
        let alone = !out.last().is_some_and(|before| before.trim_start().starts_with("///"));
        match words.zip(lines.peek()) {
            Some((words, code))
                if alone
                    && (code.ends_with(';') || code.starts_with('#'))
                    && code.len() + words.len() + 6 <= WIDTH =>
            {
                out.push(format!("{code} ///< {words}"));
                lines.next();
            }
            _ => out.push(line.to_owned()),
        }
    }
    out.join("\n")
}
