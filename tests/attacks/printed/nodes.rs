//! The owner of `QMN`, which the printed protocol does not authenticate.

use blstrs::{G2Projective, Scalar};
use medseal::Error;
use medseal::identity::{AuthReply, Certificate, MainNode, Role, SuperNode};

use super::{Printed, VICTIM, protocol};
use crate::ground::{P1, Reader, g2_bytes, hash_to_g2, header, rng};
use crate::handshake::consortium::{Consortium, NOW, certificate_request, disclosure, name};
use crate::handshake::outsider::{self, Claim, Exchange, subject, x, y};

#[test]
fn a_false_main_node_is_believed() {
    // In print: the hospital cannot know whose QMN it uses.
    let printed = Printed::new();
    let QSN = printed.super_node.QSN();
    let false_node = protocol::MainNode { QSN, SMN: Scalar::from(78) };
    let request = printed.victim.request(&QSN, &false_node.QMN(), x(), NOW);
    let accepted = false_node.accept(&request, NOW).unwrap();
    assert_eq!(accepted.ID, VICTIM);
    let reply = false_node.reply(&request, &accepted, b"a false place");
    let finished = printed.victim.finish(&false_node.QMN(), x(), &request, &reply);
    assert_eq!(finished.unwrap(), b"a false place");

    // Here: a hospital talks to a certified node. The false node writes a certificate for
    // its own key, and signs it with every secret that it has, or attaches another
    // signature of the super node.
    let mut c = Consortium::new();
    let false_node = Scalar::from(78);
    let subject = subject("node 1", &(P1() * false_node));
    let fields = [&subject[..], &[9; 16], &0_u64.to_be_bytes(), &u64::MAX.to_be_bytes()].concat();
    let certificate = |signature: &G2Projective| {
        let bytes = [&header(0x08), &fields[..], &g2_bytes(signature)].concat();
        Certificate::from_bytes(&bytes).unwrap()
    };
    let refused = |signature: &G2Projective| {
        let error = certificate(signature).verify(&c.public_key, Role::MainNode).unwrap_err();
        assert_eq!(error, Error::InvalidSignature);
    };
    let last = |bytes: &[u8]| Reader::fields(&bytes[bytes.len() - 96..]).g2();
    let point = hash_to_g2("CERT", &fields);
    let false_super_node = SuperNode::generate(&mut rng(10)).unwrap();
    refused(&(point * false_node));
    refused(&(point * outsider::s(&false_super_node.to_bytes())));
    refused(&point);
    refused(&last(&c.certificate.to_bytes()));
    refused(&c.S_ID());
    let registry = c.super_node.publish(NOW).unwrap().to_bytes();
    let error = certificate(&last(&registry)).verify(&c.public_key, Role::MainNode).unwrap_err();
    assert_eq!(error, Error::InvalidSignature);
    // Another super node can certify the false node, but the hospital accepts only certificates of
    // the super node that registered it.
    let proof = hash_to_g2("POP", &subject) * false_node;
    let foreign =
        false_super_node.certify(&certificate_request(&subject, &proof), 0..=u64::MAX, &mut rng(15)).unwrap();
    assert_eq!(foreign.verify(&c.public_key, Role::MainNode).unwrap_err(), Error::InvalidSignature);
    let foreign = foreign.verify(&false_super_node.public_key(), Role::MainNode).unwrap();
    let started = c.hospital.start(&foreign, &c.registry, NOW, &mut rng(1)).map(|_| ());
    assert_eq!(started, Err(Error::InvalidSignature));
    // The super node's signature makes it a certificate, and would make the false node genuine.
    let certified = certificate(&(point * c.s())).verify(&c.public_key, Role::MainNode).unwrap();
    let (awaiting, request) = c.hospital.start(&certified, &c.registry, NOW, &mut rng(1)).unwrap();
    let (request, node) = (request.to_bytes(), outsider::Node { Q_MN: P1() * false_node, ..c.node() });
    let shared = Reader::new(0x0a, &request).g1() * false_node;
    let exchange = Exchange::answering(&node, &request, shared, y());
    let reply = exchange.disclosing(&c.general(), &disclosure().to_bytes());
    assert!(awaiting.finish(&AuthReply::from_bytes(&reply).unwrap()).is_ok());
}

#[test]
fn anothers_certified_key_passes_requests_on() {
    // In print: r names no node. A request made for node 2, which uses node 1's
    // key, is valid at node 1.
    let printed = Printed::new();
    let node_2s_key = printed.main_node.QMN();
    let request = printed.victim.request(&printed.super_node.QSN(), &node_2s_key, x(), NOW);
    assert!(printed.main_node.accept(&request, NOW).is_some());

    // Here: node 2 cannot prove that it holds node 1's secret.
    let c = Consortium::new();
    let thief = outsider::s_MN(
        &MainNode::generate(name("node 2"), Role::MainNode, &c.public_key, &mut rng(9)).unwrap().to_bytes(),
    );
    let subject = subject("node 2", &c.node().Q_MN);
    let asking = |secret: Scalar| certificate_request(&subject, &(hash_to_g2("POP", &subject) * secret));
    let refused = c.super_node.certify(&asking(thief), 0..=u64::MAX, &mut rng(15));
    assert_eq!(refused.unwrap_err(), Error::InvalidSignature);
    // Even if it were certified (here node 1 lends its secret for a proof), r contains the name:
    // node 1 opens W and refuses.
    let certificate = c.super_node.certify(&asking(c.s_MN()), 0..=u64::MAX, &mut rng(15)).unwrap();
    let node_2 = certificate.verify(&c.public_key, Role::MainNode).unwrap();
    let (_, for_node_2) = c.hospital.start(&node_2, &c.registry, NOW, &mut rng(1)).unwrap();
    let for_node_2 = for_node_2.to_bytes();
    let X = Reader::new(0x0a, &for_node_2).g1();
    assert!(Claim::open(&for_node_2, &c.node(), X * c.s_MN()).is_some());
    assert_eq!(c.accept(&for_node_2).unwrap_err(), Error::AuthenticationFailed);
    assert!(c.accept(&c.request(1)).is_ok());
}
