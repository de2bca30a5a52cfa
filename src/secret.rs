//! A value that is wiped when dropped, is not copied, is not printed and is
//! compared in constant time.

use core::fmt;
use core::ops::{Deref, DerefMut};

use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, optimization_barrier};

use crate::error::Error;

/// A type that can be overwritten with zeros.
pub(crate) trait Wipe {
    fn wipe(&mut self);
}

/// Owns a secret: bytes, a scalar or a group element.
pub(crate) struct Secret<T: Wipe>(T);

impl<T: Wipe> Secret<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T: Wipe> Deref for Secret<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Wipe> DerefMut for Secret<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Wipe> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl<T: Wipe> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl<const N: usize> ConstantTimeEq for Secret<[u8; N]> {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.as_slice().ct_eq(other.0.as_slice())
    }
}

/// Thirty-two secret bytes.
pub(crate) type SecretKey = Secret<[u8; 32]>;

impl<const N: usize> Secret<[u8; N]> {
    pub(crate) fn zeroed() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Wipe for [u8; N] {
    fn wipe(&mut self) {
        self.zeroize();
    }
}

impl<const N: usize> Wipe for [u64; N] {
    fn wipe(&mut self) {
        self.zeroize();
    }
}

/// Collects items into a vector with room for all of them: a vector that grows leaves copies
/// of its secrets behind.
pub(crate) fn collect<T>(items: impl ExactSizeIterator<Item = Result<T, Error>>) -> Result<Vec<T>, Error> {
    let mut collected = Vec::with_capacity(items.len());
    for item in items {
        collected.push(item?);
    }
    Ok(collected)
}

/// Overwrites bytes at the speed of a fill. Overwriting them one by one, as `zeroize` does, takes a
/// third of the time of opening a record.
pub(crate) fn wipe_bytes(bytes: &mut [u8]) {
    bytes.fill(0);
    optimization_barrier(bytes);
}

/// Wipes the whole allocation, including spare capacity.
impl Wipe for Vec<u8> {
    fn wipe(&mut self) {
        self.clear();
        self.resize(self.capacity(), 0);
        optimization_barrier(self.as_slice());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wiping_clears_bytes() {
        let mut bytes = [7u8; 32];
        bytes.wipe();
        assert_eq!(bytes, [0; 32]);
        let mut bytes = [7u8; 100];
        wipe_bytes(&mut bytes);
        assert_eq!(bytes, [0; 100]);
    }

    #[test]
    fn wiping_clears_a_vector_beyond_its_end() {
        let mut bytes = Vec::with_capacity(100);
        bytes.extend_from_slice(&[7u8; 50]);
        bytes.truncate(10);
        let (place, capacity) = (bytes.as_ptr(), bytes.capacity());
        bytes.wipe();
        assert_eq!((bytes.as_ptr(), bytes.len()), (place, capacity));
        assert!(bytes.iter().all(|byte| *byte == 0));
    }
}
