//! The command line. All arguments are checked before anything else is done.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Parser;
use medseal::policy::{Attributes, Date, Policy};
use medseal::search::Keyword;
use medseal::share::DirectoryStore;

use crate::clock;
use crate::report::{At, Failure};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/patient-record.json");

/// The folder in the user's home directory, unless --store names another.
const FOLDER: &str = "medseal-share-record";

/// Shares a file as a medical record, and opens it again as an authorized doctor.
#[derive(Parser)]
#[command(name = "share_record")]
struct Arguments {
    /// The record [default: a sample]. It must precede --keyword.
    file: Option<PathBuf>,
    /// Policy: who may find and open the record [default: doctors of cardiology, or with clearance
    /// 3, whose keys are valid today; days are UTC days]
    #[arg(long, value_name = "P")]
    policy: Option<String>,
    /// Keywords under which the record is found
    #[arg(long, value_name = "W", num_args = 1.., default_values_t = ["diagnosis:e11.9".to_owned(), "metformin".to_owned()])]
    keyword: Vec<String>,
    /// Directory for the sealed record and the opened copy [default: medseal-share-record in
    /// your home directory]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Attributes of the doctor who searches
    #[arg(long, value_name = "A", default_value = "role=doctor, department=cardiology, clearance=3")]
    attributes: String,
    /// Keywords that the doctor searches for [default: all of the record's]
    #[arg(long, value_name = "W", num_args = 1..)]
    search: Vec<String>,
}

/// The checked arguments.
pub(crate) struct Request {
    pub(crate) now_ms: u64,
    pub(crate) today: Date,
    pub(crate) path: PathBuf,
    pub(crate) record: File,
    /// `None` if it is not a regular file.
    pub(crate) size: Option<u64>,
    pub(crate) access: Policy,
    pub(crate) keywords: Vec<Keyword>,
    pub(crate) wanted: Vec<Keyword>,
    pub(crate) doctor_is: Attributes,
    pub(crate) visitor_is: Attributes,
    pub(crate) store: DirectoryStore,
    /// The folder for opened copies.
    pub(crate) opened: PathBuf,
}

/// Reads the command line. Returns `None` if it printed the help.
pub(crate) fn read() -> Result<Option<Request>, Failure> {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if !error.use_stderr() => {
            error.print().at("printing the help")?;
            return Ok(None);
        }
        Err(error) => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            return Err(Failure::new(line.strip_prefix("error: ").unwrap_or(line)));
        }
    };
    if arguments.file.is_none() && arguments.keyword.last().is_some_and(|word| Path::new(word).is_file()) {
        return Err(Failure::new("FILE must precede --keyword"));
    }
    check(arguments).map(Some)
}

fn check(arguments: Arguments) -> Result<Request, Failure> {
    let (now_ms, today) = clock::read(SystemTime::now()).ok_or_else(|| Failure::new(clock::WRONG))?;

    let path = arguments.file.unwrap_or_else(|| SAMPLE.into());
    let unreadable = format!("cannot read {}", path.display());
    let record = File::open(&path).at(&unreadable)?;
    let metadata = record.metadata().at(&unreadable)?;
    if metadata.is_dir() {
        return Err(Failure::new(format!("{unreadable}: it is a directory")));
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
        return Err(Failure::new(format!(
            "the doctor ({doctor_is}) does not satisfy the policy ({access}); see --attributes"
        )));
    }
    // A visitor who does not satisfy the policy.
    let visitors = ["role=visitor", "visitor", "somebody-else"].into_iter().map(Attributes::parse);
    let visitor_is = visitors.flatten().find(|attributes| !access.is_satisfied_by(attributes));
    let visitor_is =
        visitor_is.ok_or_else(|| Failure::new("--policy admits every visitor: choose a narrower policy"))?;

    let keywords = parse_keywords(&arguments.keyword, "--keyword")?;
    let wanted = match arguments.search.as_slice() {
        [] => keywords.clone(),
        words => parse_keywords(words, "--search")?,
    };

    let home = || std::env::home_dir().map(|home| home.join(FOLDER));
    let directory = arguments.store.or_else(home);
    let directory = directory.ok_or_else(|| Failure::new("there is no home directory: use --store"))?;
    let unusable = format!("cannot use the directory {}", directory.display());
    let store = DirectoryStore::open(directory.join("objects")).at(&unusable)?;
    let opened = directory.join("opened");
    std::fs::create_dir_all(&opened).at(&unusable)?;
    Ok(Request {
        now_ms,
        today,
        path,
        record,
        size,
        access,
        keywords,
        wanted,
        doctor_is,
        visitor_is,
        store,
        opened,
    })
}

fn parse_keywords(words: &[String], option: &str) -> Result<Vec<Keyword>, Failure> {
    words.iter().map(|word| Keyword::new(word).at(format!("{option} {word:?}"))).collect()
}
