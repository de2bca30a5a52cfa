//! Elements that would open everything, and the faults by which other libraries revealed them.

use blst::blst_fp12 as Gt;
use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use medseal::Error;
use medseal::abe::{DecryptionKey, PublicKey};
use medseal::policy::Attribute;

use super::reader::{AAD, Ciphertext, g1, g2};
use super::writer;
use super::{Authority, KEY, SECRET, attack, opens, refused};
use crate::ground::{
    Held, P1, P2, Reader, canonical, g1_bytes, hash_to_scalar, is_one, pair, rng, scalar_from_wide, sha256,
};
use crate::keys::{ABE, Key, Scheme};
use crate::rule::{Rule, not};

/// Whether a pairing of two of these points, or a product or quotient of two pairings, is the mask.
fn some_pairing_opens(wrapped: &Ciphertext, of_G1: &[G1Projective], of_G2: &[G2Projective]) -> bool {
    let signed = of_G1.iter().flat_map(|P| [*P, -P]);
    let pairings = signed.flat_map(|P| of_G2.iter().map(move |Q| pair(&[(P, *Q)])));
    let pairings: Vec<_> = pairings.chain([Gt::default()]).collect();
    let products =
        pairings.iter().enumerate().flat_map(|(i, one)| pairings[i..].iter().map(|two| *one * *two));
    products.into_iter().any(|D| wrapped.is_opened_by(&D))
}

#[test]
fn alpha_times_h_opens_everything() {
    let authority = Authority::new(1);
    let (wrapped, key) = (authority.wrap(&"b".into(), 34), authority.key("a", 2));
    // A thief of the master key.
    let master = authority.master.to_bytes();
    let mut reader = Reader::new(0x20, &master);
    let alpha = reader.scalar();
    reader.end();
    let alpha_h = ABE.h() * alpha;
    // For this reason nobody else may have it:
    assert!(wrapped.is_opened_by(&wrapped.with_c1(&alpha_h)));
    for form in [authority.public.to_bytes(), key.to_bytes(KEY), wrapped.to_bytes()] {
        assert!(!form.windows(48).any(|bytes| bytes == g1_bytes(&alpha_h)));
    }
    // The mask also stays hidden from an attacker who has all public values, multiples of the
    // generators by alpha, and a key without the attribute.
    let public_key = authority.public.to_bytes();
    let mut reader = Reader::new(0x21, &public_key);
    let A = reader.g2();
    reader.end();
    assert_eq!(A, P2() * alpha);
    let [U0, U1] = ABE.U();
    let b = ABE.H(&canonical("b"));
    let public = vec![P1(), P1() * alpha, ABE.h(), U0, U1, ABE.F(&wrapped.x()), b, g1(&wrapped.c3[0])];
    let mut of_G1 = [public, key.points()].concat();
    let of_G2 = [P2(), A, g2(&wrapped.c1), g2(&wrapped.c2[0]), key.K2];
    assert!(!some_pairing_opens(&wrapped, &of_G1, &of_G2));
    of_G1.push(alpha_h);
    assert!(some_pairing_opens(&wrapped, &of_G1, &of_G2));
    // Small multiples of the key's other elements do not give K0 without its blinding.
    for (K, sign) in key.points()[1..].iter().flat_map(|K| [Scalar::ONE, -Scalar::ONE].map(|sign| (K, sign)))
    {
        for k in [1, 2, 3].map(Scalar::from).into_iter().chain([wrapped.x()]) {
            assert!(!wrapped.is_opened_by(&wrapped.with_c1(&(key.K0 + K * (k * sign)))));
        }
    }
    opens(&authority.issue("b", 2), &wrapped);
}

#[test]
fn no_attributes_hash_has_a_known_logarithm() {
    // The fault: H(a) = [h(a)]P1 with a public h. Then [h(b)/h(a)]K_a is K_b, in any user's key.
    let authority = Authority::new(1);
    let (rule, [a, b]) = (Rule::from("b"), ["a", "b"].map(canonical));
    let wrapped = authority.wrap(&rule, 36);
    // The public functions into the scalars that the documents suggest.
    let hashes: [fn(&[u8]) -> Scalar; 5] = [
        |m| hash_to_scalar("ABE-ATTR", m),
        |m| hash_to_scalar("ABE-VALUE", m),
        |m| hash_to_scalar("ABE-SLOT", m),
        |m| scalar_from_wide(&sha256(&[m])),
        |m| scalar_from_wide(m),
    ];
    for h in hashes {
        let turn = |key: &Key| {
            let K_b = key.K[&a] * (h(&b) * h(&a).invert().unwrap());
            Key { fields: Held::parse("b").fields, K: [(b.clone(), K_b)].into(), ..key.clone() }
        };
        // With the fault, the program turns a key for `a` into a key for `b`.
        let hash = |m: &[u8]| P1() * h(m);
        let faulty = Scheme { hash: &hash, ..ABE };
        let (alpha, draws) = (Scalar::from(5), writer::Draws::honest(&rule, &mut rng(36)));
        let at_fault = writer::wrap_in(&faulty, &writer::public_key(&alpha), &rule, &draws, SECRET);
        assert!(attack(&turn(&writer::issue(&faulty, &alpha, &Scalar::from(7), "a")), &at_fault));
        // Without the fault, it does not.
        assert_ne!(ABE.H(&a), hash(&a));
        let forged = turn(&authority.key("a", 2));
        // e(K_b, P2) = e(H(b), K2)
        assert!(!is_one(&pair(&[(forged.K[&b], P2()), (-ABE.H(&b), forged.K2)])));
        assert!(!attack(&forged, &wrapped));
        let forged = DecryptionKey::from_bytes(&forged.to_bytes(KEY)).unwrap();
        assert_eq!(forged.verify(&authority.public), Err(Error::InvalidKey));
        refused(&forged, &wrapped);
    }
    assert!(attack(&authority.key("b", 2), &wrapped));
    opens(&authority.issue("b", 2), &wrapped);
}

