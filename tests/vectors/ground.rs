//! The pairing, as the backend computes it.
#![expect(non_snake_case, reason = "P and Q")]

use blst::{blst_fp12, blst_p1_affine, blst_p2_affine, min_pk, min_sig};
use blstrs::{G1Projective, G2Projective, Scalar};
use group::{Curve, Group};
use serde_json::json;

use crate::{File, Generator, hexed};

pub(crate) const FILE: File = File {
    name: "ground",
    operations: &[
        // `e([a]P1, [b]P2)`
        ("pairing", |i, _| {
            let scalar = |name| Scalar::from(i.number(name));
            let P = (G1Projective::generator() * scalar("a")).to_affine().to_compressed();
            let Q = (G2Projective::generator() * scalar("b")).to_affine().to_compressed();
            // The backend decompresses its signature keys, which are points, without unsafe code.
            let P: blst_p1_affine = min_pk::PublicKey::uncompress(&P).unwrap().into();
            let Q: blst_p2_affine = min_sig::PublicKey::uncompress(&Q).unwrap().into();
            let value = blst_fp12::miller_loop(&Q, &P).final_exp();
            Ok(json!({ "value": hexed(value.to_bendian()) }))
        }),
    ],
    cases,
};

fn cases(v: &mut Generator) {
    v.run("pairing", json!({ "a": 1, "b": 1 }));
    v.run("pairing", json!({ "a": 2, "b": 3 }));
}
