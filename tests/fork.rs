//! State copied by a fork must not work twice: no keystream for two plaintexts, no request
//! accepted by two processes.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![expect(unsafe_code, reason = "forks")]
#![expect(clippy::unwrap_used, reason = "in helpers, which clippy does not take for tests")]

use medseal::Threads;
use std::cell::Cell;
use std::io::{self, Read};

use medseal::Error;
use medseal::authorities::{
    AuthorityKey, Committed, Dealing, Failure, MemoryRecords, Message, Plan, Records, Roster,
};
use medseal::identity::{
    AcceptedRequest, AuthReply, AuthRequest, AwaitingReply, Disclosure, MemoryReplayCache, Name,
};
use medseal::record::{ChunkSize, OpenOptions, Opener, RecordKey, SealOptions, Sealer, no_progress};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};
use rand_core::OsRng;

#[path = "shared/parties.rs"]
mod parties;

use parties::{NOW, Parties};

/// Whether this holds in a process forked from this one.
fn in_a_child(holds: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child does what the tests of this file do, which waits for no other thread, and ends itself.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            let code = i32::from(!holds());
            // SAFETY: it ends the child without running what belongs to the parent.
            unsafe { nix::libc::_exit(code) }
        }
        ForkResult::Parent { child } => waitpid(child, None).unwrap() == WaitStatus::Exited(child, 0),
    }
}

fn refused<T>(result: Result<T, Error>) -> bool {
    result.err() == Some(Error::Forked)
}

/// Takes a step that consumes its state. It is refused in a child, and succeeds here.
fn once<S, T>(state: S, step: impl Fn(S) -> Result<T, Failure>) -> T {
    let mut state = Some(state);
    let is_refused = |result: Result<T, Failure>| result.err() == Some(Failure::Error(Error::Forked));
    assert!(in_a_child(|| is_refused(step(state.take().unwrap()))));
    step(state.unwrap()).unwrap()
}

#[test]
fn a_sealer_seals_in_one_process() {
    let key = RecordKey::generate(&mut OsRng).unwrap();
    let mut sealed = Vec::new();
    let mut sealer = Sealer::new(&key, ChunkSize::default(), &mut OsRng).unwrap();
    sealer.update(b"HIV ", &mut sealed).unwrap();
    assert!(in_a_child(|| {
        let mut other = Vec::new();
        // Once refused, it stays so.
        refused(sealer.update(b"other", &mut other))
            && refused(sealer.finish(&mut other).map(drop))
            && other.is_empty()
    }));
    let mut sealer = Sealer::new(&key, ChunkSize::default(), &mut OsRng).unwrap();
    assert!(in_a_child(|| true));
    sealed.clear();
    sealer.update(b"HIV negative", &mut sealed).unwrap();
    sealer.finish(&mut sealed).unwrap();
    assert_eq!(&*key.open(&sealed, &OpenOptions::default()).unwrap(), b"HIV negative");
}

#[test]
fn an_opener_opens_in_one_process() {
    let key = RecordKey::generate(&mut OsRng).unwrap();
    let (sealed, _) = key.seal(b"HbA1c 7.2 %", &SealOptions::default(), &mut OsRng).unwrap();
    let (mut opener, mut record) = (Opener::new(&key), Vec::new());
    assert!(in_a_child(|| refused(Opener::new(&key).update(b"", &mut Vec::new())).eq(&false)));
    assert!(in_a_child(|| refused(opener.update(&sealed, &mut Vec::new()))));
    opener.update(&sealed, &mut record).unwrap();
    opener.finish(&mut record).unwrap();
    assert_eq!(record, b"HbA1c 7.2 %");
}

/// Gives a piece, forks, and gives another in each process.
struct Forking<'a>(&'a Cell<Option<nix::unistd::Pid>>, u32);

impl Read for Forking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 += 1;
        if self.1 == 2 {
            // SAFETY: as above; the child ends itself in the test.
            match unsafe { fork() }.unwrap() {
                ForkResult::Child => self.0.set(Some(nix::unistd::Pid::from_raw(0))),
                ForkResult::Parent { child } => self.0.set(Some(child)),
            }
        }
        let count = if self.1 <= 3 { buffer.len().min(1 << 16) } else { 0 };
        buffer
            .iter_mut()
            .take(count)
            .for_each(|byte| *byte = self.0.get().map_or(0, |child| child.as_raw() as u8));
        Ok(count)
    }
}

#[test]
fn a_forking_reader_gives_one_sealed_record() {
    let key = RecordKey::generate(&mut OsRng).unwrap();
    let (forked, mut sealed) = (Cell::new(None), Vec::new());
    let options = SealOptions::default().threads(Threads::ONE);
    let result = key.seal_stream(Forking(&forked, 0), &mut sealed, &options, &mut OsRng, no_progress);
    let child = forked.get().unwrap();
    if child.as_raw() == 0 {
        // Nothing after the bytes read before the fork.
        let right = refused(result) && sealed.len() <= 28 + 2 * ((1 << 16) + 16);
        // SAFETY: it ends the child.
        unsafe { nix::libc::_exit(i32::from(!right)) }
    }
    assert_eq!(waitpid(child, None).unwrap(), WaitStatus::Exited(child, 0));
    result.unwrap();
    assert!(key.open(&sealed, &OpenOptions::default()).unwrap().len() > 1 << 16);
}

