//! An attacker's own decapsulator, on the bytes of keys and ciphertexts. It asks for no attribute, chooses leaves, elements
//! and coefficients as it is told, and looks at neither commitment nor MAC.
//!
//! What is paired splits into one factor for the slot and one for each leaf, so that all ways to put a product together are
//! tried with a multiplication each.

use blst::blst_fp12 as Gt;
use blstrs::{G1Affine, G1Projective, G2Affine, G2Projective, Scalar};
use ff::Field;
use group::Group;

use crate::ground::{
    Canonical, Held, Reader, Transcript, g1_bytes, g2_bytes, hash_to_scalar, header, hmac, kdf, keys, open,
    pair, seal, var,
};
use crate::rule::{Leaf, Rule};

/// What a record's key is wrapped with.
pub(crate) const AAD: &[u8] = b"digest of the record";

/// A user's key, from its bytes.
#[derive(Clone)]
pub(crate) struct Key {
    /// The attributes as they stand in the key.
    pub(crate) fields: Vec<u8>,
    pub(crate) K2: G2Projective,
    pub(crate) K0: G1Projective,
    pub(crate) K1: G1Projective,
    pub(crate) K: Vec<(Canonical, G1Projective)>,
    /// Label, text, `N_l`.
    pub(crate) N: Vec<(String, String, G1Projective)>,
}

/// What a product holds for a leaf beside its row: `K_a`; or of `N_l` and `d`, `-[d]N_l` and `d`.
#[derive(Clone, Copy)]
pub(crate) struct Element {
    pub(crate) beside_c2: G1Projective,
    pub(crate) of_c4: Scalar,
}

/// A wrapped key, from its bytes. The points of rows are read when they are used, and then with no more than is needed.
#[derive(Clone)]
pub(crate) struct Ciphertext {
    pub(crate) rule: Rule,
    /// The canonical text.
    pub(crate) policy: Vec<u8>,
    pub(crate) c1: [u8; 96],
    pub(crate) c2: Vec<[u8; 96]>,
    pub(crate) c3: Vec<[u8; 48]>,
    /// Of the negative leaves.
    pub(crate) c4: Vec<[u8; 48]>,
    pub(crate) com: [u8; 32],
    pub(crate) c5: [u8; 32],
    pub(crate) c6: [u8; 32],
    pub(crate) sealed: Vec<u8>,
}

/// `h(v)`
pub(crate) fn h(v: &str) -> Scalar {
    hash_to_scalar("ABE-VALUE", v.as_bytes())
}

impl Key {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(0x22, bytes);
        let Held { fields, expanded, single_texts } = Held::read(&mut reader);
        let (K2, K0, K1) = (reader.g2(), reader.g1(), reader.g1());
        let K = expanded.into_iter().map(|a| (a, reader.g1())).collect();
        let N = single_texts.into_iter().map(|(l, v)| (l, v, reader.g1())).collect();
        reader.end();
        Self { fields, K2, K0, K1, K, N }
    }

    /// Every point of `G1`, in the order of the byte form.
    pub(crate) fn points(&self) -> Vec<G1Projective> {
        let K = self.K.iter().map(|(_, K_a)| *K_a);
        [self.K0, self.K1].into_iter().chain(K).chain(self.N.iter().map(|(_, _, N_l)| *N_l)).collect()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let points: Vec<_> = self.points().iter().flat_map(g1_bytes).collect();
        [&header(0x22), self.fields.as_slice(), &g2_bytes(&self.K2), &points].concat()
    }

    /// What this key has for a leaf.
    pub(crate) fn element(&self, leaf: &Leaf) -> Option<Element> {
        match leaf {
            Leaf::Has(a) => {
                let (_, K_a) = self.K.iter().find(|(own, _)| own == a)?;
                Some(Element::positive(K_a))
            }
            Leaf::Not { label, text } => {
                let (_, v, N) = self.N.iter().find(|(own, _, _)| own == label)?;
                // d = 1/(h(v) - h(v')), which exists for v' != v
                Some(Element::negative(N, Option::from((h(text) - h(v)).invert())?))
            }
        }
    }
}

impl Element {
    pub(crate) fn positive(K_a: &G1Projective) -> Self {
        Self { beside_c2: *K_a, of_c4: Scalar::ZERO }
    }

