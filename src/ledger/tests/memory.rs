//! The ledger in memory: what it refuses, what it proves, and what it finds out about a chain that was tampered with.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::*;
use crate::search::{PublicKey, Query, RecordIndex, SearchKey};

/// A key for searching.
fn key(attributes: &str) -> SearchKey {
    let rng = &mut ChaCha20Rng::seed_from_u64(6);
    WORLD.search.issue(&Attributes::parse(attributes).unwrap(), &WORLD.keyword, rng).unwrap()
}

fn authority() -> PublicKey {
    WORLD.search.public_key()
}

/// A query that shows all that a key has.
fn query(key: &SearchKey, word: &str) -> Query {
    let rng = &mut ChaCha20Rng::seed_from_u64(5);
    let trapdoor = key.trapdoor(&Keyword::new(word).unwrap(), key.attributes(), rng).unwrap();
    Query::new(trapdoor, &authority())
}

/// Three blocks: entry 1; entries 2 and 3; entry 4.
fn ledger() -> MemoryLedger {
    let ledger = MemoryLedger::new(WORLD.demands.clone());
    assert_eq!(ledger.append(entry(1)), Ok(0));
    assert_eq!(ledger.append_block(vec![entry(2), entry(3)]), Ok(1));
    assert_eq!(ledger.append(entry(4)), Ok(3));
    ledger
}

fn restore(snapshot: &[u8]) -> Result<MemoryLedger, Error> {
    MemoryLedger::restore(WORLD.demands.clone(), snapshot)
}

fn search(ledger: &dyn Ledger, key: &SearchKey, word: &str, from: u64) -> Found {
    let go_on = &mut |_| ControlFlow::Continue(());
    let found = ledger.search(&query(key, word), &authority(), from, NonZeroUsize::MIN, go_on).unwrap();
    assert_eq!(Found::from_bytes(&found.to_bytes()), Ok(found.clone()), "it travels back");
    found
}

#[test]
fn entries_are_read_by_height_by_id_and_in_order() {
    let ledger = ledger();
    let ids = (1..=4).map(|n| entry(n).id()).collect::<Vec<_>>();
    for (height, id) in (0..).zip(&ids) {
        assert_eq!(ledger.at(height).unwrap().id(), *id);
        assert_eq!(ledger.get(id).unwrap().to_bytes(), ledger.at(height).unwrap().to_bytes());
    }
    assert_eq!(ledger.at(4).err(), Some(Error::UnknownEntry));
    assert_eq!(ledger.at(u64::MAX).err(), Some(Error::UnknownEntry));
    assert_eq!(ledger.get(&entry(5).id()).err(), Some(Error::UnknownEntry));
    let scanned = ledger.scan(1).map(|(_, entry)| entry.unwrap().id()).collect::<Vec<_>>();
    assert_eq!(scanned, ids[1..]);
    assert_eq!(ledger.scan(9).count(), 0);
    assert_eq!(ledger.head().unwrap().height, 4);
}

#[test]
fn a_refused_entry_leaves_no_trace() {
    let ledger = ledger();
    let head = ledger.head().unwrap();
    let refused = |position, error| Err(Refusal { position, error });
    assert_eq!(ledger.append(entry(1)), Err(Error::DuplicateEntry));
    assert_eq!(ledger.append_block(vec![entry(5), entry(3)]), refused(1, Error::DuplicateEntry));
    assert_eq!(ledger.append_block(vec![entry(5), entry(5)]), refused(1, Error::DuplicateEntry));
    assert_eq!(ledger.append_block(vec![]), refused(0, Error::OutOfRange));
    let mut weaker = statement(6);
    weaker.claim = policy("hospital");
    assert_eq!(ledger.append_block(vec![entry(5), sign(weaker)]), refused(1, Error::ClaimPolicyRefused));
    // The same statement, signed anew, is the same entry.
    let rng = &mut ChaCha20Rng::seed_from_u64(100);
    let resigned = statement(1).sign(&WORLD.demands.ledger, &WORLD.signing, rng).unwrap();
    assert_eq!(ledger.append(resigned), Err(Error::DuplicateEntry));
    assert_eq!(ledger.head().unwrap(), head);
    ledger.verify().unwrap();
    assert_eq!(ledger.append(entry(5)), Ok(4));
    assert_ne!(ledger.head().unwrap().hash, head.hash);
}

