//! The protocol between a hospital's client and a node, over TCP.
//!
//! ```text
//! frame     = length (4) || bytes                              at most FRAME_BYTES
//!
//! client                                                       node
//!   "MSW" || version (1) || ledger (32) || AuthRequest    ->
//!                                                         <-   0 || AuthReply,  or a reason (1), and the end
//!   AuthConfirmation                                      ->
//!
//! message   = part*, each in a frame
//! part      = SessionMessage of  last (1) || up to PART_BYTES bytes,  aad = "MSW" || version || ledger
//! ```
//! The messages of the handshake and [`SessionMessage`] are the library's. After the handshake the
//! client sends a request, and the node answers it; one request at a time. While the node works, it
//! sends an [`Answer::Progress`] every [`PROGRESS_EVERY`], so the client can distinguish work from
//! failure. To cancel a request, the client closes the connection. Every part authenticates the
//! ledger: a node of another ledger cannot answer.
//!
//! ```text
//! request   = 1 entry                     submit an entry; answered when it is final
//!           | 2 charter                   submit a charter
//!           | 3                           the newest certified head
//!           | 4 height (8)                the item at a height
//!           | 5 height (8)                items from a height, as many as fit in a page
//!           | 6 id (32)                   the entry of an id
//!           | 7 id (32) size (8)          the proof that it is under the head of this size
//!           | 8 number (4)                charters from a number, as many as fit in a page
//!           | 9 height (8)                indexes from a height, as many as fit in a page
//!           | 10 height (8) query         search from a height
//!           | 11                          status
//!           | 12 height (8) size (8)      the proof that the item at a height is under the head of this size
//! answer    = 1 height (8) was there (1)  | 2 height (8) | 3 certified head | 4 item | 5 item-or-error*
//!           | 6 entry | 7 proof | 8 (length (4) charter)* | 9 index-or-error*
//!           | 10 found | 11 status | 12 progress (8): items searched | 13 refusal
//! item-or-error  = 0 length (4) item | 2 error (1)
//! index-or-error = 0 id (32) length (4) index | 1 (a charter) | 2 error (1)
//! refusal   = 1 error (1)                 this request is refused permanently
//!           | 2 milliseconds (4)          too many entries wait
//!           | 3 quota (1) milliseconds(4) the hospital's quota is used up: 1 entries, 2 bytes, 3 searches
//!           | 4                           the hospital's registration was revoked
//!           | 5                           the node is stopping, or not ready
//!           | 6                           not understood
//!           | 7                           the charter's validators cannot run this ledger
//! status    = blocks (8) || items (8) || charter (4) || epoch (8) || validators (8) || is validator (1)
//!          || pool's entries (8) || pool's bytes (8) || peers (8) || last block (8)
//! ```
//! After searching for some seconds, a node returns what it has found; `found` states where to
//! continue.
//!
//! Entries, charters, items, indexes, proofs, queries and `found` are the library's byte forms; a
//! certified head has that of [`CertifiedHead`](crate::CertifiedHead). An error is encoded as its
//! index in a list in this file; a limit as 128 plus its index in a second list.
//!
//! Decoding is total: any bytes give a value or a [`WireError`]. A length is checked against the
//! available bytes before anything is allocated.

use std::fmt;
use std::time::Duration;

use medseal::Error;
use medseal::identity::{Session, SessionMessage};
use medseal::ledger::{Appended, EntryId, LedgerId};
use medseal::limits::{ENTRY_BYTES, Limit};

use crate::backend::Status;

