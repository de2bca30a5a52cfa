"""Key wrapping: docs/schemes.md, section 5; docs/interoperability.md, section 5."""

from functools import cache

from ground import (
    G1, G2, Q, add, challenge, cut, digest, g1_bytes, g2_bytes, gt_bytes, gt_power, hash_to_g1,
    hash_to_scalar, header, hmac, is_one, kdf, mul, neg, pair, require, scalar_bytes, seal, total,
    unseal, var, weights, whole,
)
from policy import Attributes, Policy
from rows import Rows, slot

H = cache(lambda a: hash_to_g1("ABE-ATTR", a))
U0, U1 = hash_to_g1("ABE-U0", b""), hash_to_g1("ABE-U1", b"")


def h(v):
    return hash_to_scalar("ABE-VALUE", v.encode())


def q_of(label):
    return hash_to_g1("ABE-NEG-Q", label.encode())


def of_value(label, v):
    """P_l + [h(v)]Q_l"""
    return add(hash_to_g1("ABE-NEG-P", label.encode()), mul(q_of(label), h(v)))


def public_key(a1, a2):
    return g1_bytes(mul(G1, a1)) + g2_bytes(mul(G2, a2))


class PublicKey:
    def __init__(self, r):
        self.a1, self.a2 = r.g1(), r.g2()


def issue(a1, a2, attributes, drawn):
    """The fields of a decryption key."""
    seed = [("a1", scalar_bytes(a1)), ("a2", scalar_bytes(a2)), ("attributes", attributes.fields())]
    while (r := challenge("ABE-KEY-NONCE", *seed, ("random", drawn.bytes(64)))) == 0:
        pass
    points = [add(mul(G1, a1 * a2), mul(U0, r)), mul(U1, r)]
    points += [mul(H(a), r) for a in attributes.expanded()]
    points += [mul(of_value(*text), r) for text in sorted(attributes.single_texts().items())]
    return attributes.fields() + g2_bytes(mul(G2, r)) + b"".join(map(g1_bytes, points))


class DecryptionKey:
    def __init__(self, r):
        self.attributes = Attributes.read(r)
        self.k2, self.k0, self.k1 = r.g2(), r.g1(), r.g1()
        self.k = {a: r.g1() for a in self.attributes.expanded()}
        self.n = {label: (v, r.g1()) for label, v in sorted(self.attributes.single_texts().items())}

    def verify(self, public):
        """e(K, P2) = e(base, K2), and once e(A1, A2) on the right, weighted and added up."""
        equations = [(U0, self.k0), (U1, self.k1)] + [(H(a), k) for a, k in self.k.items()]
        equations += [(of_value(label, v), n) for label, (v, n) in self.n.items()]
        w = weights(len(equations))
        keys = total(mul(k, d) for (_, k), d in zip(equations, w))
        bases = total(mul(base, d) for (base, _), d in zip(equations, w))
        product = pair([(keys, G2), (neg(bases), self.k2), (neg(mul(public.a1, w[0])), public.a2)])
        require(is_one(product), "another authority's key, or none")

    def element(self, leaf):
        if leaf[0] == "is":
            return (self.k[leaf[1]],) if leaf[1] in self.k else None
        _, label, v = leaf
        if label not in self.n or self.n[label][0] == v:
            return None
        own, n = self.n[label]
        return n, pow(h(v) - h(own), -1, Q)

    def decapsulate(self, made):
        chosen = made.policy.choose(self.element)
        require(chosen is not None, "the policy is not satisfied")
        x = hash_to_scalar("ABE-SLOT", made.com)
        uses, rows = made.rows.combine(made.policy, chosen, self.element)
        k_f = add(self.k0, mul(self.k1, x))
        return made.open(pair([(k_f, made.c1), *uses, (rows, self.k2)]))


def commitment(m, policy):
    return digest("ABE-COM", ("m", m), ("policy", policy.canonical()))


def mask(d, c1, com):
    return kdf(gt_bytes(d), "kem-mask", g2_bytes(c1) + com)


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


class Encapsulation:
    @classmethod
    def make(cls, public, policy, drawn):
        made = cls()
        m = drawn.bytes(32)
        made.policy, made.com = policy, commitment(m, policy)
        f = slot(U0, U1, hash_to_scalar("ABE-SLOT", made.com))
        s = drawn.nonzero()
        made.c1 = mul(G2, s)
        bases = [
            (H(leaf[1]),) if leaf[0] == "is" else (q_of(leaf[1]), of_value(*leaf[1:])) for leaf in policy.leaves
        ]
        made.rows = Rows.build(policy, bases, f, s, drawn)
        d = gt_power(pair([(public.a1, public.a2)]), s)
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


def wrap(public, policy, secret, aad, drawn):
    """The fields of a wrapped key."""
    made, k_out = Encapsulation.make(public, policy, drawn)
    return made.fields() + var(seal(k_out, aad, secret))


class WrappedKey:
    def __init__(self, r):
        self.encapsulation, self.sealed = Encapsulation.read(r), r.var()

    def fields(self):
        return self.encapsulation.fields() + var(self.sealed)

    def open(self, key, aad):
        return unseal(key.decapsulate(self.encapsulation), aad, self.sealed)


# --- operations -----------------------------------------------------------------------------------------------------------

def op_setup(i, drawn):
    a1, a2 = drawn.nonzero(), drawn.nonzero()
    master = scalar_bytes(a1) + scalar_bytes(a2)
    return {"master": header(0x20) + master, "public": header(0x21) + public_key(a1, a2)}


def op_issue(i, drawn):
    a1, a2 = whole(lambda r: (r.scalar(), r.scalar()), 0x20, i["master"])
    return {"key": header(0x22) + issue(a1, a2, Attributes.parse(i["attributes"]), drawn)}


def op_verify_key(i, _):
    whole(DecryptionKey, 0x22, i["key"]).verify(whole(PublicKey, 0x21, i["public"]))
    return {}


def op_encapsulate(i, drawn):
    made, shared = Encapsulation.make(whole(PublicKey, 0x21, i["public"]), Policy(i["policy"]), drawn)
    return {"encapsulation": header(0x24) + made.fields(), "shared": shared}


def op_decapsulate(i, _):
    made = whole(Encapsulation.read, 0x24, i["encapsulation"])
    return {"shared": whole(DecryptionKey, 0x22, i["key"]).decapsulate(made)}


def op_wrap(i, drawn):
    public, policy = whole(PublicKey, 0x21, i["public"]), Policy(i["policy"])
    fields = wrap(public, policy, bytes.fromhex(i["secret"]), bytes.fromhex(i["aad"]), drawn)
    return {"wrapped": header(0x23) + fields}


def op_unwrap(i, _):
    wrapped = whole(WrappedKey, 0x23, i["wrapped"])
    return {"secret": wrapped.open(whole(DecryptionKey, 0x22, i["key"]), bytes.fromhex(i["aad"]))}


OPERATIONS = {
    "abe.setup": op_setup,
    "abe.issue": op_issue,
    "abe.verify_key": op_verify_key,
    "abe.encapsulate": op_encapsulate,
    "abe.decapsulate": op_decapsulate,
    "abe.wrap": op_wrap,
    "abe.unwrap": op_unwrap,
}
