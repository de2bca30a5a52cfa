//! BLS12-381: the only module that names the backend.
//!
//! The pairing is of type 3, in additive notation: `[x]P` in [`G1Affine`] (48 bytes compressed) and
//! [`G2Affine`] (96 bytes compressed). The target group [`Gt`] is multiplicative. `blstrs` provides
//! the groups and the scalar field. The underlying `blst` provides what `blstrs` does not expose:
//! one Miller loop for a product of pairings, prepared lines, reduction of wide integers, and the
//! byte form of a target group element.
//!
//! Constant time: scalar multiplication of points, [`Gt::pow`], inversion, hashing and the final
//! exponentiation. Variable time in the scalars: [`msm_g1`], [`msm_g2`] and [`mul_weight_g1`],
//! for public scalars only.
#![expect(unsafe_code, reason = "calls into blst; each block says why it is sound")]

/// Values that are computed on first use.
mod first_use;
/// Tables for frequently multiplied bases.
mod fixed_base;
/// Eight operations at once.
#[cfg(target_arch = "x86_64")]
mod lanes;
/// Batches of points and of products.
mod many;
/// Generators and points for tests.
#[cfg(test)]
pub(crate) mod samples;
/// Secret scalars and points.
mod secrets;
/// The target group.
mod target;

use blst::{
    BLST_ERROR, blst_expand_message_xmd, blst_final_exp, blst_fp, blst_fp_add, blst_fp_cneg, blst_fp_mul,
    blst_fp2, blst_fp2_cneg, blst_fp6, blst_fp12, blst_fp12_conjugate, blst_fp12_mul_by_xy00z0,
    blst_fp12_sqr, blst_fr, blst_fr_from_scalar, blst_miller_loop_n, blst_p1, blst_p1_add_affine,
    blst_p1_affine, blst_p1_mult, blst_p1_uncompress, blst_p1s_mult_pippenger,
    blst_p1s_mult_pippenger_scratch_sizeof, blst_p1s_to_affine, blst_p2, blst_p2_add_affine, blst_p2_affine,
    blst_p2_uncompress, blst_p2s_mult_pippenger, blst_p2s_mult_pippenger_scratch_sizeof, blst_p2s_to_affine,
    blst_precompute_lines, blst_scalar, blst_scalar_from_be_bytes,
};
pub(crate) use blstrs::{G1Affine, G1Projective, G2Affine, G2Projective, Scalar};
pub(crate) use ff::Field;
pub(crate) use first_use::{Lazy, OnFirstUse};
pub(crate) use fixed_base::{FixedBase, mul_generator_g1, mul_generator_g2};
pub(crate) use group::prime::PrimeCurveAffine;
pub(crate) use group::{Curve, Group};
pub use many::without_lanes;
pub(crate) use many::{Encoded, Encodings, Shared, are_one, check_each_encoded, check_each_subgroup_g1};
use rand_core::{CryptoRng, RngCore};
pub(crate) use secrets::{SecretG1, SecretG2, SecretGt, SecretScalar};
use subtle::{Choice, ConditionallySelectable};
pub(crate) use target::{FixedTarget, Gt};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::secret::Secret;

/// Bytes of a compressed element of G1.
pub(crate) const G1_BYTES: usize = 48;
/// Bytes of a compressed element of G2.
pub(crate) const G2_BYTES: usize = 96;
/// Bytes of a target group element, as it is hashed. It is never transmitted.
pub(crate) const GT_BYTES: usize = 576;
/// Bytes of a scalar, big-endian.
pub(crate) const SCALAR_BYTES: usize = 32;

// ---------------------------------------------------------------------------------------------------------
// Scalars
// ---------------------------------------------------------------------------------------------------------

/// Draws a uniform scalar: 64 random bytes, big-endian, modulo the group order (bias below 2^-256).
pub(crate) fn random_scalar(rng: &mut (impl CryptoRng + RngCore)) -> Result<SecretScalar, Error> {
    let mut wide = Secret::<[u8; 64]>::zeroed();
    rng.try_fill_bytes(wide.as_mut_slice()).map_err(|_| Error::RandomnessUnavailable)?;
    Ok(Secret::new(scalar_from_wide_bytes(wide.as_slice())))
}

