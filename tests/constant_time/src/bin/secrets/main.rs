//! Every operation with a secret, run under a tool that detects each branch and each
//! address that depends on one.
//!
//! `tests/constant_time/check` builds and runs this, and reports violations.

#[path = "../../../../shared/generation.rs"]
mod generation;
mod watch;

use std::hint::black_box;
use std::mem;
use std::process::ExitCode;

use generation::generated;
use medseal::authorities::{
    AuthorityKey, AuthorityShare, Holder, MemoryRecords, Message, PendingRequest, Plan, Roster,
};
use medseal::identity::{
    AuthConfirmation, AuthReply, AuthRequest, Certificate, CertificateRequest, Disclosure, Hospital,
    IdentityEnvelope, MainNode, MemoryReplayCache, Name, RegistrationRequest, Registry, RegistryDraft,
    ReplayBounds, Role, SessionMessage, SuperNode, SuperNodePublicKey,
};
use medseal::members::{KeyShare, MembersKey};
use medseal::policy::{Attributes, Policy};
use medseal::record::{ChunkSize, KeyedSummary, OpenOptions, RecordKey, SealOptions};
use medseal::search::{Keyword, KeywordKey, Padding, RecordIndex, Trapdoor};
use medseal::share::{BackupConfirmation, begin_epoch};
use medseal::{abe, abs, search};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use watch::{SecretRng, decided, errors, is_watched, public, secret};

fn policy() -> Policy {
    Policy::parse("role=doctor and (department=cardiology or clearance>=2)").unwrap()
}

fn attributes() -> Attributes {
    Attributes::parse("role=doctor, department=cardiology, clearance=3").unwrap()
}

fn open_rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Sends an object: what arrives is public.
macro_rules! sent {
    ($type:ty, $object:expr) => {
        <$type>::from_bytes(&public($object.to_bytes())).unwrap()
    };
}

/// The number of uses of a key after which the relevant points and powers have tables of multiples.
const USES: u64 = 12;

/// Master keys from secret bytes, and keys issued with them: scalar multiplication of
/// fixed and of hashed bases.
fn keys_are_made() {
    let rng = &mut SecretRng::new(1);
    let master = abe::MasterKey::generate(rng).unwrap();
    sent!(abe::PublicKey, master.public_key());
    black_box(master.issue(&attributes(), rng).unwrap());
    let master = search::MasterKey::generate(rng).unwrap();
    sent!(search::PublicKey, master.public_key());
    let keyword_key = KeywordKey::generate(rng).unwrap();
    black_box(master.issue(&attributes(), &keyword_key, rng).unwrap());
}

fn signing_keys_are_made() {
    let rng = &mut SecretRng::new(2);
    let master = abs::MasterKey::generate(rng).unwrap();
    sent!(abs::PublicKey, master.public_key());
    black_box(master.issue(&attributes(), rng).unwrap());
}

/// All randomness of wrapping, and the wrapped secret itself.
fn a_key_is_wrapped() {
    let public_key = abe::MasterKey::generate(&mut open_rng(3)).unwrap().public_key();
    let mut key = [7; 32];
    secret(&mut key);
    let rng = &mut SecretRng::new(4);
    for _ in 0..USES {
        sent!(abe::WrappedKey, public_key.wrap(&policy(), &key, b"aad", None, rng).unwrap());
    }
}

/// The decryption key is secret: its narrowing to a slot, the pairings, the power,
/// the MAC, its comparison.
fn a_key_is_unwrapped_or_refused() {
    let rng = &mut SecretRng::new(5);
    let master = abe::MasterKey::generate(rng).unwrap();
    let public_key = sent!(abe::PublicKey, master.public_key());
    let key = master.issue(&attributes(), rng).unwrap();
    let wrapped = public_key.wrap(&policy(), &[7; 32], b"aad", None, &mut open_rng(6)).unwrap();
    assert_eq!(public(key.unwrap_key(&wrapped, b"aad", None).unwrap())[..], [7; 32]);
    assert!(key.unwrap_key(&wrapped, b"other", None).is_err());
    let (encapsulation, _) = public_key.encapsulate(&policy(), &mut open_rng(6)).unwrap();
    let bytes = encapsulation.to_bytes();
    assert!(key.decapsulate(&encapsulation).is_ok());
    // The sealed seed and the MAC: two checks. Nobody learns which of them failed.
    for from_the_end in [1, 40, 80] {
        let mut other = bytes.clone();
        let at = other.len() - from_the_end;
        other[at] ^= 1;
        assert!(key.decapsulate(&abe::Encapsulation::from_bytes(&other).unwrap()).is_err());
    }
}

