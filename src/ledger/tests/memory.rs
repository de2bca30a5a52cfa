//! The ledger in memory: what it rejects and proves, and how it detects tampering with its chain.

use crate::threads::Threads;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::*;
use crate::ledger::memory::{Chain, derived};
use crate::merkle::{Head, InclusionProof};
use crate::record::no_progress;
use crate::search::{PublicKey, Query, SearchKey};

/// Issues a search key.
fn key(attributes: &str) -> SearchKey {
    let rng = &mut ChaCha20Rng::seed_from_u64(6);
    WORLD.authority.issue(&Attributes::parse(attributes).unwrap(), rng).unwrap().search
}

fn authority() -> &'static PublicKey {
    &WORLD.parameters.search
}

/// Makes a query that shows all attributes of a key.
fn query(key: &SearchKey, word: &str) -> Query {
    let rng = &mut ChaCha20Rng::seed_from_u64(5);
    let trapdoor = key.trapdoor(&Keyword::new(word).unwrap(), key.attributes(), rng).unwrap();
    Query::new(trapdoor, authority())
}

/// Makes a ledger with only the first charter.
fn empty() -> MemoryLedger {
    let first = Charter::clone(WORLD.charters.current());
    MemoryLedger::new(first, &WORLD.super_node.public_key()).unwrap()
}

/// Makes four blocks: the charter; entry 1; entries 2 and 3; entry 4.
fn ledger() -> MemoryLedger {
    let ledger = empty();
    assert_eq!(append(&ledger, entry(1)), Ok((1, false)));
    assert_eq!(append_block(&ledger, vec![entry(2), entry(3)]), Ok(2));
    assert_eq!(append(&ledger, entry(4)), Ok((4, false)));
    ledger
}

/// Returns the height, and whether the entry already existed.
fn append(ledger: &MemoryLedger, entry: Entry) -> Result<(u64, bool), Error> {
    ledger.append(validate(entry, &WORLD.charters)?).map(|appended| (appended.height, appended.was_there))
}

fn append_block(ledger: &MemoryLedger, entries: Vec<Entry>) -> Result<u64, Refusal> {
    ledger.append_block(validate_all(entries, &WORLD.charters, Threads::ONE)?)
}

fn entry_at(ledger: &MemoryLedger, height: u64) -> Arc<Entry> {
    ledger.at(height).unwrap().entry().unwrap().clone()
}

fn restore(snapshot: &[u8]) -> Result<MemoryLedger, Error> {
    MemoryLedger::restore(snapshot, &WORLD.super_node.public_key())
}

fn search(ledger: &dyn Ledger, key: &SearchKey, word: &str, from: u64) -> Found {
    let found = ledger.search(&query(key, word), authority(), from, Threads::ONE, &mut no_progress).unwrap();
    assert_eq!(Found::from_bytes(&found.to_bytes()), Ok(found.clone()), "it travels back");
    found
}

#[test]
fn entries_are_read_by_height_or_id() {
    let ledger = ledger();
    let ids = (1..=4).map(|n| entry(n).id()).collect::<Vec<_>>();
    assert_eq!(ledger.at(0).unwrap().charter().unwrap().hash(), WORLD.charters.current().hash());
    for (height, id) in (1..).zip(&ids) {
        assert_eq!(entry_at(&ledger, height).id(), *id);
        assert_eq!(ledger.get(id).unwrap().to_bytes(), ledger.at(height).unwrap().to_bytes());
    }
    assert_eq!(ledger.at(5).err(), Some(Error::UnknownEntry));
    assert_eq!(ledger.at(u64::MAX).err(), Some(Error::UnknownEntry));
    assert_eq!(ledger.get(&entry(5).id()).err(), Some(Error::UnknownEntry));
    let scanned = ledger.scan(2).map(|(_, item)| item.unwrap().entry().unwrap().id()).collect::<Vec<_>>();
    assert_eq!(scanned, ids[1..]);
    let indexed = ledger.indexes(0).map(|(height, indexed)| {
        let id = indexed.unwrap().map(|indexed| (indexed.id, indexed.index.to_bytes()));
        (height, id)
    });
    let expected = |height| {
        let entry = ledger.at(height).unwrap().entry().cloned();
        (height, entry.map(|entry| (entry.id(), entry.statement().index.to_bytes())))
    };
    assert_eq!(indexed.collect::<Vec<_>>(), (0..5).map(expected).collect::<Vec<_>>());
    assert_eq!(ledger.scan(9).count(), 0);
    assert_eq!(ledger.head().unwrap().size, 5);
    assert_eq!(ledger.block(3).unwrap().tree(), &ledger.head().unwrap());
    assert_eq!(ledger.block(4).err(), Some(Error::OutOfRange));
}

