//! Records that were changed, cut, extended or exchanged, and stores that lie.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use super::chunk::leaf_of;
use super::header::{Header, PREFIX_BYTES, TAG_BYTES};
use super::tests::{KIB, key, open, open_by, open_in_place, open_stream, record, rng, seal, small_chunks};
use super::*;
use crate::error::Error;
use crate::merkle::Frontier;

/// Bytes of a full chunk of 1 KiB and its tag.
const STRIDE: usize = KIB + TAG_BYTES;

/// Every way to open refuses this, and none releases a byte that is not the beginning of the record, chunk by chunk.
fn refused(damaged: &[u8], record: &[u8], error: Error) {
    assert_eq!(open(damaged).unwrap_err(), error);
    assert_eq!(open_in_place(damaged).unwrap_err(), error);
    let (released, result) = open_stream(damaged, 1);
    assert_eq!(result.unwrap_err(), error);
    assert!(released.len() % KIB == 0 && record.starts_with(&released));
    assert_eq!(open_stream(damaged, 3), (released.clone(), Err(error)));
    assert_eq!(open_by(300, damaged), (released, Err(error)));
}

/// The chunks of a sealed record, each with its tag.
fn chunks(sealed: &[u8]) -> Vec<&[u8]> {
    sealed[PREFIX_BYTES..].chunks(STRIDE).collect()
}

fn reassembled(sealed: &[u8], chunks: &[&[u8]]) -> Vec<u8> {
    [&sealed[..PREFIX_BYTES], &chunks.concat()].concat()
}

#[test]
fn a_record_cut_anywhere_is_refused() {
    for length in [0, 40, 1024, 1060] {
        let record = record(length);
        let (sealed, _) = seal(&record);
        for cut in 0..sealed.len() {
            let error = if cut < PREFIX_BYTES { Error::Truncated } else { Error::DecryptionFailed };
            refused(&sealed[..cut], &record, error);
        }
        assert_eq!(open(&sealed).unwrap(), record);
    }
}

#[test]
fn an_extended_record_is_refused() {
    for length in [0, 1, 1024, 2100] {
        let record = record(length);
        let (sealed, _) = seal(&record);
        for extra in [1, 16, 31, 32, 33, 1024, 1056, 2000] {
            let extended = [sealed.clone(), vec![0; extra]].concat();
            refused(&extended, &record, Error::DecryptionFailed);
        }
        // A whole chunk of another record under the same key.
        let (other, _) = key(1).seal(&record, &small_chunks(), &mut rng(3)).unwrap();
        let extended = [&sealed, &other[PREFIX_BYTES..]].concat();
        refused(&extended, &record, Error::DecryptionFailed);
        assert_eq!(open(&sealed).unwrap(), record);
    }
}

#[test]
fn any_flipped_bit_is_refused() {
    let record = record(1100);
    let (sealed, _) = seal(&record);
    for bit in 0..sealed.len() * 8 {
        // All of the header and of the tags; of the ciphertext a bit here and there.
        let byte = bit / 8;
        let covered = byte < PREFIX_BYTES + 8 || (PREFIX_BYTES + KIB..PREFIX_BYTES + STRIDE).contains(&byte);
        if !covered && bit % 211 != 0 {
            continue;
        }
        let mut damaged = sealed.clone();
        damaged[byte] ^= 1 << (bit % 8);
        let opened = open(&damaged).unwrap_err();
        let expected: &[Error] = match byte {
            0..2 => &[Error::WrongMagic],
            2 => &[Error::UnsupportedVersion],
            3 => &[Error::WrongKind],
            4 => &[Error::InvalidField],
            5 => &[Error::InvalidField, Error::DecryptionFailed],
            _ => &[Error::DecryptionFailed],
        };
        assert!(expected.contains(&opened), "byte {byte}: {opened:?}");
        refused(&damaged, &record, opened);
    }
    assert_eq!(open(&sealed).unwrap(), record);
}

#[test]
fn a_chunk_size_or_suite_outside_the_format_does_not_decode() {
    let record = record(100);
    let (sealed, _) = seal(&record);
    for log2 in (0..=255).filter(|log2| *log2 != 10) {
        let mut damaged = sealed.clone();
        damaged[5] = log2;
        let allowed = (10..=24).contains(&log2);
        refused(&damaged, &record, if allowed { Error::DecryptionFailed } else { Error::InvalidField });
        assert_eq!(ChunkSize::from_log2(log2).is_ok(), allowed);
        assert_eq!(RecordDigest::of(&damaged).is_ok(), allowed);
    }
    for suite in (0..=255).filter(|suite| *suite != 1) {
        let mut damaged = sealed.clone();
        damaged[4] = suite;
        refused(&damaged, &record, Error::InvalidField);
    }
    assert_eq!(open(&sealed).unwrap(), record);
}

