//! A charter: what a ledger demands of the entries that follow it, signed by the super node, alone
//! or as several authorities.
//!
//! ```text
//! charter      = "MS" version 0x43 || body || signature (96)
//! draft        = "MS" version 0x59 || body
//! body         = ledger (32) || name || number (u32) || predecessor's hash (32) || claim policy || public parameters
//!             || members' epoch (u32) || commitment (32) || count || validator* || final head (40)
//! validator    = name || Q_MN (48) || u32 length || engine key || signature (96) || u32 length || engine's signature
//! hash         = SHA-256(CHARTER-HASH tag, body without the ledger)
//! signature    = [s]    hash_to_g2(CHARTER, body)
//! of validator = [s_MN] hash_to_g2(VALIDATOR, ledger || name || Q_MN || u32 length || engine key)
//! ```
//! A ledger's id is the hash of its first charter, in which the ledger and the predecessor's hash
//! are zeros. The final head is that of the ledger when the charter was signed. It protects what
//! came before against keys of validators that leak later. In the first charter it is zeros, or the
//! final head of the ledger that this one continues.
//!
//! A charter has no height and no clock: it governs what follows it on the ledger. Each number is
//! greater than that of the predecessor, by one unless a number was given up.

use crate::authority::PublicParameters;
use crate::codec::{Kind, Object, Reader, Writer};
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

/// What a charter demands.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The ledger's readable name.
    pub name: Name,
    /// Who may upload: the policy that every entry states and every signer satisfies.
    pub claim: Policy,
    /// The authority's public parameters, with the key under which entries are signed.
    pub parameters: PublicParameters,
    /// The members' epoch.
    pub epoch: EpochCommitment,
    /// The nodes that decide what stands on the ledger, sorted by name. Empty if the ledger is
    /// kept in another way.
    pub validators: Vec<Validator>,
}

impl Terms {
    /// Terms without a members' epoch and without validators.
    #[must_use]
    pub fn new(name: Name, claim: Policy, parameters: PublicParameters) -> Self {
        Self { name, claim, parameters, epoch: EpochCommitment::default(), validators: Vec::new() }
    }

    /// Validators are sorted, distinct, and hold the keys that they name.
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
            // e(P1, signature) = e(Q_MN, H)
            if !identity::verifies(&validator.Q_MN, &validator.point(ledger), &validator.signature) {
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

/// A main node that stands as a validator of one ledger: it vouches for the key with which it signs
/// blocks. The signer of the charter receives it, as bytes of kind 0x45.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    name: Name,
    Q_MN: G1Affine,
    engine_key: Vec<u8>,
    signature: G2Affine,
    engine_signature: Vec<u8>,
}

impl Validator {
    /// The main node's name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The public key with which it takes part in the ledger's engine, in that engine's form.
    #[must_use]
    pub fn engine_key(&self) -> &[u8] {
        &self.engine_key
    }

    /// The signature of the engine key on [`validator_statement`](MainNode::validator_statement).
    /// This library does not know the engine and does not check it: the signer of a charter does.
    #[must_use]
    pub fn engine_signature(&self) -> &[u8] {
        &self.engine_signature
    }

    /// The 32 bytes that the engine key has to have signed, for a charter of this ledger
    /// (none for the first one).
    #[must_use]
    pub fn statement(&self, ledger: Option<&LedgerId>) -> [u8; 32] {
        statement(ledger, &self.name, &self.Q_MN, &self.engine_key)
    }

    /// The point that the main node signs.
    fn point(&self, ledger: Option<&LedgerId>) -> G2Affine {
        point(ledger, &self.name, &self.Q_MN, &self.engine_key)
    }
}

impl Object for Validator {
    const KIND: Kind = Kind::Validator;

    fn write(&self, w: &mut Writer) {
        self.name.write(w);
        w.g1(&self.Q_MN);
        w.var(&self.engine_key);
        w.g2(&self.signature);
        w.var(&self.engine_signature);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            name: Name::read(r)?,
            Q_MN: r.g1()?,
            engine_key: r.var(ENGINE_KEY_BYTES, Limit::EngineKeyLength)?.to_vec(),
            signature: r.g2()?,
            engine_signature: r.var(ENGINE_KEY_BYTES, Limit::EngineKeyLength)?.to_vec(),
        })
    }
}

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

/// Zeros in the first charter, whose hash is the ledger's id.
fn ledger_field(ledger: Option<&LedgerId>) -> &[u8; 32] {
    ledger.map_or(&[0; 32], LedgerId::as_bytes)
}

impl MainNode {
    /// The 32 bytes that a validator's engine key signs, to show that it belongs to this main node.
    #[must_use]
    pub fn validator_statement(&self, ledger: Option<&LedgerId>, engine_key: &[u8]) -> [u8; 32] {
        statement(ledger, self.name(), self.public_point(), engine_key)
    }

