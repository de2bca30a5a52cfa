//! Attackers who know the record key and can tag anything: an uploader, or a reader. They
//! cannot make a second form of one record, a record that opens under two keys, or a substitute
//! for an announced record.

use medseal::Error;
use medseal::Threads;
use medseal::record::{ChunkSize, OpenOptions, RecordDigest, no_progress, opened_length};

use super::writer::{PREFIX, Writer, digest, leaf_of};
use super::{KEY, KIB, chunks, key, opens, record, refused, released, seal};

/// An insider's chunks: number, whether it is marked as the last, and content.
type Chunks<'a> = Vec<(u64, bool, &'a [u8])>;

#[test]
fn key_holders_cannot_chunk_a_record_twice() {
    let writer = Writer::new(&KEY, 10, &[9; 32]);
    let record = record(2 * KIB);
    let (a, b) = record.split_at(KIB);
    let written = |chunks: &Chunks<'_>| {
        let chunks = chunks.iter().map(|(number, last, content)| writer.chunk(*number, *last, content));
        [writer.prefix(), chunks.collect::<Vec<_>>().concat()].concat()
    };
    // With the number of bytes released before the fault shows.
    let chunkings: [(&str, Chunks<'_>, usize); 14] = [
        ("an empty chunk at the end", vec![(0, false, a), (1, false, b), (2, true, b"")], 2 * KIB),
        ("an empty chunk in the middle", vec![(0, false, a), (1, false, b""), (2, true, b)], KIB),
        ("an empty chunk at the front", vec![(0, false, b""), (1, false, a), (2, true, b)], 0),
        (
            "a short chunk in the middle",
            vec![(0, false, &a[..1000]), (1, false, &a[1000..]), (2, true, b)],
            0,
        ),
        ("a long chunk", vec![(0, true, &record)], 0),
        ("a chunk that is too long by a byte", vec![(0, false, &record[..KIB + 1]), (1, true, &b[1..])], 0),
        ("none is the last", vec![(0, false, a), (1, false, b)], KIB),
        ("each is the last", vec![(0, true, a), (1, true, b)], 0),
        ("the last is not at the end", vec![(0, true, a), (1, false, b)], 0),
        ("a number is left out", vec![(0, false, a), (2, true, b)], KIB),
        ("a number comes twice", vec![(0, false, a), (0, true, b)], KIB),
        ("numbers from one", vec![(1, false, a), (2, true, b)], 0),
        ("the other way round", vec![(1, true, b), (0, false, a)], 0),
        ("no chunk at all", vec![], 0),
    ];
    for (what, chunks, released) in chunkings {
        println!("{what}");
        refused(&written(&chunks), &record[..released], Error::DecryptionFailed);
    }
    // An empty record has one chunk, and not two.
    refused(&written(&vec![(0, false, b""), (1, true, b"")]), b"", Error::DecryptionFailed);
    opens(&written(&vec![(0, true, b"")]), b"");
    opens(&written(&vec![(0, false, a), (1, true, b)]), &record);
    // A second chunking, with an empty last chunk, has no digest.
    let emptied = written(&vec![(0, false, a), (1, false, b), (2, true, b"")]);
    assert_eq!(RecordDigest::of(&emptied), Err(Error::Truncated));
    assert_eq!(RecordDigest::of_stream(&emptied[..], Threads::ONE, no_progress), Err(Error::Truncated));
}

#[test]
fn key_holders_rewriting_chunks_change_the_digest() {
    let record = record(5000);
    let sealed = seal(&record, 2);
    let announced = RecordDigest::of(&sealed).unwrap();
    let salt: [u8; 32] = sealed[6..38].try_into().unwrap();
    let mut digests = vec![announced];
    for log2 in 11..=24 {
        let other = Writer::new(&KEY, log2, &salt).seal(&record);
        opens(&other, &record);
        let options = OpenOptions::default().expect_digest(announced);
        assert_eq!(key(&KEY).open(&other, &options).unwrap_err(), Error::DigestMismatch);
        let digest = RecordDigest::of(&other).unwrap();
        assert!(!digests.contains(&digest));
        digests.push(digest);
    }
    // The key depends on the bytes before the chunks: no chunk fits into another record.
    let other = Writer::new(&KEY, 11, &salt).seal(&record);
    refused(&[&other[..PREFIX], &sealed[PREFIX..]].concat(), b"", Error::DecryptionFailed);
    assert_eq!(Writer::new(&KEY, 10, &salt).seal(&record), sealed);
}