#[test]
fn exchanged_repeated_and_missing_chunks_are_refused() {
    let record = record(4 * KIB + 10);
    let (sealed, _) = seal(&record);
    let honest = chunks(&sealed);
    assert_eq!(honest.len(), 5);
    for i in 0..5 {
        let mut without = honest.clone();
        without.remove(i);
        refused(&reassembled(&sealed, &without), &record, Error::DecryptionFailed);
        for j in 0..5 {
            let mut repeated = honest.clone();
            repeated.insert(j, honest[i]);
            refused(&reassembled(&sealed, &repeated), &record, Error::DecryptionFailed);
            if i != j {
                let mut exchanged = honest.clone();
                exchanged.swap(i, j);
                refused(&reassembled(&sealed, &exchanged), &record, Error::DecryptionFailed);
                let mut replaced = honest.clone();
                replaced[i] = honest[j];
                refused(&reassembled(&sealed, &replaced), &record, Error::DecryptionFailed);
            }
        }
    }
    assert_eq!(open(&reassembled(&sealed, &honest)).unwrap(), record);
}

#[test]
fn a_chunk_of_another_record_under_the_same_key_is_refused() {
    let record = record(3 * KIB);
    let (sealed, _) = seal(&record);
    let (other, _) = key(1).seal(&record, &small_chunks(), &mut rng(3)).unwrap();
    for i in 0..3 {
        let mut exchanged = chunks(&sealed);
        exchanged[i] = chunks(&other)[i];
        refused(&reassembled(&sealed, &exchanged), &record, Error::DecryptionFailed);
    }
    // Nor does the other header go with these chunks.
    refused(&reassembled(&other, &chunks(&sealed)), &record, Error::DecryptionFailed);
    assert_eq!((open(&sealed).unwrap(), open(&other).unwrap()), (record.clone(), record));
}

#[test]
fn a_cut_at_a_chunks_end_is_seen_before_the_chunk_is_released() {
    let record = record(3 * KIB);
    let (sealed, _) = seal(&record);
    let (released, result) = open_stream(&sealed[..PREFIX_BYTES + 2 * STRIDE], 1);
    assert_eq!((released.len(), result), (KIB, Err(Error::DecryptionFailed)));
    assert_eq!(open_stream(&sealed, 1).0, record);
}

#[test]
fn another_key_opens_nothing() {
    let (sealed, receipt) = seal(&record(3000));
    let (stranger, options) = (key(2), OpenOptions::default());
    let failed = Error::DecryptionFailed;
    assert_eq!(stranger.open(&sealed, &options).unwrap_err(), failed);
    assert_eq!(stranger.open_in_place(&mut sealed.clone(), &options).unwrap_err(), failed);
    assert_eq!(stranger.open_range(&sealed, 0, 1).unwrap_err(), failed);
    let mut released = Vec::new();
    assert_eq!(stranger.open_stream(&sealed[..], &mut released, &options, no_progress).unwrap_err(), failed);
    let mut opener = Opener::new(&stranger);
    assert_eq!(opener.update(&sealed, &mut released).unwrap_err(), failed);
    assert_eq!(released, b"");
    let summary = KeyedSummary::new(&key(1), &receipt.digest);
    assert_eq!(summary.verify(&stranger, &receipt.digest), Err(Error::DigestMismatch));
    assert_eq!(summary.verify(&key(1), &receipt.digest), Ok(()));
    assert_eq!(open(&sealed).unwrap(), record(3000));
}

