//! Several authorities beside one: the cost of issuing for each, and of combining for the member.
//!
//! `issue` is the work of a single authority, `answer` that of each of several, with seal and
//! signature. `combine` is the member's work, and `verify` the cost of checking one ordinary set of
//! keys. The targets: an answer takes at most 1.15 times an issue, and a combination at most `t`
//! times a verification and its multiplications.

use criterion::Criterion;
use medseal::authorities::{AuthorityKey, Holder, Message, PendingRequest};
use medseal::authority::Authority;
use medseal::identity::Name;
use medseal::search::KeywordKey;
use rand_chacha::ChaCha20Rng;

use crate::generation::generated;
use crate::group;
use crate::time::Time;
use crate::world::{attributes, rng};

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "authorities");
    let mut rng = rng();
    let (one, keyword_key) = (Authority::setup(&mut rng).unwrap(), KeywordKey::generate(&mut rng).unwrap());
    let parameters = one.public_parameters();
    for n in [10, 100] {
        let (set, _) = attributes(n);
        group.time(("issue", n), || one.issue(&set, &mut rng).unwrap());
        let keys = one.issue(&set, &mut rng).unwrap();
        group.time(("verify", n), || keys.verify(&parameters).unwrap());
    }
    for (t, of) in [(3, 4), (5, 7), (7, 10)] {
        let holders = consortium(t, of, &mut rng);
        for n in [10, 100] {
            let id = |what: &str| (format!("{what}, {t} of {of}"), n);
            let member = Name::new("member").unwrap();
            let pending = PendingRequest::keys(member, &attributes(n).0, 0, &mut rng).unwrap();
            group.time(id("answer"), || holders[0].issue(pending.request(), &mut rng).unwrap());
            let answers: Vec<Message> = holders
                .iter()
                .take(t.into())
                .map(|holder| holder.issue(pending.request(), &mut rng).unwrap())
                .collect();
            group.time(id("combine"), || {
                pending.combine_keys(holders[0].generation(), &answers, &keyword_key).unwrap()
            });
        }
    }
}

fn consortium(t: u8, n: u8, rng: &mut ChaCha20Rng) -> Vec<Holder> {
    let name = |i| Name::new(&format!("authority {i}")).unwrap();
    let keys: Vec<_> = (1..=n).map(|i| AuthorityKey::generate(name(i), rng).unwrap()).collect();
    let (shares, certificate) = generated(&keys, t, b"bench", rng);
    let holder = |(key, share)| Holder::new(key, share, &certificate).unwrap();
    keys.into_iter().zip(shares).map(holder).collect()
}
