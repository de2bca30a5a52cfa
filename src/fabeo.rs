//! The rows that key wrapping and search both stand on: FABEO's, over a slot.
//!
//! FABEO (Riepel, Wee, *FABEO: Fast Attribute-Based Encryption with Optimal Security*, CCS 2022, figure 1) shares an
//! exponent `s` over a policy and blinds each share by the attribute of its leaf. Its ciphertext multiplies the shares
//! with one fixed point. **Departure:** here that point is a [`Slot`], `F(x) = U0 + [x]U1` in the manner of Boneh and
//! Boyen (EUROCRYPT 2004), and a key holds an element for each of its two bases, so that its holder can derive the
//! key for any slot value `x`: the tag of a ciphertext in key wrapping, the keyword in search.
//!
//! ```text
//! key           K_a = [r]H(a)                                       for each attribute a
//!               N_l = [r](P_l + [h(v')]Q_l)                         for negation: the label l has the one text v'
//! rows of s     c2_j = [s'_j]P2                                     for each use number j
//!   positive    c3_i = [lambda_i]F + [s'_rho(i)]H(a_i)              for each leaf i, with its share lambda_i of s
//!   negative    c3_i = [lambda_i]F + [s'_rho(i)]Q_l
//!               c4_i = [s'_rho(i)](P_l + [h(v)]Q_l)
//! ```
//! For leaves `I` and coefficients with `sum gamma_i lambda_i = s`, the schemes multiply, in one product of pairings,
//! ```text
//! prod_j e( sum_{rho(i)=j} [gamma_i]K_{a_i}, c2_j ) * e( - sum [gamma_i]c3_i, [r]P2 )  =  e( F, P2 )^{- r s}
//! ```
//! where a negative leaf, with `d = 1/(h(v) - h(v'))`, contributes `[-gamma_i d]N_l` to the sum beside `c2_rho(i)` and
//! `[gamma_i d]c4_i` to the sum beside `[r]P2`.
//!
//! Rows stay as the bytes that arrived until they are used. Of the `c3` and `c4` that a product uses, each is
//! decompressed onto the curve and **their sum** is checked for the subgroup, because the pairing sees the sum alone
//! (the cofactor of the curve is odd, so that the addition formulas hold for every point on it).
//! [`Rows::validate`] checks every element.

use core::num::NonZeroUsize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand_core::{CryptoRng, RngCore};

use crate::codec::{Reader, Writer};
use crate::curve::{
    Curve, Field, FixedBase, G1_BYTES, G1Affine, G1Projective, G2_BYTES, G2Affine, Group, Scalar,
    SecretScalar, batch_affine_g1, batch_affine_g2, check_subgroup_g1, decode_g1, decode_g2,
    decode_on_curve_g1, msm_g1, mul_generator_g2, random_nonzero_scalar,
};
use crate::domain::G1Tag;
use crate::error::Error;
use crate::hash::hash_to_g1;
use crate::policy::{Chosen, Leaf, Term, Tree};
use crate::secret::{self, Secret, Wipe};
use crate::threads;

/// The two bases of `F(x) = U0 + [x]U1`. Nobody knows a logarithm of either.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) U0: G1Affine,
    pub(crate) U1: G1Affine,
    U0_multiples: FixedBase<G1Affine>,
    U1_multiples: FixedBase<G1Affine>,
}

impl Slot {
    /// The bases of a scheme, by hashing under its tags.
    pub(crate) fn new(U0: G1Tag, U1: G1Tag) -> Self {
        let (U0, U1) = (hash_to_g1(U0, b""), hash_to_g1(U1, b""));
        let (U0_multiples, U1_multiples) =
            (FixedBase::<G1Affine>::wide(&U0), FixedBase::<G1Affine>::wide(&U1));
        Self { U0, U1, U0_multiples, U1_multiples }
    }

    /// `F(x) = U0 + [x]U1`, in constant time.
    pub(crate) fn at(&self, x: &Scalar) -> G1Affine {
        (self.U1_multiples.mul(x) + self.U0).to_affine()
    }

