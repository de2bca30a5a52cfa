//! Registration, certificates, the handshake, sessions, envelopes.

use medseal::Error;
use medseal::identity::{
    AuthRequest, Certificate, CertificateRequest, Disclosure, Hospital, IdentityEnvelope, IdentityKey,
    MainNode, MemoryReplayCache, Name, RegistrationRequest, Registry, ReplayBounds, Role, SuperNode,
    SuperNodePublicKey,
};
use medseal::members::{MembersKey, MembersKeys};
use serde_json::{Value, json};

use crate::{File, Generator, Inputs, bytes, damaged, hexed, with};

pub(crate) const FILE: File = File {
    name: "identity",
    operations: &[
        ("identity.super_node", |_, drawn| {
            let node = SuperNode::generate(drawn)?;
            Ok(json!({ "super_node": hexed(node.to_bytes()), "public": hexed(node.public_key().to_bytes()) }))
        }),
        ("identity.main_node", |i, drawn| {
            let public = SuperNodePublicKey::from_bytes(&i.bytes("public"))?;
            let node = MainNode::generate(Name::new(i.text("name"))?, role(i)?, &public, drawn)?;
            let request = node.certificate_request();
            Ok(json!({ "main_node": hexed(node.to_bytes()), "request": hexed(request.to_bytes()) }))
        }),
        ("identity.certify", |i, drawn| {
            let super_node = SuperNode::from_bytes(&i.bytes("super_node"))?;
            let request = CertificateRequest::from_bytes(&i.bytes("request"))?;
            let certificate =
                super_node.certify(&request, i.number("not_before")..=i.number("not_after"), drawn)?;
            Ok(json!({ "certificate": hexed(certificate.to_bytes()) }))
        }),
        ("identity.verify_certificate", |i, _| {
            let public = SuperNodePublicKey::from_bytes(&i.bytes("public"))?;
            let verified = Certificate::from_bytes(&i.bytes("certificate"))?.verify(&public, role(i)?)?;
            Ok(json!({ "name": verified.name().as_str(), "serial": hexed(verified.serial().as_bytes()) }))
        }),
        ("identity.request", |i, drawn| {
            let request = RegistrationRequest::new(Name::new(i.text("name"))?, &i.bytes("record"), drawn)?;
            Ok(json!({ "request": hexed(request.to_bytes()) }))
        }),
        ("identity.register", |i, _| {
            let mut super_node = SuperNode::from_bytes(&i.bytes("super_node"))?;
            let key = super_node.register(&RegistrationRequest::from_bytes(&i.bytes("request"))?)?;
            Ok(json!({ "identity_key": hexed(key.to_bytes()), "super_node": hexed(super_node.to_bytes()) }))
        }),
        ("identity.accept_key", |i, _| {
            let request = RegistrationRequest::from_bytes(&i.bytes("request"))?;
            let key = IdentityKey::from_bytes(&i.bytes("identity_key"))?;
            let hospital =
                Hospital::accept(request, key, &SuperNodePublicKey::from_bytes(&i.bytes("public"))?)?;
            Ok(json!({ "hospital": hexed(hospital.to_bytes()) }))
        }),
        ("identity.publish", |i, _| {
            let mut super_node = SuperNode::from_bytes(&i.bytes("super_node"))?;
            let registry = super_node.publish(i.number("time"))?;
            Ok(json!({ "registry": hexed(registry.to_bytes()), "super_node": hexed(super_node.to_bytes()) }))
        }),
        ("identity.verify_registry", |i, _| {
            let public = SuperNodePublicKey::from_bytes(&i.bytes("public"))?;
            let registry = Registry::from_bytes(&i.bytes("registry"))?.verify(&public, 0)?;
            let hospitals: Vec<&str> = registry.hospitals().map(Name::as_str).collect();
            Ok(json!({ "hospitals": hospitals, "sequence": registry.sequence() }))
        }),
        // Both sides, from the request to the last message of the session.
        ("identity.handshake", |i, drawn| {
            let public = SuperNodePublicKey::from_bytes(&i.bytes("public"))?;
            let hospital = Hospital::from_bytes(&i.bytes("hospital"), &public)?;
            let main_node = MainNode::from_bytes(&i.bytes("main_node"), &public)?;
            let registry = Registry::from_bytes(&i.bytes("registry"))?.verify(hospital.super_node(), 0)?;
            let certificate = Certificate::from_bytes(&i.bytes("certificate"))?
                .verify(hospital.super_node(), Role::MainNode)?;
            let disclosure =
                Disclosure::new(&i.bytes("location"), i.array("database_digest"), i.array("keyed_summary"))?;
            let now = i.number("time");
            let (awaiting, request) = hospital.start(&certificate, &registry, now, drawn)?;
            let accepted = main_node.accept(&request, &registry, &cache(), now)?;
            let (reply, waiting) = accepted.reply(&disclosure, drawn)?;
            let established = awaiting.finish(&reply)?;
            assert!(established.disclosure == disclosure);
            let (mut initiator, confirmation) = (established.session, established.confirmation);
            let mut responder = waiting.confirm(&confirmation)?;

            let mut messages = Vec::new();
            for message in i.list("messages") {
                let message = Inputs(message);
                let (from, to) = match message.text("from") {
                    "hospital" => (&mut initiator, &mut responder),
                    _ => (&mut responder, &mut initiator),
                };
                let (aad, plaintext) = (message.bytes("aad"), message.bytes("plaintext"));
                let last = message.0["final"] == true;
                let sealed =
                    if last { from.seal_final(&plaintext, &aad) } else { from.seal(&plaintext, &aad) }?;
                assert_eq!(*to.open(&sealed, &aad)?, plaintext);
                messages.push(hexed(sealed.to_bytes()));
            }
            Ok(json!({
                "request": hexed(request.to_bytes()),
                "reply": hexed(reply.to_bytes()),
                "confirmation": hexed(confirmation.to_bytes()),
                "session_id": hexed(initiator.id()),
                "export": hexed(*initiator.export(&i.bytes("export_label"))),
                "messages": messages,
            }))
        }),
        // The main node's decision on a new request.
        ("identity.authenticate", |i, _| {
            let public = SuperNodePublicKey::from_bytes(&i.bytes("public"))?;
            let registry = Registry::from_bytes(&i.bytes("registry"))?.verify(&public, 0)?;
            let main_node = MainNode::from_bytes(&i.bytes("main_node"), &public)?;
            let request = AuthRequest::from_bytes(&i.bytes("request"))?;
            let accepted = main_node.accept(&request, &registry, &cache(), i.number("time"))?;
            Ok(json!({ "hospital": accepted.hospital().as_str() }))
        }),
        ("identity.seal_envelope", |i, drawn| {
            let public = SuperNodePublicKey::from_bytes(&i.bytes("public"))?;
            let recipient = RegistrationRequest::from_bytes(&i.bytes("request"))?.identity();
            let members = i.given("members_key", MembersKey::from_bytes)?;
            let (plaintext, aad) = (i.bytes("plaintext"), i.bytes("aad"));
            let envelope = public.seal_to(&recipient, &plaintext, &aad, members.as_ref(), drawn)?;
            Ok(json!({ "envelope": hexed(envelope.to_bytes()) }))
        }),
        ("identity.open_envelope", |i, _| {
            let public = SuperNodePublicKey::from_bytes(&i.bytes("public"))?;
            let hospital = Hospital::from_bytes(&i.bytes("hospital"), &public)?;
            let envelope = IdentityEnvelope::from_bytes(&i.bytes("envelope"))?;
            let held = i.given("members_keys", MembersKeys::from_bytes)?;
            let plaintext = hospital.open(&envelope, &i.bytes("aad"), held.as_ref())?;
            Ok(json!({ "plaintext": hexed(&*plaintext) }))
        }),
    ],
    cases,
};

