//! Attacks on several authorities by holders of too few shares. The attackers have the byte forms
//! of their shares, all public values, and every answer that members ever received. Their programs
//! follow `docs/formats.md`.

use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use medseal::authorities::{
    AuthorityKey, AuthorityPublicKey, Certificate, Generation, Holder, MemoryRecords, Message,
    PendingRequest, Plan, Roster, Session,
};
use medseal::identity::{self, MainNode, Name, Role};
use medseal::policy::{Attributes, Policy};
use medseal::search::KeywordKey;
use medseal::{Error, abe, abs};
use rand_chacha::ChaCha20Rng;

use crate::ground::{
    Held, Reader, g1_bytes, g2_bytes, hash_to_g1, hash_to_g2, header, kdf, open, random_scalar, rng, var,
};
use crate::keys::{ABE, Key};

const NOW_MS: u64 = 1_795_000_000_000;

/// The honest side: `t` of `n` authorities, made by the library.
fn authorities(t: u8, n: u8, rng: &mut ChaCha20Rng) -> Vec<Holder> {
    let name = |i| Name::new(&format!("hospital {i}")).unwrap();
    let keys: Vec<_> = (1..=n).map(|i| AuthorityKey::generate(name(i), rng).unwrap()).collect();
    let public: Vec<_> = keys.iter().map(AuthorityKey::public_key).collect();
    let plan = Plan::generate(Roster::new(t, &public, b"attacks").unwrap());
    let mut sessions: Vec<_> =
        keys.iter().map(|key| Session::start(plan.clone(), key, None, rng).unwrap()).collect();
    for _ in 0..4 {
        let sent: Vec<Message> = sessions
            .iter_mut()
            .flat_map(|session| std::iter::from_fn(|| session.next_message()).collect::<Vec<_>>())
            .collect();
        for (i, (session, key)) in (1..).zip(sessions.iter_mut().zip(&keys)) {
            for message in sent.iter().filter(|message| message.to() == 0 || message.to() == i) {
                session.receive(key, message, rng).unwrap();
            }
            if session.is_checked() {
                session.confirm(key, &mut MemoryRecords::default()).unwrap();
            }
        }
    }
    let finish = |(key, session): (AuthorityKey, Session)| {
        let (share, certificate): (_, Certificate) = session.finish().unwrap();
        Holder::new(key, share, &certificate).unwrap()
    };
    keys.into_iter().zip(sessions).map(finish).collect()
}

/// A share, as a thief decodes it.
struct Share {
    index: u8,
    alpha: Scalar,
    beta: Scalar,
    s: Scalar,
}

impl Share {
    fn stolen_from(holder: &Holder) -> Self {
        let bytes = holder.share().to_bytes();
        let mut r = Reader::new(0x54, &bytes);
        let (index, alpha, _, beta, s) = (r.u8(), r.scalar(), r.scalar(), r.scalar(), r.scalar());
        Self { index, alpha, beta, s }
    }
}

/// Lagrange's coefficients at zero.
fn lagrange(indices: &[u8]) -> Vec<Scalar> {
    let scalar = |i: &u8| Scalar::from(u64::from(*i));
    let factor = |i: &u8, j: &u8| scalar(j) * (scalar(j) - scalar(i)).invert().unwrap();
    indices.iter().map(|i| indices.iter().filter(|j| *j != i).map(|j| factor(i, j)).product()).collect()
}

/// `G` of key wrapping: number, session, request.
fn G(generation: &Generation, session: &[u8; 32], request: &[u8]) -> G1Projective {
    hash_to_g1("ABE-REQUEST", &[&generation.number().to_be_bytes(), session.as_slice(), request].concat())
}

/// A request as its owner holds it.
struct Asked {
    x: Scalar,
    X: [u8; 48],
    /// Its fields, which are hashed.
    request: Vec<u8>,
    pending: PendingRequest,
}

impl Asked {
    fn new(member: &str, set: &str, rng: &mut ChaCha20Rng) -> Self {
        let attributes = Attributes::parse(set).unwrap();
        let pending = PendingRequest::keys(Name::new(member).unwrap(), &attributes, NOW_MS, rng).unwrap();
        let bytes = pending.to_bytes();
        let mut r = Reader::new(0x57, &bytes);
        let x = r.scalar();
        let request = r.rest().to_vec();
        Self { x, X: *request.last_chunk().unwrap(), request, pending }
    }

