//! The index of a record: its keywords, hidden, under one policy.

use rand_core::{CryptoRng, RngCore};

use super::keys::{PublicKey, SLOT, base_of};
use super::keyword::{Keyword, KeywordKey};
use crate::codec::{Kind, Object, Reader, Writer, byte_form};
use crate::curve::{
    Curve, G1_BYTES, G1Affine, G2_BYTES, G2Affine, Scalar, decode_g1, decode_g2, random_bytes,
    random_nonzero_scalar, random_scalar,
};
use crate::error::Error;
use crate::fabeo::{LeafBase, Rows};
use crate::limits::{self, Limit};
use crate::policy::{Policy, Term};

/// The keywords of one record, hidden under one policy.
///
/// Each keyword has randomness of its own, so that it is matched on its own and nothing tells whether two are equal,
/// within a record or across records. The policy can be read.
///
/// Decoding checks the form, and leaves the group elements as the bytes that arrived: most policies are not satisfied
/// by a given trapdoor, and their indexes cost a search no group operation. An element is checked when it is used,
/// and [`RecordIndex::validate`] checks all.
///
/// Byte form: header, policy, number of keywords (4 bytes), and for each keyword `c1` (96), `E` (48), `c2_j` (96)
/// for each use number, `c3_i` (48) for each leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordIndex {
    policy: Policy,
    keywords: Vec<KeywordIndex>,
}

/// The index of one keyword. Its elements are bytes until they are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeywordIndex {
    c1: [u8; G2_BYTES],
    E: [u8; G1_BYTES],
    pub(super) rows: Rows,
}

/// Whether a record's index is filled up with random keywords, which no trapdoor matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Padding {
    /// To the next power of two, at least one: the number of indexes tells little about the number of keywords.
    #[default]
    PowerOfTwo,
    /// Not at all: the number of indexes is the number of keywords.
    None,
}

impl PublicKey {
    /// Indexes a record's keywords under a policy, in random order. A keyword that is given twice is indexed once.
    ///
    /// # Errors
    /// [`Error::NegationUnsupported`] if the policy has a negation that is not a comparison;
    /// [`Error::LimitExceeded`] for more than [`KEYWORDS_PER_RECORD`](limits::KEYWORDS_PER_RECORD) keywords;
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn index_record(
        &self,
        keyword_key: &KeywordKey,
        keywords: &[Keyword],
        policy: &Policy,
        padding: Padding,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<RecordIndex, Error> {
        if keywords.len() > limits::KEYWORDS_PER_RECORD {
            return Err(Error::LimitExceeded(Limit::KeywordsPerRecord));
        }
        let bases = leaf_bases(policy)?;
        let mut slot_values = Vec::with_capacity(keywords.len().next_power_of_two());
        for (i, keyword) in keywords.iter().enumerate() {
            if !keywords.iter().take(i).any(|earlier| earlier == keyword) {
                slot_values.push(keyword_key.slot_value(keyword));
            }
        }
        if padding == Padding::PowerOfTwo {
            for _ in slot_values.len()..slot_values.len().next_power_of_two() {
                slot_values.push(random_scalar(rng)?);
            }
        }
        let mut ordered = slot_values
            .iter()
            .map(|x_w| {
                let place = random_bytes::<16>(rng)?;
                Ok((*place, KeywordIndex::new(self, x_w, policy, &bases, rng)?))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        ordered.sort_by_key(|(place, _)| *place);
        let keywords = ordered.into_iter().map(|(_, index)| index).collect();
        Ok(RecordIndex { policy: policy.clone(), keywords })
    }
}

/// `H(a_i)` for each leaf.
fn leaf_bases(policy: &Policy) -> Result<Vec<LeafBase>, Error> {
    policy
        .tree()
        .leaves()
        .iter()
        .map(|leaf| match &leaf.term {
            Term::Attribute(a) => Ok(LeafBase::positive(base_of(a))),
            Term::Not { .. } => Err(Error::NegationUnsupported),
        })
        .collect()
}

impl KeywordIndex {
    pub(super) fn new(
        public_key: &PublicKey,
        x_w: &Scalar,
        policy: &Policy,
        bases: &[LeafBase],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Error> {
        // s, s'_j <- Zq*
        let s = random_nonzero_scalar(rng)?;
        // c1 = [s]B                E = [s]A
        let c1 = (public_key.B * *s).to_affine().to_compressed();
        let E = (public_key.A * *s).to_affine().to_compressed();
        // c2_j = [s'_j]P2          c3_i = [lambda_i]F(x_w) + [s'_rho(i)]H(a_i)
        let rows = Rows::build(policy.tree(), bases, &SLOT, x_w, &s, rng)?;
        Ok(Self { c1, E, rows })
    }

    pub(super) fn c1(&self) -> Result<G2Affine, Error> {
        decode_g2(&self.c1)
    }

    pub(super) fn E(&self) -> Result<G1Affine, Error> {
        decode_g1(&self.E)
    }
}

impl RecordIndex {
    /// Whose attributes a trapdoor must show to match.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// How many keywords are indexed, padding included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keywords.len()
    }

    /// Whether nothing is indexed, not even padding.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keywords.is_empty()
    }

    /// Checks every group element: on the curve, in the prime-order subgroup, not the identity. A ledger does this
    /// before it takes an index.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`], [`Error::PointNotInSubgroup`] or [`Error::IdentityPoint`].
    pub fn validate(&self) -> Result<(), Error> {
        for keyword in &self.keywords {
            keyword.c1()?;
            keyword.E()?;
            keyword.rows.validate()?;
        }
        Ok(())
    }

    pub(super) fn keywords(&self) -> &[KeywordIndex] {
        &self.keywords
    }
}

impl Object for RecordIndex {
    const KIND: Kind = Kind::SearchIndex;

    fn write(&self, w: &mut Writer) {
        self.policy.write(w);
        w.count(self.keywords.len());
        for KeywordIndex { c1, E, rows } in &self.keywords {
            w.raw(c1);
            w.raw(E);
            rows.write(w);
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let policy = Policy::read(r)?;
        if policy.tree().has_negation() {
            return Err(Error::NegationUnsupported);
        }
        let count = r.count(limits::KEYWORDS_PER_RECORD, Limit::KeywordsPerRecord)?;
        let keywords = (0..count)
            .map(|_| Ok(KeywordIndex { c1: r.array()?, E: r.array()?, rows: Rows::read(r, policy.tree())? }))
            .collect::<Result<_, Error>>()?;
        Ok(Self { policy, keywords })
    }
}

byte_form!(RecordIndex);
