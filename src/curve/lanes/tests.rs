//! Comparisons with blst: random and extreme values, and every case of decoding. Without the
//! instructions there is nothing to test, and each test reports this.

use blst::{
    blst_fp, blst_fp_add, blst_fp_cneg, blst_fp_mul, blst_fp2, blst_fp12, blst_fp12_cyclotomic_sqr,
    blst_fp12_frobenius_map, blst_fp12_mul, blst_fp12_mul_by_xy00z0, blst_fp12_sqr,
};
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

use super::field::{Factor, Fp, REDUCED, Wide};
use super::number::{self, Number};
use super::tower::{Fp2, Fp6, Fp12, Line};
use super::*;
use crate::curve::samples::rng;
use crate::curve::{
    Field, G1Projective, G2Projective, Group, Gt, MillerLines, Scalar,
    final_exponentiation as blst_final_exponentiation, pairing_product_prepared, random_scalar,
};

/// The lanes, or `None` with a message.
fn lanes() -> Option<Lanes> {
    let there = std::arch::is_x86_feature_detected!("avx512ifma");
    if !there {
        eprintln!("skipped: this processor has no AVX-512 IFMA");
    }
    static CONSTANTS: Lazy<Constants> = Lazy::new(Constants::new);
    there.then(|| Lanes(&CONSTANTS))
}

// ---------------------------------------------------------------------------------------------------------
// The field
// ---------------------------------------------------------------------------------------------------------

fn times(a: &blst_fp, b: &blst_fp) -> blst_fp {
    let mut product = blst_fp::default();
    // SAFETY: reads two initialised elements, writes one.
    unsafe { blst_fp_mul(&mut product, a, b) };
    product
}

fn plus(a: &blst_fp, b: &blst_fp) -> blst_fp {
    let mut sum = blst_fp::default();
    // SAFETY: as in `times`.
    unsafe { blst_fp_add(&mut sum, a, b) };
    sum
}

fn minus(a: &blst_fp, b: &blst_fp) -> blst_fp {
    let mut negated = blst_fp::default();
    // SAFETY: as in `times`.
    unsafe { blst_fp_cneg(&mut negated, b, true) };
    plus(a, &negated)
}

/// `n a`
fn multiple(n: u64, a: &blst_fp) -> blst_fp {
    (0..64).rev().fold(blst_fp::default(), |sum, bit| {
        let twice = plus(&sum, &sum);
        if n >> bit & 1 == 1 { plus(&twice, a) } else { twice }
    })
}

/// Numbers up to `bound p`: the smallest and largest, those near multiples of `p`, those with large
/// limbs, and random ones.
fn numbers(bound: u64, rng: &mut ChaCha20Rng) -> Vec<Number> {
    let mut numbers = vec![number::multiple_of_p(0), [1, 0, 0, 0, 0, 0, 0, 0]];
    for n in [1, 2, bound / 2, bound - 1, bound].into_iter().filter(|n| *n > 0) {
        let at = number::multiple_of_p(n);
        numbers.push(at);
        let mut below = at;
        below[0] -= 1;
        numbers.push(below);
    }
    let top = number::multiple_of_p(bound)[7];
    let full = number::LIMB;
    numbers.push([full, full, full, full, full, full, full, top - 1]);
    numbers.push([0, 0, 0, 0, 0, 0, 0, top]);
    for limb in 0..7 {
        let mut one_full = [0; 8];
        one_full[limb] = full;
        numbers.push(one_full);
    }
    while numbers.len() < 64 {
        let mut random = [(); 8].map(|()| rng.next_u64() & full);
        random[7] %= top;
        numbers.push(random);
    }
    numbers
}

/// The element whose Montgomery form here is this number, in blst's form.
fn element(x: &Number) -> blst_fp {
    let one = blst_fp { l: number::ONE_IN_BLST };
    let value = x
        .iter()
        .rev()
        .fold(blst_fp::default(), |value, limb| plus(&multiple(1 << 52, &value), &multiple(*limb, &one)));
    times(&value, &inverse_of_two_to_416())
}

