//! The final exponentiation, for eight elements at once: to the power of `3 (p^12 - 1) / r`, as in
//! blst.
//!
//! Hayashida, Hayasaka, Teruya, *Efficient final exponentiation via cyclotomic structure for
//! pairings over families of elliptic curves* (ePrint 2020/875).

use blst::{blst_fp, blst_fp_inverse, blst_fp_mul};

use super::constants::Constants;
use super::field::{Fp, REDUCED};
use super::number::ONE_IN_BLST;
use super::tower::{Fp2, Fp6, Fp12};

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
    let a = to_2z.times(&g.conjugate()).conjugate().times(&power_half_z(&to_2z));
    // b = a^(z^2 - 1)     a^((z + p)(z^2 + p^2 - 1)) = a^(p^3) a^(z p^2) b^z b^p
    let to_z = power_z(&a);
    let b = power_z(&to_z).times(&a.conjugate());
    let power = frobenius(&a, 3).times(&frobenius(&to_z, 2)).times(&power_z(&b)).times(&frobenius(&b, 1));
    power.times(&square).times(&g)
}

/// `x^(z/2)`, in the cyclotomic subgroup; `z` is negative.
#[target_feature(enable = "avx512ifma")]
fn power_half_z(x: &Fp12) -> Fp12 {
    let mut power = *x;
    power.cyclotomic_square();
    for doublings in [2, 3, 9, 32, 15] {
        power = power.times(x);
        for _ in 0..doublings {
            power.cyclotomic_square();
        }
    }
    power.conjugate()
}

/// `x^z`, in the cyclotomic subgroup.
#[target_feature(enable = "avx512ifma")]
fn power_z(x: &Fp12) -> Fp12 {
    let mut power = power_half_z(x);
    power.cyclotomic_square();
    power
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
    // 1/(b0 + b1 i) = (b0 - b1 i) / (b0^2 + b1^2)
    let [b0, b1] = &norm.0;
    let inverse = inverse_fp(&b0.squared().plus(&b1.squared()));
    let inverse = Fp2([b0.times(&inverse), b1.times(&inverse).negated()]);
    Fp6([c0.times(&inverse), c1.times(&inverse), c2.times(&inverse)])
}

/// The inverses in all lanes, from one inversion by blst; zero for zero, whatever is in the other
/// lanes.
#[target_feature(enable = "avx512ifma")]
fn inverse_fp(x: &Fp<8>) -> Fp<REDUCED> {
    let zero = blst_fp::default();
    let mut inverses = x.to_blst();
    // SAFETY: in each, blst reads initialised elements and writes one.
    let times = |a: &blst_fp, b: &blst_fp| unsafe {
        let mut product = blst_fp::default();
        blst_fp_mul(&mut product, a, b);
        product
    };
    // products[n] = x_0 .. x_(n-1), without those that are zero
    let mut products = [blst_fp { l: ONE_IN_BLST }; 9];
    for (n, x) in inverses.iter().enumerate() {
        products[n + 1] = if *x == zero { products[n] } else { times(&products[n], x) };
    }
    let mut inverse = blst_fp::default();
    // SAFETY: as above.
    unsafe { blst_fp_inverse(&mut inverse, &products[8]) };
    for (n, x) in inverses.iter_mut().enumerate().rev() {
        if *x != zero {
            let of_x = times(&inverse, &products[n]);
            inverse = times(&inverse, x);
            *x = of_x;
        }
    }
    Fp::from_blst(&inverses.each_ref())
}
