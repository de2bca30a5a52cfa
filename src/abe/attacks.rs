//! Attackers, who ignore the local policy check: they choose leaves and coefficients themselves, piece keys together,
//! and hand over ciphertexts that nobody wrote. Each attack ends with the right input passing.

use std::ops::Range;

use super::kem::{commitment, keys, mask, slot_value, xor};
use super::tests::*;
use super::*;
use crate::Error;
use crate::curve::{
    Curve, Field, G1Affine, G1Projective, G2Affine, G2Projective, Group, Gt, PrimeCurveAffine, Scalar,
    decode_g1, decode_g2, decode_on_curve_g1, pairing_product, random_nonzero_scalar,
};
use crate::domain::{ABE_ATTRIBUTE, ABE_NEGATION_P, ABE_NEGATION_Q, ABE_U0, ABE_U1};
use crate::fabeo::LeafKey;
use crate::hash::hash_to_g1;
use crate::policy::{Attribute, Chosen, Leaf, Term};
use crate::secret::Secret;

/// What somebody who holds everything would choose.
fn everything(encapsulation: &Encapsulation) -> Vec<Chosen> {
    encapsulation.policy().tree().choose(|_| true).unwrap()
}

/// Decapsulation below the policy check.
fn attack(key: &DecryptionKey, encapsulation: &Encapsulation, chosen: &[Chosen]) -> Result<SharedKey, Error> {
    let D = key.pair(encapsulation, chosen)?;
    encapsulation.open(&D)
}

/// `D` for elements that come from several keys.
fn pair_from(
    encapsulation: &Encapsulation,
    [K0, K1, K2]: [&DecryptionKey; 3],
    com: &[u8; 32],
    holders: &[&DecryptionKey],
) -> Option<Gt> {
    let tree = encapsulation.policy().tree();
    let element = |leaf: &Leaf| holders.iter().find_map(|key| key.element(leaf));
    let chosen = tree.choose(|leaf| element(leaf).is_some())?;
    let sums = encapsulation.body.rows.combine(tree, &chosen, element).unwrap();
    let K_F = (*K1.K1 * slot_value(com) + *K0.K0).to_affine();
    let mut pairs = vec![(K_F, encapsulation.body.c1), (sums.rows, *K2.K2)];
    pairs.extend_from_slice(&sums.uses);
    Some(pairing_product(&pairs).unwrap())
}

fn other_user(master: &MasterKey, attributes_of_other: &str) -> DecryptionKey {
    master.issue(&attributes(attributes_of_other), &mut rng(21)).unwrap()
}

#[test]
fn two_users_who_only_together_satisfy_the_policy_cannot_combine_their_keys() {
    let (master, public) = authority();
    for (text, one, two, both) in [
        ("a and b", "a", "b", "a, b"),
        ("2 of (a, b, c)", "a", "c", "a, c"),
        ("a and (b or c) and level > 2", "a, level=3", "c", "a, c, level=3"),
        (
            "level>=3 and until<1970-02-01",
            "level=5, until=2026-01-01",
            "level=1, until=1970-01-09",
            "level=3, until=1970-01-09",
        ),
        ("a and not role = x", "a, role=x", "role=y", "a, role=y"),
        ("not role = x and not role = y", "role=x", "role=y", "role=z"),
        ("not role = x and not ward = x", "role=x, ward=y", "role=y, ward=x", "role=y, ward=y"),
    ] {
        let (encapsulation, shared) = public.encapsulate(&policy(text), &mut rng(22)).unwrap();
        let com = &encapsulation.body.com;
        let users = [&other_user(&master, one), &key(&master, two)];
        // The leaves' elements from whoever has them; K0, K1 and K2 from either.
        for holders in [users, [users[1], users[0]]] {
            for pick in 0..8 {
                let parts = [0, 1, 2].map(|part| users[pick >> part & 1]);
                let D = pair_from(&encapsulation, parts, com, &holders).unwrap();
                assert_eq!(encapsulation.open(&D).unwrap_err(), Error::DecryptionFailed, "{text}");
            }
        }
        let honest = &key(&master, both);
        let D = pair_from(&encapsulation, [honest; 3], com, &[honest]).unwrap();
        assert_eq!(encapsulation.open(&D).unwrap().as_bytes(), shared.as_bytes());
    }
}

