//! Key generation and resharing, step by step: each step is a type that the next consumes.
//!
//! There is no trusted dealer (Pedersen, EUROCRYPT 1991): every dealer shares its own secret by
//! Feldman's scheme, and the shares are added. The proofs of knowledge are those of FROST (Komlo
//! and Goldberg, SAC 2020).
//!
//! `docs/schemes.md`, section 13, has the contents of each round.
//!
//! **Departures.** FROST proves knowledge of constants only; here every coefficient is proved.
//! Round 0 is added: without it, the last `t - 1` dealers could choose their polynomials after
//! seeing the others', and so choose the sum of the shares of zero. A resharing is that of Wong,
//! Wang and Wing (SISW 2002): exactly `t` dealers deal their existing shares, and the error names a
//! dealer of a different constant.

use std::collections::BTreeMap;

use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::commitments::Commitments;
use super::deal::{Deal, Dealt, Opening, proof_context};
use super::dispute::{Dispute, Proceedings};
use super::failure::{Failure, Fault, Round, blamed};
use super::generation::{AuthorityShare, Generation, ShareSecrets};
use super::message::{Expected, Header, Message, seal};
use super::plan::{Plan, Task};
use super::proof::{Proof, verify_coefficients};
use super::records::Records;
use super::roster::AuthorityKey;
use crate::codec::{Part, Reader, Writer, decode, encode};
use crate::curve::{Field, Scalar, SecretScalar};
use crate::domain::{AUTHORITY_SEEDS, AUTHORITY_SESSION};
use crate::error::Error;
use crate::process::Home;
use crate::search;
use crate::secret::Secret;
use crate::transcript::Transcript;

/// The participant and its roles.
#[derive(Debug)]
pub(super) struct Party {
    plan: Plan,
    dealer: Option<u8>,
    receiver: Option<u8>,
    /// A forked process would deal one polynomial in two sessions.
    home: Home,
    /// The kept part of the previous share, if only one secret is renewed.
    kept: Option<ShareSecrets>,
}

impl Plan {
    /// Starts a session: draws the values that this authority deals. Send the message to all who
    /// take part; an authority that only receives a share sends none. `share` is that of the
    /// previous generation; `None` for key generation.
    ///
    /// # Errors
    /// [`Failure::NoPart`] for a static key that the plan does not name; [`Error::InvalidKey`] if
    /// the required share is missing, or is not the right one; [`Error::RandomnessUnavailable`].
    pub fn start(
        self,
        key: &AuthorityKey,
        share: Option<&AuthorityShare>,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(Committed, Option<Message>), Failure> {
        let (dealer, receiver) = (self.dealer_index(key), self.roster.index_of_key(key.K()));
        if dealer.is_none() && receiver.is_none() {
            return Err(Failure::NoPart);
        }
        let share = match (self.old(), dealer) {
            (Some(old), Some(dealer)) => {
                let fits = |share: &&AuthorityShare| share.generation == *old && share.index == dealer;
                Some(share.filter(fits).ok_or(Error::InvalidKey)?)
            }
            _ => None,
        };
        let deal = dealer.map(|dealer| Deal::draw(&self, dealer, share, key, rng)).transpose()?;
        let kept = match (&self.task, share) {
            (Task::Renew { .. }, Some(share)) => Some(share.secrets.duplicate()),
            _ => None,
        };
        let message = deal.as_ref().zip(dealer).map(|(deal, from)| {
            let header = Header { session: self.digest(), round: Round::Commit, from, to: 0 };
            Message::sign(key, header, deal.opening.digest(&self, from).to_vec())
        });
        Ok((
            Committed { party: Party { plan: self, dealer, receiver, home: Home::here(), kept }, deal },
            message,
        ))
    }
}

/// After round 0: this authority has committed to what it deals.
#[derive(Debug)]
pub struct Committed {
    party: Party,
    pub(super) deal: Option<Deal>,
}

/// After round 1: the session has an id, and this authority has opened its commitments.
#[derive(Debug)]
pub struct Opened {
    party: Party,
    pub(super) deal: Option<Deal>,
    session: [u8; 32],
    committed: BTreeMap<u8, [u8; 32]>,
}

/// After round 2: this authority has dealt.
#[derive(Debug)]
pub struct Dealing {
    party: Party,
    own: Option<Dealt>,
    proceedings: Proceedings,
}

/// After round 3: every value that this authority received is correct, and it has a share.
#[derive(Debug)]
pub struct Checked {
    share: AuthorityShare,
    resharing: bool,
    home: Home,
    proceedings: Proceedings,
}

impl Committed {
    fn expected(&self) -> Expected<'_> {
        let Party { plan, dealer, .. } = &self.party;
        plan.of_dealers(plan.digest(), Round::Commit, 0, *dealer)
    }

