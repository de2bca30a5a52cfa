//! One node being asked. Each answer is verified as far as possible.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use medseal::Error;
use medseal::ledger::{Charter, Charters, Entry, EntryId, Found, Item};
use medseal::merkle::{Head, InclusionProof};
use medseal::rand_core::{OsRng, RngCore as _};
use medseal::search::{PreparedQuery, PublicKey, Query};

use crate::certificate::CertifiedHead;
use crate::client::connection::Connection;
use crate::client::failure::{Asked, Failure, Lie, Outcome, unexpected};
use crate::client::{ROOTS, Remote, Searching, lock};
use crate::wire::{Answer, Refusal, Request, WireError};

/// One node being asked.
pub(super) struct Visit<'a> {
    pub(super) remote: &'a Remote,
    pub(super) connection: Connection,
}

impl Visit<'_> {
    pub(super) fn ask(&mut self, request: &Request) -> Asked<Answer> {
        self.ask_until(request, self.remote.timeouts.silence, &mut |_| ControlFlow::Continue(()))
    }

    pub(super) fn ask_until(
        &mut self,
        request: &Request,
        within: Duration,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Asked<Answer> {
        let by = Instant::now().checked_add(within).unwrap_or_else(Instant::now);
        self.connection.ask(request, by, self.remote.timeouts.silence, progress)
    }

    /// Fetches the charters after the known ones.
    pub(super) fn fetch_charters(&mut self) -> Asked<()> {
        loop {
            let known = lock(&self.remote.verified).charters.clone();
            let next = known.as_ref().map_or(1, |known| known.current().number().saturating_add(1));
            let charters = match self.ask(&Request::Charters(next))? {
                Answer::Charters(charters) => charters,
                other => return Err(unexpected(other)),
            };
            if charters.is_empty() {
                return if known.is_some() { Ok(()) } else { Err(Lie::Charter.into()) };
            }
            let mut chain = known;
            for bytes in charters {
                let charter = Charter::from_bytes(&bytes).map_err(|_| Lie::Charter)?;
                match &mut chain {
                    Some(chain) => chain.push(&charter).map_err(|_| Lie::Charter)?,
                    None if charter.ledger() != self.remote.ledger => return Err(Lie::Charter.into()),
                    None => {
                        let super_node = self.remote.hospital.super_node();
                        chain = Some(Charters::new(charter, super_node).map_err(|_| Lie::Charter)?);
                    }
                }
            }
            if let Some(chain) = chain {
                lock(&self.remote.verified).set_charters(chain).map_err(Outcome::Final)?;
            }
        }
    }

    /// This node's newest head, verified. Refuses a head older than the newest known.
    pub(super) fn certified_head(&mut self) -> Asked<Head> {
        let certified = match self.ask(&Request::Head)? {
            Answer::Head(head) => CertifiedHead::from_bytes(&head).map_err(|_| Lie::Head)?,
            other => return Err(unexpected(other)),
        };
        let verify = |charters: Option<Charters>| {
            charters.map_or(Err(Error::UnknownCharter), |charters| certified.verify(&charters).map(drop))
        };
        let known = || lock(&self.remote.verified).charters.clone();
        let mut judged = verify(known());
        if judged == Err(Error::UnknownCharter) {
            self.fetch_charters()?;
            judged = verify(lock(&self.remote.verified).charters.clone());
        }
        judged.map_err(|_| Lie::Head)?;
        let head = certified.head();
        let mut verified = lock(&self.remote.verified);
        let validators = certified.header().validators;
        if verified.head.as_ref().is_some_and(|known| known.header().validators < validators) {
            // Heads of earlier validators may be forged with their old keys. The first charter
            // needs no signatures.
            verified.roots.retain(|size, _| *size == 1);
        }
        if verified.roots.get(&head.size).is_some_and(|root| *root != head.root) {
            return Err(Lie::Fork(head.size).into());
        }
        match &verified.head {
            Some(known) if !certified.follows(known) => {
                let known = known.head().size;
                return Err(Failure::Behind { size: head.size, known }.into());
            }
            _ => {}
        }
        verified.head = Some(certified);
        verified.roots.insert(head.size, head.root);
        if verified.roots.len() > ROOTS {
            verified.roots.pop_first();
        }
        Ok(head)
    }

    /// A head with at least this many items: the known one, or this node's newest. Waits for a
    /// while.
    pub(super) fn head_of(&mut self, size: u64) -> Asked<Head> {
        let by = Instant::now() + self.remote.timeouts.silence;
        loop {
            let known = lock(&self.remote.verified).newest();
            if let Some(head) = known
                && head.size >= size
            {
                return Ok(head);
            }
            let head = self.certified_head()?;
            if head.size >= size {
                return Ok(head);
            }
            if Instant::now() >= by {
                return Err(Failure::Behind { size: head.size, known: size }.into());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(super) fn entry(&mut self, id: &EntryId) -> Asked<Arc<Entry>> {
        match self.ask(&Request::Entry(*id))? {
            Answer::Entry(bytes) => {
                let entry = Entry::from_bytes(&bytes).map_err(|_| Lie::Entry)?;
                if entry.id() == *id { Ok(Arc::new(entry)) } else { Err(Lie::Entry.into()) }
            }
            other => Err(unexpected(other)),
        }
    }

    pub(super) fn proof(&mut self, id: &EntryId, size: u64) -> Asked<InclusionProof> {
        match self.ask(&Request::Prove { id: *id, size })? {
            Answer::Proof(bytes) => {
                let proof = InclusionProof::from_bytes(&bytes).map_err(|_| Lie::Proof)?;
                if proof.size() == size { Ok(proof) } else { Err(Lie::Proof.into()) }
            }
            other => Err(unexpected(other)),
        }
    }

    /// Verifies that an entry is under a head, and returns its height.
    pub(super) fn prove(&mut self, entry: &Entry, head: &Head) -> Asked<u64> {
        let proof = match self.proof(&entry.id(), head.size) {
            Err(Outcome::Perhaps(Error::OutOfRange)) => {
                return Err(Failure::Behind { size: 0, known: head.size }.into());
            }
            proof => proof?,
        };
        proof.verify(head, &entry.to_bytes()).map_err(|_| Lie::Proof)?;
        Ok(proof.index())
    }

    /// Decodes an item, and verifies that it is at a height under a certified head.
    fn proven_item(&mut self, bytes: &[u8], height: u64) -> Asked<Item> {
        let head = self.head_of(height.saturating_add(1))?;
        let proof = match self.ask(&Request::ProveItem { height, size: head.size })? {
            Answer::Proof(proof) => InclusionProof::from_bytes(&proof).map_err(|_| Lie::Proof)?,
            Answer::Refused(Refusal::Invalid(Error::OutOfRange)) => {
                return Err(Failure::Behind { size: height, known: head.size }.into());
            }
            other => return Err(unexpected(other)),
        };
        if proof.index() != height || proof.verify(&head, bytes).is_err() {
            return Err(Lie::Item(height).into());
        }
        // A ledger holds nothing else.
        Item::from_bytes(bytes).map_err(|_| Lie::Item(height).into())
    }

    /// The item at a height, verified under a certified head.
    pub(super) fn item(&mut self, height: u64) -> Asked<Item> {
        let size = self.head_of(height.saturating_add(1))?.size;
        match self.ask(&Request::Item(height))? {
            Answer::Item(bytes) => self.proven_item(&bytes, height),
            Answer::Refused(Refusal::Invalid(Error::UnknownEntry)) => {
                Err(Failure::Behind { size: height, known: size }.into())
            }
            other => Err(unexpected(other)),
        }
    }

    /// Searches at this node at least up to the newest known head, and no further than a certified
    /// one.
    pub(super) fn search(
        &mut self,
        query: &[u8],
        from: u64,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Asked<Found> {
        let known = self.head_of(1)?.size;
        let by = Instant::now().checked_add(self.remote.timeouts.search).unwrap_or_else(Instant::now);
        let mut all = Found { hits: Vec::new(), malformed: Vec::new(), next: from };
        loop {
            let request = Request::Search { from: all.next, query: query.to_vec() };
            let before = all.next.saturating_sub(from);
            let mut progress = |done: u64| progress(before.saturating_add(done));
            let within = by.saturating_duration_since(Instant::now());
            let found = match self.ask_until(&request, within, &mut progress)? {
                Answer::Found(bytes) => Found::from_bytes(&bytes).map_err(WireError::from),
                other => return Err(unexpected(other)),
            };
            let mut found = found.map_err(Failure::Wire)?;
            let is_below = |height: u64| height < all.next;
            if found.hits.iter().any(|hit| is_below(hit.height))
                || found.malformed.iter().any(|malformed| is_below(malformed.height))
                || is_below(found.next)
            {
                return Err(Failure::Wire(WireError::UnknownTag(0)).into());
            }
            let came_no_further = found.next == all.next;
            all.hits.append(&mut found.hits);
            all.malformed.append(&mut found.malformed);
            all.next = found.next;
            if all.next >= known {
                break;
            }
            if came_no_further {
                return Err(Failure::Behind { size: all.next, known }.into());
            }
        }
        // A node that claims to have searched beyond the ledger's end would hide future entries.
        let size = if all.next > known { self.certified_head()?.size } else { known };
        cut(&mut all, size.max(from));
        Ok(all)
    }

    /// Matches entries at random places of a search locally.
    pub(super) fn check_search(
        &mut self,
        query: &Query,
        authority: &PublicKey,
        from: u64,
        found: &Found,
    ) -> Asked<()> {
        let Searching { ranges, range_entries, .. } = self.remote.searching;
        let prepared = query.prepare(authority).map_err(Outcome::Final)?;
        let length = (range_entries as u64).min(found.next.saturating_sub(from));
        if length == 0 {
            return Ok(());
        }
        for _ in 0..ranges {
            let start = from + OsRng.next_u64() % (found.next - from - length + 1);
            let mut height = start;
            while height < start + length {
                let page = match self.ask(&Request::Items(height))? {
                    Answer::Items(page) if !page.is_empty() => page,
                    Answer::Items(_) => {
                        return Err(Failure::Behind { size: height, known: found.next }.into());
                    }
                    other => return Err(unexpected(other)),
                };
                for item in page {
                    if height == start + length {
                        break;
                    }
                    let item = self.proven_item(&item.map_err(|_| Lie::Item(height))?, height)?;
                    if let Some(lie) = judge(found, height, matching(&prepared, &item)) {
                        return Err(lie.into());
                    }
                    height += 1;
                }
            }
        }
        Ok(())
    }
}

/// Removes matches from a height on.
pub(super) fn cut(found: &mut Found, end: u64) {
    if found.next > end {
        found.next = end;
        found.hits.retain(|hit| hit.height < end);
        found.malformed.retain(|malformed| malformed.height < end);
    }
}

/// The id of an item that a query matches.
pub(super) fn matching(query: &PreparedQuery, item: &Item) -> Option<EntryId> {
    item.entry().filter(|entry| query.matches(&entry.statement().index) == Ok(true)).map(|entry| entry.id())
}

/// The lie of a search at a height where this entry matches, or none does. A reader opens a match
/// by its id, so a match with another id is false.
pub(super) fn judge(found: &Found, height: u64, matching: Option<EntryId>) -> Option<Lie> {
    let at = found.hits.binary_search_by_key(&height, |hit| hit.height).ok();
    match (at.and_then(|at| found.hits.get(at)).map(|hit| hit.id), matching) {
        (None, Some(_)) => Some(Lie::LeftOut(height)),
        (Some(hit), matching) if matching != Some(hit) => Some(Lie::MadeUp(height)),
        _ => None,
    }
}

/// The first height at which two searches up to one head differ.
pub(super) fn difference(a: &Found, b: &Found) -> Option<u64> {
    let (a, b) = (&a.hits, &b.hits);
    let at = a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
    [a.get(at), b.get(at)].into_iter().flatten().map(|hit| hit.height).min()
}
