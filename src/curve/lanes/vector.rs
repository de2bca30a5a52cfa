//! Eight numbers at once, one in each lane of 64 bits: carries, products in columns, and
//! Montgomery's reduction.
//!
//! Vectors of integers for multiplication modulo a prime: Gueron and Krasnov, *Software
//! implementation of modular exponentiation, using advanced vector instructions architectures*
//! (2012).

use core::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64,
    _mm512_set_epi64, _mm512_set1_epi64, _mm512_setzero_si512, _mm512_srai_epi64, _mm512_sub_epi64,
};

use super::number::{FOLD, LIMB, MINUS_INVERSE, Number, P};

/// Lanes.
pub(super) const WIDTH: usize = 8;

/// The limbs of eight elements, from the lowest.
pub(super) type Limbs = [__m512i; 8];
/// The columns of eight products: signed, and to be carried.
pub(super) type Columns = [__m512i; 16];

#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn zero() -> __m512i {
    _mm512_setzero_si512()
}

/// The same number in all lanes.
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn all(x: u64) -> __m512i {
    _mm512_set1_epi64(x.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn plus(a: __m512i, b: __m512i) -> __m512i {
    _mm512_add_epi64(a, b)
}

#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn minus(a: __m512i, b: __m512i) -> __m512i {
    _mm512_sub_epi64(a, b)
}

/// `c + (a b mod 2^52)`, of the lower 52 bits of `a` and `b`.
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn low(c: __m512i, a: __m512i, b: __m512i) -> __m512i {
    _mm512_madd52lo_epu64(c, a, b)
}

/// `c + floor(a b / 2^52)`, of the lower 52 bits of `a` and `b`.
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn high(c: __m512i, a: __m512i, b: __m512i) -> __m512i {
    _mm512_madd52hi_epu64(c, a, b)
}

/// The carry of a limb or column: `floor(x / 2^52)`, signed.
#[inline]
#[target_feature(enable = "avx512ifma")]
fn carry(x: __m512i) -> __m512i {
    _mm512_srai_epi64::<52>(x)
}

/// Makes the compiler align the stack frame of the calling function, which it does if there is an
/// aligned variable. Otherwise registers saved there straddle cache lines, because the compiler
/// decides too late to save them.
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn align_frame() {
    core::hint::black_box(&mut zero());
}

/// The lanes of a vector, from the lowest.
pub(super) fn to_array(vector: __m512i) -> [u64; WIDTH] {
    // SAFETY: both are 64 plain bytes, for which every value is valid.
    unsafe { core::mem::transmute(vector) }
}

#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn from_array(x: [u64; WIDTH]) -> __m512i {
    let [a, b, c, d, e, f, g, h] = x.map(u64::cast_signed);
    _mm512_set_epi64(h, g, f, e, d, c, b, a)
}

/// Carries signed limbs whose value is in `0..2^416`: then all are in `0..2^52`.
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn carried(mut limbs: Limbs) -> Limbs {
    for i in 0..7 {
        limbs[i + 1] = plus(limbs[i + 1], carry(limbs[i]));
        limbs[i] = _mm512_and_si512(limbs[i], all(LIMB));
    }
    limbs
}

/// Like [`carried`], but also leaves the carried bits in place: the multiplier ignores them.
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn carried_for_multiplication(mut limbs: Limbs) -> Limbs {
    for i in 0..7 {
        limbs[i + 1] = plus(limbs[i + 1], carry(limbs[i]));
    }
    limbs
}

/// `c + a b`. Each column grows by a sum of at most 15 numbers below `2^52`.
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn multiply(mut columns: Columns, a: &Limbs, b: &Limbs) -> Columns {
    for i in 0..8 {
        for j in 0..8 {
            columns[i + j] = low(columns[i + j], a[j], b[i]);
        }
        for j in 0..8 {
            columns[i + j + 1] = high(columns[i + j + 1], a[j], b[i]);
        }
    }
    columns
}

