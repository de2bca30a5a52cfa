//! Identity keys, certificates, and mutual authentication of hospitals and main nodes (the
//! model's 3.2 and 3.3).
//!
//! # Who takes part?
//! | who | holds | does |
//! |---|---|---|
//! | [`SuperNode`] | the master secret `s` | registers hospitals, certifies main nodes, revokes both |
//! | [`MainNode`] | its secret `s_MN`, the [`VerifiedRegistry`], a [`ReplayCache`] | authenticates hospitals, answers them |
//! | [`Hospital`] | its identity key `S_ID` | authenticates to main nodes, opens envelopes to its identity |
//!
//! The paper's group `G1` with `P`, `X`, `T`, `Q_SN`, `Q_MN` is G1 of BLS12-381. Its points `QID`,
//! `SID`, `U` are in G2, because the Diffie-Hellman multiplications of a handshake are then in the
//! cheaper group. Times are Unix milliseconds, and the caller always provides them.
//!
//! Received objects and verified objects have different types. A [`Certificate`] or a [`Registry`]
//! can be used only as a [`VerifiedCertificate`] or a [`VerifiedRegistry`]. The states of a
//! handshake are types too, and each step consumes the one before.
//!
//! The paper's protocol is insecure as printed. The tests run each attack against a literal version
//! of the paper, and show that it fails here.
//!
//! ```
//! use medseal::identity::{
//!     Disclosure, Hospital, MainNode, MemoryReplayCache, Name, RegistrationRequest, ReplayBounds, Role,
//!     SuperNode,
//! };
//! # fn main() -> Result<(), medseal::Error> {
//! let mut rng = medseal::rand_core::OsRng;
//! let (started, now) = (1_800_000_000_000, 1_800_000_060_000);
//!
//! // The super node, a hospital registered with it, and a main node certified by it.
//! let mut super_node = SuperNode::generate(&mut rng)?;
//! let public_key = super_node.public_key();
//! let request = RegistrationRequest::new(Name::new("St. Mary")?, b"member since 2024", &mut rng)?;
//! let key = super_node.register(&request)?;
//! let hospital = Hospital::accept(request, key, &public_key)?;
//! let main_node = MainNode::generate(Name::new("node 1")?, Role::MainNode, &public_key, &mut rng)?;
//! let validity = started..=now + 86_400_000;
//! let certificate = super_node.certify(&main_node.certificate_request(), validity, &mut rng)?;
//! let registry = super_node.publish(now)?.verify(&public_key, 0)?;
//! let replay_cache = MemoryReplayCache::new(ReplayBounds::default(), started)?;
//!
//! // The handshake.
//! let certificate = certificate.verify(&public_key, Role::MainNode)?;
//! let (awaiting_reply, request) = hospital.start(&certificate, &registry, now, &mut rng)?;
//! let accepted = main_node.accept(&request, &registry, &replay_cache, now)?;
//! assert_eq!(accepted.hospital().as_str(), "St. Mary");
//! let disclosure = Disclosure::new(b"where it lies", [1; 32], [2; 32])?;
//! let (reply, awaiting_confirmation) = accepted.reply(&disclosure, &mut rng)?;
//! let mut established = awaiting_reply.finish(&reply)?;
//! assert_eq!(established.disclosure, disclosure);
//! let mut session = awaiting_confirmation.confirm(&established.confirmation)?;
//!
//! // The session.
//! let message = established.session.seal_final(b"thank you", b"")?;
//! assert_eq!(*session.open(&message, b"")?, b"thank you");
//! assert!(session.is_closed_by_peer());
//! # Ok(())
//! # }
//! ```
//!
//! # What does a handshake guarantee?
//! - The hospital agrees on the whole exchange with the main node named in the
//!   certificate. The main node agrees with the hospital, once for each request, as long
//!   as it keeps the replay cache.
//! - The session's keys and the payload stay secret even if `S_ID`, `s_MN` and the super node's `s`
//!   all leak later: they depend on `V = [x y]P1`. A leaked `S_ID` gives `[x]Q_ID` for recorded
//!   requests, by which `V` can be recognised but not computed. Secrecy therefore rests on the
//!   Diffie-Hellman assumption in G1 given that point (gap co-CDH), in the random oracle model.
//! - They stay secret if only one of Diffie-Hellman and ML-KEM-768 is broken; a quantum computer
//!   breaks Diffie-Hellman. Authentication rests on pairings alone: breaking them later forges
//!   no handshake of today.
//! - A leaked `S_ID` does not allow impersonating a main node to that hospital. A leaked `s_MN`
//!   does not allow impersonating a hospital.
//! - **Not** guaranteed: a leaked `s_MN`, or a quantum computer, reveals *who* made
//!   recorded requests, because `W` is under `X'` alone. The length of a reply reveals the
//!   length of the location in it.
//!
//! `docs/schemes.md` has the equations (section 4), and the work and sizes beside the paper's
//! (section 12).

mod certificate;
mod disclosure;
mod envelope;
mod handshake;
mod hospital;
mod main_node;
mod name;
mod nodes;
mod registration;
mod registry;
mod replay;
mod session;
pub(crate) mod signature;
mod super_node;
#[cfg(test)]
mod tests;

pub use certificate::{Certificate, CertificateRequest, CertificateSerial, VerifiedCertificate};
pub use disclosure::Disclosure;
pub use envelope::IdentityEnvelope;
pub use handshake::{
    AcceptedRequest, AuthConfirmation, AuthReply, AuthRequest, AwaitingConfirmation, AwaitingReply,
    Established,
};
pub use hospital::Hospital;
pub use main_node::MainNode;
pub use name::Name;
pub use nodes::{Role, SuperNodePublicKey};
pub use registration::{Identity, IdentityKey, RegistrationRequest};
pub use registry::{Registry, RegistryDraft, VerifiedRegistry};
pub use replay::{DEFAULT_WINDOW_MS, MemoryReplayCache, ReplayBounds, ReplayCache, SeenRequest};
pub use session::{Session, SessionMessage};
pub(crate) use signature::Body;
pub use super_node::SuperNode;

pub(crate) use signature::verifies;