fn inverse_of_two_to_416() -> blst_fp {
    let mut inverse = blst_fp::default();
    let two_to_416 = (0..416).fold(blst_fp { l: number::ONE_IN_BLST }, |power, _| plus(&power, &power));
    // SAFETY: reads one initialised element, writes one.
    unsafe { blst::blst_fp_inverse(&mut inverse, &two_to_416) };
    inverse
}

/// A product added `M` times, and subtracted `M` times.
#[target_feature(enable = "avx512ifma")]
fn added_and_subtracted<const M: u64>(product: &Wide<1>) -> [Wide<M>; 2] {
    [true, false].map(|add| {
        let mut wide = Wide::nothing();
        (0..M).for_each(|_| wide.accumulate(product, add));
        wide
    })
}

#[target_feature(enable = "avx512ifma")]
fn check_field() {
    const B: u64 = 1 << 9;
    let rng = &mut rng(1);
    let numbers = numbers(B, rng);
    let elements: Vec<blst_fp> = numbers.iter().map(element).collect();
    let vector = |first: usize| {
        let at = core::array::from_fn(|i| (first + i) % numbers.len());
        (Fp::<B>::of(&at.map(|at| numbers[at])), at.map(|at| elements[at]))
    };
    for first in 0..numbers.len() {
        let (a, in_a) = vector(first);
        assert_eq!(a.to_blst(), in_a);
        assert_eq!(a.squared().to_blst(), in_a.map(|a| times(&a, &a)));
        assert_eq!(a.negated().to_blst(), in_a.map(|a| minus(&blst_fp::default(), &a)));
        assert_eq!(a.multiple::<2, { 2 * B }>().to_blst(), in_a.map(|a| multiple(2, &a)));
        let zeros = in_a.iter().rev().fold(0, |mask, a| mask << 1 | Mask::from(*a == blst_fp::default()));
        assert_eq!(a.is_zero(), zeros);
        for shift in 0..numbers.len() {
            let (b, in_b) = vector(first + shift);
            let each =
                |f: &dyn Fn(&blst_fp, &blst_fp) -> blst_fp| core::array::from_fn(|i| f(&in_a[i], &in_b[i]));
            assert_eq!(a.times(&b).to_blst(), each(&times));
            assert_eq!(a.plus::<B, { 2 * B }>(&b).to_blst(), each(&plus));
            assert_eq!(a.minus::<B, { 2 * B }>(&b).to_blst(), each(&minus));
            assert_eq!(a.or(&b, 0b0101_0101).to_blst(), core::array::from_fn(|i| [in_b[i], in_a[i]][i % 2]));
        }
    }
    // The maximum number of summed products, of the largest factors, with either sign.
    const LARGEST: u64 = 1 << 10;
    let full = [number::LIMB; 7];
    let full_limbs =
        core::array::from_fn(|i| full.get(i).copied().unwrap_or(number::multiple_of_p(LARGEST)[7] - 1));
    for x in [number::multiple_of_p(LARGEST), full_limbs, numbers[40]] {
        let factor: Factor<LARGEST> = Fp::of(&[x; 8]).factor();
        let product: Wide<1> = factor.times(&factor);
        let product_of = times(&element(&x), &element(&x));
        let [sum, difference] = added_and_subtracted::<126>(&product);
        let expected = multiple(126, &product_of);
        assert_eq!(sum.reduced().to_blst(), [expected; 8]);
        assert_eq!(difference.reduced().to_blst(), [minus(&blst_fp::default(), &expected); 8]);
        // With multiples of the smallest and largest elements added.
        let [sum, difference] = added_and_subtracted::<18>(&product);
        let expected = multiple(3 * 18, &product_of);
        let negated = minus(&blst_fp::default(), &expected);
        for z in self::numbers(REDUCED, rng).chunks_exact(8) {
            let z: [Number; 8] = z.try_into().unwrap();
            let twice = z.map(|z| multiple(2, &element(&z)));
            let z = Fp::of(&z);
            for (wide, expected) in [(&sum, expected), (&difference, negated)] {
                let results = [wide.three_plus_two(&z), wide.three_minus_two(&z)];
                assert_eq!(results[0].to_blst(), twice.map(|twice| plus(&expected, &twice)));
                assert_eq!(results[1].to_blst(), twice.map(|twice| minus(&expected, &twice)));
                for lane in 0..8 {
                    let limbs = |result: &Fp<REDUCED>| result.limbs().map(|limb| limb[lane]);
                    let bounded = |limbs: [u64; 8]| {
                        limbs.iter().all(|limb| *limb <= number::LIMB)
                            && limbs.iter().rev().le(number::multiple_of_p(REDUCED).iter().rev())
                    };
                    assert!(results.iter().map(limbs).all(bounded));
                }
            }
        }
    }
    // A million random products.
    let mut random = || -> [blst_fp; 8] {
        [(); 8].map(|()| {
            let mut words = [(); 6].map(|()| rng.next_u64());
            words[5] %= number::P64[5];
            blst_fp { l: words }
        })
    };
    for _ in 0..1 << 17 {
        let (a, b) = (random(), random());
        let product = Fp::from_blst(&a.each_ref()).times(&Fp::from_blst(&b.each_ref()));
        assert_eq!(product.to_blst(), core::array::from_fn(|i| times(&a[i], &b[i])));
    }
}

