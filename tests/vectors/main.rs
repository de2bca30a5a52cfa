//! Vectors for other implementations: every operation with its inputs, the random bytes
//! it drew, and its result.
//!
//! `README.md` in this folder describes the files. Each vector names an operation, a function
//! from inputs and random bytes to a result. The generator runs the operations on inputs
//! chosen here, with ChaCha20 from a fixed seed, and records the random draws;
//! `MEDSEAL_BLESS=1 cargo test --test vectors` writes the files. The tests read the files
//! back. Their content equals the generator's output, and every vector reproduces its result
//! from the inputs and bytes in the file.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "in helpers, not in tests")]

mod abe;
mod abs;
mod authorities;
#[path = "../shared/generation.rs"]
mod generation;
mod ground;
mod identity;
mod ledger;
mod members;
mod policy;
mod record;
mod search;

use std::collections::VecDeque;
use std::fs;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Once;

use medseal::Error;
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};
use serde_json::{Value, json};

/// The result of an operation on its inputs. A refusal is a result, too.
type Operation = fn(&Inputs<'_>, &mut Drawn) -> Result<Value, Error>;

/// One file: its operations and their inputs.
struct File {
    name: &'static str,
    operations: &'static [(&'static str, Operation)],
    cases: fn(&mut Generator),
}

const FILES: [File; 10] = [
    ground::FILE,
    policy::FILE,
    abe::FILE,
    abs::FILE,
    search::FILE,
    identity::FILE,
    record::FILE,
    ledger::FILE,
    members::FILE,
    authorities::FILE,
];

/// A generator of random bytes that records its output, or replays a recording.
enum Drawn {
    Recording { rng: Box<ChaCha20Rng>, drawn: Vec<String> },
    Replaying(VecDeque<Vec<u8>>),
}

impl RngCore for Drawn {
    fn next_u32(&mut self) -> u32 {
        panic!("the library draws bytes")
    }

    fn next_u64(&mut self) -> u64 {
        panic!("the library draws bytes")
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        match self {
            Self::Recording { rng, drawn } => {
                rng.fill_bytes(out);
                drawn.push(hex::encode(&*out));
            }
            Self::Replaying(noted) => out.copy_from_slice(&noted.pop_front().unwrap()),
        }
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(out);
        Ok(())
    }
}

impl CryptoRng for Drawn {}

/// The inputs of one vector.
struct Inputs<'a>(&'a Value);

impl Inputs<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_else(|| panic!("text {name}"))
    }

    fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap_or_else(|| panic!("number {name}"))
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        bytes(&self.0[name])
    }

    fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        self.bytes(name).try_into().unwrap()
    }

    /// An object that may be absent.
    fn given<T>(&self, name: &str, read: impl Fn(&[u8]) -> Result<T, Error>) -> Result<Option<T>, Error> {
        self.0.get(name).map(|one| read(&bytes(one))).transpose()
    }

    fn list(&self, name: &str) -> &[Value] {
        self.0[name].as_array().unwrap_or_else(|| panic!("list {name}"))
    }

    /// The objects of a list of byte forms.
    fn each<T>(&self, name: &str, read: fn(&[u8]) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        self.list(name).iter().map(|one| read(&bytes(one))).collect()
    }
}

/// The bytes of a text of hexadecimal digits.
fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn hexed(bytes: impl AsRef<[u8]>) -> Value {
    Value::String(hex::encode(bytes))
}

/// With the lowest bit of one byte flipped; `from_end` counts from the last byte.
fn damaged(value: &Value, from_end: usize) -> Value {
    let mut bytes = bytes(value);
    let at = bytes.len() - 1 - from_end;
    bytes[at] ^= 1;
    hexed(bytes)
}

/// The input with further fields, or with other values of its fields.
fn with(input: &Value, fields: Value) -> Value {
    let mut all = input.clone();
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    all
}

/// Makes the vectors of one file.
struct Generator {
    operations: &'static [(&'static str, Operation)],
    drawn: Drawn,
    vectors: Vec<Value>,
}

