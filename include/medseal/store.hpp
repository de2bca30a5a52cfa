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
class store : public detail::handle<medseal_store, medseal_store_free> {
public:
    using handle::handle;

    /// Makes an object store from your own implementation.
    static result<store> from(std::unique_ptr<custom_store> kept) {
        medseal_store_callbacks callbacks = {};
        callbacks.struct_size = sizeof(callbacks);
        callbacks.ctx = kept.release();
        callbacks.begin = [](void *ctx, void **upload) -> medseal_status {
            return detail::guarded<true>([&] {
                std::unique_ptr<custom_store::upload> begun;
                medseal_status status = detail::store(begun, static_cast<custom_store *>(ctx)->begin());
                *upload = begun.release();
                return status == MEDSEAL_OK && *upload == nullptr ? MEDSEAL_ERR_IO : status;
            });
        };
        callbacks.write = [](void *, void *upload, const std::uint8_t *data,
                             std::size_t size) -> medseal_status {
            return detail::guarded<true>([&] {
                return detail::status_of([&] {
                    return static_cast<custom_store::upload *>(upload)->write({data, size});
                });
            });
        };
        callbacks.address = [](void *, void *upload, const medseal_digest *digest,
                               medseal_sink *sink) -> medseal_status {
            return detail::guarded<true>([&] {
                std::string address;
                medseal_status status =
                    detail::store(address, static_cast<custom_store::upload *>(upload)->address(*digest));
                const auto data = as_bytes(address);
                return status != MEDSEAL_OK ? status : medseal_sink_write(sink, data.data(), data.size(), nullptr);
            });
        };
        callbacks.commit = [](void *, void *upload, const char *address, std::size_t size) -> medseal_status {
            return detail::guarded<true>([&] {
                std::unique_ptr<custom_store::upload> ending(static_cast<custom_store::upload *>(upload));
                return detail::status_of([&] { return ending->commit({address, size}); });
            });
        };
        callbacks.discard = [](void *, void *upload) {
            const detail::undisturbed keeping;
            delete static_cast<custom_store::upload *>(upload);
        };
        callbacks.open = [](void *ctx, const char *address, std::size_t size,
                            void **reading) -> medseal_status {
            return detail::guarded<true>([&] {
                std::unique_ptr<custom_store::reading> begun;
                medseal_status status =
                    detail::store(begun, static_cast<custom_store *>(ctx)->open({address, size}));
                *reading = begun.release();
                return status == MEDSEAL_OK && *reading == nullptr ? MEDSEAL_ERR_IO : status;
            });
        };
        callbacks.read = [](void *, void *reading, std::uint8_t *buffer, std::size_t size,
                            std::size_t *read) -> medseal_status {
            return detail::guarded<true>([&] {
                return detail::store(*read,
                                     static_cast<custom_store::reading *>(reading)->read(buffer, size));
            });
        };
        callbacks.close = [](void *, void *reading) {
            const detail::undisturbed keeping;
            delete static_cast<custom_store::reading *>(reading);
        };
        callbacks.confirm = [](void *ctx, const char *address, std::size_t size) -> medseal_status {
            return detail::guarded<true>([&] {
                return detail::status_of([&] { return static_cast<custom_store *>(ctx)->confirm({address, size}); });
            });
        };
        callbacks.drop_ctx = [](void *ctx) {
            const detail::undisturbed keeping;
            delete static_cast<custom_store *>(ctx);
        };
        return detail::object<store>(medseal_store_from_callbacks,
                                     callbacks.ctx != nullptr ? &callbacks : nullptr);
    }
    /// Opens an object store in a directory. Each object is a file, named by its address.
    static result<store> in_directory(std::string_view path) {
        return detail::object<store>(medseal_directory_store_open, path);
    }
    /// Makes an object store in memory, for tests and examples.
    static result<store> in_memory() { return detail::object<store>(medseal_memory_store_new); }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
