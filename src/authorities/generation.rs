//! A generation: the public keys that authorities have made together, one authority's share,
//! and the certificate.
//!
//! ```text
//! pop_i = [alpha_i] hash_to_g1(ABE-POP, A)      pop'_i = [alpha'_i] hash_to_g1(ABS-POP, A')
//! ```
//! The commitments are to the sums of all dealers' polynomials. They determine `A` and
//! every `A_i = [f(i)]P2`.

use super::commitments::{Commitments, PublicShares};
use super::failure::{Failure, Fault, Round};
use super::message::{Expected, Header, Message};
use super::polynomial::Base;
use super::roster::{AuthorityKey, Roster};
use crate::authority::PublicParameters;
use crate::codec::{Kind, Object, Part, Reader, Writer};
use crate::curve::{Curve, G1Affine, G2Affine, PrimeCurveAffine, SecretScalar, msm_g1, pairing_product};
use crate::domain::AUTHORITY_GENERATION;
use crate::error::Error;
use crate::identity::SuperNodePublicKey;
use crate::search::KeywordCommitment;
use crate::secret::{Secret, SecretKey};
use crate::shamir::lagrange;
use crate::transcript::Transcript;
use crate::{abe, abs, search};

/// The public keys of one generation of shares.
#[derive(Clone, Debug)]
pub struct Generation {
    pub(super) number: u32,
    pub(super) session: [u8; 32],
    pub(super) roster: Roster,
    pub(super) commitments: Commitments,
    abe: abe::PublicKey,
    abs: abs::PublicKey,
    search: search::PublicKey,
    super_node: SuperNodePublicKey,
}

impl Generation {
    pub(super) fn new(
        number: u32,
        session: [u8; 32],
        roster: Roster,
        commitments: Commitments,
        search: search::PublicKey,
    ) -> Result<Self, Error> {
        let t = usize::from(roster.threshold());
        let (A_wrapping, A_signing, P_SN) = commitments.constants().ok_or(Error::InvalidField)?;
        if number == 0 || commitments.terms() != [t, t, t - 1, t] {
            return Err(Error::InvalidField);
        }
        let (abe, abs) = (abe::PublicKey::new(A_wrapping)?, abs::PublicKey::new(A_signing)?);
        let super_node = SuperNodePublicKey(P_SN);
        Ok(Self { number, session, roster, commitments, abe, abs, search, super_node })
    }

    /// Returns its number, from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns the authorities and the threshold.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Returns the public key for wrapping keys.
    #[must_use]
    pub fn abe(&self) -> &abe::PublicKey {
        &self.abe
    }

    /// Returns the public key for verifying signatures.
    #[must_use]
    pub fn abs(&self) -> &abs::PublicKey {
        &self.abs
    }

    /// Returns the public key for indexing keywords.
    #[must_use]
    pub fn search(&self) -> &search::PublicKey {
        &self.search
    }

    /// Returns the super node's public key.
    #[must_use]
    pub fn super_node(&self) -> &SuperNodePublicKey {
        &self.super_node
    }

    /// Returns the consortium's public parameters for a charter, with the commitment to the
    /// members' keyword key.
    #[must_use]
    pub fn public_parameters(&self, keyword: KeywordCommitment) -> PublicParameters {
        let Self { abe, abs, search, .. } = self.clone();
        PublicParameters { abe, abs, search, keyword }
    }

    /// Returns the digest of the generation.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let w = Writer::of(|w| self.write(w));
        Transcript::new().bytes("generation", w.as_slice()).digest(AUTHORITY_GENERATION)
    }

    fn possession_points(&self) -> [G1Affine; 2] {
        [self.abe.possession_point(), self.abs.possession_point()]
    }

    /// Expects messages of all authorities.
    pub(super) fn expected(&self, round: Round) -> Expected<'_> {
        let (roster, senders) = (&self.roster, self.roster.indices().collect());
        Expected { session: self.session, round, to: 0, roster, senders }
    }
}

impl Part for Generation {
    fn write(&self, w: &mut Writer) {
        w.u32(self.number);
        w.raw(&self.session);
        self.roster.write(w);
        self.commitments.write(w);
        self.search.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (number, session, roster) = (r.u32()?, r.array()?, Roster::read(r)?);
        Self::new(number, session, roster, Commitments::read(r)?, search::PublicKey::read(r)?)
    }
}

