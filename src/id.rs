//! Ids, digests and hashes: public bytes of a fixed length. Their text is lower-case hexadecimal.

use core::fmt;

use crate::error::Error;

/// Defines such a type, with its operations.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident: $count:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; Self::BYTES]);

        impl $name {
            /// The number of bytes.
            pub const BYTES: usize = $count;

            /// Returns the bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; Self::BYTES] {
                &self.0
            }
        }

        impl $crate::codec::Part for $name {
            fn write(&self, w: &mut $crate::codec::Writer) {
                w.raw(&self.0);
            }

            fn read(r: &mut $crate::codec::Reader<'_>) -> Result<Self, $crate::error::Error> {
                r.array().map(Self)
            }
        }

        impl From<[u8; Self::BYTES]> for $name {
            fn from(bytes: [u8; Self::BYTES]) -> Self {
                Self(bytes)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::id::write(f, &self.0)
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::error::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::id::read(text).map(Self)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}
pub(crate) use id;

pub(crate) fn write(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Parses the only text of the bytes. Upper-case digits are refused.
pub(crate) fn read<const N: usize>(text: &str) -> Result<[u8; N], Error> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(Error::InvalidText),
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return Err(Error::InvalidText);
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use crate::error::Error;
    use crate::identity::CertificateSerial;

    #[test]
    fn reads_the_text_that_it_writes() {
        let serial = CertificateSerial::from(*b"\0\x9a\xff_____________");
        let text = "009aff5f5f5f5f5f5f5f5f5f5f5f5f5f";
        assert_eq!((serial.to_string().as_str(), text.parse()), (text, Ok(serial)));
        assert_eq!(format!("{serial:?}"), format!("CertificateSerial({text})"));
        let wrong = ["", &text[1..], &text[2..], &format!("{text}00"), &text.to_uppercase()];
        let other = ["g", " ", "+", "é"].map(|c| format!("{}{c}", &text[c.len()..]));
        for wrong in wrong.into_iter().chain(other.iter().map(String::as_str)) {
            assert_eq!(wrong.parse::<CertificateSerial>(), Err(Error::InvalidText), "{wrong}");
        }
    }
}
