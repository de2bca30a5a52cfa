//! Users who put together what each of them holds: keys of two, or credentials on other attributes than the wanted one.

use blstrs::Scalar;
use ff::Field;
use medseal::Error;

use super::prover::{Credential, Holder, Means, Parts, Prover, z};
use super::verifier::{pairs_hold, proof_holds};
use super::{Authority, REFUSED, just_enough, rightly, sign};
use crate::ground::{Held, Reader, canonical, rng};
use crate::rule::{Rule, all, any, of};

#[test]
fn users_who_pool_their_keys_sign_nothing() {
    let authority = Authority::new(1);
    let table: [(Rule, [&str; 2], &str); 7] = [
        (all(["a", "b"]), ["a", "b"], "a, b"),
        (of(2, ["a", "b", "c"]), ["a", "b"], "a, b"),
        (of(3, ["a", "b", "c", "d"]), ["a, b", "c"], "a, b, c"),
        (all([any(["a", "c"]), "b".into()]), ["a, c", "b"], "a, b"),
        (all(["a", "b", "a"]), ["a", "b"], "a, b"),
        (any(["d".into(), all(["a", "b"])]), ["a, c", "b, c"], "a, b"),
        (all(["a".into(), of(2, ["b", "c", "d"])]), ["a, b", "c, d"], "a, c, d"),
    ];
    for (rule, sets, enough) in &table {
        let statement = authority.statement(rule);
        let attributes = statement.attributes();
        // Two users, or one who got a new key; and two who were issued theirs with a generator that repeated itself.
        for [first, second] in [[1, 2], [3, 3]] {
            let keys = [(sets[0], first), (sets[1], second)].map(|(set, seed)| authority.issue(set, seed));
            for key in &keys {
                assert_eq!(sign(key, rule, 1), Err(Error::PolicyNotSatisfied));
            }
            let [one, two] = keys.map(|key| Holder::read(&key.to_bytes()));
            let held_by = |leaf: usize| one.on(attributes[leaf]).or_else(|| two.on(attributes[leaf]));
            let together =
                just_enough(rule).into_iter().filter(|set| set.iter().all(|leaf| held_by(*leaf).is_some()));
            let mut tried = 0;
            for leaves in together {
                let half = Scalar::from(2).invert().unwrap();
                for u in [one.u, two.u, one.u + two.u, (one.u + two.u) * half, Scalar::ZERO] {
                    // Each credential as its owner would prove it; or so that the proof is right, and the pairing is not.
                    let pooled = [Means::With as fn(_) -> _, Means::Forced].map(|means| {
                        let mut all = vec![None; attributes.len()];
                        leaves.iter().for_each(|leaf| all[*leaf] = held_by(*leaf).map(means));
                        Prover::new(u, rng(7)).sign_by(&statement, &all)
                    });
                    for pooled in &pooled {
                        assert_eq!(authority.verify(rule, pooled), REFUSED, "{}", rule.text);
                    }
                    if tried == 0 {
                        let [with, forced] = pooled.map(|pooled| Parts::read(&pooled));
                        assert!(!proof_holds(&statement, &with) && pairs_hold(&authority.X, &with));
                        assert!(proof_holds(&statement, &forced) && !pairs_hold(&authority.X, &forced));
                    }
                    tried += 1;
                }
            }
            assert!(tried > 0, "{}", rule.text);
        }
        let entitled = authority.holder(enough, 4);
        assert_eq!(authority.verify(rule, &rightly(&statement, &entitled, 5)), Ok(()), "{}", rule.text);
    }
}

/// `[p]A_a + [q]A_b` with `p + q = 1` and `p z_a + q z_b = z_c`: on `c`, if both credentials have one `e`.
fn combined([a, b]: [&Credential; 2], e: Scalar, onto: &str) -> (Credential, [Scalar; 2]) {
    let (onto, [z_a, z_b]) = (canonical(onto), [a, b].map(|credential| z(&credential.attribute)));
    let q = (z(&onto) - z_a) * (z_b - z_a).invert().unwrap();
    let p = Scalar::ONE - q;
    (Credential { attribute: onto, e, A: a.A * p + b.A * q, xA: a.xA * p + b.xA * q }, [p, q])
}

#[test]
fn credentials_on_two_attributes_give_none_on_a_third() {
    let authority = Authority::new(1);
    let rule: Rule = "c".into();
    let statement = authority.statement(&rule);
    let master = authority.master.to_bytes();
    let x = Reader::new(0x28, &master).scalar();
    // One user's, two users', and those of two whose keys were issued with a generator that repeated itself.
    let of_one = authority.holder("a, b", 1);
    let two = [authority.holder("a", 2), authority.holder("b", 3)];
    let repeated = [authority.holder("a", 4), authority.holder("b", 4)];
    // As a careless authority would issue them: every credential with the same e.
    let [u_a, u_b, same_e] = [11, 12, 13].map(Scalar::from);
    let careless = [(u_a, "a"), (u_b, "b")].map(|(u, attribute)| {
        let credentials = vec![Credential::issued(x, u, same_e, attribute)];
        Holder { u, credentials }
    });
    let sign = |[a, b]: [&Holder; 2], e: fn(&Credential, &Credential) -> Scalar| {
        let pair = [a.credential("a"), b.credential("b")];
        let (credential, [p, q]) = combined(pair, e(pair[0], pair[1]), "c");
        [Means::With(&credential), Means::Forced(&credential)]
            .map(|means| Prover::new(a.u * p + b.u * q, rng(7)).sign_by(&statement, &[Some(means)]))
    };
    let exponents: [fn(&Credential, &Credential) -> Scalar; 3] =
        [|a, _| a.e, |_, b| b.e, |a, b| (a.e + b.e) * Scalar::from(2).invert().unwrap()];
    for holders in [[&of_one, &of_one], [&two[0], &two[1]], [&repeated[0], &repeated[1]]] {
        for e in exponents {
            for forged in sign(holders, e) {
                assert_eq!(authority.verify(&rule, &forged), REFUSED);
            }
        }
    }
    for passed in sign([&careless[0], &careless[1]], |a, _| a.e) {
        assert_eq!(authority.verify(&rule, &passed), Ok(()));
    }
    assert!(!rule.is_met(&Held::parse("a, b")));
    assert_eq!(authority.verify(&rule, &rightly(&statement, &authority.holder("c", 5), 6)), Ok(()));
}
