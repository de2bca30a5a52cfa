//! Eight at once: products of pairings, and points, with the instructions AVX-512 IFMA, where the
//! processor has them.
//!
//! **For public data only.** What a ledger node does on indexes and entries is public: nothing here
//! is in constant time on purpose, nothing is wiped, and no secret may come here. Trapdoors are
//! bearer tokens that the node holds anyway.
//!
//! **Which answers count.** A point is accepted here only if the curve's equation and the subgroup
//! check hold; any other is left to blst, which says what is wrong with it. A product that is one
//! is computed again by blst before it counts, and so is one in [`SAMPLE`] of the others. If they
//! ever differ, blst is right, and the process does without lanes from then on.
//!
//! **How it is written.** Everything below is safe code on the intrinsics of `std::arch`, which are
//! safe inside a function that is compiled for these instructions. `unsafe` are the calls from here
//! into those functions, for which a [`Lanes`] must exist; calls into blst; and the change of a
//! bound in a type.
#![expect(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "limbs, lanes and coefficients: arrays of fixed lengths, and indices that loops over these lengths give"
)]

/// What the endomorphisms multiply by.
mod constants;
/// Compressed points.
mod decode;
/// Elements of `Fp`.
mod field;
/// The final exponentiation.
mod final_exponentiation;
/// The Miller loop.
mod miller;
/// Numbers as limbs.
mod number;
/// Points, and the subgroups.
mod point;
/// Elements of `Fp2`, `Fp6`, `Fp12`.
mod tower;
/// Vectors of numbers.
mod vector;

#[cfg(test)]
mod tests;

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use self::constants::Constants;
use self::decode::Check;
use self::field::Mask;
pub(super) use self::miller::SharedLines;
use self::miller::{Left, Right};
use self::vector::WIDTH;
use super::{
    G1_BYTES, G1Affine, G2_BYTES, G2Affine, Lazy, PrimeCurveAffine, Product, check_subgroup_g1, decode_g1,
    decode_g2, decode_on_curve_g1,
};
use crate::error::Error;

