//! The attacker's own node. It decodes indexes and trapdoors, checks no attributes, accepts any
//! choice of rows and coefficients, and multiplies.

use std::collections::BTreeMap;

use blst::blst_fp12 as Gt;
use blstrs::{G1Projective, G2Projective, Scalar};
use group::Group;

use crate::ground::{Canonical, Held, Reader, g1_bytes, g2_bytes, header, is_one, pair, var};
use crate::keys::{Element, Key, SEARCH};
use crate::rule::{Row, Rule};

/// A trapdoor, from its bytes.
#[derive(Clone)]
pub(crate) struct Trapdoor {
    /// The attributes that it shows, as encoded.
    pub(crate) fields: Vec<u8>,
    pub(crate) T0: G1Projective,
    pub(crate) T2: G2Projective,
    pub(crate) T3: G2Projective,
    pub(crate) T: BTreeMap<Canonical, G1Projective>,
    /// Label, text, and `T_l` if the key that made it has only that text for the label.
    pub(crate) T_l: Vec<(String, String, Option<G1Projective>)>,
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
    /// `c4`, for the negative rows.
    pub(crate) c4: Vec<G1Projective>,
}

impl Trapdoor {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(0x35, bytes);
        let Held { fields, expanded, single_texts, .. } = Held::read(&mut reader);
        assert_eq!(reader.u32(), 0, "hints");
        let (T0, T2, T3) = (reader.g1(), reader.g2(), reader.g2());
        let T = expanded.into_iter().map(|a| (a, reader.g1())).collect();
        let T_l = single_texts.into_iter().map(|(l, v)| (l, v, (reader.u8() == 1).then(|| reader.g1())));
        let read = Self { fields, T0, T2, T3, T, T_l: T_l.collect() };
        reader.end();
        read
    }

    /// The elements in the order of the byte form: `T0`, `T2`, `T3`, `T_a`, `T_l`.
    pub(crate) fn elements(&self) -> Vec<Vec<u8>> {
        let [T2, T3] = [self.T2, self.T3].map(|T| g2_bytes(&T).to_vec());
        let T_l = self.T_l.iter().filter_map(|(_, _, T_l)| T_l.as_ref());
        let T = self.T.values().chain(T_l).map(|T| g1_bytes(T).to_vec());
        [g1_bytes(&self.T0).to_vec(), T2, T3].into_iter().chain(T).collect()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let ends = [g1_bytes(&self.T0).as_slice(), &g2_bytes(&self.T2), &g2_bytes(&self.T3)].concat();
        let T: Vec<u8> = self.T.values().flat_map(g1_bytes).collect();
        let T_l = self.T_l.iter().flat_map(|(_, _, T_l)| match T_l {
            Some(T_l) => [[1].as_slice(), &g1_bytes(T_l)].concat(),
            None => vec![0],
        });
        [&header(0x35), self.fields.as_slice(), &[0; 4], &ends, &T, &T_l.collect::<Vec<u8>>()].concat()
    }

    /// This trapdoor, treated as a key.
    pub(crate) fn as_key(&self) -> Key {
        let N = self.T_l.iter().filter_map(|(l, v, T_l)| Some((l.clone(), v.clone(), (*T_l)?)));
        let (T0, T2) = (self.T0, self.T2);
        Key { fields: self.fields.clone(), K2: T2, K0: T0, K1: T0, K: self.T.clone(), N: N.collect() }
    }

    /// This trapdoor's element for a row.
    pub(crate) fn element(&self, row: &Row) -> Option<Element> {
        self.as_key().element(&SEARCH, row)
    }

    /// The sum of this trapdoor's elements for a row.
    pub(crate) fn part(&self, row: &Row) -> Option<Element> {
        self.as_key().part(row)
    }

    /// This trapdoor under the names of other attributes. Another of its elements replaces
    /// each one that it lacks.
    pub(crate) fn relabelled(&self, set: &str) -> Self {
        let Held { fields, expanded, single_texts, .. } = Held::parse(set);
        let own: Vec<_> = self.T_l.iter().filter_map(|(_, _, T_l)| *T_l).collect();
        let points: Vec<_> = self.T.values().chain(&own).chain([&self.T0]).copied().collect();
        let mut spare = points.iter().copied().cycle();
        let T = expanded.into_iter().map(|a| {
            let T_a = self.T.get(&a).copied().or_else(|| spare.next()).unwrap();
            (a, T_a)
        });
        let T = T.collect();
        let T_l = single_texts.into_iter().map(|(l, v)| {
            let own = self.T_l.iter().find(|(label, text, _)| (label, text) == (&l, &v));
            let T_l = own.and_then(|(_, _, T_l)| *T_l).or_else(|| spare.next());
            (l, v, T_l)
        });
        Self { fields, T, T_l: T_l.collect(), ..*self }
    }

    /// A trapdoor that looks like another user's: every element multiplied by `k`.
    pub(crate) fn rescaled(&self, k: &Scalar) -> Self {
        let T = self.T.iter().map(|(a, T_a)| (a.clone(), T_a * k)).collect();
        let T_l = self.T_l.iter().map(|(l, v, T_l)| (l.clone(), v.clone(), T_l.map(|T_l| T_l * k)));
        let (T0, T2, T3) = (self.T0 * k, self.T2 * k, self.T3 * k);
        Self { fields: self.fields.clone(), T0, T2, T3, T, T_l: T_l.collect() }
    }
}

