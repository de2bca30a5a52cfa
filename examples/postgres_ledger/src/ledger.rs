//! The ledger over the tables of `schema.sql`.

use std::fmt;
use std::iter;
use std::sync::{Arc, Mutex, PoisonError};
use std::vec;

use medseal::Error;
use medseal::identity::SuperNodePublicKey;
use medseal::ledger::{
    Appended, Charter, Charters, Entry, EntryId, Indexed, Indexes, Item, Items, Ledger, Validated,
};
use medseal::merkle::{Frontier, Head, InclusionProof, Tree};
use medseal::search::{RecordIndex, SearchIndexCache};
use postgres::{Client, Config, IsolationLevel, Row, Transaction};

use crate::connections::{Connections, Failure};

/// Attempts at any work, over 1.5 seconds plus the time that the work takes.
const ATTEMPTS: u32 = 6;

/// Rows per read.
const PAGE: i64 = 256;

/// Maximum memory for the cached points of searched indexes.
const SEARCHED_BYTES: usize = 1 << 26;

/// A ledger in PostgreSQL. Many threads and processes may use one at once.
pub struct PostgresLedger {
    connections: Connections,
    super_node: SuperNodePublicKey,
    /// The tree of the largest requested size. It grows when a later head is requested.
    tree: Mutex<Tree>,
    searched: SearchIndexCache,
}

impl PostgresLedger {
    /// Opens the ledger in a database, and founds it with its first charter if there is none.
    ///
    /// # Errors
    /// As for [`Charters::new`]; [`Error::CharterConflict`] if the database contains a different
    /// ledger; [`Error::LedgerUnavailable`], [`Error::Io`].
    pub fn open(config: &Config, first: &Charter, super_node: &SuperNodePublicKey) -> Result<Self, Error> {
        Self::with_attempts(config, first, super_node, ATTEMPTS)
    }

