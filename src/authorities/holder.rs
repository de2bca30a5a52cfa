//! An authority with a share of a certified generation. Each of its outputs is only a part of
//! a key or a signature.

use core::ops::RangeInclusive;

use rand_core::{CryptoRng, RngCore};

use super::failure::{Culprit, Failure, Fault, Round};
use super::generation::{AuthorityShare, Certificate, Generation};
use super::message::{Header, Message, seal};
use super::numbered::{Book, Numbered};
use super::records::Records;
use super::request::{Combined, KeyParts, Parts, Request, collect, sum};
use super::roster::AuthorityKey;
use crate::codec::Writer;
use crate::curve::{G2Affine, SecretG2};
use crate::error::Error;
use crate::fabeo::MasterShare;
use crate::hash::sha256;
use crate::identity::{
    CertificateRequest, CertificateSerial, Registry, RegistryDraft, VerifiedRegistry, signature,
};
use crate::secret::Secret;
use crate::{identity, search};

/// An authority in operation: it issues parts of keys, and signs its part of certificates,
/// registries and charters.
#[derive(Debug)]
pub struct Holder {
    key: AuthorityKey,
    share: AuthorityShare,
    search: search::MasterKey,
}

impl Holder {
    /// Makes a holder of an authority's key, its share, and the certificate that
    /// makes the share usable.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if key, share and certificate do not belong together;
    /// [`Failure::Culprits`] if a signature in the certificate is invalid.
    pub fn new(key: AuthorityKey, share: AuthorityShare, certificate: &Certificate) -> Result<Self, Failure> {
        let generation = &share.generation;
        let belongs = *certificate.verify(generation.roster())? == *generation
            && generation.roster().index_of_key(key.K()) == Some(share.index);
        if !belongs {
            return Err(Error::InvalidKey.into());
        }
        let search = search::MasterKey::from_seed(&share.secrets.seed)?;
        Ok(Self { key, share, search })
    }

    /// Returns the public keys.
    #[must_use]
    pub fn generation(&self) -> &Generation {
        &self.share.generation
    }

    /// Returns the authority's number.
    #[must_use]
    pub fn index(&self) -> u8 {
        self.share.index
    }

    /// Returns the static key.
    #[must_use]
    pub fn key(&self) -> &AuthorityKey {
        &self.key
    }

    /// Returns the share, which a resharing needs.
    #[must_use]
    pub fn share(&self) -> &AuthorityShare {
        &self.share
    }

    fn header(&self, round: Round) -> Header {
        Header { session: self.generation().session, round, from: self.share.index, to: 0 }
    }

    /// Answers a request for keys with parts of them. Each authority must verify beforehand
    /// that the member has these attributes. Issuing keeps no state, and answering a
    /// request twice does no harm.
    ///
    /// # Errors
    /// [`Error::InvalidField`] if the request asks for something else;
    /// [`Error::RandomnessUnavailable`].
    pub fn issue(&self, request: &Request, rng: &mut (impl CryptoRng + RngCore)) -> Result<Message, Error> {
        let attributes = request.attributes().ok_or(Error::InvalidField)?;
        let (generation, secrets) = (self.generation(), &self.share.secrets);
        let [G, G_signing] = request.points(generation);
        let share = MasterShare { alpha: &secrets.wrapping, beta: &secrets.zero };
        let wrapping = generation.abe().public().issue_part(&share, &G, attributes, rng)?;
        let share = MasterShare { alpha: &secrets.signing, beta: &secrets.zero };
        let signing = generation.abs().public().issue_part(&share, &G_signing, attributes, rng)?;
        let search = self.search.issue_without(attributes, rng)?;
        let parts = Writer::of(|w| KeyParts { wrapping, signing, search }.write(w));
        self.answer(Round::Keys, request, parts.as_slice(), rng)
    }

