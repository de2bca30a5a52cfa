//! Hedged randomness: scalars that stay secret, and do not repeat for another purpose, even if the generator does.

use rand_core::{CryptoRng, RngCore};

use crate::curve::{Field, SecretScalar, random_bytes};
use crate::domain::ABS_NONCE;
use crate::error::Error;
use crate::secret::Secret;
use crate::transcript::Transcript;

/// A stream of scalars that comes from fresh random bytes together with a secret and all that the scalars are for.
pub(super) struct Nonces {
    seed: SecretScalar,
    counter: u64,
}

impl Nonces {
    pub(super) fn hedged(
        secret: &SecretScalar,
        purpose: impl FnOnce(&mut Transcript),
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Error> {
        let fresh = random_bytes::<32>(rng)?;
        let mut transcript = Transcript::new();
        transcript.scalar("secret", secret).bytes("fresh", fresh.as_slice());
        purpose(&mut transcript);
        Ok(Self { seed: Secret::new(transcript.challenge(ABS_NONCE)), counter: 0 })
    }

    /// The next scalar, never zero.
    pub(super) fn next(&mut self) -> SecretScalar {
        loop {
            let mut transcript = Transcript::new();
            transcript.scalar("seed", &self.seed).u64("counter", self.counter);
            self.counter += 1;
            let scalar = Secret::new(transcript.challenge(ABS_NONCE));
            if !bool::from(scalar.is_zero()) {
                return scalar;
            }
        }
    }
}
