//! Key wrapping.

use medseal::abe::{DecryptionKey, Encapsulation, MasterKey, PublicKey, WrappedKey};
use medseal::members::{MembersKey, MembersKeys};
use medseal::policy::{Attributes, Policy};
use serde_json::{Value, json};

use crate::{File, Generator, bytes, damaged, hexed};

pub(crate) const FILE: File = File {
    name: "abe",
    operations: &[
        ("abe.setup", |_, drawn| {
            let master = MasterKey::generate(drawn)?;
            Ok(json!({ "master": hexed(master.to_bytes()), "public": hexed(master.public_key().to_bytes()) }))
        }),
        ("abe.issue", |i, drawn| {
            let master = MasterKey::from_bytes(&i.bytes("master"))?;
            let key = master.issue(&Attributes::parse(i.text("attributes"))?, drawn)?;
            Ok(json!({ "key": hexed(key.to_bytes()) }))
        }),
        ("abe.verify_key", |i, _| {
            let public = PublicKey::from_bytes(&i.bytes("public"))?;
            DecryptionKey::from_bytes(&i.bytes("key"))?.verify(&public)?;
            Ok(json!({}))
        }),
        ("abe.encapsulate", |i, drawn| {
            let public = PublicKey::from_bytes(&i.bytes("public"))?;
            let (encapsulation, shared) = public.encapsulate(&Policy::parse(i.text("policy"))?, drawn)?;
            let encapsulation = hexed(encapsulation.to_bytes());
            Ok(json!({ "encapsulation": encapsulation, "shared": hexed(shared.as_bytes()) }))
        }),
        ("abe.decapsulate", |i, _| {
            let key = DecryptionKey::from_bytes(&i.bytes("key"))?;
            let shared = key.decapsulate(&Encapsulation::from_bytes(&i.bytes("encapsulation"))?)?;
            Ok(json!({ "shared": hexed(shared.as_bytes()) }))
        }),
        ("abe.wrap", |i, drawn| {
            let public = PublicKey::from_bytes(&i.bytes("public"))?;
            let policy = Policy::parse(i.text("policy"))?;
            let members = i.given("members_key", MembersKey::from_bytes)?;
            let (secret, aad) = (i.bytes("secret"), i.bytes("aad"));
            let wrapped = public.wrap(&policy, &secret, &aad, members.as_ref(), drawn)?;
            Ok(json!({ "wrapped": hexed(wrapped.to_bytes()) }))
        }),
        ("abe.unwrap", |i, _| {
            let key = DecryptionKey::from_bytes(&i.bytes("key"))?;
            let wrapped = WrappedKey::from_bytes(&i.bytes("wrapped"))?;
            let held = i.given("members_keys", MembersKeys::from_bytes)?;
            let secret = key.unwrap_key(&wrapped, &i.bytes("aad"), held.as_ref())?;
            Ok(json!({ "secret": hexed(&*secret) }))
        }),
    ],
    cases,
};

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

    // Under the key of epoch 2. The reader holds the keys of epochs 1 and 2, or a
    // different key of epoch 2.
    let (first, second, another) = ("11".repeat(32), "22".repeat(32), "33".repeat(32));
    let members_key = format!("4d53011800000002{second}");
    let both = format!("4d5301190000000200000001{first}00000002{second}");
    let wrong = format!("4d5301190000000100000002{another}");
    let input = json!({ "public": public, "policy": "role=doctor", "secret": secret, "aad": aad,
        "members_key": members_key });
    let under = v.run("abe.wrap", input)["wrapped"].clone();
    let unwrap = |wrapped: &Value, held: &str| json!({ "key": keys[0], "wrapped": wrapped, "aad": aad, "members_keys": held });
    assert_eq!(v.run("abe.unwrap", unwrap(&under, &both))["secret"], secret);
    v.run("abe.unwrap", unwrap(&wrapped, &both));
    v.refused("abe.unwrap", unwrap(&under, &wrong));
    v.refused("abe.unwrap", json!({ "key": keys[0], "wrapped": under, "aad": aad }));
    for epoch in [0, 1] {
        let mut relabelled = bytes(&under);
        relabelled[7] = epoch;
        v.refused("abe.unwrap", unwrap(&hexed(relabelled), &both));
    }
}
