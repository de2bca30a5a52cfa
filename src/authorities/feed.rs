//! A session that is fed with messages as they arrive, in any order: the steps of
//! [`session`](super::session), taken when all messages for the next one are there.

use std::collections::VecDeque;

use rand_core::{CryptoRng, RngCore};

use super::failure::{Culprit, Failure, Fault, Round, blamed};
use super::generation::{AuthorityShare, Certificate};
use super::message::Message;
use super::plan::Plan;
use super::records::Records;
use super::roster::AuthorityKey;
use super::session::{Checked, Committed, Dealing, Opened};

/// One authority's side of a key generation or resharing.
///
/// Feed it with every message that arrives ([`receive`](Self::receive)), send every
/// message that it [has](Self::next_message), and call [`confirm`](Self::confirm) when it
/// [is checked](Self::is_checked). [`finish`](Self::finish) returns share and certificate
/// when all have confirmed.
#[derive(Debug)]
pub struct Session {
    plan: Plan,
    dealer: Option<u8>,
    state: State,
    /// Messages that were checked for the step at hand.
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
    /// It failed, or this authority has dealt and gets no share.
    Over,
}

impl Session {
    /// Begins. `share` is that of the generation before, for those who deal in a resharing.
    ///
    /// # Errors
    /// Those of [`Plan::start`].
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

    /// The next message to be sent: to all who take part, or to the one that
    /// it [names](Message::to).
    pub fn next_message(&mut self) -> Option<Message> {
        self.outbox.pop_front()
    }

    /// Whether all that this authority was dealt is right, so that it can [confirm](Self::confirm).
    #[must_use]
    pub fn is_checked(&self) -> bool {
        matches!(self.state, State::Checked(_))
    }

    /// Whether nothing more comes of it: it failed, or this authority has dealt and gets no share.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Takes a message, and every step that it makes possible. A message that came before is taken
    /// once more without effect, and so are this authority's own. A message that does not belong
    /// here is refused, and the session goes on.
    ///
    /// # Errors
    /// [`Failure::Culprits`] names who is at fault. If the session [is
    /// over](Self::is_over) afterwards, it starts anew without them; the complaints, if
    /// there are any, are to be sent before.
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

    /// The round whose messages are waited for.
    fn round(&self) -> Option<Round> {
        match self.state {
            State::Committed(_) => Some(Round::Commit),
            State::Opened(_) => Some(Round::Open),
            State::Dealing(_) => Some(Round::Deal),
            // Nothing is waited for; confirmations may come.
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

    fn blame(&self, message: &Message, fault: Fault) -> Failure {
        let roster = match message.round() {
            Round::Commit | Round::Open | Round::Deal => self.plan.dealing_roster(),
            _ => &self.plan.roster,
        };
        blamed(roster.blame(message.round(), message.from(), fault))
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

    /// One message of each session, round and sender, if the sender signed it. It is checked
    /// when its step has come.
    fn keep_early(&mut self, message: &Message) -> Result<(), Failure> {
        const SESSIONS: usize = 4;
        let roster =
            if message.round() <= Round::Deal { self.plan.dealing_roster() } else { &self.plan.roster };
        let Some(seat) = roster.seat(message.from()) else { return Err(self.blame(message, Fault::Surplus)) };
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
            // A share that was confirmed is kept; who complains did not confirm, so that no
            // certificate comes of it.
            _ => return Ok(()),
        };
        let culprit = proceedings.judge(complaint)?;
        self.state = State::Over;
        Err(blamed(culprit))
    }

    /// Takes every step for which all messages are there.
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
    /// [`Failure::NoPart`] before the session [is checked](Self::is_checked); those
    /// of [`Checked::confirm`].
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

    /// Takes those early messages whose step has come; what does not belong to it is dropped.
    fn take_early(&mut self) -> Result<(), Failure> {
        let round = self.round();
        let (now, later): (Vec<_>, _) =
            core::mem::take(&mut self.early).into_iter().partition(|early| Some(early.round()) == round);
        self.early = later;
        let right: Vec<_> = now.into_iter().filter(|message| self.check(message).is_ok()).collect();
        right.iter().try_for_each(|message| self.keep(message))
    }

    /// Share and certificate, once all authorities have confirmed; before that, the session itself.
    ///
    /// # Errors
    /// The session goes back unless it is complete.
    pub fn finish(self) -> Result<(AuthorityShare, Certificate), Box<Self>> {
        match &self.state {
            State::Confirmed(share) if self.inbox.len() == usize::from(self.plan.roster.size()) => {
                let certificate = share.certify(&self.inbox);
                match (certificate, self.state) {
                    (Ok(certificate), State::Confirmed(share)) => Ok((share, certificate)),
                    (_, state) => Err(Box::new(Self { state, ..self })),
                }
            }
            _ => Err(Box::new(self)),
        }
    }

    /// Whose messages are waited for.
    #[must_use]
    pub fn missing(&self) -> Vec<Culprit> {
        let Some(round) = self.round() else { return Vec::new() };
        let has = |index: &u8| self.inbox.iter().any(|kept| kept.from() == *index);
        match self.state {
            State::Confirmed(_) => {
                let roster = &self.plan.roster;
                roster.indices().filter(|i| !has(i)).map(|i| roster.blame(round, i, Fault::Missing)).collect()
            }
            State::Checked(_) => Vec::new(),
            _ => {
                let dealers = self.plan.dealers().into_iter();
                let waited = dealers.filter(|i| Some(*i) != self.dealer && !has(i));
                waited.map(|index| self.plan.blame_dealer(round, index, Fault::Missing)).collect()
            }
        }
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}
