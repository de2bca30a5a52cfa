/// @file
/// Entries and ledgers. Included by medseal.hpp.
#ifndef MEDSEAL_LEDGER_HPP
#define MEDSEAL_LEDGER_HPP

#include "abe.hpp"
#include "abs.hpp"
#include "charter.hpp"
#include "identity.hpp"
#include "merkle.hpp"
#include "search.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The fields of a block header of a reference ledger.
struct block_fields {
    std::uint64_t number;    ///< The block's number, from zero.
    std::uint64_t items;     ///< The number of items up to its end.
    medseal_digest root;     ///< The Merkle root over all of them.
    medseal_digest previous; ///< The hash of the previous block.
    medseal_digest hash;     ///< The block's hash.
};

/// A malformed entry.
struct malformed_entry {
    std::uint64_t height; ///< Its height.
    medseal_status why;   ///< What is wrong with it: a decoding status.
};

/// The counts of a search.
struct found_count {
    std::size_t hits;      ///< The number of entries that match.
    std::size_t malformed; ///< The number of malformed entries.
    /// The height at which a later search should begin, to see only new entries.
    std::uint64_t next;
};

/// The fields of an entry that are not objects.
struct entry_fields {
    std::uint32_t charter;    ///< The number of the charter under which it was made.
    medseal_entry_id id;      ///< The entry's id.
    medseal_record_id record; ///< The record's id.
    medseal_digest digest;    ///< The digest of the sealed record.
    std::uint64_t time_ms;    ///< The time by the uploader's clock, in Unix milliseconds.
};

/// The parts of an entry that is not yet signed. It does not own the objects that it refers to.
struct statement {
    std::uint32_t charter;          ///< The number of the charter under which the entry is made.
    medseal_record_id record;       ///< The record's id.
    medseal_digest digest;          ///< The digest of the sealed record.
    std::uint64_t time_ms;          ///< The time by the uploader's clock, in Unix milliseconds.
    const policy &claim;            ///< The policy that the charter requires uploaders to satisfy.
    const abe_wrapped_key &wrapped; ///< The record key, wrapped under the access policy.
    /// The index of the record's keywords, under the same access policy.
    const search_index &index;
    /// The address of the sealed record; empty for the address of the digest.
    std::string_view address = {};
    /// A message to the hospital that owns the record, or null.
    const identity_envelope *envelope = nullptr;
};

/// The result of appending an entry.
struct appended {
    std::uint64_t height; ///< Its height.
    /// Whether the ledger already had an entry with this id, in which case nothing was added.
    bool was_there;
};

/// The base class of your own ledger. Throw failures as medseal::error, or return them if
/// exceptions are disabled. medseal_ledger_callbacks describes them.
class custom_ledger {
public:
    virtual ~custom_ledger() = default;
    /// Appends an entry that was validated under the charter with this number, unless its id is
    /// known.
    virtual result<appended> append(bytes_view entry, const medseal_entry_id &id, std::uint32_t charter) = 0;
    /// Returns the bytes of the item at a height: an entry or a charter.
    virtual result<bytes> at(std::uint64_t height) = 0;
    /// Returns the bytes of the entry with this id.
    virtual result<bytes> get(const medseal_entry_id &id) = 0;
    /// Returns the head of the ledger: the number of items, and the root of the Merkle tree over
    /// their bytes.
    virtual result<medseal_tree_head> head() = 0;
    /// Returns the bytes of the proof that the head of this size includes the entry with this id.
    virtual result<bytes> prove(const medseal_entry_id &id, std::uint64_t size) = 0;
    /// Whether search() is implemented. If it is not, the library reads and matches every entry.
    virtual bool searches() const noexcept { return false; }
    /// Searches on a node, from a height on: sends it the byte form of a query, and returns the
    /// byte form of the result.
    virtual result<bytes> search(bytes_view, std::uint64_t) { return bytes(); }
};

/// Entries that a node may append, validated under the charter that was current at that time.
class validated : public detail::handle<validated> {
public:
    using handle::handle;
};

/// A ledger head that a reader trusts, and that was recent enough when the reader took it.
class trusted_head : public detail::handle<trusted_head> {
public:
    using handle::handle;

    static result<trusted_head> of(const medseal_tree_head &head, std::uint64_t time_ms, std::uint64_t now_ms,
                                   std::uint64_t max_age_ms) {
        return made(medseal_trusted_head_new, &head, time_ms, now_ms, max_age_ms);
    }
};

/// A signed entry about a sealed record. Ledgers keep entries.
class entry : public coded<entry> {
public:
    using coded::coded;

    /// Signs a statement for the ledger with this id, which makes an entry.
    static result<entry> sign(const statement &statement, const medseal_digest &ledger,
                              const abs_signing_key &key) {
        const medseal_statement parts = {sizeof(parts),
                                         statement.charter,
                                         statement.record,
                                         statement.digest,
                                         statement.time_ms,
                                         statement.address.data(),
                                         statement.address.size(),
                                         statement.claim.get(),
                                         statement.wrapped.get(),
                                         statement.index.get(),
                                         statement.envelope ? statement.envelope->get() : nullptr};
        return made(medseal_entry_sign, &parts, &ledger, key);
    }
    result<validated> validate(const charters &charters) const {
        return call(medseal_entry_validate, charters);
    }
    result<void> check(const charters &charters, const inclusion_proof &proof,
                       const trusted_head &head) const {
        return call(medseal_entry_check, charters, proof, head);
    }
    static result<validated> validate_all(const refs<entry> &entries, const charters &charters,
                                          std::size_t threads = 1) {
        return made(medseal_entry_validate_all, entries, charters, threads);
    }
    result<entry_fields> fields() const { return call<entry_fields>(medseal_entry_fields); }
    result<std::string> address() const { return filled<std::string>(medseal_entry_address); }
    result<policy> claim() const { return call(medseal_entry_claim); }
    result<policy> access() const { return call(medseal_entry_access); }
    result<abe_wrapped_key> wrapped_key() const { return call(medseal_entry_wrapped_key); }
    result<search_index> index() const { return call(medseal_entry_index); }
    result<identity_envelope> envelope() const { return call(medseal_entry_envelope); }
    result<abs_signature> signature() const { return call(medseal_entry_signature); }
};

