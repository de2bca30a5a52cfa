//! From node to node: what a hospital gave to one node waits at all, so that whoever leads next proposes it.
//!
//! ```text
//! message = kind (1: entry, 2: charter) || its bytes
//! ```
//! Messages travel over the engine's authenticated network, on a channel with a bound on their rate. A node hands on only
//! what it was given by hospitals, never what other nodes handed on, and sends again what has waited for some seconds. A
//! node that receives an entry validates it as if a hospital had given it, and counts it for the node that sent it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Buf as _;
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::{Receiver, Recipients, Sender};
use commonware_runtime::{Clock, Spawner};
use futures::StreamExt as _;

use crate::backend::Source;
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
    (mut sender, mut receiver): (impl Sender<PublicKey = PublicKey>, impl Receiver<PublicKey = PublicKey>),
) {
    let mut again = context.current() + AGAIN;
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
                let core = Arc::clone(&core);
                // The pool's quotas bound how many of these there are at once.
                context.child("received").spawn(move |_| async move {
                    let refused = match kind {
                        ENTRY => core.admit(Source::Peer(peer.to_string()), bytes, None).await,
                        CHARTER => core.admit_charter(bytes, None, false).await,
                        _ => Ok(()),
                    };
                    if let Err(refused) = refused {
                        tracing::debug!(%peer, %refused, "what another node handed on is not taken");
                    }
                });
            }
            () = context.sleep_until(again) => {
                core.send_again(AT_A_TIME);
                again = context.current() + AGAIN;
            }
        }
    }
}
