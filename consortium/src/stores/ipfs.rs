//! Records on IPFS, through the hospital's own Kubo node.

use std::io::{self, ErrorKind, Write};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use medseal::Error;
use medseal::ledger::Address;
use medseal::rand_core::{OsRng, RngCore};
use medseal::record::RecordDigest;
use medseal::share::{ObjectStore, Upload};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Client, Response, Url};
use serde_json::Value;
use tokio::sync::mpsc;

use super::blocking::{Blocking, Started, StreamReader, one_line};

const SCHEME: &str = "ipfs:";

/// The folder of the node's files (`ipfs files ls /medseal-uploads`) that protects uncommitted
/// uploads from garbage collection.
const UPLOADS: &str = "/medseal-uploads";

/// The name of pins, for `ipfs pin ls --names`.
const PIN: &str = "medseal";

/// How a file is split into blocks. The address depends on it: with other values, equal bytes would
/// get different addresses.
const LAYOUT: [(&str, &str); 5] = [
    ("cid-version", "1"),
    ("raw-leaves", "true"),
    ("chunker", "size-262144"),
    ("hash", "sha2-256"),
    ("trickle", "false"),
];

/// The size of a piece to send.
const PIECE: usize = 256 * 1024;

/// Stores sealed records on IPFS, in the hospital's Kubo node, through Kubo's HTTP RPC interface.
///
/// The address is `ipfs:` and the content identifier, which any other node can fetch. Equal bytes
/// have equal addresses. [`Upload::commit`] pins an object: this node keeps it until somebody
/// unpins it. An upload in progress is in the folder `/medseal-uploads` of the node's files, which
/// protects it from garbage collection. After a crash, clean up with
/// `ipfs files rm -r /medseal-uploads`.
///
/// No node knows everything on IPFS. If no connected node has an object, [`get`](ObjectStore::get)
/// therefore times out ([`Error::Io`]), and never returns [`Error::UnknownObject`].
/// [`confirm`](ObjectStore::confirm) asks for this node's pins, so its answer is certain.
#[derive(Debug)]
pub struct IpfsStore {
    kubo: Kubo,
    blocking: Blocking,
}

#[derive(Clone, Debug)]
struct Kubo {
    client: Client,
    url: Url,
    patience: Duration,
}

impl IpfsStore {
    /// The store in the Kubo node whose RPC interface has this URL, by default
    /// `http://127.0.0.1:5001`. Does not contact it yet. Anyone who can reach this interface
    /// controls the node: keep it on the loopback interface, or behind a password, which you put
    /// into the URL (`http://user:password@…`).
    ///
    /// # Errors
    /// [`Error::Io`] if the URL is malformed, or the system cannot run a client.
    pub fn open(url: &str) -> Result<Self, Error> {
        let invalid = |what: &str| {
            let text = format!(
                "{what} as the URL of an IPFS node: write http://HOST:PORT, such as http://127.0.0.1:5001"
            );
            io::Error::new(ErrorKind::InvalidInput, text)
        };
        let url = Url::parse(url).map_err(|error| invalid(&format!("{url:?} ({error})")))?;
        if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() || url.query().is_some() {
            return Err(invalid(&format!("{:?}", shown(&url))).into());
        }
        let blocking = Blocking::new()?;
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build();
        let client = client.map_err(|error| io::Error::other(one_line(&error)))?;
        Ok(Self { kubo: Kubo { client, url, patience: Duration::from_secs(60) }, blocking })
    }

    /// Sets how long to wait for an answer, and for each next piece of an object. The default is 60
    /// seconds.
    #[must_use]
    pub fn with_timeout(mut self, patience: Duration) -> Self {
        self.kubo.patience = patience;
        self
    }

    /// Calls a command with a short answer.
    fn ask(&self, command: &'static str, options: &[(&str, &str)]) -> io::Result<Value> {
        let (kubo, url) = (self.kubo.clone(), self.kubo.command(command, options));
        self.blocking.run(async move {
            let answer = async { kubo.text(kubo.send(url, None).await?).await };
            let answer =
                tokio::time::timeout(kubo.patience, answer).await.map_err(|_| kubo.silent(command))??;
            Ok(serde_json::from_str(&answer).unwrap_or_default())
        })?
    }

