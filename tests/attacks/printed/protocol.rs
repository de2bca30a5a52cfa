//! The protocol of the paper's section 3.3 as printed, letter by letter.
//!
//! Two parts cannot follow the print. The first is the curve, which has its own file
//! ([`field`](super::field)): here the paper's points `QID`, `SID`, `U` lie in G2 and the rest
//! in G1. The second is the pairing equation, whose printed form has no pairing on its right
//! side ([`literal_check`]).

use blstrs::{G1Projective, G2Affine, G2Projective, Scalar};

use crate::ground::{
    P1, g1_bytes, g2_bytes, hash_to_g2, hash_to_scalar, is_one, kdf, open, pair, seal, sha256,
};

pub(crate) type Bytes32 = [u8; 32];

pub(crate) fn xor<const N: usize>(a: [u8; N], b: [u8; N]) -> [u8; N] {
    core::array::from_fn(|i| a[i] ^ b[i])
}

/// `QID = H(ID xor R xor R1)`
pub(crate) fn QID(ID: Bytes32, R: Bytes32, R1: Bytes32) -> G2Projective {
    hash_to_g2("PRINTED", &xor(xor(ID, R), R1))
}

pub(crate) struct SuperNode {
    pub(crate) SSN: Scalar,
}

impl SuperNode {
    pub(crate) fn QSN(&self) -> G1Projective {
        P1() * self.SSN
    }

    /// `SID = QID * SSN`
    pub(crate) fn register(&self, ID: Bytes32, R: Bytes32, R1: Bytes32) -> Hospital {
        Hospital { ID, R, R1, SID: QID(ID, R, R1) * self.SSN }
    }
}

#[derive(Clone)]
pub(crate) struct Hospital {
    pub(crate) ID: Bytes32,
    pub(crate) R: Bytes32,
    pub(crate) R1: Bytes32,
    pub(crate) SID: G2Projective,
}

#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) X: G1Projective,
    pub(crate) W: [u8; 160],
    pub(crate) R1: Bytes32,
    pub(crate) tc: u64,
}

/// `s = h(X || X' || tc || R1)`, and encryption under it: a stream, without integrity.
fn E_s(X: &G1Projective, shared: &G1Projective, tc: u64, R1: Bytes32, data: [u8; 160]) -> [u8; 160] {
    let s = sha256(&[&g1_bytes(X), &g1_bytes(shared), &tc.to_be_bytes(), &R1]);
    xor(kdf(&s, "stream", b""), data)
}

/// `r = H(ID || R || QID || QSN || X || X' || tc)`
fn r(
    ID: Bytes32,
    R: Bytes32,
    QID: &G2Projective,
    QSN: &G1Projective,
    X: &G1Projective,
    shared: &G1Projective,
    tc: u64,
) -> Scalar {
    let points = [g1_bytes(QSN), g1_bytes(X), g1_bytes(shared)].concat();
    let message = [&ID[..], &R, &g2_bytes(QID), &points, &tc.to_be_bytes()].concat();
    hash_to_scalar("PRINTED", &message)
}

impl Hospital {
    pub(crate) fn QID(&self) -> G2Projective {
        QID(self.ID, self.R, self.R1)
    }

    pub(crate) fn request(&self, QSN: &G1Projective, QMN: &G1Projective, x: Scalar, tc: u64) -> Request {
        // X = x P;  X' = x QMN
        let (X, shared) = (P1() * x, QMN * x);
        let r = r(self.ID, self.R, &self.QID(), QSN, &X, &shared, tc);
        // U = SID + x r QID;  W = E_s(ID, R, U)
        let U = self.SID + self.QID() * (x * r);
        let inner = [&self.ID[..], &self.R, &g2_bytes(&U)].concat().try_into().unwrap();
        Request { X, W: E_s(&X, &shared, tc, self.R1, inner), R1: self.R1, tc }
    }

    /// Checks `AK` and decrypts `M`.
    pub(crate) fn finish(
        &self,
        QMN: &G1Projective,
        x: Scalar,
        request: &Request,
        reply: &Reply,
    ) -> Option<Vec<u8>> {
        let (shared, V) = (QMN * x, reply.T * x);
        if AK(request, &shared, &reply.T, &V) != reply.AK {
            return None;
        }
        reply.M.open(&self.SID)
    }
}

