"""Attribute-based signatures: docs/schemes.md, section 6; docs/interoperability.md, section 6."""

from functools import cache

from ground import (
    G1, G2, Q, add, challenge, g1_bytes, g2_bytes, hash_to_g1, hash_to_scalar, header, is_one, mul, neg, pair, require,
    scalar_bytes, total, u32, u64, weights, whole,
)
from policy import Attributes, Policy

H_U, H_A, H_B = (hash_to_g1(purpose, b"") for purpose in ("ABS-HU", "ABS-HA", "ABS-HB"))
z_of = cache(lambda attribute: hash_to_scalar("ABS-ATTR", attribute))


class Stream:
    """Secret scalars from a seed."""

    def __init__(self, secret, fresh, *purpose):
        self.seed = challenge("ABS-NONCE", ("secret", scalar_bytes(secret)), ("fresh", fresh), *purpose)
        self.counter = 0

    def next(self):
        while True:
            items = ("seed", scalar_bytes(self.seed)), ("counter", u64(self.counter))
            self.counter += 1
            if scalar := challenge("ABS-NONCE", *items):
                return scalar


def issue(x, attributes, drawn):
    """The fields of a signing key."""
    stream = Stream(x, drawn.bytes(32), ("attributes", attributes.fields()))
    u = stream.next()
    out = g2_bytes(mul(G2, x)) + scalar_bytes(u) + attributes.fields()
    for attribute in attributes.expanded():
        while (x + (e := stream.next())) % Q == 0:
            pass
        b = total([G1, mul(H_U, u), mul(H_A, z_of(attribute))])
        out += scalar_bytes(e) + g1_bytes(mul(b, pow(x + e, -1, Q)))
    return out


class SigningKey:
    def __init__(self, r):
        self.x, self.u, self.attributes = r.g2(), r.scalar(), Attributes.read(r)
        self.credentials = {a: (r.scalar(), r.g1()) for a in self.attributes.expanded()}

    def x_times(self, attribute):
        """[x]A_a = B_a - [e_a]A_a"""
        e, a = self.credentials[attribute]
        return total([G1, mul(H_U, self.u), mul(H_A, z_of(attribute)), neg(mul(a, e))])

    def verify(self, x):
        require(g2_bytes(self.x) == g2_bytes(x), "another authority's key")
        check_pairs([(a, self.x_times(attribute)) for attribute, (_, a) in self.credentials.items()], x)


def check_pairs(pairs, x):
    """B = [x]A of all pairs, weighted and added up."""
    w = weights(len(pairs))
    a, b = (total(mul(pair_[k], d) for pair_, d in zip(pairs, w)) for k in (0, 1))
    require(is_one(pair([(a, x), (neg(b), G2)])), "a pair without the relation")


# --- challenges ---------------------------------------------------------------------------------------------------------

def free(node):
    """How many challenges the gates below leave free."""
    if node[0] != "gate":
        return 0
    return len(node[2]) - node[1] + sum(map(free, node[2]))


def of_children(k, n, c, own):
    if k == 1:
        return own + [(c - sum(own)) % Q]
    return [(c + sum(f * i ** (d + 1) for d, f in enumerate(own))) % Q for i in range(1, n + 1)]


def distribute(node, c, shares):
    """The challenge of each leaf; takes the shares from the front of the list."""
    if node[0] != "gate":
        return [c]
    _, k, children = node
    own = [shares.pop(0) for _ in range(len(children) - k)]
    challenges = of_children(k, len(children), c, own)
    return [leaf for child, part in zip(children, challenges) for leaf in distribute(child, part, shares)]


def lagrange(points, at):
    """The value at `at` of the polynomial through the points."""
    out = 0
    for i, (x, y) in enumerate(points):
        for j, (other, _) in enumerate(points):
            if i != j:
                y = y * (at - other) * pow(x - other, -1, Q) % Q
        out += y
    return out % Q


