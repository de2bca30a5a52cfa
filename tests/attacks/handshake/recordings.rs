//! Attackers who have recorded the messages and learn the secrets later, and attackers who
//! can predict a generator.

use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use medseal::identity::{Disclosure, Hospital, IdentityEnvelope, MainNode, Role};

use super::consortium::{
    ANSWER, Consortium, NOW, QUESTION, Recording, certify, disclosure, empty_cache, first_and_second_bytes,
    first_bytes,
};
use super::outsider::{
    self, Ciphertext, Claim, Exchange, HOSPITAL, MAIN_NODE, decapsulate, ek, encapsulate, encapsulation_key,
    hedged_m, hedged_seed, hedged_x, hedged_y, identity_key, open_envelope, open_message, parts_of_reply,
    payload, x,
};
use crate::ground::{
    P1, P2, Reader, g1_bytes, header, is_one, kdf, open, pair, rng, scalar_from_wide, sha256, var,
};

impl Recording {
    fn T(&self) -> G1Projective {
        Reader::new(0x0b, &self.reply).g1()
    }

    fn X(&self) -> G1Projective {
        Reader::new(0x0a, &self.request).g1()
    }

    fn ct(&self) -> Ciphertext {
        parts_of_reply(&self.reply)[1].as_slice().try_into().unwrap()
    }

    /// Whether anything opens, or confirms the keys, if these are `V` and `ss`.
    fn gives_way(&self, exchange: &Exchange) -> bool {
        let [_, _, AK, M] = parts_of_reply(&self.reply);
        let keys = exchange.keys(&M);
        exchange.open(&M).is_some()
            || keys.AK == *AK
            || keys.confirmation == self.confirmation[4..]
            || open_message(&keys.k_i2r, HOSPITAL, &self.question).is_some()
            || open_message(&keys.k_r2i, MAIN_NODE, &self.answer).is_some()
    }

    /// Whether these 32 bytes, used directly as a key, open anything.
    fn opens_under(&self, key: &[u8; 32], aad: &[u8]) -> bool {
        let M = &parts_of_reply(&self.reply)[3];
        let messages = [(HOSPITAL, &self.question), (MAIN_NODE, &self.answer)];
        open(key, aad, M).is_some()
            || open(key, b"", M).is_some()
            || messages.iter().any(|(from, message)| open_message(key, *from, message).is_some())
    }
}