    /// The part of a decryption key that an answer contains.
    fn opened(&self, set: &str, answer: &Message) -> Key {
        let [wrapping, _] = self.opened_both(set, answer);
        wrapping
    }

    /// With the part of a signing key.
    fn opened_both(&self, set: &str, answer: &Message) -> [Key; 2] {
        let bytes = answer.to_bytes();
        let mut r = Reader::new(0x53, &bytes);
        let header: [u8; 35] = r.bytes();
        let body = r.var();
        let (digest, sealed) = body.split_first_chunk::<32>().unwrap();
        let (C, rest) = sealed.split_first_chunk::<48>().unwrap();
        let D = Reader::fields(C).g1() * self.x;
        let context = [header.as_slice(), digest].concat();
        let info = [C.as_slice(), &self.X, &var(&context)].concat();
        let key = kdf::<32>(&g1_bytes(&D), "authority-message", &info);
        let plaintext = open(&key, &context, &rest[64..]).unwrap();
        let mut r = Reader::fields(&plaintext);
        [(); 2].map(|()| Key::read_points(&Held::parse(set), &mut r))
    }
}

/// `sum l_i K_i`, element by element.
fn combined(keys: &[Key], l: &[Scalar]) -> Key {
    let mut sum = keys[0].clone();
    sum.K2 = keys.iter().zip(l).map(|(key, l)| key.K2 * l).sum();
    let points: Vec<Vec<G1Projective>> = keys.iter().map(Key::points).collect();
    for (at, place) in sum.points_mut().into_iter().enumerate() {
        *place = points.iter().zip(l).map(|(points, l)| points[at] * l).sum();
    }
    sum
}

/// Whether a key works: the library accepts it, and it opens a key wrapped under its attribute.
fn works(key: &Key, policy: &str, generation: &Generation, rng: &mut ChaCha20Rng) -> bool {
    let key = abe::DecryptionKey::from_bytes(&key.to_bytes(0x22)).unwrap();
    let policy = Policy::parse(policy).unwrap();
    let wrapped = generation.abe().wrap(&policy, b"secret", b"", None, rng).unwrap();
    let opens = key.unwrap_key(&wrapped, b"", None).is_ok();
    assert_eq!(opens, key.verify(generation.abe()).is_ok());
    opens
}

#[test]
fn fewer_authorities_make_no_key() {
    let rng = &mut rng(1);
    let holders = authorities(3, 4, rng);
    let generation = holders[0].generation().clone();
    let stolen: Vec<Share> = holders.iter().map(Share::stolen_from).collect();
    let r = random_scalar(rng);
    let with = |indices: &[usize]| {
        let numbers: Vec<u8> = indices.iter().map(|i| stolen[*i].index).collect();
        let alpha: Scalar = indices.iter().zip(lagrange(&numbers)).map(|(i, l)| stolen[*i].alpha * l).sum();
        ABE.issue("role=doctor", ABE.h() * alpha, &r, &r)
    };
    // Any two shares, as if two were enough; then with weights of three and a made-up share.
    for two in [[0, 1], [0, 2], [1, 3], [2, 3]] {
        assert!(!works(&with(&two), "role=doctor", &generation, rng));
    }
    let l = lagrange(&[1, 2, 3]);
    for third in [Scalar::ZERO, stolen[0].alpha, stolen[0].alpha + stolen[1].alpha, random_scalar(rng)] {
        let alpha = stolen[0].alpha * l[0] + stolen[1].alpha * l[1] + third * l[2];
        let key = ABE.issue("role=doctor", ABE.h() * alpha, &r, &r);
        assert!(!works(&key, "role=doctor", &generation, rng));
    }

    // With a third authority's answer to a nurse: the thieves make two parts for the nurse's
    // request, and add the nurse's part.
    let nurse = Asked::new("nurse", "role=nurse", rng);
    let session = *holders[0].issue(nurse.pending.request(), rng).unwrap().session();
    let own = |set: &str, share: &Share, rng: &mut ChaCha20Rng| {
        let (G, r) = (G(&generation, &session, &nurse.request), random_scalar(rng));
        ABE.issue(set, ABE.h() * share.alpha + G * share.beta, &r, &r)
    };
    let answer = holders[2].issue(nurse.pending.request(), rng).unwrap();
    let honest = nurse.opened("role=nurse", &answer);
    let for_doctor = {
        // The honest part has no element for a doctor. Its K_nurse is used instead.
        let mut relabelled = own("role=doctor", &stolen[0], rng);
        (relabelled.K0, relabelled.K1, relabelled.K2) = (honest.K0, honest.K1, honest.K2);
        relabelled.K.values_mut().zip(honest.K.values()).for_each(|(place, K_a)| *place = *K_a);
        let parts = [own("role=doctor", &stolen[0], rng), own("role=doctor", &stolen[1], rng), relabelled];
        combined(&parts, &l)
    };
    assert!(!works(&for_doctor, "role=doctor", &generation, rng));

    // They get a key for what the honest authority vouched for. Three shares are enough.
    let for_nurse = [own("role=nurse", &stolen[0], rng), own("role=nurse", &stolen[1], rng), honest];
    assert!(works(&combined(&for_nurse, &l), "role=nurse", &generation, rng));
    assert!(works(&with(&[0, 1, 3]), "role=doctor", &generation, rng));
}

