//! An attacker's own decapsulator, on the bytes of keys and ciphertexts. It requires no attribute,
//! accepts any choice of rows, elements and coefficients, and checks neither commitment nor MAC.
//!
//! The product of pairings splits into one factor for the slot and one for each row. Each
//! combination then costs one multiplication.

use blst::blst_fp12 as Gt;
use blstrs::{G1Affine, G1Projective, G2Affine, G2Projective, Scalar};
use group::Group;

use crate::ground::{Reader, Transcript, hash_to_scalar, header, hmac, kdf, keys, open, pair, seal, var};
use crate::keys::{ABE, Element, Key};
use crate::rule::Rule;

/// The wrapping of a record's key.
pub(crate) const AAD: &[u8] = b"digest of the record";

/// A wrapped key, from its bytes. The points of rows are decoded on use, with
/// the minimum of checks.
#[derive(Clone)]
pub(crate) struct Ciphertext {
    pub(crate) rule: Rule,
    /// The members' key epoch; 0 for none.
    pub(crate) epoch: u32,
    /// The canonical text.
    pub(crate) policy: Vec<u8>,
    pub(crate) c1: [u8; 96],
    pub(crate) c2: Vec<[u8; 96]>,
    pub(crate) c3: Vec<[u8; 48]>,
    /// `c4`, for the negative rows.
    pub(crate) c4: Vec<[u8; 48]>,
    pub(crate) com: [u8; 32],
    pub(crate) c5: [u8; 32],
    pub(crate) c6: [u8; 32],
    pub(crate) sealed: Vec<u8>,
}

impl Ciphertext {
    /// Reads a wrapped key under a policy whose rows are known.
    pub(crate) fn read(rule: &Rule, bytes: &[u8]) -> Self {
        let mut reader = Reader::new(0x23, bytes);
        let read = Self {
            rule: rule.clone(),
            epoch: reader.u32(),
            policy: reader.var().to_vec(),
            c1: reader.bytes(),
            c2: (0..rule.tau()).map(|_| reader.bytes()).collect(),
            c3: rule.rows().iter().map(|_| reader.bytes()).collect(),
            c4: rule.negative().iter().map(|_| reader.bytes()).collect(),
            com: reader.bytes(),
            c5: reader.bytes(),
            c6: reader.bytes(),
            sealed: reader.var().to_vec(),
        };
        reader.end();
        read
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [
            &header(0x23),
            self.epoch.to_be_bytes().as_slice(),
            self.fields().as_slice(),
            &self.c6,
            &var(&self.sealed),
        ]
        .concat()
    }

    /// The fields, with their names.
    pub(crate) fn parts(&mut self) -> Vec<(&'static str, &mut [u8])> {
        let policy = [("policy", self.policy.as_mut_slice()), ("c1", &mut self.c1)];
        let c2 = self.c2.iter_mut().map(|c2| ("c2", c2.as_mut_slice()));
        let c3 = self.c3.iter_mut().map(|c3| ("c3", c3.as_mut_slice()));
        let c4 = self.c4.iter_mut().map(|c4| ("c4", c4.as_mut_slice()));
        let rest: [(_, &mut [u8]); 4] = [
            ("com", &mut self.com),
            ("c5", &mut self.c5),
            ("c6", &mut self.c6),
            ("sealed", &mut self.sealed),
        ];
        policy.into_iter().chain(c2).chain(c3).chain(c4).chain(rest).collect()
    }

    /// The fields before `c6`.
    fn fields(&self) -> Vec<u8> {
        let (c2, c3, c4) = (self.c2.concat(), self.c3.concat(), self.c4.concat());
        [&var(&self.policy), self.c1.as_slice(), &c2, &c3, &c4, &self.com, &self.c5].concat()
    }

    /// `x = hash_to_scalar(com)`
    pub(crate) fn x(&self) -> Scalar {
        hash_to_scalar("ABE-SLOT", &self.com)
    }

    /// `e(K_F, c1)`, where `K_F = K0 + [x]K1`.
    pub(crate) fn slot(&self, K0: &G1Projective, K1: &G1Projective) -> Gt {
        self.with_c1(&(K0 + K1 * self.x()))
    }

    pub(crate) fn with_c1(&self, K_F: &G1Projective) -> Gt {
        pair(&[(*K_F, g2(&self.c1))])
    }

    /// The contribution of a row with a coefficient: `e([gamma]K_T, c2_rho) e(-[gamma]c3, K2)`, or
    /// for a negative row `e(-[gamma d]N_l, c2_rho) e([gamma d]c4 - [gamma]c3, K2)`.
    pub(crate) fn row(&self, i: usize, gamma: &Scalar, element: &Element, K2: &G2Projective) -> Gt {
        self.row_as(i, self.rule.rho()[i], gamma, element, K2)
    }