/// The record key and the record are secret; lengths are not.
fn a_record_is_sealed_and_opened_or_refused() {
    let key = RecordKey::generate(&mut SecretRng::new(7)).unwrap();
    let mut record = vec![7; 5000];
    secret(&mut record);
    let options = SealOptions::default().chunk_size(ChunkSize::MIN);
    let (sealed, receipt) = key.seal(&record, &options, &mut open_rng(8)).unwrap();
    let sealed = public(sealed);
    public(receipt.digest.as_bytes());
    black_box(key.open(&sealed, &OpenOptions::default()).unwrap());
    for at in [60, 71, 80, sealed.len() - 1] {
        let mut other = sealed.clone();
        other[at] ^= 1;
        assert!(key.open(&other, &OpenOptions::default()).is_err());
    }
    let summary = KeyedSummary::new(&key, &receipt.digest);
    let verified = summary.verify(&key, &receipt.digest);
    decided(&verified);
    verified.unwrap();
}

/// Signs with the first rows that satisfy, and with others, under gates of each kind and with
/// a negation: the key and the randomness are secret. The names determine which rows are
/// used, and are not watched.
fn a_statement_is_signed() {
    let rng = &mut SecretRng::new(9);
    let master = abs::MasterKey::generate(rng).unwrap();
    let public_key = sent!(abs::PublicKey, master.public_key());
    let text = "role=doctor and (department=cardiology or clearance>=2) \
                and 2 of (role=doctor and on_call, not department=surgery, clearance<2, emergency)";
    let policy = Policy::parse(text).unwrap();
    for holder in [
        "role=doctor, department=cardiology, on_call",
        "role=doctor, clearance=3, on_call, emergency",
        "role=doctor, department=cardiology, emergency",
    ] {
        let key = master.issue(&Attributes::parse(holder).unwrap(), rng).unwrap();
        for _ in 0..USES {
            let signature = sent!(abs::Signature, key.sign(&policy, b"context", b"message", rng).unwrap());
            public_key.verify(&policy, b"context", b"message", &signature).unwrap();
        }
    }
}

/// The keyword key, the randomness and the search key are secret. The keyword is not watched: its
/// length is visible, and it is normalised as text.
fn a_record_is_indexed_and_asked_for() {
    let rng = &mut SecretRng::new(10);
    let keyword_key = KeywordKey::generate(rng).unwrap();
    let master = search::MasterKey::generate(rng).unwrap();
    let public_key = sent!(search::PublicKey, master.public_key());
    let key = master.issue(&attributes(), &keyword_key, rng).unwrap();
    let words = [Keyword::new("e11.9").unwrap()];
    let policy =
        Policy::parse("role=doctor and (clearance>=2 or emergency) and not department=surgery").unwrap();
    let mut index =
        || public_key.index_record(&keyword_key, &words, &policy, Padding::None, rng).unwrap().to_bytes();
    let indexes: Vec<_> = (0..USES).map(|_| public(index())).collect();
    let index = RecordIndex::from_bytes(&indexes[0]).unwrap();
    let trapdoor = sent!(Trapdoor, key.trapdoor(&words[0], key.attributes(), rng).unwrap());
    assert!(trapdoor.matches(&index).unwrap());
}