    /// Answers a request for an identity key with a part of it, if a registry contains
    /// exactly this registration.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`] for a registry of a different super node; [`Error::UnknownName`]
    /// or [`Error::HospitalRevoked`] if it does not contain the registration;
    /// [`Error::InvalidField`] if the request asks for something else;
    /// [`Error::RandomnessUnavailable`].
    pub fn extract(
        &self,
        request: &Request,
        registry: &VerifiedRegistry,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Message, Error> {
        let registration = request.registration().ok_or(Error::InvalidField)?;
        registry.check_signer(self.generation().super_node())?;
        let Q_ID = registration.identity();
        if *registry.identity(registration.name())? != Q_ID {
            return Err(Error::UnknownName);
        }
        // [s_i]Q_ID
        let part = signature::sign(&self.share.secrets.identity, &Q_ID.0);
        self.answer(Round::Identity, request, Secret::new(part.to_compressed()).as_slice(), rng)
    }

    fn answer(
        &self,
        round: Round,
        request: &Request,
        plaintext: &[u8],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Message, Error> {
        let header = self.header(round);
        let sealed = seal(&request.X, &request.context(&header), plaintext, rng)?;
        Ok(Message::sign(&self.key, header, [request.digest().as_slice(), &sealed].concat()))
    }

    /// Signs its part of a main node's certificate, if the node proves that it holds its secret.
    /// All authorities must receive the same serial number (16 random bytes) and the same period
    /// (in Unix milliseconds, both ends included).
    ///
    /// # Errors
    /// As for [`SuperNode::certify`](identity::SuperNode::certify).
    pub fn certify(
        &self,
        request: &CertificateRequest,
        serial: CertificateSerial,
        validity: RangeInclusive<u64>,
    ) -> Result<Message, Error> {
        Ok(self.sign(Round::Certificate, &request.certifiable(serial, validity)?.body()))
    }

    /// Records a complete registry. What this holder signs next must follow it.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`]; [`Error::RegistryRollback`] if it is older than the newest
    /// known one, or lacks one of its revocations; [`Error::RegistryConflict`] if it
    /// contradicts a known one: both stay in the records, and this holder signs no more;
    /// [`Error::Io`] if the records fail.
    pub fn saw_registry(
        &self,
        registry: &Registry,
        records: &mut dyn Records,
    ) -> Result<VerifiedRegistry, Failure> {
        self.saw_numbered::<RegistryDraft>(registry, records)
    }

    /// Signs its part of a registry: one body for each number, recorded durably before signing.
    ///
    /// # Errors
    /// [`Failure::AlreadySigned`] if this holder signed a different body with this number, or one
    /// with a greater number; [`Failure::WrongPredecessor`] if the draft does not follow the newest
    /// complete registry that this holder has [seen](Self::saw_registry);
    /// [`Failure::LosesRevocation`] if it lacks a revocation that this holder has signed or seen;
    /// [`Error::RegistryConflict`] if the holder has seen two registries with one number;
    /// [`Error::Io`] if the records fail.
    pub fn sign_registry(
        &self,
        draft: &RegistryDraft,
        records: &mut dyn Records,
    ) -> Result<Message, Failure> {
        self.sign_numbered(draft, records)
    }

    pub(crate) fn saw_numbered<B: Numbered>(
        &self,
        next: &B::Signed,
        records: &mut dyn Records,
    ) -> Result<B::Verified, Failure> {
        Book::<B>::saw(self.generation().super_node(), next, records)
    }

    pub(crate) fn sign_numbered<B: Numbered>(
        &self,
        body: &B,
        records: &mut dyn Records,
    ) -> Result<Message, Failure> {
        Book::record(self.generation().super_node(), body, records)?;
        Ok(self.sign(B::ROUND, &body.body()))
    }

    /// `[s_i]hash_to_g2(tag, body)`
    fn sign(&self, round: Round, body: &identity::Body) -> Message {
        let part = signature::sign(&self.share.secrets.identity, &body.point());
        let mut w = Writer::new();
        w.raw(&sha256(&[&body.bytes]));
        w.g2(&part);
        Message::sign(&self.key, self.header(round), w.into_vec())
    }
}

impl Generation {
    /// Combines the parts of a threshold of authorities into a main node's
    /// certificate. Verifies each part.
    ///
    /// # Errors
    /// [`Failure::TooFew`] if too few parts are correct; it names the authorities whose parts are
    /// wrong. As for [`SuperNode::certify`](identity::SuperNode::certify).
    pub fn combine_certificate(
        &self,
        request: &CertificateRequest,
        serial: CertificateSerial,
        validity: RangeInclusive<u64>,
        parts: &[Message],
    ) -> Result<Combined<identity::Certificate>, Failure> {
        let statement = request.certifiable(serial, validity)?;
        let (signature, culprits) = self.combine_signature(Round::Certificate, &statement.body(), parts)?;
        Ok(Combined { value: identity::Certificate::new(statement, signature), culprits })
    }

    /// Combines the parts of a threshold of authorities into a registry. Verifies each part.
    ///
    /// # Errors
    /// [`Failure::TooFew`] if too few parts are correct; it names the authorities
    /// whose parts are wrong. [`Error::LimitExceeded`] if the registry is longer than
    /// [`REGISTRY_BYTES`](crate::limits::REGISTRY_BYTES).
    pub fn combine_registry(
        &self,
        draft: &RegistryDraft,
        parts: &[Message],
    ) -> Result<Combined<Registry>, Failure> {
        let body = draft.body();
        let (signature, culprits) = self.combine_signature(Round::Registry, &body, parts)?;
        Ok(Combined { value: Registry::new(body, signature)?, culprits })
    }

    /// Returns `sum [l_i][s_i]H = [s]H`, for a body that is hashed to `H` under its tag.
    pub(crate) fn combine_signature(
        &self,
        round: Round,
        body: &identity::Body,
        parts: &[Message],
    ) -> Result<(G2Affine, Vec<Culprit>), Failure> {
        let (digest, H) = (sha256(&[&body.bytes]), body.point());
        let Parts { l, parts, culprits } = collect(self, round, parts, |message| {
            let (of, part) = message.read(|r| Ok((r.array::<32>()?, r.g2()?)))?;
            if of != digest {
                return Err(Fault::WrongRequest);
            }
            // e(P1, part) = e(P_i, H)
            let P_i = self.commitments.at(message.from()).identity;
            if signature::verifies(&P_i, &H, &part) { Ok(SecretG2::new(part)) } else { Err(Fault::WrongPart) }
        })?;
        Ok((*sum(&parts, &l), culprits))
    }
}
