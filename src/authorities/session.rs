//! Key generation and resharing, step by step: each step is a type that the next consumes.
//!
//! Without a dealer (Pedersen, EUROCRYPT 1991): every dealer shares its own secret by Feldman's scheme, and shares add
//! up. The proofs of knowledge are those of FROST (Komlo and Goldberg, SAC 2020).
//!
//! ```text
//! round 0  digest of (random (32), SHA-256(seed), commitments)        session = digest of all of these, in order, and the plan
//! round 1  random (32) || digest of the seed (32) || commitments || proof of knowledge of every coefficient
//! round 2  to each authority j, sealed:  f(j) of each polynomial that is dealt (32 each) || seed (32)
//! complaint  the message of round 2 || 0, or 1 || D (48) || proof that D opens it (64)       a length before the message
//! ```
//! **Departures.** FROST proves knowledge of constants alone; here every coefficient is proved. Round 0 is added: without it
//! the last `t - 1` dealers could choose their polynomials after they have seen the others', and make the sum of the shares
//! of zero anything. A resharing is Wong, Wang and Wing's (SISW 2002): exactly `t` dealers deal the shares that they have,
//! and the error names a dealer of another constant.

use std::collections::BTreeMap;

use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::commitments::Commitments;
use super::failure::{Culprit, Failure, Fault, Round};
use super::generation::{AuthorityShare, Generation, ShareSecrets};
use super::message::{Expected, Header, Message, Sealed, seal};
use super::plan::{Plan, Source, Task};
use super::polynomial::Polynomial;
use super::proof::{Proof, prove_coefficients, prove_equality, verify_coefficients, verify_equality};
use super::records::Records;
use super::roster::AuthorityKey;
use crate::codec::{Reader, Writer, decode, encode};
use crate::curve::{Field, G1Affine, G2Affine, Scalar, SecretScalar, random_bytes};
use crate::domain::{
    AUTHORITY_COMMITMENT, AUTHORITY_NONCE, AUTHORITY_SEED, AUTHORITY_SEEDS, AUTHORITY_SESSION,
};
use crate::error::Error;
use crate::limits::{Limit, MESSAGE_BYTES};
use crate::search;
use crate::secret::{Secret, SecretKey};
use crate::transcript::Transcript;

/// Who takes part here, and as what.
#[derive(Debug)]
pub(super) struct Party {
    plan: Plan,
    dealer: Option<u8>,
    receiver: Option<u8>,
    /// What this authority keeps of the generation before, when only one secret is made anew.
    kept: Option<ShareSecrets>,
}

/// What this authority deals.
#[derive(Debug)]
pub(super) struct Deal {
    pub(super) polynomials: [Option<Polynomial>; 4],
    pub(super) seed: Option<SecretKey>,
    pub(super) opening: Opening,
}

/// What a dealer shows in round 1.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    pub(super) random: [u8; 32],
    seed: [u8; 32],
    pub(super) commitments: Commitments,
}

impl Opening {
    /// What a dealer commits to in round 0.
    pub(super) fn digest(&self, plan: &Plan, dealer: u8) -> [u8; 32] {
        let mut w = Writer::new();
        self.write(&mut w);
        Transcript::new()
            .bytes("plan", &plan.digest())
            .bytes("dealer", &[dealer])
            .bytes("opening", w.as_slice())
            .digest(AUTHORITY_COMMITMENT)
    }

    fn write(&self, w: &mut Writer) {
        w.raw(&self.random);
        w.raw(&self.seed);
        self.commitments.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { random: r.array()?, seed: r.array()?, commitments: Commitments::read(r)? })
    }
}

/// What a proof of coefficients is bound to.
fn proof_context(session: &[u8; 32], dealer: u8) -> Vec<u8> {
    [session.as_slice(), &[dealer]].concat()
}

fn seed_commitment(seed: &SecretKey) -> [u8; 32] {
    Transcript::new().bytes("seed", seed.as_slice()).digest(AUTHORITY_SEED)
}

impl Plan {
    /// Begins: draws what this authority deals. The message goes to all who take part; an authority that only gets a share
    /// sends none. `share` is that of the generation before, which a plan for key generation takes none of.
    ///
    /// # Errors
    /// [`Failure::NoPart`] for a static key that the plan does not name; [`Error::InvalidKey`] without the share that the
    /// plan asks for, or with another; [`Error::RandomnessUnavailable`].
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
        Ok((Committed { party: Party { plan: self, dealer, receiver, kept }, deal }, message))
    }
}

