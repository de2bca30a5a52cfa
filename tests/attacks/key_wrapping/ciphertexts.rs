//! Ciphertexts that no honest owner wrapped: damaged, combined from others, derived from one
//! without knowing its content, and forged by those who know it.

use blst::{blst_fp6, blst_fp12 as Gt};
use blstrs::{G1Projective, Scalar};
use ff::Field;
use group::{Curve, Group};
use medseal::Error;
use medseal::abe::WrappedKey;

use super::reader::{AAD, Ciphertext, commitment, g1, g2};
use super::writer::{self, Draws, Z_to};
use super::{Authority, SECRET, attack, opens, refused, unwrap};
use crate::ground::{P2, bad_elements, canonical, g1_bytes, g2_bytes, rng};
use crate::keys::{ABE, Element, Key};
use crate::rule::{Rule, all, any, not, of};

// --- damaged and combined ---

#[test]
fn rejects_parts_from_other_ciphertexts_or_policies() {
    let authority = Authority::new(1);
    let key = authority.issue("a, b, role=x", 2);
    let first = authority.wrap(&all(["a".into(), any(["b", "c"]), not("role", "y")]), 24);
    let same_shape = all(["b".into(), any(["a", "c"]), not("role", "z")]);
    for donor in [authority.wrap(&first.rule, 25), authority.wrap(&same_shape, 25)] {
        let n = first.clone().parts().len();
        // Each part, each two, all but one and all but two come from the other ciphertext.
        let pairs = (0..n).flat_map(|i| (i..n).map(move |j| (i, j)));
        for ((i, j), but) in pairs.flat_map(|pair| [(pair, false), (pair, true)]) {
            let (mut mixed, mut from) = (first.clone(), donor.clone());
            let exchanged = mixed.parts().into_iter().zip(from.parts()).enumerate();
            for (_, (part, other)) in exchanged.filter(|(at, _)| (*at == i || *at == j) != but) {
                part.1.copy_from_slice(other.1);
            }
            let bytes = mixed.to_bytes();
            // Exchanging equal policies changes nothing.
            if bytes != first.to_bytes() && bytes != donor.to_bytes() {
                refused(&key, &mixed);
            }
        }
        opens(&key, &donor);
    }
    // Rows of one ciphertext, swapped.
    for (i, j) in [(0, 1), (0, 3), (1, 2), (1, 3)] {
        let mut swapped = first.clone();
        swapped.c3.swap(i, j);
        refused(&key, &swapped);
    }
    let mut swapped = first.clone();
    (swapped.c3[3], swapped.c4[0]) = (first.c4[0], first.c3[3]);
    refused(&key, &swapped);
    opens(&key, &first);
}

#[test]
fn loosening_a_policy_opens_nothing() {
    // The rows of a strict policy under the text of a weaker policy with the same number of rows,
    // and the row of `a and b` under `a`.
    let authority = Authority::new(1);
    for (strict, weak) in [(of(2, ["a", "b", "c"]), any(["a", "b", "c"])), (all(["a", "b"]), "a".into())] {
        let (strict, policy) = (authority.wrap(&strict, 26), weak.parsed().canonical().as_bytes().to_vec());
        let mut loosened = Ciphertext { rule: weak.clone(), policy: policy.clone(), ..strict.clone() };
        let insider = authority.key("a, b", 2);
        let D = strict.D(&insider, &strict.rule.coefficients(|row| row < 2).unwrap());
        let (m, com) = (strict.m(&D), commitment(&[7; 32], &policy));
        // Unchanged, then with a new MAC by an authorised reader, then also with a
        // commitment to another message.
        for (m, com) in [(None, strict.com), (Some(m), strict.com), (Some([7; 32]), com)] {
            loosened.com = com;
            if let Some(m) = m {
                loosened.put(&m, &D, SECRET);
            }
            for holder in ["a", "a, b"] {
                refused(&authority.issue(holder, 2), &loosened);
                assert!(!attack(&authority.key(holder, 2), &loosened), "{holder}");
            }
        }
        opens(&authority.issue("a, b", 2), &strict);
        opens(&authority.issue("a", 2), &authority.wrap(&weak, 26));
    }
}

