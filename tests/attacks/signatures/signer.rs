//! An attacker's own signer, from section 6 of `docs/schemes.md` and of `docs/interoperability.md`.
//! It narrows any given elements to any statement and policy, and requires no attribute.

use std::ops::{Mul, Sub};

use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use group::Group;
use rand_chacha::ChaCha20Rng;

use crate::ground::{Held, P2, Reader, Transcript, g1_bytes, g2_bytes, header, random_scalar};
use crate::keys::{ABS, Element, Key};
use crate::rule::{Node, Rule, lagrange};

/// The signed statement.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a> {
    pub(super) A: &'a G2Projective,
    pub(super) rule: &'a Rule,
    pub(super) context: &'a [u8],
    pub(super) message: &'a [u8],
    /// The input that a careless scheme omits from its hash.
    pub(super) left_out: &'a [&'a str],
}

impl Statement<'_> {
    pub(super) fn policy(&self) -> Vec<u8> {
        self.rule.parsed().canonical().as_bytes().to_vec()
    }

    /// `x = hash_to_scalar(A, policy, context, message)`
    pub(super) fn x(&self) -> Scalar {
        let (A, policy) = (g2_bytes(self.A), self.policy());
        let items: [(_, &[u8]); 4] =
            [("A", &A), ("policy", &policy), ("context", self.context), ("message", self.message)];
        let hashed = items.into_iter().filter(|(label, _)| !self.left_out.contains(label));
        hashed.fold(Transcript::new(), |t, (label, item)| t.item(label, item)).challenge("ABS-STATEMENT")
    }
}

/// A signing key's `A`, and the key.
pub(super) fn read_key(bytes: &[u8]) -> (G2Projective, Key) {
    let mut reader = Reader::new(0x2a, bytes);
    let A = reader.g2();
    let held = Held::read(&mut reader);
    let key = Key::read_points(&held, &mut reader);
    reader.end();
    (A, key)
}

pub(super) fn key_bytes(A: &G2Projective, key: &Key) -> Vec<u8> {
    [&header(0x2a), g2_bytes(A).as_slice(), &key.fields, &key.point_bytes()].concat()
}

// --- dual values ---

/// The values of the rows, from those of the root and the free ones.
pub(super) fn dual<T>(node: &Node, root: T, free: &[T]) -> Vec<T>
where
    T: Copy + Mul<Scalar, Output = T> + Sub<Output = T>,
{
    let (mut free, mut values) = (free.iter().copied(), Vec::new());
    descend(node, root, &mut free, &mut values);
    assert!(free.next().is_none());
    values
}

fn descend<T>(node: &Node, v: T, free: &mut impl Iterator<Item = T>, values: &mut Vec<T>)
where
    T: Copy + Mul<Scalar, Output = T> + Sub<Output = T>,
{
    let Node::Gate(k, children) = node else { return values.push(v) };
    if *k == children.len() {
        return children.iter().for_each(|child| descend(child, v, free, values));
    }
    // v_i = l_i(0) v - sum_f l_i(f) v_f  for the last k
    let first = children.len() - k;
    let own: Vec<T> = (0..first).map(|_| free.next().unwrap()).collect();
    let last: Vec<_> = (first + 1..=children.len()).map(|i| Scalar::from(i as u64)).collect();
    let at = |x: usize| lagrange(&last, &Scalar::from(x as u64));
    let of_root: Vec<T> = at(0).into_iter().map(|l_0| v * l_0).collect();
    let others = (1..).zip(&own).fold(of_root, |values, (f, v_f)| {
        values.iter().zip(at(f)).map(|(value, l_f)| *value - *v_f * l_f).collect()
    });
    for (child, v) in children.iter().zip(own.into_iter().chain(others)) {
        descend(child, v, free, values);
    }
}

