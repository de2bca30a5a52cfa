//! Matches a trapdoor against the index of a record.

use std::sync::Arc;

use super::cache::{KeywordPoints, SearchIndexCache};
use super::hint::Hint;
use super::index::{KeywordIndex, RecordIndex};
use super::trapdoor::Trapdoor;
use crate::curve::{
    Encodings, G1Affine, G1Projective, G2Affine, MillerLines, Product, Shared, are_one, batch_affine_g1,
    check_each_subgroup_g1,
};
use crate::domain::SEARCH;
use crate::error::Error;
use crate::fabeo::{Combined, Elements, Sum, Used, combine};
use crate::policy::{Chosen, Policy, Tree};

/// A trapdoor prepared for many matches. The Miller lines of `T2` and `T3`, which every match uses,
/// are computed once. Takes about 40 KB.
#[derive(Clone)]
pub(super) struct PreparedTrapdoor {
    T0: G1Affine,
    T: Arc<Elements>,
    T2: MillerLines,
    T3: MillerLines,
    hints: Vec<Hint>,
}

impl PreparedTrapdoor {
    /// Prepares a trapdoor. Fails with [`Error::IdentityPoint`] if `T2` or `T3` is the identity.
    /// This never holds for a decoded trapdoor, and for a new one with probability 2^-254.
    pub(super) fn new(trapdoor: &Trapdoor) -> Result<Self, Error> {
        Ok(Self {
            T0: trapdoor.T0,
            T: Arc::clone(&trapdoor.T),
            T2: MillerLines::prepare(&trapdoor.T2)?,
            T3: MillerLines::prepare(&trapdoor.T3)?,
            hints: trapdoor.hints.clone(),
        })
    }

    /// Returns the keywords whose hint agrees, or all keywords if either side has no hints. A
    /// record of a period that the trapdoor does not ask about has no candidates.
    pub(super) fn candidates<'r>(&self, record: &'r RecordIndex) -> impl Iterator<Item = &'r KeywordIndex> {
        record.keywords.iter().filter(|keyword| match &keyword.hint {
            Some(hint) => self.hints.is_empty() || self.hints.iter().any(|own| own.agrees(hint)),
            None => true,
        })
    }

    /// Returns the cheapest satisfying rows, if the shown attributes satisfy the policy.
    pub(super) fn choose(&self, policy: &Policy) -> Option<Vec<Chosen>> {
        policy.tree().choose(|row| self.T.satisfy(&row.term))
    }
}

/// Whether a trapdoor matches the index of a keyword, with the rows chosen for its policy.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) trapdoor: &'a PreparedTrapdoor,
    pub(super) tree: &'a Tree,
    pub(super) chosen: &'a [Chosen],
    pub(super) keyword: &'a KeywordIndex,
}

/// The elements of an index that a match uses.
struct Decoded {
    /// Each is on the curve.
    rows: Result<Vec<G1Affine>, Error>,
    /// Whether each is also in the subgroup. If not, their sum is checked.
    in_subgroup: bool,
    c2: Result<Vec<G2Affine>, Error>,
    c1: Result<G2Affine, Error>,
    E: Result<G1Affine, Error>,
}

/// The sums of a match.
struct Summed {
    /// `sum_{rho(i)=j} [gamma_i]T_{T_i}` for each use number that is used.
    uses: Vec<G1Affine>,
    /// `- sum [gamma_i]c3_i`, and the contribution of negative rows.
    rows: G1Affine,
}

/// Answers many questions, as many at once as the processor allows. Takes points from the cache,
/// and adds points as long as they fit.
///
/// The error of a question does not depend on the other questions. It is that of the first
/// malformed part among the rows, their sum, `c2`, `c1` and `E`.
pub(super) fn answer_each(
    questions: &[Question<'_>],
    cache: Option<&SearchIndexCache>,
) -> Vec<Result<bool, Error>> {
    let decoded = decode_each(questions, cache);
    let summed = sum_each(questions, &decoded);
    let mut answers = vec![Ok(false); questions.len()];
    let mut products = Vec::with_capacity(questions.len());
    for (((question, decoded), summed), answer) in questions.iter().zip(decoded).zip(summed).zip(&mut answers)
    {
        match question.product(decoded, summed) {
            Ok(product) => products.push((question.trapdoor, product, answer)),
            Err(error) => *answer = Err(error),
        }
    }
    // The products of one trapdoor share the lines of T2 and T3.
    while let Some((trapdoor, ..)) = products.first() {
        let trapdoor: &PreparedTrapdoor = trapdoor;
        let (of_it, others): (Vec<_>, Vec<_>) =
            products.into_iter().partition(|(other, ..)| core::ptr::eq(*other, trapdoor));
        let (of_it, places): (Vec<_>, Vec<_>) =
            of_it.into_iter().map(|(_, product, answer)| (product, answer)).unzip();
        let ones = are_one(&of_it, &[Shared::new(&trapdoor.T2), Shared::new(&trapdoor.T3)]);
        places.into_iter().zip(ones).for_each(|(place, one)| *place = one);
        products = others;
    }
    answers
}

impl Question<'_> {
    /// Returns the product that is one if the answer is yes:
    /// ```text
    /// e(T0, c1) * prod_j e( sum_{rho(i)=j} [gamma_i]T_{T_i}, c2_j ) * e( - sum [gamma_i]c3_i, T2 ) * e( -E, T3 )
    /// ```
    fn product(
        &self,
        Decoded { c2, c1, E, .. }: Decoded,
        summed: Result<Summed, Error>,
    ) -> Result<Product<2>, Error> {
        let Summed { uses, rows } = summed?;
        let mut pairs: Vec<_> = uses.into_iter().zip(c2?).collect();
        pairs.push((self.trapdoor.T0, c1?));
        Ok(Product { pairs, shared: [rows, -E?] })
    }
}

