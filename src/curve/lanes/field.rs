//! Eight elements of `Fp` at once, one a lane of 64 bits.
//!
//! An element has eight limbs of 52 bits, which is what the multiplier of AVX-512 IFMA takes, and
//! stands in Montgomery form with `R = 2^416`. As `R / p > 2^35`, elements need not be below `p`:
//! an [`Fp<B>`] is at most `B p`, and a product before its reduction may be a sum of many. The
//! bounds are parameters of the types, and the compiler checks them: an operation whose result
//! could leave its bound does not compile.
//!
//! Vectors of integers for multiplication modulo a prime: Gueron and Krasnov, *Software
//! implementation of modular exponentiation, using advanced vector instructions architectures*
//! (2012). Sums before reduction: Aranha, Karabina, Longa, Gebotys, Lopez, *Faster explicit
//! formulas for computing pairings over ordinary curves* (ePrint 2010/526).

use core::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpeq_epi64_mask, _mm512_madd52hi_epu64,
    _mm512_madd52lo_epu64, _mm512_mask_blend_epi64, _mm512_set_epi64, _mm512_set1_epi64,
    _mm512_setzero_si512, _mm512_srai_epi64, _mm512_sub_epi64,
};

use blst::{blst_fp, blst_fp_mul};

/// Lanes.
pub(super) const WIDTH: usize = 8;
/// One bit for each lane.
pub(super) type Mask = u8;
/// All lanes.
pub(super) const ALL: Mask = 0xff;

/// The limbs of eight elements, from the lowest.
type Limbs = [__m512i; 8];
/// The columns of eight products: signed, and to be carried.
type Columns = [__m512i; 16];
/// A number as limbs of 52 bits.
pub(super) type Number = [u64; 8];

const LIMB_BITS: usize = 52;
pub(super) const LIMB: u64 = (1 << LIMB_BITS) - 1;

// ---------------------------------------------------------------------------------------------------------
// Constants
// ---------------------------------------------------------------------------------------------------------

/// The field's order.
pub(super) const P64: [u64; 6] = [
    0xb9fe_ffff_ffff_aaab,
    0x1eab_fffe_b153_ffff,
    0x6730_d2a0_f6b0_f624,
    0x6477_4b84_f385_12bf,
    0x4b1b_a7b6_434b_acd7,
    0x1a01_11ea_397f_e69a,
];
const P: Number = to_limbs(&P64);

/// `-1/p mod 2^52`, by Newton's iteration.
const MINUS_INVERSE: u64 = {
    let mut inverse = 1u64;
    let mut correct_bits = 1;
    while correct_bits < 64 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(P64[0].wrapping_mul(inverse)));
        correct_bits *= 2;
    }
    inverse.wrapping_neg() & LIMB
};

/// `(p (-1/p mod 2^52) + 1) / 2^52`
const FOLD: Number = {
    let mut fold = [0; 8];
    let mut sum = 1u128;
    let mut i = 0;
    while i < 8 {
        sum += P[i] as u128 * MINUS_INVERSE as u128;
        if i > 0 {
            fold[i - 1] = sum as u64 & LIMB;
        }
        sum >>= LIMB_BITS;
        i += 1;
    }
    fold[7] = sum as u64;
    fold
};

pub(super) const fn to_limbs(x: &[u64; 6]) -> Number {
    let mut limbs = [0; 8];
    let mut i = 0;
    while i < 8 {
        let (word, shift) = (LIMB_BITS * i / 64, LIMB_BITS * i % 64);
        let mut limb = x[word] >> shift;
        if shift > 64 - LIMB_BITS && word < 5 {
            limb |= x[word + 1] << (64 - shift);
        }
        limbs[i] = limb & LIMB;
        i += 1;
    }
    limbs
}

pub(super) const fn to_words(x: &Number) -> [u64; 6] {
    let mut words = [0; 6];
    let mut i = 0;
    while i < 8 {
        let (word, shift) = (LIMB_BITS * i / 64, LIMB_BITS * i % 64);
        words[word] |= x[i] << shift;
        if shift > 64 - LIMB_BITS && word < 5 {
            words[word + 1] |= x[i] >> (64 - shift);
        }
        i += 1;
    }
    words
}

/// `n p`
pub(super) const fn multiple_of_p(n: u64) -> Number {
    let mut limbs = [0; 8];
    let mut carry = 0u128;
    let mut i = 0;
    while i < 8 {
        carry += P[i] as u128 * n as u128;
        limbs[i] = carry as u64 & LIMB;
        carry >>= LIMB_BITS;
        i += 1;
    }
    assert!(carry == 0);
    limbs
}