    /// Checks a single message of round 0: it belongs to this session, and its sender signed it.
    ///
    /// # Errors
    /// [`Failure::Culprits`]
    pub fn check_message(&self, message: &Message) -> Result<(), Failure> {
        self.expected().check(message).map_err(blamed)
    }

    /// Takes the messages of round 0 from all other dealers, and opens this
    /// authority's commitments.
    ///
    /// # Errors
    /// [`Failure::Culprits`] names the authorities whose message is missing, wrong or repeated:
    /// start the session again. [`Error::Forked`] in a process other than the one that started it.
    pub fn open(
        self,
        key: &AuthorityKey,
        messages: &[Message],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(Opened, Option<Message>), Failure> {
        self.party.home.check()?;
        let mut committed = self.expected().read_all(messages, |message| {
            message.body.as_slice().try_into().map_err(|_| Fault::Malformed(Error::Truncated))
        })?;
        let Self { party, deal } = self;
        if let Some((deal, dealer)) = deal.as_ref().zip(party.dealer) {
            committed.insert(dealer, deal.opening.digest(&party.plan, dealer));
        }
        let mut transcript = Transcript::new();
        transcript.bytes("plan", &party.plan.digest());
        for (dealer, digest) in &committed {
            transcript.bytes("dealer", &[*dealer]).bytes("digest", digest);
        }
        let session = transcript.digest(AUTHORITY_SESSION);
        let message = match deal.as_ref().zip(party.dealer) {
            None => None,
            Some((deal, from)) => {
                let proof = deal.prove(&session, from, rng)?;
                let mut w = Writer::new();
                deal.opening.write(&mut w);
                proof.write(&mut w);
                let header = Header { session, round: Round::Open, from, to: 0 };
                Some(Message::sign(key, header, w.into_vec()))
            }
        };
        Ok((Opened { party, deal, session, committed }, message))
    }
}

impl Opened {
    fn expected(&self) -> Expected<'_> {
        self.party.plan.of_dealers(self.session, Round::Open, 0, self.party.dealer)
    }

    /// Returns the session's id.
    #[must_use]
    pub fn session(&self) -> &[u8; 32] {
        &self.session
    }

    /// Checks a single message of round 1: it belongs to this session, and its sender signed it.
    ///
    /// # Errors
    /// [`Failure::Culprits`]
    pub fn check_message(&self, message: &Message) -> Result<(), Failure> {
        self.expected().check(message).map_err(blamed)
    }

