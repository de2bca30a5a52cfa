//! The whole flow on a real file: set up, register, publish, authenticate, search, open.
//!
//! ```text
//! cargo run --example share_record -- [FILE] [--policy P] [--keyword W ...] [--store DIR]
//! ```
//! Everybody who takes part runs in this one process, with the ledger in memory and the sealed record in a
//! directory; what they send one another goes through its byte form. Memory does not grow with the file.

mod clock;
mod files;
mod report;

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use clap::Parser;
use medseal::identity::{
    AuthConfirmation, AuthReply, AuthRequest, Disclosure, Hospital, MainNode, MemoryReplayCache, Name,
    RegistrationRequest, ReplayBounds, SessionMessage, SuperNode,
};
use medseal::ledger::{Demands, Ledger, LedgerId, MemoryLedger};
use medseal::policy::{Attributes, Date, Policy};
use medseal::rand_core::OsRng;
use medseal::record::KeyedSummary;
use medseal::search::{Keyword, PreparedTrapdoor, Query, Trapdoor};
use medseal::share::{Authority, Consortium, Database, DirectoryStore, MemberKeys, Publication, Step};

use clock::DAY_MS;
use files::NewFile;
use report::{Progress, Report, bytes};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/patient-record.json");

/// Shares a file as a medical record, and opens it again as somebody who may.
#[derive(Parser)]
#[command(name = "share_record")]
struct Arguments {
    /// The record; a sample if none is given. It goes before --keyword.
    file: Option<PathBuf>,
    /// Who may find and open it [default: doctors of cardiology, or with clearance 3, whose keys are valid today]
    #[arg(long, value_name = "P")]
    policy: Option<String>,
    /// Under which keywords it is found
    #[arg(long, value_name = "W", num_args = 1.., default_values_t = ["diagnosis:e11.9".to_owned(), "metformin".to_owned()])]
    keyword: Vec<String>,
    /// Where to keep the sealed record and the opened copy [default: a directory for temporary files]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// What the doctor who searches is certified to be
    #[arg(long, value_name = "A", default_value = "role=doctor, department=cardiology, clearance=3")]
    attributes: String,
    /// What the doctor searches for [default: all of the keywords]
    #[arg(long, value_name = "W", num_args = 1..)]
    search: Vec<String>,
}

fn main() -> ExitCode {
    match arguments().and_then(|arguments| arguments.map_or(Ok(()), run)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => {
            // If stderr is closed too, the exit code is all that is left to say.
            drop(writeln!(io::stderr(), "share_record: {}", message.replace('\n', " ")));
            ExitCode::FAILURE
        }
    }
}

