//! Key derivation: HKDF-SHA-256 (RFC 5869) with the label as salt and the context as info.

use hkdf::Hkdf;
use sha2::Sha256;

use crate::domain::Label;
use crate::secret::Secret;

/// Computes `kdf(secret, label, context, N)`. `N` is at most 8,160, the limit of HKDF.
pub(crate) fn kdf<const N: usize>(secret: &[u8], label: Label, context: &[u8]) -> Secret<[u8; N]> {
    hkdf(secret, label.0.as_bytes(), context)
}

/// Computes HKDF-SHA-256, extract and expand.
pub(crate) fn hkdf<const N: usize>(secret: &[u8], salt: &[u8], info: &[u8]) -> Secret<[u8; N]> {
    const { assert!(N > 0 && N <= 255 * 32) };
    let mut out = Secret::<[u8; N]>::zeroed();
    let refused = Hkdf::<Sha256>::new(Some(salt), secret).expand(info, out.as_mut_slice()).is_err();
    debug_assert!(!refused, "N is within the limit of HKDF, as asserted above");
    out
}

/// Splits derived bytes into consecutive keys of 32 bytes.
pub(crate) fn split<const N: usize, const K: usize>(bytes: &Secret<[u8; N]>) -> [Secret<[u8; 32]>; K] {
    const { assert!(N == 32 * K) };
    let mut keys = core::array::from_fn(|_| Secret::<[u8; 32]>::zeroed());
    for (key, chunk) in keys.iter_mut().zip(bytes.chunks_exact(32)) {
        key.copy_from_slice(chunk);
    }
    keys
}
