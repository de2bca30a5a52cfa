//! A record, its division into pieces, and changes of its sealed bytes: all ways to seal give the
//! same bytes, all ways to open agree, and changed bytes do not open.

#![no_main]

use libfuzzer_sys::fuzz_target;
use medseal::record::{
    ChunkSize, OpenOptions, Opener, RecordDigest, RecordKey, SealOptions, Sealer, no_progress,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

// The first byte gives the numbers of pieces and changes. Two bytes for the length of each piece
// follow, then three for the place and value of each change. The rest, three times, is the record.
fuzz_target!(|input: &[u8]| {
    let Some((&first, input)) = input.split_first() else { return };
    let (pieces, changes) = (usize::from(first & 15), usize::from(first >> 4 & 3));
    let Some((pieces, input)) = input.split_at_checked(2 * pieces) else { return };
    let Some((changes, input)) = input.split_at_checked(3 * changes) else { return };
    let record = input.repeat(if first & 64 == 0 { 1 } else { 64 });
    let pieces: Vec<usize> =
        pieces.chunks(2).map(|two| usize::from(two[0]) << 8 | usize::from(two[1])).collect();

    let rng = || ChaCha20Rng::seed_from_u64(1);
    let key = RecordKey::generate(&mut rng()).unwrap();
    let options = SealOptions::default().chunk_size(ChunkSize::MIN);
    let (honest, receipt) = key.seal(&record, &options, &mut rng()).unwrap();
    let mut by_pieces = Vec::new();
    let mut sealer = Sealer::new(&key, ChunkSize::MIN, &mut rng()).unwrap();
    each_piece(&record, &pieces, |piece| sealer.update(piece, &mut by_pieces)).unwrap();
    assert_eq!(sealer.finish(&mut by_pieces).unwrap(), receipt);
    assert!(by_pieces == honest, "sealed in pieces it has other bytes");

    let mut sealed = honest.clone();
    for change in changes.chunks(3) {
        let place = (usize::from(change[0]) << 8 | usize::from(change[1])) % sealed.len().max(1);
        match change[2] {
            0 => sealed.truncate(place),
            1 => sealed.insert(place, 0),
            2 => sealed.extend_from_within(place..),
            3 => drop(sealed.drain(place..sealed.len().min(place + 1056))), // a chunk of the smallest size
            bits => sealed.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= bits),
        }
    }

    let whole = key.open(&sealed, &OpenOptions::default());
    assert_eq!(whole.is_ok(), sealed == honest, "what was changed opened, or what was not did not");
    let mut released = Vec::new();
    let mut opener = Opener::new(&key);
    let opened = each_piece(&sealed, &pieces, |piece| {
        let most = opener.most_released(piece.len());
        let before = released.len();
        let result = opener.update(piece, &mut released);
        assert!(released.len() - before <= most);
        result
    });
    let opened = opened.and_then(|()| opener.finish(&mut released));
    let mut streamed = Vec::new();
    let result = key.open_stream(&sealed[..], &mut streamed, &OpenOptions::default(), no_progress);
    assert!(
        record.starts_with(&released) && record.starts_with(&streamed),
        "bytes that are not the record's came out"
    );
    match whole {
        Ok(whole) => {
            assert!(*whole == record && released == record && streamed == record);
            assert_eq!((opened, result), (Ok(receipt), Ok(receipt)));
            assert_eq!(RecordDigest::of(&sealed).unwrap(), receipt.digest);
        }
        Err(_) => assert!(opened.is_err() && result.is_err()),
    }
});

fn each_piece<E>(
    bytes: &[u8],
    pieces: &[usize],
    mut take: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut rest = bytes;
    for &length in pieces {
        let (piece, after) = rest.split_at(length.min(rest.len()));
        take(piece)?;
        rest = after;
    }
    take(rest)
}