    /// Opens the ledger, and tries all work up to `attempts` times before it fails.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub fn with_attempts(
        config: &Config,
        first: &Charter,
        super_node: &SuperNodePublicKey,
        attempts: u32,
    ) -> Result<Self, Error> {
        let id = Charters::new(first.clone(), super_node)?.ledger();
        let connections = Connections::new(config, attempts);
        connections.with(|client| found(client, first))?;
        let (super_node, searched) = (*super_node, SearchIndexCache::new(SEARCHED_BYTES));
        let ledger = Self { connections, super_node, tree: Mutex::default(), searched };
        if ledger.charters()?.ledger() == id { Ok(ledger) } else { Err(Error::CharterConflict) }
    }

    /// Returns the charters on the ledger, verified.
    ///
    /// # Errors
    /// As for [`Charters::push`]; a decoding error, [`Error::LedgerUnavailable`], [`Error::Io`].
    pub fn charters(&self) -> Result<Charters, Error> {
        self.connections.with(|client| charters(&mut client.transaction()?, &self.super_node))
    }

    /// Appends the next charter and returns its height. A charter that is already on the
    /// ledger changes nothing.
    ///
    /// # Errors
    /// As for [`Charters::push`]; [`Error::FinalHeadRefused`] if its final head was never a head of
    /// this ledger; [`Error::LedgerUnavailable`], [`Error::Io`].
    pub fn append_charter(&self, charter: &Charter) -> Result<u64, Error> {
        self.connections.with(|client| {
            let mut transaction = begin(client)?;
            let end = End::lock(&mut transaction)?;
            let mut chain = charters(&mut transaction, &self.super_node)?;
            let known = chain.current().number();
            chain.push(charter)?;
            let item = charter.to_bytes();
            if chain.current().number() == known {
                let there = transaction.query_one("SELECT height FROM items WHERE item = $1", &[&item])?;
                return Ok(u64_of(there.get(0))?);
            }
            let final_head = charter.final_head().ok_or(Error::FinalHeadRefused)?;
            let leaves = leaves(&mut transaction, 0, i64_of(final_head.size)?)?;
            let had = grown(&Tree::new(), &leaves)?.head();
            if final_head.size > end.frontier.size() || had != *final_head {
                return Err(Error::FinalHeadRefused.into());
            }
            let height = end.append(&mut transaction, &item, None, Some(charter))?;
            transaction.commit()?;
            Ok(height)
        })
    }

    /// Returns rows from a height on, read in pages: each height, and the result of reading its
    /// row.
    fn pages<'a, T: 'a>(
        &'a self,
        from: u64,
        page: &'static str,
        read: impl Fn(&Row) -> Result<T, Error> + 'a,
    ) -> Box<dyn Iterator<Item = (u64, Result<T, Error>)> + 'a> {
        let (mut rows, mut size, mut next) = (Vec::new().into_iter(), 0, Some(from));
        Box::new(iter::from_fn(move || {
            let height = next.take()?;
            let mut step = || {
                if rows.len() == 0 {
                    (size, rows) = self.page(page, height)?;
                }
                match rows.next() {
                    // Heights are consecutive, and the last is the head's.
                    Some(row) if u64_of(row.get(0))? == height => read(&row).map(Some),
                    None if height >= size => Ok(None),
                    _ => Err(Error::HeightMissing { height }),
                }
            };
            let item = step().transpose()?;
            if item.as_ref().map_or_else(Error::is_malformed, |_| true) {
                next = height.checked_add(1);
            }
            Some((height, item))
        }))
    }

    /// Reads a page of rows from a height on, and the ledger's size before the read. It
    /// may have grown since.
    fn page(&self, page: &str, height: u64) -> Result<(u64, vec::IntoIter<Row>), Error> {
        let height = i64_of(height)?;
        self.connections.with(|client| {
            let size = u64_of(client.query_one("SELECT size FROM head", &[])?.get(0))?;
            Ok((size, client.query(page, &[&height, &PAGE])?.into_iter()))
        })
    }

    fn frontier(&self) -> Result<Frontier, Error> {
        let row = self.connections.with(|client| Ok(client.query_one("SELECT frontier FROM head", &[])?))?;
        Frontier::from_bytes(row.get(0))
    }

    /// Runs some work on a tree with at least `size` items.
    fn with_tree<T>(&self, size: u64, work: impl FnOnce(&Tree) -> Result<T, Error>) -> Result<T, Error> {
        let mut tree = self.tree.lock().unwrap_or_else(PoisonError::into_inner);
        if tree.size() < size {
            let (from, to) = (i64_of(tree.size())?, i64_of(size)?);
            let leaves = self.connections.with(|client| leaves(&mut client.transaction()?, from, to))?;
            *tree = grown(&tree, &leaves)?;
        }
        work(&tree)
    }
}

/// Makes the tables and inserts the first charter, if there are none.
fn found(client: &mut Client, first: &Charter) -> Result<(), Failure> {
    let mut transaction = begin(client)?;
    // If several processes arrive at once, the first one founds the ledger.
    transaction.execute("SELECT pg_advisory_xact_lock(hashtext('medseal ledger'))", &[])?;
    if transaction.query_one("SELECT to_regclass('head') IS NULL", &[])?.get(0) {
        transaction.batch_execute(include_str!("schema.sql"))?;
        let (frontier, hash) = (Frontier::new().to_bytes(), first.hash());
        let sql = "INSERT INTO head (size, frontier, number, charter) VALUES (0, $1, 1, $2)";
        transaction.execute(sql, &[&frontier, &hash.as_bytes().as_slice()])?;
        End::lock(&mut transaction)?.append(&mut transaction, &first.to_bytes(), None, Some(first))?;
    }
    Ok(transaction.commit()?)
}

/// Starts a transaction in which each statement sees what was committed before it. A stricter
/// isolation level would see the table as it was before the wait for the head, and fail.
fn begin(client: &mut Client) -> Result<Transaction<'_>, postgres::Error> {
    client.build_transaction().isolation_level(IsolationLevel::ReadCommitted).start()
}

