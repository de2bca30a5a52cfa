//! Authorities that have generated their keys together.

use std::iter;

use medseal::authorities::{
    AuthorityKey, AuthorityShare, Certificate, MemoryRecords, Message, Plan, Roster, Session,
};
use medseal::rand_core::{CryptoRng, RngCore};

/// The share of each authority, and the certificate of all.
pub(crate) fn generated(
    keys: &[AuthorityKey],
    threshold: u8,
    context: &[u8],
    rng: &mut (impl RngCore + CryptoRng),
) -> (Vec<AuthorityShare>, Certificate) {
    let public: Vec<_> = keys.iter().map(AuthorityKey::public_key).collect();
    let plan = Plan::generate(Roster::new(threshold, &public, context).unwrap());
    let mut sessions: Vec<_> =
        keys.iter().map(|key| Session::start(plan.clone(), key, None, rng).unwrap()).collect();
    for _ in 0..4 {
        let sent: Vec<Message> = sessions
            .iter_mut()
            .flat_map(|session| iter::from_fn(|| session.next_message()).collect::<Vec<_>>())
            .collect();
        for (i, (session, key)) in (1..).zip(sessions.iter_mut().zip(keys)) {
            for message in sent.iter().filter(|message| message.to() == 0 || message.to() == i) {
                session.receive(key, message, rng).unwrap();
            }
            if session.is_checked() {
                session.confirm(key, &mut MemoryRecords::default()).unwrap();
            }
        }
    }
    let (shares, mut certificates): (Vec<_>, Vec<_>) =
        sessions.into_iter().map(|session| session.finish().unwrap()).unzip();
    (shares, certificates.remove(0))
}
