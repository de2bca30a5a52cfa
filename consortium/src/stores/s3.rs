//! Records in S3, or in a server with the same interface.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use medseal::Error;
use medseal::ledger::Address;
use medseal::rand_core::{OsRng, RngCore};
use medseal::share::{ObjectStore, Upload};
use object_store::aws::{AmazonS3, AmazonS3Builder, S3CopyIfNotExists};
use object_store::client::{HttpError, HttpErrorKind};
use object_store::path::Path;
use object_store::{
    ClientOptions, ObjectStore as _, ObjectStoreExt, PutMode, PutPayload, RetryConfig, WriteMultipart,
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::blocking::{Blocking, StreamReader, one_line};

/// The size of a part of an upload. Smaller objects are put in one request.
const PART: usize = 8 * 1024 * 1024;

/// The largest object: S3 copies no more in one request.
const LARGEST: u64 = 5 * 1024 * 1024 * 1024;

/// The prefix of uploads in progress.
const UPLOADS: &str = "uploads";

/// The keys of an account with the rights to list, read, write and delete in the bucket.
#[derive(Clone)]
pub struct S3Keys {
    /// The access key's identifier.
    pub access_key_id: String,
    /// The secret key.
    pub secret_access_key: Zeroizing<String>,
}

impl fmt::Debug for S3Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Keys").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Stores sealed records in a bucket of S3, or of a server with the same interface (Ceph, MinIO,
/// Garage).
///
/// The address is the digest, and the key of the object in the bucket. An object of at most 8 MiB
/// is put when it is committed. A larger one is uploaded in parts to a key below `uploads/`, copied
/// to its address inside the server, and deleted below `uploads/`. Both write only if there is
/// nothing at the address. An object has at most 5 GiB, because S3 copies no more in one request.
///
/// A crash can leave an object below `uploads/`, which
/// [`delete_left_behind`](Self::delete_left_behind) deletes. It can also leave parts of an upload,
/// which are not listed: give the bucket a lifecycle rule `AbortIncompleteMultipartUpload`.
#[derive(Debug)]
pub struct S3Store {
    store: Arc<AmazonS3>,
    blocking: Blocking,
    /// For errors.
    server: String,
    patience: Duration,
}

impl S3Store {
    /// The store in the bucket of the server at `endpoint`, such as `https://s3.example.org`.
    /// Without keys, uses those of the environment: `AWS_ACCESS_KEY_ID` and
    /// `AWS_SECRET_ACCESS_KEY`, or the machine's role. Does not contact the server yet.
    ///
    /// # Errors
    /// [`Error::Io`] if the endpoint is malformed, or the system cannot run a client.
    pub fn open(endpoint: &str, region: &str, bucket: &str, keys: Option<&S3Keys>) -> Result<Self, Error> {
        let server = format!("the S3 server at {endpoint}, bucket {bucket}");
        let patience = Duration::from_secs(60);
        let blocking = Blocking::new()?;
        let client = ClientOptions::new()
            .with_timeout_disabled() // a whole object may take long
            .with_read_timeout(patience)
            .with_connect_timeout(Duration::from_secs(5))
            .with_allow_http(endpoint.starts_with("http://"));
        let retry =
            RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(30), ..RetryConfig::default() };
        let builder = match keys {
            Some(keys) => AmazonS3Builder::new()
                .with_access_key_id(&keys.access_key_id)
                .with_secret_access_key(keys.secret_access_key.as_str()),
            None => AmazonS3Builder::from_env(),
        };
        let store = builder
            .with_endpoint(endpoint)
            .with_region(region)
            .with_bucket_name(bucket)
            .with_client_options(client)
            .with_retry(retry)
            .with_copy_if_not_exists(S3CopyIfNotExists::Multipart)
            .build()
            .map_err(|error| {
                io::Error::new(ErrorKind::InvalidInput, format!("{server}: {}", one_line(&error)))
            })?;
        Ok(Self { store: Arc::new(store), blocking, server, patience })
    }

    /// Deletes objects below `uploads/`, left by interrupted uploads, that are older than this by
    /// the server's clock. Choose a time longer than any upload takes, such as a day.
    ///
    /// # Errors
    /// [`Error::Io`] if the server does not answer, has no such bucket, or refuses the keys.
    pub fn delete_left_behind(&self, older_than: Duration) -> Result<(), Error> {
        let store = Arc::clone(&self.store);
        let deleted = self.run(async move {
            let uploads = store.list(Some(&Path::from(UPLOADS))).try_collect::<Vec<_>>().await?;
            if uploads.is_empty() {
                return Ok(());
            }
            // An object put now shows the server's time. This machine's clock may be wrong.
            let probe = upload_key();
            store.put(&probe, PutPayload::new()).await?;
            let now = store.head(&probe).await.map(|probe| probe.last_modified);
            store.delete(&probe).await?;
            let now = SystemTime::from(now?);
            for upload in uploads {
                let age = now.duration_since(upload.last_modified.into());
                if age.is_ok_and(|age| age >= older_than) {
                    store.delete(&upload.location).await?;
                }
            }
            Ok(())
        });
        Ok(deleted?)
    }

    fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = object_store::Result<T>> + Send + 'static,
    ) -> io::Result<T> {
        self.blocking.run(task)?.map_err(|error| failed(&self.server, &error))
    }

    /// Converts an address to a key: 64 lower-case hexadecimal digits, so never below `uploads/`.
    fn key(address: &Address) -> Option<Path> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let name = address.as_str();
        (name.len() == 64 && name.bytes().all(is_hex)).then(|| Path::from(name))
    }
}