    fn is_pinned(&self, cid: &str) -> io::Result<bool> {
        match self.ask("pin/ls", &[("arg", cid), ("type", "recursive")]) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::Other && error.to_string().contains("is not pinned") => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

impl Kubo {
    fn command(&self, command: &str, options: &[(&str, &str)]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v0"]).extend(command.split('/'));
        }
        url.query_pairs_mut().extend_pairs(options);
        url
    }

    /// Sends a command. An error from the node is returned with the node's text.
    async fn send(&self, url: Url, body: Option<Form>) -> io::Result<Response> {
        let request = self.client.post(url);
        let request = match body {
            Some(body) => request.multipart(body),
            None => request,
        };
        let response = request.send().await.map_err(|error| self.failed(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let kind = match status.as_u16() {
            401 | 403 => ErrorKind::PermissionDenied,
            429 | 502..=504 => ErrorKind::ResourceBusy,
            _ => ErrorKind::Other,
        };
        let text = response.text().await.unwrap_or_default();
        let message = serde_json::from_str::<Value>(&text).ok();
        let message = message.as_ref().and_then(|answer| answer.get("Message")?.as_str()).unwrap_or(&text);
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let hint = if status.as_u16() == 404 { "; is this Kubo's RPC address?" } else { "" };
        Err(io::Error::new(kind, format!("{self} answered {status}: {message:.300}{hint}")))
    }

    async fn text(&self, response: Response) -> io::Result<String> {
        response.text().await.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &reqwest::Error) -> io::Error {
        let (kind, what) = if error.is_timeout() {
            (ErrorKind::TimedOut, "does not answer")
        } else if error.is_connect() {
            (ErrorKind::ConnectionRefused, "cannot be reached: is `ipfs daemon` running there?")
        } else {
            (ErrorKind::ConnectionReset, "broke off: try again")
        };
        let causes = std::iter::successors(std::error::Error::source(error), |error| error.source());
        let cause = causes.last().map(|cause| format!(" ({cause})")).unwrap_or_default();
        io::Error::new(kind, format!("{self} {what}{cause}"))
    }

    fn silent(&self, command: &str) -> io::Error {
        let text = format!(
            "{self} has not answered `{command}` for {:?}: try again, or raise its time-out",
            self.patience
        );
        io::Error::new(ErrorKind::TimedOut, text)
    }
}

impl std::fmt::Display for Kubo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the IPFS node at {}", shown(&self.url))
    }
}

/// The URL without a password.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // URLs without a host have no password either.
    let _ = url.set_password(None).and_then(|()| url.set_username(""));
    url.as_str().trim_end_matches('/').to_owned()
}

/// The content identifier in an address, if it has the form that this store returns: version 1,
/// SHA-256, of a file (`bafybei…`) or of a single block (`bafkrei…`).
fn cid(address: &Address) -> Option<&str> {
    let cid = address.as_str().strip_prefix(SCHEME)?;
    let rest = cid.strip_prefix("bafybei").or_else(|| cid.strip_prefix("bafkrei"))?;
    let is_base32 = |byte: u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte);
    (rest.len() == 52 && rest.bytes().all(is_base32)).then_some(cid)
}

impl ObjectStore for IpfsStore {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        self.ask("files/mkdir", &[("arg", UPLOADS), ("parents", "true")])?;
        let path = format!("{UPLOADS}/{:016x}{:016x}", OsRng.next_u64(), OsRng.next_u64());
        let options =
            LAYOUT.into_iter().chain([("pin", "false"), ("to-files", &path), ("progress", "false")]);
        let url = self.kubo.command("add", &options.collect::<Vec<_>>());
        let (pieces, receiver) = mpsc::channel(4);
        let body = futures::stream::unfold(Some(receiver), |receiver| async {
            let mut receiver: mpsc::Receiver<Option<Bytes>> = receiver?;
            match receiver.recv().await {
                Some(Some(piece)) => Some((Ok(piece), Some(receiver))),
                Some(None) => None,
                // The upload was dropped: the node must not take the part for the whole.
                None => Some((Err(io::Error::from(ErrorKind::Interrupted)), None)),
            }
        });
        let form = Form::new().part("file", Part::stream(Body::wrap_stream(body)).file_name("record"));
        let kubo = self.kubo.clone();
        let adding =
            self.blocking.start(async move { kubo.text(kubo.send(url, Some(form)).await?).await })?;
        let piece = Vec::with_capacity(PIECE);
        Ok(Box::new(IpfsUpload { store: self, path, adding, pieces: Some(pieces), piece, added: None }))
    }

    fn get(&self, address: &Address) -> Result<Box<dyn io::Read + '_>, Error> {
        let cid = cid(address).ok_or(Error::UnknownObject)?;
        let (kubo, url) = (self.kubo.clone(), self.kubo.command("cat", &[("arg", cid)]));
        let response = self.blocking.run(async move {
            let answer = tokio::time::timeout(kubo.patience, kubo.send(url, None)).await;
            answer.unwrap_or_else(|_| {
                let text = format!(
                    "{kubo} has found nobody who has the object within {:?}: connect it to the hospital that published \
                     the record (`ipfs swarm connect`), or raise its time-out",
                    kubo.patience
                );
                Err(io::Error::new(ErrorKind::TimedOut, text))
            })
        })??;
        let length =
            response.headers().get("x-content-length").and_then(|length| length.to_str().ok()?.parse().ok());
        let kubo = self.kubo.clone();
        let stream = response.bytes_stream().map(move |piece| piece.map_err(|error| kubo.failed(&error)));
        Ok(Box::new(StreamReader {
            blocking: &self.blocking,
            stream: Some(stream.boxed()),
            chunk: Bytes::new(),
            left: length,
            patience: self.kubo.patience,
            server: self.kubo.to_string(),
        }))
    }

    fn confirm(&self, address: &Address) -> Result<(), Error> {
        let cid = cid(address).ok_or(Error::UnknownObject)?;
        if self.is_pinned(cid)? { Ok(()) } else { Err(Error::UnknownObject) }
    }
}

