//! What a ledger refuses, and what it shows of itself.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::entry::signing_context;
use super::*;
use crate::codec;
use crate::error::Error;
use crate::policy::{Attributes, Policy};
use crate::record::RecordDigest;
use crate::search::{Keyword, KeywordKey, Padding, PreparedTrapdoor, Query, SearchKey};
use crate::{abe, abs, search};

/// An authority, an uploader, and a doctor who searches.
struct World {
    abe: abe::PublicKey,
    search: search::PublicKey,
    keyword: KeywordKey,
    signing: abs::SigningKey,
    visitor_signing: abs::SigningKey,
    doctor: SearchKey,
    visitor: SearchKey,
    demands: Demands,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let attributes = |text| Attributes::parse(text).unwrap();
    let abs = abs::MasterKey::generate(rng).unwrap();
    let search = search::MasterKey::generate(rng).unwrap();
    let keyword = KeywordKey::generate(rng).unwrap();
    World {
        abe: abe::MasterKey::generate(rng).unwrap().public_key().clone(),
        signing: abs.issue(&attributes("hospital, accredited"), rng).unwrap(),
        visitor_signing: abs.issue(&attributes("visitor"), rng).unwrap(),
        doctor: search.issue(&attributes("doctor"), &keyword, rng).unwrap(),
        visitor: search.issue(&attributes("visitor"), &keyword, rng).unwrap(),
        search: search.public_key().clone(),
        keyword,
        demands: Demands {
            ledger: LedgerId::new("test ledger").unwrap(),
            claim: policy("hospital and accredited"),
            signatures: abs.public_key().clone(),
        },
    }
});

fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

/// A statement about record number `n`, for doctors, under the keyword `n`.
fn statement(n: u8) -> Statement {
    let rng = &mut ChaCha20Rng::seed_from_u64(n.into());
    let digest = RecordDigest::from([n; 32]);
    let access = policy("doctor");
    let keyword = Keyword::new(&format!("keyword {n}")).unwrap();
    Statement {
        record: RecordId::from([n; 16]),
        claim: WORLD.demands.claim.clone(),
        digest,
        address: Address::of(&digest),
        key: WORLD.abe.wrap(&access, &[7; 32], &wrap_aad(&digest), rng).unwrap(),
        index: WORLD.search.index_record(&WORLD.keyword, &[keyword], &access, Padding::None, rng).unwrap(),
        envelope: None,
        time: 1_700_000_000_000 + u64::from(n),
    }
}

fn sign(statement: Statement) -> Entry {
    let rng = &mut ChaCha20Rng::seed_from_u64(99);
    statement.sign(&WORLD.demands.ledger, &WORLD.signing, rng).unwrap()
}

fn entry(n: u8) -> Entry {
    sign(statement(n))
}

/// Signs whatever it is, as somebody who leaves out the checks.
fn sign_unchecked(statement: Statement) -> Entry {
    let rng = &mut ChaCha20Rng::seed_from_u64(99);
    let context = signing_context(&WORLD.demands.ledger);
    let signature = WORLD.signing.sign(&statement.claim, &context, &statement.bytes(), rng).unwrap();
    Entry::forge(statement, signature)
}

fn copy(entry: &Entry) -> Entry {
    Entry::from_bytes(&entry.to_bytes()).unwrap()
}

#[test]
fn an_entry_survives_its_bytes_and_its_id_does_not_cover_the_signature() {
    let first = entry(1);
    let again = copy(&first);
    assert_eq!(again.to_bytes(), first.to_bytes());
    assert_eq!(again.id(), first.id());
    let rng = &mut ChaCha20Rng::seed_from_u64(100);
    let resigned = statement(1).sign(&WORLD.demands.ledger, &WORLD.signing, rng).unwrap();
    assert_ne!(resigned.to_bytes(), first.to_bytes());
    assert_eq!(resigned.id(), first.id());
    validate(&again, &WORLD.demands).unwrap();
}

#[test]
fn the_id_covers_every_field_of_the_statement() {
    let base = entry(1).id();
    let changes: [fn(&mut Statement); 6] = [
        |s| s.record = RecordId::from([9; 16]),
        |s| s.claim = policy("hospital"),
        |s| s.digest = RecordDigest::from([9; 32]),
        |s| s.address = "elsewhere".parse().unwrap(),
        |s| s.key = statement(2).key,
        |s| s.time += 1,
    ];
    for change in changes {
        let mut statement = statement(1);
        change(&mut statement);
        assert_ne!(sign(statement).id(), base);
    }
    let mut indexed = statement(1);
    indexed.index = statement(2).index;
    assert_ne!(sign(indexed).id(), base);
    assert_eq!(entry(1).id(), base);
}

