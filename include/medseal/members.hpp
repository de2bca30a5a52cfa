/// @file
/// The members' key of each epoch. Included by medseal.hpp.
#ifndef MEDSEAL_MEMBERS_HPP
#define MEDSEAL_MEMBERS_HPP

#include "basis.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The parts of a share of a members' key that are not secret.
struct key_share_status {
    std::uint32_t epoch;    ///< The epoch whose key was split.
    std::uint8_t threshold; ///< The number of shares that restore it.
    std::uint8_t index;     ///< The number of this share, from 1.
};

/// One holder's share of a members' key. It is secret, and wiped when freed.
class key_share : public coded<key_share> {
public:
    using coded::coded;

    result<key_share_status> status() const { return call<key_share_status>(medseal_key_share_status); }
};

/// All shares of a members' key, for the person who distributes them. It is secret, and wiped when
/// freed.
class key_shares : public detail::handle<key_shares> {
public:
    using handle::handle;

    result<key_share> at(std::size_t index) const { return call(medseal_key_shares_get, index); }
};

/// The key that all members share in one epoch. It is secret, and wiped when freed.
class members_key : public coded<members_key> {
public:
    using coded::coded;

    static result<members_key> generate(std::uint32_t epoch) {
        return made(medseal_members_key_generate, epoch);
    }
    result<std::uint32_t> epoch() const { return call(medseal_members_key_epoch); }
    result<void> check(const medseal_epoch_commitment &commitment) const {
        return call(medseal_members_key_check, &commitment);
    }
    result<key_shares> split(std::uint8_t threshold, std::uint8_t holders) const {
        return call(medseal_members_key_split, threshold, holders);
    }
    static result<members_key> restore(const refs<key_share> &shares,
                                       const medseal_epoch_commitment &commitment) {
        return made(medseal_members_key_restore, shares, &commitment);
    }
};

/// The members' keys that a member holds, one for each epoch. It is secret, and wiped when freed.
class members_keys : public coded<members_keys> {
public:
    using coded::coded;

    /// Makes a set of one key.
    static result<members_keys> of(const members_key &key) {
        return made(medseal_members_keys_add, static_cast<const medseal_members_keys *>(nullptr), key);
    }
    result<members_keys> add(const members_key &key) const { return call(medseal_members_keys_add, key); }
    result<members_keys> merge(const members_keys &received) const {
        return call(medseal_members_keys_merge, received);
    }
    result<std::size_t> count() const { return call(medseal_members_keys_count); }
    result<std::uint32_t> epoch(std::size_t index) const { return call(medseal_members_keys_epoch, index); }
    result<members_key> key(std::uint32_t epoch) const { return call(medseal_members_keys_get, epoch); }
};

/// A hospital's confirmation that it has a backup of a members' key.
class backup_confirmation : public coded<backup_confirmation> {
public:
    using coded::coded;

    static result<backup_confirmation> of(bytes_view restored, std::string_view hospital) {
        return made(medseal_backup_confirm, restored, hospital);
    }
    result<std::string> hospital() const { return filled<std::string>(medseal_backup_confirmation_hospital); }
};

inline result<medseal_epoch_commitment> begin_epoch(const members_key &key,
                                                    const refs<backup_confirmation> &confirmations) {
    return detail::call(medseal_begin_epoch, key, confirmations);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