    /// `[r]U0` and `[r]U1`, in constant time.
    pub(crate) fn times(&self, r: &Scalar) -> [G1Projective; 2] {
        [self.U0_multiples.mul(r), self.U1_multiples.mul(r)]
    }

    /// `[k]F(x) = [k]U0 + [k x]U1`, in constant time.
    fn mul(&self, x: &Scalar, k: &Scalar) -> G1Projective {
        self.U0_multiples.mul(k) + self.U1_multiples.mul(&Secret::new(k * x))
    }
}

/// What a leaf's row is built on besides the slot.
#[derive(Clone, Debug)]
pub(crate) struct LeafBase {
    /// The base of the blinding in `c3`: `H(a)` of a positive leaf, `Q_l` of a negative one.
    c3: Base,
    /// The base of `c4`: `P_l + [h(v)]Q_l` of a negative leaf.
    c4: Option<Base>,
}

/// A point, or its multiples where a policy is used often.
#[derive(Clone, Debug)]
enum Base {
    Point(G1Affine),
    Multiples(Arc<FixedBase<G1Affine>>),
}

impl LeafBase {
    /// Of a positive leaf: `H(a)`.
    pub(crate) fn positive(H_a: G1Affine) -> Self {
        Self { c3: Base::Point(H_a), c4: None }
    }

    /// Of a negative leaf: `Q_l` and `P_l + [h(v)]Q_l`.
    pub(crate) fn negative(Q_l: G1Affine, P_l_plus_h_Q_l: G1Affine) -> Self {
        Self { c3: Base::Point(Q_l), c4: Some(Base::Point(P_l_plus_h_Q_l)) }
    }

    /// For a policy that is used often: about halves the time of [`Rows::build`], and takes 80 KB a point and the
    /// time of ten multiplications.
    pub(crate) fn prepared(self) -> Self {
        Self { c3: self.c3.prepared(), c4: self.c4.map(Base::prepared) }
    }
}

impl Base {
    fn prepared(self) -> Self {
        match self {
            Self::Point(point) => Self::Multiples(Arc::new(FixedBase::<G1Affine>::new(&point))),
            prepared @ Self::Multiples(_) => prepared,
        }
    }

    fn mul(&self, k: &Scalar) -> G1Projective {
        match self {
            Self::Point(point) => point * k,
            Self::Multiples(multiples) => multiples.mul(k),
        }
    }
}

/// What a key holds for a leaf; not printed.
pub(crate) enum LeafKey<'k> {
    /// `K_a`.
    Positive(&'k G1Affine),
    /// `N_l` of a label whose value `v'` is another than the leaf's, and `d = 1/(h(v) - h(v'))`.
    Negative { N: &'k G1Affine, d: Scalar },
}

/// The rows of one ciphertext or index, as bytes. How many there are follows from the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rows {
    /// `c2_j`, one for each use number.
    c2: Vec<[u8; G2_BYTES]>,
    /// One for each leaf.
    leaves: Vec<Row>,
}

/// The row of one leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    c3: [u8; G1_BYTES],
    /// Of a negative leaf.
    c4: Option<[u8; G1_BYTES]>,
}

/// What the rows contribute to a product of pairings.
#[derive(Debug)]
pub(crate) struct Sums {
    /// For each use number `j` that is used: `sum_{rho(i)=j} [gamma_i]K_{a_i}`, to be paired with `c2_j`.
    pub(crate) uses: Secret<Vec<(G1Affine, G2Affine)>>,
    /// `- sum [gamma_i]c3_i + sum [gamma_i d]c4_i`, to be paired with `[r]P2`.
    pub(crate) rows: G1Affine,
}

