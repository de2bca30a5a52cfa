//! Several authorities: requests, and parts of keys that combine to keys.

use medseal::Error;
use medseal::authorities::{
    AuthorityKey, Certificate, Combined, Failure, Holder, MemoryRecords, Message, PendingRequest,
};
use medseal::identity::Name;
use medseal::ledger::{CharterDraft, Charters, Terms};
use medseal::policy::{Attributes, Policy};
use medseal::search::KeywordKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};

use crate::generation::generated;
use crate::{File, Generator, bytes, hexed};

pub(crate) const FILE: File = File {
    name: "authorities",
    operations: &[
        ("authorities.request", |i, drawn| {
            let attributes = Attributes::parse(i.text("attributes"))?;
            let pending =
                PendingRequest::keys(Name::new(i.text("member"))?, &attributes, i.number("time"), drawn)?;
            Ok(json!({ "pending": hexed(pending.to_bytes()) }))
        }),
        ("authorities.combine", |i, _| {
            let certificate = Certificate::from_bytes(&i.bytes("certificate"))?;
            let pending = PendingRequest::from_bytes(&i.bytes("pending"))?;
            let keyword_key = KeywordKey::from_bytes(&i.bytes("keyword_key"))?;
            let answers = i.each("answers", Message::from_bytes)?;
            let generation = certificate.verify(certificate.claimed().roster()).map_err(coarse)?;
            let combined = pending.combine_keys(generation, &answers, &keyword_key).map_err(coarse)?;
            Ok(json!({ "keys": hexed(combined.value.to_bytes()), "culprits": culprits(&combined) }))
        }),
        // A charter from the parts of its signature, and the chain that begins with it.
        ("authorities.charter", |i, _| {
            let certificate = Certificate::from_bytes(&i.bytes("certificate"))?;
            let draft = CharterDraft::from_bytes(&i.bytes("draft"))?;
            let answers = i.each("answers", Message::from_bytes)?;
            let generation = certificate.verify(certificate.claimed().roster()).map_err(coarse)?;
            let combined = generation.combine_charter(&draft, &answers).map_err(coarse)?;
            let charters = Charters::new(combined.value.clone(), generation.super_node())?;
            Ok(json!({
                "charter": hexed(combined.value.to_bytes()),
                "charters": hexed(charters.to_bytes()),
                "culprits": culprits(&combined),
            }))
        }),
    ],
    cases,
};

fn culprits<T>(combined: &Combined<T>) -> Vec<u8> {
    combined.culprits.iter().map(|culprit| culprit.index).collect()
}

/// The reason is given as an error of the crate.
fn coarse(failure: Failure) -> Error {
    match failure {
        Failure::Error(error) => error,
        _ => Error::InvalidKey,
    }
}

/// Two of three, made with a separate generator: the random draws of a session
/// are not part of a vector.
fn authorities(rng: &mut ChaCha20Rng) -> (Vec<Holder>, Certificate) {
    let names = ["one.example", "two.example", "three.example"];
    let keys = names.map(|name| AuthorityKey::generate(Name::new(name).unwrap(), rng).unwrap());
    let (shares, certificate) = generated(&keys, 2, b"vectors", rng);
    let holder = |(key, share)| Holder::new(key, share, &certificate).unwrap();
    (keys.into_iter().zip(shares).map(holder).collect(), certificate)
}

fn cases(v: &mut Generator) {
    let rng = &mut ChaCha20Rng::seed_from_u64(80);
    let (holders, certificate) = authorities(rng);
    let (strangers, _) = authorities(rng);
    let kappa = KeywordKey::generate(rng).unwrap();
    let drafts = charter_drafts(&certificate, &kappa);
    let keyword_key = hexed(kappa.to_bytes());
    let certificate = hexed(certificate.to_bytes());
    let mut ask = |attributes: &str| {
        let input = json!({ "member": "Dr. Ada", "attributes": attributes, "time": 1_795_000_000_000_u64 });
        v.run("authorities.request", input)["pending"].clone()
    };
    let asked = [ask("role=doctor"), ask("role=doctor, level=3, ward=\"3 East\"")];
    let mut answer = |holder: &Holder, pending: &Value| {
        let pending = PendingRequest::from_bytes(&bytes(pending)).unwrap();
        hexed(holder.issue(pending.request(), rng).unwrap().to_bytes())
    };
    let input = |pending: &Value, answers: &[Value]| {
        json!({
            "certificate": certificate, "pending": pending, "answers": answers, "keyword_key": keyword_key,
        })
    };
    for pending in &asked {
        let [one, two, three] = [0, 1, 2].map(|i| answer(&holders[i], pending));
        v.run("authorities.combine", input(pending, &[one.clone(), two.clone()]));
        v.run("authorities.combine", input(pending, &[three.clone(), one.clone()]));
        // One answer is wrong and is named; another occurs twice.
        let other = answer(&strangers[1], pending);
        v.run("authorities.combine", input(pending, &[other.clone(), three.clone(), three, one.clone()]));
        v.refused("authorities.combine", input(pending, &[one.clone(), other]));
        v.refused("authorities.combine", input(pending, &[two]));
    }
    // Answers to another request.
    let [one, two] = [answer(&holders[0], &asked[0]), answer(&holders[1], &asked[1])];
    v.refused("authorities.combine", input(&asked[0], &[one, two]));

    let sign = |holder: &Holder, draft: &CharterDraft| {
        hexed(holder.sign_charter(draft, &mut MemoryRecords::default()).unwrap().to_bytes())
    };
    let input = |draft: &CharterDraft, answers: &[&Value]| json!({ "certificate": certificate, "draft": hexed(draft.to_bytes()), "answers": answers });
    let [first, other] = &drafts;
    let [one, two, three] = [0, 1, 2].map(|i| sign(&holders[i], first));
    v.run("authorities.charter", input(first, &[&one, &two]));
    v.run("authorities.charter", input(first, &[&three, &one]));
    v.run("authorities.charter", input(other, &[&sign(&holders[1], other), &sign(&holders[2], other)]));
    // One part is of another charter and is named.
    let wrong = sign(&holders[1], other);
    v.run("authorities.charter", input(first, &[&wrong, &three, &one]));
    v.refused("authorities.charter", input(first, &[&one, &wrong]));
    v.refused("authorities.charter", input(first, &[&one, &sign(&strangers[1], first)]));
    v.refused("authorities.charter", input(first, &[&two]));
}

/// Two first charters, one of which continues another ledger.
fn charter_drafts(certificate: &Certificate, kappa: &KeywordKey) -> [CharterDraft; 2] {
    let parameters = certificate.claimed().public_parameters(kappa.commitment());
    let terms = Terms::new(Name::new("clinics").unwrap(), Policy::parse("hospital").unwrap(), parameters);
    let head = medseal::merkle::Head { size: 7, root: [9; 32].into() };
    [None, Some(head)].map(|continues| CharterDraft::first(terms.clone(), continues))
}