#[test]
fn the_head_depends_on_the_ledger_the_entries_and_their_order() {
    let heads = [
        ledger().head().unwrap().hash,
        MemoryLedger::new(WORLD.demands.clone()).head().unwrap().hash,
        {
            let id = LedgerId::new("another").unwrap();
            MemoryLedger::new(Demands { ledger: id, ..WORLD.demands.clone() }).head().unwrap().hash
        },
        {
            let ledger = MemoryLedger::new(WORLD.demands.clone());
            ledger.append_block(vec![entry(1), entry(2)]).unwrap();
            ledger.head().unwrap().hash
        },
        {
            let ledger = MemoryLedger::new(WORLD.demands.clone());
            ledger.append_block(vec![entry(2), entry(1)]).unwrap();
            ledger.head().unwrap().hash
        },
        {
            let ledger = MemoryLedger::new(WORLD.demands.clone());
            ledger.append(entry(1)).unwrap();
            ledger.append(entry(2)).unwrap();
            ledger.head().unwrap().hash
        },
    ];
    for (i, a) in heads.iter().enumerate() {
        assert!(heads[i + 1..].iter().all(|b| a != b), "{i}");
    }
    assert_eq!(ledger().head().unwrap().hash, heads[0]);
}

#[test]
fn a_snapshot_restores_the_same_chain() {
    let ledger = ledger();
    let snapshot = ledger.snapshot().unwrap();
    let restored = restore(&snapshot).unwrap();
    assert_eq!(restored.head(), ledger.head());
    assert_eq!(restored.snapshot().unwrap(), snapshot);
    assert_eq!(restored.append(entry(1)), Err(Error::DuplicateEntry));
    assert_eq!(restored.append(entry(5)), Ok(4));
    let empty = MemoryLedger::new(WORLD.demands.clone());
    assert_eq!(restore(&empty.snapshot().unwrap()).unwrap().head(), empty.head());
    assert_eq!(restore(&entry(1).to_bytes()).map(drop), Err(Error::WrongKind));
}

#[test]
fn verifying_finds_every_changed_byte_of_a_header() {
    let ledger = ledger();
    for block in 0..3 {
        let header = ledger.block(block).unwrap();
        let put = |bytes: &[u8]| {
            let header = BlockHeader::from_bytes(bytes).unwrap();
            ledger.tamper(|headers, _| headers[block as usize] = header);
            ledger.verify()
        };
        let bytes = header.to_bytes();
        for position in 4..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 1 << (position % 8);
            assert_eq!(put(&changed), Err(Error::ChainBroken { height: block }), "byte {position}");
        }
        assert_eq!(put(&bytes), Ok(()));
    }
}

