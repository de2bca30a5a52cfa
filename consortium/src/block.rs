//! A block: the items that become final together, under a header with which anyone can verify a
//! head.
//!
//! ```text
//! block      = header || count (u32) || for each item: u32 length || item
//! header     = parent (32) || height (u64) || epoch (u64) || validators (u32) || items (32) || head after it (40)
//! digest     = SHA-256("medseal-consortium/header/1" || header)
//! items      = SHA-256("medseal-consortium/items/1" || for each item: u32 length || item)
//! head       = size (u64) || root of the Merkle tree (RFC 9162) over all items of the ledger up to this block's last
//! block 0    : parent = ledger id, the one item is the first charter
//! ```
//! Integers are big-endian. `validators` is the number of the charter whose
//! validators decide in this epoch.
//!
//! The engine's validators sign the digest. It covers only the header, so the header and the
//! signatures prove a head without the items. The header contains the hash of the items, which
//! decoding checks: a digest determines its block.
//!
//! A block contains entries, or a single charter, or nothing: empty blocks show that an idle ledger
//! is alive.

use commonware_codec::{Buf, EncodeSize, Error as CodecError, FixedSize as _, Read, ReadExt as _, Write};
use commonware_consensus::types::Height;
use commonware_consensus::{BoundedBlock, Heightable};
use commonware_cryptography::{Digestible, Hasher as _, Sha256, sha256};
use medseal::ledger::{Charter, LedgerId};
use medseal::merkle::{Frontier, Head};

/// The greatest length in bytes of an entry or charter on this ledger.
pub const ITEM_BYTES: usize = 1 << 20;
/// The greatest number of items in a block.
pub const BLOCK_ITEMS: usize = 256;
/// The greatest total length in bytes of a block's items.
pub const BLOCK_BYTES: usize = 2 << 20;

/// Identifies a block in a certificate or another block.
pub(crate) type Digest = sha256::Digest;

/// A block's header, which describes the ledger up to this block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The digest of the previous block; for block 0 the ledger's id.
    pub parent: [u8; 32],
    /// Its number, from zero.
    pub height: u64,
    /// The block's consensus epoch.
    pub epoch: u64,
    /// The number of the charter whose validators decide in this epoch.
    pub validators: u32,
    /// The hash of its items.
    pub items: [u8; 32],
    /// The ledger's head when this block is its last.
    pub head: Head,
}

impl Header {
    /// The length of a header in bytes.
    pub const BYTES: usize = 32 + 8 + 8 + 4 + 32 + Head::BYTES;

    /// The header's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.extend(self.parent);
        bytes.extend(self.height.to_be_bytes());
        bytes.extend(self.epoch.to_be_bytes());
        bytes.extend(self.validators.to_be_bytes());
        bytes.extend(self.items);
        bytes.extend(self.head.to_bytes());
        bytes
    }

    /// The hash of the header, which the validators sign.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digested().0
    }

    pub(crate) fn digested(&self) -> Digest {
        Sha256::hash(&[b"medseal-consortium/header/1", &self.to_bytes()])
    }

    pub(crate) fn read(r: &mut impl Buf) -> Result<Self, CodecError> {
        Ok(Self {
            parent: <[u8; 32]>::read(r)?,
            height: u64::read(r)?,
            epoch: u64::read(r)?,
            validators: u32::read(r)?,
            items: <[u8; 32]>::read(r)?,
            head: Head::from_bytes(&<[u8; Head::BYTES]>::read(r)?)
                .map_err(|_| CodecError::Invalid("header", "the head is malformed"))?,
        })
    }
}

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    header: Header,
    items: Vec<Vec<u8>>,
}

impl Block {
    /// Block 0, which contains the ledger's first charter.
    #[must_use]
    pub fn genesis(first: &Charter) -> Self {
        let (ledger, items): (LedgerId, _) = (first.ledger(), vec![first.to_bytes()]);
        let mut tree = Frontier::new();
        tree.append(&first.to_bytes());
        let (head, hash) = (tree.head(), items_hash(&items));
        let header =
            Header { parent: *ledger.as_bytes(), height: 0, epoch: 0, validators: 1, items: hash, head };
        Self { header, items }
    }

    /// The block that follows another, with the ledger's head after it.
    #[must_use]
    pub fn following(parent: &Self, epoch: u64, validators: u32, items: Vec<Vec<u8>>, head: Head) -> Self {
        let (height, hash) = (parent.header.height.saturating_add(1), items_hash(&items));
        let parent = parent.header.digest();
        Self { header: Header { parent, height, epoch, validators, items: hash, head }, items }
    }

    /// Its header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The bytes of its entries, or of its charter.
    #[must_use]
    pub fn items(&self) -> &[Vec<u8>] {
        &self.items
    }
}

/// The hash of a block's items, which the header contains.
fn items_hash(items: &[Vec<u8>]) -> [u8; 32] {
    let mut hasher = Sha256::default();
    hasher.update(b"medseal-consortium/items/1");
    for item in items {
        hasher.update(&(item.len() as u32).to_be_bytes());
        hasher.update(item);
    }
    hasher.finalize().1.0
}