/// What a policy's leaves are built on, in their order. A term that stands in several leaves is worked on once.
pub(crate) fn leaf_bases<B: Clone + Send>(
    tree: &Tree,
    threads: NonZeroUsize,
    base: impl Fn(&Term) -> B + Sync,
) -> Vec<B> {
    let terms = tree.leaves().iter().map(|leaf| &leaf.term);
    let distinct: Vec<_> = terms.clone().collect::<BTreeSet<_>>().into_iter().collect();
    let bases: BTreeMap<_, _> =
        distinct.iter().zip(threads::map(threads, &distinct, |term| base(term))).collect();
    terms.filter_map(|term| bases.get(&term).cloned()).collect()
}

/// What is drawn at random for rows: everything, so that the rest can be computed on several threads.
pub(crate) struct Drawn {
    /// `s'_0 .. s'_{tau-1} <- Zq*`
    s_prime: Vec<SecretScalar>,
    /// Shares of `s` over the policy, one for each leaf.
    lambda: Vec<SecretScalar>,
}

impl Drawn {
    /// Shares `s` over the policy's tree.
    pub(crate) fn new(tree: &Tree, s: &Scalar, rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        let s_prime = secret::collect((0..tree.uses()).map(|_| random_nonzero_scalar(rng)))?;
        Ok(Self { s_prime, lambda: tree.share(s, rng)? })
    }
}

impl Rows {
    /// The rows in the slot value `x`. `bases` holds one element a leaf, in leaf order.
    pub(crate) fn build(
        tree: &Tree,
        bases: &[LeafBase],
        slot: &Slot,
        x: &Scalar,
        Drawn { s_prime, lambda }: &Drawn,
        threads: NonZeroUsize,
    ) -> Result<Self, Error> {
        // c2_j = [s'_j]P2
        let c2: Vec<_> = s_prime.iter().map(|s_prime| mul_generator_g2(s_prime)).collect();

        // Above this many leaves, multiples of F itself pay.
        const MULTIPLES_OF_F_FROM: usize = 48;
        let F = (lambda.len() >= MULTIPLES_OF_F_FROM)
            .then(|| Secret::new(FixedBase::<G1Affine>::new(&slot.at(x)))); // x may be of a keyword
        let mul_F = |k: &Scalar| F.as_ref().map_or_else(|| slot.mul(x, k), |F| F.mul(k));

        let leaves: Vec<_> = tree.leaves().iter().zip(bases).zip(lambda).collect();
        let rows = threads::map(threads, &leaves, |((leaf, base), lambda)| {
            let s_prime = s_prime.get(leaf.use_number).ok_or(Error::OutOfRange)?;
            // c3_i = [lambda_i]F + [s'_rho(i)]H(a_i)     or     [lambda_i]F + [s'_rho(i)]Q_l
            let c3 = mul_F(lambda) + base.c3.mul(s_prime);
            // c4_i = [s'_rho(i)](P_l + [h(v)]Q_l)
            let c4 = base.c4.as_ref().map(|base| base.mul(s_prime));
            Ok((c3, c4))
        });
        let (c3, c4): (Vec<_>, Vec<_>) =
            rows.into_iter().collect::<Result<Vec<_>, Error>>()?.into_iter().unzip();

        let c2 = batch_affine_g2(&c2).iter().map(G2Affine::to_compressed).collect();
        let mut c4 = batch_affine_g1(&c4.into_iter().flatten().collect::<Vec<_>>()).into_iter();
        let leaves = batch_affine_g1(&c3)
            .iter()
            .zip(bases)
            .map(|(c3, base)| Row {
                c3: c3.to_compressed(),
                c4: base.c4.as_ref().and_then(|_| c4.next()).map(|c4| c4.to_compressed()),
            })
            .collect();
        Ok(Self { c2, leaves })
    }

