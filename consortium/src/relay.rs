//! Forwards entries between nodes: an entry submitted to one node waits at all nodes, and the next
//! leader proposes it.
//!
//! ```text
//! message = kind (1: entry, 2: charter) || its bytes
//! ```
//! Messages use the engine's authenticated network, on a channel with a limited rate. A node
//! forwards only what hospitals submitted to it, never what other nodes forwarded. It sends an
//! entry again if it still waits after some seconds. A node validates a received entry like a
//! hospital's, and counts it for the node that sent it.
//!
//! An honest node never forwards an item with a bad signature, so a node that does is cut off. A
//! node that forwards an entry of a passed or unknown era may only be behind or ahead.

use std::sync::Arc;
use std::time::Duration;

use bytes::Buf as _;
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::{Blocker, Receiver, Recipients, Sender, block};
use commonware_runtime::{Clock, Spawner};
use futures::StreamExt as _;
use medseal::Error;

use crate::backend::{Refused, Source};
use crate::core::{Core, Outbox, Relayed};

const ENTRY: u8 = 1;
const CHARTER: u8 = 2;

/// After how long a waiting entry is sent again, and how many at a time.
const AGAIN: Duration = Duration::from_secs(3);
const AT_A_TIME: usize = 128;

/// Forwards entries, and receives forwarded ones, until the network or the core stops.
pub(crate) async fn run<E: Spawner + Clock>(
    context: E,
    core: Arc<Core>,
    mut outbox: Outbox,
    blocker: impl Blocker<PublicKey = PublicKey>,
    (mut sender, mut receiver): (impl Sender<PublicKey = PublicKey>, impl Receiver<PublicKey = PublicKey>),
) {
    let mut again = Box::pin(context.sleep(AGAIN));
    loop {
        tokio::select! {
            relayed = outbox.0.next() => {
                let Some(relayed) = relayed else { return };
                let (kind, bytes) = match &relayed {
                    Relayed::Entry(bytes) => (ENTRY, bytes),
                    Relayed::Charter(bytes) => (CHARTER, bytes),
                };
                let message = [&[kind], bytes.as_slice()].concat();
                let _ = sender.send(Recipients::All, message, false);
            }
            received = receiver.recv() => {
                let Ok((peer, mut message)) = received else { return };
                let kind = if message.has_remaining() { message.get_u8() } else { 0 };
                let mut bytes = vec![0; message.remaining()];
                message.copy_to_slice(&mut bytes);
                let (core, blocker) = (Arc::clone(&core), blocker.clone());
                // The pool's quotas limit the number of these tasks.
                context.child("received").spawn(move |_| async move {
                    take(&core, blocker, peer, kind, bytes).await;
                });
            }
            () = &mut again => {
                core.send_again(AT_A_TIME);
                again.set(context.sleep(AGAIN));
            }
        }
    }
}

/// Receives what another node forwarded.
async fn take(
    core: &Arc<Core>,
    mut blocker: impl Blocker<PublicKey = PublicKey>,
    peer: PublicKey,
    kind: u8,
    bytes: Vec<u8>,
) {
    let source = Source::Peer(peer.to_string());
    let refused = match kind {
        ENTRY => core.admit(source, bytes, None).await,
        CHARTER => core.admit_charter(source, bytes, None).await,
        _ => Ok(()),
    };
    match refused {
        Ok(()) => {}
        Err(Refused::Invalid(Error::InvalidSignature)) => {
            block!(blocker, peer, "it forwarded an item with a bad signature");
        }
        Err(refused) => tracing::debug!(%peer, %refused, "refused what another node forwarded"),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use commonware_codec::{Copying, DecodeExt as _};
    use commonware_p2p::simulated::{Config, Network};
    use commonware_runtime::{Runner as _, Supervisor as _, deterministic};

    use super::*;
    use crate::core::CoreConfig;
    use crate::support::WORLD;
    use crate::{Chain, PoolLimits, Verdicts, engine};

    #[test]
    fn cuts_off_a_relay_of_bad_signatures() {
        deterministic::Runner::default().start(|context| async move {
            let config = CoreConfig {
                chain: Chain::new(&WORLD.first, &WORLD.super_node.public_key(), 100).unwrap(),
                verdicts: Verdicts::new(0, 1 << 24),
                limits: PoolLimits::default(),
                heartbeat: Duration::from_secs(60),
                engine_key: WORLD.nodes[0].1.public(),
            };
            let (core, _outbox) = Core::new(context.child("core"), config);
            let keys = WORLD.nodes.iter().map(|(_, key)| PublicKey::decode(Copying(&key.public())).unwrap());
            let keys = keys.collect::<Vec<_>>();
            let network = Config {
                max_size: engine::max_message(),
                max_peers_per_set: NonZeroUsize::new(keys.len()).unwrap(),
                disconnect_on_block: true,
                tracked_peer_sets: NonZeroUsize::MIN,
            };
            let peers = keys.clone();
            let (network, oracle) = Network::new_with_peers(context.child("network"), network, peers).await;
            network.start();
            let control = oracle.control(keys[0].clone());
            let take = |n: usize, kind, bytes| take(&core, control.clone(), keys[n].clone(), kind, bytes);

            let charters = core.chain().charters();
            let next = WORLD.next_charter(&charters, core.chain().newest().head, &[0, 1, 2, 3]);
            let mut charter = next.to_bytes();
            // The signature of another charter: a valid point, but not for this charter.
            let signature = charter.len() - 96;
            charter[signature..]
                .copy_from_slice(&WORLD.first.to_bytes()[WORLD.first.to_bytes().len() - 96..]);
            take(1, ENTRY, WORLD.forged(0)).await;
            take(2, CHARTER, charter).await;
            // An entry of an unknown era, a good one, and a message of an unknown kind.
            take(3, ENTRY, WORLD.make(0, 2, &next).to_bytes()).await;
            take(3, ENTRY, WORLD.entry(0)).await;
            take(3, 77, Vec::new()).await;
            let blocked = oracle.blocked().await.unwrap();
            assert_eq!(blocked, [1, 2].map(|n| (keys[0].clone(), keys[n].clone())));

            // Under the next charter, entries of the previous one show that their sender is behind.
            take(3, CHARTER, next.to_bytes()).await;
            let at = core.chain().present();
            let block = core.block(core.chain().first(), &at, vec![next.to_bytes()]);
            core.commit(&block).await.unwrap();
            take(3, ENTRY, WORLD.entry(1)).await;
            assert_eq!(oracle.blocked().await.unwrap().len(), 2);
        });
    }
}