/// The version of this protocol.
pub const VERSION: u8 = 1;
/// The first bytes of a connection.
const MAGIC: &[u8; 3] = b"MSW";
/// The greatest number of a message's bytes in one frame.
pub const PART_BYTES: usize = 1 << 18;
/// The greatest length of a frame in bytes: a part in a session message.
pub const FRAME_BYTES: usize = PART_BYTES + 128;
/// The greatest length of a frame in bytes before the session is established.
pub const HANDSHAKE_FRAME_BYTES: usize = 4096;
/// The greatest length of an answer in bytes. The limit for requests is configurable.
pub const MESSAGE_BYTES: usize = ENTRY_BYTES + 4096;
/// A page of this many bytes takes no further item.
pub const PAGE_BYTES: usize = 1 << 20;
/// The greatest number of items in a page.
pub const PAGE_ITEMS: usize = 1 << 10;
/// How often a working node reports progress.
pub const PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// Bytes that violate the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WireError {
    /// They end too early.
    Truncated,
    /// There are bytes after the end.
    TrailingBytes,
    /// An unknown tag, flag or number.
    UnknownTag(u8),
    /// The connection uses another protocol.
    NotThisProtocol,
    /// Another version of it.
    Version(u8),
    /// A frame, message or page exceeds its limit.
    TooLong(usize),
    /// The library refuses a part.
    Session(Error),
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("a message ends too early"),
            Self::TrailingBytes => f.write_str("a message has bytes after its end"),
            Self::UnknownTag(tag) => write!(f, "a message has the unknown tag {tag}"),
            Self::NotThisProtocol => f.write_str("the other side does not speak this protocol"),
            Self::Version(version) => {
                write!(f, "the other side speaks version {version} of the protocol, this one {VERSION}")
            }
            Self::TooLong(length) => write!(f, "a message of {length} bytes is longer than allowed"),
            Self::Session(error) => write!(f, "a message of the session was refused: {error}"),
        }
    }
}

impl std::error::Error for WireError {}

impl From<Error> for WireError {
    fn from(error: Error) -> Self {
        Self::Session(error)
    }
}

/// Checks the length at the beginning of a frame.
///
/// # Errors
/// [`WireError::TooLong`].
pub fn frame_length(prefix: [u8; 4], most: usize) -> Result<usize, WireError> {
    let length = u32::from_be_bytes(prefix) as usize;
    if length > most { Err(WireError::TooLong(length)) } else { Ok(length) }
}

/// Encodes a frame of at most [`FRAME_BYTES`] bytes.
#[must_use]
pub fn frame(bytes: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(4 + bytes.len());
    frame.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    frame.extend_from_slice(bytes);
    frame
}

/// The first frame of a connection: the ledger, and the library's request.
#[must_use]
pub fn hello(ledger: &LedgerId, request: &[u8]) -> Vec<u8> {
    [MAGIC.as_slice(), &[VERSION], ledger.as_bytes(), request].concat()
}

/// Reads the first frame of a connection.
///
/// # Errors
/// [`WireError`].
pub fn read_hello(bytes: &[u8]) -> Result<(LedgerId, &[u8]), WireError> {
    let mut r = Reader(bytes);
    if r.array::<3>()? != *MAGIC {
        return Err(WireError::NotThisProtocol);
    }
    match r.u8()? {
        VERSION => {}
        version => return Err(WireError::Version(version)),
    }
    Ok((LedgerId::from(r.array::<32>()?), r.0))
}

/// Why a node ends a connection instead of replying to a handshake. It does not reveal who is
/// registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Closed {
    /// The hospital was not authenticated: not registered, revoked, or its request was
    /// made for another node.
    Refused = 1,
    /// The request's time is outside the node's window, or before it started.
    Clock = 2,
    /// The request was seen before.
    Replayed = 3,
    /// The node has no place for another connection from this address or hospital.
    Busy = 4,
    /// The node runs another ledger.
    OtherLedger = 5,
    /// The first frame was not understood.
    NotUnderstood = 6,
}

impl Closed {
    const ALL: [Self; 6] =
        [Self::Refused, Self::Clock, Self::Replayed, Self::Busy, Self::OtherLedger, Self::NotUnderstood];
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => {
                "it does not accept this hospital: check that the hospital is registered and not revoked, \
                 and that the node has the newest registry and the certificate that is configured here"
            }
            Self::Clock => {
                "it refuses the time of the request: set this machine's clock; a node that has lost its replay \
                 cache accepts hospitals after half a minute"
            }
            Self::Replayed => "it has seen this request before: connect again",
            Self::Busy => "it has no place for another connection: try again in a minute",
            Self::OtherLedger => "it runs another ledger: check its address and the ledger's id",
            Self::NotUnderstood => "it does not understand this client: run the same version on both sides",
        })
    }
}

