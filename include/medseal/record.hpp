/// @file
/// Sealed records. Included by medseal.hpp.
#ifndef MEDSEAL_RECORD_HPP
#define MEDSEAL_RECORD_HPP

#include "callbacks.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The digest and the number of chunks of a sealed record.
struct chunk_count {
    /// The digest.
    medseal_digest digest;
    /// The number of chunks.
    std::uint64_t chunks;
};

/// The place of a chunk in its sealed record, including its tag.
struct chunk_place {
    /// The number of the chunk.
    std::uint64_t index;
    /// The offset of its first byte.
    std::uint64_t offset;
    /// Its length in bytes.
    std::uint64_t length;
};

/// A proof that a chunk belongs to the sealed record with a digest.
class chunk_proof
    : public coded<chunk_proof, bytes, medseal_chunk_proof, medseal_chunk_proof_free,
                   medseal_chunk_proof_encode, medseal_chunk_proof_decode> {
public:
    using coded::coded;

    /// Returns the place in the sealed record of the chunk of a proof, including its tag.
    result<chunk_place> place() const {
        return detail::fields<chunk_place>(
            [](auto &it) { return std::make_tuple(&it.index, &it.offset, &it.length); },
            medseal_chunk_proof_place, *this);
    }
    /// Verifies that a chunk belongs to the sealed record with a digest.
    result<void> verify(const medseal_digest &digest, bytes_view chunk) const {
        return detail::done(medseal_chunk_proof_verify, *this, &digest, chunk);
    }
};

/// The tree of chunks whose root gives the digest of a sealed record. It proves chunks to an
/// auditor.
class chunk_tree : public detail::handle<medseal_chunk_tree, medseal_chunk_tree_free> {
public:
    using handle::handle;

    /// Makes the chunk tree of a sealed record. It takes 64 bytes for each chunk.
    static result<chunk_tree> read(bytes_view sealed) {
        return detail::object<chunk_tree>(medseal_chunk_tree_read, sealed);
    }
    /// As medseal_chunk_tree_read(), from a stream.
    static result<chunk_tree> read_stream(const reader_function &reader, std::size_t threads = 1,
                                          const progress_function &progress = {}) {
        return detail::object<chunk_tree>(medseal_chunk_tree_read_stream, detail::c_reader(reader), threads,
                                          detail::c_progress(progress));
    }
    /// Returns the digest and the number of chunks of a sealed record.
    result<chunk_count> digest() const {
        return detail::fields<chunk_count>(
            [](auto &it) { return std::make_tuple(&it.digest, &it.chunks); },
            medseal_chunk_tree_digest, *this);
    }
    /// Proves a chunk.
    result<chunk_proof> prove(std::uint64_t index) const {
        return detail::object<chunk_proof>(medseal_chunk_tree_prove, *this, index);
    }
};

/// Opens a sealed record incrementally. It is secret, and wiped when freed. It has state: one call
/// at a time.
class opener : public detail::handle<medseal_opener, medseal_opener_free> {
public:
    using handle::handle;

    /// Opens the next bytes of the sealed record, and returns the chunks of the record that are
    /// complete and verified.
    result<secret_bytes> update(bytes_view sealed) {
        return detail::filled<secret_bytes>(medseal_opener_update, *this, sealed);
    }
    /// Ends the sealed record, and returns the last bytes of the record.
    result<secret_bytes> finish(const medseal_digest *digest = nullptr, medseal_receipt *receipt = nullptr) {
        return detail::filled_by<secret_bytes>(
            [&](std::uint8_t *out, std::size_t *size, medseal_error *error) {
                return medseal_opener_finish(get(), digest, out, size, receipt, error);
            });
    }
};

/// Seals a record incrementally. It is secret, and wiped when freed. It has state: one call at a
/// time.
class sealer : public detail::handle<medseal_sealer, medseal_sealer_free> {
public:
    using handle::handle;

    /// Seals the next bytes of the record, and returns the next bytes of the sealed record.
    result<bytes> update(bytes_view record) {
        return detail::filled<bytes>(medseal_sealer_update, *this, record);
    }
    /// Ends the record, and returns the last bytes of the sealed record.
    result<bytes> finish(medseal_receipt *receipt = nullptr) {
        return detail::filled_by<bytes>([&](std::uint8_t *out, std::size_t *size, medseal_error *error) {
            return medseal_sealer_finish(get(), out, size, receipt, error);
        });
    }
};