    /// Like [`Ciphertext::row`], with a chosen use number.
    pub(crate) fn row_as(
        &self,
        i: usize,
        use_number: usize,
        gamma: &Scalar,
        element: &Element,
        K2: &G2Projective,
    ) -> Gt {
        let negative = self.rule.negative().iter().position(|negative| *negative == i);
        let c4 = negative.map_or(G1Projective::identity(), |at| g1(&self.c4[at]));
        let row = c4 * element.of_c4 - g1(&self.c3[i]);
        pair(&[(element.beside_c2 * gamma, g2(&self.c2[use_number])), (row * gamma, *K2)])
    }

    /// `D`, with one key, from chosen rows and coefficients. It omits rows for which the key has no
    /// element. Where the key has only some elements of a row, it uses those.
    pub(crate) fn D(&self, key: &Key, chosen: &[(usize, Scalar)]) -> Gt {
        let rows = self.rule.rows();
        chosen.iter().fold(self.slot(&key.K0, &key.K1), |D, (i, gamma)| {
            match key.element(&ABE, rows[*i]).or_else(|| key.part(rows[*i])) {
                Some(element) => D * self.row(*i, gamma, &element, &key.K2),
                None => D,
            }
        })
    }

    /// `kdf(D, "kem-mask", c1 || com)`
    fn mask(&self, D: &Gt) -> [u8; 32] {
        kdf(&D.to_bendian(), "kem-mask", &[self.c1.as_slice(), &self.com].concat())
    }

    /// The message under the mask of `D`.
    pub(crate) fn m(&self, D: &Gt) -> [u8; 32] {
        xor(&self.c5, &self.mask(D))
    }

    /// The wrapped secret, if `D` is right.
    pub(crate) fn secret(&self, D: &Gt) -> Option<Vec<u8>> {
        open(&self.k_out(D), AAD, &self.sealed)
    }

    /// `(k_mac, k_out) = kdf(m, "kem-keys", com)`
    pub(crate) fn k_out(&self, D: &Gt) -> [u8; 32] {
        let [_, k_out] = keys(&self.m(D), "kem-keys", &self.com);
        k_out
    }

    /// The wrapped secret, if `D` and the members' key given here are right.
    pub(crate) fn secret_under(&self, D: &Gt, members_key: &[u8]) -> Option<Vec<u8>> {
        // k = kdf(k_out || members' key, "wrap-members", epoch || com)
        let context = [self.epoch.to_be_bytes().as_slice(), &self.com].concat();
        let k = kdf(&[self.k_out(D).as_slice(), members_key].concat(), "wrap-members", &context);
        open(&k, AAD, &self.sealed)
    }

    pub(crate) fn is_opened_by(&self, D: &Gt) -> bool {
        self.secret(D).is_some()
    }

    /// Puts a chosen message and a secret under the mask of `D`, with a MAC that fits them.
    pub(crate) fn put(&mut self, m: &[u8; 32], D: &Gt, secret: &[u8]) {
        // c5 = m xor kdf(D, "kem-mask", c1 || com)
        self.c5 = xor(m, &self.mask(D));
        let [k_mac, k_out] = keys(m, "kem-keys", &self.com);
        // c6 = HMAC(k_mac, header || policy || c1 || c2 || c3 || c4 || com || c5)
        self.c6 = hmac(&k_mac, &[&header(0x24), &self.fields()]);
        self.sealed = seal(&k_out, AAD, secret);
    }
}

/// `com = SHA-256(m || canonical policy)`
pub(crate) fn commitment(m: &[u8; 32], policy: &[u8]) -> [u8; 32] {
    Transcript::new().item("m", m).item("policy", policy).digest("ABE-COM")
}

/// Every product of one factor from each list.
pub(crate) fn products<'a>(factors: impl IntoIterator<Item = &'a Vec<Gt>>) -> Vec<Gt> {
    factors.into_iter().fold(vec![Gt::default()], |products, list| {
        products.iter().flat_map(|product| list.iter().map(|factor| *product * *factor)).collect()
    })
}

/// A point on the curve, inside or outside the subgroup.
pub(crate) fn g1(bytes: &[u8; 48]) -> G1Projective {
    G1Affine::from_compressed_unchecked(bytes).unwrap().into()
}

pub(crate) fn g2(bytes: &[u8; 96]) -> G2Projective {
    G2Affine::from_compressed_unchecked(bytes).unwrap().into()
}

fn xor(one: &[u8; 32], other: &[u8; 32]) -> [u8; 32] {
    core::array::from_fn(|i| one[i] ^ other[i])
}
