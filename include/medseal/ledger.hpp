/// @file
/// Entries and ledgers. Included by medseal.hpp.
#ifndef MEDSEAL_LEDGER_HPP
#define MEDSEAL_LEDGER_HPP

#include "abe.hpp"
#include "abs.hpp"
#include "identity.hpp"
#include "search.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// What a block header of a reference ledger says.
struct block_fields {
    /// The block's number, from zero.
    std::uint64_t number;
    /// How many entries there are up to its end.
    std::uint64_t entries;
    /// The Merkle root over all of them.
    medseal_digest root;
    /// The hash of the block before.
    medseal_digest previous;
    /// The block's hash.
    medseal_digest hash;
};

/// An entry that could not be judged.
struct malformed_entry {
    /// Its height.
    std::uint64_t height;
    /// What is wrong with it: a decoding status.
    medseal_status why;
};

/// How much a search found.
struct found_count {
    /// How many entries match.
    std::size_t hits;
    /// How many could not be judged.
    std::size_t malformed;
    /// Where to go on: a later search from here sees only what is new.
    std::uint64_t next;
};

/// The fields of an entry that are no objects.
struct entry_fields {
    /// The entry's id.
    medseal_entry_id id;
    /// The record's id.
    medseal_record_id record;
    /// The digest of the sealed record.
    medseal_digest digest;
    /// The time by the uploader's clock, in Unix milliseconds.
    std::uint64_t time_ms;
};

/// What an entry says, before it is signed. It refers to objects of somebody else.
struct statement {
    /// The record's id.
    medseal_record_id record;
    /// The digest of the sealed record.
    medseal_digest digest;
    /// The time by the uploader's clock, in Unix milliseconds.
    std::uint64_t time_ms;
    /// The policy that the ledger demands of uploaders.
    const policy &claim;
    /// The record key, wrapped under the access policy.
    const abe_wrapped_key &wrapped;
    /// The index of the record's keywords, under the same access policy.
    const search_index &index;
    /// Where the sealed record is; empty for the address of the digest.
    std::string_view address = {};
    /// A message to the hospital whose record it is, or null.
    const identity_envelope *envelope = nullptr;
};

/// A ledger of your own. Failures are thrown as medseal::error, or returned where exceptions are off; what
/// they mean is said at medseal_ledger_callbacks.
class custom_ledger {
public:
    virtual ~custom_ledger() = default;
    /// Appends an entry, which was validated, unless its id is known; gives its height.
    virtual result<std::uint64_t> append(bytes_view entry, const medseal_entry_id &id) = 0;
    /// The bytes of the entry at a height.
    virtual result<bytes> at(std::uint64_t height) = 0;
    /// The bytes of the entry of an id.
    virtual result<bytes> get(const medseal_entry_id &id) = 0;
    /// How far the ledger has come.
    virtual result<medseal_head> head() = 0;
    /// Whether search() is there. If it is not, the library reads and matches every entry.
    virtual bool searches() const noexcept { return false; }
    /// Searches where the entries are, from a height on: sends the byte form of a query there, and gives the byte form
    /// of what the node found.
    virtual result<bytes> search(bytes_view, std::uint64_t) { return bytes(); }
};

/// What a ledger demands of its entries; the same on all of its nodes. Immutable: any number of threads may
/// use it at once.
class demands : public detail::handle<medseal_demands, medseal_demands_free> {
public:
    using handle::handle;

    /// Says what a ledger demands of its entries.
    static result<demands> of(std::string_view ledger, const policy &claim,
                              const abs_public_key &public_key) {
        return detail::object<demands>(medseal_demands_new, ledger.data(), ledger.size(), claim.get(),
                                       public_key.get());
    }
};

/// A signed entry about a sealed record: what a ledger keeps. Immutable: any number of threads may use it
/// at once.
class entry : public detail::handle<medseal_entry, medseal_entry_free> {
public:
    using handle::handle;

