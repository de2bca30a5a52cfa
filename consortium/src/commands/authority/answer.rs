//! `authority answer`: an office says what is asked, decides, and answers.

use std::path::Path;

use medseal::Error;
use medseal::authorities::{self, AuthorityKey, Certificate, DirectoryRecords, Holder};
use medseal::authority::{Authority, PublicParameters};
use medseal::identity::{Registry, SuperNode};
use medseal::rand_core::OsRng;
use medseal::zeroize::Zeroizing;

use super::generate::share_of;
use super::{AUTHORITY, GENERATION, KEY, RECORDS, REGISTRY, SUPER_NODE, UNUSED, lock};
use crate::commands::asked::{
    Asked, Changes, certificate_request, charter_draft, check_charter, registry, request, serial,
};
use crate::files;
use crate::report::{At, Failure, now_ms, print};

pub(super) fn run(folder: &Path, path: &Path, out: Option<&Path>) -> Result<(), Failure> {
    let _lock = lock(folder)?;
    let (asked, fingerprint) = Asked::read(path)?;
    print(format!("asked, with the fingerprint {fingerprint}: {}", asked.describe()?))?;
    let Some(out) = out else {
        return print("nothing is answered: if it is right and from whom it says, answer with --out FILE");
    };
    files::check_free(out)?;
    let answer = if folder.join(SUPER_NODE).exists() {
        One { folder }.answer(&asked)?
    } else if folder.join(GENERATION).exists() {
        Part::load(folder)?.answer(&asked)?
    } else {
        return Err(Failure::new(format!(
            "{} has no keys: run `authority generate` with the other offices, or `authority new`",
            folder.display()
        )));
    };
    match answer {
        Answer::Public(bytes) => files::create_public(out, &bytes)?,
        Answer::Secret(bytes) => files::create_secret(out, &bytes)?,
    }
    print(format!("answered: {}", out.display()))
}

enum Answer {
    Public(Vec<u8>),
    Secret(Zeroizing<Vec<u8>>),
}

/// One office of several. What it answers is a part, which serves nobody by itself.
struct Part {
    holder: Holder,
    records: DirectoryRecords,
}

impl Part {
    fn load(folder: &Path) -> Result<Self, Failure> {
        let key = files::read_secret(&folder.join(KEY), AuthorityKey::from_bytes)?;
        let certificate = files::read(&folder.join(GENERATION), Certificate::from_bytes)?;
        let records = folder.join(RECORDS);
        let share = share_of(&records, certificate.claimed())?;
        let holder = Holder::new(key, share, &certificate).at(folder.display())?;
        Ok(Self { holder, records: DirectoryRecords::new(&records) })
    }

    fn answer(&mut self, asked: &Asked) -> Result<Answer, Failure> {
        let Self { holder, records } = self;
        let super_node = holder.generation().super_node();
        let message = match asked {
            Asked::Certificate { request, from_ms, to_ms } => {
                let (request, validity) = (certificate_request(request)?, *from_ms..=*to_ms);
                let serial = serial(&request, &validity);
                holder.certify(&request, serial, validity).at("certifying")?
            }
            Asked::Registry(changes) => {
                let follows = changes.follows.as_ref().map(registry).transpose()?;
                let follows = follows.map(|registry| holder.saw_registry(&registry, records));
                let follows = follows.transpose().map_err(|failure| numbered(&failure))?;
                let draft = changes.draft(follows.as_ref())?;
                holder.sign_registry(&draft, records).map_err(|failure| numbered(&failure))?
            }
            Asked::Charter { draft, follows } => {
                let draft = charter_draft(draft)?;
                parameters(&draft.terms.parameters, holder)?;
                if let Some(charters) = check_charter(&draft, follows.as_ref(), super_node)? {
                    for number in 1..=charters.current().number() {
                        // Of those before the newest that it knows it needs none.
                        let Ok(charter) = charters.get(number) else { continue };
                        match holder.saw_charter(charter, records) {
                            Err(authorities::Failure::Error(Error::CharterOutOfOrder))
                                if number < charters.current().number() => {}
                            result => result.map_err(|failure| numbered(&failure))?,
                        }
                    }
                }
                holder.sign_charter(&draft, records).map_err(|failure| numbered(&failure))?
            }
            Asked::Identity { request, registry } => {
                let registry = self::registry(registry)?;
                let registry =
                    holder.saw_registry(&registry, records).map_err(|failure| numbered(&failure))?;
                let request = self::request(request)?;
                holder
                    .extract(&request, &registry, &mut OsRng)
                    .at(format!("{} in the registry", request.name()))?
            }
            Asked::Keys { request } => {
                holder.issue(&self::request(request)?, &mut OsRng).at("issuing keys")?
            }
        };
        Ok(Answer::Public(message.to_bytes()))
    }
}

/// A charter whose keys are not those of the offices would be signed under keys that nobody has.
fn parameters(parameters: &PublicParameters, holder: &Holder) -> Result<(), Failure> {
    let PublicParameters { keyword, .. } = parameters;
    if parameters.to_bytes() == holder.generation().public_parameters(*keyword).to_bytes() {
        Ok(())
    } else {
        Err(Failure::new("the charter's public parameters are not those of these offices"))
    }
}

/// What to do about a number that is taken, or a registry or charter that is not the newest.
fn numbered(failure: &authorities::Failure) -> Failure {
    let advice = match failure {
        authorities::Failure::AlreadySigned { number } => {
            format!("if that will not come about, ask anew with --number {}", number.saturating_add(1))
        }
        authorities::Failure::WrongPredecessor
        | authorities::Failure::LosesRevocation
        | authorities::Failure::Error(Error::RegistryRollback | Error::CharterOutOfOrder) => {
            "ask anew, with the newest as what it --follows".to_owned()
        }
        authorities::Failure::Error(Error::RegistryConflict | Error::CharterConflict) => {
            "this office signs none any more; too many offices have signed two: stop, and find out which"
                .to_owned()
        }
        _ => return Failure::new(failure.to_string()),
    };
    Failure::new(format!("{failure}: {advice}"))
}