/// The key of a sealed record. It is secret, and wiped when freed.
class record_key
    : public coded<record_key, secret_bytes, medseal_record_key, medseal_record_key_free,
                   medseal_record_key_encode, medseal_record_key_decode> {
public:
    using coded::coded;

    /// Makes a record key from the operating system's randomness.
    static result<record_key> generate() { return detail::object<record_key>(medseal_record_key_generate); }
    /// Seals a record in memory.
    result<bytes> seal(bytes_view record, std::uint32_t chunk_log2 = 0, std::size_t threads = 1,
                       medseal_receipt *receipt = nullptr) const {
        return detail::filled_by<bytes>([&](std::uint8_t *out, std::size_t *size, medseal_error *error) {
            return medseal_record_seal(get(), record.data(), record.size(), chunk_log2, threads, out, size,
                                       receipt, error);
        });
    }
    /// Opens a sealed record in memory.
    result<secret_bytes> open(bytes_view sealed, const medseal_digest *digest = nullptr,
                              std::size_t threads = 1, medseal_receipt *receipt = nullptr) const {
        return detail::filled_by<secret_bytes>(
            [&](std::uint8_t *out, std::size_t *size, medseal_error *error) {
                return medseal_record_open(get(), sealed.data(), sealed.size(), digest, threads, out, size,
                                           receipt, error);
            });
    }
    /// Opens a part of a sealed record in memory. Checks only the chunks that contain this part.
    result<secret_bytes> open_range(bytes_view sealed, std::uint64_t offset, std::uint64_t length) const {
        return detail::filled<secret_bytes>(medseal_record_open_range, *this, sealed, offset, length);
    }
    /// Computes the keyed summary of a record.
    result<medseal_summary> summary(const medseal_digest &digest) const {
        return detail::value<medseal_summary>(medseal_record_summary, *this, &digest);
    }
    /// Checks the keyed summary of a record.
    result<void> summary_verify(const medseal_digest &digest, const medseal_summary &summary) const {
        return detail::done(medseal_record_summary_verify, *this, &digest, &summary);
    }
    /// Begins to seal a record.
    result<medseal::sealer> sealer(std::uint32_t chunk_log2 = 0) const {
        return detail::object<medseal::sealer>(medseal_sealer_new, *this, chunk_log2);
    }
    /// Begins to open a sealed record.
    result<medseal::opener> opener() const {
        return detail::object<medseal::opener>(medseal_opener_new, *this);
    }
    /// Seals a record from one stream to another.
    result<medseal_receipt> seal_stream(const reader_function &reader, const writer_function &writer,
                                        std::uint32_t chunk_log2 = 0, std::size_t threads = 1,
                                        const progress_function &progress = {}) const {
        return detail::value<medseal_receipt>(medseal_record_seal_stream, *this, detail::c_reader(reader),
                                              detail::c_writer(writer), chunk_log2, threads,
                                              detail::c_progress(progress));
    }
    /// Opens a sealed record from one stream to another.
    result<medseal_receipt> open_stream(const reader_function &reader, const writer_function &writer,
                                        const medseal_digest *digest = nullptr, std::size_t threads = 1,
                                        const progress_function &progress = {}) const {
        return detail::value<medseal_receipt>(medseal_record_open_stream, *this, detail::c_reader(reader),
                                              detail::c_writer(writer), digest, threads,
                                              detail::c_progress(progress));
    }
    /// Seals a file into a new file.
    result<medseal_receipt> seal_file(std::string_view from, std::string_view to,
                                      std::uint32_t chunk_log2 = 0, std::size_t threads = 1,
                                      const progress_function &progress = {}) const {
        return detail::value<medseal_receipt>(medseal_record_seal_file, *this, from, to, chunk_log2, threads,
                                              detail::c_progress(progress));
    }
    /// Opens a sealed file into a new file.
    result<medseal_receipt> open_file(std::string_view from, std::string_view to,
                                      const medseal_digest *digest = nullptr, std::size_t threads = 1,
                                      const progress_function &progress = {}) const {
        return detail::value<medseal_receipt>(medseal_record_open_file, *this, from, to, digest, threads,
                                              detail::c_progress(progress));
    }
    /// Opens a part of a sealed file. Checks only the chunks that contain this part.
    result<void> open_file_range(std::string_view from, std::uint64_t offset, std::uint64_t length,
                                 const writer_function &writer) const {
        return detail::done(medseal_record_open_file_range, *this, from, offset, length,
                            detail::c_writer(writer));
    }
};

/// Returns the length of a sealed record, from the length of the record.
inline result<std::uint64_t> record_sealed_length(std::uint64_t length, std::uint32_t chunk_log2 = 0) {
    return detail::value<std::uint64_t>(medseal_record_sealed_length, length, chunk_log2);
}

/// Returns the length of the record in a sealed record, according to its header and size. Opening
/// the record checks this length.
inline result<std::uint64_t> record_opened_length(bytes_view sealed) {
    return detail::value<std::uint64_t>(medseal_record_opened_length, sealed);
}

/// Computes the digest of a sealed record in memory.
inline result<medseal_digest> record_digest(bytes_view sealed) {
    return detail::value<medseal_digest>(medseal_record_digest, sealed);
}

/// Computes the digest of a sealed record from a stream.
inline result<medseal_receipt> record_digest_stream(const reader_function &reader, std::size_t threads = 1,
                                                    const progress_function &progress = {}) {
    return detail::value<medseal_receipt>(medseal_record_digest_stream, detail::c_reader(reader), threads,
                                          detail::c_progress(progress));
}

/// Makes a random record id.
inline result<medseal_record_id> record_id_generate() {
    return detail::value<medseal_record_id>(medseal_record_id_generate);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
