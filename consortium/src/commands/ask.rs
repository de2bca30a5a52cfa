//! `ask` and `combine`: requests of people, hospitals and nodes to the offices, and the results
//! that they combine from the answers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use medseal::authorities::{self, Combined, Generation, Message, PendingRequest};
use medseal::authority::PublicParameters;
use medseal::identity::{
    Certificate, CertificateRequest, Name, RegistrationRequest, Registry, SuperNodePublicKey,
};
use medseal::ledger::{CharterDraft, Charters, Terms, Validator};
use medseal::policy::{Attributes, Policy};
use medseal::rand_core::OsRng;
use medseal::search::KeywordKey;
use medseal_consortium::CertifiedHead;

use super::asked::{
    Asked, Changes, Follows, Hex, certificate_request, charter_draft, check_charter, fingerprint, serial,
};
use crate::files;
use crate::report::{At, Failure, now_ms, print};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

#[derive(Subcommand)]
pub(crate) enum Ask {
    /// A node's certificate
    Certificate {
        /// The node's request, from `keys node`
        #[arg(long, value_name = "FILE")]
        request: PathBuf,
        /// Days until it expires
        #[arg(long, default_value_t = 365)]
        days: u64,
        #[command(flatten)]
        out: Out,
    },
    /// The next registry: registered hospitals, revoked hospitals and certificates
    Registry {
        /// The newest registry; omit it for the first
        #[arg(long, value_name = "FILE", requires = "super_node")]
        follows: Option<PathBuf>,
        /// The super node's public key
        #[arg(long, value_name = "FILE")]
        super_node: Option<PathBuf>,
        /// Requests of the hospitals to register, from `keys hospital`
        #[arg(long, value_name = "FILE", num_args = 1..)]
        register: Vec<PathBuf>,
        /// Hospitals to revoke
        #[arg(long, value_name = "NAME", num_args = 1..)]
        revoke_hospital: Vec<String>,
        /// Node certificates to revoke
        #[arg(long, value_name = "FILE", num_args = 1..)]
        revoke_certificate: Vec<PathBuf>,
        /// A number greater than the next, if offices have signed another registry with that number
        #[arg(long)]
        number: Option<u64>,
        #[command(flatten)]
        out: Out,
    },
    /// A charter: the first, or with --follows the next
    Charter {
        /// The ledger's name
        #[arg(long, required_unless_present = "follows", conflicts_with = "follows")]
        ledger: Option<String>,
        /// Who may upload
        #[arg(long, value_name = "POLICY", required_unless_present = "follows")]
        claim: Option<String>,
        /// All validators: files from `keys node`, or for a later charter from `keys validator`
        /// [default: those of the charter before]
        #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present = "follows")]
        validator: Vec<PathBuf>,
        /// The public parameters, from `keys keyword` or `authority new`
        #[arg(long, value_name = "FILE", required_unless_present = "follows")]
        parameters: Option<PathBuf>,
        /// A hospital's state folder, with its charters and the last head that it saw
        #[arg(long, value_name = "DIR", requires = "super_node")]
        follows: Option<PathBuf>,
        /// The super node's public key
        #[arg(long, value_name = "FILE")]
        super_node: Option<PathBuf>,
        /// A number greater than the next, if offices have signed another charter with that number
        #[arg(long, requires = "follows")]
        number: Option<u32>,
        #[command(flatten)]
        out: Out,
    },
    /// A hospital's identity key, once a registry lists the hospital
    Identity {
        /// The hospital's request, from `keys hospital`
        #[arg(long, value_name = "FILE")]
        registration: PathBuf,
        /// The registry
        #[arg(long, value_name = "FILE")]
        registry: PathBuf,
        #[command(flatten)]
        out: Out,
    },
    /// A member's keys
    Keys {
        /// The member's name
        #[arg(long)]
        name: String,
        /// The member's attributes
        #[arg(long)]
        attributes: String,
        #[command(flatten)]
        out: Out,
    },
}

