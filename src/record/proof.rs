//! Proves that one chunk belongs to a sealed record, given its digest and no key.

use std::io::Read;
use std::ops::{ControlFlow, Range};

use super::chunk::leaf_of;
use super::digest::RecordDigest;
use super::header::{Header, Layout, PREFIX_BYTES, TAG_BYTES};
use super::pipeline::Source;
use super::stream::{read_header, read_leaves};
use crate::codec::{Kind, Object, Reader, Writer};
use crate::error::Error;
use crate::merkle::{InclusionProof, Tree};
use crate::threads::Threads;

/// The tree of a record's digest, which proves chunks. It takes 64 bytes for each chunk.
///
/// An object store can make one from a sealed record in a single pass, and then answer an
/// auditor who asks for a chunk.
#[derive(Debug)]
pub struct ChunkTree {
    header: Header,
    length: u64,
    tree: Tree,
}

impl ChunkTree {
    /// Reads a sealed record until the reader's end, as [`RecordDigest::of_stream`] does.
    ///
    /// # Errors
    /// As [`RecordDigest::of_stream`].
    pub fn of_stream(
        reader: impl Read,
        threads: Threads,
        progress: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Self, Error> {
        let mut source = Source::new(reader);
        let header = read_header(&mut source)?;
        let mut tree = Tree::new();
        let length = read_leaves(&mut source, &header, threads, progress, |leaf| _ = tree.append_leaf(leaf))?;
        Ok(Self { header, length, tree })
    }

    /// Returns the record's digest.
    #[must_use]
    pub fn digest(&self) -> RecordDigest {
        RecordDigest::compute(&self.header, self.length, &self.tree.root())
    }

    /// Returns the number of chunks of the record.
    #[must_use]
    pub fn chunks(&self) -> u64 {
        self.tree.size()
    }

    /// Proves the chunk at `index`, counted from zero.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is none.
    pub fn prove(&self, index: u64) -> Result<ChunkProof, Error> {
        let inclusion = self.tree.prove_inclusion(index, self.tree.size())?;
        Ok(ChunkProof { header: self.header, length: self.length, inclusion })
    }
}

/// Proves that a chunk, with its tag, belongs to the sealed record with a given digest. It holds
/// an [`InclusionProof`] whose size is the number of chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkProof {
    header: Header,
    length: u64,
    inclusion: InclusionProof,
}

impl ChunkProof {
    /// Returns the index of the chunk, counted from zero.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.inclusion.index()
    }

    /// Returns the range of the chunk and its tag in the sealed record, in
    /// bytes from its beginning.
    #[must_use]
    pub fn sealed_range(&self) -> Range<u64> {
        let (start, size) = (self.index() * self.chunk_bytes(), self.chunk_bytes());
        let tags = self.index() * TAG_BYTES as u64;
        let place = PREFIX_BYTES as u64 + tags + start;
        place..place + size.min(self.length - start) + TAG_BYTES as u64
    }

    fn chunk_bytes(&self) -> u64 {
        self.header.chunk_size.bytes() as u64
    }

    /// Verifies that `sealed_chunk`, the bytes at [`sealed_range`](Self::sealed_range), belongs to
    /// the sealed record of this digest at this index. Does not show whether the chunk opens.
    ///
    /// # Errors
    /// [`Error::InvalidProof`] if it does not belong there.
    pub fn verify(&self, digest: &RecordDigest, sealed_chunk: &[u8]) -> Result<(), Error> {
        let place = self.sealed_range();
        let (chunk, tag) = sealed_chunk.split_last_chunk().ok_or(Error::InvalidProof)?;
        let root = self.inclusion.root(leaf_of(chunk, tag))?;
        let proved = sealed_chunk.len() as u64 == place.end - place.start
            && *digest == RecordDigest::compute(&self.header, self.length, &root);
        if proved { Ok(()) } else { Err(Error::InvalidProof) }
    }
}

impl Object for ChunkProof {
    const KIND: Kind = Kind::ChunkProof;

    fn write(&self, w: &mut Writer) {
        w.raw(&self.header.to_bytes());
        w.u64(self.length);
        self.inclusion.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let header = Header::read(r)?;
        let length = r.u64()?;
        let inclusion = InclusionProof::read(r)?;
        // No sum of sizes overflows 64 bits, and the tree has a leaf for each chunk.
        header.chunk_size.sealed_length(length)?;
        if inclusion.size() != Layout::of_record(length, header.chunk_size).chunks {
            return Err(Error::InvalidField);
        }
        Ok(Self { header, length, inclusion })
    }
}
