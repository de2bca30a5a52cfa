//! Who signs without the right to: users who pool their keys, provers who know one leaf too few, outsiders without any
//! credential, and whoever has a signature and wants it to say something else.

mod prover;

use std::num::NonZeroUsize;

use blstrs::{G1Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::Error;
use medseal::abs::{Claim, MasterKey, PublicKey, Signature, verify_batch};
use medseal::policy::{Attributes, Policy};

use crate::ground::{P1, rng};
use prover::{Completed, H_b, H_u, Holder, Leaf, Parts, Prover, Statement};

const CONTEXT: &[u8] = b"context";
const MESSAGE: &[u8] = b"message";
const REFUSED: Result<(), Error> = Err(Error::InvalidSignature);

/// An authority, and the bytes of its key that are hashed.
struct Authority {
    master: MasterKey,
    X: [u8; 96],
}

impl Authority {
    fn new(seed: u64) -> Self {
        let master = MasterKey::generate(&mut rng(seed)).unwrap();
        let X = master.public_key().to_bytes()[4..].try_into().unwrap();
        Self { master, X }
    }

    fn public_key(&self) -> &PublicKey {
        self.master.public_key()
    }

    fn holder(&self, attributes: &str, seed: u64) -> Holder {
        Holder::of(&self.master.issue(&Attributes::parse(attributes).unwrap(), &mut rng(seed)).unwrap())
    }

    fn statement<'a>(&'a self, policy: &'a str) -> Statement<'a> {
        assert_eq!(Policy::parse(policy).unwrap().canonical(), policy);
        Statement { X: &self.X, policy, context: CONTEXT, message: MESSAGE }
    }

    /// What a verifier says.
    fn verify(&self, policy: &str, signature: &[u8]) -> Result<(), Error> {
        let signature = Signature::from_bytes(signature)?;
        self.public_key().verify(&Policy::parse(policy).unwrap(), CONTEXT, MESSAGE, &signature)
    }

    /// A signature by the library, of a user with these attributes.
    fn signed(&self, attributes: &str, policy: &str, seed: u64) -> Vec<u8> {
        let key = self.master.issue(&Attributes::parse(attributes).unwrap(), &mut rng(seed)).unwrap();
        let policy = Policy::parse(policy).unwrap();
        key.sign(&policy, CONTEXT, MESSAGE, &mut rng(seed)).unwrap().to_bytes()
    }
}

fn scalar(value: u64) -> Scalar {
    Scalar::from(value)
}

fn over(value: u64) -> Scalar {
    scalar(value).invert().unwrap()
}

/// A policy, who proves each of its leaves (the first user or the second, or nobody: it is simulated), and the challenges
/// that follow from `c` and from the simulated leaf's `y`.
struct Shape {
    policy: &'static str,
    leaves: &'static [(&'static str, Option<usize>)],
    complete: fn(Scalar, Scalar) -> Completed,
}

const SHAPES: [Shape; 4] = [
    Shape {
        policy: "a and b",
        leaves: &[("a", Some(0)), ("b", Some(1))],
        complete: |c, _| Completed { challenges: vec![c, c], shares: vec![] },
    },
    Shape {
        policy: "2 of (a, b, c)",
        leaves: &[("a", Some(0)), ("b", Some(1)), ("c", None)],
        // f(0) = c, f(3) = y
        complete: |c, y| {
            let f_1 = (y - c) * over(3);
            Completed { challenges: vec![c + f_1, c + f_1 + f_1, y], shares: vec![f_1] }
        },
    },
    Shape {
        policy: "(a or c) and b",
        leaves: &[("a", Some(0)), ("c", None), ("b", Some(1))],
        complete: |c, y| Completed { challenges: vec![c - y, y, c], shares: vec![c - y] },
    },
    Shape {
        policy: "a and b and a",
        leaves: &[("a", Some(0)), ("b", Some(1)), ("a", Some(0))],
        complete: |c, _| Completed { challenges: vec![c, c, c], shares: vec![] },
    },
];