/// The arguments; none if help was asked for, and given.
fn arguments() -> Result<Option<Arguments>, Failure> {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if !error.use_stderr() => {
            error.print().at("printing the help")?;
            return Ok(None);
        }
        Err(error) => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            return Err(Failure(line.strip_prefix("error: ").unwrap_or(line).to_owned()));
        }
    };
    if arguments.file.is_none() && arguments.keyword.last().is_some_and(|word| Path::new(word).is_file()) {
        return Err(Failure("FILE goes before --keyword".to_owned()));
    }
    Ok(Some(arguments))
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let rng = &mut OsRng;
    let mut report = Report::new();

    // --- what was asked for, checked before anything is done ---
    let (now_ms, today) = clock::read(SystemTime::now()).ok_or_else(|| Failure::new(clock::WRONG))?;
    let path = arguments.file.unwrap_or_else(|| SAMPLE.into());
    let shown = path.display().to_string();
    let mut record = File::open(&path).at(format!("cannot read {shown}"))?;
    let metadata = record.metadata().at(format!("cannot read {shown}"))?;
    if metadata.is_dir() {
        return Err(Failure(format!("cannot read {shown}: it is a directory")));
    }
    let size = metadata.is_file().then_some(metadata.len());
    let access = arguments.policy.unwrap_or_else(|| {
        format!("role=doctor and (department=cardiology or clearance >= 3) and valid_until >= {today}")
    });
    let access = Policy::parse(&access).at("--policy")?;
    let expires = Date::from_days(today.days() + 365).unwrap_or(today);
    let doctor_is = format!("{}, valid_until={expires}", arguments.attributes);
    let doctor_is = Attributes::parse(&doctor_is).at("--attributes")?;
    if !access.is_satisfied_by(&doctor_is) {
        return Err(Failure(format!(
            "the doctor ({doctor_is}) does not satisfy the policy ({access}); see --attributes"
        )));
    }
    // Somebody who may not.
    let visitor_is = ["role=visitor", "visitor", "somebody-else"].into_iter().map(Attributes::parse);
    let visitor_is = visitor_is.flatten().find(|attributes| !access.is_satisfied_by(attributes));
    let visitor_is = visitor_is.ok_or_else(|| Failure::new("--policy admits every visitor"))?;
    let parse_keywords = |words: &[String], option: &'static str| {
        words
            .iter()
            .map(|word| Keyword::new(word).at(format!("{option} {word:?}")))
            .collect::<Result<Vec<_>, _>>()
    };
    let keywords = parse_keywords(&arguments.keyword, "--keyword")?;
    let wanted = match arguments.search.as_slice() {
        [] => parse_keywords(&arguments.keyword, "--keyword")?,
        words => parse_keywords(words, "--search")?,
    };
    let directory = arguments.store.unwrap_or_else(|| std::env::temp_dir().join("medseal-share-record"));
    let unusable = format!("cannot use the directory {}", directory.display());
    let store = DirectoryStore::open(directory.join("objects")).at(&unusable)?;
    // In a folder of its own, so that the copy never takes the original's place.
    let output = directory.join("opened");
    std::fs::create_dir_all(&output).at(&unusable)?;
    let output = output.join(path.file_name().unwrap_or_else(|| "record".as_ref()));
    if let (Ok(output), Ok(path)) = (output.canonicalize(), path.canonicalize())
        && output == path
    {
        return Err(Failure(format!("the opened copy would overwrite {shown}; see --store")));
    }

    // --- 1 set up: master keys, a certified main node, keys for attributes ---
    let (authority, parameters) = report.step("authority", "make master keys", || {
        let authority = Authority::setup(rng).at("making master keys")?;
        let parameters = authority.public_parameters();
        let size = parameters.to_bytes().len();
        Ok(((authority, parameters), format!("public parameters {}", bytes(size))))
    })?;
    let (mut super_node, main_node, certificate) =
        report.step("super node", "certify the main node", || {
            let mut super_node = SuperNode::generate(rng).at("making the super node")?;
            let main_node = MainNode::generate(name("main-node.example")?, &super_node.public_key(), rng)
                .at("making the main node")?;
            let validity = now_ms..=now_ms + 365 * DAY_MS;
            let certificate = super_node
                .certify(&main_node.certificate_request(), validity)
                .and_then(|certificate| certificate.verify(&super_node.public_key()))
                .at("certifying the main node")?;
            Ok(((super_node, main_node, certificate), "certificate valid for a year".to_owned()))
        })?;
    let hospital = report.step("super node, hospital", "register the hospital", || {
        let request = RegistrationRequest::new(name("clinic.example")?, b"data sharing agreement", rng);
        let request = request.at("registering the hospital")?;
        let key = super_node.register(&request).at("registering the hospital")?;
        let hospital =
            Hospital::accept(request, key, &super_node.public_key()).at("accepting the identity key")?;
        let result =
            format!("identity key checked; the hospital stores {}", bytes(hospital.to_bytes().len()));
        Ok((hospital, result))
    })?;
    let registry = super_node.publish(now_ms).at("publishing the registry")?;
    let registry = registry.verify(&super_node.public_key(), 0).at("checking the registry")?;
    let claim = Policy::parse("kind=hospital and accredited").at("the claim policy")?;
    let (uploader, doctor, visitor) = report.step("authority", "issue keys", || {
        let uploader_is = Attributes::parse("kind=hospital, accredited").at("the hospital's attributes")?;
        let issue = |attributes, rng: &mut OsRng| {
            let keys = authority.issue(attributes, rng)?;
            // Keys travel as bytes, and who receives them checks them.
            let keys = MemberKeys::from_bytes(&keys.to_bytes())?;
            keys.verify(&parameters).map(|()| keys)
        };
        let uploader = issue(&uploader_is, rng).at("issuing the hospital's keys")?;
        let doctor = issue(&doctor_is, rng).at("issuing the doctor's keys")?;
        let visitor = issue(&visitor_is, rng).at("issuing the visitor's keys")?;
        let size = bytes(doctor.to_bytes().len());
        Ok(((uploader, doctor, visitor), format!("hospital, doctor ({size}), visitor")))
    })?;

    // --- 2 publish ---
    let ledger = MemoryLedger::new(Demands {
        ledger: LedgerId::new("medseal-example").at("the ledger's identifier")?,
        claim: claim.clone(),
        signatures: parameters.abs.clone(),
    });
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let consortium =
        Consortium { parameters: &parameters, claim: &claim, ledger: &ledger, store: &store, threads };
    let mut database = Database::new(super_node.public_key(), *hospital.identity());
    let publication = Publication {
        access: &access,
        keywords: &keywords,
        keyword_key: authority.keyword_key(),
        hints: None,
        signing_key: &uploader.signing,
        time_ms: now_ms,
    };
    let mut times = StepTimes::new();
    let published = {
        let bar = Progress::new("sealing", size);
        let mut progress = |step, bytes| {
            times.begin(step);
            bar.show(bytes)
        };
        consortium.publish(&mut record, &publication, Some(&mut database), rng, &mut progress).at(&shown)?
    };
    let entry = consortium.entry(&published.place.id).at("reading the entry")?;
    let statement = entry.statement();
    for (step, time) in times.finish() {
        let (name, result) = match step {
            Step::Seal => (
                "seal the record",
                format!("{} in, {} out", bytes(published.length), bytes(published.sealed_length)),
            ),
            Step::Digest => ("compute the digests", format!("record digest {}", short(&published.digest))),
            Step::Wrap => {
                ("wrap the record key", format!("{} under {access}", bytes(statement.key.to_bytes().len())))
            }
            Step::Index => {
                let size = bytes(statement.index.to_bytes().len());
                (
                    "index the keywords",
                    format!("{} keywords, padded to {}: {size}", keywords.len(), statement.index.len()),
                )
            }
            Step::Envelope => {
                let size = statement.envelope.as_ref().map_or(0, |envelope| envelope.to_bytes().len());
                ("seal digests to the hospital", bytes(size).to_string())
            }
            Step::Sign => (
                "sign as one who may upload",
                format!("{} for {claim}", bytes(entry.signature().to_bytes().len())),
            ),
            Step::Store => ("store the sealed record", format!("objects/{}", short(&published.address))),
            Step::Append => (
                "validate and append the entry",
                format!("entry {}, {}", short(&published.place.id), bytes(entry.to_bytes().len())),
            ),
            other => ("publish", other.to_string()),
        };
        let who = if step == Step::Append { "ledger node" } else { "owner" };
        report.row(who, name, time, &result);
    }
    report.step("ledger node", "check the chain, prove the entry", || {
        ledger.verify().at("checking the chain")?;
        let (head, height, proof) = ledger.prove(&published.place.id).at("proving the entry")?;
        proof.verify(&head, height, &entry).at("checking the entry's proof")?;
        Ok(((), format!("proof of {}", bytes(proof.to_bytes().len()))))
    })?;
    report.step("hospital", "open the envelope", || {
        let envelope =
            statement.envelope.as_ref().ok_or_else(|| Failure::new("the entry has no envelope"))?;
        let disclosed = hospital.open(envelope, statement.digest.as_bytes()).at("opening the envelope")?;
        let disclosed = Disclosure::from_bytes(&disclosed).at("opening the envelope")?;
        expect(
            disclosed.database_digest() == database.digest().as_bytes(),
            "the database digest is another",
        )?;
        Ok(((), format!("database digest {}", short(&database.digest()))))
    })?;

    // --- 3 authenticate ---
    let (mut doctor_side, mut node_side, disclosed) =
        report.step("hospital, main node", "authenticate each other", || {
            let cache = MemoryReplayCache::new(ReplayBounds::default(), now_ms.saturating_sub(DAY_MS))
                .at("the replay cache")?;
            let disclosure = Disclosure::new(
                published.address.as_str().as_bytes(),
                *database.digest().as_bytes(),
                *published.summary.as_bytes(),
            );
            let disclosure = disclosure.at("the disclosure")?;

            let (awaiting, request) =
                hospital.start(&certificate, &registry, now_ms, rng).at("starting a handshake")?;
            let request = request.to_bytes();
            let (reply, confirming) = AuthRequest::from_bytes(&request)
                .and_then(|request| main_node.accept(&request, &registry, &cache, now_ms))
                .and_then(|accepted| accepted.reply(&disclosure, rng))
                .at("authenticating the hospital")?;
            let reply = reply.to_bytes();
            let established = AuthReply::from_bytes(&reply)
                .and_then(|reply| awaiting.finish(&reply))
                .at("authenticating the main node")?;
            let confirmation = established.confirmation.to_bytes();
            let node_side = AuthConfirmation::from_bytes(&confirmation)
                .and_then(|confirmation| confirming.confirm(&confirmation))
                .at("confirming the handshake")?;
            let result = format!(
                "messages of {}, {}, {}; location and digests disclosed",
                bytes(request.len()),
                bytes(reply.len()),
                bytes(confirmation.len())
            );
            Ok(((established.session, node_side, established.disclosure), result))
        })?;
    expect(
        disclosed.location() == published.address.as_str().as_bytes(),
        "the main node names another location",
    )?;

    // --- 4 search ---
    let trapdoors_of = |keys: &MemberKeys, rng: &mut OsRng| {
        let trapdoors =
            wanted.iter().map(|keyword| keys.search.trapdoor(keyword, rng)).collect::<Result<Vec<_>, _>>();
        trapdoors.at("making trapdoors")
    };
    let query_of = |trapdoors: &[Trapdoor]| {
        let prepared = trapdoors.iter().map(|trapdoor| PreparedTrapdoor::new(trapdoor).map(Query::from));
        prepared.collect::<Result<_, _>>().map(Query::All).at("preparing trapdoors")
    };
    let query = report.step("doctor", "make trapdoors, send them in the session", || {
        let trapdoors = trapdoors_of(&doctor, rng)?;
        let mut sent = 0;
        let mut received = Vec::new();
        for trapdoor in &trapdoors {
            let message =
                doctor_side.seal(&trapdoor.to_bytes(), b"trapdoor").at("sending a trapdoor")?.to_bytes();
            sent += message.len();
            let message = SessionMessage::from_bytes(&message).at("receiving a trapdoor")?;
            let opened = node_side.open(&message, b"trapdoor").at("receiving a trapdoor")?;
            received.push(Trapdoor::from_bytes(&opened).at("receiving a trapdoor")?);
        }
        Ok((query_of(&received)?, format!("{} of them, {}", trapdoors.len(), bytes(sent))))
    })?;
    let search = |query: &Query| {
        ledger.search(query, 0, threads, &mut |_| ControlFlow::Continue(())).at("searching the ledger")
    };
    let found = report.step("ledger node", "match", || {
        let found = search(&query)?;
        let result = format!("{} of {} entries", found.hits.len(), found.next);
        Ok((found, result))
    })?;

    // --- 5 open ---
    let mut closing = Vec::new();
    if let Some(hit) = found.hits.first() {
        let what = format!("writing {}", output.display());
        let opened = report.step("doctor", "fetch, check, unwrap, decrypt", || {
            let key = consortium.record_key(&entry, &doctor.decryption).at("unwrapping the record key")?;
            let mut copy = NewFile::create(output).at(&what)?;
            let bar = Progress::new("opening", Some(published.sealed_length));
            let opened = consortium
                .open(&hit.id, &doctor.decryption, &mut copy, &mut |bytes| bar.show(bytes))
                .at("opening the record")?;
            KeyedSummary::from(*disclosed.summary())
                .verify(&key, &opened.digest)
                .at("checking the summary")?;
            let copy = copy.keep().at(&what)?;
            Ok((copy, format!("{} written, digest and summary agree", bytes(opened.length))))
        })?;
        if size.is_some() {
            report.step("", "compare with the original", || {
                expect(
                    files::same(&path, &opened).at("comparing")?,
                    "the opened copy differs from the original",
                )?;
                Ok(((), "the same bytes".to_owned()))
            })?;
        }
        closing.push(format!("opened copy    {}", opened.display()));
    }
    closing.push(format!("sealed record  {}", store.directory().join(published.address.as_str()).display()));

    // --- 6 somebody else ---
    report.step("visitor", "try the same", || {
        let found = search(&query_of(&trapdoors_of(&visitor, rng)?)?)?;
        expect(found.hits.is_empty(), "the visitor found a record")?;
        let mut written = Vec::new();
        let opened = consortium
            .open(&published.place.id, &visitor.decryption, &mut written, &mut |_| ControlFlow::Continue(()));
        let Err(refused) = opened else { return Err(Failure::new("the visitor opened a record")) };
        expect(written.is_empty(), "the visitor read a part of the record")?;
        Ok(((), format!("finds nothing; opens nothing: {refused}")))
    })?;
    report.print(&closing).at("printing the table")?;
    let words = wanted.iter().map(|keyword| keyword.as_str()).collect::<Vec<_>>().join(", ");
    expect(
        !found.hits.is_empty(),
        &format!("nothing found: no record that the doctor may open has the keywords {words}"),
    )
}

