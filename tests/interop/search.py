"""Keyword search: docs/schemes.md, section 7; docs/interoperability.md, section 7."""

from functools import cache

from ground import (
    G1, G2, Q, Z1, add, challenge, g1_bytes, g1_from, g2_bytes, g2_from, hash_to_g1, hash_to_scalar, header, hmac,
    is_one, mul, neg, pair, require, scalar_bytes, total, u8, u16, u32, weights, whole,
)
from policy import Attributes, Policy
from rows import Rows, slot
from unicode import keyword

H = cache(lambda a: hash_to_g1("SEARCH-ATTR", a))
U0, U1 = hash_to_g1("SEARCH-U0", b""), hash_to_g1("SEARCH-U1", b"")


# --- keywords -------------------------------------------------------------------------------------------------------------

def x_of(kappa, word):
    return hash_to_scalar("SEARCH-KW", hmac(kappa, b"keyword", u32(len(word)), word))


def first_bits(data, bits):
    return int.from_bytes(data[:2], "big") >> (16 - bits)


def hint_of(kappa, word, bits, period):
    return first_bits(hmac(kappa, b"hint", u32(period), u32(len(word)), word), bits)


# --- keys -----------------------------------------------------------------------------------------------------------------

def two(purpose, items, drawn):
    """Two hedged scalars: the second from one more "random" item."""
    out = []
    while len(out) < 2:
        items = [*items, ("random", drawn.bytes(64))]
        if scalar := challenge(purpose, *items):
            out.append(scalar)
    return out


def part(base, exponent, b, attributes):
    """X2, X0, X1, X_a"""
    over_b = pow(b, -1, Q)
    points = [add(mul(base, over_b), mul(U0, exponent * over_b)), mul(U1, exponent * over_b)]
    points += [mul(H(a), exponent) for a in attributes.expanded()]
    return g2_bytes(mul(G2, exponent)) + b"".join(map(g1_bytes, points))


def issue(alpha, b, attributes, kappa, drawn):
    """The fields of a search key."""
    items = [("alpha", scalar_bytes(alpha)), ("b", scalar_bytes(b)), ("attributes", attributes.fields())]
    r, d = two("SEARCH-KEY-NONCE", items, drawn)
    k, z = part(mul(G1, alpha), r, b, attributes), part(Z1, d, b, attributes)
    return attributes.fields() + kappa + k + z


class Part:
    def __init__(self, r, attributes):
        self.x2, self.x0, self.x1 = r.g2(), r.g1(), r.g1()
        self.x = {a: r.g1() for a in attributes.expanded()}


class SearchKey:
    def __init__(self, r):
        self.attributes = Attributes.read(r)
        self.kappa = r.raw(32)
        self.k, self.z = Part(r, self.attributes), Part(r, self.attributes)

    def verify(self, a, b):
        """K0, K1, Z0, Z1 against B; K_a, Z_a against P2; weighted and added up."""
        product = []
        for x in (self.k, self.z):
            w0, w1, *w = weights(2 + len(x.x))
            product.append((add(mul(x.x0, w0), mul(x.x1, w1)), b))
            product.append((total(mul(p, d) for p, d in zip(x.x.values(), w)), G2))
            bases = total(mul(H(attribute), d) for attribute, d in zip(x.x, w))
            product.append((neg(total([bases, mul(U0, w0), mul(U1, w1)])), x.x2))
            if x is self.k:
                product.append((mul(a, -w0), G2))
        require(is_one(pair(product)), "another authority's key, or none")

    def trapdoor(self, word, shown, hints, drawn):
        """The fields of a trapdoor."""
        x_w = x_of(self.kappa, word)
        require(set(shown.expanded()) <= set(self.k.x), "an attribute that is not held")
        items = [("kappa", self.kappa), ("K0", g1_bytes(self.k.x0)), ("Z0", g1_bytes(self.z.x0))]
        items += [("x_w", scalar_bytes(x_w)), ("attributes", shown.fields())]
        t, y = two("SEARCH-TRAPDOOR-NONCE", items, drawn)
        out = shown.fields() + u32(len(hints))
        for bits, period in hints:
            out += u8(bits) + u32(period) + u16(hint_of(self.kappa, word, bits, period))

        def joined(k, z):
            return mul(add(k, mul(z, y)), t)

        t0 = add(joined(self.k.x0, self.z.x0), mul(joined(self.k.x1, self.z.x1), x_w))
        out += g1_bytes(t0) + g2_bytes(joined(self.k.x2, self.z.x2)) + g2_bytes(mul(G2, t))
        return out + b"".join(g1_bytes(joined(self.k.x[a], self.z.x[a])) for a in shown.expanded())


# --- indexes and matching -------------------------------------------------------------------------------------------------

