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
    bytes sealed;            ///< The sealed record.
    abe_wrapped_key wrapped; ///< Its key, wrapped under a policy.
};

/// Seals a record in memory under a fresh key, and wraps that key under a policy.
inline result<sealed_and_wrapped> seal_and_wrap(const abe_public_key &public_key, const policy &policy,
                                                bytes_view record, const members_key *members = nullptr) {
    medseal_abe_wrapped_key *wrapped = nullptr;
    auto sealed = detail::filled_and<bytes>(medseal_seal_and_wrap, detail::outputs(&wrapped), public_key,
                                            policy, record, members);
    abe_wrapped_key owned(wrapped);
    return detail::map(std::move(sealed), [&](bytes &&made) {
        return sealed_and_wrapped{std::move(made), std::move(owned)};
    });
}

inline result<secret_bytes> unwrap_and_open(const abe_decryption_key &key, const abe_wrapped_key &wrapped,
                                            bytes_view sealed, const members_keys *members = nullptr) {
    return detail::filled<secret_bytes>(medseal_unwrap_and_open, key, wrapped, sealed, members);
}

/// A hospital's list of records: their digest, and the identity that receives the envelopes. It has
/// state: one call at a time.
class database : public detail::handle<database> {
public:
    using handle::handle;

    static result<database> empty(const super_node_public_key &public_key, const identity &identity) {
        return made(medseal_database_new, public_key, identity);
    }
    static result<database> resume(const super_node_public_key &public_key, const identity &identity,
                                   const merkle_frontier &frontier) {
        return made(medseal_database_resume, public_key, identity, frontier);
    }
    result<medseal_digest> digest() const { return call(medseal_database_digest); }
    result<merkle_frontier> frontier() const { return call(medseal_database_frontier); }
};

/// The policy, keywords and keys of a publication. It does not own the objects that it refers to.
struct publication {
    const policy &access;                    ///< The access policy: who may find and open the record.
    refs<keyword> keywords;                  ///< The keywords of the record; at most 256.
    const medseal::keyword_key &keyword_key; ///< The members' keyword key.
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
    record_key key; ///< The record key.
};

/// The first stage of a publication, before a byte leaves the process: the record's id and key. It
/// is secret, and wiped when freed.
class draft : public coded<draft> {
public:
    using coded::coded;

    static result<draft> make(const medseal_record_id *record = nullptr) {
        return made(medseal_draft_new, record);
    }
};

/// The second stage: a record that is sealed and has an address. It is secret, and wiped when
/// freed.
class sealed : public coded<sealed> {
public:
    using coded::coded;
};

/// The third stage: a publication whose entry is made and signed, and only has to be appended. It
/// is secret, and wiped when freed.
class prepared : public coded<prepared> {
public:
    using coded::coded;

    result<medseal::draft> draft() const { return call(medseal_prepared_draft); }
    result<medseal::entry> entry() const { return call(medseal_prepared_entry); }
    result<merkle_frontier> database() const { return call(medseal_prepared_database); }
};

/// The input of a search. It does not own the objects that it refers to.
struct search {
    const medseal::keyword &keyword; ///< The keyword.
    const search_key &key;           ///< The searcher's key.
    /// The attributes that the search shows to the nodes. A record is found only if they satisfy
    /// its policy. Show only the attributes that the policies need, from needed().
    const attributes &showing;
    std::uint64_t from = 0; ///< The height at which the search begins.
    /// The periods to give hints for, ascending; none unless the whole deployment has agreed on
    /// hints.
    std::vector<medseal_hints> hints = {};
};

/// An object that must outlive the one that refers to it. A temporary object is refused: nothing
/// would own it.
template <class T> using lasting = std::reference_wrapper<const T>;

/// The ledger, the store and the keys that publications and searches use. It does not own them;
/// they must outlive it.
class consortium {
public:
    /// Takes the ledger, the store, the ledger's charters, the trusted head that must include every
    /// entry that is opened, and the number of threads. An entry is published under the current
    /// charter, and is checked under the charter that it names.
    consortium(lasting<ledger> ledger, lasting<store> store, lasting<charters> charters,
               lasting<trusted_head> head, std::size_t threads = 1)
        : consortium(ledger, store, charters, threads) {
        c_.head = head.get().get();
    }
    /// A consortium that publishes and finds, but cannot open.
    consortium(lasting<ledger> ledger, lasting<store> store, lasting<charters> charters,
               std::size_t threads = 1)
        : c_{sizeof(c_), ledger.get().get(), store.get().get(), charters.get().get(), nullptr, threads,
             nullptr} {}
    /// Adds the members' keys that you hold, which must outlive this object.
    consortium &holding(lasting<members_keys> keys) {
        c_.members = keys.get().get();
        return *this;
    }

