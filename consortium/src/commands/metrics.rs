//! Figures for Prometheus.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use medseal_consortium::server::Counters;
use medseal_consortium::{Backend as _, Node};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// Answers every request with the figures, one at a time, until the node is gone.
pub(super) async fn serve(listener: TcpListener, node: Weak<Node>, counters: Arc<Counters>) {
    while let Ok((stream, peer)) = listener.accept().await {
        let Some(node) = node.upgrade() else { return };
        let text = figures(&node, &counters);
        drop(node);
        if timeout(Duration::from_secs(5), answer(stream, &text)).await.is_err() {
            tracing::debug!(%peer, "a client that reads figures is too slow");
        }
    }
}

pub(super) async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

async fn answer(mut stream: TcpStream, text: &str) -> std::io::Result<()> {
    // Reads the request to its end or to the limit; otherwise closing could discard the answer.
    let mut request = Vec::with_capacity(4096);
    while !request.ends_with(b"\r\n\r\n") && request.len() < 4096 {
        if stream.read_buf(&mut request).await? == 0 {
            break;
        }
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

fn figures(node: &Node, counters: &Counters) -> String {
    let status = node.status();
    let mut text = String::new();
    let mut figure = |kind, name, help, value: u64| {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "# HELP medseal_{name} {help}\n# TYPE medseal_{name} {kind}\nmedseal_{name} {value}"
        );
    };
    figure("gauge", "blocks", "The height of the newest final block.", status.blocks);
    figure("gauge", "items", "Entries and charters on the ledger.", status.items);
    figure("gauge", "charter", "The number of the current charter.", status.charter.into());
    figure("gauge", "epoch", "The consensus epoch.", status.epoch);
    figure("gauge", "validators", "The validators of this epoch.", status.validators as u64);
    figure("gauge", "is_validator", "Whether this node is one of them.", status.is_validator.into());
    figure("gauge", "pool_entries", "Entries that wait here.", status.pool_entries as u64);
    figure("gauge", "pool_bytes", "Their bytes.", status.pool_bytes as u64);
    figure("gauge", "peers", "Other nodes that this one may talk to.", status.peers as u64);
    figure(
        "gauge",
        "last_block_seconds",
        "When the newest block became final here, in Unix seconds.",
        status.last_block_ms / 1000,
    );
    let mut counter =
        |name, help, value: &AtomicU64| figure("counter", name, help, value.load(Ordering::Relaxed));
    counter("connections_total", "Connections that were accepted.", &counters.connections);
    counter("turned_away_total", "Connections for which there was no place.", &counters.turned_away);
    counter("sessions_total", "Sessions of hospitals.", &counters.sessions);
    counter("handshakes_refused_total", "Handshakes that failed.", &counters.handshakes_refused);
    counter("requests_total", "Requests that were answered.", &counters.requests);
    counter(
        "quota_refused_total",
        "Requests that were refused because a quota was used up.",
        &counters.quota_refused,
    );
    counter("entries_total", "Entries that were submitted here and became final.", &counters.entries);
    counter("searches_total", "Searches that were finished.", &counters.searches);
    counter("searches_cancelled_total", "Searches whose client went away.", &counters.searches_cancelled);
    text.push_str(&node.metrics());
    text
}