#[test]
fn without_V_no_other_secret_opens_a_recording() {
    // Diffie-Hellman holds. The attacker has every long-term secret, and
    // everything that ML-KEM hides.
    let c = Consortium::new();
    let (recording, node, Q_ID) = (c.record(70), c.node(), c.general().Q_ID());
    // All three secrets leak. They give X', the identity, and [x]Q_ID = [1/r](U - S_ID).
    let (s, s_MN, S_ID) = (c.s(), c.s_MN(), c.S_ID());
    let (X, T) = (recording.X(), recording.T());
    let [_, _, _, M] = parts_of_reply(&recording.reply);
    let shared = X * s_MN;
    let (ct, seed) = (recording.ct(), hedged_seed(&first_and_second_bytes(70).1, &S_ID, &node, NOW));
    assert_eq!(encapsulation_key(&seed), ek(&recording.request));
    let ss = decapsulate(&seed, &ct);
    let (claim, U) = Claim::open(&recording.request, &node, shared).unwrap();
    assert_eq!(claim.hospital, c.general());
    let r = claim.r();
    let xQ_ID = (U - S_ID) * r.invert().unwrap();
    // It recognises V by e(T, [x]Q_ID) = e(V, Q_ID), but does not give V.
    let is_V = |V: &G1Projective| is_one(&pair(&[(T, xQ_ID), (-V, Q_ID)]));
    let with = |V| Exchange { node: node.clone(), request: recording.request.clone(), T, ct, shared, V, ss };

    // Every point times every product of known values, and all sums and
    // differences of two of these.
    let scalars = [s, s_MN, r].iter().fold(vec![Scalar::ONE], |products, secret| {
        products.iter().flat_map(|product| [*product, product * secret]).collect()
    });
    let inverses = [s, s_MN, r].map(|secret| secret.invert().unwrap());
    let points = [P1(), node.P_SN, node.Q_MN, X, T, shared];
    let multiples: Vec<_> =
        points.iter().flat_map(|point| scalars.iter().chain(&inverses).map(move |k| point * k)).collect();
    assert_eq!(multiples.len(), 66);
    for (i, a) in multiples.iter().enumerate() {
        assert!(!is_V(a) && !is_V(&-a) && !recording.gives_way(&with(*a)) && !recording.gives_way(&with(-a)));
        for b in &multiples[..i] {
            for V in [a + b, a - b] {
                assert!(with(V).open(&M).is_none());
            }
        }
    }
    // No other key that can be computed opens anything either.
    let shared_bytes = g1_bytes(&shared);
    let aad = with(X).aad();
    for key in [
        ss,
        identity_key(&shared, &node, &X, NOW, &ek(&recording.request)),
        kdf(&s_MN.to_bytes_be(), "hedge", &recording.request),
        kdf(&s.to_bytes_be(), "auth-payload", &aad),
        kdf(&shared_bytes, "auth-payload", &aad),
        kdf(&ss, "auth-payload", &aad),
        kdf(&[shared_bytes.as_slice(), &ss].concat(), "auth-payload", &aad),
        kdf(&pair(&[(X, S_ID)]).to_bendian(), "auth-payload", &aad),
        kdf(&pair(&[(T, xQ_ID)]).to_bendian(), "auth-payload", &aad),
        kdf(&pair(&[(T, S_ID)]).to_bendian(), "envelope", &aad),
        sha256(&[&shared_bytes]),
    ] {
        assert!(!recording.opens_under(&key, &aad));
    }
    // S_ID does not open the envelope either.
    let as_envelope = IdentityEnvelope::from_bytes(&[&header(0x0d), &M[..]].concat());
    assert!(as_envelope.is_err());

    // With x or y, the same program opens everything. Here the generators' seeds reveal them.
    let x = hedged_x(&first_bytes(70), &S_ID, &node, NOW);
    let y = hedged_y(&first_bytes(71), &s_MN.to_bytes_be(), &recording.request, &disclosure().to_bytes());
    assert!(X == P1() * x && T == P1() * y && xQ_ID == Q_ID * x);
    for V in [T * x, X * y] {
        assert!(is_V(&V) && recording.gives_way(&with(V)));
        let envelope = with(V).open(&M).unwrap();
        let opened = open_envelope(&envelope, &node.P_SN, &Q_ID, &S_ID, &aad).unwrap();
        assert_eq!(opened, payload(&claim.hospital.R, &disclosure().to_bytes()));
        let keys = with(V).keys(&M);
        assert_eq!(open_message(&keys.k_i2r, HOSPITAL, &recording.question).unwrap(), QUESTION);
        assert_eq!(open_message(&keys.k_r2i, MAIN_NODE, &recording.answer).unwrap(), ANSWER);
    }
}