#[test]
fn parts_of_two_requests_do_not_fit() {
    let rng = &mut rng(2);
    let holders = authorities(2, 3, rng);
    let generation = holders[0].generation().clone();
    let set = "role=doctor";
    let [one, two] = ["Ada", "Bea"].map(|member| Asked::new(member, set, rng));
    let part = |asked: &Asked, i: usize, rng: &mut ChaCha20Rng| {
        asked.opened(set, &holders[i].issue(asked.pending.request(), rng).unwrap())
    };
    let again = Asked::new("Ada", set, rng);
    let l = lagrange(&[1, 2]);
    // Two members', two of one member's.
    for other in [&two, &again] {
        let mixed = [part(&one, 0, rng), part(other, 1, rng)];
        assert!(!works(&combined(&mixed, &l), set, &generation, rng));
        // Other coefficients do not help. Those that cancel the binding to the
        // requests do not give alpha.
        for l in [[Scalar::ONE, Scalar::ONE], [Scalar::ONE, Scalar::ZERO], [l[1], l[0]]] {
            assert!(!works(&combined(&mixed, &l), set, &generation, rng));
        }
    }
    // Answers of another consortium, for the same request.
    let strangers = authorities(2, 3, rng);
    let theirs = one.opened(set, &strangers[1].issue(one.pending.request(), rng).unwrap());
    assert!(!works(&combined(&[part(&one, 0, rng), theirs], &l), set, &generation, rng));
    // The parts of one request for two schemes.
    let [_, signing] = one.opened_both(set, &holders[1].issue(one.pending.request(), rng).unwrap());
    assert!(!works(&combined(&[part(&one, 0, rng), signing], &l), set, &generation, rng));
    // One request, sent twice to the same authorities: the answers of both rounds combine.
    let right = [part(&one, 0, rng), part(&one, 1, rng)];
    assert!(works(&combined(&right, &l), set, &generation, rng));
    // As the library combines them.
    let answers: Vec<_> =
        holders[1..].iter().map(|holder| holder.issue(one.pending.request(), rng).unwrap()).collect();
    let keyword_key = KeywordKey::generate(rng).unwrap();
    let keys = one.pending.combine_keys(&generation, &answers, &keyword_key).unwrap().value;
    keys.decryption.verify(generation.abe()).unwrap();
}

/// The scheme without shares of zero, by hand. One authority's answer to one user and another
/// authority's answer to another user combine to a key for the attributes that both have, although
/// neither user convinced two authorities.
#[test]
fn without_zero_shares_parts_would_fit() {
    let rng = &mut rng(3);
    let holders = authorities(2, 3, rng);
    let generation = holders[0].generation().clone();
    let shares: Vec<Share> = holders.iter().map(Share::stolen_from).collect();
    let session = [0; 32];
    let requests = [Asked::new("Ada", "role=doctor", rng), Asked::new("Bea", "role=doctor", rng)];
    let l = lagrange(&[1, 2]);
    let mut parts = |bound: bool| -> Vec<Key> {
        let part = |(share, asked): (&Share, &Asked)| {
            let beta = if bound { share.beta } else { Scalar::ZERO };
            let (G, r) = (G(&generation, &session, &asked.request), random_scalar(rng));
            ABE.issue("role=doctor", ABE.h() * share.alpha + G * beta, &r, &r)
        };
        shares.iter().zip(&requests).map(part).collect()
    };
    let (bound, unbound) = (combined(&parts(true), &l), combined(&parts(false), &l));
    assert!(works(&unbound, "role=doctor", &generation, rng));
    assert!(!works(&bound, "role=doctor", &generation, rng));
}

