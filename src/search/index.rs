//! The index of a record: its keywords, hidden under one policy.

use std::sync::Arc;

use rand_core::{CryptoRng, RngCore};

use super::hint::{Hint, Hints};
use super::keys::{PublicKey, SLOT};
use super::keyword::{Keyword, KeywordKey};
use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{
    Curve, Encoded, G1_BYTES, G2_BYTES, SecretScalar, check_each_encoded, random_bytes,
    random_nonzero_scalar, random_scalar,
};
use crate::domain::SEARCH_INDEX_NONCE;
use crate::error::Error;
use crate::fabeo::{Drawn, RowBase, Rows};
use crate::limits::{self, Limit};
use crate::policy::Policy;
use crate::secret;
use crate::threads::{self, Threads};
use crate::transcript::Transcript;

/// The keywords of one record, hidden under one policy.
///
/// Each keyword has its own randomness. A match tests each keyword separately, and nothing shows
/// whether two keywords are equal, within a record or across records. The policy is readable.
///
/// Decoding checks the form and leaves the group elements encoded. A search therefore spends no
/// group operation on indexes whose policies the trapdoor does not satisfy. An element is checked
/// when it is used; [`RecordIndex::validate`] checks all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordIndex {
    policy: Policy,
    hints: Option<Hints>,
    pub(super) keywords: Vec<KeywordIndex>,
}

/// The index of one keyword. Its elements stay encoded until they are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeywordIndex {
    /// Present if the record has hints.
    pub(super) hint: Option<Hint>,
    pub(super) c1: [u8; G2_BYTES],
    pub(super) E: [u8; G1_BYTES],
    pub(super) rows: Rows,
}

/// Whether a record's index is padded with random keywords, which no trapdoor matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Padding {
    /// Pads to the next power of two, at least one. The number of indexes then reveals little about
    /// the number of keywords.
    #[default]
    PowerOfTwo,
    /// No padding: the number of indexes is the number of keywords.
    None,
}

/// Options for indexing a record's keywords. A [`Padding`] alone converts to options
/// with the other defaults.
#[derive(Clone, Copy, Debug, Default)]
pub struct IndexOptions {
    padding: Padding,
    hints: Option<Hints>,
    threads: Threads,
}

impl IndexOptions {
    /// Sets the padding; the default is the next power of two.
    #[must_use]
    pub fn padding(self, padding: Padding) -> Self {
        Self { padding, ..self }
    }

    /// Adds hints to each keyword; the default is none. Read what [`Hints`]
    /// leak before you use them.
    #[must_use]
    pub fn hints(self, hints: Hints) -> Self {
        Self { hints: Some(hints), ..self }
    }

    /// Sets the maximum number of threads; the default is one. The index does not depend on it.
    #[must_use]
    pub fn threads(self, threads: Threads) -> Self {
        Self { threads, ..self }
    }
}

impl From<Padding> for IndexOptions {
    fn from(padding: Padding) -> Self {
        Self { padding, ..Self::default() }
    }
}

impl PublicKey {
    /// Indexes a record's keywords under a policy, in random order. Repeated
    /// keywords are indexed once.
    ///
    /// # Errors
    /// - [`Error::LimitExceeded`] for more than
    ///   [`KEYWORDS_PER_RECORD`](limits::KEYWORDS_PER_RECORD) keywords.
    /// - [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn index_record(
        &self,
        keyword_key: &KeywordKey,
        keywords: &[Keyword],
        policy: &Policy,
        options: impl Into<IndexOptions>,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<RecordIndex, Error> {
        let IndexOptions { padding, hints, threads } = options.into();
        if keywords.len() > limits::KEYWORDS_PER_RECORD {
            return Err(Error::LimitExceeded(Limit::KeywordsPerRecord));
        }
        let distinct: Vec<&Keyword> = keywords
            .iter()
            .enumerate()
            .filter(|(i, keyword)| !keywords.iter().take(*i).any(|earlier| earlier == *keyword))
            .map(|(_, keyword)| keyword)
            .collect();
        let mut transcript = Transcript::new();
        transcript.bytes("kappa", keyword_key.0.as_slice()).bytes("policy", policy.canonical().as_bytes());
        for keyword in &distinct {
            transcript.bytes("keyword", keyword.as_str().as_bytes());
        }
        let rng = &mut transcript.hedge(SEARCH_INDEX_NONCE, rng)?;
        let mut slots: Vec<(SecretScalar, Option<Hint>)> =
            Vec::with_capacity(distinct.len().next_power_of_two());
        slots.extend(distinct.into_iter().map(|keyword| {
            (keyword_key.slot_value(keyword), hints.map(|hints| keyword_key.hint(hints, keyword)))
        }));
        if padding == Padding::PowerOfTwo {
            for _ in slots.len()..slots.len().next_power_of_two() {
                let random = random_bytes(rng)?;
                slots.push((random_scalar(rng)?, hints.map(|hints| hints.hint(*random))));
            }
        }
        let bases = self.points.of_rows(policy.tree(), threads);
        let mut ordered = secret::collect(slots.into_iter().map(|(x_w, hint)| {
            let place = random_bytes::<16>(rng)?;
            // s, s'_j <- Zq*
            let s = random_nonzero_scalar(rng)?;
            let drawn = Drawn::new(policy.tree(), &s, rng)?;
            Ok((*place, NewKeyword { x_w, hint, s, drawn }))
        }))?;
        ordered.sort_unstable_by_key(|(place, _)| *place);
        let keywords = threads::map(threads, &ordered, |(_, keyword)| keyword.index(self, policy, &bases));
        let keywords = keywords.into_iter().collect::<Result<_, _>>()?;
        Ok(RecordIndex { policy: policy.clone(), hints, keywords })
    }
}

