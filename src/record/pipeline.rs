//! Reading, working and writing in order, on one thread or on several.

use std::io::{ErrorKind, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::error::Error;
use crate::secret::Secret;

/// Jobs that a worker has at most: one under way and one that waits.
const JOBS_PER_WORKER: usize = 2;

/// Fills jobs, works on them and drains them, in order, until `fill` says that
/// there is nothing left.
///
/// `fill` and `drain` run on this thread, `work` on up to `threads` others; with one thread
/// everything runs here. At most `2 * threads` jobs exist at a time, and a thread is started
/// when there is a job for it. If no further thread can be had, those that run do it all, or
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
            // Job `i` goes to worker `i % threads`, and a job that comes back
            // makes room for the next.
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

/// Everything on this thread.
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

/// Both ends of a worker.
struct Worker<J> {
    jobs: Sender<J>,
    results: Receiver<J>,
}

/// What is reported if a worker is gone. That takes a panic, which the scope
/// passes on in place of this.
fn worker_gone() -> Error {
    Error::Io(ErrorKind::BrokenPipe.into())
}

impl<J> Worker<J> {
    fn new() -> (Self, Receiver<J>, Sender<J>) {
        let ((jobs, to_do), (done, results)) = (channel(), channel());
        (Self { jobs, results }, to_do, done)
    }

    /// The worker whose turn it is at job `i`.
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

/// A reader that fills buffers, and can tell whether it is at its end.
pub(super) struct Source<R> {
    reader: R,
    /// The byte that was read to see whether there is one.
    ahead: Option<Secret<[u8; 1]>>,
    ended: bool,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, ahead: None, ended: false }
    }

    /// Reads until the buffer is full or the reader at its end, and returns how many bytes there
    /// are. Short and interrupted reads go on.
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

    /// Whether everything was read.
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
