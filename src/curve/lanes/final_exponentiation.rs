//! The final exponentiation, for eight elements at once: to the power of `3 (p^12 - 1) / r`, as in
//! blst.
//!
//! Hayashida, Hayasaka, Teruya, *Efficient final exponentiation via cyclotomic structure for
//! pairings over families of elliptic curves* (ePrint 2020/875).

use blst::{blst_fp, blst_fp_inverse};

use super::constants::Constants;
use super::field::{Fp, REDUCED, number_of};
use super::tower::{Compressed, Fp2, Fp6, Fp12};

/// ```text
/// easy part    g = f^((p^6 - 1)(p^2 + 1))
/// hard part    3 (p^4 - p^2 + 1)/r = (z - 1)^2 (z + p) (z^2 + p^2 - 1) + 3
/// ```
#[target_feature(enable = "avx512ifma")]
pub(super) fn final_exponentiation(f: &Fp12, constants: &Constants) -> Fp12 {
    let frobenius = |x: &Fp12, n| frobenius(x, n, constants);
    // g = f^(p^6 - 1), to the power of p^2 + 1; in the cyclotomic subgroup from here on, where the
    // conjugate is the inverse.
    let g = f.conjugate().times(&inverse(f));
    let g = frobenius(&g, 2).times(&g);
    // a = g^((z - 1)^2) = (g^(2z))^(z/2) g / g^(2z)
    let mut square = g;
    square.cyclotomic_square();
    let to_2z = power_z(&square);
    let a = to_2z.times(&g.conjugate()).conjugate().times(&power(&to_2z, 15));
    // b = a^(z^2 - 1)     a^((z + p)(z^2 + p^2 - 1)) = a^(p^3) a^(z p^2) b^z b^p
    let to_z = power_z(&a);
    let b = power_z(&to_z).times(&a.conjugate());
    let power = frobenius(&a, 3).times(&frobenius(&to_z, 2)).times(&power_z(&b)).times(&frobenius(&b, 1));
    power.times(&square).times(&g)
}

/// `x^z`, in the cyclotomic subgroup.
#[target_feature(enable = "avx512ifma")]
fn power_z(x: &Fp12) -> Fp12 {
    power(x, 16)
}

/// `x^(z 2^(lowest - 16))` in the cyclotomic subgroup, where `- z = 2^16 + 2^48 + 2^57 + 2^60 + 2^62 + 2^63`.
#[target_feature(enable = "avx512ifma")]
fn power(x: &Fp12, lowest: usize) -> Fp12 {
    let mut low = Compressed::of(x);
    for _ in 0..lowest {
        low.square();
    }
    let mut high = low;
    for _ in 0..32 {
        high.square();
    }
    let [low, mut high] = decompressed(&[low, high]);
    let mut power = low.times(&high);
    for squares in [9, 3, 2, 1] {
        for _ in 0..squares {
            high.cyclotomic_square();
        }
        power = power.times(&high);
    }
    power.conjugate()
}

/// ```text
/// c11 = (3 c01^2 + xi c12^2 - 2 c02) / (4 c10), or 2 c01 c12 / c02 if c10 = 0
/// c00 = xi (2 c11^2 + c10 c12 - 3 c01 c02) + 1
/// ```
/// If `c02` is also zero, the element is one.
#[target_feature(enable = "avx512ifma")]
fn decompressed(elements: &[Compressed; 2]) -> [Fp12; 2] {
    let mut fractions = [(Fp2::<28>::zero(), Fp2::<16>::zero()); 2];
    for (Compressed { c01, c02, c10, c12 }, fraction) in elements.iter().zip(&mut fractions) {
        let squares: Fp2<20> = c01.squared().multiple::<3, 12>().plus(&c12.squared().times_xi::<8>());
        *fraction = (squares.minus(&c02.doubled::<8>()), c10.multiple::<4, 16>());
        let (no_c10, no_c02) = (c10.is_zero(), c02.is_zero());
        if no_c10 != 0 {
            let (numerator, denominator) = fraction;
            *numerator = numerator.or(c01.times(c12).doubled::<8>().widened(), no_c10);
            *denominator = denominator.or(c02.widened(), no_c10).or(&Fp2::one(), no_c10 & no_c02);
        }
    }
    let [(n0, d0), (n1, d1)] = &fractions;
    let inverse = inverse2(d0.times(d1).widened());
    let c11 = [n0.times(&d1.times(&inverse)), n1.times(&d0.times(&inverse))];
    let mut whole = [Fp12::one(); 2];
    for n in 0..2 {
        let (Compressed { c01, c02, c10, c12 }, c11) = (&elements[n], &c11[n]);
        let c00: Fp2<12> = c11.squared().doubled::<8>().plus(&c10.times(c12));
        let c00: Fp2<24> = c00.minus(&c01.times(c02).multiple::<3, 12>());
        let c00: Fp2<49> = c00.times_xi::<48>().plus(&Fp2::<1>::one());
        whole[n] = Fp12([Fp6([c00.times(&Fp2::<1>::one()), *c01, *c02]), Fp6([*c10, *c11, *c12])]);
    }
    whole
}

