"""Key wrapping: docs/schemes.md, section 5; docs/interoperability.md, section 5."""

from ground import (
    G2, Hedged, add, cut, digest, g2_bytes, gt_bytes, gt_power, hash_to_scalar, header, hmac, kdf, mul, pair, require,
    scalar_bytes, seal, u32, unseal, var, whole,
)
from members import held_key, over, set_of, the_key
from policy import Attributes, Policy
from rows import Bases, Key, Rows, UserKey

BASES = Bases("ABE")


def issue(alpha, attributes, drawn):
    """The fields of a decryption key."""
    items = ("alpha", scalar_bytes(alpha)), ("attributes", attributes.fields())
    r = Hedged(drawn, "ABE-KEY-NONCE", *items).nonzero()
    return attributes.fields() + Key.issue(BASES, attributes, mul(BASES.h, alpha), r).fields()


class DecryptionKey(UserKey):
    def verify(self, a):
        self.key.verify(BASES, z=(BASES.h, a))

    def decapsulate(self, made):
        key = self.key
        chosen = made.policy.choose(key.held.holds)
        require(chosen is not None, "the policy is not satisfied")
        return self.open(made, chosen)

    def open(self, made, chosen):
        x, key = hash_to_scalar("ABE-SLOT", made.com), self.key
        uses, rows = made.rows.combine(BASES, made.policy, chosen, key.held)
        k_f = add(key.k0, mul(key.k1, x))
        return made.open(pair([(k_f, made.c1), *uses, (rows, key.k2)]))


def commitment(m, policy):
    return digest("ABE-COM", ("m", m), ("policy", policy.canonical()))


def mask(d, c1, com):
    return kdf(gt_bytes(d), "kem-mask", g2_bytes(c1) + com)


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


class Encapsulation:
    @classmethod
    def make(cls, a, policy, drawn, secret=b"", aad=b""):
        made = cls()
        items = ("A", g2_bytes(a)), ("policy", policy.canonical()), ("secret", secret), ("aad", aad)
        hedged = Hedged(drawn, "ABE-ENCAPSULATION-NONCE", *items)
        m = hedged.bytes(32)
        made.policy, made.com = policy, commitment(m, policy)
        s = hedged.nonzero()
        made.c1 = mul(G2, s)
        made.rows = Rows.build(BASES, policy, BASES.slot(hash_to_scalar("ABE-SLOT", made.com)), s, hedged)
        d = gt_power(pair([(BASES.h, a)]), s)
        made.c5 = xor(m, mask(d, made.c1, made.com))
        k_mac, k_out = cut(kdf(m, "kem-keys", made.com, 64))
        made.c6 = made.mac(k_mac)
        return made, k_out

    @classmethod
    def read(cls, r):
        made = cls()
        made.policy = Policy.read(r)
        made.c1 = r.g2()
        made.rows = Rows.read(r, made.policy)
        made.com, made.c5, made.c6 = r.raw(32), r.raw(32), r.raw(32)
        return made

    def body(self):
        return self.policy.fields() + g2_bytes(self.c1) + self.rows.fields() + self.com + self.c5

    def mac(self, k_mac):
        return hmac(k_mac, header(0x24), self.body())

    def fields(self):
        return self.body() + self.c6

    def open(self, d):
        m = xor(self.c5, mask(d, self.c1, self.com))
        k_mac, k_out = cut(kdf(m, "kem-keys", self.com, 64))
        require(commitment(m, self.policy) == self.com and self.mac(k_mac) == self.c6, "does not open")
        return k_out


def wrap(a, policy, secret, aad, drawn, members=None):
    """The fields of a wrapped key."""
    made, k_out = Encapsulation.make(a, policy, drawn, secret, aad)
    k = over(members, k_out, "wrap-members", made.com)
    return u32(members.epoch if members else 0) + made.fields() + var(seal(k, aad, secret))


class WrappedKey:
    def __init__(self, r):
        self.epoch, self.encapsulation, self.sealed = r.u32(), Encapsulation.read(r), r.var()

    def fields(self):
        return u32(self.epoch) + self.encapsulation.fields() + var(self.sealed)

    def open(self, key, aad, held=None):
        members = held_key(held, self.epoch)
        k = over(members, key.decapsulate(self.encapsulation), "wrap-members", self.encapsulation.com)
        return unseal(k, aad, self.sealed)


# --- operations -----------------------------------------------------------------------------------------------------------

def op_setup(i, drawn):
    alpha = drawn.nonzero()
    return {"master": header(0x20) + scalar_bytes(alpha), "public": header(0x21) + g2_bytes(mul(G2, alpha))}


def op_issue(i, drawn):
    alpha = whole(lambda r: r.scalar(), 0x20, i["master"])
    return {"key": header(0x22) + issue(alpha, Attributes.parse(i["attributes"]), drawn)}


def public(digits):
    return whole(lambda r: r.g2(), 0x21, digits)


def op_verify_key(i, _):
    whole(DecryptionKey, 0x22, i["key"]).verify(public(i["public"]))
    return {}


def op_encapsulate(i, drawn):
    made, shared = Encapsulation.make(public(i["public"]), Policy(i["policy"]), drawn)
    return {"encapsulation": header(0x24) + made.fields(), "shared": shared}


def op_decapsulate(i, _):
    made = whole(Encapsulation.read, 0x24, i["encapsulation"])
    return {"shared": whole(DecryptionKey, 0x22, i["key"]).decapsulate(made)}


def op_wrap(i, drawn):
    content = bytes.fromhex(i["secret"]), bytes.fromhex(i["aad"])
    members = the_key(i["members_key"]) if "members_key" in i else None
    fields = wrap(public(i["public"]), Policy(i["policy"]), *content, drawn, members)
    return {"wrapped": header(0x23) + fields}


def op_unwrap(i, _):
    wrapped = whole(WrappedKey, 0x23, i["wrapped"])
    held = set_of(i["members_keys"]) if "members_keys" in i else None
    return {"secret": wrapped.open(whole(DecryptionKey, 0x22, i["key"]), bytes.fromhex(i["aad"]), held)}
