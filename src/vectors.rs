//! Tests the ground against published vectors: RFC 9380 (hashing to the curve), SP 800-38A
//! (AES-256-CTR), FIPS 180-4 (SHA-256), RFC 4231 (HMAC), RFC 5869 (HKDF), and the generators of
//! BLS12-381. The values are copied from the standards; none was computed with this library.

use ctr::cipher::{KeyIvInit, StreamCipher};

use crate::aead::Aes256Ctr;
use crate::curve::{G1Affine, G2Affine, PrimeCurveAffine, expand_message};
use crate::domain::{G1Tag, G2Tag, Label};
use crate::hash::{hash_to_g1, hash_to_g2, hmac, sha256};
use crate::kdf::{hkdf, kdf};

fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// The five messages of the appendices of RFC 9380.
fn rfc_9380_messages() -> [String; 5] {
    let repeated = |prefix: &str, c: &str, n| format!("{prefix}{}", c.repeat(n));
    [
        String::new(),
        "abc".into(),
        "abcdef0123456789".into(),
        repeated("q128_", "q", 128),
        repeated("a512_", "a", 512),
    ]
}

#[test]
fn rfc_9380_hashes_to_g1() {
    const DST: &[u8] = b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_";
    // P.x, P.y
    const EXPECTED: [&str; 10] = [
        "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1",
        "08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265",
        "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903",
        "0b9c15f3fe6e5cf4211f346271d7b01c8f3b28be689c8429c85b67af215533311f0b8dfaaa154fa6b88176c229f2885d",
        "11e0b079dea29a68f0383ee94fed1b940995272407e3bb916bbf268c263ddd57a6a27200a784cbc248e84f357ce82d98",
        "03a87ae2caf14e8ee52e51fa2ed8eefe80f02457004ba4d486d6aa1f517c0889501dc7413753f9599b099ebcbbd2d709",
        "15f68eaa693b95ccb85215dc65fa81038d69629f70aeee0d0f677cf22285e7bf58d7cb86eefe8f2e9bc3f8cb84fac488",
        "1807a1d50c29f430b8cafc4f8638dfeeadf51211e1602a5f184443076715f91bb90a48ba1e370edce6ae1062f5e6dd38",
        "082aabae8b7dedb0e78aeb619ad3bfd9277a2f77ba7fad20ef6aabdc6c31d19ba5a6d12283553294c1825c4b3ca2dcfe",
        "05b84ae5a942248eea39e1d91030458c40153f3b654ab7872d779ad1e942856a20c438e8d99bc8abfbf74729ce1f7ac8",
    ];
    for (message, coordinates) in rfc_9380_messages().iter().zip(EXPECTED.chunks(2)) {
        let point = hash_to_g1(G1Tag(DST), message.as_bytes());
        assert_eq!(hex::encode(point.to_uncompressed()), coordinates.concat(), "message {message}");
    }
}

