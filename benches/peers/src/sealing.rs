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

pub trait Sealing {
    fn name(&self) -> &'static str;
    fn seal(&mut self, record: &[u8]) -> Vec<u8>;
    /// Opens a sealed record. A library may return it in a form that is wiped.
    fn open(&mut self, sealed: &[u8]) -> Box<dyn AsRef<[u8]>>;
}

pub fn all() -> Vec<Box<dyn Sealing>> {
    let mut rng = ChaCha20Rng::seed_from_u64(2026);
    let key = RecordKey::generate(&mut rng).unwrap();
    vec![
        Box::new(Medseal { key, rng }),
        Box::new(AesGcm { key: [7; 32] }),
        Box::new(Age { identity: x25519::Identity::generate() }),
    ]
}

struct Medseal {
    key: RecordKey,
    rng: ChaCha20Rng,
}

impl Sealing for Medseal {
    fn name(&self) -> &'static str {
        "medseal"
    }
    fn seal(&mut self, record: &[u8]) -> Vec<u8> {
        self.key.seal(record, &SealOptions::default(), &mut self.rng).unwrap().0
    }
    fn open(&mut self, sealed: &[u8]) -> Box<dyn AsRef<[u8]>> {
        Box::new(self.key.open(sealed, &OpenOptions::default()).unwrap())
    }
}

struct AesGcm {
    key: [u8; 32],
}

impl Sealing for AesGcm {
    fn name(&self) -> &'static str {
        "aes-gcm, STREAM"
    }
    fn seal(&mut self, record: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(record.len() + TAG * (record.len() / CHUNK + 1));
        let mut stream = EncryptorBE32::from_aead(Aes256Gcm::new(&self.key.into()), &[0; 7].into());
        let mut chunks = record.chunks(CHUNK).peekable();
        let mut chunk = Vec::with_capacity(CHUNK + TAG);
        while let Some(next) = chunks.next() {
            chunk.clear();
            chunk.extend_from_slice(next);
            if chunks.peek().is_none() {
                stream.encrypt_last_in_place(b"", &mut chunk).unwrap();
                sealed.extend_from_slice(&chunk);
                break;
            }
            stream.encrypt_next_in_place(b"", &mut chunk).unwrap();
            sealed.extend_from_slice(&chunk);
        }
        sealed
    }
    fn open(&mut self, sealed: &[u8]) -> Box<dyn AsRef<[u8]>> {
        let mut record = Vec::with_capacity(sealed.len());
        let mut stream = DecryptorBE32::from_aead(Aes256Gcm::new(&self.key.into()), &[0; 7].into());
        let mut chunks = sealed.chunks(CHUNK + TAG).peekable();
        let mut chunk = Vec::with_capacity(CHUNK + TAG);
        while let Some(next) = chunks.next() {
            chunk.clear();
            chunk.extend_from_slice(next);
            if chunks.peek().is_none() {
                stream.decrypt_last_in_place(b"", &mut chunk).unwrap();
                record.extend_from_slice(&chunk);
                break;
            }
            stream.decrypt_next_in_place(b"", &mut chunk).unwrap();
            record.extend_from_slice(&chunk);
        }
        Box::new(record)
    }
}

struct Age {
    identity: x25519::Identity,
}

impl Sealing for Age {
    fn name(&self) -> &'static str {
        "age"
    }
    fn seal(&mut self, record: &[u8]) -> Vec<u8> {
        let recipient = self.identity.to_public();
        let encryptor = age::Encryptor::with_recipients(iter::once(&recipient as _)).unwrap();
        let sealed = Vec::with_capacity(record.len() + TAG * (record.len() / CHUNK + 1) + 512);
        let mut writer = encryptor.wrap_output(sealed).unwrap();
        writer.write_all(record).unwrap();
        writer.finish().unwrap()
    }
    fn open(&mut self, sealed: &[u8]) -> Box<dyn AsRef<[u8]>> {
        let decryptor = age::Decryptor::new(sealed).unwrap();
        let mut reader = decryptor.decrypt(iter::once(&self.identity as _)).unwrap();
        let mut record = Vec::with_capacity(sealed.len());
        reader.read_to_end(&mut record).unwrap();
        Box::new(record)
    }
}
