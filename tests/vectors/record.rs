//! Sealed records and their digests; Merkle trees.

use medseal::Threads;
use medseal::merkle::{ConsistencyProof, Head, InclusionProof, Tree};
use medseal::record::{
    ChunkProof, ChunkSize, ChunkTree, KeyedSummary, OpenOptions, RecordDigest, RecordKey, SealOptions,
    no_progress,
};
use serde_json::{Value, json};

use crate::{File, Generator, Inputs, bytes, damaged, hexed};

pub(crate) const FILE: File = File {
    name: "record",
    operations: &[
        ("record.key", |_, drawn| Ok(json!({ "key": hexed(RecordKey::generate(drawn)?.to_bytes()) }))),
        ("record.seal", |i, drawn| {
            let key = RecordKey::from_bytes(&i.bytes("key"))?;
            let options =
                SealOptions::default().chunk_size(ChunkSize::from_log2(i.number("chunk_log2") as u8)?);
            let (sealed, receipt) = key.seal(&i.bytes("record"), &options, drawn)?;
            let summary = KeyedSummary::new(&key, &receipt.digest);
            Ok(json!({
                "sealed": hexed(sealed),
                "digest": hexed(receipt.digest.as_bytes()),
                "keyed_summary": hexed(summary.as_bytes()),
            }))
        }),
        ("record.open", |i, _| {
            let key = RecordKey::from_bytes(&i.bytes("key"))?;
            Ok(json!({ "record": hexed(&*key.open(&i.bytes("sealed"), &OpenOptions::default())?) }))
        }),
        ("record.prove_chunk", |i, _| {
            let sealed = i.bytes("sealed");
            let proof =
                ChunkTree::of_stream(&*sealed, Threads::ONE, no_progress)?.prove(i.number("index"))?;
            let place = proof.sealed_range();
            let chunk = &sealed[place.start as usize..place.end as usize];
            Ok(json!({ "proof": hexed(proof.to_bytes()), "chunk": hexed(chunk) }))
        }),
        ("record.verify_chunk", |i, _| {
            let proof = ChunkProof::from_bytes(&i.bytes("proof"))?;
            proof.verify(&RecordDigest::from(i.array("digest")), &i.bytes("chunk"))?;
            Ok(json!({}))
        }),
        ("merkle.head", |i, _| Ok(json!({ "head": hexed(tree(i).head().to_bytes()) }))),
        ("merkle.prove_inclusion", |i, _| {
            let tree = tree(i);
            let proof = tree.prove_inclusion(i.number("index"), tree.size())?;
            Ok(json!({ "proof": hexed(proof.to_bytes()) }))
        }),
        ("merkle.verify_inclusion", |i, _| {
            let head = Head::from_bytes(&i.bytes("head"))?;
            InclusionProof::from_bytes(&i.bytes("proof"))?.verify(&head, &i.bytes("entry"))?;
            Ok(json!({}))
        }),
        ("merkle.prove_consistency", |i, _| {
            let tree = tree(i);
            let proof = tree.prove_consistency(i.number("old_size"), tree.size())?;
            Ok(json!({ "proof": hexed(proof.to_bytes()) }))
        }),
        ("merkle.verify_consistency", |i, _| {
            let (old, head) = (Head::from_bytes(&i.bytes("old"))?, Head::from_bytes(&i.bytes("head"))?);
            ConsistencyProof::from_bytes(&i.bytes("proof"))?.verify(&old, &head)?;
            Ok(json!({}))
        }),
    ],
    cases,
};

fn tree(i: &Inputs<'_>) -> Tree {
    let mut tree = Tree::new();
    for entry in i.list("entries") {
        tree.append(&bytes(entry));
    }
    tree
}

fn cases(v: &mut Generator) {
    let (key, other) = (v.run("record.key", json!({})), v.run("record.key", json!({})));
    let (key, other) = (&key["key"], &other["key"]);
    for (length, chunk_log2) in [(0, 16), (1, 10), (1024, 10), (1025, 10), (3500, 10), (100, 16)] {
        let record: Vec<u8> = (0..length).map(|n: u32| (n * 7 % 251) as u8).collect();
        let input = json!({ "key": key, "record": hexed(record), "chunk_log2": chunk_log2 });
        let made = v.run("record.seal", input);
        let sealed = &made["sealed"];
        v.run("record.open", json!({ "key": key, "sealed": sealed }));
        v.refused("record.open", json!({ "key": other, "sealed": sealed }));
        v.refused("record.open", json!({ "key": key, "sealed": damaged(sealed, 0) }));
        let mut cut = bytes(sealed);
        cut.truncate(cut.len() - 33);
        v.refused("record.open", json!({ "key": key, "sealed": hexed(cut) }));
        if length == 3500 {
            for index in 0..4 {
                let proved = v.run("record.prove_chunk", json!({ "sealed": sealed, "index": index }));
                let (proof, chunk, digest) = (&proved["proof"], &proved["chunk"], &made["digest"]);
                v.run("record.verify_chunk", json!({ "proof": proof, "chunk": chunk, "digest": digest }));
                let other = damaged(chunk, 40);
                v.refused("record.verify_chunk", json!({ "proof": proof, "chunk": other, "digest": digest }));
            }
        }
    }

    for size in [0, 1, 2, 3, 5, 8, 13] {
        let entries: Vec<Value> = (0..size).map(|n: u8| hexed(vec![n; usize::from(n) * 3])).collect();
        let head = v.run("merkle.head", json!({ "entries": entries }))["head"].clone();
        for (index, entry) in entries.iter().enumerate().step_by(2) {
            let proved = v.run("merkle.prove_inclusion", json!({ "entries": entries, "index": index }));
            let proof = &proved["proof"];
            v.run("merkle.verify_inclusion", json!({ "proof": proof, "head": head, "entry": entry }));
            v.refused("merkle.verify_inclusion", json!({ "proof": proof, "head": head, "entry": "ff" }));
        }
        for old_size in (1..size).step_by(3) {
            let old = v.run("merkle.head", json!({ "entries": entries[..usize::from(old_size)] }));
            let input = json!({ "entries": entries, "old_size": old_size });
            let proof = v.run("merkle.prove_consistency", input)["proof"].clone();
            let old = &old["head"];
            v.run("merkle.verify_consistency", json!({ "proof": proof, "old": old, "head": head }));
            let other = damaged(old, 0);
            v.refused("merkle.verify_consistency", json!({ "proof": proof, "old": other, "head": head }));
        }
    }
}
