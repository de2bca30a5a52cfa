//! Equations over public elements that test a guessed keyword. Each works on a simpler scheme,
//! built here, and fails on the library's indexes. No other equation reveals anything.

use std::collections::HashMap;

use blst::blst_fp12 as Gt;
use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use group::Group;
use rand_chacha::ChaCha20Rng;

use super::node::{Index, Trapdoor};
use super::owner::{Draws, Master, Public};
use super::{Consortium, found};
use crate::ground::{P1, P2, is_one, pair, random_scalar};
use crate::keys::{Key, SEARCH};
use crate::rule::{Rule, all, any, not, of};

/// Elements known to an attacker.
#[derive(Clone)]
pub(super) struct View {
    of_G1: Vec<G1Projective>,
    of_G2: Vec<G2Projective>,
}

impl View {
    /// Public elements: `P1`, `h`, `A`, `U0`, `U1`, and the bases that blind a
    /// policy's rows; `P2`, `B`.
    pub(super) fn public(public: &Public, rule: &Rule) -> Self {
        let of_G1 = [P1(), SEARCH.h(), public.A].into_iter().chain(SEARCH.U()).chain(bases(rule)).collect();
        Self { of_G1, of_G2: vec![P2(), public.B] }
    }

    pub(super) fn with(
        mut self,
        of_G1: impl IntoIterator<Item = G1Projective>,
        of_G2: impl IntoIterator<Item = G2Projective>,
    ) -> Self {
        self.of_G1.extend(of_G1);
        self.of_G2.extend(of_G2);
        self
    }

    /// An index, with its rows and its policy's bases summed as in reconstruction.
    pub(super) fn and_index(self, index: &Index) -> Self {
        let c3 = index.c3.iter().chain(&index.c4).copied().chain([index.E, rows(index)]);
        let sums = masks(index).into_iter().map(|(sum, _)| sum);
        self.with(c3.chain(sums), index.c2.iter().copied().chain([index.c1]))
    }

    pub(super) fn and_trapdoor(self, trapdoor: &Trapdoor) -> Self {
        let T_l = trapdoor.T_l.iter().filter_map(|(_, _, T_l)| *T_l);
        let T = trapdoor.T.values().copied().chain(T_l);
        self.with(T.chain([trapdoor.T0]), [trapdoor.T2, trapdoor.T3])
    }

    /// Which equations `e(P, Q) e(P', Q') = e(R, S) e(R', S')` hold; any of the four pairings may
    /// be missing. For each product of two, it gives the number of the first equal product.
    ///
    /// If two views satisfy the same equations, none of these equations distinguishes them.
    pub(super) fn equations(&self) -> Vec<usize> {
        let pairings = self.of_G1.iter().flat_map(|P| self.of_G2.iter().map(|Q| pair(&[(*P, *Q)])));
        let values: Vec<Gt> = [Gt::default()].into_iter().chain(pairings).collect();
        let mut first = HashMap::new();
        let mut classes = Vec::new();
        for (i, one) in values.iter().enumerate() {
            for other in &values[i..] {
                classes.push(*first.entry((*one * *other).to_bendian()).or_insert(classes.len()));
            }
        }
        classes
    }
}

/// `H(T)`, or `Q_l` and `P_l + [h(v)]Q_l`, of each row, without duplicates.
fn bases(rule: &Rule) -> Vec<G1Projective> {
    let mut bases = Vec::new();
    for row in rule.rows() {
        for base in [SEARCH.blinding(row)].into_iter().chain(SEARCH.of_negative(row)) {
            if !bases.contains(&base) {
                bases.push(base);
            }
        }
    }
    bases
}

fn chosen(index: &Index) -> Vec<(usize, Scalar)> {
    index.rule.coefficients(|_| true).unwrap()
}

/// `c3`, of several rows `sum [gamma_i]c3_i`.
fn rows(index: &Index) -> G1Projective {
    chosen(index).iter().map(|(row, gamma)| index.c3[*row] * gamma).sum()
}

/// `H(T)` or `Q_l`, and `c2`; of several rows `sum_{rho(i)=j} [gamma_i]H(T_i)` and `c2_j`.
fn masks(index: &Index) -> Vec<(G1Projective, G2Projective)> {
    let (rows, rho) = (index.rule.rows(), index.rule.rho());
    let mut sums: Vec<_> = index.c2.iter().map(|c2| (G1Projective::identity(), *c2)).collect();
    for (row, gamma) in chosen(index) {
        sums[rho[row]].0 += SEARCH.blinding(rows[row]) * gamma;
    }
    sums
}

/// The public elements of an index of `x`, in the scheme or in a simpler one.
struct Seen {
    public: Public,
    index: Index,
    /// One, or `1/b` where `[1/b]U0` and `[1/b]U1` are published.
    of_F: Scalar,
    /// One, or `b` where `[b]H(a)` is published.
    of_H: Scalar,
}

