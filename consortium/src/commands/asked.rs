//! A request to the offices. The file contains everything an office needs to compute what it signs.
//! The requester computes the same, and combines the answers.

use std::ops::RangeInclusive;
use std::path::Path;

use medseal::authorities::Request;
use medseal::identity::{
    CertificateRequest, CertificateSerial, Name, RegistrationRequest, Registry, RegistryDraft,
    SuperNodePublicKey, VerifiedRegistry,
};
use medseal::ledger::{CharterDraft, Charters};
use medseal_consortium::CertifiedHead;
use medseal_consortium::keys::check_draft;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::read::date;
use crate::files;
use crate::report::{At, Failure, hex};

/// The number of nodes that a ledger needs to tolerate one failure.
const ENOUGH: usize = 4;

/// Bytes of an object of the library, as hexadecimal digits.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Hex(String);

impl Hex {
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self(hex(bytes))
    }

    pub(super) fn decode<T>(
        &self,
        what: &str,
        decode: impl FnOnce(&[u8]) -> Result<T, medseal::Error>,
    ) -> Result<T, Failure> {
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let byte = |pair: &[u8]| match pair {
            [high, low] => Some((digit(*high)? << 4) | digit(*low)?),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = self.0.as_bytes().chunks(2).map(byte).collect();
        decode(&bytes.ok_or_else(|| Failure::new(format!("{what}: not hexadecimal digits")))?).at(what)
    }
}

/// The request file, in JSON.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Asked {
    /// A node's certificate.
    Certificate { request: Hex, from_ms: u64, to_ms: u64 },
    /// The next registry: the newest one, and the changes.
    Registry(Changes),
    /// A charter. A later one includes the charters before it and the head at which it begins.
    Charter { draft: Hex, follows: Option<Follows> },
    /// A hospital's identity key, with the registry that lists the hospital.
    Identity { request: Hex, registry: Hex },
    /// A member's keys.
    Keys { request: Hex },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changes {
    pub(super) follows: Option<Hex>,
    pub(super) number: Option<u64>,
    pub(super) time_ms: u64,
    pub(super) revoke_hospitals: Vec<String>,
    pub(super) revoke_certificates: Vec<String>,
    pub(super) register: Vec<Hex>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Follows {
    pub(super) charters: Hex,
    pub(super) head: Hex,
}

/// The first 16 bytes of a file's SHA-256, which people compare by telephone. Its author can make
/// two files with the same 8 bytes.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    let mut digits = hex(&Sha256::digest(bytes));
    digits.truncate(2 * 16);
    digits
}

impl Asked {
    pub(super) fn read(path: &Path) -> Result<(Self, String), Failure> {
        let bytes = files::read(path, |bytes| Ok(bytes.to_vec()))?;
        let asked = serde_json::from_slice(&bytes).at(format!("{} is not from `ask`", path.display()))?;
        Ok((asked, fingerprint(&bytes)))
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, Failure> {
        serde_json::to_vec_pretty(self).at("writing the request")
    }

    /// Describes the request to the people who decide.
    pub(super) fn describe(&self) -> Result<String, Failure> {
        Ok(match self {
            Self::Certificate { request, from_ms, to_ms } => {
                let name = certificate_request(request)?.name().to_string();
                format!("a certificate for the node {name}, from {} to {}", date(*from_ms), date(*to_ms))
            }
            Self::Registry(changes) => changes.describe()?,
            Self::Charter { draft, .. } => describe_charter(&charter_draft(draft)?),
            Self::Identity { request, .. } => {
                format!("the identity key of the hospital {}", self::request(request)?.name())
            }
            Self::Keys { request } => {
                let request = self::request(request)?;
                match request.attributes() {
                    Some(attributes) => format!("keys for {attributes}, for {}", request.name()),
                    None => return Err(Failure::new("the request is for keys without attributes")),
                }
            }
        })
    }
}

pub(super) fn certificate_request(bytes: &Hex) -> Result<CertificateRequest, Failure> {
    bytes.decode("the node's request", CertificateRequest::from_bytes)
}

pub(super) fn request(bytes: &Hex) -> Result<Request, Failure> {
    bytes.decode("the request", Request::from_bytes)
}

pub(super) fn registry(bytes: &Hex) -> Result<Registry, Failure> {
    bytes.decode("the registry", Registry::from_bytes)
}

pub(super) fn charter_draft(bytes: &Hex) -> Result<CharterDraft, Failure> {
    bytes.decode("the charter", CharterDraft::from_bytes)
}

/// The serial number, which all offices compute alike. It is a hash of what is certified, so nobody
/// can request another certificate's number, which would be revoked together with this one.
pub(super) fn serial(request: &CertificateRequest, validity: &RangeInclusive<u64>) -> CertificateSerial {
    let mut hash = Sha256::new_with_prefix(b"medseal-consortium/serial/1");
    hash.update(validity.start().to_be_bytes());
    hash.update(validity.end().to_be_bytes());
    hash.update(request.to_bytes());
    let mut serial = [0; CertificateSerial::BYTES];
    serial.iter_mut().zip(hash.finalize()).for_each(|(place, byte)| *place = byte);
    serial.into()
}

impl Changes {
    pub(super) fn registrations(&self) -> Result<Vec<RegistrationRequest>, Failure> {
        let decode = |bytes: &Hex| bytes.decode("a registration request", RegistrationRequest::from_bytes);
        self.register.iter().map(decode).collect()
    }

