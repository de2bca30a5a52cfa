//! A prover of an attacker's own, from section 6 of `docs/schemes.md` and of `docs/interoperability.md`. It proves what it is
//! told to prove, with whatever points, secrets and challenges it is given.

use std::sync::LazyLock;

use blstrs::{G1Projective, Scalar};
use ff::Field;
use rand_chacha::ChaCha20Rng;

use super::challenges::{Completed, Plan};
use crate::ground::{
    Canonical, Held, P1, Reader, Transcript, canonical, g1_bytes, hash_to_g1, hash_to_scalar, header,
    random_scalar,
};
use crate::rule::{Leaf as Wanted, Rule};

/// `H_u`, `H_a`, `H_b`
static BASES: LazyLock<[G1Projective; 3]> =
    LazyLock::new(|| ["ABS-HU", "ABS-HA", "ABS-HB"].map(|purpose| hash_to_g1(purpose, b"")));

pub(super) fn H_u() -> G1Projective {
    BASES[0]
}

pub(super) fn H_a() -> G1Projective {
    BASES[1]
}

pub(super) fn H_b() -> G1Projective {
    BASES[2]
}

/// `z_a`
pub(super) fn z(attribute: &[u8]) -> Scalar {
    hash_to_scalar("ABS-ATTR", attribute)
}

/// What a user was issued for one attribute: `e_a`, `A_a`, and `[x]A_a`.
#[derive(Clone)]
pub(super) struct Credential {
    pub(super) attribute: Canonical,
    pub(super) e: Scalar,
    pub(super) A: G1Projective,
    pub(super) xA: G1Projective,
}

/// `B_a = P1 + [u]H_u + [z_a]H_a`
fn B(u: Scalar, attribute: &[u8]) -> G1Projective {
    P1() + H_u() * u + H_a() * z(attribute)
}

impl Credential {
    fn read(u: Scalar, attribute: Canonical, reader: &mut Reader<'_>) -> Self {
        let (e, A) = (reader.scalar(), reader.g1());
        // [x]A_a = B_a - [e_a]A_a
        Self { xA: B(u, &attribute) - A * e, attribute, e, A }
    }

    /// As whoever knows `x` issues it: `A_a = [1/(x + e_a)]B_a`.
    pub(super) fn issued(x: Scalar, u: Scalar, e: Scalar, attribute: &str) -> Self {
        let attribute = canonical(attribute);
        let A = B(u, &attribute) * (x + e).invert().unwrap();
        Self { attribute, e, A, xA: A * x }
    }
}

/// A signing key, read from its bytes.
pub(super) struct Holder {
    pub(super) u: Scalar,
    pub(super) credentials: Vec<Credential>,
}

impl Holder {
    pub(super) fn read(key: &[u8]) -> Self {
        let mut reader = Reader::new(0x2a, key);
        let (_, u) = (reader.g2(), reader.scalar());
        let attributes = Held::read(&mut reader).expanded;
        let credentials = attributes.into_iter().map(|a| Credential::read(u, a, &mut reader)).collect();
        reader.end();
        Self { u, credentials }
    }

    pub(super) fn on(&self, attribute: &[u8]) -> Option<&Credential> {
        self.credentials.iter().find(|credential| credential.attribute == attribute)
    }

    /// The credential on an attribute that is no number.
    pub(super) fn credential(&self, attribute: &str) -> &Credential {
        self.on(&canonical(attribute)).unwrap()
    }
}

/// What is to be signed.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a> {
    pub(super) X: &'a [u8; 96],
    pub(super) rule: &'a Rule,
    pub(super) context: &'a [u8],
    pub(super) message: &'a [u8],
    /// Items that a careless scheme leaves out of the hash. None in this one.
    pub(super) left_out: &'a [&'a str],
}

impl<'a> Statement<'a> {
    /// What the leaves ask for.
    pub(super) fn attributes(&self) -> Vec<&'a Canonical> {
        let leaves = self.rule.leaves().into_iter();
        leaves
            .map(|leaf| if let Wanted::Has(attribute) = leaf { attribute } else { unreachable!() })
            .collect()
    }

    /// `c = hash_to_scalar(X, canonical policy, ctx, msg, C, all (A', B'), T_0, all T_l)`
    pub(super) fn challenge(
        &self,
        C: &G1Projective,
        pairs: &[(G1Projective, G1Projective)],
        T_0: &G1Projective,
        T: &[G1Projective],
    ) -> Scalar {
        let point = |label: &'static str, point: &G1Projective| (label, g1_bytes(point).to_vec());
        let mut items = vec![
            ("X", self.X.to_vec()),
            ("policy", self.rule.parsed().canonical().into()),
            ("context", self.context.to_vec()),
            ("message", self.message.to_vec()),
            point("C", C),
        ];
        items.extend(pairs.iter().flat_map(|(A, B)| [point("A'", A), point("B'", B)]));
        items.push(point("T_0", T_0));
        items.extend(T.iter().map(|T| point("T_l", T)));
        let hashed = items.into_iter().filter(|(label, _)| !self.left_out.contains(label));
        hashed.fold(Transcript::new(), |t, (label, item)| t.item(label, item)).challenge("ABS-CHALLENGE")
    }
}

/// What a prover does about one leaf.
pub(super) enum Leaf {
    /// Proves `B' = [rho]D + [w]H_b - [e]A'`, which need not be so.
    Proved { D: G1Projective, A: G1Projective, B: G1Projective, rho: Scalar, w: Scalar, e: Scalar },
    /// Has chosen the leaf's challenge before it knows the hash.
    Simulated { D: G1Projective, A: G1Projective, B: G1Projective, c: Scalar },
}