impl Write for Block {
    fn write(&self, w: &mut impl bytes::BufMut) {
        w.put_slice(&self.header.to_bytes());
        (self.items.len() as u32).write(w);
        for item in &self.items {
            (item.len() as u32).write(w);
            w.put_slice(item);
        }
    }
}

impl EncodeSize for Block {
    fn encode_size(&self) -> usize {
        Header::BYTES + 4 + self.items.iter().map(|item| 4 + item.len()).sum::<usize>()
    }
}

impl Read for Block {
    type Cfg = ();

    fn read_cfg(r: &mut impl Buf, (): &()) -> Result<Self, CodecError> {
        let header = Header::read(r)?;
        let count = u32::read(r)? as usize;
        if count > BLOCK_ITEMS {
            return Err(CodecError::Invalid("block", "it has too many items"));
        }
        let (mut items, mut bytes) = (Vec::with_capacity(count), 0);
        for _ in 0..count {
            let length = u32::read(r)? as usize;
            bytes += length;
            if length > ITEM_BYTES || bytes > BLOCK_BYTES {
                return Err(CodecError::Invalid("block", "its items are too large"));
            }
            if r.remaining() < length {
                return Err(CodecError::EndOfBuffer);
            }
            let mut item = vec![0; length];
            r.copy_to_slice(&mut item);
            items.push(item);
        }
        if items_hash(&items) != header.items {
            return Err(CodecError::Invalid("block", "its items do not match its header"));
        }
        Ok(Self { header, items })
    }
}

impl Digestible for Block {
    type Digest = Digest;

    fn digest(&self) -> Digest {
        self.header.digested()
    }
}

impl Heightable for Block {
    fn height(&self) -> Height {
        Height::new(self.header.height)
    }
}

impl commonware_consensus::Block for Block {
    fn parent(&self) -> Digest {
        sha256::Digest(self.header.parent)
    }
}

impl BoundedBlock for Block {
    fn max_encode_size((): &()) -> usize {
        Header::BYTES + u32::SIZE + BLOCK_ITEMS * u32::SIZE + BLOCK_BYTES
    }
}

#[cfg(test)]
mod tests {
    use commonware_codec::{Copying, DecodeExt as _, Encode as _};

    use super::*;
    use crate::support::WORLD;

    fn block(items: Vec<Vec<u8>>) -> Block {
        let genesis = Block::genesis(&WORLD.first);
        let head = genesis.header().head;
        Block::following(&genesis, 3, 1, items, head)
    }

    fn decoded(bytes: &[u8]) -> Result<Block, CodecError> {
        Block::decode(Copying(bytes))
    }

    #[test]
    fn comes_back_from_its_bytes() {
        for items in [vec![], vec![b"one".to_vec()], vec![vec![], b"two".to_vec(), vec![7; ITEM_BYTES]]] {
            let block = block(items);
            let bytes = block.encode();
            assert_eq!(bytes.len(), block.encode_size());
            assert!(bytes.len() <= Block::max_encode_size(&()));
            assert_eq!(decoded(&bytes).unwrap(), block);
        }
    }

    #[test]
    fn rejects_items_of_another_header() {
        let block = block(vec![b"one".to_vec(), b"two".to_vec()]);
        let bytes = block.encode();
        // Every bit after the header matters, including the boundaries between items.
        for at in Header::BYTES..bytes.len() {
            let mut changed = bytes.to_vec();
            changed[at] ^= 1;
            assert!(decoded(&changed).is_err(), "byte {at}");
        }
        assert!(decoded(&bytes[..bytes.len() - 1]).is_err());
        assert!(decoded(&[&bytes[..], &[0]].concat()).is_err());
        assert_eq!(decoded(&bytes).unwrap(), block);
    }

    #[test]
    fn has_a_digest_of_all_header_fields() {
        let block = block(vec![b"one".to_vec()]);
        let bytes = block.header().to_bytes();
        for at in 0..Header::BYTES {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let header =
                Header::read(&mut Copying(&changed)).unwrap_or_else(|_| Block::genesis(&WORLD.first).header);
            assert_ne!(header.digest(), block.header().digest(), "byte {at}");
        }
    }

    #[test]
    fn rejects_more_than_a_block_holds() {
        let most = block(vec![vec![1; ITEM_BYTES], vec![1; BLOCK_BYTES - ITEM_BYTES]]);
        assert!(decoded(&most.encode()).is_ok());
        let too_large = block(vec![vec![1; ITEM_BYTES], vec![1; BLOCK_BYTES - ITEM_BYTES], vec![1]]);
        assert!(decoded(&too_large.encode()).is_err());
        assert!(decoded(&block(vec![vec![1; ITEM_BYTES + 1]]).encode()).is_err());
        assert!(decoded(&block(vec![vec![]; BLOCK_ITEMS]).encode()).is_ok());
        assert!(decoded(&block(vec![vec![]; BLOCK_ITEMS + 1]).encode()).is_err());
    }

    #[test]
    fn begins_with_the_first_charter() {
        let genesis = Block::genesis(&WORLD.first);
        assert_eq!(genesis.items(), [WORLD.first.to_bytes()]);
        assert_eq!(genesis.header().parent, *WORLD.first.ledger().as_bytes());
        assert_eq!(decoded(&genesis.encode()).unwrap(), genesis);
    }
}