    /// Signs a statement for a ledger of this name: an entry.
    static result<entry> sign(const statement &statement, std::string_view ledger,
                              const abs_signing_key &key) {
        const medseal_statement parts = {sizeof(parts),
                                         statement.record,
                                         statement.digest,
                                         statement.time_ms,
                                         statement.address.data(),
                                         statement.address.size(),
                                         statement.claim.get(),
                                         statement.wrapped.get(),
                                         statement.index.get(),
                                         statement.envelope ? statement.envelope->get() : nullptr};
        return detail::object<entry>(medseal_entry_sign, &parts, ledger.data(), ledger.size(), key.get());
    }
    /// What every node checks before it accepts an entry: limits, claim policy, one access policy, every
    /// point, the signature.
    result<void> validate(const demands &demands) const {
        return detail::done(medseal_entry_validate, get(), demands.get());
    }
    /// Validates many entries, which is faster than each by itself. If some are refused, the position of the
    /// error is the index of the first of them.
    static result<void> validate_all(const refs<entry> &entries, const demands &demands,
                                     std::size_t threads = 1) {
        return detail::done(medseal_entry_validate_all, entries.data(), entries.size(), demands.get(),
                            threads);
    }
    /// The fields of an entry that are no objects.
    result<entry_fields> fields() const {
        medseal_error error = detail::no_error();
        entry_fields made = {};
        if (medseal_entry_fields(get(), &made.id, &made.record, &made.digest, &made.time_ms, &error) !=
            MEDSEAL_OK) {
            return detail::failure<entry_fields>(error);
        }
        return detail::success(made);
    }
    /// Writes the address of the sealed record that an entry is about.
    result<std::string> address() const { return detail::filled<std::string>(medseal_entry_address, get()); }
    /// The policy that the uploader's attributes satisfy.
    result<policy> claim() const { return detail::object<policy>(medseal_entry_claim, get()); }
    /// The policy of who may find and open the record.
    result<policy> access() const { return detail::object<policy>(medseal_entry_access, get()); }
    /// The wrapped record key in an entry.
    result<abe_wrapped_key> wrapped_key() const {
        return detail::object<abe_wrapped_key>(medseal_entry_wrapped_key, get());
    }
    /// The keyword index in an entry.
    result<search_index> index() const { return detail::object<search_index>(medseal_entry_index, get()); }
    /// The envelope in an entry.
    result<identity_envelope> envelope() const {
        return detail::object<identity_envelope>(medseal_entry_envelope, get());
    }
    /// The signature of an entry.
    result<abs_signature> signature() const {
        return detail::object<abs_signature>(medseal_entry_signature, get());
    }
    /// Writes the byte form of an entry.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_entry_encode, get()); }
    /// Reads an entry from its byte form, checking everything.
    static result<entry> decode(bytes_view data) {
        return detail::object<entry>(medseal_entry_decode, data.data(), data.size());
    }
};

/// What a block of a reference ledger says about the chain up to it. Immutable: any number of threads may
/// use it at once.
class block_header : public detail::handle<medseal_block_header, medseal_block_header_free> {
public:
    using handle::handle;

    /// What a block header says.
    result<block_fields> fields() const {
        medseal_error error = detail::no_error();
        block_fields made = {};
        if (medseal_block_header_fields(get(), &made.number, &made.entries, &made.root, &made.previous,
                                        &made.hash, &error) != MEDSEAL_OK) {
            return detail::failure<block_fields>(error);
        }
        return detail::success(made);
    }
    /// Writes the byte form of a block header.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_block_header_encode, get()); }
    /// Reads a block header from its byte form, checking everything.
    static result<block_header> decode(bytes_view data) {
        return detail::object<block_header>(medseal_block_header_decode, data.data(), data.size());
    }
};

/// Proof that an entry stands at a height in the reference ledger that has a certain head. Immutable: any
/// number of threads may use it at once.
class entry_proof : public detail::handle<medseal_entry_proof, medseal_entry_proof_free> {
public:
    using handle::handle;

