//! The authority's master and public key, and the keys that it issues to users.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand_core::{CryptoRng, RngCore};

use super::bases::{self, SLOT};
use crate::codec::{Kind, Object, Reader, Writer, byte_form};
use crate::curve::{
    Curve, Field, FixedTarget, G1Affine, G1Projective, G2Affine, Gt, OnFirstUse, PrimeCurveAffine, Scalar,
    SecretG1, SecretG2, SecretScalar, batch_affine_g1, msm_g1, mul_generator_g1, mul_generator_g2,
    pairing_product, random_nonzero_scalar,
};
use crate::domain::{ABE_KEY_CHECK, ABE_KEY_NONCE, ABE_WEIGHT};
use crate::error::Error;
use crate::fabeo::LeafKey;
use crate::policy::{Attributes, CanonicalAttribute, Leaf, Term};
use crate::secret::{Secret, Wipe};
use crate::transcript::{Transcript, weights};

/// The authority's secret, `a1` and `a2`. Whoever holds it can read everything wrapped under its public key.
#[derive(Debug)]
pub struct MasterKey {
    a1: SecretScalar,
    a2: SecretScalar,
    public_key: PublicKey,
}

/// The authority's public key, under which anybody can wrap.
#[derive(Clone, Debug)]
pub struct PublicKey {
    A1: G1Affine,
    A2: G2Affine,
    /// `Z = e(A1, A2)`, computed when the key is made or decoded.
    Z: Gt,
    /// The powers of `Z`, made when a policy is first prepared, for all copies of this key.
    Z_powers: Arc<OnFirstUse<FixedTarget>>,
}

/// A user's key for a set of attributes.
#[derive(Debug)]
pub struct DecryptionKey {
    attributes: Attributes,
    pub(super) K0: SecretG1,
    pub(super) K1: SecretG1,
    pub(super) K2: SecretG2,
    /// `K_a` for every attribute, each number being replaced by its prefixes.
    K: BTreeMap<CanonicalAttribute, SecretG1>,
    /// `v` and `N_l` for every label with exactly one value, a text `v`.
    N: BTreeMap<String, (String, SecretG1)>,
}

impl MasterKey {
    /// Makes a master key.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`]
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        // a1, a2 <- Zq*
        Self::new(random_nonzero_scalar(rng)?, random_nonzero_scalar(rng)?)
    }

    fn new(a1: SecretScalar, a2: SecretScalar) -> Result<Self, Error> {
        // A1 = [a1]P1, A2 = [a2]P2
        let A1 = mul_generator_g1(&a1).to_affine();
        let A2 = mul_generator_g2(&a2).to_affine();
        Ok(Self { a1, a2, public_key: PublicKey::new(A1, A2)? })
    }

    /// The public key that belongs to this master key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public_key.clone()
    }

    /// Issues a key for a set of attributes.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`]
    pub fn issue(
        &self,
        attributes: &Attributes,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<DecryptionKey, Error> {
        // r <- Zq*, hedged: two users with one r could combine their keys.
        let mut set = Writer::new();
        attributes.write(&mut set);
        let r = Transcript::new()
            .scalar("a1", &self.a1)
            .scalar("a2", &self.a2)
            .bytes("attributes", set.as_slice())
            .hedged(ABE_KEY_NONCE, rng)?;
        let alpha = Secret::new(*self.a1 * *self.a2);
        // K0 = [alpha]P1 + [r]U0      K1 = [r]U1      K2 = [r]P2
        let alpha_P1 = Secret::new(mul_generator_g1(&alpha));
        let [r_U0, r_U1] = SLOT.times(&r).map(Secret::new);
        let K0 = SecretG1::from(*alpha_P1 + *r_U0);
        let K1 = SecretG1::from(*r_U1);
        let K2 = SecretG2::from(mul_generator_g2(&r));

        let expanded = attributes.expanded();
        let texts = attributes.single_texts();
        // K_a = [r]H(a) for a in S      N_l = [r](P_l + [h(v)]Q_l) for a label l with the one text v
        let mut points: Vec<G1Projective> = expanded
            .iter()
            .map(bases::of_attribute)
            .chain(texts.iter().map(|(l, v)| bases::of_value(l, v)))
            .map(|base| base * *r)
            .collect();
        let affine = Secret::new(batch_affine_g1(&points));
        let mut affine = affine.iter().copied().map(Secret::new);
        points.iter_mut().for_each(Wipe::wipe);
        let K = expanded.into_iter().zip(affine.by_ref()).collect();
        let N = texts.iter().zip(affine).map(|((l, v), N_l)| ((*l).into(), ((*v).into(), N_l))).collect();
        Ok(DecryptionKey { attributes: attributes.clone(), K0, K1, K2, K, N })
    }
}

impl PublicKey {
    fn new(A1: G1Affine, A2: G2Affine) -> Result<Self, Error> {
        Ok(Self { A1, A2, Z: pairing_product(&[(A1, A2)])?, Z_powers: Arc::default() })
    }

    /// Makes [`pow_Z`](Self::pow_Z) twice as fast.
    pub(super) fn prepare_Z(&self) {
        self.Z_powers.get_or_init(|| FixedTarget::new(&self.Z));
    }

