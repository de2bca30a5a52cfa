//! Eight elements of `Fp` at once, one in each lane of 64 bits.
//!
//! An element has eight limbs of 52 bits, the operand size of AVX-512 IFMA's multiplier, in
//! Montgomery form with `R = 2^416`. Because `R / p > 2^35`, elements need not be below `p`: an
//! [`Fp<B>`] is at most `B p`, and a product before its reduction may be a sum of many. The bounds
//! are parameters of the types, and the compiler checks them: an operation whose result could leave
//! its bound does not compile.
//!
//! Sums before reduction: Aranha, Karabina, Longa, Gebotys, Lopez, *Faster explicit formulas for
//! computing pairings over ordinary curves* (ePrint 2010/526).

use core::arch::x86_64::{__m512i, _mm512_alignr_epi64, _mm512_cmpeq_epi64_mask, _mm512_mask_blend_epi64};

use blst::{blst_fp, blst_fp_mul};

use super::number::{
    FROM_BLST, FROM_INTEGER, HALF, Number, ONE, P, TO_BLST, TO_INTEGER, multiple_of_p, power_of_two,
    subtract_p, to_limbs, to_words,
};
use super::vector::{
    Columns, Limbs, WIDTH, all, carried, carried_for_multiplication, from_array, minus, multiply,
    nearly_reduce, offset, plus, reduce, square, times_small, to_array, zero,
};

/// One bit for each lane.
pub(super) type Mask = u8;
/// All lanes.
pub(super) const ALL: Mask = 0xff;

/// Eight elements of `Fp`, each a number from 0 to `B p`; limbs below `2^52`.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Fp<const B: u64>(Limbs);

/// Factors from 0 to `B p`. Only the lower 52 bits of each limb count.
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

/// `3 (18 + 2) 2^56 < 2^62`
const MOST_TRIPLED: u64 = 18;

/// The bound of a reduction's result: `T/R` is between `-p` and `p`, to which `2p` and an
/// offset of `p` are added.
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

    /// `N a`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn multiple<const N: u64, const D: u64>(&self) -> Fp<D> {
        const { assert!(N * B <= D && D <= 1 << 30) };
        Fp(carried(times_small(&self.0, all(N))))
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

    /// `2 B p - a - b`, to be multiplied.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn factor_minus_sum<const D: u64>(&self, other: &Self) -> Factor<D> {
        const { assert!(2 * B <= D) };
        let offset = const { multiple_of_p(2 * B) };
        let sum = self.uncarried_sum(other);
        let mut limbs = [zero(); 8];
        for i in 0..8 {
            limbs[i] = minus(all(offset[i]), sum[i]);
        }
        Factor(carried_for_multiplication(limbs))
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

    /// The lanes whose element is zero modulo `p`.
    ///
    /// `a/R`, whose reduction is between 0 and `2p` as `a < R`, is 0, `p` or `2p`.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn is_zero(&self) -> Mask {
        const { assert!(B <= 1 << 30) };
        let mut columns = [zero(); 16];
        columns[..8].copy_from_slice(&self.0);
        let reduced = carried(reduce(&columns));
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

    /// In each lane, the element of the Nth lane after it, in a circle.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn rotated<const N: i32>(&self) -> Self {
        Self(self.0.map(|limb| _mm512_alignr_epi64::<N>(limb, limb)))
    }

    /// The elements that have these numbers.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn of(numbers: &[Number; WIDTH]) -> Self {
        let mut limbs = [zero(); 8];
        for i in 0..8 {
            limbs[i] = from_array(numbers.map(|number| number[i]));
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
        // 2^384 < 10 p
        Fp::<10>::of(&x.map(|x| to_limbs(&x))).times(&Fp::<1>::constant(factor))
    }
}

/// An element in blst's form, as the constant of all lanes.
pub(super) fn number_of(x: &blst_fp) -> Number {
    // In blst's form, 2^32 is represented by 2^32 times 2^384.
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
        Wide(multiply([zero(); 16], &self.0, &other.0))
    }
}

impl<const M: u64> Wide<M> {
    /// `T + a b`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn plus_product<const B: u64, const C: u64, const S: u64>(
        &self,
        a: &Factor<B>,
        b: &Factor<C>,
    ) -> Wide<S> {
        const { assert!(M < S && B <= 1 << 10 && C <= 1 << 10) };
        Wide(multiply(self.0, &a.0, &b.0))
    }

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
        Fp(carried(offset(reduce(&self.0), &P)))
    }

    /// `3 T/R + 2 z`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn three_plus_two(&self, z: &Fp<REDUCED>) -> Fp<REDUCED> {
        const { assert!(M <= MOST_TRIPLED) };
        let mut limbs = reduce(&self.0);
        for i in 0..8 {
            let sum = plus(limbs[i], z.0[i]);
            limbs[i] = plus(limbs[i], plus(sum, sum));
        }
        // The reduction is between -p and 3 p; therefore this is between p and 21 p.
        Fp(nearly_reduce(offset(limbs, const { &multiple_of_p(4) })))
    }

    /// `3 T/R - 2 z`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn three_minus_two(&self, z: &Fp<REDUCED>) -> Fp<REDUCED> {
        const { assert!(M <= MOST_TRIPLED) };
        let mut limbs = reduce(&self.0);
        for i in 0..8 {
            let difference = minus(limbs[i], z.0[i]);
            limbs[i] = plus(limbs[i], plus(difference, difference));
        }
        // As there, between p and 21 p.
        Fp(nearly_reduce(offset(limbs, const { &multiple_of_p(4 + 2 * REDUCED) })))
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
