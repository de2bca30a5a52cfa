//! The whole flow on a real file: set up, register, publish, authenticate, search, open.
//!
//! ```text
//! cargo run --example share_record -- [FILE] [--policy P] [--keyword W ...] [--store DIR]
//! ```
//! All participants run in this one process, with the ledger in memory and the sealed
//! record in a directory. They exchange objects as bytes. Memory use does not grow with the
//! file. Days are UTC days.
//!
//! [`share`] is the flow, and each step is a function below it. `arguments.rs` has the command
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
use medseal::ledger::{CharterDraft, CheckedEntry, Entry, Found, Ledger, MemoryLedger, Terms, TrustedHead};
use medseal::policy::{Attributes, Policy};
use medseal::rand_core::OsRng;
use medseal::record::KeyedSummary;
use medseal::search::Query;
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
    let report = &mut Report::new();
    let parties = Parties::set_up(&request, report)?;

    let ledger = found(&parties, report)?;
    let charters = ledger.charters().at("reading the charters")?;
    // The head that a member trusts: here, the head of the ledger in this process.
    let head = || {
        let head = ledger.head().and_then(|head| TrustedHead::new(head, request.now_ms, request.now_ms, 0));
        head.at("reading the ledger's head")
    };
    let consortium = Consortium {
        ledger: &ledger,
        store: &request.store,
        charters: &charters,
        head: head()?,
        members: None,
        threads: Threads::new(0),
    };
    let mut database = Database::new(parties.super_node.public_key(), *parties.hospital.identity());

    let published = publish(&request, &parties, &consortium, &mut database, report)?;
    let consortium = Consortium { head: head()?, ..consortium };
    let entry = consortium.entry(&published.place.id).at("reading the entry")?;
    prove(&ledger, &entry, report)?;
    read_envelope(&parties, &entry, &database, report)?;

    let mut sides = authenticate(&request, &parties, &published, &database, report)?;
    let found = search(&request, &parties.doctor, &mut sides, &consortium, report)?;
    let copy = open(&request, &parties.doctor, &sides, &consortium, &entry, &found, report)?;
    refuse_visitor(&request, &parties.visitor, &published, &consortium, report)?;

    report.print(&request, &published, copy.as_deref()).at("printing the table")?;
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

/// The hospital seals the record into the store, and appends an entry about it to the ledger.
fn publish(
    request: &Request,
    parties: &Parties,
    consortium: &Consortium<'_>,
    database: &mut Database,
    report: &mut Report,
) -> Result<Published, Failure> {
    let publication = Publication {
        access: &request.access,
        keywords: &request.keywords,
        keyword_key: parties.authority.keyword_key(),
        hints: None,
        signing_key: &parties.uploader.signing,
        time_ms: request.now_ms,
    };
    let (bar, mut times) = (Progress::new("sealing", request.size), StepTimes::new());
    let mut progress = |step, bytes| {
        times.begin(step);
        bar.show(bytes)
    };
    let published = consortium
        .publish(&request.record, &publication, Some(database), &mut OsRng, &mut progress)
        .at(request.path.display())?;
    drop(bar);
    let entry = consortium.ledger.get(&published.place.id).at("reading the entry")?;
    report.published(times, &published, &entry, request);
    Ok(published)
}

/// A ledger node verifies its chain, and proves that it contains the entry.
fn prove(ledger: &MemoryLedger, entry: &Entry, report: &mut Report) -> Result<(), Failure> {
    report.step("ledger node", "check the chain, prove the entry", || {
        ledger.verify().at("checking the chain")?;
        let head = ledger.head().at("reading the ledger's head")?;
        let proof = ledger.prove(&entry.id(), head.size).at("proving the entry")?;
        proof.verify(&head, &entry.to_bytes()).at("checking the entry's proof")?;
        Ok(((), format!("proof of {}", bytes(proof.to_bytes().len()))))
    })
}

/// The hospital opens the envelope in the entry. Nobody else can.
fn read_envelope(
    parties: &Parties,
    entry: &Entry,
    database: &Database,
    report: &mut Report,
) -> Result<(), Failure> {
    report.step("hospital", "open the envelope", || {
        let statement = entry.statement();
        let envelope =
            statement.envelope.as_ref().ok_or_else(|| Failure::new("the entry has no envelope"))?;
        let disclosed =
            parties.hospital.open(envelope, statement.digest.as_bytes(), None).at("opening the envelope")?;
        let disclosed = Disclosure::from_bytes(&disclosed).at("opening the envelope")?;
        expect(
            disclosed.database_digest() == database.digest().as_bytes(),
            "the database digest does not match",
        )?;
        Ok(((), format!("database digest {}", short(&database.digest()))))
    })
}

/// Both ends of a session, and the main node's disclosure to the hospital.
struct Sides {
    hospital: Session,
    main_node: Session,
    disclosed: Disclosure,
}

