//! Batches of points and of products of pairings, for **public data**. Eight are computed at once
//! if the processor can, with the same results as one by one.

use core::sync::atomic::{AtomicUsize, Ordering};

#[cfg(target_arch = "x86_64")]
use super::lanes::{Lanes, SharedLines};
use super::{
    G1_BYTES, G1Affine, G2_BYTES, G2Affine, MillerLines, Product, check_subgroup_g1, decode_g1, decode_g2,
    decode_on_curve_g1, pairing_product_prepared,
};
use crate::error::Error;

/// The Miller lines of a point that occurs in many products.
pub(crate) struct Shared<'a> {
    lines: &'a MillerLines,
    #[cfg(target_arch = "x86_64")]
    lanes: Option<SharedLines>,
}

impl<'a> Shared<'a> {
    pub(crate) fn new(lines: &'a MillerLines) -> Self {
        Self {
            lines,
            #[cfg(target_arch = "x86_64")]
            lanes: lanes().map(|_| SharedLines::new(lines)),
        }
    }
}

impl<const N: usize> Product<N> {
    /// Reports whether this product is one.
    fn is_one(&self, shared: &[Shared<'_>; N]) -> Result<bool, Error> {
        let mut prepared = Vec::with_capacity(N);
        prepared.extend(self.shared.iter().copied().zip(shared.iter().map(|shared| shared.lines)));
        Ok(pairing_product_prepared(&self.pairs, &prepared)?.is_one())
    }
}

/// Reports for each product whether it is one. The points must be in the subgroups.
pub(crate) fn are_one<const N: usize>(
    products: &[Product<N>],
    shared: &[Shared<'_>; N],
) -> Vec<Result<bool, Error>> {
    #[cfg(target_arch = "x86_64")]
    if let Some(lanes) = lanes()
        && let Some(lines) = shared.iter().map(|shared| shared.lanes.as_ref()).collect::<Option<Vec<_>>>()
        && let Ok(lines) = lines.try_into()
    {
        return lanes.are_one(products, &lines, |product| product.is_one(shared));
    }
    products.iter().map(|product| product.is_one(shared)).collect()
}

/// Defines functions that apply a function to each of many items.
macro_rules! for_each_of_many {
    ($($(#[$doc:meta])* $many:ident, $one:ident: $From:ty => $To:ty;)*) => {
        $($(#[$doc])*
        pub(crate) fn $many(items: &[$From]) -> Vec<Result<$To, Error>> {
            #[cfg(target_arch = "x86_64")]
            if let Some(lanes) = lanes() {
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

/// An encoded element.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Encoded<'a> {
    G1(&'a [u8; G1_BYTES]),
    G2(&'a [u8; G2_BYTES]),
}

/// Returns, for each group of elements, the error of the first element that [`decode_g1`] or
/// [`decode_g2`] refuses.
pub(crate) fn check_each_encoded(groups: &[Vec<Encoded<'_>>]) -> Vec<Result<(), Error>> {
    let mut encodings = Encodings::default();
    for element in groups.iter().flatten() {
        match element {
            Encoded::G1(bytes) => encodings.in_g1.push(bytes),
            Encoded::G2(bytes) => encodings.in_g2.push(bytes),
        }
    }
    let mut decodings = encodings.decode();
    let mut check = |element: &Encoded<'_>| match element {
        Encoded::G1(_) => decodings.in_g1.take_one().map(|_| ()),
        Encoded::G2(_) => decodings.in_g2.take_one().map(|_| ()),
    };
    groups.iter().map(|group| group.iter().map(&mut check).fold(Ok(()), Result::and)).collect()
}

/// Elements to be decoded together.
#[derive(Debug, Default)]
pub(crate) struct Encodings<'a> {
    /// By [`decode_g1`].
    pub(crate) in_g1: Vec<&'a [u8; G1_BYTES]>,
    /// By [`decode_on_curve_g1`].
    pub(crate) on_curve_g1: Vec<&'a [u8; G1_BYTES]>,
    /// By [`decode_g2`].
    pub(crate) in_g2: Vec<&'a [u8; G2_BYTES]>,
}

/// The decoded elements, in the same order.
pub(crate) struct Decodings {
    pub(crate) in_g1: InOrder<G1Affine>,
    pub(crate) on_curve_g1: InOrder<G1Affine>,
    pub(crate) in_g2: InOrder<G2Affine>,
}

/// Decoded points, to be taken one by one.
pub(crate) struct InOrder<P>(std::vec::IntoIter<Result<P, Error>>);

impl Encodings<'_> {
    pub(crate) fn decode(&self) -> Decodings {
        Decodings {
            in_g1: InOrder(decode_each_g1(&self.in_g1).into_iter()),
            on_curve_g1: InOrder(decode_each_on_curve_g1(&self.on_curve_g1).into_iter()),
            in_g2: InOrder(decode_each_g2(&self.in_g2).into_iter()),
        }
    }
}

impl<P> InOrder<P> {
    pub(crate) fn take_one(&mut self) -> Result<P, Error> {
        self.0.next().unwrap_or(Err(Error::OutOfRange))
    }

    /// Takes the next points, or returns the first error among them.
    pub(crate) fn take_all(&mut self, count: usize) -> Result<Vec<P>, Error> {
        let taken: Vec<_> = (0..count).map(|_| self.take_one()).collect();
        taken.into_iter().collect()
    }
}

/// The number of callers of [`without_lanes`] at present.
static WITHOUT_LANES: AtomicUsize = AtomicUsize::new(0);

/// Runs `work` while the whole process computes one by one, as on a processor without AVX-512 IFMA.
/// For tests and measurements.
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

/// The lanes, if the processor has them and no caller has disabled them.
#[cfg(target_arch = "x86_64")]
fn lanes() -> Option<Lanes> {
    if WITHOUT_LANES.load(Ordering::SeqCst) == 0 { Lanes::detect() } else { None }
}
