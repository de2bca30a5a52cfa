/// @file
/// Streams and progress as C++ functions. Included by medseal.hpp.
#ifndef MEDSEAL_CALLBACKS_HPP
#define MEDSEAL_CALLBACKS_HPP

#include <istream>
#include <ostream>

#include "basis.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// Reads at most `size` bytes to `buffer`, and returns the number of bytes read: zero only at the
/// end. To fail, return a number above `size`, or throw.
using reader_function = std::function<std::size_t(std::uint8_t *buffer, std::size_t size)>;

/// Writes bytes. To fail, return false, or throw.
using writer_function = std::function<bool(bytes_view data)>;

/// Receives one of the MEDSEAL_STEP_ values, and the amount done: bytes of a record, or entries of
/// a search. To cancel, return false, or throw. An empty function means no progress reports.
using progress_function = std::function<bool(std::int32_t step, std::uint64_t done)>;

/// Reads from a stream of the standard library, which must outlive the reader.
inline reader_function reading(std::istream &stream) {
    return [&stream](std::uint8_t *buffer, std::size_t size) -> std::size_t {
        stream.read(reinterpret_cast<char *>(buffer), static_cast<std::streamsize>(size));
        // A stream that fails before its end is not an empty stream: for example, its file could
        // not be opened.
        const bool failed = stream.bad() || (stream.fail() && !stream.eof());
        return failed ? size + 1 : static_cast<std::size_t>(stream.gcount());
    };
}

/// Writes to a stream of the standard library, which must outlive the writer.
inline writer_function writing(std::ostream &stream) {
    return [&stream](bytes_view data) {
        const char *text = reinterpret_cast<const char *>(data.data());
        return static_cast<bool>(stream.write(text, static_cast<std::streamsize>(data.size())));
    };
}

namespace detail {

/// A reader in the form of medseal.h, for one call.
class c_reader {
public:
    explicit c_reader(const reader_function &function) noexcept
        : given_(function), c_{sizeof(medseal_reader), const_cast<reader_function *>(&function), call, nullptr} {}
    const medseal_reader *get() const noexcept { return given_ ? &c_ : nullptr; }

private:
    static medseal_status call(void *ctx, std::uint8_t *buffer, std::size_t size, std::size_t *read) {
        return guarded<false>([&] {
            *read = (*static_cast<const reader_function *>(ctx))(buffer, size);
            return *read <= size ? MEDSEAL_OK : MEDSEAL_ERR_IO;
        });
    }
    bool given_;
    medseal_reader c_;
};

/// A writer in the form of medseal.h, for one call.
class c_writer {
public:
    explicit c_writer(const writer_function &function) noexcept
        : given_(function), c_{sizeof(medseal_writer), const_cast<writer_function *>(&function), call, nullptr} {}
    const medseal_writer *get() const noexcept { return given_ ? &c_ : nullptr; }

private:
    static medseal_status call(void *ctx, const std::uint8_t *data, std::size_t size) {
        return guarded<false>([&] {
            return (*static_cast<const writer_function *>(ctx))({data, size}) ? MEDSEAL_OK : MEDSEAL_ERR_IO;
        });
    }
    bool given_;
    medseal_writer c_;
};

/// A progress callback in the form of medseal.h, for one call.
class c_progress {
public:
    explicit c_progress(const progress_function &function) noexcept
        : told_(function), c_{sizeof(medseal_progress), const_cast<progress_function *>(&function), call, nullptr} {}
    const medseal_progress *get() const noexcept { return told_ ? &c_ : nullptr; }

private:
    static medseal_status call(void *ctx, std::int32_t step, std::uint64_t done) {
        return guarded<false>([&] {
            return (*static_cast<const progress_function *>(ctx))(step, done) ? MEDSEAL_OK : MEDSEAL_ERR_CANCELLED;
        });
    }
    bool told_;
    medseal_progress c_;
};

} // namespace detail
} // inline namespace
} // namespace medseal

#endif
