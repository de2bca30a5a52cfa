//! The model's handshake as published, with each attack that works on it, and the
//! same attack failing here.
//!
//! | file | the target of the attack |
//! |---|---|
//! | `identities` | `QID`, and the check of `U` |
//! | `messages` | `W`, `tc`, `R1`, `M` and `AK` |
//! | `nodes` | whose key `QMN` is |
//! | `field` | the curve |
//!
//! `protocol` is the protocol.

mod field;
mod identities;
mod messages;
mod nodes;
mod protocol;

use blstrs::Scalar;

use crate::ground::{P1, P2};
use crate::handshake::consortium::NOW;
use crate::handshake::outsider::x;
use protocol::Bytes32;

const VICTIM: Bytes32 = *b"General Hospital................";
const ATTACKER: Bytes32 = *b"Attacker's Practice.............";

/// The super node, the main node and the victim of the paper.
struct Printed {
    super_node: protocol::SuperNode,
    main_node: protocol::MainNode,
    victim: protocol::Hospital,
}

impl Printed {
    fn new() -> Self {
        let super_node = protocol::SuperNode { SSN: Scalar::from(1_000_003) };
        let main_node = protocol::MainNode { QSN: super_node.QSN(), SMN: Scalar::from(77) };
        let victim = super_node.register(VICTIM, [3; 32], [4; 32]);
        Self { super_node, main_node, victim }
    }

    fn request(&self, hospital: &protocol::Hospital, x: Scalar) -> protocol::Request {
        hospital.request(&self.super_node.QSN(), &self.main_node.QMN(), x, NOW)
    }
}

#[test]
fn the_literal_version_runs_when_nobody_attacks() {
    // This shows that its failures below come from the paper and not from this file.
    let printed = Printed::new();
    let request = printed.request(&printed.victim, x());
    let accepted = printed.main_node.accept(&request, NOW).unwrap();
    assert_eq!(accepted.ID, VICTIM);
    let reply = printed.main_node.reply(&request, &accepted, b"where it lies");
    let finished = printed.victim.finish(&printed.main_node.QMN(), x(), &request, &reply);
    assert_eq!(finished.unwrap(), b"where it lies");
    // It refuses what its own checks cover.
    assert!(printed.main_node.accept(&request, NOW + 30_001).is_none());
    let forger = protocol::Hospital { SID: P2(), ..printed.victim.clone() };
    assert!(printed.main_node.accept(&printed.request(&forger, x()), NOW).is_none());
    let other_T = protocol::Reply { T: P1(), ..reply.clone() };
    assert!(printed.victim.finish(&printed.main_node.QMN(), x(), &request, &other_T).is_none());
}