impl Shape {
    /// Signs as if one user held what the two hold, under a secret `u`. The leaves are proved as their owners would,
    /// which makes the pairing right, or so that the proof is right whatever the pairing says.
    fn sign(&self, authority: &Authority, users: [&Holder; 2], u: Scalar, proof_first: bool) -> Vec<u8> {
        let y = scalar(1234);
        let mut prover = Prover::new(u, rng(7));
        let leaves: Vec<_> = self
            .leaves
            .iter()
            .map(|(attribute, user)| match user {
                Some(user) if proof_first => prover.forced(attribute, users[*user].credential(attribute)),
                Some(user) => prover.with(attribute, users[*user].credential(attribute)),
                None => prover.simulated(attribute, users[0].credential("a"), y),
            })
            .collect();
        prover.sign(authority.statement(self.policy), &leaves, |c| (self.complete)(c, y))
    }
}

#[test]
fn users_who_pool_their_keys_sign_nothing() {
    let authority = Authority::new(1);
    let (one, two, both) = (authority.holder("a", 1), authority.holder("b", 2), authority.holder("a, b", 3));
    // A new key of somebody does not go with the old one either.
    let (old, new) = (authority.holder("a, d", 4), authority.holder("b, d", 5));
    for shape in &SHAPES {
        for [one, two] in [[&one, &two], [&old, &new], [&both, &two]] {
            for u in [one.u, two.u, one.u + two.u, (one.u + two.u) * over(2), Scalar::ZERO] {
                for proof_first in [false, true] {
                    let forged = shape.sign(&authority, [one, two], u, proof_first);
                    assert_eq!(authority.verify(shape.policy, &forged), REFUSED, "{}", shape.policy);
                }
            }
        }
        for proof_first in [false, true] {
            let right = shape.sign(&authority, [&both, &both], both.u, proof_first);
            assert_eq!(authority.verify(shape.policy, &right), Ok(()), "{}", shape.policy);
        }
    }
}

#[test]
fn a_prover_with_another_credential_for_the_one_that_is_missing_signs_nothing() {
    let authority = Authority::new(1);
    let (user, entitled) = (authority.holder("a, d", 1), authority.holder("a, b", 2));
    for shape in &SHAPES {
        let y = scalar(1234);
        let sign = |holder: &Holder, for_b: &str, proof_first: bool| {
            let mut prover = Prover::new(holder.u, rng(8));
            let leaves: Vec<_> = shape
                .leaves
                .iter()
                .map(|(attribute, proved)| {
                    let credential = holder.credential(if *attribute == "b" { for_b } else { "a" });
                    match proved {
                        Some(_) if proof_first => prover.forced(attribute, credential),
                        Some(_) => prover.with(attribute, credential),
                        None => prover.simulated(attribute, credential, y),
                    }
                })
                .collect();
            prover.sign(authority.statement(shape.policy), &leaves, |c| (shape.complete)(c, y))
        };
        for (other, proof_first) in [("a", false), ("a", true), ("d", false), ("d", true)] {
            assert_eq!(authority.verify(shape.policy, &sign(&user, other, proof_first)), REFUSED);
        }
        assert_eq!(authority.verify(shape.policy, &sign(&entitled, "b", false)), Ok(()));
    }
}

#[test]
fn a_signature_that_leaves_out_a_leaf_is_refused() {
    // An `and` gives every leaf the root's challenge, so that whoever leaves out what they lack proves the rest rightly.
    let authority = Authority::new(1);
    let user = authority.holder("a", 1);
    let of_a_alone = |policy: &str| {
        let mut prover = Prover::new(user.u, rng(7));
        let leaf = prover.with("a", user.credential("a"));
        let complete = |c| Completed { challenges: vec![c], shares: vec![] };
        prover.sign(authority.statement(policy), &[leaf], complete)
    };
    assert_eq!(authority.verify("a and b", &of_a_alone("a and b")), REFUSED);
    // Nor may there be one too many.
    let mut long = Parts::read(&authority.signed("a, b", "a and b", 1));
    long.leaves.push(long.leaves[0].clone());
    assert_eq!(authority.verify("a and b", &long.bytes()), REFUSED);
    // The same proof is right where it is whole.
    assert_eq!(authority.verify("a", &of_a_alone("a")), Ok(()));
}