    pub(crate) fn negative(N_l: &G1Projective, d: Scalar) -> Self {
        Self { beside_c2: -(N_l * d), of_c4: d }
    }
}

impl Ciphertext {
    /// Reads a wrapped key under a policy whose leaves are known.
    pub(crate) fn read(rule: &Rule, bytes: &[u8]) -> Self {
        let leaves = rule.leaves();
        let negative = leaves.iter().filter(|leaf| matches!(leaf, Leaf::Not { .. })).count();
        let mut reader = Reader::new(0x23, bytes);
        let read = Self {
            rule: rule.clone(),
            policy: reader.var().to_vec(),
            c1: reader.bytes(),
            c2: (0..rule.tau()).map(|_| reader.bytes()).collect(),
            c3: leaves.iter().map(|_| reader.bytes()).collect(),
            c4: (0..negative).map(|_| reader.bytes()).collect(),
            com: reader.bytes(),
            c5: reader.bytes(),
            c6: reader.bytes(),
            sealed: reader.var().to_vec(),
        };
        reader.end();
        read
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [&header(0x23), self.fields().as_slice(), &self.c6, &var(&self.sealed)].concat()
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

    /// What a leaf contributes with a coefficient: `e([gamma]K_a, c2_rho) e(-[gamma]c3, K2)`, or of a negative leaf
    /// `e(-[gamma d]N_l, c2_rho) e([gamma d]c4 - [gamma]c3, K2)`.
    pub(crate) fn leaf(&self, leaf: usize, gamma: &Scalar, element: &Element, K2: &G2Projective) -> Gt {
        let leaves = self.rule.leaves();
        let c4 = match leaves[leaf] {
            Leaf::Has(_) => G1Projective::identity(),
            Leaf::Not { .. } => {
                let before = leaves[..leaf].iter().filter(|leaf| matches!(leaf, Leaf::Not { .. })).count();
                g1(&self.c4[before])
            }
        };
        let c2 = g2(&self.c2[self.rule.rho()[leaf]]);
        let row = c4 * element.of_c4 - g1(&self.c3[leaf]);
        pair(&[(element.beside_c2 * gamma, c2), (row * gamma, *K2)])
    }

    /// `D`, with one key, from leaves and coefficients of choice; leaves for which it has nothing are left out.
    pub(crate) fn D(&self, key: &Key, chosen: &[(usize, Scalar)]) -> Gt {
        let leaves = self.rule.leaves();
        chosen.iter().fold(self.slot(&key.K0, &key.K1), |D, (leaf, gamma)| match key.element(leaves[*leaf]) {
            Some(element) => D * self.leaf(*leaf, gamma, &element, &key.K2),
            None => D,
        })
    }

    /// `kdf(D, "kem-mask", c1 || com)`
    fn mask(&self, D: &Gt) -> [u8; 32] {
        kdf(&D.to_bendian(), "kem-mask", &[self.c1.as_slice(), &self.com].concat())
    }

    /// The message that is under the mask of `D`.
    pub(crate) fn m(&self, D: &Gt) -> [u8; 32] {
        xor(&self.c5, &self.mask(D))
    }

    /// The wrapped secret, if `D` is right.
    pub(crate) fn secret(&self, D: &Gt) -> Option<Vec<u8>> {
        // (k_mac, k_out) = kdf(m, "kem-keys", com)
        let [_, k_out] = keys(&self.m(D), "kem-keys", &self.com);
        open(&k_out, AAD, &self.sealed)
    }

    pub(crate) fn is_opened_by(&self, D: &Gt) -> bool {
        self.secret(D).is_some()
    }

    /// Puts a message of one's own and a secret under the mask of `D`, with a MAC that fits them.
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

/// A point of the curve, in the subgroup or not.
pub(crate) fn g1(bytes: &[u8; 48]) -> G1Projective {
    G1Affine::from_compressed_unchecked(bytes).unwrap().into()
}

pub(crate) fn g2(bytes: &[u8; 96]) -> G2Projective {
    G2Affine::from_compressed_unchecked(bytes).unwrap().into()
}

fn xor(one: &[u8; 32], other: &[u8; 32]) -> [u8; 32] {
    core::array::from_fn(|i| one[i] ^ other[i])
}