/// Returns the charters on the ledger.
fn charters(transaction: &mut Transaction<'_>, super_node: &SuperNodePublicKey) -> Result<Charters, Failure> {
    let rows = transaction.query("SELECT item FROM items WHERE id IS NULL ORDER BY height", &[])?;
    let mut charters = rows.iter().map(|row| Charter::from_bytes(row.get(0)));
    let mut chain = Charters::new(charters.next().ok_or(Error::LedgerUnavailable)??, super_node)?;
    charters.try_for_each(|charter| chain.push(&charter?))?;
    Ok(chain)
}

/// The end of the ledger, locked until the transaction ends.
struct End {
    frontier: Frontier,
    /// Number and hash of the current charter.
    number: i64,
    charter: Vec<u8>,
}

impl End {
    fn lock(transaction: &mut Transaction<'_>) -> Result<Self, Failure> {
        let row = transaction.query_one("SELECT frontier, number, charter FROM head FOR UPDATE", &[])?;
        let frontier = Frontier::from_bytes(row.get(0))?;
        Ok(Self { frontier, number: row.get(1), charter: row.get(2) })
    }

    /// Checks that the charter under which an entry was validated is the current one.
    fn check_era(&self, entry: &Validated) -> Result<(), Error> {
        let number = i64::from(entry.statement().charter);
        if number == self.number && entry.charter().as_bytes() == self.charter.as_slice() {
            Ok(())
        } else if number < self.number {
            Err(Error::EraPassed)
        } else {
            Err(Error::UnknownCharter)
        }
    }

    /// Appends an item: an entry, with the part that searches need, or a charter.
    fn append(
        mut self,
        transaction: &mut Transaction<'_>,
        item: &[u8],
        indexed: Option<Indexed>,
        charter: Option<&Charter>,
    ) -> Result<u64, Failure> {
        let height = self.frontier.append(item);
        let place = i64_of(height)?;
        if let Some(charter) = charter {
            (self.number, self.charter) = (charter.number().into(), charter.hash().as_bytes().to_vec());
        }
        let (id, index) = indexed.map(|it| (it.id.as_bytes().to_vec(), it.index.to_bytes())).unzip();
        let leaf = leaf(item);
        let sql = "INSERT INTO items (height, id, leaf, item) VALUES ($1, $2, $3, $4)";
        transaction.execute(sql, &[&place, &id, &leaf.as_slice(), &item])?;
        let sql = "INSERT INTO indexes (height, id, index) VALUES ($1, $2, $3)";
        transaction.execute(sql, &[&place, &id, &index])?;
        let sql = "UPDATE head SET size = $1::bigint + 1, frontier = $2, number = $3, charter = $4";
        let Self { frontier, number, charter } = &self;
        transaction.execute(sql, &[&place, &frontier.to_bytes(), number, charter])?;
        Ok(height)
    }
}

impl Ledger for PostgresLedger {
    /// If the answer to COMMIT is lost, the entry is appended again, and may then be there
    /// from the first time.
    fn append(&self, entry: Validated) -> Result<Appended, Error> {
        let (id, item) = (entry.id(), Item::Entry(Arc::clone(entry.entry())).to_bytes());
        self.connections.with(|client| {
            let mut transaction = begin(client)?;
            let end = End::lock(&mut transaction)?;
            let sql = "SELECT height FROM items WHERE id = $1";
            if let Some(row) = transaction.query_opt(sql, &[&id.as_bytes().as_slice()])? {
                return Ok(Appended { height: u64_of(row.get(0))?, was_there: true });
            }
            end.check_era(&entry)?;
            let indexed = Indexed::from(entry.entry().as_ref());
            let height = end.append(&mut transaction, &item, Some(indexed), None)?;
            transaction.commit()?;
            Ok(Appended { height, was_there: false })
        })
    }