/// Names suggested by the scheme's tags and labels, as a label alone where that
/// is valid, and as a text.
fn suggestive() -> Vec<String> {
    let purposes = ["ABE-ATTR", "ABE-H", "ABE-U0", "ABE-U1", "ABE-NEG-P", "ABE-NEG-Q"];
    let tags = purposes.map(|purpose| format!("MEDSEAL-V1-{purpose}-BLS12381G1_XMD:SHA-256_SSWU_RO_"));
    let names = purposes.into_iter().chain(tags.iter().map(String::as_str));
    let names: Vec<_> = names.chain(["h", "U0", "U1", "P", "Q", "role", "K0", "K1", "01", "1", ""]).collect();
    let labels = names.iter().filter(|name| Attribute::new(name).is_ok());
    labels.map(|name| (*name).to_owned()).chain(names.iter().map(|text| format!("x=\"{text}\""))).collect()
}

#[test]
fn no_attribute_names_an_internal_element() {
    // The fault: an attribute whose name equals an internal label is hashed to the base of another
    // part. Its key K_a is then [r]U0, which takes the blinding off K0; or [r]U1, which every key
    // contains as K1; or a negative row's N_l.
    let authority = Authority::new(1);
    let (positive, negative) = (authority.wrap(&"secret".into(), 44), authority.wrap(&not("role", "x"), 45));
    let without_blinding = |wrapped: &Ciphertext, key: &Key, r_U0: &G1Projective| {
        wrapped.is_opened_by(&wrapped.with_c1(&(key.K0 - r_U0)))
    };
    let [U0, U1] = ABE.U();
    let secret = ABE.H(&canonical("secret"));
    let of_role = [ABE.P("role"), ABE.Q("role"), ABE.of_value("role", "x"), ABE.of_value("role", "y")];
    let bases = [&[ABE.h(), U0, secret], of_role.as_slice()].concat();
    let sets = suggestive();
    assert!(sets.len() >= 24, "{sets:?}");
    for set in &sets {
        let key = authority.key(set, 2);
        for (i, K_a) in key.points().iter().enumerate().skip(1) {
            // e(K_a, P2) = e(base, K2) would mean that K_a is [r] times that base. K1
            // comes first, and is [r]U1.
            let is_of = |base: &G1Projective| is_one(&pair(&[(*K_a, P2()), (-base, key.K2)]));
            assert!(!bases.iter().any(is_of) && (i == 1) == is_of(&U1), "{set}");
            assert!(!without_blinding(&positive, &key, K_a), "{set} as U0");
            let mut forged = key.clone();
            forged.K.insert(canonical("secret"), *K_a);
            forged.N = vec![("role".into(), "y".into(), *K_a)];
            assert!(!attack(&forged, &positive), "{set} as another attribute");
            assert!(!attack(&forged, &negative), "{set} as a label");
        }
    }
    // If the name `U0` equals the label, its holder opens keys wrapped for others.
    let meeting = |a: &[u8]| if a == canonical("U0") { U0 } else { ABE.H(a) };
    let alpha = Scalar::from(5);
    let key = writer::issue(&Scheme { hash: &meeting, ..ABE }, &alpha, &Scalar::from(7), "U0");
    let public_key = PublicKey::from_bytes(&writer::public_key(&alpha)).unwrap();
    let wrapped = public_key.wrap(&positive.rule.parsed(), SECRET, AAD, None, &mut rng(46)).unwrap();
    assert!(without_blinding(
        &Ciphertext::read(&positive.rule, &wrapped.to_bytes()),
        &key,
        &key.K[&canonical("U0")]
    ));
    // The right keys open.
    for (set, wrapped) in [("secret", &positive), ("role=y", &negative)] {
        assert!(attack(&authority.key(set, 2), wrapped));
        opens(&authority.issue(set, 2), wrapped);
    }
}
