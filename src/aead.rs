//! Authenticated encryption of one message under one key: AES-256-CTR, then HMAC-SHA-256.
//!
//! ```text
//! (k_e, k_m) = kdf(k, "seal", "", 64)
//! ct  = AES-256-CTR(k_e, counter block 0)(p)
//! tag = HMAC(k_m, u64(len aad) || aad || ct)
//! ```
//! The counter starts at zero under every key. This is sound because **a key seals exactly one
//! message**: [`seal`] takes it by value, and each use in this crate derives a fresh one.

use aes::Aes256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use zeroize::Zeroizing;

use crate::domain::SEAL;
use crate::error::Error;
use crate::hash;
use crate::kdf::{kdf, split};
use crate::secret::{Secret, SecretKey};

/// The number of bytes that sealing adds to a message.
pub(crate) const OVERHEAD: usize = 32;

/// AES-256-CTR from a 128-bit big-endian counter block.
pub(crate) type Aes256Ctr = Ctr128BE<Aes256>;

/// Seals one message, and consumes the key.
pub(crate) fn seal(key: SecretKey, aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let [k_e, k_m] = keys(&key);
    let mut sealed = Vec::with_capacity(plaintext.len() + OVERHEAD);
    sealed.extend_from_slice(plaintext);
    apply_keystream(&k_e, &mut sealed);
    let tag = tag(&k_m, aad, &sealed);
    sealed.extend_from_slice(&tag);
    sealed
}

/// Opens a sealed message. Verifies first, in constant time, and releases nothing if this fails.
pub(crate) fn open(key: &SecretKey, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (ciphertext, received) = sealed.split_last_chunk::<OVERHEAD>().ok_or(Error::DecryptionFailed)?;
    let [k_e, k_m] = keys(key);
    if !hash::equal(&tag(&k_m, aad, ciphertext), received) {
        return Err(Error::DecryptionFailed);
    }
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    apply_keystream(&k_e, &mut plaintext);
    Ok(plaintext)
}

fn keys(key: &SecretKey) -> [SecretKey; 2] {
    split(&kdf::<64>(key.as_slice(), SEAL, b""))
}

fn apply_keystream(k_e: &SecretKey, data: &mut [u8]) {
    Aes256Ctr::new((&**k_e).into(), &[0; 16].into()).apply_keystream(data);
}

fn tag(k_m: &Secret<[u8; 32]>, aad: &[u8], ciphertext: &[u8]) -> [u8; 32] {
    hash::hmac(k_m, &[&(aad.len() as u64).to_be_bytes(), aad, ciphertext])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SecretKey {
        Secret::new([byte; 32])
    }

    #[test]
    fn rejects_any_bit_key_or_length_change() {
        let sealed = seal(key(1), b"aad", b"plaintext");
        for i in 0..sealed.len() * 8 {
            let mut damaged = sealed.clone();
            damaged[i / 8] ^= 1 << (i % 8);
            assert_eq!(open(&key(1), b"aad", &damaged).unwrap_err(), Error::DecryptionFailed);
        }
        for cut in 0..sealed.len() {
            assert_eq!(open(&key(1), b"aad", &sealed[..cut]).unwrap_err(), Error::DecryptionFailed);
        }
        assert_eq!(open(&key(2), b"aad", &sealed).unwrap_err(), Error::DecryptionFailed);
        assert_eq!(open(&key(1), b"aae", &sealed).unwrap_err(), Error::DecryptionFailed);
        // The boundary between aad and ciphertext is covered.
        let moved = [b"d".as_slice(), &sealed].concat();
        assert_eq!(open(&key(1), b"aa", &moved).unwrap_err(), Error::DecryptionFailed);
        assert_eq!(*open(&key(1), b"aad", &sealed).unwrap(), b"plaintext");
    }
}