/// The hospital's side, and the main node's randomness: `S_ID`, `x`, `y`, ML-KEM's `dk`, `m`, `ss`
/// are secret, and so is whether `ct` was made for `ek`. The main node's long-term key is marked
/// secret only where it refuses: otherwise it opens the hospital's name, which it then looks up.
fn two_authenticate_or_refuse() {
    const NOW_MS: u64 = 1_795_000_000_000;
    let rng = &mut SecretRng::new(11);
    let mut super_node = SuperNode::generate(rng).unwrap();
    let public_key = sent!(SuperNodePublicKey, super_node.public_key());
    let name = |text| Name::new(text).unwrap();
    let main_node =
        MainNode::generate(name("main.example"), Role::MainNode, &public_key, &mut open_rng(13)).unwrap();
    let secretive =
        MainNode::generate(name("other.example"), Role::MainNode, &public_key, &mut SecretRng::new(14))
            .unwrap();
    let [certificate, other] = [&main_node, &secretive].map(|node| {
        let request = sent!(CertificateRequest, node.certificate_request());
        let certificate =
            sent!(Certificate, super_node.certify(&request, 0..=u64::MAX, &mut open_rng(15)).unwrap());
        certificate.verify(&public_key, Role::MainNode).unwrap()
    });
    // A hospital's identifiers are public.
    let request = RegistrationRequest::new(name("clinic.example"), b"", &mut open_rng(12)).unwrap();
    let key = super_node.register(&request).unwrap();
    let hospital = Hospital::accept(request, key, &public_key).unwrap();
    let registry = sent!(Registry, super_node.publish(NOW_MS).unwrap()).verify(&public_key, 0).unwrap();
    let cache = || MemoryReplayCache::new(ReplayBounds::default(), NOW_MS - 100_000).unwrap();

    let (_, request) = hospital.start(&other, &registry, NOW_MS, rng).unwrap();
    let request = altered(&public(request.to_bytes()), 1);
    let request = AuthRequest::from_bytes(&request).unwrap();
    assert!(secretive.accept(&request, &registry, &cache(), NOW_MS).is_err());

    let payload = Disclosure::new(b"location", [1; 32], [2; 32]).unwrap();
    // In M, twice; in ct, which is rejected implicitly.
    for refused in [None, Some(1), Some(40), Some(796), Some(0)] {
        let (awaiting, request) = hospital.start(&certificate, &registry, NOW_MS, rng).unwrap();
        let request = sent!(AuthRequest, request);
        let accepted = main_node.accept(&request, &registry, &cache(), NOW_MS).unwrap();
        let (reply, established) = accepted.reply(&payload, rng).unwrap();
        let reply = public(reply.to_bytes());
        if let Some(from_the_end @ 1..) = refused {
            let reply = AuthReply::from_bytes(&altered(&reply, from_the_end)).unwrap();
            assert!(awaiting.finish(&reply).is_err());
            continue;
        }
        let finished = awaiting.finish(&AuthReply::from_bytes(&reply).unwrap()).unwrap();
        let confirmation = public(finished.confirmation.to_bytes());
        mem::forget(finished.disclosure); // how much is freed is what the main node chose
        if refused == Some(0) {
            let confirmation = AuthConfirmation::from_bytes(&altered(&confirmation, 1)).unwrap();
            assert!(established.confirm(&confirmation).is_err());
            continue;
        }
        let mut main_node =
            established.confirm(&AuthConfirmation::from_bytes(&confirmation).unwrap()).unwrap();
        let mut hospital = finished.session;
        let message = sent!(SessionMessage, hospital.seal(b"text", b"aad").unwrap());
        assert!(main_node.open(&message, b"other").is_err());
        assert_eq!(public(main_node.open(&message, b"aad").unwrap())[..], *b"text");
    }
    // An envelope to the hospital, with a secret text.
    let mut text = *b"text";
    secret(&mut text);
    let envelope = public_key.seal_to(hospital.identity(), &text, b"aad", None, rng).unwrap();
    let envelope = sent!(IdentityEnvelope, envelope);
    assert!(hospital.open(&envelope, b"other", None).is_err());
    black_box(hospital.open(&envelope, b"aad", None).unwrap());
}

fn altered(bytes: &[u8], from_the_end: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = bytes.len() - from_the_end;
    bytes[at] ^= 1;
    bytes
}

