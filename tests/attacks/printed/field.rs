//! The paper's curve: a pairing with one point, `P`, as both of its inputs, over a field of 512
//! bits. Such a curve has embedding degree 2. The pairing with `P` maps the logarithms of all
//! public keys into a field of 1024 bits, where they are easier to find than on the curve (Menezes,
//! Okamoto and Vanstone, STOC 1991).
//!
//! Here the attack runs on a curve of the same kind, `y^2 = x^3 + x`, over a field of 31 bits. At
//! 512 bits the program is the same except for the last step, where a number field sieve of about
//! 2^60 steps replaces the search.

#![expect(non_upper_case_globals, reason = "the primes' letters")]

use std::collections::HashMap;

use blstrs::{G1Projective, Scalar};
use ff::Field;
use group::Curve;

use crate::ground::{P1, scalar_from_wide};

/// `p = 3 mod 4`; therefore the curve has `p + 1 = 4q` points.
const p: u64 = 2_147_482_867;
const q: u64 = (p + 1) / 4;

fn inverse(a: u64) -> u64 {
    power(Fp2(a, 0), p - 2).0
}

/// `a + b i`, where `i^2 = -1`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Fp2(u64, u64);

fn multiply(Fp2(a, b): Fp2, Fp2(c, d): Fp2) -> Fp2 {
    Fp2((a * c + (p - b) * d) % p, (a * d + b * c) % p)
}

fn power(base: Fp2, exponent: u64) -> Fp2 {
    (0..64).rev().fold(Fp2(1, 0), |result, bit| {
        let square = multiply(result, result);
        if exponent >> bit & 1 == 1 { multiply(square, base) } else { square }
    })
}

#[derive(Clone, Copy, PartialEq)]
struct Point(u64, u64);

/// The slope of the line through two points, unless it is vertical.
fn slope(Point(x1, y1): Point, Point(x2, y2): Point) -> Option<u64> {
    match (x1 == x2, (y1 + y2) % p == 0) {
        (true, true) => None,
        (true, false) => Some((3 * x1 % p * x1 + 1) % p * inverse(2 * y1 % p) % p),
        _ => Some((y2 + p - y1) % p * inverse((x2 + p - x1) % p) % p),
    }
}

/// The third point on that line, reflected.
fn sum(A: Point, B: Point, slope: u64) -> Point {
    let x = (slope * slope + 2 * p - A.0 - B.0) % p;
    Point(x, (slope * ((A.0 + p - x) % p) + p - A.1) % p)
}

/// `[k]P`, for `k` from 1 to `q - 1`.
fn times(P: Point, k: u64) -> Point {
    let bits = (0..k.ilog2()).rev();
    bits.fold(P, |multiple, bit| {
        let doubled = sum(multiple, multiple, slope(multiple, multiple).unwrap());
        if k >> bit & 1 == 1 { sum(doubled, P, slope(doubled, P).unwrap()) } else { doubled }
    })
}

/// `e(P, Q) = f_(q, P)(-x_Q, i y_Q)^((p^2 - 1)/q)`: two points of one group.
fn e(P: Point, Q: Point) -> Fp2 {
    // The line through A with this slope, at (-x_Q, i y_Q). Vertical lines lie in Fp, and the
    // final power maps them to 1.
    let line = |A: Point, slope: u64| Fp2((slope * ((Q.0 + A.0) % p) + p - A.1) % p, Q.1);
    let (mut f, mut A) = (Fp2(1, 0), P);
    for bit in (0..q.ilog2()).rev() {
        let tangent = slope(A, A).unwrap();
        f = multiply(multiply(f, f), line(A, tangent));
        A = sum(A, A, tangent);
        if q >> bit & 1 == 1
            && let Some(slope) = slope(A, P)
        {
            f = multiply(f, line(A, slope));
            A = sum(A, P, slope);
        }
    }
    // (p^2 - 1)/q = 4(p - 1)
    power(power(f, p - 1), 4)
}

/// The `k` below `q` for which `g^k = h`, by baby and giant steps.
fn logarithm(g: Fp2, h: Fp2) -> u64 {
    let m = q.isqrt() + 1;
    let babies: HashMap<Fp2, u64> = (0..m)
        .scan(Fp2(1, 0), |power, i| Some((core::mem::replace(power, multiply(*power, g)), i)))
        .collect();
    let giant = power(g, q - m);
    let mut steps = (0..m).scan(h, |step, j| Some((core::mem::replace(step, multiply(*step, giant)), j)));
    steps.find_map(|(step, j)| Some(j * m + babies.get(&step)?)).unwrap()
}

/// The smallest `k` for which the group's order divides `p^k - 1`.
fn embedding_degree<T: PartialEq + Copy>(mut multiply: impl FnMut(T, T) -> T, p_mod_q: T, one: T) -> u32 {
    let (mut k, mut power) = (1, p_mod_q);
    while power != one {
        (k, power) = (k + 1, multiply(power, p_mod_q));
    }
    k
}

#[test]
fn the_printed_pairing_leaks_a_key() {
    // In print: QSN = SSN P, and e(P, QSN) = e(P, P)^SSN.
    let on_curve = |x: u64| {
        let y = power(Fp2(x * x % p * x + x, 0), (p + 1) / 4).0;
        (y * y % p == (x * x % p * x + x) % p && y != 0).then_some(Point(x, y))
    };
    let P = times((2..).find_map(on_curve).unwrap(), 4);
    let SSN = 123_456_789;
    let QSN = times(P, SSN);
    let g = e(P, P);
    assert!(g != Fp2(1, 0) && power(g, q) == Fp2(1, 0));
    assert!(e(P, QSN) == power(g, SSN) && e(QSN, P) == power(g, SSN));
    assert_eq!(logarithm(g, e(P, QSN)), SSN);
    // With SSN it makes any SID.
    let QID = times(P, 987_654_321 % q);
    assert!(times(QID, logarithm(g, e(P, QSN))) == times(QID, SSN));
    let printed_degree = embedding_degree(|a, b| a * b % q, p % q, 1);
    assert_eq!(printed_degree, 2);

    // Here: P1 cannot be the second input of the pairing, and its pairings lie in a field of 12
    // times 381 bits. The field's prime is the sum of the two values of y for one x.
    let y =
        |point: G1Projective| -> [u8; 48] { point.to_affine().to_uncompressed()[48..].try_into().unwrap() };
    let (y, minus_y) = (y(P1()), y(-P1()));
    let prime_mod_order = scalar_from_wide(&y) + scalar_from_wide(&minus_y);
    let degree = embedding_degree(|a, b| a * b, prime_mod_order, Scalar::ONE);
    assert_eq!(degree, 12);
    let high = |y: &[u8; 48]| u64::from_be_bytes(y[..8].try_into().unwrap());
    let prime_bits = 8 * 48 - (high(&y) + high(&minus_y)).leading_zeros();
    assert_eq!((prime_bits, degree * prime_bits, printed_degree * 512), (381, 4572, 1024));
}