    /// Stands as a validator in a charter of this ledger, or, without a ledger, in the first
    /// charter of a new one. `engine_signature` is the engine key's on
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

/// A charter before it is signed: what one super node signs, or several authorities agree on and
/// then sign. Its byte form is the header and the body that is signed.
#[derive(Clone, Debug)]
pub struct CharterDraft {
    /// None in the first charter.
    pub(super) ledger: Option<LedgerId>,
    pub(super) number: u32,
    pub(super) previous: CharterHash,
    /// What it demands.
    pub terms: Terms,
    pub(super) final_head: Option<Head>,
}

impl CharterDraft {
    /// The first charter of a new ledger. One that continues a ledger whose super node's key is
    /// lost names the final head of that.
    #[must_use]
    pub fn first(terms: Terms, continues: Option<Head>) -> Self {
        Self { ledger: None, number: 1, previous: CharterHash([0; 32]), terms, final_head: continues }
    }

    /// Gives a later charter another number, for when authorities have signed different bodies
    /// under one: all then go on to a greater number, with the same predecessor.
    pub fn renumber(&mut self, number: u32) {
        self.number = number;
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The hash of the charter before; zeros in the first.
    #[must_use]
    pub fn previous(&self) -> &CharterHash {
        &self.previous
    }

    /// The ledger's head, which those who sign have checked. None in the first charter, unless the
    /// ledger continues another.
    #[must_use]
    pub fn final_head(&self) -> Option<&Head> {
        self.final_head.as_ref()
    }

    /// The ledger that it is a charter of. Of a first charter it is that charter's hash.
    #[must_use]
    pub fn ledger(&self) -> LedgerId {
        self.ledger.unwrap_or_else(|| LedgerId::from(self.hash().0))
    }

    /// The fields that are signed.
    pub(crate) fn body(&self) -> Body {
        let mut w = Writer::new();
        self.write(&mut w);
        Body::new(CHARTER, w.into_vec())
    }

    /// Only the first charter has neither ledger nor predecessor, and every
    /// later one has a final head.
    fn check_place(&self) -> Result<(), Error> {
        let is_first = self.number == 1;
        let fits = is_first == self.ledger.is_none()
            && is_first == (self.previous == CharterHash([0; 32]))
            && (is_first || self.final_head.is_some())
            && self.number > 0
            && self.final_head.is_none_or(|head| head.size > 0);
        if fits { Ok(()) } else { Err(Error::InvalidField) }
    }

    /// What may be signed: the charter that holds it will be accepted.
    ///
    /// # Errors
    /// Those of [`SuperNode::sign_charter`].
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.check_place()?;
        self.terms.check(self.ledger.as_ref())
    }

    /// The charter with its signature, which is not looked at.
    pub(crate) fn signed(self, signature: G2Affine) -> Charter {
        let hash = self.hash();
        Charter { draft: self, signature, hash }
    }

    /// Its hash, by which authorities compare what they are about to sign, and to which
    /// the next charter points.
    #[must_use]
    pub fn hash(&self) -> CharterHash {
        let body = self.body();
        let after_ledger = body.bytes().get(32..).unwrap_or_default();
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
    /// Signs a charter. Which charters it has signed the super node does not remember: sign one
    /// of each number, and keep it before you hand it out, for two of one number are evidence
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

/// A charter as it travels. What it demands counts when
/// [`Charters`](crate::ledger::Charters) have verified it.
#[derive(Clone, Debug)]
pub struct Charter {
    draft: CharterDraft,
    signature: G2Affine,
    hash: CharterHash,
}

impl Charter {
    /// Its number, from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.draft.number
    }

    /// The hash of the charter before; zeros in the first.
    #[must_use]
    pub fn previous(&self) -> &CharterHash {
        &self.draft.previous
    }

    /// What it demands.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.draft.terms
    }

    /// The ledger's head when the charter was signed. None in the first charter, unless the
    /// ledger continues another.
    #[must_use]
    pub fn final_head(&self) -> Option<&Head> {
        self.draft.final_head.as_ref()
    }

    /// Its hash, to which the next charter points.
    #[must_use]
    pub fn hash(&self) -> CharterHash {
        self.hash
    }

    pub(super) fn draft(&self) -> &CharterDraft {
        &self.draft
    }

    /// The ledger that it is a charter of. Of a first charter it is that charter's hash.
    #[must_use]
    pub fn ledger(&self) -> LedgerId {
        self.draft.ledger.unwrap_or(LedgerId::from(self.hash.0))
    }

    /// The super node signed it, and the validators that it names signed for its ledger.
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
