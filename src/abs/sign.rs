//! Signing: a key for the slot value of the statement, narrowed to the policy and re-randomised.

use crate::threads::Threads;
use std::sync::Arc;

use rand_core::{CryptoRng, RngCore};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use crate::abs::keys::SigningKey;
use crate::abs::signature::{Elements, Signature, slot_value};
use crate::curve::{
    Field, G1Projective, Group, PrimeCurveAffine, Scalar, SecretScalar, batch_affine_g1, batch_affine_g2,
    mul_generator_g2, random_scalar,
};
use crate::domain::{ABS, ABS_NONCE};
use crate::error::Error;
use crate::fabeo::{RowBase, h};
use crate::policy::{Dual, Node, Policy, Term, Tree};
use crate::secret::{self, Secret};
use crate::transcript::{Hedged, Transcript};

impl SigningKey {
    /// Signs a message in a context, as a member whose attributes satisfy the policy. The signature
    /// hides who signed and which attributes were used. The message and the context are separate
    /// inputs. The context names the use: a signature for one use is not accepted for another.
    ///
    /// The multiplications are the same whichever rows of the policy are used. The lookup of the
    /// rows that the key satisfies takes a time that depends on the names of its attributes.
    ///
    /// # Errors
    /// - [`Error::PolicyNotSatisfied`] if the attributes do not satisfy the policy.
    /// - [`Error::LimitExceeded`] if the message or the context is longer than
    ///   [`SIGNED_BYTES`](crate::limits::SIGNED_BYTES).
    /// - [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn sign(
        &self,
        policy: &Policy,
        context: &[u8],
        message: &[u8],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Signature, Error> {
        let x = slot_value(&self.public_key, policy, context, message)?;
        let tree = policy.tree();
        // gamma: the dual values of a satisfying set, zero at rows that are not used
        let gamma =
            tree.choose_dual(|row| self.key.elements.satisfy(&row.term)).ok_or(Error::PolicyNotSatisfied)?;
        // The same randomness for two statements, or for two sets, reveals the key. The
        // nonce therefore depends on all of them. K2, K0 and K1 stand for the key; its other
        // points follow from them.
        let mut transcript = Transcript::new();
        transcript.g2("K2", &self.key.K2).g1("K0", &self.key.K0).g1("K1", &self.key.K1).scalar("x", &x);
        for value in gamma.rows.iter().chain(&gamma.free) {
            transcript.scalar("gamma", value);
        }
        let mut rng = transcript.hedge(ABS_NONCE, rng)?;
        let bases = self.public_key.0.points().of_rows(tree, Threads::ONE);
        let narrowing = Narrowing { key: self, tree, bases: &bases, gamma: &gamma, x: &x };
        loop {
            let nu = Nonces::draw(tree, &mut rng)?;
            // If an element would be the identity, draw again. Zero is then as
            // likely as any other value.
            if let Some(elements) = narrowing.elements(&nu)? {
                return Ok(elements.encode());
            }
        }
    }
}

/// The values that re-randomise a signature: uniform in Zq, zero included.
pub(super) struct Nonces {
    /// `r*`, the value of the root.
    pub(super) r: SecretScalar,
    /// The free values.
    pub(super) free: Secret<Vec<Scalar>>,
    /// `nu'_i` of the negative rows.
    pub(super) not: Vec<SecretScalar>,
}

impl Nonces {
    fn draw(tree: &Tree, rng: &mut Hedged) -> Result<Self, Error> {
        let r = random_scalar(rng)?;
        let mut free = Secret::new(Vec::with_capacity(tree.free_values()));
        for _ in 0..tree.free_values() {
            free.push(*random_scalar(rng)?);
        }
        let not = secret::collect((0..tree.negative_rows()).map(|_| random_scalar(rng)))?;
        Ok(Self { r, free, not })
    }
}

/// A key, and the policy and statement to which it is narrowed.
pub(super) struct Narrowing<'a> {
    pub(super) key: &'a SigningKey,
    pub(super) tree: &'a Tree,
    pub(super) bases: &'a [Arc<RowBase>],
    pub(super) gamma: &'a Dual,
    pub(super) x: &'a Scalar,
}

