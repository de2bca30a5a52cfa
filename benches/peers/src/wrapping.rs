//! Encryption of a record's key under a policy that requires all of `n` attributes, by a user
//! who has exactly these.

use medseal::abe;
use medseal::policy::{Attributes, Policy};
use rabe::schemes::{ac17, bsw};
use rabe::utils::policy::pest::PolicyLanguage::HumanPolicy;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

const SECRET: [u8; 32] = [7; 32];

/// A library with an authority and a user. Keys and ciphertexts are encoded when they are made, and
/// a ciphertext is decoded before it is opened.
pub struct Wrapping {
    pub name: &'static str,
    pub issue: Box<dyn FnMut() -> Vec<u8>>,
    pub encrypt: Box<dyn FnMut() -> Vec<u8>>,
    pub decrypt: Box<dyn Fn(&[u8])>,
}

pub fn all(n: usize) -> Vec<Wrapping> {
    vec![medseal(n), rabe_ac17(n), rabe_bsw(n)]
}

/// Without an underscore: rabe takes the part before one for the name.
fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("attribute{i}")).collect()
}

fn medseal(n: usize) -> Wrapping {
    let mut rng = ChaCha20Rng::seed_from_u64(2026);
    let authority = abe::MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let attributes = Attributes::parse(&names(n).join(", ")).unwrap();
    let policy = Policy::parse(&names(n).join(" and ")).unwrap();
    let key = authority.issue(&attributes, &mut rng).unwrap();
    let mut wrapping_rng = ChaCha20Rng::seed_from_u64(2027);
    Wrapping {
        name: "medseal",
        issue: Box::new(move || authority.issue(&attributes, &mut rng).unwrap().to_bytes().to_vec()),
        encrypt: Box::new(move || {
            public_key.wrap(&policy, &SECRET, b"", None, &mut wrapping_rng).unwrap().to_bytes()
        }),
        decrypt: Box::new(move |ciphertext| {
            let received = abe::WrappedKey::from_bytes(ciphertext).unwrap();
            assert_eq!(*key.unwrap_key(&received, b"", None).unwrap(), SECRET);
        }),
    }
}

fn quoted(n: usize) -> Vec<String> {
    names(n).iter().map(|name| format!("\"{name}\"")).collect()
}

/// Returns the same policy with binary gates, as rabe's AC17 requires.
fn in_pairs(leaves: &[String]) -> String {
    match leaves {
        [leaf] => leaf.clone(),
        _ => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            format!("({} and {})", in_pairs(left), in_pairs(right))
        }
    }
}

fn texts(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn rabe_ac17(n: usize) -> Wrapping {
    let (public_key, master_key) = ac17::setup();
    let (attributes, policy) = (names(n), in_pairs(&quoted(n)));
    let issue = move || ac17::cp_keygen(&master_key, &texts(&attributes)).unwrap();
    let key = issue();
    Wrapping {
        name: "rabe, AC17",
        issue: Box::new(move || borsh::to_vec(&issue()).unwrap()),
        encrypt: Box::new(move || {
            let ciphertext = ac17::cp_encrypt(&public_key, &policy, &SECRET, HumanPolicy);
            borsh::to_vec(&ciphertext.unwrap()).unwrap()
        }),
        decrypt: Box::new(move |ciphertext| {
            let received = borsh::from_slice(ciphertext).unwrap();
            assert_eq!(ac17::cp_decrypt(&key, &received).unwrap(), SECRET);
        }),
    }
}

fn rabe_bsw(n: usize) -> Wrapping {
    let (public_key, master_key) = bsw::setup();
    let (attributes, policy, everybody) = (names(n), quoted(n).join(" and "), public_key.clone());
    let issue = move || bsw::keygen(&public_key, &master_key, &texts(&attributes)).unwrap();
    let key = issue();
    Wrapping {
        name: "rabe, BSW",
        issue: Box::new(move || borsh::to_vec(&issue()).unwrap()),
        encrypt: Box::new(move || {
            borsh::to_vec(&bsw::encrypt(&everybody, &policy, HumanPolicy, &SECRET).unwrap()).unwrap()
        }),
        decrypt: Box::new(move |ciphertext| {
            let received = borsh::from_slice(ciphertext).unwrap();
            assert_eq!(bsw::decrypt(&key, &received).unwrap(), SECRET);
        }),
    }
}
