//! The one type of key, and its contribution to a row.

use std::collections::BTreeMap;

use super::bases::{Points, Slot, h};
use crate::codec::{Object, Reader, Writer};
use crate::curve::{
    Field, G1_BYTES, G1Affine, G1Projective, G2_BYTES, G2Projective, Group, Scalar, SecretG1, SecretG2,
    SecretScalar, batch_affine_g1, msm_g1, mul_generator_g2,
};
use crate::domain::Scheme;
use crate::error::Error;
use crate::policy::{Attributes, CanonicalAttribute, Term};
use crate::secret::Secret;

/// A user's key for a set of attributes.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) attributes: Attributes,
    pub(crate) K0: SecretG1,
    pub(crate) K1: SecretG1,
    pub(crate) K2: SecretG2,
    pub(crate) elements: Elements,
}

/// The elements of a key for attributes and labels, or the elements that a trapdoor shows.
#[derive(Debug)]
pub(crate) struct Elements {
    /// `K_a` of every attribute, numbers expanded.
    pub(crate) K: BTreeMap<CanonicalAttribute, SecretG1>,
    /// `v` and `N_l` of every label with exactly one value, a text `v`; in the
    /// order of the attributes.
    pub(crate) N: Vec<(Box<str>, Box<str>, SecretG1)>,
}

/// A key's contribution to a row that it satisfies; not printed.
pub(crate) enum RowKey<'k> {
    /// `K_T`, the sum of the `K_a`.
    Positive(Secret<G1Projective>),
    /// `N_l` of a label whose value `v'` differs from the row's value `v`, and
    /// `d = 1/(h(v) - h(v'))`.
    Negative { N_l: &'k G1Affine, d: Scalar },
}

/// The weighted sums of a key's elements and of their bases.
pub(crate) struct Sums {
    /// `[w_0]K0 + [w_1]K1`
    pub(crate) slot: Secret<G1Projective>,
    /// The weighted sum of the `K_a` and `N_l`.
    pub(crate) elements: Secret<G1Projective>,
    /// `[w_0]U0 + [w_1]U1`, plus the weighted sum of the `H(a)` and `P_l + [h(v)]Q_l`.
    pub(crate) bases: G1Projective,
}

impl Key {
    /// ```text
    /// K0 = M + [rho]U0    K1 = [rho]U1    K_a = [r]H(a)    N_l = [r](P_l + [h(v)]Q_l)    K2 = [r]P2
    /// ```
    pub(crate) fn new(
        points: &Points,
        slot: &Slot,
        attributes: &Attributes,
        M: &G1Projective,
        rho: &SecretScalar,
        r: &SecretScalar,
    ) -> Self {
        let [rho_U0, rho_U1] = slot.times(rho).map(Secret::new);
        let expanded = attributes.expanded();
        let texts = attributes.single_texts();
        let mut bases = points.of_attributes(&expanded);
        bases.extend(texts.iter().map(|(l, v)| points.of_value(l, v)));
        let multiples = Secret::new(bases.iter().map(|base| base * **r).collect::<Vec<G1Projective>>());
        let affine = Secret::new(batch_affine_g1(&multiples));
        let mut affine = affine.iter().copied().map(Secret::new);
        let K = expanded.into_iter().zip(affine.by_ref()).collect();
        let N = texts.iter().zip(affine).map(|((l, v), N_l)| ((*l).into(), (*v).into(), N_l)).collect();
        Self {
            attributes: attributes.clone(),
            K0: (M + *rho_U0).into(),
            K1: (*rho_U1).into(),
            K2: mul_generator_g2(r).into(),
            elements: Elements { K, N },
        }
    }

    /// Computes `sum [l_i]K_i`, element by element, over keys or parts of keys for one set of
    /// attributes. The coefficients are public.
    pub(crate) fn combine(keys: &[&Self], l: &[Scalar]) -> Result<Self, Error> {
        let (first, _) = keys.split_first().ok_or(Error::InvalidKey)?;
        if keys.len() != l.len() || keys.iter().any(|key| key.attributes != first.attributes) {
            return Err(Error::InvalidKey);
        }
        let sum = |points: Vec<G1Affine>| msm_g1(&Secret::new(points), l);
        let of = |point: fn(&Self) -> &G1Affine| -> SecretG1 {
            sum(keys.iter().map(|key| *point(key)).collect()).into()
        };
        let mut K2 = Secret::new(G2Projective::identity());
        keys.iter().zip(l).for_each(|(key, l)| *K2 += *Secret::new(*key.K2 * l));
        let mut rest: Vec<_> = keys.iter().map(|key| key.elements.points()).collect();
        let mut sums = Secret::new(Vec::with_capacity(first.len()));
        for _ in 2..first.len() {
            let points: Option<Vec<G1Affine>> =
                rest.iter_mut().map(|points| points.next().copied()).collect();
            sums.push(sum(points.ok_or(Error::InvalidKey)?));
        }
        let affine = Secret::new(batch_affine_g1(&sums));
        let mut affine = affine.iter().copied().map(Secret::new);
        let Elements { K, N } = &first.elements;
        let K = K.keys().cloned().zip(affine.by_ref()).collect();
        let N = N.iter().zip(affine).map(|((l, v, _), N_l)| (l.clone(), v.clone(), N_l)).collect();
        Ok(Self {
            attributes: first.attributes.clone(),
            K0: of(|key| &key.K0),
            K1: of(|key| &key.K1),
            K2: (*K2).into(),
            elements: Elements { K, N },
        })
    }