/// When each step of publishing began.
struct StepTimes(Vec<(Step, Instant)>);

impl StepTimes {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn begin(&mut self, step: Step) {
        if self.0.last().is_none_or(|(last, _)| *last != step) {
            self.0.push((step, Instant::now()));
        }
    }

    fn finish(self) -> Vec<(Step, Duration)> {
        let end = Instant::now();
        let ends = self.0.iter().skip(1).map(|(_, begin)| *begin).chain([end]);
        self.0.iter().zip(ends).map(|((step, begin), end)| (*step, end - *begin)).collect()
    }
}

fn name(text: &str) -> Result<Name, Failure> {
    Name::new(text).at(text)
}

/// The first digits of something long.
fn short(long: &impl Display) -> String {
    long.to_string().chars().take(16).chain(['…']).collect()
}

fn expect(holds: bool, otherwise: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(Failure::new(otherwise)) }
}

/// What is said on stderr, in one line.
struct Failure(String);

impl Failure {
    fn new(message: &str) -> Self {
        Self(message.to_owned())
    }
}

/// Says what was being done when something failed.
trait At<T> {
    fn at(self, what: impl Display) -> Result<T, Failure>;
}

impl<T, E: Display> At<T> for Result<T, E> {
    fn at(self, what: impl Display) -> Result<T, Failure> {
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}
