//! The attribute authority: one set of master keys, one set of public parameters, and one set of
//! keys for each member. The three schemes have separate master keys: a search key opens no record,
//! and a signing key finds none.
//!
//! The module is below the ledger, because a ledger's [charter](crate::ledger::Charter) contains
//! the public parameters.

use rand_core::{CryptoRng, RngCore};

use crate::abe;
use crate::abs;
use crate::codec::fields;
use crate::error::Error;
use crate::policy::Attributes;
use crate::search::{self, KeywordCommitment, KeywordKey};

/// The attribute authority (CA, AA) with all of its master keys. Anyone who holds them can read,
/// find and sign everything.
#[derive(Debug)]
pub struct Authority {
    abe: abe::MasterKey,
    abs: abs::MasterKey,
    search: search::MasterKey,
    keyword: KeywordKey,
}

/// The authority's public keys. Obtain them from a trusted source.
#[derive(Clone, Debug)]
pub struct PublicParameters {
    /// For wrapping keys.
    pub abe: abe::PublicKey,
    /// For verifying signatures.
    pub abs: abs::PublicKey,
    /// For indexing keywords.
    pub search: search::PublicKey,
    /// The commitment to the members' keyword key.
    pub keyword: KeywordCommitment,
}

/// The keys of one member for their attributes.
#[derive(Debug)]
pub struct MemberKeys {
    /// Opens records.
    pub decryption: abe::DecryptionKey,
    /// Signs entries.
    pub signing: abs::SigningKey,
    /// Makes trapdoors. It contains the members' keyword key.
    pub search: search::SearchKey,
}

impl Authority {
    /// Generates all master keys.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`].
    pub fn setup(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        Ok(Self {
            abe: abe::MasterKey::generate(rng)?,
            abs: abs::MasterKey::generate(rng)?,
            search: search::MasterKey::generate(rng)?,
            keyword: KeywordKey::generate(rng)?,
        })
    }

    /// Returns the public parameters of these master keys. This costs a pairing: keep the result.
    #[must_use]
    pub fn public_parameters(&self) -> PublicParameters {
        PublicParameters {
            abe: self.abe.public_key(),
            abs: self.abs.public_key(),
            search: self.search.public_key(),
            keyword: self.keyword.commitment(),
        }
    }

    /// Issues a member's keys, to be sent over a secure channel. The authority must verify
    /// beforehand that the member has these attributes.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`].
    pub fn issue(
        &self,
        attributes: &Attributes,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<MemberKeys, Error> {
        Ok(MemberKeys {
            decryption: self.abe.issue(attributes, rng)?,
            signing: self.abs.issue(attributes, rng)?,
            search: self.search.issue(attributes, &self.keyword, rng)?,
        })
    }

    /// Generates a new keyword key, for when a member or an owner leaked the old one.
    ///
    /// Then save the authority again and distribute the new public parameters, which commit to the
    /// new keyword key. Give the keyword key to those who index, and issue every member's keys
    /// again: they do not verify under the new parameters. Old search keys still search old
    /// indexes. New ones find only what is indexed under the new keyword key: new records, and
    /// records whose entries are published again. The public keys in the parameters, decryption
    /// keys and signing keys stay the same.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`]; the keyword key then stays the same.
    pub fn renew_keyword_key(&mut self, rng: &mut (impl CryptoRng + RngCore)) -> Result<(), Error> {
        self.keyword = KeywordKey::generate(rng)?;
        Ok(())
    }

    /// Returns the members' keyword key, for members who only index keywords.
    /// Nodes must not have it.
    #[must_use]
    pub fn keyword_key(&self) -> &KeywordKey {
        &self.keyword
    }
}

impl MemberKeys {
    /// Returns the attributes of the keys.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        self.decryption.attributes()
    }

    /// Checks received keys: this authority issued each of them, all have the same attributes, and
    /// the search key contains the members' keyword key.
    ///
    /// # Errors
    /// [`Error::InvalidKey`].
    pub fn verify(&self, parameters: &PublicParameters) -> Result<(), Error> {
        if self.attributes() != self.signing.attributes()
            || self.attributes() != self.search.attributes()
            || self.search.keyword_commitment() != parameters.keyword
        {
            return Err(Error::InvalidKey);
        }
        self.decryption.verify(&parameters.abe)?;
        self.signing.verify(&parameters.abs)?;
        self.search.verify(&parameters.search)
    }
}

fields!(Object for Authority {
    abe: abe::MasterKey,
    abs: abs::MasterKey,
    search: search::MasterKey,
    keyword: KeywordKey,
});
fields!(Object for PublicParameters {
    abe: abe::PublicKey,
    abs: abs::PublicKey,
    search: search::PublicKey,
    keyword: KeywordCommitment,
});
fields!(Object for MemberKeys {
    decryption: abe::DecryptionKey,
    signing: abs::SigningKey,
    search: search::SearchKey,
});