/// `E_QID(...)`: `C = k P`, and the message sealed under `e(k QSN, QID) = e(C, SID)`.
#[derive(Clone)]
pub(crate) struct Envelope {
    C: G1Projective,
    sealed: Vec<u8>,
}

impl Envelope {
    /// Anyone can make one: the identity is public.
    pub(crate) fn to(QID: &G2Projective, QSN: &G1Projective, k: Scalar, payload: &[u8]) -> Self {
        let key = kdf(&pair(&[(QSN * k, *QID)]).to_bendian(), "envelope", b"");
        Self { C: P1() * k, sealed: seal(&key, b"", payload) }
    }

    pub(crate) fn open(&self, SID: &G2Projective) -> Option<Vec<u8>> {
        let key = kdf(&pair(&[(self.C, *SID)]).to_bendian(), "envelope", b"");
        open(&key, b"", &self.sealed)
    }
}

#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) T: G1Projective,
    pub(crate) AK: Bytes32,
    pub(crate) M: Envelope,
}

/// `AK = (W, tc, X, X', T, V)`
fn AK(request: &Request, shared: &G1Projective, T: &G1Projective, V: &G1Projective) -> Bytes32 {
    let Request { X, W, tc, .. } = request;
    let points = [X, shared, T, V].map(g1_bytes).concat();
    sha256(&[W, &tc.to_be_bytes(), &points])
}

pub(crate) struct MainNode {
    pub(crate) QSN: G1Projective,
    pub(crate) SMN: Scalar,
}

/// The sender that the main node authenticates.
pub(crate) struct Accepted {
    pub(crate) ID: Bytes32,
    QID: G2Projective,
    shared: G1Projective,
}

impl MainNode {
    pub(crate) fn QMN(&self) -> G1Projective {
        P1() * self.SMN
    }

    /// `ID`, `R` and `U`, unchecked.
    pub(crate) fn decrypt(&self, request: &Request) -> (Bytes32, Bytes32, [u8; 96]) {
        let Request { X, W, R1, tc } = request;
        let inner = E_s(X, &(X * self.SMN), *tc, *R1, *W);
        (inner[..32].try_into().unwrap(), inner[32..64].try_into().unwrap(), inner[64..].try_into().unwrap())
    }

    /// The check of the time and of `e(P, U) = e(QSN + r X, QID)`. It keeps no memory of requests.
    pub(crate) fn accept(&self, request: &Request, now: u64) -> Option<Accepted> {
        let (accepted, U, right) = self.sides(request, now)?;
        is_one(&pair(&[(-P1(), U), (right, accepted.QID)])).then_some(accepted)
    }

    /// `U` and `QSN + r X`, if the time is right.
    fn sides(&self, request: &Request, now: u64) -> Option<(Accepted, G2Projective, G1Projective)> {
        let Request { X, R1, tc, .. } = request;
        if now.abs_diff(*tc) > 30_000 {
            return None;
        }
        let shared = X * self.SMN;
        let (ID, R, U) = self.decrypt(request);
        let U = Option::<G2Affine>::from(G2Affine::from_compressed(&U))?;
        let QID = QID(ID, R, *R1);
        let r = r(ID, R, &QID, &self.QSN, X, &shared, *tc);
        Some((Accepted { ID, QID, shared }, U.into(), self.QSN + X * r))
    }

    /// The check as printed, `e(U, P) = (QID, QSN + r*xP)`: a pairing value against a pair of
    /// points. Only their bytes can be compared.
    pub(crate) fn literal_check(&self, request: &Request, now: u64) -> Option<bool> {
        let (accepted, U, right) = self.sides(request, now)?;
        let pair_of_points = [&g2_bytes(&accepted.QID)[..], &g1_bytes(&right)].concat();
        Some(pair(&[(P1(), U)]).to_bendian().as_slice() == pair_of_points)
    }

    pub(crate) fn reply(&self, request: &Request, accepted: &Accepted, payload: &[u8]) -> Reply {
        // T = y P;  V = y X
        let y = Scalar::from(17);
        let (T, V) = (P1() * y, request.X * y);
        let M = Envelope::to(&accepted.QID, &self.QSN, Scalar::from(18), payload);
        Reply { T, AK: AK(request, &accepted.shared, &T, &V), M }
    }
}
