/// @file
/// The main job: seal and wrap, unwrap and open; publish, find and open on a ledger.
/// Included by medseal.hpp.
#ifndef MEDSEAL_SHARE_HPP
#define MEDSEAL_SHARE_HPP

#include "authority.hpp"
#include "ledger.hpp"
#include "merkle.hpp"
#include "record.hpp"
#include "store.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// A sealed record and its wrapped key. Store or send both: neither is secret, and both are needed
/// to open the record.
struct sealed_and_wrapped {
    /// The sealed record.
    bytes sealed;
    /// Its key, wrapped under a policy.
    abe_wrapped_key wrapped;
};

/// Seals a record in memory under a fresh key, and wraps that key under a policy.
inline result<sealed_and_wrapped> seal_and_wrap(const abe_public_key &public_key, const policy &policy,
                                                bytes_view record, const members_key *members = nullptr) {
    medseal_error error = detail::no_error();
    std::size_t size = 0;
    medseal_abe_wrapped_key *wrapped = nullptr;
    bytes sealed;
    const auto call = [&] {
        return medseal_seal_and_wrap(public_key.get(), policy.get(), record.data(), record.size(),
                                     members != nullptr ? members->get() : nullptr, sealed.data(), &size, &wrapped,
                                     &error);
    };
    medseal_status status = call();
    if (status == MEDSEAL_ERR_BUFFER_TOO_SMALL) {
        sealed.resize(size);
        status = call();
    }
    if (status != MEDSEAL_OK) { return detail::failure<sealed_and_wrapped>(error); }
    return detail::success(sealed_and_wrapped{std::move(sealed), abe_wrapped_key(wrapped)});
}

/// Unwraps the key of a sealed record in memory, and opens the record.
inline result<secret_bytes> unwrap_and_open(const abe_decryption_key &key, const abe_wrapped_key &wrapped,
                                            bytes_view sealed, const members_keys *members = nullptr) {
    return detail::filled<secret_bytes>(medseal_unwrap_and_open, key, wrapped, sealed, members);
}

/// A hospital's list of records: their digest, and the identity that receives the envelopes. It has
/// state: one call at a time.
class database : public detail::handle<medseal_database, medseal_database_free> {
public:
    using handle::handle;

    /// Makes an empty database for a hospital.
    static result<database> empty(const super_node_public_key &public_key, const identity &identity) {
        return detail::object<database>(medseal_database_new, public_key, identity);
    }
    /// Restores a database from the frontier that frontier() returned.
    static result<database> resume(const super_node_public_key &public_key, const identity &identity,
                                   const merkle_frontier &frontier) {
        return detail::object<database>(medseal_database_resume, public_key, identity, frontier);
    }
    /// Returns the digest of a database: the Merkle root over its record digests.
    result<medseal_digest> digest() const {
        return detail::value<medseal_digest>(medseal_database_digest, *this);
    }
    /// Returns the state of a database. Store it after each publication.
    result<merkle_frontier> frontier() const {
        return detail::object<merkle_frontier>(medseal_database_frontier, *this);
    }
};

/// The policy, keywords and keys of a publication. It does not own the objects that it refers to.
struct publication {
    /// The access policy: who may find and open the record.
    const policy &access;
    /// The keywords of the record; at most 256.
    refs<keyword> keywords;
    /// The members' keyword key.
    const medseal::keyword_key &keyword_key;
    /// The key that signs the entry, anonymously. Its attributes must satisfy the consortium's
    /// claim policy.
    const abs_signing_key &signing_key;
    /// The time by the uploader's clock, in Unix milliseconds. All readers of the ledger see it.
    std::uint64_t time_ms;
    /// Hints for search; null unless the whole deployment has agreed on them.
    const medseal_hints *hints = nullptr;
};

/// What was published, and the record key, for sharing the record under another policy later.
struct published {
    /// The place of its entry, the ids, the summary, the digest and the lengths.
    medseal_published record;
    /// The record key.
    record_key key;
};

/// The first stage of a publication, before a byte leaves the process: the record's id and key. It
/// is secret, and wiped when freed.
class draft
    : public coded<draft, secret_bytes, medseal_draft, medseal_draft_free,
                   medseal_draft_encode, medseal_draft_decode> {
public:
    using coded::coded;

    /// Makes a draft, with this record id or a random one. Store its byte form before you continue.
    static result<draft> make(const medseal_record_id *record = nullptr) {
        return detail::object<draft>(medseal_draft_new, record);
    }
};

/// The second stage: a record that is sealed and has an address. It is secret, and wiped when
/// freed.
class sealed
    : public coded<sealed, secret_bytes, medseal_sealed, medseal_sealed_free,
                   medseal_sealed_encode, medseal_sealed_decode> {
public:
    using coded::coded;
};