impl Index {
    /// Reads the index of a record under a policy whose rows are known.
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
            c3: rule.rows().iter().map(|_| reader.g1()).collect(),
            c4: rule.negative().iter().map(|_| reader.g1()).collect(),
        };
        reader.end();
        read
    }

    /// The elements in the order of the byte form: `c1`, `E`, `c2_j`, `c3_i`, `c4_i`.
    pub(crate) fn elements(&self) -> Vec<Vec<u8>> {
        let (c1, E) = (g2_bytes(&self.c1).to_vec(), g1_bytes(&self.E).to_vec());
        let c2 = self.c2.iter().map(|c2| g2_bytes(c2).to_vec());
        let c3 = self.c3.iter().chain(&self.c4).map(|c| g1_bytes(c).to_vec());
        [c1, E].into_iter().chain(c2).chain(c3).collect()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.with_elements(&self.elements())
    }

    /// The bytes of an index that has these elements.
    pub(crate) fn with_elements(&self, elements: &[Vec<u8>]) -> Vec<u8> {
        [header(0x34).as_slice(), &var(&self.policy), &[0, 0, 0, 0, 1], &elements.concat()].concat()
    }

    /// Whether a trapdoor matches by these rows and coefficients. It omits rows for which the
    /// trapdoor has no element. Where the trapdoor has only some elements of a row, it uses those.
    pub(crate) fn matches_by(&self, trapdoor: &Trapdoor, chosen: &[(usize, Scalar)]) -> bool {
        let rows = self.rule.rows();
        let product = chosen.iter().fold(self.ends(trapdoor), |product, (i, gamma)| {
            match trapdoor.element(rows[*i]).or_else(|| trapdoor.part(rows[*i])) {
                Some(element) => product * self.row(*i, gamma, &element, &trapdoor.T2),
                None => product,
            }
        });
        is_one(&product)
    }

    /// Whether a trapdoor matches for a node that requires no attribute. It uses coefficients
    /// that suit the rows for which the trapdoor has elements. If these do not suffice, it
    /// uses those of other rows.
    pub(crate) fn is_matched_by(&self, trapdoor: &Trapdoor) -> bool {
        let rows = self.rule.rows();
        let has = |row: usize| trapdoor.element(rows[row]).is_some();
        let mut tried: Vec<_> = self.rule.coefficients(has).into_iter().collect();
        if tried.is_empty() {
            for mut chosen in self.rule.choices() {
                chosen.retain(|(row, _)| has(*row) || trapdoor.part(rows[*row]).is_some());
                if !tried.contains(&chosen) {
                    tried.push(chosen);
                }
            }
        }
        tried.iter().any(|chosen| self.matches_by(trapdoor, chosen))
    }

    /// The product without its rows: `e(T0, c1) e(-E, T3)`.
    pub(crate) fn ends(&self, trapdoor: &Trapdoor) -> Gt {
        pair(&[(trapdoor.T0, self.c1), (-self.E, trapdoor.T3)])
    }

    /// The contribution of a row to it: `e([gamma]T_T, c2_rho) e(-[gamma]c3, T2)`, or for a
    /// negative row `e(-[gamma d]T_l, c2_rho) e([gamma d]c4 - [gamma]c3, T2)`.
    pub(crate) fn row(&self, i: usize, gamma: &Scalar, element: &Element, T2: &G2Projective) -> Gt {
        let negative = self.rule.negative().iter().position(|negative| *negative == i);
        let c4 = negative.map_or(G1Projective::identity(), |at| self.c4[at]);
        let row = c4 * element.of_c4 - self.c3[i];
        pair(&[(element.beside_c2 * gamma, self.c2[self.rule.rho()[i]]), (row * gamma, *T2)])
    }
}
