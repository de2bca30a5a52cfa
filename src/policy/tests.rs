//! The policy language: a table of policies, and what holds of all of them.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::curve::{Field, Scalar, random_scalar};

fn held(tree: &Tree, attributes: &Attributes) -> Option<Vec<Chosen>> {
    let (rows, texts) = (attributes.expanded(), attributes.single_texts());
    tree.choose(|leaf| match &leaf.term {
        Term::Attribute(a) => rows.binary_search(a).is_ok(),
        Term::Not { label, value } => texts.iter().any(|(l, v)| l == label && v != value),
    })
}

#[test]
fn shares_give_the_secret_back() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for (policy, attributes, rows) in [
        ("a", "a", 1),
        ("role=doctor and clearance>=3", "role=doctor, clearance=7", 2),
        ("2 of (a, b and c, d, not x=y) or level in 3..5", "a, d, x=z", 2),
        ("3 of (a, b, c, d, e)", "a, c, e", 3),
        ("not role in {a, b}", "role=c", 2),
    ] {
        let policy = Policy::parse(policy).unwrap();
        let attributes = Attributes::parse(attributes).unwrap();
        assert!(policy.is_satisfied_by(&attributes));
        let z = random_scalar(&mut rng).unwrap();
        let shares = policy.tree().share(&z, &mut rng).unwrap();
        let chosen = held(policy.tree(), &attributes).unwrap();
        assert_eq!(chosen.len(), rows);
        let sum = chosen.iter().fold(Scalar::ZERO, |sum, c| sum + c.gamma * *shares[c.leaf]);
        assert_eq!(sum, *z);
        assert_eq!(Policy::parse(policy.canonical()).unwrap(), policy);
        assert_eq!(Policy::from_bytes(&policy.to_bytes()).unwrap(), policy);
        assert_eq!(Attributes::from_bytes(&attributes.to_bytes()).unwrap(), attributes);
    }
}
