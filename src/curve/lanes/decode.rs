//! Compressed points, eight or sixteen at once.
//!
//! A point is accepted here, or passed on to blst, which returns the error. Nothing here decides
//! alone that a point is invalid. The root in `Fp2` uses the complex method (Adj and
//! Rodríguez-Henríquez, *Square root computation over even extension fields*, ePrint 2012/685). It
//! misses squares of real or imaginary elements; blst finds those.

use super::constants::Constants;
use super::field::{Fp, Mask, REDUCED};
use super::number::{MINUS_ONE_HALF, P64, shifted_p};
use super::point::{in_g1, in_g2};
use super::tower::Fp2;
use super::vector::WIDTH;
use crate::curve::{G1_BYTES, G1Affine, G2_BYTES, G2Affine};

/// `(p + 1) / 4`: this exponent gives a root of a square.
const ROOT: [u64; 6] = shifted_p(1, 2);
/// `(p - 3) / 4`: this exponent gives the inverse of a root of a square, by `d (d^((p -
/// 3)/4))^2 = d^((p - 1)/2) = 1`.
const INVERSE_ROOT: [u64; 6] = shifted_p(-3, 2);

/// The steps of the check that a caller requests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    OnCurve,
    Subgroup,
}

// ---------------------------------------------------------------------------------------------------------
// Bytes
// ---------------------------------------------------------------------------------------------------------

/// An integer of 48 bytes, if it is below `p`.
fn canonical(bytes: &[u8; 48]) -> Option<[u64; 6]> {
    let mut words = [0; 6];
    for (word, bytes) in words.iter_mut().rev().zip(bytes.as_chunks().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    words.iter().rev().lt(P64.iter().rev()).then_some(words)
}

/// A coordinate without the flags above it, if it is a compressed point other than the identity,
/// and whether `y` is the larger root.
fn flags(mut bytes: [u8; 48]) -> Option<([u8; 48], bool)> {
    let flags = bytes[0] >> 5;
    bytes[0] &= 0x1f;
    (flags & 0b110 == 0b100).then_some((bytes, flags & 1 == 1))
}

/// Whether `y > -y`.
fn is_larger_root(y: &[u64; 6]) -> bool {
    y.iter().rev().gt(MINUS_ONE_HALF.iter().rev())
}

fn mask(lanes: [bool; WIDTH]) -> Mask {
    lanes.iter().rev().fold(0, |mask, lane| mask << 1 | Mask::from(*lane))
}

fn lane(mask: Mask, lane: usize) -> bool {
    mask >> lane & 1 == 1
}

// ---------------------------------------------------------------------------------------------------------
// Roots
// ---------------------------------------------------------------------------------------------------------

/// `a^e`, for N times eight elements: sliding windows of five bits. Two at once keep the multiplier
/// busy.
#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn power<const N: usize>(a: &[Fp<REDUCED>; N], e: &[u64; 6]) -> [Fp<REDUCED>; N] {
    const WINDOW: usize = 5;
    let bit = |i: usize| e[i / 64] >> (i % 64) & 1 == 1;
    // a, a^3, a^5, ..
    let mut odd = [*a; 1 << (WINDOW - 1)];
    let mut square = *a;
    for n in 0..N {
        square[n] = a[n].squared();
    }
    for i in 1..odd.len() {
        for n in 0..N {
            odd[i][n] = odd[i - 1][n].times(&square[n]);
        }
    }
    let mut power = [Fp::one(); N];
    let mut left = 381;
    while left > 0 {
        if !bit(left - 1) {
            for n in 0..N {
                power[n] = power[n].squared();
            }
            left -= 1;
            continue;
        }
        // The window from here down to a set bit.
        let mut end = left.saturating_sub(WINDOW);
        while !bit(end) {
            end += 1;
        }
        let digit = (end..left).rev().fold(0, |digit, i| 2 * digit + usize::from(bit(i)));
        for _ in end..left {
            for n in 0..N {
                power[n] = power[n].squared();
            }
        }
        for n in 0..N {
            power[n] = power[n].times(&odd[digit / 2][n]);
        }
        left = end;
    }
    power
}

/// `y` with `y^2 = x^3 + 4`, and the lanes in which it exists.
#[target_feature(enable = "avx512ifma")]
fn roots1<const N: usize>(x: &[Fp<REDUCED>; N]) -> [(Fp<REDUCED>, Mask); N] {
    let mut squares = *x;
    for n in 0..N {
        squares[n] = x[n].squared().times(&x[n]).plus::<_, 8>(&four()).times(&Fp::<1>::one());
    }
    let y = power(&squares, &ROOT);
    let mut roots = [(Fp::zero(), 0); N];
    for n in 0..N {
        roots[n] = (y[n], y[n].squared().minus::<_, 8>(&squares[n]).is_zero());
    }
    roots
}

