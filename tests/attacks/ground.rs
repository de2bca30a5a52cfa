//! Public computations: sections 1 to 3 of `docs/interoperability.md`, written directly
//! on the curve's backend.

use aes::Aes256;
use blst::blst_fp12;
use blstrs::{G1Affine, G1Projective, G2Affine, G2Projective, Scalar};
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use ff::Field;
use group::{Curve, Group};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use medseal::Error;
use medseal::policy::Attributes;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use sha2::{Digest, Sha256};

/// The random generator of a run, the same in every run.
pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

// --- scalars, points, pairings ---

/// `P1` and `P2`.
pub(crate) fn P1() -> G1Projective {
    G1Projective::generator()
}

pub(crate) fn P2() -> G2Projective {
    G2Projective::generator()
}

/// A big-endian integer of any length modulo the group's order.
pub(crate) fn scalar_from_wide(bytes: &[u8]) -> Scalar {
    bytes.iter().fold(Scalar::ZERO, |sum, byte| sum * Scalar::from(256) + Scalar::from(u64::from(*byte)))
}

/// A small number, which may be negative.
pub(crate) fn small(number: i32) -> Scalar {
    let scalar = Scalar::from(u64::from(number.unsigned_abs()));
    if number < 0 { -scalar } else { scalar }
}

pub(crate) fn random_scalar(rng: &mut ChaCha20Rng) -> Scalar {
    let mut wide = [0; 64];
    rng.fill_bytes(&mut wide);
    scalar_from_wide(&wide)
}

pub(crate) fn g1_bytes(point: &G1Projective) -> [u8; 48] {
    point.to_affine().to_compressed()
}

pub(crate) fn g2_bytes(point: &G2Projective) -> [u8; 96] {
    point.to_affine().to_compressed()
}

/// The product of the pairings `e(P, Q)`. A pairing with the identity is one, as in mathematics.
pub(crate) fn pair(pairs: &[(G1Projective, G2Projective)]) -> blst_fp12 {
    let some = pairs.iter().filter(|(P, Q)| !bool::from(P.is_identity() | Q.is_identity()));
    let loops = some.map(|(P, Q)| {
        let (P, Q): (G1Affine, G2Affine) = (P.to_affine(), Q.to_affine());
        blst_fp12::miller_loop(Q.as_ref(), P.as_ref())
    });
    loops.fold(blst_fp12::default(), |product, factor| product * factor).final_exp()
}

pub(crate) fn is_one(value: &blst_fp12) -> bool {
    *value == blst_fp12::default()
}

/// Whether a point on the curve lies in the subgroup.
fn in_subgroup(point: &[u8]) -> Option<bool> {
    let of_g1 = |point| G1Affine::from_compressed_unchecked(point).map(|P| P.is_torsion_free().into());
    let of_g2 = |point| G2Affine::from_compressed_unchecked(point).map(|P| P.is_torsion_free().into());
    match point.len() {
        48 => of_g1(point.try_into().unwrap()).into(),
        _ => of_g2(point.try_into().unwrap()).into(),
    }
}

/// The identity, a point outside the subgroup, a point off the curve, and bytes that encode no
/// point, compressed to `size` bytes.
pub(crate) fn bad_elements(size: usize) -> [(Vec<u8>, Error); 5] {
    let with_x = |x: u8| [&[0x80], &vec![0; size - 2][..], &[x]].concat();
    let first = |expected| (0..=255).map(with_x).find(|x| in_subgroup(x) == expected).unwrap();
    [
        ([&[0xc0], &vec![0; size - 1][..]].concat(), Error::IdentityPoint),
        (first(Some(false)), Error::PointNotInSubgroup),
        (first(None), Error::InvalidPoint),
        (vec![0; size], Error::InvalidPoint),
        (vec![0xff; size], Error::InvalidPoint),
    ]
}

// --- hashing and keys ---

pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(parts.concat()).into()
}

pub(crate) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(parts.concat()).finalize().into_bytes().into()
}

pub(crate) fn kdf<const N: usize>(secret: &[u8], label: &str, context: &[u8]) -> [u8; N] {
    let mut key = [0; N];
    Hkdf::<Sha256>::new(Some(label.as_bytes()), secret).expand(context, &mut key).unwrap();
    key
}

/// `N` keys of 32 bytes from one derivation.
pub(crate) fn keys<const N: usize>(secret: &[u8], label: &str, context: &[u8]) -> [[u8; 32]; N] {
    let mut bytes = vec![0; 32 * N];
    Hkdf::<Sha256>::new(Some(label.as_bytes()), secret).expand(context, &mut bytes).unwrap();
    core::array::from_fn(|i| bytes[32 * i..][..32].try_into().unwrap())
}

fn tag(purpose: &str, suite: &str) -> Vec<u8> {
    format!("MEDSEAL-V1-{purpose}-{suite}").into_bytes()
}

