//! A prover of an attacker's own, from section 6 of `docs/schemes.md` and of `docs/interoperability.md`. It proves what it is
//! told to prove, with whatever points, secrets and challenges it is given.

use blstrs::{G1Projective, Scalar};
use medseal::abs::SigningKey;
use rand_chacha::ChaCha20Rng;

use crate::ground::{
    Canonical, Held, P1, Reader, Transcript, canonical, g1_bytes, hash_to_g1, hash_to_scalar, header,
    random_scalar,
};

pub(super) fn H_u() -> G1Projective {
    hash_to_g1("ABS-HU", b"")
}

pub(super) fn H_a() -> G1Projective {
    hash_to_g1("ABS-HA", b"")
}

pub(super) fn H_b() -> G1Projective {
    hash_to_g1("ABS-HB", b"")
}

/// `z_a`
pub(super) fn z(attribute: &str) -> Scalar {
    hash_to_scalar("ABS-ATTR", &canonical(attribute))
}

/// What a user was issued for one attribute: `e_a`, `A_a`, and `[x]A_a = B_a - [e_a]A_a`.
pub(super) struct Credential {
    pub(super) e: Scalar,
    pub(super) A: G1Projective,
    pub(super) xA: G1Projective,
}

/// A signing key, read from its bytes.
pub(super) struct Holder {
    pub(super) u: Scalar,
    credentials: Vec<(Canonical, Credential)>,
}

impl Holder {
    pub(super) fn of(key: &SigningKey) -> Self {
        let bytes = key.to_bytes();
        let mut reader = Reader::new(0x2a, &bytes);
        let (_, u) = (reader.g2(), reader.scalar());
        let credentials = Held::read(&mut reader).expanded.into_iter().map(|attribute| {
            let (e, A) = (reader.scalar(), reader.g1());
            // B_a = P1 + [u]H_u + [z_a]H_a
            let B = P1() + H_u() * u + H_a() * hash_to_scalar("ABS-ATTR", &attribute);
            (attribute, Credential { e, A, xA: B - A * e })
        });
        Self { u, credentials: credentials.collect() }
    }

    pub(super) fn credential(&self, attribute: &str) -> &Credential {
        let wanted = canonical(attribute);
        &self.credentials.iter().find(|(name, _)| *name == wanted).unwrap().1
    }
}

/// What is to be signed.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a> {
    pub(super) X: &'a [u8; 96],
    /// In canonical form.
    pub(super) policy: &'a str,
    pub(super) context: &'a [u8],
    pub(super) message: &'a [u8],
}

/// What a prover does about one leaf.
pub(super) enum Leaf {
    /// Proves `B' = [rho]D + [w]H_b - [e]A'`, which need not be so.
    Proved { D: G1Projective, A: G1Projective, B: G1Projective, rho: Scalar, w: Scalar, e: Scalar },
    /// Has chosen the leaf's challenge before it knows the hash.
    Simulated { D: G1Projective, A: G1Projective, B: G1Projective, c: Scalar },
}

/// The challenges that a prover gives to the leaves once it knows `c`, and what it sends of them.
pub(super) struct Completed {
    pub(super) challenges: Vec<Scalar>,
    pub(super) shares: Vec<Scalar>,
}

/// The secret that a prover commits to, and its blinding: `C = [u]H_u + [t]H_b`.
pub(super) struct Prover {
    u: Scalar,
    t: Scalar,
    rng: ChaCha20Rng,
}

impl Prover {
    pub(super) fn new(u: Scalar, mut rng: ChaCha20Rng) -> Self {
        Self { u, t: random_scalar(&mut rng), rng }
    }

    fn C(&self) -> G1Projective {
        H_u() * self.u + H_b() * self.t
    }

    /// `D_l = P1 + C + [z_l]H_a`
    fn D(&self, attribute: &str) -> G1Projective {
        P1() + self.C() + H_a() * z(attribute)
    }

    /// A leaf proved with a credential as its owner does it, whoever the owner is: `A' = [rho]A`, `B' = [rho x]A`, `w = -rho t`.
    pub(super) fn with(&mut self, attribute: &str, credential: &Credential) -> Leaf {
        let rho = random_scalar(&mut self.rng);
        let Credential { e, A, xA } = credential;
        Leaf::Proved { D: self.D(attribute), A: A * rho, B: xA * rho, rho, w: -(rho * self.t), e: *e }
    }

    /// A leaf whose proof is right whatever the points are: `B'` comes from the equation.
    pub(super) fn by_equation(&self, attribute: &str, A: G1Projective, [rho, w, e]: [Scalar; 3]) -> Leaf {
        let D = self.D(attribute);
        Leaf::Proved { D, A, B: D * rho + H_b() * w - A * e, rho, w, e }
    }

    /// The same with a credential that need not be for this attribute or this `u`.
    pub(super) fn forced(&mut self, attribute: &str, credential: &Credential) -> Leaf {
        let rho = random_scalar(&mut self.rng);
        self.by_equation(attribute, credential.A * rho, [rho, -(rho * self.t), credential.e])
    }

