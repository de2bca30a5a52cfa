//! The whole flow: publishing, validating, opening, and the chain of blocks of the ledger in
//! memory.

use medseal::Threads;
use std::ops::ControlFlow;

use medseal::Error;
use medseal::identity::{MainNode, Name, RegistrationRequest, SuperNode, SuperNodePublicKey};
use medseal::ledger::{
    Charter, CharterDraft, Charters, Entry, Ledger, LedgerId, MemoryLedger, Terms, TrustedHead, validate,
    validate_all, wrap_aad,
};
use medseal::merkle::{Head, Tree};
use medseal::policy::{Attributes, Policy};
use medseal::record::{OpenOptions, RecordDigest, RecordKey};
use medseal::search::{Keyword, KeywordKey};
use medseal::share::{
    Authority, Consortium, Database, MemberKeys, MemoryStore, ObjectStore, PublicParameters, Publication,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};

use crate::{FILES, File, Generator, Inputs, bytes, damaged, hexed, text_of, vectors_of, with};

pub(crate) const FILE: File = File {
    name: "ledger",
    operations: &[
        ("share.authority", |_, drawn| {
            let authority = Authority::setup(drawn)?;
            Ok(json!({
                "authority": hexed(authority.to_bytes()),
                "parameters": hexed(authority.public_parameters().to_bytes()),
                "keyword_key": hexed(authority.keyword_key().to_bytes()),
            }))
        }),
        ("share.issue", |i, drawn| {
            let authority = Authority::from_bytes(&i.bytes("authority"))?;
            let keys = authority.issue(&Attributes::parse(i.text("attributes"))?, drawn)?;
            Ok(json!({ "keys": hexed(keys.to_bytes()) }))
        }),
        // A main node becomes a validator. The engine's key and signature are bytes.
        ("ledger.validator", |i, _| {
            let super_node = SuperNodePublicKey::from_bytes(&i.bytes("super_node"))?;
            let main_node = MainNode::from_bytes(&i.bytes("main_node"), &super_node)?;
            let ledger = ledger_of(i);
            let statement = main_node.validator_statement(ledger.as_ref(), &i.bytes("engine_key"));
            let validator =
                main_node.validator(ledger.as_ref(), &i.bytes("engine_key"), &i.bytes("engine_signature"))?;
            Ok(json!({ "statement": hexed(statement), "validator": hexed(validator.to_bytes()) }))
        }),
        // The first charter of a ledger, or the charter after the given ones.
        ("ledger.charter", |i, _| {
            let super_node = SuperNode::from_bytes(&i.bytes("super_node"))?;
            let parameters = PublicParameters::from_bytes(&i.bytes("parameters"))?;
            let mut terms =
                Terms::new(Name::new(i.text("name"))?, Policy::parse(i.text("claim"))?, parameters);
            let chain = |bytes: &[u8]| Charters::from_bytes(bytes, &super_node.public_key());
            let known = i.given("charters", chain)?;
            if i.has("main_node") {
                let main_node = MainNode::from_bytes(&i.bytes("main_node"), &super_node.public_key())?;
                let ledger = known.as_ref().map(Charters::ledger);
                let (key, signature) = (i.bytes("engine_key"), i.bytes("engine_signature"));
                terms.validators.push(main_node.validator(ledger.as_ref(), &key, &signature)?);
            }
            let mut draft = match &known {
                None => CharterDraft::first(terms, i.given("continues", Head::from_bytes)?),
                Some(charters) => charters.draft(terms, Head::from_bytes(&i.bytes("final_head"))?),
            };
            // After an abandoned number.
            if i.has("number") {
                draft.renumber(u32::try_from(i.number("number")).unwrap());
            }
            let bytes = draft.to_bytes();
            let charter = super_node.sign_charter(draft)?;
            let charters = match known {
                None => Charters::new(charter.clone(), &super_node.public_key())?,
                Some(mut charters) => {
                    charters.push(&charter)?;
                    charters
                }
            };
            Ok(json!({
                "draft": hexed(bytes),
                "charter": hexed(charter.to_bytes()),
                "hash": hexed(charter.hash().as_bytes()),
                "ledger": hexed(charters.ledger().as_bytes()),
                "charters": hexed(charters.to_bytes()),
            }))
        }),
        ("share.publish", |i, drawn| {
            let charters = &charters(i)?;
            let (ledger, store) = (founded(charters)?, MemoryStore::new());
            let consortium = Consortium {
                ledger: &ledger,
                store: &store,
                charters,
                head: TrustedHead::new(ledger.head()?, 0, 0, 0)?,
                members: None,
                threads: Threads::ONE,
            };
            let keywords = i.list("keywords").iter().map(|word| Keyword::new(word.as_str().unwrap()));
            let publication = Publication {
                access: &Policy::parse(i.text("access"))?,
                keywords: &keywords.collect::<Result<Vec<_>, _>>()?,
                keyword_key: &KeywordKey::from_bytes(&i.bytes("keyword_key"))?,
                hints: None,
                signing_key: &MemberKeys::from_bytes(&i.bytes("keys"))?.signing,
                time_ms: i.number("time"),
            };
            let hospital = i.given("hospital", RegistrationRequest::from_bytes)?;
            let mut database =
                hospital.map(|hospital| Database::new(*charters.super_node(), hospital.identity()));
            let go_on = |_, _| ControlFlow::Continue(());
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
        }),
        // A user opens an entry and the sealed record at its address.
        ("share.open", |i, _| {
            let (entry, sealed) = (Entry::from_bytes(&i.bytes("entry"))?, i.bytes("sealed"));
            let statement = entry.statement();
            if RecordDigest::of(&sealed)? != statement.digest {
                return Err(Error::DigestMismatch);
            }
            let keys = MemberKeys::from_bytes(&i.bytes("keys"))?;
            let aad = wrap_aad(&statement.digest);
            let key = RecordKey::from_bytes(&keys.decryption.unwrap_key(&statement.key, &aad, None)?)?;
            Ok(json!({ "record": hexed(&*key.open(&sealed, &OpenOptions::default())?) }))
        }),
        ("ledger.validate", |i, _| {
            let entry = Entry::from_bytes(&i.bytes("entry"))?;
            let validated = validate(entry, &charters(i)?)?;
            Ok(json!({ "id": hexed(validated.id().as_bytes()) }))
        }),
        // The first charter, one block for each list of entries, the charter after; and the proof
        // of the very first entry.
        ("ledger.chain", |i, _| {
            let charters = charters(i)?;
            let ledger = founded(&charters)?;
            let mut heads = vec![hexed(ledger.head()?.to_bytes())];
            for block in i.list("blocks") {
                let entries = block.as_array().unwrap().iter().map(|entry| Entry::from_bytes(&bytes(entry)));
                let entries = entries.collect::<Result<Vec<_>, _>>()?;
                validate_all(entries, &charters, Threads::ONE)
                    .and_then(|validated| ledger.append_block(validated))
                    .map_err(|refusal| refusal.error)?;
                heads.push(hexed(ledger.head()?.to_bytes()));
            }
            ledger.append_charter(&Charter::from_bytes(&i.bytes("next"))?)?;
            heads.push(hexed(ledger.head()?.to_bytes()));
            let first = Entry::from_bytes(&bytes(&i.list("blocks")[0][0]))?;
            let proof = ledger.prove(&first.id(), ledger.head()?.size)?;
            let (proof, snapshot) = (hexed(proof.to_bytes()), hexed(ledger.snapshot()?));
            Ok(json!({ "heads": heads, "proof": proof, "snapshot": snapshot }))
        }),
    ],
    cases,
};