/// One office that holds all master keys. What it answers is what was asked for.
struct One<'f> {
    folder: &'f Path,
}

impl One<'_> {
    fn super_node(&self, file: &str) -> Result<SuperNode, Failure> {
        files::read_secret(&self.folder.join(file), SuperNode::from_bytes)
    }

    fn answer(&self, asked: &Asked) -> Result<Answer, Failure> {
        Ok(match asked {
            Asked::Certificate { request, from_ms, to_ms } => {
                let request = certificate_request(request)?;
                let certificate =
                    self.super_node(SUPER_NODE)?.certify(&request, *from_ms..=*to_ms, &mut OsRng);
                Answer::Public(certificate.at("certifying")?.to_bytes())
            }
            Asked::Registry(changes) => Answer::Public(self.publish(changes)?.to_bytes()),
            Asked::Charter { draft, follows } => {
                let (draft, super_node) = (charter_draft(draft)?, self.super_node(SUPER_NODE)?);
                let own = files::read_secret(&self.folder.join(AUTHORITY), Authority::from_bytes)?;
                if draft.terms.parameters.to_bytes() != own.public_parameters().to_bytes() {
                    return Err(Failure::new("the charter's public parameters are not those of this office"));
                }
                check_charter(&draft, follows.as_ref(), &super_node.public_key())?;
                Answer::Public(super_node.sign_charter(draft).at("signing the charter")?.to_bytes())
            }
            Asked::Identity { request, registry } => {
                let (request, given) = (self::request(request)?, self::registry(registry)?);
                if self.newest()?.is_none_or(|newest| newest != given) {
                    return Err(Failure::new("ask anew, with the newest registry"));
                }
                let registration = request.registration();
                let registration = registration.ok_or_else(|| Failure::new("it asks for no identity key"))?;
                let mut unused = self.super_node(UNUSED)?;
                let registry = given.verify(&unused.public_key(), 0).at("the registry")?;
                let stands =
                    *registry.identity(request.name()).at(request.name())? == registration.identity();
                if !stands {
                    return Err(Failure::new(format!("another request of {} is registered", request.name())));
                }
                // The books that know of nobody give the key of a registration that stands again.
                let key = unused.register(registration).at("the identity key")?;
                Answer::Secret(key.to_bytes())
            }
            Asked::Keys { request } => {
                let request = self::request(request)?;
                let attributes = request.attributes();
                let attributes = attributes.ok_or_else(|| Failure::new("it asks for no keys"))?;
                let own = files::read_secret(&self.folder.join(AUTHORITY), Authority::from_bytes)?;
                Answer::Secret(own.issue(attributes, &mut OsRng).at("issuing keys")?.to_bytes())
            }
        })
    }

    fn newest(&self) -> Result<Option<Registry>, Failure> {
        let path = self.folder.join(REGISTRY);
        path.exists().then(|| files::read(&path, Registry::from_bytes)).transpose()
    }

    /// A call that was interrupted may have kept changes that stand in no registry: they are
    /// published first.
    fn settle(&self) -> Result<(), Failure> {
        let mut super_node = self.super_node(SUPER_NODE)?;
        let number = |registry: &Registry| Ok(registry.verify(&super_node.public_key(), 0)?.sequence());
        let newest = self.newest()?.as_ref().map(number).transpose();
        let newest = newest.map_err(|error: Error| Failure::new(format!("{REGISTRY}: {error}")))?;
        let registry = super_node.publish(now_ms()).at("publishing the registry")?;
        let next = registry.verify(&super_node.public_key(), 0).at("the registry")?.sequence();
        if next == newest.unwrap_or(0) + 1 {
            return Ok(());
        }
        files::replace(&self.folder.join(SUPER_NODE), &super_node.to_bytes())?;
        let path = self.folder.join(REGISTRY);
        files::replace_public(&path, &registry.to_bytes())?;
        Err(Failure::new(format!(
            "an earlier answer was interrupted, and what it changed stands in {} now: ask anew with --follows",
            path.display()
        )))
    }

    /// Publishes a registry. What the super node will not sign a second time is kept
    /// before it is handed out.
    fn publish(&self, changes: &Changes) -> Result<Registry, Failure> {
        self.settle()?;
        let follows = changes.follows.as_ref().map(registry).transpose()?;
        let newest = self.newest()?;
        if follows != newest || changes.number.is_some() {
            return Err(Failure::new(match newest {
                Some(_) => {
                    let path = self.folder.join(REGISTRY);
                    format!("ask anew with --follows {} and without --number", path.display())
                }
                None => "there is no registry yet: ask anew without --follows and --number".to_owned(),
            }));
        }
        let mut super_node = self.super_node(SUPER_NODE)?;
        for name in changes.hospitals()? {
            super_node.revoke_hospital(&name).at(format!("revoking {name}"))?;
        }
        for serial in changes.certificates()? {
            super_node.revoke_certificate(serial).at(format!("revoking the certificate {serial}"))?;
        }
        for request in changes.registrations()? {
            super_node.register(&request).at(format!("registering {}", request.name()))?;
        }
        let registry = super_node.publish(changes.time_ms).at("publishing the registry")?;
        files::replace(&self.folder.join(SUPER_NODE), &super_node.to_bytes())?;
        files::replace_public(&self.folder.join(REGISTRY), &registry.to_bytes())?;
        Ok(registry)
    }
}
