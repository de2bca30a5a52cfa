//! `authority generate`: several offices generate keys together, or reshare them. All offices run
//! it at the same time, and exchange messages as files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use medseal::authorities::{
    AuthorityKey, AuthorityPublicKey, AuthorityShare, Certificate, DirectoryRecords, Generation, Message,
    Plan, Roster, Round, Session,
};
use medseal::rand_core::OsRng;

use super::mail::{Arrived, Mail};
use super::{GENERATION, KEY, PUBLIC, lock, make_records};
use crate::files;
use crate::report::{At, Failure, hex, print};

/// The pause between two reads of the folder.
const PAUSE: Duration = Duration::from_millis(100);
/// After this much silence, the command says whom it is waiting for.
const SILENCE: Duration = Duration::from_secs(2);

#[derive(Args)]
pub(crate) struct Generate {
    /// The folder with the office's key, from `authority join`
    folder: PathBuf,
    /// The cards of all offices, including this one's
    #[arg(required = true)]
    cards: Vec<PathBuf>,
    /// The number of offices needed: more than half
    #[arg(long, value_name = "COUNT")]
    needed: u8,
    /// What the keys are for, and which try this is: the same text at all offices, and a different
    /// one for each try
    #[arg(long, value_name = "TEXT")]
    purpose: String,
    /// The folder of messages, empty at first
    #[arg(long, value_name = "DIR")]
    mail: PathBuf,
    /// Reshare existing keys: the file `generation` of the previous offices
    #[arg(long, value_name = "FILE", requires = "dealer")]
    after: Option<PathBuf>,
    /// The names of the offices that deal: as many as were needed before
    #[arg(long, value_name = "NAME", num_args = 1.., requires = "after")]
    dealer: Vec<String>,
}

pub(super) fn run(arguments: &Generate) -> Result<(), Failure> {
    let Generate { folder, cards, needed, purpose, mail, after, dealer } = arguments;
    let _lock = lock(folder)?;
    let key = files::read_secret(&folder.join(KEY), AuthorityKey::from_bytes)?;
    let cards = cards_in_order(cards)?;
    let roster = roster(&cards, *needed, purpose)?;
    let records = make_records(folder)?;
    let generation = folder.join(GENERATION);
    let present =
        generation.exists().then(|| files::read(&generation, Certificate::from_bytes)).transpose()?;
    if let Some(certificate) =
        present.as_ref().filter(|certificate| *certificate.claimed().roster() == roster)
    {
        return done(folder, &records, certificate);
    }
    let plan = match after {
        Some(path) => {
            let before = files::read(path, Certificate::from_bytes)?;
            let before = before.verify(before.claimed().roster()).at(path.display())?;
            reshare(before, dealer, roster.clone())?
        }
        None if present.is_some() => {
            return Err(Failure::new(format!(
                "{} has keys already: to reshare them, use --after {}",
                folder.display(),
                generation.display()
            )));
        }
        None => Plan::generate(roster.clone()),
    };
    print(format!("{needed} of {} offices are needed. Compare with the others:", roster.size()))?;
    for (number, card) in (1..).zip(&cards) {
        let own = if *card == key.public_key() { " (this office)" } else { "" };
        print(format!("  {number} {}{own}: {}", card.name(), hex(&card.fingerprint())))?;
    }
    print(format!("  the plan: {}\nmessages: {}", hex(&plan.digest()), mail.display()))?;

    let mut mail = Mail::open(mail)?;
    let (number, is_here) = (plan.number(), |share: &AuthorityShare| {
        *share.generation().roster() == roster && share.generation().number() == plan.number()
    });
    if find_share(&records, is_here)?.is_none() {
        let old = present.as_ref().map(|certificate| certificate.claimed());
        let old =
            old.map(|old| find_share(&records, |share| share.generation() == old)).transpose()?.flatten();
        if !take_part(plan.clone(), &key, old.as_ref(), &records, &mut mail)? {
            return print("this office has dealt and gets no share: it is done");
        }
    }
    let share = find_share(&records, is_here)?;
    let share = share.ok_or_else(|| Failure::new(format!("the share of generation {number} is gone")))?;
    let certificate = certify(&share, &key, &mut mail)?;
    done(folder, &records, &certificate)
}

