//! A tree, and bytes that claim to be a proof about it: only the tree's own proofs verify.

#![no_main]

use libfuzzer_sys::fuzz_target;
use medseal::merkle::{ConsistencyProof, Frontier, InclusionProof, Tree};

// Four bytes give the tree's size, its old size, the entry, and the change of the proof. The rest
// is the proof, or is XORed onto the right one.
fuzz_target!(|input: &[u8]| {
    let Some((&[size, old, index, how], input)) = input.split_first_chunk() else { return };
    let size = u64::from(size) + 1;
    let (old, index) = (u64::from(old) % (size + 1), u64::from(index) % size);

    let (mut tree, mut frontier) = (Tree::new(), Frontier::new());
    for n in 0..size {
        assert_eq!(tree.append(&n.to_le_bytes()), n);
        assert_eq!(frontier.append(&n.to_le_bytes()), n);
    }
    let head = tree.head();
    assert_eq!(frontier.head(), head);
    assert_eq!(tree.head_at(size), Ok(head));
    assert_eq!(Tree::from_bytes(&tree.to_bytes()).map(|tree| tree.head()), Ok(head));

    let claimed = |honest: &[u8]| match how % 3 {
        0 => input.to_vec(),
        1 => honest.iter().enumerate().map(|(i, byte)| byte ^ input.get(i).unwrap_or(&0)).collect(),
        _ => {
            // Replaces some bytes in the middle.
            let at = usize::from(how) % honest.len();
            let end = honest.len().min(at + 32);
            [&honest[..at], input, &honest[end..]].concat()
        }
    };
    let honest = tree.prove_inclusion(index, size).expect("there is such an entry");
    honest.verify(&head, &index.to_le_bytes()).expect("an honest proof verifies");
    if let Ok(proof) = InclusionProof::from_bytes(&claimed(&honest.to_bytes())) {
        let verified = proof.verify(&head, &index.to_le_bytes()).is_ok();
        assert_eq!(verified, proof == honest, "another proof verified");
        assert!(proof.verify(&head, b"no entry").is_err());
    }
    let before = tree.head_at(old).expect("it had that many entries");
    let Ok(honest) = tree.prove_consistency(old, size) else { return };
    honest.verify(&before, &head).expect("an honest proof verifies");
    if let Ok(proof) = ConsistencyProof::from_bytes(&claimed(&honest.to_bytes())) {
        assert_eq!(proof.verify(&before, &head).is_ok(), proof == honest, "another proof verified");
        // The reverse holds only if nothing was changed.
        assert!(proof.verify(&head, &before).is_err() || before == head);
    }
});