/// A keyword, and the random values of its index.
struct NewKeyword {
    x_w: SecretScalar,
    hint: Option<Hint>,
    s: SecretScalar,
    drawn: Drawn,
}

impl NewKeyword {
    fn index(
        &self,
        public_key: &PublicKey,
        policy: &Policy,
        bases: &[Arc<RowBase>],
    ) -> Result<KeywordIndex, Error> {
        let Self { x_w, hint, s, drawn } = self;
        // c1 = [s]B                E = [s]A
        let c1 = (public_key.B * **s).to_affine().to_compressed();
        let E = (public_key.A * **s).to_affine().to_compressed();
        // c2_j = [s'_j]P2          c3_i = [lambda_i]F(x_w) + [s'_rho(i)]H(T_i)
        let rows = Rows::build(policy.tree(), bases, &SLOT, x_w, drawn, Threads::ONE)?;
        Ok(KeywordIndex { hint: *hint, c1, E, rows })
    }
}

impl RecordIndex {
    /// Returns the policy that the attributes shown by a trapdoor must satisfy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Returns the hints that the keywords carry, if any.
    #[must_use]
    pub fn hints(&self) -> Option<Hints> {
        self.hints
    }

    /// Returns the number of indexed keywords, including padding.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keywords.len()
    }

    /// Reports whether the index is empty, without even padding.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keywords.is_empty()
    }

    /// Checks every group element: on the curve, in the prime-order subgroup, not the identity. A
    /// ledger node does this before it accepts an index.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`], [`Error::PointNotInSubgroup`] or [`Error::IdentityPoint`] if
    /// an element is malformed.
    pub fn validate(&self) -> Result<(), Error> {
        check_each_encoded(&[self.encoded().collect()]).into_iter().collect()
    }

    pub(crate) fn encoded(&self) -> impl Iterator<Item = Encoded<'_>> {
        self.keywords.iter().flat_map(|KeywordIndex { c1, E, rows, .. }| {
            [Encoded::G2(c1), Encoded::G1(E)].into_iter().chain(rows.encoded())
        })
    }
}

impl Object for RecordIndex {
    const KIND: Kind = Kind::SearchIndex;

    fn write(&self, w: &mut Writer) {
        self.policy.write(w);
        w.u8(self.hints.is_some().into());
        if let Some(hints) = &self.hints {
            hints.write(w);
        }
        w.count(self.keywords.len());
        for KeywordIndex { hint, c1, E, rows } in &self.keywords {
            if let Some(hint) = hint {
                hint.write_value(w);
            }
            w.raw(c1);
            w.raw(E);
            rows.write(w);
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let policy = Policy::read(r)?;
        let hints = if r.flag()? { Some(Hints::read(r)?) } else { None };
        let count = r.count(limits::KEYWORDS_PER_RECORD, Limit::KeywordsPerRecord)?;
        let keywords = (0..count)
            .map(|_| {
                let hint = hints.map(|hints| Hint::read_value(r, hints)).transpose()?;
                let (c1, E) = (r.array()?, r.array()?);
                Ok(KeywordIndex { hint, c1, E, rows: Rows::read(r, policy.tree())? })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self { policy, hints, keywords })
    }
}
