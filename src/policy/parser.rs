//! Parses attributes and policies: in one pass, without recursion, and the whole input or an error.

use std::collections::HashMap;

use super::ast::{Comparison, Condition, Expr, Test};
use super::attribute::{Attribute, Attributes, Value, check_label, is_word_byte, normal_text};
use super::number::Number;
use crate::error::{Error, PolicyError, PolicyErrorKind};
use crate::limits::{ATTRIBUTES_PER_KEY, Limit, POLICY_DEPTH, POLICY_LEAVES, POLICY_TEXT_BYTES};
use crate::text::is_accepted;

type Result<T> = core::result::Result<T, PolicyError>;

impl Attribute {
    /// Parses one attribute.
    ///
    /// # Errors
    /// [`Error::Policy`], with the position and what was expected there.
    pub fn parse(text: &str) -> core::result::Result<Self, Error> {
        let mut scanner = Scanner::new(text);
        let attribute = scanner.attribute()?;
        scanner.end(PolicyErrorKind::ExpectedCommaOrEnd)?;
        Ok(attribute)
    }
}

impl Attributes {
    /// Parses attributes that are separated by commas. Blank text is the empty set.
    ///
    /// # Errors
    /// [`Error::Policy`], with the position and what was expected there, or
    /// [`Error::LimitExceeded`].
    pub fn parse(text: &str) -> core::result::Result<Self, Error> {
        Self::new(attributes(text)?)
    }
}

/// Parses attributes that are separated by commas.
fn attributes(text: &str) -> Result<Vec<Attribute>> {
    let mut scanner = Scanner::new(text);
    let (mut list, mut numbers) = (Vec::new(), HashMap::new());
    if scanner.at_end() {
        return Ok(list);
    }
    loop {
        scanner.skip_space();
        let at = scanner.at;
        let attribute = scanner.attribute()?;
        if let Some(number) = attribute.number() {
            let first = numbers.entry(attribute.label().to_owned()).or_insert(number);
            if *first != number {
                return Err(PolicyError::new(at, PolicyErrorKind::SeveralNumbers));
            }
        }
        if list.len() == ATTRIBUTES_PER_KEY {
            return Err(limit(at, Limit::AttributesPerKey));
        }
        list.push(attribute);
        if !scanner.eat(",") {
            scanner.end(PolicyErrorKind::ExpectedCommaOrEnd)?;
            return Ok(list);
        }
    }
}

/// Parses a policy.
///
/// Every open parenthesis, list and `not` is a level, and at most 32 are open at once. The
/// levels are on an explicit stack. The input therefore determines neither the depth of calls
/// nor how often a byte is read.
pub(crate) fn policy(text: &str) -> Result<Expr> {
    if text.len() > POLICY_TEXT_BYTES {
        return Err(limit(POLICY_TEXT_BYTES, Limit::PolicyText));
    }
    let mut scanner = Scanner::new(text);
    let mut outer: Vec<Level> = Vec::new();
    let mut level = Level::new(Opened::Text);
    let mut depth = 0;
    let mut leaves = 0;
    loop {
        // Before an operand: `not`, `(`, `k of (`. Each opens a level.
        let mut operand = loop {
            scanner.skip_space();
            let at = scanner.at;
            let opened = if scanner.eat_not() {
                None
            } else if scanner.eat("(") {
                Some(Opened::Parenthesis)
            } else if let Some(k) = scanner.threshold()? {
                Some(Opened::List { at, k, done: Vec::new() })
            } else {
                let condition = scanner.condition()?;
                leaves += condition.least_leaves();
                if leaves > POLICY_LEAVES {
                    return Err(limit(at, Limit::PolicyLeaves));
                }
                break Expr::Condition(condition);
            };
            depth += 1;
            if depth > POLICY_DEPTH {
                return Err(limit(at, Limit::PolicyDepth));
            }
            match opened {
                None => level.nots += 1,
                Some(opened) => outer.push(core::mem::replace(&mut level, Level::new(opened))),
            }
        };
        // After the operand. A closed group is the operand of the enclosing level.
        loop {
            for _ in 0..core::mem::take(&mut level.nots) {
                operand = Expr::Not(Box::new(operand));
                depth -= 1;
            }
            level.factors.push(operand);
            if scanner.eat_operator("and", "&&", "&") {
                break;
            }
            if scanner.eat_operator("or", "||", "|") {
                level.close_and();
                break;
            }
            if let Opened::List { done, .. } = &mut level.opened
                && scanner.eat(",")
            {
                let policy = close_or(&mut level.factors, &mut level.terms);
                done.push(policy);
                break;
            }
            if matches!(level.opened, Opened::Text) {
                scanner.end(PolicyErrorKind::ExpectedOperatorOrEnd)?;
                return Ok(close_or(&mut level.factors, &mut level.terms));
            }
            if !scanner.eat(")") {
                return Err(scanner.error(match level.opened {
                    Opened::List { .. } => PolicyErrorKind::ExpectedOperatorOrComma,
                    _ => PolicyErrorKind::ExpectedOperatorOrParenthesis,
                }));
            }
            depth -= 1;
            // The outermost level is the text, which was handled above.
            let Some(outside) = outer.pop() else {
                return Err(scanner.error(PolicyErrorKind::ExpectedOperatorOrEnd));
            };
            operand = core::mem::replace(&mut level, outside).close()?;
        }
    }
}