/// The cards sorted by name. This order numbers the offices.
fn cards_in_order(paths: &[PathBuf]) -> Result<Vec<AuthorityPublicKey>, Failure> {
    let mut cards = Vec::new();
    for path in paths {
        let card = files::read(path, AuthorityPublicKey::from_bytes)?;
        card.verify().at(path.display())?;
        cards.push(card);
    }
    cards.sort_by(|a, b| a.name().cmp(b.name()));
    Ok(cards)
}

fn roster(cards: &[AuthorityPublicKey], needed: u8, purpose: &str) -> Result<Roster, Failure> {
    Roster::new(needed, cards, purpose.as_bytes()).map_err(|error| {
        Failure::new(match error {
            medseal::Error::OutOfRange => format!(
                "--needed {needed} of {} offices: at least two are required, and more than half",
                cards.len()
            ),
            medseal::Error::InvalidField => "two cards have the same name or the same key".to_owned(),
            error => format!("the cards: {error}"),
        })
    })
}

fn reshare(before: &Generation, dealers: &[String], roster: Roster) -> Result<Plan, Failure> {
    let old = before.roster();
    let number = |name: &String| {
        let known = (1..=old.size()).find(|index| old.name(*index).is_some_and(|own| own.as_str() == name));
        known.ok_or_else(|| Failure::new(format!("--dealer {name}: no such previous office")))
    };
    let mut quorum = dealers.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    quorum.sort_unstable();
    Plan::reshare(before, &quorum, roster)
        .map_err(|_| Failure::new(format!("--dealer: name {} different offices", old.threshold())))
}

/// Finds one of the office's shares.
fn find_share(
    records: &Path,
    wanted: impl Fn(&AuthorityShare) -> bool,
) -> Result<Option<AuthorityShare>, Failure> {
    for path in shares(records)? {
        let share = files::read_secret(&path, AuthorityShare::from_bytes)?;
        if wanted(&share) {
            return Ok(Some(share));
        }
    }
    Ok(None)
}

fn shares(records: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(records).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let entries = entries.at(format!("cannot read {}", records.display()))?.into_iter();
    let is_share =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("share-"));
    Ok(entries.map(|entry| entry.path()).filter(is_share).collect())
}

/// The share of a certified generation.
pub(super) fn share_of(records: &Path, generation: &Generation) -> Result<AuthorityShare, Failure> {
    let share = find_share(records, |share| share.generation() == generation)?;
    share.ok_or_else(|| {
        Failure::new(format!("{} lacks the share of generation {}", records.display(), generation.number()))
    })
}

/// Says whom the command is waiting for, whenever that changes.
struct Waiting {
    since: Instant,
    said: String,
}

impl Waiting {
    fn new() -> Self {
        Self { since: Instant::now(), said: String::new() }
    }

    fn pause(&mut self, missing: &[String], arrived: bool) -> Result<(), Failure> {
        if arrived {
            self.since = Instant::now();
        }
        let missing = missing.join("; ");
        if self.since.elapsed() > SILENCE && !missing.is_empty() && missing != self.said {
            print(format!("waiting: {missing}"))?;
            self.said = missing;
        }
        std::thread::sleep(PAUSE);
        Ok(())
    }
}

fn refuse(path: &Path, why: &dyn std::fmt::Display) -> Result<(), Failure> {
    print(format!("refused: {}: {why}", path.display()))
}