#[test]
fn verifying_finds_missing_reordered_and_duplicated_blocks_and_entries() {
    let ledger = ledger();
    let headers = [0, 1, 2].map(|block| ledger.block(block).unwrap());
    let entries = [0, 1, 2, 3].map(|height| ledger.at(height).unwrap());
    let entries_of = [0..1, 1..3, 3..4];
    let arranged = |blocks: &[usize]| {
        ledger.tamper(|to_headers, to_entries| {
            *to_headers = blocks.iter().map(|block| headers[*block].clone()).collect();
            *to_entries =
                blocks.iter().flat_map(|block| entries[entries_of[*block].clone()].to_vec()).collect();
        });
        ledger.verify()
    };
    let broken = |height| Err(Error::ChainBroken { height });
    assert_eq!(arranged(&[1, 2]), broken(0));
    assert_eq!(arranged(&[0, 2]), broken(1));
    assert_eq!(arranged(&[2]), broken(0));
    assert_eq!(arranged(&[1, 0, 2]), broken(0));
    assert_eq!(arranged(&[0, 2, 1]), broken(1));
    assert_eq!(arranged(&[2, 1, 0]), broken(0));
    assert_eq!(arranged(&[0, 0, 1, 2]), broken(0));
    assert_eq!(arranged(&[0, 1, 1, 2]), broken(1));
    assert_eq!(arranged(&[0, 1, 2, 2]), broken(2));

    let with_entries = |change: fn(&mut Vec<Arc<Entry>>)| {
        ledger.tamper(|to_headers, to_entries| {
            (*to_headers, *to_entries) = (headers.to_vec(), entries.to_vec());
            change(to_entries);
        });
        ledger.verify()
    };
    assert_eq!(with_entries(|entries| entries.swap(1, 2)), broken(1));
    assert_eq!(with_entries(|entries| entries.swap(0, 3)), broken(0));
    assert_eq!(with_entries(|entries| drop(entries.remove(2))), broken(1));
    assert_eq!(with_entries(|entries| drop(entries.pop())), broken(2));
    assert_eq!(with_entries(|entries| entries[2] = entries[1].clone()), broken(1));
    assert_eq!(with_entries(|entries| entries.push(entry(5).into())), broken(3));
    // Another one, as good: only the root of its block tells.
    assert_eq!(with_entries(|entries| entries[0] = entry(5).into()), broken(0));

    // A chain without its end is a chain. That it is not the newest, only a head from another source shows.
    assert_eq!(arranged(&[0, 1]), Ok(()));
    assert_eq!(arranged(&[0, 1, 2]), Ok(()));
    assert_eq!(with_entries(|_| ()), Ok(()));
}

#[test]
fn a_block_that_adds_nothing_or_goes_back_is_refused() {
    let ledger = ledger();
    let [first, second] = [0, 1].map(|block| ledger.block(block).unwrap());
    let entries = [0, 1, 2].map(|height| ledger.at(height).unwrap());
    // A good block but for the tree: that of an earlier one.
    let following = |before: &BlockHeader, tree: &BlockHeader| {
        let number = (before.number() + 1).to_be_bytes();
        let bytes = [&b"MS\x01\x41"[..], &number, &before.hash(), &tree.tree().to_bytes()].concat();
        BlockHeader::from_bytes(&bytes).unwrap()
    };
    let with = |headers: &[BlockHeader], count: usize| {
        ledger.tamper(|to_headers, to_entries| {
            (*to_headers, *to_entries) = (headers.to_vec(), entries[..count].to_vec());
        });
        ledger.verify()
    };
    let nothing = following(&first, &first);
    assert_eq!(with(&[first.clone(), nothing], 1), Err(Error::ChainBroken { height: 1 }));
    let back = following(&second, &first);
    assert_eq!(with(&[first.clone(), second.clone(), back], 3), Err(Error::ChainBroken { height: 2 }));
    assert_eq!(following(&first, &second), second);
    assert_eq!(with(&[first, second], 3), Ok(()));
}

#[test]
fn verifying_finds_what_is_kept_beside_the_blocks_and_does_not_fit_them() {
    let ledger = ledger();
    let broken = Err(Error::ChainBroken { height: 3 });
    let restored = || {
        ledger.tamper(|_, entries| entries.truncate(4));
        ledger.verify()
    };
    // An id that no entry has, for which a good entry would be refused as one that is there already.
    ledger.tamper_beside(|_, heights, _| {
        heights.insert(entry(5).id(), 4);
    });
    assert_eq!(ledger.verify(), broken);
    assert_eq!(restored(), Ok(()));
    // An entry that no block has, with its id.
    ledger.tamper_beside(|entries, heights, _| {
        heights.insert(entry(5).id(), 4);
        entries.push(entry(5).into());
    });
    assert_eq!(ledger.verify(), broken);
    assert_eq!(restored(), Ok(()));
    // A tree, whose proofs would be of another chain.
    ledger.tamper_beside(|_, _, tree| {
        tree.append(&entry(5).to_bytes());
    });
    assert_eq!(ledger.verify(), broken);
    assert_eq!(restored(), Ok(()));
}

