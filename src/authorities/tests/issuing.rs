//! Parts of keys: which combine, and which do not.

use super::generation::ShareSecrets;
use super::*;
use crate::identity::{Hospital, MainNode, RegistrationRequest, Role};

#[test]
fn any_threshold_issues_ordinary_keys() {
    let rng = &mut rng(1);
    for n in 2..=5 {
        for t in (2..=n).filter(|t| 2 * t > n) {
            let holders = consortium(t, n, rng);
            let generation = holders[0].generation().clone();
            let kappa = KeywordKey::generate(rng).unwrap();
            let pending = doctor(rng);
            for quorum in choices(t, n) {
                let answers = answers(&holders, &quorum, &pending, rng);
                let Combined { value: keys, culprits } =
                    pending.combine_keys(&generation, &answers, &kappa).unwrap();
                assert!(culprits.is_empty());
                keys.decryption.verify(generation.abe()).unwrap();
                keys.signing.verify(generation.abs()).unwrap();
                if quorum[0] != 1 || t == n {
                    assert_ordinary(&keys, &generation, &kappa, rng);
                }
                // One answer fewer is too few.
                let failure = pending.combine_keys(&generation, &answers[1..], &kappa).unwrap_err();
                assert_eq!(
                    failure,
                    Failure::TooFew { needed: t, given: usize::from(t) - 1, culprits: Vec::new() }
                );
            }
        }
    }
}

#[test]
fn names_a_wrong_part_and_goes_on() {
    let rng = &mut rng(2);
    let holders = consortium(3, 4, rng);
    let generation = holders[0].generation();
    let kappa = KeywordKey::generate(rng).unwrap();
    let pending = doctor(rng);
    let mut all = answers(&holders, &[1, 2, 3, 4], &pending, rng);
    // Authority 2 issues parts under different shares, for the same request.
    let strangers = consortium(3, 4, rng);
    let request = pending.request();
    let header = all[1].header;
    let parts = |wrapping, signing, search, rng: &mut ChaCha20Rng| {
        let shares = Secrets { wrapping, signing, search };
        answer_under(&shares, generation, (holders[1].key(), header), request, rng)
    };
    let (own, other) = (holders[1].share(), strangers[1].share());
    for answer in [
        parts(other, own, own, rng),
        parts(own, other, own, rng),
        parts(own, own, other, rng),
        parts(holders[2].share(), own, own, rng),
    ] {
        all[1] = answer;
        let Combined { value, culprits } = pending.combine_keys(generation, &all, &kappa).unwrap();
        let [culprit] = &culprits[..] else { panic!("{culprits:?}") };
        assert_eq!((culprit.index, &culprit.fault), (2, &Fault::WrongPart));
        assert_eq!(culprit.to_string(), "issuing keys: authority 2 (hospital 2) sent an incorrect part");
        assert_ordinary(&value, generation, &kappa, rng);
        // Without a fourth authority, the failure names it.
        let failure = pending.combine_keys(generation, &all[..3], &kappa).unwrap_err();
        assert_eq!(failure.culprits(), culprits);
    }
    all[1] = parts(own, own, own, rng);
    assert!(pending.combine_keys(generation, &all[..3], &kappa).unwrap().culprits.is_empty());
}

#[test]
fn answers_fit_their_request_alone() {
    let rng = &mut rng(3);
    let (holders, strangers) = (consortium(2, 3, rng), consortium(2, 3, rng));
    let generation = holders[0].generation();
    let kappa = KeywordKey::generate(rng).unwrap();
    let (pending, same_again) = (doctor(rng), doctor(rng));
    let right = answers(&holders, &[1, 2], &pending, rng);
    let refused = |second: &Message, fault: Fault| {
        let failure =
            pending.combine_keys(generation, &[right[0].clone(), second.clone()], &kappa).unwrap_err();
        assert_eq!(failure.culprits()[0].fault, fault);
        assert_eq!(failure.culprits()[0].index, second.from());
    };
    refused(&answers(&holders, &[2], &same_again, rng)[0], Fault::WrongRequest);
    refused(&answers(&strangers, &[2], &pending, rng)[0], Fault::WrongSession);
    refused(&answers(&holders, &[1], &pending, rng)[0], Fault::Twice);
    let mut forged = right[1].clone();
    forged.body[40] ^= 1;
    refused(&forged, Fault::InvalidSignature);
    assert!(pending.combine_keys(generation, &right, &kappa).is_ok());
    // The secret of a different request opens nothing.
    let other = PendingRequest::from_bytes(&same_again.to_bytes()).unwrap();
    assert!(other.combine_keys(generation, &right, &kappa).is_err());
}

