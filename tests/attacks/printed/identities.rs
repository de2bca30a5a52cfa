//! The owner of a key: the xor in `QID`, and the misprinted check of `U`.

use blstrs::G2Projective;
use medseal::Error;
use medseal::identity::RegistrationRequest;

use super::protocol::{self, xor};
use super::{ATTACKER, Printed, VICTIM};
use crate::ground::{P2, Reader, header, sha256, var};
use crate::handshake::consortium::{Consortium, NOW, RECORD, name};
use crate::handshake::outsider::{self, Claim, Identifiers, x};

/// A registration with an `R` of the sender's choice.
fn registration(text: &str, R: [u8; 16], record: &[u8]) -> RegistrationRequest {
    let fields = [&var(text.as_bytes())[..], &R, &var(record)].concat();
    RegistrationRequest::from_bytes(&[&header(0x03), &fields[..]].concat()).unwrap()
}

/// A name as 16 bytes.
fn pad(text: &str) -> [u8; 16] {
    core::array::from_fn(|i| *text.as_bytes().get(i).unwrap_or(&0))
}

#[test]
fn a_registrant_picks_R_and_is_handed_the_victims_key() {
    let Printed { super_node, victim, .. } = Printed::new();
    // In print: the registrant chooses values whose xor equals the victim's.
    let target = xor(xor(victim.ID, victim.R), victim.R1);
    let chosen_R = xor(xor(ATTACKER, [9; 32]), target);
    assert_eq!(super_node.register(ATTACKER, chosen_R, [9; 32]).SID, victim.SID);

    // Here: the same trick with the 16 bytes of R, on the name, on the
    // record's digest, and on both.
    let mut c = Consortium::new();
    let general = c.general();
    let digest_head = |record: &[u8]| -> [u8; 16] { sha256(&[record])[..16].try_into().unwrap() };
    let other_record = b"another record".as_slice();
    let names = xor(pad("General"), pad("Practice"));
    let records = xor(digest_head(RECORD), digest_head(other_record));
    for (change, record) in
        [([0; 16], RECORD), (names, RECORD), (xor(names, records), other_record), (records, other_record)]
    {
        let request = registration("Practice", xor(general.R, change), record);
        let key = c.super_node.register(&request).unwrap();
        let S_ID = Reader::new(0x04, &key.to_bytes()).g2();
        assert_ne!(S_ID, c.S_ID());
        // It is not a key for the victim's name either, in a program that claims that it is.
        let claim = Claim::new(&general, &c.node(), x(), NOW);
        let refused = c.accept(&claim.request(&claim.U(x(), &S_ID)));
        assert_eq!(refused.unwrap_err(), Error::AuthenticationFailed);
        c.super_node.revoke_hospital(&name("Practice")).unwrap();
    }
    // The name itself is taken.
    let refused = c.super_node.register(&registration("General", general.R, RECORD));
    assert_eq!(refused.unwrap_err(), Error::NameTaken);
    let claim = Claim::new(&general, &c.node(), x(), NOW);
    assert_eq!(c.accepted_as(&claim.request(&claim.U(x(), &c.S_ID()))).unwrap(), "General");
}

#[test]
fn registered_hospitals_can_relabel_their_key() {
    let printed = Printed::new();
    // In print: for the victim's name and any R1, fresh or not, the attacker computes an R
    // that gives its own QID.
    let attacker = printed.super_node.register(ATTACKER, [5; 32], [6; 32]);
    for R1 in [[8; 32], attacker.R1, printed.victim.R1] {
        let R = xor(xor(VICTIM, R1), xor(xor(attacker.ID, attacker.R), attacker.R1));
        let relabelled = protocol::Hospital { ID: VICTIM, R, R1, SID: attacker.SID };
        let request = printed.request(&relabelled, x());
        assert_eq!(printed.main_node.accept(&request, NOW).unwrap().ID, VICTIM);
    }

    // Here: no R gives it, and the registry knows the victim's identity anyway.
    let mut c = Consortium::new();
    let practice = c.register("Practice", 10);
    let (own, S_ID) = outsider::hospital(&practice.to_bytes());
    let general = c.general();
    let relabelling = xor(own.R, xor(pad("General"), pad("Practice")));
    for R in [own.R, general.R, xor(own.R, general.R), relabelling] {
        for record_digest in [own.record_digest, general.record_digest, [0; 32]] {
            let relabelled = Identifiers { name: "General".into(), R, record_digest };
            // In r and U the point is the attacker's, the one that it now claims, or the victim's.
            for Q_ID in [own.Q_ID(), relabelled.Q_ID(), general.Q_ID()] {
                let claim = Claim { Q_ID, ..Claim::new(&relabelled, &c.node(), x(), NOW) };
                let refused = c.accept(&claim.request(&claim.U(x(), &S_ID)));
                assert_eq!(refused.unwrap_err(), Error::AuthenticationFailed);
            }
        }
    }
    let claim = Claim::new(&own, &c.node(), x(), NOW);
    assert_eq!(c.accepted_as(&claim.request(&claim.U(x(), &S_ID))).unwrap(), "Practice");
}

#[test]
fn the_equation_in_place_of_the_misprint_holds_for_the_right_U_alone() {
    // In print: e(U, P) = (QID, QSN + r*xP). A pairing value is never a pair of points: taken
    // literally, the check refuses the honest hospital and everyone else. With the pairing from the
    // derivation, it accepts exactly one value.
    let printed = Printed::new();
    let forger = protocol::Hospital { SID: P2(), ..printed.victim.clone() };
    for (hospital, honest) in [(&printed.victim, true), (&forger, false)] {
        let request = printed.request(hospital, x());
        assert_eq!(printed.main_node.literal_check(&request, NOW), Some(false));
        assert_eq!(printed.main_node.accept(&request, NOW).is_some(), honest);
    }

    // Here: e(P1, U) = e(P_SN + [r]X, Q_ID), and by bilinearity U = S_ID + [x
    // r]Q_ID is its only solution.
    let c = Consortium::new();
    let claim = Claim::new(&c.general(), &c.node(), x(), NOW);
    let (Q_ID, S_ID, r) = (claim.Q_ID, c.S_ID(), claim.r());
    let U = claim.U(x(), &S_ID);
    let wrong: [G2Projective; 9] = [
        S_ID,              // neither x nor r
        S_ID + Q_ID * x(), // no r
        S_ID + Q_ID * r,   // no x
        S_ID + Q_ID * (r + x()),
        S_ID - Q_ID * (x() * r),
        Q_ID * (x() * r), // no S_ID
        U + Q_ID,
        -U,
        Q_ID,
    ];
    for U in wrong {
        assert!(!claim.holds(&U, r));
        assert_eq!(c.accept(&claim.request(&U)).unwrap_err(), Error::AuthenticationFailed);
    }
    assert!(claim.holds(&U, r) && c.accept(&claim.request(&U)).is_ok());
}