#[test]
fn whoever_has_the_key_cannot_give_a_record_a_second_chunking() {
    // An empty last chunk with a genuine tag, after a chunk that says it is not the last.
    use super::chunk::ChunkCipher;
    use super::header::Header;
    let record = record(KIB);
    let mut header = Header::generate(ChunkSize::MIN, &mut rng(2)).unwrap();
    let cipher = ChunkCipher::sealing(&key(1), &mut header);
    let mut keystream = cipher.keystream(0);
    let (mut chunk, mut tags) = (record.clone(), [[0; TAG_BYTES]; 2]);
    cipher.seal(&mut keystream, 0, false, (&mut chunk, &mut tags[0]));
    cipher.seal(&mut keystream, 1, true, (&mut [], &mut tags[1]));
    let forged = [&header.to_bytes()[..], &chunk, &tags[0], &tags[1]].concat();
    assert_eq!(open(&forged).unwrap_err(), Error::DecryptionFailed);
    assert_eq!(open_in_place(&forged).unwrap_err(), Error::DecryptionFailed);
    assert_eq!(open_stream(&forged, 1), (record.clone(), Err(Error::DecryptionFailed)));
    assert_eq!(open_by(7, &forged), (record.clone(), Err(Error::DecryptionFailed)));
    assert_eq!(RecordDigest::of(&forged).unwrap_err(), Error::Truncated);
    assert_eq!(RecordDigest::of_stream(&forged[..], 1, no_progress).unwrap_err(), Error::Truncated);
    assert_eq!(open(&seal(&record).0).unwrap(), record);
}

#[test]
fn no_byte_of_a_chunk_is_released_before_its_tag_is_verified() {
    let record = record(5 * KIB + 100);
    let (sealed, _) = seal(&record);
    for i in 0..6 {
        let mut damaged = sealed.clone();
        damaged[PREFIX_BYTES + i * STRIDE + 99] ^= 1;
        // The chunks before the damaged one, and not a byte of it, however the bytes come.
        for step in [1, 31, STRIDE, 100_000] {
            assert_eq!(open_by(step, &damaged), (record[..i * KIB].to_vec(), Err(Error::DecryptionFailed)));
        }
        for threads in [1, 4] {
            let (released, result) = open_stream(&damaged, threads);
            assert_eq!((&released[..], result), (&record[..i * KIB], Err(Error::DecryptionFailed)));
        }
        let mut buffer = vec![7; record.len()];
        key(1).open_into(&damaged, &mut buffer, &OpenOptions::default()).unwrap_err();
        assert_eq!(buffer, vec![0; record.len()]);
        let mut released = Vec::new();
        let length = record.len() as u64;
        key(1).open_range_stream(Cursor::new(&damaged), 0, length, &mut released).unwrap_err();
        assert_eq!(released, record[..i * KIB]);
    }
    assert_eq!(open_by(1, &sealed).0, record);
}

#[test]
fn an_opener_holds_a_chunk_back_until_it_knows_whether_it_is_the_last() {
    let (sealed, _) = seal(&record(2 * KIB));
    let (mut opener, mut released) = (Opener::new(&key(1)), Vec::new());
    for (count, byte) in sealed.iter().enumerate() {
        opener.update(&[*byte], &mut released).unwrap();
        let expected = if count + 1 > PREFIX_BYTES + STRIDE { KIB } else { 0 };
        assert_eq!(released.len(), expected, "after {count}");
    }
    opener.finish(&mut released).unwrap();
    assert_eq!(released, record(2 * KIB));
}

