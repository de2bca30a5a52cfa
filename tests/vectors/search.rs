//! Search.

use medseal::policy::{Attributes, Policy};
use medseal::search::{
    Hints, IndexOptions, Keyword, KeywordKey, MasterKey, Padding, PublicKey, RecordIndex, SearchKey, Trapdoor,
};
use serde_json::{Value, json};

use crate::{File, Generator, hexed, with};

pub(crate) const FILE: File = File {
    name: "search",
    operations: &[
        ("search.setup", |_, drawn| {
            let master = MasterKey::generate(drawn)?;
            Ok(json!({ "master": hexed(master.to_bytes()), "public": hexed(master.public_key().to_bytes()) }))
        }),
        ("search.keyword_key", |_, drawn| {
            Ok(json!({ "keyword_key": hexed(KeywordKey::generate(drawn)?.to_bytes()) }))
        }),
        ("search.keyword", |i, _| Ok(json!({ "canonical": Keyword::new(i.text("text"))?.as_str() }))),
        ("search.issue", |i, drawn| {
            let master = MasterKey::from_bytes(&i.bytes("master"))?;
            let keyword_key = KeywordKey::from_bytes(&i.bytes("keyword_key"))?;
            let key = master.issue(&Attributes::parse(i.text("attributes"))?, &keyword_key, drawn)?;
            Ok(json!({ "key": hexed(key.to_bytes()) }))
        }),
        ("search.verify_key", |i, _| {
            SearchKey::from_bytes(&i.bytes("key"))?.verify(&PublicKey::from_bytes(&i.bytes("public"))?)?;
            Ok(json!({}))
        }),
        ("search.index", |i, drawn| {
            let public = PublicKey::from_bytes(&i.bytes("public"))?;
            let keyword_key = KeywordKey::from_bytes(&i.bytes("keyword_key"))?;
            let keywords = i.list("keywords").iter().map(|word| Keyword::new(word.as_str().unwrap()));
            let keywords = keywords.collect::<Result<Vec<_>, _>>()?;
            let policy = Policy::parse(i.text("policy"))?;
            let padding = if i.0["filled_up"] == true { Padding::PowerOfTwo } else { Padding::None };
            let options = IndexOptions::default().padding(padding);
            let options = if i.has("hints") { options.hints(hints(&i.0["hints"])) } else { options };
            let index = public.index_record(&keyword_key, &keywords, &policy, options, drawn);
            Ok(json!({ "index": hexed(index?.to_bytes()) }))
        }),
        ("search.trapdoor", |i, drawn| {
            let key = SearchKey::from_bytes(&i.bytes("key"))?;
            let (keyword, shown) =
                (Keyword::new(i.text("keyword"))?, Attributes::parse(i.text("attributes"))?);
            let hints: Vec<Hints> = i.list("hints").iter().map(hints).collect();
            let trapdoor = key.trapdoor_hinted(&keyword, &shown, &hints, drawn)?;
            Ok(json!({ "trapdoor": hexed(trapdoor.to_bytes()) }))
        }),
        ("search.match", |i, _| {
            let trapdoor = Trapdoor::from_bytes(&i.bytes("trapdoor"))?;
            Ok(json!({ "matches": trapdoor.matches(&RecordIndex::from_bytes(&i.bytes("index"))?)? }))
        }),
    ],
    cases,
};

fn hints(value: &Value) -> Hints {
    let number = |name: &str| value[name].as_u64().unwrap();
    Hints::new(number("bits") as u8, number("period") as u32).unwrap()
}

