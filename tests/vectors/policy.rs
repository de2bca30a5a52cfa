//! Attributes and policies: their byte forms, their rows, and how many are used.

use medseal::policy::{Attributes, Policy};
use serde_json::json;

use crate::{File, Generator, hexed};

pub(crate) const FILE: File = File {
    name: "policy",
    operations: &[
        ("attributes", |i, _| {
            Ok(json!({ "attributes": hexed(Attributes::parse(i.text("text"))?.to_bytes()) }))
        }),
        ("policy", |i, _| {
            let policy = Policy::parse(i.text("text"))?;
            Ok(json!({
                "policy": hexed(policy.to_bytes()),
                "rows": policy.rows(),
                "uses": policy.uses(),
            }))
        }),
        ("satisfy", |i, _| {
            let policy = Policy::parse(i.text("policy"))?;
            Ok(json!({ "rows": policy.rows_used(&Attributes::parse(i.text("attributes"))?) }))
        }),
    ],
    cases,
};

fn cases(v: &mut Generator) {
    for text in [
        "",
        "emergency",
        "role=doctor, emergency, ward=12, valid_until=2027-01-31, hospital=\"St. Anna\", role=surgeon",
        "z, aa, b=\"\", b=x, b=3",
        "city=\"Z\\\"u\\\\rich, (and)\"",
    ] {
        v.run("attributes", json!({ "text": text }));
    }
    let sets = [
        "role=doctor, department=cardiology, clearance=4, valid_until=2027-01-31",
        "role=nurse, ward=12, emergency, clearance=4294967295, valid_until=9999-12-31",
        "role=doctor, department=surgery, department=billing, clearance=0, b, c",
        "role=pharmacist, a, b, c, d, ward=11, level=5",
        "department=3, ward=2027-01-31, level=3, a, d",
    ];
    for text in [
        "role=doctor",
        "a and b and c",
        "(a or b) or c",
        "a and (b or c and d)",
        "2 of (a, b, c and d)",
        "3 of (a, b, c, 2 of (role=doctor, role=nurse, role=pharmacist))",
        "a and b or a and c or 2 of (a, b, d)",
        "a and (b and c) and (d or b) and role=doctor",
        "2 of (a and b, b and c, c and d, d and a, a and c)",
        "clearance>=3",
        "clearance<1",
        "clearance in 1..4294967294",
        "clearance>=3 and clearance<70 and clearance!=17 and b",
        "clearance>=3 and not (clearance in 5..9 or emergency) or a",
        "valid_until>=2027-01-31",
        "valid_until<2027-02-01 and clearance!=4",
        "valid_until in 2027-01-01..9999-12-31",
        "not clearance in 3..5",
        "role in {doctor, nurse} or ward in {11, 12}",
        "not department=surgery",
        "not department in {surgery, billing} or level!=3",
        "not level in {3, 5} and valid_until!=2027-01-31",
        "not (role=doctor and not department=surgery)",
        "not (2 of (role=doctor, department=billing, clearance<2)) and level=5",
        "department!=surgery and department!=billing",
        "hospital=\"St. Anna\" or ward=12",
        "not ward in {11, 12, 40, 41, 42, 300} and b",
    ] {
        v.run("policy", json!({ "text": text }));
        for set in sets {
            v.run("satisfy", json!({ "policy": text, "attributes": set }));
        }
    }
    for text in [
        "",
        "a and",
        "a b",
        "a or (b",
        "x<0",
        "x>=0",
        "x>=3 and x<2",
        "x=3 and x=2027-01-31",
        "not a",
        "0 of (a, b)",
        "3 of (a, b)",
        "x in {}",
        "x=01",
        "not x in {3, a}",
        "not unit=\"north\u{a0}wing\"",
        "unit=\"north\u{200b}wing\"",
        "role=\"doctor\u{13441}\"",
        "x=\"a\u{1acf}\u{323}\"",
        "unit=\"north\u{2800}wing\"",
    ] {
        v.refused("policy", json!({ "text": text }));
    }
}