impl PartialEq for Generation {
    fn eq(&self, other: &Self) -> bool {
        self.digest() == other.digest()
    }
}

impl Eq for Generation {}

/// One authority's share of all master secrets, and the public keys of its generation. It is usable
/// only once the generation is certified: see [`Holder`](super::Holder).
///
/// An authority stores its byte form durably and in one place, and backs it up like a master key.
/// After a resharing, delete old shares and their backups.
#[derive(Debug)]
pub struct AuthorityShare {
    pub(super) index: u8,
    pub(super) secrets: ShareSecrets,
    pub(super) generation: Generation,
}

#[derive(Debug)]
pub(super) struct ShareSecrets {
    pub(super) wrapping: SecretScalar,
    pub(super) signing: SecretScalar,
    pub(super) zero: SecretScalar,
    pub(super) identity: SecretScalar,
    pub(super) seed: SecretKey,
}

impl ShareSecrets {
    pub(super) fn duplicate(&self) -> Self {
        let copy = |share: &SecretScalar| Secret::new(**share);
        Self {
            wrapping: copy(&self.wrapping),
            signing: copy(&self.signing),
            zero: copy(&self.zero),
            identity: copy(&self.identity),
            seed: Secret::new(*self.seed),
        }
    }
}

impl AuthorityShare {
    /// Checks that the secrets belong to the public keys.
    pub(super) fn new(index: u8, secrets: ShareSecrets, generation: Generation) -> Result<Self, Error> {
        let ShareSecrets { wrapping, signing, zero, identity, seed } = &secrets;
        let own = PublicShares {
            wrapping: G2Affine::commit(wrapping),
            signing: G2Affine::commit(signing),
            zero: G2Affine::commit(zero),
            identity: G1Affine::commit(identity),
        };
        let fits = generation.roster.seat(index).is_some()
            && own == generation.commitments.at(index)
            && search::MasterKey::from_seed(seed)?.public_key() == generation.search;
        if fits { Ok(Self { index, secrets, generation }) } else { Err(Error::InvalidKey) }
    }

    /// Copies the share, for a second handle of C.
    #[cfg(feature = "capi")]
    pub(crate) fn duplicate(&self) -> Self {
        let (secrets, generation) = (self.secrets.duplicate(), self.generation.clone());
        Self { index: self.index, secrets, generation }
    }

    /// Returns the authority's number.
    #[must_use]
    pub fn index(&self) -> u8 {
        self.index
    }

    /// Returns the public keys of the share.
    #[must_use]
    pub fn generation(&self) -> &Generation {
        &self.generation
    }

    /// Returns the confirmation that the share is stored. Send it to all authorities, and again
    /// whenever one asks for it.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if the static key is not that of the authority with this share.
    pub fn confirmation(&self, key: &AuthorityKey) -> Result<Message, Error> {
        let Self { index, secrets, generation } = self;
        if generation.roster.index_of_key(key.K()) != Some(*index) {
            return Err(Error::InvalidKey);
        }
        let [wrapping, signing] = generation.possession_points();
        let parts = [wrapping * *secrets.wrapping, signing * *secrets.signing];
        let body = confirmation_body(&generation.digest(), &parts.map(|part| part.to_affine()));
        Ok(Message::sign(key, confirmation_header(generation, *index), body))
    }

    /// Makes the certificate from the confirmations of all authorities.
    ///
    /// # Errors
    /// [`Failure::Culprits`] names the authorities whose confirmation is missing or differs.
    pub fn certify(&self, confirmations: &[Message]) -> Result<Certificate, Failure> {
        Certificate::new(self.generation.clone(), confirmations)
    }
}

fn confirmation_header(generation: &Generation, from: u8) -> Header {
    Header { session: generation.session, round: Round::Confirm, from, to: 0 }
}

fn confirmation_body(digest: &[u8; 32], possession: &[G1Affine; 2]) -> Vec<u8> {
    let mut w = Writer::new();
    w.raw(digest);
    possession.iter().for_each(|pop| w.g1(pop));
    w.into_vec()
}

/// Returns the digest and the parts of the proofs of possession in a confirmation.
fn confirmed(message: &Message) -> Result<([u8; 32], [G1Affine; 2]), Fault> {
    message.read(|r| Ok((r.array()?, [r.g1()?, r.g1()?])))
}

impl Object for AuthorityShare {
    const KIND: Kind = Kind::AuthorityShare;

