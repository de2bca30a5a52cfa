//! `Fp2`, `Fp6` and `Fp12`, eight elements at once, in blst's representation of them:
//! ```text
//! Fp2 = Fp[i]/(i^2 + 1)     Fp6 = Fp2[v]/(v^3 - xi), xi = 1 + i     Fp12 = Fp6[w]/(w^2 - v)
//! ```
//! Products are by Karatsuba at each level and are reduced at the end: twelve reductions for a
//! product in `Fp12` instead of 54 (Aranha et al., ePrint 2010/526). The main functions are not
//! generic in their bounds. This keeps one copy of each in the processor's cache.

use super::field::{Column, Fp, MOST_PRODUCTS, Mask, REDUCED, Wide};
use super::vector::align_frame;

/// `c0 + c1 i`
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Fp2<const B: u64>(pub(super) [Fp<B>; 2]);

/// `c0 + c1 v + c2 v^2`
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Fp6<const B: u64>(pub(super) [Fp2<B>; 3]);

/// `c0 + c1 w`
#[derive(Clone, Copy)]
pub(super) struct Fp12(pub(super) [Fp6<REDUCED>; 2]);

/// An element of the cyclotomic subgroup without `c00` and `c11`, which follow from the others:
/// Karabina, *Squaring in cyclotomic subgroups* (ePrint 2010/542).
#[derive(Clone, Copy)]
pub(super) struct Compressed {
    pub(super) c01: Fp2<REDUCED>,
    pub(super) c02: Fp2<REDUCED>,
    pub(super) c10: Fp2<REDUCED>,
    pub(super) c12: Fp2<REDUCED>,
}

/// An element of `Fp2` to be reduced.
#[derive(Clone, Copy)]
#[repr(transparent)]
struct Wide2<const M: u64>([Wide<M>; 2]);

/// An element of `Fp6` to be reduced: the result of [`multiply6`].
struct Wide6([Wide2<21>; 3]);

/// The argument of the functions that are not generic: `Fp2<B>` for any `B` up to this bound.
const WIDEST: u64 = 512;
/// The same for `Fp6<B>`.
const WIDEST_6: u64 = 16;

/// `l0 + l1 v + l2 v w`: a line of the Miller loop.
pub(super) struct Line {
    pub(super) l0: Fp2<200>,
    pub(super) l1: Fp2<REDUCED>,
    pub(super) l2: Fp2<REDUCED>,
}

// ---------------------------------------------------------------------------------------------------------
// Fp2
// ---------------------------------------------------------------------------------------------------------

