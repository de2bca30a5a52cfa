/// @file
/// The members' key of each epoch. Included by medseal.hpp.
#ifndef MEDSEAL_MEMBERS_HPP
#define MEDSEAL_MEMBERS_HPP

#include "basis.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

namespace detail {
/// The handle of an object that may be missing.
template <class T> auto or_null(const T *object) noexcept {
    return object != nullptr ? object->get() : nullptr;
}
} // namespace detail

/// What a share of a members' key says of itself.
struct key_share_status {
    /// The epoch whose key was split.
    std::uint32_t epoch;
    /// How many shares restore it.
    std::uint8_t threshold;
    /// Which share it is, from 1 on.
    std::uint8_t index;
};

/// One holder's share of a members' key. It is secret, and wiped when freed.
class key_share : public detail::handle<medseal_key_share, medseal_key_share_free> {
public:
    using handle::handle;

    /// What a share says of itself.
    result<key_share_status> status() const {
        medseal_error error = detail::no_error();
        key_share_status made = {};
        if (medseal_key_share_status(get(), &made.epoch, &made.threshold, &made.index, &error) != MEDSEAL_OK) {
            return detail::failure<key_share_status>(error);
        }
        return detail::success(made);
    }
    /// Writes the byte form of a share.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_key_share_encode, get());
    }
    /// Reads a share from its byte form, checking everything.
    static result<key_share> decode(bytes_view data) {
        return detail::object<key_share>(medseal_key_share_decode, data.data(), data.size());
    }
};

/// All shares of a members' key, for the person who gives them out. It is secret, and wiped when
/// freed.
class key_shares : public detail::handle<medseal_key_shares, medseal_key_shares_free> {
public:
    using handle::handle;

    /// One of the shares, from zero.
    result<key_share> at(std::size_t index) const {
        return detail::object<key_share>(medseal_key_shares_get, get(), index);
    }
};

/// The key that all members share in one epoch. It is secret, and wiped when freed.
class members_key : public detail::handle<medseal_members_key, medseal_members_key_free> {
public:
    using handle::handle;

    /// Makes the key of an epoch, of which one member makes one for all.
    static result<members_key> generate(std::uint32_t epoch) {
        return detail::object<members_key>(medseal_members_key_generate, epoch);
    }
    /// The epoch of a members' key.
    result<std::uint32_t> epoch() const {
        return detail::value<std::uint32_t>(medseal_members_key_epoch, get());
    }
    /// Checks that a key is the one of the epoch that the consortium commits to.
    result<void> check(const medseal_epoch_commitment &commitment) const {
        return detail::done(medseal_members_key_check, get(), &commitment);
    }
    /// Splits a members' key among holders: any `threshold` of their shares restore it, fewer say nothing.
    result<key_shares> split(std::uint8_t threshold, std::uint8_t holders) const {
        return detail::object<key_shares>(medseal_members_key_split, get(), threshold, holders);
    }
    /// Restores a members' key from shares.
    static result<members_key> restore(const refs<key_share> &shares, const medseal_epoch_commitment &commitment) {
        return detail::object<members_key>(medseal_members_key_restore, shares.data(), shares.size(), &commitment);
    }
    /// Writes the byte form of a members' key.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_members_key_encode, get());
    }
    /// Reads a members' key from its byte form, checking everything.
    static result<members_key> decode(bytes_view data) {
        return detail::object<members_key>(medseal_members_key_decode, data.data(), data.size());
    }
};

/// The members' keys of the epochs that a member holds, one for each. It is secret, and wiped when
/// freed.
class members_keys : public detail::handle<medseal_members_keys, medseal_members_keys_free> {
public:
    using handle::handle;

    /// A set of one key.
    static result<members_keys> of(const members_key &key) {
        return detail::object<members_keys>(medseal_members_keys_add,
                                            static_cast<const medseal_members_keys *>(nullptr), key.get());
    }
    /// These and one key more; another key of an epoch that is held is refused.
    result<members_keys> add(const members_key &key) const {
        return detail::object<members_keys>(medseal_members_keys_add, get(), key.get());
    }
    /// These and all that another member handed on.
    result<members_keys> merge(const members_keys &received) const {
        return detail::object<members_keys>(medseal_members_keys_merge, get(), received.get());
    }
    /// How many epochs a member holds keys of.
    result<std::size_t> count() const { return detail::value<std::size_t>(medseal_members_keys_count, get()); }
    /// One of the epochs that a member holds keys of, in order.
    result<std::uint32_t> epoch(std::size_t index) const {
        return detail::value<std::uint32_t>(medseal_members_keys_epoch, get(), index);
    }
    /// The key of an epoch.
    result<members_key> key(std::uint32_t epoch) const {
        return detail::object<members_key>(medseal_members_keys_get, get(), epoch);
    }
    /// Writes the byte form of a set of members' keys.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_members_keys_encode, get());
    }
    /// Reads a set of members' keys from its byte form, checking everything.
    static result<members_keys> decode(bytes_view data) {
        return detail::object<members_keys>(medseal_members_keys_decode, data.data(), data.size());
    }
};

/// What a hospital says of its backup of a members' key.
class backup_confirmation
    : public detail::handle<medseal_backup_confirmation, medseal_backup_confirmation_free> {
public:
    using handle::handle;

    /// Confirms a backup, with the bytes as they were read back from it.
    static result<backup_confirmation> of(bytes_view restored, std::string_view hospital) {
        return detail::object<backup_confirmation>(medseal_backup_confirm, restored.data(), restored.size(),
                                                   hospital.data(), hospital.size());
    }
    /// Writes the name of the hospital that confirms a backup.
    result<std::string> hospital() const {
        return detail::filled<std::string>(medseal_backup_confirmation_hospital, get());
    }
    /// Writes the byte form of a confirmed backup.
    result<bytes> encode() const {
        return detail::filled<bytes>(medseal_backup_confirmation_encode, get());
    }
    /// Reads a confirmed backup from its byte form, checking everything.
    static result<backup_confirmation> decode(bytes_view data) {
        return detail::object<backup_confirmation>(medseal_backup_confirmation_decode, data.data(), data.size());
    }
};

/// Begins an epoch, which three different hospitals' restored backups allow: the commitment that the consortium is
/// to state.
inline result<medseal_epoch_commitment> begin_epoch(const members_key &key,
                                                    const refs<backup_confirmation> &confirmations) {
    return detail::value<medseal_epoch_commitment>(medseal_begin_epoch, key.get(), confirmations.data(),
                                                   confirmations.size());
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
