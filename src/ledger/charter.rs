//! A charter: the rules for the entries that follow it, signed by the super node, alone or as
//! several authorities.
//!
//! ```text
//! hash         = SHA-256(CHARTER-HASH tag, body without the ledger)
//! signature    = [s]    hash_to_g2(CHARTER, body)
//! of validator = [s_MN] hash_to_g2(VALIDATOR, ledger || name || Q_MN || u32 length || engine key)
//! ```
//! A ledger's id is the hash of its first charter, in which the ledger and the predecessor's hash
//! are zeros. The final head is the ledger's head when the charter was signed. It protects earlier
//! items against validators' keys that leak later. In the first charter it is zeros, or the final
//! head of the ledger that this one continues.
//!
//! A charter has no height and no clock: it governs the items that follow it on the ledger. Its
//! number is one more than the predecessor's, or greater if numbers were given up.

use crate::authority::PublicParameters;
use crate::codec::{Kind, Object, Part, Reader, Writer, fields};
use crate::curve::{G1Affine, G2Affine};
use crate::domain::{CHARTER, CHARTER_HASH, VALIDATOR, VALIDATOR_STATEMENT};
use crate::error::Error;
use crate::hash::hash_to_g2;
use crate::id::id;
use crate::identity::{self, Body, MainNode, Name, SuperNode, SuperNodePublicKey};
use crate::ledger::address::LedgerId;
use crate::limits::{ENGINE_KEY_BYTES, Limit, VALIDATORS};
use crate::members::EpochCommitment;
use crate::merkle::{Head, Root};
use crate::policy::Policy;
use crate::transcript::Transcript;

id! {
    /// The hash of a charter, 32 bytes.
    CharterHash: 32
}

/// The rules of a charter.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The ledger's human-readable name.
    pub name: Name,
    /// Who may upload: the policy that every entry states and every signer satisfies.
    pub claim: Policy,
    /// The authority's public parameters. They include the public key for signatures.
    pub parameters: PublicParameters,
    /// The members' epoch.
    pub epoch: EpochCommitment,
    /// The nodes that decide what the ledger contains, sorted by name. Empty if the ledger is
    /// kept in another way.
    pub validators: Vec<Validator>,
}

impl Terms {
    /// Returns terms without a members' epoch and without validators.
    #[must_use]
    pub fn new(name: Name, claim: Policy, parameters: PublicParameters) -> Self {
        Self { name, claim, parameters, epoch: EpochCommitment::default(), validators: Vec::new() }
    }

    /// Checks that the validators are sorted and distinct, and hold the keys that they name.
    fn check(&self, ledger: Option<&LedgerId>) -> Result<(), Error> {
        if self.validators.len() > VALIDATORS {
            return Err(Error::LimitExceeded(Limit::Validators));
        }
        if !self.validators.is_sorted_by(|a, b| a.name < b.name) {
            return Err(Error::NotSorted);
        }
        for (i, validator) in self.validators.iter().enumerate() {
            let others = self.validators.iter().skip(i + 1);
            let shares =
                |other: &Validator| other.Q_MN == validator.Q_MN || other.engine_key == validator.engine_key;
            if others.into_iter().any(shares) {
                return Err(Error::InvalidField);
            }
            let Validator { name, Q_MN, engine_key, signature, .. } = validator;
            // e(P1, signature) = e(Q_MN, H)
            if !identity::verifies(Q_MN, &point(ledger, name, Q_MN, engine_key), signature) {
                return Err(Error::InvalidSignature);
            }
        }
        Ok(())
    }

    fn write(&self, w: &mut Writer) {
        self.claim.write(w);
        self.parameters.write(w);
        self.epoch.write(w);
        w.count(self.validators.len());
        self.validators.iter().for_each(|validator| validator.write(w));
    }

    fn read(name: Name, r: &mut Reader<'_>) -> Result<Self, Error> {
        let (claim, parameters) = (Policy::read(r)?, PublicParameters::read(r)?);
        let epoch = EpochCommitment::read(r)?;
        let count = r.count(VALIDATORS, Limit::Validators)?;
        let validators = (0..count).map(|_| Validator::read(r)).collect::<Result<Vec<_>, _>>()?;
        if !validators.is_sorted_by(|a, b| a.name < b.name) {
            return Err(Error::NotSorted);
        }
        Ok(Self { name, claim, parameters, epoch, validators })
    }
}

/// A main node that serves as a validator of one ledger. It vouches for the engine key with which
/// it signs blocks. The signer of the charter receives it as bytes of kind 0x45.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    name: Name,
    Q_MN: G1Affine,
    engine_key: Vec<u8>,
    signature: G2Affine,
    engine_signature: Vec<u8>,
}

impl Validator {
    /// Returns the main node's name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Returns the public key of the validator in the ledger's engine, in that engine's format.
    #[must_use]
    pub fn engine_key(&self) -> &[u8] {
        &self.engine_key
    }