#[test]
fn the_field_is_the_one_of_blst() {
    if lanes().is_some() {
        // SAFETY: the processor has the instructions.
        unsafe { check_field() }
    }
}

// ---------------------------------------------------------------------------------------------------------
// The tower
// ---------------------------------------------------------------------------------------------------------

fn random_fp12(rng: &mut ChaCha20Rng) -> blst_fp12 {
    let mut element = blst_fp12::default();
    for c in element.fp6.iter_mut().flat_map(|c| &mut c.fp2).flat_map(|c| &mut c.fp) {
        c.l = [(); 6].map(|()| rng.next_u64());
        c.l[5] %= number::P64[5];
        match rng.next_u32() % 8 {
            0 => c.l = [0; 6],
            1 => c.l = number::ONE_IN_BLST,
            2 => {
                c.l = number::P64; // -1, not in Montgomery form
                c.l[0] -= 1;
            }
            _ => {}
        }
    }
    element
}

#[target_feature(enable = "avx512ifma")]
fn fp2_of(x: &[&blst_fp2; 8]) -> Fp2<4> {
    Fp2([Fp::from_blst(&x.map(|x| &x.fp[0])), Fp::from_blst(&x.map(|x| &x.fp[1]))])
}

#[target_feature(enable = "avx512ifma")]
fn fp12_of(x: &[blst_fp12; 8]) -> Fp12 {
    let c = |i: usize, j: usize| fp2_of(&core::array::from_fn(|lane| &x[lane].fp6[i].fp2[j]));
    Fp12([0, 1].map(|i| Fp6([0, 1, 2].map(|j| c(i, j)))))
}

#[target_feature(enable = "avx512ifma")]
fn to_blst(x: &Fp12) -> [blst_fp12; 8] {
    let mut elements = [blst_fp12::default(); 8];
    for (i, Fp6(c)) in x.0.iter().enumerate() {
        for (j, Fp2(c)) in c.iter().enumerate() {
            for (k, c) in c.iter().enumerate() {
                for (element, c) in elements.iter_mut().zip(c.to_blst()) {
                    element.fp6[i].fp2[j].fp[k] = c;
                }
            }
        }
    }
    elements
}

