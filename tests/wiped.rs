//! Keywords, members' keys and authorities' shares do not stay in freed memory.
//!
//! An allocator searches every freed block for the start of a secret, and counts the
//! matches. It does not find the test's own copies: keywords in another spelling, and
//! starts of keys on the stack.

#![expect(unsafe_code, reason = "an allocator cannot be written without")]
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "in helpers, not in tests")]
#![expect(non_snake_case, reason = "the papers' letters")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::slice;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use blst::blst_fr;
use blstrs::{G2Affine, Scalar};
use group::Curve;
use medseal::abe;
use medseal::authorities::{
    AuthorityKey, AuthorityShare, Certificate, Holder, MemoryRecords, Message, PendingRequest, Plan, Roster,
};
use medseal::identity::{Name, RegistrationRequest, RegistryDraft};
use medseal::members::{KeyShare, MembersKey, MembersKeys};
use medseal::policy::{Attributes, Policy};
use medseal::search::{Hints, IndexOptions, Keyword, KeywordKey, MasterKey};
use medseal::share::{BackupConfirmation, begin_epoch};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// The search pattern, XORed with ones; this copy therefore does not match.
static NOT_SOUGHT: Mutex<[u8; 16]> = Mutex::new([0; 16]);

/// The number of freed blocks that contained it.
static LEFT: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, with a search of freed blocks. A block that grows is a new block, and
/// the old one is freed: this is the default of `GlobalAlloc`.
struct Searching;

// SAFETY: every block comes from the system's allocator, and goes back to it with the layout that it came with.
unsafe impl GlobalAlloc for Searching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise about the layout is passed on. Zeros, so that `dealloc` reads what was written.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block has the layout's size, was zeroed when it was made, and belongs to nobody any more.
        let bytes = unsafe { slice::from_raw_parts(block, layout.size()) };
        let not_sought = *NOT_SOUGHT.lock().unwrap();
        // As in a string, and as characters during normalisation, in eight bytes each.
        for width in [1, 4, 8] {
            let found = |from: usize| {
                let mut places = not_sought.iter().zip(bytes.iter().skip(from).step_by(width));
                places.len() == not_sought.len() && places.all(|(not, byte)| !not == *byte)
            };
            if (0..bytes.len()).any(found) {
                LEFT.fetch_add(1, SeqCst);
            }
        }
        // SAFETY: the block is one that `alloc` got from the system's allocator with this layout.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Searching = Searching;

/// The number of blocks freed meanwhile that contain the first 16 bytes of this.
fn left(sought: &[u8], work: impl FnOnce()) -> usize {
    let not_sought: [u8; 16] = std::array::from_fn(|i| !sought[i]);
    let before = LEFT.load(SeqCst);
    *NOT_SOUGHT.lock().unwrap() = not_sought;
    work();
    *NOT_SOUGHT.lock().unwrap() = [0; 16];
    LEFT.load(SeqCst) - before
}

/// There is only one test, because all tests of a program share the allocator.
#[test]
fn secrets_are_wiped() {
    keywords();
    members_keys();
    authorities();
}

fn keywords() {
    const TEXT: &[u8; 16] = b"zoledron strasse";
    // The search finds a secret that is left behind.
    let text = TEXT.to_vec();
    assert_eq!(left(TEXT, || drop(text)), 1);
    let wide: Vec<u32> = TEXT.iter().copied().map(u32::from).collect();
    assert_eq!(left(TEXT, || drop(wide)), 1);

    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let keyword_key = &KeywordKey::generate(rng).unwrap();
    let (master, shown) = (MasterKey::generate(rng).unwrap(), Attributes::parse("role=doctor").unwrap());
    let key = master.issue(&shown, keyword_key, rng).unwrap();
    let written = "\u{feff} ZoleDRON \u{2003} STRAße\t";
    let long = format!("{written}{}", "x".repeat(300));
    assert_eq!(
        left(TEXT, || {
            let keyword = Keyword::new(written).unwrap();
            let with_field = Keyword::with_field("Drug", written).unwrap();
            assert_eq!((keyword.word().len(), with_field.word()), (TEXT.len(), keyword.as_str()));
            drop([keyword.clone(), with_field.clone()]);
            assert!(Keyword::new(&long).is_err(), "it begins as a keyword, and is too long");

            let policy = Policy::parse("role=doctor").unwrap();
            let words = [with_field, keyword];
            let hints = Hints::new(8, 2026).unwrap();
            let options = IndexOptions::default().hints(hints);
            let index = master.public_key().index_record(keyword_key, &words, &policy, options, rng).unwrap();
            for word in &words {
                let trapdoor = key.trapdoor_hinted(word, &shown, &[hints], rng).unwrap();
                assert!(trapdoor.matches(&index).unwrap());
            }
        }),
        0
    );
}

