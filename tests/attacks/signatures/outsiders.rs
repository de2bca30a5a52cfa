//! People without any credential, or without one on the wanted attribute, who know what everybody has seen: the public key
//! and other people's signatures.

use blstrs::{G1Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::Error;

use super::challenges::Completed;
use super::prover::{Credential, H_a, H_b, H_u, Means, PartOfLeaf, Parts, Prover, Statement, z};
use super::verifier::{pairs_hold, proof_holds};
use super::{Authority, REFUSED, rightly};
use crate::ground::{P1, canonical, random_scalar, rng};
use crate::rule::Rule;

/// Of the only leaf, which gets the root's challenge.
fn alone(c: &Scalar) -> Completed {
    Completed { challenges: vec![*c], shares: vec![] }
}

/// A pair with `B' = [x]A'` from somebody's signature, in place of a credential.
fn seen(authority: &Authority) -> Credential {
    let signature = Parts::read(&authority.signed("d", &"d".into(), 5));
    let PartOfLeaf { A, B, .. } = signature.leaves[0];
    Credential { attribute: vec![], e: Scalar::from(3), A, xA: B }
}

#[test]
fn an_outsider_with_a_right_proof_about_points_of_its_own_fails() {
    let (authority, rule) = (Authority::new(1), Rule::from("a"));
    let (a, statement) = (canonical("a"), authority.statement(&rule));
    let nobody = |A: G1Projective, witness: [u64; 3]| {
        let prover = Prover::new(Scalar::from(11), rng(7));
        let leaf = prover.by_equation(&a, A, witness.map(Scalar::from));
        prover.sign(&statement, &[leaf], alone)
    };
    // The identity satisfies every equation, and does not decode.
    let identity = nobody(G1Projective::identity(), [0, 0, 0]);
    assert_eq!(authority.verify(&rule, &identity), Err(Error::IdentityPoint));
    // Any other points satisfy the proof, and not the pairing; also those of somebody's signature.
    let (seen, somewhere) = (seen(&authority), P1() * Scalar::from(77));
    for (A, witness) in [
        (P1(), [1, 0, 0]),
        (P1(), [3, 5, 7]),
        (H_b(), [0, 5, 7]),
        (H_u(), [0, 0, 7]),
        (somewhere, [1, 2, 3]),
        (seen.A, [1, 0, 0]),
        (seen.xA, [1, 2, 3]),
    ] {
        let forged = nobody(A, witness);
        assert_eq!(authority.verify(&rule, &forged), REFUSED);
        let forged = Parts::read(&forged);
        assert!(proof_holds(&statement, &forged) && !pairs_hold(&authority.X, &forged));
    }
    // Pairs that somebody has sent satisfy the pairing, and not the proof.
    for means in [Means::With(&seen), Means::Simulated(&seen)] {
        let forged = Prover::new(Scalar::from(11), rng(7)).sign_by(&statement, &[Some(means)]);
        assert_eq!(authority.verify(&rule, &forged), REFUSED);
        let forged = Parts::read(&forged);
        assert!(!proof_holds(&statement, &forged) && pairs_hold(&authority.X, &forged));
    }
    let holder = authority.holder("a", 1);
    for means in [Means::With, Means::Forced] {
        let right = Prover::new(holder.u, rng(7)).sign_by(&statement, &[Some(means(holder.credential("a")))]);
        assert_eq!(authority.verify(&rule, &right), Ok(()));
    }
}

/// The responses first, for any challenge: the commitment of the leaf does not fit them.
fn with_any_responses(authority: &Authority, statement: &Statement<'_>) -> Vec<u8> {
    let mut prover = Prover::new(Scalar::from(11), rng(7));
    let leaf = prover.simulated(&canonical("a"), &seen(authority), Scalar::from(0));
    prover.sign(statement, &[leaf], alone)
}

/// Commits to the leaf with somebody's pair `(A, [x]A)`, and sends `[s](A, [x]A)` with the `s` that fits the challenge.
fn with_a_pair_chosen_afterwards(authority: &Authority, statement: &Statement<'_>) -> Vec<u8> {
    let mut rng = rng(7);
    let [u, t, k_u, k_t, k_rho, k_w, k_e, k_c] = core::array::from_fn(|_| random_scalar(&mut rng));
    let Credential { A, xA, .. } = seen(authority);
    let C = H_u() * u + H_b() * t;
    let T_0 = H_u() * k_u + H_b() * k_t;
    let D = P1() + C + H_a() * z(&canonical("a"));
    // T = [z_rho]D + [z_w]H_b - [z_e s]A - [c s][x]A
    let T = D * k_rho + H_b() * k_w - A * k_e - xA * k_c;
    let c = statement.challenge(&C, &[(A, xA)], &T_0, &[T]);
    let s = k_c * c.invert().unwrap();
    let leaf = PartOfLeaf { A: A * s, B: xA * s, z: [k_rho, k_w, k_e * s.invert().unwrap()] };
    Parts { C, c, z_u: k_u + c * u, z_t: k_t + c * t, shares: vec![], leaves: vec![leaf] }.bytes()
}

/// Commits to `C = [x]A - P1 - [z_a]H_a`, so that `D = [x]A`.
fn with_a_commitment_to_a_seen_pair(authority: &Authority, statement: &Statement<'_>) -> Vec<u8> {
    let (a, seen) = (canonical("a"), seen(authority));
    let mut prover = Prover::new(Scalar::from(11), rng(7));
    prover.C = seen.xA - P1() - H_a() * z(&a);
    let leaf = prover.by_equation(&a, seen.A, [1, 0, 0].map(Scalar::from));
    prover.sign(statement, &[leaf], alone)
}

/// Commits to `C = [u]H_u + [t]H_b + [z_d - z_a]H_a`, so that a credential on `d` passes for one on `a`.
fn with_a_commitment_that_turns_a_credential(authority: &Authority, statement: &Statement<'_>) -> Vec<u8> {
    let (holder, a, d) = (authority.holder("d", 6), canonical("a"), canonical("d"));
    let mut prover = Prover::new(holder.u, rng(7));
    prover.C += H_a() * (z(&d) - z(&a));
    let leaf = prover.with(&a, holder.credential("d"));
    prover.sign(statement, &[leaf], alone)
}

#[test]
fn who_could_choose_after_the_hash_would_sign_without_a_credential_and_nobody_can() {
    let (authority, rule) = (Authority::new(1), Rule::from("a"));
    let statement = authority.statement(&rule);
    type Forge = fn(&Authority, &Statement<'_>) -> Vec<u8>;
    let table: [(&[&str], Forge); 4] = [
        (&["T_l"], with_any_responses),
        (&["A'", "B'"], with_a_pair_chosen_afterwards),
        (&["T_0"], with_a_commitment_to_a_seen_pair),
        (&["T_0"], with_a_commitment_that_turns_a_credential),
    ];
    for (left_out, forge) in table {
        // A scheme that leaves these out of its hash takes the forgery, and no other does.
        let careless = Statement { left_out, ..statement };
        let forged = Parts::read(&forge(&authority, &careless));
        assert!(proof_holds(&careless, &forged) && pairs_hold(&authority.X, &forged), "{left_out:?}");
        assert!(!proof_holds(&statement, &forged), "{left_out:?}");
        for forged in [forged.bytes(), forge(&authority, &statement)] {
            assert_eq!(authority.verify(&rule, &forged), REFUSED, "{left_out:?}");
        }
        let holder = authority.holder("a", 1);
        let signed = Parts::read(&rightly(&careless, &holder, 2));
        assert!(proof_holds(&careless, &signed) && pairs_hold(&authority.X, &signed), "{left_out:?}");
        assert_eq!(authority.verify(&rule, &rightly(&statement, &holder, 2)), Ok(()));
    }
}