    /// Verifies that an entry stands at a height under a head.
    result<void> verify(const medseal_head &head, std::uint64_t height, const entry &entry) const {
        return detail::done(medseal_entry_proof_verify, get(), &head, height, entry.get());
    }
    /// Writes the byte form of an entry's proof.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_entry_proof_encode, get()); }
    /// Reads an entry's proof from its byte form, checking everything.
    static result<entry_proof> decode(bytes_view data) {
        return detail::object<entry_proof>(medseal_entry_proof_decode, data.data(), data.size());
    }
};

/// What a search found, and how far it came. Immutable: any number of threads may use it at once.
class found : public detail::handle<medseal_found, medseal_found_free> {
public:
    using handle::handle;

    /// How much was found.
    result<found_count> count() const {
        medseal_error error = detail::no_error();
        found_count made = {};
        if (medseal_found_count(get(), &made.hits, &made.malformed, &made.next, &error) != MEDSEAL_OK) {
            return detail::failure<found_count>(error);
        }
        return detail::success(made);
    }
    /// An entry that matches.
    result<medseal_place> hit(std::size_t index) const {
        return detail::value<medseal_place>(medseal_found_hit, get(), index);
    }
    /// An entry that could not be judged.
    result<malformed_entry> malformed(std::size_t index) const {
        medseal_error error = detail::no_error();
        malformed_entry made = {};
        if (medseal_found_malformed(get(), index, &made.height, &made.why, &error) != MEDSEAL_OK) {
            return detail::failure<malformed_entry>(error);
        }
        return detail::success(made);
    }
    /// Writes the byte form of what a search found, which travels.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_found_encode, get()); }
    /// Reads what a search found from its byte form, checking everything.
    static result<found> decode(bytes_view data) {
        return detail::object<found>(medseal_found_decode, data.data(), data.size());
    }
};

/// A ledger: entries in one order, of which none is ever changed or taken away. Threads may append to it,
/// too. Immutable: any number of threads may use it at once.
class ledger : public detail::handle<medseal_ledger, medseal_ledger_free> {
public:
    using handle::handle;