#[test]
fn a_prover_who_knows_one_child_of_two_fails() {
    const POLICY: &str = "2 of (a, b, c)";
    let authority = Authority::new(1);
    let (y_b, y_c) = (scalar(1234), scalar(5678));
    // Two leaves simulated: a line through c, y_b and y_c does not exist. It passes through one of them, or a parabola is
    // sent, with its top coefficient or without.
    let through_b = |c: Scalar| (y_b - c) * over(2);
    let through_c = |c: Scalar| (y_c - c) * over(3);
    let parabola = |c: Scalar| {
        // f(X) = c + f_1 X + f_2 X^2 with f(2) = y_b, f(3) = y_c
        let f_2 = through_c(c) - through_b(c);
        [through_b(c) - f_2.double(), f_2]
    };
    let user = authority.holder("a", 1);
    let shares: [&dyn Fn(Scalar) -> Vec<Scalar>; 4] =
        [&|c| vec![through_b(c)], &|c| vec![through_c(c)], &|c| parabola(c)[..1].to_vec(), &|c| {
            parabola(c).to_vec()
        }];
    for shares in shares {
        let mut prover = Prover::new(user.u, rng(7));
        let credential = user.credential("a");
        let leaves = [
            prover.with("a", credential),
            prover.simulated("b", credential, y_b),
            prover.simulated("c", credential, y_c),
        ];
        let forged = prover.sign(authority.statement(POLICY), &leaves, |c| {
            let shares = shares(c);
            let at_one = shares.iter().fold(c, |sum, f| sum + f);
            Completed { challenges: vec![at_one, y_b, y_c], shares }
        });
        assert_eq!(authority.verify(POLICY, &forged), REFUSED);
    }

    let user = authority.holder("a, c", 1);
    let mut prover = Prover::new(user.u, rng(7));
    let leaves = [
        prover.with("a", user.credential("a")),
        prover.simulated("b", user.credential("a"), y_b),
        prover.with("c", user.credential("c")),
    ];
    let right = prover.sign(authority.statement(POLICY), &leaves, |c| {
        let f_1 = through_b(c);
        Completed { challenges: vec![c + f_1, y_b, c + f_1 * scalar(3)], shares: vec![f_1] }
    });
    assert_eq!(authority.verify(POLICY, &right), Ok(()));
}

#[test]
fn a_prover_who_knows_no_child_of_an_or_and_not_all_of_an_and_fails() {
    let authority = Authority::new(1);
    let user = authority.holder("a, d", 1);
    let (y_a, y_b) = (scalar(1234), scalar(5678));

    let firsts: [fn(Scalar, Scalar, Scalar) -> Scalar; 2] = [|_, y_a, _| y_a, |c, _, y_b| c - y_b];
    for first in firsts {
        let mut prover = Prover::new(user.u, rng(7));
        let leaves = [
            prover.simulated("a", user.credential("d"), y_a),
            prover.simulated("b", user.credential("d"), y_b),
        ];
        let forged = prover.sign(authority.statement("a or b"), &leaves, |c| Completed {
            challenges: vec![y_a, y_b],
            shares: vec![first(c, y_a, y_b)],
        });
        assert_eq!(authority.verify("a or b", &forged), REFUSED);
    }
    let mut prover = Prover::new(user.u, rng(7));
    let leaves = [prover.with("a", user.credential("a")), prover.simulated("b", user.credential("a"), y_b)];
    let forged = prover.sign(authority.statement("a and b"), &leaves, |c| Completed {
        challenges: vec![c, y_b],
        shares: vec![],
    });
    assert_eq!(authority.verify("a and b", &forged), REFUSED);

    let mut prover = Prover::new(user.u, rng(7));
    let leaves = [prover.with("a", user.credential("a")), prover.simulated("b", user.credential("a"), y_b)];
    let right = prover.sign(authority.statement("a or b"), &leaves, |c| Completed {
        challenges: vec![c - y_b, y_b],
        shares: vec![c - y_b],
    });
    assert_eq!(authority.verify("a or b", &right), Ok(()));
}