/// Hospital and main node authenticate each other.
fn authenticate(
    request: &Request,
    parties: &Parties,
    published: &Published,
    database: &Database,
    report: &mut Report,
) -> Result<Sides, Failure> {
    let now_ms = request.now_ms;
    let sides = report.step("hospital, main node", "authenticate each other", || {
        let cache = MemoryReplayCache::new(ReplayBounds::default(), now_ms.saturating_sub(DAY_MS))
            .at("the replay cache")?;
        let disclosure = Disclosure::new(
            published.address.as_str().as_bytes(),
            *database.digest().as_bytes(),
            *published.summary.as_bytes(),
        );
        let disclosure = disclosure.at("the disclosure")?;

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
        Ok((Sides { hospital: established.session, main_node, disclosed: established.disclosure }, result))
    })?;
    expect(
        sides.disclosed.location() == published.address.as_str().as_bytes(),
        "the main node discloses a different location",
    )?;
    Ok(sides)
}

/// The doctor sends a query through the session, with a trapdoor for each
/// keyword. A node answers it.
fn search(
    request: &Request,
    doctor: &MemberKeys,
    sides: &mut Sides,
    consortium: &Consortium<'_>,
    report: &mut Report,
) -> Result<Found, Failure> {
    let received = report.step("doctor", "make a query, send it in the session", || {
        let showing = doctor.attributes().needed_by([&request.access]);
        let query = query(request, doctor, &showing, consortium)?;
        let message = sides.hospital.seal(&query.to_bytes(), b"query").at("sending the query")?.to_bytes();
        let sent = message.len();
        let message = SessionMessage::from_bytes(&message).at("receiving the query")?;
        let opened = sides.main_node.open(&message, b"query").at("receiving the query")?;
        let received = Query::from_bytes(&opened).at("receiving the query")?;
        let result = format!("trapdoors: {}; {}", received.trapdoors().len(), bytes(sent));
        Ok((received, result))
    })?;
    report.step("ledger node", "match", || {
        let found = matched(consortium, &received)?;
        // The first item of the ledger is its charter.
        let result = format!("{} of {} entries", found.hits.len(), found.next - 1);
        Ok((found, result))
    })
}

/// Makes a query for all of the keywords.
fn query(
    request: &Request,
    keys: &MemberKeys,
    showing: &Attributes,
    consortium: &Consortium<'_>,
) -> Result<Query, Failure> {
    let trapdoors = request.wanted.iter().map(|keyword| keys.search.trapdoor(keyword, showing, &mut OsRng));
    let trapdoors = trapdoors.collect::<Result<Vec<_>, _>>().at("making trapdoors")?;
    let authority = &consortium.charters.current().terms().parameters.search;
    let queries = trapdoors.into_iter().map(|trapdoor| Query::new(trapdoor, authority));
    Query::all(queries).at("making the query")
}

/// Returns the entries that match a query.
fn matched(consortium: &Consortium<'_>, query: &Query) -> Result<Found, Failure> {
    let Consortium { ledger, charters, threads, .. } = consortium;
    let authority = &charters.current().terms().parameters.search;
    ledger.search(query, authority, 0, *threads, &mut |_| Continue(())).at("searching the ledger")
}

/// The doctor opens the found record into a new file, and checks it. Returns the file's path.
fn open(
    request: &Request,
    doctor: &MemberKeys,
    sides: &Sides,
    consortium: &Consortium<'_>,
    entry: &CheckedEntry,
    found: &Found,
    report: &mut Report,
) -> Result<Option<PathBuf>, Failure> {
    let Some(hit) = found.hits.first() else { return Ok(None) };
    let writing = format!("writing to {}", request.opened.display());
    let copy = report.step("doctor", "fetch, check, unwrap, decrypt", || {
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
        report.step("", "compare with the original", || {
            let same = files::same(&request.path, &copy).at("comparing")?;
            expect(same, "the opened copy differs from the original")?;
            Ok(((), "the same bytes".to_owned()))
        })?;
    }
    Ok(Some(copy))
}

/// A visitor, who does not satisfy the policy, finds and opens nothing.
fn refuse_visitor(
    request: &Request,
    visitor: &MemberKeys,
    published: &Published,
    consortium: &Consortium<'_>,
    report: &mut Report,
) -> Result<(), Failure> {
    report.step("visitor", "try the same", || {
        let query = query(request, visitor, visitor.attributes(), consortium)?;
        let found = matched(consortium, &query)?;
        expect(found.hits.is_empty(), "the visitor found a record")?;
        let mut written = Vec::new();
        let opened =
            consortium.open(&published.place.id, &visitor.decryption, &mut written, &mut |_| Continue(()));
        let Err(refused) = opened else { return Err(Failure::new("the visitor opened a record")) };
        expect(written.is_empty(), "the visitor read a part of the record")?;
        Ok(((), format!("finds nothing; opens nothing: {refused}")))
    })
}
