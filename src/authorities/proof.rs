//! Schnorr proofs: of knowledge of all coefficients of a dealer, of knowledge of the one-time
//! secret of a sealed message, and of the equality of two logarithms. The challenge is the hash of
//! a context, the claim, and the prover's commitments.

use rand_core::{CryptoRng, RngCore};

use super::commitments::Commitments;
use super::polynomial::Base;
use crate::codec::{Reader, Writer};
use crate::curve::{
    Curve, G1Affine, G2Affine, PrimeCurveAffine, Scalar, SecretScalar, random_nonzero_scalar,
};
use crate::domain::{AUTHORITY_EQUALITY, AUTHORITY_NONCE, AUTHORITY_PROOF, AUTHORITY_SEALER, ScalarTag};
use crate::error::Error;
use crate::secret::{Secret, collect};
use crate::transcript::Transcript;

/// `c` and the `z_j`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proof {
    c: Scalar,
    z: Vec<Scalar>,
}

/// Draws the prover's one-time scalars `w`, hedged: two challenges for one `w` reveal the secret.
fn nonces<'s>(
    context: &[u8],
    secrets: impl IntoIterator<Item = &'s Scalar>,
    count: usize,
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<Secret<Vec<Scalar>>, Error> {
    let mut transcript = Transcript::new();
    transcript.bytes("proof", context);
    secrets.into_iter().for_each(|secret| {
        transcript.scalar("secret", secret);
    });
    let mut rng = transcript.hedge(AUTHORITY_NONCE, rng)?;
    Ok(Secret::new(collect((0..count).map(|_| random_nonzero_scalar(&mut rng).map(|w| *w)))?))
}

impl Proof {
    /// `z_j = w_j + c a_j`
    fn answer<'s>(c: Scalar, w: &[Scalar], secrets: impl IntoIterator<Item = &'s Scalar>) -> Self {
        Self { c, z: w.iter().zip(secrets).map(|(w, a)| w + c * a).collect() }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.scalar(&self.c);
        self.z.iter().for_each(|z| w.scalar(z));
    }

    /// Reads a proof about this number of secrets.
    pub(super) fn read(r: &mut Reader<'_>, secrets: usize) -> Result<Self, Error> {
        let c = *r.scalar()?;
        let z = (0..secrets).map(|_| r.scalar().map(|z| *z)).collect::<Result<_, _>>()?;
        Ok(Self { c, z })
    }
}