#[test]
fn an_outsider_with_a_right_proof_about_points_of_its_own_fails() {
    let authority = Authority::new(1);
    let nobody = |A: G1Projective, witness: [u64; 3]| {
        let prover = Prover::new(scalar(11), rng(7));
        let leaf = prover.by_equation("a", A, witness.map(scalar));
        let complete = |c| Completed { challenges: vec![c], shares: vec![] };
        prover.sign(authority.statement("a"), &[leaf], complete)
    };
    // The identity satisfies every equation, and does not decode.
    let identity = nobody(G1Projective::identity(), [0, 0, 0]);
    assert_eq!(authority.verify("a", &identity), Err(Error::IdentityPoint));
    // Any other points satisfy the proof, and not the pairing.
    let somewhere = P1() * scalar(77);
    for (A, witness) in
        [(P1(), [1, 0, 0]), (P1(), [3, 5, 7]), (H_b(), [0, 5, 7]), (H_u(), [0, 0, 7]), (somewhere, [1, 2, 3])]
    {
        assert_eq!(authority.verify("a", &nobody(A, witness)), REFUSED);
    }
    // Nor does a simulated leaf alone, whose challenge is not the one that comes out.
    let holder = authority.holder("a, d", 1);
    let mut prover = Prover::new(holder.u, rng(7));
    let leaf = prover.simulated("a", holder.credential("d"), scalar(5));
    let complete = |c| Completed { challenges: vec![c], shares: vec![] };
    assert_eq!(authority.verify("a", &prover.sign(authority.statement("a"), &[leaf], complete)), REFUSED);

    let mut prover = Prover::new(holder.u, rng(7));
    let leaf = prover.forced("a", holder.credential("a"));
    let complete = |c| Completed { challenges: vec![c], shares: vec![] };
    assert_eq!(authority.verify("a", &prover.sign(authority.statement("a"), &[leaf], complete)), Ok(()));
}

#[test]
fn a_signature_is_for_its_message_context_policy_and_authority_only() {
    const POLICY: &str = "2 of (a, b, c)";
    let (authority, other) = (Authority::new(1), Authority::new(9));
    let signature = authority.signed("a, b, c", POLICY, 1);
    let signature = Signature::from_bytes(&signature).unwrap();
    let check = |authority: &Authority, policy: &str, context: &[u8], message: &[u8]| {
        authority.public_key().verify(&Policy::parse(policy).unwrap(), context, message, &signature)
    };
    for (context, message) in [
        (CONTEXT, &b""[..]),
        (b"", MESSAGE),
        (MESSAGE, CONTEXT),
        // One byte over the boundary.
        (b"contextm", b"essage"),
        (b"contex", b"tmessage"),
    ] {
        assert_eq!(check(&authority, POLICY, context, message), REFUSED);
    }
    assert_eq!(check(&other, POLICY, CONTEXT, MESSAGE), REFUSED);
    // Weaker, stronger, in another order, of another shape.
    for policy in [
        "a or b or c",
        "a and b and c",
        "2 of (b, a, c)",
        "2 of (a, b, c, d)",
        "2 of (a, b, d)",
        "a and b or c",
        "(a or b) and c",
        "a",
        "2 of (a, b, c) or d",
    ] {
        assert_eq!(check(&authority, policy, CONTEXT, MESSAGE), REFUSED, "{policy}");
    }
    assert_eq!(check(&authority, POLICY, CONTEXT, MESSAGE), Ok(()));
}