    fn at(&self, height: u64) -> Result<Item, Error> {
        self.scan(height).next().map_or(Err(Error::UnknownEntry), |(_, item)| item)
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        let sql = "SELECT item FROM items WHERE id = $1";
        let row = self
            .connections
            .with(|client| Ok(client.query_opt(sql, &[&id.as_bytes().as_slice()])?))?
            .ok_or(Error::UnknownEntry)?;
        Ok(Arc::new(Entry::from_bytes(row.get(0))?))
    }

    fn head(&self) -> Result<Head, Error> {
        Ok(self.frontier()?.head())
    }

    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error> {
        let sql = "SELECT items.height, head.size FROM items, head WHERE id = $1";
        let row = self
            .connections
            .with(|client| Ok(client.query_opt(sql, &[&id.as_bytes().as_slice()])?))?
            .ok_or(Error::UnknownEntry)?;
        let (height, items) = (u64_of(row.get(0))?, u64_of(row.get(1))?);
        if height >= size {
            return Err(Error::AfterTrustedHead);
        }
        if size > items {
            return Err(Error::OutOfRange);
        }
        self.with_tree(size, |tree| tree.prove_inclusion(height, size))
    }

    fn scan(&self, from: u64) -> Items<'_> {
        let page = "SELECT height, item FROM items WHERE height >= $1 ORDER BY height LIMIT $2";
        self.pages(from, page, |row| Item::from_bytes(row.get(1)))
    }

    fn indexes(&self, from: u64) -> Indexes<'_> {
        let page = "SELECT height, id, index FROM indexes WHERE height >= $1 ORDER BY height LIMIT $2";
        self.pages(from, page, |row| {
            let Some(id) = row.get::<_, Option<&[u8]>>(1) else { return Ok(None) };
            let id = <[u8; EntryId::BYTES]>::try_from(id).map_err(|_| Error::InvalidField)?;
            let index = RecordIndex::from_bytes(row.get::<_, Option<&[u8]>>(2).unwrap_or_default())?;
            Ok(Some(Indexed { id: id.into(), index }))
        })
    }

    fn search_cache(&self) -> Option<&SearchIndexCache> {
        Some(&self.searched)
    }
}

impl fmt::Debug for PostgresLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresLedger").finish_non_exhaustive()
    }
}

/// Returns the hash of an item in the Merkle tree: the root of a tree with only this item.
fn leaf(item: &[u8]) -> [u8; 32] {
    let mut tree = Frontier::new();
    tree.append(item);
    *tree.root().as_bytes()
}

/// Returns the concatenated leaf hashes of some heights.
fn leaves(transaction: &mut Transaction<'_>, from: i64, to: i64) -> Result<Vec<u8>, Failure> {
    let sql = "SELECT leaf FROM items WHERE height >= $1 AND height < $2 ORDER BY height";
    let rows = transaction.query(sql, &[&from, &to])?;
    Ok(rows.iter().flat_map(|row| row.get::<_, &[u8]>(0)).copied().collect())
}

/// Returns the tree with more leaves, through its byte form: header (4 bytes), size (8), leaf
/// hashes. This hashes the whole tree again: 0.2 s for a million items.
fn grown(tree: &Tree, leaves: &[u8]) -> Result<Tree, Error> {
    let bytes = tree.to_bytes();
    let (header, rest) = bytes.split_at(4);
    let (_, kept) = rest.split_at(8);
    let size = tree.size() + leaves.len() as u64 / 32;
    Tree::from_bytes(&[header, &size.to_be_bytes(), kept, leaves].concat())
}

/// PostgreSQL has only signed integers.
fn i64_of(height: u64) -> Result<i64, Error> {
    i64::try_from(height).map_err(|_| Error::OutOfRange)
}

fn u64_of(height: i64) -> Result<u64, Error> {
    u64::try_from(height).map_err(|_| Error::InvalidField)
}
