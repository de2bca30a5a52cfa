//! An attacker's own writer of sealed records, under a record key that it knows: an uploader's, or
//! that of any reader who satisfies the policy. It chooses the numbers, ends and sizes of chunks,
//! and tags them correctly.

use aes::Aes256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};

use crate::ground::{header, hmac, keys, sha256};
use crate::merkle::prover::{leaf, mth};

/// The number of bytes before the first chunk, and the size of a tag.
pub(crate) const PREFIX: usize = 70;
pub(crate) const TAG: usize = 32;

pub(crate) struct Writer {
    header: Vec<u8>,
    k_enc: [u8; 32],
    k_mac: [u8; 32],
}

impl Writer {
    /// Writes under its own header.
    pub(crate) fn new(key: &[u8; 32], chunk_log2: u8, salt: &[u8; 32]) -> Self {
        Self::under(key, &[&header(0x39)[..], &[1, chunk_log2], salt].concat())
    }

    /// Writes under any header, such as the header of an existing record.
    pub(crate) fn under(key: &[u8; 32], header: &[u8]) -> Self {
        // (k_enc, k_mac) = kdf(record key, "record", header)
        let [k_enc, k_mac] = keys(key, "record", header);
        Self { header: header.to_vec(), k_enc, k_mac }
    }

    /// `header || HMAC(k_mac, "header" || header)`
    pub(crate) fn prefix(&self) -> Vec<u8> {
        let tag = hmac(&self.k_mac, &[b"header", &self.header]);
        [&self.header[..], &tag].concat()
    }

    /// Encrypts, and decrypts, the chunk that has this number.
    pub(crate) fn crypt(&self, number: u64, content: &[u8]) -> Vec<u8> {
        // ct_i = AES-256-CTR(k_enc, counter block i * 2^chunk_log2 / 16)(chunk i)
        let counter_block = (u128::from(number) << self.header[5] >> 4).to_be_bytes();
        let mut chunk = content.to_vec();
        Ctr128BE::<Aes256>::new(&self.k_enc.into(), &counter_block.into()).apply_keystream(&mut chunk);
        chunk
    }

    /// `ct_i || tag_i`
    pub(crate) fn chunk(&self, number: u64, last: bool, content: &[u8]) -> Vec<u8> {
        let ct = self.crypt(number, content);
        // tag_i = HMAC(k_mac, "chunk" || i || last || h_i)
        let tag = hmac(&self.k_mac, &[b"chunk", &number.to_be_bytes(), &[last.into()], &sha256(&[&ct])]);
        [ct, tag.to_vec()].concat()
    }

    /// The record in standard chunks.
    pub(crate) fn seal(&self, record: &[u8]) -> Vec<u8> {
        let count = record.len().div_ceil(1 << self.header[5]).max(1);
        let mut contents = record.chunks(1 << self.header[5]);
        let chunks = (0..count as u64).map(|number| {
            self.chunk(number, number + 1 == count as u64, contents.next().unwrap_or_default())
        });
        [self.prefix(), chunks.collect::<Vec<_>>().concat()].concat()
    }
}

/// `MTH({h_i || tag_i})`
pub(crate) fn leaf_of(chunk: &[u8]) -> [u8; 32] {
    let (ct, tag) = chunk.split_at(chunk.len() - TAG);
    leaf(&[&sha256(&[ct]), tag].concat())
}

/// The digest announced for these chunks and this claimed length.
pub(crate) fn digest(prefix: &[u8], length: u64, leaves: &[[u8; 32]]) -> [u8; 32] {
    // SHA-256("MEDSEAL-V1-RECORD" || header || header tag || length || root)
    sha256(&[b"MEDSEAL-V1-RECORD", prefix, &length.to_be_bytes(), &mth(leaves)])
}
