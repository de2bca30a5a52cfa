//! Readers who do not satisfy a policy, with everything that is public: the ledger, the store, the
//! public keys; and with their own members' keys, which they pool. Their program finds and opens by
//! the equations alone, without a policy check.

use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use medseal::Error;
use medseal::identity::Disclosure;
use medseal::ledger::Ledger;
use medseal::policy::Attributes;
use medseal::share::{MemberKeys, MemoryStore, ObjectStore};

use super::parts::{Parts, wrap_aad};
use crate::ground::{
    self, Held, P2, Reader, canonical, g2_bytes, hash_to_scalar, header, hmac, is_one, kdf, keys, pair, rng,
    var,
};
use crate::keys::Key;
use crate::merkle::prover::{leaf, mth};
use crate::records::writer::Writer;
use crate::world::{
    WORLD, consortium, database, find, go_on, keywords, ledger, open, policy, publication, publish_in, record,
};

fn decryption_key(keys: &MemberKeys) -> Key {
    Key::read(0x22, &keys.decryption.to_bytes())
}

/// Has the keyword key, as all members do.
fn search_key(keys: &MemberKeys) -> (Key, [u8; 32]) {
    let bytes = keys.search.to_bytes();
    let mut reader = Reader::new(0x32, &bytes);
    let (held, kappa) = (Held::read(&mut reader), reader.bytes());
    (Key::read_points(&held, &mut reader), kappa)
}

/// An attempt: elements, possibly from several users, one for each attribute of the single row,
/// each with its multiplicity.
struct Attempt<'a> {
    K2: &'a G2Projective,
    K0: &'a G1Projective,
    K1: &'a G1Projective,
    of_row: [(&'a G1Projective, Scalar); 2],
}

impl Attempt<'_> {
    /// `e(K0 + [x]K1, c1) · e(sum of [k]K_a, c2) · e(- c3, K2)`, as pairs.
    fn pairs(
        &self,
        x: Scalar,
        (c1, c2, c3): (G2Projective, G2Projective, G1Projective),
    ) -> [(G1Projective, G2Projective); 3] {
        let K: G1Projective = self.of_row.iter().map(|(K_a, k)| **K_a * k).sum();
        [(self.K0 + self.K1 * x, c1), (K, c2), (-c3, *self.K2)]
    }

    /// Whether this is the only keyword of an index under a policy of two attributes. The key
    /// itself serves as the trapdoor.
    fn finds(&self, index: &[u8], kappa: &[u8; 32], word: &str) -> bool {
        let x = hash_to_scalar("SEARCH-KW", &hmac(kappa, &[b"keyword", &var(word.as_bytes())]));
        let index = [&header(0x34)[..], index].concat();
        let mut reader = Reader::new(0x34, &index);
        let (_, hints, count) = (reader.var(), reader.u8(), reader.u32());
        assert_eq!((hints, count), (0, 1));
        let (c1, E, c2, c3) = (reader.g2(), reader.g1(), reader.g2(), reader.g1());
        reader.end();
        let [first, second, third] = self.pairs(x, (c1, c2, c3));
        // e(T0, c1) · e(sum of T_a, c2) · e(- c3, T2) · e(-E, T3) = 1
        is_one(&pair(&[first, second, third, (-E, P2())]))
    }

    /// The secret of a key wrapped under a policy of two attributes.
    fn unwraps(&self, wrapped: &[u8], aad: &[u8]) -> Option<Vec<u8>> {
        let wrapped = [&header(0x23)[..], wrapped].concat();
        let mut reader = Reader::new(0x23, &wrapped);
        let (_epoch, _policy) = (reader.u32(), reader.var());
        let (c1, c2, c3) = (reader.g2(), reader.g2(), reader.g1());
        let (com, c5): ([u8; 32], [u8; 32]) = (reader.bytes(), reader.bytes());
        // It skips c6, which protects only the reader.
        reader.take(32);
        let sealed = reader.var();
        reader.end();
        let D = pair(&self.pairs(hash_to_scalar("ABE-SLOT", &com), (c1, c2, c3)));
        // m = c5 xor kdf(D, "kem-mask", c1 || com)
        let mask: [u8; 32] = kdf(&D.to_bendian(), "kem-mask", &[&g2_bytes(&c1)[..], &com].concat());
        let m: [u8; 32] = core::array::from_fn(|i| c5[i] ^ mask[i]);
        let [_, k_out] = keys(&m, "kem-keys", &com);
        ground::open(&k_out, aad, sealed)
    }
}

/// The parts of an entry that these users find and open, under every combination of their elements.
fn try_all(entry: &Parts, object: &[u8], users: &[&MemberKeys]) -> (bool, Option<Vec<u8>>) {
    let (mut found, mut opened) = (false, None);
    let decryption: Vec<_> = users.iter().map(|keys| decryption_key(keys)).collect();
    let (search, kappa): (Vec<_>, Vec<_>) = users.iter().map(|keys| search_key(keys)).unzip();
    attempts(&search, &mut |attempt| found |= attempt.finds(&entry.index, &kappa[0], "e11.9"));
    attempts(&decryption, &mut |attempt| {
        if let Some(secret) = attempt.unwraps(&entry.key, &wrap_aad(&entry.digest)) {
            let key: [u8; 32] = secret[4..].try_into().unwrap();
            opened = Some(Writer::under(&key, &object[..38]).crypt(0, &object[70..object.len() - 32]));
        }
    });
    (found, opened)
}