/// Draws a uniform scalar other than zero.
pub(crate) fn random_nonzero_scalar(rng: &mut (impl CryptoRng + RngCore)) -> Result<SecretScalar, Error> {
    loop {
        let scalar = random_scalar(rng)?;
        if !bool::from(scalar.is_zero()) {
            return Ok(scalar);
        }
    }
}

pub(crate) fn random_bytes<const N: usize>(
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<Secret<[u8; N]>, Error> {
    let mut bytes = Secret::<[u8; N]>::zeroed();
    rng.try_fill_bytes(bytes.as_mut_slice()).map_err(|_| Error::RandomnessUnavailable)?;
    Ok(bytes)
}

/// Reduces a big-endian integer of any length modulo the group order.
pub(crate) fn scalar_from_wide_bytes(bytes: &[u8]) -> Scalar {
    let mut reduced = blst_scalar::default();
    let mut out = blst_fr::default();
    // SAFETY: the input pointer and its length come from one slice; both outputs are initialised and owned here.
    unsafe {
        blst_scalar_from_be_bytes(&mut reduced, bytes.as_ptr(), bytes.len());
        blst_fr_from_scalar(&mut out, &reduced);
    }
    Scalar::from(out)
}

/// Computes `expand_message_xmd` of RFC 9380 with SHA-256.
pub(crate) fn expand_message<const N: usize>(message: &[u8], tag: &[u8]) -> Secret<[u8; N]> {
    const { assert!(N > 0 && N <= 255 * 32) };
    let mut out = Secret::<[u8; N]>::zeroed();
    // SAFETY: every pointer goes with the length of the slice that it comes from; N is within blst's bound.
    unsafe {
        blst_expand_message_xmd(
            out.as_mut_ptr(),
            N,
            message.as_ptr(),
            message.len(),
            tag.as_ptr(),
            tag.len(),
        );
    }
    out
}

// ---------------------------------------------------------------------------------------------------------
// Points
// ---------------------------------------------------------------------------------------------------------

/// Decodes a point of G1 that is on the curve, not the identity, and canonical. Does **not** check
/// the subgroup: [`check_subgroup_g1`] must follow, on this point or on a sum that it enters.
pub(crate) fn decode_on_curve_g1(bytes: &[u8; G1_BYTES]) -> Result<G1Affine, Error> {
    let mut point = G1Affine::default();
    // SAFETY: blst reads 48 bytes, which the array has, and writes one affine point.
    match unsafe { blst_p1_uncompress(point.as_mut(), bytes.as_ptr()) } {
        BLST_ERROR::BLST_SUCCESS if bool::from(point.is_identity()) => Err(Error::IdentityPoint),
        BLST_ERROR::BLST_SUCCESS => Ok(point),
        _ => Err(Error::InvalidPoint),
    }
}

/// Checks that a point on the curve is in the prime-order subgroup.
pub(crate) fn check_subgroup_g1(point: &G1Affine) -> Result<(), Error> {
    if bool::from(point.is_torsion_free()) { Ok(()) } else { Err(Error::PointNotInSubgroup) }
}

/// Decodes a point of the prime-order subgroup of G1 other than the identity.
pub(crate) fn decode_g1(bytes: &[u8; G1_BYTES]) -> Result<G1Affine, Error> {
    let point = decode_on_curve_g1(bytes)?;
    check_subgroup_g1(&point)?;
    Ok(point)
}

/// Decodes a point of the prime-order subgroup of G2 other than the identity.
pub(crate) fn decode_g2(bytes: &[u8; G2_BYTES]) -> Result<G2Affine, Error> {
    let mut point = G2Affine::default();
    // SAFETY: blst reads 96 bytes, which the array has, and writes one affine point.
    match unsafe { blst_p2_uncompress(point.as_mut(), bytes.as_ptr()) } {
        BLST_ERROR::BLST_SUCCESS if bool::from(point.is_identity()) => Err(Error::IdentityPoint),
        BLST_ERROR::BLST_SUCCESS if bool::from(point.is_torsion_free()) => Ok(point),
        BLST_ERROR::BLST_SUCCESS => Err(Error::PointNotInSubgroup),
        _ => Err(Error::InvalidPoint),
    }
}

/// Computes affine forms, with one inversion for all.
pub(crate) fn batch_affine_g1(points: &[G1Projective]) -> Vec<G1Affine> {
    if points.is_empty() {
        return Vec::new();
    }
    let raw: Vec<*const blst_p1> = points.iter().map(|p| -> *const blst_p1 { p.as_ref() }).collect();
    let mut out = vec![blst_p1_affine::default(); points.len()];
    // SAFETY: `raw` holds one valid pointer a point and `out` one place a point; neither is empty.
    unsafe { blst_p1s_to_affine(out.as_mut_ptr(), raw.as_ptr(), points.len()) };
    out.into_iter()
        .map(|affine| {
            let mut point = G1Affine::default();
            *point.as_mut() = affine;
            point
        })
        .collect()
}

/// Computes affine forms, with one inversion for all.
pub(crate) fn batch_affine_g2(points: &[G2Projective]) -> Vec<G2Affine> {
    if points.is_empty() {
        return Vec::new();
    }
    let raw: Vec<*const blst_p2> = points.iter().map(|p| -> *const blst_p2 { p.as_ref() }).collect();
    let mut out = vec![blst_p2_affine::default(); points.len()];
    // SAFETY: `raw` holds one valid pointer a point and `out` one place a point; neither is empty.
    unsafe { blst_p2s_to_affine(out.as_mut_ptr(), raw.as_ptr(), points.len()) };
    out.into_iter()
        .map(|affine| {
            let mut point = G2Affine::default();
            *point.as_mut() = affine;
            point
        })
        .collect()
}

/// Constant-time operations for tables of points. The backend's negation of an affine
/// point branches on the identity, its selection copies both points, and its addition
/// spends time on doublings.
pub(crate) trait Entry: PrimeCurveAffine {
    fn negate_if(&mut self, choice: Choice);

    fn assign_if(&mut self, other: &Self, choice: Choice);

    /// Adds the point to a sum that is **a different** point; either may be the identity.
    fn add_to_other(&self, sum: &mut Self::Curve);
}

fn assign_fp_if(a: &mut blst_fp, b: &blst_fp, choice: Choice) {
    for (a, b) in a.l.iter_mut().zip(&b.l) {
        a.conditional_assign(b, choice);
    }
}

impl Entry for G1Affine {
    fn add_to_other(&self, sum: &mut G1Projective) {
        let before = *sum;
        // SAFETY: reads two initialised points, writes one.
        unsafe { blst_p1_add_affine(sum.as_mut(), before.as_ref(), self.as_ref()) };
    }

    fn assign_if(&mut self, other: &Self, choice: Choice) {
        let (point, other) = (self.as_mut(), other.as_ref());
        assign_fp_if(&mut point.x, &other.x, choice);
        assign_fp_if(&mut point.y, &other.y, choice);
    }

    fn negate_if(&mut self, choice: Choice) {
        let y: *mut blst_fp = &mut self.as_mut().y;
        // SAFETY: reads and writes one field element; blst allows the output to be the input.
        unsafe { blst_fp_cneg(y, y, choice.into()) };
    }
}

impl Entry for G2Affine {
    fn add_to_other(&self, sum: &mut G2Projective) {
        let before = *sum;
        // SAFETY: reads two initialised points, writes one.
        unsafe { blst_p2_add_affine(sum.as_mut(), before.as_ref(), self.as_ref()) };
    }

    fn assign_if(&mut self, other: &Self, choice: Choice) {
        let (point, other) = (self.as_mut(), other.as_ref());
        let ours = point.x.fp.iter_mut().chain(&mut point.y.fp);
        for (a, b) in ours.zip(other.x.fp.iter().chain(&other.y.fp)) {
            assign_fp_if(a, b, choice);
        }
    }

    fn negate_if(&mut self, choice: Choice) {
        let y: *mut blst_fp2 = &mut self.as_mut().y;
        // SAFETY: as in G1.
        unsafe { blst_fp2_cneg(y, y, choice.into()) };
    }
}

/// With fewer points, the bucket method is slower than separate multiplications.
const BUCKETS_FROM: usize = 4;

/// Computes `sum [k_i]P_i` for **public** scalars. The running time depends on the
/// scalars, not on the points.
pub(crate) fn msm_g1(points: &[G1Affine], scalars: &[Scalar]) -> G1Projective {
    debug_assert_eq!(points.len(), scalars.len());
    if points.len() < BUCKETS_FROM {
        return points.iter().zip(scalars).map(|(p, k)| p * k).sum();
    }
    // Points of keys are summed too: they are not copied, and the buckets are wiped.
    let pair = |(p, k): (&G1Affine, &Scalar)| -> (*const blst_p1_affine, _) { (p.as_ref(), k.to_bytes_le()) };
    let (points, bytes): (Vec<_>, Vec<_>) = points.iter().zip(scalars).map(pair).unzip();
    let scalars: Vec<*const u8> = bytes.iter().map(|k| k.as_ptr()).collect();
    let mut sum = G1Projective::identity();
    // SAFETY: both arrays hold a valid pointer for each pair, so their lengths are equal, and the
    // scratch space has the size that blst requires.
    unsafe {
        let size = blst_p1s_mult_pippenger_scratch_sizeof(points.len());
        let mut scratch = Zeroizing::new(vec![0u64; size.div_ceil(8)]);
        let (points, scalars, count) = (points.as_ptr(), scalars.as_ptr(), points.len());
        blst_p1s_mult_pippenger(sum.as_mut(), points, count, scalars, bits(&bytes), scratch.as_mut_ptr());
    }
    sum
}

/// Computes `sum [k_i]P_i` for **public** scalars and points.
pub(crate) fn msm_g2(points: &[G2Affine], scalars: &[Scalar]) -> G2Projective {
    debug_assert_eq!(points.len(), scalars.len());
    if points.len() < BUCKETS_FROM {
        return points.iter().zip(scalars).map(|(p, k)| p * k).sum();
    }
    let pair = |(p, k): (&G2Affine, &Scalar)| -> (*const blst_p2_affine, _) { (p.as_ref(), k.to_bytes_le()) };
    let (points, bytes): (Vec<_>, Vec<_>) = points.iter().zip(scalars).map(pair).unzip();
    let scalars: Vec<*const u8> = bytes.iter().map(|k| k.as_ptr()).collect();
    let mut sum = G2Projective::identity();
    // SAFETY: as in G1.
    unsafe {
        let mut scratch = vec![0u64; blst_p2s_mult_pippenger_scratch_sizeof(points.len()).div_ceil(8)];
        let (points, scalars, count) = (points.as_ptr(), scalars.as_ptr(), points.len());
        blst_p2s_mult_pippenger(sum.as_mut(), points, count, scalars, bits(&bytes), scratch.as_mut_ptr());
    }
    sum
}

/// Returns the bit length of public scalars: 128 if all are weights, otherwise 255.
fn bits(scalars: &[[u8; SCALAR_BYTES]]) -> usize {
    if scalars.iter().all(|k| k.iter().skip(16).all(|byte| *byte == 0)) { 128 } else { 255 }
}

/// Computes `[k]P` for a **public** weight `k` of 128 bits, twice as fast as for a full scalar.
pub(crate) fn mul_weight_g1(point: &G1Affine, k: &Scalar) -> G1Projective {
    let bytes = k.to_bytes_le();
    debug_assert_eq!(bits(&[bytes]), 128);
    let (point, mut product) = (G1Projective::from(point), G1Projective::identity());
    // SAFETY: reads one point and 16 bytes, which the array has; writes one point.
    unsafe { blst_p1_mult(product.as_mut(), point.as_ref(), bytes.as_ptr(), 128) };
    product
}

// ---------------------------------------------------------------------------------------------------------
// Pairing
// ---------------------------------------------------------------------------------------------------------

/// The Miller lines of a G2 point that is paired often: 68 lines of 288 bytes.
#[derive(Clone)]
pub(crate) struct MillerLines(Vec<blst_fp6>);

impl MillerLines {
    const LINES: usize = 68;

    /// Computes the lines. Refuses the identity, whose lines would make every product zero.
    pub(crate) fn prepare(point: &G2Affine) -> Result<Self, Error> {
        if bool::from(point.is_identity()) {
            return Err(Error::IdentityPoint);
        }
        Ok(Self::of(point))
    }

    fn of(point: &G2Affine) -> Self {
        let mut lines = vec![blst_fp6::default(); Self::LINES];
        // SAFETY: blst writes 68 lines, which the vector has.
        unsafe { blst_precompute_lines(lines.as_mut_ptr(), point.as_ref()) };
        Self(lines)
    }
}

pub(crate) fn generator_lines_g2() -> &'static MillerLines {
    static LINES: Lazy<MillerLines> = Lazy::new(|| MillerLines::of(&G2Affine::generator()));
    &LINES
}