/// `x - p` if that is not negative.
const fn subtract_p(x: &[u64; 6]) -> Option<[u64; 6]> {
    let mut difference = [0; 6];
    let mut borrow = false;
    let mut i = 0;
    while i < 6 {
        let (d, first) = x[i].overflowing_sub(P64[i]);
        let (d, second) = d.overflowing_sub(borrow as u64);
        difference[i] = d;
        borrow = first || second;
        i += 1;
    }
    if borrow { None } else { Some(difference) }
}

/// `2^n mod p`
pub(super) const fn power_of_two(n: usize) -> Number {
    let mut x = [1, 0, 0, 0, 0, 0];
    let mut i = 0;
    while i < n {
        let mut carry = 0;
        let mut word = 0;
        while word < 6 {
            (x[word], carry) = (x[word] << 1 | carry, x[word] >> 63);
            word += 1;
        }
        if let Some(reduced) = subtract_p(&x) {
            x = reduced;
        }
        i += 1;
    }
    to_limbs(&x)
}

/// One, in Montgomery form.
const ONE: Number = power_of_two(416);
/// The factor from blst's Montgomery form, in which `R = 2^384`, to this one: `2^448 / 2^416 =
/// 2^416 / 2^384`.
const FROM_BLST: Number = power_of_two(448);
/// The factor back.
const TO_BLST: Number = power_of_two(384);
/// One in blst's form.
pub(super) const ONE_IN_BLST: [u64; 6] = to_words(&TO_BLST);
/// The factor from an integer to Montgomery form.
const FROM_INTEGER: Number = power_of_two(832);
/// The factor back.
const TO_INTEGER: Number = [1, 0, 0, 0, 0, 0, 0, 0];

/// `(p - 1) / 2`, an integer.
pub(super) const MINUS_ONE_HALF: [u64; 6] = {
    let mut half = [0; 6];
    let mut i = 0;
    while i < 6 {
        half[i] = P64[i] >> 1;
        if i < 5 {
            half[i] |= P64[i + 1] << 63;
        }
        i += 1;
    }
    half
};
/// 1/2, in Montgomery form.
const HALF: Number = power_of_two(415);

// ---------------------------------------------------------------------------------------------------------
// Vectors
// ---------------------------------------------------------------------------------------------------------

#[inline]
#[target_feature(enable = "avx512ifma")]
fn zero() -> __m512i {
    _mm512_setzero_si512()
}

