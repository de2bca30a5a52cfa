//! The engine's interface to the ledger: it proposes blocks, and checks proposed ones.
//!
//! **Idle.** A leader with nothing to propose waits for an entry during its turn. If none arrives,
//! it skips its turn, and nothing is written. Once a minute
//! ([`CoreConfig::heartbeat`](crate::CoreConfig)) it makes an empty block, which shows that the
//! ledger is alive. When an entry arrives, the current leader proposes it at once. If the previous
//! block is not final after a moment, because votes were lost, the leader adds an empty block to
//! it: both become final together.
//!
//! **Abstaining.** If another block became final at a block's height, the block is neither right
//! nor wrong. The node does not answer, and the engine stops asking.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use commonware_consensus::marshal::ancestry::Ancestry;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::Context;
use commonware_consensus::{Application, Heightable as _};
use commonware_cryptography::{Digested, Digestible as _, ed25519};
use commonware_runtime::Clock;
use futures::StreamExt as _;

use crate::backend::Refused;
use crate::block::{Block, Digest};
use crate::chain::{Ancestor, Standing};
use crate::core::Core;

/// How long a leader waits for an entry: shorter than the others wait for the leader.
const TURN: Duration = Duration::from_millis(1200);

/// How long it waits if the previous block is not final.
const FOLLOW: Duration = Duration::from_millis(300);

/// Proposes and checks blocks for the engine.
#[derive(Clone, Debug)]
pub struct App {
    core: Arc<Core>,
}

impl App {
    /// The application of a node.
    #[must_use]
    pub fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// The newest of the ancestors, and the ledger there. `None` if nothing can be built on it.
    async fn ancestor(&self, ancestry: &mut impl Ancestry<Block>) -> Option<(Arc<Block>, Ancestor)> {
        let mut blocks = VecDeque::new();
        let mut parent = None;
        while let Some(block) = ancestry.next().await {
            let block = block.inner_shared();
            parent.get_or_insert_with(|| Arc::clone(&block));
            let (height, last) = (block.height().get(), self.core.chain().newest().height);
            let items = if height > last {
                self.core.verdicts().decode(block.items().to_vec()).await.ok()?
            } else {
                Vec::new()
            };
            blocks.push_front((block, items));
            if height <= last + 1 {
                break;
            }
        }
        match self.core.chain().at_ancestor(blocks.make_contiguous()) {
            Standing::Follows(at) => Some((parent?, *at)),
            Standing::Passed => None,
        }
    }
}

impl<E: Clock> Application<E> for App {
    type SigningScheme = Scheme;
    type Context = Context<Digest, ed25519::PublicKey>;
    type Block = Block;
    type Input = ();

    async fn propose(
        &mut self,
        (clock, _): (E, Self::Context),
        mut ancestry: impl Ancestry<Block>,
        (): (),
    ) -> Option<Digested<Block>> {
        let (parent, at) = self.ancestor(&mut ancestry).await?;
        let at = Arc::new(at);
        let (follow, turn) = (clock.sleep(FOLLOW), clock.sleep(TURN));
        tokio::pin!(follow, turn);
        let (mut may_follow, mut is_over) = (false, false);
        let items = loop {
            let fresh = self.core.fresh.notified();
            tokio::pin!(fresh);
            fresh.as_mut().enable();
            let items = self.core.pick(&at).await;
            if !items.is_empty() || self.core.wants_empty_block(&at) {
                break items;
            }
            let is_parent_final = self.core.chain().newest().height >= parent.height().get();
            if is_parent_final && is_over {
                return None;
            }
            if !is_parent_final && may_follow {
                break Vec::new();
            }
            tokio::select! {
                () = fresh => {}
                () = &mut follow, if !may_follow => may_follow = true,
                () = &mut turn, if !is_over => is_over = true,
            }
        };
        let block = self.core.block(&parent, &at, items);
        let digest = block.digest();
        Some(Digested::precomputed(block, digest))
    }

    async fn verify(&mut self, _: (E, Self::Context), mut ancestry: impl Ancestry<Block>) -> bool {
        let Some(block) = ancestry.next().await else { return false };
        let Some((_, at)) = self.ancestor(&mut ancestry).await else { return pending().await };
        match self.core.check(block.inner(), at).await {
            Ok(()) => true,
            Err(Refused::Invalid(error)) if error.is_transient() => pending().await,
            Err(refused) => {
                tracing::warn!(height = block.height().get(), %refused, "a proposed block is wrong");
                self.core.count_wrong_block();
                false
            }
        }
    }
}
