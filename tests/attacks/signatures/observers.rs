//! Observers who want to know the signer, the attributes used, or whether one signer made
//! two signatures: from the bytes alone, or with all keys, as the authority. They also
//! want the signer's key.

use std::collections::HashSet;

use blstrs::{G1Projective, Scalar};
use ff::Field;
use group::Group;

use super::signer::{Means, Nonces, Parts, Statement, of_rows};
use super::{Authority, CONTEXT, MESSAGE, rightly, sign};
use crate::ground::{P2, g2_bytes, header, rng};
use crate::keys::{ABS, Key};
use crate::rule::{Rule, all, any, not, number, of};

#[test]
fn the_length_depends_on_the_policy_only() {
    let authority = Authority::new(1);
    let last = u64::from(u32::MAX);
    // Use numbers, free values and negative rows.
    let table: [(Rule, [&str; 3], usize, usize); 6] = [
        (all(["a", "b", "c", "d"]), ["a, b, c, d", "a, b, c, d, e", "d, c, b, a"], 1, 0),
        (any(["a", "b"]), ["a", "b", "a, b, c, d, e"], 1, 1),
        (of(2, ["a", "b", "c"]), ["a, b", "b, c", "a, c"], 1, 1),
        (of(2, ["a".into(), all(["b", "c"]), any(["a", "e"])]), ["a, e", "b, c, e", "a, b, c"], 2, 2),
        (
            any([number("level>=5", "level", 2, 5..=last), "a".into()]),
            ["a", "level=5", "level=4000000000"],
            1,
            2,
        ),
        (any(["a".into(), not("role", "x")]), ["a", "role=y", "role=z, a"], 1, 2),
    ];
    for (rule, sets, uses, more) in &table {
        for (seed, set) in (0..).zip(sets) {
            let signature = authority.signed(set, rule, seed);
            assert_eq!(signature.bytes().len(), 4 + 48 * uses + 96 * (1 + more), "{} by {set}", rule.text);
        }
    }
}

/// The distance between two samples of equal size: chi squared of their byte frequencies, in
/// standard deviations from its mean, and the largest deviation of any single bit.
fn distance(a: &[Vec<u8>], b: &[Vec<u8>]) -> (f64, f64) {
    assert_eq!(a.len(), b.len());
    let histogram = |sample: &[Vec<u8>]| {
        let mut counts = [0f64; 256];
        sample.iter().flatten().for_each(|byte| counts[usize::from(*byte)] += 1.0);
        counts
    };
    let (of_a, of_b) = (histogram(a), histogram(b));
    let seen = of_a.iter().zip(&of_b).filter(|(x, y)| *x + *y > 0.0);
    let chi: f64 = seen.map(|(x, y)| (x - y).powi(2) / (x + y)).sum();
    let bits = |sample: &[Vec<u8>]| -> Vec<f64> {
        let set =
            |bit: usize| sample.iter().filter(|bytes| bytes[bit / 8] >> (bit % 8) & 1 == 1).count() as f64;
        (0..sample[0].len() * 8).map(set).collect()
    };
    // The difference of two counts of n fair bits each has variance n / 2.
    let deviation = (a.len() as f64 / 2.0).sqrt();
    let worst = bits(a).iter().zip(bits(b)).map(|(x, y)| (x - y).abs() / deviation).fold(0.0, f64::max);
    ((chi - 255.0) / 510f64.sqrt(), worst)
}

/// With random seeds, both tests together would reject two equal distributions about once in a
/// hundred thousand runs. Here the seeds are fixed.
fn alike(a: &[Vec<u8>], b: &[Vec<u8>]) -> bool {
    let (chi, worst) = distance(a, b);
    chi < 5.0 && worst < 6.2
}

const SAMPLE: u64 = 160;

/// The bits in which each signature differs from the one `by` places later.
fn differences(a: &[Vec<u8>], b: &[Vec<u8>], by: usize) -> Vec<Vec<u8>> {
    let pairs = a.iter().zip(b.iter().cycle().skip(by));
    pairs.map(|(a, b)| a.iter().zip(b).map(|(x, y)| x ^ y).collect()).collect()
}

/// The remainder of `V` and `V_1`, if this is the signer's key and its first row was used. A right
/// guess gives the nonces.
fn unexplained(rule: &Rule, key: &Key, signatures: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let of_one = |signature: &Vec<u8>| {
        let Parts { V, V_f, .. } = Parts::read(rule, signature);
        [g2_bytes(&(V - key.K2)), g2_bytes(&(V_f[0] - key.K2))].concat()
    };
    signatures.iter().map(of_one).collect()
}

