//! Verifying, one signature or many.

use core::fmt;
use core::num::NonZeroUsize;

use crate::abs::challenge::{distribute, share_count};
use crate::abs::keys::{Bases, PublicKey, bases};
use crate::abs::relation::{Relation, all_hold};
use crate::abs::signature::{LeafProof, Signature, Statement};
use crate::codec::{Object, Writer};
use crate::curve::{
    Curve, G1Projective, Group, OddMultiples, PrimeCurveAffine, Scalar, batch_affine_g1, straus_g1,
};
use crate::domain::{ABS_BATCH, ABS_VERIFY, ABS_WEIGHT};
use crate::error::Error;
use crate::policy::Policy;
use crate::threads;
use crate::transcript::{Transcript, weights};

impl PublicKey {
    /// Checks that somebody with attributes of this authority that satisfy the policy signed this message in this
    /// context. Two pairings, and for each leaf of the policy one multiplication over five bases.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`]; [`Error::NegationUnsupported`] and [`Error::LimitExceeded`] as for
    /// [`sign`](crate::abs::SigningKey::sign).
    pub fn verify(
        &self,
        policy: &Policy,
        context: &[u8],
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Error> {
        let claim = Claim { public_key: self, policy, context, message, signature };
        claim.check_proof()?;
        let relation = claim.relation(weights(ABS_WEIGHT, claim.seed()));
        if all_hold([(&self.X, &relation)])? { Ok(()) } else { Err(Error::InvalidSignature) }
    }
}

/// A signature, and all that it is said to be for.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The authority whose attributes the policy means.
    pub public_key: &'a PublicKey,
    /// The policy that the signer is said to satisfy.
    pub policy: &'a Policy,
    /// The context that was signed in.
    pub context: &'a [u8],
    /// The message that was signed.
    pub message: &'a [u8],
    /// The signature.
    pub signature: &'a Signature,
}

/// The positions of the claims of a batch that do not verify, ascending; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadClaims(Vec<usize>);

impl BadClaims {
    /// The positions, ascending.
    #[must_use]
    pub fn positions(&self) -> &[usize] {
        &self.0
    }
}

impl fmt::Display for BadClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} signatures of the batch are not valid", self.0.len())
    }
}

impl core::error::Error for BadClaims {}

