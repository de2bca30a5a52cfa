/// @file
/// Sealed records. Included by medseal.hpp.
#ifndef MEDSEAL_RECORD_HPP
#define MEDSEAL_RECORD_HPP

#include "callbacks.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The digest and the number of chunks of a sealed record.
struct chunk_count {
    medseal_digest digest; ///< The digest.
    std::uint64_t chunks;  ///< The number of chunks.
};

/// The place of a chunk in its sealed record, including its tag.
struct chunk_place {
    std::uint64_t index;  ///< The number of the chunk.
    std::uint64_t offset; ///< The offset of its first byte.
    std::uint64_t length; ///< Its length in bytes.
};

/// A proof that a chunk belongs to the sealed record with a digest.
class chunk_proof : public coded<chunk_proof> {
public:
    using coded::coded;

    result<chunk_place> place() const { return call<chunk_place>(medseal_chunk_proof_place); }
    result<void> verify(const medseal_digest &digest, bytes_view chunk) const {
        return call(medseal_chunk_proof_verify, &digest, chunk);
    }
};

/// The tree of chunks whose root gives the digest of a sealed record. It proves chunks to an
/// auditor.
class chunk_tree : public detail::handle<chunk_tree> {
public:
    using handle::handle;

    static result<chunk_tree> read(bytes_view sealed) { return made(medseal_chunk_tree_read, sealed); }
    static result<chunk_tree> read_stream(const reader_function &reader, std::size_t threads = 1,
                                          const progress_function &progress = {}) {
        return made(medseal_chunk_tree_read_stream, reader, threads, progress);
    }
    result<chunk_count> digest() const { return call<chunk_count>(medseal_chunk_tree_digest); }
    result<chunk_proof> prove(std::uint64_t index) const { return call(medseal_chunk_tree_prove, index); }
};

/// Opens a sealed record incrementally. It is secret, and wiped when freed. It has state: one call
/// at a time.
class opener : public detail::handle<opener> {
public:
    using handle::handle;

    result<secret_bytes> update(bytes_view sealed) {
        return filled<secret_bytes>(medseal_opener_update, sealed);
    }
    result<secret_bytes> finish(const medseal_digest *digest = nullptr, medseal_receipt *receipt = nullptr) {
        return filled_and<secret_bytes>(medseal_opener_finish, detail::outputs(receipt), digest);
    }
};

/// Seals a record incrementally. It is secret, and wiped when freed. It has state: one call at a
/// time.
class sealer : public detail::handle<sealer> {
public:
    using handle::handle;

    result<bytes> update(bytes_view record) { return filled<bytes>(medseal_sealer_update, record); }
    result<bytes> finish(medseal_receipt *receipt = nullptr) {
        return filled_and<bytes>(medseal_sealer_finish, detail::outputs(receipt));
    }
};

/// The key of a sealed record. It is secret, and wiped when freed.
class record_key : public coded<record_key> {
public:
    using coded::coded;

    static result<record_key> generate() { return made(medseal_record_key_generate); }
    result<bytes> seal(bytes_view record, std::uint32_t chunk_log2 = 0, std::size_t threads = 1,
                       medseal_receipt *receipt = nullptr) const {
        return filled_and<bytes>(medseal_record_seal, detail::outputs(receipt), record, chunk_log2, threads);
    }
    result<secret_bytes> open(bytes_view sealed, const medseal_digest *digest = nullptr,
                              std::size_t threads = 1, medseal_receipt *receipt = nullptr) const {
        return filled_and<secret_bytes>(medseal_record_open, detail::outputs(receipt), sealed, digest,
                                        threads);
    }
    result<secret_bytes> open_range(bytes_view sealed, std::uint64_t offset, std::uint64_t length) const {
        return filled<secret_bytes>(medseal_record_open_range, sealed, offset, length);
    }
    result<medseal_summary> summary(const medseal_digest &digest) const {
        return call(medseal_record_summary, &digest);
    }
    result<void> summary_verify(const medseal_digest &digest, const medseal_summary &summary) const {
        return call(medseal_record_summary_verify, &digest, &summary);
    }
    result<medseal::sealer> sealer(std::uint32_t chunk_log2 = 0) const {
        return call(medseal_sealer_new, chunk_log2);
    }
    result<medseal::opener> opener() const { return call(medseal_opener_new); }
    result<medseal_receipt> seal_stream(const reader_function &reader, const writer_function &writer,
                                        std::uint32_t chunk_log2 = 0, std::size_t threads = 1,
                                        const progress_function &progress = {}) const {
        return call(medseal_record_seal_stream, reader, writer, chunk_log2, threads, progress);
    }
    result<medseal_receipt> open_stream(const reader_function &reader, const writer_function &writer,
                                        const medseal_digest *digest = nullptr, std::size_t threads = 1,
                                        const progress_function &progress = {}) const {
        return call(medseal_record_open_stream, reader, writer, digest, threads, progress);
    }
    result<medseal_receipt> seal_file(std::string_view from, std::string_view to,
                                      std::uint32_t chunk_log2 = 0, std::size_t threads = 1,
                                      const progress_function &progress = {}) const {
        return call(medseal_record_seal_file, from, to, chunk_log2, threads, progress);
    }
    result<medseal_receipt> open_file(std::string_view from, std::string_view to,
                                      const medseal_digest *digest = nullptr, std::size_t threads = 1,
                                      const progress_function &progress = {}) const {
        return call(medseal_record_open_file, from, to, digest, threads, progress);
    }
    result<void> open_file_range(std::string_view from, std::uint64_t offset, std::uint64_t length,
                                 const writer_function &writer) const {
        return call(medseal_record_open_file_range, from, offset, length, writer);
    }
};

inline result<std::uint64_t> record_sealed_length(std::uint64_t length, std::uint32_t chunk_log2 = 0) {
    return detail::call(medseal_record_sealed_length, length, chunk_log2);
}

inline result<std::uint64_t> record_opened_length(bytes_view sealed) {
    return detail::call(medseal_record_opened_length, sealed);
}

inline result<medseal_digest> record_digest(bytes_view sealed) {
    return detail::call(medseal_record_digest, sealed);
}

inline result<medseal_receipt> record_digest_stream(const reader_function &reader, std::size_t threads = 1,
                                                    const progress_function &progress = {}) {
    return detail::call(medseal_record_digest_stream, reader, threads, progress);
}

inline result<medseal_record_id> record_id_generate() { return detail::call(medseal_record_id_generate); }

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