    /// The sums over the chosen leaves, for the key that `element` looks up. Every element that is used is checked.
    ///
    /// Variable time in the coefficients, which the policy and the names of the key's attributes determine.
    pub(crate) fn combine<'k>(
        &self,
        tree: &Tree,
        chosen: &[Chosen],
        element: impl Fn(&Leaf) -> Option<LeafKey<'k>>,
    ) -> Result<Sums, Error> {
        let mut uses = BTreeMap::<usize, Sum>::new();
        // Room for all, so that no points of a key are left behind when a sum grows.
        let most = 2 * chosen.len();
        let mut rows = Sum::of(most);
        for Chosen { leaf, gamma } in chosen {
            let row = self.leaves.get(*leaf).ok_or(Error::OutOfRange)?;
            let leaf = tree.leaves().get(*leaf).ok_or(Error::OutOfRange)?;
            let of_use = uses.entry(leaf.use_number).or_insert_with(|| Sum::of(most));
            rows.add(gamma, &decode_on_curve_g1(&row.c3)?);
            match element(leaf).ok_or(Error::PolicyNotSatisfied)? {
                LeafKey::Positive(K_a) => of_use.add(gamma, K_a),
                LeafKey::Negative { N, d } => {
                    let c4 = row.c4.as_ref().ok_or(Error::OutOfRange)?;
                    let minus_gamma_d = -(d * gamma);
                    rows.add(&minus_gamma_d, &decode_on_curve_g1(c4)?);
                    of_use.add(&minus_gamma_d, N);
                }
            }
        }
        // Negate the sum, not the points.
        let rows = (-rows.total()).to_affine();
        check_subgroup_g1(&rows)?;
        let uses = secret::collect(uses.iter().map(|(j, sum)| {
            let c2 = self.c2.get(*j).ok_or(Error::OutOfRange)?;
            Ok((sum.total().to_affine(), decode_g2(c2)?))
        }))?;
        Ok(Sums { uses: Secret::new(uses), rows })
    }

    /// Checks every element: on the curve, in the subgroup, not the identity.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        for c2 in &self.c2 {
            decode_g2(c2)?;
        }
        for Row { c3, c4 } in &self.leaves {
            decode_g1(c3)?;
            c4.as_ref().map(decode_g1).transpose()?;
        }
        Ok(())
    }

    /// `c2_0 || .. || c3_0 || .. || c4 of the negative leaves`, without counts: the policy precedes the rows.
    pub(crate) fn write(&self, w: &mut Writer) {
        for c2 in &self.c2 {
            w.raw(c2);
        }
        for row in &self.leaves {
            w.raw(&row.c3);
        }
        for c4 in self.leaves.iter().filter_map(|row| row.c4.as_ref()) {
            w.raw(c4);
        }
    }

    /// Reads the rows of a policy; their elements are checked when they are used, or by [`Rows::validate`].
    pub(crate) fn read(r: &mut Reader<'_>, tree: &Tree) -> Result<Self, Error> {
        let c2 = (0..tree.uses()).map(|_| r.array()).collect::<Result<_, _>>()?;
        let mut leaves = (0..tree.leaves().len())
            .map(|_| Ok(Row { c3: r.array()?, c4: None }))
            .collect::<Result<Vec<_>, Error>>()?;
        for (row, leaf) in leaves.iter_mut().zip(tree.leaves()) {
            if let Term::Not { .. } = leaf.term {
                row.c4 = Some(r.array()?);
            }
        }
        Ok(Self { c2, leaves })
    }
}

/// `sum [k_i]P_i` for public scalars; a scalar of one costs an addition. Wiped when dropped: points of keys enter it.
struct Sum {
    plain: G1Projective,
    points: Vec<G1Affine>,
    scalars: Vec<Scalar>,
}

impl Sum {
    fn of(most: usize) -> Self {
        let (points, scalars) = (Vec::with_capacity(most), Vec::with_capacity(most));
        Self { plain: G1Projective::identity(), points, scalars }
    }

    fn add(&mut self, k: &Scalar, P: &G1Affine) {
        if *k == Scalar::ONE {
            self.plain += P;
        } else {
            self.points.push(*P);
            self.scalars.push(*k);
        }
    }

    fn total(&self) -> G1Projective {
        self.plain + msm_g1(&self.points, &self.scalars)
    }
}

impl Drop for Sum {
    fn drop(&mut self) {
        self.plain.wipe();
        self.points.iter_mut().for_each(Wipe::wipe);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::{PrimeCurveAffine, random_scalar};
    use crate::domain::{SEARCH_ATTRIBUTE, SEARCH_U0, SEARCH_U1};
    use crate::policy::Policy;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(1)
    }

