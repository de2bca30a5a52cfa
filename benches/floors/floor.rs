//! The floors: only the group operations, hashes and cipher calls that an operation's equation
//! needs, directly on the backend. They decode only the points that must be read, and have no
//! policy, tables, wiping or errors.
//!
//! A multiplication here is the backend's own. The library uses tables for frequent
//! multiplications: a ratio below one is therefore possible and correct.

use std::hint::black_box;
use std::iter;

use aes::Aes256;
use blst::{
    MultiPoint, blst_fp, blst_fp_add, blst_fp_cneg, blst_fp_mul, blst_fp2, blst_fp6, blst_fp12,
    blst_fp12_conjugate, blst_fp12_mul_by_xy00z0, blst_fp12_sqr, blst_p1_affine, blst_p2_affine,
    blst_precompute_lines,
};
use blstrs::{G1Affine, G1Projective, G2Affine, G2Projective, Gt, Scalar};
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use ff::Field;
use group::{Curve, Group};
use ml_kem::kem::Ciphertext;
use ml_kem::{Decapsulate, DecapsulationKey768, EncapsulationKey768, KeyExport, MlKem768};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sha2::{Digest, Sha256};

const TAG: &[u8] = b"MEDSEAL-BENCH-FLOOR-BLS12381G1_XMD:SHA-256_SSWU_RO_";
const LINES: usize = 68;

/// Random inputs of the right shape and number.
pub(crate) struct Material {
    names: Vec<String>,
    /// Whether the attributes' points must be hashed, as on their first use;
    /// otherwise they are cached.
    first: bool,
    scalars: Vec<Scalar>,
    points1: Vec<G1Affine>,
    points2: Vec<G2Affine>,
    encoded1: Vec<[u8; 48]>,
    encoded2: Vec<[u8; 96]>,
    weights: Vec<u8>,
    lines: [Vec<blst_fp6>; 2],
    target: Gt,
    ek: EncapsulationKey768,
    ct: Ciphertext<MlKem768>,
}

impl Material {
    /// Makes the material for `n` attributes, whose points are cached.
    pub(crate) fn new(n: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let many = 2 * n + 8;
        let scalars: Vec<Scalar> = (0..5 * n + 8).map(|_| Scalar::random(&mut rng)).collect();
        let points1: Vec<G1Affine> =
            (0..many).map(|i| (G1Projective::generator() * scalars[i]).to_affine()).collect();
        let points2: Vec<G2Affine> =
            (0..n + 4).map(|i| (G2Projective::generator() * scalars[i]).to_affine()).collect();
        let ek = DecapsulationKey768::from_seed([7; 64].into()).encapsulation_key().clone();
        Self {
            first: false,
            ct: ek.encapsulate_deterministic(&[7; 32].into()).0,
            ek,
            names: (0..n).map(|i| format!("attribute {i}")).collect(),
            encoded1: points1.iter().map(G1Affine::to_compressed).collect(),
            encoded2: points2.iter().map(G2Affine::to_compressed).collect(),
            weights: scalars[..n].iter().flat_map(|s| s.to_bytes_le()[..16].to_vec()).collect(),
            lines: [0, 1].map(|i| prepare(&points2[i])),
            target: blstrs::pairing(&points1[0], &points2[0]),
            scalars,
            points1,
            points2,
        }
    }

    /// The same, with points that must be hashed.
    pub(crate) fn first(n: usize) -> Self {
        Self { first: true, ..Self::new(n) }
    }

    /// Key of `n` attributes, to decrypt or to sign: `[r]H(a)` each; `[alpha]h`,
    /// `[r]U0`, `[r]U1`, `[r]P2`.
    pub(crate) fn key(&self) {
        let r = self.scalars[0];
        for i in 0..self.names.len() {
            black_box(self.H(i) * r);
        }
        black_box((self.points1[0] * r, self.points1[1] * r, G2Projective::generator() * r));
        black_box(self.points1[2] * self.scalars[1]);
    }

    /// `F`, one row `[lambda]F + [s']H(T)`, `[s]P2`, `[s']P2`, `Z^s`.
    pub(crate) fn encapsulate(&self) {
        self.rows(iter::once(self.H_T()));
        black_box(self.target * self.scalars[0]);
    }

    /// As [`Self::encapsulate`], with `n` rows.
    pub(crate) fn encapsulate_or(&self) {
        self.rows((0..self.names.len()).map(|i| self.H(i)));
        black_box(self.target * self.scalars[0]);
    }

