//! The rows of a ciphertext or an index.
//!
//! Rows stay encoded until they are used. The `c3` and `c4` that a product uses are decompressed
//! onto the curve, and **their sum** is checked for the subgroup, because the pairing sees only the
//! sum. (The cofactor of the curve is odd, so the addition formulas hold for every point on it.)
//! [`Rows::encoded`] returns every element for a full check.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand_core::{CryptoRng, RngCore};

use super::bases::{Base, RowBase, Slot};
use super::key::RowKey;
use crate::codec::{Reader, Writer};
use crate::curve::{
    Curve, Encoded, Field, FixedBase, G1_BYTES, G1Affine, G1Projective, G2_BYTES, G2Affine, Group, Scalar,
    SecretScalar, batch_affine_g1, batch_affine_g2, check_subgroup_g1, decode_g2, decode_on_curve_g1, msm_g1,
    mul_generator_g2, random_nonzero_scalar,
};
use crate::error::Error;
use crate::policy::{Chosen, Term, Tree};
use crate::secret::{self, Secret, Wipe};
use crate::threads::{self, Threads};

/// The rows of one ciphertext or index, encoded unless decoded. Their number
/// follows from the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rows<G2 = [u8; G2_BYTES], G1 = [u8; G1_BYTES]> {
    /// One for each use number.
    c2: Vec<G2>,
    /// One for each row.
    c3: Vec<G1>,
    /// One for each negative row.
    c4: BTreeMap<usize, G1>,
}

/// The contribution of the rows to a product of pairings.
#[derive(Debug)]
pub(crate) struct Sums {
    /// For each used use number `j`: `sum_{rho(i)=j} [gamma_i]K_{T_i}`, to be paired with `c2_j`.
    pub(crate) uses: Secret<Vec<(G1Affine, G2Affine)>>,
    /// `- sum [gamma_i]c3_i + sum [gamma_i d]c4_i`, to be paired with `K2`.
    pub(crate) rows: G1Affine,
}

/// The elements of chosen rows that enter the sums, encoded or decoded.
#[derive(Debug)]
pub(crate) struct Used<G2, G1> {
    /// `c2_j` for each used use number, in ascending order.
    pub(crate) c2: Vec<G2>,
    /// For each chosen row, `c3_i`, and `c4_i` if it is negative.
    pub(crate) rows: Vec<G1>,
}

/// The sums over chosen rows.
pub(crate) struct Combined {
    /// `sum_{rho(i)=j} [gamma_i]K_{T_i}` for each used use number, in ascending order.
    pub(crate) uses: Vec<Sum>,
    /// `- sum [gamma_i]c3_i + sum [gamma_i d]c4_i`
    pub(crate) rows: G1Projective,
}

/// All random values of the rows. The rest can then be computed on several threads.
pub(crate) struct Drawn {
    /// `s'_0 .. s'_{tau-1} <- Zq*`
    s_prime: Vec<SecretScalar>,
    /// Shares of `s` over the policy, one for each row.
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
    /// Computes the rows for the slot value `x`. `bases` holds one element for each row, in
    /// the order of the rows.
    pub(crate) fn build(
        tree: &Tree,
        bases: &[Arc<RowBase>],
        slot: &Slot,
        x: &Scalar,
        Drawn { s_prime, lambda }: &Drawn,
        threads: Threads,
    ) -> Result<Self, Error> {
        // c2_j = [s'_j]P2
        let c2: Vec<_> = s_prime.iter().map(|s_prime| mul_generator_g2(s_prime)).collect();

        // From this many rows on, a table of multiples of F itself pays.
        const MULTIPLES_OF_F_FROM: usize = 48;
        let F = (lambda.len() >= MULTIPLES_OF_F_FROM)
            .then(|| Secret::new(FixedBase::<G1Affine>::new(&slot.at(x)))); // x may be of a keyword
        let mul_F = |k: &Scalar| F.as_ref().map_or_else(|| slot.mul(x, k), |F| F.mul(k));

        let rows: Vec<_> = tree.rows().iter().zip(bases).zip(lambda).collect();
        let points = threads::map(threads, &rows, |((row, base), lambda)| {
            let s_prime = s_prime.get(row.use_number).ok_or(Error::OutOfRange)?;
            // c3_i = [lambda_i]F + [s'_rho(i)]H(T_i)     or     [lambda_i]F + [s'_rho(i)]Q_l
            let c3 = mul_F(lambda) + base.c3.mul(s_prime);
            // c4_i = [s'_rho(i)](P_l + [h(v)]Q_l)
            let c4 = base.c4.as_ref().map(|base: &Base| base.mul(s_prime));
            Ok((c3, c4))
        });
        let (c3, c4): (Vec<_>, Vec<_>) =
            points.into_iter().collect::<Result<Vec<_>, Error>>()?.into_iter().unzip();
        let (negative, c4): (Vec<_>, Vec<_>) =
            c4.into_iter().enumerate().filter_map(|(i, c4)| Some((i, c4?))).unzip();

        let compress = |points: Vec<G1Projective>| {
            batch_affine_g1(&points).iter().map(G1Affine::to_compressed).collect::<Vec<_>>()
        };
        Ok(Self {
            c2: batch_affine_g2(&c2).iter().map(G2Affine::to_compressed).collect(),
            c3: compress(c3),
            c4: negative.into_iter().zip(compress(c4)).collect(),
        })
    }