#[target_feature(enable = "avx512ifma")]
fn check_tower(constants: &Constants) {
    let rng = &mut rng(1);
    for _ in 0..200 {
        let a: [blst_fp12; 8] = [(); 8].map(|()| random_fp12(rng));
        let b: [blst_fp12; 8] = [(); 8].map(|()| random_fp12(rng));
        let (x, y) = (fp12_of(&a), fp12_of(&b));
        let each = |f: &dyn Fn(&mut blst_fp12, &blst_fp12, &blst_fp12)| {
            core::array::from_fn(|i| {
                let mut out = blst_fp12::default();
                f(&mut out, &a[i], &b[i]);
                out
            })
        };
        // SAFETY: in each of these blst reads initialised elements and writes one.
        unsafe {
            assert_eq!(to_blst(&x.times(&y)), each(&|out, a, b| blst_fp12_mul(out, a, b)));
            let mut square = x;
            square.square();
            assert_eq!(to_blst(&square), each(&|out, a, _| blst_fp12_sqr(out, a)));
            let mut square = x;
            square.cyclotomic_square();
            assert_eq!(to_blst(&square), each(&|out, a, _| blst_fp12_cyclotomic_sqr(out, a)));
            let Fp6([l0, l1, l2]) = y.0[0];
            let line = Line { l0: *l0.widened(), l1, l2 };
            let product = each(&|out, a, b| blst_fp12_mul_by_xy00z0(out, a, &b.fp6[0]));
            let mut times_line = x;
            times_line.multiply_by_line(&line);
            assert_eq!(to_blst(&times_line), product);
            for n in [1, 2, 3] {
                let image = final_exponentiation::frobenius(&x, n, constants);
                assert_eq!(to_blst(&image), each(&|out, a, _| blst_fp12_frobenius_map(out, a, n)));
            }
        }
        let power = final_exponentiation::final_exponentiation(&x, constants);
        assert_eq!(to_blst(&power), a.map(|a| blst_final_exponentiation(&a).0));
    }
    // A zero stays zero, and does not affect the other lanes.
    let mut a: [blst_fp12; 8] = [(); 8].map(|()| random_fp12(rng));
    a[3] = blst_fp12 { fp6: Default::default() };
    let power = to_blst(&final_exponentiation::final_exponentiation(&fp12_of(&a), constants));
    for lane in (0..8).filter(|lane| *lane != 3) {
        assert_eq!(power[lane], blst_final_exponentiation(&a[lane]).0);
    }
    assert_eq!(power[3], a[3]);
}

#[test]
fn the_tower_is_the_one_of_blst() {
    if let Some(Lanes(constants)) = lanes() {
        // SAFETY: the processor has the instructions.
        unsafe { check_tower(constants) }
    }
}

// ---------------------------------------------------------------------------------------------------------
// Points
// ---------------------------------------------------------------------------------------------------------

fn point1(rng: &mut ChaCha20Rng) -> G1Affine {
    (G1Affine::generator() * *random_scalar(rng).unwrap()).into()
}

fn point2(rng: &mut ChaCha20Rng) -> G2Affine {
    (G2Affine::generator() * *random_scalar(rng).unwrap()).into()
}

/// `(p - 1)/2` and other x-coordinates at which the behaviour changes.
fn edges() -> Vec<[u8; 48]> {
    let mut edges = Vec::new();
    let mut about = |words: [u64; 6]| {
        for add in [0, 1, u64::MAX] {
            let mut words = words;
            words[0] = words[0].wrapping_add(add);
            let mut bytes = [0; 48];
            for (bytes, word) in bytes.chunks_mut(8).rev().zip(words) {
                bytes.copy_from_slice(&word.to_be_bytes());
            }
            edges.push(bytes);
        }
    };
    about(number::P64);
    about(number::MINUS_ONE_HALF);
    about([u64::MAX, u64::MAX, u64::MAX, u64::MAX, u64::MAX, (1 << 61) - 1]);
    for small in 0..64 {
        about([small, 0, 0, 0, 0, 0]);
    }
    edges
}

