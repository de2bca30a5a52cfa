//! Digests, chunk proofs against a digest, and the keyed summary.

use medseal::Error;
use medseal::Threads;
use medseal::record::{ChunkProof, KeyedSummary, RecordDigest, no_progress};

use super::writer::{PREFIX, TAG, Writer, digest, leaf_of};
use super::{KEY, KIB, STRIDE, chunks, key, opens, put_together, record, seal};
use crate::ground::{header, hmac, kdf, sha256};
use crate::merkle::prover::{Hash, fields, leaf, mth, path};

fn leaves(sealed: &[u8]) -> Vec<Hash> {
    chunks(sealed).into_iter().map(leaf_of).collect()
}

/// A proof of a chunk: it states the record and its length.
fn chunk_proof(prefix: &[u8], length: u64, index: u64, count: u64, path: &[Hash]) -> Vec<u8> {
    [&header(0x3a)[..], prefix, &length.to_be_bytes(), &fields(index, count, path)].concat()
}

/// Whether an auditor who has the digest accepts it.
fn believed(proof: &[u8], digest: &RecordDigest, chunk: &[u8]) -> Result<(), Error> {
    ChunkProof::from_bytes(proof)?.verify(digest, chunk)
}

#[test]
fn record_digests_have_no_second_preimage() {
    let record = record(2 * KIB + 10);
    let (sealed, other) = (seal(&record, 2), seal(&record, 3));
    let announced = RecordDigest::of(&sealed).unwrap();
    let has_it = |bytes: &[u8]| {
        let streamed =
            RecordDigest::of_stream(bytes, Threads::ONE, no_progress).map(|receipt| receipt.digest);
        assert_eq!(streamed, RecordDigest::of(bytes));
        streamed == Ok(announced)
    };
    // Not even if only a tag differs, or the header's tag, which no hash of the ciphertext covers.
    for byte in 0..sealed.len() {
        let mut flipped = sealed.clone();
        flipped[byte] ^= 1;
        assert!(!has_it(&flipped) && !has_it(&sealed[..byte]), "byte {byte}");
    }
    assert!(!has_it(&[&sealed[..], &[0]].concat()) && !has_it(&other));
    let honest = chunks(&sealed);
    for i in 0..3 {
        for j in 0..3 {
            let [mut exchanged, mut repeated] = [(); 2].map(|()| honest.clone());
            exchanged.swap(i, j);
            repeated.insert(i, honest[j]);
            assert!(!has_it(&put_together(&sealed, &repeated)));
            assert_eq!(has_it(&put_together(&sealed, &exchanged)), i == j);
        }
    }
    // A chunk made from the leaves of two others: its hash is one leaf, its tag the other.
    let entry = |chunk: &[u8]| {
        let (ct, tag) = chunk.split_at(chunk.len() - TAG);
        [&sha256(&[ct]), tag].concat()
    };
    for before in [&b""[..], &[0], &[1]] {
        let ct = [before, &entry(honest[0])].concat();
        let nodes = [ct, leaf_of(honest[1]).to_vec()].concat();
        assert!(!has_it(&put_together(&sealed, &[&nodes, honest[2]])));
        assert!(!has_it(&put_together(&sealed, &[&nodes])));
    }
    assert!(has_it(&sealed));
}

#[test]
fn impossible_record_bytes_get_no_digest() {
    let sealed = seal(&record(2 * KIB), 2);
    for cut in 0..sealed.len() {
        let body = cut.saturating_sub(PREFIX);
        let possible = body == TAG || body % STRIDE > TAG || (body > 0 && body % STRIDE == 0);
        let digest = RecordDigest::of(&sealed[..cut]);
        assert_eq!(digest.is_ok(), possible, "{cut}");
        assert!(possible || digest == Err(Error::Truncated));
    }
    RecordDigest::of(&sealed).unwrap();
}

#[test]
fn chunk_proofs_fit_only_their_record() {
    let sealed = seal(&record(5 * KIB + 10), 2);
    let (prefix, length) = (&sealed[..PREFIX], 5 * KIB as u64 + 10);
    let (chunks, leaves) = (chunks(&sealed), leaves(&sealed));
    let announced = RecordDigest::of(&sealed).unwrap();
    let other = RecordDigest::of(&seal(&record(5 * KIB + 10), 3)).unwrap();
    for index in 0..6 {
        for claimed in 0..6 {
            let proof = chunk_proof(prefix, length, claimed, 6, &path(index, &leaves));
            assert!(believed(&proof, &other, chunks[index]).is_err());
            for (place, chunk) in chunks.iter().enumerate() {
                let right = (index, index as u64) == (place, claimed);
                assert_eq!(believed(&proof, &announced, chunk).is_ok(), right);
            }
        }
        let proof = chunk_proof(prefix, length, index as u64, 6, &path(index, &leaves));
        for byte in 0..chunks[index].len() {
            let mut damaged = chunks[index].to_vec();
            damaged[byte] ^= 1;
            assert_eq!(believed(&proof, &announced, &damaged), Err(Error::InvalidProof));
        }
        for cut in 0..chunks[index].len() {
            assert_eq!(believed(&proof, &announced, &chunks[index][..cut]), Err(Error::InvalidProof));
        }
        believed(&proof, &announced, chunks[index]).unwrap();
    }
}

