//! Messages of authorities: signed, and sealed if they are for one receiver.
//!
//! ```text
//! Message   = session (32) || round (1) || from (1) || to (1, 0 for all) || body || signature (96)       a length before body
//! signature = [k] hash_to_g2(AUTHORITY-MESSAGE, session || round || from || to || body)
//! sealed    = C (48) || proof (64) || seal(kdf(D, "authority-message", C || K || aad), aad, plaintext)
//! C = [k]P1      D = [k]K of the receiver's key K
//! ```
//! The sealed part's proof shows that the sender knows `k`, for this context only.

use std::collections::BTreeMap;

use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::failure::{Culprit, Failure, Fault, Round};
use super::proof::{Proof, prove_sealer, verify_sealer};
use super::roster::{AuthorityKey, Roster};
use crate::aead;
use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{
    Curve, G1Affine, G2Affine, SecretG1, SecretScalar, mul_generator_g1, random_nonzero_scalar,
};
use crate::domain::{AUTHORITY_MESSAGE, AUTHORITY_NONCE, KDF_AUTHORITY};
use crate::error::Error;
use crate::hash::hash_to_g2;
use crate::identity::signature;
use crate::kdf::kdf;
use crate::limits::{Limit, MESSAGE_BYTES};
use crate::secret::{Secret, SecretKey};
use crate::transcript::Transcript;

/// A signed message of an authority. The caller transports its bytes to the
/// receivers, over any channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub(super) header: Header,
    pub(super) body: Vec<u8>,
    pub(super) signature: G2Affine,
}

/// The session, round, sender and receiver of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) session: [u8; 32],
    pub(super) round: Round,
    pub(super) from: u8,
    pub(super) to: u8,
}

impl Header {
    pub(super) fn to_bytes(self) -> [u8; 35] {
        let mut bytes = [0; 35];
        let parts = self.session.into_iter().chain([self.round as u8, self.from, self.to]);
        bytes.iter_mut().zip(parts).for_each(|(place, byte)| *place = byte);
        bytes
    }
}

impl Message {
    pub(super) fn sign(key: &AuthorityKey, header: Header, body: Vec<u8>) -> Self {
        let signature = *signature::sign(&key.k, &point(&header, &body));
        Self { header, body, signature }
    }

    /// Returns the session. For an answer, this is the session that made the generation.
    #[must_use]
    pub fn session(&self) -> &[u8; 32] {
        &self.header.session
    }

    /// Returns the step to which the message belongs.
    #[must_use]
    pub fn round(&self) -> Round {
        self.header.round
    }

    /// Returns the number of the sender. A dealer's number is in the roster of the dealers.
    #[must_use]
    pub fn from(&self) -> u8 {
        self.header.from
    }

    /// Returns the number of the receiver; 0 if the message is for all, or for the requester.
    #[must_use]
    pub fn to(&self) -> u8 {
        self.header.to
    }

    /// Reads the whole body.
    pub(super) fn read<T>(&self, read: impl FnOnce(&mut Reader<'_>) -> Result<T, Error>) -> Result<T, Fault> {
        Reader::whole(&self.body, read).map_err(Fault::Malformed)
    }

    pub(super) fn is_signed_by(&self, K: &G1Affine) -> bool {
        signature::verifies(K, &point(&self.header, &self.body), &self.signature)
    }
}

/// Returns the point that the signature multiplies.
fn point(header: &Header, body: &[u8]) -> G2Affine {
    let mut w = Writer::new();
    w.raw(&header.to_bytes());
    w.var(body);
    hash_to_g2(AUTHORITY_MESSAGE, w.as_slice())
}

impl Object for Message {
    const KIND: Kind = Kind::AuthorityMessage;

    fn write(&self, w: &mut Writer) {
        w.raw(&self.header.to_bytes());
        w.var(&self.body);
        w.g2(&self.signature);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let header =
            Header { session: r.array()?, round: Round::from_byte(r.u8()?)?, from: r.u8()?, to: r.u8()? };
        Ok(Self { header, body: r.var(MESSAGE_BYTES, Limit::MessageLength)?.to_vec(), signature: r.g2()? })
    }
}

/// The permitted senders in a round, and the required receiver.
pub(super) struct Expected<'e> {
    pub(super) session: [u8; 32],
    pub(super) round: Round,
    pub(super) to: u8,
    /// The roster of the senders' numbers.
    pub(super) roster: &'e Roster,
    pub(super) senders: Vec<u8>,
}