#[test]
fn rejects_any_changed_truncated_or_extended_byte() {
    let authority = Authority::new(1);
    let key = authority.issue("a, role=x", 2);
    // One row is used. A positive row, a negative row and the second use number are unused.
    let wrapped = authority.wrap(&any(["a".into(), all(["a".into(), "b".into(), not("role", "y")])]), 28);
    let bytes = wrapped.to_bytes();
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            if let Ok(damaged) = WrappedKey::from_bytes(&damaged) {
                assert!(key.unwrap_key(&damaged, AAD, None).is_err(), "byte {at}");
            }
        }
        assert!(WrappedKey::from_bytes(&bytes[..at]).is_err(), "cut to {at}");
    }
    assert!(WrappedKey::from_bytes(&[bytes.as_slice(), &[0]].concat()).is_err());
    // Truncated or extended, with the length field adjusted.
    let sealed = wrapped.sealed.as_slice();
    for sealed in [&sealed[1..], &sealed[..sealed.len() - 1], &[sealed, &[0]].concat()] {
        refused(&key, &Ciphertext { sealed: sealed.to_vec(), ..wrapped.clone() });
    }
    let moved = WrappedKey::from_bytes(&bytes).unwrap();
    assert_eq!(key.unwrap_key(&moved, b"another record", None).unwrap_err(), Error::DecryptionFailed);
    assert!(attack(&authority.key("a", 2), &wrapped));
    opens(&key, &wrapped);
}

// --- derived and forged ---

#[test]
fn a_key_opens_only_its_tag() {
    // K0 + [x']K1 instead of K0 and K1, for x' of another ciphertext, and all
    // other elements of the key.
    let authority = Authority::new(1);
    let [wrapped, other, third] = [31, 32, 33].map(|seed| authority.wrap(&"a".into(), seed));
    let Key { K0, K1, K2, K, .. } = authority.key("a", 2);
    let K_a = K[&canonical("a")];
    let narrowed = |to: &Ciphertext| K0 + K1 * to.x();
    let with = |K_F: &G1Projective, wrapped: &Ciphertext| {
        let row = wrapped.row(0, &Scalar::ONE, &Element::positive(&K_a), &K2);
        wrapped.is_opened_by(&(wrapped.with_c1(K_F) * row))
    };
    let (x, x_other) = (wrapped.x(), other.x());
    let K_F = narrowed(&other);
    let factors = [Scalar::ONE, x, x_other, x * x_other.invert().unwrap(), x - x_other];
    for (k, l) in factors.iter().flat_map(|k| factors.map(|l| (k, l))) {
        for K_F in [K_F * k, K_F + K_a * l, K_F - K_a * l, K_F * k + K_a * l] {
            assert!(!with(&K_F, &wrapped));
        }
    }
    assert!(with(&K_F, &other));
    assert!(with(&narrowed(&wrapped), &wrapped));
    // Only one may be given away: two determine the line that contains all others.
    let slope = (K_F - narrowed(&third)) * (x_other - third.x()).invert().unwrap();
    assert!(with(&(K_F + slope * (x - x_other)), &wrapped));
    opens(&authority.issue("a", 2), &wrapped);
}

