//! Attackers who want a certificate that they are not entitled to, or who have a super node's
//! signature on something else. Certificates, registries and identity keys all use one signature,
//! `[s]H`, and anyone can compute the signed message.

use blstrs::{G2Projective, Scalar};
use medseal::Error;
use medseal::identity::{
    Certificate, Hospital, IdentityKey, MainNode, RegistrationRequest, Registry, Role, SuperNode,
};

use super::consortium::{Consortium, NOW, certificate_request, name};
use super::outsider::{self, subject};
use crate::ground::{P1, Reader, g2_bytes, hash_to_g2, header, rng, sha256, var};

#[test]
fn keys_are_certified_for_their_holder() {
    let c = Consortium::new();
    let thief = outsider::s_MN(
        &MainNode::generate(name("node 2"), Role::MainNode, &c.public_key, &mut rng(9)).unwrap().to_bytes(),
    );
    let (stolen, own) = (c.node().Q_MN, P1() * thief);
    let genuine = c.main_node.certificate_request().to_bytes();
    let proof_of_node_1: G2Projective = Reader::fields(&genuine[genuine.len() - 96..]).g2();
    let prove = |subject: &[u8], secret: Scalar| hash_to_g2("POP", subject) * secret;
    // Node 1's key under another name: with node 1's proof, with proofs by a secret that is
    // not the key's, and with a key that is node 1's plus or minus a known one, for which
    // half of a proof is known.
    let one = subject("node 1", &stolen);
    for (text, Q_MN, secret) in [
        ("node 2", stolen, thief),
        ("node 2", stolen - own, thief),
        ("node 2", stolen + own, thief),
        ("node 2", own, thief + Scalar::from(1)),
    ] {
        let subject = subject(text, &Q_MN);
        let own_proof = prove(&subject, secret);
        let for_the_other = prove(&one, secret);
        for proof in [
            own_proof,
            -own_proof,
            proof_of_node_1,
            proof_of_node_1 + own_proof,
            proof_of_node_1 - own_proof,
            proof_of_node_1 + for_the_other,
        ] {
            let certified = c.super_node.certify(&certificate_request(&subject, &proof), 0..=1, &mut rng(15));
            assert_eq!(certified.unwrap_err(), Error::InvalidSignature);
        }
    }
    let mine = subject("node 2", &own);
    assert!(
        c.super_node.certify(&certificate_request(&mine, &prove(&mine, thief)), 0..=1, &mut rng(15)).is_ok()
    );
    assert!(c.super_node.certify(&certificate_request(&one, &proof_of_node_1), 0..=1, &mut rng(15)).is_ok());
}

#[test]
fn super_node_signatures_serve_one_purpose() {
    // The super node has signed the same bytes for another purpose. A main node uses the super
    // node's secret as its own, which allows the test to try all four.
    let mut c = Consortium::new();
    let (s, P_SN) = (c.s(), c.P_SN());
    let registration = RegistrationRequest::new(name("New"), b"record", &mut rng(5)).unwrap();
    let record_digest = sha256(&[b"record"]);
    let R = &registration.to_bytes()[4 + 4 + 3..][..16];
    let identity = [var(b"New").as_slice(), R, &record_digest].concat();
    let proved = subject("node 2", &P_SN);
    let certified = [proved.as_slice(), &[7; 16], &0_u64.to_be_bytes(), &9_u64.to_be_bytes()].concat();
    let published = c.super_node.publish(NOW).unwrap().to_bytes();
    let listed = published[8..published.len() - 96].to_vec();

    const TAGS: [&str; 4] = ["IDENTITY", "POP", "CERT", "REGISTRY"];
    for signed_as in TAGS {
        let sign = |message: &[u8]| hash_to_g2(signed_as, message) * s;
        let key = IdentityKey::from_bytes(&[header(0x04).as_slice(), &g2_bytes(&sign(&identity))].concat())
            .unwrap();
        let certificate = [&header(0x08), certified.as_slice(), &g2_bytes(&sign(&certified))].concat();
        let registry = [header(0x09).as_slice(), &var(&listed), &g2_bytes(&sign(&listed))].concat();
        let taken = [
            Hospital::accept(registration.clone(), key, &c.public_key).is_ok(),
            c.super_node.certify(&certificate_request(&proved, &sign(&proved)), 0..=1, &mut rng(15)).is_ok(),
            Certificate::from_bytes(&certificate).unwrap().verify(&c.public_key, Role::MainNode).is_ok(),
            Registry::from_bytes(&registry).unwrap().verify(&c.public_key, 0).is_ok(),
        ];
        assert_eq!(taken, TAGS.map(|tag| tag == signed_as), "{signed_as}");
    }
}