#[test]
fn a_generator_that_repeats_itself_does_not_give_two_users_one_blinding() {
    // With one r, K_a of one user and K_b of another make a key for both.
    let (master, public) = authority();
    let (encapsulation, _) = public.encapsulate(&policy("a and b"), &mut rng(40)).unwrap();
    let com = &encapsulation.body.com;
    let [one, two] = ["a", "b"].map(|set| master.issue(&attributes(set), &mut rng(41)).unwrap());
    assert_ne!(*one.K2, *two.K2);
    let D = pair_from(&encapsulation, [&one; 3], com, &[&one, &two]).unwrap();
    assert_eq!(encapsulation.open(&D).unwrap_err(), Error::DecryptionFailed);
    key(&master, "a, b").decapsulate(&encapsulation).unwrap();
}

#[test]
fn fewer_shares_than_a_gate_needs_give_nothing() {
    // Once an `and` that gave one child the whole secret went unseen for years, because honest decryptors refused
    // before they could notice.
    let (master, public) = authority();
    let key = key(&master, "a, b, c, d");
    for text in [
        "a and b",
        "a and b and c",
        "2 of (a, b, c)",
        "3 of (a, b, c, d)",
        "a and 2 of (b, c, d)",
        "a and (b or (c and d))",
    ] {
        let (encapsulation, shared) = public.encapsulate(&policy(text), &mut rng(23)).unwrap();
        let tree = encapsulation.policy().tree();
        let n = tree.leaves().len();
        for subset in 1u32..(1 << n) {
            let held = |leaf: usize| subset >> leaf & 1 == 1;
            let number = |leaf: &Leaf| tree.leaves().iter().position(|l| l == leaf).unwrap();
            if tree.choose(|leaf| held(number(leaf))).is_some() {
                continue;
            }
            let leaves: Vec<usize> = (0..n).filter(|leaf| held(*leaf)).collect();
            // Plain sums, the coefficients of the whole set, and small multiples.
            let ones = leaves.iter().map(|leaf| Chosen { leaf: *leaf, gamma: Scalar::ONE }).collect();
            let everything: Vec<_> =
                everything(&encapsulation).into_iter().filter(|c| held(c.leaf)).collect();
            let scaled = [2, 3, n as u64].map(|k| {
                leaves.iter().map(|leaf| Chosen { leaf: *leaf, gamma: Scalar::from(k) }).collect::<Vec<_>>()
            });
            for chosen in [ones, everything].into_iter().chain(scaled) {
                assert_eq!(
                    attack(&key, &encapsulation, &chosen).unwrap_err(),
                    Error::DecryptionFailed,
                    "{text}"
                );
            }
        }
        assert_eq!(key.decapsulate(&encapsulation).unwrap().as_bytes(), shared.as_bytes());
    }
}

#[test]
fn parts_exchanged_between_ciphertexts_or_policies_are_rejected() {
    let (master, public) = authority();
    let key = key(&master, "a, b, c, role=x");
    let of = |text: &str, seed| public.encapsulate(&policy(text), &mut rng(seed)).unwrap();
    let (text, same_shape) = ("a and b and not role = y", "b and a and not role = z");
    let (first, shared) = of(text, 24);
    let bytes = first.to_bytes();
    for (donor, _) in [of(text, 25), of(same_shape, 25)] {
        let donor_bytes = donor.to_bytes();
        let named = |wanted: &[&str]| -> Vec<Range<usize>> {
            parts(&first)
                .into_iter()
                .filter(|(name, _)| wanted.contains(name))
                .map(|(_, range)| range)
                .collect()
        };
        let mut exchanges: Vec<Vec<Range<usize>>> =
            parts(&first).into_iter().map(|(_, range)| vec![range]).collect();
        exchanges.push(named(&["c3"]));
        exchanges.push(named(&["c2", "c3", "c4"]));
        exchanges.push(named(&["c1", "c2", "c3", "c4"]));
        exchanges.push(named(&["com", "c5"]));
        exchanges.push(named(&["com", "c5", "c6"]));
        for exchange in exchanges {
            let mut mixed = bytes.clone();
            for range in &exchange {
                mixed[range.clone()].copy_from_slice(&donor_bytes[range.clone()]);
            }
            if mixed == bytes {
                continue; // the header, or the policy of the same policy
            }
            let mixed = Encapsulation::from_bytes(&mixed).unwrap();
            assert_eq!(key.decapsulate(&mixed).unwrap_err(), Error::DecryptionFailed);
        }
    }
    // Rows of one ciphertext exchanged for each other.
    let [c3_0, c3_1] =
        [0, 1].map(|n| parts(&first).into_iter().filter(|(name, _)| *name == "c3").nth(n).unwrap().1);
    let swapped = with(&with(&bytes, &c3_0, &bytes[c3_1.clone()]), &c3_1, &bytes[c3_0.clone()]);
    assert_eq!(
        key.decapsulate(&Encapsulation::from_bytes(&swapped).unwrap()).unwrap_err(),
        Error::DecryptionFailed
    );
    assert_eq!(key.decapsulate(&first).unwrap().as_bytes(), shared.as_bytes());
}