fn members_keys() {
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let bytes = MembersKey::generate(7, rng).unwrap().to_bytes();
    let master = abe::MasterKey::generate(rng).unwrap();
    let key = master.issue(&Attributes::parse("role=doctor").unwrap(), rng).unwrap();
    let policy = Policy::parse("role=doctor").unwrap();
    // Kind and epoch precede the key.
    let work = |rng: &mut ChaCha20Rng| {
        let key_of = |bytes: &[u8]| MembersKey::from_bytes(bytes).unwrap();
        let names = ["General", "Clinic", "St. Mary"].map(|name| Name::new(name).unwrap());
        let confirmations = names.map(|name| BackupConfirmation::of_restored(&bytes, &name).unwrap());
        let committed = begin_epoch(&key_of(&bytes), &confirmations).unwrap();
        let mut keys = MembersKeys::default();
        (1..=40).for_each(|epoch| {
            let other = MembersKey::generate(epoch, rng).unwrap();
            keys.insert(if epoch == 7 { key_of(&bytes) } else { other }).unwrap();
        });
        let mut merged = MembersKeys::default();
        merged.merge(MembersKeys::from_bytes(&keys.to_bytes()).unwrap()).unwrap();
        let wrapped =
            master.public_key().wrap(&policy, b"record key", b"", Some(&key_of(&bytes)), rng).unwrap();
        assert_eq!(*key.unwrap_key(&wrapped, b"", Some(&merged)).unwrap(), *b"record key");
        let shares = key_of(&bytes).split(3, 5, rng).unwrap();
        let shares: Vec<_> =
            shares.iter().map(|share| KeyShare::from_bytes(&share.to_bytes()).unwrap()).collect();
        MembersKey::restore(&shares[2..], &committed).unwrap();
    };
    for half in [8..24, 24..40] {
        assert_eq!(left(&bytes[half], || work(rng)), 0);
    }

    let key = MembersKey::from_bytes(&bytes).unwrap();
    let share = key.split(2, 2, rng).unwrap().remove(0).to_bytes();
    for value in [42..74, 74..106] {
        for form in forms(&share[value]) {
            let again = || drop(KeyShare::from_bytes(&share).unwrap().to_bytes());
            assert_eq!(left(&form, again), 0);
        }
    }
}

/// A scalar in its encoding, and in its memory form.
fn forms(scalar: &[u8]) -> [[u8; 16]; 2] {
    let written: [u8; 32] = scalar.try_into().unwrap();
    let held = blst_fr::from(Scalar::from_bytes_be(&written).unwrap());
    // The lower half of the encoding: the upper half of a small secret is zeros.
    [std::array::from_fn(|i| written[i + 16]), std::array::from_fn(|i| held.l[i / 8].to_ne_bytes()[i % 8])]
}

const PARTIES: u8 = 5;

/// In memory with sufficient capacity: a growing vector would leave copies behind.
fn both<A, B>(pairs: impl Iterator<Item = (A, B)>) -> (Vec<A>, Vec<B>) {
    let room = usize::from(PARTIES);
    let (mut first, mut second) = (Vec::with_capacity(room), Vec::with_capacity(room));
    pairs.for_each(|(a, b)| {
        first.push(a);
        second.push(b);
    });
    (first, second)
}