/// `x^(p^n)`, for n = 1, 2, 3.
#[target_feature(enable = "avx512ifma")]
pub(super) fn frobenius(x: &Fp12, n: usize, constants: &Constants) -> Fp12 {
    let mut image = *x;
    for i in 0..2 {
        for j in 0..3 {
            let c = &x.0[i].0[j];
            let c = if n % 2 == 1 { c.conjugate() } else { *c };
            image.0[i].0[j] = c.times(&constants.frobenius(n, i, j));
        }
    }
    image
}

/// `1/(a0 + a1 w) = (a0 - a1 w) / (a0^2 - v a1^2)`; zero for zero.
#[target_feature(enable = "avx512ifma")]
fn inverse(x: &Fp12) -> Fp12 {
    let [a0, a1] = &x.0;
    let Fp6([s0, s1, s2]) = a0.times(a0);
    let Fp6([t0, t1, t2]) = a1.times(a1);
    let norm = inverse6(&Fp6([s0.minus::<8, 12>(&t2.times_xi()), s1.minus(&t0), s2.minus(&t1)]));
    Fp12([a0.times(&norm), a1.times(&norm).negated()])
}

/// ```text
/// c0 = a0^2 - xi a1 a2     c1 = xi a2^2 - a0 a1     c2 = a1^2 - a0 a2
/// 1/a = (c0 + c1 v + c2 v^2) / (a0 c0 + xi (a2 c1 + a1 c2))
/// ```
#[target_feature(enable = "avx512ifma")]
fn inverse6(Fp6([a0, a1, a2]): &Fp6<12>) -> Fp6<REDUCED> {
    let c0: Fp2<12> = a0.squared().minus(&a1.times(a2).times_xi::<8>());
    let c1: Fp2<12> = a2.squared().times_xi::<8>().minus(&a0.times(a1));
    let c2: Fp2<8> = a1.squared().minus(&a0.times(a2));
    let sum: Fp2<8> = a2.times(&c1).plus(&a1.times(&c2));
    let norm: Fp2<20> = sum.times_xi::<16>().plus(&a0.times(&c0));
    let inverse = inverse2(&norm);
    Fp6([c0.times(&inverse), c1.times(&inverse), c2.times(&inverse)])
}

/// `1/(b0 + b1 i) = (b0 - b1 i) / (b0^2 + b1^2)`
#[target_feature(enable = "avx512ifma")]
fn inverse2(Fp2([b0, b1]): &Fp2<20>) -> Fp2<REDUCED> {
    let inverse = inverse_fp(&b0.squared().plus(&b1.squared()));
    Fp2([b0.times(&inverse), b1.times(&inverse).negated()])
}

/// The inverses in all lanes, from one inversion by blst. Zero gives zero,
/// independently of the other lanes.
///
/// With the lanes four, two and one further added, each lane has the product of two, four and all
/// eight elements; the inverses follow in the reverse order.
#[target_feature(enable = "avx512ifma")]
fn inverse_fp(x: &Fp<8>) -> Fp<REDUCED> {
    let zeros = x.is_zero();
    let x = x.or(&Fp::one(), zeros);
    let two = x.times(&x.rotated::<4>());
    let four = two.times(&two.rotated::<2>());
    let [eight, ..] = four.times(&four.rotated::<1>()).to_blst();
    let mut inverse = blst_fp::default();
    // SAFETY: reads one initialised element, writes one.
    unsafe { blst_fp_inverse(&mut inverse, &eight) };
    let of_eight = Fp::<1>::constant(&number_of(&inverse));
    let of_four = of_eight.times(&four.rotated::<1>());
    let of_two = of_four.times(&two.rotated::<2>());
    of_two.times(&x.rotated::<4>()).or(&Fp::zero(), zeros)
}