#[test]
fn a_policy_loosened_in_the_ciphertext_does_not_open() {
    // The rows of `a and b` under the text `a or b`, which has as many of each.
    let (master, public) = authority();
    let (strict, _) = public.encapsulate(&policy("a and b"), &mut rng(26)).unwrap();
    let (loose, _) = public.encapsulate(&policy("a or b"), &mut rng(27)).unwrap();
    let rest = |e: &Encapsulation| parts(e)[1].1.end;
    let loosened = [&loose.to_bytes()[..rest(&loose)], &strict.to_bytes()[rest(&strict)..]].concat();
    let loosened = Encapsulation::from_bytes(&loosened).unwrap();
    for holder in ["a", "b", "a, b"] {
        assert_eq!(key(&master, holder).decapsulate(&loosened).unwrap_err(), Error::DecryptionFailed);
    }
    key(&master, "a, b").decapsulate(&strict).unwrap();
}

#[test]
fn any_byte_changed_anywhere_is_rejected() {
    let (master, public) = authority();
    let key = key(&master, "a, role=x");
    // One leaf is used; unused are a positive one, a negative one and the second use number.
    let policy = policy("a or (a and not role = y)");
    let wrapped = public.wrap(&policy, SECRET, AAD, &mut rng(28)).unwrap();
    let bytes = wrapped.to_bytes();
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            if let Ok(damaged) = WrappedKey::from_bytes(&damaged) {
                assert!(key.unwrap_key(&damaged, AAD).is_err(), "byte {at}");
            }
        }
    }
    assert_eq!(key.unwrap_key(&wrapped, b"another record").unwrap_err(), Error::DecryptionFailed);
    assert_eq!(*key.unwrap_key(&wrapped, AAD).unwrap(), SECRET);
}

#[test]
fn a_key_of_another_authority_is_rejected() {
    let (master, public) = authority();
    let other = MasterKey::generate(&mut rng(29)).unwrap();
    let wrapped = public.wrap(&policy("a"), SECRET, AAD, &mut rng(30)).unwrap();
    assert_eq!(key(&other, "a").unwrap_key(&wrapped, AAD).unwrap_err(), Error::DecryptionFailed);
    assert_eq!(*key(&master, "a").unwrap_key(&wrapped, AAD).unwrap(), SECRET);
}

#[test]
fn a_key_derived_for_one_tag_does_not_open_another() {
    let (master, public) = authority();
    let key = key(&master, "a");
    let policy = policy("a");
    let (encapsulation, _) = public.encapsulate(&policy, &mut rng(31)).unwrap();
    let (other, _) = public.encapsulate(&policy, &mut rng(32)).unwrap();
    // K_F = K0 + [x]K1 with the x of another ciphertext, and with the right one.
    let D = |com| pair_from(&encapsulation, [&key; 3], com, &[&key]).unwrap();
    assert_eq!(encapsulation.open(&D(&other.body.com)).unwrap_err(), Error::DecryptionFailed);
    encapsulation.open(&D(&encapsulation.body.com)).unwrap();
}

