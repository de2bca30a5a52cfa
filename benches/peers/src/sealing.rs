//! Sealing of a record in memory, on one thread.

use std::io::{Read, Write};
use std::iter;

use aead_stream::{DecryptorBE32, EncryptorBE32};
use aes_gcm::{Aes256Gcm, KeyInit};
use age::x25519;
use medseal::record::{OpenOptions, RecordKey, SealOptions};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// The chunk size of all three.
const CHUNK: usize = 1 << 16;
const TAG: usize = 16;

pub struct Sealing {
    pub name: &'static str,
    pub seal: Box<dyn FnMut(&[u8]) -> Vec<u8>>,
    /// Opens a sealed record. A library may return it in a form that is wiped.
    pub open: Box<dyn Fn(&[u8]) -> Box<dyn AsRef<[u8]>>>,
}

pub fn all() -> Vec<Sealing> {
    vec![medseal(), aes_gcm(), age()]
}

fn medseal() -> Sealing {
    let mut rng = ChaCha20Rng::seed_from_u64(2026);
    let key = RecordKey::generate(&mut rng).unwrap();
    let same_key = RecordKey::from_bytes(&key.to_bytes()).unwrap();
    Sealing {
        name: "medseal",
        seal: Box::new(move |record| key.seal(record, &SealOptions::default(), &mut rng).unwrap().0),
        open: Box::new(move |sealed| Box::new(same_key.open(sealed, &OpenOptions::default()).unwrap())),
    }
}

fn aes_gcm() -> Sealing {
    let cipher = || Aes256Gcm::new(&[7; 32].into());
    Sealing {
        name: "aes-gcm, STREAM",
        seal: Box::new(move |record| {
            let mut stream = EncryptorBE32::from_aead(cipher(), &[0; 7].into());
            let next = |chunk: &mut Vec<u8>| stream.encrypt_next_in_place(b"", chunk).unwrap();
            let (mut sealed, mut last) = all_but_last(record, CHUNK, next);
            stream.encrypt_last_in_place(b"", &mut last).unwrap();
            sealed.extend_from_slice(&last);
            sealed
        }),
        open: Box::new(move |sealed| {
            let mut stream = DecryptorBE32::from_aead(cipher(), &[0; 7].into());
            let next = |chunk: &mut Vec<u8>| stream.decrypt_next_in_place(b"", chunk).unwrap();
            let (mut record, mut last) = all_but_last(sealed, CHUNK + TAG, next);
            stream.decrypt_last_in_place(b"", &mut last).unwrap();
            record.extend_from_slice(&last);
            Box::new(record)
        }),
    }
}

/// Works on each chunk except the last. Returns the results, with room for the last one, and the
/// last chunk.
fn all_but_last(data: &[u8], length: usize, mut work: impl FnMut(&mut Vec<u8>)) -> (Vec<u8>, Vec<u8>) {
    let mut done = Vec::with_capacity(data.len() + TAG * (data.len() / CHUNK + 1));
    let mut chunk = Vec::with_capacity(CHUNK + TAG);
    let mut chunks = data.chunks(length).peekable();
    while let Some(next) = chunks.next() {
        chunk.clear();
        chunk.extend_from_slice(next);
        if chunks.peek().is_some() {
            work(&mut chunk);
            done.extend_from_slice(&chunk);
        }
    }
    (done, chunk)
}

fn age() -> Sealing {
    let identity = x25519::Identity::generate();
    let recipient = identity.to_public();
    Sealing {
        name: "age",
        seal: Box::new(move |record| {
            let encryptor = age::Encryptor::with_recipients(iter::once(&recipient as _)).unwrap();
            let sealed = Vec::with_capacity(record.len() + TAG * (record.len() / CHUNK + 1) + 512);
            let mut writer = encryptor.wrap_output(sealed).unwrap();
            writer.write_all(record).unwrap();
            writer.finish().unwrap()
        }),
        open: Box::new(move |sealed| {
            let decryptor = age::Decryptor::new(sealed).unwrap();
            let mut reader = decryptor.decrypt(iter::once(&identity as _)).unwrap();
            let mut record = Vec::with_capacity(sealed.len());
            reader.read_to_end(&mut record).unwrap();
            Box::new(record)
        }),
    }
}