    pub(super) fn hospitals(&self) -> Result<Vec<Name>, Failure> {
        let revoked = self.revoke_hospitals.iter();
        revoked.map(|name| Name::new(name).at(format!("the hospital {name:?}"))).collect()
    }

    pub(super) fn certificates(&self) -> Result<Vec<CertificateSerial>, Failure> {
        let revoked = self.revoke_certificates.iter();
        revoked.map(|serial| serial.parse().at(format!("the certificate {serial:?}"))).collect()
    }

    /// The previous registry, verified.
    pub(super) fn verified(
        &self,
        super_node: &SuperNodePublicKey,
    ) -> Result<Option<VerifiedRegistry>, Failure> {
        let Some(follows) = &self.follows else { return Ok(None) };
        registry(follows)?.verify(super_node, 0).map(Some).at("the registry before")
    }

    /// The registry that the offices sign.
    pub(super) fn draft(&self, follows: Option<&VerifiedRegistry>) -> Result<RegistryDraft, Failure> {
        let mut draft = match follows {
            None => RegistryDraft::first(self.time_ms),
            Some(newest) => newest.draft_next(self.time_ms).at("the next registry")?,
        };
        self.number.into_iter().for_each(|number| draft.renumber(number));
        for name in self.hospitals()? {
            draft.revoke_hospital(&name).at(format!("revoking {name}"))?;
        }
        for serial in self.certificates()? {
            draft.revoke_certificate(serial).at(format!("revoking the certificate {serial}"))?;
        }
        for request in self.registrations()? {
            draft.register(&request).at(format!("registering {}", request.name()))?;
        }
        Ok(draft)
    }

    fn describe(&self) -> Result<String, Failure> {
        let mut lines = vec![match (&self.follows, self.number) {
            (None, None) => "the first registry".to_owned(),
            (Some(_), None) => "the next registry".to_owned(),
            (_, Some(number)) => format!("the next registry, as number {number}"),
        }];
        lines.extend(self.hospitals()?.iter().map(|name| format!("  revokes the hospital {name}")));
        lines.extend(self.certificates()?.iter().map(|serial| format!("  revokes the certificate {serial}")));
        for request in self.registrations()? {
            lines.push(format!(
                "  registers the hospital {}, request {}, {:?}",
                request.name(),
                fingerprint(&request.to_bytes()),
                String::from_utf8_lossy(request.record())
            ));
        }
        Ok(lines.join("\n"))
    }
}

/// Checks a charter and what it follows, as an office does before it signs. Returns the charters
/// before it, if any.
pub(super) fn check_charter(
    draft: &CharterDraft,
    follows: Option<&Follows>,
    super_node: &SuperNodePublicKey,
) -> Result<Option<Charters>, Failure> {
    check_draft(draft).at(match draft.number() {
        1 => "the validators cannot run a ledger",
        _ => "the validators cannot run a ledger (--validator takes those of a later charter from `keys validator`)",
    })?;
    let Some(follows) = follows else {
        return match draft.number() {
            1 => Ok(None),
            _ => Err(Failure::new("the request does not say which charters it follows: ask with --follows")),
        };
    };
    let from_bytes = |bytes: &[u8]| Charters::from_bytes(bytes, super_node);
    let charters = follows.charters.decode("the charters before", from_bytes)?;
    let head = follows.head.decode("the ledger's head", CertifiedHead::from_bytes)?;
    let head = head.verify(&charters).at("the ledger's head")?.head;
    let mut right = charters.draft(draft.terms.clone(), head);
    right.renumber(draft.number());
    if draft.number() <= charters.current().number() || right.to_bytes() != draft.to_bytes() {
        return Err(Failure::new("the charter does not follow the charters and the head in the request"));
    }
    Ok(Some(charters))
}

fn describe_charter(draft: &CharterDraft) -> String {
    let terms = &draft.terms;
    let mut lines = vec![
        format!("charter {} of the ledger {}", draft.number(), terms.name),
        format!("the ledger's id, which all members compare: {}", draft.ledger()),
        format!("who may upload: {}", terms.claim),
        "validators, with the fingerprints that they printed:".to_owned(),
    ];
    for validator in &terms.validators {
        lines.push(format!("  {} {}", validator.name(), fingerprint(&validator.to_bytes())));
    }
    if terms.validators.len() < ENOUGH {
        lines.push("WARNING: with fewer than four validators, all must run at all times".to_owned());
    }
    lines.join("\n")
}
