//! The whole flow on a real file: set up, register, publish, authenticate, search, open.
//!
//! ```text
//! cargo run --example share_record -- [FILE] [--policy P] [--keyword W ...] [--store DIR]
//! ```
//! All participants run in this one process, with the ledger in memory and the sealed
//! record in a directory. They exchange objects as bytes. Memory use does not grow with the
//! file. Days are UTC days.
//!
//! [`share`] is the flow, and each step is a method of [`Flow`]. `arguments.rs` has the command
//! line, `parties.rs` the participants, `report.rs` the output.

mod arguments;
mod clock;
mod files;
mod parties;
mod report;

use medseal::Threads;
use std::io::{self, Write};
use std::ops::ControlFlow::Continue;
use std::path::PathBuf;
use std::process::ExitCode;

use medseal::identity::{
    AuthConfirmation, AuthReply, AuthRequest, Disclosure, MemoryReplayCache, Name, ReplayBounds, Session,
    SessionMessage,
};
use medseal::ledger::{
    CharterDraft, Charters, CheckedEntry, Entry, Found, Ledger, MemoryLedger, Terms, TrustedHead,
};
use medseal::policy::{Attributes, Policy};
use medseal::rand_core::OsRng;
use medseal::record::KeyedSummary;
use medseal::search::{PublicKey, Query};
use medseal::share::{Consortium, Database, MemberKeys, Publication, Published};

use arguments::Request;
use clock::DAY_MS;
use parties::Parties;
use report::{At, Failure, Progress, Report, StepTimes, bytes, expect, short};

fn main() -> ExitCode {
    match arguments::read().and_then(|request| request.map_or(Ok(()), share)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => {
            // If stderr is closed too, only the exit code is left to report the failure.
            drop(writeln!(io::stderr(), "share_record: {}", message.replace('\n', " ")));
            ExitCode::FAILURE
        }
    }
}

fn share(request: Request) -> Result<(), Failure> {
    let mut report = Report::new();
    let parties = &Parties::set_up(&request, &mut report)?;
    let ledger = &found(parties, &mut report)?;
    let charters = &ledger.charters().at("reading the charters")?;
    let mut database = Database::new(parties.super_node.public_key(), *parties.hospital.identity());
    let mut flow = Flow { request: &request, parties, ledger, charters, report };

    let published = flow.publish(&mut database)?;
    let entry = flow.consortium()?.entry(&published.place.id).at("reading the entry")?;
    flow.prove(&entry)?;
    flow.read_envelope(&entry, &database)?;

    let mut sides = flow.authenticate(&published, &database)?;
    let found = flow.search(&mut sides)?;
    let copy = flow.open(&sides, &entry, &found)?;
    flow.refuse_visitor(&published)?;

    flow.report.print(&request, &published, copy.as_deref()).at("printing the table")?;
    let words = request.wanted.iter().map(|keyword| keyword.as_str()).collect::<Vec<_>>().join(", ");
    expect(
        copy.is_some(),
        format!("nothing found: no record that the doctor may open has the keywords {words}"),
    )
}

/// The super node signs the ledger's first charter: accredited hospitals may upload.
fn found(parties: &Parties, report: &mut Report) -> Result<MemoryLedger, Failure> {
    report.step("super node", "sign the ledger's charter", || {
        let claim = Policy::parse("kind=hospital and accredited").at("the claim policy")?;
        let name = Name::new("medseal-example").at("the ledger's name")?;
        let draft = CharterDraft::first(Terms::new(name, claim, parties.parameters.clone()), None);
        let ledger = parties
            .super_node
            .sign_charter(draft)
            .and_then(|charter| MemoryLedger::new(charter, &parties.super_node.public_key()))
            .at("founding the ledger")?;
        let id = ledger.charters().at("reading the charters")?.ledger();
        Ok((ledger, format!("ledger {}", short(&id))))
    })
}

/// The flow after the set-up. All participants share it.
struct Flow<'a> {
    request: &'a Request,
    parties: &'a Parties,
    ledger: &'a MemoryLedger,
    charters: &'a Charters,
    report: Report,
}

