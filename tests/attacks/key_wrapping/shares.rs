//! Users who have less than a gate requires, with every plausible coefficient; and careless
//! implementations of sharing or blinding, whose ciphertexts the same programs open.

use blst::blst_fp12 as Gt;
use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::Error;

use super::reader::{Ciphertext, products};
use super::writer::{self, Draws};
use super::{Authority, SECRET, attack, opens, unwrap};
use crate::ground::{canonical, pair, rng, small};
use crate::keys::{ABE, Element, Key};
use crate::rule::{all, any, not, of, shared_attribute, whole_secret_to_one_child};

const MOST: i32 = 3;

/// The coefficients from -3 to 3, not all of them zero, under which these
/// elements open a ciphertext.
fn opened_by(wrapped: &Ciphertext, slot: &Gt, elements: &[Element], K2: &G2Projective) -> Vec<Vec<i32>> {
    let n = elements.len();
    let factor = |row: usize, gamma: i32| wrapped.row(row, &small(gamma), &elements[row], K2);
    let factors: Vec<Vec<_>> =
        (0..n).map(|row| (-MOST..=MOST).map(|gamma| factor(row, gamma)).collect()).collect();
    let number = (2 * MOST + 1) as usize;
    let digits = |code: usize| (0..n as u32).map(move |row| code / number.pow(row) % number);
    let products = (0..number.pow(n as u32))
        .map(|code| (code, digits(code).zip(&factors).fold(*slot, |D, (digit, factors)| D * factors[digit])));
    let opened = products.filter(|(_, D)| wrapped.is_opened_by(D));
    opened.map(|(code, _)| digits(code).map(|digit| digit as i32 - MOST).collect()).collect()
}

#[test]
fn too_few_shares_give_nothing() {
    let authority = Authority::new(1);
    let (set, seed) = ("a, b, c, d, role=y, ward=y", 2);
    let key = authority.key(set, seed);
    for (i, rule) in [
        all(["a".into(), any(["b", "c"])]),
        of(2, ["a", "b", "c"]),
        of(3, ["a", "b", "c", "d"]),
        all(["a".into(), of(2, ["b", "c", "d"])]),
        all(["a".into(), any(["b".into(), all(["c", "d"])])]),
        of(2, [all(["a", "b"]), any(["c", "d"]), "a".into()]),
        shared_attribute(),
        all([not("role", "x"), not("ward", "x")]),
        of(2, ["a".into(), not("role", "x"), not("ward", "x")]),
    ]
    .iter()
    .enumerate()
    {
        let wrapped = authority.wrap(rule, 23 + i as u64);
        let rows = rule.rows();
        let suffices = |used: &dyn Fn(usize) -> bool| rule.coefficients(used).is_some();
        let slot = wrapped.slot(&key.K0, &key.K1);
        let elements: Vec<_> = rows.iter().map(|row| key.element(&ABE, row).unwrap()).collect();
        // All small coefficients: the ones that open use enough rows.
        let opened = opened_by(&wrapped, &slot, &elements, &key.K2);
        assert!(!opened.is_empty(), "{}", rule.text);
        for gamma in opened {
            assert!(suffices(&|row| gamma[row] != 0), "{}: {gamma:?}", rule.text);
        }
        // The coefficients of reconstruction, for every insufficient set of rows.
        for chosen in rule.choices() {
            let factor =
                |(row, gamma): &(usize, Scalar)| (*row, wrapped.row(*row, gamma, &elements[*row], &key.K2));
            let factors: Vec<_> = chosen.iter().map(factor).collect();
            for subset in 0_u32..1 << rows.len() {
                let held = |row: usize| subset >> row & 1 == 1;
                if !suffices(&held) {
                    let used = factors.iter().filter(|(row, _)| held(*row));
                    let D = used.fold(slot, |D, (_, factor)| D * *factor);
                    assert!(!wrapped.is_opened_by(&D), "{}: {subset:b}", rule.text);
                }
            }
        }
        opens(&authority.issue(set, seed), &wrapped);
    }
}

