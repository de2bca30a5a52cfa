//! Byte forms: strict, canonical, and no element that is not allowed.

use super::*;

#[test]
fn every_object_survives_its_byte_form() {
    let world = &mut World::new(6);
    let master = MasterKey::from_bytes(&world.master.to_bytes()).unwrap();
    assert_eq!(master.public_key(), world.public);
    assert_eq!(PublicKey::from_bytes(&world.public.to_bytes()).unwrap(), world.public);
    assert_eq!((world.master.to_bytes().len(), world.public.to_bytes().len()), (68, 148));
    let kappa = KeywordKey::from_bytes(&world.kappa.to_bytes()).unwrap();
    let key = master.issue(&attributes("a"), &kappa, &mut world.rng).unwrap();
    let key = SearchKey::from_bytes(&key.to_bytes()).unwrap();
    key.verify(&world.public).unwrap();
    let trapdoor = PreparedTrapdoor::new(&key.trapdoor(&keyword("x"), &mut world.rng).unwrap()).unwrap();
    assert!(trapdoor.matches(&world.index("x", "a")).unwrap());
}

/// Decodes, checks everything that is decoded lazily, encodes.
fn recode(object: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    Ok(match object {
        "master key" => MasterKey::from_bytes(bytes)?.to_bytes().to_vec(),
        "public key" => PublicKey::from_bytes(bytes)?.to_bytes(),
        "keyword key" => KeywordKey::from_bytes(bytes)?.to_bytes().to_vec(),
        "search key" => SearchKey::from_bytes(bytes)?.to_bytes().to_vec(),
        "trapdoor" => Trapdoor::from_bytes(bytes)?.to_bytes(),
        _ => {
            let index = RecordIndex::from_bytes(bytes)?;
            index.validate()?;
            index.to_bytes()
        }
    })
}

/// Every object's bytes, with the sizes of the group elements that stand at their end.
fn objects(world: &mut World) -> Vec<(&'static str, Vec<u8>, Vec<usize>)> {
    let part = [96, 48, 48, 48, 48];
    vec![
        ("master key", world.master.to_bytes().to_vec(), vec![]),
        ("public key", world.public.to_bytes(), vec![48, 96]),
        ("keyword key", world.kappa.to_bytes().to_vec(), vec![]),
        ("search key", world.key("a, b").to_bytes().to_vec(), [part, part].concat()),
        ("trapdoor", world.trapdoor("a, b", "x").to_bytes(), vec![48, 96, 96, 48, 48]),
        (
            "index",
            world.index_of(&["x", "y"], "a and b or a", Padding::None).to_bytes(),
            [96, 48, 96, 96, 48, 48, 48].repeat(2),
        ),
    ]
}

#[test]
fn damaged_bytes_are_refused_with_a_clear_error() {
    let world = &mut World::new(14);
    for (name, bytes, _) in objects(world) {
        assert_eq!(recode(name, &bytes).unwrap(), bytes, "{name}");
        for end in 0..bytes.len() {
            assert_eq!(recode(name, &bytes[..end]).unwrap_err(), Error::Truncated, "{name}: {end}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(recode(name, &longer).unwrap_err(), Error::TrailingBytes, "{name}");
        for (at, error) in [(0, Error::WrongMagic), (2, Error::UnsupportedVersion), (3, Error::WrongKind)] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x80;
            assert_eq!(recode(name, &damaged).unwrap_err(), error, "{name}");
        }
    }
    for (part, value) in [(4, [0; 32]), (36, [0; 32]), (4, [0xff; 32]), (36, [0xff; 32])] {
        let mut bytes = world.master.to_bytes().to_vec();
        bytes[part..part + 32].copy_from_slice(&value);
        assert_eq!(recode("master key", &bytes).unwrap_err(), Error::InvalidScalar);
    }
}

/// The identity, a point outside the subgroup and a point off the curve, compressed to `size` bytes.
pub(super) fn bad_points(size: usize) -> [(Vec<u8>, Error); 3] {
    let decode = |bytes: &[u8]| match size {
        48 => decode_g1(bytes.try_into().unwrap()).map(drop),
        _ => decode_g2(bytes.try_into().unwrap()).map(drop),
    };
    let with_x = |x: u8| {
        let mut bytes = vec![0; size];
        (bytes[0], bytes[size - 1]) = (0x80, x);
        bytes
    };
    let find = |error: Error| (0..=255).map(with_x).find(|b| decode(b) == Err(error)).unwrap();
    let mut identity = vec![0; size];
    identity[0] = 0xc0;
    [
        (identity, Error::IdentityPoint),
        (find(Error::PointNotInSubgroup), Error::PointNotInSubgroup),
        (find(Error::InvalidPoint), Error::InvalidPoint),
    ]
}

#[test]
fn no_element_may_be_the_identity_or_a_foreign_point() {
    let world = &mut World::new(15);
    for (name, bytes, sizes) in objects(world) {
        let mut at = bytes.len() - sizes.iter().sum::<usize>();
        for size in sizes {
            for (point, error) in bad_points(size) {
                let mut damaged = bytes.clone();
                damaged[at..at + size].copy_from_slice(&point);
                assert_eq!(recode(name, &damaged).unwrap_err(), error, "{name}: at {at}");
            }
            at += size;
        }
    }
}

#[test]
fn matching_checks_every_element_that_it_uses() {
    // Without the checks, `c1 = O` (and the rest to suit) would match everything, `c2_j = O` need no attribute.
    let world = &mut World::new(16);
    let index = world.index("x", "a or b").to_bytes();
    let (using_a, using_b) = (world.prepared("a", "x"), world.prepared("b", "x"));
    let unsatisfied = world.prepared("c", "x");
    // c1, E, c2_0, c3_0, c3_1
    let mut at = index.len() - (96 + 48 + 96 + 48 + 48);
    for (element, size) in [("c1", 96), ("E", 48), ("c2_0", 96), ("c3_0", 48), ("c3_1", 48)] {
        for (point, error) in bad_points(size) {
            let mut damaged = index.clone();
            damaged[at..at + size].copy_from_slice(&point);
            let damaged = RecordIndex::from_bytes(&damaged).unwrap();
            assert_eq!(damaged.validate().unwrap_err(), error, "{element}");
            let expect = |used: bool| if used { Err(error) } else { Ok(true) };
            assert_eq!(using_a.matches(&damaged), expect(element != "c3_1"), "{element}");
            assert_eq!(using_b.matches(&damaged), expect(element != "c3_0"), "{element}");
            assert_eq!(unsatisfied.matches(&damaged), Ok(false), "nothing is touched");
        }
        at += size;
    }
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
    assert_eq!(recode("trapdoor", &trapdoor).unwrap(), trapdoor);
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
        assert_eq!(recode("trapdoor", &damaged).unwrap_err(), error, "byte {at}");
    }

    // flag (1), bits (1), period (4), count (4), value (2), elements
    let made = world.public.index_record(
        &world.kappa,
        &[keyword("x")],
        &policy("a"),
        IndexOptions::default().padding(Padding::None).hints(hints(4, 1)),
        &mut world.rng,
    );
    let index = made.unwrap().to_bytes();
    assert_eq!(recode("index", &index).unwrap(), index);
    let value = index.len() - (96 + 48 + 96 + 48) - 2;
    for (at, byte) in [(value - 10, 2), (value - 9, 17), (value, 1), (value + 1, 0x10)] {
        let mut damaged = index.clone();
        damaged[at] = byte;
        assert_eq!(recode("index", &damaged).unwrap_err(), Error::InvalidField, "byte {at}");
    }
}
