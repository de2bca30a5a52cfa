//! Keys for key wrapping, of the authority and of its users.

use super::export::export;
use rand_core::OsRng;

use super::attributes::medseal_attributes;
use super::values::medseal_possession;
use crate::abe::MasterKey;

export! {
    /// The authority's master key for key wrapping. It is secret, and wiped when freed.
    struct medseal_abe_master_key;

    /// Makes a master key for key wrapping.
    medseal_abe_master_key_generate() -> (master: object medseal_abe_master_key) {
        MasterKey::generate(&mut OsRng)?
    }

    /// Returns the public key of a master key.
    medseal_abe_master_key_public(
        master: object medseal_abe_master_key
    ) -> (public_key: object medseal_abe_public_key) {
        master.public_key()
    }

    /// Issues a decryption key for attributes. The work grows with the number of attributes; a
    /// number or a date counts as 9 to 128 of them.
    /// @param attributes the attributes of the key
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_abe_issue(
        master: object medseal_abe_master_key, attributes: object medseal_attributes
    ) -> (key: object medseal_abe_decryption_key) {
        master.issue(attributes, &mut OsRng)?
    }

    /// The authority's public key for key wrapping.
    struct medseal_abe_public_key;

    /// Checks a proof that the master secret of a public key is known. Require it before you wrap
    /// under a new key. Without it, members of a different authority may have keys under this one.
    /// @param proof the proof, from medseal_generation_certificate_possession()
    /// @return MEDSEAL_ERR_INVALID_PROOF, or a decoding status if the proof is not a point
    medseal_abe_public_key_verify_possession(
        public_key: object medseal_abe_public_key, proof: value medseal_possession
    ) -> () {
        public_key.verify_possession(&proof.bytes)?
    }

    /// A user's key for attributes. It unwraps what is wrapped under the policies that these
    /// attributes satisfy. It is secret, and wiped when freed.
    struct medseal_abe_decryption_key;

    /// Returns the attributes of a decryption key.
    medseal_abe_decryption_key_attributes(
        key: object medseal_abe_decryption_key
    ) -> (attributes: object medseal_attributes) {
        key.attributes().clone()
    }

    /// Checks that a decryption key was issued under a public key. Do this once, when you receive
    /// the key.
    /// @return MEDSEAL_ERR_INVALID_KEY
    medseal_abe_decryption_key_verify(
        key: object medseal_abe_decryption_key, public_key: object medseal_abe_public_key
    ) -> () {
        key.verify(public_key)?
    }
}
