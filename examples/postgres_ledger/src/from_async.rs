//! Calls from async code. All that the library does blocks: it computes for milliseconds
//! to minutes, and it waits for stores, ledgers and locks. A thread that drives async
//! tasks must do none of that.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

/// Does what blocks on threads that are there for it, not more of it at once than the machine and
/// the database can take.
#[derive(Clone, Debug)]
pub struct Blocking {
    permits: Arc<Semaphore>,
}

impl Blocking {
    /// So much at once. The runtime by itself would start up to 512 threads.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(at_once)) }
    }

    /// Does some work. It goes on to its end also when nobody waits for it any more; what may have
    /// to stop earlier looks, in the library's `progress`, whether it should.
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