    /// Returns the signature by the engine key on
    /// [`validator_statement`](MainNode::validator_statement). This library does not know the
    /// engine and cannot verify it: the signer of a charter must.
    #[must_use]
    pub fn engine_signature(&self) -> &[u8] {
        &self.engine_signature
    }

    /// Returns the 32 bytes that the engine key must have signed for a charter of this ledger.
    /// `ledger` is `None` for the first charter.
    #[must_use]
    pub fn statement(&self, ledger: Option<&LedgerId>) -> [u8; 32] {
        statement(ledger, &self.name, &self.Q_MN, &self.engine_key)
    }
}

fields!(Object for Validator {
    name: Name,
    Q_MN: G1Affine,
    engine_key [ENGINE_KEY_BYTES, EngineKeyLength],
    signature: G2Affine,
    engine_signature [ENGINE_KEY_BYTES, EngineKeyLength],
});

/// Returns the point that the main node signs.
fn point(ledger: Option<&LedgerId>, name: &Name, Q_MN: &G1Affine, engine_key: &[u8]) -> G2Affine {
    let mut w = Writer::new();
    w.raw(ledger_field(ledger));
    name.write(&mut w);
    w.g1(Q_MN);
    w.var(engine_key);
    hash_to_g2(VALIDATOR, w.as_slice())
}

fn statement(ledger: Option<&LedgerId>, name: &Name, Q_MN: &G1Affine, engine_key: &[u8]) -> [u8; 32] {
    Transcript::new()
        .bytes("ledger", ledger_field(ledger))
        .bytes("name", name.as_bytes())
        .g1("Q_MN", Q_MN)
        .bytes("engine key", engine_key)
        .digest(VALIDATOR_STATEMENT)
}

/// Zeros in the first charter, because its hash is the ledger's id.
fn ledger_field(ledger: Option<&LedgerId>) -> &[u8; 32] {
    ledger.map_or(&[0; 32], LedgerId::as_bytes)
}

impl MainNode {
    /// Returns the 32 bytes that a validator's engine key signs, to prove that it
    /// belongs to this main node.
    #[must_use]
    pub fn validator_statement(&self, ledger: Option<&LedgerId>, engine_key: &[u8]) -> [u8; 32] {
        statement(ledger, self.name(), self.public_point(), engine_key)
    }

    /// Makes this main node a validator in a charter of this ledger, or, if `ledger` is `None`, in
    /// the first charter of a new ledger. `engine_signature` is the signature by the engine key on
    /// [`validator_statement`](Self::validator_statement).
    ///
    /// # Errors
    /// [`Error::LimitExceeded`] if the key or its signature is longer than 8,192 bytes.
    pub fn validator(
        &self,
        ledger: Option<&LedgerId>,
        engine_key: &[u8],
        engine_signature: &[u8],
    ) -> Result<Validator, Error> {
        if engine_key.len().max(engine_signature.len()) > ENGINE_KEY_BYTES {
            return Err(Error::LimitExceeded(Limit::EngineKeyLength));
        }
        let (name, Q_MN) = (self.name().clone(), *self.public_point());
        // [s_MN]H
        let signature = self.sign(&point(ledger, &name, &Q_MN, engine_key));
        let (engine_key, engine_signature) = (engine_key.to_vec(), engine_signature.to_vec());
        Ok(Validator { name, Q_MN, engine_key, signature, engine_signature })
    }
}

/// A charter before it is signed. One super node signs it, or several authorities agree on it and
/// then sign it. Its byte form is the header and the signed body.
#[derive(Clone, Debug)]
pub struct CharterDraft {
    /// `None` in the first charter.
    pub(super) ledger: Option<LedgerId>,
    pub(super) number: u32,
    pub(super) previous: CharterHash,
    /// The rules.
    pub terms: Terms,
    pub(super) final_head: Option<Head>,
}

impl CharterDraft {
    /// Makes the first charter of a new ledger. If the ledger continues one whose super node's key
    /// is lost, `continues` is the final head of the old ledger.
    #[must_use]
    pub fn first(terms: Terms, continues: Option<Head>) -> Self {
        Self { ledger: None, number: 1, previous: CharterHash([0; 32]), terms, final_head: continues }
    }

    /// Changes the number of a later charter. This is needed if authorities have signed different
    /// bodies under one number: all then use a greater number, with the same predecessor.
    pub fn renumber(&mut self, number: u32) {
        self.number = number;
    }

    /// Returns the number, from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns the hash of the preceding charter; zeros in the first.
    #[must_use]
    pub fn previous(&self) -> &CharterHash {
        &self.previous
    }

    /// Returns the ledger's head, which the signers have checked. `None` in the first charter,
    /// unless the ledger continues another.
    #[must_use]
    pub fn final_head(&self) -> Option<&Head> {
        self.final_head.as_ref()
    }

    /// Returns the id of the charter's ledger. For a first charter, this is the charter's hash.
    #[must_use]
    pub fn ledger(&self) -> LedgerId {
        self.ledger.unwrap_or_else(|| LedgerId::from(self.hash().0))
    }

