//! Requests of members and hospitals to the authorities, and how the answers are combined.
//!
//! ```text
//! X = [x]P1      answer = digest of the request || sealed to X: parts of keys, or [s_i]Q_ID
//! G = hash_to_g1(ABE-REQUEST or ABS-REQUEST, number (4) || session (32) || Request)
//! ```

use rand_core::{CryptoRng, RngCore};

use super::failure::{Culprit, Failure, Fault, Round};
use super::generation::Generation;
use super::message::{Header, Message, Sealed};
use crate::authority::MemberKeys;
use crate::codec::{Kind, Object, Part, Reader, Writer};
use crate::curve::{
    Curve, G1Affine, G2Affine, G2Projective, Group, Scalar, SecretG2, SecretScalar, mul_generator_g1,
    random_bytes, random_nonzero_scalar,
};
use crate::domain::{ABE_REQUEST, ABS_REQUEST, AUTHORITY_REQUEST, G1Tag};
use crate::error::Error;
use crate::fabeo::Key;
use crate::hash::hash_to_g1;
use crate::identity::{IdentityKey, Name, RegistrationRequest, signature};
use crate::policy::Attributes;
use crate::search::{IssuedSearchKey, KeywordKey};
use crate::secret::Secret;
use crate::shamir::lagrange;
use crate::transcript::Transcript;
use crate::{abe, abs};

/// A request to the authorities. Each authority must verify who sent it, and decides for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    wanted: Wanted,
    serial: [u8; 16],
    time_ms: u64,
    pub(super) X: G1Affine,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Keys { member: Name, attributes: Attributes },
    Identity(RegistrationRequest),
}

/// A request with the one-time secret that opens the answers. The requester keeps it until the
/// answers are combined.
#[derive(Debug)]
pub struct PendingRequest {
    x: SecretScalar,
    request: Request,
}

/// The combined result, and the authorities that gave wrong answers.
#[derive(Debug)]
pub struct Combined<T> {
    /// The requested value.
    pub value: T,
    /// The authorities whose answers were rejected. The other answers were enough.
    pub culprits: Vec<Culprit>,
}

impl Request {
    /// Returns the name of the requesting member or hospital.
    #[must_use]
    pub fn name(&self) -> &Name {
        match &self.wanted {
            Wanted::Keys { member, .. } => member,
            Wanted::Identity(registration) => registration.name(),
        }
    }

    /// Returns the attributes in a request for keys; `None` in a request for an identity key.
    #[must_use]
    pub fn attributes(&self) -> Option<&Attributes> {
        match &self.wanted {
            Wanted::Keys { attributes, .. } => Some(attributes),
            Wanted::Identity(_) => None,
        }
    }

    /// Returns the registration in a request for an identity key; `None` in a request for keys.
    #[must_use]
    pub fn registration(&self) -> Option<&RegistrationRequest> {
        match &self.wanted {
            Wanted::Keys { .. } => None,
            Wanted::Identity(registration) => Some(registration),
        }
    }

    /// Returns the time at which it was made, in Unix milliseconds.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        self.time_ms
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        let w = Writer::of(|w| self.write(w));
        Transcript::new().bytes("request", w.as_slice()).digest(AUTHORITY_REQUEST)
    }

    /// Returns `G` of key wrapping and of signatures, which bind parts of keys to this request
    /// and this generation.
    pub(super) fn points(&self, generation: &Generation) -> [G1Affine; 2] {
        let mut w = Writer::new();
        w.u32(generation.number);
        w.raw(&generation.session);
        self.write(&mut w);
        [ABE_REQUEST, ABS_REQUEST].map(|tag: G1Tag| hash_to_g1(tag, w.as_slice()))
    }

    /// Returns the context of the answer's seal.
    pub(super) fn context(&self, header: &Header) -> Vec<u8> {
        [header.to_bytes().as_slice(), &self.digest()].concat()
    }
}

