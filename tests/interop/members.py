"""The members' key: docs/schemes.md, section 5; docs/interoperability.md, section 9."""

from ground import (
    Hedged, Q, Reader, digest, header, kdf, require, scalar_bytes, u8, u32, var, whole,
)
from policy import lagrange


class MembersKey:
    def __init__(self, r):
        self.epoch, self.key = r.u32(), r.raw(32)
        require(self.epoch > 0, "epoch 0")

    def fields(self):
        return u32(self.epoch) + self.key

    def commitment(self):
        return u32(self.epoch) + digest("MEMBERS-EPOCH", ("epoch", u32(self.epoch)), ("key", self.key))

    def confirmation(self, name):
        return u32(self.epoch) + var(name) + kdf(self.key, "members-backup", u32(self.epoch) + name)


def over(members, k, label, context):
    """The key under both, or k without a members' key."""
    return kdf(k + members.key, label, u32(members.epoch) + context) if members else k


def the_key(digits):
    return whole(MembersKey, 0x18, digits)


def read_set(r):
    keys = [MembersKey(r) for _ in range(r.u32())]
    require(all(a.epoch < b.epoch for a, b in zip(keys, keys[1:])), "not sorted")
    return {key.epoch: key for key in keys}


def set_of(digits):
    return whole(read_set, 0x19, digits)


def held_key(held, epoch):
    """The key that something says it is sealed under; none for epoch 0."""
    if epoch == 0:
        return None
    require(epoch in (held or {}), "the members' key is missing")
    return held[epoch]


class Share:
    def __init__(self, r):
        self.commitment, self.threshold, self.index = r.raw(36), r.u8(), r.u8()
        self.values = r.scalar(), r.scalar()
        require(self.commitment[:4] != bytes(4) and self.threshold >= 2 and self.index > 0, "out of range")


def value(coefficients, x):
    return sum(a * x**k for k, a in enumerate(coefficients)) % Q


# --- operations -----------------------------------------------------------------------------------------------------------

def op_key(i, drawn):
    require(i["epoch"] > 0, "epoch 0")
    return {"key": header(0x18) + u32(i["epoch"]) + drawn.bytes(32)}


def op_set(i, _):
    held = {}
    for digits in i["keys"]:
        key = the_key(digits)
        require(held.setdefault(key.epoch, key).key == key.key, "another key of this epoch")
    return {"set": header(0x19) + u32(len(held)) + b"".join(held[epoch].fields() for epoch in sorted(held))}


def op_confirm_backup(i, _):
    key = the_key(i["backup"])
    return {"confirmation": header(0x1B) + key.confirmation(i["hospital"].encode())}


def op_begin_epoch(i, _):
    key, names = the_key(i["key"]), set()
    for digits in i["confirmations"]:
        r = Reader(bytes.fromhex(digits), 0x1B)
        fields = r.data
        r.u32()
        name = r.var()
        require(key.confirmation(name) == fields, "of another key")
        names.add(name)
    require(len(names) >= 3, "too few hospitals")
    return {"commitment": key.commitment()}


def op_split(i, drawn):
    key, t = the_key(i["key"]), i["threshold"]
    require(2 <= t <= i["holders"], "out of range")
    hedged = Hedged(drawn, "MEMBERS-SPLIT-NONCE", ("epoch", u32(key.epoch)), ("key", key.key))
    halves = key.key[:16], key.key[16:]
    f = [[int.from_bytes(half, "big")] + [hedged.scalar() for _ in range(t - 1)] for half in halves]
    head = header(0x1A) + key.commitment() + u8(t)
    return {"shares": [head + u8(x) + b"".join(scalar_bytes(value(a, x)) for a in f) for x in range(1, i["holders"] + 1)]}


def op_restore(i, _):
    shares, committed = [whole(Share, 0x1A, digits) for digits in i["shares"]], the_key(i["key"])
    t = shares[0].threshold
    require(len(shares) >= t, "too few shares")
    shares = shares[:t]
    indices = [share.index for share in shares]
    same = all((share.commitment, share.threshold) == (committed.commitment(), t) for share in shares)
    require(same and len(set(indices)) == t, "shares of different keys, or twice the same")
    halves = [sum(lagrange(indices, s.index, 0) * s.values[half] for s in shares) % Q for half in range(2)]
    key = b"".join((half % 2**128).to_bytes(16, "big") for half in halves)
    restored = the_key(header(0x18) + u32(committed.epoch) + key)
    require(restored.commitment() == committed.commitment(), "another key")
    return {"key": header(0x18) + restored.fields()}
