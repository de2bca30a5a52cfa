//! Async clients under blocking traits.

use std::io::{self, Read};
use std::sync::mpsc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::runtime::{Builder, Runtime};

/// A runtime with one thread; callers block until its tasks end.
///
/// `Runtime::block_on` panics on a thread that drives another runtime, and so does dropping a
/// runtime there. Therefore tasks are spawned, callers wait on a channel, and the runtime shuts
/// down in the background.
#[derive(Debug)]
pub(super) struct Blocking(Option<Runtime>);

impl Blocking {
    pub(super) fn new() -> io::Result<Self> {
        // Several providers may be linked, and the S3 and IPFS clients use the process's default.
        // A provider that the program has installed is kept.
        drop(rustls::crypto::ring::default_provider().install_default());
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("medseal-store")
            .enable_all()
            .build()
            .map(|runtime| Self(Some(runtime)))
    }

    /// Starts a task that continues even if nobody waits for it.
    pub(super) fn start<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<Started<T>> {
        let runtime = self.0.as_ref().ok_or_else(ended)?;
        let (sender, receiver) = mpsc::sync_channel(1);
        // If the caller is gone, the answer is not needed.
        let task = runtime.spawn(async move { drop(sender.send(task.await)) });
        Ok(Started { receiver, task: task.abort_handle() })
    }

    /// Runs a task and waits for it.
    pub(super) fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<T> {
        self.start(task)?.wait()
    }
}

impl Drop for Blocking {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// A running task.
#[derive(Debug)]
pub(super) struct Started<T> {
    receiver: mpsc::Receiver<T>,
    task: tokio::task::AbortHandle,
}

impl<T> Started<T> {
    pub(super) fn wait(&self) -> io::Result<T> {
        self.receiver.recv().map_err(|_| ended())
    }

    /// Waits at most this long; `None` if the task still runs.
    pub(super) fn wait_for(&self, patience: Duration) -> io::Result<Option<T>> {
        match self.receiver.recv_timeout(patience) {
            Ok(answer) => Ok(Some(answer)),
            Err(mpsc::RecvTimeoutError::Timeout) => Ok(None),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }

    pub(super) fn abort(&self) {
        self.task.abort();
    }
}

/// A task panicked, or its runtime is gone.
fn ended() -> io::Error {
    io::Error::other("the store's task ended early")
}

/// A reader over a stream. The stream fails if it returns nothing for `patience`, or ends before
/// `length`.
pub(super) struct StreamReader<'a> {
    pub(super) blocking: &'a Blocking,
    pub(super) stream: Option<BoxStream<'static, io::Result<Bytes>>>,
    pub(super) chunk: Bytes,
    /// The number of remaining bytes, if the server stated the length.
    pub(super) left: Option<u64>,
    pub(super) patience: Duration,
    /// The server, for errors.
    pub(super) server: String,
}

impl StreamReader<'_> {
    /// The next chunk; `None` at the end. An error never counts as the end, because the rest is
    /// missing.
    fn next(&mut self) -> io::Result<Option<Bytes>> {
        let Some(mut stream) = self.stream.take() else {
            let text = format!("{} failed while the object was read: begin again", self.server);
            return Err(io::Error::new(io::ErrorKind::ConnectionReset, text));
        };
        let patience = self.patience;
        let next = self.blocking.run(async move {
            let next = tokio::time::timeout(patience, stream.next()).await;
            (next, stream)
        });
        let (next, stream) = next?;
        match next {
            Ok(Some(Ok(chunk))) => {
                self.stream = Some(stream);
                self.left = self.left.map(|left| left.saturating_sub(chunk.len() as u64));
                Ok(Some(chunk))
            }
            Ok(Some(Err(error))) => Err(error),
            Ok(None) if self.left.is_none_or(|left| left == 0) => {
                self.stream = Some(futures::stream::empty().boxed());
                Ok(None)
            }
            Ok(None) => Err(io::Error::new(
                io::ErrorKind::ConnectionReset,
                format!("{} sent only a part of the object: try again", self.server),
            )),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!(
                    "{} has sent nothing for {patience:?}: try again, or raise its time-out",
                    self.server
                ),
            )),
        }
    }
}

impl Read for StreamReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() && !buffer.is_empty() {
            match self.next()? {
                Some(chunk) => self.chunk = chunk,
                None => return Ok(0),
            }
        }
        let n = buffer.len().min(self.chunk.len());
        let (Some(to), Some(from)) = (buffer.get_mut(..n), self.chunk.get(..n)) else { return Ok(0) };
        to.copy_from_slice(from);
        self.chunk.advance(n);
        Ok(n)
    }
}

/// The texts of an error and its sources, in one line.
pub(super) fn one_line(error: &(dyn std::error::Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let text = error.to_string();
        if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
        source = error.source();
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader<'a>(
        blocking: &'a Blocking,
        left: Option<u64>,
        chunks: Vec<io::Result<Bytes>>,
        then: BoxStream<'static, io::Result<Bytes>>,
    ) -> StreamReader<'a> {
        let stream = Some(futures::stream::iter(chunks).chain(then).boxed());
        let patience = Duration::from_millis(200);
        StreamReader {
            blocking,
            stream,
            chunk: Bytes::new(),
            left,
            patience,
            server: "the server".to_owned(),
        }
    }

    #[test]
    fn a_failed_read_is_not_the_end() {
        let blocking = Blocking::new().unwrap();
        let (end, silence) = (|| futures::stream::empty().boxed(), || futures::stream::pending().boxed());
        let half = || Ok(Bytes::from_static(b"half"));
        let broken = || Err(io::Error::from(io::ErrorKind::ConnectionReset));
        for (left, chunks, then, kind) in [
            (Some(8), vec![half()], end(), io::ErrorKind::ConnectionReset),
            (None, vec![half(), broken()], end(), io::ErrorKind::ConnectionReset),
            (None, vec![half()], silence(), io::ErrorKind::TimedOut),
        ] {
            let mut reader = reader(&blocking, left, chunks, then);
            let mut read = Vec::new();
            assert_eq!(reader.read_to_end(&mut read).unwrap_err().kind(), kind);
            assert_eq!(read, b"half");
            // A second read does not report the end either.
            assert!(reader.read(&mut [0; 8]).is_err());
        }
        let mut whole = reader(&blocking, Some(4), vec![half()], end());
        let mut read = Vec::new();
        whole.read_to_end(&mut read).unwrap();
        assert_eq!((read.as_slice(), whole.read(&mut [0; 8]).unwrap()), (&b"half"[..], 0));
    }
}
