/// @file
/// Keyword search. Included by medseal.hpp.
#ifndef MEDSEAL_SEARCH_HPP
#define MEDSEAL_SEARCH_HPP

#include "callbacks.hpp"
#include "policy.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// A keyword in normal form: NFKC_Casefold of Unicode 16.0, with single spaces. It is secret, and
/// wiped when freed.
class keyword : public detail::handle<medseal_keyword, medseal_keyword_free> {
public:
    using handle::handle;

    /// Makes a keyword from text, such as `metformin`, or `diagnosis:e11.9` with a field.
    static result<keyword> of(std::string_view text) {
        return detail::object<keyword>(medseal_keyword_new, text);
    }
    /// Makes a keyword from a field and a word, such as `diagnosis` and `e11.9`.
    static result<keyword> with_field(std::string_view field, std::string_view word) {
        return detail::object<keyword>(medseal_keyword_with_field, field, word);
    }
    /// Writes a keyword in normal form.
    result<secret_text> text() const { return detail::filled<secret_text>(medseal_keyword_text, *this); }
};

/// The members' keyword key. Without it, nobody can test keywords against an index or a trapdoor.
/// It is secret, and wiped when freed.
class keyword_key
    : public coded<keyword_key, secret_bytes, medseal_keyword_key, medseal_keyword_key_free,
                   medseal_keyword_key_encode, medseal_keyword_key_decode> {
public:
    using coded::coded;

    /// Makes a keyword key.
    static result<keyword_key> generate() {
        return detail::object<keyword_key>(medseal_keyword_key_generate);
    }
};

/// The keywords of a record, hidden under its access policy.
class search_index
    : public coded<search_index, bytes, medseal_search_index, medseal_search_index_free,
                   medseal_search_index_encode, medseal_search_index_decode> {
public:
    using coded::coded;

    /// Returns the number of keywords in a keyword index, including padding.
    result<std::size_t> count() const {
        return detail::value<std::size_t>(medseal_search_index_count, *this);
    }
    /// Returns the policy of a keyword index.
    result<medseal::policy> policy() const {
        return detail::object<medseal::policy>(medseal_search_index_policy, *this);
    }
    /// Checks every point of a keyword index, including those that decoding leaves to matching.
    /// Ledger nodes do this.
    result<void> validate() const { return detail::done(medseal_search_index_validate, *this); }
};

/// The authority's public key for search.
class search_public_key
    : public coded<search_public_key, bytes, medseal_search_public_key, medseal_search_public_key_free,
                   medseal_search_public_key_encode, medseal_search_public_key_decode> {
public:
    using coded::coded;

    /// Indexes the keywords of a record under a policy. Pass hints only if the whole deployment has
    /// agreed on them.
    result<search_index> index_record(const keyword_key &keyword_key, const refs<keyword> &keywords,
                                      const policy &policy,
                                      std::int32_t padding = MEDSEAL_PADDING_POWER_OF_TWO,
                                      const medseal_hints *hints = nullptr) const {
        return detail::object<search_index>(medseal_search_index_record, *this, keyword_key, keywords, policy,
                                            padding, hints);
    }
};

/// A trapdoor lets a ledger node find one keyword among the records that its attributes may see.
/// The node does not learn the keyword.
class trapdoor
    : public coded<trapdoor, bytes, medseal_trapdoor, medseal_trapdoor_free,
                   medseal_trapdoor_encode, medseal_trapdoor_decode> {
public:
    using coded::coded;

    /// Returns the attributes that a trapdoor shows.
    result<medseal::attributes> attributes() const {
        return detail::object<medseal::attributes>(medseal_trapdoor_attributes, *this);
    }
};

/// A query that a ledger node has prepared for many matches.
class prepared_query : public detail::handle<medseal_prepared_query, medseal_prepared_query_free> {
public:
    using handle::handle;