#[test]
fn a_refused_entry_leaves_no_trace() {
    let ledger = ledger();
    let head = ledger.head().unwrap();
    let refused = |position, error| Err(Refusal { position, error });
    assert_eq!(append_block(&ledger, vec![entry(5), entry(3)]), refused(1, Error::DuplicateEntry));
    assert_eq!(append_block(&ledger, vec![entry(5), entry(5)]), refused(1, Error::DuplicateEntry));
    assert_eq!(append_block(&ledger, vec![]), refused(0, Error::OutOfRange));
    let weaker = sign(Statement { claim: policy("hospital"), ..statement(6) });
    assert_eq!(append_block(&ledger, vec![entry(5), weaker]), refused(1, Error::ClaimPolicyRefused));
    assert_eq!(ledger.head().unwrap(), head);
    ledger.verify().unwrap();
    assert_eq!(append(&ledger, entry(5)), Ok((5, false)));
    assert_ne!(ledger.head().unwrap(), head);
}

#[test]
fn appending_again_returns_the_same_place() {
    let ledger = ledger();
    let head = ledger.head().unwrap();
    assert_eq!(append(&ledger, entry(1)), Ok((1, true)));
    // The same statement with a new signature is the same entry.
    let rng = &mut ChaCha20Rng::seed_from_u64(100);
    let resigned = statement(1).sign(&WORLD.charters.ledger(), &WORLD.clinic.signing, rng).unwrap();
    assert_eq!(append(&ledger, resigned), Ok((1, true)));
    assert_eq!(ledger.head().unwrap(), head);
    // Even under a newer charter: a caller that missed the answer asks again.
    let next = next_charter(&ledger, |_| ());
    ledger.append_charter(&next).unwrap();
    assert_eq!(append(&ledger, entry(1)), Ok((1, true)));
    assert_eq!(append(&ledger, entry(5)), Err(Error::EraPassed));
}

#[test]
fn a_snapshot_restores_the_same_chain() {
    let ledger = ledger();
    let next = next_charter(&ledger, |terms| terms.claim = policy("hospital"));
    ledger.append_charter(&next).unwrap();
    let under_two = sign(Statement { charter: 2, claim: policy("hospital"), ..statement(5) });
    let charters = ledger.charters().unwrap();
    ledger.append(validate(under_two, &charters).unwrap()).unwrap();

    let snapshot = ledger.snapshot().unwrap();
    let restored = restore(&snapshot).unwrap();
    assert_eq!(restored.head(), ledger.head());
    assert_eq!(restored.snapshot().unwrap(), snapshot);
    assert_eq!(append(&restored, entry(1)), Ok((1, true)));
    assert_eq!(append(&restored, entry(6)), Err(Error::EraPassed));
    let restored = restored.charters().unwrap();
    assert_eq!(restored.to_bytes(), charters.to_bytes());
    assert_eq!(restore(&empty().snapshot().unwrap()).unwrap().head(), empty().head());
    assert_eq!(restore(&entry(1).to_bytes()).map(drop), Err(Error::WrongKind));
    // A charter of a different super node.
    let other = SuperNode::generate(&mut ChaCha20Rng::seed_from_u64(7)).unwrap();
    let refused = MemoryLedger::restore(&snapshot, &other.public_key());
    assert_eq!(refused.map(drop), Err(Error::ChainBroken { height: 0 }));
}

/// Makes the charter after the current one, with changed terms.
fn next_charter(ledger: &MemoryLedger, change: impl FnOnce(&mut Terms)) -> Charter {
    let charters = ledger.charters().unwrap();
    let mut terms = charters.current().terms().clone();
    change(&mut terms);
    WORLD.super_node.sign_charter(charters.draft(terms, ledger.head().unwrap())).unwrap()
}