/// A unique key below `uploads/`.
fn upload_key() -> Path {
    Path::from(format!("{UPLOADS}/{:016x}{:016x}", OsRng.next_u64(), OsRng.next_u64()))
}

/// Advice for a person, and the kind that tells the library whether to try again.
fn failed(server: &str, error: &object_store::Error) -> io::Error {
    let text = one_line(error);
    let causes =
        std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| error.source());
    let connection = causes.filter_map(|cause| cause.downcast_ref::<HttpError>()).next().map(HttpError::kind);
    let (kind, what) = match (error, connection) {
        _ if text.contains("NoSuchBucket") => (ErrorKind::InvalidInput, "has no such bucket: create it"),
        (object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. }, _) => (
            ErrorKind::PermissionDenied,
            "refuses the access key: check it, and what it may do in the bucket",
        ),
        (object_store::Error::AlreadyExists { .. }, _) => {
            (ErrorKind::AlreadyExists, "has this object already")
        }
        (object_store::Error::NotFound { .. }, _) => (ErrorKind::NotFound, "has lost an object"),
        (_, Some(HttpErrorKind::Connect)) => {
            (ErrorKind::ConnectionRefused, "cannot be reached: check the endpoint's URL, and that it runs")
        }
        (_, Some(HttpErrorKind::Timeout)) => (ErrorKind::TimedOut, "does not answer: try again"),
        (_, Some(_)) => (ErrorKind::ConnectionReset, "broke off: try again"),
        _ if ["500", "502", "503", "504"]
            .iter()
            .any(|status| text.contains(&format!("status code: {status}"))) =>
        {
            (ErrorKind::ResourceBusy, "fails: try again")
        }
        _ => (ErrorKind::Other, "refused"),
    };
    io::Error::new(kind, format!("{server}, {what} ({text:.300})"))
}

impl ObjectStore for S3Store {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        let buffer = Vec::new();
        Ok(Box::new(S3Upload { store: self, hash: Sha256::new(), length: 0, buffer, parts: Parts::None }))
    }

    fn get(&self, address: &Address) -> Result<Box<dyn Read + '_>, Error> {
        let key = Self::key(address).ok_or(Error::UnknownObject)?;
        let store = Arc::clone(&self.store);
        let object = match self.run(async move { store.get(&key).await }) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(Error::UnknownObject),
            object => object?,
        };
        let (length, server) = (object.meta.size, self.server.clone());
        let stream = object.into_stream().map(move |chunk| chunk.map_err(|error| failed(&server, &error)));
        Ok(Box::new(StreamReader {
            blocking: &self.blocking,
            stream: Some(stream.boxed()),
            chunk: Bytes::new(),
            left: Some(length),
            patience: self.patience,
            server: self.server.clone(),
        }))
    }

    fn confirm(&self, address: &Address) -> Result<(), Error> {
        let key = Self::key(address).ok_or(Error::UnknownObject)?;
        let store = Arc::clone(&self.store);
        match self.run(async move { store.head(&key).await }) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::UnknownObject),
            answer => {
                answer?;
                Ok(())
            }
        }
    }
}

