//! What is signed, and what a signature is made of.

use crate::abs::keys::{PublicKey, scalar_of};
use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{G1_BYTES, G1Affine, SCALAR_BYTES, Scalar};
use crate::domain::ABS_CHALLENGE;
use crate::error::Error;
use crate::limits::{Limit, POLICY_LEAVES, SIGNED_BYTES};
use crate::policy::{Leaf, Policy, Term, Tree};
use crate::transcript::Transcript;

/// A signature by somebody whose attributes satisfy a policy. It does not contain the policy: the verifier knows
/// which one it demands.
///
/// Encoded: the number of shares and the number of leaves (4 bytes each); `C` (48), `c`, `z_u`, `z_t` (32 each); the
/// shares of the challenge, `n - k` for each gate `k of n` (32 each); for each leaf `A'`, `B'` (48 each), `z_rho`,
/// `z_w`, `z_e` (32 each). With the header 156 bytes, and 192 for each leaf, and 32 for each share; gates and leaves
/// in the order of the canonical policy, a gate before its children. The length depends on the policy only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub(super) C: G1Affine,
    pub(super) c: Scalar,
    pub(super) z_u: Scalar,
    pub(super) z_t: Scalar,
    pub(super) shares: Vec<Scalar>,
    pub(super) leaves: Vec<LeafProof>,
}

/// The part of a signature that stands for one leaf of the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LeafProof {
    /// `A'` and `B'`, a credential made unrecognisable, with `B' = [x]A'`.
    pub(super) A: G1Affine,
    pub(super) B: G1Affine,
    pub(super) z_rho: Scalar,
    pub(super) z_w: Scalar,
    pub(super) z_e: Scalar,
}

/// What a signature says: under this authority, somebody who satisfies this policy signed this message in this
/// context.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a> {
    pub(super) public_key: &'a PublicKey,
    pub(super) policy: &'a Policy,
    pub(super) context: &'a [u8],
    pub(super) message: &'a [u8],
}

impl<'a> Statement<'a> {
    /// Refuses what this scheme cannot say.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.policy.tree().has_negation() {
            return Err(Error::NegationUnsupported);
        }
        if self.message.len().max(self.context.len()) > SIGNED_BYTES {
            return Err(Error::LimitExceeded(Limit::Signed));
        }
        Ok(())
    }

    pub(super) fn tree(&self) -> &'a Tree {
        self.policy.tree()
    }

    /// `z_a` of the attribute of every leaf.
    pub(super) fn scalars(&self) -> Result<Vec<Scalar>, Error> {
        let scalar_of_leaf = |leaf: &Leaf| match &leaf.term {
            Term::Attribute(attribute) => Ok(scalar_of(attribute)),
            Term::Not { .. } => Err(Error::NegationUnsupported),
        };
        self.tree().leaves().iter().map(scalar_of_leaf).collect()
    }

    pub(super) fn absorb(&self, transcript: &mut Transcript) {
        transcript
            .g2("X", &self.public_key.X)
            .bytes("policy", self.policy.canonical().as_bytes())
            .bytes("context", self.context)
            .bytes("message", self.message);
    }

    /// `c = hash_to_scalar(X, canonical policy, ctx, msg, C, all (A', B'), T_0, all T_l)`
    pub(super) fn challenge<'p>(
        &self,
        C: &G1Affine,
        pairs: impl Iterator<Item = (&'p G1Affine, &'p G1Affine)>,
        T_0: &G1Affine,
        T: impl Iterator<Item = &'p G1Affine>,
    ) -> Scalar {
        let mut transcript = Transcript::new();
        self.absorb(&mut transcript);
        transcript.g1("C", C);
        for (A, B) in pairs {
            transcript.g1("A'", A).g1("B'", B);
        }
        transcript.g1("T_0", T_0);
        for T in T {
            transcript.g1("T_l", T);
        }
        transcript.challenge(ABS_CHALLENGE)
    }
}

impl Object for Signature {
    const KIND: Kind = Kind::AbsSignature;

    fn write(&self, w: &mut Writer) {
        w.count(self.shares.len());
        w.count(self.leaves.len());
        w.g1(&self.C);
        for scalar in [&self.c, &self.z_u, &self.z_t].into_iter().chain(&self.shares) {
            w.scalar(scalar);
        }
        for LeafProof { A, B, z_rho, z_w, z_e } in &self.leaves {
            w.g1(A);
            w.g1(B);
            for z in [z_rho, z_w, z_e] {
                w.scalar(z);
            }
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let shares = r.count(POLICY_LEAVES, Limit::PolicyLeaves)?;
        let leaves = r.count(POLICY_LEAVES, Limit::PolicyLeaves)?;
        // A tree with l leaves has at most l - 1 shares, as many as if every gate were an `or`.
        if shares >= leaves {
            return Err(Error::InvalidField);
        }
        let length = G1_BYTES + 3 * SCALAR_BYTES + shares * SCALAR_BYTES + leaves * LeafProof::BYTES;
        if r.remaining() < length {
            return Err(Error::Truncated);
        }
        let scalar = |r: &mut Reader<'_>| Ok::<_, Error>(*r.scalar()?);
        Ok(Self {
            C: r.g1()?,
            c: scalar(r)?,
            z_u: scalar(r)?,
            z_t: scalar(r)?,
            shares: (0..shares).map(|_| scalar(r)).collect::<Result<_, _>>()?,
            leaves: (0..leaves)
                .map(|_| {
                    let (A, B) = (r.g1()?, r.g1()?);
                    Ok(LeafProof { A, B, z_rho: scalar(r)?, z_w: scalar(r)?, z_e: scalar(r)? })
                })
                .collect::<Result<_, Error>>()?,
        })
    }
}
impl LeafProof {
    const BYTES: usize = 2 * G1_BYTES + 3 * SCALAR_BYTES;
}