#[test]
fn rfc_9380_hashes_to_g2() {
    const DST: &[u8] = b"QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_";
    // P.x = x0 + I * x1, P.y = y0 + I * y1; the byte form has the coefficient of I first
    const EXPECTED: [&str; 20] = [
        "0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a",
        "05cb8437535e20ecffaef7752baddf98034139c38452458baeefab379ba13dff5bf5dd71b72418717047f5b0f37da03d",
        "0503921d7f6a12805e72940b963c0cf3471c7b2a524950ca195d11062ee75ec076daf2d4bc358c4b190c0c98064fdd92",
        "12424ac32561493f3fe3c260708a12b7c620e7be00099a974e259ddc7d1f6395c3c811cdd19f1e8dbf3e9ecfdcbab8d6",
        "02c2d18e033b960562aae3cab37a27ce00d80ccd5ba4b7fe0e7a210245129dbec7780ccc7954725f4168aff2787776e6",
        "139cddbccdc5e91b9623efd38c49f81a6f83f175e80b06fc374de9eb4b41dfe4ca3a230ed250fbe3a2acf73a41177fd8",
        "1787327b68159716a37440985269cf584bcb1e621d3a7202be6ea05c4cfe244aeb197642555a0645fb87bf7466b2ba48",
        "00aa65dae3c8d732d10ecd2c50f8a1baf3001578f71c694e03866e9f3d49ac1e1ce70dd94a733534f106d4cec0eddd16",
        "121982811d2491fde9ba7ed31ef9ca474f0e1501297f68c298e9f4c0028add35aea8bb83d53c08cfc007c1e005723cd0",
        "190d119345b94fbd15497bcba94ecf7db2cbfd1e1fe7da034d26cbba169fb3968288b3fafb265f9ebd380512a71c3f2c",
        "05571a0f8d3c08d094576981f4a3b8eda0a8e771fcdcc8ecceaf1356a6acf17574518acb506e435b639353c2e14827c8",
        "0bb5e7572275c567462d91807de765611490205a941a5a6af3b1691bfe596c31225d3aabdf15faff860cb4ef17c7c3be",
        "19a84dd7248a1066f737cc34502ee5555bd3c19f2ecdb3c7d9e24dc65d4e25e50d83f0f77105e955d78f4762d33c17da",
        "0934aba516a52d8ae479939a91998299c76d39cc0c035cd18813bec433f587e2d7a4fef038260eef0cef4d02aae3eb91",
        "14f81cd421617428bc3b9fe25afbb751d934a00493524bc4e065635b0555084dd54679df1536101b2c979c0152d09192",
        "09bcccfa036b4847c9950780733633f13619994394c23ff0b32fa6b795844f4a0673e20282d07bc69641cee04f5e5662",
        "01a6ba2f9a11fa5598b2d8ace0fbe0a0eacb65deceb476fbbcb64fd24557c2f4b18ecfc5663e54ae16a84f5ab7f62534",
        "11fca2ff525572795a801eed17eb12785887c7b63fb77a42be46ce4a34131d71f7a73e95fee3f812aea3de78b4d01569",
        "0b6798718c8aed24bc19cb27f866f1c9effcdbf92397ad6448b5c9db90d2b9da6cbabf48adc1adf59a1a28344e79d57e",
        "03a47f8e6d1763ba0cad63d6114c0accbef65707825a511b251a660a9b3994249ae4e63fac38b23da0c398689ee2ab52",
    ];
    for (message, coordinates) in rfc_9380_messages().iter().zip(EXPECTED.chunks(4)) {
        let [x0, x1, y0, y1] = coordinates else { panic!("four for each message") };
        let point = hash_to_g2(G2Tag(DST), message.as_bytes());
        assert_eq!(hex::encode(point.to_uncompressed()), [*x1, x0, y1, y0].concat(), "message {message}");
    }
}

#[test]
fn rfc_9380_expands_messages() {
    const DST: &[u8] = b"QUUX-V01-CS02-with-expander-SHA256-128";
    const EXPECTED_32: [&str; 5] = [
        "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235",
        "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615",
        "eff31487c770a893cfb36f912fbfcbff40d5661771ca4b2cb4eafe524333f5c1",
        "b23a1d2b4d97b2ef7785562a7e8bac7eed54ed6e97e29aa51bfe3f12ddad1ff9",
        "4623227bcc01293b8c130bf771da8c298dede7383243dc0993d2d94823958c4c",
    ];
    const EXPECTED_128: [&str; 5] = [
        "af84c27ccfd45d41914fdff5df25293e221afc53d8ad2ac06d5e3e29485dadbee0d121587713a3e0dd4d5e69e93eb7cd\
         4f5df4cd103e188cf60cb02edc3edf18eda8576c412b18ffb658e3dd6ec849469b979d444cf7b26911a08e63cf31f9dc\
         c541708d3491184472c2c29bb749d4286b004ceb5ee6b9a7fa5b646c993f0ced",
        "abba86a6129e366fc877aab32fc4ffc70120d8996c88aee2fe4b32d6c7b6437a647e6c3163d40b76a73cf6a5674ef1d8\
         90f95b664ee0afa5359a5c4e07985635bbecbac65d747d3d2da7ec2b8221b17b0ca9dc8a1ac1c07ea6a1e60583e2cb00\
         058e77b7b72a298425cd1b941ad4ec65e8afc50303a22c0f99b0509b4c895f40",
        "ef904a29bffc4cf9ee82832451c946ac3c8f8058ae97d8d629831a74c6572bd9ebd0df635cd1f208e2038e760c499498\
         4ce73f0d55ea9f22af83ba4734569d4bc95e18350f740c07eef653cbb9f87910d833751825f0ebefa1abe5420bb52be1\
         4cf489b37fe1a72f7de2d10be453b2c9d9eb20c7e3f6edc5a60629178d9478df",
        "80be107d0884f0d881bb460322f0443d38bd222db8bd0b0a5312a6fedb49c1bbd88fd75d8b9a09486c60123dfa1d73c1\
         cc3169761b17476d3c6b7cbbd727acd0e2c942f4dd96ae3da5de368d26b32286e32de7e5a8cb2949f866a0b80c58116b\
         29fa7fabb3ea7d520ee603e0c25bcaf0b9a5e92ec6a1fe4e0391d1cdbce8c68a",
        "546aff5444b5b79aa6148bd81728704c32decb73a3ba76e9e75885cad9def1d06d6792f8a7d12794e90efed817d96920\
         d728896a4510864370c207f99bd4a608ea121700ef01ed879745ee3e4ceef777eda6d9e5e38b90c86ea6fb0b36504ba4\
         a45d22e86f6db5dd43d98a294bebb9125d5b794e9d2a81181066eb954966a487",
    ];
    for (message, (short, long)) in rfc_9380_messages().iter().zip(EXPECTED_32.iter().zip(EXPECTED_128)) {
        assert_eq!(hex::encode(*expand_message::<32>(message.as_bytes(), DST)), *short);
        assert_eq!(hex::encode(*expand_message::<128>(message.as_bytes(), DST)), long);
    }
}

