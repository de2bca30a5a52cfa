//! An attacker who stores a ledger's snapshot and rewrites it, with or without all the hashes, and
//! who proves entries under a head that others know.

use std::sync::LazyLock;

use medseal::Error;
use medseal::identity::SuperNode;
use medseal::ledger::{Charters, Ledger, MemoryLedger, Terms};
use medseal::merkle::InclusionProof;

use super::parts::Parts;
use super::{ANOTHER, append, append_block, published};
use crate::ground::{Transcript, header, rng, var};
use crate::merkle::prover::{Hash, fields, leaf, mth, path};
use crate::world::{WORLD, empty, founded, policy, publication};

/// A claim of one row, which keeps the check of a chain fast.
const CLAIM: &str = "accredited";

static CHARTERS: LazyLock<Charters> = LazyLock::new(|| founded("test", &policy(CLAIM)));

fn ledger_id() -> [u8; 32] {
    *CHARTERS.ledger().as_bytes()
}

/// The first item.
fn charter() -> Vec<u8> {
    CHARTERS.current().to_bytes()
}

/// Entries of the clinic about records without keywords.
fn entries<const N: usize>() -> [Vec<u8>; N] {
    let access = policy("role=doctor");
    core::array::from_fn(|seed| published(&CHARTERS, &publication(&access, &[]), seed as u64))
}

/// The known ledger: the charter, one entry, then two, then one.
fn honest(entries: &[Vec<u8>; 4]) -> MemoryLedger {
    let ledger = empty(&CHARTERS);
    append(&ledger, &entries[0]).unwrap();
    append_block(&ledger, &entries[1..3]).unwrap();
    append(&ledger, &entries[3]).unwrap();
    ledger
}

