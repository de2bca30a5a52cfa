//! Tells valgrind's memcheck which bytes are secret, that is *undefined*: it then reports every
//! branch and every address that depends on them. Langley, *ctgrind*, 2010.

use std::ptr;

use crabgrind::memcheck::{MemState, mark_memory};
use crabgrind::valgrind;
use medseal::rand_core::{self, CryptoRng, RngCore};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// Whether the program runs under memcheck.
pub(crate) fn is_watched() -> bool {
    valgrind::running_mode().is_valgrind()
}

/// The number of branches and addresses found to depend on secrets.
pub(crate) fn errors() -> usize {
    valgrind::count_errors()
}

fn mark<T: ?Sized>(value: &T, state: MemState) {
    mark_memory(ptr::from_ref(value).cast(), size_of_val(value), state).expect("valgrind is there");
}

/// Marks these bytes as secret from here on.
pub(crate) fn secret(bytes: &mut [u8]) {
    mark(bytes, MemState::Undefined);
}

/// Marks these bytes as public from here on, as sent bytes are.
pub(crate) fn public<T: AsRef<[u8]>>(bytes: T) -> T {
    mark(bytes.as_ref(), MemState::Defined);
    bytes
}

/// Marks a decision as public from here on: the caller acts on it.
pub(crate) fn decided<T>(decision: &T) {
    mark(decision, MemState::Defined);
}

/// A generator with secret output.
pub(crate) struct SecretRng(ChaCha20Rng);

impl SecretRng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }
}

impl RngCore for SecretRng {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
        secret(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for SecretRng {}
