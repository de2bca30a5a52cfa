//! The common basis of key wrapping, signatures and search, written by hand: hashed bases, and the
//! shared key type, decoded from bytes or issued under the attacker's own secret.

use std::collections::BTreeMap;

use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use group::Group;

use crate::ground::{
    Canonical, Held, P1, P2, Reader, Transcript, g1_bytes, g2_bytes, hash_to_g1, hash_to_scalar, header,
    is_one, pair, weights,
};
use crate::rule::Row;

/// The bases of one scheme.
#[derive(Clone, Copy)]
pub(crate) struct Scheme<'a> {
    pub(crate) name: &'static str,
    /// The hash of attributes to the curve.
    pub(crate) hash: &'a dyn Fn(&[u8]) -> G1Projective,
}

pub(crate) const ABE: Scheme<'static> = Scheme { name: "ABE", hash: &|a| hash_to_g1("ABE-ATTR", a) };
pub(crate) const ABS: Scheme<'static> = Scheme { name: "ABS", hash: &|a| hash_to_g1("ABS-ATTR", a) };
pub(crate) const SEARCH: Scheme<'static> = Scheme { name: "SEARCH", hash: &|a| hash_to_g1("SEARCH-ATTR", a) };

impl Scheme<'_> {
    fn base(&self, purpose: &str, message: &[u8]) -> G1Projective {
        hash_to_g1(&format!("{}-{purpose}", self.name), message)
    }

    /// `h`
    pub(crate) fn h(&self) -> G1Projective {
        self.base("H", b"")
    }

    /// `H(a)`
    pub(crate) fn H(&self, a: &[u8]) -> G1Projective {
        (self.hash)(a)
    }

    /// `U0` and `U1`
    pub(crate) fn U(&self) -> [G1Projective; 2] {
        ["U0", "U1"].map(|purpose| self.base(purpose, b""))
    }

    /// `F(x) = U0 + [x]U1`
    pub(crate) fn F(&self, x: &Scalar) -> G1Projective {
        let [U0, U1] = self.U();
        U0 + U1 * x
    }

    /// `P_l`
    pub(crate) fn P(&self, l: &str) -> G1Projective {
        self.base("NEG-P", l.as_bytes())
    }

    /// `Q_l`
    pub(crate) fn Q(&self, l: &str) -> G1Projective {
        self.base("NEG-Q", l.as_bytes())
    }

    /// `h(v)`
    pub(crate) fn value(&self, v: &str) -> Scalar {
        hash_to_scalar(&format!("{}-VALUE", self.name), v.as_bytes())
    }

    /// `P_l + [h(v)]Q_l`
    pub(crate) fn of_value(&self, l: &str, v: &str) -> G1Projective {
        self.P(l) + self.Q(l) * self.value(v)
    }

    /// The base that blinds a row: `H(T)`, or `Q_l` for a negative row.
    pub(crate) fn blinding(&self, row: &Row) -> G1Projective {
        match row {
            Row::All(T) => T.iter().map(|a| self.H(a)).sum(),
            Row::Not { label, .. } => self.Q(label),
        }
    }

    /// `P_l + [h(v)]Q_l` of a negative row.
    pub(crate) fn of_negative(&self, row: &Row) -> Option<G1Projective> {
        match row {
            Row::All(_) => None,
            Row::Not { label, text } => Some(self.of_value(label, text)),
        }
    }

    /// A user's key, with `M = [alpha]h`, and with `rho` and `r`, which are equal except in search.
    pub(crate) fn issue(&self, set: &str, M: G1Projective, rho: &Scalar, r: &Scalar) -> Key {
        let Held { fields, expanded, single_texts, .. } = Held::parse(set);
        let [U0, U1] = self.U();
        Key {
            fields,
            // K0 = M + [rho]U0      K1 = [rho]U1      K_a = [r]H(a)      K2 = [r]P2
            K0: M + U0 * rho,
            K1: U1 * rho,
            K2: P2() * r,
            K: expanded.into_iter().map(|a| (a.clone(), self.H(&a) * r)).collect(),
            // N_l = [r](P_l + [h(v)]Q_l)
            N: single_texts
                .into_iter()
                .map(|(l, v)| (l.clone(), v.clone(), self.of_value(&l, &v) * r))
                .collect(),
        }
    }

    /// The bases of a key's points, in their order.
    pub(crate) fn bases(&self, key: &Key) -> Vec<G1Projective> {
        let H = key.K.keys().map(|a| self.H(a));
        self.U().into_iter().chain(H).chain(key.N.iter().map(|(l, v, _)| self.of_value(l, v))).collect()
    }
}

