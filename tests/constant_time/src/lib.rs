//! Tells valgrind's memcheck which bytes are secret, that is *undefined*: it then reports every branch and every address
//! that depends on them. Langley, *ctgrind*, 2010.

use std::arch::asm;

use medseal::rand_core::{self, CryptoRng, RngCore};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

#[cfg(not(target_arch = "x86_64"))]
compile_error!("the requests to valgrind are written for x86-64");

const RUNNING_ON_VALGRIND: u64 = 0x1001;
const COUNT_ERRORS: u64 = 0x1201;
const MAKE_MEM_UNDEFINED: u64 = (b'M' as u64) << 24 | (b'C' as u64) << 16 | 1;
const MAKE_MEM_DEFINED: u64 = MAKE_MEM_UNDEFINED + 1;

/// A request to valgrind, as its manual describes them: four rotations that do nothing, and an exchange of a register with
/// itself. Without valgrind the answer is zero.
fn request(number: u64, address: *const u8, length: usize) -> u64 {
    let arguments = [number, address as u64, length as u64, 0, 0, 0];
    let mut answer = 0_u64;
    // SAFETY: a processor does nothing here; valgrind reads the six words and writes the answer.
    unsafe {
        asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            in("rax") arguments.as_ptr(),
            inout("rdx") answer,
            options(nostack),
        );
    }
    answer
}

/// Whether anybody hears the requests.
pub fn is_watched() -> bool {
    request(RUNNING_ON_VALGRIND, std::ptr::null(), 0) > 0
}

/// How many branches and addresses have been found to depend on secrets.
pub fn errors() -> u64 {
    request(COUNT_ERRORS, std::ptr::null(), 0)
}

/// From here on these bytes are secret.
pub fn secret(bytes: &mut [u8]) {
    request(MAKE_MEM_UNDEFINED, bytes.as_ptr(), bytes.len());
}

/// From here on these bytes are public, as what is sent is.
pub fn public<T: AsRef<[u8]>>(bytes: T) -> T {
    request(MAKE_MEM_DEFINED, bytes.as_ref().as_ptr(), bytes.as_ref().len());
    bytes
}

/// From here on it is public what was decided: whoever asked will act on it.
pub fn decided<T>(decision: &T) {
    request(MAKE_MEM_DEFINED, std::ptr::from_ref(decision).cast(), size_of::<T>());
}

/// A generator all of whose bytes are secret.
pub struct SecretRng(ChaCha20Rng);

impl SecretRng {
    pub fn new(seed: u64) -> Self {
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
