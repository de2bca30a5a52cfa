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
    /// The block's number, from zero.
    std::uint64_t number;
    /// The number of items up to its end.
    std::uint64_t items;
    /// The Merkle root over all of them.
    medseal_digest root;
    /// The hash of the previous block.
    medseal_digest previous;
    /// The block's hash.
    medseal_digest hash;
};

/// A malformed entry.
struct malformed_entry {
    /// Its height.
    std::uint64_t height;
    /// What is wrong with it: a decoding status.
    medseal_status why;
};

/// The counts of a search.
struct found_count {
    /// The number of entries that match.
    std::size_t hits;
    /// The number of malformed entries.
    std::size_t malformed;
    /// The height at which a later search should begin, to see only new entries.
    std::uint64_t next;
};

/// The fields of an entry that are not objects.
struct entry_fields {
    /// The number of the charter under which it was made.
    std::uint32_t charter;
    /// The entry's id.
    medseal_entry_id id;
    /// The record's id.
    medseal_record_id record;
    /// The digest of the sealed record.
    medseal_digest digest;
    /// The time by the uploader's clock, in Unix milliseconds.
    std::uint64_t time_ms;
};

/// The parts of an entry that is not yet signed. It does not own the objects that it refers to.
struct statement {
    /// The number of the charter under which the entry is made.
    std::uint32_t charter;
    /// The record's id.
    medseal_record_id record;
    /// The digest of the sealed record.
    medseal_digest digest;
    /// The time by the uploader's clock, in Unix milliseconds.
    std::uint64_t time_ms;
    /// The policy that the charter requires uploaders to satisfy.
    const policy &claim;
    /// The record key, wrapped under the access policy.
    const abe_wrapped_key &wrapped;
    /// The index of the record's keywords, under the same access policy.
    const search_index &index;
    /// The address of the sealed record; empty for the address of the digest.
    std::string_view address = {};
    /// A message to the hospital that owns the record, or null.
    const identity_envelope *envelope = nullptr;
};

/// The result of appending an entry.
struct appended {
    /// Its height.
    std::uint64_t height;
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

namespace detail {

/// Passes the bytes that a callback returns to the library.
inline medseal_status write(medseal_sink *sink, result<bytes> given) {
    bytes data;
    const medseal_status status = store(data, std::move(given));
    return status != MEDSEAL_OK ? status : medseal_sink_write(sink, data.data(), data.size(), nullptr);
}

} // namespace detail

/// Entries that a node may append, validated under the charter that was current at that time.
class validated : public detail::handle<medseal_validated, medseal_validated_free> {
public:
    using handle::handle;
};

/// A ledger head that a reader trusts, and that was recent enough when the reader took it.
class trusted_head : public detail::handle<medseal_trusted_head, medseal_trusted_head_free> {
public:
    using handle::handle;

    /// Makes a trusted head from a head that the ledger had at a time. Fails if that time and now
    /// are further apart than the greatest accepted age.
    static result<trusted_head> of(const medseal_tree_head &head, std::uint64_t time_ms, std::uint64_t now_ms,
                                   std::uint64_t max_age_ms) {
        return detail::object<trusted_head>(medseal_trusted_head_new, &head, time_ms, now_ms, max_age_ms);
    }
};

/// A signed entry about a sealed record. Ledgers keep entries.
class entry
    : public coded<entry, bytes, medseal_entry, medseal_entry_free,
                   medseal_entry_encode, medseal_entry_decode> {
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
        return detail::object<entry>(medseal_entry_sign, &parts, &ledger, key);
    }
    /// Validates an entry, as every node does before it accepts one: limits, charter, claim policy,
    /// one access policy, the signature, every point.
    result<validated> validate(const charters &charters) const {
        return detail::object<validated>(medseal_entry_validate, *this, charters);
    }
    /// Checks an entry, as every reader does: it was made under the charter that it names, and a
    /// head that the reader trusts includes it.
    result<void> check(const charters &charters, const inclusion_proof &proof, const trusted_head &head) const {
        return detail::done(medseal_entry_check, *this, charters, proof, head);
    }
    /// Validates many entries, which is faster than validating each one. If some are refused, the
    /// position of the error is the index of the first.
    static result<validated> validate_all(const refs<entry> &entries, const charters &charters,
                                          std::size_t threads = 1) {
        return detail::object<validated>(medseal_entry_validate_all, entries, charters, threads);
    }
    /// Returns the fields of an entry that are not objects.
    result<entry_fields> fields() const {
        return detail::fields<entry_fields>(
            [](auto &it) {
                return std::make_tuple(&it.charter, &it.id, &it.record, &it.digest, &it.time_ms);
            },
            medseal_entry_fields, *this);
    }
    /// Writes the address of the sealed record that an entry is about.
    result<std::string> address() const { return detail::filled<std::string>(medseal_entry_address, *this); }
    /// Returns the claim policy of an entry, which the uploader's attributes satisfy.
    result<policy> claim() const { return detail::object<policy>(medseal_entry_claim, *this); }
    /// Returns the access policy of an entry: who may find and open the record.
    result<policy> access() const { return detail::object<policy>(medseal_entry_access, *this); }
    /// Returns the wrapped record key in an entry.
    result<abe_wrapped_key> wrapped_key() const {
        return detail::object<abe_wrapped_key>(medseal_entry_wrapped_key, *this);
    }
    /// Returns the keyword index in an entry.
    result<search_index> index() const { return detail::object<search_index>(medseal_entry_index, *this); }
    /// Returns the envelope in an entry.
    result<identity_envelope> envelope() const {
        return detail::object<identity_envelope>(medseal_entry_envelope, *this);
    }
    /// Returns the signature of an entry.
    result<abs_signature> signature() const {
        return detail::object<abs_signature>(medseal_entry_signature, *this);
    }
};

