//! Consortia of authorities in one process. Each authority does what its program would do, and
//! messages pass through bytes.

mod charters;
mod dealers;
mod durable;
mod feeding;
mod issuing;
mod plans;
mod registries;
mod resharing;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::message::{Header, seal};
use super::*;
use crate::authority::MemberKeys;
use crate::fabeo::MasterShare;
use crate::identity::Name;
use crate::policy::{Attributes, Policy};
use crate::search::{Keyword, KeywordKey};

const NOW_MS: u64 = 1_795_000_000_000;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn attributes(text: &str) -> Attributes {
    Attributes::parse(text).unwrap()
}

fn key(i: u8, rng: &mut ChaCha20Rng) -> AuthorityKey {
    AuthorityKey::generate(name(&format!("hospital {i}")), rng).unwrap()
}

fn keys(n: u8, rng: &mut ChaCha20Rng) -> Vec<AuthorityKey> {
    (1..=n).map(|i| key(i, rng)).collect()
}

/// Returns the plan by which a threshold of these authorities generates keys.
fn generate(t: u8, keys: &[AuthorityKey]) -> Plan {
    Plan::generate(roster(t, &keys.iter().collect::<Vec<_>>()))
}

fn roster(t: u8, keys: &[&AuthorityKey]) -> Roster {
    let public: Vec<_> = keys.iter().map(|key| key.public_key()).collect();
    Roster::new(t, &public, b"tests").unwrap()
}

/// Returns the message after encoding and decoding it.
fn carried(message: &Message) -> Message {
    Message::from_bytes(&message.to_bytes()).unwrap()
}

/// The keys of a participant.
type Party<'p> = (&'p AuthorityKey, Option<&'p AuthorityShare>);

fn without_shares(keys: &[AuthorityKey]) -> Vec<Party<'_>> {
    keys.iter().map(|key| (key, None)).collect()
}

/// Returns all messages except a participant's own.
fn others(messages: &[Message], own: Option<u8>) -> Vec<Message> {
    messages.iter().filter(|message| Some(message.from()) != own).map(carried).collect()
}

