//! The whole flow: publishing, validating, opening, and the chain of blocks of the ledger in memory.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use medseal::Error;
use medseal::identity::{RegistrationRequest, SuperNodePublicKey};
use medseal::ledger::{Demands, Entry, Ledger, LedgerId, MemoryLedger, Statement, validate};
use medseal::policy::{Attributes, Policy};
use medseal::record::RecordDigest;
use medseal::search::{Keyword, KeywordKey};
use medseal::share::{
    Authority, Consortium, Database, MemberKeys, MemoryStore, ObjectStore, PublicParameters, Publication,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};

use crate::{Drawn, FILES, File, Generator, Inputs, bytes, damaged, hexed, text_of, vectors_of};

pub(crate) const FILE: File = File {
    name: "ledger",
    operations: &[
        ("share.authority", authority),
        ("share.issue", issue),
        ("share.publish", publish),
        ("share.open", open),
        ("ledger.validate", validated),
        ("ledger.chain", chain),
    ],
    cases,
};

fn authority(_: &Inputs<'_>, drawn: &mut Drawn) -> Result<Value, Error> {
    let authority = Authority::setup(drawn)?;
    Ok(json!({
        "authority": hexed(authority.to_bytes()),
        "parameters": hexed(authority.public_parameters().to_bytes()),
        "keyword_key": hexed(authority.keyword_key().to_bytes()),
    }))
}

fn issue(i: &Inputs<'_>, drawn: &mut Drawn) -> Result<Value, Error> {
    let authority = Authority::from_bytes(&i.bytes("authority"))?;
    let keys = authority.issue(&Attributes::parse(i.text("attributes"))?, drawn)?;
    Ok(json!({ "keys": hexed(keys.to_bytes()) }))
}

fn demands(i: &Inputs<'_>) -> Result<Demands, Error> {
    Ok(Demands {
        ledger: LedgerId::new(i.text("ledger"))?,
        claim: Policy::parse(i.text("claim"))?,
        signatures: PublicParameters::from_bytes(&i.bytes("parameters"))?.abs,
    })
}

fn publish(i: &Inputs<'_>, drawn: &mut Drawn) -> Result<Value, Error> {
    let parameters = PublicParameters::from_bytes(&i.bytes("parameters"))?;
    let (ledger, store) = (MemoryLedger::new(demands(i)?), MemoryStore::new());
    let (claim, threads) = (Policy::parse(i.text("claim"))?, NonZeroUsize::MIN);
    let consortium =
        Consortium { parameters: &parameters, claim: &claim, ledger: &ledger, store: &store, threads };
    let keywords = i.list("keywords").iter().map(|word| Keyword::new(word.as_str().unwrap()));
    let publication = Publication {
        access: &Policy::parse(i.text("access"))?,
        keywords: &keywords.collect::<Result<Vec<_>, _>>()?,
        keyword_key: &KeywordKey::from_bytes(&i.bytes("keyword_key"))?,
        hints: None,
        signing_key: &MemberKeys::from_bytes(&i.bytes("keys"))?.signing,
        time_ms: i.number("time"),
    };
    let mut database = None;
    if i.has("super_node") {
        let hospital = RegistrationRequest::from_bytes(&i.bytes("hospital"))?.identity();
        database = Some(Database::new(SuperNodePublicKey::from_bytes(&i.bytes("super_node"))?, hospital));
    }
    let go_on = &mut |_, _| ControlFlow::Continue(());
    let record = i.bytes("record");
    let published = consortium.publish(&*record, &publication, database.as_mut(), drawn, go_on);
    let published = published.map_err(|refusal| refusal.error)?;
    let mut sealed = Vec::new();
    std::io::Read::read_to_end(&mut store.get(&published.address)?, &mut sealed)?;
    let entry = ledger.get(&published.place.id)?;
    Ok(json!({
        "entry": hexed(entry.to_bytes()),
        "id": hexed(entry.id().as_bytes()),
        "address": published.address.as_str(),
        "sealed": hexed(sealed),
        "keyed_summary": hexed(published.summary.as_bytes()),
    }))
}

/// What a user does with an entry and the sealed record at its address.
fn open(i: &Inputs<'_>, _: &mut Drawn) -> Result<Value, Error> {
    let (entry, sealed) = (Entry::from_bytes(&i.bytes("entry"))?, i.bytes("sealed"));
    let statement = entry.statement();
    if RecordDigest::of(&sealed)? != statement.digest {
        return Err(Error::DigestMismatch);
    }
    let keys = MemberKeys::from_bytes(&i.bytes("keys"))?;
    let aad = medseal::ledger::wrap_aad(&statement.digest);
    let key =
        medseal::record::RecordKey::from_bytes(&keys.decryption.unwrap_key(&statement.key, &aad, None)?)?;
    Ok(json!({ "record": hexed(&*key.open(&sealed, &medseal::record::OpenOptions::default())?) }))
}