/// The header of a block of a reference ledger, which describes the chain up to that block.
class block_header
    : public coded<block_header, bytes, medseal_block_header, medseal_block_header_free,
                   medseal_block_header_encode, medseal_block_header_decode> {
public:
    using coded::coded;

    /// Returns the fields of a block header.
    result<block_fields> fields() const {
        return detail::fields<block_fields>(
            [](auto &it) { return std::make_tuple(&it.number, &it.items, &it.root, &it.previous, &it.hash); },
            medseal_block_header_fields, *this);
    }
};

/// The result of a search, and the height that the search reached.
class found
    : public coded<found, bytes, medseal_found, medseal_found_free,
                   medseal_found_encode, medseal_found_decode> {
public:
    using coded::coded;

    /// Returns the counts of a search.
    result<found_count> count() const {
        return detail::fields<found_count>(
            [](auto &it) { return std::make_tuple(&it.hits, &it.malformed, &it.next); },
            medseal_found_count, *this);
    }
    /// Returns the place of an entry that matches.
    result<medseal_place> hit(std::size_t index) const {
        return detail::value<medseal_place>(medseal_found_hit, *this, index);
    }
    /// Returns a malformed entry.
    result<malformed_entry> malformed(std::size_t index) const {
        return detail::fields<malformed_entry>(
            [](auto &it) { return std::make_tuple(&it.height, &it.why); },
            medseal_found_malformed, *this, index);
    }
};

/// A ledger: entries in one order. None is ever changed or removed. Several threads may also append
/// to it.
class ledger : public detail::handle<medseal_ledger, medseal_ledger_free> {
public:
    using handle::handle;