/// Verifies many signatures with one product of pairings for all, each as [`PublicKey::verify`] does it, on up to
/// `threads` threads.
///
/// The weights of the product come from the whole batch. Were they those of each single signature, an outsider
/// without any credential could search for signatures whose errors cancel one another, by a generalised birthday
/// attack (Wagner, CRYPTO 2002).
///
/// # Errors
/// [`BadClaims`] names the claims that don't verify, including those that [`PublicKey::verify`] refuses for their
/// policy or length. To name them costs some further products of pairings for each.
pub fn verify_batch(claims: &[Claim<'_>], threads: NonZeroUsize) -> Result<(), BadClaims> {
    let mut weights = weights(ABS_WEIGHT, batch_seed(claims));
    let (mut bad, mut proved) = (Vec::new(), Vec::new());
    let proofs = threads::map(threads, claims, Claim::check_proof);
    for ((position, claim), proof) in claims.iter().enumerate().zip(proofs) {
        match proof {
            Ok(()) => {
                let weights: Vec<_> = weights.by_ref().take(claim.signature.leaves.len()).collect();
                proved.push((position, claim, weights));
            }
            Err(_) => bad.push(position),
        }
    }
    let relations = threads::map(threads, &proved, |(position, claim, weights)| {
        (*position, claim.public_key, claim.relation(weights.iter().copied()))
    });
    search(&relations, &mut bad);
    bad.sort_unstable();
    if bad.is_empty() { Ok(()) } else { Err(BadClaims(bad)) }
}

/// Finds the relations that don't hold, by halving.
fn search(relations: &[(usize, &PublicKey, Relation)], bad: &mut Vec<usize>) {
    if all_hold(relations.iter().map(|(_, public_key, relation)| (&public_key.X, relation))) == Ok(true) {
        return;
    }
    match relations {
        [] => {}
        [(position, ..)] => bad.push(*position),
        _ => {
            let (left, right) = relations.split_at(relations.len() / 2);
            search(left, bad);
            search(right, bad);
        }
    }
}

/// A digest of all the claims, to the last byte of each.
pub(super) fn batch_seed(claims: &[Claim<'_>]) -> [u8; 32] {
    let mut transcript = Transcript::new();
    transcript.u64("claims", claims.len() as u64);
    for claim in claims {
        // What is over a limit is named as bad, and needs no weight.
        match claim.statement().check() {
            Ok(()) => transcript.bytes("claim", &claim.seed()),
            Err(_) => transcript.bytes("refused", b""),
        };
    }
    transcript.digest(ABS_BATCH)
}

impl<'a> Claim<'a> {
    /// A digest of all of it.
    fn seed(&self) -> [u8; 32] {
        let (mut transcript, mut w) = (Transcript::new(), Writer::new());
        self.statement().absorb(&mut transcript);
        self.signature.write(&mut w);
        transcript.bytes("signature", w.as_slice()).digest(ABS_VERIFY)
    }

    fn statement(&self) -> Statement<'a> {
        let Self { public_key, policy, context, message, .. } = *self;
        Statement { public_key, policy, context, message }
    }

    /// Everything but the relation of the pairs `(A', B')`.
    pub(super) fn check_proof(&self) -> Result<(), Error> {
        let statement = self.statement();
        statement.check()?;
        let Signature { C, c, z_u, z_t, shares, leaves } = self.signature;
        let tree = statement.tree();
        if leaves.len() != tree.leaves().len() || shares.len() != share_count(tree.root()) {
            return Err(Error::InvalidSignature);
        }
        // The identity satisfies every equation of a leaf.
        if leaves.iter().any(|leaf| bool::from(leaf.A.is_identity())) {
            return Err(Error::InvalidSignature);
        }
        let Bases { H_u, H_a, H_b } = bases();

        let P1_plus_C = (G1Projective::generator() + C).to_affine();
        // Wider for the base that every leaf uses.
        let (C_multiples, P1_plus_C) = (OddMultiples::new(C, 5), OddMultiples::new(&P1_plus_C, 6));
        let (H_u, H_a, H_b) = (&H_u.multiples, &H_a.multiples, &H_b.multiples);
        // T_0 = [z_u]H_u + [z_t]H_b - [c]C
        let mut T = vec![straus_g1(&[(H_u, *z_u), (H_b, *z_t), (&C_multiples, -c)])];
        // T_l = [z_rho]D_l + [z_w]H_b - [z_e]A' - [c_l]B'  with  D_l = P1 + C + [z]H_a
        let challenges = distribute(tree, c, shares);
        for ((leaf, c_l), z) in leaves.iter().zip(&challenges).zip(&statement.scalars()?) {
            let LeafProof { A, B, z_rho, z_w, z_e } = leaf;
            let (A, B) = (OddMultiples::new(A, 5), OddMultiples::new(B, 5));
            T.push(straus_g1(&[(&P1_plus_C, *z_rho), (H_a, z_rho * z), (H_b, *z_w), (&A, -z_e), (&B, -c_l)]));
        }
        let T = batch_affine_g1(&T);
        let pairs = leaves.iter().map(|leaf| (&leaf.A, &leaf.B));
        match T.split_first() {
            Some((T_0, T)) if statement.challenge(C, pairs, T_0, T.iter()) == *c => Ok(()),
            _ => Err(Error::InvalidSignature),
        }
    }

    /// `B'_l = [x]A'_l` of all leaves.
    fn relation(&self, weights: impl Iterator<Item = Scalar>) -> Relation {
        let weighted = self.signature.leaves.iter().zip(weights);
        Relation::of_public(weighted.map(|(leaf, d)| (leaf.A, leaf.B, d)))
    }
}