/// The value of a node and the free values below it, from those of its rows.
fn ascend(node: &Node, rows: &mut impl Iterator<Item = Scalar>) -> (Scalar, Vec<Scalar>) {
    let Node::Gate(k, children) = node else { return (rows.next().unwrap(), vec![]) };
    let (values, free): (Vec<_>, Vec<_>) = children.iter().map(|child| ascend(child, rows)).unzip();
    let own = &values[..children.len() - k];
    let v = if *k == children.len() { values[0] } else { values.iter().sum() };
    (v, [own, &free.concat()].concat())
}

/// The number of free values.
pub(super) fn free(node: &Node) -> usize {
    let Node::Gate(k, children) = node else { return 0 };
    children.len() - k + children.iter().map(free).sum::<usize>()
}

// --- signatures ---

/// A signature taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parts {
    pub(super) S: G1Projective,
    /// `W_1 .. W_{tau-1}`
    pub(super) W: Vec<G1Projective>,
    pub(super) V: G2Projective,
    pub(super) V_f: Vec<G2Projective>,
    pub(super) V_not: Vec<G2Projective>,
}

impl Parts {
    pub(super) fn read(rule: &Rule, signature: &[u8]) -> Self {
        let mut reader = Reader::new(0x2b, signature);
        let read = Self {
            S: reader.g1(),
            W: (1..rule.tau()).map(|_| reader.g1()).collect(),
            V: reader.g2(),
            V_f: (0..free(&rule.root)).map(|_| reader.g2()).collect(),
            V_not: rule.negative().iter().map(|_| reader.g2()).collect(),
        };
        reader.end();
        read
    }

    pub(super) fn of_G1(&mut self) -> Vec<&mut G1Projective> {
        [&mut self.S].into_iter().chain(&mut self.W).collect()
    }

    pub(super) fn of_G2(&mut self) -> Vec<&mut G2Projective> {
        [&mut self.V].into_iter().chain(&mut self.V_f).chain(&mut self.V_not).collect()
    }

    /// The bytes of each point.
    pub(super) fn elements(&self) -> Vec<Vec<u8>> {
        let of_G1 = [&self.S].into_iter().chain(&self.W).map(|P| g1_bytes(P).to_vec());
        let of_G2 = [&self.V].into_iter().chain(&self.V_f).chain(&self.V_not).map(|Q| g2_bytes(Q).to_vec());
        of_G1.chain(of_G2).collect()
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        [header(0x2b).as_slice(), &self.elements().concat()].concat()
    }

    /// `sum of [c_n]` of all elements of these.
    pub(super) fn combined(signatures: &[(Scalar, Self)]) -> Self {
        let sum_1 = |of: &dyn Fn(&Self) -> G1Projective| signatures.iter().map(|(c, s)| of(s) * c).sum();
        let sum_2 = |of: &dyn Fn(&Self) -> G2Projective| signatures.iter().map(|(c, s)| of(s) * c).sum();
        let (_, first) = &signatures[0];
        Self {
            S: sum_1(&|s| s.S),
            W: (0..first.W.len()).map(|j| sum_1(&|s| s.W[j])).collect(),
            V: sum_2(&|s| s.V),
            V_f: (0..first.V_f.len()).map(|f| sum_2(&|s| s.V_f[f])).collect(),
            V_not: (0..first.V_not.len()).map(|i| sum_2(&|s| s.V_not[i])).collect(),
        }
    }
}

/// The randomness that re-randomises a signature.
#[derive(Clone)]
pub(super) struct Nonces {
    pub(super) r: Scalar,
    pub(super) free: Vec<Scalar>,
    pub(super) not: Vec<Scalar>,
}

impl Nonces {
    pub(super) fn draw(rule: &Rule, rng: &mut ChaCha20Rng) -> Self {
        let mut draw = |n| (0..n).map(|_| random_scalar(rng)).collect::<Vec<_>>();
        Self { r: draw(1)[0], free: draw(free(&rule.root)), not: draw(rule.negative().len()) }
    }
}

/// The elements to narrow: `K0`, `K1`, `K2`, and an element for each row,
/// possibly from several users.
#[derive(Clone)]
pub(super) struct Means {
    pub(super) K0: G1Projective,
    pub(super) K1: G1Projective,
    pub(super) K2: G2Projective,
    pub(super) elements: Vec<Element>,
}