    /// Returns the signed fields.
    pub(crate) fn body(&self) -> Body {
        Body { tag: CHARTER, bytes: Writer::of(|w| self.write(w)).into_vec() }
    }

    /// Checks that only the first charter lacks a ledger and a predecessor, and that every later
    /// one has a final head.
    fn check_place(&self) -> Result<(), Error> {
        let is_first = self.number == 1;
        let fits = is_first == self.ledger.is_none()
            && is_first == (self.previous == CharterHash([0; 32]))
            && (is_first || self.final_head.is_some())
            && self.number > 0
            && self.final_head.is_none_or(|head| head.size > 0);
        if fits { Ok(()) } else { Err(Error::InvalidField) }
    }

    /// Checks that the draft may be signed, and that the charter will then be accepted.
    ///
    /// # Errors
    /// As for [`SuperNode::sign_charter`].
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.check_place()?;
        self.terms.check(self.ledger.as_ref())
    }

    /// Returns the charter with its signature, without verifying it.
    pub(crate) fn signed(self, signature: G2Affine) -> Charter {
        let hash = self.hash();
        Charter { draft: self, signature, hash }
    }

    /// Returns the hash. Authorities compare it before they sign, and the next charter contains it.
    #[must_use]
    pub fn hash(&self) -> CharterHash {
        let body = self.body();
        let after_ledger = body.bytes.get(32..).unwrap_or_default();
        CharterHash(Transcript::new().bytes("charter", after_ledger).digest(CHARTER_HASH))
    }
}

impl Object for CharterDraft {
    const KIND: Kind = Kind::CharterDraft;

    fn write(&self, w: &mut Writer) {
        w.raw(ledger_field(self.ledger.as_ref()));
        self.terms.name.write(w);
        w.u32(self.number);
        w.raw(&self.previous.0);
        self.terms.write(w);
        w.raw(&self.final_head.map_or([0; Head::BYTES], |head| head.to_bytes()));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let ledger = Some(r.array()?).filter(|ledger| *ledger != [0; 32]).map(LedgerId::from);
        let (name, number, previous) = (Name::read(r)?, r.u32()?, CharterHash(r.array()?));
        let terms = Terms::read(name, r)?;
        let head = Some(Head::read(r)?).filter(|head| head.size > 0 || head.root != Root::from([0; 32]));
        let draft = Self { ledger, number, previous, terms, final_head: head };
        draft.check_place()?;
        Ok(draft)
    }
}

impl SuperNode {
    /// Signs a charter. The super node does not remember the charters that it signed. Sign one of
    /// each number, and store it before you hand it out: two charters of one number are evidence
    /// against the super node.
    ///
    /// # Errors
    /// [`Error::NotSorted`] if the validators are not sorted by name and distinct;
    /// [`Error::InvalidField`] if two have a key in common, or a final head has no items;
    /// [`Error::InvalidSignature`] if a validator did not sign for this ledger;
    /// [`Error::LimitExceeded`].
    pub fn sign_charter(&self, draft: CharterDraft) -> Result<Charter, Error> {
        draft.check()?;
        // [s]H
        let signature = self.sign(&draft.body().point());
        Ok(draft.signed(signature))
    }
}

/// A signed charter, not yet verified. Its rules apply once
/// [`Charters`](crate::ledger::Charters) have verified it.
#[derive(Clone, Debug)]
pub struct Charter {
    pub(super) draft: CharterDraft,
    signature: G2Affine,
    hash: CharterHash,
}

impl Charter {
    /// Returns the number, from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.draft.number
    }

    /// Returns the hash of the preceding charter; zeros in the first.
    #[must_use]
    pub fn previous(&self) -> &CharterHash {
        &self.draft.previous
    }

    /// Returns the rules.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.draft.terms
    }

    /// Returns the ledger's head when the charter was signed. `None` in the first charter, unless
    /// the ledger continues another.
    #[must_use]
    pub fn final_head(&self) -> Option<&Head> {
        self.draft.final_head.as_ref()
    }

    /// Returns the hash, which the next charter contains.
    #[must_use]
    pub fn hash(&self) -> CharterHash {
        self.hash
    }

    /// Returns the id of the charter's ledger. For a first charter, this is the charter's hash.
    #[must_use]
    pub fn ledger(&self) -> LedgerId {
        self.draft.ledger.unwrap_or(LedgerId::from(self.hash.0))
    }

    /// Verifies the super node's signature, and the signatures of the validators for this ledger.
    pub(super) fn verify(&self, super_node: &SuperNodePublicKey) -> Result<(), Error> {
        // e(P1, signature) = e(P_SN, H)
        if !super_node.verifies(&self.draft.body().point(), &self.signature) {
            return Err(Error::InvalidSignature);
        }
        self.draft.terms.check(self.draft.ledger.as_ref())
    }
}

impl Object for Charter {
    const KIND: Kind = Kind::Charter;

    fn write(&self, w: &mut Writer) {
        self.draft.write(w);
        w.g2(&self.signature);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(CharterDraft::read(r)?.signed(r.g2()?))
    }
}
