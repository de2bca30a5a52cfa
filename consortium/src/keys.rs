//! Engine keys, with which nodes authenticate to each other and sign blocks.
//!
//! A node has two keys. Its main node's key `s_MN`, which the super node certified, opens the
//! handshakes of hospitals. Its *engine key*, an Ed25519 key, signs blocks a hundred times a
//! second. The charter binds them: each validator in it has a signature by each key on the same
//! statement (ledger, name, both public keys). The library verifies the signature by `s_MN`. This
//! module verifies the signature by the engine key, which the library does not know, before a
//! charter is signed and before one is accepted.

use core::fmt;

use commonware_codec::{Copying, DecodeExt as _, Encode as _};
use commonware_cryptography::ed25519::{PrivateKey, PublicKey, Signature};
use commonware_cryptography::{Signer as _, Verifier as _};
use commonware_utils::ordered::Set;
use medseal::identity::{MainNode, Name};
use medseal::ledger::{Charter, CharterDraft, LedgerId, Validator};
use zeroize::Zeroizing;

/// The signing context of an engine key's signature on a validator's statement.
const STATEMENT: &[u8] = b"medseal-consortium/validator/1";

/// The least number of nodes of which one may fail: of `n`, `(n - 1) / 3` may.
pub(crate) const ENOUGH: usize = 4;

/// The secret key with which a node signs blocks and authenticates to other
/// nodes. Wiped when dropped.
#[derive(Clone)]
pub struct EngineKey(PrivateKey);

impl EngineKey {
    /// Bytes of the secret key.
    pub const BYTES: usize = 32;

    /// Generates a key.
    ///
    /// # Errors
    /// [`medseal::Error::RandomnessUnavailable`].
    pub fn generate() -> Result<Self, medseal::Error> {
        use medseal::rand_core::RngCore as _;
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        let filled = medseal::rand_core::OsRng.try_fill_bytes(bytes.as_mut_slice());
        filled.map_err(|_| medseal::Error::RandomnessUnavailable)?;
        Self::from_bytes(bytes.as_slice())
    }

    /// The key of these bytes.
    ///
    /// # Errors
    /// [`medseal::Error::InvalidKey`] unless there are 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, medseal::Error> {
        PrivateKey::decode(Copying(bytes)).map(Self).map_err(|_| medseal::Error::InvalidKey)
    }

    /// The secret key's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.encode().to_vec())
    }

    /// The public key, 32 bytes, which a charter and the other nodes' configurations contain.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        self.0.public_key().encode().to_vec()
    }

    /// Signs, with both keys, the main node's statement as a validator of this ledger, or without a
    /// ledger, of the first charter of a new one.
    ///
    /// # Errors
    /// Those of [`MainNode::validator`].
    pub fn validator(&self, node: &MainNode, ledger: Option<&LedgerId>) -> Result<Validator, medseal::Error> {
        let public = self.public();
        let signature = self.0.sign(STATEMENT, &node.validator_statement(ledger, &public));
        node.validator(ledger, &public, &signature.encode())
    }

    pub(crate) fn private(&self) -> &PrivateKey {
        &self.0
    }
}

impl fmt::Debug for EngineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineKey").finish_non_exhaustive()
    }
}

/// Why a charter's validators cannot run a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadValidators {
    /// There are none.
    None,
    /// The engine key of this one is not an Ed25519 key.
    Key(Name),
    /// The engine key of this one did not sign.
    Signature(Name),
}

impl fmt::Display for BadValidators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => write!(f, "there are no validators"),
            Self::Key(name) => write!(f, "the engine key of {} is not an Ed25519 key", name.as_str()),
            Self::Signature(name) => {
                write!(f, "the engine key of {} did not sign that it belongs to it", name.as_str())
            }
        }
    }
}

impl std::error::Error for BadValidators {}

/// Checks that a charter's validators can run a ledger: there is at least one, and each engine key
/// signed that it belongs to its main node. Call this before you accept a charter.
///
/// # Errors
/// [`BadValidators`] identifies the first invalid one.
pub fn check_validators(charter: &Charter) -> Result<(), BadValidators> {
    check(&charter.terms().validators, charter.number(), &charter.ledger())
}

/// Checks the same for a draft, before it is signed.
///
/// # Errors
/// Those of [`check_validators`].
pub fn check_draft(draft: &CharterDraft) -> Result<(), BadValidators> {
    check(&draft.terms.validators, draft.number(), &draft.ledger())
}