/// The key of the members' epoch, the data wrapped and sealed under it, and its shares.
fn a_members_key_is_used_split_and_restored() {
    let rng = &mut SecretRng::new(16);
    // The consortium's commitments are public.
    let key = MembersKey::generate(1, &mut open_rng(18)).unwrap();
    let confirmations = ["one.example", "two.example", "three.example"].map(|hospital| {
        BackupConfirmation::of_restored(&key.to_bytes(), &Name::new(hospital).unwrap()).unwrap()
    });
    let committed = begin_epoch(&key, &confirmations).unwrap();
    let mut bytes = key.to_bytes().to_vec();
    let secret_from = bytes.len() - 32;
    secret(&mut bytes[secret_from..]);
    let key = MembersKey::from_bytes(&bytes).unwrap();
    let public_key = abe::MasterKey::generate(&mut open_rng(17)).unwrap().public_key();
    sent!(abe::WrappedKey, public_key.wrap(&policy(), &[7; 32], b"aad", Some(&key), rng).unwrap());
    // Only the values at the end of a share are secret.
    let shares = key.split(2, 3, rng).unwrap().into_iter().map(|share| {
        let mut bytes = public(share.to_bytes()).to_vec();
        let values = bytes.len() - 64;
        secret(&mut bytes[values..]);
        KeyShare::from_bytes(&bytes).unwrap()
    });
    let shares: Vec<_> = shares.collect();
    black_box(MembersKey::restore(&shares[1..], &committed).unwrap());
}

/// The same static key; the scalar at its end is secret.
#[inline(never)] // allowed.supp names it
fn secret_key(key: &AuthorityKey) -> AuthorityKey {
    let mut bytes = key.to_bytes().to_vec();
    let from = bytes.len() - 32;
    secret(&mut bytes[from..]);
    AuthorityKey::from_bytes(&bytes).unwrap()
}

/// The same share. After kind and number come the secrets alpha_i, alpha'_i,
/// beta_i, s_i and the seed.
#[inline(never)] // allowed.supp names it
fn secret_share(share: &AuthorityShare) -> AuthorityShare {
    let mut bytes = share.to_bytes().to_vec();
    secret(&mut bytes[5..165]);
    AuthorityShare::from_bytes(&bytes).unwrap()
}

/// Parts of keys, of an identity key and of signatures, by an authority whose share and
/// static key are secret.
fn an_authority_answers() {
    const NOW_MS: u64 = 1_795_000_000_000;
    let rng = &mut open_rng(20);
    let name = |text: &str| Name::new(text).unwrap();
    let keys = ["one.example", "two.example"].map(|text| AuthorityKey::generate(name(text), rng).unwrap());
    let (shares, certificate) = generated(&keys, 2, b"watched", &mut open_rng(19));
    let holder = Holder::new(secret_key(&keys[0]), secret_share(&shares[0]), &certificate).unwrap();
    let other = Holder::new(secret_key(&keys[1]), secret_share(&shares[1]), &certificate).unwrap();
    let pending = PendingRequest::keys(name("Dr. Ada"), &attributes(), NOW_MS, rng).unwrap();
    sent!(Message, holder.issue(pending.request(), &mut SecretRng::new(21)).unwrap());
    let registration = RegistrationRequest::new(name("clinic.example"), b"", rng).unwrap();
    let mut draft = RegistryDraft::first(NOW_MS);
    draft.register(&registration).unwrap();
    let parts = [&holder, &other]
        .map(|each| sent!(Message, each.sign_registry(&draft, &mut MemoryRecords::default()).unwrap()));
    let generation = certificate.claimed();
    let registry = generation.combine_registry(&draft, &parts).unwrap().value;
    let registry = registry.verify(generation.super_node(), 0).unwrap();
    let pending = PendingRequest::identity(registration, NOW_MS, rng).unwrap();
    sent!(Message, holder.extract(pending.request(), &registry, &mut SecretRng::new(22)).unwrap());
}