impl<const B: u64> Fp2<B> {
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn zero() -> Self {
        Self([Fp::zero(); 2])
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn one() -> Self {
        Self([Fp::one(), Fp::zero()])
    }

    /// The same under a wider bound.
    #[inline]
    pub(super) fn widened<const C: u64>(&self) -> &Fp2<C> {
        const { assert!(B <= C) };
        // SAFETY: as in `Fp::widened`, of which this is an array.
        unsafe { &*core::ptr::from_ref(self).cast() }
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn plus<const C: u64, const D: u64>(&self, other: &Fp2<C>) -> Fp2<D> {
        Fp2([self.0[0].plus(&other.0[0]), self.0[1].plus(&other.0[1])])
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn minus<const C: u64, const D: u64>(&self, other: &Fp2<C>) -> Fp2<D> {
        Fp2([self.0[0].minus(&other.0[0]), self.0[1].minus(&other.0[1])])
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn doubled<const D: u64>(&self) -> Fp2<D> {
        self.plus(self)
    }

    /// `N a`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn multiple<const N: u64, const D: u64>(&self) -> Fp2<D> {
        Fp2([self.0[0].multiple::<N, D>(), self.0[1].multiple::<N, D>()])
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn negated(&self) -> Self {
        Self([self.0[0].negated(), self.0[1].negated()])
    }

    /// `c0 - c1 i`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn conjugate(&self) -> Self {
        Self([self.0[0], self.0[1].negated()])
    }

    /// `(1 + i) a`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn times_xi<const D: u64>(&self) -> Fp2<D> {
        Fp2([self.0[0].minus(&self.0[1]), self.0[0].plus(&self.0[1])])
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn times<const C: u64>(&self, other: &Fp2<C>) -> Fp2<REDUCED> {
        product2(self.widened(), other.widened())
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn squared(&self) -> Fp2<REDUCED> {
        square2(self.widened()).reduced()
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn times_fp(&self, k: &Fp<8>) -> Fp2<REDUCED> {
        scale2(self.widened(), k)
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn times_wide<const C: u64>(&self, other: &Fp2<C>) -> Wide2<3> {
        multiply2(self.widened(), other.widened())
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn is_zero(&self) -> Mask {
        self.0[0].is_zero() & self.0[1].is_zero()
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn or(&self, other: &Self, lanes: Mask) -> Self {
        Self([self.0[0].or(&other.0[0], lanes), self.0[1].or(&other.0[1], lanes)])
    }
}

/// ```text
/// t = (a0 + a1) b0     (t - a1 (b0 + b1)) + (t + a0 (b1 - b0)) i
/// ```
#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn multiply2(a: &Fp2<WIDEST>, b: &Fp2<WIDEST>) -> Wide2<3> {
    let ([a0, a1], [b0, b1]) = (&a.0, &b.0);
    align_frame();
    let minus_sum = b0.factor_minus_sum::<{ 2 * WIDEST }>(b1);
    let difference = b1.factor_minus::<WIDEST, { 2 * WIDEST }>(b0);
    let t = a0.factor_plus::<WIDEST, { 2 * WIDEST }>(a1).times(&b0.factor());
    Wide2([t.plus_product(&a1.factor(), &minus_sum), t.plus_product(&a0.factor(), &difference)])
}

#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn product2(a: &Fp2<WIDEST>, b: &Fp2<WIDEST>) -> Fp2<REDUCED> {
    multiply2(a, b).reduced()
}

/// ```text
/// (a0 + a1)(a0 - a1) + 2 a0 a1 i
/// ```
#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn square2(a: &Fp2<WIDEST>) -> Wide2<1> {
    align_frame();
    let [a0, a1] = &a.0;
    let sum = a0.factor_plus::<WIDEST, { 2 * WIDEST }>(a1);
    let difference = a0.factor_minus::<WIDEST, { 2 * WIDEST }>(a1);
    let twice = a0.factor_plus::<WIDEST, { 2 * WIDEST }>(a0);
    Wide2([sum.times(&difference), twice.times(&a1.factor())])
}

#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn scale2(a: &Fp2<WIDEST>, k: &Fp<8>) -> Fp2<REDUCED> {
    align_frame();
    Fp2([a.0[0].times(k), a.0[1].times(k)])
}

#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn reduce2(a: &Wide2<MOST_PRODUCTS>) -> Fp2<REDUCED> {
    Fp2([a.0[0].reduced(), a.0[1].reduced()])
}

/// One column of a [`Wide2<M>`].
#[derive(Clone, Copy)]
struct Column2<const M: u64>([Column<M>; 2]);

impl<const M: u64> Wide2<M> {
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn column(&self, i: usize) -> Column2<M> {
        Column2([self.0[0].column(i), self.0[1].column(i)])
    }

    /// A sum of others, column by column.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn by_columns(column: impl Fn(usize) -> Column2<M>) -> Self {
        let mut sum = Self([Wide::by_columns(|i| column(i).0[0]); 2]);
        sum.0[1] = Wide::by_columns(|i| column(i).0[1]);
        sum
    }

    /// A sum of others, column by column, reduced into its place.
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn reduce_by_columns(out: &mut Fp2<REDUCED>, column: impl Fn(usize) -> Column2<M>) {
        out.0[0] = Wide::by_columns(|i| column(i).0[0]).reduced();
        out.0[1] = Wide::by_columns(|i| column(i).0[1]).reduced();
    }

    /// The same under a wider bound.
    #[inline]
    fn widened<const N: u64>(&self) -> &Wide2<N> {
        const { assert!(M <= N) };
        // SAFETY: as in `Fp::widened`, of which this is an array.
        unsafe { &*core::ptr::from_ref(self).cast() }
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn reduced(&self) -> Fp2<REDUCED> {
        reduce2(self.widened())
    }
}

impl<const M: u64> Column2<M> {
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn plus<const N: u64, const S: u64>(self, other: Column2<N>) -> Column2<S> {
        Column2([self.0[0].plus(other.0[0]), self.0[1].plus(other.0[1])])
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn minus<const N: u64, const S: u64>(self, other: Column2<N>) -> Column2<S> {
        Column2([self.0[0].minus(other.0[0]), self.0[1].minus(other.0[1])])
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn times_xi<const S: u64>(self) -> Column2<S> {
        Column2([self.0[0].minus(self.0[1]), self.0[0].plus(self.0[1])])
    }
}

/// `a + b`, reduced.
#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn reduce_sum(out: &mut Fp2<REDUCED>, a: &Wide2<21>, b: &Wide2<21>) {
    Wide2::reduce_by_columns(out, |i| a.column(i).plus::<_, 42>(b.column(i)))
}

/// `a + xi b`, reduced.
#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn reduce_sum_with_xi(out: &mut Fp2<REDUCED>, a: &Wide2<21>, b: &Wide2<21>) {
    Wide2::reduce_by_columns(out, |i| a.column(i).plus::<_, 63>(b.column(i).times_xi::<42>()))
}

/// `a - b - c`, reduced.
#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn reduce_difference(out: &mut Fp2<REDUCED>, a: &Wide2<21>, b: &Wide2<21>, c: &Wide2<21>) {
    Wide2::reduce_by_columns(out, |i| a.column(i).minus::<_, 42>(b.column(i)).minus::<_, 63>(c.column(i)))
}

/// `a - b - xi c`, reduced.
#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn reduce_difference_with_xi(out: &mut Fp2<REDUCED>, a: &Wide2<21>, b: &Wide2<21>, c: &Wide2<21>) {
    Wide2::reduce_by_columns(out, |i| {
        a.column(i).minus::<_, 42>(b.column(i)).minus::<_, 84>(c.column(i).times_xi::<42>())
    })
}

// ---------------------------------------------------------------------------------------------------------
// Fp6
// ---------------------------------------------------------------------------------------------------------

impl<const B: u64> Fp6<B> {
    /// The same under a wider bound.
    #[inline]
    fn widened<const C: u64>(&self) -> &Fp6<C> {
        const { assert!(B <= C) };
        // SAFETY: as there.
        unsafe { &*core::ptr::from_ref(self).cast() }
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn plus<const C: u64, const D: u64>(&self, other: &Fp6<C>) -> Fp6<D> {
        let ([a0, a1, a2], [b0, b1, b2]) = (&self.0, &other.0);
        Fp6([a0.plus(b0), a1.plus(b1), a2.plus(b2)])
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn negated(&self) -> Self {
        let [a0, a1, a2] = &self.0;
        Self([a0.negated(), a1.negated(), a2.negated()])
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn times<const C: u64>(&self, other: &Fp6<C>) -> Fp6<REDUCED> {
        let Wide6([c0, c1, c2]) = multiply6(self.widened(), other.widened());
        Fp6([c0.reduced(), c1.reduced(), c2.reduced()])
    }
}

/// ```text
/// t_j = a_j b_j
/// c0 = t0 + xi ((a1 + a2)(b1 + b2) - t1 - t2)
/// c1 = (a0 + a1)(b0 + b1) - t0 - t1 + xi t2
/// c2 = (a0 + a2)(b0 + b2) - t0 - t2 + t1
/// ```
#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn multiply6(a: &Fp6<WIDEST_6>, b: &Fp6<WIDEST_6>) -> Wide6 {
    const SUM: u64 = 2 * WIDEST_6;
    let ([a0, a1, a2], [b0, b1, b2]) = (&a.0, &b.0);
    let t0 = a0.times_wide(b0);
    let t1 = a1.times_wide(b1);
    let t2 = a2.times_wide(b2);
    let sum12 = a1.plus::<_, SUM>(a2).times_wide(&b1.plus::<_, SUM>(b2));
    let sum01 = a0.plus::<_, SUM>(a1).times_wide(&b0.plus::<_, SUM>(b1));
    let sum02 = a0.plus::<_, SUM>(a2).times_wide(&b0.plus::<_, SUM>(b2));
    Wide6([
        Wide2::by_columns(|i| {
            let x = sum12.column(i).minus::<_, 6>(t1.column(i)).minus::<_, 9>(t2.column(i));
            t0.column(i).plus(x.times_xi::<18>())
        }),
        Wide2::by_columns(|i| {
            let x = sum01.column(i).minus::<_, 6>(t0.column(i)).minus::<_, 9>(t1.column(i));
            x.plus(t2.column(i).times_xi::<6>())
        }),
        Wide2::by_columns(|i| {
            let x = sum02.column(i).minus::<_, 6>(t0.column(i)).minus::<_, 9>(t2.column(i));
            x.plus(t1.column(i))
        }),
    ])
}

/// `a (x + y v)`:
/// ```text
/// c0 = a0 x + xi a2 y     c1 = (a0 + a1)(x + y) - a0 x - a1 y     c2 = a2 x + a1 y
/// ```
#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn multiply6_sparse(a: &Fp6<WIDEST_6>, x: &Fp2<200>, y: &Fp2<8>) -> Wide6 {
    let [a0, a1, a2] = &a.0;
    let t0 = a0.times_wide(x);
    let t1 = a1.times_wide(y);
    let a2y = a2.times_wide(y);
    let sum = a0.plus::<_, { 2 * WIDEST_6 }>(a1).times_wide(&x.plus::<_, 208>(y));
    let a2x = a2.times_wide(x);
    Wide6([
        Wide2::by_columns(|i| t0.column(i).plus(a2y.column(i).times_xi::<6>())),
        Wide2::by_columns(|i| sum.column(i).minus::<_, 6>(t0.column(i)).minus(t1.column(i))),
        Wide2::by_columns(|i| a2x.column(i).plus(t1.column(i))),
    ])
}

// ---------------------------------------------------------------------------------------------------------
// Fp12
// ---------------------------------------------------------------------------------------------------------

impl Fp12 {
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn one() -> Self {
        let mut one = Self([Fp6([Fp2::zero(); 3]); 2]);
        one.0[0].0[0] = Fp2::one();
        one
    }