    /// Takes the messages of round 1 from all other dealers, and deals: returns one message to
    /// each other authority.
    ///
    /// # Errors
    /// [`Failure::Culprits`] names the authorities with too many or too few commitments,
    /// commitments that differ from round 0, or a wrong proof, and, in a resharing, those that deal
    /// a share other than their own. [`Error::Forked`], as for [`Committed::open`].
    pub fn deal(
        self,
        key: &AuthorityKey,
        messages: &[Message],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(Dealing, Vec<Message>), Failure> {
        self.party.home.check()?;
        let mut openings = self.expected().read_all(messages, |message| self.opening(message))?;
        let Self { party, deal, session, .. } = self;
        let mut dealt = Vec::new();
        let mut own = None;
        if let Some((deal, from)) = deal.zip(party.dealer) {
            for to in party.plan.roster.indices() {
                let values = deal.dealt(to);
                if party.receiver == Some(to) {
                    own = Some(values);
                } else if let Some(seat) = party.plan.roster.seat(to) {
                    let header = Header { session, round: Round::Deal, from, to };
                    let body = seal(&seat.K, &header.to_bytes(), &values.to_bytes(), rng)?;
                    dealt.push(Message::sign(key, header, body));
                }
            }
            openings.insert(from, deal.opening);
        }
        let proceedings = Proceedings { plan: party.plan.clone(), session, openings };
        Ok((Dealing { party, own, proceedings }, dealt))
    }

    fn opening(&self, message: &Message) -> Result<Opening, Fault> {
        let (plan, dealer) = (&self.party.plan, message.from());
        let mut r = Reader::new(&message.body);
        let opening = Opening::read(&mut r).map_err(Fault::Malformed)?;
        if opening.commitments.terms() != plan.terms() {
            return Err(Fault::WrongThreshold);
        }
        let proof = Proof::read(&mut r, plan.terms().iter().sum()).map_err(Fault::Malformed)?;
        r.finish().map_err(Fault::Malformed)?;
        if self.committed.get(&dealer) != Some(&opening.digest(plan, dealer)) {
            return Err(Fault::DoesNotOpen);
        }
        if !plan.deals_own_constants(dealer, &opening.commitments) {
            return Err(Fault::WrongConstant);
        }
        let context = proof_context(&self.session, dealer);
        verify_coefficients(&context, &opening.commitments, &proof).map_err(|_| Fault::InvalidProof)?;
        Ok(opening)
    }
}

impl Dealing {
    fn expected(&self) -> Result<Expected<'_>, Failure> {
        let Party { plan, dealer, receiver, .. } = &self.party;
        let to = receiver.ok_or(Failure::NoPart)?;
        Ok(plan.of_dealers(self.proceedings.session, Round::Deal, to, *dealer))
    }

    /// Returns the public messages of the session.
    #[must_use]
    pub fn proceedings(&self) -> &Proceedings {
        &self.proceedings
    }

    /// Checks a single message of round 2: it belongs to this session, and its sender signed it.
    ///
    /// # Errors
    /// [`Failure::Culprits`]; [`Failure::NoPart`] if this authority receives no share.
    pub fn check_message(&self, message: &Message) -> Result<(), Failure> {
        self.expected()?.check(message).map_err(blamed)
    }