    /// Makes a ledger from your own implementation.
    static result<ledger> from(std::unique_ptr<custom_ledger> kept) {
        medseal_ledger_callbacks callbacks = {};
        callbacks.struct_size = sizeof(callbacks);
        const bool searches = kept != nullptr && kept->searches();
        callbacks.ctx = kept.release();
        callbacks.append = [](void *ctx, const std::uint8_t *entry, std::size_t entry_len,
                              const medseal_entry_id *id, std::uint32_t charter, std::uint64_t *height,
                              bool *was_there) -> medseal_status {
            return detail::guarded<true>([&] {
                appended made = {};
                const medseal_status status = detail::store(
                    made, static_cast<custom_ledger *>(ctx)->append({entry, entry_len}, *id, charter));
                *height = made.height;
                *was_there = made.was_there;
                return status;
            });
        };
        callbacks.at = [](void *ctx, std::uint64_t height, medseal_sink *sink) -> medseal_status {
            return detail::guarded<true>([&] {
                return detail::write(sink, static_cast<custom_ledger *>(ctx)->at(height));
            });
        };
        callbacks.get = [](void *ctx, const medseal_entry_id *id, medseal_sink *sink) -> medseal_status {
            return detail::guarded<true>([&] {
                return detail::write(sink, static_cast<custom_ledger *>(ctx)->get(*id));
            });
        };
        callbacks.head = [](void *ctx, medseal_tree_head *head) -> medseal_status {
            return detail::guarded<true>(
                [&] { return detail::store(*head, static_cast<custom_ledger *>(ctx)->head()); });
        };
        callbacks.prove = [](void *ctx, const medseal_entry_id *id, std::uint64_t size,
                             medseal_sink *sink) -> medseal_status {
            return detail::guarded<true>([&] {
                return detail::write(sink, static_cast<custom_ledger *>(ctx)->prove(*id, size));
            });
        };
        if (searches) {
            callbacks.search = [](void *ctx, const std::uint8_t *query, std::size_t size, std::uint64_t from,
                                  medseal_sink *sink) -> medseal_status {
                return detail::guarded<true>([&] {
                    return detail::write(sink, static_cast<custom_ledger *>(ctx)->search({query, size}, from));
                });
            };
        }
        callbacks.drop_ctx = [](void *ctx) {
            const detail::undisturbed keeping;
            delete static_cast<custom_ledger *>(ctx);
        };
        return detail::object<ledger>(medseal_ledger_from_callbacks,
                                      callbacks.ctx != nullptr ? &callbacks : nullptr);
    }
    /// Makes a reference ledger in memory that has its first charter. It is for tests and examples,
    /// and a model for your own ledger.
    static result<ledger> in_memory(const charter &first, const super_node_public_key &public_key) {
        return detail::object<ledger>(medseal_memory_ledger_new, first, public_key);
    }
    /// Appends one validated entry.
    result<appended> append(const validated &entry) const {
        return detail::fields<appended>(
            [](auto &it) { return std::make_tuple(&it.height, &it.was_there); },
            medseal_ledger_append, *this, entry);
    }
    /// An entry or a charter; the other is empty.
    struct item {
        /// The entry, or nothing.
        medseal::entry entry;
        /// The charter, or nothing.
        medseal::charter charter;
    };
    /// Returns the item at a height.
    result<item> at(std::uint64_t height) const {
        medseal_error error = detail::no_error();
        medseal_entry *entry = nullptr;
        medseal_charter *charter = nullptr;
        if (medseal_ledger_at(get(), height, &entry, &charter, &error) != MEDSEAL_OK) {
            return detail::failure<item>(error);
        }
        return detail::success(item{medseal::entry(entry), medseal::charter(charter)});
    }
    /// Returns the entry with an id.
    result<entry> by_id(const medseal_entry_id &id) const {
        return detail::object<entry>(medseal_ledger_get, *this, &id);
    }
    /// Returns the head of a ledger.
    result<medseal_tree_head> head() const {
        return detail::value<medseal_tree_head>(medseal_ledger_head, *this);
    }
    /// Proves that an earlier head of the ledger includes an entry.
    result<inclusion_proof> prove(const medseal_entry_id &id, std::uint64_t size) const {
        return detail::object<inclusion_proof>(medseal_ledger_prove, *this, &id, size);
    }
    /// Searches a ledger, as a node that holds only public parameters does.
    result<found> search(const query &query, const search_public_key &authority, std::uint64_t from,
                         std::size_t threads = 1, const progress_function &progress = {}) const {
        return detail::object<found>(medseal_ledger_search, *this, query, authority, from, threads,
                                     detail::c_progress(progress));
    }
    /// Returns the charters on a reference ledger.
    result<medseal::charters> charters() const {
        return detail::object<medseal::charters>(medseal_memory_ledger_charters, *this);
    }
    /// Appends the next charter to a reference ledger. It governs the entries that follow.
    result<std::uint64_t> append_charter(const charter &next) const {
        return detail::value<std::uint64_t>(medseal_memory_ledger_append_charter, *this, next);
    }
    /// Returns a charter that a reference ledger refused because it has a different one with this
    /// number.
    result<charter> evidence(std::size_t index) const {
        return detail::object<charter>(medseal_memory_ledger_evidence, *this, index);
    }
    /// Appends validated entries to a reference ledger as one block: all of them, or none.
    result<std::uint64_t> append_block(const validated &entries) const {
        return detail::value<std::uint64_t>(medseal_memory_ledger_append_block, *this, entries);
    }
    /// Verifies the whole chain of a reference ledger again: every item, every root and every hash.
    result<void> verify() const { return detail::done(medseal_memory_ledger_verify, *this); }
    /// Returns the header of a block of a reference ledger.
    result<block_header> block(std::uint64_t number) const {
        return detail::object<block_header>(medseal_memory_ledger_block, *this, number);
    }
    /// Writes all blocks of a reference ledger.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_memory_ledger_encode, *this); }
    /// Reads a reference ledger. Checks every item under the charter in force at its height, and
    /// the whole chain.
    static result<ledger> decode(bytes_view data, const super_node_public_key &public_key) {
        return detail::object<ledger>(medseal_memory_ledger_decode, data, public_key);
    }
};

/// Returns the `aad` with which a record key must be wrapped. It binds the key to one sealed
/// record.
inline result<medseal_digest> entry_wrap_aad(const medseal_digest &digest) {
    return detail::value<medseal_digest>(medseal_entry_wrap_aad, &digest);
}

/// Writes the address of the sealed record with a digest: 64 hexadecimal digits.
inline result<std::string> address_of(const medseal_digest &digest) {
    return detail::filled<std::string>(medseal_address_of, &digest);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