#[test]
fn a_range_is_opened_where_it_is_intact_and_nowhere_else() {
    let record = record(4 * KIB + 10);
    let (sealed, _) = seal(&record);
    for i in 0..5 {
        let mut damaged = sealed.clone();
        damaged[PREFIX_BYTES + i * STRIDE + 5] ^= 1;
        for j in 0..5 {
            let opened = key(1).open_range(&damaged, (j * KIB) as u64, 10);
            if i == j {
                assert_eq!(opened.unwrap_err(), Error::DecryptionFailed);
            } else {
                assert_eq!(*opened.unwrap(), record[j * KIB..][..10]);
            }
        }
    }
    let failed = |sealed: &[u8], from, count| key(1).open_range(sealed, from, count).unwrap_err();
    // Exchanged chunks, another record's chunk, a cut, an extension.
    let mut exchanged = chunks(&sealed);
    exchanged.swap(1, 2);
    assert_eq!(failed(&reassembled(&sealed, &exchanged), 1024, 1), Error::DecryptionFailed);
    let cut = &sealed[..PREFIX_BYTES + 3 * STRIDE];
    assert_eq!(failed(cut, 2 * 1024, 1), Error::DecryptionFailed);
    assert_eq!(failed(cut, 3 * 1024, 1), Error::OutOfRange);
    let extended = [&sealed[..], &[0; 40]].concat();
    assert_eq!(failed(&extended, 4 * 1024, 10), Error::DecryptionFailed);
    assert_eq!(failed(&sealed[..PREFIX_BYTES], 0, 0), Error::DecryptionFailed);
    assert_eq!(failed(&sealed[..PREFIX_BYTES - 1], 0, 0), Error::Truncated);
    let mut header = sealed.clone();
    header[20] ^= 1;
    assert_eq!(failed(&header, 0, 0), Error::DecryptionFailed);
    // Beyond the end, and where offset and length overflow.
    let end = record.len() as u64;
    for (from, count) in
        [(end, 1), (end + 1, 0), (0, end + 1), (u64::MAX, 1), (1, u64::MAX), (u64::MAX, u64::MAX)]
    {
        assert_eq!(failed(&sealed, from, count), Error::OutOfRange);
    }
    assert_eq!(*key(1).open_range(&sealed, end, 0).unwrap(), [0u8; 0]);
    // An empty range needs no chunk, not even the one that it lies in.
    let mut damaged = sealed.clone();
    damaged[PREFIX_BYTES + 5] ^= 1;
    assert_eq!(failed(&damaged, 5, 1), Error::DecryptionFailed);
    assert_eq!(key(1).open_range(&damaged, 5, 0).unwrap().as_ref(), [0u8; 0]);
    let opened = key(1).open_range(&sealed, end - 1, 1).unwrap();
    assert_eq!(opened.as_ref(), &record[record.len() - 1..]);
}

#[test]
fn a_file_that_shrinks_while_a_range_is_opened_is_one_that_was_changed() {
    /// Says that it is longer than it is, as a file does that is cut after it was measured.
    struct Shrinking<'a>(Cursor<&'a [u8]>, u64);
    impl Read for Shrinking<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }
    impl Seek for Shrinking<'_> {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to).map(|at| if to == SeekFrom::End(0) { at + self.1 } else { at })
        }
    }
    let record = record(KIB + 10);
    let (sealed, _) = seal(&record);
    let open = |sealed, more| {
        let mut part = Vec::new();
        key(1)
            .open_range_stream(Shrinking(Cursor::new(sealed), more), KIB as u64, 10, &mut part)
            .map(|()| part)
    };
    assert_eq!(open(&sealed[..sealed.len() - 1], 1), Err(Error::DecryptionFailed));
    assert_eq!(open(&sealed, 0).unwrap(), record[KIB..]);
}

#[test]
fn a_file_that_cannot_be_read_is_not_one_that_was_changed() {
    /// Fails after so many reads.
    struct Broken<'a>(Cursor<&'a [u8]>, usize);
    impl Read for Broken<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = self.1.checked_sub(1).ok_or(io::ErrorKind::ConnectionReset)?;
            self.0.read(buffer)
        }
    }
    impl Seek for Broken<'_> {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }
    let record = record(KIB + 10);
    let (sealed, _) = seal(&record);
    let open = |reads| {
        let mut part = Vec::new();
        key(1)
            .open_range_stream(Broken(Cursor::new(&sealed[..]), reads), KIB as u64, 10, &mut part)
            .map(|()| part)
    };
    let mut failed = 0;
    while let Err(error) = open(failed) {
        assert_eq!(error, Error::Io(io::ErrorKind::ConnectionReset));
        failed += 1;
    }
    assert!(failed > 1);
    assert_eq!(open(failed).unwrap(), record[KIB..]);
}

// Digests.

#[test]
fn two_sealed_records_never_share_one_digest() {
    let record = record(2 * KIB + 10);
    let (sealed, receipt) = seal(&record);
    // Not even when they differ in a tag only, or in the header's tag, which no hash of the ciphertext covers.
    for byte in 0..sealed.len() {
        let mut other = sealed.clone();
        other[byte] ^= 1;
        assert_ne!(RecordDigest::of(&other), Ok(receipt.digest), "byte {byte}");
    }
    for cut in 0..sealed.len() {
        assert_ne!(RecordDigest::of(&sealed[..cut]), Ok(receipt.digest));
    }
    let mut exchanged = chunks(&sealed);
    exchanged.swap(0, 1);
    assert_ne!(RecordDigest::of(&reassembled(&sealed, &exchanged)), Ok(receipt.digest));
    assert_ne!(RecordDigest::of(&[&sealed[..], &[0]].concat()), Ok(receipt.digest));
    assert_eq!(RecordDigest::of(&sealed), Ok(receipt.digest));
}