fn cases(v: &mut Generator) {
    for text in [
        "  Type 2\tDIABETES ",
        "Diagnosis : E11.9",
        "Ｅ１１．９",
        "CAFE\u{301}",
        "a:b:c",
        "ﬁbrosis",
        "\u{feff}Großhirn",
        "ΝΌΣΟΣ\u{200b}",
        "α\u{345}\u{34f}\u{301}",
        "\u{a7da} \u{2003}\u{16d67}\u{16d67}",
        "crohn\u{2019}s",
    ] {
        v.run("search.keyword", json!({ "text": text }));
    }
    for text in [
        "",
        " ",
        "a:",
        ":a",
        "\u{200b}",
        "\u{feff}:a",
        "a\u{1acf}\u{323}",
        "a\u{b4}",
        "a\u{13441}",
        "a\u{e000}",
        "a\0",
    ] {
        v.refused("search.keyword", json!({ "text": text }));
    }

    let authority = v.run("search.setup", json!({}));
    let other = v.run("search.setup", json!({}));
    let keyword_key = v.run("search.keyword_key", json!({}))["keyword_key"].clone();
    let keys = [
        "role=doctor, ward=12",
        "role=nurse, a, b",
        "department=cardiology, site=north, site=south",
        "department=cardiology, site=north",
    ]
    .map(|attributes| {
        let input =
            json!({ "master": authority["master"], "attributes": attributes, "keyword_key": keyword_key });
        v.run("search.issue", input)["key"].clone()
    });
    for key in &keys {
        v.run("search.verify_key", json!({ "key": key, "public": authority["public"] }));
    }
    v.refused("search.verify_key", json!({ "key": keys[0], "public": other["public"] }));

    let index = |v: &mut Generator, policy: &str, keywords: Value, filled_up: bool, hints: Value| {
        let input = json!({
            "public": authority["public"], "keyword_key": keyword_key, "policy": policy,
            "keywords": keywords, "filled_up": filled_up,
        });
        v.run("search.index", with(&input, hints))["index"].clone()
    };
    let of_2026 = json!({ "bits": 5, "period": 2026 });
    let indexes = [
        index(v, "role=doctor", json!(["hba1c"]), false, json!({})),
        index(v, "role=doctor and ward>=11", json!(["metformin"]), true, json!({})),
        index(v, "2 of (a, b, c)", json!(["drug: Metformin", "hba1c", "HbA1c", "e11.9"]), true, json!({})),
        index(v, "role=nurse and a or role=nurse and c", json!(["hba1c", "x"]), false, json!({})),
        index(v, "role=doctor or a", json!(["metformin", "y", "z"]), true, json!({ "hints": of_2026 })),
        index(v, "not department=surgery", json!(["hba1c"]), false, json!({})),
        index(
            v,
            "department=cardiology and not site in {east, west}",
            json!(["x", "hba1c"]),
            true,
            json!({}),
        ),
    ];
    let trapdoors = [
        (0, "HBA1C", "role=doctor, ward=12", json!([])),
        (0, "metformin", "role=doctor, ward=12", json!([])),
        (0, "metformin", "role=doctor", json!([of_2026, { "bits": 9, "period": 2027 }])),
        (1, "hba1c", "role=nurse, a, b", json!([])),
        (1, "drug:metformin", "a, b", json!([])),
        // If a key has two texts for a label, neither satisfies a negation.
        (2, "hba1c", "department=cardiology, site=north, site=south", json!([])),
        (2, "hba1c", "department=cardiology, site=north", json!([])),
        (3, "hba1c", "department=cardiology, site=north", json!([])),
    ]
    .map(|(key, keyword, attributes, hints)| {
        let input = json!({ "key": keys[key], "keyword": keyword, "attributes": attributes, "hints": hints });
        v.run("search.trapdoor", input)["trapdoor"].clone()
    });
    let mut found = 0;
    for trapdoor in &trapdoors {
        for index in &indexes {
            let result = v.run("search.match", json!({ "trapdoor": trapdoor, "index": index }));
            found += usize::from(result["matches"] == true);
        }
    }
    assert_eq!(found, 11);
    v.refused(
        "search.trapdoor",
        json!({ "key": keys[0], "keyword": "x", "attributes": "role=nurse", "hints": [] }),
    );
}
