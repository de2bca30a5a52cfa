/// @file
/// Merkle trees and their proofs. Included by medseal.hpp.
#ifndef MEDSEAL_MERKLE_HPP
#define MEDSEAL_MERKLE_HPP

#include "basis.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The index and the size that an inclusion proof is for.
struct inclusion_place {
    std::uint64_t index; ///< The index of the entry.
    std::uint64_t size;  ///< The size of the tree.
};

/// The sizes that a consistency proof is for.
struct consistency_sizes {
    std::uint64_t old_size; ///< The size of the older tree.
    std::uint64_t size;     ///< The size of the newer tree.
};

/// A proof that a tree only grew from one head to another.
class consistency_proof : public coded<consistency_proof> {
public:
    using coded::coded;

    result<consistency_sizes> sizes() const {
        return call<consistency_sizes>(medseal_consistency_proof_sizes);
    }
    result<void> verify(const medseal_tree_head &old, const medseal_tree_head &head) const {
        return call(medseal_consistency_proof_verify, &old, &head);
    }
};

/// A proof that a tree has an entry at an index.
class inclusion_proof : public coded<inclusion_proof> {
public:
    using coded::coded;

    result<inclusion_place> place() const { return call<inclusion_place>(medseal_inclusion_proof_place); }
    result<void> verify(const medseal_tree_head &head, bytes_view entry) const {
        return call(medseal_inclusion_proof_verify, &head, entry);
    }
};

/// The compact state of a Merkle tree, which can append entries and compute the root, but not make
/// proofs. It has state: one call at a time.
class merkle_frontier : public coded<merkle_frontier> {
public:
    using coded::coded;

    static result<merkle_frontier> empty() { return made(medseal_merkle_frontier_new); }
    result<std::uint64_t> append(bytes_view entry) { return call(medseal_merkle_frontier_append, entry); }
    result<medseal_tree_head> head() const { return call(medseal_merkle_frontier_head); }
};

/// A Merkle tree as in RFC 9162, which can make proofs. It takes 64 bytes of memory for each entry.
/// It has state: one call at a time.
class merkle_tree : public coded<merkle_tree> {
public:
    using coded::coded;

    static result<merkle_tree> empty() { return made(medseal_merkle_tree_new); }
    result<std::uint64_t> append(bytes_view entry) { return call(medseal_merkle_tree_append, entry); }
    result<medseal_tree_head> head() const { return call(medseal_merkle_tree_head); }
    result<medseal_tree_head> head_at(std::uint64_t size) const {
        return call(medseal_merkle_tree_head_at, size);
    }
    result<inclusion_proof> prove_inclusion(std::uint64_t index, std::uint64_t size) const {
        return call(medseal_merkle_tree_prove_inclusion, index, size);
    }
    result<consistency_proof> prove_consistency(std::uint64_t old_size, std::uint64_t size) const {
        return call(medseal_merkle_tree_prove_consistency, old_size, size);
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