/// A resharing: two authorities deal their secret shares with secret polynomials, and a new one
/// opens what it receives.
fn authorities_deal_their_shares() {
    let rng = &mut open_rng(23);
    let keys = ["one.example", "two.example", "three.example"]
        .map(|text| AuthorityKey::generate(Name::new(text).unwrap(), rng).unwrap());
    let (shares, certificate) = generated(&keys[..2], 2, b"watched", &mut open_rng(19));
    let public: Vec<_> = keys.iter().map(AuthorityKey::public_key).collect();
    let roster = Roster::new(2, &public, b"watched again").unwrap();
    let plan = Plan::reshare(certificate.claimed(), &[1, 2], roster).unwrap();
    let keys = keys.each_ref().map(secret_key);
    let rng = &mut SecretRng::new(24);
    let others = |messages: &[Message], own: u8| -> Vec<Message> {
        messages.iter().filter(|message| message.from() != own).cloned().collect()
    };
    let (mut committed, mut sent) = (Vec::new(), Vec::new());
    for (key, share) in keys.iter().zip(shares.iter().map(secret_share).map(Some).chain([None])) {
        let (state, message) = plan.clone().start(key, share.as_ref(), rng).unwrap();
        sent.extend(message.map(|message| sent!(Message, message)));
        committed.push(state);
    }
    let (mut opened, mut shown) = (Vec::new(), Vec::new());
    for (i, (key, state)) in (1..).zip(keys.iter().zip(committed)) {
        let (state, message) = state.open(key, &others(&sent, i), rng).unwrap();
        // The session's id depends on commitments, including its own, which become public now.
        decided(state.session());
        shown.extend(message.map(|message| sent!(Message, message)));
        opened.push(state);
    }
    let mut dealt = Vec::new();
    let mut newcomer = None;
    for (i, (key, state)) in (1..).zip(keys.iter().zip(opened)) {
        let (state, messages) = state.deal(key, &others(&shown, i), rng).unwrap();
        dealt.extend(messages.into_iter().map(|message| sent!(Message, message)));
        newcomer = Some(state);
    }
    dealt.retain(|message| message.to() == 3);
    let checked = newcomer.unwrap().check(&keys[2], &dealt, rng).map_err(|dispute| dispute.failure);
    let (_, message) = checked.unwrap().confirm(&keys[2], &mut MemoryRecords::default()).unwrap();
    sent!(Message, message);
}

/// A comparison that stops at the first difference, which the gate must detect.
fn a_leak() {
    let (mut a, b) = ([7_u8; 32], [7_u8; 32]);
    secret(&mut a);
    black_box(black_box(&a).iter().zip(black_box(&b)).all(|(a, b)| a == b));
}

/// A table that is read at a secret index.
fn a_leaking_table() {
    let (table, mut index) = (black_box([[1_u64; 8]; 256]), [3_u8]);
    secret(&mut index);
    black_box(table[usize::from(black_box(index)[0])][3]);
}

fn main() -> ExitCode {
    if !is_watched() {
        eprintln!("run this under valgrind: tests/constant_time/check");
        return ExitCode::FAILURE;
    }
    let cases: [(&str, fn()); 13] = [
        ("keys_are_made", keys_are_made),
        ("signing_keys_are_made", signing_keys_are_made),
        ("a_key_is_wrapped", a_key_is_wrapped),
        ("a_key_is_unwrapped_or_refused", a_key_is_unwrapped_or_refused),
        ("a_record_is_sealed_and_opened_or_refused", a_record_is_sealed_and_opened_or_refused),
        ("a_statement_is_signed", a_statement_is_signed),
        ("a_record_is_indexed_and_asked_for", a_record_is_indexed_and_asked_for),
        ("two_authenticate_or_refuse", two_authenticate_or_refuse),
        ("a_members_key_is_used_split_and_restored", a_members_key_is_used_split_and_restored),
        ("an_authority_answers", an_authority_answers),
        ("authorities_deal_their_shares", authorities_deal_their_shares),
        ("a_leak", a_leak),
        ("a_leaking_table", a_leaking_table),
    ];
    // The leaking operations run only by name.
    let named: Vec<String> = std::env::args().skip(1).collect();
    let mut total = 0;
    for (name, case) in cases {
        if named.iter().any(|other| other == name) || named.is_empty() && !name.starts_with("a_leak") {
            let before = errors();
            case();
            let found = errors() - before;
            total += found;
            println!("{name}: {found} branches or addresses that depend on a secret");
        }
    }
    if total == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