impl Deal {
    fn draw(
        plan: &Plan,
        dealer: u8,
        share: Option<&AuthorityShare>,
        key: &AuthorityKey,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Error> {
        let mut rng = Transcript::new()
            .scalar("k", &key.k)
            .bytes("plan", &plan.digest())
            .bytes("dealer", &[dealer])
            .hedge(AUTHORITY_NONCE, rng)?;
        let t = plan.roster.threshold();
        let old = share.map(|share| &share.secrets);
        let [wrapping, signing, _, identity] = plan.sources();
        let mut polynomial = |source: Source, old: Option<&SecretScalar>| match source {
            Source::Kept => Ok(None),
            Source::Fresh => Polynomial::sharing(None, t, &mut rng).map(Some),
            Source::OldShare => Polynomial::sharing(old, t, &mut rng).map(Some),
        };
        let polynomials = [
            polynomial(wrapping, old.map(|old| &old.wrapping))?,
            polynomial(signing, old.map(|old| &old.signing))?,
            None,
            polynomial(identity, old.map(|old| &old.identity))?,
        ];
        let [wrapping, signing, _, identity] = polynomials;
        let zero = Some(Polynomial::sharing_zero(t, &mut rng)?);
        let seed = match (plan.deals_seeds(), old) {
            (true, None) => Some(random_bytes(&mut rng)?),
            (true, Some(old)) => Some(Secret::new(*old.seed)),
            (false, _) => None,
        };
        let commitments = Commitments {
            in_g2: [&wrapping, &signing, &zero].map(|f| f.as_ref().map_or_else(Vec::new, Polynomial::commit)),
            in_g1: identity.as_ref().map_or_else(Vec::new, Polynomial::commit),
        };
        let random = *random_bytes(&mut rng)?;
        let opening = Opening { random, seed: seed.as_ref().map_or([0; 32], seed_commitment), commitments };
        Ok(Self { polynomials: [wrapping, signing, zero, identity], seed, opening })
    }

    /// `f(j)` of each polynomial, and the seed.
    fn dealt(&self, j: u8) -> Dealt {
        let values = self.polynomials.each_ref().map(|f| f.as_ref().map(|f| f.at(j)));
        Dealt { values, seed: self.seed.as_ref().map(|seed| Secret::new(**seed)) }
    }
}

/// What one dealer deals to one authority.
#[derive(Debug)]
struct Dealt {
    values: [Option<SecretScalar>; 4],
    seed: Option<SecretKey>,
}

impl Dealt {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut w = Writer::new();
        self.values.iter().flatten().for_each(|value| w.scalar(value));
        self.seed.iter().for_each(|seed| w.raw(seed.as_slice()));
        Zeroizing::new(w.into_vec())
    }

    fn read(bytes: &[u8], plan: &Plan) -> Result<Self, Error> {
        let mut r = Reader::new(bytes);
        let [wrapping, signing, zero, identity] = plan.terms();
        let mut value = |terms: usize| if terms == 0 { Ok(None) } else { r.scalar().map(Some) };
        let values = [value(wrapping)?, value(signing)?, value(zero)?, value(identity)?];
        let seed = if plan.deals_seeds() { Some(r.secret()?) } else { None };
        r.finish()?;
        Ok(Self { values, seed })
    }

    /// That values and seed are those that the dealer has committed to.
    fn fits(&self, plan: &Plan, opening: &Opening, j: u8) -> bool {
        use super::polynomial::{Base, committed_at};
        let [wrapping, signing, zero] = &opening.commitments.in_g2;
        let in_g2 = self.values.iter().zip([(wrapping, 0), (signing, 0), (zero, 1)]);
        // [f(j)]P = sum [j^k]C_k
        let mut fits = true;
        for (value, (commitments, lowest)) in in_g2 {
            fits &= value
                .as_ref()
                .is_none_or(|f_j| G2Affine::commit(f_j) == committed_at(commitments, lowest, j));
        }
        let [.., identity] = &self.values;
        let C = &opening.commitments.in_g1;
        fits &= identity.as_ref().is_none_or(|f_j| G1Affine::commit(f_j) == committed_at(C, 0, j));
        if let Some(seed) = &self.seed {
            fits &= seed_commitment(seed) == opening.seed;
            // In a resharing the seed is that of the search key that stays.
            fits &= plan.old().is_none_or(|old| {
                search::MasterKey::from_seed(seed).is_ok_and(|master| master.public_key() == *old.search())
            });
        }
        fits
    }
}

