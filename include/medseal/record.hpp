/// @file
/// Sealed records. Included by medseal.hpp.
#ifndef MEDSEAL_RECORD_HPP
#define MEDSEAL_RECORD_HPP

#include "basis.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The key of a sealed record.
class record_key : public detail::handle<medseal_record_key, medseal_record_key_free> {
public:
    using handle::handle;

    /// Writes the byte form of a record key.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_record_key_encode, get());
    }
    /// Reads a record key from its byte form, checking everything.
    static result<record_key> decode(bytes_view data) {
        return detail::object<record_key>(medseal_record_key_decode, data.data(), data.size());
    }
    /// Makes a record key from the operating system's randomness.
    static result<record_key> generate() {
        return detail::object<record_key>(medseal_record_key_generate);
    }
    /// Seals a record that is in memory; the receipt, if asked for, tells digest and lengths.
    result<bytes> seal(bytes_view record, medseal_receipt *receipt = nullptr, std::uint32_t chunk_log2 = 0,
                       std::size_t threads = 1) const {
        return detail::filled_by<bytes>([&](std::uint8_t *out, std::size_t *size, medseal_error *error) {
            return medseal_record_seal(get(), record.data(), record.size(), chunk_log2, threads, out, size, receipt,
                                       error);
        });
    }
    /// Opens a sealed record that is in memory, if it is intact and has the digest, if one is given.
    result<secret_bytes> open(bytes_view sealed, const medseal_digest *digest = nullptr,
                              medseal_receipt *receipt = nullptr, std::size_t threads = 1) const {
        return detail::filled_by<secret_bytes>([&](std::uint8_t *out, std::size_t *size, medseal_error *error) {
            return medseal_record_open(get(), sealed.data(), sealed.size(), digest, threads, out, size, receipt,
                                       error);
        });
    }
    /// Opens a part of a sealed record that is in memory, checking only the chunks that hold it.
    result<secret_bytes> open_range(bytes_view sealed, std::uint64_t offset, std::uint64_t length) const {
        return detail::filled<secret_bytes>(medseal_record_open_range, get(), sealed.data(), sealed.size(), offset, length);
    }
    /// The keyed summary of a record.
    result<medseal_summary> summary(const medseal_digest &digest) const {
        return detail::value<medseal_summary>(medseal_record_summary, get(), &digest);
    }
    /// Checks the keyed summary of a record.
    result<void> summary_verify(const medseal_digest &digest, const medseal_summary &summary) const {
        return detail::done(medseal_record_summary_verify, get(), &digest, &summary);
    }
};

/// How many bytes a record of this length has when it is sealed.
inline result<std::uint64_t> record_sealed_length(std::uint64_t length, std::uint32_t chunk_log2 = 0) {
    return detail::value<std::uint64_t>(medseal_record_sealed_length, length, chunk_log2);
}
/// How many bytes the record in a sealed record has, as its header and size say; opening it checks that.
inline result<std::uint64_t> record_opened_length(bytes_view sealed) {
    return detail::value<std::uint64_t>(medseal_record_opened_length, sealed.data(), sealed.size());
}
/// The digest of a sealed record that is in memory.
inline result<medseal_digest> record_digest(bytes_view sealed) {
    return detail::value<medseal_digest>(medseal_record_digest, sealed.data(), sealed.size());
}
} // inline namespace
} // namespace medseal

#endif