    /// Returns the number of points of G1 in the key, which is the number of weights in its check.
    pub(crate) fn len(&self) -> usize {
        2 + self.elements.K.len() + self.elements.N.len()
    }

    /// Sums elements and bases with weights. Takes variable time in the weights, which are a hash
    /// of the key: their timing reveals nothing useful.
    pub(crate) fn weighted(&self, points: &Points, slot: &Slot, w: &[Scalar]) -> Sums {
        let (w_slot, w_elements) = w.split_at(w.len().min(2));
        let Elements { K, N } = &self.elements;
        let sum = |points: Vec<G1Affine>, w: &[Scalar]| Secret::new(msm_g1(&Secret::new(points), w));
        let elements = self.elements.points().copied().collect();
        let mut bases = vec![slot.U0, slot.U1];
        bases.extend(points.of_attributes(K.keys()));
        bases.extend(N.iter().map(|(l, v, _)| points.of_value(l, v)));
        Sums {
            slot: sum(vec![*self.K0, *self.K1], w_slot),
            elements: sum(elements, w_elements),
            bases: msm_g1(&bases, w),
        }
    }

    /// Writes the fields: attributes, `K2`, `K0`, `K1`, `K_a` in the order of the expanded
    /// attributes, `N_l` in the order of the attributes.
    pub(crate) fn write(&self, w: &mut Writer) {
        self.attributes.write(w);
        self.write_points(w);
    }

    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let attributes = Attributes::read(r)?;
        Self::read_points(r, attributes)
    }

    /// Writes the fields after the attributes.
    pub(crate) fn write_points(&self, w: &mut Writer) {
        w.g2(&self.K2);
        w.g1(&self.K0);
        w.g1(&self.K1);
        self.elements.K.values().for_each(|K_a| w.g1(K_a));
        self.elements.N.iter().for_each(|(.., N_l)| w.g1(N_l));
    }

    pub(crate) fn read_points(r: &mut Reader<'_>, attributes: Attributes) -> Result<Self, Error> {
        let (expanded, texts) = (attributes.expanded(), attributes.single_texts());
        // All bytes must be present before the first point is decoded.
        if r.remaining() < G2_BYTES + G1_BYTES * (2 + expanded.len() + texts.len()) {
            return Err(Error::Truncated);
        }
        let point = |r: &mut Reader<'_>| r.g1().map(Secret::new);
        let K2 = r.g2().map(Secret::new)?;
        let (K0, K1) = (point(r)?, point(r)?);
        let K = expanded.into_iter().map(|a| Ok((a, point(r)?))).collect::<Result<_, Error>>()?;
        let N = texts
            .into_iter()
            .map(|(l, v)| Ok((l.into(), v.into(), point(r)?)))
            .collect::<Result<_, Error>>()?;
        Ok(Self { attributes, K0, K1, K2, elements: Elements { K, N } })
    }
}

impl Elements {
    /// Returns the `K_a`, then the `N_l`.
    fn points(&self) -> impl Iterator<Item = &G1Affine> {
        self.K.values().chain(self.N.iter().map(|(.., N_l)| N_l)).map(|point| &**point)
    }

    /// Reports whether these elements satisfy a term. Depends on names alone.
    pub(crate) fn satisfy(&self, term: &Term) -> bool {
        match term {
            Term::All(T) => T.iter().all(|a| self.K.contains_key(a)),
            Term::Not { label, value } => self.text(label).is_some_and(|(own, _)| own != &**value),
        }
    }

    /// Returns the contribution to a row, if the row is satisfied.
    pub(crate) fn of_row(&self, scheme: &Scheme, term: &Term) -> Option<RowKey<'_>> {
        match term {
            Term::All(T) => {
                let mut K_T = Secret::new(G1Projective::identity());
                for a in T {
                    *K_T += **self.K.get(a)?;
                }
                Some(RowKey::Positive(K_T))
            }
            Term::Not { label, value } => {
                let (own, N_l) = self.text(label)?;
                // d = 1/(h(v) - h(v')), which exists for v' != v
                let d = (h(scheme, value) - h(scheme, own)).invert();
                Option::from(d).map(|d| RowKey::Negative { N_l, d })
            }
        }
    }

    /// Returns the single text of a label, and `N_l`.
    pub(crate) fn text(&self, label: &str) -> Option<(&str, &G1Affine)> {
        self.N.iter().find(|(l, ..)| **l == *label).map(|(_, v, N_l)| (&**v, &**N_l))
    }
}
