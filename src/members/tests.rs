//! Keys, sets of keys, and shares of a key.

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::error::Error;
use crate::limits::{Limit, MEMBERS_EPOCHS};
use crate::secret::Secret;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn key(epoch: u32, seed: u64) -> MembersKey {
    MembersKey::generate(epoch, &mut rng(seed)).unwrap()
}

fn set(keys: impl IntoIterator<Item = MembersKey>) -> MembersKeys {
    let mut set = MembersKeys::default();
    keys.into_iter().for_each(|key| set.insert(key).unwrap());
    set
}

#[test]
fn a_commitment_holds_for_one_key() {
    let right = key(2, 1);
    let committed = right.commitment();
    for other in [key(2, 2), key(3, 1), key(1, 1)] {
        assert_eq!(other.check(&committed), Err(Error::WrongMembersKey));
    }
    assert_eq!(right.check(&EpochCommitment::default()), Err(Error::WrongMembersKey));
    assert_eq!(right.check(&committed), Ok(()));
    // Epoch 0 means none: it has neither a key nor a commitment.
    assert_eq!(MembersKey::generate(0, &mut rng(1)).unwrap_err(), Error::InvalidField);
    assert_eq!(EpochCommitment::from_parts(0, [1; 32]), Err(Error::InvalidField));
    assert_eq!(EpochCommitment::from_parts(2, *committed.as_bytes()), Ok(committed));
}

#[test]
fn refuses_a_second_key_for_one_epoch() {
    let mut held = set([key(1, 1), key(2, 2)]);
    assert_eq!(held.insert(key(2, 3)), Err(Error::WrongMembersKey));
    assert_eq!(held.insert(key(2, 2)), Ok(()), "the same once more");
    assert_eq!(held.epochs().collect::<Vec<_>>(), [1, 2]);
    assert!(held.get(2).unwrap().is(&key(2, 2)));
    assert_eq!(held.get(3).unwrap_err(), Error::MembersKeyMissing { epoch: 3 });
    // From another member: all keys, or none.
    assert_eq!(held.merge(set([key(2, 3), key(3, 4)])), Err(Error::WrongMembersKey));
    assert_eq!(held.epochs().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(held.merge(set([key(2, 2), key(3, 4)])), Ok(()));
    assert_eq!(held.epochs().collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn demands_the_key_committed_to() {
    let held = set([key(1, 1), key(2, 2)]);
    assert!(held.demanded(&EpochCommitment::default()).unwrap().is_none());
    assert_eq!(held.demanded(&key(2, 3).commitment()).unwrap_err(), Error::WrongMembersKey);
    let missing = held.demanded(&key(3, 3).commitment()).unwrap_err();
    assert_eq!(missing, Error::MembersKeyMissing { epoch: 3 });
    assert!(held.demanded(&key(2, 2).commitment()).unwrap().unwrap().is(&key(2, 2)));
}

#[test]
fn a_set_takes_so_many_epochs() {
    let mut held =
        set((1..=MEMBERS_EPOCHS as u32).map(|epoch| MembersKey::new(epoch, Secret::new([1; 32])).unwrap()));
    let one_more = || key(u32::MAX, 1);
    assert_eq!(held.insert(one_more()), Err(Error::LimitExceeded(Limit::MembersEpochs)));
    assert_eq!(held.merge(set([one_more()])), Err(Error::LimitExceeded(Limit::MembersEpochs)));
    assert_eq!(held.merge(set([MembersKey::new(5, Secret::new([1; 32])).unwrap()])), Ok(()));
}

#[test]
fn refuses_thresholds_out_of_range() {
    for (threshold, holders) in [(0, 3), (1, 3), (4, 3), (2, 1)] {
        assert_eq!(key(1, 1).split(threshold, holders, &mut rng(2)).unwrap_err(), Error::OutOfRange);
    }
    assert_eq!(key(1, 1).split(2, 255, &mut rng(2)).unwrap().len(), 255);
}

#[test]
fn refuses_wrong_shares() {
    let (split, other) = (key(4, 1), key(4, 2));
    let committed = split.commitment();
    let shares = || split.split(3, 5, &mut rng(3)).unwrap();
    let restore = |shares: &[KeyShare]| MembersKey::restore(shares, &committed).map(|key| key.is(&split));
    assert_eq!(restore(&[]), Err(Error::BackupsMissing));
    assert_eq!(restore(&shares()[..2]), Err(Error::BackupsMissing));
    // A share that is damaged, of another split of this key, of a different key, or repeated.
    let with = |at: usize, share: KeyShare| {
        let mut shares = shares();
        shares[at] = share;
        restore(&shares)
    };
    let mut damaged = shares().remove(1).to_bytes().to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let again = split.split(3, 5, &mut rng(4)).unwrap().remove(1);
    let foreign = other.split(3, 5, &mut rng(3)).unwrap().remove(1);
    let lower = split.split(2, 5, &mut rng(3)).unwrap().remove(1);
    for wrong in [KeyShare::from_bytes(&damaged).unwrap(), again, foreign, lower, shares().remove(0)] {
        assert_eq!(with(1, wrong), Err(Error::WrongMembersKey));
    }
    // Shares of a different key do not restore this one, no matter how many.
    assert_eq!(restore(&other.split(3, 5, &mut rng(3)).unwrap()), Err(Error::WrongMembersKey));
    assert_eq!(with(4, shares().remove(3)), Ok(true), "three right ones come first");
}

#[test]
fn a_repeating_generator_splits_keys_differently() {
    let second = |key: &MembersKey| key.split(2, 2, &mut rng(1)).unwrap().remove(1).to_bytes().to_vec();
    let values = |key| second(key).split_off(42);
    // If the polynomials differed only in the constant, two shares would differ as the keys do.
    let difference = |a: &[u8], b: &[u8]| a.iter().zip(b).map(|(a, b)| a ^ b).collect::<Vec<u8>>();
    let (a, b) = (key(1, 1), key(1, 2));
    let keys = difference(a.key.as_slice(), b.key.as_slice());
    let shares = difference(&values(&a), &values(&b));
    assert_ne!(shares[..16], keys[..16]);
    assert!(shares[..16].iter().any(|byte| *byte != 0), "the upper half of a value depends on the key");
    assert_eq!(values(&a), values(&a));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_threshold_of_shares_restores(
        threshold in 2u8..6,
        more in 0u8..4,
        seed in any::<u64>(),
        order in Just((0..9usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let key = key(3, seed);
        let mut shares: Vec<_> =
            key.split(threshold, threshold + more, &mut rng(seed)).unwrap().into_iter().map(Some).collect();
        let chosen: Vec<KeyShare> = order
            .into_iter()
            .filter_map(|at| shares.get_mut(at).and_then(Option::take))
            .take(threshold.into())
            .collect();
        prop_assert!(MembersKey::restore(&chosen, &key.commitment()).unwrap().is(&key));
        prop_assert_eq!(MembersKey::restore(&chosen[1..], &key.commitment()).unwrap_err(), Error::BackupsMissing);
    }
}

#[test]
fn keys_and_shares_are_not_printed() {
    let (key, share) = (key(1, 1), key(1, 1).split(2, 2, &mut rng(1)).unwrap().remove(0));
    assert_eq!(format!("{key:?}").matches("<redacted>").count(), 1);
    assert_eq!(format!("{share:?}").matches("<redacted>").count(), 2);
    assert_eq!(format!("{:?}", set([key])).matches("<redacted>").count(), 1);
}
