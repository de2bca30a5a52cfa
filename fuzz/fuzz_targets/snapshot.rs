//! A ledger's snapshot: it is refused, or is the very one that the restored ledger gives.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use medseal::ledger::{Demands, LedgerId, MemoryLedger};
use medseal::policy::Policy;
use medseal::share::PublicParameters;

/// What the ledger of the golden snapshot demands.
static DEMANDS: LazyLock<Demands> = LazyLock::new(|| {
    let text = include_str!("../../tests/golden/public-parameters.hex");
    let bytes = hex::decode(text.split_whitespace().collect::<String>()).unwrap();
    Demands {
        ledger: LedgerId::new("golden").unwrap(),
        claim: Policy::parse("hospital").unwrap(),
        signatures: PublicParameters::from_bytes(&bytes).unwrap().abs,
    }
});

static GOLDEN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let text = include_str!("../../tests/golden/snapshot.hex");
    hex::decode(text.split_whitespace().collect::<String>()).unwrap()
});

// The first byte says whether the rest is a snapshot or is laid over the golden one.
fuzz_target!(|input: &[u8]| {
    let Some((how, input)) = input.split_first() else { return };
    let bytes = match how & 1 {
        0 => input.to_vec(),
        _ => GOLDEN.iter().enumerate().map(|(i, byte)| byte ^ input.get(i).unwrap_or(&0)).collect(),
    };
    if let Ok(ledger) = MemoryLedger::restore(DEMANDS.clone(), &bytes) {
        assert!(ledger.snapshot().unwrap() == bytes, "a snapshot has two spellings");
        ledger.verify().expect("what was restored verifies");
        // Only the demanded keys' holders can make an entry, and all that they made is the two golden ones.
        let empty = bytes.len() == 4 + 32 + 8;
        assert!(empty || GOLDEN[44..].starts_with(&bytes[44..]), "an entry of nobody's");
    } else {
        assert!(bytes != *GOLDEN);
    }
});