    /// A leaf simulated with any credential, under a challenge chosen beforehand.
    pub(super) fn simulated(&mut self, attribute: &str, credential: &Credential, c: Scalar) -> Leaf {
        let rho = random_scalar(&mut self.rng);
        Leaf::Simulated { D: self.D(attribute), A: credential.A * rho, B: credential.xA * rho, c }
    }

    /// The signature's bytes.
    pub(super) fn sign(
        mut self,
        statement: Statement<'_>,
        leaves: &[Leaf],
        complete: impl FnOnce(Scalar) -> Completed,
    ) -> Vec<u8> {
        let C = self.C();
        let mut draw = || random_scalar(&mut self.rng);
        let [k_u, k_t] = [draw(), draw()];
        let T_0 = H_u() * k_u + H_b() * k_t;
        let ks: Vec<[Scalar; 3]> = leaves.iter().map(|_| [draw(), draw(), draw()]).collect();
        let pairs = leaves.iter().map(|leaf| match leaf {
            Leaf::Proved { A, B, .. } | Leaf::Simulated { A, B, .. } => (*A, *B),
        });
        let pairs: Vec<_> = pairs.collect();
        let T = leaves.iter().zip(&ks).map(|(leaf, [k_rho, k_w, k_e])| match leaf {
            // T_l = [k_rho]D_l + [k_w]H_b - [k_e]A'
            Leaf::Proved { D, A, .. } => D * k_rho + H_b() * k_w - A * k_e,
            // T_l = [z_rho]D_l + [z_w]H_b - [z_e]A' - [c_l]B'
            Leaf::Simulated { D, A, B, c } => D * k_rho + H_b() * k_w - A * k_e - B * c,
        });

        let mut transcript = Transcript::new()
            .item("X", statement.X)
            .item("policy", statement.policy)
            .item("context", statement.context)
            .item("message", statement.message)
            .item("C", g1_bytes(&C));
        for (A, B) in &pairs {
            transcript = transcript.item("A'", g1_bytes(A)).item("B'", g1_bytes(B));
        }
        transcript = transcript.item("T_0", g1_bytes(&T_0));
        for T in T {
            transcript = transcript.item("T_l", g1_bytes(&T));
        }
        let c = transcript.challenge("ABS-CHALLENGE");

        let Completed { challenges, shares } = complete(c);
        let responses = leaves.iter().zip(&ks).zip(challenges).map(|((leaf, k), c_l)| match leaf {
            // z = k + c_l * witness
            Leaf::Proved { rho, w, e, .. } => [k[0] + c_l * rho, k[1] + c_l * w, k[2] + c_l * e],
            Leaf::Simulated { .. } => *k,
        });
        let leaves = pairs.into_iter().zip(responses).map(|((A, B), z)| PartOfLeaf { A, B, z }).collect();
        Parts { C, c, z_u: k_u + c * self.u, z_t: k_t + c * self.t, shares, leaves }.bytes()
    }
}

/// A signature taken apart.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) C: G1Projective,
    pub(super) c: Scalar,
    pub(super) z_u: Scalar,
    pub(super) z_t: Scalar,
    pub(super) shares: Vec<Scalar>,
    pub(super) leaves: Vec<PartOfLeaf>,
}

/// `A'`, `B'`, and `z_rho`, `z_w`, `z_e`.
#[derive(Clone)]
pub(super) struct PartOfLeaf {
    pub(super) A: G1Projective,
    pub(super) B: G1Projective,
    pub(super) z: [Scalar; 3],
}

impl Parts {
    pub(super) fn read(signature: &[u8]) -> Self {
        let mut reader = Reader::new(0x2b, signature);
        let (shares, leaves) = (reader.u32(), reader.u32());
        let (C, c, z_u, z_t) = (reader.g1(), reader.scalar(), reader.scalar(), reader.scalar());
        let shares = (0..shares).map(|_| reader.scalar()).collect();
        let leaf = |reader: &mut Reader<'_>| PartOfLeaf {
            A: reader.g1(),
            B: reader.g1(),
            z: [reader.scalar(), reader.scalar(), reader.scalar()],
        };
        let leaves = (0..leaves).map(|_| leaf(&mut reader)).collect();
        reader.end();
        Self { C, c, z_u, z_t, shares, leaves }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let counts = [self.shares.len(), self.leaves.len()].map(|count| (count as u32).to_be_bytes());
        let mut bytes = [&header(0x2b), &counts.concat()[..], &g1_bytes(&self.C)].concat();
        for scalar in [self.c, self.z_u, self.z_t].iter().chain(&self.shares) {
            bytes.extend(scalar.to_bytes_be());
        }
        for PartOfLeaf { A, B, z } in &self.leaves {
            bytes.extend([g1_bytes(A), g1_bytes(B)].concat());
            z.iter().for_each(|scalar| bytes.extend(scalar.to_bytes_be()));
        }
        bytes
    }
}