#[test]
fn an_attacker_who_knows_the_mask_cannot_put_another_message_under_it() {
    let (master, public) = authority();
    let key = key(&master, "a");
    let (encapsulation, _) = public.encapsulate(&policy("a"), &mut rng(33)).unwrap();
    let D = key.pair(&encapsulation, &everything(&encapsulation)).unwrap();
    let forge = |m: &[u8; 32], com: [u8; 32]| {
        let mut forged = encapsulation.clone();
        forged.body.com = com;
        forged.body.c5 = *xor(m, &mask(&D, &forged.body.c1, &com));
        forged.c6 = forged.body.mac(&keys(m, &com).0);
        forged
    };
    // A tag that is not the commitment to the message: refused for that alone.
    let forged = forge(&[7; 32], encapsulation.body.com);
    assert_eq!(forged.open(&D).unwrap_err(), Error::DecryptionFailed);
    assert_eq!(key.decapsulate(&forged).unwrap_err(), Error::DecryptionFailed);
    // The commitment to the message: consistent under this D, but the rows stand in the slot of the other tag.
    let forged = forge(&[7; 32], commitment(&[7; 32], encapsulation.policy()));
    forged.open(&D).unwrap();
    assert_eq!(key.decapsulate(&forged).unwrap_err(), Error::DecryptionFailed);

    key.decapsulate(&encapsulation).unwrap();
}

#[test]
fn whoever_had_alpha_times_a_generator_could_read_everything_so_no_byte_form_holds_it() {
    let (master, public) = authority();
    let key = key(&master, "a");
    let (encapsulation, _) = public.encapsulate(&policy("b"), &mut rng(34)).unwrap();
    let bytes = master.to_bytes();
    let scalar = |range: Range<usize>| Scalar::from_bytes_be(bytes[range].try_into().unwrap()).unwrap();
    let alpha = scalar(4..36) * scalar(36..68);
    let alpha_P1 = (G1Projective::generator() * alpha).to_affine();
    let alpha_P2 = (G2Projective::generator() * alpha).to_affine();
    // This is why:
    encapsulation.open(&pairing_product(&[(alpha_P1, encapsulation.body.c1)]).unwrap()).unwrap();
    for form in [public.to_bytes(), key.to_bytes().to_vec(), encapsulation.to_bytes()] {
        assert!(!form.windows(48).any(|w| w == alpha_P1.to_compressed()));
        assert!(!form.windows(96).any(|w| w == alpha_P2.to_compressed()));
    }
    // Nor does a key's holder get at it: K0 without its blinding is what the elements beside it do not give.
    for guess in [*key.K1, **key.K.values().next().unwrap()] {
        let D =
            pairing_product(&[((G1Projective::from(*key.K0) - guess).to_affine(), encapsulation.body.c1)])
                .unwrap();
        assert_eq!(encapsulation.open(&D).unwrap_err(), Error::DecryptionFailed);
    }
    assert_eq!(key.decapsulate(&encapsulation).unwrap_err(), Error::PolicyNotSatisfied);
    other_user(&master, "b").decapsulate(&encapsulation).unwrap();
}

#[test]
fn torsion_that_cancels_in_the_sum_of_rows_is_rejected_like_any_other_change() {
    // Rows are checked for the subgroup as the sum that is paired. Two rows may then leave the subgroup together; the
    // pairing sees what it would have seen, and the MAC does not.
    let (master, public) = authority();
    let key = key(&master, "a, b");
    let (encapsulation, _) = public.encapsulate(&policy("a and b"), &mut rng(35)).unwrap();
    let bytes = encapsulation.to_bytes();
    // q times a point on the curve: of the cofactor's order.
    let foreign = decode_on_curve_g1(&foreign_g1()).unwrap();
    let torsion = foreign * -Scalar::ONE + foreign;
    assert!(!bool::from(torsion.to_affine().is_torsion_free()));
    let mut damaged = bytes.clone();
    let c3: Vec<_> = parts(&encapsulation).into_iter().filter(|(name, _)| *name == "c3").collect();
    for ((_, range), torsion) in c3.iter().zip([torsion, -torsion]) {
        let c3 = decode_on_curve_g1(bytes[range.clone()].try_into().unwrap()).unwrap();
        damaged[range.clone()].copy_from_slice(&(torsion + c3).to_affine().to_compressed());
        let one_damaged = Encapsulation::from_bytes(&with(&bytes, range, &damaged[range.clone()])).unwrap();
        let chosen = everything(&encapsulation);
        assert_eq!(key.pair(&one_damaged, &chosen).unwrap_err(), Error::PointNotInSubgroup);
    }
    let damaged = Encapsulation::from_bytes(&damaged).unwrap();
    assert_eq!(damaged.validate(), Err(Error::PointNotInSubgroup));
    assert_eq!(key.decapsulate(&damaged).unwrap_err(), Error::DecryptionFailed);
    key.decapsulate(&encapsulation).unwrap();
}

