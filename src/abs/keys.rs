//! The authority's keys and the user's credentials.

use core::fmt;

use rand_core::{CryptoRng, RngCore};

use crate::abs::nonces::Nonces;
use crate::abs::relation::{Relation, all_hold};
use crate::codec::{Kind, Object, Reader, Writer, byte_form};
use crate::curve::{
    Field, FixedBase, G1_BYTES, G1Affine, G1Projective, G2Affine, Lazy, OddMultiples, OnFirstUse,
    PrimeCurveAffine, SCALAR_BYTES, Scalar, SecretG1, SecretScalar, mul_generator_g2, random_nonzero_scalar,
};
use crate::domain::{ABS_ATTRIBUTE, ABS_BASE, ABS_BLINDING, ABS_USER, ABS_VERIFY, ABS_WEIGHT};
use crate::error::Error;
use crate::hash::{hash_to_g1, hash_to_scalar};
use crate::policy::{Attributes, CanonicalAttribute, Leaf, Term};
use crate::secret::{self, Secret};
use crate::transcript::{Transcript, weights};

/// The bases of the credentials. Nobody knows a relation among them and `P1`.
pub(super) struct Bases {
    /// of the user's secret
    pub(super) H_u: Base,
    /// of an attribute
    pub(super) H_a: Base,
    /// of the blinding
    pub(super) H_b: Base,
}

/// A base with its tables.
pub(super) struct Base {
    /// for secret scalars
    table: FixedBase<G1Affine>,
    /// for public scalars
    pub(super) multiples: OddMultiples,
}

pub(super) fn bases() -> &'static Bases {
    static BASES: Lazy<Bases> = Lazy::new(|| Bases {
        H_u: Base::new(hash_to_g1(ABS_USER, b"")),
        H_a: Base::new(hash_to_g1(ABS_BASE, b"")),
        H_b: Base::new(hash_to_g1(ABS_BLINDING, b"")),
    });
    &BASES
}

impl Base {
    fn new(point: G1Affine) -> Self {
        const WIDTH: u32 = 8;
        let multiples = OddMultiples::new(&point, WIDTH);
        Self { table: FixedBase::<G1Affine>::wide(&point), multiples }
    }

    /// In constant time.
    pub(super) fn mul(&self, k: &Scalar) -> G1Projective {
        self.table.mul(k)
    }
}

/// `z_a`, the scalar of an attribute.
pub(super) fn scalar_of(attribute: &CanonicalAttribute) -> Scalar {
    hash_to_scalar(ABS_ATTRIBUTE, attribute.as_bytes())
}

/// The authority's secret, `x`. Encoded: `x`, 32 bytes.
#[derive(Debug)]
pub struct MasterKey {
    x: SecretScalar,
    public_key: PublicKey,
}

/// The authority's public key, `X = [x]P2`. Encoded: `X`, 96 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    pub(super) X: G2Affine,
}

/// A user's credentials on their attributes.
///
/// Encoded: `X` (96 bytes), `u` (32), the attributes, and for each attribute, numbers expanded into their prefixes,
/// in the order of the canonical bytes: `e_a` (32), `A_a` (48).
pub struct SigningKey {
    pub(super) public_key: PublicKey,
    /// Binds all credentials of the user to one another.
    pub(super) u: SecretScalar,
    attributes: Attributes,
    credentials: Vec<Credential>,
}

/// A BBS signature of the authority on `(u, z_a)`.
pub(super) struct Credential {
    attribute: CanonicalAttribute,
    pub(super) z: Scalar,
    pub(super) e: SecretScalar,
    pub(super) A: SecretG1,
    /// `[x]A_a`
    xA: OnFirstUse<SecretG1>,
    /// The tables of `A_a` and `[x]A_a`, where they were asked for.
    tables: OnFirstUse<[Secret<FixedBase<G1Affine>>; 2]>,
}

impl MasterKey {
    /// A new authority.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`].
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        Ok(Self::from_secret(random_nonzero_scalar(rng)?))
    }

    fn from_secret(x: SecretScalar) -> Self {
        // X = [x]P2
        let X = mul_generator_g2(&x).into();
        Self { x, public_key: PublicKey { X } }
    }

    /// What verifiers need.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// A signing key for these attributes, bound to a new secret of the user. A user whose attributes change gets a
    /// new key for all of them: credentials of two keys don't work together, not even two keys of one user.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`].
    pub fn issue(
        &self,
        attributes: &Attributes,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<SigningKey, Error> {
        // Hedged: two keys with one u could be pooled, and two credentials with one e combined to others.
        let mut w = Writer::new();
        attributes.write(&mut w);
        let mut nonces = Nonces::hedged(&self.x, |t| _ = t.bytes("attributes", w.as_slice()), rng)?;
        let u = nonces.next();
        let of_user = of_user(&u);
        let credentials = attributes.expanded().into_iter().map(|attribute| {
            let z = scalar_of(&attribute);
            let (e, inverse) = loop {
                let e = nonces.next();
                let sum = Secret::new(*self.x + *e);
                if let Some(inverse) = Option::<Scalar>::from(sum.invert()) {
                    break (e, Secret::new(inverse));
                }
            };
            // B_a = P1 + [u]H_u + [z_a]H_a
            // A_a = [1/(x + e_a)]B_a
            let A = (*of_user + bases().H_a.mul(&z)) * *inverse;
            Credential { attribute, z, e, A: A.into(), xA: OnFirstUse::new(), tables: OnFirstUse::new() }
        });
        Ok(SigningKey {
            credentials: credentials.collect(),
            public_key: self.public_key.clone(),
            u,
            attributes: attributes.clone(),
        })
    }
}

