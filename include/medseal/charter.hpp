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
class validator : public coded<validator> {
public:
    using coded::coded;

    static result<medseal_digest> statement(const main_node &node, const medseal_digest *ledger,
                                            bytes_view engine_key) {
        return made(medseal_main_node_validator_statement, node, ledger, engine_key);
    }
    static result<validator> of(const main_node &node, const medseal_digest *ledger, bytes_view engine_key,
                                bytes_view engine_signature) {
        return made(medseal_main_node_validator, node, ledger, engine_key, engine_signature);
    }
    result<std::string> name() const { return filled<std::string>(medseal_validator_name); }
    result<bytes> engine_key() const { return filled<bytes>(medseal_validator_engine_key); }
    result<bytes> engine_signature() const { return filled<bytes>(medseal_validator_engine_signature); }
    result<medseal_digest> statement(const medseal_digest *ledger = nullptr) const {
        return call(medseal_validator_statement, ledger);
    }
};

/// The terms of a charter. It does not own the objects that it refers to.
struct terms {
    std::string_view name; ///< The ledger's readable name.
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
    return {sizeof(medseal_terms),  terms.name.data(),       terms.name.size(),       terms.claim.get(),
            terms.parameters.get(), terms.validators.data(), terms.validators.size(), terms.epoch};
}

} // namespace detail

/// The parts of a charter that have a fixed size.
struct charter_fields {
    std::uint32_t number;    ///< Its number, from 1.
    medseal_digest ledger;   ///< The ledger's id, which is the hash of its first charter.
    medseal_digest hash;     ///< Its hash.
    medseal_digest previous; ///< The hash of the previous charter; zeros in the first.
    /// The ledger's head when the charter was signed; zeros if the charter names none.
    medseal_tree_head final_head;
    std::size_t validators; ///< The number of validators.
};

/// A charter in transit. Its terms apply once it is in a chain of charters.
class charter : public coded<charter> {
public:
    using coded::coded;

    /// Signs the first charter of a new ledger as the super node. The new ledger may continue the
    /// ledger with this final head.
    static result<charter> first(super_node &node, const terms &terms,
                                 const medseal_tree_head *continues = nullptr) {
        return sign(node, nullptr, terms, continues);
    }
    /// Signs the charter that follows these as the super node. Check the final head first.
    static result<charter> next(super_node &node, const charters &after, const terms &terms,
                                const medseal_tree_head &final_head);
    result<charter_fields> fields() const { return call<charter_fields>(medseal_charter_fields); }
    result<std::string> name() const { return filled<std::string>(medseal_charter_name); }
    result<policy> claim() const { return call(medseal_charter_claim); }
    result<public_parameters> parameters() const { return call(medseal_charter_parameters); }
    result<medseal::validator> validator(std::size_t index) const {
        return call(medseal_charter_validator, index);
    }

private:
    static result<charter> sign(super_node &node, const medseal_charters *after, const terms &terms,
                                const medseal_tree_head *head) {
        const medseal_terms parts = detail::terms_of(terms);
        return made(medseal_super_node_sign_charter, node, after, &parts, head);
    }
};

/// The verified charters of one ledger, each of which follows the previous one.
class charters : public coded_under<charters> {
public:
    using coded_under::coded_under;

    static result<charters> of(const charter &first, const super_node_public_key &public_key) {
        return made(medseal_charters_new, first, public_key);
    }
    result<charters> push(const charter &next) const { return call(medseal_charters_push, next); }
    result<charter> at(std::uint32_t number = 0) const { return call(medseal_charters_get, number); }
    result<medseal_digest> ledger() const { return call(medseal_charters_ledger); }
};

/// The parts of a draft of a charter that have a fixed size.
struct charter_draft_fields : charter_fields {
    medseal_epoch_commitment epoch; ///< The members' epoch that entries must use; zeros for none.
};

/// A charter that several authorities have yet to sign.
class charter_draft : public coded<charter_draft> {
public:
    using coded::coded;

    /// Makes a draft of the first charter of a new ledger, which may continue the ledger with this
    /// final head.
    static result<charter_draft> first(const terms &terms, const medseal_tree_head *continues = nullptr) {
        const medseal_terms parts = detail::terms_of(terms);
        return made(medseal_charter_draft_new, nullptr, &parts, continues, std::uint32_t{0});
    }
    /// Makes a draft of the charter that follows these. Pass a number if authorities have signed
    /// different bodies under the next one.
    static result<charter_draft> next(const charters &after, const terms &terms,
                                      const medseal_tree_head &final_head, std::uint32_t number = 0) {
        const medseal_terms parts = detail::terms_of(terms);
        return made(medseal_charter_draft_new, after, &parts, &final_head, number);
    }
    /// Returns the parts of a draft of a charter that have a fixed size.
    result<charter_draft_fields> fields() const {
        // In C, the epoch precedes the number of validators.
        struct in_order {
            std::uint32_t number;
            medseal_digest ledger, hash, previous;
            medseal_tree_head final_head;
            medseal_epoch_commitment epoch;
            std::size_t validators;
        };
        return detail::map(call<in_order>(medseal_charter_draft_fields), [](const in_order &it) {
            return charter_draft_fields{
                {it.number, it.ledger, it.hash, it.previous, it.final_head, it.validators}, it.epoch};
        });
    }
    result<std::string> name() const { return filled<std::string>(medseal_charter_draft_name); }
    result<policy> claim() const { return call(medseal_charter_draft_claim); }
    result<public_parameters> parameters() const { return call(medseal_charter_draft_parameters); }
    result<medseal::validator> validator(std::size_t index) const {
        return call(medseal_charter_draft_validator, index);
    }
};

inline result<charter> charter::next(super_node &node, const charters &after, const terms &terms,
                                     const medseal_tree_head &final_head) {
    return sign(node, after.get(), terms, &final_head);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