    /// The lanes that hold one.
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn is_one(&self) -> Mask {
        let [Fp6([first, a1, a2]), Fp6([a3, a4, a5])] = &self.0;
        let zeros = a1.is_zero() & a2.is_zero() & a3.is_zero() & a4.is_zero() & a5.is_zero();
        zeros & first.minus::<1, 5>(&Fp2::one()).is_zero()
    }

    /// `c0 - c1 w`
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn conjugate(&self) -> Self {
        Self([self.0[0], self.0[1].negated()])
    }

    /// `a b`, by Karatsuba.
    #[inline(never)]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn times(&self, other: &Self) -> Self {
        let ([a0, a1], [b0, b1]) = (&self.0, &other.0);
        let t0 = multiply6(a0.widened(), b0.widened());
        let t1 = multiply6(a1.widened(), b1.widened());
        let sum = multiply6(a0.plus::<_, 8>(a1).widened(), b0.plus::<_, 8>(b1).widened());
        let mut product = *self;
        product.combine(&t0, &t1, &sum);
        product
    }

    /// ```text
    /// t = a0 a1     (a0 + a1)(a0 + v a1) - t - v t + 2 t w
    /// ```
    #[inline(never)]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn square(&mut self) {
        let [a0, a1] = &self.0;
        let [b0, b1, b2] = &a1.0;
        let va1 = Fp6([b2.times_xi::<8>(), *b0.widened(), *b1.widened()]);
        let Wide6([t0, t1, t2]) = &multiply6(a0.widened(), a1.widened());
        let Wide6([p0, p1, p2]) = &multiply6(a0.plus::<_, 8>(a1).widened(), a0.plus::<_, 12>(&va1).widened());
        let [Fp6([c00, c01, c02]), Fp6([c10, c11, c12])] = &mut self.0;
        reduce_difference_with_xi(c00, p0, t0, t2);
        reduce_difference(c01, p1, t1, t0);
        reduce_difference(c02, p2, t2, t1);
        reduce_sum(c10, t0, t0);
        reduce_sum(c11, t1, t1);
        reduce_sum(c12, t2, t2);
    }

