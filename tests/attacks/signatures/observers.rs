//! Observers who want to know who signed, by which attributes, or whether two signatures come from one signer: from the
//! bytes alone, or with everybody's keys, as the authority; and who want the signer's key.

use std::collections::HashSet;

use ff::Field;

use super::challenges::of_leaves;
use super::prover::{Credential, Holder, Parts, Statement};
use super::{Authority, CONTEXT, MESSAGE, REFUSED, rightly, sign};
use crate::ground::{canonical, g1_bytes, rng};
use crate::rule::{Rule, all, any, number, of};

#[test]
fn the_length_depends_on_the_policy_only() {
    let authority = Authority::new(1);
    let last = u64::from(u32::MAX);
    let table: [(Rule, [&str; 3], usize, usize); 4] = [
        (any(["a", "b"]), ["a", "b", "a, b, c, d, e"], 1, 2),
        (of(2, ["a", "b", "c"]), ["a, b", "b, c", "a, c"], 1, 3),
        (of(2, ["a".into(), all(["b", "c"]), any(["d", "e"])]), ["a, e", "b, c, d", "a, b, c"], 2, 5),
        (
            any([number("level>=5", "level", 2, 5..=last), "a".into()]),
            ["a", "level=5", "level=4000000000"],
            31,
            32,
        ),
    ];
    for (rule, sets, shares, leaves) in &table {
        for (seed, set) in (0..).zip(sets) {
            let signature = authority.signed(set, rule, seed);
            assert_eq!(signature.len(), 156 + 32 * shares + 192 * leaves, "{} by {set}", rule.text);
            let parts = Parts::read(&signature);
            assert_eq!([parts.shares.len(), parts.leaves.len()], [*shares, *leaves]);
        }
    }
}

/// How far apart two samples of equal size are: chi squared of their byte frequencies, in standard deviations from its mean;
/// and the largest deviation of any single bit.
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

/// Both tests together would reject two equal distributions about once in a hundred thousand runs, if the runs were not
/// fixed by their seeds.
fn alike(a: &[Vec<u8>], b: &[Vec<u8>]) -> bool {
    let (chi, worst) = distance(a, b);
    chi < 5.0 && worst < 6.2
}

const SAMPLE: u64 = 160;

/// Of each signature and the one `by` places further on, the bits in which they differ.
fn differences(a: &[Vec<u8>], b: &[Vec<u8>], by: usize) -> Vec<Vec<u8>> {
    let pairs = a.iter().zip(b.iter().cycle().skip(by));
    pairs.map(|(a, b)| a.iter().zip(b).map(|(x, y)| x ^ y).collect()).collect()
}

/// What is left of the responses if these are the signer's `u` and credential on `a`: the nonces, if they are.
fn unexplained(rule: &Rule, holder: &Holder, signatures: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let of_one = |signature: &Vec<u8>| {
        let Parts { c, z_u, shares, leaves, .. } = Parts::read(signature);
        let c_a = of_leaves(rule, &c, &shares).unwrap()[0];
        let [k_u, k_e] = [z_u - c * holder.u, leaves[0].z[2] - c_a * holder.credential("a").e];
        [k_u.to_bytes_be(), k_e.to_bytes_be()].concat()
    };
    signatures.iter().map(of_one).collect()
}

#[test]
fn signers_and_satisfying_sets_cannot_be_told_apart_and_signatures_of_one_signer_are_not_linked() {
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
    // By the authority, who has everybody's keys: of signatures by the first, as if they were, and as if they were not.
    let keys = [&first, &same_set].map(|key| Holder::read(&key.to_bytes()));
    let [by_own, by_other] = keys.each_ref().map(|key| unexplained(&rule, key, &by_first));
    assert!(alike(&by_own, &by_other), "keys");
    assert!(alike(&differences(&by_own, &by_own, 1), &differences(&by_other, &by_other, 1)), "nonces");

    // The observer sees what is there to be seen: a signer that does not mask its credential, and one that repeats nonces.
    let mut unmasked = by_first.clone();
    for bytes in &mut unmasked {
        bytes[188..236].copy_from_slice(&g1_bytes(&keys[0].credential("a").A));
    }
    assert!(!alike(&unmasked, &by_second));
    assert!(!alike(&differences(&unmasked, &unmasked, 1), &two_users));
    let careless = |seed: u64| {
        let message = seed.to_be_bytes();
        rightly(&Statement { message: &message, ..authority.statement(&rule) }, &keys[0], 7)
    };
    let repeating: Vec<_> = (0..SAMPLE).map(careless).collect();
    let [by_own, by_other] = keys.each_ref().map(|key| unexplained(&rule, key, &repeating));
    assert!(!alike(&by_own, &by_other));
}