/// Returns the states after round 0, with all of its messages.
fn committed(plan: &Plan, parties: &[Party<'_>], rng: &mut ChaCha20Rng) -> After<Committed> {
    let (mut states, mut messages) = (Vec::new(), Vec::new());
    for (key, share) in parties {
        let (state, message) = plan.clone().start(key, *share, rng).unwrap();
        states.push(state);
        messages.extend(message);
    }
    (states, messages)
}

/// Runs a step of each party, which takes the messages of the others. Returns its results.
fn step<S, T, M: IntoIterator<Item = Message>>(
    plan: &Plan,
    parties: &[Party<'_>],
    (states, messages): (Vec<S>, Vec<Message>),
    mut step: impl FnMut(S, &AuthorityKey, &[Message]) -> Result<(T, M), Failure>,
) -> (Vec<T>, Vec<Message>) {
    let (mut next, mut sent) = (Vec::new(), Vec::new());
    for ((key, _), state) in parties.iter().zip(states) {
        let (state, messages) = step(state, key, &others(&messages, plan.dealer_index(key))).unwrap();
        next.push(state);
        sent.extend(messages);
    }
    (next, sent)
}

type After<S> = (Vec<S>, Vec<Message>);

/// Returns the states after round 1, with all of its messages, from those of round 0.
fn opened(
    plan: &Plan,
    parties: &[Party<'_>],
    begun: After<Committed>,
    rng: &mut ChaCha20Rng,
) -> After<Opened> {
    step(plan, parties, begun, |state, key, others| state.open(key, others, rng))
}

/// Returns the same after round 2.
fn dealt(plan: &Plan, parties: &[Party<'_>], shown: After<Opened>, rng: &mut ChaCha20Rng) -> After<Dealing> {
    step(plan, parties, shown, |state, key, others| state.deal(key, others, rng))
}

/// After round 2, from the beginning.
fn dealing(plan: &Plan, parties: &[Party<'_>], rng: &mut ChaCha20Rng) -> After<Dealing> {
    let begun = committed(plan, parties, rng);
    let shown = opened(plan, parties, begun, rng);
    dealt(plan, parties, shown, rng)
}

/// The parties that a failure names.
fn culprits(failure: &Failure) -> Vec<(u8, Fault)> {
    failure.culprits().iter().map(|culprit| (culprit.index, culprit.fault.clone())).collect()
}

fn between(messages: &[Message], from: u8, to: u8) -> &Message {
    messages.iter().find(|message| (message.from(), message.to()) == (from, to)).unwrap()
}

/// Returns a message with this body in place of another, signed with this key.
fn with_body(message: &Message, key: &AuthorityKey, body: Vec<u8>) -> Message {
    Message::sign(key, message.header, body)
}

/// Returns the messages for one receiver.
fn for_receiver(messages: &[Message], to: u8) -> Vec<Message> {
    messages.iter().filter(|message| message.to() == to).map(carried).collect()
}

/// Runs a whole session. Returns the shares of those who receive one, in order,
/// and the certificate.
fn run(plan: &Plan, parties: &[Party<'_>], rng: &mut ChaCha20Rng) -> (Vec<AuthorityShare>, Certificate) {
    let (dealing, round_2) = dealing(plan, parties, rng);
    let (mut shares, mut confirmations) = (Vec::new(), Vec::new());
    for ((key, _), state) in parties.iter().zip(dealing) {
        let Some(own) = plan.roster().index_of(&key.public_key()) else { continue };
        let checked = state.check(key, &for_receiver(&round_2, own), rng).unwrap();
        let (share, message) = checked.confirm(key, &mut MemoryRecords::default()).unwrap();
        shares.push(AuthorityShare::from_bytes(&share.to_bytes()).unwrap());
        confirmations.push(carried(&message));
    }
    shares.sort_by_key(AuthorityShare::index);
    let certificate = shares[0].certify(&confirmations).unwrap();
    (shares, Certificate::from_bytes(&certificate.to_bytes()).unwrap())
}

fn again(key: &AuthorityKey) -> AuthorityKey {
    AuthorityKey::from_bytes(&key.to_bytes()).unwrap()
}

/// Makes a consortium of `t` of `n`.
fn consortium(t: u8, n: u8, rng: &mut ChaCha20Rng) -> Vec<Holder> {
    let keys = keys(n, rng);
    let (shares, certificate) = run(&generate(t, &keys), &without_shares(&keys), rng);
    holders(keys, shares, &certificate)
}

fn holders(keys: Vec<AuthorityKey>, shares: Vec<AuthorityShare>, certificate: &Certificate) -> Vec<Holder> {
    keys.into_iter().zip(shares).map(|(key, share)| Holder::new(key, share, certificate).unwrap()).collect()
}

/// Returns every choice of `t` of the numbers from 1 to `n`.
fn choices(t: u8, n: u8) -> Vec<Vec<u8>> {
    (0..1u32 << n)
        .filter(|mask| mask.count_ones() == u32::from(t))
        .map(|mask| (1..=n).filter(|i| mask & (1 << (i - 1)) != 0).collect())
        .collect()
}

/// Returns the answers of these authorities to a request for keys.
fn answers(
    holders: &[Holder],
    quorum: &[u8],
    pending: &PendingRequest,
    rng: &mut ChaCha20Rng,
) -> Vec<Message> {
    let request = Request::from_bytes(&pending.request().to_bytes()).unwrap();
    let answer = |i: &u8| carried(&holders[usize::from(*i) - 1].issue(&request, rng).unwrap());
    quorum.iter().map(answer).collect()
}

/// The shares under which the parts of keys in one answer are issued.
struct Secrets<'s> {
    wrapping: &'s AuthorityShare,
    signing: &'s AuthorityShare,
    search: &'s AuthorityShare,
}

/// Returns an answer to a request for keys, with parts under any shares. Its header can be any too.
fn answer_under(
    shares: &Secrets<'_>,
    generation: &Generation,
    (key, header): (&AuthorityKey, Header),
    request: &Request,
    rng: &mut ChaCha20Rng,
) -> Message {
    let (attributes, [G, G_signing]) = (request.attributes().unwrap(), request.points(generation));
    let [wrapping, signing] = [&shares.wrapping.secrets, &shares.signing.secrets];
    let part = MasterShare { alpha: &wrapping.wrapping, beta: &wrapping.zero };
    let wrapping = generation.abe().public().issue_part(&part, &G, attributes, rng).unwrap();
    let part = MasterShare { alpha: &signing.signing, beta: &signing.zero };
    let signing = generation.abs().public().issue_part(&part, &G_signing, attributes, rng).unwrap();
    let search = crate::search::MasterKey::from_seed(&shares.search.secrets.seed).unwrap();
    let search = search.issue_without(attributes, rng).unwrap();
    let w = crate::codec::Writer::of(|w| request::KeyParts { wrapping, signing, search }.write(w));
    answer_with(w.as_slice(), &request.context(&header), (key, header), request, rng)
}

/// Returns an answer with any contents, sealed in any context.
fn answer_with(
    plaintext: &[u8],
    context: &[u8],
    (key, header): (&AuthorityKey, Header),
    request: &Request,
    rng: &mut ChaCha20Rng,
) -> Message {
    let sealed = seal(&request.X, context, plaintext, rng).unwrap();
    Message::sign(key, header, [request.digest().as_slice(), &sealed].concat())
}

/// Authorities in operation, each with its records.
struct Office {
    holders: Vec<Holder>,
    records: Vec<MemoryRecords>,
}

impl Office {
    fn new(t: u8, n: u8, rng: &mut ChaCha20Rng) -> Self {
        let records = (0..n).map(|_| MemoryRecords::default()).collect();
        Self { holders: consortium(t, n, rng), records }
    }

    fn generation(&self) -> &Generation {
        self.holders[0].generation()
    }

    /// Returns an authority and its records.
    fn at(&mut self, i: u8) -> (&Holder, &mut MemoryRecords) {
        let at = usize::from(i) - 1;
        (&self.holders[at], &mut self.records[at])
    }
}

fn doctor(rng: &mut ChaCha20Rng) -> PendingRequest {
    PendingRequest::keys(name("Dr. Ada"), &attributes("role=doctor, level=3"), NOW_MS, rng).unwrap()
}

/// Asserts that the keys work like an ordinary authority's, under these public keys.
fn assert_ordinary(keys: &MemberKeys, generation: &Generation, kappa: &KeywordKey, rng: &mut ChaCha20Rng) {
    keys.decryption.verify(generation.abe()).unwrap();
    keys.signing.verify(generation.abs()).unwrap();
    keys.search.verify(generation.search()).unwrap();
    let policy = Policy::parse("role=doctor and level>=2").unwrap();
    let wrapped = generation.abe().wrap(&policy, b"record key", b"aad", None, rng).unwrap();
    assert_eq!(*keys.decryption.unwrap_key(&wrapped, b"aad", None).unwrap(), *b"record key");
    let signature = keys.signing.sign(&policy, b"context", b"message", rng).unwrap();
    generation.abs().verify(&policy, b"context", b"message", &signature).unwrap();
    let keyword = [Keyword::new("diabetes").unwrap()];
    let options = crate::search::IndexOptions::default();
    let index = generation.search().index_record(kappa, &keyword, &policy, options, rng).unwrap();
    let trapdoor = keys.search.trapdoor(&keyword[0], keys.search.attributes(), rng).unwrap();
    assert!(trapdoor.matches(&index).unwrap());
}
