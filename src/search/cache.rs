//! A cache of the decoded points of indexes.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use super::index::KeywordIndex;
use crate::codec::Writer;
use crate::curve::{Encodings, G1Affine, G2Affine};
use crate::domain::SEARCH_CACHE;
use crate::fabeo::Rows;
use crate::transcript::Transcript;

/// A cache of decoded and checked points of keyword indexes, which a node keeps between searches.
/// Decoding takes about a quarter of the time of a match.
///
/// The cache fills during searches, up to a bound, and then keeps its entries. It does not evict
/// the least recently used entry: a search goes through all entries in the same order, so this
/// would evict each entry shortly before its next use. The points of a keyword take
/// [`keyword_bytes`](Self::keyword_bytes) bytes, about 1 KB under a policy of three rows.
///
/// Points are keyed by a hash of their index, so an index never gets the points of another,
/// whatever ledger it is on. Results do not depend on the cache. An index with a malformed
/// element is not cached.
pub struct SearchIndexCache {
    most_bytes: usize,
    kept: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    bytes: usize,
    points: HashMap<[u8; 32], Arc<KeywordPoints>>,
}

/// The elements of a [`KeywordIndex`], each in its subgroup and not the identity.
pub(super) struct KeywordPoints {
    pub(super) c1: G2Affine,
    pub(super) E: G1Affine,
    pub(super) rows: Rows<G2Affine, G1Affine>,
}

impl SearchIndexCache {
    /// Creates an empty cache of at most `most_bytes` bytes.
    #[must_use]
    pub fn new(most_bytes: usize) -> Self {
        Self { most_bytes, kept: RwLock::default() }
    }

    /// Returns the bytes that the points of a keyword take, under a policy of `rows` rows,
    /// `negative_rows` of them negative, and `use_numbers` use numbers
    /// ([`Policy::uses`](crate::policy::Policy::uses)).
    #[must_use]
    pub fn keyword_bytes(rows: usize, negative_rows: usize, use_numbers: usize) -> usize {
        /// A hash, pointers and counters, the map's spare room, and what the allocator adds.
        const BESIDE: usize = 256;
        let (g1, g2) = (size_of::<G1Affine>(), size_of::<G2Affine>());
        BESIDE + g2 * (1 + use_numbers) + g1 * (1 + rows + negative_rows)
    }

    /// Returns the size of the cached points in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).bytes
    }

    /// Returns the number of keywords whose points are cached.
    #[must_use]
    pub fn keywords(&self) -> usize {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).points.len()
    }

    /// Returns the points of each keyword, except of those that are malformed or do not fit.
    pub(super) fn points_of(&self, keywords: &[&KeywordIndex]) -> Vec<Option<Arc<KeywordPoints>>> {
        let digests: Vec<_> = keywords.iter().map(|keyword| keyword.digest()).collect();
        let (mut points, mut room): (Vec<_>, _) = {
            let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            let found = digests.iter().map(|digest| kept.points.get(digest).cloned());
            (found.collect(), self.most_bytes.saturating_sub(kept.bytes))
        };
        let mut missing = Vec::new();
        for ((keyword, digest), points) in keywords.iter().zip(digests).zip(&mut points) {
            if points.is_none()
                && let Some(less) = room.checked_sub(keyword.point_bytes())
            {
                room = less;
                missing.push((*keyword, digest, points));
            }
        }
        if missing.is_empty() {
            return points;
        }
        let mut encodings = Encodings::default();
        for (KeywordIndex { c1, E, rows, .. }, ..) in &missing {
            let (c2, c3_c4) = rows.elements();
            encodings.in_g2.extend(c2.chain([c1]));
            encodings.in_g1.extend(c3_c4.chain([E]));
        }
        let mut decodings = encodings.decode();
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        for (keyword, digest, place) in missing {
            let (c2, c3_c4) = keyword.rows.elements();
            let (c2, c1) = (decodings.in_g2.take_all(c2.count()), decodings.in_g2.take_one());
            let (c3_c4, E) = (decodings.in_g1.take_all(c3_c4.count()), decodings.in_g1.take_one());
            let (Ok(c2), Ok(c1), Ok(c3_c4), Ok(E)) = (c2, c1, c3_c4, E) else { continue };
            let Some(rows) = keyword.rows.decoded(c2.into_iter(), c3_c4.into_iter()) else { continue };
            let points = Arc::new(KeywordPoints { c1, E, rows });
            // Another thread may have inserted the points, or used the room, in the meantime.
            if kept.bytes + keyword.point_bytes() <= self.most_bytes
                && kept.points.insert(digest, Arc::clone(&points)).is_none()
            {
                kept.bytes += keyword.point_bytes();
            }
            *place = Some(points);
        }
        drop(kept);
        points
    }
}

impl KeywordIndex {
    /// Returns the key of these elements in the cache: a hash of every byte and
    /// of the elements' roles.
    fn digest(&self) -> [u8; 32] {
        let mut elements = Writer::new();
        self.rows.write(&mut elements);
        let mut transcript = Transcript::new();
        transcript.bytes("c1", &self.c1).bytes("E", &self.E).bytes("rows", elements.as_slice());
        let (uses, rows, negative) = self.rows.shape();
        transcript.u64("uses", uses as u64).u64("rows", rows as u64);
        for row in negative {
            transcript.u64("negative", row as u64);
        }
        transcript.digest(SEARCH_CACHE)
    }

    /// Returns the size of its points in the cache, in bytes.
    fn point_bytes(&self) -> usize {
        let (uses, rows, negative) = self.rows.shape();
        SearchIndexCache::keyword_bytes(rows, negative.count(), uses)
    }
}

impl fmt::Debug for SearchIndexCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SearchIndexCache")
            .field("most_bytes", &self.most_bytes)
            .field("bytes", &self.bytes())
            .finish_non_exhaustive()
    }
}