pub(crate) fn hash_to_g1(purpose: &str, message: &[u8]) -> G1Projective {
    G1Projective::hash_to_curve(message, &tag(purpose, "BLS12381G1_XMD:SHA-256_SSWU_RO_"), &[])
}

pub(crate) fn hash_to_g2(purpose: &str, message: &[u8]) -> G2Projective {
    G2Projective::hash_to_curve(message, &tag(purpose, "BLS12381G2_XMD:SHA-256_SSWU_RO_"), &[])
}

/// RFC 9380: `expand_message_xmd` with SHA-256 to 48 bytes, modulo the group's order.
pub(crate) fn hash_to_scalar(purpose: &str, message: &[u8]) -> Scalar {
    let tag = tag(purpose, "BLS12381FR_XMD:SHA-256_RO_");
    let dst = [tag.as_slice(), &[tag.len() as u8]].concat();
    let b_0 = sha256(&[&[0; 64], message, &48_u16.to_be_bytes(), &[0], &dst]);
    let b_1 = sha256(&[&b_0, &[1], &dst]);
    let mixed: [u8; 32] = core::array::from_fn(|i| b_0[i] ^ b_1[i]);
    let b_2 = sha256(&[&mixed, &[2], &dst]);
    scalar_from_wide(&[b_1.as_slice(), &b_2[..16]].concat())
}

/// The hash input of items with their labels.
#[derive(Clone, Default)]
pub(crate) struct Transcript(Vec<u8>);

impl Transcript {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn item(mut self, label: &str, item: impl AsRef<[u8]>) -> Self {
        self.0.extend(var(label.as_bytes()));
        self.0.extend(var(item.as_ref()));
        self
    }

    pub(crate) fn digest(&self, purpose: &str) -> [u8; 32] {
        sha256(&[&var(&tag(purpose, "SHA-256")), &self.0])
    }

    pub(crate) fn challenge(&self, purpose: &str) -> Scalar {
        hash_to_scalar(purpose, &self.0)
    }

    pub(crate) fn derive<const N: usize>(&self, label: &str) -> [u8; N] {
        kdf(&self.0, label, b"")
    }
}

/// The 128-bit weights that a seed gives to the equations of a batch.
pub(crate) fn weights(purpose: &str, seed: [u8; 32]) -> impl Iterator<Item = Scalar> {
    (0_u32..).map(move |index| {
        let wide = Transcript::new().item("seed", seed).item("index", index.to_be_bytes()).challenge(purpose);
        scalar_from_wide(&wide.to_bytes_be()[16..])
    })
}

/// AES-256-CTR from counter block zero, and HMAC-SHA-256 over `u64(len aad) || aad || ct`.
pub(crate) fn seal(key: &[u8; 32], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let [k_e, k_m] = keys(key, "seal", b"");
    let mut sealed = plaintext.to_vec();
    Ctr128BE::<Aes256>::new(&k_e.into(), &[0; 16].into()).apply_keystream(&mut sealed);
    let tag = hmac(&k_m, &[&(aad.len() as u64).to_be_bytes(), aad, &sealed]);
    sealed.extend(tag);
    sealed
}

/// Returns `None` if the tag is wrong.
pub(crate) fn open(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let [k_e, k_m] = keys(key, "seal", b"");
    let (ciphertext, tag) = sealed.split_last_chunk::<32>()?;
    if hmac(&k_m, &[&(aad.len() as u64).to_be_bytes(), aad, ciphertext]) != *tag {
        return None;
    }
    let mut plaintext = ciphertext.to_vec();
    Ctr128BE::<Aes256>::new(&k_e.into(), &[0; 16].into()).apply_keystream(&mut plaintext);
    Some(plaintext)
}

// --- byte forms ---

/// The first four bytes of an object of this kind.
pub(crate) fn header(kind: u8) -> [u8; 4] {
    [b'M', b'S', 1, kind]
}

/// The bytes after their length.
pub(crate) fn var(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes(), bytes].concat()
}

/// Reads the fields of an object, in order. It does not validate: tests pass objects
/// that the library made.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The fields after the header.
    pub(crate) fn new(kind: u8, object: &'a [u8]) -> Self {
        let (first, fields) = object.split_first_chunk().unwrap();
        assert_eq!(*first, header(kind));
        Self(fields)
    }

    /// Fields without a header.
    pub(crate) fn fields(fields: &'a [u8]) -> Self {
        Self(fields)
    }

    pub(crate) fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        self.take(N).try_into().unwrap()
    }

    pub(crate) fn u8(&mut self) -> u8 {
        self.bytes::<1>()[0]
    }

    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.bytes())
    }

    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.bytes())
    }

    pub(crate) fn var(&mut self) -> &'a [u8] {
        let length = self.u32() as usize;
        self.take(length)
    }

    pub(crate) fn scalar(&mut self) -> Scalar {
        Scalar::from_bytes_be(&self.bytes()).unwrap()
    }

    pub(crate) fn g1(&mut self) -> G1Projective {
        G1Affine::from_compressed(&self.bytes()).unwrap().into()
    }

    pub(crate) fn g2(&mut self) -> G2Projective {
        G2Affine::from_compressed(&self.bytes()).unwrap().into()
    }

    /// The remaining bytes.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn end(self) {
        assert!(self.0.is_empty(), "{} bytes follow", self.0.len());
    }
}