/// Runs a session until this office has confirmed. Returns false if the office gets no share.
fn take_part(
    plan: Plan,
    key: &AuthorityKey,
    old: Option<&AuthorityShare>,
    records: &Path,
    mail: &mut Mail,
) -> Result<bool, Failure> {
    let own = plan.roster().index_of(&key.public_key());
    let mut session = Session::start(plan, key, old, &mut OsRng).at("this office cannot take part")?;
    let mut waiting = Waiting::new();
    loop {
        while let Some(message) = session.next_message() {
            mail.send(&message)?;
        }
        if session.is_over() {
            return Ok(false);
        }
        if session.is_checked() {
            // From now on the share is kept, even if others do not confirm.
            session.confirm(key, &mut DirectoryRecords::new(records)).at("confirming")?;
            return Ok(true);
        }
        let arrived = mail.receive()?;
        let came = !arrived.is_empty();
        for Arrived { path, message } in arrived {
            let message = match message {
                Ok(message) if message.to() == 0 || Some(message.to()) == own => message,
                Ok(_) => continue,
                Err(error) => {
                    refuse(&path, &error)?;
                    continue;
                }
            };
            if let Err(failure) = session.receive(key, &message, &mut OsRng) {
                if !session.is_over() {
                    refuse(&path, &failure)?;
                    continue;
                }
                while let Some(complaint) = session.next_message() {
                    mail.send(&complaint)?;
                }
                return Err(Failure::new(format!(
                    "{failure} ({}); this try has failed: start again without those at fault, with another \
                     --purpose and an empty folder",
                    path.display()
                )));
            }
        }
        let missing = session.missing().iter().map(ToString::to_string).collect::<Vec<_>>();
        waiting.pause(&missing, came)?;
    }
}

/// Confirms, and collects the confirmations of all.
fn certify(share: &AuthorityShare, key: &AuthorityKey, mail: &mut Mail) -> Result<Certificate, Failure> {
    let own = share.confirmation(key).at("confirming")?;
    mail.send(&own)?;
    mail.rewind();
    let session = *own.session();
    let mut confirmed = BTreeMap::from([(own.from(), own)]);
    let mut waiting = Waiting::new();
    loop {
        let kept: Vec<Message> = confirmed.values().cloned().collect();
        let missing = match share.certify(&kept) {
            Ok(certificate) => return Ok(certificate),
            Err(failure) => failure.culprits().iter().map(ToString::to_string).collect::<Vec<_>>(),
        };
        let arrived = mail.receive()?;
        let came = !arrived.is_empty();
        for Arrived { path, message } in arrived {
            let message = match message {
                Ok(message) if message.round() == Round::Confirm => message,
                Ok(message) if message.round() == Round::Complain && *message.session() == session => {
                    print(format!(
                        "{}: an office complains about what it was dealt, and will not confirm: all \
                         offices start again, with another --purpose and an empty folder",
                        path.display()
                    ))?;
                    continue;
                }
                Ok(_) => continue,
                Err(error) => {
                    refuse(&path, &error)?;
                    continue;
                }
            };
            // Checked alone: its fault, other than the missing confirmations.
            let alone = share.certify(std::slice::from_ref(&message)).err();
            let fault = alone.as_ref().and_then(|failure| {
                failure.culprits().iter().find(|culprit| culprit.index == message.from())
            });
            match fault {
                Some(culprit) => refuse(&path, culprit)?,
                None => drop(confirmed.insert(message.from(), message)),
            }
        }
        waiting.pause(&missing, came)?;
    }
}

/// Saves the certificate, deletes the shares of earlier generations, which are now worthless, and
/// says which files to hand out.
fn done(folder: &Path, records: &Path, certificate: &Certificate) -> Result<(), Failure> {
    let generation = certificate.claimed();
    share_of(records, generation)?;
    files::replace_public(&folder.join(GENERATION), &certificate.to_bytes())?;
    files::replace_public(&folder.join(PUBLIC), &generation.super_node().to_bytes())?;
    for path in shares(records)? {
        let share = files::read_secret(&path, AuthorityShare::from_bytes)?;
        if share.generation().number() < generation.number() {
            fs::remove_file(&path).at(format!("cannot delete {}", path.display()))?;
        }
    }
    print(format!(
        "generation {} is certified by all offices; its digest, which all offices compare: {}\n\
         for all: {GENERATION}, {PUBLIC}, in {}",
        generation.number(),
        hex(&generation.digest()),
        folder.display()
    ))
}