/// `P1 + [u]H_u`, the part that all `B_a` of a user share.
fn of_user(u: &Scalar) -> Secret<G1Projective> {
    Secret::new(G1Affine::generator() + bases().H_u.mul(u))
}

impl SigningKey {
    /// The attributes that the key is for.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// The authority that issued the key, as the key says; [`verify`](Self::verify) checks it.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Checks that this authority issued every credential of the key. Two pairings, and four multiplications
    /// for each attribute.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if not.
    pub fn verify(&self, public_key: &PublicKey) -> Result<(), Error> {
        // e(A_a, X + [e_a]P2) = e(B_a, P2)  is  e(A_a, X) = e(B_a - [e_a]A_a, P2)
        let weights = weights(ABS_WEIGHT, self.weight_seed());
        let pairs = self.credentials.iter().zip(weights).map(|(a, d)| (&a.A, self.x_times_A(a), d));
        if self.public_key == *public_key && all_hold([(&public_key.X, &Relation::of_secret(pairs))])? {
            Ok(())
        } else {
            Err(Error::InvalidKey)
        }
    }

    /// Of the whole key, so that the weights are fixed only after it.
    pub(super) fn weight_seed(&self) -> [u8; 32] {
        let mut w = Writer::new();
        self.write(&mut w);
        Transcript::new().bytes("signing key", w.as_slice()).digest(ABS_VERIFY)
    }

    /// The credential on the attribute of a leaf.
    pub(super) fn credential(&self, leaf: &Leaf) -> Option<&Credential> {
        let Term::Attribute(attribute) = &leaf.term else { return None };
        let found = self.credentials.binary_search_by(|held| held.attribute.cmp(attribute)).ok()?;
        self.credentials.get(found)
    }

    /// `[x]A_a`, which the equation of the credential gives without `x`. Computed at its first use.
    pub(super) fn x_times_A<'a>(&self, a: &'a Credential) -> &'a SecretG1 {
        a.xA.get_or_init(|| {
            // [x]A_a = B_a - [e_a]A_a,  B_a = P1 + [u]H_u + [z_a]H_a
            (*of_user(&self.u) + bases().H_a.mul(&a.z) - *a.A * *a.e).into()
        })
    }
}

impl Credential {
    /// Makes [`multiply`](Self::multiply) more than twice as fast.
    pub(super) fn prepare(&self, xA: &SecretG1) {
        self.tables.get_or_init(|| [&self.A, xA].map(|base| Secret::new(FixedBase::<G1Affine>::new(base))));
    }

    /// `[k]A_a` and `[k_x][x]A_a`, in constant time.
    pub(super) fn multiply(&self, k: &Scalar, xA: &SecretG1, k_x: &Scalar) -> [G1Projective; 2] {
        match self.tables.get() {
            Some([A, xA]) => [A.mul(k), xA.mul(k_x)],
            None => [*self.A * k, **xA * k_x],
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("attributes", &self.attributes).finish_non_exhaustive()
    }
}

impl Object for MasterKey {
    const KIND: Kind = Kind::AbsMasterKey;

    fn write(&self, w: &mut Writer) {
        w.scalar(&self.x);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self::from_secret(r.nonzero_scalar()?))
    }
}
byte_form!(secret MasterKey);

impl Object for PublicKey {
    const KIND: Kind = Kind::AbsPublicKey;

    fn write(&self, w: &mut Writer) {
        w.g2(&self.X);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { X: r.g2()? })
    }
}
byte_form!(PublicKey);

impl Object for SigningKey {
    const KIND: Kind = Kind::AbsSigningKey;

    fn write(&self, w: &mut Writer) {
        self.public_key.write(w);
        w.scalar(&self.u);
        self.attributes.write(w);
        for a in &self.credentials {
            w.scalar(&a.e);
            w.g1(&a.A);
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let public_key = PublicKey::read(r)?;
        let u = r.nonzero_scalar()?;
        let attributes = Attributes::read(r)?;
        let expanded = attributes.expanded();
        if r.remaining() / (SCALAR_BYTES + G1_BYTES) < expanded.len() {
            return Err(Error::Truncated);
        }
        let credentials = expanded.into_iter().map(|attribute| {
            let (z, e, A) = (scalar_of(&attribute), r.scalar()?, Secret::new(r.g1()?));
            Ok(Credential { attribute, z, e, A, xA: OnFirstUse::new(), tables: OnFirstUse::new() })
        });
        Ok(Self { credentials: secret::collect(credentials)?, public_key, u, attributes })
    }
}
byte_form!(secret SigningKey);