#[test]
fn an_answer_of_another_form_is_named() {
    let rng = &mut rng(9);
    let holders = consortium(2, 2, rng);
    let generation = holders[0].generation();
    let kappa = KeywordKey::generate(rng).unwrap();
    let pending = doctor(rng);
    let mut all = answers(&holders, &[1, 2], &pending, rng);
    let plaintext = pending.open(&all[1]).unwrap();
    let (request, header) = (pending.request(), all[1].header);
    let mut sealed = |context: &[u8], plaintext: &[u8]| {
        answer_with(plaintext, context, (holders[1].key(), header), request, rng)
    };
    let context = request.context(&header);
    let longer = sealed(&context, &[plaintext.as_slice(), &[0]].concat());
    let shorter = sealed(&context, &plaintext[1..]);
    // Sealed for another step, or another request.
    let other_step = sealed(&request.context(&Header { round: Round::Identity, ..header }), &plaintext);
    let other_request = sealed(&header.to_bytes(), &plaintext);
    let right = sealed(&context, &plaintext);
    let mut fault = |answer| {
        all[1] = answer;
        let failure = pending.combine_keys(generation, &all, &kappa).err()?;
        let [culprit] = failure.culprits() else { panic!("{failure}") };
        assert_eq!(culprit.index, 2);
        Some(culprit.fault.clone())
    };
    assert_eq!(fault(longer), Some(Fault::Malformed(crate::Error::TrailingBytes)));
    for malformed in [shorter, other_step, other_request] {
        assert!(matches!(fault(malformed), Some(Fault::Malformed(_))));
    }
    assert_eq!(fault(right), None);
}

#[test]
fn a_repeated_generator_repeats_no_part() {
    // Parts with the same r could be combined, and a repeated r reveals the
    // difference of the master keys.
    let rng = &mut rng(8);
    let holders = consortium(2, 2, rng);
    let (set, G) = (attributes("a"), holders[0].generation().abe().possession_point());
    let r = |holder: &Holder, G, set: &Attributes| {
        let ShareSecrets { wrapping, zero, .. } = &holder.share().secrets;
        let share = MasterShare { alpha: wrapping, beta: zero };
        let public = holder.generation().abe().public();
        *public.issue_part(&share, &G, set, &mut super::rng(1)).unwrap().K2
    };
    let other_G = holders[0].generation().abs().possession_point();
    let own = r(&holders[0], G, &set);
    for other in [r(&holders[1], G, &set), r(&holders[0], other_G, &set), r(&holders[0], G, &attributes("b"))]
    {
        assert_ne!(own, other);
    }
    assert_eq!(own, r(&holders[0], G, &set));
}

#[test]
fn a_repeated_generator_seals_nothing_twice() {
    let [one, other] = [1, 2].map(|i| *key(i, &mut rng(i.into())).K());
    let C = |receiver, context: &[u8], plaintext: &[u8]| {
        seal(receiver, context, plaintext, &mut rng(1)).unwrap()[..48].to_vec()
    };
    let own = C(&one, b"context", b"values");
    for other in [C(&other, b"context", b"values"), C(&one, b"other", b"values"), C(&one, b"context", b"v")] {
        assert_ne!(own, other);
    }
    assert_eq!(own, C(&one, b"context", b"values"));
}