/// The node's first frame.
///
/// # Errors
/// [`WireError`] if it is neither a reply nor a reason.
pub fn read_reply(bytes: &[u8]) -> Result<Result<&[u8], Closed>, WireError> {
    match bytes.split_first() {
        None => Err(WireError::Truncated),
        Some((0, reply)) => Ok(Ok(reply)),
        Some((tag, rest)) => {
            let closed = Closed::ALL.into_iter().find(|closed| *closed as u8 == *tag);
            let closed = closed.ok_or(WireError::UnknownTag(*tag))?;
            if rest.is_empty() { Ok(Err(closed)) } else { Err(WireError::TrailingBytes) }
        }
    }
}

/// A session that carries messages in parts.
#[derive(Debug)]
pub struct Channel {
    session: Session,
    aad: Vec<u8>,
    received: Vec<u8>,
    most: usize,
}

impl Channel {
    /// Received messages have at most this many bytes.
    #[must_use]
    pub fn new(session: Session, ledger: &LedgerId, most: usize) -> Self {
        let aad = [MAGIC.as_slice(), &[VERSION], ledger.as_bytes()].concat();
        Self { session, aad, received: Vec::new(), most }
    }

    /// Seals the next part of a message. Returns its frame and the rest, which is
    /// empty after the last part.
    ///
    /// # Errors
    /// [`WireError::Session`].
    pub fn seal<'m>(&mut self, message: &'m [u8]) -> Result<(Vec<u8>, &'m [u8]), WireError> {
        let (part, rest) = message.split_at_checked(PART_BYTES).unwrap_or((message, &[]));
        let plaintext = [&[u8::from(rest.is_empty())], part].concat();
        Ok((frame(&self.session.seal(&plaintext, &self.aad)?.to_bytes()), rest))
    }

    /// Opens the contents of a frame. Returns the message after its last part.
    ///
    /// # Errors
    /// [`WireError::Session`] if it is not the peer's next part; [`WireError::TooLong`] if the
    /// message becomes too long.
    pub fn open(&mut self, frame: &[u8]) -> Result<Option<Vec<u8>>, WireError> {
        let opened = self.session.open(&SessionMessage::from_bytes(frame)?, &self.aad)?;
        let mut r = Reader(&opened);
        let last = r.flag()?;
        let length = self.received.len() + r.0.len();
        if length > self.most {
            return Err(WireError::TooLong(length));
        }
        self.received.extend_from_slice(r.0);
        Ok(last.then(|| std::mem::take(&mut self.received)))
    }
}

/// A client's request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Append an entry; answered when it is final.
    Submit(Vec<u8>),
    /// Append a charter.
    SubmitCharter(Vec<u8>),
    /// The newest certified head.
    Head,
    /// The item at a height.
    Item(u64),
    /// A page of items from a height.
    Items(u64),
    /// The entry of an id.
    Entry(EntryId),
    /// The proof that an entry is under the head of this size.
    Prove {
        /// The entry.
        id: EntryId,
        /// The number of items under the head.
        size: u64,
    },
    /// The proof that the item at a height is under the head of this size.
    ProveItem {
        /// The height.
        height: u64,
        /// The number of items under the head.
        size: u64,
    },
    /// A page of charters from a number.
    Charters(u32),
    /// A page of indexes from a height.
    Indexes(u64),
    /// A search from a height.
    Search {
        /// The height at which it begins.
        from: u64,
        /// The query.
        query: Vec<u8>,
    },
    /// The node's status.
    Status,
}

