/// @file
/// Charters: the terms of a ledger. Included by medseal.hpp.
#ifndef MEDSEAL_CHARTER_HPP
#define MEDSEAL_CHARTER_HPP

#include "authority.hpp"
#include "handshake.hpp"
#include "identity.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// A main node as a validator of one ledger.
class validator
    : public coded<validator, bytes, medseal_validator, medseal_validator_free,
                   medseal_validator_encode, medseal_validator_decode> {
public:
    using coded::coded;

    /// Returns the bytes that the engine key must sign, to show that it belongs to this main node.
    /// Without a ledger, they are for the first charter of a new one.
    static result<medseal_digest> statement(const main_node &node, const medseal_digest *ledger, bytes_view engine_key) {
        return detail::value<medseal_digest>(medseal_main_node_validator_statement, node, ledger, engine_key);
    }
    /// Makes a main node a validator, and vouches for its engine key.
    static result<validator> of(const main_node &node, const medseal_digest *ledger, bytes_view engine_key,
                                bytes_view engine_signature) {
        return detail::object<validator>(medseal_main_node_validator, node, ledger, engine_key,
                                         engine_signature);
    }
    /// Writes the name of a validator.
    result<std::string> name() const { return detail::filled<std::string>(medseal_validator_name, *this); }
    /// Writes a validator's public key for the engine of the ledger.
    result<bytes> engine_key() const { return detail::filled<bytes>(medseal_validator_engine_key, *this); }
    /// Writes the signature of a validator's engine key. The signer of a charter must check it.
    result<bytes> engine_signature() const {
        return detail::filled<bytes>(medseal_validator_engine_signature, *this);
    }
    /// Returns the bytes that the validator's engine key must have signed.
    result<medseal_digest> statement(const medseal_digest *ledger = nullptr) const {
        return detail::value<medseal_digest>(medseal_validator_statement, *this, ledger);
    }
};

/// The terms of a charter. It does not own the objects that it refers to.
struct terms {
    /// The ledger's readable name.
    std::string_view name;
    /// The claim policy: who may upload. Every entry states it, and every signer satisfies it.
    const policy &claim;
    /// The authority's public parameters, which include the key that verifies entries.
    const public_parameters &parameters;
    /// The nodes that decide what the ledger accepts, sorted by name.
    refs<validator> validators = {};
    /// The members' epoch that entries must use; zeros for none.
    medseal_epoch_commitment epoch = {};
};

namespace detail {

/// The same in C.
inline medseal_terms terms_of(const terms &terms) {
    return {sizeof(medseal_terms),
            terms.name.data(),
            terms.name.size(),
            terms.claim.get(),
            terms.parameters.get(),
            terms.validators.data(),
            terms.validators.size(),
            terms.epoch};
}

} // namespace detail

/// The parts of a charter that have a fixed size.
struct charter_fields {
    /// Its number, from 1.
    std::uint32_t number;
    /// The ledger's id, which is the hash of its first charter.
    medseal_digest ledger;
    /// Its hash.
    medseal_digest hash;
    /// The hash of the previous charter; zeros in the first.
    medseal_digest previous;
    /// The ledger's head when the charter was signed; zeros if the charter names none.
    medseal_tree_head final_head;
    /// The number of validators.
    std::size_t validators;
};

class charters;

/// A charter in transit. Its terms apply once it is in a chain of charters.
class charter
    : public coded<charter, bytes, medseal_charter, medseal_charter_free,
                   medseal_charter_encode, medseal_charter_decode> {
public:
    using coded::coded;

    /// Signs the first charter of a new ledger as the super node. The new ledger may continue the
    /// ledger with this final head.
    static result<charter> first(super_node &node, const terms &terms, const medseal_tree_head *continues = nullptr) {
        return sign(node, nullptr, terms, continues);
    }
    /// Signs the charter that follows these as the super node. Check the final head first.
    static result<charter> next(super_node &node, const charters &after, const terms &terms,
                                const medseal_tree_head &final_head);
    /// Returns the parts of a charter that have a fixed size.
    result<charter_fields> fields() const {
        return detail::fields<charter_fields>(
            [](auto &it) {
                return std::make_tuple(&it.number, &it.ledger, &it.hash, &it.previous, &it.final_head,
                                       &it.validators);
            },
            medseal_charter_fields, *this);
    }
    /// Writes the ledger's readable name in a charter.
    result<std::string> name() const { return detail::filled<std::string>(medseal_charter_name, *this); }
    /// Returns the policy that a charter requires uploaders to satisfy.
    result<policy> claim() const { return detail::object<policy>(medseal_charter_claim, *this); }
    /// Returns the public parameters in a charter.
    result<public_parameters> parameters() const {
        return detail::object<public_parameters>(medseal_charter_parameters, *this);
    }
    /// Returns a validator that a charter names.
    result<medseal::validator> validator(std::size_t index) const {
        return detail::object<medseal::validator>(medseal_charter_validator, *this, index);
    }

private:
    static result<charter> sign(super_node &node, const medseal_charters *after, const terms &terms,
                                const medseal_tree_head *head) {
        const medseal_terms parts = detail::terms_of(terms);
        return detail::object<charter>(medseal_super_node_sign_charter, node, after, &parts, head);
    }
};

