//! One dealer's random values, commitments and shares, and the check that they match.

use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::commitments::Commitments;
use super::generation::AuthorityShare;
use super::plan::{Plan, Source};
use super::polynomial::{Base, Polynomial, committed_at};
use super::proof::{Proof, prove_coefficients};
use super::roster::AuthorityKey;
use crate::codec::{Part, Reader, Writer, fields};
use crate::curve::{G1Affine, G2Affine, Scalar, SecretScalar, random_bytes};
use crate::domain::{AUTHORITY_COMMITMENT, AUTHORITY_NONCE, AUTHORITY_SEED};
use crate::error::Error;
use crate::search;
use crate::secret::{Secret, SecretKey};
use crate::transcript::Transcript;

/// The values that this authority deals.
#[derive(Debug)]
pub(super) struct Deal {
    pub(super) polynomials: [Option<Polynomial>; 4],
    pub(super) seed: Option<SecretKey>,
    pub(super) opening: Opening,
}

/// The values that a dealer opens in round 1.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    pub(super) random: [u8; 32],
    pub(super) seed: [u8; 32],
    pub(super) commitments: Commitments,
}

impl Opening {
    /// Returns the commitment that a dealer sends in round 0.
    pub(super) fn digest(&self, plan: &Plan, dealer: u8) -> [u8; 32] {
        let w = Writer::of(|w| self.write(w));
        Transcript::new()
            .bytes("plan", &plan.digest())
            .bytes("dealer", &[dealer])
            .bytes("opening", w.as_slice())
            .digest(AUTHORITY_COMMITMENT)
    }
}

fields!(Part for Opening { random: [u8; 32], seed: [u8; 32], commitments: Commitments });

/// Returns the context of a proof of coefficients.
pub(super) fn proof_context(session: &[u8; 32], dealer: u8) -> Vec<u8> {
    [session.as_slice(), &[dealer]].concat()
}

pub(super) fn seed_commitment(seed: &SecretKey) -> [u8; 32] {
    Transcript::new().bytes("seed", seed.as_slice()).digest(AUTHORITY_SEED)
}

impl Deal {
    pub(super) fn draw(
        plan: &Plan,
        dealer: u8,
        share: Option<&AuthorityShare>,
        key: &AuthorityKey,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Error> {
        let mut rng = Transcript::new()
            .scalar("k", &key.k)
            .bytes("plan", &plan.digest())
            .bytes("dealer", &[dealer])
            .hedge(AUTHORITY_NONCE, rng)?;
        let t = plan.roster.threshold();
        let old = share.map(|share| &share.secrets);
        let [wrapping, signing, _, identity] = plan.sources();
        let mut polynomial = |source: Source, old: Option<&SecretScalar>| match source {
            Source::Kept => Ok(None),
            Source::Fresh => Polynomial::sharing(None, t, &mut rng).map(Some),
            Source::OldShare => Polynomial::sharing(old, t, &mut rng).map(Some),
        };
        let wrapping = polynomial(wrapping, old.map(|old| &old.wrapping))?;
        let signing = polynomial(signing, old.map(|old| &old.signing))?;
        let identity = polynomial(identity, old.map(|old| &old.identity))?;
        let zero = Some(Polynomial::sharing_zero(t, &mut rng)?);
        let seed = match (plan.deals_seeds(), old) {
            (true, None) => Some(random_bytes(&mut rng)?),
            (true, Some(old)) => Some(Secret::new(*old.seed)),
            (false, _) => None,
        };
        let commitments = Commitments {
            in_g2: [&wrapping, &signing, &zero].map(|f| f.as_ref().map_or_else(Vec::new, Polynomial::commit)),
            in_g1: identity.as_ref().map_or_else(Vec::new, Polynomial::commit),
        };
        let random = *random_bytes(&mut rng)?;
        let opening = Opening { random, seed: seed.as_ref().map_or([0; 32], seed_commitment), commitments };
        Ok(Self { polynomials: [wrapping, signing, zero, identity], seed, opening })
    }

    /// Returns `f(j)` of each polynomial, and the seed.
    pub(super) fn dealt(&self, j: u8) -> Dealt {
        let values = self.polynomials.each_ref().map(|f| f.as_ref().map(|f| f.at(j)));
        Dealt { values, seed: self.seed.as_ref().map(|seed| Secret::new(**seed)) }
    }

    pub(super) fn prove(
        &self,
        session: &[u8; 32],
        dealer: u8,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Proof, Error> {
        let coefficients: Vec<&[Scalar]> =
            self.polynomials.iter().flatten().map(|f| f.coefficients.as_slice()).collect();
        let context = proof_context(session, dealer);
        prove_coefficients(&context, &self.opening.commitments, &coefficients, rng)
    }
}

/// The values that one dealer deals to one authority.
#[derive(Debug)]
pub(super) struct Dealt {
    pub(super) values: [Option<SecretScalar>; 4],
    pub(super) seed: Option<SecretKey>,
}

impl Dealt {
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut w = Writer::new();
        self.values.iter().flatten().for_each(|value| w.scalar(value));
        self.seed.iter().for_each(|seed| w.raw(seed.as_slice()));
        Zeroizing::new(w.into_vec())
    }

    pub(super) fn read(bytes: &[u8], plan: &Plan) -> Result<Self, Error> {
        let [wrapping, signing, zero, identity] = plan.terms();
        Reader::whole(bytes, |r| {
            let mut value = |terms: usize| if terms == 0 { Ok(None) } else { r.scalar().map(Some) };
            let values = [value(wrapping)?, value(signing)?, value(zero)?, value(identity)?];
            Ok(Self { values, seed: plan.deals_seeds().then(|| r.secret()).transpose()? })
        })
    }

    /// Returns whether the values and the seed match the dealer's commitments.
    pub(super) fn fits(&self, plan: &Plan, opening: &Opening, j: u8) -> bool {
        let [wrapping, signing, zero] = &opening.commitments.in_g2;
        let in_g2 = self.values.iter().zip([(wrapping, 0), (signing, 0), (zero, 1)]);
        // [f(j)]P = sum [j^k]C_k
        let mut fits = true;
        for (value, (commitments, lowest)) in in_g2 {
            fits &= value
                .as_ref()
                .is_none_or(|f_j| G2Affine::commit(f_j) == committed_at(commitments, lowest, j));
        }
        let [.., identity] = &self.values;
        let C = &opening.commitments.in_g1;
        fits &= identity.as_ref().is_none_or(|f_j| G1Affine::commit(f_j) == committed_at(C, 0, j));
        if let Some(seed) = &self.seed {
            fits &= seed_commitment(seed) == opening.seed;
            // In a resharing, the seed is that of the search key, which stays the same.
            fits &= plan.old().is_none_or(|old| {
                search::MasterKey::from_seed(seed).is_ok_and(|master| master.public_key() == *old.search())
            });
        }
        fits
    }
}
