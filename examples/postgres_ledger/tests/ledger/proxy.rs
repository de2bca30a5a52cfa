//! A network between the ledger and its server that can fail at any byte.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;

use postgres::Config;

/// Forwards connections until a number of bytes have gone in one direction, and then breaks them
/// all. It exists until the test ends.
pub(crate) struct Proxy {
    port: u16,
    limits: Arc<Limits>,
}

struct Limits {
    /// Bytes left to the server, and from it.
    left: [AtomicI64; 2],
    /// The server's answer to COMMIT does not arrive.
    loses_commit: AtomicBool,
}

impl Proxy {
    pub(crate) fn new(server: &Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, to) = (listener.local_addr().unwrap().port(), server.get_ports()[0]);
        let left = [i64::MAX, i64::MAX].map(AtomicI64::new);
        let limits = Arc::new(Limits { left, loses_commit: AtomicBool::new(false) });
        let proxy = Self { port, limits: Arc::clone(&limits) };
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", to)) else { continue };
                let ways = [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)];
                for (way, (from, to)) in ways.into_iter().enumerate() {
                    let limits = Arc::clone(&limits);
                    thread::spawn(move || pass(from, to, way, &limits));
                }
            }
        });
        proxy
    }

    /// Returns the settings for connecting to the server through the proxy.
    pub(crate) fn config(&self, server: &Config) -> Config {
        let mut config = Config::new();
        config.host("127.0.0.1").port(self.port).user(server.get_user().unwrap());
        config.password(server.get_password().unwrap()).dbname(server.get_dbname().unwrap());
        config
    }

    /// Breaks after this many bytes to the server (0) or from it (1).
    pub(crate) fn break_after(&self, way: usize, bytes: i64) {
        self.limits.left[way].store(bytes, Ordering::SeqCst);
    }

    /// Breaks when the server answers COMMIT.
    pub(crate) fn break_at_commit(&self) {
        self.limits.loses_commit.store(true, Ordering::SeqCst);
    }

    pub(crate) fn left(&self, way: usize) -> i64 {
        self.limits.left[way].load(Ordering::SeqCst)
    }

    /// Returns whether it broke.
    pub(crate) fn is_broken(&self) -> bool {
        [0, 1].into_iter().any(|way| self.left(way) <= 0)
    }

    pub(crate) fn mend(&self) {
        self.limits.loses_commit.store(false, Ordering::SeqCst);
        self.limits.left.iter().for_each(|left| left.store(i64::MAX, Ordering::SeqCst));
    }
}

/// Bytes beyond the limit do not arrive; earlier bytes do.
fn pass(mut from: TcpStream, mut to: TcpStream, way: usize, limits: &Limits) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let answers = way == 1 && buffer[..count].windows(7).any(|window| window == b"COMMIT\0");
        if answers && limits.loses_commit.swap(false, Ordering::SeqCst) {
            limits.left[1].store(0, Ordering::SeqCst);
        }
        let before = limits.left[way].fetch_sub(count as i64, Ordering::SeqCst);
        let passes = count.min(before.max(0) as usize);
        if to.write_all(&buffer[..passes]).is_err() || passes < count {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
