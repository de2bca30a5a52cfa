//! Keys that expire, and a hospital that leaves. Every key states its last valid day. Every record
//! requires a key that is valid on the day of publication. Each quarter, the authority issues new
//! keys to the current members. If a hospital leaves before its keys have expired, a new epoch of
//! the members' key starts.
//!
//! ```text
//! cargo run --example rotate_keys
//! ```

use medseal::Threads;
use std::ops::ControlFlow::Continue;

use medseal::Error;
use medseal::identity::{Name, SuperNode};
use medseal::ledger::{CharterDraft, EntryId, Ledger, MemoryLedger, Terms, TrustedHead};
use medseal::members::{MembersKey, MembersKeys};
use medseal::policy::{Attribute, Attributes, Comparison, Date, Policy};
use medseal::rand_core::OsRng;
use medseal::search::Keyword;
use medseal::share::{
    Authority, BackupConfirmation, Consortium, MemberKeys, MemoryStore, Publication, Search, begin_epoch,
};

/// Returns the attributes of a doctor whose key is valid until this day, inclusive.
fn doctor(valid_until: Date) -> Result<Attributes, Error> {
    Attributes::new([
        Attribute::with_value("role", "doctor")?,
        Attribute::with_value("valid_until", valid_until)?,
    ])
}

/// Returns the policy for doctors whose key is valid today. (The real day in UTC is
/// `Date::from_days(seconds since 1970 / 86_400)`; this example sets its own.)
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
    // The current consortium. In this example, time stands still during an operation.
    let clinics = || -> Result<Consortium<'_>, Error> {
        let head = TrustedHead::new(ledger.head()?, 0, 0, 0)?;
        Ok(Consortium { ledger, store, charters, head, members: None, threads: Threads::ONE })
    };
    let clinic = authority.issue(&Attributes::parse("kind=hospital")?, &mut OsRng)?;
    let keyword = Keyword::new("diabetes")?;

    let publish = |today: Date, record: &str| -> Result<(EntryId, Policy), Box<dyn std::error::Error>> {
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
            clinics()?.publish(record.as_bytes(), &publication, None, &mut OsRng, |_, _| Continue(()))?;
        println!("            \"{record}\" is published under: {access}");
        Ok((published.place.id, access))
    };
    // Searches, and tries to open every record, whether it was found or not. Returns for each
    // record whether it opened.
    let read = |who: &str, keys: &MemberKeys, records: &[&(EntryId, Policy)]| -> Result<Vec<bool>, Error> {
        let clinics = clinics()?;
        // Show only the attributes that the policies of these records need.
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
                Err(error) => println!("              cannot open the other: {error}"),
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

    let key = authority.issue(&doctor(june)?, &mut OsRng)?;
    member_leaves(ledger, store, &super_node, &publication_for(&doctors(april)?, &authority, &clinic), &key)?;

    println!(
        "\nAn expired key opens nothing that is published after its last day. It still opens earlier records."
    );
    println!(
        "To prevent that, publish such a record again under a new record key, and delete the old object from the store."
    );
    Ok(())
}

/// Makes a publication without keywords, for records that are opened but not searched.
fn publication_for<'a>(
    access: &'a Policy,
    authority: &'a Authority,
    clinic: &'a MemberKeys,
) -> Publication<'a> {
    let (keyword_key, signing_key) = (authority.keyword_key(), &clinic.signing);
    Publication { access, keywords: &[], keyword_key, hints: None, signing_key, time_ms: 1_806_624_000_000 }
}

/// A hospital leaves the consortium while its doctor's key is still valid. The next charter starts
/// an epoch of the members' key that the hospital does not receive.
fn member_leaves(
    ledger: &MemoryLedger,
    store: &MemoryStore,
    super_node: &SuperNode,
    publication: &Publication<'_>,
    doctor: &MemberKeys,
) -> Result<(), Box<dyn std::error::Error>> {
    // One member makes the key. Three hospitals back it up and restore it before a
    // charter commits to it.
    let begin = |epoch| -> Result<MembersKey, Box<dyn std::error::Error>> {
        let key = MembersKey::generate(epoch, &mut OsRng)?;
        let restore = |hospital| BackupConfirmation::of_restored(&key.to_bytes(), &Name::new(hospital)?);
        let committed = begin_epoch(&key, &[restore("North")?, restore("South")?, restore("West")?])?;
        let charters = ledger.charters()?;
        let terms = Terms { epoch: committed, ..charters.current().terms().clone() };
        ledger.append_charter(&super_node.sign_charter(charters.draft(terms, ledger.head()?))?)?;
        Ok(key)
    };
    let publish = |members: &MembersKeys, record: &str| -> Result<EntryId, Box<dyn std::error::Error>> {
        let (charters, head) = (&ledger.charters()?, TrustedHead::new(ledger.head()?, 0, 0, 0)?);
        let members = Some(members);
        let clinics = Consortium { ledger, store, charters, head, members, threads: Threads::ONE };
        let go_on = |_, _| Continue(());
        Ok(clinics.publish(record.as_bytes(), publication, None, &mut OsRng, go_on)?.place.id)
    };
    let open = |members: &MembersKeys, id: &EntryId| -> Result<Vec<u8>, Error> {
        let (charters, head) = (&ledger.charters()?, TrustedHead::new(ledger.head()?, 0, 0, 0)?);
        let members = Some(members);
        let clinics = Consortium { ledger, store, charters, head, members, threads: Threads::ONE };
        let mut record = Vec::new();
        clinics.open(id, &doctor.decryption, &mut record, &mut |_| Continue(()))?;
        Ok(record)
    };

    println!("\n            The consortium starts epoch 1 of a members' key, for all its hospitals.");
    let (mut of_members, mut of_east) = (MembersKeys::default(), MembersKeys::default());
    let first = begin(1)?;
    of_east.insert(MembersKey::from_bytes(&first.to_bytes())?)?;
    of_members.insert(first)?;
    let before = publish(&of_members, "blood group A")?;

    println!("            Hospital East leaves with a doctor's key that is still valid: epoch 2 starts.");
    of_members.insert(begin(2)?)?;
    let after = publish(&of_members, "blood pressure 120/80")?;
    let refused = open(&of_east, &after);
    assert_eq!(refused, Err(Error::MembersKeyMissing { epoch: 2 }));
    println!("              East cannot open later records: {}", Error::MembersKeyMissing { epoch: 2 });
    assert_eq!(open(&of_east, &before)?, b"blood group A");
    println!("              East still opens earlier records");
    assert_eq!(open(&of_members, &before)?, b"blood group A");
    assert_eq!(open(&of_members, &after)?, b"blood pressure 120/80");
    println!("              a doctor of another hospital, with the same attributes, opens both");
    Ok(())
}
