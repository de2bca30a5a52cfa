//! A session that takes messages as they arrive, in any order. It runs each step of
//! [`session`](super::session) when all messages for it are there.

use std::collections::VecDeque;

use rand_core::{CryptoRng, RngCore};

use super::failure::{Culprit, Failure, Fault, Round, blamed};
use super::generation::{AuthorityShare, Certificate};
use super::message::Message;
use super::plan::Plan;
use super::records::Records;
use super::roster::{AuthorityKey, Roster};
use super::session::{Checked, Committed, Dealing, Opened};

/// One authority's side of a key generation or resharing.
///
/// Pass every message that arrives to [`receive`](Self::receive). Send every message that
/// [`next_message`](Self::next_message) returns. Call [`confirm`](Self::confirm) when
/// [`is_checked`](Self::is_checked) is true. [`finish`](Self::finish) returns the share and the
/// certificate when all have confirmed.
#[derive(Debug)]
pub struct Session {
    plan: Plan,
    dealer: Option<u8>,
    state: State,
    /// Messages that were checked for the current step.
    inbox: Vec<Message>,
    /// Signed messages of later steps.
    early: Vec<Message>,
    outbox: VecDeque<Message>,
}

#[derive(Debug)]
enum State {
    Committed(Committed),
    Opened(Opened),
    Dealing(Dealing),
    Checked(Checked),
    Confirmed(AuthorityShare),
    /// It failed, or this authority has dealt and receives no share.
    Over,
}