/// The header of a block of a reference ledger, which describes the chain up to that block.
class block_header : public coded<block_header> {
public:
    using coded::coded;

    result<block_fields> fields() const { return call<block_fields>(medseal_block_header_fields); }
};

/// The result of a search, and the height that the search reached.
class found : public coded<found> {
public:
    using coded::coded;

    result<found_count> count() const { return call<found_count>(medseal_found_count); }
    result<medseal_place> hit(std::size_t index) const { return call(medseal_found_hit, index); }
    result<malformed_entry> malformed(std::size_t index) const {
        return call<malformed_entry>(medseal_found_malformed, index);
    }
};

/// A ledger: entries in one order. None is ever changed or removed. Several threads may also append
/// to it.
class ledger : public detail::handle<ledger> {
public:
    using handle::handle;

    /// Makes a ledger from your own implementation.
    static result<ledger> from(std::unique_ptr<custom_ledger> kept) {
        const bool searches = kept != nullptr && kept->searches();
        auto callbacks = detail::callbacks_of<medseal_ledger_callbacks>(std::move(kept));
        callbacks.append = [](void *ctx, const std::uint8_t *entry, std::size_t entry_len,
                              const medseal_entry_id *id, std::uint32_t charter, std::uint64_t *height,
                              bool *was_there) {
            appended made = {};
            const medseal_status status = detail::answer_value(made, [&] {
                return custom(ctx).append({entry, entry_len}, *id, charter);
            });
            *height = made.height;
            *was_there = made.was_there;
            return status;
        };
        callbacks.at = [](void *ctx, std::uint64_t height, medseal_sink *sink) {
            return detail::answer_bytes<bytes>(sink, [&] { return custom(ctx).at(height); });
        };
        callbacks.get = [](void *ctx, const medseal_entry_id *id, medseal_sink *sink) {
            return detail::answer_bytes<bytes>(sink, [&] { return custom(ctx).get(*id); });
        };
        callbacks.head = [](void *ctx, medseal_tree_head *head) {
            return detail::answer_value(*head, [&] { return custom(ctx).head(); });
        };
        callbacks.prove = [](void *ctx, const medseal_entry_id *id, std::uint64_t size, medseal_sink *sink) {
            return detail::answer_bytes<bytes>(sink, [&] { return custom(ctx).prove(*id, size); });
        };
        if (searches) {
            callbacks.search = [](void *ctx, const std::uint8_t *query, std::size_t size, std::uint64_t from,
                                  medseal_sink *sink) {
                return detail::answer_bytes<bytes>(sink, [&] {
                    return custom(ctx).search({query, size}, from);
                });
            };
        }
        return made(medseal_ledger_from_callbacks, callbacks.ctx != nullptr ? &callbacks : nullptr);
    }
    static result<ledger> in_memory(const charter &first, const super_node_public_key &public_key) {
        return made(medseal_memory_ledger_new, first, public_key);
    }
    result<appended> append(const validated &entry) const {
        return call<appended>(medseal_ledger_append, entry);
    }
    /// An entry or a charter; the other is empty.
    struct item {
        medseal::entry entry;     ///< The entry, or nothing.
        medseal::charter charter; ///< The charter, or nothing.
    };
    result<item> at(std::uint64_t height) const { return call<item>(medseal_ledger_at, height); }
    result<entry> by_id(const medseal_entry_id &id) const { return call(medseal_ledger_get, &id); }
    result<medseal_tree_head> head() const { return call(medseal_ledger_head); }
    result<inclusion_proof> prove(const medseal_entry_id &id, std::uint64_t size) const {
        return call(medseal_ledger_prove, &id, size);
    }
    result<found> search(const query &query, const search_public_key &authority, std::uint64_t from,
                         std::size_t threads = 1, const progress_function &progress = {}) const {
        return call(medseal_ledger_search, query, authority, from, threads, progress);
    }
    result<medseal::charters> charters() const { return call(medseal_memory_ledger_charters); }
    result<std::uint64_t> append_charter(const charter &next) const {
        return call(medseal_memory_ledger_append_charter, next);
    }
    result<charter> evidence(std::size_t index) const { return call(medseal_memory_ledger_evidence, index); }
    result<std::uint64_t> append_block(const validated &entries) const {
        return call(medseal_memory_ledger_append_block, entries);
    }
    result<void> verify() const { return call(medseal_memory_ledger_verify); }
    result<block_header> block(std::uint64_t number) const {
        return call(medseal_memory_ledger_block, number);
    }
    result<bytes> encode() const { return filled<bytes>(medseal_memory_ledger_encode); }
    static result<ledger> decode(bytes_view data, const super_node_public_key &public_key) {
        return made(medseal_memory_ledger_decode, data, public_key);
    }

private:
    static custom_ledger &custom(void *ctx) noexcept { return *static_cast<custom_ledger *>(ctx); }
};

inline result<medseal_digest> entry_wrap_aad(const medseal_digest &digest) {
    return detail::call(medseal_entry_wrap_aad, &digest);
}

inline result<std::string> address_of(const medseal_digest &digest) {
    return detail::filled<std::string>(medseal_address_of, &digest);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
