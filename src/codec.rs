//! The canonical byte form of every object: `"MS" || version || kind || fields`.
//!
//! Decoding is strict: for all bytes `b` that decode, `encode(decode(b)) == b`. Lengths and
//! counts are checked against their limits and against the number of remaining bytes before
//! anything is allocated.

use zeroize::{Zeroize, Zeroizing};

use crate::curve::{
    self, G1_BYTES, G1Affine, G2_BYTES, G2Affine, SCALAR_BYTES, Scalar, SecretG2, SecretScalar,
};
use crate::error::Error;
use crate::limits::Limit;
use crate::secret::Secret;

/// The first two bytes of every object.
const MAGIC: [u8; 2] = *b"MS";
/// The format version.
const VERSION: u8 = 1;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $name:ident $row:tt,)*) => {
        /// The kind of an encoded object. The numbers are part of the wire format.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind {
            $($(#[doc = $doc])+ $(#[cfg(feature = $feature)])? $name = $number,)*
        }
    };
}
crate::objects::objects!(kinds);

/// An object with a canonical byte form.
pub(crate) trait Object: Sized {
    const KIND: Kind;
    /// Writes the fields after the header.
    fn write(&self, w: &mut Writer);
    /// Reads the fields after the header.
    fn read(r: &mut Reader<'_>) -> Result<Self, Error>;

    /// Returns the fields without the header.
    fn fields(&self) -> Writer {
        Writer::of(|w| self.write(w))
    }
}

/// A part of an object, without a header.
pub(crate) trait Part: Sized {
    fn write(&self, w: &mut Writer);
    fn read(r: &mut Reader<'_>) -> Result<Self, Error>;
}

/// Defines the byte form of an object, or of a part of one: its fields one after the other. A field
/// without a type is bytes after their length, with the most bytes and their limit in brackets.
macro_rules! fields {
    (Object for $type:ident { $($fields:tt)* }) => {
        impl $crate::codec::Object for $type {
            const KIND: $crate::codec::Kind = $crate::codec::Kind::$type;
            $crate::codec::fields!(@ $($fields)*);
        }
    };
    (Part for $type:ident { $($fields:tt)* }) => {
        impl $crate::codec::Part for $type {
            $crate::codec::fields!(@ $($fields)*);
        }
    };
    (@ $($field:tt $(: $Field:ty)? $([$most:expr, $limit:ident])?),* $(,)?) => {
        fn write(&self, w: &mut $crate::codec::Writer) {
            $(
                $(<$Field>::write(&self.$field, w);)?
                $(w.limited(&self.$field, $most);)?
            )*
        }

        fn read(r: &mut $crate::codec::Reader<'_>) -> Result<Self, $crate::error::Error> {
            Ok(Self {
                $($field: {
                    $(<$Field>::read(r)?)?
                    $(r.var($most, $crate::limits::Limit::$limit)?.to_vec())?
                },)*
            })
        }
    };
}
pub(crate) use fields;

/// Implements [`Part`] with a method of the writer, and one of the same name of the reader.
macro_rules! part {
    ($($type:ty: |$value:ident| $method:ident($argument:expr);)*) => {
        $(impl Part for $type {
            fn write(&self, w: &mut Writer) {
                let $value = self;
                w.$method($argument);
            }

            fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
                r.$method()
            }
        })*
    };
}

part! {
    bool: |flag| flag(*flag);
    u32: |number| u32(*number);
    u64: |number| u64(*number);
    G1Affine: |point| g1(point);
    G2Affine: |point| g2(point);
}

impl Part for SecretG2 {
    fn write(&self, w: &mut Writer) {
        w.g2(self);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.g2().map(Self::new)
    }
}

impl<const N: usize> Part for [u8; N] {
    fn write(&self, w: &mut Writer) {
        w.raw(self);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array()
    }
}

/// A flag, 1 if an object follows.
impl<T: Object> Part for Option<T> {
    fn write(&self, w: &mut Writer) {
        w.flag(self.is_some());
        self.iter().for_each(|object| object.write(w));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.flag()?.then(|| T::read(r)).transpose()
    }
}

pub(crate) fn encode<T: Object>(object: &T) -> Vec<u8> {
    let mut w = Writer::new();
    w.header(T::KIND);
    object.write(&mut w);
    w.into_vec()
}

pub(crate) fn decode<T: Object>(bytes: &[u8]) -> Result<T, Error> {
    Reader::whole(bytes, |r| {
        r.header(T::KIND)?;
        T::read(r)
    })
}

/// Builds an injective encoding. Its memory is wiped when it is reallocated or dropped.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new() -> Self {
        Self(Vec::with_capacity(256))
    }

    /// Returns a writer after these writes.
    pub(crate) fn of(write: impl FnOnce(&mut Self)) -> Self {
        let mut w = Self::new();
        write(&mut w);
        w
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn into_vec(mut self) -> Vec<u8> {
        core::mem::take(&mut self.0)
    }

    pub(crate) fn header(&mut self, kind: Kind) {
        self.raw(&MAGIC);
        self.u8(VERSION);
        self.u8(kind as u8);
    }

    /// Writes bytes whose length is fixed by the format.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        if self.0.capacity() - self.0.len() < bytes.len() {
            let mut grown = Vec::with_capacity((self.0.len() + bytes.len()).max(self.0.capacity() * 2));
            grown.extend_from_slice(&self.0);
            core::mem::replace(&mut self.0, grown).zeroize();
        }
        self.0.extend_from_slice(bytes);
    }

    /// Writes bytes, preceded by their length. The callers' limits keep every length below 2^32.
    pub(crate) fn var(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.raw(bytes);
    }

    /// Writes at most `most` bytes, preceded by their length.
    pub(crate) fn limited(&mut self, bytes: &[u8], most: usize) {
        debug_assert!(bytes.len() <= most);
        self.var(bytes);
    }

    /// Writes a number of items. The callers' limits keep it below 2^32.
    pub(crate) fn count(&mut self, count: usize) {
        debug_assert!(u32::try_from(count).is_ok());
        self.u32(count as u32);
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.raw(&[value]);
    }

    pub(crate) fn flag(&mut self, value: bool) {
        self.u8(value.into());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.raw(&value.to_be_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.raw(&value.to_be_bytes());
    }

    /// Writes a point, which may belong to a key.
    pub(crate) fn g1(&mut self, point: &G1Affine) {
        self.raw(Secret::new(point.to_compressed()).as_slice());
    }

    pub(crate) fn g2(&mut self, point: &G2Affine) {
        self.raw(Secret::new(point.to_compressed()).as_slice());
    }

    /// Writes a scalar as 32 bytes, big-endian.
    pub(crate) fn scalar(&mut self, scalar: &Scalar) {
        self.raw(Secret::new(scalar.to_bytes_be()).as_slice());
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Reads an encoding from a slice, and never past its end.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Reads all of these bytes.
    pub(crate) fn whole<T>(
        bytes: &'a [u8],
        read: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut r = Self::new(bytes);
        let whole = read(&mut r)?;
        r.finish()?;
        Ok(whole)
    }

    pub(crate) fn header(&mut self, kind: Kind) -> Result<(), Error> {
        if self.array()? != MAGIC {
            return Err(Error::WrongMagic);
        }
        if self.u8()? != VERSION {
            return Err(Error::UnsupportedVersion);
        }
        if self.u8()? != kind as u8 {
            return Err(Error::WrongKind);
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::TrailingBytes) }
    }

    pub(crate) fn remaining(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn raw(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(Error::Truncated)?;
        self.0 = tail;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (head, tail) = self.0.split_first_chunk().ok_or(Error::Truncated)?;
        self.0 = tail;
        Ok(*head)
    }

    /// Reads at most `most` bytes, preceded by their length.
    pub(crate) fn var(&mut self, most: usize, limit: Limit) -> Result<&'a [u8], Error> {
        let length = self.count(most, limit)?;
        self.raw(length)
    }

    /// Reads UTF-8 text of at most `most` bytes, preceded by its length in bytes.
    pub(crate) fn text(&mut self, most: usize, limit: Limit) -> Result<&'a str, Error> {
        core::str::from_utf8(self.var(most, limit)?).map_err(|_| Error::InvalidText)
    }

    /// Reads a number of items, at most `most`.
    pub(crate) fn count(&mut self, most: usize, limit: Limit) -> Result<usize, Error> {
        let count = self.u32()? as usize;
        if count > most { Err(Error::LimitExceeded(limit)) } else { Ok(count) }
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Error> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Error> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Error> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    /// Reads a byte that must be 0 or 1.
    pub(crate) fn flag(&mut self) -> Result<bool, Error> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Error::InvalidField),
        }
    }

    /// Reads a point of the prime-order subgroup other than the identity.
    pub(crate) fn g1(&mut self) -> Result<G1Affine, Error> {
        curve::decode_g1(&self.array::<G1_BYTES>()?)
    }

    /// Reads a point of the prime-order subgroup other than the identity.
    pub(crate) fn g2(&mut self) -> Result<G2Affine, Error> {
        curve::decode_g2(&self.array::<G2_BYTES>()?)
    }

    /// Reads a scalar below the group order.
    pub(crate) fn scalar(&mut self) -> Result<SecretScalar, Error> {
        let bytes = Secret::new(self.array::<SCALAR_BYTES>()?);
        let scalar = Scalar::from_bytes_be(&bytes);
        Option::<Scalar>::from(scalar).map(Secret::new).ok_or(Error::InvalidScalar)
    }

    /// Reads a scalar below the group order other than zero.
    pub(crate) fn nonzero_scalar(&mut self) -> Result<SecretScalar, Error> {
        use crate::curve::Field;
        let scalar = self.scalar()?;
        if bool::from(scalar.is_zero()) { Err(Error::InvalidScalar) } else { Ok(scalar) }
    }

    pub(crate) fn secret<const N: usize>(&mut self) -> Result<Secret<[u8; N]>, Error> {
        Ok(Secret::new(self.array()?))
    }

    /// Reads secret bytes, preceded by their length.
    pub(crate) fn secret_var(&mut self, most: usize, limit: Limit) -> Result<Zeroizing<Vec<u8>>, Error> {
        Ok(Zeroizing::new(self.var(most, limit)?.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_scalar_is_read() {
        // The group order less one. Lines of `tests/reject` refuse the order and zero.
        let most = hex::decode("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000").unwrap();
        let scalar = Reader::new(&most).nonzero_scalar().unwrap();
        assert_eq!(Writer::of(|w| w.scalar(&scalar)).as_slice(), most);
    }

    #[test]
    fn growing_writers_keep_their_contents() {
        let mut w = Writer::new();
        for i in 0..1000u32 {
            w.u32(i);
        }
        let bytes = w.into_vec();
        assert!((0..1000u32).all(|i| bytes[i as usize * 4..][..4] == i.to_be_bytes()));
    }
}