/// 5 of 5, with the same secrets each time.
fn generated() -> (Vec<AuthorityKey>, Vec<AuthorityShare>, Certificate) {
    let rng = &mut ChaCha20Rng::seed_from_u64(3);
    let keys: Vec<_> = (1..=PARTIES)
        .map(|i| AuthorityKey::generate(Name::new(&format!("hospital {i}")).unwrap(), rng).unwrap())
        .collect();
    let public: Vec<_> = keys.iter().map(AuthorityKey::public_key).collect();
    let plan = Plan::generate(Roster::new(PARTIES, &public, b"wiped").unwrap());
    let others = |messages: &[Message], own: u8, to: u8| -> Vec<Message> {
        messages.iter().filter(|m| m.from() != own && m.to() == to).cloned().collect()
    };
    let (states, sent) = both(keys.iter().map(|key| plan.clone().start(key, None, rng).unwrap()));
    let sent: Vec<_> = sent.into_iter().flatten().collect();
    let (states, shown) = both(
        (1..=PARTIES)
            .zip(keys.iter().zip(states))
            .map(|(i, (key, state))| state.open(key, &others(&sent, i, 0), rng).unwrap()),
    );
    let shown: Vec<_> = shown.into_iter().flatten().collect();
    let (states, dealt) = both(
        (1..=PARTIES)
            .zip(keys.iter().zip(states))
            .map(|(i, (key, state))| state.deal(key, &others(&shown, i, 0), rng).unwrap()),
    );
    let dealt: Vec<_> = dealt.into_iter().flatten().collect();
    let (shares, confirmations) =
        both((1..=PARTIES).zip(keys.iter().zip(states)).map(|(i, (key, state))| {
            let checked = state.check(key, &others(&dealt, i, i), rng).unwrap();
            checked.confirm(key, &mut MemoryRecords::default()).unwrap()
        }));
    let certificate = shares[0].certify(&confirmations).unwrap();
    (keys, shares, certificate)
}

fn authorities() {
    let rng = &mut ChaCha20Rng::seed_from_u64(4);
    let (keys, shares, certificate) = generated();
    let (key, share) = (keys[0].to_bytes(), shares[0].to_bytes());
    let attributes = Attributes::parse("role=doctor").unwrap();
    let keys_for = PendingRequest::keys(Name::new("Dr. Ada").unwrap(), &attributes, 0, rng).unwrap();
    let work = |rng: &mut ChaCha20Rng| {
        drop(generated());
        let (key, share) =
            (AuthorityKey::from_bytes(&key).unwrap(), AuthorityShare::from_bytes(&share).unwrap());
        let holder = Holder::new(key, share, &certificate).unwrap();
        holder.issue(keys_for.request(), rng).unwrap();
        holder.sign_registry(&RegistryDraft::first(0), &mut MemoryRecords::default()).unwrap();
        drop((holder.key().to_bytes(), holder.share().to_bytes()));
    };
    // k is at the end of a key. alpha_i, alpha'_i, beta_i, s_i and the seed of the search key
    // follow a share's number.
    let scalars = [&key[key.len() - 32..], &share[5..37], &share[37..69], &share[69..101], &share[101..133]];
    for form in scalars.into_iter().flat_map(forms) {
        assert_eq!(left(&form, || work(rng)), 0);
    }
    assert_eq!(left(&share[133..165], || work(rng)), 0);

    // A part of a hospital's key, [s_i]Q_ID, while parts are combined.
    let holders: Vec<_> = keys
        .into_iter()
        .zip(shares)
        .map(|(key, share)| Holder::new(key, share, &certificate).unwrap())
        .collect();
    let generation = certificate.claimed();
    let hospital = RegistrationRequest::new(Name::new("General").unwrap(), b"", rng).unwrap();
    let mut draft = RegistryDraft::first(0);
    draft.register(&hospital).unwrap();
    let signed =
        holders.iter().map(|holder| holder.sign_registry(&draft, &mut MemoryRecords::default()).unwrap());
    let registry = generation.combine_registry(&draft, &signed.collect::<Vec<_>>()).unwrap().value;
    let registry = registry.verify(generation.super_node(), 0).unwrap();
    let pending = PendingRequest::identity(hospital, 0, rng).unwrap();
    let answers: Vec<_> =
        holders.iter().map(|holder| holder.extract(pending.request(), &registry, rng).unwrap()).collect();
    // Kind, number, predecessor, time, count, name, and the flag for a valid
    // registration precede Q_ID.
    let at = 4 + 8 + 32 + 8 + 4 + 4 + "General".len() + 1;
    let Q_ID: [u8; 96] = draft.to_bytes()[at..at + 96].try_into().unwrap();
    let s_1 = Scalar::from_bytes_be(&share[101..133].try_into().unwrap()).unwrap();
    let part = (G2Affine::from_compressed(&Q_ID).unwrap() * s_1).to_affine();
    let x = part.as_ref().x.fp[0].l.map(u64::to_ne_bytes).concat();
    assert_eq!(left(&x, || drop(pending.combine_identity(generation, &answers).unwrap())), 0);
}