    /// `[x]K1`; `K_T`; `c1`, `c2` and the used row read; one product of three pairings.
    pub(crate) fn decapsulate(&self) {
        let K_F = (self.points1[0] * self.scalars[0] + self.points1[1]).to_affine();
        let (c1, c2) = (read2(&self.encoded2[0]), read2(&self.encoded2[1]));
        let pairs = [(K_F, c1), (self.sum(), c2), (self.read_row(), self.points2[2])];
        black_box(pairing_product(&pairs));
    }

    /// `[b rho]H(a)` and `[b delta]H(a)` each; `[gamma]h`, `[rho]U0`, `[rho]U1`, `[delta]U0`,
    /// `[delta]U1`, `[b rho]P2`, `[b delta]P2`.
    pub(crate) fn search_key(&self) {
        let (r, d) = (self.scalars[0], self.scalars[1]);
        for i in 0..self.names.len() {
            let base = self.H(i);
            black_box((base * r, base * d));
        }
        black_box(self.points1[2] * r);
        for scalar in [r, d] {
            black_box((
                self.points1[0] * scalar,
                self.points1[1] * scalar,
                G2Projective::generator() * scalar,
            ));
        }
    }

    /// As [`Self::encapsulate`], with `[s]A` for `Z^s`.
    pub(crate) fn index(&self) {
        self.rows(iter::once(self.H_T()));
        black_box(self.points1[2] * self.scalars[0]);
    }

    /// `[t]K_a + [ty]Z_a` each; `T0` over four bases; `[t]K2 + [ty]Z2`; `[t]P2`.
    pub(crate) fn trapdoor(&self) {
        let (t, ty) = (self.scalars[0], self.scalars[1]);
        for pair in self.points1.chunks_exact(2).take(self.names.len()) {
            black_box(pair[0] * t + pair[1] * ty);
        }
        for i in 0..4 {
            black_box(self.points1[i] * self.scalars[i]);
        }
        black_box((self.points2[0] * t + self.points2[1] * ty, G2Projective::generator() * t));
    }

    /// `T_T`; `c1`, `c2`, `E` and the used row read; one product of four pairings, two of
    /// them with prepared lines.
    pub(crate) fn matches(&self) {
        let (c1, c2) = (read2(&self.encoded2[0]), read2(&self.encoded2[1]));
        let E = read1(&self.encoded1[0]);
        let plain = [(self.points1[0], c1), (self.sum(), c2)];
        let lines = [prepare(&plain[0].1), prepare(&plain[1].1)];
        black_box(product_of_lines(&[
            (&plain[0].0, &lines[0]),
            (&plain[1].0, &lines[1]),
            (&self.read_row(), &self.lines[0]),
            (&E, &self.lines[1]),
        ]));
    }

    /// `K_T`, `[nu]H(T)`, `[x]K1`, `[r*]F`; `[r*]P2`.
    pub(crate) fn sign(&self) {
        black_box((self.sum(), self.H_T() * self.scalars[1]));
        self.root_of_signature();
    }

    /// `[nu_i]H(a)` each, `[x]K1`, `[r*]F`; `[r*]P2`, and `[nu_f]P2` of all but one.
    pub(crate) fn sign_or(&self) {
        for i in 0..self.names.len() {
            black_box(self.H(i) * self.scalars[i]);
        }
        for nu in self.scalars.iter().take(self.names.len() - 1) {
            black_box(G2Projective::generator() * nu);
        }
        self.root_of_signature();
    }

    /// `S` and `V` read; `F + H(T)`; one product of two pairings, one of them with prepared lines.
    pub(crate) fn verify(&self) {
        let S = read1(&self.encoded1[0]);
        let V = prepare(&read2(&self.encoded2[0]));
        let root = (self.F() + self.H_T()).to_affine();
        black_box(product_of_lines(&[(&root, &V), (&S, &self.lines[0])]));
    }

    /// `S`, `V` and the `V_f` read; `F + H(a_n)`, and `H(a_f) - H(a_n)` of the others; one product
    /// of `n + 1` pairings, one of them with prepared lines.
    pub(crate) fn verify_or(&self) {
        let n = self.names.len();
        let S = read1(&self.encoded1[0]);
        let V: Vec<Vec<blst_fp6>> =
            self.encoded2.iter().take(n).map(|bytes| prepare(&read2(bytes))).collect();
        let last = self.H(n - 1);
        let mut sums = vec![last + self.F()];
        sums.extend((0..n - 1).map(|f| self.H(f) - last));
        let mut points = vec![G1Affine::default(); n];
        G1Projective::batch_normalize(&sums, &mut points);
        let mut factors: Vec<_> = points.iter().zip(&V).collect();
        factors.push((&S, &self.lines[0]));
        black_box(product_of_lines(&factors));
    }