// ---------------------------------------------------------------------------------------------------------
// Faults found in other libraries
// ---------------------------------------------------------------------------------------------------------

#[test]
fn a_known_logarithm_of_the_hash_would_turn_one_attribute_into_another_and_is_not_known() {
    // The fault: H(a) = [h(a)]P1 with a public h. Then [h(b)/h(a)]K_a is K_b, in any user's key.
    let (master, public) = authority();
    let key = key(&master, "a");
    let ([a], [b]) =
        (attributes("a").expanded().try_into().unwrap(), attributes("b").expanded().try_into().unwrap());
    let K_a: G1Affine = *key.K[&a];
    let (encapsulation, _) = public.encapsulate(&policy("b"), &mut rng(36)).unwrap();
    // The public functions into the scalars that this crate or a reader of it could name.
    let hashes: [fn(&[u8]) -> Scalar; 3] = [
        |m| crate::hash::hash_to_scalar(crate::domain::ABE_VALUE, m),
        |m| crate::hash::hash_to_scalar(crate::domain::ABE_SLOT, m),
        |m| crate::curve::scalar_from_wide_bytes(&crate::hash::sha256(&[m])),
    ];
    for h in hashes {
        let (h_a, h_b) = (h(a.as_bytes()), h(b.as_bytes()));
        assert_ne!(hash_to_g1(ABE_ATTRIBUTE, a.as_bytes()), (G1Projective::generator() * h_a).to_affine());
        let mut forged = other_user(&master, "a");
        forged.K0 = Secret::new(*key.K0);
        forged.K1 = Secret::new(*key.K1);
        forged.K2 = Secret::new(*key.K2);
        let K_b = (K_a * (h_b * h_a.invert().unwrap())).to_affine();
        forged.K.insert(b.clone(), Secret::new(K_b));
        // e(K_b, P2) = e(H(b), K2) would make it a key for b.
        let H_b = hash_to_g1(ABE_ATTRIBUTE, b.as_bytes());
        let product = pairing_product(&[(K_b, G2Affine::generator()), ((-H_b), *key.K2)]).unwrap();
        assert!(!product.is_one());
        assert_eq!(
            attack(&forged, &encapsulation, &everything(&encapsulation)).unwrap_err(),
            Error::DecryptionFailed
        );
    }
    other_user(&master, "b").decapsulate(&encapsulation).unwrap();
}

#[test]
fn an_attribute_cannot_be_named_so_that_its_key_serves_as_an_internal_element() {
    // The fault: an attribute whose name meets an internal label is hashed to the base of another part. Its key K_a is
    // then [r]U0, which takes the blinding off K0; or [r]U1, which every key holds as K1; or a negative leaf's N_l.
    let (master, public) = authority();
    let (positive, _) = public.encapsulate(&policy("secret"), &mut rng(44)).unwrap();
    let (negative, _) = public.encapsulate(&policy("not role = x"), &mut rng(45)).unwrap();
    let unblinded = |K0: G1Affine, r_U0: G1Affine| {
        let alpha_P1 = (G1Projective::from(K0) - r_U0).to_affine();
        pairing_product(&[(alpha_P1, positive.body.c1)]).unwrap()
    };
    // Every name that this crate's tags and labels suggest, as a label and as a text.
    let tags = [ABE_ATTRIBUTE, ABE_U0, ABE_U1, ABE_NEGATION_P, ABE_NEGATION_Q].map(|tag| tag.0);
    let tags = tags.map(|tag| String::from_utf8(tag.to_vec()).unwrap());
    let purpose = |tag: &str| tag["MEDSEAL-V1-".len()..tag.find("-BLS").unwrap()].to_owned();
    let names: Vec<_> = tags.iter().flat_map(|tag| [tag.clone(), purpose(tag)]).collect();
    let names = names.iter().map(String::as_str);
    let names = names.chain(["U0", "U1", "P", "Q", "role", "K0", "K1", "01", "1", ""]);
    let mut sets: Vec<_> = names.clone().map(|text| format!("x=\"{text}\"")).collect();
    sets.extend(names.filter(|name| Attribute::new(name).is_ok()).map(Into::into));
    assert!(sets.len() >= 24, "{sets:?}");
    let secret = attributes("secret").expanded().remove(0);
    for set in &sets {
        let key = key(&master, set);
        let N = key.N.values().map(|(_, N_l)| N_l);
        for K_a in [&key.K1].into_iter().chain(key.K.values()).chain(N).map(|point| &**point) {
            let D = unblinded(*key.K0, *K_a);
            assert_eq!(positive.open(&D).unwrap_err(), Error::DecryptionFailed, "{set} as U0");
            let mut forged = DecryptionKey::from_bytes(&key.to_bytes()).unwrap();
            forged.K.insert(secret.clone(), Secret::new(*K_a));
            forged.N.insert("role".into(), ("y".into(), Secret::new(*K_a)));
            for encapsulation in [&positive, &negative] {
                let refused = attack(&forged, encapsulation, &everything(encapsulation)).unwrap_err();
                assert_eq!(refused, Error::DecryptionFailed, "{set} as another attribute or a label");
            }
        }
    }
    // With [r]U0 in hand it would open: what is left of K0 is [alpha]P1.
    let bytes = master.to_bytes();
    let scalar = |range: Range<usize>| Scalar::from_bytes_be(bytes[range].try_into().unwrap()).unwrap();
    let alpha_P1 = G1Projective::generator() * (scalar(4..36) * scalar(36..68));
    let holder = key(&master, "U0");
    let r_U0 = (G1Projective::from(*holder.K0) - alpha_P1).to_affine();
    positive.open(&unblinded(*holder.K0, r_U0)).unwrap();
    // And the right keys open.
    key(&master, "secret").decapsulate(&positive).unwrap();
    key(&master, "role = y").decapsulate(&negative).unwrap();
}