struct S3Upload<'a> {
    store: &'a S3Store,
    hash: Sha256,
    length: u64,
    /// Bytes not sent yet.
    buffer: Vec<u8>,
    parts: Parts,
}

/// The upload's state on the server.
enum Parts {
    None,
    Sending(Path, WriteMultipart),
    Whole(Path),
}

impl S3Upload<'_> {
    /// Sends the buffer as one more part, and waits while more than two are in flight.
    fn send(&mut self) -> io::Result<()> {
        let part = Bytes::from(std::mem::take(&mut self.buffer));
        let (store, parts) = (Arc::clone(&self.store.store), std::mem::replace(&mut self.parts, Parts::None));
        self.parts = self.store.run(async move {
            let (key, mut writer) = match parts {
                Parts::Sending(key, writer) => (key, writer),
                Parts::None | Parts::Whole(_) => {
                    let key = upload_key();
                    let upload = store.put_multipart(&key).await?;
                    (key, WriteMultipart::new_with_chunk_size(upload, PART))
                }
            };
            if let Err(error) = writer.wait_for_capacity(2).await {
                // The failure is reported; an error of abort adds nothing.
                drop(writer.abort().await);
                return Err(error);
            }
            writer.put(part);
            Ok(Parts::Sending(key, writer))
        })?;
        Ok(())
    }

    /// Whether the object at this key has the written content.
    fn is_at(&self, key: Path) -> Result<bool, Error> {
        let store = Arc::clone(&self.store.store);
        let hash = self.store.run(async move {
            let mut chunks = store.get(&key).await?.into_stream();
            let mut hash = Sha256::new();
            while let Some(chunk) = chunks.next().await {
                hash.update(chunk?);
            }
            Ok(hash.finalize())
        })?;
        Ok(hash == self.hash.clone().finalize())
    }
}

impl Write for S3Upload<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() == PART {
            self.send()?;
        }
        if self.length >= LARGEST {
            let text = format!("{} takes objects of at most 5 GiB: split the record", self.store.server);
            return Err(io::Error::new(ErrorKind::FileTooLarge, text));
        }
        let (now, _) = bytes.split_at(bytes.len().min(PART - self.buffer.len()));
        self.buffer.extend_from_slice(now);
        self.hash.update(now);
        self.length += now.len() as u64;
        Ok(now.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(()) // all parts except the last have one size
    }
}

impl Upload for S3Upload<'_> {
    fn commit(mut self: Box<Self>, address: &Address) -> Result<(), Error> {
        let key = S3Store::key(address).ok_or(Error::InvalidField)?;
        let (store, to) = (Arc::clone(&self.store.store), key.clone());
        let committed = if matches!(self.parts, Parts::None) {
            let payload = PutPayload::from(std::mem::take(&mut self.buffer));
            self.store
                .run(async move { store.put_opts(&to, payload, PutMode::Create.into()).await.map(drop) })
        } else {
            self.send()?;
            let parts = std::mem::replace(&mut self.parts, Parts::None);
            self.parts = self.store.run(async move {
                let Parts::Sending(from, writer) = parts else { return Ok(parts) };
                writer.finish().await.map(|_| Parts::Whole(from))
            })?;
            let Parts::Whole(from) = &self.parts else { return Err(Error::InvalidField) };
            let from = from.clone();
            self.store.run(async move { store.copy_if_not_exists(&from, &to).await })
        };
        match committed {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                if self.is_at(key)? {
                    Ok(())
                } else {
                    Err(Error::DigestMismatch)
                }
            }
            result => Ok(result?),
        }
    }
}

impl Drop for S3Upload<'_> {
    /// Deletes what is on the server but not at its address. If that fails,
    /// [`S3Store::delete_left_behind`] deletes it later.
    fn drop(&mut self) {
        let store = Arc::clone(&self.store.store);
        let deleted = match std::mem::replace(&mut self.parts, Parts::None) {
            Parts::None => return,
            Parts::Sending(_, writer) => self.store.run(async move { writer.abort().await }),
            Parts::Whole(key) => self.store.run(async move { store.delete(&key).await }),
        };
        if let Err(error) = deleted {
            tracing::warn!("an upload was left behind: {error}");
        }
    }
}