/// The construct that opened a level.
enum Opened {
    Text,
    Parenthesis,
    /// A threshold's list: its offset, `k`, and the members before the current one.
    List {
        at: usize,
        k: usize,
        done: Vec<Expr>,
    },
}

/// A level that is being parsed.
struct Level {
    opened: Opened,
    /// Complete operands of the `or`.
    terms: Vec<Expr>,
    /// Operands of the last `and`.
    factors: Vec<Expr>,
    /// The number of `not`s before the next operand.
    nots: usize,
}

impl Level {
    fn new(opened: Opened) -> Self {
        Self { opened, terms: Vec::new(), factors: Vec::new(), nots: 0 }
    }

    fn close_and(&mut self) {
        let factors = core::mem::take(&mut self.factors);
        self.terms.push(Expr::gate(factors.len(), factors));
    }

    fn close(mut self) -> Result<Expr> {
        let last = close_or(&mut self.factors, &mut self.terms);
        match self.opened {
            Opened::List { at, k, mut done } => {
                done.push(last);
                if (1..=done.len()).contains(&k) {
                    Ok(Expr::gate(k, done))
                } else {
                    Err(PolicyError::new(at, PolicyErrorKind::InvalidThreshold))
                }
            }
            _ => Ok(last),
        }
    }
}

fn close_or(factors: &mut Vec<Expr>, terms: &mut Vec<Expr>) -> Expr {
    let factors = core::mem::take(factors);
    terms.push(Expr::gate(factors.len(), factors));
    Expr::gate(1, core::mem::take(terms))
}

fn limit(at: usize, limit: Limit) -> PolicyError {
    PolicyError::new(at, PolicyErrorKind::LimitExceeded(limit))
}

/// Counts, for tests, the bytes of a text that are read, repeated reads included.
#[cfg(not(test))]
fn looked_at(_bytes: usize) {}
#[cfg(test)]
use looks::looked_at;