/// Points of every kind, each with all eight combinations of flags.
fn encoded1(rng: &mut ChaCha20Rng) -> Vec<[u8; 48]> {
    encoded(edges(), |rng| point1(rng).to_compressed(), rng)
}

fn encoded2(rng: &mut ChaCha20Rng) -> Vec<[u8; 96]> {
    let edges = edges();
    let mut bodies: Vec<[u8; 96]> = Vec::new();
    for (i, edge) in edges.iter().enumerate() {
        for other in [[0; 48], edges[0], edges[i / 2], edges[edges.len() - 1 - i]] {
            bodies.push([*edge, other].concat().try_into().unwrap());
            bodies.push([other, *edge].concat().try_into().unwrap());
        }
    }
    encoded(bodies, |rng| point2(rng).to_compressed(), rng)
}

fn encoded<const N: usize>(
    mut bodies: Vec<[u8; N]>,
    point: fn(&mut ChaCha20Rng) -> [u8; N],
    rng: &mut ChaCha20Rng,
) -> Vec<[u8; N]> {
    bodies.extend((0..64).map(|_| point(rng)));
    let at = bodies.len();
    bodies.resize(at + 64, [0; N]);
    bodies[at..].iter_mut().for_each(|random| rng.fill_bytes(random));
    let with_flags = |mut body: [u8; N], flags: u8| {
        body[0] = body[0] & 0x1f | flags << 5;
        body
    };
    bodies.into_iter().flat_map(|body| (0..8).map(move |flags| with_flags(body, flags))).collect()
}

#[test]
fn decoding_gives_what_blst_gives() {
    let Some(lanes) = lanes() else { return };
    let rng = &mut rng(1);
    let bytes = encoded1(rng);
    let bytes: Vec<&[u8; 48]> = bytes.iter().collect();
    let expected: Vec<_> = bytes.iter().map(|b| decode_on_curve_g1(b)).collect();
    assert_eq!(lanes.decode_on_curve_g1(&bytes), expected);
    let few: Vec<_> = (0..40).map(|_| point1(rng).to_compressed()).collect();
    let few: Vec<_> = few.iter().collect();
    for bytes in (0..few.len()).map(|count| &few[..count]).chain([&bytes[..]]) {
        assert_eq!(lanes.decode_g1(bytes), bytes.iter().map(|b| decode_g1(b)).collect::<Vec<_>>());
    }
    let bytes = encoded2(rng);
    let bytes: Vec<&[u8; 96]> = bytes.iter().collect();
    assert_eq!(lanes.decode_g2(&bytes), bytes.iter().map(|b| decode_g2(b)).collect::<Vec<_>>());
}

/// The points that the lanes accept without help from blst.
#[test]
fn lanes_accept_exactly_the_good_points() {
    let Some(Lanes(constants)) = lanes() else { return };
    let rng = &mut rng(1);
    let (good1, good2) = ([(); 8].map(|()| point1(rng)), [(); 8].map(|()| point2(rng)));
    for bad in 0..8 {
        let mut bytes = good1.map(|point| point.to_compressed());
        bytes[bad] =
            encoded1(rng).into_iter().find(|b| decode_g1(b) == Err(Error::PointNotInSubgroup)).unwrap();
        // SAFETY: the processor has the instructions.
        let [decoded] = unsafe { decode::decode1(&[bytes.each_ref().map(Some)], Check::Subgroup, constants) };
        assert_eq!(decoded, core::array::from_fn(|i| (i != bad).then_some(good1[i])));
        let mut bytes = good2.map(|point| point.to_compressed());
        bytes[bad] =
            encoded2(rng).into_iter().find(|b| decode_g2(b) == Err(Error::PointNotInSubgroup)).unwrap();
        // SAFETY: as above.
        let [decoded] = unsafe { decode::decode2(&[bytes.each_ref().map(Some)], constants) };
        assert_eq!(decoded, core::array::from_fn(|i| (i != bad).then_some(good2[i])));
    }
}