#[test]
fn a_rerandomised_ciphertext_helps_no_outsider() {
    // s + t and s' + u instead of s and s', which anyone can compute from the bytes. The
    // holder of the right key then gets D Z^t. If it revealed what it found under that
    // mask, D would be known.
    let authority = Authority::new(1);
    let rule = all(["a".into(), any(["b", "c"]), not("role", "y")]);
    let (wrapped, set) = (authority.wrap(&rule, 80), "a, b, role=x");
    let public_key = authority.public.to_bytes();
    let draws = Draws::honest(&rule, &mut rng(81));
    // The same policy in the slot of the other's tag, with s and s' replaced by t and u.
    let added = writer::rows(&ABE, &rule, &wrapped.com, &draws);
    let mut derived = wrapped.clone();
    derived.c1 = g2_bytes(&(g2(&wrapped.c1) + P2() * draws.s));
    derived.c2[0] = g2_bytes(&(g2(&wrapped.c2[0]) + P2() * draws.s_prime[0]));
    for (c, more) in derived.c3.iter_mut().chain(&mut derived.c4).zip(added.c3.iter().chain(&added.c4)) {
        *c = g1_bytes(&(g1(c) + more));
    }
    let chosen = rule.coefficients(|row| row != 2).unwrap();
    let key = authority.key(set, 2);
    let (D, of_derived) = (wrapped.D(&key, &chosen), derived.D(&key, &chosen));
    assert_eq!(of_derived, D * Z_to(&public_key, &draws.s));
    refused(&authority.issue(set, 2), &derived);
    assert!(wrapped.is_opened_by(&D));
    opens(&authority.issue(set, 2), &wrapped);
}

#[test]
fn knowing_the_mask_substitutes_no_message() {
    let authority = Authority::new(1);
    // The three rows hold the same share. Another policy text for them has the same meaning.
    let rule = any([any(["a", "b"]), "c".into()]);
    let (wrapped, key) = (authority.wrap(&rule, 33), authority.issue("a", 2));
    let D = wrapped.D(&authority.key("a", 2), &[(0, Scalar::ONE)]);
    let m = wrapped.m(&D);
    let forge = |m: &[u8; 32], com: [u8; 32]| {
        let mut forged = Ciphertext { com, ..wrapped.clone() };
        forged.put(m, &D, SECRET);
        assert!(forged.is_opened_by(&D));
        forged
    };
    // A tag that is not the commitment to the message. This is the only reason for the refusal.
    refused(&key, &forge(&[7; 32], wrapped.com));
    // The commitment to the message: consistent under this D, but the rows are in the
    // slot of the other tag.
    refused(&key, &forge(&[7; 32], commitment(&[7; 32], &wrapped.policy)));
    // The right message for another text of the policy, in the same slot. Only
    // the commitment is wrong.
    let policy = any(["a".into(), any(["b", "c"])]).parsed().canonical().as_bytes().to_vec();
    let mut relabelled = Ciphertext { policy, ..wrapped.clone() };
    relabelled.put(&m, &D, SECRET);
    assert!(attack(&authority.key("a", 2), &relabelled));
    refused(&key, &relabelled);
    // The existing message, with the MAC of another.
    for other in [[0; 32], wrapped.com, wrapped.c5] {
        refused(&key, &Ciphertext { c6: other, ..wrapped.clone() });
    }
    // With everything right, it is the ciphertext again.
    assert_eq!(forge(&m, wrapped.com).to_bytes(), wrapped.to_bytes());
    opens(&key, &wrapped);
}

// --- points of the attacker's choice ---

/// A point of the cofactor's order. A pairing does not depend on it.
fn torsion() -> G1Projective {
    let [_, (foreign, _), ..] = bad_elements(48);
    let foreign = g1(&foreign.try_into().unwrap());
    let torsion = foreign * -Scalar::ONE + foreign;
    assert!(!bool::from(torsion.to_affine().is_torsion_free()));
    torsion
}

fn validate(wrapped: &Ciphertext) -> Result<(), Error> {
    WrappedKey::from_bytes(&wrapped.to_bytes())?.validate()
}