fn role(i: &Inputs<'_>) -> Result<Role, Error> {
    match i.number("role") {
        1 => Ok(Role::MainNode),
        2 => Ok(Role::Member),
        _ => Err(Error::InvalidField),
    }
}

/// A cache that has been running for a long time.
fn cache() -> MemoryReplayCache {
    MemoryReplayCache::new(ReplayBounds::default(), 0).unwrap()
}

fn cases(v: &mut Generator) {
    let now = 1_795_000_000_000u64;
    let made = v.run("identity.super_node", json!({}));
    let (mut super_node, public) = (made["super_node"].clone(), &made["public"]);
    let stranger = v.run("identity.super_node", json!({}))["public"].clone();

    let [node, other_node] = ["main-node.example", "other.example"]
        .map(|name| v.run("identity.main_node", json!({ "name": name, "role": 1, "public": public })));
    let period = |super_node: &Value, request: &Value| json!({ "super_node": super_node, "request": request, "not_before": now - 5, "not_after": now + 100_000 });
    let certified = v.run("identity.certify", period(&super_node, &node["request"]));
    v.refused("identity.certify", period(&super_node, &damaged(&node["request"], 96 + 48 + 1)));
    let certificate = &certified["certificate"];
    let verify = |certificate: &Value, public: &Value, role: u8| json!({ "certificate": certificate, "public": public, "role": role });
    v.run("identity.verify_certificate", verify(certificate, public, 1));
    v.refused("identity.verify_certificate", verify(certificate, public, 2));
    v.refused("identity.verify_certificate", verify(certificate, &stranger, 1));
    v.refused("identity.verify_certificate", verify(&damaged(certificate, 96), public, 1));
    let input = json!({ "name": "clinic.example", "role": 2, "public": public });
    let member = v.run("identity.main_node", input);
    let of_member = v.run("identity.certify", period(&super_node, &member["request"]))["certificate"].clone();
    v.run("identity.verify_certificate", verify(&of_member, public, 2));
    v.refused("identity.verify_certificate", verify(&of_member, public, 1));

    let mut hospitals = Vec::new();
    for (name, record) in [("clinic.example", "61677265656d656e74"), ("Zürich", "")] {
        let request = v.run("identity.request", json!({ "name": name, "record": record }))["request"].clone();
        let registered = v.run("identity.register", json!({ "super_node": super_node, "request": request }));
        super_node = registered["super_node"].clone();
        let input =
            json!({ "request": request, "identity_key": registered["identity_key"], "public": public });
        hospitals.push((request, v.run("identity.accept_key", input.clone())["hospital"].clone()));
        v.refused("identity.accept_key", with(&input, json!({ "public": stranger })));
    }
    v.refused("identity.register", json!({ "super_node": super_node, "request": hospitals[0].0 }));
    let published = v.run("identity.publish", json!({ "super_node": super_node, "time": now }));
    let registry = &published["registry"];
    v.run("identity.verify_registry", json!({ "registry": registry, "public": public }));
    v.refused("identity.verify_registry", json!({ "registry": damaged(registry, 100), "public": public }));

    let messages = json!([
        { "from": "hospital", "aad": "", "plaintext": "717565727920", "final": false },
        { "from": "main node", "aad": "616164", "plaintext": "", "final": false },
        { "from": "hospital", "aad": "00", "plaintext": "627965", "final": true },
        { "from": "main node", "aad": "", "plaintext": "627965", "final": true },
    ]);
    for (_, hospital) in &hospitals {
        let input = json!({
            "hospital": hospital, "main_node": node["main_node"], "public": public,
            "certificate": certificate, "registry": registry,
            "time": now, "location": "6c6f636174696f6e", "database_digest": "01".repeat(32),
            "keyed_summary": "02".repeat(32), "export_label": "6c6162656c", "messages": messages,
        });
        let shaken = v.run("identity.handshake", input);
        let judge = |request: &Value, node: &Value, time: u64| {
            json!({ "request": request, "main_node": node["main_node"], "registry": registry,
                    "public": public, "time": time })
        };
        let request = &shaken["request"];
        v.run("identity.authenticate", judge(request, &node, now + 30_000));
        v.refused("identity.authenticate", judge(request, &node, now + 30_001));
        v.refused("identity.authenticate", judge(request, &other_node, now));
        v.refused("identity.authenticate", judge(&damaged(request, 40), &node, now));
        // In ek, in tc, and an unreduced coefficient of ek.
        v.refused("identity.authenticate", judge(&damaged(request, 432), &node, now));
        v.refused("identity.authenticate", judge(&damaged(request, 432 + 1184), &node, now));
        let mut unreduced = bytes(request);
        unreduced[60..62].fill(0xff);
        v.refused("identity.authenticate", judge(&hexed(unreduced), &node, now));
    }

    let [(request, hospital), (_, other)] = hospitals.as_slice() else { panic!() };
    let input =
        json!({ "public": public, "request": request, "aad": "616164", "plaintext": "636f6e74656e7473" });
    let envelope = v.run("identity.seal_envelope", input)["envelope"].clone();
    let input = json!({ "hospital": hospital, "public": public, "envelope": envelope, "aad": "616164" });
    v.run("identity.open_envelope", input.clone());
    for wrong in [json!({ "hospital": other }), json!({ "public": stranger }), json!({ "aad": "" })] {
        v.refused("identity.open_envelope", with(&input, wrong));
    }

    // Under the members' key of epoch 2.
    let key = "22".repeat(32);
    let input = json!({ "public": public, "request": request, "aad": "", "plaintext": "636f6e74656e7473",
        "members_key": format!("4d53011800000002{key}") });
    let envelope = v.run("identity.seal_envelope", input)["envelope"].clone();
    let open = |envelope: &Value, held: &str| {
        json!({ "hospital": hospital, "public": public, "envelope": envelope, "aad": "",
            "members_keys": held })
    };
    let held = format!("4d5301190000000100000002{key}");
    v.run("identity.open_envelope", open(&envelope, &held));
    v.refused("identity.open_envelope", open(&envelope, "4d53011900000000"));
    v.refused("identity.open_envelope", open(&envelope, &held.replace("22", "23")));
    let mut relabelled = bytes(&envelope);
    relabelled[7] = 0;
    v.refused("identity.open_envelope", open(&hexed(relabelled), &held));
}