pub(super) fn nothing() -> Element {
    Element::positive(&G1Projective::identity())
}

impl Means {
    /// One key: its element for a row, or its elements of the row plus this one.
    pub(super) fn new(key: &Key, rule: &Rule, beside: &G1Projective) -> Self {
        let part = |row: &_| {
            let own = key.part(row).unwrap_or(nothing());
            Element { beside_c2: own.beside_c2 + beside, ..own }
        };
        let elements = rule.rows().into_iter().map(|row| key.element(&ABS, row).unwrap_or_else(|| part(row)));
        Self { K0: key.K0, K1: key.K1, K2: key.K2, elements: elements.collect() }
    }

    /// The contribution of a key's exponent `r` to `V`, `V_f` and `V'_i`.
    pub(super) fn exponents(&self, rule: &Rule, gamma: &[Scalar], r: &Scalar) -> Nonces {
        let (_, gamma_f) = ascend(&rule.root, &mut gamma.iter().copied());
        let not = rule.negative().into_iter().map(|i| -gamma[i] * self.elements[i].of_c4 * r);
        Nonces { r: *r, free: gamma_f.iter().map(|gamma_f| gamma_f * r).collect(), not: not.collect() }
    }

    /// The signature with these coefficients of the rows.
    pub(super) fn sign(&self, statement: &Statement<'_>, gamma: &[Scalar], nonces: &Nonces) -> Parts {
        self.sign_under(statement, &statement.rule.rho(), gamma, nonces)
    }

    /// Like [`Means::sign`], with chosen use numbers.
    pub(super) fn sign_under(
        &self,
        statement: &Statement<'_>,
        rho: &[usize],
        gamma: &[Scalar],
        nonces: &Nonces,
    ) -> Parts {
        let Self { K0, K1, K2, elements } = self;
        let root = &statement.rule.root;
        // V = K2 + [r*]P2      V_f = [gamma_f]K2 + [nu_f]P2
        let (_, gamma_f) = ascend(root, &mut gamma.iter().copied());
        let V_f =
            gamma_f.iter().zip(&nonces.free).map(|(gamma_f, nu_f)| K2 * gamma_f + P2() * nu_f).collect();
        let nu = dual(root, nonces.r, &nonces.free);
        let mut not = nonces.not.iter();
        let mut W = vec![G1Projective::identity(); rho.iter().max().unwrap() + 1];
        let mut V_not = Vec::new();
        for (i, row) in statement.rule.rows().into_iter().enumerate() {
            // R_i = [gamma_i]K_T + [nu_i]H(T), or of a negative row, with d = 1/(h(v') -
            // h(v)) R_i = [gamma_i d]N_l + [nu_i]Q_l + [nu'_i](P_l + [h(v)]Q_l)      V'_i =
            // [gamma_i d]K2 + [nu'_i]P2
            W[rho[i]] += elements[i].beside_c2 * gamma[i] + ABS.blinding(row) * nu[i];
            if let Some(of_value) = ABS.of_negative(row) {
                let nu_not = not.next().unwrap();
                W[rho[i]] += of_value * nu_not;
                V_not.push(P2() * nu_not - K2 * (gamma[i] * elements[i].of_c4));
            }
        }
        // S = K0 + [x]K1 + [r*]F + W_0
        let x = statement.x();
        let S = K0 + K1 * x + ABS.F(&x) * nonces.r + W.remove(0);
        Parts { S, W, V: K2 + P2() * nonces.r, V_f, V_not }
    }
}

/// The coefficients as a list with one for each row.
pub(super) fn of_rows(rule: &Rule, chosen: &[(usize, Scalar)]) -> Vec<Scalar> {
    let mut gamma = vec![Scalar::ZERO; rule.rows().len()];
    chosen.iter().for_each(|(row, gamma_i)| gamma[*row] = *gamma_i);
    gamma
}
