//! `keys`: the keys that nodes and hospitals make.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use medseal::authorities::Certificate;
use medseal::identity::{
    Hospital, IdentityKey, MainNode, Name, RegistrationRequest, ReplayBounds, Role, SuperNodePublicKey,
};
use medseal::ledger::{Charter, Charters, LedgerId};
use medseal::rand_core::OsRng;
use medseal::search::KeywordKey;
use medseal_consortium::EngineKey;
use medseal_consortium::server::ReplayFile;

use super::asked::fingerprint;
use crate::files;
use crate::report::{At, Failure, print};

#[derive(Subcommand)]
pub(crate) enum Keys {
    /// Make a node's keys, its certificate request, and its validator statement for a charter
    Node {
        /// The node's name, such as node.st-mary.example
        #[arg(long)]
        name: String,
        /// The super node's public key
        #[arg(long, value_name = "FILE")]
        super_node: PathBuf,
        /// The ledger's first charter, if the ledger exists already
        #[arg(long, value_name = "FILE")]
        first_charter: Option<PathBuf>,
        /// The folder for the files
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
    },
    /// Make a node's validator statement for a later charter of a ledger
    Validator {
        /// The super node's public key
        #[arg(long, value_name = "FILE")]
        super_node: PathBuf,
        /// The ledger's first charter
        #[arg(long, value_name = "FILE")]
        first_charter: PathBuf,
        /// The folder with the node's keys
        #[arg(long, value_name = "DIR")]
        of: PathBuf,
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Make a hospital's registration request
    Hospital {
        /// The hospital's name, such as st-mary.example
        #[arg(long)]
        name: String,
        /// Information for the super node about the hospital, such as the agreement that it
        /// signed
        #[arg(long, value_name = "TEXT", default_value = "")]
        record: String,
        /// The folder for the files
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
    },
    /// Make the members' keyword key and the consortium's public parameters: the founder does
    /// this once, and members pass the key on among themselves
    Keyword {
        /// The offices' public keys: `generation`, from `authority generate`
        #[arg(long, value_name = "FILE")]
        offices: PathBuf,
        /// The folder for the files
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
    },
    /// Make the hospital's identity from its identity key
    Accept {
        /// The super node's public key
        #[arg(long, value_name = "FILE")]
        super_node: PathBuf,
        /// The identity key, from `combine`, or the answer of a single office
        #[arg(long, value_name = "FILE")]
        answer: PathBuf,
        /// The folder into which `keys hospital` wrote the request
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
    },
}

pub(crate) fn run(keys: Keys) -> Result<(), Failure> {
    match keys {
        Keys::Node { name, super_node, first_charter, into } => {
            node(&name, &super_node, first_charter.as_deref(), &into)
        }
        Keys::Validator { super_node, first_charter, of, out } => {
            validator(&super_node, &first_charter, &of, &out)
        }
        Keys::Hospital { name, record, into } => hospital(&name, &record, &into),
        Keys::Keyword { offices, into } => keyword(&offices, &into),
        Keys::Accept { super_node, answer, into } => accept(&super_node, &answer, &into),
    }
}

fn node(name: &str, super_node: &Path, first_charter: Option<&Path>, into: &Path) -> Result<(), Failure> {
    let super_node = files::read(super_node, SuperNodePublicKey::from_bytes)?;
    let ledger = first_charter.map(|path| ledger(path, &super_node)).transpose()?;
    let name = Name::new(name).at(format!("--name {name:?}"))?;
    files::make_folder(into)?;
    let main_node =
        MainNode::generate(name, Role::MainNode, &super_node, &mut OsRng).at("making the node's key")?;
    let engine = EngineKey::generate().at("making the engine key")?;
    let validator = engine.validator(&main_node, ledger.as_ref()).at("signing as a validator")?;
    files::create_secret(&into.join("main-node.secret"), &main_node.to_bytes())?;
    files::create_secret(&into.join("engine.secret"), &engine.to_bytes())?;
    files::create_public(&into.join("certificate-request"), &main_node.certificate_request().to_bytes())?;
    files::create_public(&into.join("validator"), &validator.to_bytes())?;
    let replay = into.join("replay");
    ReplayFile::create(&replay, ReplayBounds::default()).at(format!("cannot write {}", replay.display()))?;
    print(format!(
        "made in {}: main-node.secret, engine.secret, replay\nfor the offices, by `ask`: certificate-request, \
         validator\nthe validator's fingerprint, which the offices compare: {}",
        into.display(),
        fingerprint(&validator.to_bytes())
    ))
}

fn validator(super_node: &Path, first_charter: &Path, of: &Path, out: &Path) -> Result<(), Failure> {
    let super_node = files::read(super_node, SuperNodePublicKey::from_bytes)?;
    let ledger = ledger(first_charter, &super_node)?;
    let main_node =
        files::read_secret(&of.join("main-node.secret"), |bytes| MainNode::from_bytes(bytes, &super_node))?;
    let engine = files::read_secret(&of.join("engine.secret"), EngineKey::from_bytes)?;
    let validator = engine.validator(&main_node, Some(&ledger)).at("signing as a validator")?;
    files::create_public(out, &validator.to_bytes())?;
    print(format!(
        "{} as a validator of the ledger {ledger}: {}\nits fingerprint, which the offices compare: {}",
        main_node.name(),
        out.display(),
        fingerprint(&validator.to_bytes())
    ))
}

fn ledger(first_charter: &Path, super_node: &SuperNodePublicKey) -> Result<LedgerId, Failure> {
    let charter = files::read(first_charter, Charter::from_bytes)?;
    Ok(Charters::new(charter, super_node).at(first_charter.display())?.ledger())
}

fn hospital(name: &str, record: &str, into: &Path) -> Result<(), Failure> {
    let name = Name::new(name).at(format!("--name {name:?}"))?;
    files::make_folder(into)?;
    let request = RegistrationRequest::new(name, record.as_bytes(), &mut OsRng).at("making the request")?;
    files::create_secret(&into.join("registration-request"), &request.to_bytes())?;
    print(format!(
        "made, for the offices only, with the fingerprint {}: {}/registration-request",
        fingerprint(&request.to_bytes()),
        into.display()
    ))
}

fn keyword(offices: &Path, into: &Path) -> Result<(), Failure> {
    let certificate = files::read(offices, Certificate::from_bytes)?;
    let generation = certificate.verify(certificate.claimed().roster()).at(offices.display())?;
    let key = KeywordKey::generate(&mut OsRng).at("making the keyword key")?;
    files::make_folder(into)?;
    files::create_secret(&into.join("keyword-key.secret"), &key.to_bytes())?;
    let parameters = generation.public_parameters(key.commitment());
    files::create_public(&into.join("parameters"), &parameters.to_bytes())?;
    print(format!(
        "made in {}: keyword-key.secret, for members only; parameters, for the charter",
        into.display()
    ))
}

fn accept(super_node: &Path, answer: &Path, into: &Path) -> Result<(), Failure> {
    let super_node = files::read(super_node, SuperNodePublicKey::from_bytes)?;
    let request = files::read_secret(&into.join("registration-request"), RegistrationRequest::from_bytes)?;
    let key = files::read_secret(answer, IdentityKey::from_bytes)?;
    let hospital =
        Hospital::accept(request, key, &super_node).at("the identity key is not for this request")?;
    files::create_secret(&into.join("identity.secret"), &hospital.to_bytes())?;
    print(format!("made: {}/identity.secret", into.display()))
}
