//! Signatures.

use medseal::abs::{MasterKey, PublicKey, Signature, SigningKey};
use medseal::policy::{Attributes, Policy};
use serde_json::json;

use crate::{File, Generator, damaged, hexed, with};

pub(crate) const FILE: File = File {
    name: "abs",
    operations: &[
        ("abs.setup", |_, drawn| {
            let master = MasterKey::generate(drawn)?;
            Ok(json!({ "master": hexed(master.to_bytes()), "public": hexed(master.public_key().to_bytes()) }))
        }),
        ("abs.issue", |i, drawn| {
            let master = MasterKey::from_bytes(&i.bytes("master"))?;
            let key = master.issue(&Attributes::parse(i.text("attributes"))?, drawn)?;
            Ok(json!({ "key": hexed(key.to_bytes()) }))
        }),
        ("abs.verify_key", |i, _| {
            SigningKey::from_bytes(&i.bytes("key"))?.verify(&PublicKey::from_bytes(&i.bytes("public"))?)?;
            Ok(json!({}))
        }),
        ("abs.sign", |i, drawn| {
            let key = SigningKey::from_bytes(&i.bytes("key"))?;
            let policy = Policy::parse(i.text("policy"))?;
            let signature = key.sign(&policy, &i.bytes("context"), &i.bytes("message"), drawn)?;
            Ok(json!({ "signature": hexed(signature.to_bytes()) }))
        }),
        ("abs.verify", |i, _| {
            let (public, policy) =
                (PublicKey::from_bytes(&i.bytes("public"))?, Policy::parse(i.text("policy"))?);
            let signature = Signature::from_bytes(&i.bytes("signature"))?;
            public.verify(&policy, &i.bytes("context"), &i.bytes("message"), &signature)?;
            Ok(json!({}))
        }),
    ],
    cases,
};

fn cases(v: &mut Generator) {
    let authority = v.run("abs.setup", json!({}));
    let other = v.run("abs.setup", json!({}));
    let (master, public) = (&authority["master"], &authority["public"]);
    let keys =
        ["role=doctor, department=cardiology, b", "emergency, c, d", "clearance=5"].map(|attributes| {
            v.run("abs.issue", json!({ "master": master, "attributes": attributes }))["key"].clone()
        });
    for key in &keys {
        v.run("abs.verify_key", json!({ "key": key, "public": public }));
    }
    v.refused("abs.verify_key", json!({ "key": keys[0], "public": other["public"] }));

    let statement =
        |policy: &str, message: &str| json!({ "policy": policy, "context": "c0", "message": message });
    for (signer, policy) in [
        (0, "role=doctor"),
        (0, "role=doctor and department=cardiology"),
        (0, "role=nurse or role=doctor or emergency"),
        (1, "role=nurse and c or emergency and (a or 2 of (a, b, c, d))"),
        (0, "2 of (a, b, emergency, role=doctor, d)"),
        (0, "role=doctor and (2 of (a, c and d, 3 of (a, b, d, e), b) or b)"),
        (1, "3 of (2 of (a, b, c, d), emergency, a or b, d)"),
        (2, "clearance in 4..6"),
        (2, "clearance>=3 or emergency"),
        (0, "role=doctor and not department=surgery"),
        (0, "2 of (not department=surgery, emergency, role=doctor and b)"),
        (
            0,
            "2 of (role=doctor and department=cardiology, role=doctor and b, not department in {surgery, billing})",
        ),
    ] {
        let statement = statement(policy, "6d657373616765");
        let signed = v.run("abs.sign", with(&statement, json!({ "key": keys[signer] })));
        let signature = &signed["signature"];
        let claim = json!({ "public": public, "signature": signature });
        v.run("abs.verify", with(&statement, claim.clone()));
        for other in [json!({ "message": "00" }), json!({ "context": "c1" })] {
            v.refused("abs.verify", with(&with(&statement, other), claim.clone()));
        }
        let damaged = json!({ "public": public, "signature": damaged(signature, 5) });
        v.refused("abs.verify", with(&statement, damaged));
    }
    let signed = v.run("abs.sign", with(&statement("a or b", ""), json!({ "key": keys[0] })));
    let claim = json!({ "public": public, "signature": signed["signature"] });
    v.refused("abs.verify", with(&statement("b or a", ""), claim));
    let claim = json!({ "public": other["public"], "signature": signed["signature"] });
    v.refused("abs.verify", with(&statement("a or b", ""), claim));
    for policy in ["emergency", "not department=cardiology", "not ward=north"] {
        v.refused("abs.sign", with(&statement(policy, ""), json!({ "key": keys[0] })));
    }
}
