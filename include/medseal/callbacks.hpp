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

/// A callback in the form of medseal.h, for one call: NULL if the function is empty.
template <class C, class Function, auto Call> class callback {
public:
    explicit callback(const Function &function) noexcept
        : given_(function), c_{sizeof(C), const_cast<Function *>(&function), Call, nullptr} {}
    operator const C *() const noexcept { return given_ ? &c_ : nullptr; }

private:
    bool given_;
    C c_;
};

inline medseal_status read_with(void *ctx, std::uint8_t *buffer, std::size_t size, std::size_t *count) {
    return guarded<false>([&] {
        *count = (*static_cast<const reader_function *>(ctx))(buffer, size);
        return *count <= size ? MEDSEAL_OK : MEDSEAL_ERR_IO;
    });
}
inline medseal_status write_with(void *ctx, const std::uint8_t *data, std::size_t size) {
    return guarded<false>([&] {
        return (*static_cast<const writer_function *>(ctx))({data, size}) ? MEDSEAL_OK : MEDSEAL_ERR_IO;
    });
}
inline medseal_status report_with(void *ctx, std::int32_t step, std::uint64_t done) {
    return guarded<false>([&] {
        return (*static_cast<const progress_function *>(ctx))(step, done) ? MEDSEAL_OK
                                                                          : MEDSEAL_ERR_CANCELLED;
    });
}

template <class C, class Function, auto Call> struct callback_in_c {
    static constexpr std::size_t count = 1;
    template <std::size_t> static auto part(const Function &function) {
        return callback<C, Function, Call>(function);
    }
};
template <> struct in_c<reader_function> : callback_in_c<medseal_reader, reader_function, read_with> {};
template <> struct in_c<writer_function> : callback_in_c<medseal_writer, writer_function, write_with> {};
template <>
struct in_c<progress_function> : callback_in_c<medseal_progress, progress_function, report_with> {};

} // namespace detail
} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