#[test]
fn a_right_mac_saves_no_invalid_rows() {
    // An authorised reader of a wrapped key can recompute its MAC. The pairing does not change, and
    // the attacker's own program, which does not check the subgroup, opens the result.
    let authority = Authority::new(1);
    let set = "a, b, role=x";
    let (key, stolen, torsion) = (authority.issue(set, 2), authority.key(set, 2), torsion());
    let add = |to: &mut [u8; 48], torsion: G1Projective| *to = g1_bytes(&(g1(to) + torsion));
    let rule = all(["a".into(), any(["b", "c"]), not("role", "y")]);
    let wrapped = authority.wrap(&rule, 35);
    let D = wrapped.D(&stolen, &rule.coefficients(|row| row != 2).unwrap());
    let m = wrapped.m(&D);
    for (i, of_c4) in [(0, false), (1, false), (3, false), (0, true)] {
        let mut damaged = wrapped.clone();
        add(if of_c4 { &mut damaged.c4[i] } else { &mut damaged.c3[i] }, torsion);
        refused(&key, &damaged);
        damaged.put(&m, &D, SECRET);
        assert!(attack(&stolen, &damaged));
        refused(&key, &damaged);
        assert_eq!(validate(&damaged), Err(Error::PointNotInSubgroup));
    }
    // The subgroup check covers the sum of the rows that is paired. Two rows may leave the subgroup
    // together. Then an outsider's ciphertext fails at the MAC, an insider's ciphertext holds the
    // same key as before, and no node stores either.
    let mut together = wrapped.clone();
    add(&mut together.c3[0], torsion);
    add(&mut together.c3[1], -torsion);
    refused(&key, &together);
    assert_eq!(validate(&together), Err(Error::PointNotInSubgroup));
    together.put(&m, &D, SECRET);
    opens(&key, &together);
    assert_eq!(validate(&together), Err(Error::PointNotInSubgroup));
    // In the used rows, bytes that encode no point.
    for bytes in [[0; 48], [0xff; 48]] {
        let mut damaged = wrapped.clone();
        damaged.c3[0] = bytes;
        damaged.put(&m, &D, SECRET);
        refused(&key, &damaged);
        assert_eq!(validate(&damaged), Err(Error::InvalidPoint));
    }
    opens(&key, &wrapped);
    assert_eq!(validate(&wrapped), Ok(()));
}

#[test]
fn rejects_identities_that_anyone_could_open() {
    // By an owner whose generator outputs zeros, or by an attacker who wants a
    // record to be readable.
    let authority = Authority::new(1);
    let rule: Rule = "a".into();
    let outsider = authority.key("b", 2);
    let without_a = |wrapped: &Ciphertext| {
        let nothing = Element::positive(&G1Projective::identity());
        let row = wrapped.row(0, &Scalar::ONE, &nothing, &outsider.K2);
        wrapped.is_opened_by(&(wrapped.slot(&outsider.K0, &outsider.K1) * row))
    };
    let wrap = |draws: &Draws| writer::wrap(&authority.public.to_bytes(), &rule, draws, SECRET);
    let draws = || Draws::honest(&rule, &mut rng(90));
    // s' = 0: c2 is the identity, and the row is not blinded.
    let unblinded = wrap(&Draws { s_prime: vec![Scalar::ZERO], ..draws() });
    assert!(without_a(&unblinded));
    assert_eq!(validate(&unblinded), Err(Error::IdentityPoint));
    refused(&authority.issue("a", 2), &unblinded);
    // A backend computes one or zero for a product that contains an identity. Anyone can
    // mask a message with that.
    for D in [Gt::default(), Gt { fp6: [blst_fp6::default(); 2] }] {
        let mut known = unblinded.clone();
        known.put(&draws().m, &D, SECRET);
        refused(&authority.issue("a", 2), &known);
    }
    // s = 0: c1 is the identity, and D is one.
    let open = wrap(&Draws { s: Scalar::ZERO, lambda: vec![Scalar::ZERO], ..draws() });
    assert!(open.is_opened_by(&Gt::default()));
    assert_eq!(unwrap(&authority.issue("a", 2), &open), Err(Error::IdentityPoint));

    let wrapped = wrap(&draws());
    assert!(!without_a(&wrapped) && !wrapped.is_opened_by(&Gt::default()));
    assert_eq!(validate(&wrapped), Ok(()));
    opens(&authority.issue("a", 2), &wrapped);
}