    fn H(leaf: &Leaf) -> G1Affine {
        match &leaf.term {
            Term::Attribute(a) => hash_to_g1(SEARCH_ATTRIBUTE, a.as_bytes()),
            Term::Not { .. } => panic!("only positive leaves here"),
        }
    }

    #[test]
    fn a_slot_is_linear_in_its_value() {
        let slot = Slot::new(SEARCH_U0, SEARCH_U1);
        let [x, k] = [(); 2].map(|()| *random_scalar(&mut rng()).unwrap());
        let F = (slot.U1 * x + slot.U0).to_affine();
        assert_eq!(slot.at(&x), F);
        assert_eq!(slot.mul(&x, &k), F * k);
        assert_eq!(slot.times(&k), [slot.U0 * k, slot.U1 * k]);
    }

    #[test]
    fn sums_are_those_of_the_equation_for_every_kind_of_gate() {
        let slot = Slot::new(SEARCH_U0, SEARCH_U1);
        let (mut rng, x) = (rng(), Scalar::from(5));
        for text in ["a", "a and b and c", "a or b", "2 of (a, b, c)", "3 of (a, b, c, d) and (a or b)"] {
            let policy = Policy::parse(text).unwrap();
            let tree = policy.tree();
            let bases: Vec<_> = tree.leaves().iter().map(|leaf| LeafBase::positive(H(leaf))).collect();
            let s = random_nonzero_scalar(&mut rng).unwrap();
            let drawn = Drawn::new(tree, &s, &mut rng).unwrap();
            let rows = Rows::build(tree, &bases, &slot, &x, &drawn, NonZeroUsize::MIN).unwrap();
            rows.validate().unwrap();
            // With r = 1: K_a = H(a), and prod_j e(sum_j, c2_j) e(rows, P2) = e(-[s]F, P2).
            let keys: Vec<_> = tree.leaves().iter().map(H).collect();
            let of = |leaf: &Leaf| {
                tree.leaves().iter().position(|l| l == leaf).map(|i| LeafKey::Positive(&keys[i]))
            };
            let chosen = tree.choose(|_| true).unwrap();
            let sums = rows.combine(tree, &chosen, of).unwrap();
            let mut pairs = sums.uses.to_vec();
            pairs.push((sums.rows, G2Affine::generator()));
            pairs.push(((slot.at(&x) * *s).to_affine(), G2Affine::generator()));
            assert!(crate::curve::pairing_product(&pairs).unwrap().is_one(), "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_the_policy_is_an_error() {
        let slot = Slot::new(SEARCH_U0, SEARCH_U1);
        let policy = Policy::parse("a and b").unwrap();
        let tree = policy.tree();
        let bases: Vec<_> = tree.leaves().iter().map(|leaf| LeafBase::positive(H(leaf))).collect();
        let drawn = Drawn::new(tree, &Scalar::ONE, &mut rng()).unwrap();
        let rows = Rows::build(tree, &bases, &slot, &Scalar::ONE, &drawn, NonZeroUsize::MIN).unwrap();
        let beyond = [Chosen { leaf: 2, gamma: Scalar::ONE }];
        assert_eq!(rows.combine(tree, &beyond, |_| None).unwrap_err(), Error::OutOfRange);
        let chosen = tree.choose(|_| true).unwrap();
        assert_eq!(rows.combine(tree, &chosen, |_| None).unwrap_err(), Error::PolicyNotSatisfied);
        // A negative leaf's element for a positive leaf.
        let N = G1Affine::generator();
        let negative = |_: &Leaf| Some(LeafKey::Negative { N: &N, d: Scalar::ONE });
        assert_eq!(rows.combine(tree, &chosen, negative).unwrap_err(), Error::OutOfRange);
        rows.combine(tree, &chosen, |_| Some(LeafKey::Positive(&N))).unwrap();
    }
}