/// The third stage: a publication whose entry is made and signed, and only has to be appended. It
/// is secret, and wiped when freed.
class prepared
    : public coded<prepared, secret_bytes, medseal_prepared, medseal_prepared_free,
                   medseal_prepared_encode, medseal_prepared_decode> {
public:
    using coded::coded;

    /// Returns its draft, for uploading the record again if its object is lost.
    result<medseal::draft> draft() const { return detail::object<medseal::draft>(medseal_prepared_draft, *this); }
    /// Returns its entry.
    result<medseal::entry> entry() const { return detail::object<medseal::entry>(medseal_prepared_entry, *this); }
    /// Returns the state that the hospital's database has after it.
    result<merkle_frontier> database() const {
        return detail::object<merkle_frontier>(medseal_prepared_database, *this);
    }
};

/// The input of a search. It does not own the objects that it refers to.
struct search {
    /// The keyword.
    const medseal::keyword &keyword;
    /// The searcher's key.
    const search_key &key;
    /// The attributes that the search shows to the nodes. A record is found only if they satisfy
    /// its policy. Show only the attributes that the policies need, from needed().
    const attributes &showing;
    /// The height at which the search begins.
    std::uint64_t from = 0;
    /// The periods to give hints for, ascending; none unless the whole deployment has agreed on
    /// hints.
    std::vector<medseal_hints> hints = {};
};

/// The ledger, the store and the keys that publications and searches use. It does not own them;
/// they must outlive it.
class consortium {
public:
    /// Takes the ledger, the store, the ledger's charters, the trusted head that must include every
    /// entry that is opened, and the number of threads. An entry is published under the current
    /// charter, and is checked under the charter that it names.
    consortium(const ledger &ledger, const store &store, const charters &charters, const trusted_head &head,
               std::size_t threads = 1)
        : c_{sizeof(medseal_consortium), ledger.get(), store.get(), charters.get(), head.get(), threads, nullptr} {}
    /// A consortium that publishes and finds, but cannot open.
    consortium(const ledger &ledger, const store &store, const charters &charters, std::size_t threads = 1)
        : c_{sizeof(medseal_consortium), ledger.get(), store.get(), charters.get(), nullptr, threads, nullptr} {}
    /// Adds the members' keys that you hold, which must outlive this object.
    consortium &holding(const members_keys &keys) {
        c_.members = keys.get();
        return *this;
    }
    /// Deleted: nothing would own them.
    consortium &holding(const members_keys &&) = delete;
    /// Deleted: nothing would own the ledger.
    consortium(const ledger &&, const store &, const charters &, const trusted_head &, std::size_t = 1) = delete;
    /// Deleted: nothing would own the store.
    consortium(const ledger &, const store &&, const charters &, const trusted_head &, std::size_t = 1) = delete;
    /// Deleted: nothing would own the charters.
    consortium(const ledger &, const store &, const charters &&, const trusted_head &, std::size_t = 1) = delete;
    /// Deleted: nothing would own the head.
    consortium(const ledger &, const store &, const charters &, const trusted_head &&, std::size_t = 1) = delete;
    /// Deleted: nothing would own the ledger.
    consortium(const ledger &&, const store &, const charters &, std::size_t = 1) = delete;
    /// Deleted: nothing would own the store.
    consortium(const ledger &, const store &&, const charters &, std::size_t = 1) = delete;
    /// Deleted: nothing would own the charters.
    consortium(const ledger &, const store &, const charters &&, std::size_t = 1) = delete;