/// A product of pairings: of pairs, and of `N` points of G1 whose partners in G2 many products
/// share.
#[derive(Debug)]
pub(crate) struct Product<const N: usize> {
    pub(crate) pairs: Vec<(G1Affine, G2Affine)>,
    pub(crate) shared: [G1Affine; N],
}

/// Computes the product of `e(P_i, Q_i)`, with one Miller loop that shares its squarings, and
/// one final exponentiation.
///
/// An identity among the `P_i` contributes a factor one. An identity among the `Q_i` is refused:
/// blst's loop would return zero, which is a publicly known value.
pub(crate) fn pairing_product(pairs: &[(G1Affine, G2Affine)]) -> Result<Gt, Error> {
    if pairs.iter().any(|(_, q)| bool::from(q.is_identity())) {
        return Err(Error::IdentityPoint);
    }
    let pairs: Vec<_> = pairs.iter().filter(|(p, _)| !bool::from(p.is_identity())).collect();
    if pairs.is_empty() {
        return Ok(Gt::one());
    }
    let ps: Vec<*const _> = pairs.iter().map(|(p, _)| -> *const _ { p.as_ref() }).collect();
    let qs: Vec<*const _> = pairs.iter().map(|(_, q)| -> *const _ { q.as_ref() }).collect();
    let mut f = blst_fp12::default();
    // SAFETY: both arrays hold `pairs.len()` valid pointers, at least one.
    unsafe { blst_miller_loop_n(&mut f, qs.as_ptr(), ps.as_ptr(), pairs.len()) };
    Ok(final_exponentiation(&f))
}