/// That the processor has the instructions, and what they need.
#[derive(Clone, Copy)]
pub(super) struct Lanes(&'static Constants);

/// Set when a result was not blst's.
static DISTRUSTED: AtomicBool = AtomicBool::new(false);

/// One product in so many that is not one is computed again by blst.
const SAMPLE: usize = 512;

/// Fewer than so many are faster one by one.
const FEWEST: usize = 3;

impl Lanes {
    /// If the processor has the instructions, and nothing speaks against them.
    pub(super) fn detect() -> Option<Self> {
        static CONSTANTS: Lazy<Constants> = Lazy::new(Constants::new);
        let there = std::arch::is_x86_feature_detected!("avx512ifma") && !DISTRUSTED.load(Ordering::Relaxed);
        there.then(|| Self(&CONSTANTS))
    }

    /// As [`decode_g1`] gives each point.
    pub(super) fn decode_g1(self, bytes: &[&[u8; G1_BYTES]]) -> Vec<Result<G1Affine, Error>> {
        self.decode1(bytes, Check::Subgroup, decode_g1)
    }

    /// As [`decode_on_curve_g1`] gives each point.
    pub(super) fn decode_on_curve_g1(self, bytes: &[&[u8; G1_BYTES]]) -> Vec<Result<G1Affine, Error>> {
        self.decode1(bytes, Check::OnCurve, decode_on_curve_g1)
    }

    fn decode1(
        self,
        bytes: &[&[u8; G1_BYTES]],
        check: Check,
        alone: impl Fn(&[u8; G1_BYTES]) -> Result<G1Affine, Error>,
    ) -> Vec<Result<G1Affine, Error>> {
        // SAFETY: the processor has the instructions.
        self.decode(
            bytes,
            alone,
            |bytes| unsafe { decode::decode1(bytes, check, self.0) },
            |bytes| unsafe { decode::decode1(bytes, check, self.0) },
        )
    }

    /// As [`decode_g2`] gives each point.
    pub(super) fn decode_g2(self, bytes: &[&[u8; G2_BYTES]]) -> Vec<Result<G2Affine, Error>> {
        // SAFETY: the processor has the instructions.
        self.decode(
            bytes,
            decode_g2,
            |bytes| unsafe { decode::decode2(bytes, self.0) },
            |bytes| unsafe { decode::decode2(bytes, self.0) },
        )
    }

    /// Sixteen at once as long as there are enough, and what is left over alone.
    fn decode<const LENGTH: usize, P: Copy>(
        self,
        bytes: &[&[u8; LENGTH]],
        alone: impl Fn(&[u8; LENGTH]) -> Result<P, Error>,
        eight: impl Fn(&[[Option<&[u8; LENGTH]>; WIDTH]; 1]) -> [[Option<P>; WIDTH]; 1],
        sixteen: impl Fn(&[[Option<&[u8; LENGTH]>; WIDTH]; 2]) -> [[Option<P>; WIDTH]; 2],
    ) -> Vec<Result<P, Error>> {
        const LEFT_OVER: usize = WIDTH + FEWEST;
        let mut points = Vec::with_capacity(bytes.len());
        for chunk in bytes.chunks(2 * WIDTH) {
            let lanes = |n: usize| core::array::from_fn(|i| chunk.get(n * WIDTH + i).copied());
            let decoded = match chunk.len() {
                ..FEWEST => Vec::new(),
                FEWEST..LEFT_OVER => eight(&[lanes(0)]).concat(),
                _ => sixteen(&[lanes(0), lanes(1)]).concat(),
            };
            let decoded = decoded.into_iter().chain(core::iter::repeat(None));
            points.extend(
                chunk.iter().zip(decoded).map(|(bytes, point)| point.map_or_else(|| alone(bytes), Ok)),
            );
        }
        points
    }

    /// As [`check_subgroup_g1`] judges each point.
    pub(super) fn check_subgroup_g1(self, points: &[G1Affine]) -> Vec<Result<(), Error>> {
        let mut checked = Vec::with_capacity(points.len());
        for chunk in points.chunks(WIDTH) {
            let mut good: Mask = 0;
            if chunk.len() >= FEWEST {
                let generator = G1Affine::generator();
                let lanes = core::array::from_fn(|i| chunk.get(i).unwrap_or(&generator));
                // SAFETY: the processor has the instructions.
                good = unsafe { decode::check1(&lanes, self.0) };
            }
            checked.extend(
                chunk
                    .iter()
                    .enumerate()
                    .map(|(i, point)| if good >> i & 1 == 1 { Ok(()) } else { check_subgroup_g1(point) }),
            );
        }
        checked
    }

    /// As `alone` judges each product, by blst. `lines` are those of the shared partners.
    pub(super) fn are_one<const N: usize>(
        self,
        products: &[Product<N>],
        lines: &[&SharedLines; N],
        alone: impl Fn(&Product<N>) -> Result<bool, Error>,
    ) -> Vec<Result<bool, Error>> {
        let mut answers = vec![None; products.len()];
        // The identity of G2 has no lines.
        let has_lines = |(_, q): &(_, G2Affine)| !bool::from(q.is_identity());
        // Products of as many pairs stand side by side. A few left over are faster by blst.
        let mut order: Vec<usize> =
            (0..products.len()).filter(|at| products[*at].pairs.iter().all(has_lines)).collect();
        order.sort_by_key(|at| products[*at].pairs.len());
        for chunk in order.chunks(WIDTH).filter(|chunk| chunk.len() >= FEWEST) {
            let lanes = chunk.iter().map(|at| &products[*at]).collect::<Vec<_>>();
            // SAFETY: the processor has the instructions.
            let ones = unsafe { ones(&lanes, lines, self.0) };
            for (lane, at) in chunk.iter().enumerate() {
                answers[*at] = Some(ones >> lane & 1 == 1);
            }
        }
        confirm(products, answers, alone)
    }
}

/// The answers, with blst's where there are none, where a product is one, and in a sample of the
/// others. If one of those was wrong, blst's everywhere.
fn confirm<T>(
    items: &[T],
    answers: Vec<Option<bool>>,
    alone: impl Fn(&T) -> Result<bool, Error>,
) -> Vec<Result<bool, Error>> {
    static JUDGED: AtomicUsize = AtomicUsize::new(0);
    let first = JUDGED.fetch_add(items.len(), Ordering::Relaxed);
    let mut confirmed = Vec::with_capacity(items.len());
    for ((item, answer), number) in items.iter().zip(answers).zip(first..) {
        confirmed.push(match answer {
            Some(false) if number % SAMPLE != 0 => Ok(false),
            answer => {
                let right = alone(item);
                if answer.is_some_and(|answer| right != Ok(answer)) {
                    DISTRUSTED.store(true, Ordering::Relaxed);
                    return items.iter().map(alone).collect();
                }
                right
            }
        });
    }
    confirmed
}

/// The products that are one, of up to eight.
#[target_feature(enable = "avx512ifma")]
fn ones<const N: usize>(products: &[&Product<N>], lines: &[&SharedLines; N], constants: &Constants) -> Mask {
    let f = miller_loop(products, lines);
    final_exponentiation::final_exponentiation(&f, constants).is_one()
}

/// The Miller loop of up to eight products; those that have fewer pairs than another, and lanes
/// without a product, have pairs with the identity of G1 instead.
#[target_feature(enable = "avx512ifma")]
fn miller_loop<const N: usize>(products: &[&Product<N>], lines: &[&SharedLines; N]) -> tower::Fp12 {
    let (identity, generator) = (G1Affine::identity(), G2Affine::generator());
    let most = products.iter().map(|product| product.pairs.len()).max().unwrap_or(0);
    let mut pairs = Vec::with_capacity(most);
    for j in 0..most {
        let pair = |i: usize| products.get(i).and_then(|product| product.pairs.get(j));
        let left = core::array::from_fn(|i| pair(i).map_or(&identity, |(p, _)| p).as_ref());
        let right = core::array::from_fn(|i| pair(i).map_or(&generator, |(_, q)| q).as_ref());
        pairs.push((Left::new(&left), Right::new(&right)));
    }
    let mut shared = Vec::with_capacity(N);
    for (j, lines) in lines.iter().enumerate() {
        let left = core::array::from_fn(|i| products.get(i).map_or(&identity, |p| &p.shared[j]).as_ref());
        shared.push((Left::new(&left), *lines));
    }
    miller::miller_loop(&mut pairs, &shared)
}