def index(a, b, kappa, words, policy, filled_up, hints, drawn):
    """The fields of a record's index."""
    require(not policy.negation, "a negation")
    slots = []
    for word in dict.fromkeys(words):
        slots.append((x_of(kappa, word), hint_of(kappa, word, *hints) if hints else None))
    while filled_up and len(slots) & (len(slots) - 1) or filled_up and not slots:
        random = drawn.bytes(2)
        slots.append((drawn.scalar(), first_bits(random, hints[0]) if hints else None))
    placed = []
    for x_w, hint in slots:
        place = drawn.bytes(16)
        s = drawn.nonzero()
        rows = Rows.build(policy, [(H(leaf[1]),) for leaf in policy.leaves], slot(U0, U1, x_w), s, drawn)
        fields = b"" if hint is None else u16(hint)
        placed.append((place, fields + g2_bytes(mul(b, s)) + g1_bytes(mul(a, s)) + rows.fields()))
    out = policy.fields() + (u8(1) + u8(hints[0]) + u32(hints[1]) if hints else u8(0)) + u32(len(placed))
    return out + b"".join(fields for _, fields in sorted(placed))


class RecordIndex:
    def __init__(self, r):
        self.policy = Policy.read(r)
        self.hints = (r.u8(), r.u32()) if r.flag() else None
        self.keywords = []
        for _ in range(r.u32()):
            hint = r.u16() if self.hints else None
            self.keywords.append((hint, r.raw(96), r.raw(48), Rows.read(r, self.policy)))

    def validate(self):
        for _, c1, e, rows in self.keywords:
            g2_from(c1)
            g1_from(e)
            rows.validate()

    def fields(self):
        out = self.policy.fields()
        out += u8(1) + u8(self.hints[0]) + u32(self.hints[1]) if self.hints else u8(0)
        out += u32(len(self.keywords))
        for hint, c1, e, rows in self.keywords:
            out += (b"" if hint is None else u16(hint)) + c1 + e + rows.fields()
        return out


class Trapdoor:
    def __init__(self, r):
        self.attributes = Attributes.read(r)
        self.hints = [(r.u8(), r.u32(), r.u16()) for _ in range(r.u32())]
        self.t0, self.t2, self.t3 = r.g1(), r.g2(), r.g2()
        self.t = {a: r.g1() for a in self.attributes.expanded()}

    def agrees(self, hints, value):
        """Of one period, and equal in the bits that both have."""
        if hints is None or not self.hints:
            return True
        own = [(bits, v) for bits, period, v in self.hints if period == hints[1]]
        return any(v >> (bits - min(bits, hints[0])) == value >> (hints[0] - min(bits, hints[0])) for bits, v in own)

    def matches(self, record):
        def element(leaf):
            return (self.t[leaf[1]],) if leaf[1] in self.t else None

        chosen = record.policy.choose(element)
        if chosen is None:
            return False
        for hint, c1, e, rows in record.keywords:
            if self.agrees(record.hints, hint):
                uses, sum_ = rows.combine(record.policy, chosen, element)
                product = [(self.t0, g2_from(c1)), *uses, (sum_, self.t2), (neg(g1_from(e)), self.t3)]
                if is_one(pair(product)):
                    return True
        return False


# --- operations -----------------------------------------------------------------------------------------------------------

def op_setup(i, drawn):
    alpha, b = drawn.nonzero(), drawn.nonzero()
    public = g1_bytes(mul(G1, alpha)) + g2_bytes(mul(G2, b))
    return {"master": header(0x30) + scalar_bytes(alpha) + scalar_bytes(b), "public": header(0x31) + public}


def op_keyword_key(i, drawn):
    return {"keyword_key": header(0x33) + drawn.bytes(32)}


def op_keyword(i, _):
    return {"canonical": keyword(i["text"]).decode()}


def op_issue(i, drawn):
    alpha, b = whole(lambda r: (r.scalar(), r.scalar()), 0x30, i["master"])
    kappa = whole(lambda r: r.raw(32), 0x33, i["keyword_key"])
    return {"key": header(0x32) + issue(alpha, b, Attributes.parse(i["attributes"]), kappa, drawn)}


def public(digits):
    return whole(lambda r: (r.g1(), r.g2()), 0x31, digits)


def op_verify_key(i, _):
    whole(SearchKey, 0x32, i["key"]).verify(*public(i["public"]))
    return {}


def op_index(i, drawn):
    kappa, words = whole(lambda r: r.raw(32), 0x33, i["keyword_key"]), [keyword(word) for word in i["keywords"]]
    hints = (i["hints"]["bits"], i["hints"]["period"]) if "hints" in i else None
    fields = index(*public(i["public"]), kappa, words, Policy(i["policy"]), i["filled_up"], hints, drawn)
    return {"index": header(0x34) + fields}


def op_trapdoor(i, drawn):
    key, hints = whole(SearchKey, 0x32, i["key"]), [(hint["bits"], hint["period"]) for hint in i["hints"]]
    fields = key.trapdoor(keyword(i["keyword"]), Attributes.parse(i["attributes"]), hints, drawn)
    return {"trapdoor": header(0x35) + fields}


def op_match(i, _):
    return {"matches": whole(Trapdoor, 0x35, i["trapdoor"]).matches(whole(RecordIndex, 0x34, i["index"]))}


OPERATIONS = {
    "search.setup": op_setup,
    "search.keyword_key": op_keyword_key,
    "search.keyword": op_keyword,
    "search.issue": op_issue,
    "search.verify_key": op_verify_key,
    "search.index": op_index,
    "search.trapdoor": op_trapdoor,
    "search.match": op_match,
}
