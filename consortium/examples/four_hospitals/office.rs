//! Four authorities, one at each hospital. Any three of them can do everything, two can do nothing.
//! Here they share this process; the library's `examples/four_authorities` runs each in a separate
//! one.

use std::ops::RangeInclusive;

use medseal::authorities::{
    AuthorityKey, AuthorityPublicKey, Generation, Holder, MemoryRecords, Message, PendingRequest, Plan,
    Request, Roster, Session,
};
use medseal::identity::{
    Certificate, CertificateRequest, CertificateSerial, Hospital, Name, RegistrationRequest, Registry,
    RegistryDraft,
};
use medseal::ledger::{Charter, CharterDraft};
use medseal::policy::Attributes;
use medseal::rand_core::OsRng;
use medseal::search::KeywordKey;
use medseal::share::MemberKeys;

use crate::Result;

/// How many authorities are needed.
const ENOUGH: u8 = 3;

pub(crate) struct Office {
    holders: Vec<(Holder, MemoryRecords)>,
    pub(crate) generation: Generation,
    /// The members' keyword key, which the founder makes.
    pub(crate) keyword_key: KeywordKey,
}

impl Office {
    /// The authorities generate the keys. Nobody ever has a master key.
    pub(crate) fn found(names: &[&str]) -> Result<Self> {
        let keys = names.iter().map(|name| Ok(AuthorityKey::generate(Name::new(name)?, &mut OsRng)?));
        let keys = keys.collect::<Result<Vec<_>>>()?;
        let public = keys.iter().map(AuthorityKey::public_key).collect::<Vec<AuthorityPublicKey>>();
        let roster = Roster::new(ENOUGH, &public, b"four hospitals on one machine")?;
        let mut records = names.iter().map(|_| MemoryRecords::default()).collect::<Vec<_>>();
        let begin = |key| Session::start(Plan::generate(roster.clone()), key, None, &mut OsRng);
        let mut sessions = keys.iter().map(begin).collect::<std::result::Result<Vec<_>, _>>()?;
        // Delivers messages until there are no more.
        loop {
            let mut mail = Vec::new();
            for ((session, key), records) in sessions.iter_mut().zip(&keys).zip(&mut records) {
                if session.is_checked() {
                    session.confirm(key, records)?;
                }
                mail.extend(std::iter::from_fn(|| session.next_message()));
            }
            if mail.is_empty() {
                break;
            }
            for ((session, key), index) in sessions.iter_mut().zip(&keys).zip(1..) {
                for message in mail.iter().filter(|message| message.to() == 0 || message.to() == index) {
                    session.receive(key, message, &mut OsRng)?;
                }
            }
        }
        let mut holders = Vec::new();
        for ((session, key), records) in sessions.into_iter().zip(keys).zip(records) {
            let (share, certificate) = session.finish().map_err(|_| "the key generation did not finish")?;
            holders.push((Holder::new(key, share, &certificate)?, records));
        }
        let generation = holders.first().ok_or("there are no authorities")?.0.generation().clone();
        Ok(Self { holders, generation, keyword_key: KeywordKey::generate(&mut OsRng)? })
    }

    /// As many authorities as are needed each do their part. The last one is on holiday.
    fn parts<T, E: Into<Box<dyn std::error::Error>>>(
        &mut self,
        mut part: impl FnMut(&Holder, &mut MemoryRecords) -> std::result::Result<T, E>,
    ) -> Result<Vec<T>> {
        let enough = self.holders.iter_mut().take(ENOUGH.into());
        enough.map(|(holder, records)| part(holder, records).map_err(Into::into)).collect()
    }

    pub(crate) fn certify(
        &mut self,
        request: &CertificateRequest,
        validity: RangeInclusive<u64>,
    ) -> Result<Certificate> {
        let serial = CertificateSerial::random(&mut OsRng)?;
        let parts = self.parts(|holder, _| holder.certify(request, serial, validity.clone()))?;
        Ok(self.generation.combine_certificate(request, serial, validity, &parts)?.value)
    }

    pub(crate) fn sign_registry(&mut self, draft: &RegistryDraft) -> Result<Registry> {
        let parts = self.parts(|holder, records| holder.sign_registry(draft, records))?;
        Ok(self.generation.combine_registry(draft, &parts)?.value)
    }

    pub(crate) fn sign_charter(&mut self, draft: &CharterDraft) -> Result<Charter> {
        let parts = self.parts(|holder, records| holder.sign_charter(draft, records))?;
        Ok(self.generation.combine_charter(draft, &parts)?.value)
    }

    /// A registered hospital gets its identity key.
    pub(crate) fn identity(
        &mut self,
        registration: RegistrationRequest,
        registry: &Registry,
        now_ms: u64,
    ) -> Result<Hospital> {
        let registry = registry.verify(self.generation.super_node(), 0)?;
        let pending = PendingRequest::identity(registration.clone(), now_ms, &mut OsRng)?;
        let request = Request::from_bytes(&pending.request().to_bytes())?;
        let answers = self.parts(|holder, _| holder.extract(&request, &registry, &mut OsRng))?;
        let key = pending.combine_identity(&self.generation, &answers)?.value;
        Ok(Hospital::accept(registration, key, self.generation.super_node())?)
    }

    /// A member gets keys for attributes.
    pub(crate) fn issue(&mut self, member: &str, attributes: &str, now_ms: u64) -> Result<MemberKeys> {
        let attributes = Attributes::parse(attributes)?;
        let pending = PendingRequest::keys(Name::new(member)?, &attributes, now_ms, &mut OsRng)?;
        let request = Request::from_bytes(&pending.request().to_bytes())?;
        let answers: Vec<Message> = self.parts(|holder, _| holder.issue(&request, &mut OsRng))?;
        Ok(pending.combine_keys(&self.generation, &answers, &self.keyword_key)?.value)
    }
}
