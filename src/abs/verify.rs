//! Verifies one signature, or a batch.

use core::fmt;
use std::collections::BTreeMap;

use crate::abs::keys::PublicKey;
use crate::abs::signature::{Elements, Signature, slot_value};
use crate::curve::{
    Curve, Field, G1Affine, G1Projective, G2_BYTES, G2Affine, Group, Gt, Scalar, batch_affine_g1,
    generator_lines_g2, msm_g1, msm_g2, mul_weight_g1, pairing_product_prepared,
};
use crate::domain::{ABS_BATCH, ABS_BATCH_WEIGHT, ABS_VERIFY, ABS_WEIGHT};
use crate::error::Error;
use crate::fabeo::Public;
use crate::policy::{Policy, Tree};
use crate::threads::{self, Threads};
use crate::transcript::{Transcript, weights};

impl PublicKey {
    /// Verifies that a member of this authority, with attributes that satisfy the policy, signed
    /// this message in this context. Computes one product of pairings: two, and one for each
    /// alternative and each negative row of the policy.
    ///
    /// # Errors
    /// - [`Error::InvalidSignature`] if the signature does not verify.
    /// - [`Error::LimitExceeded`] as for [`sign`](crate::abs::SigningKey::sign).
    pub fn verify(
        &self,
        policy: &Policy,
        context: &[u8],
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Error> {
        let claim = Claim { public_key: self, policy, context, message, signature };
        if claim.decode()?.holds() { Ok(()) } else { Err(Error::InvalidSignature) }
    }
}

/// A signature, and the statement that it is claimed to sign.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The authority that issues the policy's attributes.
    pub public_key: &'a PublicKey,
    /// The policy that the signer is claimed to satisfy.
    pub policy: &'a Policy,
    /// The context of the signature.
    pub context: &'a [u8],
    /// The signed message.
    pub message: &'a [u8],
    /// The signature.
    pub signature: &'a Signature,
}

/// The positions in a batch of the claims that do not verify, ascending; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadClaims(Vec<usize>);