    /// To `a (l0 + l1 v + l2 v w)`.
    #[inline(never)]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn multiply_by_line(&mut self, Line { l0, l1, l2 }: &Line) {
        let [a0, a1] = &self.0;
        let t0 = multiply6_sparse(a0.widened(), l0, l1.widened());
        let [b0, b1, b2] = &a1.0;
        let last = b2.times_wide(l2);
        let t1 = Wide6([
            Wide2::by_columns(|i| last.column(i).times_xi()),
            *b0.times_wide(l2).widened(),
            *b1.times_wide(l2).widened(),
        ]);
        let sum = multiply6_sparse(a0.plus::<_, 8>(a1).widened(), l0, &l1.plus(l2));
        self.combine(&t0, &t1, &sum);
    }

    /// To `t0 + v t1 + (sum - t0 - t1) w`.
    #[inline(never)]
    #[target_feature(enable = "avx512ifma")]
    fn combine(&mut self, t0: &Wide6, t1: &Wide6, sum: &Wide6) {
        let (Wide6([a0, a1, a2]), Wide6([b0, b1, b2]), Wide6([s0, s1, s2])) = (t0, t1, sum);
        let [Fp6([c00, c01, c02]), Fp6([c10, c11, c12])] = &mut self.0;
        reduce_sum_with_xi(c00, a0, b2);
        reduce_sum(c01, a1, b0);
        reduce_sum(c02, a2, b1);
        reduce_difference(c10, s0, a0, b0);
        reduce_difference(c11, s1, a1, b1);
        reduce_difference(c12, s2, a2, b2);
    }

    /// The square of an element of the cyclotomic subgroup: Granger and Scott, *Faster squaring in
    /// the cyclotomic subgroup of sixth degree extensions* (ePrint 2009/565). With `Fp4 =
    /// Fp2[s]/(s^2 - xi)` and
    /// ```text
    /// (t0, t1) = (c00 + c11 s)^2     (t2, t3) = (c10 + c02 s)^2     (t4, t5) = (c01 + c12 s)^2
    /// c00 = 3 t0 - 2 c00             c01 = 3 t2 - 2 c01             c02 = 3 t4 - 2 c02
    /// c10 = 3 xi t5 + 2 c10          c11 = 3 t1 + 2 c11             c12 = 3 t3 + 2 c12
    /// ```
    #[inline(never)]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn cyclotomic_square(&mut self) {
        let Self([Fp6([a00, a01, a02]), Fp6([a10, a11, a12])]) = &{ *self };
        let [Fp6([c00, c01, c02]), Fp6([c10, c11, c12])] = &mut self.0;
        square4([c00, c11], [a00, a11], [a00, a11], |t1| t1);
        square4([c01, c12], [a01, a12], [a10, a02], |t3| t3);
        square4([c02, c10], [a02, a10], [a01, a12], |t5| t5.times_xi::<6>());
    }
}