/// `a^2`
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn square(a: &Limbs) -> Columns {
    let mut columns = [zero(); 16];
    for i in 0..8 {
        for j in i + 1..8 {
            columns[i + j] = low(columns[i + j], a[j], a[i]);
            columns[i + j + 1] = high(columns[i + j + 1], a[j], a[i]);
        }
    }
    for column in &mut columns {
        *column = plus(*column, *column);
    }
    for i in 0..8 {
        columns[2 * i] = low(columns[2 * i], a[i], a[i]);
        columns[2 * i + 1] = high(columns[2 * i + 1], a[i], a[i]);
    }
    columns
}

/// `n a`, of a product below `2^416`, to be carried.
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn times_small(a: &Limbs, n: __m512i) -> Limbs {
    let mut limbs = [zero(); 8];
    for i in 0..8 {
        limbs[i] = low(limbs[i], a[i], n);
    }
    for i in 0..7 {
        limbs[i + 1] = high(limbs[i + 1], a[i], n);
    }
    limbs
}

/// Montgomery reduction: `T/R` modulo `p`, between `T/R` and `T/R + 2p`, to be carried.
///
/// With `n = -1/p mod 2^52`, each round adds `q n p` for the column's lower 52 bits `q`. As `n p =
/// FOLD 2^52 - 1`, the column becomes its carry, and the next ones take `q FOLD`: that `q` needs no
/// multiplication to be found. What is added is below `2^104 p` there and, in the last round, `q p`
/// with `q = T n mod 2^52`, as usual. All of it is below `2 p R`.
///
/// A column holds at most the 16 numbers below `2^52` that are added to it here, a carry below
/// `2^11` and what it had before.
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn reduce(columns: &Columns) -> Limbs {
    let mut columns = *columns;
    for i in 0..7 {
        let q = columns[i];
        columns[i + 1] = plus(columns[i + 1], carry(q));
        for j in 0..8 {
            columns[i + j + 1] = low(columns[i + j + 1], q, all(FOLD[j]));
        }
        for j in 0..8 {
            columns[i + j + 2] = high(columns[i + j + 2], q, all(FOLD[j]));
        }
    }
    let q = low(zero(), columns[7], all(MINUS_INVERSE));
    // The lower 52 bits of column 7 and of q p add up to 0 or to 2^52, which is carried over.
    columns[8] = plus(columns[8], carry(plus(columns[7], all(LIMB))));
    for j in 1..8 {
        columns[7 + j] = low(columns[7 + j], q, all(P[j]));
    }
    for j in 0..8 {
        columns[8 + j] = high(columns[8 + j], q, all(P[j]));
    }
    let [.., a, b, c, d, e, f, g, h] = columns;
    [a, b, c, d, e, f, g, h]
}

/// Adds a number.
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn offset(mut limbs: Limbs, by: &Number) -> Limbs {
    for i in 0..8 {
        limbs[i] = plus(limbs[i], all(by[i]));
    }
    limbs
}

/// Signed limbs, each below `2^62` in size, of a value from `p` to `2^14 p`: the same modulo `p`,
/// from 0 to `2 p`, and carried.
///
/// The highest limb and the carry of the next one make `t`, which is at most `2^-41` above the value
/// divided by `2^364`, and less than `1 + 2^-41` below it. So `q = floor(t floor(2^52 / (p_7 + 1)) /
/// 2^52)` is at most the quotient by `p`, and less than 2 below it. To subtract `q p`, it adds `q
/// (2^416 - p)` modulo `2^416`.
#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn nearly_reduce(mut limbs: Limbs) -> Limbs {
    const { assert!(P[7] > 1 << 16 && P[6] < 1 << 51) };
    const INVERSE: u64 = (1 << 52) / (P[7] + 1);
    const MINUS_P: Number = {
        let mut limbs = [0; 8];
        let mut i = 0;
        while i < 8 {
            limbs[i] = LIMB - P[i];
            i += 1;
        }
        limbs[0] += 1;
        limbs
    };
    let q = high(zero(), plus(limbs[7], carry(limbs[6])), all(INVERSE));
    for j in 0..8 {
        limbs[j] = low(limbs[j], q, all(MINUS_P[j]));
    }
    for j in 0..7 {
        limbs[j + 1] = high(limbs[j + 1], q, all(MINUS_P[j]));
    }
    let mut limbs = carried(limbs);
    limbs[7] = _mm512_and_si512(limbs[7], all(LIMB));
    limbs
}