impl BadClaims {
    /// Returns the positions, ascending.
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

/// Verifies many signatures on up to `threads` threads, with one product of pairings for all. The
/// result is the same as from [`PublicKey::verify`] for each. Signatures of one authority under one
/// policy share their pairings: each further one costs only its decoding and sums.
///
/// The weights depend on the whole batch. With weights that depend on single signatures, an
/// outsider could search for altered copies of genuine signatures whose errors cancel, by a
/// generalised birthday attack (Wagner, CRYPTO 2002). The batch would then accept signatures that
/// individual verification refuses.
///
/// # Errors
/// [`BadClaims`] identifies the claims that do not verify, including those that
/// [`PublicKey::verify`] refuses for their length. Finding each of them takes a few
/// further products of pairings.
pub fn verify_batch(claims: &[Claim<'_>], threads: Threads) -> Result<(), BadClaims> {
    let (mut bad, mut decoded) = (Vec::new(), Vec::new());
    for (position, claim) in threads::map(threads, claims, Claim::decode).into_iter().enumerate() {
        match claim {
            Ok(claim) => decoded.push((position, claim)),
            Err(_) => bad.push(position),
        }
    }
    search(&decoded, &mut bad);
    bad.sort_unstable();
    if bad.is_empty() { Ok(()) } else { Err(BadClaims(bad)) }
}

/// Finds the claims that do not hold, by halving. A single claim is verified individually.
fn search(claims: &[(usize, Decoded<'_>)], bad: &mut Vec<usize>) {
    match claims {
        [] => {}
        [(position, claim)] => {
            if !claim.holds() {
                bad.push(*position);
            }
        }
        _ => {
            if !all_hold(claims) {
                let (left, right) = claims.split_at(claims.len() / 2);
                search(left, bad);
                search(right, bad);
            }
        }
    }
}

/// A claim whose signature has the elements that its policy requires.
pub(super) struct Decoded<'a> {
    claim: Claim<'a>,
    x: Scalar,
    elements: Elements,
}

impl<'a> Claim<'a> {
    pub(super) fn decode(&self) -> Result<Decoded<'a>, Error> {
        let Self { public_key, policy, context, message, signature } = *self;
        let elements = signature.elements(policy.tree())?;
        let x = slot_value(public_key, policy, context, message)?;
        Ok(Decoded { claim: *self, x, elements })
    }
}

impl Decoded<'_> {
    /// Returns a digest of every byte of the claim.
    pub(super) fn seed(&self) -> [u8; 32] {
        let mut transcript = Transcript::new();
        self.absorb(&mut transcript);
        transcript.digest(ABS_VERIFY)
    }

    fn absorb(&self, transcript: &mut Transcript) {
        let Claim { public_key, policy, signature, .. } = &self.claim;
        transcript
            .g2("A", &public_key.0.A)
            .bytes("policy", policy.canonical().as_bytes())
            .scalar("x", &self.x)
            .bytes("signature", &signature.0);
    }

    /// ```text
    /// e( S + sum_{j>=1} [d_j]W_j, P2 ) = Z * e( F + X, V ) * prod_f e( Y_f, V_f )
    ///                                      * prod_{negative i} e( [d_rho(i)](P_l + [h(v)]Q_l), V'_i )
    /// ```
    fn holds(&self) -> bool {
        let Self { claim: Claim { public_key: PublicKey(public), policy, .. }, x, elements } = self;
        let Elements { S, W, V, V_f, V_not } = elements;
        let d = use_weights(self.seed(), policy.tree());
        let Sides { X, Y, not } = Sides::new(public, policy.tree(), &d);

        let left = W
            .iter()
            .zip(d.iter().skip(1))
            .fold(S.into(), |sum: G1Projective, (W_j, d_j)| sum + mul_weight_g1(W_j, d_j));
        let F = public.slot.at(x);
        let mut pairs = vec![((X + F).to_affine(), *V)];
        pairs.extend(Y.into_iter().zip(V_f.iter().copied()));
        pairs.extend(not.into_iter().zip(V_not.iter().copied()));
        product(&pairs, &left).is_ok_and(|product| product.mul(&public.Z).is_one())
    }
}

/// Reports whether all claims hold, as [`Decoded::holds`] does. Wrong with probability at most
/// 2^-127 for each batch that is tried. The equations are summed with weights `w_n`. Claims of one
/// authority `A` under one policy share their pairings:
/// ```text
/// e( sum_n [w_n](S_n + sum_j [d_j]W_{j,n}), P2 ) = e( [sum_n w_n]h, A ) * e( U0 + X, sum_n [w_n]V_n ) * e( U1, sum_n [w_n x_n]V_n )
///                                                  * prod_f e( Y_f, sum_n [w_n]V_{f,n} ) * prod_i e( .., sum_n [w_n]V'_{i,n} )
/// ```
/// Returns false if a sum in G2 is the identity. The caller then halves the batch,
/// down to individual claims.
fn all_hold(claims: &[(usize, Decoded<'_>)]) -> bool {
    let seed = batch_seed(claims);
    let mut groups = BTreeMap::<([u8; G2_BYTES], &str), Vec<(&Decoded<'_>, Scalar)>>::new();
    for ((_, decoded), w_n) in claims.iter().zip(weights(ABS_BATCH_WEIGHT, seed)) {
        let Claim { public_key, policy, .. } = decoded.claim;
        let group = (public_key.0.A.to_compressed(), policy.canonical());
        groups.entry(group).or_default().push((decoded, w_n));
    }
    let (mut left, mut pairs) = (G1Projective::identity(), Vec::new());
    for group in groups.values() {
        let [(Decoded { claim: Claim { public_key: PublicKey(public), policy, .. }, .. }, _), ..] =
            group.as_slice()
        else {
            continue;
        };
        let d = use_weights(seed, policy.tree());
        let Sides { X, Y, not } = Sides::new(public, policy.tree(), &d);

        let (mut points, mut scalars) = (Vec::new(), Vec::new());
        for (Decoded { elements: Elements { S, W, .. }, .. }, w_n) in group {
            points.push(*S);
            points.extend(W);
            scalars.extend(d.iter().map(|d_j| d_j * w_n));
        }
        left += msm_g1(&points, &scalars);

        let w: Vec<Scalar> = group.iter().map(|(_, w_n)| *w_n).collect();
        let w_x: Vec<Scalar> = group.iter().map(|(claim, w_n)| claim.x * w_n).collect();
        let elements = || group.iter().map(|(claim, _)| &claim.elements);
        let V: Vec<G2Affine> = elements().map(|e| e.V).collect();
        pairs.push(((public.slot.h * w.iter().sum::<Scalar>()).to_affine(), public.A));
        pairs.push(((X + public.slot.U0).to_affine(), msm_g2(&V, &w).to_affine()));
        pairs.push((public.slot.U1, msm_g2(&V, &w_x).to_affine()));
        for (f, Y_f) in Y.into_iter().enumerate() {
            let V_f: Vec<G2Affine> = elements().filter_map(|e| e.V_f.get(f).copied()).collect();
            pairs.push((Y_f, msm_g2(&V_f, &w).to_affine()));
        }
        for (i, point) in not.into_iter().enumerate() {
            let V_not: Vec<G2Affine> = elements().filter_map(|e| e.V_not.get(i).copied()).collect();
            pairs.push((point, msm_g2(&V_not, &w).to_affine()));
        }
    }
    product(&pairs, &left).is_ok_and(|product| product.is_one())
}

/// Returns a digest of the whole batch, every byte of each claim.
pub(super) fn batch_seed(claims: &[(usize, Decoded<'_>)]) -> [u8; 32] {
    let mut transcript = Transcript::new();
    transcript.u64("claims", claims.len() as u64);
    claims.iter().for_each(|(_, claim)| claim.absorb(&mut transcript));
    transcript.digest(ABS_BATCH)
}

/// The points in G1 that a policy contributes to the equation.
struct Sides {
    /// The root's point.
    X: G1Projective,
    /// One for each free value.
    Y: Vec<G1Affine>,
    /// `[d_rho(i)](P_l + [h(v)]Q_l)` of each negative row.
    not: Vec<G1Affine>,
}

impl Sides {
    fn new(public: &Public, tree: &Tree, d: &[Scalar]) -> Self {
        let bases = public.points().of_rows(tree, Threads::ONE);
        let weighted = |use_number: usize, point: &G1Affine| match (use_number, d.get(use_number)) {
            (1.., Some(d_j)) => mul_weight_g1(point, d_j),
            _ => point.into(), // d_0 = 1
        };
        // X_i = [d_rho(i)]H(T_i)  or  [d_rho(i)]Q_l
        let rows = || tree.rows().iter().zip(&bases);
        let X_i: Vec<_> = rows().map(|(row, base)| weighted(row.use_number, &base.c3.point)).collect();
        let (X, Y) = tree.gather(&X_i);
        let not: Vec<_> = rows()
            .filter_map(|(row, base)| Some(weighted(row.use_number, &base.c4.as_ref()?.point)))
            .collect();
        Self { X, Y: batch_affine_g1(&Y), not: batch_affine_g1(&not) }
    }
}

/// Returns `d_0 = 1`, and a 128-bit `d_j` for each further use number.
fn use_weights(seed: [u8; 32], tree: &Tree) -> Vec<Scalar> {
    core::iter::once(Scalar::ONE).chain(weights(ABS_WEIGHT, seed)).take(tree.uses()).collect()
}

/// `e(-left, P2) * prod e(P_i, Q_i)`
fn product(pairs: &[(G1Affine, G2Affine)], left: &G1Projective) -> Result<Gt, Error> {
    pairing_product_prepared(pairs, &[((-left).to_affine(), generator_lines_g2())])
}