    /// Computes the sums over the chosen rows, for the key that `element` looks up.
    /// Checks every used element.
    ///
    /// Takes variable time in the coefficients, which the policy and the names of the
    /// key's attributes determine.
    pub(crate) fn combine<'k>(
        &self,
        tree: &Tree,
        chosen: &[Chosen],
        element: impl Fn(&Term) -> Option<RowKey<'k>>,
    ) -> Result<Sums, Error> {
        let Used { c2, rows } = self.used(tree, chosen);
        let rows = rows.into_iter().map(decode_on_curve_g1).collect::<Result<Vec<_>, _>>()?;
        let Combined { uses, rows } = combine(tree, chosen, element, &rows)?;
        let rows = rows.to_affine();
        check_subgroup_g1(&rows)?;
        let uses = secret::collect(
            uses.iter().zip(c2).map(|(sum, c2)| Ok((sum.total().to_affine(), decode_g2(c2)?))),
        )?;
        Ok(Sums { uses: Secret::new(uses), rows })
    }

    /// Returns every element.
    pub(crate) fn encoded(&self) -> impl Iterator<Item = Encoded<'_>> {
        let (c2, c3_c4) = self.elements();
        c2.map(Encoded::G2).chain(c3_c4.map(Encoded::G1))
    }

    /// Writes `c2_0 || .. || c3_0 || .. || c4 of the negative rows`, without counts: the
    /// policy precedes the rows.
    pub(crate) fn write(&self, w: &mut Writer) {
        self.c2.iter().for_each(|c2| w.raw(c2));
        self.c3.iter().for_each(|c3| w.raw(c3));
        self.c4.values().for_each(|c4| w.raw(c4));
    }

    /// Reads the rows of a policy. Their elements are checked when they are used. Nothing is
    /// allocated for elements that are not there: reading ends with the bytes.
    pub(crate) fn read(r: &mut Reader<'_>, tree: &Tree) -> Result<Self, Error> {
        let rows = tree.rows();
        let negative = rows.iter().enumerate().filter(|(_, row)| matches!(row.term, Term::Not { .. }));
        Ok(Self {
            c2: (0..tree.uses()).map(|_| r.array()).collect::<Result<_, _>>()?,
            c3: rows.iter().map(|_| r.array()).collect::<Result<_, _>>()?,
            c4: negative.map(|(i, _)| Ok((i, r.array()?))).collect::<Result<_, Error>>()?,
        })
    }
}

impl<G2, G1> Rows<G2, G1> {
    /// Returns the elements that enter the sums over the chosen rows. Omits elements that do not
    /// fit the policy; the sums then fail.
    pub(crate) fn used(&self, tree: &Tree, chosen: &[Chosen]) -> Used<&G2, &G1> {
        let (mut c2, mut rows) = (BTreeMap::new(), Vec::with_capacity(chosen.len()));
        for Chosen { row: i, .. } in chosen {
            let Some(row) = tree.rows().get(*i) else { continue };
            c2.extend(self.c2.get(row.use_number).map(|c2| (row.use_number, c2)));
            rows.extend(self.c3.get(*i));
            rows.extend(self.c4.get(i));
        }
        Used { c2: c2.into_values().collect(), rows }
    }