/// Where `ask` writes the request.
#[derive(Args)]
pub(crate) struct Out {
    /// Where to write the request for the offices; the secret that opens their answers goes
    /// beside it, with `.secret` appended
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Args)]
pub(crate) struct Combine {
    /// The request, from `ask`
    asked: PathBuf,
    /// The offices' answers
    #[arg(required = true)]
    answers: Vec<PathBuf>,
    /// The offices' public keys: `generation`, from `authority generate`
    #[arg(long, value_name = "FILE")]
    offices: PathBuf,
    /// The members' keyword key: required to combine a member's keys
    #[arg(long, value_name = "FILE")]
    keyword_key: Option<PathBuf>,
    /// Where to write the result
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(ask: Ask) -> Result<(), Failure> {
    match ask {
        Ask::Certificate { request, days, out } => {
            let request = files::read(&request, CertificateRequest::from_bytes)?;
            let from_ms = now_ms();
            let to_ms = from_ms.saturating_add(days.saturating_mul(DAY_MS));
            out.write(&Asked::Certificate { request: Hex::new(&request.to_bytes()), from_ms, to_ms }, None)
        }
        Ask::Registry { follows, super_node, register, revoke_hospital, revoke_certificate, number, out } => {
            let read = |path: &PathBuf| files::read(path, RegistrationRequest::from_bytes);
            let register = register.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            let read = |path: &PathBuf| Ok(files::read(path, Certificate::from_bytes)?.serial().to_string());
            let revoke_certificates = revoke_certificate.iter().map(read).collect::<Result<_, Failure>>()?;
            let read = |path: PathBuf| files::read(&path, Registry::from_bytes);
            let follows = follows.map(read).transpose()?;
            let changes = Changes {
                follows: follows.map(|registry| Hex::new(&registry.to_bytes())),
                number,
                time_ms: now_ms(),
                revoke_hospitals: revoke_hospital,
                revoke_certificates,
                register: register.iter().map(|request| Hex::new(&request.to_bytes())).collect(),
            };
            let verified = match super_node {
                Some(path) => changes.verified(&files::read(&path, SuperNodePublicKey::from_bytes)?)?,
                None => None,
            };
            changes.draft(verified.as_ref())?;
            out.write(&Asked::Registry(changes), None)
        }
        Ask::Charter { ledger, claim, validator, parameters, follows, super_node, number, out } => {
            let validators = validator.iter().map(|path| files::read(path, Validator::from_bytes));
            let mut validators = validators.collect::<Result<Vec<_>, _>>()?;
            validators.sort_by(|a, b| a.name().cmp(b.name()));
            let claim = claim.map(|claim| Policy::parse(&claim).at("--claim")).transpose()?;
            let read = |path: PathBuf| files::read(&path, PublicParameters::from_bytes);
            let parameters = parameters.map(read).transpose()?;
            let asked = match (follows, super_node, ledger, claim, parameters) {
                (Some(state), Some(super_node), _, claim, parameters) => {
                    let super_node = files::read(&super_node, SuperNodePublicKey::from_bytes)?;
                    next_charter(&state, &super_node, claim, parameters, validators, number)?
                }
                (None, _, Some(ledger), Some(claim), Some(parameters)) => {
                    let name = Name::new(&ledger).at(format!("--ledger {ledger:?}"))?;
                    let terms = Terms { validators, ..Terms::new(name, claim, parameters) };
                    let draft = CharterDraft::first(terms, None);
                    Asked::Charter { draft: Hex::new(&draft.to_bytes()), follows: None }
                }
                _ => return Err(Failure::new("--ledger, --claim and --parameters are missing")),
            };
            out.write(&asked, None)
        }
        Ask::Identity { registration, registry, out } => {
            let registration = files::read_secret(&registration, RegistrationRequest::from_bytes)?;
            let registry = files::read(&registry, Registry::from_bytes)?;
            let pending = PendingRequest::identity(registration, now_ms(), &mut OsRng).at("asking")?;
            let request = Hex::new(&pending.request().to_bytes());
            let registry = Hex::new(&registry.to_bytes());
            out.write(&Asked::Identity { request, registry }, Some(&pending))
        }
        Ask::Keys { name, attributes, out } => {
            let name = Name::new(&name).at(format!("--name {name:?}"))?;
            let attributes = Attributes::parse(&attributes).at("--attributes")?;
            let pending = PendingRequest::keys(name, &attributes, now_ms(), &mut OsRng).at("asking")?;
            let request = Hex::new(&pending.request().to_bytes());
            out.write(&Asked::Keys { request }, Some(&pending))
        }
    }
}

/// The next charter: terms that are not given stay the same.
fn next_charter(
    state: &Path,
    super_node: &SuperNodePublicKey,
    claim: Option<Policy>,
    parameters: Option<PublicParameters>,
    validators: Vec<Validator>,
    number: Option<u32>,
) -> Result<Asked, Failure> {
    let charters =
        files::read_secret(&state.join("charters"), |bytes| Charters::from_bytes(bytes, super_node))?;
    let head = files::read_secret(&state.join("head"), CertifiedHead::from_bytes)?;
    let mut terms = charters.current().terms().clone();
    claim.into_iter().for_each(|claim| terms.claim = claim);
    parameters.into_iter().for_each(|parameters| terms.parameters = parameters);
    if !validators.is_empty() {
        terms.validators = validators;
    }
    let mut draft = charters.draft(terms, head.verify(&charters).at(state.join("head").display())?.head);
    number.into_iter().for_each(|number| draft.renumber(number));
    let follows = Follows { charters: Hex::new(&charters.to_bytes()), head: Hex::new(&head.to_bytes()) };
    check_charter(&draft, Some(&follows), super_node)?;
    Ok(Asked::Charter { draft: Hex::new(&draft.to_bytes()), follows: Some(follows) })
}

impl Out {
    fn write(&self, asked: &Asked, pending: Option<&PendingRequest>) -> Result<(), Failure> {
        let description = asked.describe()?;
        let bytes = asked.to_bytes()?;
        if let Some(pending) = pending {
            files::create_secret(&secret_beside(&self.out), &pending.to_bytes())?;
        }
        // Only the offices may see what a hospital states about itself when it registers.
        match asked {
            Asked::Registry(_) | Asked::Identity { .. } => files::create_secret(&self.out, &bytes)?,
            _ => files::create_public(&self.out, &bytes)?,
        }
        print(format!(
            "{description}\nrequest for the offices, with the fingerprint {}: {}",
            fingerprint(&bytes),
            self.out.display()
        ))
    }
}

/// The file with the secret that opens the answers.
fn secret_beside(asked: &Path) -> PathBuf {
    let mut path = asked.as_os_str().to_owned();
    path.push(".secret");
    path.into()
}

pub(crate) fn combine(combine: &Combine) -> Result<(), Failure> {
    let Combine { asked: path, answers, offices, keyword_key, out } = combine;
    files::check_free(out)?;
    let (asked, _) = Asked::read(path)?;
    let certificate = files::read(offices, authorities::Certificate::from_bytes)?;
    let generation = certificate.verify(certificate.claimed().roster()).at(offices.display())?;
    let answers = Answers::read(answers, generation);
    let pending = |request: &Hex| {
        let secret = secret_beside(path);
        let pending = files::read_secret(&secret, PendingRequest::from_bytes)?;
        if Hex::new(&pending.request().to_bytes()) != *request {
            let (secret, path) = (secret.display(), path.display());
            return Err(Failure::new(format!("{secret} was made with another request than {path}")));
        }
        Ok(pending)
    };
    let what = asked.describe()?;
    match asked {
        Asked::Certificate { request, from_ms, to_ms } => {
            let (request, validity) = (certificate_request(&request)?, from_ms..=to_ms);
            let serial = serial(&request, &validity);
            let parts = &answers.messages;
            let combined = generation.combine_certificate(&request, serial, validity, parts);
            files::create_public(out, &answers.judge(combined)?.to_bytes())?;
        }
        Asked::Registry(changes) => {
            let draft = changes.draft(changes.verified(generation.super_node())?.as_ref())?;
            let combined = generation.combine_registry(&draft, &answers.messages);
            files::create_public(out, &answers.judge(combined)?.to_bytes())?;
        }
        Asked::Charter { draft, follows } => {
            let draft = charter_draft(&draft)?;
            check_charter(&draft, follows.as_ref(), generation.super_node())?;
            let combined = generation.combine_charter(&draft, &answers.messages);
            files::create_public(out, &answers.judge(combined)?.to_bytes())?;
        }
        Asked::Identity { request, .. } => {
            let combined = pending(&request)?.combine_identity(generation, &answers.messages);
            files::create_secret(out, &answers.judge(combined)?.to_bytes())?;
        }
        Asked::Keys { request } => {
            let keyword_key = keyword_key.as_deref().ok_or_else(|| {
                Failure::new("--keyword-key is missing: the founder made it with `keys keyword`")
            })?;
            let keyword_key = files::read_secret(keyword_key, KeywordKey::from_bytes)?;
            let combined = pending(&request)?.combine_keys(generation, &answers.messages, &keyword_key);
            files::create_secret(out, &answers.judge(combined)?.to_bytes())?;
        }
    }
    print(format!("{what}\nmade: {}", out.display()))
}

/// The answers, without those that could not be read.
struct Answers<'g> {
    generation: &'g Generation,
    messages: Vec<Message>,
    unreadable: Vec<Failure>,
}

