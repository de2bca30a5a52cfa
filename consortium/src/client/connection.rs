//! One connection to a node, with its session and time-outs.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use medseal::Error;

use crate::client::failure::{Asked, Failure, Outcome};
use crate::wire::{Answer, Channel, FRAME_BYTES, Refusal, Request, frame_length};

/// A connection with its session.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) channel: Channel,
    /// Whether it is ready for a request. A connection that broke off midway is not used again.
    pub(super) is_sound: bool,
}

fn lost(error: &io::Error, after: Duration) -> Failure {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Failure::Silent(after),
        kind => Failure::Lost(kind, error.to_string()),
    }
}

/// How long a socket may block: `silence`, but not beyond `by`.
fn remaining(by: Instant, silence: Duration) -> Result<Duration, Failure> {
    let remaining = by.saturating_duration_since(Instant::now()).min(silence);
    if remaining.is_zero() { Err(Failure::Silent(silence)) } else { Ok(remaining) }
}

pub(super) fn write_by(
    stream: &mut TcpStream,
    mut bytes: &[u8],
    by: Instant,
    silence: Duration,
) -> Result<(), Failure> {
    while !bytes.is_empty() {
        let within = remaining(by, silence)?;
        stream.set_write_timeout(Some(within)).map_err(|error| lost(&error, within))?;
        match stream.write(bytes) {
            Ok(0) => return Err(Failure::Lost(io::ErrorKind::WriteZero, "the node closed it".to_owned())),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(lost(&error, within)),
        }
    }
    Ok(())
}

pub(super) fn read_by(
    stream: &mut TcpStream,
    mut bytes: &mut [u8],
    by: Instant,
    silence: Duration,
) -> Result<(), Failure> {
    while !bytes.is_empty() {
        let within = remaining(by, silence)?;
        stream.set_read_timeout(Some(within)).map_err(|error| lost(&error, within))?;
        match stream.read(bytes) {
            Ok(0) => {
                return Err(Failure::Lost(io::ErrorKind::UnexpectedEof, "the node closed it".to_owned()));
            }
            Ok(read) => bytes = bytes.get_mut(read..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(lost(&error, within)),
        }
    }
    Ok(())
}

/// A whole frame must arrive within the allowed silence: a node that drips bytes counts as silent.
pub(super) fn read_frame(
    stream: &mut TcpStream,
    most: usize,
    by: Instant,
    silence: Duration,
) -> Result<Vec<u8>, Failure> {
    let mut prefix = [0; 4];
    read_by(stream, &mut prefix, by, silence)?;
    let mut bytes = vec![0; frame_length(prefix, most).map_err(Failure::Wire)?];
    read_by(stream, &mut bytes, by.min(Instant::now() + silence), silence)?;
    Ok(bytes)
}

impl Connection {
    /// Sends a request and waits for the answer. `progress` receives how far a search is, and
    /// returns `Break` to give up.
    pub(super) fn ask(
        &mut self,
        request: &Request,
        by: Instant,
        silence: Duration,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Asked<Answer> {
        self.is_sound = false;
        let message = request.to_bytes();
        let mut rest = message.as_slice();
        loop {
            let (frame, after) = self.channel.seal(rest).map_err(Failure::Wire)?;
            write_by(&mut self.stream, &frame, by, silence)?;
            if after.is_empty() {
                break;
            }
            rest = after;
        }
        loop {
            let frame = read_frame(&mut self.stream, FRAME_BYTES, by, silence)?;
            let Some(message) = self.channel.open(&frame).map_err(Failure::Wire)? else { continue };
            match Answer::from_bytes(&message).map_err(Failure::Wire)? {
                Answer::Progress(done) => {
                    if progress(done).is_break() {
                        return Err(Outcome::Final(Error::Cancelled));
                    }
                }
                // The node closes the connection.
                Answer::Refused(Refusal::Revoked) => return Err(Failure::Refused(Refusal::Revoked).into()),
                answer => {
                    self.is_sound = true;
                    return Ok(answer);
                }
            }
        }
    }
}