#[test]
fn only_ss_opens_a_recording() {
    // ML-KEM holds. A quantum computer has found every logarithm (s, s_MN, x, y),
    // which gives S_ID, X' and V.
    let mut c = Consortium::new();
    let clinic = c.register("Clinic", 10);
    let recording = c.record(70);
    let (node, S_ID) = (c.node(), c.S_ID());
    let disclosed = disclosure().to_bytes();
    let s_MN = c.s_MN().to_bytes_be();
    let x = hedged_x(&first_bytes(70), &S_ID, &node, NOW);
    let y = hedged_y(&first_bytes(71), &s_MN, &recording.request, &disclosed);
    let (X, T, ct, ek) = (recording.X(), recording.T(), recording.ct(), ek(&recording.request));
    assert!(X == P1() * x && T == P1() * y && X * y == T * x);
    let (shared, V) = (X * c.s_MN(), X * y);
    let with = |ss| Exchange { node: node.clone(), request: recording.request.clone(), T, ct, shared, V, ss };
    let opens = |ss| recording.gives_way(&with(ss));
    // The bytes that it knows, used as the secret, as m, and as half of a seed.
    let [s, x, y] = [c.s(), x, y].map(|scalar| scalar.to_bytes_be());
    let [shared, V] = [shared, V].map(|point| g1_bytes(&point));
    for item in [&[][..], &[0; 32], &s, &s_MN, &x, &y, &V, &shared, &ek, &ct] {
        let digest = sha256(&[item]);
        let mut seed = [0; 64];
        seed[..32].copy_from_slice(&digest);
        for guess in [
            digest,
            kdf(item, "auth-kem-message", b""),
            encapsulate(&ek, &digest).1,
            decapsulate(&seed, &ct),
            hedged_m(&digest, &s_MN, &recording.request, &disclosed),
        ] {
            assert!(!opens(guess));
        }
        let guessed = hedged_seed(&digest, &S_ID, &node, NOW);
        assert!(encapsulation_key(&guessed) != ek && !opens(decapsulate(&guessed, &ct)));
    }
    assert!(!opens([0; 32]));
    // Its own key, a key from another handshake of the same two parties, and
    // another hospital's key.
    let (_, clinics_S_ID) = outsider::hospital(&clinic.to_bytes());
    for (seed, S_ID) in [(80, &S_ID), (70, &clinics_S_ID)] {
        let other = hedged_seed(&first_and_second_bytes(seed).1, S_ID, &node, NOW);
        assert!(!opens(decapsulate(&other, &ct)));
    }
    // With dk or m, the same program opens everything.
    let seed = hedged_seed(&first_and_second_bytes(70).1, &S_ID, &node, NOW);
    let m = hedged_m(&first_and_second_bytes(71).1, &s_MN, &recording.request, &disclosed);
    let made = encapsulate(&ek, &m);
    assert!(encapsulation_key(&seed) == ek && made.0 == ct);
    for ss in [decapsulate(&seed, &ct), made.1] {
        assert!(opens(ss));
        let keys = with(ss).keys(&parts_of_reply(&recording.reply)[3]);
        assert_eq!(open_message(&keys.k_i2r, HOSPITAL, &recording.question).unwrap(), QUESTION);
        assert_eq!(open_message(&keys.k_r2i, MAIN_NODE, &recording.answer).unwrap(), ANSWER);
    }
}

#[test]
fn a_leaked_node_secret_reveals_who_asked() {
    // A documented limit of the protocol: W is encrypted under X' alone. No
    // other secret reveals it.
    let mut c = Consortium::new();
    let clinic = c.register("Clinic", 10);
    let node = c.node();
    for (hospital, who) in [(&c.hospital, "General"), (&clinic, "Clinic")] {
        let request = c.ask(hospital, NOW, 5).1;
        let X = Reader::new(0x0a, &request).g1();
        for other_secret in [c.s(), Scalar::ONE, c.s() * c.s_MN()] {
            assert!(Claim::open(&request, &node, X * other_secret).is_none());
        }
        let (claim, _) = Claim::open(&request, &node, X * c.s_MN()).unwrap();
        assert_eq!(claim.hospital.name, who);
    }
}

/// The identity key, from two requests of one hospital that used the same `x`.
fn key_from_two(requests: &[(Claim, G2Projective); 2]) -> G2Projective {
    let [(one, U1), (other, U2)] = requests;
    let (r1, r2) = (one.r(), other.r());
    // U1 - U2 = [x(r1 - r2)]Q_ID, and S_ID = U1 - [x r1]Q_ID
    U1 - (U1 - U2) * (r1 * (r1 - r2).invert().unwrap())
}