    /// Publishes a record from a reader. If a database is given, the record is added to it, and its
    /// hospital gets an envelope. After a failure, `resume` receives a publication that finish()
    /// can finish, if there is one.
    result<published> publish(const reader_function &record, const publication &with,
                              database *database = nullptr, const progress_function &progress = {},
                              prepared *resume = nullptr) const {
        const medseal_publication parts = parts_of(with);
        return published_by(resume, medseal_publish, &parts, record, database, progress);
    }
    /// As publish(), for a record in memory.
    result<published> publish_bytes(bytes_view record, const publication &with, database *database = nullptr,
                                    prepared *resume = nullptr) const {
        const medseal_publication parts = parts_of(with);
        return published_by(resume, medseal_publish_bytes, &parts, record, database);
    }
    /// As publish(), for a record in a file.
    result<published> publish_file(std::string_view path, const publication &with,
                                   database *database = nullptr, const progress_function &progress = {},
                                   prepared *resume = nullptr) const {
        const medseal_publication parts = parts_of(with);
        return published_by(resume, medseal_publish_file, &parts, path, database, progress);
    }
    result<sealed> upload(const draft &draft, const reader_function &record, const writer_function &keep,
                          const progress_function &progress = {}) const {
        return detail::call(medseal_upload, &c_, draft, record, keep, progress);
    }
    result<prepared> prepare(const sealed &sealed, const publication &with,
                             const database *database = nullptr,
                             const progress_function &progress = {}) const {
        const medseal_publication parts = parts_of(with);
        return detail::call(medseal_prepare, &c_, sealed, &parts, database, progress);
    }
    /// Finishes a publication, which may have begun in another process: checks that the object is
    /// in the store, and appends the entry unless it is already on the ledger.
    result<published> finish(const prepared &prepared, database *database = nullptr,
                             const progress_function &progress = {}) const {
        struct in_order {
            medseal::record_key key;
            medseal_published record;
        };
        auto made = detail::call<in_order>(medseal_finish, &c_, prepared, database, progress);
        return detail::map(std::move(made), [](in_order &&it) {
            return published{it.record, std::move(it.key)};
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
        const detail::outputs all(&left, &made);
        const medseal_status status =
            detail::pass(medseal_rewrap, all, &error, &c_, &entry, key, &parts, progress);
        hand_over(left, resume);
        return status != MEDSEAL_OK ? detail::failure<medseal_published>(error)
                                    : detail::success<medseal_published>(made);
    }
    result<found> find(const search &what, const progress_function &progress = {}) const {
        const medseal_search parts = {
            sizeof(medseal_search), what.keyword.get(), what.key.get(), what.showing.get(),
            what.hints.data(),      what.hints.size(),  what.from};
        return detail::call(medseal_find, &c_, &parts, progress);
    }
    result<medseal::record_key> record_key(const medseal_entry_id &entry,
                                           const abe_decryption_key &key) const {
        return detail::call(medseal_unwrap_record_key, &c_, &entry, key);
    }
    result<medseal_receipt> open(const medseal_entry_id &entry, const abe_decryption_key &key,
                                 const writer_function &output,
                                 const progress_function &progress = {}) const {
        return detail::call(medseal_open, &c_, &entry, key, output, progress);
    }
    /// As open(), to memory.
    result<secret_bytes> open_bytes(const medseal_entry_id &entry, const abe_decryption_key &key,
                                    medseal_receipt *receipt = nullptr) const {
        return detail::filled_and<secret_bytes>(medseal_open_bytes, detail::outputs(receipt), &c_, &entry,
                                                key);
    }
    result<medseal_receipt> open_file(const medseal_entry_id &entry, const abe_decryption_key &key,
                                      std::string_view path, const progress_function &progress = {}) const {
        return detail::call(medseal_open_file, &c_, &entry, key, path, progress);
    }

private:
    static medseal_publication parts_of(const publication &with) {
        return {sizeof(medseal_publication), with.access.get(), with.keywords.data(),   with.keywords.size(),
                with.keyword_key.get(),      with.hints,        with.signing_key.get(), with.time_ms};
    }
    static void hand_over(medseal_prepared *left, prepared *resume) noexcept {
        prepared owned(left);
        if (resume != nullptr) {
            *resume = std::move(owned);
        }
    }
    template <class F, class... A>
    result<published> published_by(prepared *resume, F *function, const A &...arguments) const {
        medseal_error error = detail::no_error();
        medseal_published made = {};
        medseal_record_key *key = nullptr;
        medseal_prepared *left = nullptr;
        const detail::outputs all(&key, &left, &made);
        const medseal_status status = detail::pass(function, all, &error, &c_, arguments...);
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
