//! From node to node: an entry that a hospital gave to one node waits at all nodes, so that the
//! next leader proposes it.
//!
//! ```text
//! message = kind (1: entry, 2: charter) || its bytes
//! ```
//! Messages travel over the engine's authenticated network, on a channel with a bound on their
//! rate. A node hands on only what it was given by hospitals, never what other nodes handed on, and
//! sends again what has waited for some seconds. A node that receives an entry validates it as if a
//! hospital had given it, and counts it for the node that sent it.
//!
//! An honest node hands on nothing under a bad signature, so one that does is cut off.
//! One that hands on an entry of a passed era, or of one that this node does not know
//! yet, may be behind or ahead.

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

/// After how long an entry that still waits is sent again, and how many at a time.
const AGAIN: Duration = Duration::from_secs(3);
const AT_A_TIME: usize = 128;

/// Hands on and takes what is handed on, until the network or the core stops.
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
                // The pool's quotas bound how many of these there are at once.
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

/// Takes what another node handed on.
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
            block!(blocker, peer, "it handed on what nobody signed");
        }
        Err(refused) => tracing::debug!(%peer, %refused, "what another node handed on is not taken"),
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
    fn cuts_off_who_relays_bad_signatures() {
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
            // The signature on another charter: a point, but not of this one.
            let signature = charter.len() - 96;
            charter[signature..]
                .copy_from_slice(&WORLD.first.to_bytes()[WORLD.first.to_bytes().len() - 96..]);
            take(1, ENTRY, WORLD.forged(0)).await;
            take(2, CHARTER, charter).await;
            // Of an era that is not there, good, and none at all.
            take(3, ENTRY, WORLD.make(0, 2, &next).to_bytes()).await;
            take(3, ENTRY, WORLD.entry(0)).await;
            take(3, 77, Vec::new()).await;
            let blocked = oracle.blocked().await.unwrap();
            assert_eq!(blocked, [1, 2].map(|n| (keys[0].clone(), keys[n].clone())));

            // When the next charter holds, entries of the one before show that
            // their sender is behind.
            take(3, CHARTER, next.to_bytes()).await;
            let at = core.chain().present();
            let block = core.block(core.chain().first(), &at, vec![next.to_bytes()]);
            core.commit(&block).await.unwrap();
            take(3, ENTRY, WORLD.entry(1)).await;
            assert_eq!(oracle.blocked().await.unwrap().len(), 2);
        });
    }
}
