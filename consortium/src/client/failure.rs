//! Failures, each in one line for a person.

use std::fmt;
use std::io;
use std::time::Duration;

use medseal::Error;

use crate::wire::{Answer, Closed, Refusal, WireError};

/// Why every node failed.
#[derive(Debug)]
pub struct RemoteError {
    /// The nodes in the order in which they were asked, each by its name, or by its address if the
    /// name is not known.
    pub nodes: Vec<(String, Failure)>,
}

impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no node could do it")?;
        for (i, (name, failure)) in self.nodes.iter().enumerate() {
            write!(f, "{} {name}: {failure}", if i == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl std::error::Error for RemoteError {}

impl RemoteError {
    /// The error inside one that a [`Remote`](super::Remote) returned, if every node failed.
    #[must_use]
    pub fn of(error: &Error) -> Option<&Self> {
        match error {
            Error::Io(error) => error.get().get_ref()?.downcast_ref(),
            _ => None,
        }
    }

    pub(super) fn into_error(self) -> Error {
        let all = |is: fn(&Failure) -> bool| !self.nodes.is_empty() && self.nodes.iter().all(|(_, f)| is(f));
        let kind = if all(|f| matches!(f, Failure::Refused(Refusal::PoolFull(_) | Refusal::Quota(..)))) {
            io::ErrorKind::ResourceBusy
        } else if all(|f| matches!(f, Failure::Lied(_) | Failure::Aside(_))) {
            io::ErrorKind::InvalidData
        } else if all(|f| matches!(f, Failure::Certificate(_))) {
            io::ErrorKind::InvalidInput
        } else {
            io::ErrorKind::HostUnreachable
        };
        io::Error::new(kind, self).into()
    }
}

/// Why one node failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Failure {
    /// No connection.
    Connect(String, io::ErrorKind, String),
    /// Its certificate cannot be used.
    Certificate(Error),
    /// It is not the node of the certificate.
    NotThatNode,
    /// It ended the handshake.
    Closed(Closed),
    /// The connection broke.
    Lost(io::ErrorKind, String),
    /// It was silent for too long.
    Silent(Duration),
    /// It violated the protocol.
    Wire(WireError),
    /// It refuses for now.
    Refused(Refusal),
    /// It refuses what other nodes may accept.
    Unconfirmed(Error),
    /// Its ledger ends before a final height.
    Behind {
        /// Where it ends.
        size: u64,
        /// The least size of the ledger.
        known: u64,
    },
    /// It was just caught lying.
    Lied(Lie),
    /// It was caught lying before.
    Aside(Lie),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(address, _, error) => {
                write!(f, "cannot connect to {address} ({error}): check the address, and that the node runs")
            }
            Self::Certificate(error) => {
                write!(f, "{error}: get its present certificate and the newest registry from the super node")
            }
            Self::NotThatNode => {
                f.write_str("it is not the node of this certificate: check the address and the certificate")
            }
            Self::Closed(closed) => closed.fmt(f),
            Self::Lost(_, error) => write!(f, "the connection broke ({error}): try again"),
            Self::Silent(after) => {
                write!(f, "it was silent for {} s: try again, or look after the node", after.as_secs())
            }
            Self::Wire(error) => write!(f, "{error}: run the same version on both sides"),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Unconfirmed(error) => {
                write!(f, "{error}, says this node alone: try again when others answer")
            }
            Self::Behind { size, known } => {
                write!(f, "it has {size} items of {known}: wait until it has caught up")
            }
            Self::Lied(lie) => write!(f, "it lies: {lie}; tell the consortium"),
            Self::Aside(lie) => write!(f, "it is not asked again, because it lied: {lie}"),
        }
    }
}

/// A lie of a node. Its operator may have been attacked, or its disk may be damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lie {
    /// A head that no quorum signed.
    Head,
    /// A head that differs from one of the same size that a quorum signed.
    Fork(u64),
    /// A charter that does not follow the known ones, or belongs to another ledger.
    Charter,
    /// An entry other than the requested one, or bytes that are not an entry.
    Entry,
    /// A proof that does not verify.
    Proof,
    /// An item that is not at its height.
    Item(u64),
    /// A search that omits the match at this height.
    LeftOut(u64),
    /// A search with a false match at this height.
    MadeUp(u64),
}

impl fmt::Display for Lie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head => f.write_str("no quorum signed the head that it sent"),
            Self::Fork(size) => write!(f, "the validators signed two heads of {size} items"),
            Self::Charter => f.write_str("it sent a charter that is not one of this ledger's"),
            Self::Entry => f.write_str("it sent another entry than the one that was asked for"),
            Self::Proof => f.write_str("it sent a proof that is not valid"),
            Self::Item(height) => write!(f, "it sent an item that is not at height {height}"),
            Self::LeftOut(height) => write!(f, "it omitted the match at height {height}"),
            Self::MadeUp(height) => write!(f, "it made up a match at height {height}"),
        }
    }
}

/// The result of asking one node.
pub(super) enum Outcome {
    /// A final answer.
    Final(Error),
    /// A refusal that counts once enough nodes give it.
    Perhaps(Error),
    /// Another node may do it.
    Failed(Failure),
}

impl Outcome {
    pub(super) fn into_failure(self) -> Failure {
        match self {
            Self::Final(error) | Self::Perhaps(error) => Failure::Unconfirmed(error),
            Self::Failed(failure) => failure,
        }
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Lie> for Outcome {
    fn from(lie: Lie) -> Self {
        Self::Failed(Failure::Lied(lie))
    }
}

pub(super) type Asked<T> = Result<T, Outcome>;

/// An answer to another question, or a refusal that another node might not give.
pub(super) fn unexpected(answer: Answer) -> Outcome {
    match answer {
        Answer::Refused(Refusal::Invalid(Error::LedgerUnavailable)) => {
            Failure::Refused(Refusal::NotReady).into()
        }
        Answer::Refused(Refusal::Invalid(error)) => Outcome::Perhaps(error),
        Answer::Refused(refusal) => Failure::Refused(refusal).into(),
        _ => Failure::Wire(WireError::UnknownTag(0)).into(),
    }
}