/// The order of G1's curve is divisible by 3 and 11: points of these orders reach the
/// exceptions of the formulas.
#[test]
fn small_order_points_are_outside_the_subgroup() {
    let Some(lanes) = lanes() else { return };
    let on_curve: Vec<G1Affine> =
        encoded1(&mut rng(1)).into_iter().filter_map(|b| decode_on_curve_g1(&b).ok()).collect();
    // Outside the subgroup, orders divide 1 - z.
    const ONE_MINUS_Z: u128 = 0xd201_0000_0001_0001;
    let of_order = |order: u128| {
        let points = on_curve.iter().map(|point| {
            let point = times_number(&G1Projective::from(point), ONE_MINUS_Z / order);
            // [r]
            times_number(&times_number(&point, Z2_LESS_ONE), Z2) + point
        });
        points.into_iter().find(|point| !bool::from(point.is_identity())).unwrap()
    };
    /// The order of the subgroup is `z^4 - z^2 + 1`.
    const Z2: u128 = 0xd201_0000_0001_0000 * 0xd201_0000_0001_0000;
    const Z2_LESS_ONE: u128 = Z2 - 1;
    let mut points = Vec::new();
    for order in [3, 11] {
        let small = of_order(order);
        assert!(bool::from(times_number(&small, order).is_identity()));
        points.extend([small, small + point1(&mut rng(1))].map(G1Affine::from));
    }
    points.extend([G1Affine::identity(), G1Affine::generator()]);
    let expected: Vec<_> = points.iter().map(check_subgroup_g1).collect();
    assert_eq!(expected.iter().filter(|judged| judged.is_ok()).count(), 2);
    assert_eq!(lanes.check_subgroup_g1(&points), expected);
}

fn times_number(point: &G1Projective, n: u128) -> G1Projective {
    (0..128).rev().fold(G1Projective::identity(), |sum, bit| {
        let twice = sum + sum;
        if n >> bit & 1 == 1 { twice + point } else { twice }
    })
}

// ---------------------------------------------------------------------------------------------------------
// Pairings
// ---------------------------------------------------------------------------------------------------------

/// A product of this many pairs and two shared factors, which is one or not one.
fn product(pairs: usize, shared: [Scalar; 2], one: bool, rng: &mut ChaCha20Rng) -> Product<2> {
    let mut sum = Scalar::from(0u64);
    let mut scalars: Vec<(Scalar, Scalar)> =
        (0..pairs).map(|_| (*random_scalar(rng).unwrap(), *random_scalar(rng).unwrap())).collect();
    for (a, b) in &mut scalars {
        match rng.next_u32() % 8 {
            0 => *a = Scalar::from(0u64),
            1 => (*a, *b) = (Scalar::from(1u64), Scalar::from(1u64)),
            _ => {}
        }
        sum += *a * *b;
    }
    let left = *random_scalar(rng).unwrap();
    sum += left * shared[0];
    let inverse = shared[1].invert().unwrap();
    let right = if one { -sum * inverse } else { *random_scalar(rng).unwrap() };
    Product {
        pairs: scalars
            .iter()
            .map(|(a, b)| ((G1Affine::generator() * a).into(), (G2Affine::generator() * b).into()))
            .collect(),
        shared: [left, right].map(|k| (G1Affine::generator() * k).into()),
    }
}

/// The lines of `[k]P2`.
fn prepared(k: Scalar) -> MillerLines {
    MillerLines::prepare(&(G2Projective::generator() * k).into()).unwrap()
}

fn by_blst(product: &Product<2>, [first, second]: &[MillerLines; 2]) -> Result<Gt, Error> {
    let prepared = [(product.shared[0], first), (product.shared[1], second)];
    pairing_product_prepared(&product.pairs, &prepared)
}

