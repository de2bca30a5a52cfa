//! Generators and points for tests.

use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};

use super::{G1_BYTES, G2_BYTES, decode_g1, decode_g2};
use crate::error::Error;

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// A generator that fails. It panics if a caller does not let it report the failure.
pub(crate) struct Broken;

impl CryptoRng for Broken {}

impl RngCore for Broken {
    fn next_u32(&mut self) -> u32 {
        panic!("cannot report a failure")
    }

    fn next_u64(&mut self) -> u64 {
        panic!("cannot report a failure")
    }

    fn fill_bytes(&mut self, _: &mut [u8]) {
        panic!("cannot report a failure")
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), rand_core::Error> {
        Err(core::num::NonZeroU32::MIN.into())
    }
}

/// The identity, compressed.
pub(crate) fn identity<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    bytes[0] = 0xc0;
    bytes
}

/// The compressed form with this x-coordinate, which need not be on the curve.
pub(crate) fn small_x<const N: usize>(x: u8) -> [u8; N] {
    let mut bytes = [0; N];
    (bytes[0], bytes[N - 1]) = (0x80, x);
    bytes
}

/// A point on the curve but outside the subgroup of G1.
pub(crate) fn outside_g1() -> [u8; G1_BYTES] {
    let is_outside = |bytes: &[u8; G1_BYTES]| decode_g1(bytes) == Err(Error::PointNotInSubgroup);
    (0..=255).map(small_x).find(is_outside).unwrap()
}

/// A point on the curve but outside the subgroup of G2.
pub(crate) fn outside_g2() -> [u8; G2_BYTES] {
    let is_outside = |bytes: &[u8; G2_BYTES]| decode_g2(bytes) == Err(Error::PointNotInSubgroup);
    (0..=255).map(small_x).find(is_outside).unwrap()
}