#[test]
fn fewer_shares_sign_nothing() {
    let rng = &mut rng(4);
    let holders = authorities(3, 4, rng);
    let generation = holders[0].generation();
    let super_node = generation.super_node();
    let shares: Vec<Share> = holders.iter().map(Share::stolen_from).collect();
    // A certificate for the attackers' node, built from its documented form.
    let node = MainNode::generate(Name::new("node").unwrap(), Role::MainNode, super_node, rng).unwrap();
    let request = node.certificate_request();
    let validity = NOW_MS..=NOW_MS + 1;
    let parts: Vec<Message> = holders
        .iter()
        .map(|holder| holder.certify(&request, [7; 16].into(), validity.clone()).unwrap())
        .collect();
    let genuine =
        generation.combine_certificate(&request, [7; 16].into(), validity, &parts).unwrap().value.to_bytes();
    let fields = &genuine[4..genuine.len() - 96];
    let point = hash_to_g2("CERT", fields);
    let signed = |quorum: &[usize], l: &[Scalar]| {
        let s: Scalar = quorum.iter().zip(l).map(|(i, l)| shares[*i].s * l).sum();
        let bytes = [header(0x08).as_slice(), fields, &g2_bytes(&(point * s))].concat();
        identity::Certificate::from_bytes(&bytes).unwrap().verify(super_node, Role::MainNode).is_ok()
    };
    assert!(!signed(&[0, 1], &lagrange(&[1, 2])));
    assert!(!signed(&[0, 1], &lagrange(&[1, 2, 3])));
    assert!(!signed(&[0, 1, 1], &lagrange(&[1, 2, 3])));
    assert!(signed(&[0, 1, 2], &lagrange(&[1, 2, 3])));
}

/// A proof of possession is a point multiplied by the secret. If the point were the same for all
/// keys, anyone could double another authority's key together with its proof.
#[test]
fn a_multiple_of_a_key_proves_nothing() {
    let rng = &mut rng(5);
    let two = Scalar::from(2);
    // `alpha`, of key wrapping and of signatures.
    let (wrapping, signing) =
        (abe::MasterKey::generate(rng).unwrap(), abs::MasterKey::generate(rng).unwrap());
    let keys = [
        ("ABE-POP", wrapping.to_bytes(), wrapping.public_key().to_bytes()),
        ("ABS-POP", signing.to_bytes(), signing.public_key().to_bytes()),
    ];
    for (tag, master, public) in keys {
        let (alpha, A) = (Reader::fields(&master[4..]).scalar(), Reader::fields(&public[4..]).g2());
        let check = |A: &G2Projective, proof: &G1Projective| {
            let (bytes, proof) = ([&public[..4], &g2_bytes(A)].concat(), g1_bytes(proof));
            match tag {
                "ABE-POP" => abe::PublicKey::from_bytes(&bytes).unwrap().verify_possession(&proof),
                _ => abs::PublicKey::from_bytes(&bytes).unwrap().verify_possession(&proof),
            }
        };
        let proof = hash_to_g1(tag, &public[4..]) * alpha;
        assert_eq!(check(&(A * two), &(proof * two)), Err(Error::InvalidProof), "{tag}");
        assert_eq!(check(&(A * two), &proof), Err(Error::InvalidProof), "{tag}");
        assert_eq!(check(&A, &proof), Ok(()), "{tag}");
    }

    // An authority's static key, and its name.
    let key = AuthorityKey::generate(Name::new("hospital 1").unwrap(), rng).unwrap().public_key();
    let bytes = key.to_bytes();
    let (fields, proof) = bytes.split_at(bytes.len() - 96);
    let (name, K) = fields.split_at(fields.len() - 48);
    let (K, proof) = (Reader::fields(K).g1(), Reader::fields(proof).g2());
    let check = |name: &[u8], K: &G1Projective, proof: &G2Projective| {
        let bytes = [name, &g1_bytes(K), &g2_bytes(proof)].concat();
        AuthorityPublicKey::from_bytes(&bytes).unwrap().verify()
    };
    let another_name = [&name[..name.len() - 1], b"2"].concat();
    assert_eq!(check(name, &(K * two), &(proof * two)), Err(Error::InvalidProof));
    assert_eq!(check(&another_name, &K, &proof), Err(Error::InvalidProof));
    assert_eq!(check(name, &K, &proof), Ok(()));
}