#[test]
fn one_name_is_another_point_for_every_use() {
    // The bases by role, for the very same bytes: all different, by their tags.
    for name in [b"".as_slice(), b"a", b"ABE-U0", b"01"] {
        let bases =
            [ABE_ATTRIBUTE, ABE_U0, ABE_U1, ABE_NEGATION_P, ABE_NEGATION_Q].map(|tag| hash_to_g1(tag, name));
        for (i, one) in bases.iter().enumerate() {
            assert!(bases[i + 1..].iter().all(|other| other != one));
        }
    }
}

#[test]
fn one_blinding_for_two_uses_of_an_attribute_would_open_without_it_so_each_use_has_its_own() {
    // `2 of (a, a, b)` for a holder of b: s = 3 f(1) - 3 f(2) + f(3), in which one blinding of both a would cancel.
    let (master, public) = authority();
    let key = key(&master, "b");
    let attack = |x: &Scalar, c1: G2Affine, c2_0: G2Affine, [c3_0, c3_1, c3_2]: [G1Affine; 3]| {
        let K_F = (*key.K1 * x + *key.K0).to_affine();
        let K_b = **key.K.values().next().unwrap();
        let three = Scalar::from(3);
        let s_F = c3_0 * three - c3_1 * three + c3_2;
        pairing_product(&[(K_F, c1), (K_b, c2_0), ((-s_F).to_affine(), *key.K2)]).unwrap()
    };

    let (encapsulation, shared) = public.encapsulate(&policy("2 of (a, a, b)"), &mut rng(42)).unwrap();
    let bytes = encapsulation.to_bytes();
    let points = |name: &str| -> Vec<&[u8]> {
        parts(&encapsulation)
            .into_iter()
            .filter(|(part, _)| *part == name)
            .map(|(_, at)| &bytes[at])
            .collect()
    };
    let c2_0 = decode_g2(points("c2")[0].try_into().unwrap()).unwrap();
    let c3 = [0, 1, 2].map(|i| decode_g1(points("c3")[i].try_into().unwrap()).unwrap());
    let D = attack(&slot_value(&encapsulation.body.com), encapsulation.body.c1, c2_0, c3);
    assert_eq!(encapsulation.open(&D).unwrap_err(), Error::DecryptionFailed);

    // The rows as they are built, from blindings of our choice.
    let [H_a, H_b] = ["a", "b"].map(|a| bases::of_attribute(&attributes(a).expanded()[0]));
    let [x, s, f_1, s_0, s_1] = [2, 3, 5, 7, 11].map(|seed| *random_nonzero_scalar(&mut rng(seed)).unwrap());
    let F = bases::SLOT.at(&x);
    let opens = |s_prime: [Scalar; 2]| {
        let [c1, c2_0] = [s, s_prime[0]].map(|k| (G2Projective::generator() * k).to_affine());
        let lambda = |i: u64| s + f_1 * Scalar::from(i);
        let c3 = [
            F * lambda(1) + H_a * s_prime[0],
            F * lambda(2) + H_a * s_prime[1],
            F * lambda(3) + H_b * s_prime[0],
        ];
        *attack(&x, c1, c2_0, c3.map(|c3| c3.to_affine())).to_bytes() == *public.pow_Z(&s).to_bytes()
    };
    assert!(!opens([s_0, s_1]));
    assert!(opens([s_0, s_0]));

    let holder = master.issue(&attributes("a"), &mut rng(43)).unwrap();
    assert_eq!(holder.decapsulate(&encapsulation).unwrap().as_bytes(), shared.as_bytes());
}