/// After round 0: this authority has committed to what it deals.
#[derive(Debug)]
pub struct Committed {
    party: Party,
    pub(super) deal: Option<Deal>,
}

/// After round 1: the session has an id, and this authority has shown its commitments.
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

/// After round 3: all that this authority was dealt is right, and makes a share.
#[derive(Debug)]
pub struct Checked {
    share: AuthorityShare,
    resharing: bool,
    proceedings: Proceedings,
}

/// What everybody has seen of a session: by it complaints are judged.
#[derive(Clone, Debug)]
pub struct Proceedings {
    plan: Plan,
    pub(super) session: [u8; 32],
    openings: BTreeMap<u8, Opening>,
}

/// What this authority was dealt is wrong: who is at fault, and the complaints, which go to all. The session is over. The
/// next one goes without whom all have [judged](Proceedings::judge) to be at fault.
#[derive(Debug)]
pub struct Dispute {
    /// Who is at fault, or what else failed.
    pub failure: Failure,
    /// One complaint about each dealer whose message can be shown to be wrong.
    pub complaints: Vec<Message>,
}

impl From<Failure> for Dispute {
    fn from(failure: Failure) -> Self {
        Self { failure, complaints: Vec::new() }
    }
}

impl core::fmt::Display for Dispute {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.failure.fmt(f)
    }
}

impl std::error::Error for Dispute {}

