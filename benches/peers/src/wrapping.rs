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
pub trait Wrapping {
    fn name(&self) -> &'static str;
    fn issue(&mut self) -> Vec<u8>;
    fn encrypt(&mut self) -> Vec<u8>;
    fn decrypt(&mut self, ciphertext: &[u8]);
}

pub fn all(n: usize) -> Vec<Box<dyn Wrapping>> {
    vec![Box::new(Medseal::new(n)), Box::new(Ac17::new(n)), Box::new(Bsw::new(n))]
}

/// Without an underscore: rabe takes the part before one for the name.
fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("attribute{i}")).collect()
}

struct Medseal {
    authority: abe::MasterKey,
    public_key: abe::PublicKey,
    attributes: Attributes,
    policy: Policy,
    key: abe::DecryptionKey,
    rng: ChaCha20Rng,
}

impl Medseal {
    fn new(n: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(2026);
        let authority = abe::MasterKey::generate(&mut rng).unwrap();
        let attributes = Attributes::parse(&names(n).join(", ")).unwrap();
        Self {
            public_key: authority.public_key(),
            key: authority.issue(&attributes, &mut rng).unwrap(),
            policy: Policy::parse(&names(n).join(" and ")).unwrap(),
            authority,
            attributes,
            rng,
        }
    }
}

impl Wrapping for Medseal {
    fn name(&self) -> &'static str {
        "medseal"
    }
    fn issue(&mut self) -> Vec<u8> {
        self.authority.issue(&self.attributes, &mut self.rng).unwrap().to_bytes().to_vec()
    }
    fn encrypt(&mut self) -> Vec<u8> {
        self.public_key.wrap(&self.policy, &SECRET, b"", None, &mut self.rng).unwrap().to_bytes()
    }
    fn decrypt(&mut self, ciphertext: &[u8]) {
        let received = abe::WrappedKey::from_bytes(ciphertext).unwrap();
        assert_eq!(*self.key.unwrap_key(&received, b"", None).unwrap(), SECRET);
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

struct Ac17 {
    public_key: ac17::Ac17PublicKey,
    master_key: ac17::Ac17MasterKey,
    attributes: Vec<String>,
    policy: String,
    key: ac17::Ac17CpSecretKey,
}

impl Ac17 {
    fn new(n: usize) -> Self {
        let (public_key, master_key) = ac17::setup();
        let attributes = names(n);
        let key = ac17::cp_keygen(&master_key, &texts(&attributes)).unwrap();
        Self { public_key, master_key, attributes, policy: in_pairs(&quoted(n)), key }
    }
}

fn texts(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

impl Wrapping for Ac17 {
    fn name(&self) -> &'static str {
        "rabe, AC17"
    }
    fn issue(&mut self) -> Vec<u8> {
        borsh::to_vec(&ac17::cp_keygen(&self.master_key, &texts(&self.attributes)).unwrap()).unwrap()
    }
    fn encrypt(&mut self) -> Vec<u8> {
        let ciphertext = ac17::cp_encrypt(&self.public_key, &self.policy, &SECRET, HumanPolicy);
        borsh::to_vec(&ciphertext.unwrap()).unwrap()
    }
    fn decrypt(&mut self, ciphertext: &[u8]) {
        let received = borsh::from_slice(ciphertext).unwrap();
        assert_eq!(ac17::cp_decrypt(&self.key, &received).unwrap(), SECRET);
    }
}

struct Bsw {
    public_key: bsw::CpAbePublicKey,
    master_key: bsw::CpAbeMasterKey,
    attributes: Vec<String>,
    policy: String,
    key: bsw::CpAbeSecretKey,
}

impl Bsw {
    fn new(n: usize) -> Self {
        let (public_key, master_key) = bsw::setup();
        let attributes = names(n);
        let key = bsw::keygen(&public_key, &master_key, &texts(&attributes)).unwrap();
        Self { public_key, master_key, attributes, policy: quoted(n).join(" and "), key }
    }
}

impl Wrapping for Bsw {
    fn name(&self) -> &'static str {
        "rabe, BSW"
    }
    fn issue(&mut self) -> Vec<u8> {
        let key = bsw::keygen(&self.public_key, &self.master_key, &texts(&self.attributes));
        borsh::to_vec(&key.unwrap()).unwrap()
    }
    fn encrypt(&mut self) -> Vec<u8> {
        let ciphertext = bsw::encrypt(&self.public_key, &self.policy, HumanPolicy, &SECRET);
        borsh::to_vec(&ciphertext.unwrap()).unwrap()
    }
    fn decrypt(&mut self, ciphertext: &[u8]) {
        let received = borsh::from_slice(ciphertext).unwrap();
        assert_eq!(bsw::decrypt(&self.key, &received).unwrap(), SECRET);
    }
}