#[test]
fn a_signature_cannot_be_carried_over_to_a_weaker_policy_of_the_same_shape() {
    // A constant polynomial of higher degree gives every leaf the challenge that it had: only the policy in the hash
    // tells the two apart.
    let authority = Authority::new(1);
    let signature = authority.signed("a, b, c", "a and b and c", 1);
    let parts = Parts::read(&signature);
    let carried = |shares: Vec<Scalar>| Parts { shares, ..parts.clone() }.bytes();
    let constant = carried(vec![Scalar::ZERO]);
    for policy in ["2 of (a, b, c)", "a and b and c"] {
        assert_eq!(authority.verify(policy, &constant), REFUSED);
    }
    // Shares that sum up to what the leaves have: c = c + c + (-c) for an `or`.
    assert_eq!(authority.verify("a or b or c", &carried(vec![parts.c; 2])), REFUSED);
    assert_eq!(authority.verify("a and b and c", &carried(vec![])), Ok(()));
    assert_eq!(carried(vec![]), signature);
}

#[test]
fn a_signature_with_any_byte_changed_or_cut_or_continued_is_refused() {
    let authority = Authority::new(1);
    let signature = authority.signed("a", "a or b", 1);
    for at in 0..signature.len() {
        let mut changed = signature.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(authority.verify("a or b", &changed).is_err(), "byte {at}");
        assert!(authority.verify("a or b", &signature[..at]).is_err(), "cut at {at}");
    }
    assert!(authority.verify("a or b", &[&signature[..], &[0]].concat()).is_err());
    assert_eq!(authority.verify("a or b", &signature), Ok(()));
}