    fn write(&self, w: &mut Writer) {
        let ShareSecrets { wrapping, signing, zero, identity, seed } = &self.secrets;
        w.u8(self.index);
        [wrapping, signing, zero, identity].iter().for_each(|share| w.scalar(share));
        w.raw(seed.as_slice());
        self.generation.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let index = r.u8()?;
        let (wrapping, signing, zero, identity) = (r.scalar()?, r.scalar()?, r.scalar()?, r.scalar()?);
        let secrets = ShareSecrets { wrapping, signing, zero, identity, seed: r.secret()? };
        Self::new(index, secrets, Generation::read(r)?)
    }
}

/// All authorities' signatures on a generation, with their parts of the proofs of possession of
/// `alpha` and `alpha'`. The keys of a generation must not be used without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    generation: Generation,
    confirmations: Vec<Message>,
}

impl Certificate {
    fn new(generation: Generation, messages: &[Message]) -> Result<Self, Failure> {
        let expected = generation.expected(Round::Confirm);
        let check = |message: &Message| generation.check_confirmation(message).map(|()| message.clone());
        let confirmations = expected.read_all(messages, check)?.into_values().collect();
        Ok(Self { confirmations, generation })
    }

    /// Verifies all signatures and proofs, and returns the public keys. The caller must know that
    /// the roster is the right one: compare its [digest](Roster::digest), or its keys'
    /// fingerprints, with those that the authorities announce.
    ///
    /// # Errors
    /// [`Failure::Culprits`] names the authorities whose signature or proof is invalid.
    pub fn verify(&self, roster: &Roster) -> Result<&Generation, Failure> {
        if self.generation.roster != *roster {
            return Err(Error::InvalidKey.into());
        }
        Self::new(self.generation.clone(), &self.confirmations)?;
        Ok(&self.generation)
    }

    /// Returns the unverified generation. [`verify`](Self::verify) verifies it.
    #[must_use]
    pub fn claimed(&self) -> &Generation {
        &self.generation
    }

    /// Returns `[alpha]hash_to_g1(ABE-POP, A)` and `[alpha']hash_to_g1(ABS-POP, A')`: proofs that
    /// someone has the secrets of the public keys.
    #[must_use]
    pub fn proofs_of_possession(&self) -> [[u8; 48]; 2] {
        let t = usize::from(self.generation.roster.threshold());
        let indices: Vec<u8> = self.generation.roster.indices().take(t).collect();
        let l = lagrange(&indices);
        let parts = self.confirmations.iter().take(t).filter_map(|message| confirmed(message).ok());
        let (wrapping, signing): (Vec<_>, Vec<_>) =
            parts.map(|(_, [pop, pop_signing])| (pop, pop_signing)).unzip();
        [wrapping, signing].map(|parts| msm_g1(&parts, &l).to_affine().to_compressed())
    }
}

impl Generation {
    fn check_confirmation(&self, message: &Message) -> Result<(), Fault> {
        let (digest, possession) = confirmed(message)?;
        if digest != self.digest() {
            return Err(Fault::WrongGeneration);
        }
        // e(pop_i, P2) = e(H, A_i)
        let shares = self.commitments.at(message.from());
        let points = self.possession_points();
        for ((pop, H), A_i) in possession.iter().zip(points).zip([shares.wrapping, shares.signing]) {
            let product = pairing_product(&[(-*pop, G2Affine::generator()), (H, A_i)]);
            if !product.is_ok_and(|product| product.is_one()) {
                return Err(Fault::InvalidProof);
            }
        }
        Ok(())
    }
}

impl Object for Certificate {
    const KIND: Kind = Kind::GenerationCertificate;

    fn write(&self, w: &mut Writer) {
        self.generation.write(w);
        for Message { body, signature, .. } in &self.confirmations {
            // Without the digest.
            w.raw(body.get(32..).unwrap_or_default());
            w.g2(signature);
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let generation = Generation::read(r)?;
        let digest = generation.digest();
        let mut read = |index| {
            let body = confirmation_body(&digest, &[r.g1()?, r.g1()?]);
            Ok(Message { header: confirmation_header(&generation, index), body, signature: r.g2()? })
        };
        let confirmations = generation.roster.indices().map(&mut read).collect::<Result<_, Error>>()?;
        Ok(Self { generation, confirmations })
    }
}