// ---------------------------------------------------------------------------------------------------------
// Negation
// ---------------------------------------------------------------------------------------------------------

#[test]
fn a_key_that_does_not_satisfy_a_negative_leaf_has_nothing_to_cancel_it_with() {
    let (master, public) = authority();
    let (encapsulation, _) = public.encapsulate(&policy("not role = x"), &mut rng(37)).unwrap();
    let leaf = &encapsulation.policy().tree().leaves()[0];
    let chosen = everything(&encapsulation);
    let honest = key(&master, "role=y");
    for set in ["a", "role", "role=x", "role=x, role=y", "role=y, role=z", "role=1", "ward=y"] {
        let key = other_user(&master, set);
        assert!(key.element(leaf).is_none(), "{set}");
        // Around the check: the label's element from wherever the attacker has one.
        for N in
            [key.N.values().next().map(|(_, N)| **N), Some(*honest.N["role"].1), Some(G1Affine::identity())]
        {
            let Some(N) = N else { continue };
            let mut forged = other_user(&master, set);
            forged.N.insert("role".into(), ("y".into(), Secret::new(N)));
            assert_eq!(
                attack(&forged, &encapsulation, &chosen).unwrap_err(),
                Error::DecryptionFailed,
                "{set}"
            );
        }
    }
    attack(&honest, &encapsulation, &chosen).unwrap();
}

#[test]
fn a_holder_of_the_excluded_value_and_holders_who_lack_the_label_cannot_make_a_negation_together() {
    // One has N_role for the excluded value, the others have no N_role: they lack the label, or have two texts of it.
    // Honest code finds d = 1/(h(v) - h(v')) of none of them; the attackers take what points and factors they have.
    let (master, public) = authority();
    for (text, keys, both) in [
        ("not role=x", ["role=x, b", "b"], "role=y"),
        ("a and not role=x", ["role=x, b", "a"], "a, role=y"),
        ("a and not role=x", ["role=x", "a, role=y, role=z"], "a, role=y"),
        ("not role=x and not ward=x", ["role=x, ward=y", "a"], "role=y, ward=y"),
        ("2 of (a, not role=x, not ward=x)", ["role=x, ward=x", "a"], "a, role=y"),
    ] {
        let (encapsulation, shared) = public.encapsulate(&policy(text), &mut rng(43)).unwrap();
        let tree = encapsulation.policy().tree();
        let chosen = everything(&encapsulation);
        let holders = [&other_user(&master, keys[0]), &key(&master, keys[1])];
        assert!(tree.choose(|leaf| holders.iter().any(|key| key.satisfies(leaf))).is_none(), "{text}");
        // Every point that they were given, and the identity.
        let points = holders.iter().flat_map(|key| {
            let K = [&key.K0, &key.K1].into_iter().chain(key.K.values());
            K.chain(key.N.values().map(|(_, N)| N)).map(|point| **point)
        });
        let points = points.chain([G1Affine::identity()]).collect::<Vec<_>>();
        let [x, y] = ["x", "y"].map(bases::h);
        let factors = [Scalar::ONE, x, x.invert().unwrap(), (x - y).invert().unwrap()];
        let x = slot_value(&encapsulation.body.com);
        for (N, d) in points.iter().flat_map(|N| factors.map(|d| (N, d))) {
            let element = |leaf: &Leaf| {
                let theirs = holders.iter().find_map(|key| key.element(leaf));
                match leaf.term {
                    Term::Not { .. } => theirs.or(Some(LeafKey::Negative { N, d })),
                    Term::Attribute(_) => theirs.or(Some(LeafKey::Positive(N))),
                }
            };
            let sums = encapsulation.body.rows.combine(tree, &chosen, element).unwrap();
            for (one, other) in [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(i, j)| (holders[i], holders[j])) {
                let K_F = (*one.K1 * x + *one.K0).to_affine();
                let mut pairs = vec![(K_F, encapsulation.body.c1), (sums.rows, *other.K2)];
                pairs.extend_from_slice(&sums.uses);
                let D = pairing_product(&pairs).unwrap();
                assert_eq!(encapsulation.open(&D).unwrap_err(), Error::DecryptionFailed, "{text}");
            }
        }
        let honest = key(&master, both).decapsulate(&encapsulation).unwrap();
        assert_eq!(honest.as_bytes(), shared.as_bytes());
    }
}