impl<'g> Answers<'g> {
    fn read(paths: &[PathBuf], generation: &'g Generation) -> Self {
        let (mut messages, mut unreadable) = (Vec::new(), Vec::new());
        for path in paths {
            match files::read(path, Message::from_bytes) {
                Ok(message) if messages.contains(&message) => {}
                Ok(message) => messages.push(message),
                Err(failure) => unreadable.push(failure),
            }
        }
        Self { generation, messages, unreadable }
    }

    /// The combined result. Always names the offices whose answers were refused. If too few
    /// answers remain, also names the offices that have not answered.
    fn judge<T>(&self, combined: Result<Combined<T>, authorities::Failure>) -> Result<T, Failure> {
        let mut refused = self.unreadable.iter().map(ToString::to_string).collect::<Vec<_>>();
        match combined {
            Ok(Combined { value, culprits }) => {
                refused.extend(culprits.iter().map(ToString::to_string));
                refused.iter().for_each(|answer| {
                    Failure::new(format!("WARNING: refused: {answer}")).say("medseal-consortium");
                });
                Ok(value)
            }
            Err(failure) => {
                refused.insert(0, failure.to_string());
                let roster = self.generation.roster();
                let answered = self.messages.iter().map(Message::from).collect::<BTreeSet<_>>();
                let absent = (1..=roster.size()).filter(|index| !answered.contains(index));
                let absent = absent.filter_map(|index| roster.name(index)).map(Name::to_string);
                let absent = absent.collect::<Vec<_>>().join(", ");
                if !absent.is_empty() {
                    refused.push(format!("no answer from {absent}"));
                }
                Err(Failure::new(refused.join("; ")))
            }
        }
    }
}