def coefficients(points):
    """Of the polynomial through the points, the first of which is at 0: divides out one coefficient after the other."""
    out = []
    while points:
        constant = lagrange(points, 0)
        out.append(constant)
        points = [(x, (y - constant) * pow(x, -1, Q) % Q) for x, y in points[1:]]
    return out


class Plan:
    """What is drawn before the root's challenge is known."""

    def __init__(self, node, proved, stream, counter=None):
        counter = [0] if counter is None else counter
        self.node, self.children, self.simulated = node, [], None
        if node[0] != "gate":
            counter[0] += 1
            return
        left = node[1]
        for child in node[2]:
            if left and satisfied(child, proved, counter[0]):
                left -= 1
                self.children.append(Plan(child, proved, stream, counter))
            else:
                c, shares = stream.next(), [stream.next() for _ in range(free(child))]
                part = Plan.__new__(Plan)
                part.node, part.simulated = child, (c, shares)
                self.children.append(part)
                counter[0] += size(child)

    def preset(self):
        """Of each leaf, its challenge or None."""
        if self.simulated:
            c, shares = self.simulated
            return distribute(self.node, c, list(shares))
        if self.node[0] != "gate":
            return [None]
        return [c for child in self.children for c in child.preset()]

    def complete(self, c):
        """The shares that the signature carries."""
        if self.simulated:
            return self.simulated[1]
        if self.node[0] != "gate":
            return []
        k, n = self.node[1], len(self.children)
        fixed = [child.simulated and child.simulated[0] for child in self.children]
        if k == 1:
            rest = (c - sum(f for f in fixed if f is not None)) % Q
            own = [rest if f is None else f for f in fixed][: n - 1]
        else:
            points = [(0, c)] + [(i, f) for i, f in enumerate(fixed, 1) if f is not None]
            own = coefficients(points)[1:]
        parts = of_children(k, n, c, own)
        return own + [share for child, part in zip(self.children, parts) for share in child.complete(part)]


def size(node):
    return sum(map(size, node[2])) if node[0] == "gate" else 1


def satisfied(node, proved, first):
    """Whether the proved leaves satisfy this node, whose leaves are numbered from `first`."""
    if node[0] != "gate":
        return first in proved
    count = 0
    for child in node[2]:
        count += satisfied(child, proved, first)
        first += size(child)
    return count >= node[1]


# --- signing and verifying ----------------------------------------------------------------------------------------------

def statement(x, policy, context, message):
    return [("X", g2_bytes(x)), ("policy", policy.canonical()), ("context", context), ("message", message)]


def root_challenge(about, c_point, pairs, t_0, t):
    items = [("C", g1_bytes(c_point))]
    for a, b in pairs:
        items += [("A'", g1_bytes(a)), ("B'", g1_bytes(b))]
    items += [("T_0", g1_bytes(t_0))] + [("T_l", g1_bytes(point)) for point in t]
    return challenge("ABS-CHALLENGE", *about, *items)