/// Proves that a dealer knows every coefficient that it commits to.
pub(super) fn prove_coefficients(
    context: &[u8],
    committed: &Commitments,
    coefficients: &[&[Scalar]],
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<Proof, Error> {
    let secrets = || coefficients.iter().copied().flatten();
    let w = nonces(context, secrets(), secrets().count(), rng)?;
    let (w_g2, w_g1) = w.split_at(w.len() - committed.in_g1.len());
    // R_j = [w_j]P
    let R2: Vec<G2Affine> = w_g2.iter().map(G2Affine::commit).collect();
    let R1: Vec<G1Affine> = w_g1.iter().map(G1Affine::commit).collect();
    let c = coefficients_challenge(context, committed, &R2, &R1);
    Ok(Proof::answer(c, &w, secrets()))
}

pub(super) fn verify_coefficients(
    context: &[u8],
    committed: &Commitments,
    proof: &Proof,
) -> Result<(), Error> {
    let in_g2: Vec<&G2Affine> = committed.in_g2.iter().flatten().collect();
    if proof.z.len() != in_g2.len() + committed.in_g1.len() {
        return Err(Error::InvalidProof);
    }
    let (z_g2, z_g1) = proof.z.split_at(in_g2.len());
    // R_j = [z_j]P - [c]C_j
    let c = -proof.c;
    let R2: Vec<G2Affine> = z_g2.iter().zip(in_g2).map(|(z, C)| recovered(z, &c, C)).collect();
    let R1: Vec<G1Affine> = z_g1.iter().zip(&committed.in_g1).map(|(z, C)| recovered(z, &c, C)).collect();
    if coefficients_challenge(context, committed, &R2, &R1) == proof.c {
        Ok(())
    } else {
        Err(Error::InvalidProof)
    }
}

/// `[z]P + [c]C`
fn recovered<P: Base + PrimeCurveAffine>(z: &Scalar, c: &Scalar, C: &P) -> P {
    P::sum(&[P::generator(), *C], &[*z, *c])
}

fn coefficients_challenge(
    context: &[u8],
    committed: &Commitments,
    R2: &[G2Affine],
    R1: &[G1Affine],
) -> Scalar {
    let mut transcript = Transcript::new();
    transcript.bytes("context", context);
    for (number, commitments) in (0..).zip(&committed.in_g2) {
        transcript.u64("secret", number).g2s("C", commitments);
    }
    transcript.g1s("C", &committed.in_g1).g2s("R", R2).g1s("R", R1).challenge(AUTHORITY_PROOF)
}

/// Proves that the sender of a sealed message knows the `k` of `C = [k]P1`. Otherwise a
/// sender could repeat the `C` of another's message, and a complaint about the copy
/// would open the original.
pub(super) fn prove_sealer(
    context: &[u8],
    k: &SecretScalar,
    C: &G1Affine,
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<Proof, Error> {
    let w = nonces(context, [&**k], 1, rng)?;
    // R = [w]P1
    let R: Vec<G1Affine> = w.iter().map(G1Affine::commit).collect();
    Ok(Proof::answer(challenge(AUTHORITY_SEALER, context, &[*C], &R), &w, [&**k]))
}

pub(super) fn verify_sealer(context: &[u8], C: &G1Affine, proof: &Proof) -> Result<(), Error> {
    let R = |z: &Scalar| vec![recovered(z, &-proof.c, C)];
    verify_one(AUTHORITY_SEALER, context, &[*C], R, proof)
}

/// Proves that `D = [k]C` for the `k` of `K = [k]P1` (Chaum and Pedersen, CRYPTO 1992).
pub(super) fn prove_equality(
    context: &[u8],
    k: &SecretScalar,
    [K, C, D]: [&G1Affine; 3],
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<Proof, Error> {
    let w = nonces(context, [&**k], 1, rng)?;
    // R = [w]P1      R' = [w]C
    let R: Vec<G1Affine> = w.iter().flat_map(|w| [G1Affine::commit(w), (C * w).to_affine()]).collect();
    Ok(Proof::answer(challenge(AUTHORITY_EQUALITY, context, &[*K, *C, *D], &R), &w, [&**k]))
}

pub(super) fn verify_equality(context: &[u8], [K, C, D]: [&G1Affine; 3], proof: &Proof) -> Result<(), Error> {
    let minus_c = -proof.c;
    // R = [z]P1 - [c]K      R' = [z]C - [c]D
    let R = |z: &Scalar| vec![recovered(z, &minus_c, K), G1Affine::sum(&[*C, *D], &[*z, minus_c])];
    verify_one(AUTHORITY_EQUALITY, context, &[*K, *C, *D], R, proof)
}

/// Verifies a proof about one secret: its challenge is that of the recovered commitments.
fn verify_one(
    tag: ScalarTag,
    context: &[u8],
    claim: &[G1Affine],
    R: impl Fn(&Scalar) -> Vec<G1Affine>,
    proof: &Proof,
) -> Result<(), Error> {
    let [z] = &proof.z[..] else { return Err(Error::InvalidProof) };
    if challenge(tag, context, claim, &R(z)) == proof.c { Ok(()) } else { Err(Error::InvalidProof) }
}

/// `c = hash_to_scalar(context, claim, R)`
fn challenge(tag: ScalarTag, context: &[u8], claim: &[G1Affine], R: &[G1Affine]) -> Scalar {
    Transcript::new().bytes("context", context).g1s("C", claim).g1s("R", R).challenge(tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorities::polynomial::Polynomial;
    use crate::curve::{Curve, Field, random_nonzero_scalar};
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    #[test]
    fn coefficients_are_proved_by_their_owner() {
        let rng = &mut ChaCha20Rng::seed_from_u64(1);
        let [f, s] = [3, 3].map(|t| Polynomial::sharing(None, t, rng).unwrap());
        let zero = Polynomial::sharing_zero(3, rng).unwrap();
        let (f2, zero2) = (f.commit::<G2Affine>(), zero.commit::<G2Affine>());
        let committed = Commitments { in_g2: [f2.clone(), vec![], zero2.clone()], in_g1: s.commit() };
        let coefficients = [&f, &zero, &s].map(|f| f.coefficients.as_slice());
        let proof = prove_coefficients(b"context", &committed, &coefficients, rng).unwrap();
        assert_eq!(verify_coefficients(b"other", &committed, &proof), Err(Error::InvalidProof));
        for position in 0..=proof.z.len() {
            let mut false_proof = proof.clone();
            match false_proof.z.get_mut(position) {
                Some(z) => *z += Scalar::from(1),
                None => false_proof.c += Scalar::from(1),
            }
            assert_eq!(verify_coefficients(b"context", &committed, &false_proof), Err(Error::InvalidProof));
        }
        // Moving one coefficient from one polynomial to the next makes a different claim.
        let (joined, rest) = ([f2, zero2[..1].to_vec()].concat(), zero2[1..].to_vec());
        let moved = Commitments { in_g2: [joined, vec![], rest], in_g1: committed.in_g1.clone() };
        assert_eq!(verify_coefficients(b"context", &moved, &proof), Err(Error::InvalidProof));
        assert_eq!(verify_coefficients(b"context", &committed, &proof), Ok(()));
    }

    #[test]
    fn one_secret_and_equal_logarithms_are_proved() {
        let rng = &mut ChaCha20Rng::seed_from_u64(2);
        let [k, c, other] = [(); 3].map(|()| random_nonzero_scalar(rng).unwrap());
        let [K, C, O] = [&k, &c, &other].map(|k| G1Affine::commit(k));
        let D = (C * *k).to_affine();
        let proof = prove_sealer(b"context", &k, &K, rng).unwrap();
        assert_eq!(verify_sealer(b"context", &C, &proof), Err(Error::InvalidProof));
        assert_eq!(verify_sealer(b"other", &K, &proof), Err(Error::InvalidProof));
        assert_eq!(verify_sealer(b"context", &K, &proof), Ok(()));

        let proof = prove_equality(b"context", &k, [&K, &C, &D], rng).unwrap();
        assert_eq!(verify_equality(b"context", [&K, &C, &O], &proof), Err(Error::InvalidProof));
        assert_eq!(verify_equality(b"other", [&K, &C, &D], &proof), Err(Error::InvalidProof));
        // Nobody can prove a false D, with any k.
        let false_proof = prove_equality(b"context", &k, [&K, &C, &O], rng).unwrap();
        assert_eq!(verify_equality(b"context", [&K, &C, &O], &false_proof), Err(Error::InvalidProof));
        assert_eq!(verify_equality(b"context", [&K, &C, &D], &proof), Ok(()));
    }

    fn in_g1(commitments: &[G1Affine]) -> Commitments {
        Commitments { in_g2: Default::default(), in_g1: commitments.to_vec() }
    }

    /// The challenge of a proof that forgets what is claimed.
    fn forgetful(tag: ScalarTag, R: &[G1Affine]) -> Scalar {
        challenge(tag, b"context", &[], R)
    }

    /// `([z]P - R)/c`: the claim for which `R` and `z` are right, once `c` is known.
    fn fitted(z: &Scalar, P: &G1Affine, R: &G1Affine, c: &Scalar) -> G1Affine {
        let over = c.invert().unwrap();
        G1Affine::sum(&[*P, *R], &[z * over, -over])
    }

    #[test]
    fn claims_fitted_to_a_proof_are_refused() {
        let rng = &mut ChaCha20Rng::seed_from_u64(3);
        let [k, c, w, z] = [(); 4].map(|()| *random_nonzero_scalar(rng).unwrap());
        let (P, K, C) = (G1Affine::generator(), G1Affine::commit(&k), G1Affine::commit(&c));
        let plus = |P: &G1Affine, Q: &G1Affine| G1Affine::sum(&[*P, *Q], &[Scalar::ONE; 2]);
        // Who complains fits `D` and frames a dealer, though they know the k of K.
        let R = [G1Affine::commit(&w), plus(&(C * w).to_affine(), &P)];
        let c = forgetful(AUTHORITY_EQUALITY, &R);
        let z_k = w + c * k;
        let D = fitted(&z_k, &C, &R[1], &c);
        assert_ne!(D, (C * k).to_affine());
        assert_eq!(R, [recovered(&z_k, &-c, &K), G1Affine::sum(&[C, D], &[z_k, -c])]);
        let forged = Proof { c, z: vec![z_k] };
        assert_eq!(verify_equality(b"context", [&K, &C, &D], &forged), Err(Error::InvalidProof));
        // Who seals fits a `C` that is made from another sender's.
        let R = plus(&G1Affine::commit(&w), &C);
        let c = forgetful(AUTHORITY_SEALER, &[R]);
        let made = fitted(&z, &P, &R, &c);
        assert_eq!(recovered(&z, &-c, &made), R);
        let forged = Proof { c, z: vec![z] };
        assert_eq!(verify_sealer(b"context", &made, &forged), Err(Error::InvalidProof));
        // A dealer fits a commitment, here the last of two, that is made from another dealer's.
        let coefficients = |C: &[G1Affine], R: &[G1Affine]| {
            let mut transcript = Transcript::new();
            transcript.bytes("context", b"context");
            transcript.u64("secret", 0).u64("secret", 1).u64("secret", 2);
            transcript.g1s("C", C).g1s("R", R).challenge(AUTHORITY_PROOF)
        };
        let R = [G1Affine::commit(&w), R];
        for hashed in [&[][..], &[K]] {
            let c = coefficients(hashed, &R);
            let made = fitted(&z, &P, &R[1], &c);
            let committed = in_g1(&[K, made]);
            let forged = Proof { c, z: vec![w + c * k, z] };
            assert_eq!(verify_coefficients(b"context", &committed, &forged), Err(Error::InvalidProof));
        }
        let committed = in_g1(&[K, C]);
        assert_eq!(coefficients(&[K, C], &R), coefficients_challenge(b"context", &committed, &[], &R));
    }

    #[test]
    fn proofs_without_answers_prove_nothing() {
        let rng = &mut ChaCha20Rng::seed_from_u64(4);
        let k = random_nonzero_scalar(rng).unwrap();
        let K = G1Affine::commit(&k);
        let without = |c| Proof { c, z: vec![] };
        let forged = without(challenge(AUTHORITY_SEALER, b"context", &[K], &[]));
        assert_eq!(verify_sealer(b"context", &K, &forged), Err(Error::InvalidProof));
        let forged = without(challenge(AUTHORITY_EQUALITY, b"context", &[K; 3], &[]));
        assert_eq!(verify_equality(b"context", [&K, &K, &K], &forged), Err(Error::InvalidProof));
        let committed = in_g1(&[K]);
        let forged = without(coefficients_challenge(b"context", &committed, &[], &[]));
        assert_eq!(verify_coefficients(b"context", &committed, &forged), Err(Error::InvalidProof));
        let right = prove_sealer(b"context", &k, &K, rng).unwrap();
        assert_eq!(verify_sealer(b"context", &K, &right), Ok(()));
    }

    #[test]
    fn a_repeated_generator_repeats_no_nonce() {
        // Two challenges for one w would give k away.
        let [k, other] =
            [5, 6].map(|seed| random_nonzero_scalar(&mut ChaCha20Rng::seed_from_u64(seed)).unwrap());
        let w = |context: &[u8], k: &SecretScalar| {
            let rng = &mut ChaCha20Rng::seed_from_u64(1);
            let Proof { c, z } = prove_sealer(context, k, &G1Affine::commit(k), rng).unwrap();
            z[0] - c * **k
        };
        assert_ne!(w(b"one", &k), w(b"two", &k));
        assert_ne!(w(b"one", &k), w(b"one", &other));
        assert_eq!(w(b"one", &k), w(b"one", &k));
    }
}
