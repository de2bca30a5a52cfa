//! Somebody who keeps a ledger's snapshot and rewrites it, without the hashes and with all of them; and who proves entries
//! under a head that others know.

use medseal::Error;
use medseal::ledger::{Demands, EntryProof, Head, Ledger, MemoryLedger};

use super::parts::Parts;
use super::{LEDGER, decoded, published};
use crate::ground::{Transcript, header, var};
use crate::merkle::prover::{Hash, fields, leaf, mth, path};
use crate::world::{WORLD, demands, policy, publication};

/// A claim of one row, so that a chain is quick to check.
const CLAIM: &str = "accredited";

fn demanded(ledger: &str) -> Demands {
    Demands { claim: policy(CLAIM), ..demands(ledger) }
}

/// Entries of the clinic about records without keywords.
fn entries<const N: usize>() -> [Vec<u8>; N] {
    let (claim, access) = (policy(CLAIM), policy("role=doctor"));
    core::array::from_fn(|seed| published(&claim, &publication(&access, &[]), seed as u64))
}

/// The ledger that everybody knows: one entry, then two, then one.
fn honest(entries: &[Vec<u8>; 4]) -> MemoryLedger {
    let ledger = MemoryLedger::new(demanded(LEDGER));
    let [a, b, c, d] = entries.each_ref().map(|entry| decoded(entry));
    ledger.append(a).unwrap();
    ledger.append_block(vec![b, c]).unwrap();
    ledger.append(d).unwrap();
    ledger
}

fn restore(snapshot: &[u8]) -> Result<MemoryLedger, Error> {
    MemoryLedger::restore(demanded(LEDGER), snapshot)
}

fn broken(height: u64) -> Error {
    Error::ChainBroken { height }
}

/// The fields of a block's header.
#[derive(Clone)]
struct Fields {
    number: u64,
    previous: Hash,
    size: u64,
    root: Hash,
}

impl Fields {
    fn bytes(&self) -> Vec<u8> {
        [&self.number.to_be_bytes()[..], &self.previous, &self.size.to_be_bytes(), &self.root].concat()
    }

    fn hash(&self) -> Hash {
        let tree = [&self.size.to_be_bytes()[..], &self.root].concat();
        let items = Transcript::new().item("number", self.number.to_be_bytes());
        items.item("previous", self.previous).item("tree", tree).digest("LEDGER-BLOCK")
    }
}

/// The snapshot of a chain of these blocks. Each header may be made another before it is hashed, so that all hashes that
/// follow are right.
fn written(ledger: &str, blocks: &[Vec<Vec<u8>>], mut lie: impl FnMut(&mut Fields)) -> Vec<u8> {
    let mut previous = Transcript::new().item("genesis", ledger).digest("LEDGER-BLOCK");
    let (mut leaves, mut chain) = (Vec::new(), Vec::new());
    for (block, number) in blocks.iter().zip(0..) {
        leaves.extend(block.iter().map(|entry| leaf(entry)));
        let mut fields = Fields { number, previous, size: leaves.len() as u64, root: mth(&leaves) };
        lie(&mut fields);
        previous = fields.hash();
        chain.extend(fields.bytes());
        block.iter().for_each(|entry| chain.extend(var(entry)));
    }
    [&header(0x42)[..], &previous, &(blocks.len() as u64).to_be_bytes(), &chain].concat()
}

/// Entry after entry, `lengths` of them in each block.
fn blocks(entries: &[Vec<u8>], lengths: &[usize]) -> Vec<Vec<Vec<u8>>> {
    let mut entries = entries.iter().cloned();
    lengths.iter().map(|length| entries.by_ref().take(*length).collect()).collect()
}

#[test]
fn every_byte_of_a_chain_counts() {
    // Two blocks: more take longer to read, and tell no more.
    let entries = entries::<2>();
    let snapshot = written(LEDGER, &blocks(&entries, &[1, 1]), |_| ());
    let second = 44 + 80 + 4 + entries[0].len();
    for position in 0..snapshot.len() {
        let [mut altered, mut missing, mut inserted] = [(); 3].map(|()| snapshot.clone());
        altered[position] ^= 1 << (position % 8);
        missing.remove(position);
        inserted.insert(position, 0x5a);
        let (altered, cut) = (restore(&altered).unwrap_err(), restore(&snapshot[..position]).unwrap_err());
        // Before the first block stand the hash of the head and the number of blocks.
        if position >= 44 {
            let block = || broken(u64::from(position >= second));
            assert_eq!((altered, cut), (block(), block()), "altered and cut at {position}");
        }
        restore(&missing).unwrap_err();
        restore(&inserted).unwrap_err();
    }
    assert_eq!(restore(&[&snapshot[..], &[0]].concat()).unwrap_err(), broken(2));
    let ledger = restore(&snapshot).unwrap();
    assert_eq!(ledger.snapshot().unwrap(), snapshot);
    ledger.verify().unwrap();
}