impl Request {
    /// The byte form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Submit(entry) => tagged(1, &[entry]),
            Self::SubmitCharter(charter) => tagged(2, &[charter]),
            Self::Head => tagged(3, &[]),
            Self::Item(height) => tagged(4, &[&height.to_be_bytes()]),
            Self::Items(height) => tagged(5, &[&height.to_be_bytes()]),
            Self::Entry(id) => tagged(6, &[id.as_bytes()]),
            Self::Prove { id, size } => tagged(7, &[id.as_bytes(), &size.to_be_bytes()]),
            Self::Charters(number) => tagged(8, &[&number.to_be_bytes()]),
            Self::Indexes(height) => tagged(9, &[&height.to_be_bytes()]),
            Self::Search { from, query } => tagged(10, &[&from.to_be_bytes(), query]),
            Self::Status => tagged(11, &[]),
            Self::ProveItem { height, size } => tagged(12, &[&height.to_be_bytes(), &size.to_be_bytes()]),
        }
    }

    /// Decodes a request.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        let mut r = Reader(bytes);
        let request = match r.u8()? {
            1 => Self::Submit(r.rest()),
            2 => Self::SubmitCharter(r.rest()),
            3 => Self::Head,
            4 => Self::Item(r.u64()?),
            5 => Self::Items(r.u64()?),
            6 => Self::Entry(r.id()?),
            7 => Self::Prove { id: r.id()?, size: r.u64()? },
            8 => Self::Charters(r.u32()?),
            9 => Self::Indexes(r.u64()?),
            10 => Self::Search { from: r.u64()?, query: r.rest() },
            11 => Self::Status,
            12 => Self::ProveItem { height: r.u64()?, size: r.u64()? },
            tag => return Err(WireError::UnknownTag(tag)),
        };
        r.finish()?;
        Ok(request)
    }
}

/// The id and index of an entry, `None` for a charter, or the decoding error.
pub type IndexBytes = Result<Option<(EntryId, Vec<u8>)>, Error>;

/// A node's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The entry is final.
    Appended(Appended),
    /// The charter is final, at this height.
    CharterAppended(u64),
    /// A certified head.
    Head(Vec<u8>),
    /// An item.
    Item(Vec<u8>),
    /// Items in order, each as an item or as its decoding error. Empty from the end on.
    Items(Vec<Result<Vec<u8>, Error>>),
    /// An entry.
    Entry(Vec<u8>),
    /// An inclusion proof.
    Proof(Vec<u8>),
    /// Charters in order. Empty after the newest.
    Charters(Vec<Vec<u8>>),
    /// Indexes in order, with their entries' ids. `None` for a charter.
    Indexes(Vec<IndexBytes>),
    /// The result of a search.
    Found(Vec<u8>),
    /// The node's status.
    Status(Status),
    /// The node is working; a search has processed this many items.
    Progress(u64),
    /// The node refuses.
    Refused(Refusal),
}

/// Why a node refuses a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The request is refused permanently.
    Invalid(Error),
    /// Too many entries are waiting there, in total or from this hospital. Try again after this
    /// time, or try another node.
    PoolFull(Duration),
    /// The hospital has used up a quota. Try again after this time.
    Quota(Quota, Duration),
    /// The hospital's registration was revoked.
    Revoked,
    /// The node is stopping, or too far behind to answer.
    NotReady,
    /// The request was not understood.
    NotUnderstood,
    /// The charter's validators cannot run this ledger.
    Validators,
}

/// What is limited per hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Quota {
    /// Entries submitted.
    Entries = 1,
    /// Bytes sent and received.
    Bytes = 2,
    /// Searches.
    Searches = 3,
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entries => "entries",
            Self::Bytes => "bytes",
            Self::Searches => "searches",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::PoolFull(after) => {
                write!(f, "too many entries wait there: try again in {}", Seconds(*after))
            }
            Self::Quota(quota, after) => write!(
                f,
                "this hospital has used up its quota of {quota} per minute: try again in {}, or ask for a higher quota",
                Seconds(*after)
            ),
            Self::Revoked => f.write_str("this hospital's registration was revoked: ask the super node"),
            Self::NotReady => f.write_str("it is stopping, or has not yet caught up: try again in a minute"),
            Self::NotUnderstood => {
                f.write_str("it does not understand the request: run the same version on both sides")
            }
            Self::Validators => f.write_str(
                "the charter's validators cannot run this ledger: check that each engine key signed for it",
            ),
        }
    }
}

/// A duration for a person.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0.as_millis().div_ceil(1000).max(1))
    }
}