#[test]
fn chunk_proofs_allow_no_other_bit() {
    let sealed = seal(&record(5 * KIB + 10), 2);
    let announced = RecordDigest::of(&sealed).unwrap();
    let chunk = chunks(&sealed)[3];
    let proof = chunk_proof(&sealed[..PREFIX], 5 * KIB as u64 + 10, 3, 6, &path(3, &leaves(&sealed)));
    for bit in 0..proof.len() * 8 {
        let mut damaged = proof.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(believed(&damaged, &announced, chunk).is_err(), "bit {bit}");
    }
    for cut in 0..proof.len() {
        assert_eq!(believed(&proof[..cut], &announced, chunk), Err(Error::Truncated));
    }
    assert_eq!(believed(&[&proof[..], &[0]].concat(), &announced, chunk), Err(Error::TrailingBytes));
    believed(&proof, &announced, chunk).unwrap();
}

#[test]
fn announced_digests_fix_the_chunk_length() {
    let writer = Writer::new(&KEY, 10, &[9; 32]);
    let prefix = writer.prefix();
    // The digest matches the lie: only the length is wrong.
    let announce = |chunk: &[u8], length: u64| {
        let announced = RecordDigest::from(digest(&prefix, length, &[leaf_of(chunk)]));
        believed(&chunk_proof(&prefix, length, 0, 1, &[]), &announced, chunk)
    };
    for size in [0, 1, 10, 1023, 1024, 1025, 2048] {
        let content = vec![5; size];
        let chunk = writer.chunk(0, true, &content);
        for length in [0, 1, 9, 10, 11, 1023, 1024] {
            let right = size as u64 == length;
            assert_eq!(announce(&chunk, length).is_ok(), right, "{size} bytes for {length}");
        }
    }
    // A chunk that is neither last nor full, and one of many that is too long.
    for (size, right) in [(1023, false), (1024, true), (1025, false)] {
        let content = vec![5; size];
        let (first, last) = (writer.chunk(0, false, &content), writer.chunk(1, true, b"end"));
        let leaves = [leaf_of(&first), leaf_of(&last)];
        let announced = RecordDigest::from(digest(&prefix, 1027, &leaves));
        let proof = chunk_proof(&prefix, 1027, 0, 2, &path(0, &leaves));
        assert_eq!(believed(&proof, &announced, &first).is_ok(), right);
        // The number of leaves of a record of this length.
        for count in [1, 3, 4] {
            let proof = chunk_proof(&prefix, 1027, 0, count, &path(0, &leaves));
            assert_eq!(believed(&proof, &announced, &first), Err(Error::InvalidField));
        }
    }
    // A length whose sealed record would exceed the maximum: 2^54 chunks of 1 KiB.
    let endless = chunk_proof(&prefix, u64::MAX, 0, 1 << 54, &[]);
    assert_eq!(ChunkProof::from_bytes(&endless).unwrap_err(), Error::OutOfRange);
}

#[test]
fn announced_digests_fix_the_chunks() {
    let sealed = Writer::new(&KEY, 10, &[9; 32]).seal(&record(3 * KIB + 50));
    let (prefix, leaves) = (&sealed[..PREFIX], leaves(&sealed));
    let honest = chunks(&sealed);
    // leaf_2 = SHA-256(0x00 || h_2 || tag_2): a chunk with this hash input as its content has the
    // hash leaf_2. With the tag leaf_3, its entry equals the hash input of the node over both,
    // except for the first byte.
    let (ct, tag) = honest[2].split_at(KIB);
    let hashed = [&[0], &sha256(&[ct])[..], tag].concat();
    assert_eq!(sha256(&[&hashed]), leaves[2]);
    let nodes = [hashed, leaves[3].to_vec()].concat();
    // The record of 1,024 and 65 bytes that would end with them, with the same root.
    let length = 1024 + 65;
    let announced = RecordDigest::from(digest(prefix, length, &leaves));
    let first_two = mth(&leaves[..2]);
    let proof = chunk_proof(prefix, length, 1, 2, &[first_two]);
    assert_eq!(believed(&proof, &announced, &nodes), Err(Error::InvalidProof));
    // If nodes were hashed like entries, it would be accepted.
    let as_entry = [first_two, leaf(&[leaves[2], leaves[3]].concat())];
    let otherwise = RecordDigest::from(digest(prefix, length, &as_entry));
    believed(&proof, &otherwise, &nodes).unwrap();
    opens(&sealed, &record(3 * KIB + 50));
}

#[test]
fn summaries_require_the_key() {
    let digests = [2, 3].map(|salt| RecordDigest::of(&seal(&record(100), salt)).unwrap());
    // HMAC(kdf(record key, "keyed-summary", ""), "summary" || record digest)
    let summary = |key: &[u8; 32], digest: &[u8]| {
        KeyedSummary::from(hmac(&kdf::<32>(key, "keyed-summary", b""), &[b"summary", digest]))
    };
    let believed = |summary: KeyedSummary| summary.verify(&key(&KEY), &digests[0]);
    let mismatch = || Err(Error::DigestMismatch);
    let own = digests[0].as_bytes();
    for guess in 0..=255 {
        let made = believed(summary(&[guess; 32], own));
        assert_eq!(made, if [guess; 32] == KEY { Ok(()) } else { mismatch() });
    }
    // Without a key: hashes of public values, and the summary of the other record,
    // which has the same key.
    let without = [*own, sha256(&[own]), hmac(own, &[b"summary", own]), hmac(&[], &[b"summary", own])];
    assert!(without.map(KeyedSummary::from).iter().all(|made| believed(*made) == mismatch()));
    assert_eq!(believed(summary(&KEY, digests[1].as_bytes())), mismatch());
    for bit in 0..256 {
        let mut bytes = *summary(&KEY, own).as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(believed(KeyedSummary::from(bytes)), mismatch());
    }
    assert_eq!(believed(summary(&KEY, own)), Ok(()));
}
