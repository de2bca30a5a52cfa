//! A transcript absorbs labelled items and yields a digest, a scalar or bytes.
//!
//! Each item is encoded as `u32(len label) || label || u32(len item) || item`. Two different
//! sequences of items therefore never give the same bytes. The buffer is wiped when the transcript
//! is dropped, because hedged nonces absorb secrets.

use rand_core::{CryptoRng, RngCore};

use crate::codec::Writer;
use crate::curve::{G1Affine, G2Affine, Scalar, random_bytes, scalar_from_wide_bytes};
use crate::domain::{DigestTag, Label, ScalarTag};
use crate::error::Error;
use crate::hash::{hash_to_scalar, hmac, sha256};
use crate::kdf::kdf;
use crate::secret::{Secret, SecretKey};

/// An injective sequence of labelled items.
pub(crate) struct Transcript(Writer);

impl Transcript {
    pub(crate) fn new() -> Self {
        Self(Writer::new())
    }

    pub(crate) fn bytes(&mut self, label: &'static str, item: &[u8]) -> &mut Self {
        self.0.var(label.as_bytes());
        self.0.var(item);
        self
    }

    pub(crate) fn u64(&mut self, label: &'static str, item: u64) -> &mut Self {
        self.bytes(label, &item.to_be_bytes())
    }

    /// Absorbs a point, which may be secret.
    pub(crate) fn g1(&mut self, label: &'static str, item: &G1Affine) -> &mut Self {
        self.bytes(label, Secret::new(item.to_compressed()).as_slice())
    }

    pub(crate) fn g2(&mut self, label: &'static str, item: &G2Affine) -> &mut Self {
        self.bytes(label, Secret::new(item.to_compressed()).as_slice())
    }

    /// Absorbs each point under the same label.
    pub(crate) fn g1s(&mut self, label: &'static str, items: &[G1Affine]) -> &mut Self {
        items.iter().fold(self, |t, item| t.g1(label, item))
    }

    /// Absorbs each point under the same label.
    pub(crate) fn g2s(&mut self, label: &'static str, items: &[G2Affine]) -> &mut Self {
        items.iter().fold(self, |t, item| t.g2(label, item))
    }

    /// Absorbs a scalar, which may be secret.
    pub(crate) fn scalar(&mut self, label: &'static str, item: &Scalar) -> &mut Self {
        let bytes = Secret::new(item.to_bytes_be());
        self.bytes(label, bytes.as_slice())
    }

    /// Computes `SHA-256(u32(len tag) || tag || items)`.
    pub(crate) fn digest(&self, tag: DigestTag) -> [u8; 32] {
        sha256(&[&(tag.0.len() as u32).to_be_bytes(), tag.0, self.0.as_slice()])
    }

    /// Computes `hash_to_scalar(tag, items)`.
    pub(crate) fn challenge(&self, tag: ScalarTag) -> Scalar {
        hash_to_scalar(tag, self.0.as_slice())
    }

    /// Computes `kdf(items, label, "", N)`.
    pub(crate) fn derive<const N: usize>(&self, label: Label) -> Secret<[u8; N]> {
        kdf(self.0.as_slice(), label, &[])
    }

    /// Returns a generator for values that must stay secret and must not repeat for other
    /// items, even if `rng` fails or repeats itself. It expands 32 fresh random bytes
    /// together with the items.
    pub(crate) fn hedge(
        &mut self,
        tag: DigestTag,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Hedged, Error> {
        let random = random_bytes::<32>(rng)?;
        let key = Secret::new(self.bytes("random", random.as_slice()).digest(tag));
        Ok(Hedged { key, counter: 0 })
    }
}

/// Generates blocks `HMAC(key, counter)` of 32 bytes. The counter (u64, big-endian) starts at zero.
/// Each call starts a new block.
pub(crate) struct Hedged {
    key: SecretKey,
    counter: u64,
}

impl RngCore for Hedged {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_be_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_be_bytes(bytes)
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(32) {
            let block = Secret::new(hmac(&self.key, &[&self.counter.to_be_bytes()]));
            self.counter += 1;
            for (out, byte) in chunk.iter_mut().zip(block.iter()) {
                *out = *byte;
            }
        }
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(out);
        Ok(())
    }
}

impl CryptoRng for Hedged {}

/// Derives weights from a seed for equations that are checked as one: for each index, the
/// low 128 bits of `hash_to_scalar(tag, seed, index)`. If one of the equations is false, so
/// is their weighted sum, except with probability 2^-128. The seed must depend on
/// everything that is checked.
pub(crate) fn weights(tag: ScalarTag, seed: [u8; 32]) -> impl Iterator<Item = Scalar> {
    (0u32..).map(move |index| {
        let index = index.to_be_bytes();
        let wide = Transcript::new().bytes("seed", &seed).bytes("index", &index).challenge(tag);
        let bytes = wide.to_bytes_be();
        let (_, low) = bytes.split_at(16);
        scalar_from_wide_bytes(low)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ABS_BATCH_WEIGHT, ABS_STATEMENT, ABS_WEIGHT, AUTH_TRANSCRIPT, BLOCK};

    #[test]
    fn labels_boundaries_order_and_tag_are_hashed() {
        let digest = |items: &[(&'static str, &[u8])]| {
            let mut t = Transcript::new();
            for (label, item) in items {
                t.bytes(label, item);
            }
            (t.digest(AUTH_TRANSCRIPT), t.digest(BLOCK), t.challenge(ABS_STATEMENT).to_bytes_be())
        };
        let base = digest(&[("a", b"bc"), ("d", b"e")]);
        assert_ne!(base.0, base.1);
        for other in [
            digest(&[("ab", b"c"), ("d", b"e")]),
            digest(&[("a", b"b"), ("cd", b"e")]),
            digest(&[("d", b"e"), ("a", b"bc")]),
            digest(&[("a", b"bcde")]),
            digest(&[("a", b"bc"), ("d", b"e"), ("", b"")]),
        ] {
            assert!(base.0 != other.0 && base.1 != other.1 && base.2 != other.2);
        }
        assert_eq!(base, digest(&[("a", b"bc"), ("d", b"e")]));
    }

    #[test]
    fn weights_depend_on_tag_seed_index() {
        let first =
            |tag, seed| weights(tag, [seed; 32]).take(64).map(|w| w.to_bytes_be()).collect::<Vec<_>>();
        let own = first(ABS_WEIGHT, 1);
        for other in [first(ABS_WEIGHT, 2), first(ABS_BATCH_WEIGHT, 1), own[1..].to_vec()] {
            assert!(own.iter().zip(&other).all(|(one, other)| one != other));
        }
        // 128 bits, each of them in use.
        let used = |i: usize| own.iter().fold(0, |all, w| all | w[i]);
        assert!((0..16).all(|i| used(i) == 0) && (16..32).all(|i| used(i) == 0xff));
        assert_eq!(own, first(ABS_WEIGHT, 1));
    }
}