    /// Publishes a record from a reader. If a database is given, the record is added to it, and its
    /// hospital gets an envelope. After a failure, `resume` receives a publication that finish()
    /// can finish, if there is one.
    result<published> publish(const reader_function &record, const publication &with,
                              database *database = nullptr, const progress_function &progress = {},
                              prepared *resume = nullptr) const {
        return published_by(resume, [&](auto **left, auto *out, auto **key, auto *error) {
            const medseal_publication parts = parts_of(with);
            return medseal_publish(&c_, &parts, detail::c_reader(record).get(), of(database),
                                   detail::c_progress(progress).get(), key, left, out, error);
        });
    }
    /// As publish(), for a record in memory.
    result<published> publish_bytes(bytes_view record, const publication &with, database *database = nullptr,
                                    prepared *resume = nullptr) const {
        return published_by(resume, [&](auto **left, auto *out, auto **key, auto *error) {
            const medseal_publication parts = parts_of(with);
            return medseal_publish_bytes(&c_, &parts, record.data(), record.size(), of(database), key, left, out,
                                         error);
        });
    }
    /// As publish(), for a record in a file.
    result<published> publish_file(std::string_view path, const publication &with, database *database = nullptr,
                                   const progress_function &progress = {}, prepared *resume = nullptr) const {
        return published_by(resume, [&](auto **left, auto *out, auto **key, auto *error) {
            const medseal_publication parts = parts_of(with);
            return medseal_publish_file(&c_, &parts, path.data(), path.size(), of(database),
                                        detail::c_progress(progress).get(), key, left, out, error);
        });
    }
    /// Seals a record into the store. Before the object is committed, `keep` receives the whole
    /// byte form of the sealed publication in one call, and must store it durably.
    result<sealed> upload(const draft &draft, const reader_function &record, const writer_function &keep,
                          const progress_function &progress = {}) const {
        return detail::object<sealed>(medseal_upload, &c_, draft, detail::c_reader(record),
                                      detail::c_writer(keep), detail::c_progress(progress));
    }
    /// Makes the entry about a sealed record. Store the byte form of the result before you
    /// continue.
    result<prepared> prepare(const sealed &sealed, const publication &with, const database *database = nullptr,
                             const progress_function &progress = {}) const {
        const medseal_publication parts = parts_of(with);
        return detail::object<prepared>(medseal_prepare, &c_, sealed, &parts, of(database),
                                        detail::c_progress(progress));
    }
    /// Finishes a publication, which may have begun in another process: checks that the object is
    /// in the store, and appends the entry unless it is already on the ledger.
    result<published> finish(const prepared &prepared, database *database = nullptr,
                             const progress_function &progress = {}) const {
        return published_by(nullptr, [&](auto **, auto *out, auto **key, auto *error) {
            return medseal_finish(&c_, prepared.get(), of(database), detail::c_progress(progress).get(), key, out,
                                  error);
        });
    }
    /// Shares a published record under another policy or with other keywords.
    result<medseal_published> rewrap(const medseal_entry_id &entry, const record_key &key,
                                     const publication &with, const progress_function &progress = {},
                                     prepared *resume = nullptr) const {
        const medseal_publication parts = parts_of(with);
        medseal_error error = detail::no_error();
        medseal_published made = {};
        medseal_prepared *left = nullptr;
        const medseal_status status = medseal_rewrap(&c_, &entry, key.get(), &parts, detail::c_progress(progress).get(),
                                                     &left, &made, &error);
        hand_over(left, resume);
        return status != MEDSEAL_OK ? detail::failure<medseal_published>(error)
                                    : detail::success<medseal_published>(made);
    }
    /// Finds the entries that have a keyword and whose policy the shown attributes satisfy.
    result<found> find(const search &what, const progress_function &progress = {}) const {
        const medseal_search parts = {sizeof(medseal_search), what.keyword.get(), what.key.get(), what.showing.get(),
                                      what.hints.data(),      what.hints.size(),  what.from};
        return detail::object<found>(medseal_find, &c_, &parts, detail::c_progress(progress));
    }
    /// Unwraps the record key in an entry.
    result<medseal::record_key> record_key(const medseal_entry_id &entry,
                                           const abe_decryption_key &key) const {
        return detail::object<medseal::record_key>(medseal_unwrap_record_key, &c_, &entry, key);
    }
    /// Opens the record of an entry. Only success shows that what was written is the whole record.
    result<medseal_receipt> open(const medseal_entry_id &entry, const abe_decryption_key &key,
                                 const writer_function &output,
                                 const progress_function &progress = {}) const {
        return detail::value<medseal_receipt>(medseal_open, &c_, &entry, key, detail::c_writer(output),
                                              detail::c_progress(progress));
    }
    /// As open(), to memory.
    result<secret_bytes> open_bytes(const medseal_entry_id &entry, const abe_decryption_key &key,
                                    medseal_receipt *receipt = nullptr) const {
        return detail::filled_by<secret_bytes>(
            [&](std::uint8_t *out, std::size_t *size, medseal_error *error) {
                return medseal_open_bytes(&c_, &entry, key.get(), out, size, receipt, error);
            });
    }
    /// As open(), to a new file. A failure leaves no new file.
    result<medseal_receipt> open_file(const medseal_entry_id &entry, const abe_decryption_key &key,
                                      std::string_view path, const progress_function &progress = {}) const {
        return detail::value<medseal_receipt>(medseal_open_file, &c_, &entry, key, path,
                                              detail::c_progress(progress));
    }

private:
    static medseal_publication parts_of(const publication &with) {
        return {sizeof(medseal_publication),
                with.access.get(),
                with.keywords.data(),
                with.keywords.size(),
                with.keyword_key.get(),
                with.hints,
                with.signing_key.get(),
                with.time_ms};
    }
    static medseal_database *of(const database *database) noexcept { return database ? database->get() : nullptr; }
    static void hand_over(medseal_prepared *left, prepared *resume) noexcept {
        prepared owned(left);
        if (resume != nullptr) {
            *resume = std::move(owned);
        }
    }
    template <class Call> static result<published> published_by(prepared *resume, Call call) {
        medseal_error error = detail::no_error();
        medseal_published made = {};
        medseal_record_key *key = nullptr;
        medseal_prepared *left = nullptr;
        const medseal_status status = call(&left, &made, &key, &error);
        hand_over(left, resume);
        if (status != MEDSEAL_OK) {
            return detail::failure<published>(error);
        }
        return detail::success(published{made, medseal::record_key(key)});
    }
    medseal_consortium c_;
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
