//! Entries taken apart and recombined, from section 8 of `docs/interoperability.md`
//! and `docs/formats.md`, by an attacker who checks nothing and signs false statements
//! with its own valid key.

use medseal::abs::SigningKey;
use medseal::policy::Policy;

use crate::ground::{Reader, Transcript, header, rng, var};

/// The parts of an entry, in the order of its bytes.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) charter: u32,
    pub(crate) record: Vec<u8>,
    pub(crate) claim: Vec<u8>,
    pub(crate) digest: [u8; 32],
    pub(crate) address: Vec<u8>,
    pub(crate) key: Vec<u8>,
    pub(crate) index: Vec<u8>,
    pub(crate) envelope: Option<Vec<u8>>,
    pub(crate) time: u64,
    pub(crate) signature: Vec<u8>,
}

impl Parts {
    pub(crate) fn read(entry: &[u8]) -> Self {
        let mut reader = Reader::new(0x40, entry);
        Self {
            charter: reader.u32(),
            record: reader.take(16).to_vec(),
            claim: reader.var().to_vec(),
            digest: reader.bytes(),
            address: reader.var().to_vec(),
            key: wrapped_key(&mut reader),
            index: index(&mut reader),
            envelope: (reader.u8() == 1).then(|| [reader.take(4 + 48), &var(reader.var())].concat()),
            time: reader.u64(),
            signature: reader.rest().to_vec(),
        }
    }

    pub(crate) fn statement(&self) -> Vec<u8> {
        let envelope = self.envelope.as_deref().unwrap_or_default();
        let parts: [&[u8]; 10] = [
            &self.charter.to_be_bytes(),
            &self.record,
            &var(&self.claim),
            &self.digest,
            &var(&self.address),
            &self.key,
            &self.index,
            &[self.envelope.is_some().into()],
            envelope,
            &self.time.to_be_bytes(),
        ];
        parts.concat()
    }

    pub(crate) fn entry(&self) -> Vec<u8> {
        [&header(0x40), &self.statement()[..], &self.signature].concat()
    }

    pub(crate) fn id(&self) -> [u8; 32] {
        Transcript::new().item("statement", self.statement()).digest("ENTRY-ID")
    }

    /// Signed for a ledger, under a policy that may differ from the stated one.
    pub(crate) fn signed(self, key: &SigningKey, policy: &Policy, ledger: &[u8; 32]) -> Self {
        self.signed_in(&Transcript::new().item("ledger", ledger).digest("ENTRY-CONTEXT"), key, policy)
    }

    pub(crate) fn signed_in(self, context: &[u8], key: &SigningKey, policy: &Policy) -> Self {
        let signature = key.sign(policy, context, &self.statement(), &mut rng(99)).unwrap();
        Self { signature: signature.to_bytes()[4..].to_vec(), ..self }
    }
}

/// The binding of a wrapped key to its record.
pub(crate) fn wrap_aad(digest: &[u8; 32]) -> [u8; 32] {
    Transcript::new().item("record digest", digest).digest("WRAP-AAD")
}

/// Rows and use numbers of a policy that negates no text.
fn shape(policy: &[u8]) -> (usize, usize) {
    let policy = Policy::parse(str::from_utf8(policy).unwrap()).unwrap();
    assert!(!policy.canonical().contains("not ") && !policy.canonical().contains("!="));
    (policy.rows(), policy.uses())
}

fn wrapped_key(reader: &mut Reader<'_>) -> Vec<u8> {
    let epoch = reader.take(4);
    let policy = reader.var();
    let (rows, uses) = shape(policy);
    // c1, c2_j, c3_i, then com, c5, c6.
    let elements = reader.take(96 + 96 * uses + 48 * rows + 3 * 32);
    [epoch, &var(policy), elements, &var(reader.var())].concat()
}

fn index(reader: &mut Reader<'_>) -> Vec<u8> {
    let policy = reader.var();
    let (rows, uses) = shape(policy);
    let (hints, count) = (reader.u8(), reader.u32());
    assert_eq!(hints, 0);
    // For each keyword c1, E, c2_j, c3_i.
    let elements = reader.take(count as usize * (96 + 48 + 96 * uses + 48 * rows));
    [&var(policy), &[hints][..], &count.to_be_bytes(), elements].concat()
}
