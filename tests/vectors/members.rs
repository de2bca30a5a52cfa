//! The members' key: epochs, backups, shares.

use medseal::Error;
use medseal::identity::Name;
use medseal::members::{KeyShare, MembersKey, MembersKeys};
use medseal::share::{BackupConfirmation, begin_epoch};
use serde_json::{Value, json};

use crate::{Drawn, File, Generator, Inputs, bytes, damaged, hexed};

pub(crate) const FILE: File = File {
    name: "members",
    operations: &[
        ("members.key", key),
        ("members.set", set),
        ("members.confirm_backup", confirm_backup),
        ("members.begin_epoch", begin),
        ("members.split", split),
        ("members.restore", restore),
    ],
    cases,
};

fn key(i: &Inputs<'_>, drawn: &mut Drawn) -> Result<Value, Error> {
    Ok(json!({ "key": hexed(MembersKey::generate(i.number("epoch") as u32, drawn)?.to_bytes()) }))
}

fn set(i: &Inputs<'_>, _: &mut Drawn) -> Result<Value, Error> {
    let mut held = MembersKeys::default();
    for key in i.list("keys") {
        held.insert(MembersKey::from_bytes(&bytes(key))?)?;
    }
    Ok(json!({ "set": hexed(held.to_bytes()) }))
}

fn confirm_backup(i: &Inputs<'_>, _: &mut Drawn) -> Result<Value, Error> {
    let confirmation = BackupConfirmation::of_restored(&i.bytes("backup"), &Name::new(i.text("hospital"))?)?;
    Ok(json!({ "confirmation": hexed(confirmation.to_bytes()) }))
}

fn confirmations(i: &Inputs<'_>) -> Result<Vec<BackupConfirmation>, Error> {
    i.list("confirmations").iter().map(|bytes_of| BackupConfirmation::from_bytes(&bytes(bytes_of))).collect()
}

fn begin(i: &Inputs<'_>, _: &mut Drawn) -> Result<Value, Error> {
    let committed = begin_epoch(&MembersKey::from_bytes(&i.bytes("key"))?, &confirmations(i)?)?;
    let commitment = [committed.epoch().to_be_bytes().as_slice(), committed.as_bytes()].concat();
    Ok(json!({ "commitment": hexed(commitment) }))
}

fn split(i: &Inputs<'_>, drawn: &mut Drawn) -> Result<Value, Error> {
    let key = MembersKey::from_bytes(&i.bytes("key"))?;
    let shares = key.split(i.number("threshold") as u8, i.number("holders") as u8, drawn)?;
    Ok(json!({ "shares": shares.iter().map(|share| hexed(share.to_bytes())).collect::<Vec<_>>() }))
}

fn restore(i: &Inputs<'_>, _: &mut Drawn) -> Result<Value, Error> {
    let committed = begin_epoch(&MembersKey::from_bytes(&i.bytes("key"))?, &confirmations(i)?)?;
    let shares: Vec<KeyShare> =
        i.list("shares").iter().map(|share| KeyShare::from_bytes(&bytes(share))).collect::<Result<_, _>>()?;
    Ok(json!({ "key": hexed(MembersKey::restore(&shares, &committed)?.to_bytes()) }))
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
