//! A hospital and a main node authenticate each other and share a session.
//!
//! ```text
//! cargo run --example handshake
//! ```

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use medseal::identity::{
    AuthConfirmation, AuthReply, AuthRequest, Disclosure, Hospital, MainNode, MemoryReplayCache, Name,
    RegistrationRequest, ReplayBounds, Role, SessionMessage, SuperNode,
};
use medseal::rand_core::OsRng;

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64;

    // The super node certifies a main node, and registers a hospital.
    let mut super_node = SuperNode::generate(&mut OsRng)?;
    let trusted = super_node.public_key();
    let main_node =
        MainNode::generate(Name::new("main-node.example")?, Role::MainNode, &trusted, &mut OsRng)?;
    let validity = now_ms..=now_ms + YEAR.as_millis() as u64;
    let certificate = super_node.certify(&main_node.certificate_request(), validity, &mut OsRng)?;
    let request =
        RegistrationRequest::new(Name::new("clinic.example")?, b"data sharing agreement", &mut OsRng)?;
    let identity_key = super_node.register(&request)?;
    let hospital = Hospital::accept(request, identity_key, &trusted)?;
    let registry = super_node.publish(now_ms)?;

    // Each side checks what the super node signed.
    let certificate = certificate.verify(&trusted, Role::MainNode)?;
    let registry = registry.verify(&trusted, 0)?;
    // A main node that has just started rejects requests that may be replays. This one has
    // been up for an hour.
    let cache = MemoryReplayCache::new(ReplayBounds::default(), now_ms.saturating_sub(3_600_000))?;

    // 1. The hospital's request. An observer cannot tell who sent it.
    let (awaiting, request) = hospital.start(&certificate, &registry, now_ms, &mut OsRng)?;
    let request = request.to_bytes();

    // 2. The main node's reply, with a disclosure about a record.
    let accepted = main_node.accept(&AuthRequest::from_bytes(&request)?, &registry, &cache, now_ms)?;
    println!("the main node's peer     {}", accepted.hospital());
    let disclosure = Disclosure::new(b"objects/2d09bb97", [1; 32], [2; 32])?;
    let (reply, confirming) = accepted.reply(&disclosure, &mut OsRng)?;
    let reply = reply.to_bytes();

    // 3. The hospital's confirmation.
    let established = awaiting.finish(&AuthReply::from_bytes(&reply)?)?;
    let (mut at_hospital, disclosed) = (established.session, established.disclosure);
    println!("the hospital's peer      {}", at_hospital.peer());
    println!("disclosed location       {}", String::from_utf8_lossy(disclosed.location()));
    let confirmation = established.confirmation.to_bytes();
    let mut at_main_node = confirming.confirm(&AuthConfirmation::from_bytes(&confirmation)?)?;
    println!("lengths of the messages  {}, {}, {} bytes", request.len(), reply.len(), confirmation.len());

    // Both sides can now seal and open messages.
    let message = at_hospital.seal(b"where is last week's MRI?", b"")?.to_bytes();
    let opened = at_main_node.open(&SessionMessage::from_bytes(&message)?, b"")?;
    println!("in the session           {}", String::from_utf8_lossy(&opened));

    // The main node rejects the same request a second time.
    let replayed = main_node.accept(&AuthRequest::from_bytes(&request)?, &registry, &cache, now_ms);
    println!("a replay                 {}", replayed.err().map_or("was accepted".into(), |e| e.to_string()));
    Ok(())
}
