//! A ledger's snapshot: it is refused, or equals the snapshot of the restored ledger.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use medseal::identity::SuperNodePublicKey;
use medseal::ledger::MemoryLedger;

fn golden(text: &str) -> Vec<u8> {
    hex::decode(text.split_whitespace().collect::<String>()).unwrap()
}

/// The signer of the charters of the golden snapshot.
static SUPER_NODE: LazyLock<SuperNodePublicKey> = LazyLock::new(|| {
    SuperNodePublicKey::from_bytes(&golden(include_str!("../../tests/golden/super-node-public-key.hex")))
        .unwrap()
});

static GOLDEN: LazyLock<Vec<u8>> = LazyLock::new(|| golden(include_str!("../../tests/golden/snapshot.hex")));

// The first byte decides whether the rest is a snapshot or is XORed onto the golden one.
fuzz_target!(|input: &[u8]| {
    let Some((how, input)) = input.split_first() else { return };
    let bytes = match how & 1 {
        0 => input.to_vec(),
        _ => GOLDEN.iter().enumerate().map(|(i, byte)| byte ^ input.get(i).unwrap_or(&0)).collect(),
    };
    if let Ok(ledger) = MemoryLedger::restore(&bytes, &SUPER_NODE) {
        assert!(ledger.snapshot().unwrap() == bytes, "a snapshot has two spellings");
        ledger.verify().expect("what was restored verifies");
        // Only the keys' holders can make a charter or an entry, and the golden snapshot
        // contains all that they made.
        assert!(GOLDEN[44..].starts_with(&bytes[44..]), "an item of nobody's");
    } else {
        assert!(bytes != *GOLDEN);
    }
});
