//! Reads, processes and writes in order, on one thread or on several.

use std::io::{ErrorKind, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::error::Error;
use crate::secret::Secret;

/// The maximum number of jobs of a worker: one in progress and one waiting.
const JOBS_PER_WORKER: usize = 2;

/// Fills jobs, processes them and drains them, in order, until `fill` reports that nothing is left.
///
/// `fill` and `drain` run on this thread, and `work` on up to `threads` others. With one thread,
/// everything runs here. At most `2 * threads` jobs exist at a time. A thread is started when there
/// is a job for it. If no further thread can be started, the running threads do all the work, or
/// this one if there are none.
pub(super) fn in_order<J: Send>(
    threads: usize,
    new: impl Fn() -> Result<J, Error>,
    mut fill: impl FnMut(&mut J) -> Result<bool, Error>,
    work: impl Fn(&mut J) + Sync,
    mut drain: impl FnMut(&mut J) -> Result<(), Error>,
) -> Result<(), Error> {
    if threads <= 1 {
        return here(&mut new()?, fill, &work, drain);
    }
    let work = &work;
    thread::scope(|scope| {
        let (mut workers, mut threads) = (Vec::<Worker<J>>::new(), threads);
        let (mut sent, mut drained) = (0, 0);
        loop {
            // Job `i` goes to worker `i % threads`. A job that comes back makes room for the next.
            let mut job = if sent - drained < threads.saturating_mul(JOBS_PER_WORKER) {
                new()?
            } else {
                let mut job = Worker::turn(&workers, drained, threads)?.receive()?;
                drain(&mut job)?;
                drained += 1;
                job
            };
            if !fill(&mut job)? {
                break;
            }
            if workers.len() < threads {
                let (worker, jobs, results) = Worker::new();
                let started = thread::Builder::new().spawn_scoped(scope, move || {
                    for mut job in jobs {
                        work(&mut job);
                        if results.send(job).is_err() {
                            break;
                        }
                    }
                });
                match started {
                    Ok(_) => workers.push(worker),
                    Err(_) => threads = workers.len(),
                }
            }
            if threads == 0 {
                work(&mut job);
                drain(&mut job)?;
                return here(&mut job, fill, work, drain);
            }
            Worker::turn(&workers, sent, threads)?.send(job)?;
            sent += 1;
        }
        while drained < sent {
            drain(&mut Worker::turn(&workers, drained, threads)?.receive()?)?;
            drained += 1;
        }
        Ok(())
    })
}

fn here<J>(
    job: &mut J,
    mut fill: impl FnMut(&mut J) -> Result<bool, Error>,
    work: &impl Fn(&mut J),
    mut drain: impl FnMut(&mut J) -> Result<(), Error>,
) -> Result<(), Error> {
    while fill(job)? {
        work(job);
        drain(job)?;
    }
    Ok(())
}

/// The channels to and from a worker.
struct Worker<J> {
    jobs: Sender<J>,
    results: Receiver<J>,
}

/// Returns the error if a worker is gone. This takes a panic, which the scope propagates instead.
fn worker_gone() -> Error {
    Error::Io(ErrorKind::BrokenPipe.into())
}

impl<J> Worker<J> {
    fn new() -> (Self, Receiver<J>, Sender<J>) {
        let ((jobs, to_do), (done, results)) = (channel(), channel());
        (Self { jobs, results }, to_do, done)
    }

    fn turn(workers: &[Self], i: usize, threads: usize) -> Result<&Self, Error> {
        workers.get(i % threads).ok_or_else(worker_gone)
    }

    fn send(&self, job: J) -> Result<(), Error> {
        self.jobs.send(job).map_err(|_| worker_gone())
    }

    fn receive(&self) -> Result<J, Error> {
        self.results.recv().map_err(|_| worker_gone())
    }
}

/// A reader that fills buffers, and detects its end.
pub(super) struct Source<R> {
    reader: R,
    /// A byte that was read to detect the end.
    ahead: Option<Secret<[u8; 1]>>,
    ended: bool,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, ahead: None, ended: false }
    }

    /// Reads until the buffer is full or the reader ends, and returns the number of bytes.
    /// Continues after short and interrupted reads.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0;
        if let Some(first) = buffer.first_mut()
            && let Some(ahead) = self.ahead.take()
        {
            [*first] = *ahead;
            filled = 1;
        }
        while !self.ended {
            match buffer.get_mut(filled..) {
                None | Some([]) => break,
                Some(rest) => match self.reader.read(rest) {
                    Ok(0) => self.ended = true,
                    Ok(count) => filled += count.min(rest.len()),
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error.into()),
                },
            }
        }
        Ok(filled)
    }

    /// Reports whether everything has been read.
    pub(super) fn at_end(&mut self) -> Result<bool, Error> {
        if self.ahead.is_none() {
            let mut ahead = Secret::<[u8; 1]>::zeroed();
            if self.fill(ahead.as_mut_slice())? == 1 {
                self.ahead = Some(ahead);
            }
        }
        Ok(self.ahead.is_none())
    }
}