#[test]
fn a_digest_of_bytes_that_no_record_has_is_refused() {
    let (sealed, receipt) = seal(&record(2 * KIB));
    for cut in 0..sealed.len() {
        let of_slice = RecordDigest::of(&sealed[..cut]);
        assert_eq!(
            of_slice,
            RecordDigest::of_stream(&sealed[..cut], 1, no_progress).map(|receipt| receipt.digest)
        );
        let body = cut.saturating_sub(PREFIX_BYTES);
        let possible = body == 32 || body % STRIDE > 32 || (body > 0 && body % STRIDE == 0);
        assert_eq!(of_slice.is_ok(), possible, "{cut}");
        assert!(possible || of_slice == Err(Error::Truncated));
    }
    assert_eq!(RecordDigest::of(&sealed), Ok(receipt.digest));
}

#[test]
fn a_record_of_another_digest_is_refused_and_never_released_whole() {
    // A store answers with another record that was sealed under the same key.
    let (sealed, receipt) = seal(&record(600 * KIB));
    let (_, announced) = key(1).seal(&record(600 * KIB), &small_chunks(), &mut rng(3)).unwrap();
    let mismatch = Error::DigestMismatch;
    for threads in [1, 3] {
        let options = OpenOptions::default().threads(threads).expect_digest(announced.digest);
        assert_eq!(key(1).open(&sealed, &options).unwrap_err(), mismatch);
        let mut released = Vec::new();
        assert_eq!(
            key(1).open_stream(&sealed[..], &mut released, &options, no_progress).unwrap_err(),
            mismatch
        );
        assert!(released.len() < 600 * KIB);
        let mut in_place = sealed.clone();
        assert_eq!(key(1).open_in_place(&mut in_place, &options).unwrap_err(), mismatch);
        assert!(in_place.is_empty());
        let options = options.expect_digest(receipt.digest);
        assert_eq!(*key(1).open(&sealed, &options).unwrap(), record(600 * KIB));
    }
}

#[test]
fn a_damaged_chunk_is_told_from_another_record() {
    let (mut sealed, receipt) = seal(&record(3 * KIB));
    let options = OpenOptions::default().expect_digest(receipt.digest);
    let open = |sealed: &[u8]| {
        let mut released = Vec::new();
        let opened = key(1).open_stream(sealed, &mut released, &options, no_progress);
        (released.len(), opened.map(|receipt| receipt.length))
    };
    let at = sealed.len() - 1;
    sealed[at] ^= 1;
    assert_eq!(open(&sealed), (2 * KIB, Err(Error::DecryptionFailed)));
    sealed[at] ^= 1;
    assert_eq!(open(&sealed), (3 * KIB, Ok(3 * KIB as u64)));
}

#[test]
fn a_keyed_summary_belongs_to_one_key_and_one_digest() {
    let (_, a) = seal(&record(100));
    let (_, b) = seal(&record(101));
    let summary = KeyedSummary::new(&key(1), &a.digest);
    assert_eq!(summary.verify(&key(1), &b.digest), Err(Error::DigestMismatch));
    assert_eq!(summary.verify(&key(2), &a.digest), Err(Error::DigestMismatch));
    for bit in 0..256 {
        let mut bytes = *summary.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(KeyedSummary::from(bytes).verify(&key(1), &a.digest), Err(Error::DigestMismatch));
    }
    assert_eq!(KeyedSummary::from(*summary.as_bytes()).verify(&key(1), &a.digest), Ok(()));
}

// Proofs of a chunk.

#[test]
fn a_chunk_is_proved_without_the_key() {
    for length in [0, 1, 1024, 5 * KIB + 10] {
        let (sealed, receipt) = seal(&record(length));
        let tree = ChunkTree::of_stream(&sealed[..], 2, no_progress).unwrap();
        assert_eq!((tree.digest(), tree.chunks()), (receipt.digest, chunks(&sealed).len() as u64));
        for (index, chunk) in chunks(&sealed).iter().enumerate() {
            let proof = tree.prove(index as u64).unwrap();
            let place = proof.sealed_range();
            assert_eq!(&sealed[place.start as usize..place.end as usize], *chunk);
            assert_eq!(proof.verify(&receipt.digest, chunk), Ok(()));
        }
        assert_eq!(tree.prove(tree.chunks()).unwrap_err(), Error::OutOfRange);
    }
}

