//! The process of one authority, which its hospital runs.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use medseal::authorities::{
    AuthorityKey, AuthorityShare, Certificate, DirectoryRecords, Holder, Message, PendingRequest, Plan,
    Records, Request, Roster, Session,
};
use medseal::identity::Name;
use medseal::policy::Attributes;
use medseal::rand_core::OsRng;

use super::Result;

/// An authority's private folder, and the shared one.
struct Authority {
    name: String,
    own: PathBuf,
    world: PathBuf,
    holder: Option<Holder>,
    corrupt: bool,
}

/// Executes orders, one per line.
pub(super) fn run(name: &str, world: &Path) -> Result<()> {
    let own = world.join(name);
    fs::create_dir_all(&own)?;
    let (name, world) = (name.to_owned(), world.to_owned());
    let mut authority = Authority { name, own, world, holder: None, corrupt: false };
    for order in std::io::stdin().lock().lines() {
        let answer = match authority.obey(&order?) {
            Ok(()) => "done".to_owned(),
            Err(error) => error.to_string(),
        };
        println!("{answer}");
        std::io::stdout().flush()?;
    }
    Ok(())
}

impl Authority {
    fn obey(&mut self, order: &str) -> Result<()> {
        let mut words = order.split_whitespace();
        match words.next() {
            Some("key") => self.make_key(),
            Some("generate") => {
                let patience = seconds(words.next())?;
                let plan = Plan::generate(self.roster("roster")?);
                self.take_part(plan, None, patience)
            }
            Some("reshare") => {
                let patience = seconds(words.next())?;
                let quorum = words.map(str::parse).collect::<std::result::Result<Vec<u8>, _>>()?;
                let old_roster = self.roster("old-roster")?;
                let certificate = self.certificate(&old_roster)?;
                let plan = Plan::reshare(certificate.verify(&old_roster)?, &quorum, self.roster("roster")?)?;
                // A newcomer has no share.
                let share =
                    self.holder.take().map(|holder| AuthorityShare::from_bytes(&holder.share().to_bytes()));
                self.take_part(plan, share.transpose()?, patience)
            }
            Some("work") => {
                let share = DirectoryRecords::new(&self.own).get("share")?.ok_or("no share is stored")?;
                self.work(AuthorityShare::from_bytes(&share)?)
            }
            Some("issue") => self.issue(),
            Some("corrupt") => {
                self.corrupt = true;
                Ok(())
            }
            _ => Err(format!("no such order: {order}").into()),
        }
    }

    fn make_key(&self) -> Result<()> {
        let key = AuthorityKey::generate(Name::new(&self.name)?, &mut OsRng)?;
        DirectoryRecords::new(&self.own).put("key", &key.to_bytes())?;
        Ok(fs::write(self.world.join(format!("{}.public", self.name)), key.public_key().to_bytes())?)
    }

    fn key(&self) -> Result<AuthorityKey> {
        let key = DirectoryRecords::new(&self.own).get("key")?.ok_or("no key is stored")?;
        Ok(AuthorityKey::from_bytes(&key)?)
    }

    fn roster(&self, file: &str) -> Result<Roster> {
        Ok(Roster::from_bytes(&fs::read(self.world.join(file))?)?)
    }

    fn certificate(&self, roster: &Roster) -> Result<Certificate> {
        Ok(Certificate::from_bytes(&fs::read(super::certificate(&self.world, roster))?)?)
    }

    /// Runs a session: sends its messages and takes those that arrive, until all have confirmed. If
    /// no message arrives for `patience`, the error names the missing ones.
    fn take_part(&mut self, plan: Plan, share: Option<AuthorityShare>, patience: Duration) -> Result<()> {
        let key = self.key()?;
        let mail = self.world.join(format!("mail-{}", super::file_name(plan.roster())));
        fs::create_dir_all(&mail)?;
        let roster = plan.roster().clone();
        let own = roster.index_of(&key.public_key());
        let mut session = Session::start(plan, &key, share.as_ref(), &mut OsRng)?;
        let (mut read, mut sent, mut heard) = (BTreeSet::new(), 0, Instant::now());
        loop {
            while let Some(message) = session.next_message() {
                sent += 1;
                send(&mail, &format!("{}-{sent}", self.name), &message)?;
            }
            for file in fs::read_dir(&mail)? {
                let path = file?.path();
                let arrived = path.extension().is_some_and(|end| end == "message");
                if arrived && read.insert(path.clone()) {
                    heard = Instant::now();
                    let message = Message::from_bytes(&fs::read(path)?)?;
                    if message.to() == 0 || Some(message.to()) == own {
                        session.receive(&key, &message, &mut OsRng)?;
                    }
                }
            }
            if session.is_checked() {
                session.confirm(&key, &mut DirectoryRecords::new(&self.own))?;
            }
            session = match session.finish() {
                Ok((share, certificate)) => {
                    // From now on, this is the share. The previous one is overwritten.
                    DirectoryRecords::new(&self.own).put("share", &share.to_bytes())?;
                    let temporary = self.own.join("certificate");
                    fs::write(&temporary, certificate.to_bytes())?;
                    fs::rename(temporary, super::certificate(&self.world, &roster))?;
                    return self.work(share);
                }
                Err(session) => *session,
            };
            if heard.elapsed() > patience {
                let missing = session.missing().iter().map(ToString::to_string).collect::<Vec<_>>();
                return Err(missing.join("; ").into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn work(&mut self, share: AuthorityShare) -> Result<()> {
        let certificate = self.certificate(share.generation().roster())?;
        self.holder = Some(Holder::new(self.key()?, share, &certificate)?);
        Ok(())
    }

    /// Answers the pending request. A real hospital would first verify that the doctor is one.
    fn issue(&self) -> Result<()> {
        let holder = self.holder.as_ref().ok_or("the authority is not at work")?;
        let request = Request::from_bytes(&fs::read(self.world.join("request"))?)?;
        let answer = if self.corrupt {
            // It answers as if the request had asked for something else.
            let (name, attributes) = (request.name().clone(), Attributes::parse("role=nurse")?);
            let other = PendingRequest::keys(name, &attributes, request.time_ms(), &mut OsRng)?;
            holder.issue(other.request(), &mut OsRng)?
        } else {
            holder.issue(&request, &mut OsRng)?
        };
        Ok(fs::write(self.world.join(format!("{}.answer", self.name)), answer.to_bytes())?)
    }
}

fn seconds(word: Option<&str>) -> Result<Duration> {
    Ok(Duration::from_secs(word.ok_or("no seconds")?.parse()?))
}

/// A message file is either complete or absent.
fn send(mail: &Path, name: &str, message: &Message) -> Result<()> {
    let temporary = mail.join(format!("{name}.temporary"));
    fs::write(&temporary, message.to_bytes())?;
    Ok(fs::rename(temporary, mail.join(format!("{name}.message")))?)
}