#[test]
fn the_first_charter_of_a_number_counts() {
    let ledger = ledger();
    let one = next_charter(&ledger, |terms| terms.claim = policy("hospital"));
    let other = next_charter(&ledger, |terms| terms.claim = policy("accredited"));
    assert_eq!(ledger.append_charter(&one), Ok(5));
    assert_eq!(ledger.append_charter(&one), Ok(5));
    let head = ledger.head().unwrap();
    for _ in 0..2 {
        assert_eq!(ledger.append_charter(&other), Err(Error::CharterConflict));
        let evidence = ledger.evidence().unwrap();
        assert_eq!(evidence.iter().map(|charter| charter.hash()).collect::<Vec<_>>(), [other.hash()]);
    }
    assert_eq!(ledger.head().unwrap(), head);
    assert_eq!(ledger.charters().unwrap().current().hash(), one.hash());
    // A charter that the super node did not sign is not evidence.
    let forger = SuperNode::generate(&mut ChaCha20Rng::seed_from_u64(7)).unwrap();
    let draft = WORLD.charters.draft(one.terms().clone(), head);
    let forged = forger.sign_charter(draft).unwrap();
    assert_ne!(forged.hash(), one.hash());
    assert_eq!(ledger.append_charter(&forged), Err(Error::InvalidSignature));
    assert_eq!(ledger.evidence().unwrap().len(), 1);
    ledger.verify().unwrap();
}

#[test]
fn rejects_a_charter_with_a_foreign_head() {
    let (ledger, other) = (ledger(), empty());
    append(&other, entry(5)).unwrap();
    let charters = ledger.charters().unwrap();
    let terms = || charters.current().terms().clone();
    let head = ledger.head().unwrap();
    let sign = |head| WORLD.super_node.sign_charter(charters.draft(terms(), head)).unwrap();
    let later = Head { size: head.size + 1, ..head };
    for foreign in [other.head().unwrap(), later] {
        assert_eq!(ledger.append_charter(&sign(foreign)), Err(Error::FinalHeadRefused));
    }
    // An earlier head of the ledger is as good as the newest.
    let earlier = ledger.block(1).unwrap().tree().to_owned();
    assert_eq!(ledger.append_charter(&sign(earlier)), Ok(5));
    ledger.verify().unwrap();
    restore(&ledger.snapshot().unwrap()).unwrap();
}

#[test]
fn refuses_a_block_that_adds_nothing() {
    let ledger = ledger();
    let [charter, first, second] = [0, 1, 2].map(|block| ledger.block(block).unwrap());
    let items = [0, 1, 2, 3].map(|height| ledger.at(height).unwrap());
    // A valid block, except that its tree is an earlier one.
    let following = |before: &BlockHeader, tree: &BlockHeader| {
        let number = (before.number() + 1).to_be_bytes();
        let bytes = [&b"MS\x01\x41"[..], &number, &before.hash(), &tree.tree().to_bytes()].concat();
        BlockHeader::from_bytes(&bytes).unwrap()
    };
    let with = |headers: &[&BlockHeader], count: usize| {
        ledger.tamper(|chain| {
            chain.headers = headers.iter().copied().cloned().collect();
            chain.items = items[..count].to_vec();
            (chain.heights, chain.tree) = derived(&chain.items);
        });
        ledger.verify()
    };
    let nothing = following(&first, &first);
    assert_eq!(with(&[&charter, &first, &nothing], 2), Err(Error::ChainBroken { height: 2 }));
    let back = following(&second, &first);
    assert_eq!(with(&[&charter, &first, &second, &back], 4), Err(Error::ChainBroken { height: 3 }));
    assert_eq!(following(&first, &second), second);
    assert_eq!(with(&[&charter, &first, &second], 4), Ok(()));
}