impl<'a> Flow<'a> {
    /// The consortium, with the head that a member trusts: here, the head of the ledger in this
    /// process.
    fn consortium(&self) -> Result<Consortium<'a>, Failure> {
        let Self { request, ledger, charters, .. } = *self;
        let head = ledger.head().and_then(|head| TrustedHead::new(head, request.now_ms, request.now_ms, 0));
        let head = head.at("reading the ledger's head")?;
        let (store, threads) = (&request.store, Threads::new(0));
        Ok(Consortium { ledger, store, charters, head, members: None, threads })
    }

    /// The hospital seals the record into the store, and appends an entry about it to the ledger.
    fn publish(&mut self, database: &mut Database) -> Result<Published, Failure> {
        let publication = Publication {
            access: &self.request.access,
            keywords: &self.request.keywords,
            keyword_key: self.parties.authority.keyword_key(),
            hints: None,
            signing_key: &self.parties.uploader.signing,
            time_ms: self.request.now_ms,
        };
        let (bar, mut times) = (Progress::new("sealing", self.request.size), StepTimes::new());
        let mut progress = |step, bytes| {
            times.begin(step);
            bar.show(bytes)
        };
        let published = self
            .consortium()?
            .publish(&self.request.record, &publication, Some(database), &mut OsRng, &mut progress)
            .at(self.request.path.display())?;
        drop(bar);
        let entry = self.ledger.get(&published.place.id).at("reading the entry")?;
        self.report.published(times, &published, &entry, self.request);
        Ok(published)
    }

    /// A ledger node verifies its chain, and proves that it contains the entry.
    fn prove(&mut self, entry: &Entry) -> Result<(), Failure> {
        self.report.step("ledger node", "check the chain, prove the entry", || {
            self.ledger.verify().at("checking the chain")?;
            let head = self.ledger.head().at("reading the ledger's head")?;
            let proof = self.ledger.prove(&entry.id(), head.size).at("proving the entry")?;
            proof.verify(&head, &entry.to_bytes()).at("checking the entry's proof")?;
            Ok(((), format!("proof of {}", bytes(proof.to_bytes().len()))))
        })
    }

    /// The hospital opens the envelope in the entry. Nobody else can.
    fn read_envelope(&mut self, entry: &Entry, database: &Database) -> Result<(), Failure> {
        let hospital = &self.parties.hospital;
        self.report.step("hospital", "open the envelope", || {
            let statement = entry.statement();
            let envelope =
                statement.envelope.as_ref().ok_or_else(|| Failure::new("the entry has no envelope"))?;
            let disclosed = hospital
                .open(envelope, statement.digest.as_bytes(), None)
                .and_then(|disclosed| Disclosure::from_bytes(&disclosed))
                .at("opening the envelope")?;
            expect(
                disclosed.database_digest() == database.digest().as_bytes(),
                "the database digest does not match",
            )?;
            Ok(((), format!("database digest {}", short(&database.digest()))))
        })
    }

    /// Hospital and main node authenticate each other.
    fn authenticate(&mut self, published: &Published, database: &Database) -> Result<Sides, Failure> {
        let (parties, now_ms) = (self.parties, self.request.now_ms);
        let sides = self.report.step("hospital, main node", "authenticate each other", || {
            let cache = MemoryReplayCache::new(ReplayBounds::default(), now_ms.saturating_sub(DAY_MS))
                .at("the replay cache")?;
            let disclosure = Disclosure::new(
                published.address.as_str().as_bytes(),
                *database.digest().as_bytes(),
                *published.summary.as_bytes(),
            )
            .at("the disclosure")?;

            let (awaiting, request) = parties
                .hospital
                .start(&parties.certificate, &parties.registry, now_ms, &mut OsRng)
                .at("starting a handshake")?;
            let request = request.to_bytes();
            let (reply, confirming) = AuthRequest::from_bytes(&request)
                .and_then(|request| parties.main_node.accept(&request, &parties.registry, &cache, now_ms))
                .and_then(|accepted| accepted.reply(&disclosure, &mut OsRng))
                .at("authenticating the hospital")?;
            let reply = reply.to_bytes();
            let established = AuthReply::from_bytes(&reply)
                .and_then(|reply| awaiting.finish(&reply))
                .at("authenticating the main node")?;
            let confirmation = established.confirmation.to_bytes();
            let main_node = AuthConfirmation::from_bytes(&confirmation)
                .and_then(|confirmation| confirming.confirm(&confirmation))
                .at("confirming the handshake")?;
            let result = format!(
                "messages of {}, {}, {}; location and digests disclosed",
                bytes(request.len()),
                bytes(reply.len()),
                bytes(confirmation.len())
            );
            let (hospital, disclosed) = (established.session, established.disclosure);
            Ok((Sides { hospital, main_node, disclosed }, result))
        })?;
        expect(
            sides.disclosed.location() == published.address.as_str().as_bytes(),
            "the main node discloses a different location",
        )?;
        Ok(sides)
    }

    /// The doctor sends a query through the session, with a trapdoor for each
    /// keyword. A node answers it.
    fn search(&mut self, sides: &mut Sides) -> Result<Found, Failure> {
        let (request, doctor) = (self.request, &self.parties.doctor);
        let authority = &self.charters.current().terms().parameters.search;
        let received = self.report.step("doctor", "make a query, send it in the session", || {
            let showing = doctor.attributes().needed_by([&request.access]);
            let query = query(request, doctor, &showing, authority)?;
            let message =
                sides.hospital.seal(&query.to_bytes(), b"query").at("sending the query")?.to_bytes();
            let sent = message.len();
            let received = SessionMessage::from_bytes(&message)
                .and_then(|message| sides.main_node.open(&message, b"query"))
                .and_then(|opened| Query::from_bytes(&opened))
                .at("receiving the query")?;
            let result = format!("trapdoors: {}; {}", received.trapdoors().len(), bytes(sent));
            Ok((received, result))
        })?;
        self.report.step("ledger node", "match", || {
            let found = matched(self.ledger, authority, &received)?;
            // The first item of the ledger is its charter.
            let result = format!("{} of {} entries", found.hits.len(), found.next - 1);
            Ok((found, result))
        })
    }

    /// The doctor opens the found record into a new file, and checks it. Returns the file's path.
    fn open(
        &mut self,
        sides: &Sides,
        entry: &CheckedEntry,
        found: &Found,
    ) -> Result<Option<PathBuf>, Failure> {
        let Some(hit) = found.hits.first() else { return Ok(None) };
        let (request, doctor) = (self.request, &self.parties.doctor);
        let consortium = self.consortium()?;
        let writing = format!("writing to {}", request.opened.display());
        let copy = self.report.step("doctor", "fetch, check, unwrap, decrypt", || {
            let key = consortium.record_key(entry, &doctor.decryption).at("unwrapping the record key")?;
            let mut copy = files::begin(&request.opened).at(&writing)?;
            let bar = Progress::new("opening", request.size);
            let opened = consortium
                .open(&hit.id, &doctor.decryption, &mut copy, &mut |bytes| bar.show(bytes))
                .at("opening the record")?;
            KeyedSummary::from(*sides.disclosed.summary())
                .verify(&key, &opened.digest)
                .at("checking the summary")?;
            let copy = files::keep(copy, &request.opened, &hit.id.to_string(), &request.path).at(&writing)?;
            Ok((copy, format!("{} written, digest and summary agree", bytes(opened.length))))
        })?;
        if request.size.is_some() {
            self.report.step("", "compare with the original", || {
                let same = files::same(&request.path, &copy).at("comparing")?;
                expect(same, "the opened copy differs from the original")?;
                Ok(((), "the same bytes".to_owned()))
            })?;
        }
        Ok(Some(copy))
    }

    /// A visitor, who does not satisfy the policy, finds and opens nothing.
    fn refuse_visitor(&mut self, published: &Published) -> Result<(), Failure> {
        let (consortium, visitor) = (self.consortium()?, &self.parties.visitor);
        let authority = &self.charters.current().terms().parameters.search;
        self.report.step("visitor", "try the same", || {
            let query = query(self.request, visitor, visitor.attributes(), authority)?;
            let found = matched(self.ledger, authority, &query)?;
            expect(found.hits.is_empty(), "the visitor found a record")?;
            let mut written = Vec::new();
            let opened = consortium
                .open(&published.place.id, &visitor.decryption, &mut written, &mut |_| Continue(()));
            let Err(refused) = opened else { return Err(Failure::new("the visitor opened a record")) };
            expect(written.is_empty(), "the visitor read a part of the record")?;
            Ok(((), format!("finds nothing; opens nothing: {refused}")))
        })
    }
}

/// Both ends of a session, and the main node's disclosure to the hospital.
struct Sides {
    hospital: Session,
    main_node: Session,
    disclosed: Disclosure,
}

/// Makes a query for all of the keywords.
fn query(
    request: &Request,
    keys: &MemberKeys,
    showing: &Attributes,
    authority: &PublicKey,
) -> Result<Query, Failure> {
    let trapdoors = request.wanted.iter().map(|keyword| keys.search.trapdoor(keyword, showing, &mut OsRng));
    let trapdoors = trapdoors.collect::<Result<Vec<_>, _>>().at("making trapdoors")?;
    let queries = trapdoors.into_iter().map(|trapdoor| Query::new(trapdoor, authority));
    Query::all(queries).at("making the query")
}

/// Returns the entries that match a query.
fn matched(ledger: &MemoryLedger, authority: &PublicKey, query: &Query) -> Result<Found, Failure> {
    ledger.search(query, authority, 0, Threads::new(0), &mut |_| Continue(())).at("searching the ledger")
}
