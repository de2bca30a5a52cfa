//! Byte forms.

use super::*;

fn recode_trapdoor(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    Trapdoor::from_bytes(bytes).map(|trapdoor| trapdoor.to_bytes())
}

#[test]
fn sizes_of_a_trapdoor_come_before_points() {
    let world = &mut World::new(25);
    let key = world.key("a, ward=b");
    let genuine = key.trapdoor(&keyword("x"), key.attributes(), &mut world.rng).unwrap().to_bytes();
    assert_eq!(recode_trapdoor(&genuine).unwrap(), genuine);
    let mut spoilt = genuine.clone();
    // T0, before T2, T3, a point for each attribute and, after a flag, one for the text of `ward`.
    let first = genuine.len() - (48 + 96 + 96 + 2 * 48 + 1 + 48);
    spoilt[first..first + 48].fill(0xff);
    assert_eq!(recode_trapdoor(&spoilt).unwrap_err(), Error::InvalidPoint);
    assert_eq!(recode_trapdoor(&spoilt[..spoilt.len() - 1]).unwrap_err(), Error::Truncated);
    assert_eq!(recode_trapdoor(&[&*spoilt, &[0]].concat()).unwrap_err(), Error::TrailingBytes);
}

#[test]
fn hints_are_decoded_strictly() {
    let world = &mut World::new(24);
    let key = world.key("a");
    let hints = |bits: u8, period: u32| Hints::new(bits, period).unwrap();
    let ask = |asked: &[Hints], world: &mut World| {
        key.trapdoor_hinted(&keyword("x"), key.attributes(), asked, &mut world.rng)
    };
    assert_eq!(ask(&[hints(4, 2), hints(4, 1)], world).unwrap_err(), Error::NotSorted);
    assert_eq!(ask(&[hints(4, 1), hints(5, 1)], world).unwrap_err(), Error::NotSorted);
    let many: Vec<Hints> = (0..257).map(|period| hints(4, period)).collect();
    let refused = Error::LimitExceeded(Limit::HintedPeriods);
    assert_eq!(ask(&many, world).unwrap_err(), refused);
    assert!(ask(&many[1..], world).is_ok());

    // count (4), bits (1), period (4), value (2), bits, period, value, elements
    let trapdoor = ask(&[hints(4, 1), hints(4, 2)], world).unwrap().to_bytes();
    assert_eq!(recode_trapdoor(&trapdoor).unwrap(), trapdoor);
    let first = trapdoor.len() - (48 + 96 + 96 + 48) - 14;
    for (at, value, error) in [
        (first - 2, 0xff, refused),
        (first, 17, Error::InvalidField),
        (first + 5, 1, Error::InvalidField),
        (first + 6, 0x10, Error::InvalidField),
        (first + 4, 2, Error::NotSorted),
        (first + 4, 3, Error::NotSorted),
    ] {
        let mut damaged = trapdoor.clone();
        damaged[at] = value;
        assert_eq!(recode_trapdoor(&damaged).unwrap_err(), error, "byte {at}");
    }
}