/// `y` with `y^2 = x^3 + 4 (1 + i)`, and the lanes in which it exists, except those with
/// `y` in `Fp` or `i Fp`.
///
/// For the square `a + b i`:
/// ```text
/// n = sqrt(a^2 + b^2)     d = (a + n)/2     g = d^((p - 3)/4)
/// y = d g + b/2 g i       if d is a square, as d g^2 = 1
/// y = - b/2 g + d g i     if not, as d g^2 = -1
/// ```
#[target_feature(enable = "avx512ifma")]
fn roots2<const N: usize>(x: &[Fp2<REDUCED>; N]) -> [(Fp2<REDUCED>, Mask); N] {
    let mut squares = [Fp2::<8>::zero(); N];
    let mut norms = [Fp::zero(); N];
    for n in 0..N {
        squares[n] = x[n].squared().times(&x[n]).plus(&Fp2([four(), four()]));
        let [a, b] = &squares[n].0;
        norms[n] = a.squared().plus::<_, 8>(&b.squared()).times(&Fp::<1>::one());
    }
    let norm_roots = power(&norms, &ROOT);
    let mut d = norms;
    for n in 0..N {
        d[n] = squares[n].0[0].plus::<_, 12>(&norm_roots[n]).times(&Fp::<1>::half());
    }
    let g = power(&d, &INVERSE_ROOT);
    let mut roots = [(Fp2::zero(), 0); N];
    for n in 0..N {
        let dg = d[n].times(&g[n]);
        let b_half_g = squares[n].0[1].times(&Fp::<1>::half()).times(&g[n]);
        let d_is_square = dg.times(&g[n]).minus::<1, 5>(&Fp::one()).is_zero();
        let y = Fp2([b_half_g.negated().or(&dg, d_is_square), dg.or(&b_half_g, d_is_square)]);
        roots[n] = (y, y.squared().minus::<_, 12>(&squares[n]).is_zero());
    }
    roots
}

#[target_feature(enable = "avx512ifma")]
fn four() -> Fp<4> {
    Fp::<1>::one().doubled::<2>().doubled()
}

// ---------------------------------------------------------------------------------------------------------
// Points
// ---------------------------------------------------------------------------------------------------------

/// The valid ones among N times eight points of G1: canonical, on the curve, not the identity, and
/// in the subgroup if asked.
#[target_feature(enable = "avx512ifma")]
pub(super) fn decode1<const N: usize>(
    bytes: &[[Option<&[u8; G1_BYTES]>; WIDTH]; N],
    check: Check,
    constants: &Constants,
) -> [[Option<G1Affine>; WIDTH]; N] {
    // Lanes without a point contain x = 0, with which blst accepts no point.
    let read = bytes.map(|lanes| {
        lanes.map(|bytes| {
            let (x, larger) = flags(*bytes?)?;
            canonical(&x).filter(|x| *x != [0; 6]).map(|x| (x, larger))
        })
    });
    let mut x = [Fp::zero(); N];
    for n in 0..N {
        x[n] = Fp::from_numbers(&read[n].map(|read| read.map_or([0; 6], |(x, _)| x)));
    }
    let roots = roots1(&x);
    let mut points = [[None; WIDTH]; N];
    for n in 0..N {
        let (y, mut good) = roots[n];
        good &= mask(read[n].map(|read| read.is_some()));
        if check == Check::Subgroup && good != 0 {
            good &= in_g1(&x[n], &y, constants);
        }
        let wrong_root = y.to_numbers().map(|y| is_larger_root(&y));
        let wrong_root =
            mask(core::array::from_fn(|i| read[n][i].is_some_and(|(_, larger)| larger != wrong_root[i])));
        let (x, y) = (x[n].to_blst(), y.or(&y.negated(), wrong_root).to_blst());
        points[n] = core::array::from_fn(|i| {
            lane(good, i).then(|| {
                let mut point = G1Affine::default();
                (point.as_mut().x, point.as_mut().y) = (x[i], y[i]);
                point
            })
        });
    }
    points
}

/// The valid ones among N times eight points of G2: canonical, on the curve, in the
/// subgroup and not the identity.
#[target_feature(enable = "avx512ifma")]
pub(super) fn decode2<const N: usize>(
    bytes: &[[Option<&[u8; G2_BYTES]>; WIDTH]; N],
    constants: &Constants,
) -> [[Option<G2Affine>; WIDTH]; N] {
    let read = bytes.map(|lanes| {
        lanes.map(|bytes| {
            let ([x1, x0], []) = bytes?.as_chunks() else { return None };
            let (x1, larger) = flags(*x1)?;
            Some(([canonical(x0)?, canonical(&x1)?], larger))
        })
    });
    let mut x = [Fp2::zero(); N];
    for n in 0..N {
        let coordinate = |c: usize| read[n].map(|read| read.map_or([0; 6], |(x, _)| x[c]));
        x[n] = Fp2([Fp::from_numbers(&coordinate(0)), Fp::from_numbers(&coordinate(1))]);
    }
    let roots = roots2(&x);
    let mut points = [[None; WIDTH]; N];
    for n in 0..N {
        let (y, mut good) = roots[n];
        good &= mask(read[n].map(|read| read.is_some()));
        if good != 0 {
            good &= in_g2(&x[n], &y, constants);
        }
        // The larger root has the larger imaginary part, or the larger real part if there is no
        // other.
        let [y0, y1] = y.0.map(|c| c.to_numbers());
        let wrong_root = mask(core::array::from_fn(|i| {
            let is_larger = is_larger_root(if y1[i] == [0; 6] { &y0[i] } else { &y1[i] });
            read[n][i].is_some_and(|(_, larger)| larger != is_larger)
        }));
        let y = y.or(&y.negated(), wrong_root);
        let ([x0, x1], [y0, y1]) = (x[n].0.map(|c| c.to_blst()), y.0.map(|c| c.to_blst()));
        points[n] = core::array::from_fn(|i| {
            lane(good, i).then(|| {
                let mut point = G2Affine::default();
                (point.as_mut().x.fp, point.as_mut().y.fp) = ([x0[i], x1[i]], [y0[i], y1[i]]);
                point
            })
        });
    }
    points
}

/// The lanes whose point on the curve is in G1 and not the identity.
#[target_feature(enable = "avx512ifma")]
pub(super) fn check1(points: &[&G1Affine; WIDTH], constants: &Constants) -> Mask {
    let x = Fp::from_blst(&points.map(|point| &point.as_ref().x));
    let y = Fp::from_blst(&points.map(|point| &point.as_ref().y));
    in_g1(&x, &y, constants)
}
