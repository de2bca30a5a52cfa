/// @file
/// The basis of the C++ interface: errors and results, views of bytes, owned handles.
/// Included by medseal.hpp.
#ifndef MEDSEAL_BASIS_HPP
#define MEDSEAL_BASIS_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "../medseal_full.h"

// Code compiled with exceptions and code compiled without have different return types. A namespace
// for each lets both be linked into one program. The standard makes no difference: code of C++17
// and code of C++20 can exchange all objects.
#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
/// 1 if functions throw medseal::error, 0 if they return medseal::result. Follows
/// the compiler's setting.
#define MEDSEAL_HAS_EXCEPTIONS 1
/// The inline namespace that contains everything.
#define MEDSEAL_MODE throwing
#include <exception>
#else
/// 1 if functions throw medseal::error, 0 if they return medseal::result. Follows
/// the compiler's setting.
#define MEDSEAL_HAS_EXCEPTIONS 0
/// The inline namespace that contains everything.
#define MEDSEAL_MODE returning
#include <cstdlib>
#include <optional>
#endif

/// The C++ interface of medseal: one class for each kind of handle, one member for each
/// function of medseal_full.h, which has the full documentation. It adds ownership and error
/// handling and nothing else.
namespace medseal {
inline namespace MEDSEAL_MODE {

// --- bytes ------------------------------------------------------------------------------------------------------

/// A view of bytes that it does not own. It converts to and from std::span<const std::uint8_t>
/// where the standard has one. It is not an alias for it, so it is the same type in every standard.
class bytes_view {
public:
    /// No bytes.
    constexpr bytes_view() noexcept = default;
    /// The `size` bytes from `data` on.
    constexpr bytes_view(const std::uint8_t *data, std::size_t size) noexcept : data_(data), size_(size) {}
    /// The bytes of an array.
    template <std::size_t N>
    constexpr bytes_view(const std::uint8_t (&array)[N]) noexcept : data_(array), size_(N) {}
    /// The bytes of a vector, a std::array or another contiguous container.
    template <class Container,
              class = decltype(static_cast<const std::uint8_t *>(std::declval<const Container &>().data())),
              class = decltype(std::declval<const Container &>().size())>
    constexpr bytes_view(const Container &container) noexcept
        : data_(container.data()), size_(container.size()) {}

    /// The first byte.
    constexpr const std::uint8_t *data() const noexcept { return data_; }
    /// The number of bytes.
    constexpr std::size_t size() const noexcept { return size_; }
    /// Whether the view is empty.
    constexpr bool empty() const noexcept { return size_ == 0; }
    /// The byte at this index, which must be less than the size.
    constexpr const std::uint8_t &operator[](std::size_t index) const noexcept { return data_[index]; }
    /// The first `count` bytes. The view must have as many.
    constexpr bytes_view first(std::size_t count) const noexcept { return {data_, count}; }
    /// The last `count` bytes. The view must have as many.
    constexpr bytes_view last(std::size_t count) const noexcept { return {data_ + (size_ - count), count}; }
    /// The `count` bytes from an offset on, or all from there on. The view must have as many.
    constexpr bytes_view subspan(std::size_t offset,
                                 std::size_t count = static_cast<std::size_t>(-1)) const noexcept {
        return {data_ + offset, count == static_cast<std::size_t>(-1) ? size_ - offset : count};
    }
    /// The first byte.
    constexpr const std::uint8_t *begin() const noexcept { return data_; }
    /// The end, after the last byte.
    constexpr const std::uint8_t *end() const noexcept { return data_ + size_; }

private:
    const std::uint8_t *data_ = nullptr;
    std::size_t size_ = 0;
};

/// The bytes of a text.
inline bytes_view as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

/// Owned bytes.
using bytes = std::vector<std::uint8_t>;

namespace detail {

/// An allocator that wipes memory before it frees it.
template <class T> struct wiping_allocator {
    using value_type = T;
    wiping_allocator() noexcept = default;
    template <class U> wiping_allocator(const wiping_allocator<U> &) noexcept {}
    T *allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
    void deallocate(T *memory, std::size_t count) noexcept {
        medseal_wipe(memory, count * sizeof(T));
        std::allocator<T>().deallocate(memory, count);
    }
    template <class U> bool operator==(const wiping_allocator<U> &) const noexcept { return true; }
    template <class U> bool operator!=(const wiping_allocator<U> &) const noexcept { return false; }
};

} // namespace detail

/// Owned secret bytes, which are wiped when destroyed.
using secret_bytes = std::vector<std::uint8_t, detail::wiping_allocator<std::uint8_t>>;

/// Owned secret text, which is wiped when destroyed. It is not a std::string, because that keeps
/// short texts inside the object, where nothing wipes them.
class secret_text : public std::vector<char, detail::wiping_allocator<char>> {
public:
    using vector::vector;
    /// The text, which stays owned here.
    std::string_view view() const noexcept { return {data(), size()}; }
    /// The text, which stays owned here.
    operator std::string_view() const noexcept { return view(); }
};

// --- version ----------------------------------------------------------------------------------------------------

/// Returns the version of the library in use, as MEDSEAL_VERSION_NUMBER.
inline std::uint32_t version_number() noexcept { return medseal_version_number(); }

/// Returns the version of the library in use, such as "0.1.0".
inline const char *version_text() noexcept { return medseal_version_text(); }

// --- errors and results -----------------------------------------------------------------------------------------

/// Why a call failed. It is thrown if exceptions are enabled, and otherwise in a result.
class error
#if MEDSEAL_HAS_EXCEPTIONS
    : public std::exception
#endif
{
public:
    /// An error from the library.
    explicit error(const medseal_error &detail) noexcept : detail_(detail) {}
    /// An error of the caller, such as one from a callback.
    explicit error(medseal_status status) noexcept : detail_() {
        detail_.struct_size = sizeof(medseal_error);
        detail_.status = status;
        detail_.position = MEDSEAL_NO_POSITION;
        const std::string_view text = medseal_status_text(status);
        text.copy(detail_.message, sizeof(detail_.message) - 1);
    }

    /// One of the MEDSEAL_ERR_ values.
    medseal_status status() const noexcept { return detail_.status; }
    /// The position, such as the byte offset in a policy; MEDSEAL_NO_POSITION if the error has
    /// none.
    std::uint64_t position() const noexcept { return detail_.position; }
    /// One of the MEDSEAL_STEP_ values if publishing failed.
    std::int32_t step() const noexcept { return detail_.step; }
    /// One line of English.
#if MEDSEAL_HAS_EXCEPTIONS
    const char *what() const noexcept override { return detail_.message; }
#else
    const char *what() const noexcept { return detail_.message; }
#endif

private:
    medseal_error detail_;
};

namespace detail {

/// The status of a failure, which is never MEDSEAL_OK.
inline medseal_status failed_with(medseal_status status) noexcept {
    return status != MEDSEAL_OK ? status : MEDSEAL_ERR_IO;
}

} // namespace detail

#if MEDSEAL_HAS_EXCEPTIONS

/// The return type of a function that can fail: the value itself, because failures are thrown.
template <class T> using result = T;

namespace detail {

/// The exception that a callback of this thread's current call threw. It does not pass through the
/// library; it is thrown again when the call has failed.
inline thread_local std::exception_ptr thrown_by_callback;

/// For a callback whose failure the library does not see, such as a destructor: calls made inside
/// it do not clear the stored exception.
class undisturbed {
public:
    undisturbed() noexcept : kept_(std::exchange(thrown_by_callback, nullptr)) {}
    undisturbed(const undisturbed &) = delete;
    undisturbed &operator=(const undisturbed &) = delete;
    ~undisturbed() { thrown_by_callback = std::move(kept_); }

private:
    std::exception_ptr kept_;
};

template <class T> result<T> success(T value) { return value; }
inline void success() {}
template <class T> [[noreturn]] T failure(const medseal_error &error) {
    if (const std::exception_ptr thrown = std::exchange(thrown_by_callback, nullptr)) {
        try {
            std::rethrow_exception(thrown);
        } catch (const medseal::error &own) {
            // The library's error has everything that this one has, and the step.
            if (own.status() != MEDSEAL_OK && own.status() != error.status) {
                throw;
            }
        }
    }
    throw medseal::error(error);
}

/// What is made of a value.
template <class T, class F> auto map(T value, F make) { return make(std::move(value)); }

/// The result of a C++ callback, in the form of medseal.h.
template <class T> medseal_status store(T &to, T from) {
    to = std::move(from);
    return MEDSEAL_OK;
}
template <class F> medseal_status status_of(F call) {
    call();
    return MEDSEAL_OK;
}

/// Runs a callback. If it throws, the callback has failed. `Carried` says whether the library
/// passes on the status as it is, or continues in spite of it; in that case a medseal::error need
/// not be thrown again.
template <bool Carried, class F> medseal_status guarded(F body) noexcept {
    // If an earlier callback threw, the library has continued since.
    thrown_by_callback = nullptr;
    try {
        const medseal_status status = body();
        thrown_by_callback = nullptr;
        return status;
    } catch (const error &error) {
        thrown_by_callback = Carried ? nullptr : std::current_exception();
        return failed_with(error.status());
    } catch (...) {
        thrown_by_callback = std::current_exception();
        return MEDSEAL_ERR_IO;
    }
}

} // namespace detail

#else

/// The return type of a function that can fail: a value or an error.
template <class T> class [[nodiscard]] result {
public:
    /// A value.
    result(T value) noexcept : value_(std::move(value)), error_(MEDSEAL_OK) {}
    /// An error.
    result(const medseal::error &error) noexcept : error_(error) {}
    /// Whether there is a value.
    bool has_value() const noexcept { return value_.has_value(); }
    /// Whether there is a value.
    explicit operator bool() const noexcept { return value_.has_value(); }
    /// The value; aborts if there is none.
    T &value() & noexcept { return *checked(); }
    const T &value() const & noexcept { return *const_cast<result *>(this)->checked(); }
    T &&value() && noexcept { return std::move(*checked()); }
    T &operator*() & noexcept { return *checked(); }
    T &&operator*() && noexcept { return std::move(*checked()); }
    T *operator->() noexcept { return checked(); }
    /// The error; MEDSEAL_OK if there is none.
    const medseal::error &error() const noexcept { return error_; }

private:
    T *checked() noexcept {
        if (!value_.has_value()) {
            std::abort();
        }
        return &*value_;
    }
    std::optional<T> value_;
    medseal::error error_;
};

/// The return type of a function that can fail and has no value.
template <> class [[nodiscard]] result<void> {
public:
    /// Success.
    result() noexcept : succeeded_(true), error_(MEDSEAL_OK) {}
    /// An error.
    result(const medseal::error &error) noexcept : succeeded_(false), error_(error) {}
    /// Whether it succeeded.
    bool has_value() const noexcept { return succeeded_; }
    /// Whether it succeeded.
    explicit operator bool() const noexcept { return succeeded_; }
    /// The error; MEDSEAL_OK if there is none.
    const medseal::error &error() const noexcept { return error_; }

private:
    bool succeeded_;
    medseal::error error_;
};

namespace detail {

/// Without exceptions there is nothing to forget.
class undisturbed {
public:
    undisturbed() noexcept {}
    ~undisturbed() {}
};

template <class T> result<T> success(T value) { return result<T>(std::move(value)); }
inline result<void> success() { return {}; }
template <class T> result<T> failure(const medseal_error &error) { return result<T>(medseal::error(error)); }

/// What is made of a value, if there is one.
template <class T, class F> auto map(result<T> from, F make) -> result<decltype(make(std::declval<T>()))> {
    if (!from) {
        return from.error();
    }
    return make(*std::move(from));
}

/// The result of a C++ callback, in the form of medseal.h.
template <class T> medseal_status store(T &to, result<T> from) {
    if (!from) {
        return failed_with(from.error().status());
    }
    to = *std::move(from);
    return MEDSEAL_OK;
}
template <class F> medseal_status status_of(F call) {
    const result<void> outcome = call();
    return outcome ? MEDSEAL_OK : failed_with(outcome.error().status());
}

/// Does what a callback does.
template <bool, class F> medseal_status guarded(F body) noexcept { return body(); }

} // namespace detail

#endif

namespace detail {

/// What a callback returns: whether the C++ function behind it succeeded, with its result in `to`.
template <class Call> medseal_status answer(Call call) {
    return guarded<true>([&] { return status_of(call); });
}
template <class T, class Call> medseal_status answer_value(T &to, Call call) {
    return guarded<true>([&] { return store(to, call()); });
}
/// The same, for bytes or text, which go to the library's sink.
template <class T, class Call> medseal_status answer_bytes(medseal_sink *sink, Call call) {
    return guarded<true>([&] {
        T data;
        const medseal_status status = store(data, call());
        const auto *bytes = reinterpret_cast<const std::uint8_t *>(data.data());
        return status != MEDSEAL_OK ? status : medseal_sink_write(sink, bytes, data.size(), nullptr);
    });
}
/// The same, for an object that the library keeps until it passes it to drop().
template <class T, class Call> medseal_status answer_object(void **to, Call call) {
    return guarded<true>([&] {
        std::unique_ptr<T> made;
        const medseal_status status = store(made, call());
        *to = made.release();
        return status == MEDSEAL_OK && *to == nullptr ? MEDSEAL_ERR_IO : status;
    });
}
template <class T> void drop(void *object) {
    const undisturbed keeping;
    delete static_cast<T *>(object);
}

/// Callbacks, without the functions, that own their `ctx`.
template <class C, class T> C callbacks_of(std::unique_ptr<T> kept) noexcept {
    C callbacks = {};
    callbacks.struct_size = sizeof(callbacks);
    callbacks.ctx = kept.release();
    callbacks.drop_ctx = drop<T>;
    return callbacks;
}

} // namespace detail

// --- the types of objects ---------------------------------------------------------------------------------------

/// @cond
// clang-format off
// Those with a public byte form, those with a secret one, and those without a byte form.
#define MEDSEAL_PUBLIC(X) \
    X(abe_encapsulation) X(abe_public_key) X(abe_wrapped_key) X(abs_public_key) X(abs_signature) X(attributes) \
    X(auth_confirmation) X(auth_reply) X(auth_request) X(authority_message) X(authority_public_key) \
    X(authority_request) X(backup_confirmation) X(block_header) X(certificate) X(certificate_request) X(charter) \
    X(charter_draft) X(charters) X(chunk_proof) X(consistency_proof) X(entry) X(found) X(generation_certificate) \
    X(identity_envelope) X(inclusion_proof) X(merkle_frontier) X(merkle_tree) X(policy) X(public_parameters) \
    X(query) X(registration_request) X(registry) X(registry_draft) X(replay_cache) X(roster) X(search_index) \
    X(search_public_key) X(session_message) X(super_node_public_key) X(trapdoor) X(validator)
#define MEDSEAL_SECRET(X) \
    X(abe_decryption_key) X(abe_master_key) X(abs_master_key) X(abs_signing_key) X(authority) X(authority_key) \
    X(authority_share) X(disclosure) X(draft) X(hospital) X(identity_key) X(key_share) X(keyword_key) X(main_node) \
    X(member_keys) X(members_key) X(members_keys) X(pending_request) X(prepared) X(record_key) X(sealed) \
    X(search_key) X(search_master_key) X(super_node)
#define MEDSEAL_UNCODED(X) \
    X(accepted_request) X(authority_holder) X(authority_session) X(awaiting_confirmation) X(awaiting_reply) \
    X(chunk_tree) X(database) X(generation) X(identity) X(key_shares) X(keyword) X(ledger) X(opener) \
    X(prepared_query) X(sealer) X(session) X(store) X(trusted_head) X(validated) X(verified_certificate) \
    X(verified_registry)
// clang-format on

namespace detail {

/// The type of a class in C, its functions, and the type of its bytes.
template <class Self> struct kind;

} // namespace detail

// Declares a class, finds it from its type in C, and says what that type has.
#define MEDSEAL_CLASS(name, ...)                                                                             \
    class name;                                                                                              \
    namespace detail {                                                                                       \
    medseal::name owner_of(const medseal_##name *);                                                          \
    template <> struct kind<medseal::name> {                                                                 \
        using c = medseal_##name;                                                                            \
        static constexpr auto *free = medseal_##name##_free;                                                 \
        __VA_ARGS__                                                                                          \
    };                                                                                                       \
    }
#define MEDSEAL_CODED(name, form)                                                                            \
    MEDSEAL_CLASS(name, using bytes = form; static constexpr auto *encode = medseal_##name##_encode;         \
                  static constexpr auto *decode = medseal_##name##_decode;)
#define MEDSEAL_CODED_PUBLIC(name) MEDSEAL_CODED(name, medseal::bytes)
#define MEDSEAL_CODED_SECRET(name) MEDSEAL_CODED(name, secret_bytes)
#define MEDSEAL_NOT_CODED(name) MEDSEAL_CLASS(name, )

MEDSEAL_PUBLIC(MEDSEAL_CODED_PUBLIC)
MEDSEAL_SECRET(MEDSEAL_CODED_SECRET)
MEDSEAL_UNCODED(MEDSEAL_NOT_CODED)

#undef MEDSEAL_PUBLIC
#undef MEDSEAL_SECRET
#undef MEDSEAL_UNCODED
#undef MEDSEAL_CLASS
#undef MEDSEAL_CODED
#undef MEDSEAL_CODED_PUBLIC
#undef MEDSEAL_CODED_SECRET
#undef MEDSEAL_NOT_CODED
/// @endcond

// --- calls and handles ------------------------------------------------------------------------------------------

namespace detail {

/// Where a call puts its error.
inline medseal_error no_error() noexcept {
#if MEDSEAL_HAS_EXCEPTIONS
    thrown_by_callback = nullptr;
#endif
    medseal_error error = {};
    error.struct_size = sizeof(medseal_error);
    return error;
}

/// Whether a type has a handle, and whether it is a contiguous sequence of items.
template <class T, class = void> constexpr bool owns = false;
template <class T> constexpr bool owns<T, std::void_t<decltype(std::declval<const T &>().get())>> = true;
template <class T, class = void> constexpr bool lies = false;
template <class T> constexpr bool lies<T, std::void_t<decltype(std::declval<const T &>().data())>> = true;

/// An argument in the form of medseal.h: the handle of an object, or a pointer and a count for
/// items. Callbacks have specialisations.
template <class T> struct in_c {
    static constexpr bool points = owns<std::remove_pointer_t<T>>;
    static constexpr std::size_t count = lies<T> && !owns<T> ? 2 : 1;
    template <std::size_t Part> static auto part(const T &argument) {
        if constexpr (owns<T>) {
            return argument.get();
        } else if constexpr (points) {
            return argument != nullptr ? argument->get() : nullptr;
        } else if constexpr (count == 2 && Part == 0) {
            return argument.data();
        } else if constexpr (count == 2) {
            return argument.size();
        } else if constexpr (std::is_enum_v<T>) {
            return static_cast<std::int32_t>(argument);
        } else {
            return argument;
        }
    }
};

/// The argument at this position.
template <std::size_t N, class T, class... Rest> const auto &nth(const T &first, const Rest &...rest) {
    if constexpr (N == 0) {
        return first;
    } else {
        return nth<N - 1>(rest...);
    }
}

/// The arguments of a call, as parameters of a function of medseal.h. std::tuple_cat would make
/// every program compile for eight seconds longer.
template <class... A> struct spread {
    static constexpr std::size_t count = (std::size_t(0) + ... + in_c<A>::count);

    struct slot {
        std::size_t argument, part;
    };
    /// The argument that a parameter belongs to.
    static constexpr slot slot_of(std::size_t parameter) {
        constexpr std::size_t counts[] = {in_c<A>::count..., 0};
        slot found = {0, parameter};
        while (found.part >= counts[found.argument]) {
            found.part -= counts[found.argument++];
        }
        return found;
    }
    template <std::size_t I> static auto parameter(const A &...arguments) {
        constexpr slot found = slot_of(I);
        const auto &argument = nth<found.argument>(arguments...);
        return in_c<std::remove_cv_t<std::remove_reference_t<decltype(argument)>>>::template part<found.part>(
            argument);
    }
};

/// Outputs of a call, as parameters of a function of medseal.h.
template <class... O> struct outputs {
    std::tuple<O...> all;
    static constexpr std::size_t count = sizeof...(O);
    explicit outputs(O... each) : all(each...) {}
    template <std::size_t I> auto parameter() const { return std::get<I>(all); }
};

template <class F, class Outputs, std::size_t... I, std::size_t... O, class... A>
medseal_status pass_each(F *function, Outputs &outputs, std::index_sequence<I...>, std::index_sequence<O...>,
                         medseal_error *error, const A &...arguments) {
    return function(spread<A...>::template parameter<I>(arguments...)..., outputs.template parameter<O>()...,
                    error);
}

/// Calls a function of medseal.h with these arguments, followed by its outputs and the error.
template <class F, class Outputs, class... A>
medseal_status pass(F *function, Outputs &&outputs, medseal_error *error, const A &...arguments) {
    return pass_each(function, outputs, std::make_index_sequence<spread<A...>::count>(),
                     std::make_index_sequence<std::remove_reference_t<Outputs>::count>(), error,
                     arguments...);
}

/// A place for an output, by the type of the pointer to it: a number or a struct, a new object, or
/// thirty-two secret bytes, which are wiped.
template <class Pointer> struct place;
template <class T> struct place<T *> {
    T made = {};
    T take() const { return made; }
};
template <class C> struct place<C **> {
    C *made = nullptr;
    auto take() const { return decltype(owner_of(made))(made); }
};
template <> struct place<medseal_secret *> {
    medseal_secret made = {};
    place() = default;
    place(const place &) = delete;
    place &operator=(const place &) = delete;
    ~place() { medseal_wipe(&made, sizeof made); }
    secret_bytes take() const { return secret_bytes(std::begin(made.bytes), std::end(made.bytes)); }
};

/// The places for the outputs of a function: its parameters from `First` on, except the error.
template <class F, std::size_t First> struct places;
template <class... P, std::size_t First> struct places<medseal_status(P...), First> {
    static constexpr std::size_t count = sizeof...(P) - First - 1;
    template <std::size_t... I>
    static std::tuple<place<std::tuple_element_t<First + I, std::tuple<P...>>>...>
        all(std::index_sequence<I...>);
    using sequence = std::make_index_sequence<count>;

    decltype(all(sequence())) made;

    template <std::size_t I> auto parameter() { return &std::get<I>(made).made; }
    template <class T, std::size_t... I> T take(std::index_sequence<I...>) const {
        return T{std::get<I>(made).take()...};
    }
};

/// Calls a function of medseal.h. What it returns follows from its last parameters: nothing, one
/// value, or a `T` of several.
template <class T = void, class F, class... A> auto call(F *function, const A &...arguments) {
    using returned = places<F, spread<A...>::count>;
    constexpr typename returned::sequence each;
    returned all;
    medseal_error error = no_error();
    const bool succeeded = pass(function, all, &error, arguments...) == MEDSEAL_OK;
    if constexpr (returned::count == 0) {
        return succeeded ? success() : failure<void>(error);
    } else if constexpr (std::is_void_v<T>) {
        static_assert(returned::count == 1, "call<T> says what several outputs become");
        using value = decltype(std::get<0>(all.made).take());
        return succeeded ? success<value>(std::get<0>(all.made).take()) : failure<value>(error);
    } else {
        return succeeded ? success<T>(all.template take<T>(each)) : failure<T>(error);
    }
}

/// A buffer to fill and its size, and the outputs after them.
template <class Buffer, class Rest> struct buffer_and {
    Buffer buffer;
    std::size_t size;
    const Rest &rest;
    static constexpr std::size_t count = 2 + Rest::count;
    template <std::size_t I> auto parameter() {
        if constexpr (I == 0) {
            return buffer.data();
        } else if constexpr (I == 1) {
            return &size;
        } else {
            return rest.template parameter<I - 2>();
        }
    }
};

/// A function that fills a buffer, or returns the size that it needs, and has these outputs after
/// it. Most outputs are small, so a first try with a small buffer usually saves a second call.
template <class Buffer, class F, class Rest, class... A>
result<Buffer> filled_and(F *function, const Rest &rest, const A &...arguments) {
    medseal_error error = no_error();
    buffer_and<Buffer, Rest> all = {{}, 256, rest};
    medseal_status status;
    do {
        all.buffer.resize(all.size);
        status = pass(function, all, &error, arguments...);
    } while (status == MEDSEAL_ERR_BUFFER_TOO_SMALL);
    if (status != MEDSEAL_OK) {
        return failure<Buffer>(error);
    }
    all.buffer.resize(all.size);
    return success<Buffer>(std::move(all.buffer));
}

/// The same, for a function without other outputs.
template <class Buffer, class F, class... A> result<Buffer> filled(F *function, const A &...arguments) {
    return filled_and<Buffer>(function, outputs<>(), arguments...);
}

/// Owns a handle of medseal_full.h, and frees it.
template <class Self> class handle {
    using c = typename kind<Self>::c;

public:
    /// Takes ownership of a handle of medseal_full.h.
    explicit handle(c *owned) noexcept : owned_(owned) {}
    /// Moves an object here. The other one is then empty.
    handle(handle &&other) noexcept : owned_(other.release()) {}
    /// Frees this object, and moves another one here.
    handle &operator=(handle &&other) noexcept {
        handle moved(std::move(other));
        std::swap(owned_, moved.owned_);
        return *this;
    }
    ~handle() { kind<Self>::free(owned_); }
    /// The handle, which this object still owns.
    c *get() const noexcept { return owned_; }
    /// Releases the handle to the caller.
    c *release() noexcept { return std::exchange(owned_, nullptr); }

protected:
    // Calls a function of this object, one that fills a buffer, perhaps with other outputs after it,
    // and one that makes an object from others.
    template <class T = void, class F, class... A> auto call(F *function, const A &...arguments) const {
        return detail::call<T>(function, *this, arguments...);
    }
    template <class Buffer, class F, class... A> auto filled(F *function, const A &...arguments) const {
        return detail::filled<Buffer>(function, *this, arguments...);
    }
    template <class Buffer, class F, class Rest, class... A>
    auto filled_and(F *function, const Rest &rest, const A &...arguments) const {
        return detail::filled_and<Buffer>(function, rest, *this, arguments...);
    }
    template <class F, class... A> static auto made(F *function, const A &...arguments) {
        return detail::call(function, arguments...);
    }

private:
    c *owned_;
};

} // namespace detail

/// An object that has a byte form. It is in secret_bytes if it is secret.
template <class Self> class coded : public detail::handle<Self> {
public:
    /// Takes ownership of a handle of medseal_full.h.
    using detail::handle<Self>::handle;

    /// Writes the object's byte form.
    result<typename detail::kind<Self>::bytes> encode() const {
        return detail::filled<typename detail::kind<Self>::bytes>(detail::kind<Self>::encode, *this);
    }
    /// Reads an object from its byte form. Checks it as `_decode` of its type does.
    static result<Self> decode(bytes_view data) { return detail::call(detail::kind<Self>::decode, data); }
};

/// An object that has a byte form, and is decoded under the super node's public key.
template <class Self> class coded_under : public coded<Self> {
public:
    /// Takes ownership of a handle of medseal_full.h.
    using coded<Self>::coded;

    /// Reads an object from its byte form. Checks it as `_decode` of its type does.
    static result<Self> decode(bytes_view data, const super_node_public_key &public_key) {
        return detail::call(detail::kind<Self>::decode, data, public_key);
    }
};

/// A view of objects that it does not own, made from a vector of them, or from a list in braces.
template <class T> class refs {
public:
    /// None.
    refs() = default;
    /// The objects of a vector, which must outlive this view.
    refs(const std::vector<T> &objects) { take(objects); }
    /// Deleted: nothing would own them.
    refs(const std::vector<T> &&) = delete;
    /// These objects.
    refs(std::initializer_list<std::reference_wrapper<const T>> objects) { take(objects); }
    /// Their handles.
    auto data() const noexcept { return handles_.data(); }
    /// The number of objects.
    std::size_t size() const noexcept { return handles_.size(); }

private:
    template <class Objects> void take(const Objects &objects) {
        handles_.reserve(objects.size());
        for (const T &object : objects) {
            handles_.push_back(object.get());
        }
    }
    std::vector<const std::remove_pointer_t<decltype(std::declval<const T &>().get())> *> handles_;
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