/// The same number in all lanes.
#[inline]
#[target_feature(enable = "avx512ifma")]
fn all(x: u64) -> __m512i {
    _mm512_set1_epi64(x.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512ifma")]
fn plus(a: __m512i, b: __m512i) -> __m512i {
    _mm512_add_epi64(a, b)
}

#[inline]
#[target_feature(enable = "avx512ifma")]
fn minus(a: __m512i, b: __m512i) -> __m512i {
    _mm512_sub_epi64(a, b)
}

/// `c + (a b mod 2^52)`, of the lower 52 bits of `a` and `b`.
#[inline]
#[target_feature(enable = "avx512ifma")]
fn low(c: __m512i, a: __m512i, b: __m512i) -> __m512i {
    _mm512_madd52lo_epu64(c, a, b)
}

/// `c + floor(a b / 2^52)`, of the lower 52 bits of `a` and `b`.
#[inline]
#[target_feature(enable = "avx512ifma")]
fn high(c: __m512i, a: __m512i, b: __m512i) -> __m512i {
    _mm512_madd52hi_epu64(c, a, b)
}

/// What a limb or column carries over: `floor(x / 2^52)`, signed.
#[inline]
#[target_feature(enable = "avx512ifma")]
fn carry(x: __m512i) -> __m512i {
    _mm512_srai_epi64::<52>(x)
}

/// The lanes of a vector, from the lowest.
fn to_array(vector: __m512i) -> [u64; WIDTH] {
    // SAFETY: both are 64 plain bytes, for which every value is valid.
    unsafe { core::mem::transmute(vector) }
}

#[inline]
#[target_feature(enable = "avx512ifma")]
fn from_array(x: [u64; WIDTH]) -> __m512i {
    let [a, b, c, d, e, f, g, h] = x.map(u64::cast_signed);
    _mm512_set_epi64(h, g, f, e, d, c, b, a)
}

/// Carries signed limbs whose value is in `0..2^416`: then all are in `0..2^52`.
#[inline]
#[target_feature(enable = "avx512ifma")]
fn carried(mut limbs: Limbs) -> Limbs {
    for i in 0..7 {
        limbs[i + 1] = plus(limbs[i + 1], carry(limbs[i]));
        limbs[i] = _mm512_and_si512(limbs[i], all(LIMB));
    }
    limbs
}

/// As [`carried`], and leaves what was carried over also where it was: the multiplier does not look
/// at it.
#[inline]
#[target_feature(enable = "avx512ifma")]
fn carried_for_multiplication(mut limbs: Limbs) -> Limbs {
    for i in 0..7 {
        limbs[i + 1] = plus(limbs[i + 1], carry(limbs[i]));
    }
    limbs
}

/// `a b`. Each column is a sum of at most 15 numbers below `2^52`.
#[inline]
#[target_feature(enable = "avx512ifma")]
fn multiply(a: &Limbs, b: &Limbs) -> Columns {
    let mut columns = [zero(); 16];
    for i in 0..8 {
        for j in 0..8 {
            columns[i + j] = low(columns[i + j], a[j], b[i]);
            columns[i + j + 1] = high(columns[i + j + 1], a[j], b[i]);
        }
    }
    columns
}

/// `a^2`
#[inline]
#[target_feature(enable = "avx512ifma")]
fn square(a: &Limbs) -> Columns {
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

/// Montgomery reduction: `T/R` modulo `p`, between `T/R + offset` and `T/R + offset + 2p`, which
/// must not be negative.
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
fn reduce(limbs: &mut Limbs, columns: &Columns, offset: &Number) {
    let mut columns = *columns;
    for i in 0..7 {
        let q = columns[i];
        columns[i + 1] = plus(low(columns[i + 1], q, all(FOLD[0])), carry(q));
        for j in 1..8 {
            columns[i + j + 1] = low(columns[i + j + 1], q, all(FOLD[j]));
            columns[i + j + 1] = high(columns[i + j + 1], q, all(FOLD[j - 1]));
        }
        columns[i + 9] = high(columns[i + 9], q, all(FOLD[7]));
    }
    let q = low(zero(), columns[7], all(MINUS_INVERSE));
    // The lower 52 bits of column 7 and of q p add up to 0 or to 2^52, which is carried over.
    columns[8] = plus(columns[8], carry(plus(columns[7], all(LIMB))));
    for j in 0..8 {
        if j > 0 {
            columns[7 + j] = low(columns[7 + j], q, all(P[j]));
        }
        columns[8 + j] = high(columns[8 + j], q, all(P[j]));
    }
    let mut sum = [zero(); 8];
    for i in 0..8 {
        sum[i] = plus(columns[8 + i], all(offset[i]));
    }
    *limbs = carried(sum);
}

// ---------------------------------------------------------------------------------------------------------
// Elements
// ---------------------------------------------------------------------------------------------------------

/// Eight elements of `Fp`, each a number from 0 to `B p`; limbs below `2^52`.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Fp<const B: u64>(Limbs);

/// Factors from 0 to `B p`, of which only the lower 52 bits of each limb count.
#[derive(Clone, Copy)]
pub(super) struct Factor<const B: u64>(Limbs);

/// A signed sum of at most `M` products of factors up to `2^10 p`.
///
/// Each of the products adds less than `2^56` to the size of a column, so that the 63 bits of a
/// column hold [`MOST_PRODUCTS`] and what the reduction adds. The sum is below `2^27 p^2 < 2^-8 p
/// R`.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Wide<const M: u64>(Columns);

/// One column of a [`Wide<M>`]. Sums are made column by column, which keeps them in registers.
#[derive(Clone, Copy)]
pub(super) struct Column<const M: u64>(__m512i);

/// `126 2^56 + 2^57 = 2^63`
pub(super) const MOST_PRODUCTS: u64 = 126;

/// The bound of what comes from a reduction: `T/R` is between `-p` and `p`; `2p` and an offset of
/// `p` come on top.
pub(super) const REDUCED: u64 = 4;

impl<const B: u64> Fp<B> {
    /// One number below `p`, in Montgomery form, in all lanes.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn constant(x: &Number) -> Self {
        const { assert!(B >= 1) };
        let mut limbs = [zero(); 8];
        for i in 0..8 {
            limbs[i] = all(x[i]);
        }
        Self(limbs)
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn zero() -> Self {
        Self([zero(); 8])
    }

    /// The same under a wider bound.
    #[inline]
    pub(super) fn widened<const C: u64>(&self) -> &Fp<C> {
        const { assert!(B <= C) };
        // SAFETY: both are the same vectors in the same layout; the bound is all that differs, and
        // it holds.
        unsafe { &*core::ptr::from_ref(self).cast() }
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn one() -> Self {
        Self::constant(&ONE)
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn half() -> Self {
        Self::constant(&HALF)
    }

    /// `a + b`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn plus<const C: u64, const D: u64>(&self, other: &Fp<C>) -> Fp<D> {
        const { assert!(B + C <= D) };
        Fp(carried(self.uncarried_sum(other)))
    }

    /// `a - b + C p`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn minus<const C: u64, const D: u64>(&self, other: &Fp<C>) -> Fp<D> {
        const { assert!(B + C <= D) };
        Fp(carried(self.uncarried_difference(other)))
    }

    /// `B p - a`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn negated(&self) -> Self {
        Self(carried(Self::zero().uncarried_difference(self)))
    }

    /// `2 a`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn doubled<const D: u64>(&self) -> Fp<D> {
        self.plus(self)
    }

    /// `a + b`, to be multiplied.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn factor_plus<const C: u64, const D: u64>(&self, other: &Fp<C>) -> Factor<D> {
        const { assert!(B + C <= D) };
        Factor(carried_for_multiplication(self.uncarried_sum(other)))
    }

    /// `a - b + C p`, to be multiplied.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn factor_minus<const C: u64, const D: u64>(&self, other: &Fp<C>) -> Factor<D> {
        const { assert!(B + C <= D) };
        Factor(carried_for_multiplication(self.uncarried_difference(other)))
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn factor(&self) -> Factor<B> {
        Factor(self.0)
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn uncarried_sum<const C: u64>(&self, other: &Fp<C>) -> Limbs {
        let mut limbs = [zero(); 8];
        for i in 0..8 {
            limbs[i] = plus(self.0[i], other.0[i]);
        }
        limbs
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn uncarried_difference<const C: u64>(&self, other: &Fp<C>) -> Limbs {
        let offset = const { multiple_of_p(C) };
        let mut limbs = [zero(); 8];
        for i in 0..8 {
            limbs[i] = plus(minus(self.0[i], other.0[i]), all(offset[i]));
        }
        limbs
    }

    /// `a b`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn times<const C: u64>(&self, other: &Fp<C>) -> Fp<REDUCED> {
        self.factor().times(&other.factor()).reduced()
    }

    /// `a^2`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn squared(&self) -> Fp<REDUCED> {
        const { assert!(B <= 1 << 10) };
        Wide::<1>(square(&self.0)).reduced()
    }

    /// The same modulo `p`, below `3 p`.
    ///
    /// `q = floor(a_7 floor(2^52 / (p_7 + 1)) / 2^52)`, of the highest limbs, is at most `a / p`.
    /// As `p_7 > 2^16`, it is less than `B 2^-15 + 2` below it. To subtract `q p`, it adds `q
    /// (2^416 - p)` modulo `2^416`.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn nearly_reduced(&self) -> Fp<3> {
        const { assert!(B <= 1 << 14) };
        const { assert!(P[7] > 1 << 16) };
        const INVERSE: u64 = ((1u128 << 52) / (P[7] as u128 + 1)) as u64;
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
        let q = high(zero(), self.0[7], all(INVERSE));
        let mut limbs = self.0;
        for j in 0..8 {
            limbs[j] = low(limbs[j], q, all(MINUS_P[j]));
            if j < 7 {
                limbs[j + 1] = high(limbs[j + 1], q, all(MINUS_P[j]));
            }
        }
        let mut limbs = carried(limbs);
        limbs[7] = _mm512_and_si512(limbs[7], all(LIMB));
        Fp(limbs)
    }

    /// The lanes whose element is zero modulo `p`.
    ///
    /// `a/R`, whose reduction is between 0 and `2p` as `a < R`, is 0, `p` or `2p`.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn is_zero(&self) -> Mask {
        const { assert!(B <= 1 << 30) };
        let mut columns = [zero(); 16];
        columns[..8].copy_from_slice(&self.0);
        let mut reduced = [zero(); 8];
        reduce(&mut reduced, &columns, &[0; 8]);
        let mut any = 0;
        for multiple in const { [multiple_of_p(0), multiple_of_p(1), multiple_of_p(2)] } {
            let mut equal = ALL;
            for i in 0..8 {
                equal &= _mm512_cmpeq_epi64_mask(reduced[i], all(multiple[i]));
            }
            any |= equal;
        }
        any
    }

    /// `other` in the lanes of the mask.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn or(&self, other: &Self, lanes: Mask) -> Self {
        let mut limbs = [zero(); 8];
        for i in 0..8 {
            limbs[i] = _mm512_mask_blend_epi64(lanes, self.0[i], other.0[i]);
        }
        Self(limbs)
    }

    /// The integers in `0..p` that are congruent to `a factor / R`.
    #[target_feature(enable = "avx512ifma")]
    fn to_integers(self, factor: &Number) -> [[u64; 6]; WIDTH] {
        let limbs = self.times(&Fp::<1>::constant(factor)).0.map(to_array);
        core::array::from_fn(|lane| {
            let mut words = to_words(&limbs.map(|limb| limb[lane]));
            while let Some(reduced) = subtract_p(&words) {
                words = reduced;
            }
            words
        })
    }

    /// The elements in blst's form.
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn to_blst(self) -> [blst_fp; WIDTH] {
        self.to_integers(&TO_BLST).map(|l| blst_fp { l })
    }

    /// The elements as integers below `p`.
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn to_numbers(self) -> [[u64; 6]; WIDTH] {
        self.to_integers(&TO_INTEGER)
    }
}