impl Narrowing<'_> {
    /// Returns the points of the signature, or `None` if one of them is the identity.
    pub(super) fn elements(&self, Nonces { r, free, not }: &Nonces) -> Result<Option<Elements>, Error> {
        let Self { key: SigningKey { public_key, key }, tree, bases, gamma, x } = self;
        let nu = tree.dual(r, free)?;
        let is_bit = Bits::of(tree);

        // V = K2 + [r*]P2                   V_f = [gamma_f]K2 + [nu_f]P2
        let mut V = vec![mul_generator_g2(r) + *key.K2];
        for ((gamma_f, nu_f), bit) in gamma.free.iter().zip(free.iter()).zip(&is_bit.free) {
            V.push(scaled(&key.K2.to_curve(), gamma_f, *bit) + mul_generator_g2(nu_f));
        }

        let mut W = Secret::new(vec![G1Projective::identity(); tree.uses()]);
        let mut not = not.iter();
        for ((((row, base), gamma_i), nu_i), bit) in
            tree.rows().iter().zip(*bases).zip(&gamma.rows).zip(&nu).zip(&is_bit.rows)
        {
            let R_i = match (&row.term, &base.c4) {
                (Term::Not { label, value: v }, Some(P_l_plus_h_Q_l)) => {
                    // d = 1/(h(v') - h(v)) for the key's value v'. Zero if the key has no value for
                    // the label, or the excluded one.
                    let (own, N_l) = key.elements.text(label).unwrap_or((v, &public_key.0.slot.U1));
                    let d = (h(&ABS, own) - h(&ABS, v)).invert();
                    let gamma_d = Secret::new(d.unwrap_or(Scalar::ZERO) * gamma_i);
                    let nu_not = not.next().ok_or(Error::OutOfRange)?;
                    // V'_i = [gamma_i d]K2 + [nu'_i]P2
                    V.push(*key.K2 * *gamma_d + mul_generator_g2(nu_not));
                    // R_i = [gamma_i d]N_l + [nu_i]Q_l + [nu'_i](P_l + [h(v)]Q_l)
                    *N_l * *gamma_d + base.c3.mul(nu_i) + P_l_plus_h_Q_l.mul(nu_not)
                }
                (Term::All(T), _) => {
                    // K_T = sum_{a in T} K_a, with a dummy point for attributes
                    // that the key does not have
                    let K_T = T.iter().fold(G1Projective::identity(), |sum, a| {
                        sum + key.elements.K.get(a).map_or(&public_key.0.slot.U1, |K_a| K_a)
                    });
                    // R_i = [gamma_i]K_{T_i} + [nu_i]H(T_i)
                    scaled(&*Secret::new(K_T), gamma_i, *bit) + base.c3.mul(nu_i)
                }
                _ => return Err(Error::OutOfRange),
            };
            // W_j = sum of the R_i with rho(i) = j
            *W.get_mut(row.use_number).ok_or(Error::OutOfRange)? += R_i;
        }

        // S = K0 + [x]K1 + [r*]F + W_0
        let (W_0, _) = W.split_first_mut().ok_or(Error::OutOfRange)?;
        *W_0 += *key.K1 * *x + *key.K0 + public_key.0.slot.mul(x, r);

        let (mut G1, mut G2) = (batch_affine_g1(&W).into_iter(), batch_affine_g2(&V));
        let is_identity =
            G1.clone().any(|P| P.is_identity().into()) || G2.iter().any(|V| V.is_identity().into());
        let V_not = G2.split_off((1 + tree.free_values()).min(G2.len()));
        let mut G2 = G2.into_iter();
        let (Some(S), Some(V), false) = (G1.next(), G2.next(), is_identity) else { return Ok(None) };
        Ok(Some(Elements { S, W: G1.collect(), V, V_f: G2.collect(), V_not }))
    }
}

/// Computes `[gamma]P` in constant time. `bit` says that gamma is zero or one
/// whichever rows are used.
fn scaled<P>(point: &P, gamma: &Scalar, bit: bool) -> P
where
    P: Group + ConditionallySelectable + for<'k> core::ops::Mul<&'k Scalar, Output = P>,
{
    if bit { P::conditional_select(&P::identity(), point, gamma.ct_eq(&Scalar::ONE)) } else { *point * gamma }
}

/// For each row and free value, whether its coefficient is zero or one whichever rows are used.
/// This holds outside gates `k of n` with `1 < k < n`, and follows from the policy alone.
struct Bits {
    rows: Vec<bool>,
    free: Vec<bool>,
}

impl Bits {
    fn of(tree: &Tree) -> Self {
        let mut bits = Self { rows: Vec::new(), free: Vec::new() };
        bits.visit(tree.root(), true);
        bits
    }

    fn visit(&mut self, node: &Node, bit: bool) {
        match node {
            Node::Row(_) => self.rows.push(bit),
            Node::Gate { k, children } => {
                let bit = bit && (*k == 1 || *k == children.len());
                self.free.extend(core::iter::repeat_n(bit, children.len() - k));
                children.iter().for_each(|child| self.visit(child, bit));
            }
        }
    }
}