#[test]
fn no_truncation_extension_or_other_kind_decodes() {
    let bytes = entry(1).to_bytes();
    for length in 0..bytes.len() {
        assert!(Entry::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
    assert_eq!(Entry::from_bytes(&[&bytes[..], &[0]].concat()).err(), Some(Error::TrailingBytes));
    let mut other = bytes.clone();
    other[3] ^= 1;
    assert_eq!(Entry::from_bytes(&other).err(), Some(Error::WrongKind));
    Entry::from_bytes(&bytes).unwrap();
}

#[test]
fn no_changed_byte_of_an_entry_is_accepted() {
    let bytes = entry(1).to_bytes();
    for position in (4..bytes.len()).step_by(3) {
        let mut changed = bytes.clone();
        changed[position] ^= 1 << (position % 8);
        let accepted = Entry::from_bytes(&changed).and_then(|entry| validate(&entry, &WORLD.demands));
        assert!(accepted.is_err(), "byte {position}");
    }
    validate(&Entry::from_bytes(&bytes).unwrap(), &WORLD.demands).unwrap();
}

#[test]
fn a_signature_does_not_replay_onto_another_ledger() {
    let elsewhere = Demands { ledger: LedgerId::new("another ledger").unwrap(), ..WORLD.demands.clone() };
    assert_eq!(validate(&entry(1), &elsewhere), Err(Error::InvalidSignature));
    validate(&entry(1), &WORLD.demands).unwrap();
}

#[test]
fn a_claim_policy_that_is_not_demanded_is_refused() {
    // The uploader satisfies both policies, and states the weaker one.
    let mut weaker = statement(1);
    weaker.claim = policy("hospital or visitor");
    assert_eq!(validate(&sign(weaker), &WORLD.demands), Err(Error::ClaimPolicyRefused));
    // A policy that means the same is still another.
    let mut turned = statement(1);
    turned.claim = policy("accredited and hospital");
    assert_eq!(validate(&sign(turned), &WORLD.demands), Err(Error::ClaimPolicyRefused));
    validate(&entry(1), &WORLD.demands).unwrap();
}

#[test]
fn who_does_not_satisfy_the_claim_policy_cannot_sign_for_it() {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let ledger = &WORLD.demands.ledger;
    assert_eq!(statement(1).sign(ledger, &WORLD.visitor_signing, rng).err(), Some(Error::PolicyNotSatisfied));
    // A signature of theirs under a policy that they do satisfy does not pass for one under the demanded policy.
    let theirs = WORLD
        .visitor_signing
        .sign(&policy("visitor"), &signing_context(ledger), &statement(1).bytes(), rng)
        .unwrap();
    assert_eq!(validate(&Entry::forge(statement(1), theirs), &WORLD.demands), Err(Error::InvalidSignature));
    validate(&entry(1), &WORLD.demands).unwrap();
}

#[test]
fn a_wrapped_key_and_an_index_under_different_policies_are_refused() {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let mismatched = || {
        let mut mismatched = statement(1);
        let rng = &mut ChaCha20Rng::seed_from_u64(2);
        mismatched.key = WORLD.abe.wrap(&policy("doctor or visitor"), &[7; 32], b"", rng).unwrap();
        mismatched
    };
    let refused = mismatched().sign(&WORLD.demands.ledger, &WORLD.signing, rng);
    assert_eq!(refused.err(), Some(Error::AccessPolicyMismatch));
    assert_eq!(validate(&sign_unchecked(mismatched()), &WORLD.demands), Err(Error::AccessPolicyMismatch));
    validate(&sign_unchecked(statement(1)), &WORLD.demands).unwrap();
}

#[test]
fn a_changed_signature_or_one_of_another_statement_is_refused() {
    let swapped = Entry::forge(statement(1), codec::decode(&codec::encode(entry(2).signature())).unwrap());
    assert_eq!(validate(&swapped, &WORLD.demands), Err(Error::InvalidSignature));
    validate(&entry(2), &WORLD.demands).unwrap();
}

#[test]
fn a_batch_names_its_first_bad_entry() {
    let mut weaker = statement(3);
    weaker.claim = policy("hospital");
    let swapped = Entry::forge(statement(2), codec::decode(&codec::encode(entry(1).signature())).unwrap());
    let entries = [entry(1), swapped, sign(weaker)];
    let all = |entries: &[Entry]| {
        validate_all(entries, &WORLD.demands).map_err(|refusal| (refusal.position, refusal.error))
    };
    assert_eq!(all(&entries), Err((1, Error::InvalidSignature)));
    assert_eq!(all(&entries[2..]), Err((0, Error::ClaimPolicyRefused)));
    assert_eq!(all(&[entry(1), entry(2), copy(&entries[2])]), Err((2, Error::ClaimPolicyRefused)));
    all(&[entry(1), entry(2), entry(3)]).unwrap();
    all(&[]).unwrap();
}

#[test]
fn names_keep_to_their_limits() {
    assert_eq!(LedgerId::new(""), Err(Error::InvalidText));
    assert_eq!(LedgerId::new("a\nb"), Err(Error::InvalidText));
    assert!(matches!(LedgerId::new("x".repeat(256)), Err(Error::LimitExceeded(_))));
    assert_eq!(LedgerId::new("x".repeat(255)).unwrap().as_str().len(), 255);
    assert!(matches!("x".repeat(1025).parse::<Address>(), Err(Error::LimitExceeded(_))));
    assert_eq!("x".repeat(1024).parse::<Address>().unwrap().as_str().len(), 1024);
    assert_eq!(Address::of(&RecordDigest::from([0xab; 32])).as_str(), "ab".repeat(32));
}

// ---------------------------------------------------------------------------------------------------------
// The ledger in memory
// ---------------------------------------------------------------------------------------------------------

#[cfg(feature = "memory-ledger")]
mod memory {
    use super::*;

    /// Bytes of a block header's fields.
    const HEADER: usize = 80;

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
        let rng = &mut ChaCha20Rng::seed_from_u64(5);
        let trapdoor = key.trapdoor(&Keyword::new(word).unwrap(), rng).unwrap();
        let query = Query::from(PreparedTrapdoor::new(&trapdoor).unwrap());
        ledger.search(&query, from, NonZeroUsize::MIN, &mut |_| ControlFlow::Continue(())).unwrap()
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
        let scanned = ledger.scan(1).map(|item| item.unwrap().1.id()).collect::<Vec<_>>();
        assert_eq!(scanned, ids[1..]);
        assert_eq!(ledger.scan(9).count(), 0);
        assert_eq!(ledger.head().unwrap().height, 4);
    }

    #[test]
    fn a_refused_entry_leaves_no_trace() {
        let ledger = ledger();
        let head = ledger.head().unwrap();
        assert_eq!(ledger.append(entry(1)), Err(Error::DuplicateEntry));
        assert_eq!(ledger.append_block(vec![entry(5), entry(3)]), Err(Error::DuplicateEntry));
        assert_eq!(ledger.append_block(vec![entry(5), entry(5)]), Err(Error::DuplicateEntry));
        assert_eq!(ledger.append_block(vec![]), Err(Error::OutOfRange));
        let mut weaker = statement(6);
        weaker.claim = policy("hospital");
        assert_eq!(ledger.append_block(vec![entry(5), sign(weaker)]), Err(Error::ClaimPolicyRefused));
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
    }

    #[test]
    fn a_damaged_snapshot_is_refused_with_the_block_that_is_damaged() {
        let ledger = ledger();
        let snapshot = ledger.snapshot().unwrap();
        let size = |n: u8| 4 + entry(n).to_bytes().len();
        let first = 4 + 32 + 8;
        let second = first + HEADER + size(1);
        let starts = [first, second, second + HEADER + size(2) + size(3)];
        assert_eq!(starts[2] + HEADER + size(4), snapshot.len());
        let block_of = |position: usize| starts.iter().filter(|start| **start <= position).count() as u64 - 1;

        for position in (first..snapshot.len()).step_by(41) {
            let mut altered = snapshot.clone();
            altered[position] ^= 1 << (position % 8);
            let broken = Err(Error::ChainBroken { height: block_of(position) });
            assert_eq!(restore(&altered).map(drop), broken, "altered at {position}");
        }
        for position in (first..snapshot.len()).step_by(173) {
            let mut missing = snapshot.clone();
            missing.remove(position);
            assert!(matches!(restore(&missing), Err(Error::ChainBroken { .. })), "missing at {position}");
            let mut inserted = snapshot.clone();
            inserted.insert(position, 0x5a);
            assert!(matches!(restore(&inserted), Err(Error::ChainBroken { .. })), "inserted at {position}");
            assert!(
                matches!(restore(&snapshot[..position]), Err(Error::ChainBroken { .. })),
                "cut at {position}"
            );
        }
        // The hash of the head, and the number of blocks.
        for position in 4..first {
            let mut altered = snapshot.clone();
            altered[position] ^= 1;
            assert!(matches!(restore(&altered), Err(Error::ChainBroken { .. })), "altered at {position}");
        }
        let mut longer = snapshot.clone();
        longer.push(0);
        assert_eq!(restore(&longer).map(drop), Err(Error::ChainBroken { height: 3 }));
        // Another ledger's.
        let other = Demands { ledger: LedgerId::new("another").unwrap(), ..WORLD.demands.clone() };
        assert_eq!(MemoryLedger::restore(other, &snapshot).map(drop), Err(Error::ChainBroken { height: 0 }));
        assert_eq!(restore(b"MS\x01\x40").map(drop), Err(Error::WrongKind));
        restore(&snapshot).unwrap();
    }

    #[test]
    fn exchanged_blocks_and_a_missing_one_are_found() {
        let snapshot = ledger().snapshot().unwrap();
        let size = |n: u8| 4 + entry(n).to_bytes().len();
        let (preamble, blocks) = snapshot.split_at(44);
        let (one, rest) = blocks.split_at(HEADER + size(1));
        let (two, three) = rest.split_at(HEADER + size(2) + size(3));
        let with = |parts: &[&[u8]]| {
            let mut bytes = preamble.to_vec();
            bytes[36..44].copy_from_slice(&(parts.len() as u64).to_be_bytes());
            restore(&[bytes, parts.concat()].concat()).map(drop)
        };
        assert_eq!(with(&[two, one, three]), Err(Error::ChainBroken { height: 0 }));
        assert_eq!(with(&[one, three, two]), Err(Error::ChainBroken { height: 1 }));
        assert_eq!(with(&[one, three]), Err(Error::ChainBroken { height: 1 }));
        assert_eq!(with(&[two, three]), Err(Error::ChainBroken { height: 0 }));
        assert_eq!(with(&[one, two]), Err(Error::ChainBroken { height: 1 }));
        assert_eq!(with(&[one, one, two, three]), Err(Error::ChainBroken { height: 1 }));
        assert_eq!(with(&[one, two, three, three]), Err(Error::ChainBroken { height: 3 }));
        assert_eq!(with(&[]), Err(Error::ChainBroken { height: 0 }));
        // Two entries of one block.
        let (block, entries) = two.split_at(HEADER);
        let (a, b) = entries.split_at(size(2));
        assert_eq!(with(&[one, &[block, b, a].concat(), three]), Err(Error::ChainBroken { height: 1 }));
        assert_eq!(with(&[one, two, three]), Ok(()));
    }

    #[test]
    fn a_chain_that_hashes_but_holds_an_entry_without_a_right_to_be_there_is_refused() {
        // Whoever writes the snapshot anew can compute every hash, and cannot sign.
        let swapped =
            Entry::forge(statement(2), codec::decode(&codec::encode(entry(1).signature())).unwrap());
        let forged = MemoryLedger::new(WORLD.demands.clone());
        forged.append(entry(1)).unwrap();
        forged.append_unchecked(vec![swapped]);
        assert_eq!(forged.verify(), Err(Error::ChainBroken { height: 1 }));
        assert_eq!(restore(&forged.snapshot().unwrap()).map(drop), Err(Error::ChainBroken { height: 1 }));
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
        let ledger = ledger();
        let found = search(&ledger, &WORLD.doctor, "keyword 3", 0);
        assert_eq!(found.hits, [Place { height: 2, id: entry(3).id() }]);
        assert_eq!((found.next, found.malformed.len()), (4, 0));
        assert!(search(&ledger, &WORLD.doctor, "keyword 9", 0).hits.is_empty());
        assert!(search(&ledger, &WORLD.visitor, "keyword 3", 0).hits.is_empty());
        assert!(search(&ledger, &WORLD.doctor, "keyword 3", found.next).hits.is_empty());
        ledger.append(entry(5)).unwrap();
        let new = search(&ledger, &WORLD.doctor, "keyword 5", found.next);
        assert_eq!(new.hits, [Place { height: 4, id: entry(5).id() }]);
        assert_eq!(new.next, 5);
    }

    #[test]
    fn a_search_can_be_cancelled() {
        let ledger = ledger();
        let rng = &mut ChaCha20Rng::seed_from_u64(5);
        let trapdoor = WORLD.doctor.trapdoor(&Keyword::new("keyword 3").unwrap(), rng).unwrap();
        let query = Query::from(PreparedTrapdoor::new(&trapdoor).unwrap());
        let mut calls = 0;
        let mut cancel = |_| {
            calls += 1;
            ControlFlow::Break(())
        };
        assert_eq!(ledger.search(&query, 0, NonZeroUsize::MIN, &mut cancel), Err(Error::Cancelled));
        assert_eq!(calls, 1);
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
}
