//! The command line.

mod ask;
mod asked;
mod authority;
mod keys;
mod metrics;
mod node;
mod publish;
mod read;
mod remote;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::report::Failure;

/// Runs a ledger of several hospitals, with records on IPFS, in S3 or in a directory.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// The configuration file
    #[arg(long, global = true, value_name = "FILE", default_value = "consortium.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the keys of a node or of a hospital
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Work as an office: make keys, alone or with others, and answer requests
    #[command(subcommand)]
    Authority(authority::Office),
    /// Ask the offices: write a request to a file, which they answer
    #[command(subcommand)]
    Ask(ask::Ask),
    /// Combine the answers of several offices
    Combine(ask::Combine),
    /// Create a node's storage: once, when its keys are new
    Init,
    /// Run a node
    Node,
    /// Seal files into the store, and append entries about them to the ledger
    Submit(publish::Submit),
    /// Find entries by keywords
    Search(read::Search),
    /// Open the record of an entry
    Open(read::Open),
    /// Submit the next charter, which the offices signed
    Charter(publish::SubmitCharter),
    /// Show the state of each node
    Status,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let config = &arguments.config;
    match arguments.command {
        Command::Keys(keys) => keys::run(keys),
        Command::Authority(office) => authority::run(office),
        Command::Ask(ask) => ask::run(ask),
        Command::Combine(combine) => ask::combine(&combine),
        Command::Init => node::init(config),
        Command::Node => node::run(config),
        Command::Submit(submit) => publish::submit(config, &submit),
        Command::Search(search) => read::search(config, &search),
        Command::Open(open) => read::open(config, &open),
        Command::Charter(charter) => publish::submit_charter(config, &charter),
        Command::Status => read::status(config),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../docs/consortium.md");

    /// Splits a command line into words; quoted words stay together.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut quote, mut word) = (Vec::new(), None, String::new());
        for character in line.chars() {
            match (quote, character) {
                (Some(open), _) if open == character => quote = None,
                (None, '\'' | '"') => quote = Some(character),
                (None, ' ') => words.push(std::mem::take(&mut word)),
                _ => word.push(character),
            }
        }
        words.push(word);
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn takes_every_command_of_the_document() {
        let text = DOCUMENT.replace("\\\n", "");
        let lines = text.lines().filter_map(|line| line.strip_prefix("$ medseal-consortium "));
        // A line with an ellipsis is not a complete command.
        let lines = lines.filter(|line| !line.contains('…') && *line != "--help").collect::<Vec<_>>();
        assert!(lines.len() > 20, "{lines:?}");
        for line in lines {
            let parsed =
                Arguments::try_parse_from(["medseal-consortium".to_owned()].into_iter().chain(words(line)));
            assert!(parsed.is_ok(), "{line}: {}", parsed.err().unwrap());
        }
    }
}
