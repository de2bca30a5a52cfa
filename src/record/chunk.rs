//! One chunk: its keystream, its hash, its tag and its leaf in the digest.
//!
//! The ciphertext is hashed once: `h_i` feeds both the tag and the leaf.

use aes::Aes256Enc;
use ctr::cipher::{InnerIvInit, KeyInit, StreamCipher};
use ctr::{Ctr128BE, CtrCore};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use super::header::{ChunkSize, Header, TAG_BYTES};
use super::key::RecordKey;
use crate::domain::{KDF_RECORD, MAC_CHUNK, MAC_HEADER};
use crate::error::Error;
use crate::hash::{equal, hmac_state};
use crate::kdf::{kdf, split};
use crate::merkle::{Hash, leaf_hash};

/// Encryption and hashing alternate on pieces of this size: the hash then finds the ciphertext in
/// the first-level cache.
pub(super) const PIECE_BYTES: usize = 4096;

const CACHE_LINE_BYTES: usize = 64;

/// The keystream of a record from the beginning of a chunk on.
pub(super) type Keystream = Ctr128BE<Aes256Enc>;

/// The expanded keys of one record.
pub(super) struct ChunkCipher {
    cipher: Aes256Enc,
    mac: Hmac<Sha256>,
    pub(super) chunk_size: ChunkSize,
}

impl ChunkCipher {
    fn derive(key: &RecordKey, header: &Header) -> Self {
        // (k_enc, k_mac) = kdf(record_key, "record", header)
        let [k_enc, k_mac] = split(&kdf::<64>(key.0.as_slice(), KDF_RECORD, &header.bytes));
        let cipher = Aes256Enc::new((&*k_enc).into());
        Self { cipher, mac: hmac_state(&k_mac), chunk_size: header.chunk_size }
    }

    /// Derives the keys for sealing, and computes the header's tag.
    pub(super) fn sealing(key: &RecordKey, header: &mut Header) -> Self {
        let cipher = Self::derive(key, header);
        header.tag = cipher.header_tag(header);
        cipher
    }

    /// Derives the keys for opening, and verifies the header's tag. This also verifies that
    /// `key` is the record's key.
    pub(super) fn opening(key: &RecordKey, header: &Header) -> Result<Self, Error> {
        let cipher = Self::derive(key, header);
        if equal(&cipher.header_tag(header), &header.tag) { Ok(cipher) } else { Err(Error::DecryptionFailed) }
    }

    /// Computes `HMAC(k_mac, "header" || header)`.
    fn header_tag(&self, header: &Header) -> [u8; TAG_BYTES] {
        let mac = self.mac.clone().chain_update(MAC_HEADER.0).chain_update(header.bytes);
        mac.finalize().into_bytes().into()
    }

    /// Computes `HMAC(k_mac, "chunk" || i (u64) || last (u8) || h_i)`.
    fn chunk_tag(&self, index: u64, last: bool, h: &Hash) -> [u8; TAG_BYTES] {
        let mac = self.mac.clone().chain_update(MAC_CHUNK.0).chain_update(index.to_be_bytes());
        mac.chain_update([u8::from(last)]).chain_update(h).finalize().into_bytes().into()
    }

    /// Returns the keystream from the beginning of chunk `index` on. It continues
    /// through the following chunks.
    pub(super) fn keystream(&self, index: u64) -> Keystream {
        let counter_block = self.chunk_size.counter_block(index);
        Keystream::from_core(CtrCore::inner_iv_init(self.cipher.clone(), &counter_block.into()))
    }

    /// Encrypts a chunk in place, writes its tag and returns its leaf.
    pub(super) fn seal(
        &self,
        keystream: &mut Keystream,
        index: u64,
        last: bool,
        (chunk, tag): (&mut [u8], &mut [u8; TAG_BYTES]),
    ) -> Hash {
        let mut hash = Sha256::new();
        for piece in chunk.chunks_mut(PIECE_BYTES) {
            keystream.apply_keystream(piece);
            hash.update(piece);
        }
        self.end_chunk(index, last, hash, tag)
    }

    /// Encrypts as [`seal`](Self::seal) does, from a separate plaintext of the same length.
    pub(super) fn seal_from(
        &self,
        keystream: &mut Keystream,
        index: u64,
        last: bool,
        record: &[u8],
        (chunk, tag): (&mut [u8], &mut [u8; TAG_BYTES]),
    ) -> Hash {
        let mut hash = Sha256::new();
        for (record, piece) in record.chunks(PIECE_BYTES).zip(chunk.chunks_mut(PIECE_BYTES)) {
            keystream.apply_keystream_b2b(record, piece);
            hash.update(piece);
        }
        self.end_chunk(index, last, hash, tag)
    }