/// A user's key.
#[derive(Clone)]
pub(crate) struct Key {
    /// The attributes as encoded in the key.
    pub(crate) fields: Vec<u8>,
    pub(crate) K2: G2Projective,
    pub(crate) K0: G1Projective,
    pub(crate) K1: G1Projective,
    pub(crate) K: BTreeMap<Canonical, G1Projective>,
    /// Label, text, `N_l`.
    pub(crate) N: Vec<(String, String, G1Projective)>,
}

/// A row's input to the product besides `c3`: `K_T`, or from `N_l` and `d`, `-[d]N_l` and `d`.
#[derive(Clone, Copy)]
pub(crate) struct Element {
    pub(crate) beside_c2: G1Projective,
    pub(crate) of_c4: Scalar,
}

impl Element {
    pub(crate) fn positive(K_T: &G1Projective) -> Self {
        Self { beside_c2: *K_T, of_c4: Scalar::ZERO }
    }

    pub(crate) fn negative(N_l: &G1Projective, d: Scalar) -> Self {
        Self { beside_c2: -(N_l * d), of_c4: d }
    }
}

impl Key {
    pub(crate) fn read(kind: u8, bytes: &[u8]) -> Self {
        let mut reader = Reader::new(kind, bytes);
        let held = Held::read(&mut reader);
        let read = Self::read_points(&held, &mut reader);
        reader.end();
        read
    }

    /// The fields after the attributes.
    pub(crate) fn read_points(held: &Held, reader: &mut Reader<'_>) -> Self {
        let (K2, K0, K1) = (reader.g2(), reader.g1(), reader.g1());
        let K = held.expanded.iter().map(|a| (a.clone(), reader.g1())).collect();
        let N = held.single_texts.iter().map(|(l, v)| (l.clone(), v.clone(), reader.g1())).collect();
        Self { fields: held.fields.clone(), K2, K0, K1, K, N }
    }

    /// Every point of `G1`, in the order of the byte form.
    pub(crate) fn points(&self) -> Vec<G1Projective> {
        let N = self.N.iter().map(|(_, _, N_l)| *N_l);
        [self.K0, self.K1].into_iter().chain(self.K.values().copied()).chain(N).collect()
    }

    /// The same, mutable.
    pub(crate) fn points_mut(&mut self) -> Vec<&mut G1Projective> {
        let N = self.N.iter_mut().map(|(_, _, N_l)| N_l);
        [&mut self.K0, &mut self.K1].into_iter().chain(self.K.values_mut()).chain(N).collect()
    }

    pub(crate) fn to_bytes(&self, kind: u8) -> Vec<u8> {
        [&header(kind), self.fields.as_slice(), &self.point_bytes()].concat()
    }

    pub(crate) fn point_bytes(&self) -> Vec<u8> {
        let points: Vec<_> = self.points().iter().flat_map(g1_bytes).collect();
        [g2_bytes(&self.K2).as_slice(), &points].concat()
    }

    /// This key's element for a row.
    pub(crate) fn element(&self, scheme: &Scheme<'_>, row: &Row) -> Option<Element> {
        match row {
            Row::All(T) => {
                let K_T = T.iter().map(|a| self.K.get(a)).sum::<Option<G1Projective>>()?;
                Some(Element::positive(&K_T))
            }
            Row::Not { label, text } => {
                let (_, v, N_l) = self.N.iter().find(|(own, _, _)| own == label)?;
                // d = 1/(h(v) - h(v')), which exists for v' != v
                let d = (scheme.value(text) - scheme.value(v)).invert();
                Some(Element::negative(N_l, Option::from(d)?))
            }
        }
    }

    /// The sum of this key's elements for a row's attributes; nothing for a negative row.
    pub(crate) fn part(&self, row: &Row) -> Option<Element> {
        let Row::All(T) = row else { return None };
        let own: Vec<_> = T.iter().filter_map(|a| self.K.get(a)).collect();
        (!own.is_empty()).then(|| Element::positive(&own.into_iter().sum()))
    }