    /// Of each of `n` signatures `S` and `V` read; `sum [w]S` and `sum [w]V` with
    /// weights of 128 bits, `sum [w x]V`, `[sum w]h`; one product of four pairings, one
    /// of them with prepared lines.
    pub(crate) fn verify_batch(&self) {
        let n = self.names.len();
        let S: Vec<blst_p1_affine> =
            self.encoded1.iter().take(n).map(|bytes| *read1(bytes).as_ref()).collect();
        let V: Vec<blst_p2_affine> =
            self.encoded2.iter().take(n).map(|bytes| *read2(bytes).as_ref()).collect();
        let w_x: Vec<u8> = self.scalars.iter().take(n).flat_map(|w_x| w_x.to_bytes_le()).collect();
        let (mut w_S, [mut w_V, mut w_x_V]) = (G1Projective::identity(), [G2Projective::identity(); 2]);
        *w_S.as_mut() = S.mult(&self.weights, 128);
        *w_V.as_mut() = V.mult(&self.weights, 128);
        *w_x_V.as_mut() = V.mult(&w_x, 255);
        let [w_V, w_x_V] = [w_V, w_x_V].map(|sum| prepare(&sum.to_affine()));
        black_box(product_of_lines(&[
            (&w_S.to_affine(), &self.lines[0]),
            (&(self.points1[0] * self.scalars[0]).to_affine(), &self.lines[1]),
            (&self.points1[1], &w_V),
            (&self.points1[2], &w_x_V),
        ]));
    }

    /// `X`, `X'`, `ek`; `U = S_ID + [x r]Q_ID`.
    pub(crate) fn handshake_start(&self) {
        black_box(DecapsulationKey768::from_seed([7; 64].into()));
        let (P, k) = (&self.points1, &self.scalars);
        black_box((G1Projective::generator() * k[0], P[0] * k[0]));
        black_box(self.points2[0] * k[1] + self.points2[1]);
    }

    /// `X`, `U`, `ek` read; `Q_ID` hashed; `X'`, `[r]X`, one product of two pairings.
    pub(crate) fn handshake_accept(&self) {
        black_box(EncapsulationKey768::new(&self.ek.to_bytes()).is_ok());
        let X = read1(&self.encoded1[0]);
        let U = read2(&self.encoded2[0]);
        black_box((X * self.scalars[0], G2Projective::hash_to_curve(b"identity", TAG, &[])));
        let key = (X * self.scalars[1] + self.points1[1]).to_affine();
        black_box(pairing_product(&[(self.points1[0], U), (key, self.points2[1])]));
    }

    /// `T`, `V`, `ct`; an envelope.
    pub(crate) fn handshake_reply(&self) {
        black_box(self.ek.encapsulate_deterministic(&[7; 32].into()));
        black_box((G1Projective::generator() * self.scalars[0], self.points1[0] * self.scalars[0]));
        self.envelope_seal();
    }

    /// `T` read, `V`, `ss` by a key that was kept as its seed; an envelope opened.
    pub(crate) fn handshake_finish(&self) {
        black_box(DecapsulationKey768::from_seed([7; 64].into()).decapsulate(&self.ct));
        black_box(read1(&self.encoded1[0]) * self.scalars[0]);
        self.envelope_open();
    }

    /// `[k]P1`, `e([k]P_SN, Q_ID)`.
    pub(crate) fn envelope_seal(&self) {
        black_box(G1Projective::generator() * self.scalars[0]);
        let P = (self.points1[0] * self.scalars[0]).to_affine();
        black_box(pairing_product(&[(P, self.points2[0])]));
    }

    /// `C` read, `e(C, S_ID)`.
    pub(crate) fn envelope_open(&self) {
        black_box(pairing_product(&[(read1(&self.encoded1[0]), self.points2[0])]));
    }

    /// `H(a)` of one attribute.
    fn H(&self, i: usize) -> G1Projective {
        if self.first { hash(&self.names[i]) } else { self.points1[i].into() }
    }

    /// `H(T)`, the sum of all. It is cached after the first use.
    fn H_T(&self) -> G1Projective {
        if self.first {
            self.names.iter().fold(G1Projective::identity(), |sum, name| sum + hash(name))
        } else {
            self.points1[0].into()
        }
    }

    /// `F = U0 + [x]U1`
    fn F(&self) -> G1Affine {
        (self.points1[1] * self.scalars[0] + self.points1[0]).to_affine()
    }

    /// `[x]K1`, `[r*]F`; `[r*]P2`
    fn root_of_signature(&self) {
        black_box((self.points1[2] * self.scalars[0], self.F() * self.scalars[1]));
        black_box(G2Projective::generator() * self.scalars[1]);
    }