impl Refusal {
    fn write(&self, w: &mut Vec<u8>) {
        match self {
            Self::Invalid(error) => w.extend([1, error_number(error)]),
            Self::PoolFull(after) => {
                w.push(2);
                w.extend(milliseconds(*after));
            }
            Self::Quota(quota, after) => {
                w.extend([3, *quota as u8]);
                w.extend(milliseconds(*after));
            }
            Self::Revoked => w.push(4),
            Self::NotReady => w.push(5),
            Self::NotUnderstood => w.push(6),
            Self::Validators => w.push(7),
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(match r.u8()? {
            1 => Self::Invalid(read_error(r.u8()?)?),
            2 => Self::PoolFull(Duration::from_millis(r.u32()?.into())),
            3 => {
                let quota = match r.u8()? {
                    1 => Quota::Entries,
                    2 => Quota::Bytes,
                    3 => Quota::Searches,
                    tag => return Err(WireError::UnknownTag(tag)),
                };
                Self::Quota(quota, Duration::from_millis(r.u32()?.into()))
            }
            4 => Self::Revoked,
            5 => Self::NotReady,
            6 => Self::NotUnderstood,
            7 => Self::Validators,
            tag => return Err(WireError::UnknownTag(tag)),
        })
    }
}

fn milliseconds(duration: Duration) -> [u8; 4] {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX).to_be_bytes()
}

impl Answer {
    /// The byte form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Appended(Appended { height, was_there }) => {
                tagged(1, &[&height.to_be_bytes(), &[u8::from(*was_there)]])
            }
            Self::CharterAppended(height) => tagged(2, &[&height.to_be_bytes()]),
            Self::Head(head) => tagged(3, &[head]),
            Self::Item(item) => tagged(4, &[item]),
            Self::Items(items) => {
                let mut w = vec![5];
                for item in items {
                    match item {
                        Ok(item) => {
                            w.push(0);
                            write_var(&mut w, item);
                        }
                        Err(error) => w.extend([2, error_number(error)]),
                    }
                }
                w
            }
            Self::Entry(entry) => tagged(6, &[entry]),
            Self::Proof(proof) => tagged(7, &[proof]),
            Self::Charters(charters) => {
                let mut w = vec![8];
                charters.iter().for_each(|charter| write_var(&mut w, charter));
                w
            }
            Self::Indexes(indexes) => {
                let mut w = vec![9];
                for index in indexes {
                    match index {
                        Ok(Some((id, index))) => {
                            w.push(0);
                            w.extend_from_slice(id.as_bytes());
                            write_var(&mut w, index);
                        }
                        Ok(None) => w.push(1),
                        Err(error) => w.extend([2, error_number(error)]),
                    }
                }
                w
            }
            Self::Found(found) => tagged(10, &[found]),
            Self::Status(status) => {
                let mut w = vec![11];
                write_status(&mut w, status);
                w
            }
            Self::Progress(done) => tagged(12, &[&done.to_be_bytes()]),
            Self::Refused(refusal) => {
                let mut w = vec![13];
                refusal.write(&mut w);
                w
            }
        }
    }

    /// Decodes an answer.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        let mut r = Reader(bytes);
        let answer = match r.u8()? {
            1 => Self::Appended(Appended { height: r.u64()?, was_there: r.flag()? }),
            2 => Self::CharterAppended(r.u64()?),
            3 => Self::Head(r.rest()),
            4 => Self::Item(r.rest()),
            5 => Self::Items(r.page(|r| match r.u8()? {
                0 => Ok(Ok(r.var()?)),
                2 => Ok(Err(read_error(r.u8()?)?)),
                tag => Err(WireError::UnknownTag(tag)),
            })?),
            6 => Self::Entry(r.rest()),
            7 => Self::Proof(r.rest()),
            8 => Self::Charters(r.page(Reader::var)?),
            9 => Self::Indexes(r.page(|r| match r.u8()? {
                0 => Ok(Ok(Some((r.id()?, r.var()?)))),
                1 => Ok(Ok(None)),
                2 => Ok(Err(read_error(r.u8()?)?)),
                tag => Err(WireError::UnknownTag(tag)),
            })?),
            10 => Self::Found(r.rest()),
            11 => Self::Status(read_status(&mut r)?),
            12 => Self::Progress(r.u64()?),
            13 => Self::Refused(Refusal::read(&mut r)?),
            tag => return Err(WireError::UnknownTag(tag)),
        };
        r.finish()?;
        Ok(answer)
    }
}