#[test]
fn parts_of_a_signature_cannot_be_exchanged() {
    const POLICY: &str = "2 of (a, a, b)";
    let authority = Authority::new(1);
    let [signature, other] = [1, 2].map(|seed| Parts::read(&authority.signed("a, b", POLICY, seed)));
    type Change<'a> = &'a dyn Fn(&mut Parts);
    let changes: [(&str, Change<'_>); 13] = [
        ("leaves exchanged", &|s| s.leaves.swap(0, 1)),
        ("a leaf doubled", &|s| s.leaves[1] = s.leaves[0].clone()),
        ("a leaf of another signature", &|s| s.leaves[2] = other.leaves[2].clone()),
        ("a leaf less", &|s| s.leaves.truncate(2)),
        ("a leaf more", &|s| s.leaves.push(other.leaves[0].clone())),
        ("no leaf", &|s| s.leaves.clear()),
        ("a share less", &|s| s.shares.clear()),
        ("a share more", &|s| s.shares.push(Scalar::ZERO)),
        ("the commitment of another signature", &|s| s.C = other.C),
        ("the challenge of another signature", &|s| s.c = other.c),
        ("the responses about u and t of another signature", &|s| (s.z_u, s.z_t) = (other.z_u, other.z_t)),
        ("a pair masked again", &|s| {
            s.leaves[0].A = s.leaves[0].A.double();
            s.leaves[0].B = s.leaves[0].B.double();
        }),
        ("the two points of a leaf exchanged", &|s| {
            let leaf = &mut s.leaves[0];
            (leaf.A, leaf.B) = (leaf.B, leaf.A);
        }),
    ];
    for (what, change) in changes {
        let mut changed = signature.clone();
        change(&mut changed);
        assert!(authority.verify(POLICY, &changed.bytes()).is_err(), "{what}");
    }
    assert_eq!(authority.verify(POLICY, &signature.bytes()), Ok(()));
}

#[test]
fn credentials_of_one_authority_do_not_count_as_anothers_in_a_batch_of_both() {
    let [one, two] = [1, 9].map(Authority::new);
    let policy = Policy::parse("a").unwrap();
    // A right proof under the name of an authority, about a credential of either.
    let sign = |named: &Authority, holder: &Holder| {
        let mut prover = Prover::new(holder.u, rng(7));
        let leaf = prover.with("a", holder.credential("a"));
        let complete = |c| Completed { challenges: vec![c], shares: vec![] };
        Signature::from_bytes(&prover.sign(named.statement("a"), &[leaf], complete)).unwrap()
    };
    let (of_one, of_two) = (one.holder("a", 1), two.holder("a", 1));
    let (honest, mislabelled, right) = (sign(&one, &of_one), sign(&two, &of_one), sign(&two, &of_two));
    let claim = |authority, signature| {
        let policy = &policy;
        Claim { public_key: authority, policy, context: CONTEXT, message: MESSAGE, signature }
    };
    let honest = claim(one.public_key(), &honest);
    let forged = claim(two.public_key(), &mislabelled);
    let positions = |claims: &[Claim<'_>]| {
        verify_batch(claims, NonZeroUsize::MIN).map_err(|bad| bad.positions().to_vec())
    };
    assert_eq!(positions(&[honest, forged]), Err(vec![1]));
    assert_eq!(positions(&[forged, honest]), Err(vec![0]));
    // Two errors do not make up for each other, though the credentials were exchanged.
    let exchanged = sign(&one, &of_two);
    assert_eq!(positions(&[forged, claim(one.public_key(), &exchanged)]), Err(vec![0, 1]));
    // Claims that fail for different reasons are named in their order.
    let other_message = Claim { message: b"another", ..honest };
    assert_eq!(positions(&[forged, other_message, honest, forged]), Err(vec![0, 1, 3]));
    assert_eq!(positions(&[honest, claim(two.public_key(), &right)]), Ok(()));
}

/// The points of a leaf, for those who have no credential: `A' = [s]H_b`, and `B' = [s y]H_b` with a right proof.
fn without_credential(prover: &Prover, s: Scalar, y: Scalar, e: Scalar) -> Leaf {
    // [w]H_b - [e]A' = [s y]H_b
    prover.by_equation("a", H_b() * s, [Scalar::ZERO, s * (y + e), e])
}

#[test]
fn errors_that_cancel_in_pairs_do_not_cancel_in_a_batch() {
    // The error of each is [s (x - y)]H_b, for s = 1 and s = -1: equal weights would add up to nothing.
    let authority = Authority::new(1);
    let policy = Policy::parse("a").unwrap();
    let forge = |s: Scalar, seed: u64| {
        let prover = Prover::new(scalar(seed), rng(seed));
        let leaf = without_credential(&prover, s, scalar(99), scalar(seed + 1));
        let complete = |c| Completed { challenges: vec![c], shares: vec![] };
        Signature::from_bytes(&prover.sign(authority.statement("a"), &[leaf], complete)).unwrap()
    };
    let (plus, minus) = (forge(Scalar::ONE, 1), forge(-Scalar::ONE, 2));
    let honest = Signature::from_bytes(&authority.signed("a", "a", 3)).unwrap();
    let claim = |signature| {
        let (public_key, policy) = (authority.public_key(), &policy);
        Claim { public_key, policy, context: CONTEXT, message: MESSAGE, signature }
    };
    let positions = |claims: &[Claim<'_>]| {
        verify_batch(claims, NonZeroUsize::MIN).map_err(|bad| bad.positions().to_vec())
    };
    let [plus, minus, honest] = [&plus, &minus, &honest].map(claim);
    assert_eq!(positions(&[plus, minus]), Err(vec![0, 1]));
    assert_eq!(positions(&[honest, plus, honest, minus, plus]), Err(vec![1, 3, 4]));
    assert_eq!(positions(&[honest, honest]), Ok(()));
}