#[test]
fn a_part_of_a_conjunction_gives_nothing() {
    // The one row of `a and b and c`, with every small multiple of each attribute's element.
    let authority = Authority::new(1);
    let rule = all(["a", "b", "c"]);
    let wrapped = authority.wrap(&rule, 70);
    let key = authority.key("a, b, c", 2);
    let nothing = Element::positive(&G1Projective::identity());
    let slot = wrapped.slot(&key.K0, &key.K1) * wrapped.row(0, &Scalar::ONE, &nothing, &key.K2);
    let c2 = super::reader::g2(&wrapped.c2[0]);
    let multiples = ["a", "b", "c"].map(|a| {
        let multiple = |k: i32| pair(&[(key.K[&canonical(a)] * small(k), c2)]);
        (-MOST..=MOST).map(multiple).collect::<Vec<_>>()
    });
    let products = products([&vec![slot]].into_iter().chain(&multiples));
    let opening: Vec<_> = (0..products.len()).filter(|i| wrapped.is_opened_by(&products[*i])).collect();
    // Only one of each.
    let all_ones = [1, 1, 1].iter().fold(0, |code, k| code * (2 * MOST + 1) + k + MOST);
    assert_eq!(opening, [all_ones as usize]);
    // Holders of parts, with the elements that others' keys would add.
    for set in ["a", "a, b", "b, c", "a, c, d"] {
        assert!(!attack(&authority.key(set, 3), &wrapped), "{set}");
        assert_eq!(unwrap(&authority.issue(set, 3), &wrapped), Err(Error::PolicyNotSatisfied));
    }
    assert!(attack(&key, &wrapped));
    opens(&authority.issue("a, b, c", 2), &wrapped);
}

#[test]
fn a_gate_that_shares_carelessly_opens() {
    // Such an `and` once went unnoticed for years, because honest decryptors refused first.
    let authority = Authority::new(1);
    let (one, enough) = ("a", "a, b, c");
    for (rule, fault) in whole_secret_to_one_child() {
        let mut draws = Draws::honest(&rule, &mut rng(61));
        let wrap = |draws: &Draws| writer::wrap(&authority.public.to_bytes(), &rule, draws, SECRET);
        let careful = wrap(&draws);
        draws.lambda = fault(&draws.s);
        let careless = wrap(&draws);
        for wrapped in [&authority.wrap(&rule, 60), &careful, &careless] {
            assert_eq!(unwrap(&authority.issue(one, 2), wrapped), Err(Error::PolicyNotSatisfied));
            opens(&authority.issue(enough, 2), wrapped);
            assert!(attack(&authority.key(enough, 2), wrapped));
        }
        let key = authority.key(one, 2);
        assert!(attack(&key, &careless), "{}", rule.text);
        assert!(!attack(&key, &careful) && !attack(&key, &authority.wrap(&rule, 60)), "{}", rule.text);
    }
}

#[test]
fn rows_with_one_blinding_open_to_others() {
    // `a` is in two rows. For a holder of the rest, s = 3 f(1) - 3 f(2) + f(3), in which a
    // shared blinding cancels.
    let authority = Authority::new(1);
    for (rule, set, enough) in
        [(of(2, ["a", "a", "b"]), "b", "a"), (shared_attribute(), "b, c, d", "a, b, c")]
    {
        let rows = rule.rows();
        let without_a = |key: &Key, wrapped: &Ciphertext| {
            let nothing = Element::positive(&G1Projective::identity());
            let elements: Vec<_> = rows.iter().map(|row| key.part(row).unwrap_or(nothing)).collect();
            opened_by(wrapped, &wrapped.slot(&key.K0, &key.K1), &elements, &key.K2)
        };
        let key = authority.key(set, 2);
        // The library gives each of the two rows its own use number.
        let wrapped = authority.wrap(&rule, 42);
        assert_eq!(rule.rho(), [0, 1, 0]);
        assert_eq!((rule.parsed().uses(), wrapped.c2.len()), (2, 2));
        assert_eq!(without_a(&key, &wrapped), [[]; 0]);

        let mut draws = Draws::honest(&rule, &mut rng(43));
        for (one_blinding, opened) in [(false, vec![]), (true, vec![vec![3, -3, 1]])] {
            if one_blinding {
                draws.s_prime[1] = draws.s_prime[0];
            }
            let wrapped = writer::wrap(&authority.public.to_bytes(), &rule, &draws, SECRET);
            assert_eq!(without_a(&key, &wrapped), opened, "{}", rule.text);
            opens(&authority.issue(enough, 43), &wrapped);
        }
        opens(&authority.issue(enough, 43), &wrapped);
    }
}