fn write_status(w: &mut Vec<u8>, status: &Status) {
    let Status {
        blocks,
        items,
        charter,
        epoch,
        validators,
        is_validator,
        pool_entries,
        pool_bytes,
        peers,
        last_block_ms,
    } = status;
    w.extend(blocks.to_be_bytes());
    w.extend(items.to_be_bytes());
    w.extend(charter.to_be_bytes());
    w.extend(epoch.to_be_bytes());
    w.extend((*validators as u64).to_be_bytes());
    w.push((*is_validator).into());
    for number in [pool_entries, pool_bytes, peers] {
        w.extend((*number as u64).to_be_bytes());
    }
    w.extend(last_block_ms.to_be_bytes());
}

fn read_status(r: &mut Reader<'_>) -> Result<Status, WireError> {
    Ok(Status {
        blocks: r.u64()?,
        items: r.u64()?,
        charter: r.u32()?,
        epoch: r.u64()?,
        validators: r.u64()? as usize,
        is_validator: r.flag()?,
        pool_entries: r.u64()? as usize,
        pool_bytes: r.u64()? as usize,
        peers: r.u64()? as usize,
        last_block_ms: r.u64()?,
    })
}

fn tagged(tag: u8, fields: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + fields.iter().map(|field| field.len()).sum::<usize>());
    bytes.push(tag);
    fields.iter().for_each(|field| bytes.extend_from_slice(field));
    bytes
}

fn write_var(w: &mut Vec<u8>, bytes: &[u8]) {
    w.extend((bytes.len() as u32).to_be_bytes());
    w.extend_from_slice(bytes);
}

/// Reads from a slice, never past its end.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn raw(&mut self, length: usize) -> Result<&'a [u8], WireError> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(WireError::Truncated)?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (head, tail) = self.0.split_first_chunk().ok_or(WireError::Truncated)?;
        self.0 = tail;
        Ok(*head)
    }

    fn u8(&mut self) -> Result<u8, WireError> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, WireError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64, WireError> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    fn flag(&mut self) -> Result<bool, WireError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            tag => Err(WireError::UnknownTag(tag)),
        }
    }

    fn id(&mut self) -> Result<EntryId, WireError> {
        Ok(EntryId::from(self.array::<32>()?))
    }

    fn var(&mut self) -> Result<Vec<u8>, WireError> {
        let length = self.u32()? as usize;
        Ok(self.raw(length)?.to_vec())
    }

    fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0).to_vec()
    }

    /// What remains, item by item.
    fn page<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, WireError>,
    ) -> Result<Vec<T>, WireError> {
        let mut items = Vec::new();
        while !self.0.is_empty() {
            if items.len() == PAGE_ITEMS {
                return Err(WireError::TooLong(PAGE_ITEMS + 1));
            }
            items.push(read(self)?);
        }
        Ok(items)
    }

    fn finish(self) -> Result<(), WireError> {
        if self.0.is_empty() { Ok(()) } else { Err(WireError::TrailingBytes) }
    }
}

/// The errors that a node may return. Their indexes are part of the protocol: append only.
const ERRORS: [Error; 30] = [
    Error::LedgerUnavailable,
    Error::Truncated,
    Error::TrailingBytes,
    Error::WrongMagic,
    Error::UnsupportedVersion,
    Error::WrongKind,
    Error::InvalidScalar,
    Error::InvalidPoint,
    Error::PointNotInSubgroup,
    Error::IdentityPoint,
    Error::NotSorted,
    Error::InvalidText,
    Error::InvalidField,
    Error::InvalidSignature,
    Error::InvalidKey,
    Error::InvalidProof,
    Error::DigestMismatch,
    Error::OutOfRange,
    Error::OtherAuthority,
    Error::DuplicateEntry,
    Error::UnknownEntry,
    Error::EraPassed,
    Error::UnknownCharter,
    Error::CharterOutOfOrder,
    Error::CharterConflict,
    Error::FinalHeadRefused,
    Error::AfterTrustedHead,
    Error::ClaimPolicyRefused,
    Error::EpochRefused,
    Error::AccessPolicyMismatch,
];

/// The limits: also append only.
const LIMITS: [Limit; 15] = [
    Limit::AttributesPerKey,
    Limit::PolicyLeaves,
    Limit::UseNumbers,
    Limit::PolicyDepth,
    Limit::PolicyText,
    Limit::AttributeLength,
    Limit::KeywordsPerRecord,
    Limit::HintedPeriods,
    Limit::QueryParts,
    Limit::QueryDepth,
    Limit::QueryLength,
    Limit::EntryLength,
    Limit::SignatureLength,
    Limit::AddressLength,
    Limit::Charters,
];

