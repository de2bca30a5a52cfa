//! What can be asked on the command line.

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

/// A ledger that hospitals keep together, and records on IPFS, S3 or in a directory.
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
    /// Keys of a node, or of a hospital
    #[command(subcommand)]
    Keys(keys::Keys),
    /// What the super node and the attribute authority do, on a machine without a network
    #[command(subcommand)]
    Authority(authority::Office),
    /// Create the storage of a node: once, when its keys are new
    Init,
    /// Run a node
    Node,
    /// Seal files into the store, and append entries about them to the ledger
    Submit(publish::Submit),
    /// Find entries by keywords
    Search(read::Search),
    /// Open the record of an entry
    Open(read::Open),
    /// Submit the next charter, from `authority charter`
    Charter(publish::SubmitCharter),
    /// Ask each node how it is
    Status,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let config = &arguments.config;
    match arguments.command {
        Command::Keys(keys) => keys::run(keys),
        Command::Authority(office) => authority::run(office),
        Command::Init => node::init(config),
        Command::Node => node::run(config),
        Command::Submit(submit) => publish::submit(config, &submit),
        Command::Search(search) => read::search(config, &search),
        Command::Open(open) => read::open(config, &open),
        Command::Charter(charter) => publish::submit_charter(config, &charter),
        Command::Status => read::status(config),
    }
}
