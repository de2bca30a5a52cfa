//! Keys that expire. Every key says until when it serves; every record asks for a key that serves on the day on which the
//! record is published. The authority issues keys anew each quarter, to those who are still there.
//!
//! ```text
//! cargo run --example rotate_keys
//! ```

use std::num::NonZeroUsize;
use std::ops::ControlFlow::Continue;

use medseal::Error;
use medseal::identity::{Name, SuperNode};
use medseal::ledger::{CharterDraft, EntryId, Ledger, MemoryLedger, Terms, TrustedHead};
use medseal::policy::{Attribute, Attributes, Comparison, Date, Policy};
use medseal::rand_core::OsRng;
use medseal::search::Keyword;
use medseal::share::{Authority, Consortium, MemberKeys, MemoryStore, Publication, Search};

/// Attributes of a doctor whose key serves up to this day, the day included.
fn doctor(valid_until: Date) -> Result<Attributes, Error> {
    Attributes::new([
        Attribute::with_value("role", "doctor")?,
        Attribute::with_value("valid_until", valid_until)?,
    ])
}

/// Doctors whose key serves today. (Today in UTC is `Date::from_days(seconds since 1970 / 86_400)`; this story has its
/// own days.)
fn doctors(today: Date) -> Result<Policy, Error> {
    Policy::all([
        Policy::compare("role", Comparison::Equal, "doctor")?,
        Policy::compare("valid_until", Comparison::AtLeast, today)?,
    ])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let authority = Authority::setup(&mut OsRng)?;
    let super_node = SuperNode::generate(&mut OsRng)?;
    let terms =
        Terms::new(Name::new("clinics")?, Policy::parse("kind=hospital")?, authority.public_parameters());
    let charter = super_node.sign_charter(CharterDraft::first(terms, None))?;
    let (ledger, store) = (&MemoryLedger::new(charter, &super_node.public_key())?, &MemoryStore::new());
    let charters = &ledger.charters()?;
    // The consortium as it is now. In this story nobody's clock goes on while something happens.
    let clinics = || -> Result<Consortium<'_>, Error> {
        let head = TrustedHead::new(ledger.head()?, 0, 0, 0)?;
        Ok(Consortium { ledger, store, charters, head, threads: NonZeroUsize::MIN })
    };
    let clinic = authority.issue(&Attributes::parse("kind=hospital")?, &mut OsRng)?;
    let keyword = Keyword::new("diabetes")?;

    let publish =
        |today: Date, record: &str| -> Result<(EntryId, Policy), Box<dyn std::error::Error>> {
            let access = doctors(today)?;
            let publication = Publication {
                access: &access,
                keywords: std::slice::from_ref(&keyword),
                keyword_key: authority.keyword_key(),
                hints: None,
                signing_key: &clinic.signing,
                time_ms: u64::from(today.days()) * 86_400_000,
            };
            let published =
                clinics()?
                    .publish(record.as_bytes(), &publication, None, &mut OsRng, &mut |_, _| Continue(()))?;
            println!("            \"{record}\" is published for: {access}");
            Ok((published.place.id, access))
        };
    // Searches, and tries to open every record whether it was found or not. Returns for each whether it opened.
    let read = |who: &str, keys: &MemberKeys, records: &[&(EntryId, Policy)]| -> Result<Vec<bool>, Error> {
        let clinics = clinics()?;
        // What the policies of these records need, and nothing else that the key holds.
        let showing = keys.attributes().needed_by(records.iter().map(|(_, access)| access));
        let search = Search { keyword: &keyword, key: &keys.search, showing: &showing, hints: &[], from: 0 };
        let found = clinics.find(&search, &mut OsRng, &mut |_| Continue(()))?;
        println!("            {who} finds {} of {}", found.hits.len(), records.len());
        let mut opened = Vec::new();
        for (id, access) in records {
            let mut record = Vec::new();
            let result = clinics.open(id, &keys.decryption, &mut record, &mut |_| Continue(()));
            match &result {
                Ok(_) => println!("              opens \"{}\"", String::from_utf8_lossy(&record)),
                Err(error) => println!("              does not open the other: {error}"),
            }
            if let Some(unmet) = access.diagnose(keys.attributes()) {
                println!("                {unmet}");
            }
            let was_found = found.hits.iter().any(|hit| hit.id == *id);
            assert_eq!(
                (result.is_ok(), was_found),
                (access.is_satisfied_by(keys.attributes()), result.is_ok())
            );
            opened.push(result.is_ok());
        }
        Ok(opened)
    };

    let (january, march) = (Date::new(2027, 1, 20)?, Date::new(2027, 3, 31)?);
    println!("{january}  Keys until {march} for two doctors.");
    let ada = authority.issue(&doctor(march)?, &mut OsRng)?;
    let ben = authority.issue(&doctor(march)?, &mut OsRng)?;
    let first = publish(january, "HbA1c 7.2 %")?;
    assert_eq!(read("Ada", &ada, &[&first])?, [true]);
    assert_eq!(read("Ben", &ben, &[&first])?, [true]);

    let (april, june) = (Date::new(2027, 4, 2)?, Date::new(2027, 6, 30)?);
    println!("\n{april}  Ben has left. A key until {june} for Ada, who deletes her old one.");
    let ada = authority.issue(&doctor(june)?, &mut OsRng)?;
    let second = publish(april, "HbA1c 6.8 %")?;
    assert_eq!(read("Ada, with the new key,", &ada, &[&first, &second])?, [true, true]);
    assert_eq!(read("Ben, with his old key,", &ben, &[&first, &second])?, [true, false]);

    println!(
        "\nAn expired key opens nothing that is published after its last day. What it opened before, it opens still:"
    );
    println!(
        "to shut it out, publish that record anew, under a new record key, and take the old one from the store."
    );
    Ok(())
}
