//! `authority`: the super node, who certifies nodes and registers hospitals, and the
//! authority, who issues keys for attributes, in one folder on a machine without a network.
//! What they get and give are files.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use medseal::authority::Authority;
use medseal::identity::{Certificate, CertificateRequest, Name, RegistrationRequest, SuperNode};
use medseal::ledger::{CharterDraft, Charters, Terms, Validator};
use medseal::policy::{Attributes, Policy};
use medseal::rand_core::OsRng;
use medseal_consortium::CertifiedHead;
use medseal_consortium::keys::check_validators;

use crate::files;
use crate::report::{At, Failure, now_ms, print};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

#[derive(Subcommand)]
pub(crate) enum Office {
    /// Make the master keys, and a registry in which nobody stands yet
    New {
        /// The folder for the keys
        folder: PathBuf,
    },
    /// Certify a node
    Certify {
        /// The folder with the keys
        folder: PathBuf,
        /// The node's request, from `keys node`
        #[arg(long, value_name = "FILE")]
        request: PathBuf,
        /// For how many days
        #[arg(long, default_value_t = 365)]
        days: u64,
        /// Where to write the certificate
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Register a hospital: writes the answer for it, and a new registry into the folder
    Register {
        /// The folder with the keys
        folder: PathBuf,
        /// The hospital's request, from `keys hospital`
        #[arg(long, value_name = "FILE")]
        request: PathBuf,
        /// Where to write the answer, which is secret
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Revoke a hospital or a certificate: writes a new registry into the folder
    Revoke {
        /// The folder with the keys
        folder: PathBuf,
        /// The hospital's name
        #[arg(long, value_name = "NAME")]
        hospital: Vec<String>,
        /// The node's certificate
        #[arg(long, value_name = "FILE")]
        certificate: Vec<PathBuf>,
    },
    /// Sign a charter: the first one, or, with --follows, the next one
    Charter {
        /// The folder with the keys
        folder: PathBuf,
        /// The ledger's name
        #[arg(long, required_unless_present = "follows", conflicts_with = "follows")]
        ledger: Option<String>,
        /// Who may upload
        #[arg(long, value_name = "POLICY", required_unless_present = "follows")]
        claim: Option<String>,
        /// All nodes that decide, from `keys node`; unless given, those of the charter before
        #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present = "follows")]
        validator: Vec<PathBuf>,
        /// The state folder of a hospital: its charters, and the head that it saw last
        #[arg(long, value_name = "DIR")]
        follows: Option<PathBuf>,
        /// Where to write the charter
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Issue keys for attributes to a member
    Issue {
        /// The folder with the keys
        folder: PathBuf,
        /// What the member is
        #[arg(long)]
        attributes: String,
        /// Where to write the keys, which are secret
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Where to write the members' keyword key, which is secret: for those who submit
        #[arg(long, value_name = "FILE")]
        keyword_key: Option<PathBuf>,
    },
}

/// The files of the folder.
const SUPER_NODE: &str = "super-node.secret";
const AUTHORITY: &str = "authority.secret";
const PUBLIC: &str = "super-node";
const REGISTRY: &str = "registry";

pub(crate) fn run(office: Office) -> Result<(), Failure> {
    match office {
        Office::New { folder } => new(&folder),
        Office::Certify { folder, request, days, out } => certify(&folder, &request, days, &out),
        Office::Register { folder, request, out } => register(&folder, &request, &out),
        Office::Revoke { folder, hospital, certificate } => revoke(&folder, &hospital, &certificate),
        Office::Charter { folder, ledger, claim, validator, follows, out } => {
            let validators = validator.iter().map(|path| files::read(path, Validator::from_bytes));
            let mut validators = validators.collect::<Result<Vec<_>, _>>()?;
            validators.sort_by(|a, b| a.name().cmp(b.name()));
            let claim = claim.map(|claim| Policy::parse(&claim).at("--claim")).transpose()?;
            let draft = match (follows, ledger, claim) {
                (Some(follows), _, claim) => next(&folder, &follows, claim, validators)?,
                (None, Some(ledger), Some(claim)) => first(&folder, &ledger, claim, validators)?,
                _ => return Err(Failure::new("--ledger and --claim are missing")),
            };
            charter(&folder, draft, &out)
        }
        Office::Issue { folder, attributes, out, keyword_key } => {
            issue(&folder, &attributes, &out, keyword_key.as_deref())
        }
    }
}

fn new(folder: &Path) -> Result<(), Failure> {
    files::make_folder(folder)?;
    let authority = Authority::setup(&mut OsRng).at("making the authority's keys")?;
    let mut super_node = SuperNode::generate(&mut OsRng).at("making the super node's key")?;
    let registry = super_node.publish(now_ms()).at("publishing the registry")?;
    files::create_secret(&folder.join(SUPER_NODE), &super_node.to_bytes())?;
    files::create_secret(&folder.join(AUTHORITY), &authority.to_bytes())?;
    files::create_public(&folder.join(PUBLIC), &super_node.public_key().to_bytes())?;
    files::create_public(&folder.join(REGISTRY), &registry.to_bytes())?;
    print(format!(
        "made in {}: {SUPER_NODE}, {AUTHORITY}\nfor all members: {PUBLIC}, {REGISTRY}",
        folder.display()
    ))
}

fn super_node(folder: &Path) -> Result<SuperNode, Failure> {
    files::read_secret(&folder.join(SUPER_NODE), SuperNode::from_bytes)
}

fn authority(folder: &Path) -> Result<Authority, Failure> {
    files::read_secret(&folder.join(AUTHORITY), Authority::from_bytes)
}

fn certify(folder: &Path, request: &Path, days: u64, out: &Path) -> Result<(), Failure> {
    let super_node = super_node(folder)?;
    let request = files::read(request, CertificateRequest::from_bytes)?;
    let now = now_ms();
    let validity = now..=now.saturating_add(days.saturating_mul(DAY_MS));
    let certificate = super_node.certify(&request, validity, &mut OsRng).at("certifying")?;
    files::create_public(out, &certificate.to_bytes())?;
    print(format!("{} is certified for {days} days: {}", request.name(), out.display()))
}

/// Publishes a registry. What the super node will not sign a second time is kept
/// before it is handed out.
fn publish(folder: &Path, super_node: &mut SuperNode) -> Result<(), Failure> {
    let registry = super_node.publish(now_ms()).at("publishing the registry")?;
    files::replace(&folder.join(SUPER_NODE), &super_node.to_bytes())?;
    files::replace(&folder.join(REGISTRY), &registry.to_bytes())
}

fn register(folder: &Path, request: &Path, out: &Path) -> Result<(), Failure> {
    let mut super_node = super_node(folder)?;
    let request = files::read(request, RegistrationRequest::from_bytes)?;
    let key = super_node.register(&request).at(format!("registering {}", request.name()))?;
    files::create_secret(out, &key.to_bytes())?;
    publish(folder, &mut super_node)?;
    print(format!(
        "{} is registered\nfor it alone: {}\nfor all members: {}/{REGISTRY}",
        request.name(),
        out.display(),
        folder.display()
    ))
}

fn revoke(folder: &Path, hospitals: &[String], certificates: &[PathBuf]) -> Result<(), Failure> {
    if hospitals.is_empty() && certificates.is_empty() {
        return Err(Failure::new("whom? --hospital NAME or --certificate FILE"));
    }
    let mut super_node = super_node(folder)?;
    for hospital in hospitals {
        let name = Name::new(hospital).at(format!("--hospital {hospital:?}"))?;
        super_node.revoke_hospital(&name).at(format!("revoking {hospital}"))?;
    }
    for path in certificates {
        let certificate = files::read(path, Certificate::from_bytes)?;
        super_node.revoke_certificate(certificate.serial()).at(format!("revoking {}", path.display()))?;
    }
    publish(folder, &mut super_node)?;
    print(format!("revoked\nfor all members: {}/{REGISTRY}", folder.display()))
}

fn first(
    folder: &Path,
    ledger: &str,
    claim: Policy,
    validators: Vec<Validator>,
) -> Result<CharterDraft, Failure> {
    let name = Name::new(ledger).at(format!("--ledger {ledger:?}"))?;
    let terms = Terms::new(name, claim, authority(folder)?.public_parameters());
    Ok(CharterDraft::first(Terms { validators, ..terms }, None))
}

/// The next charter: what is not given stays as it was.
fn next(
    folder: &Path,
    state: &Path,
    claim: Option<Policy>,
    validators: Vec<Validator>,
) -> Result<CharterDraft, Failure> {
    let key = super_node(folder)?.public_key();
    let charters = files::read_secret(&state.join("charters"), |bytes| Charters::from_bytes(bytes, &key))?;
    let head = files::read_secret(&state.join("head"), CertifiedHead::from_bytes)?;
    let head = head.verify(&charters).at(state.join("head").display())?.head;
    let mut terms = charters.current().terms().clone();
    if let Some(claim) = claim {
        terms.claim = claim;
    }
    if !validators.is_empty() {
        terms.validators = validators;
    }
    Ok(charters.draft(terms, head))
}

fn charter(folder: &Path, draft: CharterDraft, out: &Path) -> Result<(), Failure> {
    let charter = super_node(folder)?.sign_charter(draft).at("signing the charter")?;
    check_validators(&charter).at("the validators cannot keep a ledger")?;
    files::create_public(out, &charter.to_bytes())?;
    let validators = &charter.terms().validators;
    let names = validators.iter().map(|validator| validator.name().as_str()).collect::<Vec<_>>().join(", ");
    print(format!(
        "charter {} of the ledger {}: {}\nits id, for all members to compare: {}\nvalidators: {names}{}",
        charter.number(),
        charter.terms().name,
        out.display(),
        charter.ledger(),
        if validators.len() < 4 {
            "\nWARNING: with fewer than four, all of them have to run at all times"
        } else {
            ""
        }
    ))
}

fn issue(folder: &Path, attributes: &str, out: &Path, keyword_key: Option<&Path>) -> Result<(), Failure> {
    let attributes = Attributes::parse(attributes).at("--attributes")?;
    let authority = authority(folder)?;
    let keys = authority.issue(&attributes, &mut OsRng).at("issuing keys")?;
    files::create_secret(out, &keys.to_bytes())?;
    if let Some(path) = keyword_key {
        files::create_secret(path, &authority.keyword_key().to_bytes())?;
    }
    print(format!("keys for {attributes}, for the member alone: {}", out.display()))
}
