//! Sealed records that were changed, cut, extended or exchanged, and ways in that must agree.

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use super::header::PREFIX_BYTES;
use super::*;
use crate::error::Error;

const KIB: usize = 1024;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn key(seed: u64) -> RecordKey {
    RecordKey::generate(&mut rng(seed)).unwrap()
}

fn record(length: usize) -> Vec<u8> {
    let mut record = vec![0; length];
    rng(length as u64).fill_bytes(&mut record);
    record
}

fn small_chunks() -> SealOptions {
    SealOptions::default().chunk_size(ChunkSize::MIN)
}

fn seal(record: &[u8], options: &SealOptions) -> (Vec<u8>, Receipt) {
    key(1).seal(record, options, &mut rng(2)).unwrap()
}

fn open(sealed: &[u8]) -> Result<Vec<u8>, Error> {
    key(1).open(sealed, &OpenOptions::default()).map(|record| record.to_vec())
}

#[test]
fn what_is_sealed_opens_and_its_length_is_known() {
    for length in [0, 1, 15, 16, 1023, 1024, 1025, 2047, 2048, 2049, 10 * KIB + 7] {
        let record = record(length);
        let (sealed, receipt) = seal(&record, &small_chunks());
        let chunks = length.div_ceil(KIB).max(1);
        assert_eq!(sealed.len(), PREFIX_BYTES + length + 32 * chunks);
        assert_eq!((receipt.length, receipt.sealed_length), (length as u64, sealed.len() as u64));
        assert_eq!(RecordDigest::of(&sealed).unwrap(), receipt.digest);
        assert_eq!(open(&sealed).unwrap(), record);
    }
}