/// Computes the product as [`pairing_product`] does, with further factors whose G2 points have
/// prepared lines, in one loop for all.
pub(crate) fn pairing_product_prepared(
    pairs: &[(G1Affine, G2Affine)],
    prepared: &[(G1Affine, &MillerLines)],
) -> Result<Gt, Error> {
    let lines = pairs.iter().map(|(_, q)| MillerLines::prepare(q)).collect::<Result<Vec<_>, _>>()?;
    let mut factors: Vec<_> = pairs
        .iter()
        .map(|(p, _)| p)
        .zip(&lines)
        .chain(prepared.iter().map(|(p, lines)| (p, *lines)))
        .filter(|(p, _)| !bool::from(p.is_identity()))
        .map(|(p, lines)| (minus_two_x_two_y(p), lines.0.iter()))
        .collect();

    // The lines are in the order of the loop over the curve parameter z = -0xd201000000010000: one
    // doubling, then each set bit's addition followed by its doublings.
    let mut f = blst_fp12::default();
    multiply_lines(&mut f, &mut factors);
    for doublings in [2, 3, 9, 32, 16] {
        multiply_lines(&mut f, &mut factors);
        for _ in 0..doublings {
            let square = f;
            // SAFETY: reads one initialised element, writes another.
            unsafe { blst_fp12_sqr(&mut f, &square) };
            multiply_lines(&mut f, &mut factors);
        }
    }
    // SAFETY: conjugates one initialised element in place; z is negative.
    unsafe { blst_fp12_conjugate(&mut f) };
    Ok(final_exponentiation(&f))
}