impl Committed {
    fn expected(&self) -> Expected<'_> {
        let Party { plan, dealer, .. } = &self.party;
        plan.of_dealers(plan.digest(), Round::Commit, 0, *dealer)
    }

    /// Checks one message of round 0 by itself: that it belongs here, and that its sender signed it.
    ///
    /// # Errors
    /// [`Failure::Culprits`]
    pub fn check_message(&self, message: &Message) -> Result<(), Failure> {
        self.expected().check(message).map_err(blamed)
    }

    /// Takes the messages of round 0 from all other dealers, and shows what this authority has committed to.
    ///
    /// # Errors
    /// [`Failure::Culprits`] names whose message is missing, wrong, or there twice: the session then starts anew.
    pub fn open(
        self,
        key: &AuthorityKey,
        messages: &[Message],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(Opened, Option<Message>), Failure> {
        let mut culprits = Vec::new();
        let mut committed = BTreeMap::new();
        for message in self.expected().all(messages)? {
            match <[u8; 32]>::try_from(message.body.as_slice()) {
                Ok(digest) => {
                    committed.insert(message.from(), digest);
                }
                Err(_) => culprits.push(self.party.plan.blame_dealer(
                    Round::Commit,
                    message.from(),
                    Fault::Malformed(Error::Truncated),
                )),
            }
        }
        if !culprits.is_empty() {
            return Err(Failure::Culprits(culprits));
        }
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

impl Deal {
    fn prove(
        &self,
        session: &[u8; 32],
        dealer: u8,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Proof, Error> {
        let coefficients: Vec<&[Scalar]> =
            self.polynomials.iter().flatten().map(Polynomial::coefficients).collect();
        let context = proof_context(session, dealer);
        self.opening
            .commitments
            .prove(|committed| prove_coefficients(&context, committed, &coefficients, rng))
    }
}

impl Opened {
    fn expected(&self) -> Expected<'_> {
        self.party.plan.of_dealers(self.session, Round::Open, 0, self.party.dealer)
    }

    /// The session's id.
    #[must_use]
    pub fn session(&self) -> &[u8; 32] {
        &self.session
    }

    /// Checks one message of round 1 by itself: that it belongs here, and that its sender signed it.
    ///
    /// # Errors
    /// [`Failure::Culprits`]
    pub fn check_message(&self, message: &Message) -> Result<(), Failure> {
        self.expected().check(message).map_err(blamed)
    }

    /// Takes the messages of round 1 from all other dealers, and deals: one message to each other authority.
    ///
    /// # Errors
    /// [`Failure::Culprits`] names whose commitments are too many, too few, or not those of round 0, whose proof is wrong,
    /// and, in a resharing, who deals another share than its own.
    pub fn deal(
        self,
        key: &AuthorityKey,
        messages: &[Message],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(Dealing, Vec<Message>), Failure> {
        let mut culprits = Vec::new();
        let mut openings = BTreeMap::new();
        for message in self.expected().all(messages)? {
            match self.opening(message) {
                Ok(opening) => {
                    openings.insert(message.from(), opening);
                }
                Err(fault) => culprits.push(self.party.plan.blame_dealer(Round::Open, message.from(), fault)),
            }
        }
        if !culprits.is_empty() {
            return Err(Failure::Culprits(culprits));
        }
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
        let verified =
            opening.commitments.prove(|committed| verify_coefficients(&context, committed, &proof));
        verified.map_err(|_| Fault::InvalidProof)?;
        Ok(opening)
    }
}

impl Dealing {
    fn expected(&self) -> Result<Expected<'_>, Failure> {
        let Party { plan, dealer, receiver, .. } = &self.party;
        let to = receiver.ok_or(Failure::NoPart)?;
        Ok(plan.of_dealers(self.proceedings.session, Round::Deal, to, *dealer))
    }

    /// What everybody has seen of the session.
    #[must_use]
    pub fn proceedings(&self) -> &Proceedings {
        &self.proceedings
    }

    /// Checks one message of round 2 by itself: that it belongs here, and that its sender signed it.
    ///
    /// # Errors
    /// [`Failure::Culprits`]; [`Failure::NoPart`] if this authority gets no share.
    pub fn check_message(&self, message: &Message) -> Result<(), Failure> {
        self.expected()?.check(message).map_err(blamed)
    }

    /// Takes the messages of round 2 from all other dealers, checks every value, and puts the share together. A dealer that
    /// gets no share is done before.
    ///
    /// # Errors
    /// [`Dispute`]: who is at fault, with the complaints about them; [`Failure::NoPart`] in it if this authority gets no
    /// share.
    pub fn check(
        self,
        key: &AuthorityKey,
        messages: &[Message],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Checked, Box<Dispute>> {
        let boxed = |failure: Failure| Box::new(Dispute::from(failure));
        let j = self.party.receiver.ok_or_else(|| boxed(Failure::NoPart))?;
        let (mut dealt, mut culprits, mut complaints) = (BTreeMap::new(), Vec::new(), Vec::new());
        for message in self.expected().and_then(|expected| expected.all(messages)).map_err(boxed)? {
            match self.proceedings.open(message, key) {
                Ok(values) => {
                    dealt.insert(message.from(), values);
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
            dealt.insert(dealer, own);
        }
        let share = share(&party, &proceedings, j, &dealt).map_err(|error| boxed(error.into()))?;
        let resharing = party.plan.old().is_some();
        Ok(Checked { share, resharing, proceedings })
    }
}

/// Shares add up, with weights; so do commitments.
fn share(
    party: &Party,
    proceedings: &Proceedings,
    j: u8,
    dealt: &BTreeMap<u8, Dealt>,
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
        // The search key comes of all seeds.
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
    /// What everybody has seen of the session.
    #[must_use]
    pub fn proceedings(&self) -> &Proceedings {
        &self.proceedings
    }

    /// Stores the share durably, and only then signs: the message goes to all who get a share. Until this returns, the
    /// authority may turn back. Afterwards it keeps the share, whatever it waits for: others may have its signature.
    ///
    /// The share stands in the records under [`share_name`](Self::share_name); after a crash
    /// [`AuthorityShare::confirmation`] makes the message again. Of one generation an authority confirms one resharing.
    ///
    /// # Errors
    /// [`Failure::AlreadyConfirmed`] if another resharing of the generation was confirmed; [`Error::Io`] if the records fail.
    pub fn confirm(
        self,
        key: &AuthorityKey,
        records: &mut dyn Records,
    ) -> Result<(AuthorityShare, Message), Failure> {
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

    /// The name under which the share is stored: of generation 1 with the session's id, for a key generation that did not
    /// come to an end is made anew; of later ones by their number alone.
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

impl Proceedings {
    fn blame(&self, message: &Message, fault: Fault) -> Culprit {
        self.plan.blame_dealer(Round::Deal, message.from(), fault)
    }

    /// Opens a message of round 2 with the receiver's key; the sealed part if what is in it is wrong, none if there is no
    /// sealed part that its sender could have made.
    fn open<'m>(&self, message: &'m Message, key: &AuthorityKey) -> Result<Dealt, Option<Sealed<'m>>> {
        let context = message.header().to_bytes();
        let sealed = Sealed::read(&message.body, &context).map_err(|_| None)?;
        let D = sealed.shared(&key.k);
        match self.dealt(message, &sealed, &D, key.K()) {
            Some(dealt) => Ok(dealt),
            None => Err(Some(sealed)),
        }
    }

    /// What a message of round 2 deals, if it is right.
    fn dealt(
        &self,
        message: &Message,
        sealed: &Sealed<'_>,
        D: &crate::curve::SecretG1,
        K: &G1Affine,
    ) -> Option<Dealt> {
        let plaintext = sealed.open(D, K, &message.header().to_bytes()).ok()?;
        let dealt = Dealt::read(&plaintext, &self.plan).ok()?;
        let opening = self.openings.get(&message.from())?;
        dealt.fits(&self.plan, opening, message.to()).then_some(dealt)
    }

    pub(super) fn complain(
        &self,
        key: &AuthorityKey,
        from: u8,
        accused: &Message,
        sealed: Option<&Sealed<'_>>,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Message, Error> {
        let mut w = Writer::new();
        w.var(&encode(accused));
        w.u8(sealed.is_some().into());
        if let Some(sealed) = sealed {
            let D = sealed.shared(&key.k);
            w.g1(&D);
            prove_equality(&accused.header().to_bytes(), &key.k, [key.K(), &sealed.C, &D], rng)?
                .write(&mut w);
        }
        let header = Header { session: self.session, round: Round::Complain, from, to: 0 };
        Ok(Message::sign(key, header, w.into_vec()))
    }

    /// Judges a complaint: who is at fault, the dealer whom it is about or the authority that complains. Everybody who saw the
    /// session judges alike.
    ///
    /// # Errors
    /// [`Failure::Culprits`] if the message is no complaint of an authority in this session: it then proves nothing.
    pub fn judge(&self, complaint: &Message) -> Result<Culprit, Failure> {
        let roster = &self.plan.roster;
        let senders = roster.indices().filter_map(|index| Some((index, roster.seat(index)?))).collect();
        let expected = Expected { session: self.session, round: Round::Complain, to: 0, senders };
        expected.check(complaint).map_err(blamed)?;
        let unfounded = roster.blame(Round::Complain, complaint.from(), Fault::FalseComplaint);
        Ok(self.founded(complaint).unwrap_or(unfounded))
    }

    /// The dealer whom a complaint shows to be at fault.
    fn founded(&self, complaint: &Message) -> Option<Culprit> {
        let mut r = Reader::new(&complaint.body);
        let accused: Message = decode(r.var(MESSAGE_BYTES, Limit::MessageLength).ok()?).ok()?;
        let shown = match r.flag().ok()? {
            true => Some((r.g1().ok()?, Proof::read(&mut r, 1).ok()?)),
            false => None,
        };
        r.finish().ok()?;
        // It is a message of this session, from a dealer to the one who complains.
        self.plan.of_dealers(self.session, Round::Deal, complaint.from(), None).check(&accused).ok()?;
        let wrong = self.blame(&accused, Fault::WrongValue);
        let context = accused.header().to_bytes();
        let Ok(sealed) = Sealed::read(&accused.body, &context) else { return Some(wrong) };
        let (D, proof) = shown?;
        let K = self.plan.roster.seat(complaint.from())?.K;
        verify_equality(&context, [&K, &sealed.C, &D], &proof).ok()?;
        let right = self.dealt(&accused, &sealed, &Secret::new(D), &K).is_some();
        (!right).then_some(wrong)
    }
}

fn blamed(culprit: Culprit) -> Failure {
    Failure::Culprits(vec![culprit])
}