#[test]
fn finds_inconsistent_data_beside_blocks() {
    let ledger = ledger();
    let broken = Err(Error::ChainBroken { height: 4 });
    let changes: [fn(&mut Chain); 3] = [
        // An id that belongs to no entry: the ledger would report a valid new entry as already there.
        |chain| _ = chain.heights.insert(entry(5).id(), 5),
        // An entry, with its id, that is in no block.
        |chain| {
            chain.heights.insert(entry(5).id(), 5);
            chain.items.push(Item::Entry(Arc::new(entry(5))));
        },
        // A tree whose proofs would belong to a different chain.
        |chain| _ = chain.tree.append(&entry(5).to_bytes()),
    ];
    for change in changes {
        ledger.tamper(change);
        assert_eq!(ledger.verify(), broken);
        ledger.tamper(|chain| {
            chain.items.truncate(5);
            (chain.heights, chain.tree) = derived(&chain.items);
        });
        assert_eq!(ledger.verify(), Ok(()));
    }
}

#[test]
fn proves_an_entry_against_one_head_only() {
    let ledger = ledger();
    let head = ledger.head().unwrap();
    let trusted = |head| TrustedHead::new(head, 7, 7, 0).unwrap();
    let check = |n: u8, proof: &_, head| {
        CheckedEntry::new(entry(n), &WORLD.charters, proof, &trusted(head)).map(|entry| entry.id())
    };
    for n in 1..=4 {
        let proof = ledger.prove(&entry(n).id(), head.size).unwrap();
        assert_eq!(proof.index(), u64::from(n));
        for m in 1..=4 {
            let expected = if m == n { Ok(entry(n).id()) } else { Err(Error::InvalidProof) };
            assert_eq!(check(m, &proof, head), expected);
        }
        let another = Head { root: [0; 32].into(), ..head };
        assert_eq!(check(n, &proof, another), Err(Error::InvalidProof));
        let shorter = Head { size: 4, ..head };
        assert_eq!(check(n, &proof, shorter), Err(Error::InvalidProof));
    }
    assert_eq!(ledger.prove(&entry(5).id(), 5).err(), Some(Error::UnknownEntry));
    assert_eq!(ledger.prove(&entry(4).id(), 4).err(), Some(Error::AfterTrustedHead));
    assert_eq!(ledger.prove(&entry(4).id(), 6).err(), Some(Error::OutOfRange));
    // After a further entry, a proof under the old head is still available, and verifies
    // only against that head.
    append(&ledger, entry(5)).unwrap();
    let proof = ledger.prove(&entry(1).id(), head.size).unwrap();
    assert_eq!(check(1, &proof, head), Ok(entry(1).id()));
    assert_eq!(check(1, &proof, ledger.head().unwrap()), Err(Error::InvalidProof));
}

#[test]
fn a_stale_head_is_refused() {
    let head = ledger().head().unwrap();
    let at = |time, now| TrustedHead::new(head, time, now, 100).map(|trusted| trusted.time_ms());
    assert_eq!(at(1000, 1101), Err(Error::StaleHead));
    assert_eq!(at(1101, 1000), Err(Error::StaleHead)); // a clock that is wrong
    assert_eq!(at(1000, 1100), Ok(1000));
    assert_eq!(at(1100, 1000), Ok(1100));
}

#[test]
fn search_finds_entitled_matches_and_resumes() {
    let (ledger, doctor, visitor) = (ledger(), key("doctor"), key("visitor"));
    let found = search(&ledger, &doctor, "keyword 3", 0);
    assert_eq!(found.hits, [Place { height: 3, id: entry(3).id() }]);
    assert_eq!((found.next, found.malformed.len()), (5, 0));
    // From here on, with the points that the ledger cached.
    assert_ne!(ledger.search_cache().unwrap().keywords(), 0);
    assert_eq!(search(&ledger, &doctor, "keyword 3", 0), found);
    assert!(search(&ledger, &doctor, "keyword 9", 0).hits.is_empty());
    assert!(search(&ledger, &visitor, "keyword 3", 0).hits.is_empty());
    assert!(search(&ledger, &doctor, "keyword 3", found.next).hits.is_empty());
    append(&ledger, entry(5)).unwrap();
    let new = search(&ledger, &doctor, "keyword 5", found.next);
    assert_eq!(new.hits, [Place { height: 5, id: entry(5).id() }]);
    assert_eq!(new.next, 6);
}

/// A ledger that maps each requested height to the height that it reports and
/// the one that it reads.
struct Heights(MemoryLedger, fn(u64) -> Option<(u64, u64)>);