/// Returns `(-2 x, 2 y)` of a point, the form in which it enters a line.
fn minus_two_x_two_y(p: &G1Affine) -> (blst_fp, blst_fp) {
    let p = p.as_ref();
    let (mut two_x, mut x, mut y) = (blst_fp::default(), blst_fp::default(), blst_fp::default());
    // SAFETY: reads initialised field elements, writes three.
    unsafe {
        blst_fp_add(&mut two_x, &p.x, &p.x);
        blst_fp_cneg(&mut x, &two_x, true);
        blst_fp_add(&mut y, &p.y, &p.y);
    }
    (x, y)
}

type Factor<'a> = ((blst_fp, blst_fp), core::slice::Iter<'a, blst_fp6>);

/// Multiplies `f` by the next line of every factor.
fn multiply_lines(f: &mut blst_fp12, factors: &mut [Factor<'_>]) {
    for ((x, y), lines) in factors {
        let Some(mut line) = lines.next().copied() else { continue };
        let [_, by_x, by_y] = &mut line.fp2;
        // SAFETY: blst allows the output of a field multiplication and of this product to be its input.
        unsafe {
            for c in &mut by_x.fp {
                let c: *mut blst_fp = c;
                blst_fp_mul(c, c, x);
            }
            for c in &mut by_y.fp {
                let c: *mut blst_fp = c;
                blst_fp_mul(c, c, y);
            }
            let f: *mut blst_fp12 = f;
            blst_fp12_mul_by_xy00z0(f, f, &line);
        }
    }
}

fn final_exponentiation(f: &blst_fp12) -> Gt {
    let mut out = blst_fp12::default();
    // SAFETY: reads one initialised element, writes one.
    unsafe { blst_final_exp(&mut out, f) };
    Gt(out)
}

#[cfg(test)]
mod tests {
    use super::samples::{identity, rng, small_x};
    use super::*;

    #[test]
    fn pairing_is_bilinear_and_not_degenerate() {
        let (a, b) = (random_scalar(&mut rng(1)).unwrap(), Scalar::from(5));
        let (p, q) = (G1Affine::generator(), G2Affine::generator());
        let e = pairing_product(&[(p, q)]).unwrap();
        assert!(!e.is_one());
        let left = pairing_product(&[((p * *a).into(), (q * b).into())]).unwrap();
        assert_eq!(left, e.pow(&(*a * b)));
    }

    #[test]
    fn one_loop_equals_separate_pairings() {
        let mut rng = rng(1);
        let pairs: Vec<(G1Affine, G2Affine)> = (0..5)
            .map(|_| {
                let (a, b) = (random_scalar(&mut rng).unwrap(), random_scalar(&mut rng).unwrap());
                ((G1Affine::generator() * *a).into(), (G2Affine::generator() * *b).into())
            })
            .collect();
        let separate =
            pairs.iter().fold(Gt::one(), |product, pair| product.mul(&pairing_product(&[*pair]).unwrap()));
        assert_eq!(pairing_product(&pairs).unwrap(), separate);
        for split in 0..=pairs.len() {
            let (plain, prepared) = pairs.split_at(split);
            let lines: Vec<_> =
                prepared.iter().map(|(p, q)| (*p, MillerLines::prepare(q).unwrap())).collect();
            let lines: Vec<_> = lines.iter().map(|(p, l)| (*p, l)).collect();
            assert_eq!(pairing_product_prepared(plain, &lines).unwrap(), separate);
        }
    }

    #[test]
    fn rejects_the_identity_in_g2_only() {
        let (p, q) = (G1Affine::generator(), G2Affine::generator());
        let (o1, o2) = (G1Affine::identity(), G2Affine::identity());
        assert_eq!(pairing_product(&[(p, q), (p, o2)]).unwrap_err(), Error::IdentityPoint);
        assert_eq!(pairing_product_prepared(&[(p, o2)], &[]).unwrap_err(), Error::IdentityPoint);
        assert_eq!(MillerLines::prepare(&o2).err(), Some(Error::IdentityPoint));
        assert!(pairing_product(&[(o1, q)]).unwrap().is_one());
        assert!(pairing_product(&[]).unwrap().is_one());
        let with = pairing_product(&[(o1, q), (p, q)]).unwrap();
        assert_eq!(with, pairing_product(&[(p, q)]).unwrap());
        let lines = MillerLines::prepare(&q).unwrap();
        let with = pairing_product_prepared(&[(o1, q), (p, q)], &[(o1, &lines)]).unwrap();
        assert_eq!(with, pairing_product(&[(p, q)]).unwrap());
    }

    #[test]
    fn rejects_invalid_and_non_canonical_points() {
        let good = G1Affine::generator().to_compressed();
        assert!(decode_g1(&good).is_ok());
        assert_eq!(decode_g1(&identity()), Err(Error::IdentityPoint));
        let mut other_identity = identity();
        other_identity[47] = 1;
        let mut uncompressed_flag = good;
        uncompressed_flag[0] &= 0x7f;
        for invalid in [other_identity, uncompressed_flag, [0xff; 48]] {
            assert_eq!(decode_g1(&invalid), Err(Error::InvalidPoint));
        }
        // Of the points with a small x, some are on the curve; hardly any are in the subgroup.
        let results: Vec<_> = (0..32).map(|x| decode_g1(&small_x(x))).collect();
        assert!(results.contains(&Err(Error::InvalidPoint)));
        assert!(results.contains(&Err(Error::PointNotInSubgroup)));
        for (x, result) in (0..).zip(results) {
            assert_eq!(decode_on_curve_g1(&small_x(x)).is_ok(), result != Err(Error::InvalidPoint));
        }

        assert!(decode_g2(&G2Affine::generator().to_compressed()).is_ok());
        assert_eq!(decode_g2(&identity()), Err(Error::IdentityPoint));
        let results: Vec<_> = (0..32).map(|x| decode_g2(&small_x(x))).collect();
        assert!(results.contains(&Err(Error::InvalidPoint)));
        assert!(results.contains(&Err(Error::PointNotInSubgroup)));
    }

    #[test]
    fn sums_agree_with_single_operations() {
        let mut rng = rng(1);
        for n in [0, 1, 3, 4, 40] {
            let scalars: Vec<Scalar> = (0..n).map(|_| *random_scalar(&mut rng).unwrap()).collect();
            let mut points: Vec<G1Projective> =
                (0..n).map(|_| G1Projective::generator() * *random_scalar(&mut rng).unwrap()).collect();
            if n > 3 {
                points[2] = G1Projective::identity();
            }
            let affine = batch_affine_g1(&points);
            assert_eq!(affine, points.iter().map(G1Affine::from).collect::<Vec<_>>());
            let expected: G1Projective = points.iter().zip(&scalars).map(|(p, k)| p * k).sum();
            assert_eq!(msm_g1(&affine, &scalars), expected);
        }
    }

    #[test]
    fn wide_bytes_are_reduced_modulo_the_order() {
        assert_eq!(scalar_from_wide_bytes(&[0; 48]), Scalar::ZERO);
        let mut bytes = [0u8; 48];
        bytes[15] = 1; // 2^256
        let two_to_128 = Scalar::from(1 << 32).square().square();
        assert_eq!(scalar_from_wide_bytes(&bytes), two_to_128.square());
    }
}