def sign(key, policy, context, message, drawn):
    """The fields of a signature."""
    require(not policy.negation, "a negation")
    chosen = policy.choose(lambda leaf: leaf[1] in key.credentials or None)
    require(chosen is not None, "the policy is not satisfied")
    about = statement(key.x, policy, context, message)
    stream = Stream(key.u, drawn.bytes(32), *about)
    proved = {number for number, _ in chosen}
    plan = Plan(policy.tree, proved, stream)
    preset = plan.preset()
    nonces = [[stream.next() for _ in range(4)] for _ in policy.leaves]
    t, k_u, k_t = stream.next(), stream.next(), stream.next()

    c_point = add(mul(H_U, key.u), mul(H_B, t))
    t_0 = add(mul(H_U, k_u), mul(H_B, k_t))
    any_ = policy.leaves[min(proved)][1]
    pairs, commitments, used = [], [], []
    for (_, attribute), (rho, k_rho, k_w, k_e), c_l in zip(policy.leaves, nonces, preset):
        credential = attribute if c_l is None else any_
        e, a = key.credentials[credential]
        used.append(e)
        a_, b_ = mul(a, rho), mul(key.x_times(credential), rho)
        d_l = total([G1, c_point, mul(H_A, z_of(attribute))])
        pairs.append((a_, b_))
        commitments.append(total([mul(d_l, k_rho), mul(H_B, k_w), mul(a_, -k_e), mul(b_, -(c_l or 0))]))

    c = root_challenge(about, c_point, pairs, t_0, commitments)
    shares = plan.complete(c)
    challenges = distribute(policy.tree, c, list(shares))
    out = u32(len(shares)) + u32(len(policy.leaves)) + g1_bytes(c_point)
    for scalar in [c, (k_u + c * key.u) % Q, (k_t + c * t) % Q, *shares]:
        out += scalar_bytes(scalar)
    for (a_, b_), (rho, *k), c_l, before, e in zip(pairs, nonces, challenges, preset, used):
        if before is None:
            k = [x + c_l * witness for x, witness in zip(k, (rho, -rho * t, e))]
        out += g1_bytes(a_) + g1_bytes(b_) + b"".join(scalar_bytes(z % Q) for z in k)
    return out


class Signature:
    def __init__(self, r):
        shares, leaves = r.u32(), r.u32()
        self.c_point, self.c, self.z_u, self.z_t = r.g1(), r.scalar(), r.scalar(), r.scalar()
        self.shares = [r.scalar() for _ in range(shares)]
        self.leaves = [(r.g1(), r.g1(), r.scalar(), r.scalar(), r.scalar()) for _ in range(leaves)]

    def verify(self, x, policy, context, message):
        require(not policy.negation, "a negation")
        shape = len(self.shares), len(self.leaves)
        require(shape == (free(policy.tree), len(policy.leaves)), "of another policy")
        challenges = distribute(policy.tree, self.c, list(self.shares))
        t_0 = total([mul(H_U, self.z_u), mul(H_B, self.z_t), mul(self.c_point, -self.c)])
        t = []
        for (_, attribute), (a, b, z_rho, z_w, z_e), c_l in zip(policy.leaves, self.leaves, challenges):
            d_l = total([G1, self.c_point, mul(H_A, z_of(attribute))])
            t.append(total([mul(d_l, z_rho), mul(H_B, z_w), mul(a, -z_e), mul(b, -c_l)]))
        pairs = [leaf[:2] for leaf in self.leaves]
        about = statement(x, policy, context, message)
        require(root_challenge(about, self.c_point, pairs, t_0, t) == self.c, "another challenge")
        check_pairs(pairs, x)


# --- operations -----------------------------------------------------------------------------------------------------------

def op_setup(i, drawn):
    x = drawn.nonzero()
    return {"master": header(0x28) + scalar_bytes(x), "public": header(0x29) + g2_bytes(mul(G2, x))}


def op_issue(i, drawn):
    x = whole(lambda r: r.scalar(), 0x28, i["master"])
    return {"key": header(0x2A) + issue(x, Attributes.parse(i["attributes"]), drawn)}


def op_verify_key(i, _):
    whole(SigningKey, 0x2A, i["key"]).verify(whole(lambda r: r.g2(), 0x29, i["public"]))
    return {}


def about(i):
    return Policy(i["policy"]), bytes.fromhex(i["context"]), bytes.fromhex(i["message"])


def op_sign(i, drawn):
    return {"signature": header(0x2B) + sign(whole(SigningKey, 0x2A, i["key"]), *about(i), drawn)}


def op_verify(i, _):
    public = whole(lambda r: r.g2(), 0x29, i["public"])
    whole(Signature, 0x2B, i["signature"]).verify(public, *about(i))
    return {}


OPERATIONS = {
    "abs.setup": op_setup,
    "abs.issue": op_issue,
    "abs.verify_key": op_verify_key,
    "abs.sign": op_sign,
    "abs.verify": op_verify,
}
