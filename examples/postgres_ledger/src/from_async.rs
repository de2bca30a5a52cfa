//! Calls from async code. Every call of the library blocks: it computes for milliseconds to
//! minutes, and waits for stores, ledgers and locks. A thread that runs async tasks must not block.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

/// Runs blocking work on threads for it, and limits how much runs at once to what the machine and
/// the database can handle.
#[derive(Clone, Debug)]
pub struct Blocking {
    permits: Arc<Semaphore>,
}

impl Blocking {
    /// Limits the number of concurrent calls. The runtime alone would start up to 512 threads.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(at_once)) }
    }

    /// Runs some work. It runs to its end even if nobody waits for it any more. Work that must stop
    /// earlier can check a flag in the library's `progress`.
    ///
    /// # Errors
    /// [`JoinError`] if the work panics.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        // The semaphore is never closed.
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await
    }
}