impl Seen {
    fn new(public: Public, index: Index) -> Self {
        Self { public, index, of_F: Scalar::ONE, of_H: Scalar::ONE }
    }

    /// `F` of a guess.
    fn F(&self, guess: &Scalar) -> G1Projective {
        SEARCH.F(guess) * self.of_F
    }

    fn masks(&self) -> Vec<(G1Projective, G2Projective)> {
        masks(&self.index).into_iter().map(|(H_a, c2)| (-H_a * self.of_H, c2)).collect()
    }

    /// The equations that public elements satisfy together with a guess.
    fn equations(&self, guess: &Scalar) -> Vec<usize> {
        let published = self.masks().into_iter().map(|(H_a, _)| H_a);
        View::public(&self.public, &self.index.rule)
            .and_index(&self.index)
            .with(published.chain([self.F(guess)]), [])
            .equations()
    }
}

/// A product of the observed elements and `F` of the guess, which is one if the guess is right.
type Test = fn(&Seen, G1Projective) -> Vec<(G1Projective, G2Projective)>;

/// An index of `x` in a simpler scheme.
type Simpler = fn(&Master, &Rule, &Scalar, &mut Draws) -> Seen;
type Named = (&'static str, Simpler);

fn honest(master: &Master, rule: &Rule, x: &Scalar, draws: &mut Draws) -> Seen {
    let public = master.public();
    Seen::new(public, public.index(rule, x, draws))
}

/// The tests, each with the schemes on which it works.
fn tests() -> [(&'static str, Test, Vec<Named>); 6] {
    [
        (
            "e(c3, P2) = e(F, c1) e(H(a), c2)",
            |seen, F| [vec![(rows(&seen.index), P2()), (-F, seen.index.c1)], seen.masks()].concat(),
            vec![
                ("without the hidden exponent, b = 1", |master, rule, x, draws| {
                    honest(&Master { gamma: master.gamma, b: Scalar::ONE }, rule, x, draws)
                }),
                ("[1/b]U0 and [1/b]U1 published", |master, rule, x, draws| Seen {
                    of_F: master.b.invert().unwrap(),
                    ..honest(master, rule, x, draws)
                }),
            ],
        ),
        (
            "e(c3, B) = e(F, c1) e(H(a), c2)",
            |seen, F| [vec![(rows(&seen.index), seen.public.B), (-F, seen.index.c1)], seen.masks()].concat(),
            vec![
                ("[b]H(a) published", |master, rule, x, draws| Seen {
                    of_H: master.b,
                    ..honest(master, rule, x, draws)
                }),
                ("the mask carries b as well, c2 = [s']B", |master, rule, x, draws| {
                    let mut seen = honest(master, rule, x, draws);
                    seen.index.c2.iter_mut().for_each(|c2| *c2 *= master.b);
                    seen
                }),
            ],
        ),
        (
            "e(c3, B) = e(F, c1)",
            |seen, F| vec![(rows(&seen.index), seen.public.B), (-F, seen.index.c1)],
            vec![("no mask, c3 = [s]F", |master, rule, x, draws| {
                draws.s_prime.fill(Scalar::ZERO);
                honest(master, rule, x, draws)
            })],
        ),
        (
            "e(c3, P2) = e(F, c2)",
            |seen, F| vec![(rows(&seen.index), P2()), (-F, seen.index.c2[0])],
            vec![("[s]P2 beside the rows, and no mask", |master, rule, x, draws| {
                draws.s_prime.fill(Scalar::ZERO);
                let mut seen = honest(master, rule, x, draws);
                seen.index.c2[0] = P2() * draws.s;
                seen
            })],
        ),
        (
            "e(E, B) = e(F, c1)",
            |seen, F| vec![(seen.index.E, seen.public.B), (-F, seen.index.c1)],
            vec![("the keyword in E = [s]F", |master, rule, x, draws| {
                let mut seen = honest(master, rule, x, draws);
                seen.index.E = SEARCH.F(x) * draws.s;
                seen
            })],
        ),
        (
            "e(c3 - E, B) = e(F - A, c1) e(H(a), c2)",
            |seen, F| {
                let (index, Public { A, B }) = (&seen.index, seen.public);
                [vec![(rows(index) - index.E, B), (A - F, index.c1)], seen.masks()].concat()
            },
            vec![("E adds to the rows, [b]H(a) published", |master, rule, x, draws| Seen {
                of_H: master.b,
                ..honest(master, rule, x, draws)
            })],
        ),
    ]
}

fn rules() -> [Rule; 6] {
    [
        "a".into(),
        all(["a", "b"]),
        any(["a", "b"]),
        of(2, ["a", "b", "c"]),
        all(["a".into(), any(["a", "b"])]),
        not("role", "x"),
    ]
}

fn master(rng: &mut ChaCha20Rng) -> Master {
    Master { gamma: random_scalar(rng), b: random_scalar(rng) }
}

#[test]
fn equations_that_test_guesses_elsewhere_fail_here() {
    let world = &mut Consortium::new(1);
    let [x, y] = ["x", "y"].map(|word| world.x(word));
    for rule in rules() {
        for (equation, test, simpler) in tests() {
            let confirmed = |seen: &Seen, guess| is_one(&pair(&test(seen, seen.F(guess))));
            for (scheme, simpler) in simpler {
                let mut draws = Draws::honest(&rule, &mut world.rng);
                let seen = simpler(&master(&mut world.rng), &rule, &x, &mut draws);
                let found = [confirmed(&seen, &x), confirmed(&seen, &y)];
                assert_eq!(found, [true, false], "{equation}: {scheme}, {}", rule.text);
            }
            // Even for an attacker who knows kappa.
            let seen = Seen::new(world.public(), world.index(&rule, "x"));
            let found = [confirmed(&seen, &x), confirmed(&seen, &y)];
            assert_eq!(found, [false, false], "{equation}: {}", rule.text);
        }
        // The equations that hold, hold for every index, whatever its keyword.
        let (index, Public { A, B }) = (world.index(&rule, "x"), world.public());
        assert!(is_one(&pair(&[(index.E, B), (-A, index.c1)])));
        found(&world.trapdoor("a, b, role=y", "x"), &index);
    }
}

#[test]
fn no_equation_confirms_a_guessed_keyword() {
    let world = &mut Consortium::new(2);
    let [x, y] = ["x", "y"].map(|word| world.x(word));
    for rule in rules() {
        let mut seen = || Seen::new(world.public(), world.index(&rule, "x"));
        assert_eq!(seen().equations(&x), seen().equations(&y), "{}", rule.text);
    }
    // The tests detect each of the simpler schemes.
    for rule in [Rule::from("a"), all(["a", "b"])] {
        for (_, _, simpler) in tests() {
            for (scheme, simpler) in simpler {
                let mut draws = Draws::honest(&rule, &mut world.rng);
                let seen = simpler(&master(&mut world.rng), &rule, &x, &mut draws);
                assert_ne!(seen.equations(&x), seen.equations(&y), "{scheme}, {}", rule.text);
            }
        }
    }
}

#[test]
fn an_index_tells_unentitled_members_nothing() {
    let world = &mut Consortium::new(3);
    for (rule, unsatisfying, satisfying) in
        [("a".into(), "z", "a"), (all(["a", "b"]), "b, c", "a, b"), (not("role", "x"), "role=x, a", "role=y")]
    {
        let mut view = |guess: &str, set: &str| {
            let (key, x, index) = (world.key(set), world.x(guess), world.index(&rule, "x"));
            let view = View::public(&world.public(), &rule).and_index(&index);
            let of_G1 = |part: &Key| {
                let sums = rule.rows().into_iter().filter_map(|row| {
                    let element = part.element(&SEARCH, row).or_else(|| part.part(row))?;
                    Some(element.beside_c2)
                });
                let points = part.points().into_iter().skip(2);
                [part.K0 + part.K1 * x].into_iter().chain(sums).chain(points).collect::<Vec<_>>()
            };
            // A negative row is used as c3 - [d]c4.
            let used = key.K.element(&SEARCH, rule.rows()[0]).map(|element| element.of_c4);
            let used = used.zip(index.c4.first()).map(|(d, c4)| index.c3[0] - c4 * d);
            let of_G1 =
                [of_G1(&key.K), of_G1(&key.Z), vec![SEARCH.F(&x)], used.into_iter().collect()].concat();
            view.with(of_G1, [key.K.K2, key.Z.K2]).equations()
        };
        assert_eq!(view("x", unsatisfying), view("y", unsatisfying), "{}", rule.text);
        assert_ne!(view("x", satisfying), view("y", satisfying), "whose attributes satisfy it sees it");
    }
}

#[test]
fn trapdoors_reveal_only_a_match() {
    let world = &mut Consortium::new(4);
    let rule = Rule::from("a");
    let mut view = |trapdoors: &[(&str, &str)]| {
        let view = View::public(&world.public(), &rule).and_index(&world.index(&rule, "x"));
        let seen = trapdoors.iter().map(|(set, word)| world.trapdoor(set, word));
        seen.fold(view, |view, trapdoor| view.and_trapdoor(&trapdoor)).equations()
    };
    let silent = view(&[("a", "y")]);
    assert_eq!(silent, view(&[("a", "z")]), "another keyword");
    assert_ne!(silent, view(&[("a", "x")]), "a match");
    assert_eq!(view(&[("z", "x")]), view(&[("z", "y")]), "not satisfying");
    // Together with a satisfying trapdoor for another keyword.
    assert_eq!(view(&[("z", "x"), ("a", "y")]), view(&[("z", "y"), ("a", "y")]));
}