#[test]
fn hospitals_register_with_a_threshold() {
    let rng = &mut rng(4);
    let holders = consortium(3, 4, rng);
    let generation = holders[0].generation();
    let super_node = generation.super_node();
    let registration = RegistrationRequest::new(name("St. Mary"), b"member", rng).unwrap();
    let mut draft = crate::identity::RegistryDraft::first(NOW_MS);
    draft.register(&registration).unwrap();
    let sign = |holder: &Holder| holder.sign_registry(&draft, &mut MemoryRecords::default()).unwrap();
    let parts: Vec<_> = holders[..3].iter().map(sign).collect();
    let registry = generation.combine_registry(&draft, &parts).unwrap().value.verify(super_node, 0).unwrap();

    let pending = PendingRequest::identity(registration.clone(), NOW_MS, rng).unwrap();
    let request = Request::from_bytes(&pending.request().to_bytes()).unwrap();
    let mut answers: Vec<_> =
        holders.iter().map(|holder| carried(&holder.extract(&request, &registry, rng).unwrap())).collect();
    // Authority 1 gives a part of a different identity.
    let header = answers[0].header;
    let part = registration.identity().0.to_compressed();
    let by = (holders[0].key(), header);
    answers[0] = answer_with(&part, &request.context(&header), by, &request, rng);
    let failure = pending.combine_identity(generation, &answers[..3]).unwrap_err();
    assert_eq!((failure.culprits()[0].index, &failure.culprits()[0].fault), (1, &Fault::WrongPart));
    let Combined { value: identity_key, culprits } = pending.combine_identity(generation, &answers).unwrap();
    assert_eq!(culprits.len(), 1);
    Hospital::accept(registration, identity_key, super_node).unwrap();

    // A registration that no registry contains receives nothing.
    let other = RegistrationRequest::new(name("St. Mary"), b"member", rng).unwrap();
    let pending = PendingRequest::identity(other, NOW_MS, rng).unwrap();
    assert_eq!(holders[0].extract(pending.request(), &registry, rng).unwrap_err(), crate::Error::UnknownName);
    assert!(holders[0].issue(pending.request(), rng).is_err());
    // A registration in the registry of a different super node receives nothing either.
    let mut stranger = crate::identity::SuperNode::generate(rng).unwrap();
    stranger.register(pending.request().registration().unwrap()).unwrap();
    let theirs = stranger.publish(NOW_MS).unwrap().verify(&stranger.public_key(), 0).unwrap();
    let refused = holders[0].extract(pending.request(), &theirs, rng).unwrap_err();
    assert_eq!(refused, crate::Error::InvalidSignature);
}

#[test]
fn a_threshold_certifies_a_main_node() {
    let rng = &mut rng(5);
    let holders = consortium(2, 3, rng);
    let generation = holders[0].generation();
    let node = MainNode::generate(name("node 1"), Role::MainNode, generation.super_node(), rng).unwrap();
    let request = node.certificate_request();
    let validity = NOW_MS..=NOW_MS + 1;
    let sign = |holder: &Holder, serial: u8| {
        holder.certify(&request, [serial; 16].into(), validity.clone()).unwrap()
    };
    let parts = [sign(&holders[0], 7), sign(&holders[2], 7), sign(&holders[1], 8)];
    let combine =
        |parts: &[Message]| generation.combine_certificate(&request, [7; 16].into(), validity.clone(), parts);
    let certificate = combine(&parts[..2]).unwrap().value;
    certificate.verify(generation.super_node(), Role::MainNode).unwrap();
    // A part for a different serial number is named; one correct part is not enough.
    let failure = combine(&parts[1..]).unwrap_err();
    assert_eq!((failure.culprits()[0].index, &failure.culprits()[0].fault), (2, &Fault::WrongRequest));
    assert!(matches!(combine(&parts[..1]), Err(Failure::TooFew { needed: 2, given: 1, .. })));
    // So is a part under another's share, for the right statement.
    let others = with_body(&parts[1], holders[2].key(), parts[0].body.clone());
    let failure = combine(&[parts[0].clone(), others]).unwrap_err();
    assert_eq!((failure.culprits()[0].index, &failure.culprits()[0].fault), (3, &Fault::WrongPart));
}

#[test]
fn possession_of_the_sums_is_proved() {
    let rng = &mut rng(6);
    let keys = keys(3, rng);
    let plan = generate(2, &keys);
    let (_, certificate) = run(&plan, &without_shares(&keys), rng);
    let generation = certificate.verify(plan.roster()).unwrap();
    let [pop, pop_signing] = certificate.proofs_of_possession();
    generation.abe().verify_possession(&pop).unwrap();
    generation.abs().verify_possession(&pop_signing).unwrap();
    // Each proof is valid for one key only.
    assert_eq!(generation.abe().verify_possession(&pop_signing), Err(crate::Error::InvalidProof));
    assert_eq!(generation.abs().verify_possession(&pop), Err(crate::Error::InvalidProof));
}