    /// This key under the attributes of another key. Another of its elements replaces
    /// each one that it lacks.
    pub(crate) fn relabelled(&self, other: &Self) -> Self {
        let points = self.points();
        let mut spare = points.iter().rev().cycle().copied();
        let mut forged = Self { K0: self.K0, K1: self.K1, K2: self.K2, ..other.clone() };
        for (a, K_a) in &mut forged.K {
            *K_a = self.K.get(a).copied().or_else(|| spare.next()).unwrap();
        }
        for (l, v, N_l) in &mut forged.N {
            let own = self.N.iter().find(|(own, text, _)| own == l && text == v).map(|(_, _, own)| *own);
            *N_l = own.or_else(|| spare.next()).unwrap();
        }
        forged
    }
}

/// Every sum of elements for the attributes of a row, each from any user; for a negative
/// row, each user's element.
pub(crate) fn pooled_elements(scheme: &Scheme<'_>, users: &[Key], row: &Row) -> Vec<Element> {
    let Row::All(T) = row else { return users.iter().filter_map(|key| key.element(scheme, row)).collect() };
    let sums = T.iter().fold(vec![None], |sums: Vec<Option<G1Projective>>, a| {
        let own = |key: &Key| key.K.get(a).copied();
        let add = |sum: &Option<G1Projective>, K_a| Some(sum.map_or(K_a, |sum| sum + K_a));
        sums.iter().flat_map(|sum| users.iter().filter_map(own).map(move |K_a| add(sum, K_a))).collect()
    });
    sums.into_iter().flatten().map(|K_T| Element::positive(&K_T)).collect()
}

/// An attacker's candidates for a row that negates `role=x`, without its own text for the label:
/// each of these points, and the identity, with every factor that the values `x` and `y` suggest.
pub(crate) fn guesses(scheme: &Scheme<'_>, points: impl Iterator<Item = G1Projective>) -> Vec<Element> {
    let [x, y] = ["x", "y"].map(|v| scheme.value(v));
    let factors = [Scalar::ONE, x, x.invert().unwrap(), (x - y).invert().unwrap()];
    let points = points.chain([G1Projective::identity()]);
    points.flat_map(|N| factors.map(|d| Element::negative(&N, d))).collect()
}

/// The check of a received key of wrapping or signatures. Its weights may omit the public key, or
/// the key from some byte on: `e(sum w_i K_i, P2) = e(sum w_i base_i, K2) e([w_0]h, A)`.
pub(crate) struct KeyCheck<'a> {
    pub(crate) scheme: Scheme<'a>,
    /// The tag of the weights.
    pub(crate) weight: &'static str,
}

impl KeyCheck<'_> {
    pub(crate) fn weights(&self, A: Option<&G2Projective>, key: Option<&[u8]>) -> Vec<Scalar> {
        let transcript = A.iter().fold(Transcript::new(), |t, A| t.item("A", g2_bytes(A)));
        let transcript = key.iter().fold(transcript, |t, key| t.item("key", key));
        let seed = transcript.digest(&format!("{}-KEY-CHECK", self.scheme.name));
        weights(self.weight, seed).take(8).collect()
    }

    pub(crate) fn holds(&self, A: &G2Projective, key: &Key, w: &[Scalar]) -> bool {
        let sum = |points: &[G1Projective]| points.iter().zip(w).map(|(P, w)| P * w).sum::<G1Projective>();
        let bases = sum(&self.scheme.bases(key));
        is_one(&pair(&[(sum(&key.points()), P2()), (-bases, key.K2), (-(self.scheme.h() * w[0]), *A)]))
    }

    /// A broken key for `a, role=..`, with P1 added to `K_a`. `N_l` is reduced to compensate if the
    /// weights do not depend on everything that is checked: if they omit the public key, the key
    /// from some byte on or entirely, or if they come from the original key.
    pub(crate) fn made_up_for(&self, A: &G2Projective, key: &Key, broken: &Key) -> Vec<Key> {
        let mut made = Vec::new();
        for before in [key, broken] {
            // From N_l over K_a, K1, K0 to K2.
            let fields = [before.fields.as_slice(), &before.point_bytes()].concat();
            let ends = [0, 48, 96, 144, 192, 240, 336].map(|left_out| &fields[..fields.len() - left_out]);
            for hashed in ends.map(Some).into_iter().chain([None]) {
                for hashed_A in [Some(A), None] {
                    let w = self.weights(hashed_A, hashed);
                    let mut forged = broken.clone();
                    forged.N[0].2 -= P1() * (w[2] * w[4].invert().unwrap());
                    assert!(self.holds(A, key, &w) && self.holds(A, &forged, &w));
                    made.push(forged);
                }
            }
        }
        made
    }
}