    /// Makes a ledger of your own.
    static result<ledger> from(const demands &demands, std::unique_ptr<custom_ledger> kept) {
        medseal_ledger_callbacks callbacks = {};
        callbacks.struct_size = sizeof(callbacks);
        const bool searches = kept != nullptr && kept->searches();
        callbacks.ctx = kept.release();
        callbacks.append = [](void *ctx, const std::uint8_t *entry, std::size_t entry_len,
                              const medseal_entry_id *id, std::uint64_t *height) -> medseal_status {
            return detail::guarded<true>([&] {
                return detail::store(*height,
                                     static_cast<custom_ledger *>(ctx)->append({entry, entry_len}, *id));
            });
        };
        callbacks.at = [](void *ctx, std::uint64_t height, medseal_sink *sink) -> medseal_status {
            return detail::guarded<true>([&] {
                bytes entry;
                medseal_status status = detail::store(entry, static_cast<custom_ledger *>(ctx)->at(height));
                return status != MEDSEAL_OK ? status
                                            : medseal_sink_write(sink, entry.data(), entry.size(), nullptr);
            });
        };
        callbacks.get = [](void *ctx, const medseal_entry_id *id, medseal_sink *sink) -> medseal_status {
            return detail::guarded<true>([&] {
                bytes entry;
                medseal_status status = detail::store(entry, static_cast<custom_ledger *>(ctx)->get(*id));
                return status != MEDSEAL_OK ? status
                                            : medseal_sink_write(sink, entry.data(), entry.size(), nullptr);
            });
        };
        callbacks.head = [](void *ctx, medseal_head *head) -> medseal_status {
            return detail::guarded<true>(
                [&] { return detail::store(*head, static_cast<custom_ledger *>(ctx)->head()); });
        };
        if (searches) {
            callbacks.search = [](void *ctx, const std::uint8_t *query, std::size_t size, std::uint64_t from,
                                  medseal_sink *sink) -> medseal_status {
                return detail::guarded<true>([&] {
                    bytes found;
                    medseal_status status =
                        detail::store(found, static_cast<custom_ledger *>(ctx)->search({query, size}, from));
                    return status != MEDSEAL_OK ? status
                                                : medseal_sink_write(sink, found.data(), found.size(), nullptr);
                });
            };
        }
        callbacks.drop_ctx = [](void *ctx) {
            const detail::undisturbed keeping;
            delete static_cast<custom_ledger *>(ctx);
        };
        return detail::object<ledger>(medseal_ledger_from_callbacks, demands.get(),
                                      callbacks.ctx != nullptr ? &callbacks : nullptr);
    }
    /// Makes an empty reference ledger in memory: for tests, examples and as a model.
    static result<ledger> in_memory(const demands &demands) {
        return detail::object<ledger>(medseal_memory_ledger_new, demands.get());
    }
    /// Appends an entry, if it is valid and new.
    result<std::uint64_t> append(const entry &entry) const {
        return detail::value<std::uint64_t>(medseal_ledger_append, get(), entry.get());
    }
    /// The entry at a height.
    result<entry> at(std::uint64_t height) const {
        return detail::object<entry>(medseal_ledger_at, get(), height);
    }
    /// The entry of an id.
    result<entry> by_id(const medseal_entry_id &id) const {
        return detail::object<entry>(medseal_ledger_get, get(), &id);
    }
    /// How far a ledger has come.
    result<medseal_head> head() const { return detail::value<medseal_head>(medseal_ledger_head, get()); }
    /// Searches a ledger, as a node that holds public parameters only.
    result<found> search(const query &query, const search_public_key &authority, std::uint64_t from,
                         std::size_t threads = 1, const progress_function &progress = {}) const {
        return detail::object<found>(medseal_ledger_search, get(), query.get(), authority.get(), from, threads,
                                     detail::c_progress(progress).get());
    }
    /// Appends several entries to a reference ledger as one block: all of them, or none.
    result<std::uint64_t> append_block(const refs<entry> &entries) const {
        return detail::value<std::uint64_t>(medseal_memory_ledger_append_block, get(), entries.data(),
                                            entries.size());
    }
    /// Checks the whole chain of a reference ledger anew: every entry, every root, every hash.
    result<void> verify() const { return detail::done(medseal_memory_ledger_verify, get()); }
    /// What prove() gives.
    struct proven {
        /// The present head.
        medseal_head head;
        /// The entry's height.
        std::uint64_t height;
        /// The proof.
        entry_proof proof;
    };
    /// Proves that an entry stands under the present head of a reference ledger.
    result<proven> prove(const medseal_entry_id &id) const {
        medseal_error error = detail::no_error();
        medseal_head head = {};
        std::uint64_t height = 0;
        medseal_entry_proof *proof = nullptr;
        if (medseal_memory_ledger_prove(get(), &id, &proof, &head, &height, &error) != MEDSEAL_OK) {
            return detail::failure<proven>(error);
        }
        return detail::success(proven{head, height, entry_proof(proof)});
    }
    /// The header of a block of a reference ledger.
    result<block_header> block(std::uint64_t number) const {
        return detail::object<block_header>(medseal_memory_ledger_block, get(), number);
    }
    /// Writes all blocks of a reference ledger.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_memory_ledger_encode, get()); }
    /// Reads a reference ledger, validating every entry and checking the whole chain.
    static result<ledger> decode(bytes_view data, const demands &demands) {
        return detail::object<ledger>(medseal_memory_ledger_decode, data.data(), data.size(), demands.get());
    }
};

/// What a record key has to be wrapped with as `aad`, so that it belongs to one sealed record.
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