/// Every choice of users for the elements, of an element for each of the two attributes, and of
/// their multiplicities: both, or one of them.
fn attempts(users: &[Key], attempt: &mut dyn FnMut(&Attempt<'_>)) {
    let elements: Vec<_> = users.iter().flat_map(|user| user.K.values()).collect();
    let (zero, one) = (Scalar::ZERO, Scalar::ONE);
    for (K2, first) in users.iter().flat_map(|user| users.iter().map(|other| (&user.K2, other))) {
        for (a, b) in elements.iter().flat_map(|a| elements.iter().map(|b| (*a, *b))) {
            for (k_a, k_b) in [(one, one), (one, zero), (zero, one)] {
                let of_row = [(a, k_a), (b, k_b)];
                attempt(&Attempt { K2, K0: &first.K0, K1: &first.K1, of_row });
            }
        }
    }
}

#[test]
fn the_unentitled_find_nothing_even_together() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let sharing = consortium(&ledger, &store);
    let access = policy("role=researcher and accredited");
    let (words, record) = (keywords(&["e11.9"]), record(1000));
    let mut database = database();
    let publication = publication(&access, &words);
    let published =
        sharing.publish(&record[..], &publication, Some(&mut database), &mut rng(1), &mut go_on).unwrap();
    let id = published.place.id;
    let entry = Parts::read(&ledger.get(&id).unwrap().to_bytes());
    let mut object = Vec::new();
    store.get(&published.address).unwrap().read_to_end(&mut object).unwrap();

    // One user has the role, one is accredited, one is neither.
    let (researcher, clinic, visitor) = (&WORLD.researcher, &WORLD.clinic, &WORLD.visitor);
    let half =
        |keys: &MemberKeys, attribute: &str| decryption_key(keys).K.contains_key(&canonical(attribute));
    assert!(half(researcher, "role=researcher") && half(clinic, "accredited"));
    for users in [&[visitor][..], &[researcher], &[clinic], &[researcher, clinic]] {
        assert_eq!(try_all(&entry, &object, users), (false, None));
    }
    // The library opens nothing either.
    for keys in [visitor, researcher, clinic, &WORLD.doctor] {
        assert!(find(&sharing, "e11.9", keys).is_empty());
        assert_eq!(open(&sharing, &id, keys), (vec![], Err(Error::PolicyNotSatisfied)));
    }
    // A hospital cannot open another hospital's envelope either.
    let envelope = ledger.get(&id).unwrap();
    let envelope = envelope.statement().envelope.as_ref().unwrap();
    let aad = published.digest.as_bytes();
    assert_eq!(WORLD.other_hospital.open(envelope, aad, None).unwrap_err(), Error::DecryptionFailed);
    WORLD.hospital.open(envelope, aad, None).unwrap();

    // The same program with a key for both, which its holder shares with the others.
    let both = Attributes::parse("role=researcher, accredited").unwrap();
    let both = WORLD.authority.issue(&both, &mut rng(2)).unwrap();
    assert_eq!(try_all(&entry, &object, &[&both]), (true, Some(record.clone())));
    assert_eq!(find(&sharing, "e11.9", &both), [id]);
    assert_eq!(open(&sharing, &id, &both), (record, Ok(())));
}

#[test]
fn database_digests_do_not_group_entries() {
    let (ledger, store, mut database) = (ledger(), MemoryStore::new(), database());
    let sharing = consortium(&ledger, &store);
    for n in 0..4_u8 {
        publish_in(&sharing, &[n; 10][..], Some(&mut database), n.into()).unwrap();
    }
    let entries: Vec<_> = ledger.scan(1).map(|(_, item)| item.unwrap().to_bytes()).collect();
    // The digests of records are public, and so are the roots over any of them, in the ledger's
    // order. One of these in an entry would reveal that those records belong to one hospital.
    let leaves: Vec<_> = entries.iter().map(|entry| leaf(&Parts::read(entry).digest)).collect();
    let subsets = (0..1_usize << leaves.len()).map(|subset| {
        let chosen = (0..leaves.len()).filter(|n| subset >> n & 1 == 1).map(|n| leaves[n]);
        mth(&chosen.collect::<Vec<_>>())
    });
    let roots: Vec<_> = subsets.collect();
    for entry in &entries {
        assert!(roots.iter().all(|root| !entry.windows(32).any(|window| window == root)));
        // The hospital's name is not there either.
        assert!(!entry.windows(14).any(|window| window == b"clinic.example"));
    }
    // The search would have found them: each digest that the hospital received is among the roots.
    let mut disclosed = ledger.scan(1).map(|(_, item)| {
        let item = item.unwrap();
        let entry = item.entry().unwrap();
        let envelope = entry.statement().envelope.as_ref().unwrap();
        let opened = WORLD.hospital.open(envelope, entry.statement().digest.as_bytes(), None).unwrap();
        *Disclosure::from_bytes(&opened).unwrap().database_digest()
    });
    assert!(disclosed.all(|digest| roots.contains(&digest)));
}