/// The verified charters of one ledger, each of which follows the previous one.
class charters : public detail::handle<medseal_charters, medseal_charters_free> {
public:
    using handle::handle;

    /// Makes a chain from a ledger's first charter. Get the super node's key from a trusted source.
    static result<charters> of(const charter &first, const super_node_public_key &public_key) {
        return detail::object<charters>(medseal_charters_new, first, public_key);
    }
    /// Returns the chain extended by the next charter.
    result<charters> push(const charter &next) const {
        return detail::object<charters>(medseal_charters_push, *this, next);
    }
    /// Returns a charter of a chain: the one with this number, or the newest.
    result<charter> at(std::uint32_t number = 0) const {
        return detail::object<charter>(medseal_charters_get, *this, number);
    }
    /// Returns the id of the ledger. Entries are signed for this id.
    result<medseal_digest> ledger() const { return detail::value<medseal_digest>(medseal_charters_ledger, *this); }
    /// Writes the byte form of a chain of charters.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_charters_encode, *this); }
    /// Reads a chain of charters from its byte form, and verifies all of it.
    static result<charters> decode(bytes_view data, const super_node_public_key &public_key) {
        return detail::object<charters>(medseal_charters_decode, data, public_key);
    }
};

/// The parts of a draft of a charter that have a fixed size.
struct charter_draft_fields : charter_fields {
    /// The members' epoch that entries must use; zeros for none.
    medseal_epoch_commitment epoch;
};

/// A charter that several authorities have yet to sign.
class charter_draft
    : public coded<charter_draft, bytes, medseal_charter_draft, medseal_charter_draft_free,
                   medseal_charter_draft_encode, medseal_charter_draft_decode> {
public:
    using coded::coded;

    /// Makes a draft of the first charter of a new ledger, which may continue the ledger with this
    /// final head.
    static result<charter_draft> first(const terms &terms, const medseal_tree_head *continues = nullptr) {
        const medseal_terms parts = detail::terms_of(terms);
        return detail::object<charter_draft>(medseal_charter_draft_new, nullptr, &parts, continues,
                                             std::uint32_t{0});
    }
    /// Makes a draft of the charter that follows these. Pass a number if authorities have signed
    /// different bodies under the next one.
    static result<charter_draft> next(const charters &after, const terms &terms, const medseal_tree_head &final_head,
                                      std::uint32_t number = 0) {
        const medseal_terms parts = detail::terms_of(terms);
        return detail::object<charter_draft>(medseal_charter_draft_new, after, &parts, &final_head, number);
    }
    /// Returns the parts of a draft of a charter that have a fixed size.
    result<charter_draft_fields> fields() const {
        return detail::fields<charter_draft_fields>(
            [](auto &it) {
                return std::make_tuple(&it.number, &it.ledger, &it.hash, &it.previous, &it.final_head,
                                       &it.epoch, &it.validators);
            },
            medseal_charter_draft_fields, *this);
    }
    /// Writes the ledger's readable name in a draft of a charter.
    result<std::string> name() const { return detail::filled<std::string>(medseal_charter_draft_name, *this); }
    /// Returns the policy that a draft of a charter requires uploaders to satisfy.
    result<policy> claim() const { return detail::object<policy>(medseal_charter_draft_claim, *this); }
    /// Returns the public parameters in a draft of a charter.
    result<public_parameters> parameters() const {
        return detail::object<public_parameters>(medseal_charter_draft_parameters, *this);
    }
    /// Returns a validator that a draft of a charter names.
    result<medseal::validator> validator(std::size_t index) const {
        return detail::object<medseal::validator>(medseal_charter_draft_validator, *this, index);
    }
};

inline result<charter> charter::next(super_node &node, const charters &after, const terms &terms,
                                     const medseal_tree_head &final_head) {
    return sign(node, after.get(), terms, &final_head);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