    /// Returns the same rows with the given decoded elements, in the order of [`Rows::elements`],
    /// or `None` if there are too few.
    pub(crate) fn decoded<P2, P1>(
        &self,
        mut c2: impl Iterator<Item = P2>,
        mut c3_c4: impl Iterator<Item = P1>,
    ) -> Option<Rows<P2, P1>> {
        Some(Rows {
            c2: self.c2.iter().map(|_| c2.next()).collect::<Option<_>>()?,
            c3: self.c3.iter().map(|_| c3_c4.next()).collect::<Option<_>>()?,
            c4: self.c4.keys().map(|i| Some((*i, c3_c4.next()?))).collect::<Option<_>>()?,
        })
    }

    /// Returns the number of use numbers, the number of rows, and the negative rows.
    pub(crate) fn shape(&self) -> (usize, usize, impl Iterator<Item = usize>) {
        (self.c2.len(), self.c3.len(), self.c4.keys().copied())
    }

    /// Returns the elements in G2, and those in G1.
    pub(crate) fn elements(&self) -> (impl Iterator<Item = &G2>, impl Iterator<Item = &G1>) {
        (self.c2.iter(), self.c3.iter().chain(self.c4.values()))
    }
}

/// Computes the sums over chosen rows, with the elements from [`Rows::used`],
/// which must be on the curve.
///
/// Takes variable time in the coefficients, as [`Rows::combine`] does.
pub(crate) fn combine<'k>(
    tree: &Tree,
    chosen: &[Chosen],
    element: impl Fn(&Term) -> Option<RowKey<'k>>,
    rows: &[G1Affine],
) -> Result<Combined, Error> {
    let (mut uses, mut elements) = (BTreeMap::<usize, Sum>::new(), rows.iter());
    // Reserve room for all points: a vector that grows leaves copies of a key's points behind.
    let most = 2 * chosen.len();
    let mut rows = Sum::of(most);
    let mut next = || elements.next().map(G1Projective::from).ok_or(Error::OutOfRange);
    for Chosen { row: i, gamma } in chosen {
        let row = tree.rows().get(*i).ok_or(Error::OutOfRange)?;
        let of_use = uses.entry(row.use_number).or_insert_with(|| Sum::of(most));
        rows.add(gamma, &next()?);
        match element(&row.term).ok_or(Error::PolicyNotSatisfied)? {
            RowKey::Positive(K_T) => of_use.add(gamma, &K_T),
            RowKey::Negative { N_l, d } => {
                let minus_gamma_d = -(d * gamma);
                rows.add(&minus_gamma_d, &next()?);
                of_use.add(&minus_gamma_d, &Secret::new(N_l.into()));
            }
        }
    }
    // Negate the sum, not the points.
    Ok(Combined { uses: uses.into_values().collect(), rows: -rows.total() })
}

/// `sum [k_i]P_i` for public scalars. A scalar of one costs an addition. Wiped when dropped,
/// because points of keys enter it.
pub(crate) struct Sum {
    plain: G1Projective,
    points: Secret<Vec<G1Projective>>,
    scalars: Vec<Scalar>,
}

impl Sum {
    fn of(most: usize) -> Self {
        let (points, scalars) = (Vec::with_capacity(most), Vec::with_capacity(most));
        Self { plain: G1Projective::identity(), points: Secret::new(points), scalars }
    }

    fn add(&mut self, k: &Scalar, P: &G1Projective) {
        if *k == Scalar::ONE {
            self.plain += P;
        } else {
            self.points.push(*P);
            self.scalars.push(*k);
        }
    }

    pub(crate) fn total(&self) -> G1Projective {
        self.plain + msm_g1(&Secret::new(batch_affine_g1(&self.points)), &self.scalars)
    }
}

impl Drop for Sum {
    fn drop(&mut self) {
        self.plain.wipe();
    }
}