impl PendingRequest {
    /// Makes a request for a member's keys for these attributes.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`]
    pub fn keys(
        member: Name,
        attributes: &Attributes,
        now_ms: u64,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Error> {
        Self::new(Wanted::Keys { member, attributes: attributes.clone() }, now_ms, rng)
    }

    /// Makes a request for a hospital's identity key, once a registry contains its registration.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`]
    pub fn identity(
        registration: RegistrationRequest,
        now_ms: u64,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Error> {
        Self::new(Wanted::Identity(registration), now_ms, rng)
    }

    fn new(wanted: Wanted, time_ms: u64, rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        let x = random_nonzero_scalar(rng)?;
        let X = mul_generator_g1(&x).to_affine();
        Ok(Self { x, request: Request { wanted, serial: *random_bytes(rng)?, time_ms, X } })
    }

    /// Returns the request. Send it to at least as many authorities as the threshold.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Combines the answers of a threshold of authorities into a member's keys. Verifies each
    /// answer. The keyword key comes from another member.
    ///
    /// # Errors
    /// [`Failure::TooFew`] if too few answers are correct; it names the authorities
    /// whose answers are wrong.
    pub fn combine_keys(
        &self,
        generation: &Generation,
        answers: &[Message],
        keyword_key: &KeywordKey,
    ) -> Result<Combined<MemberKeys>, Failure> {
        let attributes = self.request.attributes().ok_or(Error::InvalidField)?;
        let points = self.request.points(generation);
        let Parts { l, parts, culprits } = collect(generation, Round::Keys, answers, |message| {
            let plaintext = self.open(message)?;
            let part = KeyParts::read(&plaintext, attributes).map_err(Fault::Malformed)?;
            part.check(generation, message.from(), &points).map_err(|_| Fault::WrongPart)?;
            Ok(part)
        })?;
        let of = |key: fn(&KeyParts) -> &Key| Key::combine(&parts.iter().map(key).collect::<Vec<_>>(), &l);
        let decryption = abe::DecryptionKey(of(|part| &part.wrapping)?);
        let public_key = generation.abs().clone();
        let signing = abs::SigningKey { public_key, key: of(|part| &part.signing)? };
        let search = parts.into_iter().next().ok_or(Error::InvalidKey)?.search.with(keyword_key);
        Ok(Combined { value: MemberKeys { decryption, signing, search }, culprits })
    }

    /// Combines the answers of a threshold of authorities into a hospital's identity key.
    /// Verifies each answer.
    ///
    /// # Errors
    /// [`Failure::TooFew`] if too few answers are correct; it names the authorities
    /// whose answers are wrong.
    pub fn combine_identity(
        &self,
        generation: &Generation,
        answers: &[Message],
    ) -> Result<Combined<IdentityKey>, Failure> {
        let Q_ID = self.request.registration().ok_or(Error::InvalidField)?.identity().0;
        let Parts { l, parts, culprits } = collect(generation, Round::Identity, answers, |message| {
            let plaintext = self.open(message)?;
            let part = Reader::whole(&plaintext, Reader::g2).map_err(Fault::Malformed)?;
            let part = Secret::new(part);
            // e(P1, [s_i]Q_ID) = e(P_i, Q_ID)
            let P_i = generation.commitments.at(message.from()).identity;
            if signature::verifies(&P_i, &Q_ID, &part) { Ok(part) } else { Err(Fault::WrongPart) }
        })?;
        Ok(Combined { value: IdentityKey(sum(&parts, &l)), culprits })
    }

    /// Opens an answer to this request.
    pub(super) fn open(&self, message: &Message) -> Result<zeroize::Zeroizing<Vec<u8>>, Fault> {
        let (digest, sealed) =
            message.body.split_first_chunk::<32>().ok_or(Fault::Malformed(Error::Truncated))?;
        if *digest != self.request.digest() {
            return Err(Fault::WrongRequest);
        }
        let context = self.request.context(&message.header);
        let sealed = Sealed::read(sealed, &context).map_err(Fault::Malformed)?;
        sealed.open(&sealed.shared(&self.x), &self.request.X, &context).map_err(Fault::Malformed)
    }
}

/// One authority's parts of a member's keys.
pub(super) struct KeyParts {
    pub(super) wrapping: Key,
    pub(super) signing: Key,
    pub(super) search: IssuedSearchKey,
}

impl KeyParts {
    pub(super) fn write(&self, w: &mut Writer) {
        self.wrapping.write_points(w);
        self.signing.write_points(w);
        self.search.write_points(w);
    }

    fn read(bytes: &[u8], attributes: &Attributes) -> Result<Self, Error> {
        Reader::whole(bytes, |r| {
            let wrapping = Key::read_points(r, attributes.clone())?;
            let signing = Key::read_points(r, attributes.clone())?;
            Ok(Self { wrapping, signing, search: IssuedSearchKey::read_points(r, attributes)? })
        })
    }

    fn check(&self, generation: &Generation, from: u8, [G, G_signing]: &[G1Affine; 2]) -> Result<(), Error> {
        let shares = generation.commitments.at(from);
        generation.abe().public().check_part(&self.wrapping, &shares.wrapping, G, &shares.zero)?;
        generation.abs().public().check_part(&self.signing, &shares.signing, G_signing, &shares.zero)?;
        self.search.verify(generation.search())
    }
}

/// Correct answers of a threshold of authorities, with their Lagrange coefficients.
pub(super) struct Parts<T> {
    pub(super) l: Vec<Scalar>,
    pub(super) parts: Vec<T>,
    pub(super) culprits: Vec<Culprit>,
}

/// Checks answers until a threshold of them are correct.
pub(super) fn collect<T>(
    generation: &Generation,
    round: Round,
    answers: &[Message],
    read: impl Fn(&Message) -> Result<T, Fault>,
) -> Result<Parts<T>, Failure> {
    let (expected, roster) = (generation.expected(round), generation.roster());
    let needed = roster.threshold();
    // Reserves room for all parts: a vector that grows leaves copies of them behind.
    let mut parts = Vec::with_capacity(usize::from(needed));
    let (mut indices, mut culprits) = (Vec::new(), Vec::new());
    for answer in answers {
        if parts.len() == usize::from(needed) {
            break;
        }
        let blame = |fault| roster.blame(round, answer.from(), fault);
        let read = expected.check(answer).and_then(|()| match indices.contains(&answer.from()) {
            true => Err(blame(Fault::Twice)),
            false => read(answer).map_err(blame),
        });
        match read {
            Ok(part) => {
                indices.push(answer.from());
                parts.push(part);
            }
            Err(culprit) => culprits.push(culprit),
        }
    }
    if parts.len() < usize::from(needed) {
        return Err(Failure::TooFew { needed, given: parts.len(), culprits });
    }
    Ok(Parts { l: lagrange(&indices), parts, culprits })
}

/// `sum [l_i]S_i`
pub(super) fn sum(parts: &[SecretG2], l: &[Scalar]) -> SecretG2 {
    let mut sum = Secret::new(G2Projective::identity());
    parts.iter().zip(l).for_each(|(part, l)| *sum += *Secret::new(**part * l));
    SecretG2::new(G2Affine::from(&*sum))
}

impl Object for Request {
    const KIND: Kind = Kind::AuthorityRequest;

    fn write(&self, w: &mut Writer) {
        match &self.wanted {
            Wanted::Keys { member, attributes } => {
                w.u8(1);
                member.write(w);
                attributes.write(w);
            }
            Wanted::Identity(registration) => {
                w.u8(2);
                registration.write(w);
            }
        }
        w.raw(&self.serial);
        w.u64(self.time_ms);
        w.g1(&self.X);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let wanted = match r.u8()? {
            1 => Wanted::Keys { member: Name::read(r)?, attributes: Attributes::read(r)? },
            2 => Wanted::Identity(RegistrationRequest::read(r)?),
            _ => return Err(Error::InvalidField),
        };
        Ok(Self { wanted, serial: r.array()?, time_ms: r.u64()?, X: r.g1()? })
    }
}

impl Object for PendingRequest {
    const KIND: Kind = Kind::PendingRequest;

    fn write(&self, w: &mut Writer) {
        w.scalar(&self.x);
        self.request.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (x, request) = (r.nonzero_scalar()?, Request::read(r)?);
        if mul_generator_g1(&x).to_affine() == request.X {
            Ok(Self { x, request })
        } else {
            Err(Error::InvalidKey)
        }
    }
}