    /// Checks whether the keyword index of a record matches a query.
    result<bool> match(const search_index &index) const {
        return detail::value<bool>(medseal_prepared_query_match, *this, index);
    }
    /// Matches many records on several threads. Returns MEDSEAL_MATCH_NO, MEDSEAL_MATCH_YES or
    /// MEDSEAL_MATCH_MALFORMED for each.
    result<std::vector<std::int32_t>> match_many(const refs<search_index> &indexes, std::size_t threads = 1,
                                                 const progress_function &progress = {}) const {
        medseal_error error = detail::no_error();
        std::vector<std::int32_t> results(indexes.size());
        if (medseal_prepared_query_match_many(get(), indexes.data(), indexes.size(), threads,
                                              detail::c_progress(progress).get(), results.data(),
                                              &error) != MEDSEAL_OK) {
            return detail::failure<std::vector<std::int32_t>>(error);
        }
        return detail::success(std::move(results));
    }
};

/// A query to a ledger node: trapdoors, joined by *and* and *or*.
class query
    : public coded<query, bytes, medseal_query, medseal_query_free,
                   medseal_query_encode, medseal_query_decode> {
public:
    using coded::coded;

    /// Makes a query for one keyword, from a trapdoor whose key was issued under this public key.
    static result<query> of(const trapdoor &trapdoor, const search_public_key &authority) {
        return detail::object<query>(medseal_query_new, trapdoor, authority);
    }
    /// Makes a query that a record matches if it matches all of the given queries, of which there
    /// must be at least one.
    static result<query> all(const refs<query> &queries) {
        return detail::object<query>(medseal_query_all, queries);
    }
    /// Makes a query that a record matches if it matches at least one of the given queries.
    static result<query> any(const refs<query> &queries) {
        return detail::object<query>(medseal_query_any, queries);
    }
    /// Prepares a query on a node whose records are indexed under this public key.
    result<prepared_query> prepare(const search_public_key &authority) const {
        return detail::object<prepared_query>(medseal_query_prepare, *this, authority);
    }
};

/// A user's key for attributes. It makes trapdoors. It is secret, and wiped when freed.
class search_key
    : public coded<search_key, secret_bytes, medseal_search_key, medseal_search_key_free,
                   medseal_search_key_encode, medseal_search_key_decode> {
public:
    using coded::coded;

    /// Returns the attributes of a search key.
    result<medseal::attributes> attributes() const {
        return detail::object<medseal::attributes>(medseal_search_key_attributes, *this);
    }
    /// Checks that a search key was issued under a public key.
    result<void> verify(const search_public_key &public_key) const {
        return detail::done(medseal_search_key_verify, *this, public_key);
    }
    /// Makes a trapdoor for a keyword. It shows the attributes `showing`: pass only those that the
    /// policies need, from needed(). Pass hints only if the whole deployment has agreed on them.
    result<medseal::trapdoor> trapdoor(const keyword &keyword, const medseal::attributes &showing,
                                       const std::vector<medseal_hints> &hints = {}) const {
        return detail::object<medseal::trapdoor>(medseal_search_trapdoor, *this, keyword, showing, hints);
    }
};

/// The authority's master key for search. It is secret, and wiped when freed.
class search_master_key
    : public coded<search_master_key, secret_bytes, medseal_search_master_key, medseal_search_master_key_free,
                   medseal_search_master_key_encode, medseal_search_master_key_decode> {
public:
    using coded::coded;

    /// Makes a master key for search.
    static result<search_master_key> generate() {
        return detail::object<search_master_key>(medseal_search_master_key_generate);
    }
    /// Returns the public key of a master key.
    result<search_public_key> public_key() const {
        return detail::object<search_public_key>(medseal_search_master_key_public, *this);
    }
    /// Issues a search key for attributes.
    result<search_key> issue(const attributes &attributes, const keyword_key &keyword_key) const {
        return detail::object<search_key>(medseal_search_issue, *this, attributes, keyword_key);
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
