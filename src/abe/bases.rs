//! The public points of key wrapping. All come from hashing, so that nobody knows a logarithm of one to another: with
//! a known one, any user's key for an attribute becomes a key for any other attribute.

use core::num::NonZeroUsize;
use std::collections::BTreeMap;

use crate::curve::{Curve, G1Affine, Lazy, Scalar};
use crate::domain::{ABE_ATTRIBUTE, ABE_NEGATION_P, ABE_NEGATION_Q, ABE_U0, ABE_U1, ABE_VALUE};
use crate::fabeo::{self, LeafBase, Slot};
use crate::hash::{hash_to_g1, hash_to_scalar};
use crate::policy::{CanonicalAttribute, Policy, Term};

/// `U0` and `U1`.
pub(super) static SLOT: Lazy<Slot> = Lazy::new(|| Slot::new(ABE_U0, ABE_U1));

/// `H(a)`.
pub(super) fn of_attribute(a: &CanonicalAttribute) -> G1Affine {
    hash_to_g1(ABE_ATTRIBUTE, a.as_bytes())
}

/// `h(v)` of a text value.
pub(super) fn h(v: &str) -> Scalar {
    hash_to_scalar(ABE_VALUE, v.as_bytes())
}

/// `P_l` and `Q_l`.
fn of_label(l: &str) -> (G1Affine, G1Affine) {
    (hash_to_g1(ABE_NEGATION_P, l.as_bytes()), hash_to_g1(ABE_NEGATION_Q, l.as_bytes()))
}

/// `P_l + [h(v)]Q_l` of a label and a text value.
pub(super) fn of_value(l: &str, v: &str) -> G1Affine {
    let (P_l, Q_l) = of_label(l);
    (Q_l * h(v) + P_l).to_affine()
}

/// What the rows of a policy are built on, in the order of its leaves. What stands in several leaves is hashed once.
pub(super) fn of_leaves(policy: &Policy, threads: NonZeroUsize) -> Vec<LeafBase> {
    fabeo::leaf_bases(policy.tree(), threads, of_term)
}

/// As [`of_leaves`], with multiples, for a policy that is used often.
pub(super) fn prepared(policy: &Policy) -> Vec<LeafBase> {
    fabeo::leaf_bases(policy.tree(), NonZeroUsize::MIN, |term| of_term(term).prepared())
}

fn of_term(term: &Term) -> LeafBase {
    match term {
        Term::Attribute(a) => LeafBase::positive(of_attribute(a)),
        Term::Not { label, value } => {
            let (P_l, Q_l) = of_label(label);
            LeafBase::negative(Q_l, (Q_l * h(value) + P_l).to_affine())
        }
    }
}

/// The multiples of attributes' points, for those who wrap under many policies of the same attributes.
///
/// It takes 80 KB for each attribute (160 KB for each negation) that [`PublicKey::prepare_cached`] has met, and is the
/// caller's: it grows until it is [cleared](Self::clear). It holds nothing secret, and serves any authority.
///
/// [`PublicKey::prepare_cached`]: super::PublicKey::prepare_cached
#[derive(Clone, Debug, Default)]
pub struct PointCache(BTreeMap<Term, LeafBase>);

impl PointCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many attributes and negations it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The multiples of what a policy's leaves are built on, in the order of the leaves.
    pub(super) fn of_leaves(&mut self, policy: &Policy) -> Vec<LeafBase> {
        let terms = policy.tree().leaves().iter().map(|leaf| &leaf.term);
        terms
            .map(|term| match self.0.get(term) {
                Some(base) => base.clone(),
                None => self.0.entry(term.clone()).or_insert(of_term(term).prepared()).clone(),
            })
            .collect()
    }
}