impl Compressed {
    pub(super) fn of(Fp12([Fp6([_, c01, c02]), Fp6([c10, _, c12])]): &Fp12) -> Self {
        Self { c01: *c01, c02: *c02, c10: *c10, c12: *c12 }
    }

    /// Like [`Fp12::cyclotomic_square`].
    #[inline(never)]
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn square(&mut self) {
        let Self { c01: a01, c02: a02, c10: a10, c12: a12 } = &{ *self };
        let Self { c01, c02, c10, c12 } = self;
        square4([c01, c12], [a01, a12], [a10, a02], |t3| t3);
        square4([c02, c10], [a02, a10], [a01, a12], |t5| t5.times_xi::<6>());
    }
}

/// To `3 t0 - 2 z0` and `3 t1 + 2 z1`, perhaps with a multiple of `t1`, for
/// ```text
/// t0 + t1 s = (a0 + a1 s)^2 = a0^2 + xi a1^2 + ((a0 + a1)^2 - a0^2 - a1^2) s
/// ```
#[inline(never)]
#[target_feature(enable = "avx512ifma")]
fn square4<const M: u64>(
    [out0, out1]: [&mut Fp2<REDUCED>; 2],
    [z0, z1]: [&Fp2<REDUCED>; 2],
    [a0, a1]: [&Fp2<REDUCED>; 2],
    multiple: impl Fn(Column2<3>) -> Column2<M>,
) {
    let s0 = square2(a0.widened());
    let s1 = square2(a1.widened());
    let sum = square2(a0.plus::<_, 8>(a1).widened());
    let t0 = |i| s0.column(i).plus::<_, 3>(s1.column(i).times_xi::<2>());
    let t1 = |i| multiple(sum.column(i).minus::<_, 2>(s0.column(i)).minus::<_, 3>(s1.column(i)));
    out0.0[0] = Wide::by_columns(|i| t0(i).0[0]).three_minus_two(&z0.0[0]);
    out0.0[1] = Wide::by_columns(|i| t0(i).0[1]).three_minus_two(&z0.0[1]);
    out1.0[0] = Wide::by_columns(|i| t1(i).0[0]).three_plus_two(&z1.0[0]);
    out1.0[1] = Wide::by_columns(|i| t1(i).0[1]).three_plus_two(&z1.0[1]);
}