/// Marks a limit; its index is added.
const LIMIT: u8 = 0x80;

/// To its client, an error in neither list is a failure of the node.
fn error_number(error: &Error) -> u8 {
    let place = match error {
        Error::LimitExceeded(limit) => {
            LIMITS.iter().position(|known| known == limit).map(|place| place as u8 | LIMIT)
        }
        error => ERRORS.iter().position(|known| known == error).map(|place| place as u8),
    };
    place.unwrap_or(0)
}

fn read_error(number: u8) -> Result<Error, WireError> {
    let error = if number & LIMIT == 0 {
        ERRORS.get(usize::from(number)).cloned()
    } else {
        LIMITS.get(usize::from(number & !LIMIT)).copied().map(Error::LimitExceeded)
    };
    error.ok_or(WireError::UnknownTag(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests() -> Vec<Request> {
        let id = EntryId::from([7; 32]);
        vec![
            Request::Submit(vec![1, 2, 3]),
            Request::SubmitCharter(vec![4]),
            Request::Head,
            Request::Item(u64::MAX),
            Request::Items(0),
            Request::Entry(id),
            Request::Prove { id, size: 9 },
            Request::Charters(2),
            Request::Indexes(5),
            Request::Search { from: 3, query: vec![8; 40] },
            Request::Status,
            Request::ProveItem { height: 4, size: 8 },
        ]
    }

    fn answers() -> Vec<Answer> {
        let id = EntryId::from([7; 32]);
        let soon = Duration::from_millis(1500);
        let mut answers = vec![
            Answer::Appended(Appended { height: 4, was_there: true }),
            Answer::CharterAppended(9),
            Answer::Head(vec![3; 50]),
            Answer::Item(vec![1]),
            Answer::Items(vec![Ok(vec![1, 2]), Err(Error::InvalidPoint), Ok(Vec::new())]),
            Answer::Items(Vec::new()),
            Answer::Entry(vec![2]),
            Answer::Proof(vec![]),
            Answer::Charters(vec![vec![1], vec![2, 3]]),
            Answer::Indexes(vec![Ok(Some((id, vec![5]))), Ok(None), Err(Error::Truncated)]),
            Answer::Found(vec![0; 20]),
            Answer::Status(Status { items: 1 << 40, is_validator: true, peers: 3, ..Status::default() }),
            Answer::Progress(77),
        ];
        let refusals = [
            Refusal::PoolFull(soon),
            Refusal::Quota(Quota::Entries, soon),
            Refusal::Quota(Quota::Bytes, soon),
            Refusal::Quota(Quota::Searches, soon),
            Refusal::Revoked,
            Refusal::NotReady,
            Refusal::NotUnderstood,
            Refusal::Validators,
        ];
        let errors = ERRORS.into_iter().chain(LIMITS.map(Error::LimitExceeded)).map(Refusal::Invalid);
        answers.extend(refusals.into_iter().chain(errors).map(Answer::Refused));
        answers
    }

    #[test]
    fn round_trips_every_message() {
        for request in requests() {
            assert_eq!(Request::from_bytes(&request.to_bytes()), Ok(request));
        }
        for answer in answers() {
            assert_eq!(Answer::from_bytes(&answer.to_bytes()), Ok(answer));
        }
    }

    #[test]
    fn pins_the_byte_forms() {
        assert_eq!(Request::Charters(258).to_bytes(), [8, 0, 0, 1, 2]);
        assert_eq!(Request::Search { from: 1, query: vec![9] }.to_bytes(), [10, 0, 0, 0, 0, 0, 0, 0, 1, 9]);
        let items = Answer::Items(vec![Ok(vec![7]), Err(Error::Truncated)]);
        assert_eq!(items.to_bytes(), [5, 0, 0, 0, 0, 1, 7, 2, 1]);
        let quota = Answer::Refused(Refusal::Quota(Quota::Bytes, Duration::from_secs(1)));
        assert_eq!(quota.to_bytes(), [13, 3, 2, 0, 0, 3, 232]);
        let limit = Answer::Refused(Refusal::Invalid(Error::LimitExceeded(Limit::Charters)));
        assert_eq!(limit.to_bytes(), [13, 1, 0x80 | 14]);
    }

    /// Everything that decodes has exactly one byte form.
    fn check(bytes: &[u8]) {
        if let Ok(request) = Request::from_bytes(bytes) {
            assert_eq!(request.to_bytes(), bytes);
        }
        if let Ok(answer) = Answer::from_bytes(bytes) {
            assert_eq!(answer.to_bytes(), bytes);
        }
        let _ = (read_hello(bytes), read_reply(bytes));
    }

    #[test]
    fn rejects_truncated_and_longer_messages() {
        // Fields of fixed length cannot be truncated.
        let fixed = |bytes: &[u8]| matches!(bytes[0], 3..=9 | 11 | 12);
        for request in requests().iter().map(Request::to_bytes).filter(|bytes| fixed(bytes)) {
            for end in 0..request.len() {
                assert!(Request::from_bytes(&request[..end]).is_err(), "{request:?} to {end}");
            }
            let longer = [request.as_slice(), &[0]].concat();
            assert_eq!(Request::from_bytes(&longer), Err(WireError::TrailingBytes));
        }
        for answer in answers().iter().map(Answer::to_bytes) {
            (0..answer.len()).for_each(|end| check(&answer[..end]));
        }
        for bytes in [&[][..], &[0], &[14], &[99, 1], &[13, 9], &[13, 1, 200], &[13, 3, 4, 0, 0, 0, 1]] {
            assert!(Request::from_bytes(bytes).is_err() && Answer::from_bytes(bytes).is_err(), "{bytes:?}");
        }
        // A length beyond the end, and more items than a page has.
        assert_eq!(Answer::from_bytes(&[8, 255, 255, 255, 255, 1]), Err(WireError::Truncated));
        let many = [&[9][..], &[1; PAGE_ITEMS + 1]].concat();
        assert_eq!(Answer::from_bytes(&many), Err(WireError::TooLong(PAGE_ITEMS + 1)));
        assert!(Answer::from_bytes(&many[..=PAGE_ITEMS]).is_ok());
    }

    #[test]
    fn survives_any_bytes() {
        // xorshift64: a failure is reproducible.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let messages = requests()
            .iter()
            .map(Request::to_bytes)
            .chain(answers().iter().map(Answer::to_bytes))
            .collect::<Vec<_>>();
        for round in 0..50_000 {
            let mut bytes = messages[round % messages.len()].clone();
            for _ in 0..=random() % 3 {
                let place = random() as usize % bytes.len();
                bytes[place] = random() as u8;
            }
            check(&bytes);
            let garbage = (0..random() % 40).map(|_| random() as u8).collect::<Vec<_>>();
            check(&garbage);
        }
    }

    #[test]
    fn bounds_frames_and_greetings() {
        let ledger = LedgerId::from([3; 32]);
        let greeting = hello(&ledger, &[1, 2]);
        assert_eq!(read_hello(&greeting), Ok((ledger, &[1, 2][..])));
        assert_eq!(read_hello(b"GET / HTTP/1.1"), Err(WireError::NotThisProtocol));
        assert_eq!(read_hello(b"MSW\x02"), Err(WireError::Version(2)));
        assert_eq!(read_hello(&greeting[..20]), Err(WireError::Truncated));
        assert_eq!(read_reply(&[0, 5]), Ok(Ok(&[5][..])));
        assert_eq!(read_reply(&[4]), Ok(Err(Closed::Busy)));
        assert_eq!(read_reply(&[4, 0]), Err(WireError::TrailingBytes));
        assert_eq!(read_reply(&[9]), Err(WireError::UnknownTag(9)));
        assert_eq!(read_reply(&[]), Err(WireError::Truncated));
        assert_eq!(frame_length([0, 0, 0, 9], 9), Ok(9));
        assert_eq!(frame_length([255; 4], FRAME_BYTES), Err(WireError::TooLong(u32::MAX as usize)));
        assert_eq!(frame(&[5, 6]), [0, 0, 0, 2, 5, 6]);
    }
}
