//! The public points of a scheme. All are hashed, so nobody knows the logarithm of one to the base
//! of another. With such a logarithm, any user's key for one attribute becomes a key for another.

use core::sync::atomic::{AtomicU32, Ordering};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

use crate::curve::{Curve, FixedBase, G1Affine, G1Projective, Group, Scalar};
use crate::domain::Scheme;
use crate::hash::{hash_to_g1, hash_to_scalar};
use crate::policy::{CanonicalAttribute, Term, Tree};
use crate::secret::Secret;
use crate::threads::{self, Threads};

/// The two bases of `F(x) = U0 + [x]U1` and the base `h` of the master key, with their multiples.
pub(crate) struct Slot {
    pub(crate) h: G1Affine,
    pub(crate) U0: G1Affine,
    pub(crate) U1: G1Affine,
    h_multiples: FixedBase<G1Affine>,
    U0_multiples: FixedBase<G1Affine>,
    U1_multiples: FixedBase<G1Affine>,
}

impl Slot {
    /// Hashes the bases of a scheme under its tags.
    pub(crate) fn new(scheme: &Scheme) -> Self {
        let [h, U0, U1] = [scheme.h, scheme.U0, scheme.U1].map(|tag| hash_to_g1(tag, b""));
        let [h_multiples, U0_multiples, U1_multiples] = [&h, &U0, &U1].map(FixedBase::<G1Affine>::wide);
        Self { h, U0, U1, h_multiples, U0_multiples, U1_multiples }
    }

    /// Computes `[k]h` in constant time.
    pub(crate) fn mul_h(&self, k: &Scalar) -> G1Projective {
        self.h_multiples.mul(k)
    }

    /// Computes `F(x) = U0 + [x]U1` in constant time.
    pub(crate) fn at(&self, x: &Scalar) -> G1Affine {
        (self.U1_multiples.mul(x) + self.U0).to_affine()
    }

    /// Computes `[r]U0` and `[r]U1` in constant time.
    pub(crate) fn times(&self, r: &Scalar) -> [G1Projective; 2] {
        [self.U0_multiples.mul(r), self.U1_multiples.mul(r)]
    }

    /// Computes `[k]F(x) = [k]U0 + [k x]U1` in constant time.
    pub(crate) fn mul(&self, x: &Scalar, k: &Scalar) -> G1Projective {
        self.U0_multiples.mul(k) + self.U1_multiples.mul(&Secret::new(k * x))
    }
}

/// Computes `h(v)` of a text value.
pub(crate) fn h(scheme: &Scheme, v: &str) -> Scalar {
    hash_to_scalar(scheme.value, v.as_bytes())
}

/// A cache of the points of attributes and rows. Hashing a point takes almost as
/// long as multiplying it.
///
/// It holds public points only. It never waits for a lock: if the lock is taken, the point is
/// hashed again. A process that was forked while another thread held the lock therefore continues.
pub(crate) struct Points {
    pub(crate) scheme: &'static Scheme,
    pub(super) attributes: RwLock<BTreeMap<CanonicalAttribute, G1Affine>>,
    pub(super) rows: RwLock<BTreeMap<Term, Arc<RowBase>>>,
}

/// The points of a row, besides the slot.
pub(crate) struct RowBase {
    /// The base of the blinding in `c3`: `H(T)` of a positive row, `Q_l` of a negative one.
    pub(crate) c3: Base,
    /// The base of `c4`: `P_l + [h(v)]Q_l` of a negative row.
    pub(crate) c4: Option<Base>,
}

/// A point. It gets a table of multiples once it has been multiplied often
/// enough for the table to pay.
pub(crate) struct Base {
    pub(crate) point: G1Affine,
    used: AtomicU32,
    multiples: RwLock<Option<Arc<FixedBase<G1Affine>>>>,
}

impl Base {
    /// Making the multiples takes as long as ten multiplications. Each later multiplication then
    /// takes a third of the time.
    const MULTIPLES_FROM: u32 = 8;

    fn new(point: G1Affine) -> Self {
        Self { point, used: AtomicU32::new(0), multiples: RwLock::new(None) }
    }