#[test]
fn no_element_occurs_in_two_signatures_of_one_user_or_twice_in_one() {
    let authority = Authority::new(1);
    let rule = all(["a".into(), any(["b", "c"]), any(["a", "d"])]);
    let key = authority.issue("a, b, c", 1);
    let mut seen = HashSet::new();
    for seed in 0..8 {
        let mut signature = Parts::read(&sign(&key, &rule, seed).unwrap());
        let points: Vec<_> =
            signature.leaves.iter().flat_map(|leaf| [leaf.A, leaf.B]).chain([signature.C]).collect();
        for point in points {
            assert!(seen.insert(g1_bytes(&point).to_vec()));
        }
        for scalar in signature.scalars() {
            assert!(seen.insert(scalar.to_bytes_be().to_vec()));
        }
    }
}

/// The key of whoever signed two statements with the same nonces, from the first leaf, which is on `a`.
fn extracted([one, other]: [&[u8]; 2]) -> Option<Holder> {
    let [one, other] = [one, other].map(Parts::read);
    // z = k + c * witness
    let over = (one.c - other.c).invert().into_option()?;
    let [u, rho, e] = [
        [one.z_u, other.z_u],
        [one.leaves[0].z[0], other.leaves[0].z[0]],
        [one.leaves[0].z[2], other.leaves[0].z[2]],
    ]
    .map(|[z, z_]| (z - z_) * over);
    let unmask = rho.invert().into_option()?;
    let [A, xA] = [one.leaves[0].A * unmask, one.leaves[0].B * unmask];
    Some(Holder { u, credentials: vec![Credential { attribute: canonical("a"), e, A, xA }] })
}

#[test]
fn a_generator_that_repeats_itself_does_not_give_the_signers_key_away() {
    let authority = Authority::new(1);
    let (a, both, twice) = (Rule::from("a"), all(["a", "b"]), all(["a", "a"]));
    let key = authority.issue("a, b", 1);
    let holder = Holder::read(&key.to_bytes());
    // Another message, context, boundary between them, policy; all leaves get the root's challenge.
    let others: [(&Rule, &[u8], &[u8]); 5] = [
        (&both, CONTEXT, b"another"),
        (&both, b"another", MESSAGE),
        (&both, b"", &[CONTEXT, MESSAGE].concat()),
        (&twice, CONTEXT, MESSAGE),
        (&twice, MESSAGE, CONTEXT),
    ];
    let say = |rule, context, message| Statement { context, message, ..authority.statement(rule) };
    for (rule, context, message) in others {
        let honest = |rule: &Rule, context: &[u8], message: &[u8]| {
            key.sign(&rule.parsed(), context, message, &mut rng(7)).unwrap().to_bytes()
        };
        let careless = |rule, context, message| rightly(&say(rule, context, message), &holder, 7);
        let stolen = |one: &[u8], other: &[u8]| {
            let thief = extracted([one, other]).unwrap();
            authority.verify(&a, &rightly(&authority.statement(&a), &thief, 8))
        };
        let (one, other) = (honest(&both, CONTEXT, MESSAGE), honest(rule, context, message));
        assert_eq!(stolen(&one, &other), REFUSED);
        assert_ne!(Parts::read(&one).C, Parts::read(&other).C);
        // All the same, with the same randomness, is the same, and shows nothing.
        assert_eq!(honest(&both, CONTEXT, MESSAGE), one);
        assert!(extracted([&one, &one]).is_none());
        // Whoever does not bind its nonces to what it signs gives all away.
        assert_eq!(stolen(&careless(&both, CONTEXT, MESSAGE), &careless(rule, context, message)), Ok(()));
    }
}
