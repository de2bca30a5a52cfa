//! Key wrapping.

use medseal::Error;
use medseal::abe::{DecryptionKey, Encapsulation, MasterKey, PublicKey, WrappedKey};
use medseal::policy::{Attributes, Policy};
use serde_json::{Value, json};

use crate::{Drawn, File, Generator, Inputs, damaged, hexed};

pub(crate) const FILE: File = File {
    name: "abe",
    operations: &[
        ("abe.setup", setup),
        ("abe.issue", issue),
        ("abe.verify_key", verify_key),
        ("abe.encapsulate", encapsulate),
        ("abe.decapsulate", decapsulate),
        ("abe.wrap", wrap),
        ("abe.unwrap", unwrap),
    ],
    cases,
};

fn setup(_: &Inputs<'_>, drawn: &mut Drawn) -> Result<Value, Error> {
    let master = MasterKey::generate(drawn)?;
    Ok(json!({ "master": hexed(master.to_bytes()), "public": hexed(master.public_key().to_bytes()) }))
}

fn issue(i: &Inputs<'_>, drawn: &mut Drawn) -> Result<Value, Error> {
    let master = MasterKey::from_bytes(&i.bytes("master"))?;
    let key = master.issue(&Attributes::parse(i.text("attributes"))?, drawn)?;
    Ok(json!({ "key": hexed(key.to_bytes()) }))
}

fn verify_key(i: &Inputs<'_>, _: &mut Drawn) -> Result<Value, Error> {
    DecryptionKey::from_bytes(&i.bytes("key"))?.verify(&PublicKey::from_bytes(&i.bytes("public"))?)?;
    Ok(json!({}))
}

fn encapsulate(i: &Inputs<'_>, drawn: &mut Drawn) -> Result<Value, Error> {
    let public = PublicKey::from_bytes(&i.bytes("public"))?;
    let (encapsulation, shared) = public.encapsulate(&Policy::parse(i.text("policy"))?, drawn)?;
    Ok(json!({ "encapsulation": hexed(encapsulation.to_bytes()), "shared": hexed(shared.as_bytes()) }))
}

fn decapsulate(i: &Inputs<'_>, _: &mut Drawn) -> Result<Value, Error> {
    let key = DecryptionKey::from_bytes(&i.bytes("key"))?;
    let shared = key.decapsulate(&Encapsulation::from_bytes(&i.bytes("encapsulation"))?)?;
    Ok(json!({ "shared": hexed(shared.as_bytes()) }))
}

fn wrap(i: &Inputs<'_>, drawn: &mut Drawn) -> Result<Value, Error> {
    let public = PublicKey::from_bytes(&i.bytes("public"))?;
    let wrapped =
        public.wrap(&Policy::parse(i.text("policy"))?, &i.bytes("secret"), &i.bytes("aad"), drawn)?;
    Ok(json!({ "wrapped": hexed(wrapped.to_bytes()) }))
}

fn unwrap(i: &Inputs<'_>, _: &mut Drawn) -> Result<Value, Error> {
    let key = DecryptionKey::from_bytes(&i.bytes("key"))?;
    let secret = key.unwrap_key(&WrappedKey::from_bytes(&i.bytes("wrapped"))?, &i.bytes("aad"))?;
    Ok(json!({ "secret": hexed(&*secret) }))
}

fn cases(v: &mut Generator) {
    let authority = v.run("abe.setup", json!({}));
    let other = v.run("abe.setup", json!({}));
    let (master, public) = (&authority["master"], &authority["public"]);
    let keys = [
        "role=doctor, department=cardiology",
        "role=nurse, emergency, ward=12",
        "role=doctor, department=surgery, b",
        "clearance=5, c",
    ]
    .map(|attributes| {
        v.run("abe.issue", json!({ "master": master, "attributes": attributes }))["key"].clone()
    });
    for key in &keys {
        v.run("abe.verify_key", json!({ "key": key, "public": public }));
    }
    v.refused("abe.verify_key", json!({ "key": keys[0], "public": other["public"] }));

    for policy in [
        "role=doctor",
        "role=doctor and (department=cardiology or emergency)",
        "2 of (role=doctor, department=cardiology, emergency)",
        "role=doctor and department=cardiology or role=doctor and b",
        "role=doctor and not department=surgery",
        "department!=surgery and department!=billing",
        "clearance>=3 and c",
        "2 of (role=doctor and department=cardiology, role=doctor and b, not department=billing)",
    ] {
        let made = v.run("abe.encapsulate", json!({ "public": public, "policy": policy }));
        for key in &keys {
            v.run("abe.decapsulate", json!({ "key": key, "encapsulation": made["encapsulation"] }));
        }
        if policy == "role=doctor" {
            for from_end in [0, 40, 70] {
                let damaged = damaged(&made["encapsulation"], from_end);
                v.refused("abe.decapsulate", json!({ "key": keys[0], "encapsulation": damaged }));
            }
        }
    }

    let (secret, aad) = ("00112233", "616164");
    let input = json!({ "public": public, "policy": "role=doctor", "secret": secret, "aad": aad });
    let wrapped = v.run("abe.wrap", input)["wrapped"].clone();
    let opened = v.run("abe.unwrap", json!({ "key": keys[0], "wrapped": wrapped, "aad": aad }));
    assert_eq!(opened["secret"], secret);
    v.refused("abe.unwrap", json!({ "key": keys[0], "wrapped": wrapped, "aad": "" }));
    v.refused("abe.unwrap", json!({ "key": keys[1], "wrapped": wrapped, "aad": aad }));
    v.refused("abe.unwrap", json!({ "key": keys[0], "wrapped": damaged(&wrapped, 0), "aad": aad }));
}