#[test]
fn a_second_key_with_another_value_satisfies_a_negation_which_is_why_a_user_has_one() {
    let (master, public) = authority();
    let (encapsulation, _) = public.encapsulate(&policy("not role = x"), &mut rng(38)).unwrap();
    assert_eq!(key(&master, "role=x").decapsulate(&encapsulation).unwrap_err(), Error::PolicyNotSatisfied);
    key(&master, "role=y").decapsulate(&encapsulation).unwrap();
}

#[test]
fn one_blinding_for_two_leaves_of_a_label_would_open_them_to_everybody_so_each_has_its_own() {
    // With one s' for both leaves, (c4_0 - c4_1) / (h(v_0) - h(v_1)) = [s']Q_l, and any key at all does.
    let (master, public) = authority();
    let key = key(&master, "role=x"); // satisfies neither the policy nor its first leaf
    let d = (bases::h("x") - bases::h("y")).invert().unwrap();
    let attack = |x: &Scalar, c1: G2Affine, c3: [G1Affine; 2], c4: [G1Affine; 2]| {
        let s_prime_Q = (G1Projective::from(c4[0]) - c4[1]) * d;
        let s_F = G1Projective::from(c3[0]) + c3[1] - s_prime_Q.double();
        let K_F = (*key.K1 * x + *key.K0).to_affine();
        pairing_product(&[(K_F, c1), ((-s_F).to_affine(), *key.K2)]).unwrap()
    };

    let (encapsulation, shared) =
        public.encapsulate(&policy("not role = x and not role = y"), &mut rng(39)).unwrap();
    let bytes = encapsulation.to_bytes();
    let point = |name: &str, n: usize| -> G1Affine {
        let (_, range) = parts(&encapsulation).into_iter().filter(|(part, _)| *part == name).nth(n).unwrap();
        decode_on_curve_g1(bytes[range].try_into().unwrap()).unwrap()
    };
    let (c3, c4) = ([point("c3", 0), point("c3", 1)], [point("c4", 0), point("c4", 1)]);
    let D = attack(&slot_value(&encapsulation.body.com), encapsulation.body.c1, c3, c4);
    assert_eq!(encapsulation.open(&D).unwrap_err(), Error::DecryptionFailed);

    // The rows as they are built, from blindings of our choice.
    let Q = hash_to_g1(ABE_NEGATION_Q, b"role");
    let (base_x, base_y) = (bases::of_value("role", "x"), bases::of_value("role", "y"));
    let [x, s, lambda_0, s_0, s_1] =
        [2, 3, 5, 7, 11].map(|seed| *random_nonzero_scalar(&mut rng(seed)).unwrap());
    let F = bases::SLOT.at(&x);
    let opens = |s_prime: [Scalar; 2]| {
        let c1 = (G2Projective::generator() * s).to_affine();
        let lambda = [lambda_0, s - lambda_0];
        let c3 = [0, 1].map(|i| (F * lambda[i] + Q * s_prime[i]).to_affine());
        let c4 = [(base_x * s_prime[0]).to_affine(), (base_y * s_prime[1]).to_affine()];
        *attack(&x, c1, c3, c4).to_bytes() == *public.pow_Z(&s).to_bytes()
    };
    assert!(!opens([s_0, s_1]));
    assert!(opens([s_0, s_0]));

    let holder = master.issue(&attributes("role=z"), &mut rng(43)).unwrap();
    assert_eq!(holder.decapsulate(&encapsulation).unwrap().as_bytes(), shared.as_bytes());
}
