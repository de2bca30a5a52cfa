/// @file
/// The members' key of each epoch. Included by medseal.hpp.
#ifndef MEDSEAL_MEMBERS_HPP
#define MEDSEAL_MEMBERS_HPP

#include "basis.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The parts of a share of a members' key that are not secret.
struct key_share_status {
    /// The epoch whose key was split.
    std::uint32_t epoch;
    /// The number of shares that restore it.
    std::uint8_t threshold;
    /// The number of this share, from 1.
    std::uint8_t index;
};

/// One holder's share of a members' key. It is secret, and wiped when freed.
class key_share
    : public coded<key_share, secret_bytes, medseal_key_share, medseal_key_share_free,
                   medseal_key_share_encode, medseal_key_share_decode> {
public:
    using coded::coded;

    /// Returns the parts of a share that are not secret.
    result<key_share_status> status() const {
        return detail::fields<key_share_status>(
            [](auto &it) { return std::make_tuple(&it.epoch, &it.threshold, &it.index); },
            medseal_key_share_status, *this);
    }
};

/// All shares of a members' key, for the person who distributes them. It is secret, and wiped when
/// freed.
class key_shares : public detail::handle<medseal_key_shares, medseal_key_shares_free> {
public:
    using handle::handle;

    /// Returns one of the shares, counted from zero.
    result<key_share> at(std::size_t index) const {
        return detail::object<key_share>(medseal_key_shares_get, *this, index);
    }
};

/// The key that all members share in one epoch. It is secret, and wiped when freed.
class members_key
    : public coded<members_key, secret_bytes, medseal_members_key, medseal_members_key_free,
                   medseal_members_key_encode, medseal_members_key_decode> {
public:
    using coded::coded;

    /// Makes the key of an epoch. One member makes it for all members.
    static result<members_key> generate(std::uint32_t epoch) {
        return detail::object<members_key>(medseal_members_key_generate, epoch);
    }
    /// Returns the epoch of a members' key.
    result<std::uint32_t> epoch() const {
        return detail::value<std::uint32_t>(medseal_members_key_epoch, *this);
    }
    /// Checks that a key is the one that the consortium commits to for this epoch.
    result<void> check(const medseal_epoch_commitment &commitment) const {
        return detail::done(medseal_members_key_check, *this, &commitment);
    }
    /// Splits a members' key among holders. Any `threshold` of their shares restore it; fewer
    /// reveal nothing.
    result<key_shares> split(std::uint8_t threshold, std::uint8_t holders) const {
        return detail::object<key_shares>(medseal_members_key_split, *this, threshold, holders);
    }
    /// Restores a members' key from shares.
    static result<members_key> restore(const refs<key_share> &shares, const medseal_epoch_commitment &commitment) {
        return detail::object<members_key>(medseal_members_key_restore, shares, &commitment);
    }
};

/// The members' keys that a member holds, one for each epoch. It is secret, and wiped when freed.
class members_keys
    : public coded<members_keys, secret_bytes, medseal_members_keys, medseal_members_keys_free,
                   medseal_members_keys_encode, medseal_members_keys_decode> {
public:
    using coded::coded;

    /// Makes a set of one key.
    static result<members_keys> of(const members_key &key) {
        return detail::object<members_keys>(medseal_members_keys_add,
                                            static_cast<const medseal_members_keys *>(nullptr), key);
    }
    /// Returns these keys with one more. Refuses a different key for an epoch that is held.
    result<members_keys> add(const members_key &key) const {
        return detail::object<members_keys>(medseal_members_keys_add, *this, key);
    }
    /// Returns the union of these keys and the keys received from another member.
    result<members_keys> merge(const members_keys &received) const {
        return detail::object<members_keys>(medseal_members_keys_merge, *this, received);
    }
    /// Returns the number of epochs for which a member holds keys.
    result<std::size_t> count() const { return detail::value<std::size_t>(medseal_members_keys_count, *this); }
    /// Returns one of the epochs for which a member holds keys, in ascending order.
    result<std::uint32_t> epoch(std::size_t index) const {
        return detail::value<std::uint32_t>(medseal_members_keys_epoch, *this, index);
    }
    /// Returns the key of an epoch.
    result<members_key> key(std::uint32_t epoch) const {
        return detail::object<members_key>(medseal_members_keys_get, *this, epoch);
    }
};

/// A hospital's confirmation that it has a backup of a members' key.
class backup_confirmation
    : public coded<backup_confirmation, bytes, medseal_backup_confirmation, medseal_backup_confirmation_free,
                   medseal_backup_confirmation_encode, medseal_backup_confirmation_decode> {
public:
    using coded::coded;

    /// Confirms a backup. Pass the bytes as read back from it.
    static result<backup_confirmation> of(bytes_view restored, std::string_view hospital) {
        return detail::object<backup_confirmation>(medseal_backup_confirm, restored, hospital);
    }
    /// Writes the name of the hospital that confirms a backup.
    result<std::string> hospital() const {
        return detail::filled<std::string>(medseal_backup_confirmation_hospital, *this);
    }
};

/// Begins an epoch: returns the commitment that the charter must state. Three different hospitals
/// must first confirm a restored backup.
inline result<medseal_epoch_commitment> begin_epoch(const members_key &key,
                                                    const refs<backup_confirmation> &confirmations) {
    return detail::value<medseal_epoch_commitment>(medseal_begin_epoch, key, confirmations);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