#[test]
fn blocks_and_entries_that_are_exchanged_missing_or_there_twice_are_found() {
    let entries = entries::<4>();
    let snapshot = honest(&entries).snapshot().unwrap();
    let of = |numbers: &[usize]| numbers.iter().flat_map(|n| var(&entries[*n])).collect::<Vec<_>>();
    let header = |start: usize| &snapshot[start..][..80];
    let second = 44 + 80 + of(&[0]).len();
    let headers = [header(44), header(second), header(second + 80 + of(&[1, 2]).len())];
    /// The number of a header, and of the entries behind it.
    type Block<'a> = (usize, &'a [usize]);
    let with = |blocks: &[Block<'_>]| {
        let mut bytes = snapshot[..36].to_vec();
        bytes.extend((blocks.len() as u64).to_be_bytes());
        blocks.iter().for_each(|(header, numbers)| bytes.extend([headers[*header], &of(numbers)].concat()));
        restore(&bytes).map(drop)
    };
    let [one, two, three]: [Block<'_>; 3] = [(0, &[0]), (1, &[1, 2]), (2, &[3])];
    let changed: [(&[Block<'_>], u64); 13] = [
        (&[two, one, three], 0),
        (&[one, three, two], 1),
        (&[one, three], 1),
        (&[two, three], 0),
        (&[one, two], 1),
        (&[one, one, two, three], 1),
        (&[one, two, two, three], 2),
        (&[one, two, three, three], 3),
        (&[], 0),
        (&[one, (1, &[2, 1]), three], 1),
        (&[one, (1, &[1, 1]), three], 1),
        (&[one, (1, &[1]), three], 1),
        (&[one, (1, &[1, 3]), (2, &[2])], 1),
    ];
    for (blocks, block) in changed {
        assert_eq!(with(blocks), Err(broken(block)), "{blocks:?}");
    }
    assert_eq!(with(&[one, two, three]), Ok(()));
}

#[test]
fn a_chain_whose_hashes_are_all_computed_anew_holds_no_entry_that_has_no_right_to_be_there() {
    let entries = entries::<4>();
    let restored = |blocks: &[Vec<Vec<u8>>]| restore(&written(LEDGER, blocks, |_| ())).map(drop);
    let parts = entries.each_ref().map(|entry| Parts::read(entry));
    let clinic = &WORLD.clinic.signing;
    // What the clinic signed, and one thing in it another: signed by nobody, for another ledger, under another claim.
    let later = || Parts { time: 1, ..parts[2].clone() };
    let other_claim = policy("kind=hospital");
    let wrong = [
        later(),
        Parts { signature: parts[1].signature.clone(), ..later() },
        later().signed(&WORLD.visitor.signing, &policy("role=visitor"), LEDGER),
        later().signed(clinic, &policy(CLAIM), "another"),
        Parts { claim: other_claim.canonical().into(), ..later() }.signed(clinic, &other_claim, LEDGER),
    ];
    for wrong in wrong {
        for (place, block) in [(0, 0), (1, 1), (2, 1), (3, 2)] {
            let mut replaced = entries.clone();
            replaced[place] = wrong.entry();
            assert_eq!(restored(&blocks(&replaced, &[1, 2, 1])), Err(broken(block)));
        }
    }
    // One entry twice, also under another signature.
    let resigned = parts[0].clone().signed(clinic, &policy(CLAIM), LEDGER).entry();
    for again in [&entries[0], &resigned] {
        for (place, block) in [(1, 1), (2, 1), (3, 2)] {
            let mut replaced = entries.clone();
            replaced[place].clone_from(again);
            assert_eq!(restored(&blocks(&replaced, &[1, 2, 1])), Err(broken(block)));
        }
    }
    let mut replaced = entries.clone();
    replaced[2] = later().signed(clinic, &policy(CLAIM), LEDGER).entry();
    restored(&blocks(&replaced, &[1, 2, 1])).unwrap();
}

#[test]
fn a_chain_whose_hashes_follow_a_lie_in_a_header_is_refused_at_that_block() {
    let entries = entries::<4>();
    let chain = blocks(&entries, &[1, 2, 1]);
    // What comes of it is seen in the next block at the latest, which begins where the size says.
    type Lie = (&'static str, fn(&mut Fields));
    let lies: [Lie; 9] = [
        ("a number too high", |fields| fields.number += 1),
        ("a number too low", |fields| fields.number = fields.number.wrapping_sub(1)),
        ("a block before it that is none", |fields| fields.previous[0] ^= 1),
        ("no block before it", |fields| fields.previous = [0; 32]),
        ("a root that is another", |fields| fields.root[31] ^= 1),
        ("an entry more", |fields| fields.size += 1),
        ("an entry less", |fields| fields.size -= 1),
        ("no entry", |fields| fields.size = 0),
        ("more entries than there can be", |fields| fields.size = u64::MAX),
    ];
    for (what, lie) in lies {
        for block in 0..3 {
            let snapshot = written(LEDGER, &chain, |fields| {
                if fields.number == block {
                    lie(fields);
                }
            });
            let error = restore(&snapshot).unwrap_err();
            let at_the_next = what == "an entry less" && error == broken(block + 1);
            assert!(error == broken(block) || at_the_next, "{what} in block {block}: {error:?}");
        }
    }
    // A block of nothing, at every place; all blocks of another ledger, whose entries are good here.
    for place in 0..=3 {
        let mut chain = chain.clone();
        chain.insert(place, vec![]);
        assert_eq!(restore(&written(LEDGER, &chain, |_| ())).unwrap_err(), broken(place as u64));
    }
    assert_eq!(restore(&written("another", &chain, |_| ())).unwrap_err(), broken(0));
    // The hash of the head, which is read first.
    let mut snapshot = written(LEDGER, &chain, |_| ());
    snapshot[4] ^= 1;
    assert_eq!(restore(&snapshot).unwrap_err(), broken(2));
    snapshot[4] ^= 1;
    restore(&snapshot).unwrap();
}

/// A proof that an entry stands under a head, as somebody writes it.
fn entry_proof(fields: &Fields, index: u64, size: u64, path: &[Hash]) -> EntryProof {
    let bytes = [&header(0x43)[..], &fields.bytes(), &self::fields(index, size, path)].concat();
    EntryProof::from_bytes(&bytes).unwrap()
}

#[test]
fn whoever_writes_the_whole_history_anew_has_another_head_and_proves_nothing_under_the_known_one() {
    let entries = entries::<4>();
    let known = honest(&entries).head().unwrap();
    // The same entries in another order, in other blocks, or without one of them: each a chain for itself, as a ledger
    // could have grown.
    let histories = [
        &[&[1, 2][..], &[0], &[3]][..],
        &[&[0], &[2, 1], &[3]],
        &[&[0], &[3], &[1, 2]],
        &[&[0], &[1], &[2], &[3]],
        &[&[0, 1, 2, 3]],
        &[&[0], &[1, 2]],
        &[&[0], &[1], &[3]],
        &[&[1, 2], &[3]],
    ];
    let mut genuine = Vec::new();
    written(LEDGER, &blocks(&entries, &[1, 2, 1]), |fields| genuine.push(fields.clone()));
    for history in histories {
        let history = history.iter().map(|block| block.iter().map(|n: &usize| entries[*n].clone()).collect());
        let history = history.collect::<Vec<Vec<_>>>();
        let mut made = Vec::new();
        let snapshot = written(LEDGER, &history, |fields| made.push(fields.clone()));
        let rewritten = restore(&snapshot).unwrap();
        let head = rewritten.head().unwrap();
        assert_ne!(head, known);
        let leaves = history.concat().iter().map(|entry| leaf(entry)).collect::<Vec<_>>();
        for (index, entry) in history.concat().iter().enumerate() {
            let (height, size, path) = (index as u64, leaves.len() as u64, path(index, &leaves));
            let entry = decoded(entry);
            // Its own proof, which is good under its own head; and with each header of the chain that is known.
            let own = entry_proof(made.last().unwrap(), height, size, &path);
            assert_eq!(own.verify(&known, height, &entry), Err(Error::InvalidProof));
            own.verify(&head, height, &entry).unwrap();
            let in_its_place = entries[index] == entry.to_bytes();
            for fields in &genuine {
                let mixed = entry_proof(fields, height, size, &path);
                assert!(mixed.verify(&known, height, &entry).is_err() || in_its_place);
            }
            // The head that is known, with the height of the other one.
            let mixed = Head { height: size, ..known };
            assert_eq!(own.verify(&mixed, height, &entry), Err(Error::InvalidProof));
        }
    }
}

#[test]
fn nobody_proves_an_entry_that_is_not_there_or_one_at_another_height() {
    let all = entries::<5>();
    let there: [_; 4] = core::array::from_fn(|n| all[n].clone());
    let known = honest(&there).head().unwrap();
    let mut headers = Vec::new();
    written(LEDGER, &blocks(&there, &[1, 2, 1]), |fields| headers.push(fields.clone()));
    let last = headers.last().unwrap();
    assert_eq!(last.hash(), known.hash);
    // The tree with the entry that is not there in every place, and the one that is; under every header.
    for (place, n) in (0..4).flat_map(|place| (0..5).map(move |n| (place, n))) {
        let entry = decoded(&all[n]);
        let mut leaves = there.each_ref().map(|entry| leaf(entry));
        leaves[place] = leaf(&all[n]);
        let own = Fields { root: mth(&leaves), ..last.clone() };
        for fields in headers.iter().chain([&own]) {
            for (index, size) in (1..=5).flat_map(|size| (0..size).map(move |index| (index, size))) {
                let proof = entry_proof(fields, index, size, &path(place, &leaves));
                for height in 0..5 {
                    let there = (n, index, size) == (place, height, 4) && index == place as u64;
                    let right = there && fields.hash() == known.hash;
                    assert_eq!(proof.verify(&known, height, &entry).is_ok(), right);
                }
            }
        }
    }
    // Nor does the proof of one that is there say that the ledger was longer or shorter than it was.
    let leaves = there.each_ref().map(|entry| leaf(entry));
    let proof = entry_proof(last, 2, 4, &path(2, &leaves));
    for height in 0..6 {
        let proved = proof.verify(&Head { height, ..known }, 2, &decoded(&there[2]));
        assert_eq!(proved.is_ok(), height == known.height);
    }
}