impl Expected<'_> {
    /// Checks a single message.
    pub(super) fn check(&self, message: &Message) -> Result<(), Culprit> {
        let Header { session, round, from, to } = message.header;
        let refuse = |fault| Err(self.roster.blame(self.round, from, fault));
        let Some(seat) = self.roster.seat(from).filter(|_| self.senders.contains(&from)) else {
            return refuse(Fault::Surplus);
        };
        match () {
            () if round != self.round => refuse(Fault::WrongRound),
            () if session != self.session => refuse(Fault::WrongSession),
            () if to != self.to => refuse(Fault::WrongReceiver),
            () if !message.is_signed_by(&seat.K) => refuse(Fault::InvalidSignature),
            () => Ok(()),
        }
    }

    /// Returns one message of every sender, in the order of the senders.
    pub(super) fn all<'m>(&self, messages: &'m [Message]) -> Result<Vec<&'m Message>, Failure> {
        let mut culprits: Vec<Culprit> =
            messages.iter().filter_map(|message| self.check(message).err()).collect();
        let mut found = Vec::with_capacity(self.senders.len());
        for index in &self.senders {
            let blame = |fault| self.roster.blame(self.round, *index, fault);
            let mut own = messages.iter().filter(|message| message.from() == *index);
            match (own.next(), own.next()) {
                (Some(message), None) => found.push(message),
                (Some(_), Some(_)) => culprits.push(blame(Fault::Twice)),
                _ => culprits.push(blame(Fault::Missing)),
            }
        }
        if culprits.is_empty() { Ok(found) } else { Err(Failure::Culprits(culprits)) }
    }

    /// Reads one message of every sender. Returns the results by sender.
    pub(super) fn read_all<T>(
        &self,
        messages: &[Message],
        read: impl Fn(&Message) -> Result<T, Fault>,
    ) -> Result<BTreeMap<u8, T>, Failure> {
        let (mut results, mut culprits) = (BTreeMap::new(), Vec::new());
        for message in self.all(messages)? {
            match read(message) {
                Ok(result) => drop(results.insert(message.from(), result)),
                Err(fault) => culprits.push(self.roster.blame(self.round, message.from(), fault)),
            }
        }
        if culprits.is_empty() { Ok(results) } else { Err(Failure::Culprits(culprits)) }
    }
}

/// A sealed body, before it is opened.
pub(super) struct Sealed<'b> {
    pub(super) C: G1Affine,
    ciphertext: &'b [u8],
}

/// Seals a body to a key. The context enters the proof, the key and the `aad`.
pub(super) fn seal(
    receiver: &G1Affine,
    context: &[u8],
    plaintext: &[u8],
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<Vec<u8>, Error> {
    // k <- Zq*, hedged with the plaintext: two plaintexts never have one key, even
    // if rng repeats itself.
    let mut hedged = Transcript::new()
        .bytes("seal", context)
        .g1("receiver", receiver)
        .bytes("plaintext", plaintext)
        .hedge(AUTHORITY_NONCE, rng)?;
    let k = random_nonzero_scalar(&mut hedged)?;
    let C = mul_generator_g1(&k).to_affine();
    let D = SecretG1::from(receiver * *k);
    let mut w = Writer::new();
    w.g1(&C);
    prove_sealer(context, &k, &C, rng)?.write(&mut w);
    w.raw(&aead::seal(key(&D, &C, receiver, context), context, plaintext));
    Ok(w.into_vec())
}

impl<'b> Sealed<'b> {
    /// Reads a sealed body and checks the sender's proof.
    pub(super) fn read(body: &'b [u8], context: &[u8]) -> Result<Self, Error> {
        let mut r = Reader::new(body);
        let C = r.g1()?;
        let proof = Proof::read(&mut r, 1)?;
        verify_sealer(context, &C, &proof)?;
        let ciphertext = r.raw(r.remaining())?;
        Ok(Self { C, ciphertext })
    }

    /// Opens it with `D = [k]C`, where `k` is the receiver's secret and `K` its key.
    pub(super) fn open(
        &self,
        D: &SecretG1,
        K: &G1Affine,
        context: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        aead::open(&key(D, &self.C, K, context), context, self.ciphertext)
    }

    /// `D = [k]C`
    pub(super) fn shared(&self, k: &SecretScalar) -> SecretG1 {
        SecretG1::from(self.C * **k)
    }
}

fn key(D: &G1Affine, C: &G1Affine, K: &G1Affine, context: &[u8]) -> SecretKey {
    let mut info = Writer::new();
    info.g1(C);
    info.g1(K);
    info.var(context);
    kdf(Secret::new(D.to_compressed()).as_slice(), KDF_AUTHORITY, info.as_slice())
}