impl Ledger for Heights {
    fn append(&self, entry: Validated) -> Result<Appended, Error> {
        self.0.append(entry)
    }

    fn at(&self, height: u64) -> Result<Item, Error> {
        self.0.at(self.1(height).ok_or(Error::UnknownEntry)?.1)
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        self.0.get(id)
    }

    fn head(&self) -> Result<Head, Error> {
        self.0.head()
    }

    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error> {
        self.0.prove(id, size)
    }

    fn scan(&self, from: u64) -> Items<'_> {
        let heights = (from..).map_while(|height| self.1(height));
        Box::new(heights.map(|(says, looks)| (says, self.0.at(looks))))
    }
}

#[test]
fn a_search_names_a_height_left_out() {
    let query = query(&key("doctor"), "keyword 4");
    let search =
        |heights| Heights(ledger(), heights).search(&query, authority(), 1, Threads::ONE, &mut no_progress);
    let missing = |height| Err(Error::HeightMissing { height });
    // A gap, as after a database transaction was rolled back; repeated heights; a step back.
    assert_eq!(search(|height| (height < 5).then_some((height + height / 3, height))), missing(3));
    assert_eq!(search(|height| (height < 5).then_some((height.min(3), height))), missing(4));
    assert_eq!(search(|height| (height < 5).then_some((height - height / 2 % 2, height))), missing(2));
    assert_eq!(search(|height| (height < 5).then_some((height - 1, height))), missing(1));
    let found = search(|height| (height < 5).then_some((height, height))).unwrap();
    assert_eq!((found.hits.len(), found.next), (1, 5));
}

#[test]
fn progress_counts_entries_from_the_start() {
    // One entry at many heights.
    let copies = Heights(ledger(), |height| (height < 1030).then_some((height, 1)));
    // More than fit in memory at a time. The reader's attributes do not satisfy the
    // policy, which is quick.
    let query = query(&key("visitor"), "keyword 1");
    for from in [0, 3] {
        let mut told = Vec::new();
        let mut progress = |done| {
            told.push(done);
            ControlFlow::Continue(())
        };
        let found = copies.search(&query, authority(), from, Threads::ONE, &mut progress).unwrap();
        assert_eq!((found.hits, found.next), (vec![], 1030));
        assert_eq!(told, (1..=1030 - from).collect::<Vec<_>>());
    }
}

#[test]
fn appending_continues_during_verification_and_snapshots() {
    let ledger = ledger();
    let snapshot = ledger.snapshot().unwrap();
    // Both work on this, from their first block to their last.
    let chain = ledger.present().unwrap();
    assert_eq!(append(&ledger, entry(5)), Ok((5, false)));
    assert_eq!(entry_at(&ledger, 5).id(), entry(5).id());
    chain.verify().unwrap();
    assert_eq!(chain.snapshot(), snapshot);
    drop(chain);
    assert_eq!(append(&ledger, entry(6)), Ok((6, false)));
    ledger.verify().unwrap();
    assert_eq!(restore(&ledger.snapshot().unwrap()).unwrap().head(), ledger.head());
}

#[test]
fn concurrent_readers_see_whole_blocks() {
    let ledger = empty();
    let validated = |entries: Vec<Entry>| validate_all(entries, &WORLD.charters, Threads::ONE).unwrap();
    let blocks = (0..4).map(|n| validated(vec![entry(2 * n + 1), entry(2 * n + 2)])).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut size = 1;
                while size < 9 {
                    let head = ledger.head().unwrap();
                    assert!(head.size >= size && !head.size.is_multiple_of(2));
                    size = head.size;
                    for at in 1..size {
                        let id = entry_at(&ledger, at).id();
                        assert_eq!(ledger.get(&id).unwrap().id(), id);
                    }
                    if size > 1 {
                        let last = entry_at(&ledger, size - 1);
                        ledger.prove(&last.id(), size).unwrap().verify(&head, &last.to_bytes()).unwrap();
                    }
                }
            });
        }
        scope.spawn(|| blocks.into_iter().for_each(|block| assert!(ledger.append_block(block).is_ok())));
    });
    ledger.verify().unwrap();
    assert_eq!(ledger.head().unwrap().size, 9);
}
