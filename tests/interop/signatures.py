"""Attribute-based signatures: docs/schemes.md, section 6; docs/interoperability.md, section 6."""

from ground import (
    G2, Hedged, Q, Z1, add, challenge, g1_bytes, g2_bytes, header, is_inf, is_one, mul, neg, pair, require,
    scalar_bytes, total, weights, whole,
)
from policy import Attributes, Policy
from rows import Bases, Key, UserKey

BASES = Bases("ABS")


def issue(alpha, attributes, drawn):
    """The fields of a signing key."""
    items = ("alpha", scalar_bytes(alpha)), ("attributes", attributes.fields())
    r = Hedged(drawn, "ABS-KEY-NONCE", *items).nonzero()
    key = Key.issue(BASES, attributes, mul(BASES.h, alpha), r)
    return g2_bytes(mul(G2, alpha)) + attributes.fields() + key.fields()


class SigningKey(UserKey):
    def __init__(self, r):
        self.a = r.g2()
        super().__init__(r)

    def verify(self, a):
        require(g2_bytes(self.a) == g2_bytes(a), "another authority's key")
        self.key.verify(BASES, z=(BASES.h, a))


def statement(a, policy, context, message):
    """x"""
    items = ("A", g2_bytes(a)), ("policy", policy.canonical()), ("context", context), ("message", message)
    return challenge("ABS-STATEMENT", *items)


class Signature:
    """S, W_1 .., V, V_f, V'_i"""

    def __init__(self, s, w, v, v_f, v_i):
        self.s, self.w, self.v, self.v_f, self.v_i = s, w, v, v_f, v_i

    @classmethod
    def make(cls, key, policy, x, gamma, nu):
        """From dual values of a satisfying set, and random ones: the root's, the free ones, those of negative rows."""
        (gammas, free), (root, free_nu, nu_i) = gamma, nu
        nus, w, v_i = policy.dual(root, free_nu), [Z1] * policy.tau, []

        def narrowed(gamma, nu):
            return add(mul(key.k2, gamma), mul(G2, nu))

        for row, rho, gamma, nu in zip(policy.rows, policy.rho, gammas, nus):
            # R_i = [gamma_i]K_T + [nu_i]H(T)     or     [gamma_i d]N_l + [nu_i]Q_l +
            # [nu'_i](P_l + [h(v)]Q_l)
            r = mul(BASES.of_row(row), nu)
            if row[0] == "all":
                r = add(r, mul(key.held.of_all(row[1]), gamma)) if gamma else r
            else:
                nu_prime = nu_i[len(v_i)]
                if gamma:
                    own, point = key.held.n[row[1]]
                    gamma = gamma * pow(BASES.hash(own) - BASES.hash(row[2]), -1, Q) % Q
                    r = add(r, mul(point, gamma))
                r = add(r, mul(BASES.of_value(*row[1:]), nu_prime))
                v_i.append(narrowed(gamma, nu_prime))
            w[rho] = add(w[rho], r)
        s = total([key.k0, mul(key.k1, x), mul(BASES.slot(x), root), w[0]])
        return cls(s, w[1:], narrowed(1, root), list(map(narrowed, free, free_nu)), v_i)

    @classmethod
    def read(cls, r, policy):
        s, w = r.g1(), [r.g1() for _ in range(1, policy.tau)]
        return cls(s, w, r.g2(), [r.g2() for _ in range(policy.free)], [r.g2() for _ in policy.negative])

    def points(self):
        return [self.s, *self.w], [self.v, *self.v_f, *self.v_i]

    def fields(self):
        g1, g2 = self.points()
        return b"".join(map(g1_bytes, g1)) + b"".join(map(g2_bytes, g2))

    def verify(self, a, policy, x):
        d = [1, *weights(policy.tau - 1)]
        root, y = policy.gather([mul(BASES.of_row(row), d[rho]) for row, rho in zip(policy.rows, policy.rho)])
        product = [(add(BASES.slot(x), root), self.v), *zip(y, self.v_f)]
        for i, v in zip(policy.negative, self.v_i):
            product.append((mul(BASES.of_value(*policy.rows[i][1:]), d[policy.rho[i]]), v))
        left = total(mul(w, d_j) for w, d_j in zip([self.s, *self.w], d))
        require(is_one(pair([*product, (BASES.h, a), (neg(left), G2)])), "not a signature")


def sign(key, policy, context, message, drawn):
    """The fields of a signature."""
    gamma = policy.choose_dual(key.key.held.holds)
    require(gamma is not None, "the policy is not satisfied")
    x = statement(key.a, policy, context, message)
    k = key.key
    items = [("K2", g2_bytes(k.k2)), ("K0", g1_bytes(k.k0)), ("K1", g1_bytes(k.k1)), ("x", scalar_bytes(x))]
    items += [("gamma", scalar_bytes(value)) for values in gamma for value in values]
    hedged = Hedged(drawn, "ABS-NONCE", *items)
    while True:
        nu = hedged.scalar(), [hedged.scalar() for _ in gamma[1]], [hedged.scalar() for _ in policy.negative]
        signature = Signature.make(key.key, policy, x, gamma, nu)
        if not any(is_inf(point) for points in signature.points() for point in points):
            return signature.fields()


# --- operations -----------------------------------------------------------------------------------------------------------

def op_setup(i, drawn):
    alpha = drawn.nonzero()
    return {"master": header(0x28) + scalar_bytes(alpha), "public": header(0x29) + g2_bytes(mul(G2, alpha))}


def op_issue(i, drawn):
    alpha = whole(lambda r: r.scalar(), 0x28, i["master"])
    return {"key": header(0x2A) + issue(alpha, Attributes.parse(i["attributes"]), drawn)}


def public(digits):
    return whole(lambda r: r.g2(), 0x29, digits)


def op_verify_key(i, _):
    whole(SigningKey, 0x2A, i["key"]).verify(public(i["public"]))
    return {}


def about(i):
    return Policy(i["policy"]), bytes.fromhex(i["context"]), bytes.fromhex(i["message"])


def op_sign(i, drawn):
    return {"signature": header(0x2B) + sign(whole(SigningKey, 0x2A, i["key"]), *about(i), drawn)}


def op_verify(i, _):
    a, (policy, context, message) = public(i["public"]), about(i)
    signature = whole(lambda r: Signature.read(r, policy), 0x2B, i["signature"])
    signature.verify(a, policy, statement(a, policy, context, message))
    return {}