#[test]
fn signers_and_sets_are_indistinguishable() {
    let (authority, rule) = (Authority::new(1), any(["a", "b"]));
    let [first, same_set, second] =
        [("a", 1), ("a", 2), ("b, c", 3)].map(|(set, seed)| authority.issue(set, seed));
    let sample = |key, from: u64| -> Vec<Vec<u8>> {
        (from..from + SAMPLE).map(|seed| sign(key, &rule, seed).unwrap()).collect()
    };
    let (by_first, by_same_set, by_second) =
        (sample(&first, 0), sample(&same_set, 1000), sample(&second, 2000));
    assert!(alike(&by_first, &by_same_set), "users");
    assert!(alike(&by_first, &by_second), "satisfying sets");
    // Pairs by one user, pairs by two.
    let two_users = differences(&by_first, &by_same_set, 0);
    assert!(alike(&differences(&by_first, &by_first, 1), &two_users), "unlinkability");
    // By the authority, which has all keys: signatures by the first user, tested against that
    // user's key and against another's.
    let keys = [&first, &same_set].map(|key| super::read_key(&key.to_bytes()).1);
    let [by_own, by_other] = keys.each_ref().map(|key| unexplained(&rule, key, &by_first));
    assert!(alike(&by_own, &by_other), "keys");
    assert!(alike(&differences(&by_own, &by_own, 1), &differences(&by_other, &by_other, 1)), "nonces");

    // The observer detects real leaks: a signer that does not mask its key, and a
    // signer that repeats nonces.
    let mut unmasked = by_first.clone();
    for bytes in &mut unmasked {
        bytes[52..148].copy_from_slice(&g2_bytes(&keys[0].K2));
    }
    assert!(!alike(&unmasked, &by_second));
    assert!(!alike(&differences(&unmasked, &unmasked, 1), &two_users));
    let careless = |seed: u64| {
        let message = seed.to_be_bytes();
        rightly(&Statement { message: &message, ..authority.statement(&rule) }, &keys[0], 7).bytes()
    };
    let repeating: Vec<_> = (0..SAMPLE).map(careless).collect();
    assert!(!alike(&differences(&repeating, &repeating, 1), &two_users));
}

#[test]
fn two_signers_make_one_signature() {
    // Anonymity is exact: for two keys and two satisfying sets, there is randomness with
    // which both make the same signature. The observer created the authority, and therefore
    // knows the keys' exponents.
    let alpha = Scalar::from(5);
    let A = P2() * alpha;
    let public = [header(0x29).as_slice(), &g2_bytes(&A)].concat();
    let public = medseal::abs::PublicKey::from_bytes(&public).unwrap();
    // A policy, two sets, and the rows that each of them uses.
    type Case = (Rule, [&'static str; 2], [&'static [usize]; 2]);
    let table: [Case; 4] = [
        (any(["a", "b"]), ["a", "b, c"], [&[0], &[1]]),
        (of(2, ["a", "b", "c"]), ["a, b", "b, c"], [&[0, 1], &[1, 2]]),
        (of(2, ["a".into(), all(["a", "b"]), any(["c", "d"])]), ["a, b", "a, d"], [&[0, 1], &[0, 3]]),
        (any(["a".into(), not("role", "x"), not("role", "y")]), ["a", "role=y"], [&[0], &[1]]),
    ];
    for (rule, sets, used) in &table {
        let statement = Statement { A: &A, rule, context: CONTEXT, message: MESSAGE, left_out: &[] };
        let r = [Scalar::from(7), Scalar::from(11)];
        let keys = [0, 1].map(|i| ABS.issue(sets[i], ABS.h() * alpha, &r[i], &r[i]));
        let gamma = used.map(|used| of_rows(rule, &rule.coefficients(|row| used.contains(&row)).unwrap()));
        let means = keys.each_ref().map(|key| Means::new(key, rule, &G1Projective::identity()));
        let nonces = Nonces::draw(rule, &mut rng(3));
        let one = means[0].sign(&statement, &gamma[0], &nonces);
        // V = [r + r*]P2      V_f = [gamma_f r + nu_f]P2      V'_i = [gamma_i d r + nu'_i]P2
        let exponents = [0, 1].map(|i| means[i].exponents(rule, &gamma[i], &r[i]));
        let [of_one, of_two] = &exponents;
        let shift = |nonces: &[Scalar], from: &[Scalar], to: &[Scalar]| -> Vec<Scalar> {
            nonces.iter().zip(from).zip(to).map(|((nu, from), to)| nu + from - to).collect()
        };
        let other = Nonces {
            r: nonces.r + of_one.r - of_two.r,
            free: shift(&nonces.free, &of_one.free, &of_two.free),
            not: shift(&nonces.not, &of_one.not, &of_two.not),
        };
        assert!(other.r != nonces.r);
        let two = means[1].sign(&statement, &gamma[1], &other);
        assert_eq!(one, two, "{}", rule.text);
        let signature = medseal::abs::Signature::from_bytes(&two.bytes()).unwrap();
        assert_eq!(public.verify(&rule.parsed(), CONTEXT, MESSAGE, &signature), Ok(()));
    }
}