/// How a prover goes about a leaf that it would have to prove.
#[derive(Clone, Copy)]
pub(super) enum Means<'a> {
    /// With a credential as its owner does it, so that the pairing is right.
    With(&'a Credential),
    /// With a credential, and so that the proof is right.
    Forced(&'a Credential),
    /// By simulating it under a challenge that will not be the one that comes out.
    Simulated(&'a Credential),
}

/// Somebody who proves to know the secret in `C = [u]H_u + [t]H_b`.
pub(super) struct Prover {
    u: Scalar,
    t: Scalar,
    pub(super) C: G1Projective,
    rng: ChaCha20Rng,
}

impl Prover {
    pub(super) fn new(u: Scalar, mut rng: ChaCha20Rng) -> Self {
        let t = random_scalar(&mut rng);
        Self { u, t, C: H_u() * u + H_b() * t, rng }
    }

    /// `D_l = P1 + C + [z_l]H_a`
    fn D(&self, attribute: &[u8]) -> G1Projective {
        P1() + self.C + H_a() * z(attribute)
    }

    /// A leaf proved with a credential as its owner does it, whoever the owner is: `A' = [rho]A`, `B' = [rho x]A`, `w = -rho t`.
    pub(super) fn with(&mut self, attribute: &[u8], credential: &Credential) -> Leaf {
        let rho = random_scalar(&mut self.rng);
        let Credential { e, A, xA, .. } = credential;
        Leaf::Proved { D: self.D(attribute), A: A * rho, B: xA * rho, rho, w: -(rho * self.t), e: *e }
    }

    /// A leaf whose proof is right whatever the points are: `B'` comes from the equation.
    pub(super) fn by_equation(&self, attribute: &[u8], A: G1Projective, [rho, w, e]: [Scalar; 3]) -> Leaf {
        let D = self.D(attribute);
        Leaf::Proved { D, A, B: D * rho + H_b() * w - A * e, rho, w, e }
    }

    /// The same with a credential that need not be for this attribute or this `u`.
    pub(super) fn forced(&mut self, attribute: &[u8], credential: &Credential) -> Leaf {
        let rho = random_scalar(&mut self.rng);
        self.by_equation(attribute, credential.A * rho, [rho, -(rho * self.t), credential.e])
    }

    /// A leaf simulated with any credential, under a challenge chosen beforehand.
    pub(super) fn simulated(&mut self, attribute: &[u8], credential: &Credential, c: Scalar) -> Leaf {
        let rho = random_scalar(&mut self.rng);
        Leaf::Simulated { D: self.D(attribute), A: credential.A * rho, B: credential.xA * rho, c }
    }

    /// The signature of somebody who has some means for each of these leaves, which are enough, and simulates all others.
    pub(super) fn sign_by(mut self, statement: &Statement<'_>, means: &[Option<Means<'_>>]) -> Vec<u8> {
        let plan = Plan::new(statement.rule, &|leaf| means[leaf].is_some(), &mut self.rng);
        let some = means.iter().flatten().next().unwrap();
        let (Means::With(any) | Means::Forced(any) | Means::Simulated(any)) = some;
        let leaves = statement.attributes().into_iter().zip(means).zip(plan.chosen());
        let leaves: Vec<_> = leaves
            .map(|((attribute, means), chosen)| match (chosen, means) {
                (Some(c), _) => self.simulated(attribute, any, c),
                (None, Some(Means::With(credential))) => self.with(attribute, credential),
                (None, Some(Means::Forced(credential))) => self.forced(attribute, credential),
                (None, Some(Means::Simulated(credential))) => {
                    let c = random_scalar(&mut self.rng);
                    self.simulated(attribute, credential, c)
                }
                (None, None) => unreachable!("the leaves are enough"),
            })
            .collect();
        self.sign(statement, &leaves, |c| plan.complete(c))
    }

    /// The signature's bytes.
    pub(super) fn sign(
        mut self,
        statement: &Statement<'_>,
        leaves: &[Leaf],
        complete: impl FnOnce(&Scalar) -> Completed,
    ) -> Vec<u8> {
        let C = self.C;
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
        let c = statement.challenge(&C, &pairs, &T_0, &T.collect::<Vec<_>>());

        let Completed { challenges, shares } = complete(&c);
        let responses = leaves.iter().zip(&ks).zip(challenges).map(|((leaf, k), c_l)| match leaf {
            // z = k + c_l * witness
            Leaf::Proved { rho, w, e, .. } => [k[0] + c_l * rho, k[1] + c_l * w, k[2] + c_l * e],
            Leaf::Simulated { .. } => *k,
        });
        let leaves = pairs.into_iter().zip(responses).map(|((A, B), z)| PartOfLeaf { A, B, z }).collect();
        // z_u = k_u + c u, z_t = k_t + c t
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

    /// All scalars: `c`, `z_u`, `z_t`, the shares, the responses of the leaves.
    pub(super) fn scalars(&mut self) -> Vec<&mut Scalar> {
        let of_leaves = self.leaves.iter_mut().flat_map(|leaf| &mut leaf.z);
        [&mut self.c, &mut self.z_u, &mut self.z_t]
            .into_iter()
            .chain(&mut self.shares)
            .chain(of_leaves)
            .collect()
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