impl Session {
    /// Starts a session. `share` is the dealer's share of the previous generation in a resharing.
    ///
    /// # Errors
    /// As for [`Plan::start`].
    pub fn start(
        plan: Plan,
        key: &AuthorityKey,
        share: Option<&AuthorityShare>,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Failure> {
        let dealer = plan.dealer_index(key);
        let (committed, message) = plan.clone().start(key, share, rng)?;
        let (inbox, early) = (Vec::new(), Vec::new());
        let outbox = message.into_iter().collect();
        Ok(Self { plan, dealer, state: State::Committed(committed), inbox, early, outbox })
    }

    /// Returns the next message to send: to all who take part, or to its [receiver](Message::to).
    pub fn next_message(&mut self) -> Option<Message> {
        self.outbox.pop_front()
    }

    /// Returns whether every value that this authority received is correct. It can then
    /// [confirm](Self::confirm).
    #[must_use]
    pub fn is_checked(&self) -> bool {
        matches!(self.state, State::Checked(_))
    }

    /// Returns whether the session has ended: it failed, or this authority has dealt
    /// and receives no share.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Takes a message, and runs every step for which it is the last message. Known messages, and
    /// this authority's own, have no effect. A message that does not belong to the session is
    /// rejected, and the session continues.
    ///
    /// # Errors
    /// [`Failure::Culprits`] names the authorities at fault. If the session then [is
    /// over](Self::is_over), first send the complaints, if there are any, and start again
    /// without those authorities.
    pub fn receive(
        &mut self,
        key: &AuthorityKey,
        message: &Message,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(), Failure> {
        if message.round() == Round::Complain {
            return self.judge(message);
        }
        let receiver = self.plan.roster.index_of_key(key.K());
        let own = if message.round() <= Round::Deal { self.dealer } else { receiver };
        if self.is_over() || own == Some(message.from()) {
            return Ok(());
        }
        if message.to() != 0 && receiver != Some(message.to()) {
            return Err(self.blame(message, Fault::WrongReceiver));
        }
        if Some(message.round()) == self.round() {
            self.check(message)?;
            self.keep(message)?;
        } else if Some(message.round()) > self.round() {
            self.keep_early(message)?;
        }
        self.go_on(key, rng)
    }

    /// Returns the round of the messages that the session waits for.
    fn round(&self) -> Option<Round> {
        match self.state {
            State::Committed(_) => Some(Round::Commit),
            State::Opened(_) => Some(Round::Open),
            State::Dealing(_) => Some(Round::Deal),
            // It waits for nothing, but confirmations may arrive.
            State::Checked(_) => Some(Round::Complain),
            State::Confirmed(_) => Some(Round::Confirm),
            State::Over => None,
        }
    }

    fn check(&self, message: &Message) -> Result<(), Failure> {
        match &self.state {
            State::Committed(state) => state.check_message(message),
            State::Opened(state) => state.check_message(message),
            State::Dealing(state) => state.check_message(message),
            State::Confirmed(share) => {
                let expected = share.generation().expected(Round::Confirm);
                expected.check(message).map_err(blamed)
            }
            State::Checked(_) | State::Over => Ok(()),
        }
    }

    /// Returns the roster of the senders' numbers in a round.
    fn roster(&self, round: Round) -> &Roster {
        if round <= Round::Deal { self.plan.dealing_roster() } else { &self.plan.roster }
    }

    fn blame(&self, message: &Message, fault: Fault) -> Failure {
        let round = message.round();
        blamed(self.roster(round).blame(round, message.from(), fault))
    }

    fn keep(&mut self, message: &Message) -> Result<(), Failure> {
        match self.inbox.iter().find(|kept| kept.from() == message.from()) {
            Some(kept) if kept == message => Ok(()),
            Some(_) => Err(self.blame(message, Fault::Twice)),
            None => {
                self.inbox.push(message.clone());
                Ok(())
            }
        }
    }

    /// Keeps one message for each session, round and sender, if the sender signed
    /// it. Its step checks it.
    fn keep_early(&mut self, message: &Message) -> Result<(), Failure> {
        const SESSIONS: usize = 4;
        let seat = self.roster(message.round()).seat(message.from());
        let Some(seat) = seat else { return Err(self.blame(message, Fault::Surplus)) };
        if message.round() > Round::Confirm {
            return Err(self.blame(message, Fault::WrongRound));
        }
        if !message.is_signed_by(&seat.K) {
            return Err(self.blame(message, Fault::InvalidSignature));
        }
        let same = |kept: &&Message| kept.from() == message.from() && kept.round() == message.round();
        let known = self.early.iter().filter(same);
        if known.clone().all(|kept| kept.session() != message.session()) && known.count() < SESSIONS {
            self.early.push(message.clone());
        }
        Ok(())
    }

    fn judge(&mut self, complaint: &Message) -> Result<(), Failure> {
        let proceedings = match &self.state {
            State::Dealing(state) => state.proceedings(),
            State::Checked(state) => state.proceedings(),
            // A confirmed share is kept. The complaining authority has not confirmed, so there
            // will be no certificate.
            _ => return Ok(()),
        };
        let culprit = proceedings.judge(complaint)?;
        self.state = State::Over;
        Err(blamed(culprit))
    }

    /// Runs every step for which all messages are there.
    fn go_on(&mut self, key: &AuthorityKey, rng: &mut (impl CryptoRng + RngCore)) -> Result<(), Failure> {
        loop {
            self.take_early()?;
            let needed = self.plan.dealers().len() - usize::from(self.dealer.is_some());
            let complete = matches!(self.state, State::Committed(_) | State::Opened(_) | State::Dealing(_))
                && self.inbox.len() == needed;
            if !complete {
                return Ok(());
            }
            let inbox = core::mem::take(&mut self.inbox);
            self.state = match core::mem::replace(&mut self.state, State::Over) {
                State::Committed(state) => {
                    let (state, message) = state.open(key, &inbox, rng)?;
                    self.outbox.extend(message);
                    State::Opened(state)
                }
                State::Opened(state) => {
                    let (state, messages) = state.deal(key, &inbox, rng)?;
                    self.outbox.extend(messages);
                    match self.plan.roster.index_of_key(key.K()) {
                        Some(_) => State::Dealing(state),
                        None => State::Over,
                    }
                }
                State::Dealing(state) => match state.check(key, &inbox, rng) {
                    Ok(state) => State::Checked(state),
                    Err(dispute) => {
                        self.outbox.extend(dispute.complaints);
                        return Err(dispute.failure);
                    }
                },
                state => state,
            };
        }
    }

    /// Stores the share durably, and only then signs: see [`Checked::confirm`].
    ///
    /// # Errors
    /// [`Failure::NoPart`] before [`is_checked`](Self::is_checked) is true; those of
    /// [`Checked::confirm`].
    pub fn confirm(&mut self, key: &AuthorityKey, records: &mut dyn Records) -> Result<(), Failure> {
        let checked = match core::mem::replace(&mut self.state, State::Over) {
            State::Checked(checked) => checked,
            state => {
                self.state = state;
                return Err(Failure::NoPart);
            }
        };
        let (share, message) = checked.confirm(key, records)?;
        self.state = State::Confirmed(share);
        self.inbox.push(message.clone());
        self.outbox.push_back(message);
        self.take_early()
    }

    /// Takes the early messages of the current step, and drops those that do not belong to it.
    fn take_early(&mut self) -> Result<(), Failure> {
        let round = self.round();
        let (now, later): (Vec<_>, _) =
            core::mem::take(&mut self.early).into_iter().partition(|early| Some(early.round()) == round);
        self.early = later;
        let right: Vec<_> = now.into_iter().filter(|message| self.check(message).is_ok()).collect();
        right.iter().try_for_each(|message| self.keep(message))
    }

    /// Returns the share and the certificate, once all authorities have confirmed.
    ///
    /// # Errors
    /// The session itself, unless it is complete.
    pub fn finish(self) -> Result<(AuthorityShare, Certificate), Box<Self>> {
        let is_complete = self.inbox.len() == usize::from(self.plan.roster.size());
        let certificate = match &self.state {
            State::Confirmed(share) if is_complete => share.certify(&self.inbox).ok(),
            _ => None,
        };
        match (certificate, self.state) {
            (Some(certificate), State::Confirmed(share)) => Ok((share, certificate)),
            (_, state) => Err(Box::new(Self { state, ..self })),
        }
    }

    /// Returns the authorities whose messages are missing.
    #[must_use]
    pub fn missing(&self) -> Vec<Culprit> {
        let Some(round) = self.round() else { return Vec::new() };
        let waited: Vec<u8> = match self.state {
            State::Checked(_) => Vec::new(),
            State::Confirmed(_) => self.plan.roster.indices().collect(),
            _ => self.plan.dealers().into_iter().filter(|dealer| Some(*dealer) != self.dealer).collect(),
        };
        let is_here = |index: u8| self.inbox.iter().any(|kept| kept.from() == index);
        let blame = |index| self.roster(round).blame(round, index, Fault::Missing);
        waited.into_iter().filter(|index| !is_here(*index)).map(blame).collect()
    }

    /// Returns the plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}
