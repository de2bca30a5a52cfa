//! The attacker's own program of a user. It decodes search keys, and makes trapdoors for chosen
//! slot values, `t` and `y`.

use blstrs::Scalar;

use super::node::Trapdoor;
use crate::ground::{Held, P2, Reader, hash_to_scalar, header, hmac, var};
use crate::keys;

/// A user's search key, from its bytes.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) kappa: [u8; 32],
    /// The part with `gamma`.
    pub(crate) K: keys::Key,
    /// The part without.
    pub(crate) Z: keys::Key,
}

/// `x_w`, of a keyword in canonical spelling.
pub(crate) fn x(kappa: &[u8; 32], word: &str) -> Scalar {
    // x_w = hash_to_scalar(HMAC(kappa, "keyword" || len || keyword))
    hash_to_scalar("SEARCH-KW", &hmac(kappa, &[b"keyword", &var(word.as_bytes())]))
}

impl Key {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(0x32, bytes);
        let held = Held::read(&mut reader);
        let kappa = reader.bytes();
        let [K, Z] = [(); 2].map(|()| keys::Key::read_points(&held, &mut reader));
        reader.end();
        Self { kappa, K, Z }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let (K, Z) = (self.K.point_bytes(), self.Z.point_bytes());
        [&header(0x32), self.K.fields.as_slice(), &self.kappa, &K, &Z].concat()
    }

    /// A trapdoor for a slot value that shows everything.
    pub(crate) fn trapdoor(&self, x: &Scalar, t: &Scalar, y: &Scalar) -> Trapdoor {
        let Self { K, Z, .. } = self;
        let T_l = K.N.iter().zip(&Z.N);
        Trapdoor {
            fields: K.fields.clone(),
            // T0 = [t](K0 + [y]Z0 + [x](K1 + [y]Z1))
            T0: (K.K0 + Z.K0 * y + (K.K1 + Z.K1 * y) * x) * t,
            // T_a = [t](K_a + [y]Z_a)     T_l = [t](N_l + [y]Z_l)
            T: K.K.iter().map(|(a, K_a)| (a.clone(), (K_a + Z.K[a] * y) * t)).collect(),
            T_l: T_l
                .map(|((l, v, N_l), (.., Z_l))| (l.clone(), v.clone(), Some((N_l + Z_l * y) * t)))
                .collect(),
            // T2 = [t](K2 + [y]Z2)     T3 = [t]P2
            T2: (K.K2 + Z.K2 * y) * t,
            T3: P2() * t,
        }
    }
}