fn validated(i: &Inputs<'_>, _: &mut Drawn) -> Result<Value, Error> {
    let entry = Entry::from_bytes(&i.bytes("entry"))?;
    validate(&entry, &demands(i)?)?;
    Ok(json!({ "id": hexed(entry.id().as_bytes()) }))
}

/// One block for each list of entries, and the proof of the very first entry.
fn chain(i: &Inputs<'_>, _: &mut Drawn) -> Result<Value, Error> {
    let ledger = MemoryLedger::new(demands(i)?);
    let mut heads = Vec::new();
    for block in i.list("blocks") {
        let entries = block.as_array().unwrap().iter().map(|entry| Entry::from_bytes(&bytes(entry)));
        ledger.append_block(entries.collect::<Result<_, _>>()?).map_err(|refusal| refusal.error)?;
        heads.push(hexed(ledger.head()?.hash));
    }
    let first = Entry::from_bytes(&bytes(&i.list("blocks")[0][0]))?;
    let (_, _, proof) = ledger.prove(&first.id())?;
    Ok(json!({ "heads": heads, "proof": hexed(proof.to_bytes()), "snapshot": hexed(ledger.snapshot()?) }))
}

/// What an entry says, signed by a member: its points are looked at only then.
fn signed_anew(entry: &Value, keys: &Value) -> Value {
    let entry = Entry::from_bytes(&bytes(entry)).unwrap();
    let Statement { record, claim, digest, address, key, index, envelope, time } = entry.statement();
    let statement = Statement {
        record: *record,
        claim: claim.clone(),
        digest: *digest,
        address: address.clone(),
        key: key.clone(),
        index: index.clone(),
        envelope: envelope.clone(),
        time: *time,
    };
    let keys = MemberKeys::from_bytes(&bytes(keys)).unwrap();
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    hexed(statement.sign(&LedgerId::new("north").unwrap(), &keys.signing, rng).unwrap().to_bytes())
}

fn cases(v: &mut Generator) {
    let made = v.run("share.authority", json!({}));
    let member = |v: &mut Generator, attributes: &str| {
        let input = json!({ "authority": made["authority"], "attributes": attributes });
        v.run("share.issue", input)["keys"].clone()
    };
    let (office, doctor, nurse) =
        (member(v, "records_office"), member(v, "role=doctor, ward=12"), member(v, "role=nurse"));
    // P_SN and a registration, as in the file of identities.
    let place = FILES.iter().position(|file| file.name == "identity").unwrap();
    let identity = vectors_of(&text_of(place, &FILES[place]));
    let of = |operation: &str, field: &str| {
        let vector = identity.iter().find(|vector| vector["operation"] == operation).unwrap();
        vector["output"][field].clone()
    };
    let (super_node, hospital) = (of("identity.super_node", "public"), of("identity.request", "request"));

    let base = json!({
        "parameters": made["parameters"], "ledger": "north", "claim": "records_office",
    });
    let with = |fields: Value| {
        let mut all = base.clone();
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        all
    };
    let publication = |record: &str, keywords: Value| {
        with(json!({
            "access": "role=doctor and (ward=12 or emergency)", "keywords": keywords,
            "keyword_key": made["keyword_key"], "keys": office, "time": 1_795_000_000_000u64,
            "record": hex::encode(record),
        }))
    };
    let mut first = publication("HbA1c 7.2 %", json!(["diagnosis:e11.9", "hba1c", "metformin"]));
    (first["super_node"], first["hospital"]) = (super_node, hospital);
    let published = [first, publication("", json!([])), publication("three", json!(["x"]))]
        .map(|input| v.run("share.publish", input));
    for one in &published {
        v.run("ledger.validate", with(json!({ "entry": one["entry"] })));
        let input = |keys: &Value| json!({ "entry": one["entry"], "sealed": one["sealed"], "keys": keys });
        v.run("share.open", input(&doctor));
        v.refused("share.open", input(&nurse));
    }
    let entry = &published[0]["entry"];
    for from_end in [0, 1500] {
        v.refused("ledger.validate", with(json!({ "entry": damaged(entry, from_end) })));
    }
    let malformed = signed_anew(&damaged(entry, 1500), &office);
    v.refused("ledger.validate", with(json!({ "entry": malformed })));
    let mut elsewhere = with(json!({ "entry": entry }));
    elsewhere["ledger"] = json!("south");
    v.refused("ledger.validate", elsewhere);
    let mut refused = publication("x", json!([]));
    refused["keys"] = doctor;
    v.refused("share.publish", refused);

    let [one, two, three] = published.map(|published| published["entry"].clone());
    v.run("ledger.chain", with(json!({ "blocks": [[one], [two, three]] })));
}