struct IpfsUpload<'a> {
    store: &'a IpfsStore,
    /// In the node's files.
    path: String,
    adding: Started<io::Result<String>>,
    /// `None` is the end.
    pieces: Option<mpsc::Sender<Option<Bytes>>>,
    piece: Vec<u8>,
    /// The address, once everything is added.
    added: Option<Address>,
}

impl IpfsUpload<'_> {
    fn send(&mut self, piece: Option<Bytes>) -> io::Result<()> {
        let Some(pieces) = self.pieces.clone() else {
            return Err(io::Error::new(ErrorKind::InvalidInput, "the upload has ended"));
        };
        let (patience, last) = (self.store.kubo.patience, piece.is_none());
        let sent = self
            .store
            .blocking
            .run(async move { tokio::time::timeout(patience, pieces.send(piece)).await })?;
        if last {
            self.pieces = None;
        }
        match sent {
            Ok(Ok(())) => Ok(()),
            // The request has ended early, with the reason.
            Ok(Err(_)) => Err(self.answer()?.err().unwrap_or_else(|| self.store.kubo.silent("add"))),
            Err(_) => Err(self.store.kubo.silent("add")),
        }
    }

    fn answer(&self) -> io::Result<io::Result<String>> {
        let kubo = &self.store.kubo;
        self.adding.wait_for(kubo.patience)?.ok_or_else(|| kubo.silent("add"))
    }

    fn send_rest(&mut self) -> io::Result<()> {
        match std::mem::take(&mut self.piece) {
            rest if rest.is_empty() => Ok(()),
            rest => self.send(Some(rest.into())),
        }
    }

    /// Ends the body, and reads the address from the answer.
    fn finish(&mut self) -> Result<Address, Error> {
        if let Some(added) = &self.added {
            return Ok(added.clone());
        }
        self.send_rest()?;
        self.send(None)?;
        let answer = self.answer()??;
        let added = answer.lines().last().and_then(|line| serde_json::from_str::<Value>(line).ok());
        let address =
            added.as_ref().and_then(|added| format!("{SCHEME}{}", added.get("Hash")?.as_str()?).parse().ok());
        let address = address.filter(|address| cid(address).is_some()).ok_or_else(|| {
            let text = format!("{} did not say where the object is: {answer:.200}", self.store.kubo);
            io::Error::new(ErrorKind::InvalidData, text)
        })?;
        Ok(self.added.insert(address).clone())
    }
}

impl Write for IpfsUpload<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (now, _) = bytes.split_at(bytes.len().min(PIECE - self.piece.len()));
        self.piece.extend_from_slice(now);
        if self.piece.len() == PIECE {
            let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
            self.send(Some(piece.into()))?;
        }
        Ok(now.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send_rest()
    }
}

impl Upload for IpfsUpload<'_> {
    fn address(&mut self, _: &RecordDigest) -> Result<Address, Error> {
        self.finish()
    }

    fn commit(mut self: Box<Self>, address: &Address) -> Result<(), Error> {
        let cid = cid(address).ok_or(Error::InvalidField)?;
        // The address is derived from the content: other content has another address.
        if self.finish()? != *address {
            return Err(Error::DigestMismatch);
        }
        // Pinning walks over all blocks and syncs them.
        self.store.ask("pin/add", &[("arg", cid), ("name", PIN)])?;
        Ok(())
    }
}

impl Drop for IpfsUpload<'_> {
    /// Committed content is pinned; uncommitted content may be collected from now on.
    fn drop(&mut self) {
        match &self.added {
            // If this fails, a file is left in the folder, which only costs space.
            Some(_) => drop(self.store.ask("files/rm", &[("arg", &self.path), ("force", "true")])),
            None => self.adding.abort(),
        }
    }
}