impl Fp<REDUCED> {
    /// Elements in blst's form.
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn from_blst(x: &[&blst_fp; WIDTH]) -> Self {
        Self::from_integers(&x.map(|x| x.l), &FROM_BLST)
    }

    /// Integers below `2^384`.
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn from_numbers(x: &[[u64; 6]; WIDTH]) -> Self {
        Self::from_integers(x, &FROM_INTEGER)
    }

    #[target_feature(enable = "avx512ifma")]
    fn from_integers(x: &[[u64; 6]; WIDTH], factor: &Number) -> Self {
        let numbers = x.map(|x| to_limbs(&x));
        let mut limbs = [zero(); 8];
        for i in 0..8 {
            limbs[i] = from_array(numbers.map(|number| number[i]));
        }
        // 2^384 < 10 p
        Fp::<10>(limbs).times(&Fp::<1>::constant(factor))
    }
}

/// An element in blst's form, as the constant of all lanes.
pub(super) fn number_of(x: &blst_fp) -> Number {
    // In blst's form, 2^32 stands for itself times 2^384.
    const TWO_TO_32: blst_fp = blst_fp { l: to_words(&power_of_two(416)) };
    let mut scaled = blst_fp::default();
    // SAFETY: reads two initialised elements, writes one.
    unsafe { blst_fp_mul(&mut scaled, x, &TWO_TO_32) };
    to_limbs(&scaled.l)
}