#[test]
fn an_entry_is_proved_against_a_head_and_no_other_is() {
    let ledger = ledger();
    for n in 1..=4 {
        let (head, height, proof) = ledger.prove(&entry(n).id()).unwrap();
        let proof = EntryProof::from_bytes(&proof.to_bytes()).unwrap();
        assert_eq!((head, height), (ledger.head().unwrap(), u64::from(n) - 1));
        for m in 1..=4 {
            for at in 0..5 {
                let right = m == n && at == height;
                let expected = if right { Ok(()) } else { Err(Error::InvalidProof) };
                assert_eq!(proof.verify(&head, at, &entry(m)), expected);
            }
        }
        let another = Head { hash: [0; 32], ..head };
        assert_eq!(proof.verify(&another, height, &entry(n)), Err(Error::InvalidProof));
        let shorter = Head { height: 3, ..head };
        assert_eq!(proof.verify(&shorter, height, &entry(n)), Err(Error::InvalidProof));
    }
    assert_eq!(ledger.prove(&entry(5).id()).err(), Some(Error::UnknownEntry));
    // After another entry the old proof stands against the old head only.
    let (head, height, proof) = ledger.prove(&entry(1).id()).unwrap();
    ledger.append(entry(5)).unwrap();
    proof.verify(&head, height, &entry(1)).unwrap();
    assert_eq!(proof.verify(&ledger.head().unwrap(), height, &entry(1)), Err(Error::InvalidProof));
}

#[test]
fn block_headers_follow_on_one_another() {
    let ledger = ledger();
    for number in 1..3 {
        let header = ledger.block(number).unwrap();
        assert_eq!(BlockHeader::from_bytes(&header.to_bytes()).unwrap(), header);
        assert_eq!(*header.previous(), ledger.block(number - 1).unwrap().hash());
        assert_eq!(header.number(), number);
    }
    assert_eq!(ledger.block(2).unwrap().hash(), ledger.head().unwrap().hash);
    assert_eq!(ledger.block(3).err(), Some(Error::OutOfRange));
}

#[test]
fn a_search_finds_by_keyword_and_attributes_and_goes_on_where_it_ended() {
    let (ledger, doctor, visitor) = (ledger(), key("doctor"), key("visitor"));
    let found = search(&ledger, &doctor, "keyword 3", 0);
    assert_eq!(found.hits, [Place { height: 2, id: entry(3).id() }]);
    assert_eq!((found.next, found.malformed.len()), (4, 0));
    assert!(search(&ledger, &doctor, "keyword 9", 0).hits.is_empty());
    assert!(search(&ledger, &visitor, "keyword 3", 0).hits.is_empty());
    assert!(search(&ledger, &doctor, "keyword 3", found.next).hits.is_empty());
    ledger.append(entry(5)).unwrap();
    let new = search(&ledger, &doctor, "keyword 5", found.next);
    assert_eq!(new.hits, [Place { height: 4, id: entry(5).id() }]);
    assert_eq!(new.next, 5);
}

#[test]
fn a_search_names_the_entries_that_it_could_not_judge() {
    let mut damaged = statement(2);
    let mut bytes = damaged.index.to_bytes();
    // Header, policy, no hints, number of keywords; then the first element of the only one.
    let at = 4 + 4 + damaged.index.policy().canonical().len() + 1 + 4;
    bytes[at..at + 96].fill(0);
    bytes[at] = 0xc0;
    damaged.index = RecordIndex::from_bytes(&bytes).unwrap();
    let damaged = sign(damaged);
    let ledger = MemoryLedger::new(WORLD.demands.clone());
    ledger.append_unchecked(vec![entry(1), damaged, entry(3)]);
    let found = search(&ledger, &key("doctor"), "keyword 3", 0);
    assert_eq!(found.malformed, [Malformed { height: 1, error: Error::IdentityPoint }]);
    assert_eq!((found.hits, found.next), (vec![Place { height: 2, id: entry(3).id() }], 3));
}

