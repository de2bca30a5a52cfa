//! The single authority, which holds all master keys, and what it gives out.
//!
//! ```text
//! authority         = "MS" version 0x48 || CP-ABE master key || ABS master key || search master key || keyword key
//! public parameters = "MS" version 0x49 || CP-ABE public key || ABS public key || search public key || com (32)
//! member keys       = "MS" version 0x4a || decryption key || signing key || search key
//! ```
//! `com` is the commitment to the keyword key. The three schemes have master keys of their own: a
//! key for searching opens no record, a key for signing finds none.

use rand_core::{CryptoRng, RngCore};

use crate::abe;
use crate::abs;
use crate::codec::{Kind, Object, Reader, Writer};
use crate::error::Error;
use crate::policy::Attributes;
use crate::search::{self, KeywordCommitment, KeywordKey};

/// The attribute authority (CA, AA): all of its master keys. Anyone who holds them can read,
/// find and sign everything.
#[derive(Debug)]
pub struct Authority {
    abe: abe::MasterKey,
    abs: abs::MasterKey,
    search: search::MasterKey,
    keyword: KeywordKey,
}

/// What everybody knows of the authority, and has to have from a trusted source.
#[derive(Clone, Debug)]
pub struct PublicParameters {
    /// For wrapping keys.
    pub abe: abe::PublicKey,
    /// For verifying signatures.
    pub abs: abs::PublicKey,
    /// For indexing keywords.
    pub search: search::PublicKey,
    /// Commits to the members' keyword key.
    pub keyword: KeywordCommitment,
}

/// The keys of one member for their attributes.
#[derive(Debug)]
pub struct MemberKeys {
    /// Opens records.
    pub decryption: abe::DecryptionKey,
    /// Signs entries.
    pub signing: abs::SigningKey,
    /// Makes trapdoors; it carries the members' keyword key.
    pub search: search::SearchKey,
}

impl Authority {
    /// Makes all master keys.
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

    /// What belongs to these master keys in public. It costs a pairing; keep it.
    #[must_use]
    pub fn public_parameters(&self) -> PublicParameters {
        PublicParameters {
            abe: self.abe.public_key(),
            abs: self.abs.public_key(),
            search: self.search.public_key(),
            keyword: self.keyword.commitment(),
        }
    }

    /// Issues a member's keys, to be sent over a secure channel. Whether the member has these
    /// attributes is for the authority to know.
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

    /// Draws another keyword key, for when a member or an owner did not keep the one that they had.
    ///
    /// Save the authority again, distribute the new public parameters, which commit to the new
    /// keyword key, give the keyword key to those who index, and issue every member's keys anew:
    /// under the new parameters the old ones are refused. Old search keys go on searching old
    /// indexes; new ones find what is indexed under the new keyword key, that is, new records and
    /// those whose entries are published again. The public keys in the parameters, decryption keys
    /// and signing keys stay as they are.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`]; the keyword key then stays.
    pub fn renew_keyword_key(&mut self, rng: &mut (impl CryptoRng + RngCore)) -> Result<(), Error> {
        self.keyword = KeywordKey::generate(rng)?;
        Ok(())
    }

    /// The members' keyword key: for those who index keywords and search for none.
    /// Nodes must not have it.
    #[must_use]
    pub fn keyword_key(&self) -> &KeywordKey {
        &self.keyword
    }
}

impl MemberKeys {
    /// The attributes that the keys stand for.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        self.decryption.attributes()
    }

    /// Checks keys that were received: each was issued by this authority, all for the same
    /// attributes, and the search key carries the members' keyword key.
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

/// The fields one after the other.
macro_rules! object {
    ($object:ident { $($field:ident: $type:ty),* }) => {
        impl Object for $object {
            const KIND: Kind = Kind::$object;

            fn write(&self, w: &mut Writer) {
                $(self.$field.write(w);)*
            }

            fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
                Ok(Self { $($field: <$type>::read(r)?),* })
            }
        }
    };
}
object!(Authority {
    abe: abe::MasterKey,
    abs: abs::MasterKey,
    search: search::MasterKey,
    keyword: KeywordKey
});
object!(PublicParameters {
    abe: abe::PublicKey,
    abs: abs::PublicKey,
    search: search::PublicKey,
    keyword: KeywordCommitment
});
object!(MemberKeys { decryption: abe::DecryptionKey, signing: abs::SigningKey, search: search::SearchKey });