#[test]
fn repeated_randomness_hides_the_hospitals_key() {
    // It is certified under a second name with the same key, and again under its own name with
    // another key, which is allowed. It opens every request, and therefore knows every r.
    let mut c = Consortium::new();
    let (clinic, genuine) = (c.register("Clinic", 10), c.node());
    let p_sn = c.super_node.public_key();
    let main_node = |text: &str, s_MN: Scalar| {
        let fields = [g1_bytes(&genuine.P_SN).as_slice(), &var(text.as_bytes()), &[1]].concat();
        let bytes = [&header(0x06), fields.as_slice(), &s_MN.to_bytes_be()].concat();
        MainNode::from_bytes(&bytes, &p_sn).unwrap()
    };
    let s_MN = c.s_MN();
    let nodes = [("node 1", s_MN), ("node 2", s_MN), ("node 1", s_MN + Scalar::ONE)];
    let mut certified = nodes.iter().map(|(text, s_MN)| {
        let certificate = certify(&mut c.super_node, &main_node(text, *s_MN));
        let node = outsider::Node::read(&c.public_key.to_bytes(), &certificate.to_bytes());
        (certificate.verify(&c.public_key, Role::MainNode).unwrap(), node, *s_MN)
    });
    let certified: [_; 3] = core::array::from_fn(|_| certified.next().unwrap());
    let ask = |hospital: &Hospital, at: usize, tc, seed| {
        let (certificate, node, s_MN) = &certified[at];
        let (_, request) = hospital.start(certificate, &c.registry, tc, &mut rng(seed)).unwrap();
        let request = request.to_bytes();
        let X = Reader::new(0x0a, &request).g1();
        Claim::open(&request, node, X * s_MN).unwrap()
    };
    let is_key = |S_ID: &G2Projective, Q_ID| is_one(&pair(&[(-P1(), *S_ID), (genuine.P_SN, Q_ID)]));
    let first = ask(&c.hospital, 0, NOW, 1);
    for other in [
        ask(&c.hospital, 0, NOW + 1, 1),
        ask(&c.hospital, 1, NOW, 1),
        ask(&c.hospital, 2, NOW, 1),
        ask(&c.hospital, 0, NOW, 2),
    ] {
        assert_ne!(first.0.X, other.0.X);
        assert!(!is_key(&key_from_two(&[first.clone(), other]), first.0.Q_ID));
    }
    assert_ne!(first.0.X, ask(&clinic, 0, NOW, 1).0.X);
    // If everything repeats, so does the request, and there is no second r.
    let (again, U) = ask(&c.hospital, 0, NOW, 1);
    assert!(again.X == first.0.X && again.r() == first.0.r() && U == first.1);

    // A hospital that uses its generator's output as x, without hedging, reveals its key.
    let (x, S_ID) = (x(), c.S_ID());
    let unhedged = [NOW, NOW + 1].map(|tc| {
        let claim = Claim::new(&c.general(), &genuine, x, tc);
        let U = claim.U(x, &S_ID);
        assert!(c.accept_at(&claim.request(&U), &empty_cache(), tc).is_ok());
        (claim, U)
    });
    let stolen = key_from_two(&unhedged);
    assert!(is_key(&stolen, first.0.Q_ID) && stolen == S_ID);
}

#[test]
fn predicted_hospital_randomness_hides_dk() {
    let c = Consortium::new();
    let (random, genuine) = (first_and_second_bytes(1).1, ek(&c.request(1)));
    let (node, S_ID) = (c.node(), c.S_ID());
    for guess in [P2(), c.general().Q_ID(), S_ID + P2()] {
        assert_ne!(encapsulation_key(&hedged_seed(&random, &guess, &node, NOW)), genuine);
    }
    let unhedged: [u8; 64] = [random, sha256(&[&random])].concat().try_into().unwrap();
    assert_ne!(encapsulation_key(&unhedged), genuine);
    // With S_ID, this node and this time, the output gives dk.
    assert_ne!(encapsulation_key(&hedged_seed(&random, &S_ID, &node, NOW + 1)), genuine);
    assert_eq!(encapsulation_key(&hedged_seed(&random, &S_ID, &node, NOW)), genuine);
}

#[test]
fn predicted_node_randomness_hides_y() {
    let c = Consortium::new();
    let (request, another) = (c.request(1), c.request(2));
    let T = |request: &[u8]| Reader::new(0x0b, &c.answer(request, 3).0).g1();
    // The generator repeats itself, and its output is known. Even so, y differs between requests.
    assert_ne!(T(&request), T(&another));
    let (random, disclosed) = (first_bytes(3), disclosure().to_bytes());
    let (node, s) = (c.node(), c.s());
    let guesses: [&[u8]; 6] = [
        &[],
        &[0; 32],
        &g1_bytes(&node.Q_MN),
        &g1_bytes(&node.P_SN),
        &s.to_bytes_be(),
        &(c.s_MN() + Scalar::ONE).to_bytes_be(),
    ];
    for guess in guesses {
        assert_ne!(P1() * hedged_y(&random, guess, &request, &disclosed), T(&request));
    }
    assert_ne!(P1() * scalar_from_wide(&random), T(&request));
    // With s_MN and the exact request and disclosure, the output gives y.
    let s_MN = c.s_MN().to_bytes_be();
    let other = Disclosure::new(b"elsewhere", [1; 32], [2; 32]).unwrap().to_bytes();
    assert_ne!(P1() * hedged_y(&random, &s_MN, &another, &disclosed), T(&request));
    assert_ne!(P1() * hedged_y(&random, &s_MN, &request, &other), T(&request));
    assert_eq!(P1() * hedged_y(&random, &s_MN, &request, &disclosed), T(&request));
}
