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
class keyword : public detail::handle<keyword> {
public:
    using handle::handle;

    static result<keyword> of(std::string_view text) { return made(medseal_keyword_new, text); }
    static result<keyword> with_field(std::string_view field, std::string_view word) {
        return made(medseal_keyword_with_field, field, word);
    }
    result<secret_text> text() const { return filled<secret_text>(medseal_keyword_text); }
};

/// The members' keyword key. Without it, nobody can test keywords against an index or a trapdoor.
/// It is secret, and wiped when freed.
class keyword_key : public coded<keyword_key> {
public:
    using coded::coded;

    static result<keyword_key> generate() { return made(medseal_keyword_key_generate); }
};

/// The keywords of a record, hidden under its access policy.
class search_index : public coded<search_index> {
public:
    using coded::coded;

    result<std::size_t> count() const { return call(medseal_search_index_count); }
    result<medseal::policy> policy() const { return call(medseal_search_index_policy); }
    result<void> validate() const { return call(medseal_search_index_validate); }
};

/// The authority's public key for search.
class search_public_key : public coded<search_public_key> {
public:
    using coded::coded;

    result<search_index> index_record(const keyword_key &keyword_key, const refs<keyword> &keywords,
                                      const policy &policy,
                                      std::int32_t padding = MEDSEAL_PADDING_POWER_OF_TWO,
                                      const medseal_hints *hints = nullptr) const {
        return call(medseal_search_index_record, keyword_key, keywords, policy, padding, hints);
    }
};

/// A trapdoor lets a ledger node find one keyword among the records that its attributes may see.
/// The node does not learn the keyword.
class trapdoor : public coded<trapdoor> {
public:
    using coded::coded;

    result<medseal::attributes> attributes() const { return call(medseal_trapdoor_attributes); }
};

/// A query that a ledger node has prepared for many matches.
class prepared_query : public detail::handle<prepared_query> {
public:
    using handle::handle;

    result<bool> match(const search_index &index) const { return call(medseal_prepared_query_match, index); }
    /// Matches many records on several threads. Returns MEDSEAL_MATCH_NO, MEDSEAL_MATCH_YES or
    /// MEDSEAL_MATCH_MALFORMED for each.
    result<std::vector<std::int32_t>> match_many(const refs<search_index> &indexes, std::size_t threads = 1,
                                                 const progress_function &progress = {}) const {
        medseal_error error = detail::no_error();
        std::vector<std::int32_t> results(indexes.size());
        const detail::outputs out(results.data());
        const auto function = medseal_prepared_query_match_many;
        if (detail::pass(function, out, &error, *this, indexes, threads, progress) != MEDSEAL_OK) {
            return detail::failure<std::vector<std::int32_t>>(error);
        }
        return detail::success(std::move(results));
    }
};

/// A query to a ledger node: trapdoors, joined by *and* and *or*.
class query : public coded<query> {
public:
    using coded::coded;

    static result<query> of(const trapdoor &trapdoor, const search_public_key &authority) {
        return made(medseal_query_new, trapdoor, authority);
    }
    static result<query> all(const refs<query> &queries) { return made(medseal_query_all, queries); }
    static result<query> any(const refs<query> &queries) { return made(medseal_query_any, queries); }
    result<prepared_query> prepare(const search_public_key &authority) const {
        return call(medseal_query_prepare, authority);
    }
};

/// A user's key for attributes. It makes trapdoors. It is secret, and wiped when freed.
class search_key : public coded<search_key> {
public:
    using coded::coded;

    result<medseal::attributes> attributes() const { return call(medseal_search_key_attributes); }
    result<void> verify(const search_public_key &public_key) const {
        return call(medseal_search_key_verify, public_key);
    }
    result<medseal::trapdoor> trapdoor(const keyword &keyword, const medseal::attributes &showing,
                                       const std::vector<medseal_hints> &hints = {}) const {
        return call(medseal_search_trapdoor, keyword, showing, hints);
    }
};

/// The authority's master key for search. It is secret, and wiped when freed.
class search_master_key : public coded<search_master_key> {
public:
    using coded::coded;

    static result<search_master_key> generate() { return made(medseal_search_master_key_generate); }
    result<search_public_key> public_key() const { return call(medseal_search_master_key_public); }
    result<search_key> issue(const attributes &attributes, const keyword_key &keyword_key) const {
        return call(medseal_search_issue, attributes, keyword_key);
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