/// A position in a text.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Returns the remaining text.
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn error(&self, kind: PolicyErrorKind) -> PolicyError {
        PolicyError::new(self.at, kind)
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        let space = rest.len() - rest.trim_ascii_start().len();
        looked_at(space + 1);
        self.at += space;
    }

    fn at_end(&mut self) -> bool {
        self.skip_space();
        self.rest().is_empty()
    }

    fn end(&mut self, expected: PolicyErrorKind) -> Result<()> {
        if self.at_end() { Ok(()) } else { Err(self.error(expected)) }
    }

    /// Consumes a symbol, if it is next.
    fn eat(&mut self, symbol: &str) -> bool {
        self.skip_space();
        looked_at(symbol.len());
        let next = self.rest().starts_with(symbol);
        if next {
            self.at += symbol.len();
        }
        next
    }

    /// Reports whether the next character can neither continue a word or text nor begin a
    /// symbol of the language.
    fn is_stray(&self) -> bool {
        let known = |c: char| c.is_ascii_whitespace() || "\"(),.;{}=!<>&|".contains(c);
        self.rest().chars().next().is_some_and(|c| !c.is_ascii_alphanumeric() && !known(c))
    }

    /// Returns the next word: letters, digits, `_`, `.` and `-`, up to `..`. It may be empty.
    fn peek_word(&mut self) -> &'a str {
        self.skip_space();
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let end = (0..bytes.len())
            .find(|i| match bytes.get(*i..) {
                Some([b'.', b'.', ..]) => true,
                Some([b, ..]) => !is_word_byte(*b),
                _ => true,
            })
            .unwrap_or(bytes.len());
        looked_at(end + 1);
        rest.get(..end).unwrap_or_default()
    }

    /// Consumes a keyword, in any case, if it is the whole next word.
    fn eat_keyword(&mut self, keyword: &str) -> bool {
        // Reading one byte more than the keyword is enough. A long word is
        // then not read repeatedly.
        self.skip_space();
        let rest = self.rest();
        looked_at(keyword.len() + 1);
        let Some((head, tail)) = rest.split_at_checked(keyword.len()) else { return false };
        let ends = match tail.as_bytes() {
            [b'.', b'.', ..] | [] => true,
            [b, ..] => !is_word_byte(*b),
        };
        let next = head.eq_ignore_ascii_case(keyword) && ends;
        if next {
            self.at += keyword.len();
        }
        next
    }

    fn eat_operator(&mut self, keyword: &str, twice: &str, once: &str) -> bool {
        self.eat(twice) || self.eat(once) || self.eat_keyword(keyword)
    }

    fn eat_not(&mut self) -> bool {
        self.eat("!") || self.eat_keyword("not")
    }

    /// Parses `k of (`, if a number is next.
    fn threshold(&mut self) -> Result<Option<usize>> {
        let word = self.peek_word();
        if !word.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(None);
        }
        let k = match Number::parse(word) {
            Some(Ok(number)) => number.bits() as usize,
            Some(Err(kind)) => return Err(self.error(kind)),
            None => return Ok(None),
        };
        self.at += word.len();
        if !self.eat_keyword("of") {
            return Err(self.error(PolicyErrorKind::ExpectedOf));
        }
        if !self.eat("(") {
            return Err(self.error(PolicyErrorKind::ExpectedParenthesisAfterOf));
        }
        Ok(Some(k))
    }

    fn label(&mut self, expected: PolicyErrorKind) -> Result<String> {
        let word = self.peek_word();
        if word.is_empty() {
            let stray = self.is_stray();
            return Err(self.error(if stray { PolicyErrorKind::InvalidLabel } else { expected }));
        }
        check_label(word).map_err(|kind| self.error(kind))?;
        self.at += word.len();
        if self.is_stray() {
            return Err(self.error(PolicyErrorKind::InvalidLabel));
        }
        Ok(word.into())
    }

    fn attribute(&mut self) -> Result<Attribute> {
        let label = self.label(PolicyErrorKind::ExpectedLabel)?;
        let value = if self.eat("=") { Some(self.value()?) } else { None };
        Ok(Attribute::from_parts(label, value))
    }

    /// Parses the condition at this position, after blanks.
    fn condition(&mut self) -> Result<Condition> {
        let at = self.at;
        let label = self.label(PolicyErrorKind::ExpectedCondition)?;
        let comparison = Comparison::LONGEST_FIRST.into_iter().find(|c| self.eat(c.symbol()));
        let test = match comparison {
            Some(comparison) => {
                self.skip_space();
                let at = self.at;
                let value = self.value()?;
                if comparison.is_ordered() && matches!(value, Value::Text(_)) {
                    return Err(PolicyError::new(at, PolicyErrorKind::ExpectedNumber));
                }
                Test::Compare(comparison, value)
            }
            None if self.eat_keyword("in") => self.set_or_range()?,
            None => Test::Present,
        };
        Ok(Condition { label, test, at })
    }

    /// Parses a set or a range after `in`.
    fn set_or_range(&mut self) -> Result<Test> {
        if self.eat("{") {
            if self.eat("}") {
                return Err(PolicyError::new(self.at - 1, PolicyErrorKind::EmptySet));
            }
            let mut values = Vec::new();
            loop {
                if values.len() == POLICY_LEAVES {
                    return Err(limit(self.at, Limit::PolicyLeaves));
                }
                values.push(self.value()?);
                if self.eat("}") {
                    return Ok(Test::OneOf(values));
                }
                if !self.eat(",") {
                    return Err(self.error(PolicyErrorKind::ExpectedCommaOrBrace));
                }
            }
        }
        if self.peek_word().is_empty() {
            return Err(self.error(PolicyErrorKind::ExpectedSetOrRange));
        }
        let from = self.number()?;
        if !self.eat("..") {
            return Err(self.error(PolicyErrorKind::ExpectedRange));
        }
        self.skip_space();
        let at = self.at;
        let to = self.number()?;
        if from.kind() != to.kind() {
            return Err(PolicyError::new(at, PolicyErrorKind::MixedRange));
        }
        Ok(Test::Between(from, to))
    }

    /// Parses the number at this position, after blanks.
    fn number(&mut self) -> Result<Number> {
        let at = self.at;
        match self.value()? {
            Value::Number(number) => Ok(number),
            Value::Text(_) => Err(PolicyError::new(at, PolicyErrorKind::ExpectedNumber)),
        }
    }

    fn value(&mut self) -> Result<Value> {
        if self.eat("\"") {
            return self.text_in_quotes();
        }
        let word = self.peek_word();
        let value = if word.is_empty() { None } else { Some(Value::parse_word(word)) };
        let value = value.transpose().map_err(|kind| self.error(kind))?;
        self.at += word.len();
        if self.is_stray() {
            return Err(self.error(PolicyErrorKind::UnquotedText));
        }
        value.ok_or(self.error(PolicyErrorKind::ExpectedValue))
    }

    /// Parses the rest of a text after its opening quote.
    fn text_in_quotes(&mut self) -> Result<Value> {
        let (from, mut text) = (self.at, String::new());
        let mut characters = self.rest().char_indices();
        while let Some((i, c)) = characters.next() {
            let at = from + i;
            looked_at(c.len_utf8());
            match c {
                '"' => {
                    self.at = at + 1;
                    let text = normal_text(&text).map_err(|e| PolicyError::new(from - 1, e.kind()))?;
                    return Ok(Value::Text(text));
                }
                '\\' => match characters.next() {
                    Some((_, c @ ('"' | '\\'))) => text.push(c),
                    _ => return Err(PolicyError::new(at + 1, PolicyErrorKind::InvalidEscape)),
                },
                c if !is_accepted(c) => return Err(PolicyError::new(at, PolicyErrorKind::HiddenCharacter)),
                c => text.push(c),
            }
        }
        Err(PolicyError::new(from - 1, PolicyErrorKind::UnterminatedText))
    }
}

/// Counts the bytes that are read.
#[cfg(test)]
pub(super) mod looks {
    use std::cell::Cell;

    thread_local!(static LOOKS: Cell<usize> = const { Cell::new(0) });

    pub(super) fn looked_at(bytes: usize) {
        LOOKS.set(LOOKS.get() + bytes);
    }

    /// Returns the result of `parse`, and the number of bytes that the parser read,
    /// repeated reads included.
    pub(in crate::policy) fn during<T>(parse: impl FnOnce() -> T) -> (T, usize) {
        let before = LOOKS.get();
        let parsed = parse();
        (parsed, LOOKS.get() - before)
    }
}
