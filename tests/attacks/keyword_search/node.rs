//! A node of the attacker's own: it reads indexes and trapdoors, looks for no attribute, chooses leaves and coefficients as
//! it is told, and multiplies.

use std::collections::BTreeMap;

use blst::blst_fp12 as Gt;
use blstrs::{G1Projective, G2Projective, Scalar};
use group::Group;

use crate::ground::{Canonical, Held, Reader, g1_bytes, g2_bytes, header, is_one, pair, var};
use crate::rule::{Leaf, Rule};

/// A trapdoor, from its bytes.
#[derive(Clone)]
pub(crate) struct Trapdoor {
    /// The attributes that it shows, as they stand there.
    pub(crate) fields: Vec<u8>,
    pub(crate) T0: G1Projective,
    pub(crate) T2: G2Projective,
    pub(crate) T3: G2Projective,
    pub(crate) T: BTreeMap<Canonical, G1Projective>,
}

/// The index of a record that has one keyword and no hints, from its bytes.
#[derive(Clone)]
pub(crate) struct Index {
    pub(crate) rule: Rule,
    /// The canonical text.
    pub(crate) policy: Vec<u8>,
    pub(crate) c1: G2Projective,
    pub(crate) E: G1Projective,
    pub(crate) c2: Vec<G2Projective>,
    pub(crate) c3: Vec<G1Projective>,
}

/// The product of pairings; one with an identity is one, as it is in mathematics.
pub(crate) fn product(pairs: &[(G1Projective, G2Projective)]) -> Gt {
    let some = |(P, Q): &&(G1Projective, G2Projective)| !bool::from(P.is_identity() | Q.is_identity());
    pair(&pairs.iter().filter(some).copied().collect::<Vec<_>>())
}

impl Trapdoor {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(0x35, bytes);
        let Held { fields, expanded, .. } = Held::read(&mut reader);
        assert_eq!(reader.u32(), 0, "hints");
        let (T0, T2, T3) = (reader.g1(), reader.g2(), reader.g2());
        let T = expanded.into_iter().map(|a| (a, reader.g1())).collect();
        reader.end();
        Self { fields, T0, T2, T3, T }
    }

    /// The elements as they stand in the byte form: `T0`, `T2`, `T3`, `T_a`.
    pub(crate) fn elements(&self) -> Vec<Vec<u8>> {
        let [T2, T3] = [self.T2, self.T3].map(|T| g2_bytes(&T).to_vec());
        let T = self.T.values().map(|T_a| g1_bytes(T_a).to_vec());
        [g1_bytes(&self.T0).to_vec(), T2, T3].into_iter().chain(T).collect()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [&header(0x35), self.fields.as_slice(), &[0; 4], &self.elements().concat()].concat()
    }

    /// What this trapdoor has for a leaf.
    pub(crate) fn element(&self, leaf: &Leaf) -> Option<&G1Projective> {
        match leaf {
            Leaf::Has(a) => self.T.get(a),
            Leaf::Not { .. } => None,
        }
    }

    /// This trapdoor under the name of other attributes. Where it lacks an element stands another of its own.
    pub(crate) fn relabelled(&self, set: &str) -> Self {
        let Held { fields, expanded, .. } = Held::parse(set);
        let spare: Vec<_> = self.T.values().chain([&self.T0]).collect();
        let element = |(i, a): (usize, Canonical)| {
            let T_a = self.T.get(&a).unwrap_or(spare[i % spare.len()]);
            (a, *T_a)
        };
        Self { fields, T: expanded.into_iter().enumerate().map(element).collect(), ..*self }
    }

    /// Another user's trapdoor, as far as can be seen: everything `k` times.
    pub(crate) fn rescaled(&self, k: &Scalar) -> Self {
        let T = self.T.iter().map(|(a, T_a)| (a.clone(), T_a * k)).collect();
        Self { fields: self.fields.clone(), T0: self.T0 * k, T2: self.T2 * k, T3: self.T3 * k, T }
    }
}