#[test]
fn a_certificate_cannot_be_forged_or_changed() {
    let c = Consortium::new();
    let request = c.main_node.certificate_request();
    let forged =
        SuperNode::generate(&mut rng(9)).unwrap().certify(&request, 5..=7, &mut rng(15)).unwrap().to_bytes();
    let genuine = c.super_node.certify(&request, 5..=7, &mut rng(15)).unwrap().to_bytes();
    let verify =
        |bytes: &[u8]| Certificate::from_bytes(bytes)?.verify(&c.public_key, Role::MainNode).map(|_| ());
    assert_eq!(verify(&forged), Err(Error::InvalidSignature));
    // The genuine signature over one's own key, and over anything else.
    let (fields, signature) = genuine.split_at(genuine.len() - 96);
    let own_key = subject("node 1", &P1());
    let with_own_key = [&header(0x08), &own_key[..], &fields[4 + own_key.len()..], signature].concat();
    assert_eq!(verify(&with_own_key), Err(Error::InvalidSignature));
    for at in 0..genuine.len() {
        let mut changed = genuine.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(verify(&changed).is_err(), "byte {at}");
    }
    assert_eq!(verify(&genuine), Ok(()));
}

#[test]
fn rejects_a_signed_but_malformed_registry() {
    // Two main nodes could read it in two ways. The super node's secret has leaked, and the
    // attacker can sign anything.
    let mut c = Consortium::new();
    let (s, bytes) = (c.s(), c.super_node.publish(NOW).unwrap().to_bytes());
    let body = &bytes[8..bytes.len() - 96];
    let verify = |body: &[u8]| {
        let signature = g2_bytes(&(hash_to_g2("REGISTRY", body) * s));
        let registry = [header(0x09).as_slice(), &var(body), &signature].concat();
        Registry::from_bytes(&registry).unwrap().verify(&c.public_key, 0).map(|_| ())
    };
    // One hospital is listed, and no serial number.
    let (head, listing) = (&body[..48], &body[52..body.len() - 4]);
    let count = |n: u32| n.to_be_bytes();
    let with = |hospitals: &[u8], serials: &[u8]| [head, hospitals, listing, serials].concat();
    let (one, none) = (count(1), count(0));
    let serials = |list: &[u128]| {
        [count(list.len() as u32).to_vec(), list.iter().flat_map(|n| n.to_be_bytes()).collect()].concat()
    };
    assert_eq!(verify(&with(&one, &[none.as_slice(), &[0]].concat())), Err(Error::TrailingBytes));
    assert_eq!(verify(&body[..body.len() - 1]), Err(Error::Truncated));
    let twice = [head, &count(2), listing, listing, &none].concat();
    assert_eq!(verify(&twice), Err(Error::NotSorted));
    assert_eq!(verify(&with(&one, &serials(&[5, 5]))), Err(Error::NotSorted));
    assert_eq!(verify(&with(&one, &serials(&[6, 5]))), Err(Error::NotSorted));
    assert_eq!(verify(&with(&one, &serials(&[5, 6]))), Ok(()));
    assert_eq!(with(&one, &none), body);
    assert_eq!(verify(body), Ok(()));
}