/// A hospital and a main node, and the cache of the latter.
struct World {
    parties: Parties,
    cache: MemoryReplayCache,
}

impl World {
    fn new() -> Self {
        Self { parties: Parties::new(&mut OsRng), cache: Parties::replay_cache() }
    }

    fn start(&self) -> (AwaitingReply, AuthRequest) {
        let Parties { hospital, certificate, registry, .. } = &self.parties;
        hospital.start(certificate, registry, NOW, &mut OsRng).unwrap()
    }

    fn accept(&self, request: &AuthRequest) -> Result<AcceptedRequest, Error> {
        self.parties.main_node.accept(request, &self.parties.registry, &self.cache, NOW)
    }
}

fn disclosure() -> Disclosure {
    Disclosure::new(b"bafybeigdyrzt", [1; 32], [2; 32]).unwrap()
}

#[test]
fn a_handshake_is_finished_in_one_process() {
    let world = World::new();
    // A child may start its own.
    assert!(in_a_child(|| world.start().0.finish(&reply_to_another(&world)).err() != Some(Error::Forked)));

    let (awaiting, request) = world.start();
    let accepted = world.accept(&request).unwrap();
    let (reply, confirming) = once(accepted, |accepted| Ok(accepted.reply(&disclosure(), &mut OsRng)?));
    let established = once(awaiting, |awaiting| Ok(awaiting.finish(&reply)?));
    let mut node = once(confirming, |confirming| Ok(confirming.confirm(&established.confirmation)?));

    let mut hospital = established.session;
    assert!(in_a_child(|| refused(hospital.seal(b"other", b"")) && refused(node.seal_final(b"other", b""))));
    let message = hospital.seal(b"mine", b"").unwrap();
    assert!(in_a_child(|| refused(node.open(&message, b""))));
    assert_eq!(*node.open(&message, b"").unwrap(), b"mine");
}

/// A reply of the same main node to another request, in the process that calls this.
fn reply_to_another(world: &World) -> AuthReply {
    let Parties { main_node, registry, .. } = &world.parties;
    let accepted = main_node.accept(&world.start().1, registry, &Parties::replay_cache(), NOW).unwrap();
    accepted.reply(&disclosure(), &mut OsRng).unwrap().0
}

#[test]
fn a_session_works_where_its_node_replied() {
    let world = World::new();
    let (_, request) = world.start();
    let (_, confirming) = world.accept(&request).unwrap().reply(&disclosure(), &mut OsRng).unwrap();
    once(confirming, |confirming| Ok(confirming.into_session().seal(b"message", b"")?));
}

#[test]
fn a_replay_cache_remembers_in_one_process() {
    let world = World::new();
    let (_, request) = world.start();
    assert!(in_a_child(|| refused(world.accept(&request))));
    world.accept(&request).unwrap();
    assert_eq!(world.accept(&request).unwrap_err(), Error::RequestReplayed);
}

/// 2 of 2 authorities that have committed.
fn two_authorities() -> [(AuthorityKey, Committed, Message); 2] {
    let keys = ["General", "Clinic"]
        .map(|name| AuthorityKey::generate(Name::new(name).unwrap(), &mut OsRng).unwrap());
    let roster = Roster::new(2, &keys.each_ref().map(AuthorityKey::public_key), b"fork").unwrap();
    keys.map(|key| {
        let (state, message) = Plan::generate(roster.clone()).start(&key, None, &mut OsRng).unwrap();
        (key, state, message.unwrap())
    })
}

#[test]
fn forked_key_generation_continues_in_one_process() {
    let [(key, state, first), (other, state_other, first_other)] = two_authorities();
    let rng = &mut OsRng;
    let (state_other, shown_other) = state_other.open(&other, &[first], rng).unwrap();
    let (first_other, shown_other) = ([first_other], [shown_other.unwrap()]);

    let (state, shown) = once(state, |state| state.open(&key, &first_other, &mut OsRng));
    let (_, dealt_other) = state_other.deal(&other, &[shown.unwrap()], rng).unwrap();
    let (state, _) = once(state, |state| state.deal(&key, &shown_other, &mut OsRng));
    let checked = |state: Dealing| state.check(&key, &dealt_other, &mut OsRng);
    let state = once(state, |state| checked(state).map_err(|dispute| dispute.failure));
    let name = state.share_name();
    once(state, |state| {
        let mut records = MemoryRecords::default();
        let confirmed = state.confirm(&key, &mut records);
        assert_eq!(records.get(&name).unwrap().is_some(), confirmed.is_ok());
        confirmed
    });
}
