//! A user's program of the attacker's own: it reads search keys, and makes trapdoors for slot values, `t` and `y` of choice.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use blstrs::{G1Projective, G2Projective, Scalar};

use super::node::Trapdoor;
use crate::ground::{
    Canonical, Held, P2, Reader, g1_bytes, g2_bytes, hash_to_g1, hash_to_scalar, header, hmac, var,
};

/// A user's search key, from its bytes.
#[derive(Clone)]
pub(crate) struct Key {
    /// The attributes as they stand in the key.
    pub(crate) fields: Vec<u8>,
    pub(crate) kappa: [u8; 32],
    pub(crate) K: Part,
    pub(crate) Z: Part,
}

/// `X2`, `X0`, `X1`, `X_a`, for X = K or Z.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) X2: G2Projective,
    pub(crate) X0: G1Projective,
    pub(crate) X1: G1Projective,
    pub(crate) X: BTreeMap<Canonical, G1Projective>,
}

/// `H(a)`
pub(crate) fn H(a: &[u8]) -> G1Projective {
    hash_to_g1("SEARCH-ATTR", a)
}

/// `U0` and `U1`
pub(crate) fn U() -> [G1Projective; 2] {
    static U: LazyLock<[G1Projective; 2]> =
        LazyLock::new(|| ["SEARCH-U0", "SEARCH-U1"].map(|purpose| hash_to_g1(purpose, b"")));
    *U
}

/// `F(x) = U0 + [x]U1`
pub(crate) fn F(x: &Scalar) -> G1Projective {
    let [U0, U1] = U();
    U0 + U1 * x
}

/// `x_w`, of a keyword in canonical spelling.
pub(crate) fn x(kappa: &[u8; 32], word: &str) -> Scalar {
    // x_w = hash_to_scalar(HMAC(kappa, "keyword" || len || keyword))
    hash_to_scalar("SEARCH-KW", &hmac(kappa, &[b"keyword", &var(word.as_bytes())]))
}

impl Part {
    pub(crate) fn read(reader: &mut Reader<'_>, attributes: &[Canonical]) -> Self {
        let (X2, X0, X1) = (reader.g2(), reader.g1(), reader.g1());
        Self { X2, X0, X1, X: attributes.iter().map(|a| (a.clone(), reader.g1())).collect() }
    }

    /// Every point of `G1`, in the order of the byte form.
    pub(crate) fn points(&self) -> Vec<G1Projective> {
        [self.X0, self.X1].into_iter().chain(self.X.values().copied()).collect()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let points: Vec<_> = self.points().iter().flat_map(g1_bytes).collect();
        [g2_bytes(&self.X2).as_slice(), &points].concat()
    }
}

impl Key {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(0x32, bytes);
        let Held { fields, expanded, .. } = Held::read(&mut reader);
        let kappa = reader.bytes();
        let [K, Z] = [(); 2].map(|()| Part::read(&mut reader, &expanded));
        reader.end();
        Self { fields, kappa, K, Z }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let (K, Z) = (self.K.to_bytes(), self.Z.to_bytes());
        [&header(0x32), self.fields.as_slice(), &self.kappa, &K, &Z].concat()
    }

    /// A trapdoor for a slot value that shows everything.
    pub(crate) fn trapdoor(&self, x: &Scalar, t: &Scalar, y: &Scalar) -> Trapdoor {
        let (K, Z) = (&self.K, &self.Z);
        Trapdoor {
            fields: self.fields.clone(),
            // T0 = [t](K0 + [y]Z0 + [x](K1 + [y]Z1))
            T0: (K.X0 + Z.X0 * y + (K.X1 + Z.X1 * y) * x) * t,
            // T_a = [t](K_a + [y]Z_a)
            T: K.X.iter().map(|(a, K_a)| (a.clone(), (K_a + Z.X[a] * y) * t)).collect(),
            // T2 = [t](K2 + [y]Z2)     T3 = [t]P2
            T2: (K.X2 + Z.X2 * y) * t,
            T3: P2() * t,
        }
    }
}