    /// `Z^s`, in constant time.
    pub(super) fn pow_Z(&self, s: &Scalar) -> Gt {
        self.Z_powers.get().map_or_else(|| self.Z.pow(s), |powers| powers.pow(s))
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.A1 == other.A1 && self.A2 == other.A2
    }
}

impl Eq for PublicKey {}

impl DecryptionKey {
    /// The attributes that this key was issued for.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Checks that this key was issued under a public key, for all of its attributes.
    ///
    /// One product of three pairings, whatever the number of attributes: the equations are added up with weights that
    /// depend on the whole key.
    ///
    /// # Errors
    /// [`Error::InvalidKey`]
    pub fn verify(&self, public_key: &PublicKey) -> Result<(), Error> {
        // e(K0, P2) = e(A1, A2) e(U0, K2)      e(K1, P2) = e(U1, K2)
        // e(K_a, P2) = e(H(a), K2)             e(N_l, P2) = e(P_l + [h(v)]Q_l, K2)
        let points = Secret::new(self.points().copied().collect::<Vec<_>>());
        let bases: Vec<_> = [SLOT.U0, SLOT.U1]
            .into_iter()
            .chain(self.K.keys().map(bases::of_attribute))
            .chain(self.N.iter().map(|(l, (v, _))| bases::of_value(l, v)))
            .collect();
        // The weights are a hash of the key. What the time of the sums tells of them is of no use to anybody.
        let w = self.weights(public_key, points.len());
        let [w_0, ..] = w.as_slice() else { return Err(Error::InvalidKey) };
        let mut sum = msm_g1(&points, &w);
        let product = pairing_product(&[
            (sum.to_affine(), G2Affine::generator()),
            ((-msm_g1(&bases, &w)).to_affine(), *self.K2),
            ((-(public_key.A1 * w_0)).to_affine(), public_key.A2),
        ])?;
        sum.wipe();
        if product.is_one() { Ok(()) } else { Err(Error::InvalidKey) }
    }

    /// `K0`, `K1`, `K_a`, `N_l`.
    fn points(&self) -> impl Iterator<Item = &G1Affine> {
        [&self.K0, &self.K1]
            .into_iter()
            .chain(self.K.values())
            .chain(self.N.values().map(|(_, N_l)| N_l))
            .map(|point| &**point)
    }

    fn weights(&self, public_key: &PublicKey, count: usize) -> Vec<Scalar> {
        let mut key = Writer::new();
        self.write(&mut key);
        let seed = Transcript::new()
            .g1("A1", &public_key.A1)
            .g2("A2", &public_key.A2)
            .bytes("key", key.as_slice())
            .digest(ABE_KEY_CHECK);
        weights(ABE_WEIGHT, seed).take(count).collect()
    }

    /// Whether this key has an element for a leaf; from names alone.
    pub(super) fn satisfies(&self, leaf: &Leaf) -> bool {
        match &leaf.term {
            Term::Attribute(a) => self.K.contains_key(a),
            Term::Not { label, value } => self.N.get(label).is_some_and(|(own, _)| own != value),
        }
    }

    /// What this key holds for a leaf, if it satisfies the leaf.
    pub(super) fn element(&self, leaf: &Leaf) -> Option<LeafKey<'_>> {
        match &leaf.term {
            Term::Attribute(a) => self.K.get(a).map(|K_a| LeafKey::Positive(K_a)),
            Term::Not { label, value } => {
                let (own, N) = self.N.get(label)?;
                // d = 1/(h(v) - h(v')), which exists for v' != v
                let d = (bases::h(value) - bases::h(own)).invert();
                Option::from(d).map(|d| LeafKey::Negative { N, d })
            }
        }
    }
}

impl Object for MasterKey {
    const KIND: Kind = Kind::AbeMasterKey;

    fn write(&self, w: &mut Writer) {
        w.scalar(&self.a1);
        w.scalar(&self.a2);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(r.nonzero_scalar()?, r.nonzero_scalar()?)
    }
}

impl Object for PublicKey {
    const KIND: Kind = Kind::AbePublicKey;

    fn write(&self, w: &mut Writer) {
        w.g1(&self.A1);
        w.g2(&self.A2);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(r.g1()?, r.g2()?)
    }
}

impl Object for DecryptionKey {
    const KIND: Kind = Kind::AbeDecryptionKey;

    fn write(&self, w: &mut Writer) {
        self.attributes.write(w);
        w.g2(&self.K2);
        for point in self.points() {
            w.g1(point);
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let attributes = Attributes::read(r)?;
        let point = |r: &mut Reader<'_>| r.g1().map(Secret::new);
        let K2 = r.g2().map(Secret::new)?;
        let (K0, K1) = (point(r)?, point(r)?);
        let K =
            attributes.expanded().into_iter().map(|a| Ok((a, point(r)?))).collect::<Result<_, Error>>()?;
        // In the order of the labels' text, which is not that of the attributes' canonical bytes.
        let mut texts = attributes.single_texts();
        texts.sort_unstable();
        let N = texts
            .iter()
            .map(|(l, v)| Ok(((*l).into(), ((*v).into(), point(r)?))))
            .collect::<Result<_, Error>>()?;
        Ok(Self { attributes, K0, K1, K2, K, N })
    }
}

byte_form!(secret MasterKey);
byte_form!(PublicKey);
byte_form!(secret DecryptionKey);