    /// Computes `[k]P` in constant time.
    pub(crate) fn mul(&self, k: &Scalar) -> G1Projective {
        let multiples = self.multiples.try_read().ok().and_then(|multiples| multiples.clone());
        if let Some(multiples) = multiples {
            return multiples.mul(k);
        }
        if self.used.fetch_add(1, Ordering::Relaxed) == Self::MULTIPLES_FROM {
            let multiples = Arc::new(FixedBase::<G1Affine>::new(&self.point));
            if let Ok(mut place) = self.multiples.try_write() {
                *place = Some(Arc::clone(&multiples));
            }
            return multiples.mul(k);
        }
        self.point * k
    }
}

impl Points {
    /// The maximum number of cached attributes, of about 200 bytes each.
    /// Beyond it, all are dropped.
    pub(super) const ATTRIBUTES: usize = 8192;
    /// The maximum number of cached rows, of 100 bytes and their attributes' bytes each, and 80 KB
    /// if a row is used often. Beyond it, all are dropped.
    const ROWS: usize = 128;

    pub(crate) fn new(scheme: &'static Scheme) -> Self {
        Self { scheme, attributes: RwLock::default(), rows: RwLock::default() }
    }

    /// Returns `H(a)` of each attribute.
    pub(crate) fn of_attributes<'a>(
        &self,
        attributes: impl IntoIterator<Item = &'a CanonicalAttribute>,
    ) -> Vec<G1Affine> {
        let mut new = Vec::new();
        let points = {
            let known = self.attributes.try_read().ok();
            attributes
                .into_iter()
                .map(|a| match known.as_ref().and_then(|known| known.get(a)) {
                    Some(H_a) => *H_a,
                    None => {
                        let H_a = hash_to_g1(self.scheme.attribute, a.as_bytes());
                        new.push((a, H_a));
                        H_a
                    }
                })
                .collect()
        };
        if !new.is_empty()
            && let Ok(mut known) = self.attributes.try_write()
        {
            if known.len() + new.len() > Self::ATTRIBUTES {
                known.clear();
            }
            known.extend(new.into_iter().take(Self::ATTRIBUTES).map(|(a, H_a)| (a.clone(), H_a)));
        }
        points
    }

    /// Computes `P_l + [h(v)]Q_l` of a label and a text value.
    pub(crate) fn of_value(&self, l: &str, v: &str) -> G1Affine {
        let [P_l, Q_l] = self.of_label(l);
        (Q_l * h(self.scheme, v) + P_l).to_affine()
    }

    fn of_label(&self, l: &str) -> [G1Affine; 2] {
        [self.scheme.P, self.scheme.Q].map(|tag| hash_to_g1(tag, l.as_bytes()))
    }

    /// Returns the points of a policy's rows, in their order. A term that occurs in
    /// several rows is hashed once.
    pub(crate) fn of_rows(&self, tree: &Tree, threads: Threads) -> Vec<Arc<RowBase>> {
        let terms: BTreeSet<&Term> = tree.rows().iter().map(|row| &row.term).collect();
        let mut bases = BTreeMap::new();
        if let Ok(known) = self.rows.try_read() {
            bases.extend(terms.iter().filter_map(|term| Some((*term, Arc::clone(known.get(*term)?)))));
        }
        let missing: Vec<&Term> = terms.into_iter().filter(|term| !bases.contains_key(term)).collect();
        let new: Vec<_> = missing
            .iter()
            .copied()
            .zip(threads::map(threads, &missing, |term| Arc::new(self.of_term(term))))
            .collect();
        if !new.is_empty()
            && let Ok(mut known) = self.rows.try_write()
        {
            if known.len() + new.len() > Self::ROWS {
                known.clear();
            }
            known.extend(new.iter().take(Self::ROWS).map(|(term, base)| ((*term).clone(), Arc::clone(base))));
        }
        bases.extend(new);
        tree.rows().iter().filter_map(|row| bases.get(&row.term).cloned()).collect()
    }

    fn of_term(&self, term: &Term) -> RowBase {
        match term {
            // H(T) = sum_{a in T} H(a)
            Term::All(T) => {
                let H_T: G1Projective =
                    self.of_attributes(T.iter()).iter().fold(G1Projective::identity(), |sum, H_a| sum + H_a);
                RowBase { c3: Base::new(H_T.to_affine()), c4: None }
            }
            Term::Not { label, value } => {
                let [P_l, Q_l] = self.of_label(label);
                let c4 = (Q_l * h(self.scheme, value) + P_l).to_affine();
                RowBase { c3: Base::new(Q_l), c4: Some(Base::new(c4)) }
            }
        }
    }
}