fn check(validators: &[Validator], number: u32, ledger: &LedgerId) -> Result<(), BadValidators> {
    let ledger = (number > 1).then_some(ledger);
    for validator in validators {
        let name = || validator.name().clone();
        let key =
            PublicKey::decode(Copying(validator.engine_key())).map_err(|_| BadValidators::Key(name()))?;
        let statement = validator.statement(ledger);
        let signed = Signature::decode(Copying(validator.engine_signature()))
            .is_ok_and(|signature| key.verify(STATEMENT, &statement, &signature));
        if !signed {
            return Err(BadValidators::Signature(name()));
        }
    }
    engine_keys(validators).map(drop)
}

/// The engine keys of a charter's validators, in the order in which the engine counts them.
pub(crate) fn participants(charter: &Charter) -> Result<Set<PublicKey>, BadValidators> {
    engine_keys(&charter.terms().validators)
}

fn engine_keys(validators: &[Validator]) -> Result<Set<PublicKey>, BadValidators> {
    let key = |validator: &Validator| {
        PublicKey::decode(Copying(validator.engine_key()))
            .map_err(|_| BadValidators::Key(validator.name().clone()))
    };
    let keys = validators.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    // The library refuses a charter in which two validators have one key.
    Set::try_from(keys).ok().filter(|set| !set.is_empty()).ok_or(BadValidators::None)
}

/// The signing context of this ledger's blocks: their signatures are invalid on another ledger.
pub(crate) fn namespace(ledger: &LedgerId) -> Vec<u8> {
    [b"medseal-consortium/ledger/1".as_slice(), ledger.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::WORLD;

    fn charter(validators: Vec<Validator>) -> Charter {
        let mut terms = WORLD.first.terms().clone();
        terms.validators = validators;
        WORLD.super_node.sign_charter(CharterDraft::first(terms, None)).unwrap()
    }

    #[test]
    fn comes_back_from_its_bytes() {
        let key = EngineKey::generate().unwrap();
        assert_eq!(EngineKey::from_bytes(&key.to_bytes()).unwrap().public(), key.public());
        assert_eq!(EngineKey::from_bytes(&[1; 31]).unwrap_err(), medseal::Error::InvalidKey);
        assert!(!format!("{key:?}").contains(&format!("{:?}", key.to_bytes()[0])));
    }

    #[test]
    fn rejects_a_validator_without_its_signature() {
        let (node, key) = &WORLD.nodes[0];
        let (_, other) = &WORLD.nodes[1];
        let good = key.validator(node, None).unwrap();
        // An attacker claims another node's engine key, under a signature by the attacker's key.
        let stolen = node.validator(None, &other.public(), good.engine_signature()).unwrap();
        let none = node.validator(None, &other.public(), b"").unwrap();
        let no_key = node.validator(None, b"short", good.engine_signature()).unwrap();
        for (bad, why) in [
            (stolen, BadValidators::Signature(node.name().clone())),
            (none, BadValidators::Signature(node.name().clone())),
            (no_key, BadValidators::Key(node.name().clone())),
        ] {
            assert_eq!(check_validators(&charter(vec![bad])), Err(why));
        }
        assert_eq!(check_validators(&charter(vec![])), Err(BadValidators::None));
        assert_eq!(check_validators(&charter(vec![good])), Ok(()));
    }

    #[test]
    fn rejects_a_validator_of_another_ledger() {
        let (node, key) = &WORLD.nodes[0];
        let ledger = WORLD.first.ledger();
        let statement = |ledger| node.validator_statement(ledger, &key.public());
        let signature = key.private().sign(STATEMENT, &statement(None)).encode();
        let elsewhere = node.validator(Some(&ledger), &key.public(), &signature).unwrap();
        let mut terms = WORLD.first.terms().clone();
        terms.validators = vec![elsewhere];
        let head = crate::block::Block::genesis(&WORLD.first).header().head;
        let next = WORLD.super_node.sign_charter(WORLD.charters.draft(terms.clone(), head)).unwrap();
        assert_eq!(check_validators(&next), Err(BadValidators::Signature(node.name().clone())));
        terms.validators = vec![key.validator(node, Some(&ledger)).unwrap()];
        let next = WORLD.super_node.sign_charter(WORLD.charters.draft(terms, head)).unwrap();
        assert_eq!(check_validators(&next), Ok(()));
    }
}
