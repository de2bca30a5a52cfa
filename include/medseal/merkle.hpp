/// @file
/// Merkle trees and their proofs. Included by medseal.hpp.
#ifndef MEDSEAL_MERKLE_HPP
#define MEDSEAL_MERKLE_HPP

#include "basis.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The index and the size that an inclusion proof is for.
struct inclusion_place {
    /// The index of the entry.
    std::uint64_t index;
    /// The size of the tree.
    std::uint64_t size;
};

/// The sizes that a consistency proof is for.
struct consistency_sizes {
    /// The size of the older tree.
    std::uint64_t old_size;
    /// The size of the newer tree.
    std::uint64_t size;
};

/// A proof that a tree only grew from one head to another.
class consistency_proof
    : public coded<consistency_proof, bytes, medseal_consistency_proof, medseal_consistency_proof_free,
                   medseal_consistency_proof_encode, medseal_consistency_proof_decode> {
public:
    using coded::coded;

    /// Returns the sizes that a consistency proof is for.
    result<consistency_sizes> sizes() const {
        return detail::fields<consistency_sizes>(
            [](auto &it) { return std::make_tuple(&it.old_size, &it.size); },
            medseal_consistency_proof_sizes, *this);
    }
    /// Verifies that a tree only grew from one head to another.
    result<void> verify(const medseal_tree_head &old, const medseal_tree_head &head) const {
        return detail::done(medseal_consistency_proof_verify, *this, &old, &head);
    }
};

/// A proof that a tree has an entry at an index.
class inclusion_proof
    : public coded<inclusion_proof, bytes, medseal_inclusion_proof, medseal_inclusion_proof_free,
                   medseal_inclusion_proof_encode, medseal_inclusion_proof_decode> {
public:
    using coded::coded;

    /// Returns the index and the size that an inclusion proof is for.
    result<inclusion_place> place() const {
        return detail::fields<inclusion_place>(
            [](auto &it) { return std::make_tuple(&it.index, &it.size); },
            medseal_inclusion_proof_place, *this);
    }
    /// Verifies that a tree has an entry at the index of the proof.
    result<void> verify(const medseal_tree_head &head, bytes_view entry) const {
        return detail::done(medseal_inclusion_proof_verify, *this, &head, entry);
    }
};

/// The compact state of a Merkle tree, which can append entries and compute the root, but not make
/// proofs. It has state: one call at a time.
class merkle_frontier
    : public coded<merkle_frontier, bytes, medseal_merkle_frontier, medseal_merkle_frontier_free,
                   medseal_merkle_frontier_encode, medseal_merkle_frontier_decode> {
public:
    using coded::coded;

    /// Makes the frontier of an empty tree.
    static result<merkle_frontier> empty() {
        return detail::object<merkle_frontier>(medseal_merkle_frontier_new);
    }
    /// Appends an entry, such as the 32 bytes of a record's digest.
    result<std::uint64_t> append(bytes_view entry) {
        return detail::value<std::uint64_t>(medseal_merkle_frontier_append, *this, entry);
    }
    /// Returns the head of the tree that a frontier describes.
    result<medseal_tree_head> head() const {
        return detail::value<medseal_tree_head>(medseal_merkle_frontier_head, *this);
    }
};

/// A Merkle tree as in RFC 9162, which can make proofs. It takes 64 bytes of memory for each entry.
/// It has state: one call at a time.
class merkle_tree
    : public coded<merkle_tree, bytes, medseal_merkle_tree, medseal_merkle_tree_free,
                   medseal_merkle_tree_encode, medseal_merkle_tree_decode> {
public:
    using coded::coded;

    /// Makes an empty tree.
    static result<merkle_tree> empty() { return detail::object<merkle_tree>(medseal_merkle_tree_new); }
    /// Appends an entry, such as the 32 bytes of a record's digest.
    result<std::uint64_t> append(bytes_view entry) {
        return detail::value<std::uint64_t>(medseal_merkle_tree_append, *this, entry);
    }
    /// Returns the head of a tree.
    result<medseal_tree_head> head() const {
        return detail::value<medseal_tree_head>(medseal_merkle_tree_head, *this);
    }
    /// Returns an earlier head of a tree.
    result<medseal_tree_head> head_at(std::uint64_t size) const {
        return detail::value<medseal_tree_head>(medseal_merkle_tree_head_at, *this, size);
    }
    /// Proves that a tree has an entry at an index.
    result<inclusion_proof> prove_inclusion(std::uint64_t index, std::uint64_t size) const {
        return detail::object<inclusion_proof>(medseal_merkle_tree_prove_inclusion, *this, index, size);
    }
    /// Proves that a tree only grew from one size to another.
    result<consistency_proof> prove_consistency(std::uint64_t old_size, std::uint64_t size) const {
        return detail::object<consistency_proof>(medseal_merkle_tree_prove_consistency, *this, old_size,
                                                 size);
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
