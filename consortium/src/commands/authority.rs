//! `authority`: an office. Several offices together are the super node, which certifies nodes and
//! registers hospitals, and the authority, which issues keys for attributes. As many as are needed
//! answer, and the requester combines the answers with `combine`. A single office holds all master
//! keys, and its answer is the final object.

mod answer;
mod generate;
mod mail;

use std::fs::File;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use medseal::authorities::AuthorityKey;
use medseal::authority::Authority;
use medseal::identity::{Name, SuperNode};
use medseal::rand_core::OsRng;

use crate::files;
use crate::report::{At, Failure, hex, print};

#[derive(Subcommand)]
pub(crate) enum Office {
    /// Make a single office, which holds all master keys
    New {
        /// The folder for the keys
        folder: PathBuf,
    },
    /// Make one office of several: its static key, and its card for the others
    Join {
        /// The folder for the keys
        folder: PathBuf,
        /// The office's name, such as st-mary
        #[arg(long)]
        name: String,
    },
    /// Generate the keys together with the other offices; runs until all have confirmed them
    Generate(generate::Generate),
    /// Show a request, and answer it
    Answer {
        /// The folder with the keys
        folder: PathBuf,
        /// The request, from `ask`
        asked: PathBuf,
        /// Where to write the answer; without it, the command only shows the request
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// The files of a single office, which holds all master keys. A super node extracts an identity key
/// only once, when it registers the hospital. The super node as made knows no hospital, so it can
/// extract the key again on request.
const SUPER_NODE: &str = "super-node.secret";
const UNUSED: &str = "super-node-as-made.secret";
const AUTHORITY: &str = "authority.secret";
const REGISTRY: &str = "registry";
/// The files of one of several offices.
const KEY: &str = "office.secret";
const CARD: &str = "card";
const RECORDS: &str = "records";
const GENERATION: &str = "generation";
/// The public key of the super node.
const PUBLIC: &str = "super-node";

pub(crate) fn run(office: Office) -> Result<(), Failure> {
    match office {
        Office::New { folder } => new(&folder),
        Office::Join { folder, name } => join(&folder, &name),
        Office::Generate(generate) => generate::run(&generate),
        Office::Answer { folder, asked, out } => answer::run(&folder, &asked, out.as_deref()),
    }
}

fn new(folder: &Path) -> Result<(), Failure> {
    files::make_folder(folder)?;
    let authority = Authority::setup(&mut OsRng).at("making the authority's keys")?;
    let super_node = SuperNode::generate(&mut OsRng).at("making the super node's key")?;
    files::create_secret(&folder.join(SUPER_NODE), &super_node.to_bytes())?;
    files::create_secret(&folder.join(UNUSED), &super_node.to_bytes())?;
    files::create_secret(&folder.join(AUTHORITY), &authority.to_bytes())?;
    files::create_secret(&folder.join("keyword-key.secret"), &authority.keyword_key().to_bytes())?;
    files::create_public(&folder.join("parameters"), &authority.public_parameters().to_bytes())?;
    files::create_public(&folder.join(PUBLIC), &super_node.public_key().to_bytes())?;
    print(format!(
        "made in {}: {SUPER_NODE}, {UNUSED}, {AUTHORITY}\nfor the founder: parameters\n\
         for members who submit: keyword-key.secret\nfor all: {PUBLIC}",
        folder.display()
    ))
}

fn join(folder: &Path, name: &str) -> Result<(), Failure> {
    let name = Name::new(name).at(format!("--name {name:?}"))?;
    files::make_folder(folder)?;
    let key = AuthorityKey::generate(name, &mut OsRng).at("making the office's key")?;
    let card = key.public_key();
    files::create_secret(&folder.join(KEY), &key.to_bytes())?;
    files::create_public(&folder.join(CARD), &card.to_bytes())?;
    print(format!(
        "made in {}: {KEY}\nfor the other offices: {CARD}\nits fingerprint, which all offices compare: {}",
        folder.display(),
        hex(&card.fingerprint())
    ))
}

/// Locks an office's folder: only one program at a time works in it.
fn lock(folder: &Path) -> Result<File, Failure> {
    if !folder.is_dir() {
        return Err(Failure::new(format!("there is no folder {}", folder.display())));
    }
    let path = folder.join("lock");
    let lock = File::create(&path).at(format!("cannot write {}", path.display()))?;
    lock.try_lock().at(format!("another command is using {}: wait until it ends", folder.display()))?;
    Ok(lock)
}

/// Makes the folder for what the office must not forget, accessible only to its owner.
fn make_records(folder: &Path) -> Result<PathBuf, Failure> {
    let path = folder.join(RECORDS);
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&path);
    made.at(format!("cannot make the folder {}", path.display()))?;
    Ok(path)
}