// --- attributes ---

/// An attribute as the schemes hash it, or a statement about one digit of a number.
pub(crate) type Canonical = Vec<u8>;

/// The bytes of an attribute: of its label, its kind and what follows.
pub(crate) fn attribute(label: &str, kind: u8, rest: &[u8]) -> Canonical {
    [var(label.as_bytes()).as_slice(), &[kind], rest].concat()
}

/// The hexadecimal digits of a number, without leading zeros.
pub(crate) fn digits(number: u64) -> Vec<u8> {
    let places = (0..8).rev().map(|place| (number >> (4 * place) & 15) as u8);
    places.skip_while(|digit| *digit == 0).collect()
}

/// States that a number has at least `k` digits, or fewer.
pub(crate) fn length(label: &str, kind: u8, k: u8, answer: bool) -> Canonical {
    attribute(label, kind, &[1, k, answer.into()])
}

/// States that in a number of `m` digits, the digit after this prefix is at least `c`, or less.
pub(crate) fn digit(label: &str, kind: u8, m: u8, prefix: &[u8], c: u8, answer: bool) -> Canonical {
    attribute(label, kind, &[&[2, m, prefix.len() as u8], prefix, &[c, answer.into()]].concat())
}

/// The number itself, and the statements about its length and each of its digits.
fn expanded(label: &str, kind: u8, number: u32) -> Vec<Canonical> {
    let d = digits(number.into());
    let m = d.len() as u8;
    let itself = attribute(label, kind, &[&[0], number.to_be_bytes().as_slice()].concat());
    let lengths = (1..=8).map(|k| length(label, kind, k, m >= k));
    let of_digits = d.iter().enumerate().flat_map(|(j, d_j)| {
        let (prefix, least) = (&d[..j], if j == 0 { 2 } else { 1 });
        (least..=15).map(move |c| digit(label, kind, m, prefix, c, *d_j >= c))
    });
    [itself].into_iter().chain(lengths).chain(of_digits).collect()
}

/// A set of attributes as encoded in keys and trapdoors.
pub(crate) struct Held {
    /// The fields of the set, in decoding order.
    pub(crate) fields: Vec<u8>,
    /// The attributes, in order.
    pub(crate) attributes: Vec<Canonical>,
    /// All attributes, with numbers expanded, in the order of a key's elements.
    pub(crate) expanded: Vec<Canonical>,
    /// The labels with exactly one value that is a text, in order, each with its text.
    pub(crate) single_texts: Vec<(String, String)>,
}

impl Held {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let start = reader.0;
        let (mut attributes, mut all) = (Vec::new(), Vec::new());
        let mut values: Vec<(String, Option<String>)> = Vec::new();
        let owned = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        for _ in 0..reader.u32() {
            let (label, kind) = (owned(reader.var()), reader.u8());
            let itself = all.len();
            match kind {
                0 => all.push(attribute(&label, kind, &[])),
                1 => {
                    let text = reader.var();
                    all.push(attribute(&label, kind, &var(text)));
                    values.push((label, Some(owned(text))));
                }
                _ => {
                    all.extend(expanded(&label, kind, reader.u32()));
                    values.push((label, None));
                }
            }
            attributes.push(all[itself].clone());
        }
        all.sort();
        let alone = |label: &str| values.iter().filter(|(other, _)| other == label).count() == 1;
        let texts = values.iter().filter_map(|(label, text)| Some((label.clone(), text.clone()?)));
        let mut single_texts: Vec<_> = texts.filter(|(label, _)| alone(label)).collect();
        single_texts.sort_by_key(|(label, _)| var(label.as_bytes()));
        let fields = start[..start.len() - reader.0.len()].to_vec();
        Self { fields, attributes, expanded: all, single_texts }
    }

    /// The set that a text names.
    pub(crate) fn parse(text: &str) -> Self {
        let bytes = Attributes::parse(text).unwrap().to_bytes();
        Self::read(&mut Reader::new(0x10, &bytes))
    }
}

/// The bytes of one attribute.
pub(crate) fn canonical(attribute: &str) -> Canonical {
    let [one] = Held::parse(attribute).attributes.try_into().unwrap();
    one
}