    /// Writes the tag of a chunk whose ciphertext has been hashed into
    /// `hash`, and returns its leaf.
    pub(super) fn end_chunk(&self, index: u64, last: bool, hash: Sha256, tag: &mut [u8; TAG_BYTES]) -> Hash {
        let h = hash.finalize().into();
        *tag = self.chunk_tag(index, last, &h);
        leaf(&h, tag)
    }

    /// Verifies an encrypted chunk and returns its leaf. The caller must not
    /// decrypt before this succeeds.
    pub(super) fn verify(
        &self,
        index: u64,
        last: bool,
        chunk: &[u8],
        tag: &[u8; TAG_BYTES],
    ) -> Result<Hash, Error> {
        self.judge(index, last, chunk.is_empty(), &Sha256::digest(chunk).into(), tag)
    }

    /// Verifies an encrypted chunk, decrypts it to `record`, which has the same
    /// length, and returns its leaf.
    pub(super) fn open_into(
        &self,
        keystream: &mut Keystream,
        index: u64,
        last: bool,
        (chunk, tag): (&[u8], &[u8; TAG_BYTES]),
        record: &mut [u8],
    ) -> Result<Hash, Error> {
        let mut hash = Sha256::new();
        for (piece, record) in chunk.chunks(PIECE_BYTES).zip(record.chunks_mut(PIECE_BYTES)) {
            // Touch a byte in each cache line: the lines are then loaded
            // while the hash is computed.
            record.iter_mut().step_by(CACHE_LINE_BYTES).for_each(|byte| *byte = 0);
            hash.update(piece);
        }
        let leaf = self.judge(index, last, chunk.is_empty(), &hash.finalize().into(), tag)?;
        keystream.apply_keystream_b2b(chunk, record);
        Ok(leaf)
    }

    /// Verifies and decrypts the chunks from position `start` to the end of `bytes`, in order, and
    /// moves them together at the front, until one does not verify. `first` is the index of the
    /// first, and `last` says whether the record ends with these bytes. `opened` counts the
    /// decrypted bytes, and `sink` receives the leaves.
    pub(super) fn open_in_place(
        &self,
        bytes: &mut [u8],
        mut start: usize,
        first: u64,
        last: bool,
        opened: &mut usize,
        mut sink: impl FnMut(Hash),
    ) -> Result<(), Error> {
        let mut keystream = self.keystream(first);
        for index in first.. {
            let end = bytes.len().min(start + self.chunk_size.stride());
            let sealed = bytes.get(start..end).unwrap_or_default();
            let (chunk, tag) = sealed.split_last_chunk().ok_or(Error::DecryptionFailed)?;
            let length = chunk.len();
            sink(self.verify(index, last && end == bytes.len(), chunk, tag)?);
            if start != *opened {
                bytes.copy_within(start..start + length, *opened);
            }
            keystream.apply_keystream(bytes.get_mut(*opened..*opened + length).unwrap_or_default());
            (*opened, start) = (*opened + length, end);
            if end == bytes.len() {
                break;
            }
        }
        Ok(())
    }

    /// Returns the leaf of an encrypted chunk with hash `h`, if its tag is right.
    fn judge(
        &self,
        index: u64,
        last: bool,
        empty: bool,
        h: &Hash,
        tag: &[u8; TAG_BYTES],
    ) -> Result<Hash, Error> {
        // A record has one division into chunks: an empty chunk occurs only in an empty record.
        let proper = !empty || index == 0;
        if equal(&self.chunk_tag(index, last, h), tag) && proper {
            Ok(leaf(h, tag))
        } else {
            Err(Error::DecryptionFailed)
        }
    }
}

/// Returns the leaf of a chunk in the digest's tree: the leaf hash of the entry `h_i || tag_i`.
fn leaf(h: &Hash, tag: &[u8; TAG_BYTES]) -> Hash {
    leaf_hash([h, tag])
}

/// Returns the leaf of a chunk, from its encrypted bytes.
pub(super) fn leaf_of(chunk: &[u8], tag: &[u8; TAG_BYTES]) -> Hash {
    leaf(&Sha256::digest(chunk).into(), tag)
}
