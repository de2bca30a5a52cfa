//! Failures between authorities, and the authorities at fault.

use core::fmt;

use crate::error::{Error, texts};

/// A step of the protocols between authorities: a round of a key generation, from
/// [`Commit`](Self::Commit) to [`Confirm`](Self::Confirm), or an answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Round {
    /// Each dealer sends a digest of its commitments.
    Commit = 0,
    /// Each dealer opens its commitments, with a proof.
    Open = 1,
    /// Each dealer sends each authority its values, sealed.
    Deal = 2,
    /// An authority publishes a wrong message that it received.
    Complain = 3,
    /// An authority has stored its share, and signs the public keys.
    Confirm = 4,
    /// Parts of a member's keys.
    Keys = 5,
    /// A part of a hospital's identity key.
    Identity = 6,
    /// A part of the signature of a certificate.
    Certificate = 7,
    /// A part of the signature of a registry.
    Registry = 8,
    /// A part of the signature of a charter.
    Charter = 9,
}

impl Round {
    /// In the order of their numbers, each with what is done in it.
    const ALL: [(Self, &str); 10] = [
        (Self::Commit, "committing"),
        (Self::Open, "opening"),
        (Self::Deal, "dealing"),
        (Self::Complain, "complaining"),
        (Self::Confirm, "confirming"),
        (Self::Keys, "issuing keys"),
        (Self::Identity, "issuing an identity key"),
        (Self::Certificate, "signing a certificate"),
        (Self::Registry, "signing a registry"),
        (Self::Charter, "signing a charter"),
    ];

    pub(super) fn from_byte(byte: u8) -> Result<Self, Error> {
        Self::ALL.get(usize::from(byte)).map(|(round, _)| *round).ok_or(Error::InvalidField)
    }

    fn name(self) -> &'static str {
        Self::ALL.get(self as usize).map_or("", |(_, name)| name)
    }
}

texts! {
    /// What an authority did wrong.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum Fault {
        /// It sent nothing.
        Missing => "sent nothing",
        /// It sent two messages, or one twice.
        Twice => "sent more than one message",
        /// It takes no part in this step, or is the receiver itself.
        Surplus => "takes no part in this step",
        /// Its message is of a different session or generation, or was made for a different
        /// threshold or different authorities.
        WrongSession => "sent a message of a different session, threshold or set of authorities",
        /// Its message is of a different round.
        WrongRound => "sent a message of a different round",
        /// Its message is for a different receiver.
        WrongReceiver => "sent a message for a different receiver",
        /// The message does not have the sender's valid signature. Someone else may have sent it.
        InvalidSignature => "sent a message without its valid signature",
        /// The message's contents do not decode.
        Malformed(error: Error) => "sent a message that does not decode: {error}",
        /// There are more or fewer commitments than the threshold requires.
        WrongThreshold => "sent more or fewer commitments than the threshold requires",
        /// It opened something other than what it committed to.
        DoesNotOpen => "opened something other than what it committed to",
        /// Its proof is not valid.
        InvalidProof => "sent an invalid proof",
        /// It dealt a share other than its own of the previous generation.
        WrongConstant => "dealt a share other than its own",
        /// It dealt a value that does not match its commitments.
        WrongValue => "dealt a value that does not match its commitments",
        /// It complained about a correct value.
        FalseComplaint => "complained about a correct value",
        /// It confirmed different public keys.
        WrongGeneration => "confirmed different public keys",
        /// It answered a different request.
        WrongRequest => "answered a different request",
        /// Its part of a key or a signature is wrong.
        WrongPart => "sent an incorrect part",
    }
}

/// An authority that is at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Culprit {
    /// The step in which it failed.
    pub round: Round,
    /// Its number, from 1; 0 if the message names none.
    pub index: u8,
    /// Its name; empty if no authority has this number.
    pub name: String,
    /// What it did wrong.
    pub fault: Fault,
}

impl fmt::Display for Culprit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { round, index, name, fault } = self;
        write!(f, "{}: authority {index} ({name}) {fault}", round.name())
    }
}

/// Why a step between authorities failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// These authorities, or someone impersonating them, are at fault.
    Culprits(Vec<Culprit>),
    /// Fewer authorities answered correctly than the threshold requires.
    TooFew {
        /// The threshold.
        needed: u8,
        /// The number of correct answers.
        given: usize,
        /// The authorities whose answers are wrong.
        culprits: Vec<Culprit>,
    },
    /// The durable record shows that a different body was signed with this number, or one
    /// with a greater number.
    AlreadySigned {
        /// The greatest number that was signed.
        number: u64,
    },
    /// The body does not follow the newest known one.
    WrongPredecessor,
    /// The body lacks a revocation that was signed or seen before.
    LosesRevocation,
    /// The durable record shows that a different resharing of this generation was confirmed.
    AlreadyConfirmed {
        /// The generation that is reshared.
        generation: u32,
    },
    /// This authority takes no part in the step: it deals nothing, or receives no share.
    NoPart,
    /// Any other cause.
    Error(Error),
}

impl Failure {
    /// Returns the authorities at fault.
    #[must_use]
    pub fn culprits(&self) -> &[Culprit] {
        match self {
            Self::Culprits(culprits) | Self::TooFew { culprits, .. } => culprits,
            _ => &[],
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Culprits(culprits) => f.write_str(&list(culprits)),
            Self::TooFew { needed, given, culprits } => {
                write!(f, "{needed} authorities are needed, {given} answered correctly")?;
                if culprits.is_empty() { Ok(()) } else { write!(f, "; {}", list(culprits)) }
            }
            Self::AlreadySigned { number } => {
                write!(f, "a different body was already signed; the greatest signed number is {number}")
            }
            Self::WrongPredecessor => {
                f.write_str("the body does not follow the newest known one: fetch what is missing")
            }
            Self::LosesRevocation => f.write_str("the body lacks an earlier revocation: add it"),
            Self::AlreadyConfirmed { generation } => {
                write!(f, "a different resharing of generation {generation} was already confirmed")
            }
            Self::NoPart => f.write_str("this authority has no part in the step"),
            Self::Error(error) => error.fmt(f),
        }
    }
}

/// A failure with one authority at fault.
pub(super) fn blamed(culprit: Culprit) -> Failure {
    Failure::Culprits(vec![culprit])
}

fn list(culprits: &[Culprit]) -> String {
    culprits.iter().map(Culprit::to_string).collect::<Vec<_>>().join("; ")
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Error(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}