#[test]
fn signatures_share_no_element() {
    let authority = Authority::new(1);
    let rule = all(["a".into(), any(["b", "c"]), any(["a", "d"]), not("role", "x")]);
    let key = authority.issue("a, b, c, role=y", 1);
    let mut seen = HashSet::new();
    for seed in 0..8 {
        for element in Parts::read(&rule, &sign(&key, &rule, seed).unwrap()).elements() {
            assert!(seen.insert(element));
        }
    }
    assert_eq!(seen.len(), 8 * 6);
}

/// The signature of a third statement, by an attacker who saw two signatures
/// with the same randomness.
fn forged(
    statements: [&Statement<'_>; 2],
    [one, other]: [&Parts; 2],
    wanted: &Statement<'_>,
) -> Option<Parts> {
    // S - S' = [x - x'][r + r*]U1
    let [x, x_] = statements.map(Statement::x);
    let U = (one.S - other.S) * Option::<Scalar>::from((x - x_).invert())?;
    Some(Parts { S: one.S + U * (wanted.x() - x), ..one.clone() })
}

#[test]
fn repeated_randomness_keeps_the_signing_key() {
    let authority = Authority::new(1);
    for (rule, set) in [(all(["a", "b"]), "a, b"), (any(["a", "b"]), "b"), (not("role", "x"), "role=y")] {
        let (issued, stolen) = (authority.issue(set, 1), authority.key(set, 1));
        let first = authority.statement(&rule);
        let wanted = Statement { message: b"what nobody signed", ..first };
        // Another message, context, boundary between them.
        let boundary = [CONTEXT, MESSAGE].concat();
        let others: [(&[u8], &[u8]); 3] = [(CONTEXT, b"another"), (b"another", MESSAGE), (b"", &boundary)];
        for (context, message) in others {
            let second = Statement { context, message, ..first };
            let honest = |statement: &Statement<'_>| {
                let (context, message) = (statement.context, statement.message);
                let signature = issued.sign(&rule.parsed(), context, message, &mut rng(7)).unwrap();
                Parts::read(&rule, &signature.to_bytes())
            };
            let careless = |statement: &Statement<'_>| rightly(statement, &stolen, 7);
            let passes = |[one, other]: [&Parts; 2]| {
                forged([&first, &second], [one, other], &wanted)
                    .is_some_and(|forged| super::holds(&wanted, &forged))
            };
            let (one, other) = (honest(&first), honest(&second));
            assert!(!passes([&one, &other]) && one.V != other.V);
            // The same statement with the same randomness gives the same
            // signature, and reveals nothing.
            assert_eq!(honest(&first), one);
            // A signer who does not bind the randomness to the statement gives away
            // signatures of all statements.
            assert!(passes([&careless(&first), &careless(&second)]));
        }
        authority.accepts(&rule, &rightly(&first, &stolen, 8));
    }
}

#[test]
fn one_randomness_for_two_sets_shows_K2() {
    let (authority, rule) = (Authority::new(1), any(["a", "b"]));
    let statement = authority.statement(&rule);
    let key = authority.key("a, b", 1);
    let nonces = Nonces::draw(&rule, &mut rng(7));
    let means = Means::new(&key, &rule, &G1Projective::identity());
    let [one, two] = [[Scalar::ONE, Scalar::ZERO], [Scalar::ZERO, Scalar::ONE]]
        .map(|gamma| means.sign(&statement, &gamma, &nonces));
    assert_eq!(one.V_f[0] - two.V_f[0], key.K2);
    authority.accepts(&rule, &one);
    authority.accepts(&rule, &two);
}