/// The compressed generators of the groups, as the draft on pairing-friendly curves and
/// other libraries write them.
#[test]
fn generators_are_those_of_bls12_381() {
    assert_eq!(
        hex::encode(G1Affine::generator().to_compressed()),
        "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
    );
    assert_eq!(
        hex::encode(G2Affine::generator().to_compressed()),
        "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e\
         024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
    );
}

#[test]
fn sp_800_38a_aes_256_ctr() {
    let key: [u8; 32] =
        unhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4").try_into().unwrap();
    let counter: [u8; 16] = unhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff").try_into().unwrap();
    let plaintext = unhex(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
    );
    let ciphertext = unhex(
        "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5\
         2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6",
    );
    let mut data = plaintext.clone();
    Aes256Ctr::new(&key.into(), &counter.into()).apply_keystream(&mut data);
    assert_eq!(data, ciphertext);
    Aes256Ctr::new(&key.into(), &counter.into()).apply_keystream(&mut data);
    assert_eq!(data, plaintext);
}

#[test]
fn fips_180_4_sha_256() {
    let million = vec![b'a'; 1_000_000];
    let cases: [(&[u8], &str); 4] = [
        (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
        (&million, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ];
    for (message, digest) in cases {
        assert_eq!(hex::encode(sha256(&[message])), digest);
        let (head, tail) = message.split_at(message.len() / 3);
        assert_eq!(hex::encode(sha256(&[head, tail])), digest);
    }
}

/// Our keys have 32 bytes. HMAC pads a shorter key with zeros, and first hashes a key that is
/// longer than a block, so a 32-byte key can express every case of the RFC.
#[test]
fn rfc_4231_hmac_sha_256() {
    let key = |bytes: &[u8]| -> [u8; 32] {
        if bytes.len() > 64 {
            return sha256(&[bytes]);
        }
        let mut key = [0; 32];
        key[..bytes.len()].copy_from_slice(bytes);
        key
    };
    let counting: Vec<u8> = (1..=25).collect();
    let (dd, cd) = ([0xdd; 50], [0xcd; 50]);
    let cases: [(&[u8], &[u8], &str); 7] = [
        (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (&[0xaa; 20], &dd, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (&counting, &cd, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        // printed truncated to 128 bits
        (&[0x0c; 20], b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            &[0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (bytes, message, expected) in cases {
        let mac = hex::encode(hmac(&key(bytes), &[message]));
        assert!(mac.starts_with(expected), "{}", message.escape_ascii());
    }
}

#[test]
fn rfc_5869_appendix_a_hkdf_sha_256() {
    let range = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();

    // A.1; the salt is text, so it can be the label of the crate's own function
    let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
    let label = Label("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c");
    assert_eq!(hex::encode(*kdf::<42>(&[0x0b; 22], label, &range(0xf0, 0xf9))), expected);

    // A.2
    let okm = hkdf::<82>(&range(0x00, 0x4f), &range(0x60, 0xaf), &range(0xb0, 0xff));
    assert_eq!(
        hex::encode(*okm),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09\
         da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
    );

    // A.3
    let expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
    assert_eq!(hex::encode(*hkdf::<42>(&[0x0b; 22], b"", b"")), expected);
}