impl Index {
    /// Reads the index of a record under a policy whose leaves are known.
    pub(crate) fn read(rule: &Rule, bytes: &[u8]) -> Self {
        let mut reader = Reader::new(0x34, bytes);
        let policy = reader.var().to_vec();
        assert_eq!((reader.u8(), reader.u32()), (0, 1), "no hints, one keyword");
        let read = Self {
            rule: rule.clone(),
            policy,
            c1: reader.g2(),
            E: reader.g1(),
            c2: (0..rule.tau()).map(|_| reader.g2()).collect(),
            c3: rule.leaves().iter().map(|_| reader.g1()).collect(),
        };
        reader.end();
        read
    }

    /// The elements as they stand in the byte form: `c1`, `E`, `c2_j`, `c3_i`.
    pub(crate) fn elements(&self) -> Vec<Vec<u8>> {
        let (c1, E) = (g2_bytes(&self.c1).to_vec(), g1_bytes(&self.E).to_vec());
        let c2 = self.c2.iter().map(|c2| g2_bytes(c2).to_vec());
        let c3 = self.c3.iter().map(|c3| g1_bytes(c3).to_vec());
        [c1, E].into_iter().chain(c2).chain(c3).collect()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.with_elements(&self.elements())
    }

    /// The bytes of an index that has these elements.
    pub(crate) fn with_elements(&self, elements: &[Vec<u8>]) -> Vec<u8> {
        [header(0x34).as_slice(), &var(&self.policy), &[0, 0, 0, 0, 1], &elements.concat()].concat()
    }

    /// Whether a trapdoor matches by these leaves and coefficients. Leaves for which it has nothing are left out.
    pub(crate) fn matches_by(&self, trapdoor: &Trapdoor, chosen: &[(usize, Scalar)]) -> bool {
        let (leaves, rho) = (self.rule.leaves(), self.rule.rho());
        let mut rows = G1Projective::identity();
        let mut of_uses = vec![G1Projective::identity(); self.c2.len()];
        for (leaf, gamma) in chosen {
            if let Some(T_a) = trapdoor.element(leaves[*leaf]) {
                rows += self.c3[*leaf] * gamma;
                of_uses[rho[*leaf]] += T_a * gamma;
            }
        }
        // e(T0, c1) prod_j e( sum_{rho(i)=j} [gamma_i]T_{a_i}, c2_j ) e( - sum [gamma_i]c3_i, T2 ) e( -E, T3 ) = 1
        let of_uses = of_uses.into_iter().zip(self.c2.iter().copied());
        let ends = [(trapdoor.T0, self.c1), (-rows, trapdoor.T2), (-self.E, trapdoor.T3)];
        is_one(&product(&of_uses.chain(ends).collect::<Vec<_>>()))
    }

    /// Whether a trapdoor matches for somebody who asks for no attribute: by coefficients that suit the leaves for which it
    /// has something, and if they do not suffice, by those of others.
    pub(crate) fn is_matched_by(&self, trapdoor: &Trapdoor) -> bool {
        let leaves = self.rule.leaves();
        let has = |leaf: usize| trapdoor.element(leaves[leaf]).is_some();
        let mut tried: Vec<_> = self.rule.coefficients(has).into_iter().collect();
        if tried.is_empty() {
            for mut chosen in self.rule.choices() {
                chosen.retain(|(leaf, _)| has(*leaf));
                if !tried.contains(&chosen) {
                    tried.push(chosen);
                }
            }
        }
        tried.iter().any(|chosen| self.matches_by(trapdoor, chosen))
    }

    /// The product without its leaves: `e(T0, c1) e(-E, T3)`.
    pub(crate) fn ends(&self, trapdoor: &Trapdoor) -> Gt {
        product(&[(trapdoor.T0, self.c1), (-self.E, trapdoor.T3)])
    }

    /// What a leaf contributes to it: `e([gamma]T_a, c2_rho) e(-[gamma]c3, T2)`.
    pub(crate) fn leaf(&self, leaf: usize, gamma: &Scalar, T_a: &G1Projective, T2: &G2Projective) -> Gt {
        let c2 = self.c2[self.rule.rho()[leaf]];
        product(&[(T_a * gamma, c2), (-self.c3[leaf] * gamma, *T2)])
    }
}