fn decode_each(questions: &[Question<'_>], cache: Option<&SearchIndexCache>) -> Vec<Decoded> {
    let keywords: Vec<_> = questions.iter().map(|question| question.keyword).collect();
    let cached = cache.map_or_else(|| vec![None; keywords.len()], |cache| cache.points_of(&keywords));
    let mut encodings = Encodings::default();
    for (Question { tree, chosen, keyword, .. }, cached) in questions.iter().zip(&cached) {
        if cached.is_none() {
            let Used { c2, rows } = keyword.rows.used(tree, chosen);
            encodings.in_g2.extend(c2.into_iter().chain([&keyword.c1]));
            encodings.on_curve_g1.extend(rows);
            encodings.in_g1.push(&keyword.E);
        }
    }
    let mut decodings = encodings.decode();
    let decode =
        |(Question { tree, chosen, keyword, .. }, cached): (&Question<'_>, Option<Arc<KeywordPoints>>)| {
            if let Some(points) = cached {
                let Used { c2, rows } = points.rows.used(tree, chosen);
                return Decoded {
                    rows: Ok(rows.into_iter().copied().collect()),
                    in_subgroup: true,
                    c2: Ok(c2.into_iter().copied().collect()),
                    c1: Ok(points.c1),
                    E: Ok(points.E),
                };
            }
            let Used { c2, rows } = keyword.rows.used(tree, chosen);
            Decoded {
                rows: decodings.on_curve_g1.take_all(rows.len()),
                in_subgroup: false,
                c2: decodings.in_g2.take_all(c2.len()),
                c1: decodings.in_g2.take_one(),
                E: decodings.in_g1.take_one(),
            }
        };
    questions.iter().zip(cached).map(decode).collect()
}

/// Computes one inversion for the affine forms of all sums, and one subgroup check for each sum
/// of rows that needs it.
fn sum_each(questions: &[Question<'_>], decoded: &[Decoded]) -> Vec<Result<Summed, Error>> {
    let sums: Vec<Result<Vec<G1Projective>, Error>> = questions
        .iter()
        .zip(decoded)
        .map(|(Question { trapdoor, tree, chosen, .. }, decoded)| {
            let rows = decoded.rows.as_ref().map_err(Clone::clone)?;
            let Combined { uses, rows } =
                combine(tree, chosen, |term| trapdoor.T.of_row(&SEARCH, term), rows)?;
            Ok(uses.iter().map(Sum::total).chain([rows]).collect())
        })
        .collect();
    let all: Vec<G1Projective> = sums.iter().flatten().flatten().copied().collect();
    let mut affine = batch_affine_g1(&all).into_iter();
    let summed: Vec<Result<Summed, Error>> = sums
        .into_iter()
        .map(|sums| {
            let mut uses: Vec<_> = affine.by_ref().take(sums?.len()).collect();
            Ok(Summed { rows: uses.pop().ok_or(Error::OutOfRange)?, uses })
        })
        .collect();
    let to_check = summed.iter().zip(decoded).filter(|(_, decoded)| !decoded.in_subgroup);
    let to_check: Vec<G1Affine> =
        to_check.filter_map(|(summed, _)| Some(summed.as_ref().ok()?.rows)).collect();
    let mut checked = check_each_subgroup_g1(&to_check).into_iter();
    let check = |(summed, decoded): (Result<Summed, Error>, &Decoded)| {
        let summed = summed?;
        if !decoded.in_subgroup {
            checked.next().unwrap_or(Err(Error::PointNotInSubgroup))?;
        }
        Ok(summed)
    };
    summed.into_iter().zip(decoded).map(check).collect()
}
