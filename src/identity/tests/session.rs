//! Sessions: in order, once, complete, and in one direction.

use super::*;
use crate::Error;

fn sessions() -> (Session, Session) {
    let (hospital, main_node) = Consortium::new().handshake(10);
    (hospital.session, main_node)
}

#[test]
fn messages_arrive_in_order_in_both_directions() {
    let (mut a, mut b) = sessions();
    for n in 0..3u8 {
        let message = a.seal(&[n; 5], b"aad").unwrap();
        assert_eq!((message.number(), message.is_final()), (n.into(), false));
        let message = SessionMessage::from_bytes(&message.to_bytes()).unwrap();
        assert_eq!(message.to_bytes().len(), 5 + 49);
        assert_eq!(*b.open(&message, b"aad").unwrap(), [n; 5]);
        let message = b.seal(&[], b"").unwrap();
        assert_eq!(*a.open(&message, b"").unwrap(), [0u8; 0]);
    }
}

#[test]
fn only_the_peers_next_message_opens() {
    let (mut a, mut b) = sessions();
    let [first, second, third] = [0u8, 1, 2].map(|n| a.seal(&[n], b"").unwrap());
    let mut renumbered = second.to_bytes();
    renumbered[11] = 0;
    let renumbered = SessionMessage::from_bytes(&renumbered).unwrap();
    let foreign = Consortium::new().handshake(20).0.session.seal(&[0], b"").unwrap();
    assert_eq!((renumbered.number(), foreign.number()), (0, 0));
    let refuses = |b: &mut Session, message| b.open(message, b"").unwrap_err() == Error::DecryptionFailed;
    for early_or_false in [&second, &third, &renumbered, &foreign] {
        assert!(refuses(&mut b, early_or_false));
    }
    assert!(refuses(&mut a, &first), "reflected");
    assert_eq!(*b.open(&first, b"").unwrap(), [0]);
    for replayed_or_early in [&first, &third] {
        assert!(refuses(&mut b, replayed_or_early));
    }
    assert_eq!(*b.open(&second, b"").unwrap(), [1]);
    assert_eq!(*b.open(&third, b"").unwrap(), [2]);
}

#[test]
fn foreign_aad_fails() {
    let (mut a, mut b) = sessions();
    let message = a.seal(b"plaintext", b"aad").unwrap();
    for aad in [b"".as_slice(), b"aa", b"aae", b"aada"] {
        assert_eq!(b.open(&message, aad).unwrap_err(), Error::DecryptionFailed);
    }
    assert_eq!(*b.open(&message, b"aad").unwrap(), b"plaintext");
}

#[test]
fn a_truncated_stream_looks_incomplete() {
    let (mut a, mut b) = sessions();
    let (first, last) = (a.seal(b"1", b"").unwrap(), a.seal_final(b"2", b"").unwrap());
    assert!(last.is_final());
    assert_eq!(a.seal(b"3", b"").unwrap_err(), Error::SessionClosed);
    assert_eq!(a.seal_final(b"3", b"").unwrap_err(), Error::SessionClosed);
    b.open(&first, b"").unwrap();
    assert!(!b.is_closed_by_peer());
    // An attacker can neither set nor clear the flag.
    for message in [&first, &last] {
        let mut changed = message.to_bytes();
        changed[12] ^= 1;
        let changed = SessionMessage::from_bytes(&changed).unwrap();
        assert_eq!(b.open(&changed, b"").unwrap_err(), Error::DecryptionFailed);
    }
    b.open(&last, b"").unwrap();
    assert!(b.is_closed_by_peer());
    assert_eq!(b.open(&last, b"").unwrap_err(), Error::SessionClosed);
    // The other direction is still open.
    let back = b.seal(b"4", b"").unwrap();
    assert_eq!(*a.open(&back, b"").unwrap(), b"4");
}

#[test]
fn counters_do_not_wrap() {
    let (mut a, mut b) = sessions();
    a.skip_to(u64::MAX - 1);
    b.skip_to(u64::MAX - 1);
    let last = a.seal(b"last", b"").unwrap();
    assert_eq!(a.seal(b"more", b"").unwrap_err(), Error::SessionClosed);
    assert_eq!(*b.open(&last, b"").unwrap(), b"last");
    assert_eq!(b.open(&last, b"").unwrap_err(), Error::SessionClosed);
}

#[test]
fn session_exports_differ_by_label_only() {
    let (a, b) = sessions();
    assert_eq!(a.export(b"one"), b.export(b"one"));
    assert_ne!(a.export(b"one"), a.export(b"two"));
    assert_ne!(a.export(b""), a.export(b"one"));
    assert_ne!(a.export(b"")[..], a.id()[..]);
}