#[test]
fn key_holders_cannot_write_unknown_headers() {
    let record = record(2 * KIB);
    for log2 in 0..=255 {
        let header = [b"MS\x01\x39\x01".as_slice(), &[log2], &[9; 32]].concat();
        let writer = Writer::under(&KEY, &header);
        if (10..=24).contains(&log2) {
            opens(&writer.seal(&record), &record);
        } else {
            let sealed = [writer.prefix(), vec![0; 32]].concat();
            refused(&sealed, b"", Error::InvalidField);
            assert_eq!(RecordDigest::of(&sealed), Err(Error::InvalidField));
        }
        assert_eq!(ChunkSize::from_log2(log2).is_ok(), (10..=24).contains(&log2));
    }
    for suite in (0..=255).filter(|suite| *suite != 1) {
        let header = [b"MS\x01\x39".as_slice(), &[suite, 10], &[9; 32]].concat();
        refused(&Writer::under(&KEY, &header).seal(&record), b"", Error::InvalidField);
    }
}

#[test]
fn no_record_opens_under_two_keys() {
    let keys = [KEY, [2; 32]];
    let writers = keys.map(|key| Writer::new(&key, 10, &[9; 32]));
    let record = record(KIB + 100);
    let (a, b) = record.split_at(KIB);
    let mut opened = 0;
    // Header's tag, first chunk and last chunk, each made with either key, and opened with either.
    for choice in 0..8 {
        let [header, first, last] = [0, 1, 2].map(|bit| &writers[choice >> bit & 1]);
        let sealed = [header.prefix(), first.chunk(0, false, a), last.chunk(1, true, b)].concat();
        for (holder, key) in keys.iter().map(key).enumerate() {
            let right = choice == 7 * holder;
            assert_eq!(key.open(&sealed, &OpenOptions::default()).is_ok(), right);
            opened += usize::from(right);
            // With the other's header no chunk is released, although it may have this key's tag.
            for (part, _) in released(&key, &sealed) {
                assert!(choice & 1 == holder || part.is_empty());
            }
        }
    }
    assert_eq!(opened, 2);
}

#[test]
fn an_announced_record_is_not_replaced() {
    let announced = record(600 * KIB);
    let mut forged = announced.clone();
    forged[300 * KIB] ^= 1;
    let sealed = seal(&announced, 2);
    let digest = RecordDigest::of(&sealed).unwrap();
    // Under the same header with all chunks but one equal, under another header, and
    // truncated to a valid end.
    let under_its_header = Writer::under(&KEY, &sealed[..38]);
    let forgeries = [
        under_its_header.seal(&forged),
        Writer::new(&KEY, 10, &[9; 32]).seal(&announced),
        under_its_header.seal(&announced[..300 * KIB]),
        under_its_header.seal(&[&announced[..], b"!"].concat()),
    ];
    for (threads, forgery) in [1, 3].iter().flat_map(|threads| forgeries.each_ref().map(|f| (*threads, f))) {
        let options = OpenOptions::default().threads(Threads::new(threads));
        key(&KEY).open(forgery, &options).unwrap();
        let options = options.expect_digest(digest);
        assert_eq!(key(&KEY).open(forgery, &options).unwrap_err(), Error::DigestMismatch);
        let mut in_place = forgery.clone();
        assert_eq!(key(&KEY).open_in_place(&mut in_place, &options).unwrap_err(), Error::DigestMismatch);
        assert!(in_place.is_empty());
        let mut buffer = vec![7; opened_length(forgery).unwrap() as usize];
        let opened = key(&KEY).open_into(forgery, &mut buffer, &options);
        assert_eq!(opened.unwrap_err(), Error::DigestMismatch);
        assert!(buffer.iter().all(|byte| *byte == 0));
        // A stream writes the verified chunks, and never the whole record.
        let mut released = Vec::new();
        let opened = key(&KEY).open_stream(&forgery[..], &mut released, &options, no_progress);
        assert_eq!(opened.unwrap_err(), Error::DigestMismatch);
        assert!(released.len() < buffer.len());
    }
    // A damaged chunk is distinguished from another record.
    let mut damaged = sealed.clone();
    damaged[PREFIX] ^= 1;
    let options = OpenOptions::default().expect_digest(digest);
    assert_eq!(key(&KEY).open(&damaged, &options).unwrap_err(), Error::DecryptionFailed);
    assert_eq!(under_its_header.seal(&announced), sealed);
    assert_eq!(*key(&KEY).open(&sealed, &options).unwrap(), announced);
}

#[test]
fn key_holders_compute_the_same_digests() {
    // This shows that the refusals above are due to the lie.
    for length in [0, 1, 1024, 5 * KIB + 10] {
        let sealed = Writer::new(&KEY, 10, &[9; 32]).seal(&record(length));
        let leaves = chunks(&sealed).into_iter().map(leaf_of).collect::<Vec<_>>();
        let announced = digest(&sealed[..PREFIX], length as u64, &leaves);
        assert_eq!(*RecordDigest::of(&sealed).unwrap().as_bytes(), announced);
    }
}