#[test]
fn progress_counts_the_entries_from_where_a_search_began() {
    /// One entry at so many heights.
    struct Copies(MemoryLedger, u64);
    impl Ledger for Copies {
        fn id(&self) -> &LedgerId {
            self.0.id()
        }
        fn append(&self, entry: Entry) -> Result<u64, Error> {
            self.0.append(entry)
        }
        fn at(&self, height: u64) -> Result<Arc<Entry>, Error> {
            if height < self.1 { self.0.at(0) } else { Err(Error::UnknownEntry) }
        }
        fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
            self.0.get(id)
        }
        fn head(&self) -> Result<Head, Error> {
            Ok(Head { height: self.1, ..self.0.head()? })
        }
    }
    // More than are in memory at a time, for a reader whose attributes do not satisfy the policy, which is quick.
    let copies = Copies(ledger(), 1030);
    let query = query(&key("visitor"), "keyword 1");
    for from in [0, 3] {
        let mut told = Vec::new();
        let mut progress = |done| {
            told.push(done);
            ControlFlow::Continue(())
        };
        let found = copies.search(&query, &authority(), from, NonZeroUsize::MIN, &mut progress).unwrap();
        assert_eq!((found.hits, found.next), (vec![], 1030));
        assert_eq!(told, (1..=1030 - from).collect::<Vec<_>>());
    }
}

#[test]
fn a_search_can_be_cancelled() {
    let ledger = ledger();
    let query = query(&key("doctor"), "keyword 3");
    let mut calls = 0;
    let mut cancel = |_| {
        calls += 1;
        ControlFlow::Break(())
    };
    assert_eq!(ledger.search(&query, &authority(), 0, NonZeroUsize::MIN, &mut cancel), Err(Error::Cancelled));
    assert_eq!(calls, 1);
}

#[test]
fn a_verification_and_a_snapshot_that_are_under_way_let_blocks_be_appended() {
    let ledger = ledger();
    let snapshot = ledger.snapshot().unwrap();
    // What both work on, from their first block to their last.
    let chain = ledger.present().unwrap();
    assert_eq!(ledger.append(entry(5)), Ok(4));
    assert_eq!(ledger.at(4).unwrap().id(), entry(5).id());
    chain.verify(ledger.demands()).unwrap();
    assert_eq!(chain.snapshot(&ledger.demands().ledger), snapshot);
    drop(chain);
    assert_eq!(ledger.append(entry(6)), Ok(5));
    ledger.verify().unwrap();
    assert_eq!(restore(&ledger.snapshot().unwrap()).unwrap().head(), ledger.head());
}

#[test]
fn readers_run_beside_a_writer_and_see_whole_blocks() {
    let ledger = MemoryLedger::new(WORLD.demands.clone());
    let blocks = (0..4).map(|n| vec![entry(2 * n + 1), entry(2 * n + 2)]).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut height = 0;
                while height < 8 {
                    let head = ledger.head().unwrap();
                    assert!(head.height >= height && head.height.is_multiple_of(2));
                    height = head.height;
                    for at in 0..height {
                        let id = ledger.at(at).unwrap().id();
                        assert_eq!(ledger.get(&id).unwrap().id(), id);
                    }
                    if height > 0 {
                        let id = ledger.at(height - 1).unwrap().id();
                        let (head, height, proof) = ledger.prove(&id).unwrap();
                        proof.verify(&head, height, &ledger.get(&id).unwrap()).unwrap();
                    }
                }
            });
        }
        scope.spawn(|| blocks.into_iter().for_each(|block| assert!(ledger.append_block(block).is_ok())));
    });
    ledger.verify().unwrap();
    assert_eq!(ledger.head().unwrap().height, 8);
}
