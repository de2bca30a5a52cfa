/// @file
/// Object stores. Included by medseal.hpp.
#ifndef MEDSEAL_STORE_HPP
#define MEDSEAL_STORE_HPP

#include "callbacks.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The base class of your own object store. Throw failures as medseal::error, or return them if
/// exceptions are disabled. medseal_store_callbacks describes them.
class custom_store {
public:
    /// An upload into the store. It is discarded unless it is committed.
    class upload {
    public:
        virtual ~upload() = default;
        /// Writes all of the next bytes.
        virtual result<void> write(bytes_view data) = 0;
        /// Returns the address that the object will have: 1 to 1024 printable ASCII characters
        /// without spaces. Unless overridden, it is that of the record digest.
        virtual result<std::string> address(const medseal_digest &digest) {
            return detail::filled<std::string>(medseal_address_of, &digest);
        }
        /// Durably stores all of what was written at the address, or nothing.
        virtual result<void> commit(std::string_view address) = 0;
    };
    /// An object that is being read.
    class reading {
    public:
        virtual ~reading() = default;
        /// Reads at most `size` bytes, and returns the number of bytes read: zero only at the end.
        virtual result<std::size_t> read(std::uint8_t *buffer, std::size_t size) = 0;
    };
    virtual ~custom_store() = default;
    /// Begins an upload.
    virtual result<std::unique_ptr<upload>> begin() = 0;
    /// Begins to read the object at an address.
    virtual result<std::unique_ptr<reading>> open(std::string_view address) = 0;
    /// Checks that an object is durably stored at an address. Unless overridden, it calls open().
    virtual result<void> confirm(std::string_view address) {
#if MEDSEAL_HAS_EXCEPTIONS
        if (open(address) == nullptr) {
            throw medseal::error(MEDSEAL_ERR_IO);
        }
#else
        auto there = open(address);
        if (!there || *there == nullptr) {
            return there ? medseal::error(MEDSEAL_ERR_IO) : there.error();
        }
#endif
        return result<void>();
    }
};

/// An object store. Several threads may also write to it.
class store : public detail::handle<store> {
public:
    using handle::handle;

    /// Makes an object store from your own implementation.
    static result<store> from(std::unique_ptr<custom_store> kept) {
        auto callbacks = detail::callbacks_of<medseal_store_callbacks>(std::move(kept));
        callbacks.begin = [](void *ctx, void **to) {
            return detail::answer_object<upload>(to, [&] { return custom(ctx).begin(); });
        };
        callbacks.write = [](void *, void *to, const std::uint8_t *data, std::size_t size) {
            return detail::answer([&] { return static_cast<upload *>(to)->write({data, size}); });
        };
        callbacks.address = [](void *, void *of, const medseal_digest *digest, medseal_sink *sink) {
            return detail::answer_bytes<std::string>(
                sink, [&] { return static_cast<upload *>(of)->address(*digest); });
        };
        callbacks.commit = [](void *, void *of, const char *address, std::size_t size) {
            return detail::answer([&] {
                const std::unique_ptr<upload> ending(static_cast<upload *>(of));
                return ending->commit({address, size});
            });
        };
        callbacks.discard = [](void *, void *of) { detail::drop<upload>(of); };
        callbacks.open = [](void *ctx, const char *address, std::size_t size, void **to) {
            return detail::answer_object<reading>(to, [&] { return custom(ctx).open({address, size}); });
        };
        callbacks.read = [](void *, void *from, std::uint8_t *buffer, std::size_t size, std::size_t *count) {
            return detail::answer_value(*count,
                                        [&] { return static_cast<reading *>(from)->read(buffer, size); });
        };
        callbacks.close = [](void *, void *of) { detail::drop<reading>(of); };
        callbacks.confirm = [](void *ctx, const char *address, std::size_t size) {
            return detail::answer([&] { return custom(ctx).confirm({address, size}); });
        };
        return made(medseal_store_from_callbacks, callbacks.ctx != nullptr ? &callbacks : nullptr);
    }
    static result<store> in_directory(std::string_view path) {
        return made(medseal_directory_store_open, path);
    }
    static result<store> in_memory() { return made(medseal_memory_store_new); }

private:
    using upload = custom_store::upload;
    using reading = custom_store::reading;
    static custom_store &custom(void *ctx) noexcept { return *static_cast<custom_store *>(ctx); }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
