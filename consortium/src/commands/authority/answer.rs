//! `authority answer`: an office shows a request, decides, and answers.

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
    print(format!("request with the fingerprint {fingerprint}: {}", asked.describe()?))?;
    let Some(out) = out else {
        return print("no answer is written: check what is asked and who asks, then answer with --out FILE");
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

/// One office of several. Its answer is one part, which is useless alone.
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
                        // It does not need charters older than the newest one that it knows.
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

/// Refuses other public parameters: nobody would hold the keys of such a charter.
fn parameters(parameters: &PublicParameters, holder: &Holder) -> Result<(), Failure> {
    let PublicParameters { keyword, .. } = parameters;
    if parameters.to_bytes() == holder.generation().public_parameters(*keyword).to_bytes() {
        Ok(())
    } else {
        Err(Failure::new("the charter's public parameters are not those of these offices"))
    }
}

/// Adds advice if a number is taken, or if a registry or charter is not the newest.
fn numbered(failure: &authorities::Failure) -> Failure {
    let advice = match failure {
        authorities::Failure::AlreadySigned { number } => {
            format!("if it cannot be completed, ask again with --number {}", number.saturating_add(1))
        }
        authorities::Failure::WrongPredecessor
        | authorities::Failure::LosesRevocation
        | authorities::Failure::Error(Error::RegistryRollback | Error::CharterOutOfOrder) => {
            "ask again, with the newest as --follows".to_owned()
        }
        authorities::Failure::Error(Error::RegistryConflict | Error::CharterConflict) => {
            "too many offices have signed two with one number, so this office signs no more: stop, and find out which"
                .to_owned()
        }
        _ => return Failure::new(failure.to_string()),
    };
    Failure::new(format!("{failure}: {advice}"))
}

/// One office that holds all master keys. Its answer is the final object.
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
                    return Err(Failure::new("ask again, with the newest registry"));
                }
                let registration = request.registration();
                let registration =
                    registration.ok_or_else(|| Failure::new("the request is not for an identity key"))?;
                let mut unused = self.super_node(UNUSED)?;
                let registry = given.verify(&unused.public_key(), 0).at("the registry")?;
                let stands =
                    *registry.identity(request.name()).at(request.name())? == registration.identity();
                if !stands {
                    return Err(Failure::new(format!("another request of {} is registered", request.name())));
                }
                // The super node as made knows no hospital, so it can extract the key of a
                // registered hospital again.
                let key = unused.register(registration).at("the identity key")?;
                Answer::Secret(key.to_bytes())
            }
            Asked::Keys { request } => {
                let request = self::request(request)?;
                let attributes = request.attributes();
                let attributes = attributes.ok_or_else(|| Failure::new("the request is not for keys"))?;
                let own = files::read_secret(&self.folder.join(AUTHORITY), Authority::from_bytes)?;
                Answer::Secret(own.issue(attributes, &mut OsRng).at("issuing keys")?.to_bytes())
            }
        })
    }

    fn newest(&self) -> Result<Option<Registry>, Failure> {
        let path = self.folder.join(REGISTRY);
        path.exists().then(|| files::read(&path, Registry::from_bytes)).transpose()
    }

    /// Publishes changes that an interrupted call saved but did not publish in a registry.
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
            "an earlier answer was interrupted; {} now contains its changes: ask again with --follows",
            path.display()
        )))
    }

    /// Publishes a registry. Saves the super node's state before it hands out the registry, so it
    /// never signs two registries with one number.
    fn publish(&self, changes: &Changes) -> Result<Registry, Failure> {
        self.settle()?;
        let follows = changes.follows.as_ref().map(registry).transpose()?;
        let newest = self.newest()?;
        if follows != newest || changes.number.is_some() {
            return Err(Failure::new(match newest {
                Some(_) => {
                    let path = self.folder.join(REGISTRY);
                    format!("ask again with --follows {} and without --number", path.display())
                }
                None => "there is no registry yet: ask again without --follows and --number".to_owned(),
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