    /// Takes the messages of round 2 from all other dealers, checks every value, and adds up the
    /// share. A dealer that receives no share does not need this step.
    ///
    /// # Errors
    /// [`Dispute`] contains the authorities at fault, and the complaints about them; or
    /// [`Failure::NoPart`] if this authority receives no share, or [`Error::Forked`], as for
    /// [`Committed::open`].
    pub fn check(
        self,
        key: &AuthorityKey,
        messages: &[Message],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Checked, Box<Dispute>> {
        let boxed = |failure: Failure| Box::new(Dispute::from(failure));
        self.party.home.check().map_err(|error| boxed(error.into()))?;
        let j = self.party.receiver.ok_or_else(|| boxed(Failure::NoPart))?;
        let (mut dealt, mut culprits, mut complaints) = (BTreeMap::new(), Vec::new(), Vec::new());
        for message in self.expected().and_then(|expected| expected.all(messages)).map_err(boxed)? {
            match self.proceedings.open(message, key) {
                Ok(values) => {
                    // Boxed: a map that grows moves pointers, and leaves no
                    // copies of values behind.
                    dealt.insert(message.from(), Box::new(values));
                }
                Err(sealed) => {
                    culprits.push(self.proceedings.blame(message, Fault::WrongValue));
                    let complaint = self.proceedings.complain(key, j, message, sealed.as_ref(), rng);
                    complaints.push(complaint.map_err(|error| boxed(error.into()))?);
                }
            }
        }
        if !culprits.is_empty() {
            return Err(Box::new(Dispute { failure: Failure::Culprits(culprits), complaints }));
        }
        let Self { party, own, proceedings } = self;
        if let Some((own, dealer)) = own.zip(party.dealer) {
            dealt.insert(dealer, Box::new(own));
        }
        let share = share(&party, &proceedings, j, &dealt).map_err(|error| boxed(error.into()))?;
        let resharing = party.plan.old().is_some();
        Ok(Checked { share, resharing, home: party.home, proceedings })
    }
}

/// Adds up the shares with their weights, and likewise the commitments.
fn share(
    party: &Party,
    proceedings: &Proceedings,
    j: u8,
    dealt: &BTreeMap<u8, Box<Dealt>>,
) -> Result<AuthorityShare, Error> {
    let plan = &party.plan;
    let weights = plan.weights();
    let commitments: Vec<&Commitments> =
        proceedings.openings.values().map(|opening| &opening.commitments).collect();
    let old = plan.old();
    let commitments = Commitments::combine(&commitments, &weights, old.map(|old| &old.commitments));

    let [wrapping, signing, zero, identity] = weights;
    let sum = |which: usize, weights: &[Scalar], kept: Option<&SecretScalar>| {
        let mut sum = Secret::new(Scalar::ZERO);
        for (dealt, weight) in dealt.values().zip(weights) {
            match dealt.values.get(which) {
                Some(Some(value)) => *sum += *Secret::new(**value * weight),
                _ => return kept.map(|kept| Secret::new(**kept)).ok_or(Error::InvalidKey),
            }
        }
        Ok(sum)
    };
    let kept = party.kept.as_ref();
    let seed = match &plan.task {
        // The search key is derived from all seeds.
        Task::Generate => {
            let mut transcript = Transcript::new();
            transcript.bytes("session", &proceedings.session);
            dealt.values().flat_map(|dealt| &dealt.seed).for_each(|seed| {
                transcript.bytes("seed", seed.as_slice());
            });
            Secret::new(transcript.digest(AUTHORITY_SEEDS))
        }
        Task::Reshare { .. } => {
            let seed = dealt.values().find_map(|dealt| dealt.seed.as_ref());
            Secret::new(**seed.ok_or(Error::InvalidKey)?)
        }
        Task::Renew { .. } => Secret::new(*kept.ok_or(Error::InvalidKey)?.seed),
    };
    let secrets = ShareSecrets {
        wrapping: sum(0, &wrapping, kept.map(|kept| &kept.wrapping))?,
        signing: sum(1, &signing, kept.map(|kept| &kept.signing))?,
        zero: sum(2, &zero, None)?,
        identity: sum(3, &identity, kept.map(|kept| &kept.identity))?,
        seed,
    };
    let search = search::MasterKey::from_seed(&secrets.seed)?.public_key();
    let roster = plan.roster.clone();
    let generation = Generation::new(plan.number(), proceedings.session, roster, commitments, search)?;
    AuthorityShare::new(j, secrets, generation)
}

impl Checked {
    /// Returns the public messages of the session.
    #[must_use]
    pub fn proceedings(&self) -> &Proceedings {
        &self.proceedings
    }

    /// Stores the share durably, and only then signs. Send the message to all who receive a share.
    /// Until this returns, the authority may abandon the session. Afterwards it must keep the
    /// share, because others may have its signature.
    ///
    /// The records contain the share under [`share_name`](Self::share_name). After a crash,
    /// [`AuthorityShare::confirmation`] makes the message again. An authority confirms only one
    /// resharing of a generation.
    ///
    /// # Errors
    /// [`Failure::AlreadyConfirmed`] if a different resharing of the generation was confirmed;
    /// [`Error::Io`] if the records fail; [`Error::Forked`], as for [`Committed::open`].
    pub fn confirm(
        self,
        key: &AuthorityKey,
        records: &mut dyn Records,
    ) -> Result<(AuthorityShare, Message), Failure> {
        self.home.check()?;
        let name = self.share_name();
        let io = |error| Failure::Error(Error::from(error));
        let stored = records.get(&name).map_err(io)?;
        if let Some(stored) = stored
            && decode::<AuthorityShare>(&stored)?.generation != self.share.generation
        {
            return Err(Failure::AlreadyConfirmed { generation: self.share.generation.number - 1 });
        }
        let message = self.share.confirmation(key)?;
        records.put(&name, &Zeroizing::new(encode(&self.share))).map_err(io)?;
        Ok((self.share, message))
    }

    /// Returns the name under which the share is stored. For generation 1 it contains the
    /// session's id, because an unfinished key generation starts again; for later
    /// generations only their number.
    #[must_use]
    pub fn share_name(&self) -> String {
        let Generation { number, session, .. } = &self.share.generation;
        if self.resharing {
            return format!("share-{number}");
        }
        let id: String = session.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("share-1-{id}")
    }
}