impl<const B: u64> Factor<B> {
    /// `a b`, to be reduced.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn times<const C: u64>(&self, other: &Factor<C>) -> Wide<1> {
        const { assert!(B <= 1 << 10 && C <= 1 << 10) };
        Wide(multiply(&self.0, &other.0))
    }
}

impl<const M: u64> Wide<M> {
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn column(&self, i: usize) -> Column<M> {
        Column(self.0[i])
    }

    /// A sum of others, column by column.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn by_columns(column: impl Fn(usize) -> Column<M>) -> Self {
        let mut columns = [zero(); 16];
        for i in 0..16 {
            columns[i] = column(i).0;
        }
        Self(columns)
    }

    /// `T/R`, and `p` for the sign.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn reduced(&self) -> Fp<REDUCED> {
        const { assert!(M <= MOST_PRODUCTS) };
        let mut limbs = [zero(); 8];
        reduce(&mut limbs, &self.0, &P);
        Fp(limbs)
    }

    /// The same, into its place.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn reduce_into(&self, out: &mut Fp<REDUCED>) {
        const { assert!(M <= MOST_PRODUCTS) };
        reduce(&mut out.0, &self.0, &P);
    }
}

impl<const M: u64> Column<M> {
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn plus<const N: u64, const S: u64>(self, other: Column<N>) -> Column<S> {
        const { assert!(M + N <= S) };
        Column(plus(self.0, other.0))
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn minus<const N: u64, const S: u64>(self, other: Column<N>) -> Column<S> {
        const { assert!(M + N <= S) };
        Column(minus(self.0, other.0))
    }
}

#[cfg(test)]
impl<const B: u64> Fp<B> {
    /// The elements that have these numbers.
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn of(numbers: &[Number; WIDTH]) -> Self {
        let mut limbs = [zero(); 8];
        for i in 0..8 {
            limbs[i] = from_array(numbers.map(|number| number[i]));
        }
        Self(limbs)
    }

    pub(super) fn limbs(&self) -> [[u64; WIDTH]; 8] {
        self.0.map(to_array)
    }
}

#[cfg(test)]
impl<const M: u64> Wide<M> {
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn nothing() -> Self {
        Self([zero(); 16])
    }

    /// Adds or subtracts a product; at most `M` in all.
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn accumulate(&mut self, product: &Wide<1>, add: bool) {
        for i in 0..16 {
            self.0[i] = if add { plus(self.0[i], product.0[i]) } else { minus(self.0[i], product.0[i]) };
        }
    }
}