/// None for a first charter.
fn ledger_of(i: &Inputs<'_>) -> Option<LedgerId> {
    i.has("ledger").then(|| LedgerId::from(i.array("ledger")))
}

fn charters(i: &Inputs<'_>) -> Result<Charters, Error> {
    Charters::from_bytes(&i.bytes("charters"), &SuperNodePublicKey::from_bytes(&i.bytes("super_node"))?)
}

fn public_key(bytes: &Value) -> SuperNodePublicKey {
    SuperNodePublicKey::from_bytes(&self::bytes(bytes)).unwrap()
}

/// A ledger with these charters, in order.
fn founded(charters: &Charters) -> Result<MemoryLedger, Error> {
    let ledger = MemoryLedger::new(Charter::clone(charters.get(1)?), charters.super_node())?;
    for number in 2..=charters.current().number() {
        ledger.append_charter(charters.get(number)?)?;
    }
    Ok(ledger)
}

/// An entry's statement, signed by a member: its points are checked only then.
fn signed_anew(entry: &Value, keys: &Value, ledger: &Value) -> Value {
    let statement = Entry::from_bytes(&bytes(entry)).unwrap().statement().clone();
    let keys = MemberKeys::from_bytes(&bytes(keys)).unwrap();
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let ledger = LedgerId::from(<[u8; 32]>::try_from(bytes(ledger)).unwrap());
    hexed(statement.sign(&ledger, &keys.signing, rng).unwrap().to_bytes())
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
    let (super_node, secret) = (of("identity.super_node", "public"), of("identity.super_node", "super_node"));
    let (main_node, hospital) = (of("identity.main_node", "main_node"), of("identity.request", "request"));

    let terms = |name: &str, claim: &str| json!({ "super_node": secret, "parameters": made["parameters"], "name": name, "claim": claim });
    let engine = json!({
        "main_node": main_node, "engine_key": hex::encode("a key"), "engine_signature": hex::encode("a signature"),
    });
    let north = v.run("ledger.charter", with(&terms("north", "records_office"), engine.clone()));
    let south = v.run("ledger.charter", terms("south", "records_office"));
    let continues = json!({ "continues": format!("{:016x}{}", 7, "ab".repeat(32)) });
    v.run("ledger.charter", with(&terms("north", "records_office"), continues));
    let stands = with(&engine, json!({ "super_node": super_node }));
    v.run("ledger.validator", stands.clone());
    v.run("ledger.validator", with(&stands, json!({ "ledger": north["ledger"] })));

    let base = json!({ "charters": north["charters"], "super_node": super_node });
    let on_north = |fields: Value| with(&base, fields);
    let publication = |record: &str, keywords: Value| {
        on_north(json!({
            "access": "role=doctor and (ward=12 or emergency)", "keywords": keywords,
            "keyword_key": made["keyword_key"], "keys": office, "time": 1_795_000_000_000u64,
            "record": hex::encode(record),
        }))
    };
    let first = publication("HbA1c 7.2 %", json!(["diagnosis:e11.9", "hba1c", "metformin"]));
    let first = with(&first, json!({ "hospital": hospital }));
    let published = [first, publication("", json!([])), publication("three", json!(["x"]))]
        .map(|input| v.run("share.publish", input));
    for one in &published {
        v.run("ledger.validate", on_north(json!({ "entry": one["entry"] })));
        let input = |keys: &Value| json!({ "entry": one["entry"], "sealed": one["sealed"], "keys": keys });
        v.run("share.open", input(&doctor));
        v.refused("share.open", input(&nurse));
    }
    let entry = &published[0]["entry"];
    for from_end in [0, 1500] {
        v.refused("ledger.validate", on_north(json!({ "entry": damaged(entry, from_end) })));
    }
    let malformed = signed_anew(&damaged(entry, 1500), &office, &north["ledger"]);
    v.refused("ledger.validate", on_north(json!({ "entry": malformed })));
    v.refused("ledger.validate", on_north(json!({ "entry": entry, "charters": south["charters"] })));
    v.refused("share.publish", with(&publication("x", json!([])), json!({ "keys": doctor })));

    let [one, two, three] = published.map(|published| published["entry"].clone());
    // The charter that follows the first one and these entries, and its effect on an older entry.
    let mut items = Tree::new();
    let first = Charters::from_bytes(&bytes(&north["charters"]), &public_key(&super_node)).unwrap();
    items.append(&first.current().to_bytes());
    for entry in [&one, &two, &three] {
        items.append(&bytes(entry));
    }
    let next = with(&terms("north", "records_office and accredited"), engine);
    let follows = json!({ "charters": north["charters"], "final_head": hexed(items.head().to_bytes()) });
    let next = with(&next, follows);
    // After abandoned numbers. Only a first charter has number 1.
    let numbered = |number: u32| with(&next, json!({ "number": number }));
    v.run("ledger.charter", numbered(5));
    v.refused("ledger.charter", numbered(1));
    v.refused("ledger.charter", with(&terms("south", "records_office"), json!({ "number": 2 })));
    let next = v.run("ledger.charter", next);
    v.run("ledger.chain", on_north(json!({ "blocks": [[&one], [&two, &three]], "next": next["charter"] })));
    let late = json!({ "charters": next["charters"], "super_node": super_node, "entry": one });
    v.refused("ledger.validate", late);
}