#[test]
fn a_chunk_proof_holds_for_its_own_chunk_and_record_only() {
    let (sealed, receipt) = seal(&record(5 * KIB + 10));
    let tree = ChunkTree::of_stream(&sealed[..], 1, no_progress).unwrap();
    let (_, other) = seal(&record(5 * KIB + 11));
    let chunks = chunks(&sealed);
    for index in 0..6 {
        let proof = tree.prove(index as u64).unwrap();
        assert_eq!(proof.verify(&other.digest, chunks[index]), Err(Error::InvalidProof));
        for (wrong, chunk) in chunks.iter().enumerate() {
            assert_eq!(proof.verify(&receipt.digest, chunk).is_ok(), wrong == index);
        }
        for byte in [0, chunks[index].len() - 1] {
            let mut damaged = chunks[index].to_vec();
            damaged[byte] ^= 1;
            assert_eq!(proof.verify(&receipt.digest, &damaged), Err(Error::InvalidProof));
        }
        assert_eq!(proof.verify(&receipt.digest, &chunks[index][1..]), Err(Error::InvalidProof));
        assert_eq!(proof.verify(&receipt.digest, b""), Err(Error::InvalidProof));
        assert_eq!(proof.verify(&receipt.digest, chunks[index]), Ok(()));
    }
}

#[test]
fn a_chunk_of_another_length_is_not_proved_whatever_digest_was_announced() {
    // Whoever announces a digest can compute it over a chunk of 10 bytes in a record that is said to have 11.
    let (sealed, receipt) = seal(&record(10));
    let chunk = chunks(&sealed)[0];
    let honest = ChunkTree::of_stream(&sealed[..], 1, no_progress).unwrap().prove(0).unwrap();
    let mut bytes = honest.to_bytes();
    let length = 4 + PREFIX_BYTES + 7;
    assert_eq!(bytes[length], 10);
    bytes[length] = 11;
    let lying = ChunkProof::from_bytes(&bytes).unwrap();
    let (content, tag) = chunk.split_last_chunk::<TAG_BYTES>().unwrap();
    let mut tree = Frontier::new();
    tree.append_leaf(leaf_of(content, tag));
    let (header, _) = Header::split(&sealed).unwrap();
    let announced = RecordDigest::compute(&header, 11, &tree.root());
    assert_eq!(lying.verify(&announced, chunk), Err(Error::InvalidProof));
    assert_eq!(RecordDigest::compute(&header, 10, &tree.root()), receipt.digest);
    // Nor does a length decode whose sealed record would have no end: 2^54 chunks of a KiB.
    let chunk_count = 1u64 << 54;
    let fields = [u64::MAX.to_be_bytes(), 0u64.to_be_bytes(), chunk_count.to_be_bytes()].concat();
    let endless = [&bytes[..4 + PREFIX_BYTES], &fields, &[0; 4]].concat();
    assert_eq!(ChunkProof::from_bytes(&endless).unwrap_err(), Error::OutOfRange);
    assert_eq!(honest.verify(&receipt.digest, chunk), Ok(()));
}

#[test]
fn any_flipped_bit_of_a_chunk_proof_is_refused() {
    let (sealed, receipt) = seal(&record(5 * KIB + 10));
    let tree = ChunkTree::of_stream(&sealed[..], 1, no_progress).unwrap();
    let (proof, chunk) = (tree.prove(3).unwrap(), chunks(&sealed)[3]);
    let bytes = proof.to_bytes();
    for cut in 0..bytes.len() {
        assert_eq!(ChunkProof::from_bytes(&bytes[..cut]).unwrap_err(), Error::Truncated);
    }
    assert_eq!(ChunkProof::from_bytes(&[&bytes[..], &[0]].concat()).unwrap_err(), Error::TrailingBytes);
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        if let Ok(proof) = ChunkProof::from_bytes(&damaged) {
            assert_eq!(proof.to_bytes(), damaged);
            assert_eq!(proof.verify(&receipt.digest, chunk), Err(Error::InvalidProof), "bit {bit}");
        }
    }
    let decoded = ChunkProof::from_bytes(&bytes).unwrap();
    assert_eq!((decoded.to_bytes(), decoded.clone()), (bytes, proof));
    assert_eq!(decoded.verify(&receipt.digest, chunk), Ok(()));
}