fn restore(snapshot: &[u8]) -> Result<MemoryLedger, Error> {
    MemoryLedger::restore(snapshot, &WORLD.super_node.public_key())
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

/// The snapshot of a chain of these blocks. The caller can change each header before it is hashed.
/// All later hashes are then consistent.
fn written(ledger: [u8; 32], blocks: &[Vec<Vec<u8>>], mut lie: impl FnMut(&mut Fields)) -> Vec<u8> {
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

/// The charter, then entry after entry, `lengths` of them in each block.
fn blocks(entries: &[Vec<u8>], lengths: &[usize]) -> Vec<Vec<Vec<u8>>> {
    let mut entries = entries.iter().cloned();
    let blocks = lengths.iter().map(|length| entries.by_ref().take(*length).collect());
    [vec![charter()]].into_iter().chain(blocks).collect()
}

#[test]
fn every_byte_of_a_chain_counts() {
    // The charter and one more block: more blocks take longer to read, and add nothing to the test.
    let entries = entries::<1>();
    let snapshot = written(ledger_id(), &blocks(&entries, &[1]), |_| ());
    let second = 44 + 80 + 4 + charter().len();
    for position in 0..snapshot.len() {
        let [mut altered, mut missing, mut inserted] = [(); 3].map(|()| snapshot.clone());
        altered[position] ^= 1 << (position % 8);
        missing.remove(position);
        inserted.insert(position, 0x5a);
        let (altered, cut) = (restore(&altered).unwrap_err(), restore(&snapshot[..position]).unwrap_err());
        // The hash of the last block and the number of blocks precede the first block.
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
fn detects_swapped_missing_and_repeated_blocks() {
    let entries = entries::<4>();
    let snapshot = honest(&entries).snapshot().unwrap();
    // Item 0 is the charter.
    let items = [&[charter()][..], &entries].concat();
    let of = |numbers: &[usize]| numbers.iter().flat_map(|n| var(&items[*n])).collect::<Vec<_>>();
    let mut start = 44;
    let headers = [&[0][..], &[1], &[2, 3], &[4]].map(|numbers| {
        let header = &snapshot[start..][..80];
        start += 80 + of(numbers).len();
        header
    });
    /// The index of a header, and of the items after it.
    type Block<'a> = (usize, &'a [usize]);
    let with = |blocks: &[Block<'_>]| {
        let mut bytes = snapshot[..36].to_vec();
        bytes.extend((blocks.len() as u64).to_be_bytes());
        blocks.iter().for_each(|(header, numbers)| bytes.extend([headers[*header], &of(numbers)].concat()));
        restore(&bytes).map(drop)
    };
    let [law, one, two, three]: [Block<'_>; 4] = [(0, &[0]), (1, &[1]), (2, &[2, 3]), (3, &[4])];
    let changed: [(&[Block<'_>], u64); 19] = [
        (&[law, two, one, three], 1),
        (&[law, one, three, two], 2),
        (&[law, one, three], 2),
        (&[law, two, three], 1),
        (&[law, one, two], 2),
        (&[law, one, one, two, three], 2),
        (&[law, one, two, two, three], 3),
        (&[law, one, two, three, three], 4),
        (&[], 0),
        (&[one, two, three], 0),
        (&[one, law, two, three], 0),
        (&[law, law, one, two, three], 1),
        (&[(0, &[1]), (1, &[0]), two, three], 0),
        (&[law, one, (2, &[3, 2]), three], 2),
        (&[law, one, (2, &[2, 2]), three], 2),
        (&[law, one, (2, &[2]), three], 2),
        (&[law, one, (2, &[2, 4]), (3, &[3])], 2),
        (&[law, one, (2, &[0, 3]), three], 2),
        (&[law, one, two, (3, &[0])], 3),
    ];
    for (blocks, block) in changed {
        assert_eq!(with(blocks), Err(broken(block)), "{blocks:?}");
    }
    assert_eq!(with(&[law, one, two, three]), Ok(()));
}

#[test]
fn recomputed_hashes_admit_no_unsigned_entry() {
    let entries = entries::<4>();
    let restored = |blocks: &[Vec<Vec<u8>>]| restore(&written(ledger_id(), blocks, |_| ())).map(drop);
    let parts = entries.each_ref().map(|entry| Parts::read(entry));
    let clinic = &WORLD.clinic.signing;
    // The clinic's entry with one part changed: unsigned, for another ledger, under another claim.
    let later = || Parts { time: 1, ..parts[2].clone() };
    let other_claim = policy("kind=hospital");
    let wrong = [
        later(),
        Parts { signature: parts[1].signature.clone(), ..later() },
        later().signed(&WORLD.visitor.signing, &policy("role=visitor"), &ledger_id()),
        later().signed(clinic, &policy(CLAIM), &ANOTHER),
        Parts { claim: other_claim.canonical().into(), ..later() }.signed(clinic, &other_claim, &ledger_id()),
    ];
    for wrong in wrong {
        for (place, block) in [(0, 1), (1, 2), (2, 2), (3, 3)] {
            let mut replaced = entries.clone();
            replaced[place] = wrong.entry();
            assert_eq!(restored(&blocks(&replaced, &[1, 2, 1])), Err(broken(block)));
        }
    }
    // One entry twice, also under another signature.
    let resigned = parts[0].clone().signed(clinic, &policy(CLAIM), &ledger_id()).entry();
    for again in [&entries[0], &resigned] {
        for (place, block) in [(1, 2), (2, 2), (3, 3)] {
            let mut replaced = entries.clone();
            replaced[place].clone_from(again);
            assert_eq!(restored(&blocks(&replaced, &[1, 2, 1])), Err(broken(block)));
        }
    }
    let mut replaced = entries.clone();
    replaced[2] = later().signed(clinic, &policy(CLAIM), &ledger_id()).entry();
    restored(&blocks(&replaced, &[1, 2, 1])).unwrap();
}

#[test]
fn locates_a_lie_behind_recomputed_hashes() {
    let entries = entries::<4>();
    let chain = blocks(&entries, &[1, 2, 1]);
    // The next block shows the effect at the latest, because it begins at the stated size.
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
        for block in 0..4 {
            let snapshot = written(ledger_id(), &chain, |fields| {
                if fields.number == block {
                    lie(fields);
                }
            });
            let error = restore(&snapshot).unwrap_err();
            let at_the_next = what == "an entry less" && error == broken(block + 1);
            assert!(error == broken(block) || at_the_next, "{what} in block {block}: {error:?}");
        }
    }
    // An empty block, at every place; all blocks of another ledger whose entries are valid here.
    for place in 0..=4 {
        let mut chain = chain.clone();
        chain.insert(place, vec![]);
        assert_eq!(restore(&written(ledger_id(), &chain, |_| ())).unwrap_err(), broken(place as u64));
    }
    assert_eq!(restore(&written(ANOTHER, &chain, |_| ())).unwrap_err(), broken(0));
    // The hash of the last block, which is read first.
    let mut snapshot = written(ledger_id(), &chain, |_| ());
    snapshot[4] ^= 1;
    assert_eq!(restore(&snapshot).unwrap_err(), broken(3));
    snapshot[4] ^= 1;
    restore(&snapshot).unwrap();
}

/// A proof that an item is under a head, written by an attacker.
fn proof(index: u64, size: u64, path: &[Hash]) -> InclusionProof {
    InclusionProof::from_bytes(&[&header(0x3e)[..], &fields(index, size, path)].concat()).unwrap()
}

#[test]
fn rewritten_histories_fail_the_known_head() {
    let entries = entries::<4>();
    let known = honest(&entries).head().unwrap();
    // The same entries in another order, or without one of them: each is a valid chain, as a
    // ledger could have grown.
    let histories = [
        &[&[1, 2][..], &[0], &[3]][..],
        &[&[0], &[2, 1], &[3]],
        &[&[0], &[3], &[1, 2]],
        &[&[0], &[1, 2]],
        &[&[0], &[1], &[3]],
        &[&[1, 2], &[3]],
    ];
    for history in histories {
        let of = |block: &&[usize]| block.iter().map(|n| entries[*n].clone()).collect::<Vec<_>>();
        let history = [vec![charter()]].into_iter().chain(history.iter().map(of)).collect::<Vec<_>>();
        let rewritten = restore(&written(ledger_id(), &history, |_| ())).unwrap();
        let head = rewritten.head().unwrap();
        assert_ne!(head, known);
        let items = history.concat();
        let leaves = items.iter().map(|item| leaf(item)).collect::<Vec<_>>();
        for (index, item) in items.iter().enumerate() {
            // Its own proof is valid under its own head only.
            let own = proof(index as u64, leaves.len() as u64, &path(index, &leaves));
            assert_eq!(own.verify(&known, item), Err(Error::InvalidProof));
            own.verify(&head, item).unwrap();
        }
    }
    // A head does not determine how the items are grouped into blocks; the hashes of the blocks do.
    let one_block = restore(&written(ledger_id(), &blocks(&entries, &[4]), |_| ())).unwrap();
    assert_eq!(one_block.head().unwrap(), known);
}

#[test]
fn absent_entries_cannot_be_proved() {
    let all = entries::<5>();
    let there: [_; 4] = core::array::from_fn(|n| all[n].clone());
    let known = honest(&there).head().unwrap();
    let known_leaves = [&[charter()][..], &there].concat().iter().map(|item| leaf(item)).collect::<Vec<_>>();
    assert_eq!(mth(&known_leaves), *known.root.as_bytes());
    // The tree with the absent entry at every place, and the genuine tree.
    for (place, n) in (0..5).flat_map(|place| (0..5).map(move |n| (place, n))) {
        let mut leaves = known_leaves.clone();
        leaves[place] = leaf(&all[n]);
        for (index, size) in (1..=6).flat_map(|size| (0..size).map(move |index| (index, size))) {
            let right = (n + 1, index, size) == (place, place as u64, 5);
            let proof = proof(index, size, &path(place, &leaves));
            assert_eq!(proof.verify(&known, &all[n]).is_ok(), right, "{n} at {index} of {size}");
        }
    }
    // The proof of a genuine entry cannot claim a longer or shorter ledger either.
    let proof = proof(3, 5, &path(3, &known_leaves));
    for size in 0..7 {
        let head = medseal::merkle::Head { size, ..known };
        assert_eq!(proof.verify(&head, &there[2]).is_ok(), size == known.size);
    }
}

#[test]
fn rejects_charters_that_the_super_node_lacks() {
    let entries = entries::<2>();
    let head = || {
        let ledger = empty(&CHARTERS);
        append(&ledger, &entries[0]).unwrap();
        ledger.head().unwrap()
    };
    let next = |claim: &str, super_node: &SuperNode| {
        let terms = Terms { claim: policy(claim), ..CHARTERS.current().terms().clone() };
        super_node.sign_charter(CHARTERS.draft(terms, head())).unwrap().to_bytes()
    };
    let genuine = next("kind=hospital", &WORLD.super_node);
    let (forger, weaker) = (SuperNode::generate(&mut rng(5)).unwrap(), policy("role=visitor"));
    // A thief who stores the ledger rewrites the whole chain, with a charter that
    // allows visitors to sign.
    let visitor = Parts { charter: 2, claim: weaker.canonical().into(), ..Parts::read(&entries[1]) };
    let visitor = visitor.signed(&WORLD.visitor.signing, &weaker, &ledger_id()).entry();
    let forged = next("role=visitor", &forger);
    let of_another = [&forged[..forged.len() - 96], &genuine[genuine.len() - 96..]].concat();
    let restored = |charter: &[u8], entry: &[u8]| {
        let mut chain = blocks(&entries, &[1]);
        chain.extend([vec![charter.to_vec()], vec![entry.to_vec()]]);
        restore(&written(ledger_id(), &chain, |_| ())).map(drop)
    };
    for charter in [&forged, &of_another] {
        assert_eq!(restored(charter, &visitor), Err(broken(2)));
    }
    // Under the genuine charter it does not meet the claim policy, and an entry of the
    // previous era comes too late.
    assert_eq!(restored(&genuine, &visitor), Err(broken(3)));
    assert_eq!(restored(&genuine, &entries[1]), Err(broken(3)));
    // A charter and an entry in one block.
    let hospital = policy("kind=hospital");
    let good = Parts { charter: 2, claim: hospital.canonical().into(), ..Parts::read(&entries[1]) };
    let good = good.signed(&WORLD.clinic.signing, &hospital, &ledger_id()).entry();
    let mut together = blocks(&entries, &[1]);
    together.push(vec![genuine.clone(), good.clone()]);
    assert_eq!(restore(&written(ledger_id(), &together, |_| ())).unwrap_err(), broken(2));
    assert_eq!(restored(&genuine, &good), Ok(()));
}