    /// Rows with these points, and `[s]P2`, `[s']P2`.
    fn rows(&self, points: impl Iterator<Item = G1Projective>) {
        let (F, k) = (self.F(), &self.scalars);
        for point in points {
            black_box(F * k[1] + point * k[2]);
        }
        black_box((G2Projective::generator() * k[1], G2Projective::generator() * k[2]));
    }

    /// The used row: decompressed, and checked for the subgroup.
    fn read_row(&self) -> G1Affine {
        let row = G1Affine::from_compressed_unchecked(&self.encoded1[0]).unwrap();
        assert!(bool::from(row.is_torsion_free()));
        row
    }

    fn sum(&self) -> G1Affine {
        sum(self.points1.iter().take(self.names.len()).copied())
    }
}

/// Runs AES-256-CTR and SHA-256 over the same bytes, alternating every 4 KiB.
pub(crate) fn encrypt_and_hash(data: &mut [u8]) {
    let mut cipher = Ctr128BE::<Aes256>::new(&[1; 32].into(), &[0; 16].into());
    let mut hash = Sha256::new();
    for piece in data.chunks_mut(1 << 12) {
        cipher.apply_keystream(piece);
        hash.update(piece);
    }
    black_box(hash.finalize());
}

fn sum(points: impl Iterator<Item = G1Affine>) -> G1Affine {
    points.fold(G1Projective::identity(), |sum, point| sum + point).to_affine()
}

fn hash(name: &str) -> G1Projective {
    G1Projective::hash_to_curve(name.as_bytes(), TAG, &[])
}

fn read1(bytes: &[u8; 48]) -> G1Affine {
    G1Affine::from_compressed(bytes).unwrap()
}

fn read2(bytes: &[u8; 96]) -> G2Affine {
    G2Affine::from_compressed(bytes).unwrap()
}

fn pairing_product(pairs: &[(G1Affine, G2Affine)]) -> blst_fp12 {
    let (p, q): (Vec<blst_p1_affine>, Vec<blst_p2_affine>) =
        pairs.iter().map(|(p, q)| (*p.as_ref(), *q.as_ref())).unzip();
    blst_fp12::miller_loop_n(&q, &p).final_exp()
}

#[expect(unsafe_code, reason = "the backend offers prepared lines through its C interface only")]
fn prepare(point: &G2Affine) -> Vec<blst_fp6> {
    let mut lines = vec![blst_fp6::default(); LINES];
    // SAFETY: blst writes 68 lines, which the vector has.
    unsafe { blst_precompute_lines(lines.as_mut_ptr(), point.as_ref()) };
    lines
}

/// Computes one Miller loop over prepared lines that shares the squarings, and the
/// final exponentiation.
#[expect(unsafe_code, reason = "as above")]
fn product_of_lines(factors: &[(&G1Affine, &Vec<blst_fp6>)]) -> blst_fp12 {
    let scaled: Vec<(blst_fp, blst_fp)> = factors
        .iter()
        .map(|(p, _)| {
            let (mut two_x, mut x, mut y) = (blst_fp::default(), blst_fp::default(), blst_fp::default());
            // SAFETY: reads initialised field elements, writes three.
            unsafe {
                blst_fp_add(&mut two_x, &p.as_ref().x, &p.as_ref().x);
                blst_fp_cneg(&mut x, &two_x, true);
                blst_fp_add(&mut y, &p.as_ref().y, &p.as_ref().y);
            }
            (x, y)
        })
        .collect();
    let mut f = blst_fp12::default();
    let mut step = 0;
    let mut multiply = |f: &mut blst_fp12| {
        for ((_, lines), (x, y)) in factors.iter().zip(&scaled) {
            let mut line = lines[step];
            scale(&mut line.fp2[1], x);
            scale(&mut line.fp2[2], y);
            let before = *f;
            // SAFETY: reads two initialised elements, writes one.
            unsafe { blst_fp12_mul_by_xy00z0(f, &before, &line) };
        }
        step += 1;
    };
    multiply(&mut f);
    for doublings in [2, 3, 9, 32, 16] {
        multiply(&mut f);
        for _ in 0..doublings {
            let before = f;
            // SAFETY: reads one initialised element, writes another.
            unsafe { blst_fp12_sqr(&mut f, &before) };
            multiply(&mut f);
        }
    }
    // SAFETY: conjugates one initialised element in place.
    unsafe { blst_fp12_conjugate(&mut f) };
    f.final_exp()
}

/// Multiplies both coefficients in place.
#[expect(unsafe_code, reason = "as above")]
fn scale(element: &mut blst_fp2, by: &blst_fp) {
    for c in &mut element.fp {
        let before = *c;
        // SAFETY: reads two initialised field elements, writes one.
        unsafe { blst_fp_mul(c, &before, by) };
    }
}