#[test]
fn products_are_those_of_blst() {
    let Some(Lanes(constants)) = lanes() else { return };
    let rng = &mut rng(1);
    let scalars = [*random_scalar(rng).unwrap(), *random_scalar(rng).unwrap()];
    let prepared = scalars.map(prepared);
    let [first, second] = prepared.each_ref().map(SharedLines::new);
    for lanes in 1..=8 {
        for most in 0..5 {
            let products: Vec<_> =
                (0..lanes).map(|lane| product((lane + most) % 5, scalars, lane % 3 == 0, rng)).collect();
            // SAFETY: the processor has the instructions.
            let (ones, powers) = unsafe { values(&products, &[&first, &second], constants) };
            for (lane, product) in products.iter().enumerate() {
                let expected = by_blst(product, &prepared).unwrap();
                assert_eq!(Gt(powers[lane]), expected);
                assert_eq!(ones >> lane & 1 == 1, lane % 3 == 0);
            }
        }
    }
}

#[target_feature(enable = "avx512ifma")]
fn values(
    products: &[Product<2>],
    lines: &[&SharedLines; 2],
    constants: &Constants,
) -> (Mask, [blst_fp12; 8]) {
    let products: Vec<_> = products.iter().collect();
    let f = miller_loop(&products, lines);
    let power = final_exponentiation::final_exponentiation(&f, constants);
    (ones(&products, lines, constants), to_blst(&power))
}

#[test]
fn reports_the_identity_without_spoiling_other_products() {
    let Some(lanes) = lanes() else { return };
    let rng = &mut rng(1);
    let scalars = [Scalar::from(5u64), Scalar::from(7u64)];
    let prepared = scalars.map(prepared);
    let [first, second] = prepared.each_ref().map(SharedLines::new);
    let alone = |product: &Product<2>| Ok(by_blst(product, &prepared)?.is_one());
    for count in [1, 2, 8, 9, 17] {
        let mut products: Vec<_> = (0..count).map(|i| product(2, scalars, i % 2 == 0, rng)).collect();
        for bad in 0..count {
            let good = core::mem::replace(&mut products[bad].pairs[1].1, G2Affine::identity());
            let answers = lanes.are_one(&products, &[&first, &second], alone);
            for (i, answer) in answers.into_iter().enumerate() {
                assert_eq!(answer, if i == bad { Err(Error::IdentityPoint) } else { Ok(i % 2 == 0) });
            }
            products[bad].pairs[1].1 = good;
        }
    }
}

#[test]
fn blst_overrules_wrong_lanes() {
    // The answers of lanes that are wrong about item 2: a false hit is always detected, and
    // ends the trust in lanes.
    let right = [false, true, false, false];
    let items = [0, 1, 2, 3];
    let alone = |item: &usize| Ok(right[*item]);
    let answers = [Some(false), Some(true), Some(true), None].to_vec();
    let before = DISTRUSTED.load(Ordering::Relaxed);
    let confirmed = confirm(&items, answers, alone);
    assert_eq!(confirmed, right.map(Ok));
    assert!(DISTRUSTED.swap(before, Ordering::Relaxed));
    // Then their earlier answers are discarded too: the one for item 1, which is a hit.
    let answers = [Some(false), Some(false), Some(true), None].to_vec();
    assert_eq!(confirm(&items, answers, alone), right.map(Ok));
    DISTRUSTED.store(before, Ordering::Relaxed);
    // Of this many hits that lanes miss, blst detects some.
    let misses = || vec![Some(false); 2 * SAMPLE];
    assert_eq!(confirm(&[(); 2 * SAMPLE], misses(), |()| Ok(true)), vec![Ok(true); 2 * SAMPLE]);
    assert!(DISTRUSTED.swap(before, Ordering::Relaxed));
    assert_eq!(confirm(&[(); 2 * SAMPLE], misses(), |()| Ok(false)), vec![Ok(false); 2 * SAMPLE]);
    assert_eq!(DISTRUSTED.load(Ordering::Relaxed), before);
}
