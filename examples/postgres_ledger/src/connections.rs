//! Connections, and the retries after one breaks.

use std::error::Error as _;
use std::io;
use std::mem::ManuallyDrop;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use medseal::Error;
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};

/// Why work on a connection failed.
pub(crate) enum Failure {
    /// The ledger's permanent answer.
    Refused(Error),
    /// The database failed.
    Database(postgres::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<postgres::Error> for Failure {
    fn from(error: postgres::Error) -> Self {
        Self::Database(error)
    }
}

/// One connection for each busy thread. A PostgreSQL client serves one thread at a time.
pub(crate) struct Connections {
    config: Config,
    attempts: u32,
    idle: Mutex<Vec<Client>>,
}

impl Connections {
    /// Makes a pool that tries all work up to `attempts` times.
    pub(crate) fn new(config: &Config, attempts: u32) -> Self {
        let mut config = config.clone();
        // Treats a server or a network that hangs as failed. A writer that hangs in a transaction
        // would block all others.
        config
            .connect_timeout(Duration::from_secs(5))
            .tcp_user_timeout(Duration::from_secs(10))
            .options("-c statement_timeout=30s -c idle_in_transaction_session_timeout=10s");
        Self { config, attempts, idle: Mutex::default() }
    }

    /// Runs some work, and retries it on a new connection after a failure. The failed work may or
    /// may not be done, so the work must be idempotent.
    pub(crate) fn with<T>(
        &self,
        mut work: impl FnMut(&mut Client) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let mut attempt = 0;
        loop {
            let failure = match self
                .take()
                .map_err(Failure::from)
                .and_then(|client| self.use_once(client, &mut work))
            {
                Err(Failure::Database(failure)) => failure,
                Err(Failure::Refused(error)) => return Err(error),
                Ok(done) => return Ok(done),
            };
            attempt += 1;
            if attempt >= self.attempts || !passes(&failure) {
                return Err(io::Error::other(failure).into());
            }
            // The other connections probably belong to a server that is gone.
            drop(std::mem::take(&mut *self.idle()));
            // 50 ms, 100 ms, 200 ms, ..
            thread::sleep(Duration::from_millis(25 << attempt.min(6)));
        }
    }

    /// Keeps the connection unless it failed.
    fn use_once<T>(
        &self,
        client: Client,
        work: impl FnOnce(&mut Client) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        // The client panics where it must not block, in an async task. Closing it would block
        // as well, and a panic during a panic aborts the process. After a panic, the connection
        // is therefore leaked.
        let mut client = ManuallyDrop::new(client);
        let done = work(&mut client);
        let client = ManuallyDrop::into_inner(client);
        if !matches!(done, Err(Failure::Database(_))) {
            self.idle().push(client);
        }
        done
    }

    fn take(&self) -> Result<Client, postgres::Error> {
        let client = self.idle().pop();
        match client.filter(|client| !client.is_closed()) {
            Some(client) => Ok(client),
            None => self.config.connect(NoTls),
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Client>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connections {
    /// Closing a connection blocks, and a ledger may be dropped in an async task.
    fn drop(&mut self) {
        let idle = std::mem::take(&mut *self.idle());
        thread::spawn(move || drop(idle));
    }
}

/// Returns whether a retry can help: a connection broke or could not be made, a server stops or
/// starts, or a transaction was rolled back or waited too long.
fn passes(failure: &postgres::Error) -> bool {
    const PASSING: [SqlState; 10] = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::QUERY_CANCELED,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        SqlState::CONNECTION_FAILURE,
    ];
    match failure.code() {
        Some(code) => PASSING.contains(code),
        None => failure.is_closed() || failure.source().is_some_and(|source| source.is::<io::Error>()),
    }
}
