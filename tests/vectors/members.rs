//! The members' key: epochs, backups, shares.

use medseal::Error;
use medseal::identity::Name;
use medseal::members::{EpochCommitment, KeyShare, MembersKey, MembersKeys};
use medseal::share::{BackupConfirmation, begin_epoch};
use serde_json::{Value, json};

use crate::{File, Generator, Inputs, damaged, hexed};

pub(crate) const FILE: File = File {
    name: "members",
    operations: &[
        ("members.key", |i, drawn| {
            Ok(json!({ "key": hexed(MembersKey::generate(i.number("epoch") as u32, drawn)?.to_bytes()) }))
        }),
        ("members.set", |i, _| {
            let mut held = MembersKeys::default();
            for key in i.each("keys", MembersKey::from_bytes)? {
                held.insert(key)?;
            }
            Ok(json!({ "set": hexed(held.to_bytes()) }))
        }),
        ("members.confirm_backup", |i, _| {
            let confirmation =
                BackupConfirmation::of_restored(&i.bytes("backup"), &Name::new(i.text("hospital"))?)?;
            Ok(json!({ "confirmation": hexed(confirmation.to_bytes()) }))
        }),
        ("members.begin_epoch", |i, _| {
            let committed = committed(i)?;
            let commitment = [committed.epoch().to_be_bytes().as_slice(), committed.as_bytes()].concat();
            Ok(json!({ "commitment": hexed(commitment) }))
        }),
        ("members.split", |i, drawn| {
            let key = MembersKey::from_bytes(&i.bytes("key"))?;
            let shares = key.split(i.number("threshold") as u8, i.number("holders") as u8, drawn)?;
            Ok(json!({ "shares": shares.iter().map(|share| hexed(share.to_bytes())).collect::<Vec<_>>() }))
        }),
        ("members.restore", |i, _| {
            let committed = committed(i)?;
            let shares = i.each("shares", KeyShare::from_bytes)?;
            Ok(json!({ "key": hexed(MembersKey::restore(&shares, &committed)?.to_bytes()) }))
        }),
    ],
    cases,
};

/// The commitment to the members' key of an epoch.
fn committed(i: &Inputs<'_>) -> Result<EpochCommitment, Error> {
    let confirmations = i.each("confirmations", BackupConfirmation::from_bytes)?;
    begin_epoch(&MembersKey::from_bytes(&i.bytes("key"))?, &confirmations)
}

fn cases(v: &mut Generator) {
    v.refused("members.key", json!({ "epoch": 0 }));
    let [key, other, later] =
        [3, 3, 70_000].map(|epoch| v.run("members.key", json!({ "epoch": epoch }))["key"].clone());
    v.run("members.set", json!({ "keys": [later, key, key] }));
    v.refused("members.set", json!({ "keys": [later, key, other] }));

    let confirmed = ["clinic.example", "Zürich", "St. Mary"].map(|hospital| {
        let input = json!({ "backup": key, "hospital": hospital });
        v.run("members.confirm_backup", input)["confirmation"].clone()
    });
    v.run("members.begin_epoch", json!({ "key": key, "confirmations": confirmed }));
    let [one, two, three] = &confirmed;
    v.refused("members.begin_epoch", json!({ "key": key, "confirmations": [one, two, two] }));
    v.refused("members.begin_epoch", json!({ "key": other, "confirmations": confirmed }));
    v.refused("members.begin_epoch", json!({ "key": key, "confirmations": [one, two, damaged(three, 0)] }));

    for (threshold, holders) in [(2, 2), (3, 5)] {
        let input = json!({ "key": key, "threshold": threshold, "holders": holders });
        let shares = v.run("members.split", input)["shares"].clone();
        let mut shares = shares.as_array().unwrap().clone();
        shares.reverse();
        let restore = |shares: &[Value]| json!({ "shares": shares, "key": key, "confirmations": confirmed });
        let again = v.run("members.restore", restore(&shares));
        assert_eq!(again["key"], key);
        v.refused("members.restore", restore(&shares[..threshold - 1]));
        shares[0] = damaged(&shares[0], 0);
        v.refused("members.restore", restore(&shares));
        shares[0] = shares[1].clone();
        v.refused("members.restore", restore(&shares));
    }
    v.refused("members.split", json!({ "key": key, "threshold": 4, "holders": 3 }));
    v.refused("members.split", json!({ "key": key, "threshold": 1, "holders": 3 }));
}