impl Generator {
    /// Runs an operation, records the vector and returns the result.
    fn run(&mut self, operation: &str, input: Value) -> Value {
        let output = outcome(self.operations, operation, &input, &mut self.drawn);
        let Drawn::Recording { drawn, .. } = &mut self.drawn else { panic!() };
        let random = mem::take(drawn);
        self.vectors
            .push(json!({ "operation": operation, "input": input, "random": random, "output": output }));
        output
    }

    /// Like [`run`](Self::run), for inputs that must be refused.
    fn refused(&mut self, operation: &str, input: Value) {
        let output = self.run(operation, input);
        assert!(output.get("refused").is_some(), "{operation} was to be refused");
    }
}

fn outcome(
    operations: &[(&'static str, Operation)],
    operation: &str,
    input: &Value,
    drawn: &mut Drawn,
) -> Value {
    let (_, run) =
        operations.iter().find(|(name, _)| *name == operation).unwrap_or_else(|| panic!("{operation}"));
    run(&Inputs(input), drawn).unwrap_or_else(|error| json!({ "refused": format!("{error:?}") }))
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name).with_extension("json")
}

/// The text of the file. With `MEDSEAL_BLESS`, the generator's output is written first.
fn stored_text(file: &File) -> String {
    static BLESSED: Once = Once::new();
    BLESSED.call_once(|| {
        if std::env::var_os("MEDSEAL_BLESS").is_some() {
            FILES.iter().enumerate().for_each(|(seed, file)| {
                fs::write(path(file.name), text_of(seed, file)).unwrap();
            });
        }
    });
    fs::read_to_string(path(file.name)).unwrap()
}

fn vectors_of(text: &str) -> Vec<Value> {
    serde_json::from_str::<Value>(text).unwrap()["vectors"].as_array().unwrap().clone()
}

fn stored(file: &File) -> Vec<Value> {
    vectors_of(&stored_text(file))
}

/// The generator's seed is the file's position in the list.
fn text_of(seed: usize, file: &File) -> String {
    let mut generator = Generator {
        operations: file.operations,
        drawn: Drawn::Recording { rng: Box::new(ChaCha20Rng::seed_from_u64(seed as u64)), drawn: Vec::new() },
        vectors: Vec::new(),
    };
    (file.cases)(&mut generator);
    let vectors: Vec<_> = generator.vectors.iter().map(line_of).collect();
    format!("{{\"vectors\": [\n{}\n]}}\n", vectors.join(",\n"))
}

/// A vector on one line.
fn line_of(vector: &Value) -> String {
    let fields = ["operation", "input", "random", "output"];
    format!("{{{}}}", fields.map(|field| format!("\"{field}\": {}", vector[field])).join(", "))
}

#[test]
fn the_files_hold_what_the_generator_makes() {
    for (seed, file) in FILES.iter().enumerate() {
        assert!(stored_text(file) == text_of(seed, file), "{} has changed", file.name);
    }
}

#[test]
fn vectors_are_reproduced_from_their_file() {
    for file in &FILES {
        for (number, vector) in stored(file).iter().enumerate() {
            let noted = vector["random"].as_array().unwrap().iter().map(bytes).collect();
            let mut drawn = Drawn::Replaying(noted);
            let operation = vector["operation"].as_str().unwrap();
            let output = outcome(file.operations, operation, &vector["input"], &mut drawn);
            assert!(output == vector["output"], "{} {number}: {operation}", file.name);
            assert!(
                matches!(drawn, Drawn::Replaying(left) if left.is_empty()),
                "{operation}: draws are left"
            );
        }
    }
}

#[test]
fn operations_have_vectors_and_descriptions() {
    let description = include_str!("README.md");
    for file in &FILES {
        let vectors = stored(file);
        for (name, _) in file.operations {
            assert!(vectors.iter().any(|vector| vector["operation"] == *name), "{name} has no vector");
            assert!(description.contains(&format!("| `{name}` |")), "{name} is not described");
        }
    }
}
