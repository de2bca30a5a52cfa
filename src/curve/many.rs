//! Many points and many products of pairings, of **public data**: eight at once where the processor can, with the same results
//! as one after another.

use core::sync::atomic::{AtomicUsize, Ordering};

#[cfg(target_arch = "x86_64")]
use super::lanes::{Lanes, SharedLines};
use super::{
    G1_BYTES, G1Affine, G2_BYTES, G2Affine, MillerLines, PrimeCurveAffine, check_subgroup_g1, decode_g1,
    decode_g2, decode_on_curve_g1, pairing_product_prepared,
};
use crate::error::Error;

/// The Miller lines of a point that takes part in many products.
pub(crate) struct Shared<'a> {
    lines: &'a MillerLines,
    #[cfg(target_arch = "x86_64")]
    pub(super) lanes: Option<SharedLines>,
}

impl<'a> Shared<'a> {
    pub(crate) fn new(lines: &'a MillerLines) -> Self {
        Self {
            lines,
            #[cfg(target_arch = "x86_64")]
            lanes: Lanes::detect().map(|_| SharedLines::new(lines)),
        }
    }
}

/// A product of pairings: of pairs, and of points with N points that many products share.
#[derive(Debug)]
pub(crate) struct Product<const N: usize> {
    pub(crate) pairs: Vec<(G1Affine, G2Affine)>,
    pub(crate) shared: [G1Affine; N],
}

impl<const N: usize> Product<N> {
    /// Whether this product is one.
    pub(super) fn is_one(&self, shared: &[Shared<'_>; N]) -> Result<bool, Error> {
        let mut prepared = Vec::with_capacity(N);
        prepared.extend(self.shared.iter().copied().zip(shared.iter().map(|shared| shared.lines)));
        Ok(pairing_product_prepared(&self.pairs, &prepared)?.is_one())
    }

    /// Whether all points of G2 have lines.
    pub(super) fn has_no_identity(&self) -> bool {
        !self.pairs.iter().any(|(_, q)| bool::from(q.is_identity()))
    }
}

/// For each product, whether it is one. Its points must be in the subgroups.
pub(crate) fn are_one<const N: usize>(
    products: &[Product<N>],
    shared: &[Shared<'_>; N],
) -> Vec<Result<bool, Error>> {
    #[cfg(target_arch = "x86_64")]
    if let Some(lanes) = Lanes::detect() {
        return lanes.are_one(products, shared);
    }
    products.iter().map(|product| product.is_one(shared)).collect()
}

/// Functions that do for each of many what another does for one.
macro_rules! for_each_of_many {
    ($($(#[$doc:meta])* $many:ident, $one:ident: $From:ty => $To:ty;)*) => {
        $($(#[$doc])*
        pub(crate) fn $many(items: &[$From]) -> Vec<Result<$To, Error>> {
            #[cfg(target_arch = "x86_64")]
            if let Some(lanes) = Lanes::detect() {
                return lanes.$one(items);
            }
            items.iter().map(|item| $one(item)).collect()
        })*
    };
}
for_each_of_many! {
    /// [`decode_g1`] for each.
    decode_each_g1, decode_g1: &[u8; G1_BYTES] => G1Affine;
    /// [`decode_on_curve_g1`] for each.
    decode_each_on_curve_g1, decode_on_curve_g1: &[u8; G1_BYTES] => G1Affine;
    /// [`decode_g2`] for each.
    decode_each_g2, decode_g2: &[u8; G2_BYTES] => G2Affine;
    /// [`check_subgroup_g1`] for each.
    check_each_subgroup_g1, check_subgroup_g1: G1Affine => ();
}

/// How many do without lanes.
static WITHOUT_LANES: AtomicUsize = AtomicUsize::new(0);

/// Does something one by one in the whole process, as on a processor that knows no better. For tests and measurements.
pub fn without_lanes<T>(work: impl FnOnce() -> T) -> T {
    struct Without;
    impl Drop for Without {
        fn drop(&mut self) {
            WITHOUT_LANES.fetch_sub(1, Ordering::SeqCst);
        }
    }
    WITHOUT_LANES.fetch_add(1, Ordering::SeqCst);
    let _without = Without;
    work()
}

/// Whether nobody does without.
#[cfg(target_arch = "x86_64")]
pub(super) fn lanes_are_wanted() -> bool {
    WITHOUT_LANES.load(Ordering::SeqCst) == 0
}
