"""Keyword search: docs/schemes.md, section 7; docs/interoperability.md, section 7."""


from ground import (
    G2, Hedged, Z1, add, g1_bytes, g1_from, g2_bytes, g2_from, hash_to_scalar, header, hmac, is_one, mul, neg, pair,
    require, scalar_bytes, u8, u16, u32, whole,
)
from policy import Attributes, Policy
from rows import Bases, Held, Key, Rows
from unicode import keyword

BASES = Bases("SEARCH")


# --- keywords -------------------------------------------------------------------------------------------------------------

def x_of(kappa, word):
    return hash_to_scalar("SEARCH-KW", hmac(kappa, b"keyword", u32(len(word)), word))


def first_bits(data, bits):
    return int.from_bytes(data[:2], "big") >> (16 - bits)


def hint_of(kappa, word, bits, period):
    return first_bits(hmac(kappa, b"hint", u32(period), u32(len(word)), word), bits)


# --- keys -----------------------------------------------------------------------------------------------------------------

def issue(gamma, b, attributes, kappa, drawn):
    """The fields of a search key."""
    items = ("gamma", scalar_bytes(gamma)), ("b", scalar_bytes(b))
    hedged = Hedged(drawn, "SEARCH-KEY-NONCE", *items, ("attributes", attributes.fields()))
    rho, delta = hedged.nonzero(), hedged.nonzero()
    k, z = Key.issue(BASES, attributes, mul(BASES.h, gamma), rho, b), Key.issue(BASES, attributes, Z1, delta, b)
    return attributes.fields() + kappa + k.fields() + z.fields()


class SearchKey:
    def __init__(self, r):
        self.attributes, self.kappa = Attributes.read(r), r.raw(32)
        self.k, self.z = Key.read(r, self.attributes), Key.read(r, self.attributes)

    def verify(self, a, b):
        self.k.verify(BASES, b, (a, G2))
        self.z.verify(BASES, b)

    def trapdoor(self, word, shown, hints, drawn):
        """The fields of a trapdoor."""
        x_w, k, z = x_of(self.kappa, word), self.k, self.z
        require(set(shown.pairs) <= set(self.attributes.pairs), "an attribute that is not held")
        items = [("kappa", self.kappa), ("K0", g1_bytes(k.k0)), ("Z0", g1_bytes(z.k0)), ("x_w", scalar_bytes(x_w))]
        hedged = Hedged(drawn, "SEARCH-TRAPDOOR-NONCE", *items, ("attributes", shown.fields()))
        t, y = hedged.nonzero(), hedged.scalar()
        out = shown.fields() + u32(len(hints))
        for bits, period in hints:
            out += u8(bits) + u32(period) + u16(hint_of(self.kappa, word, bits, period))

        def joined(k, z):
            return mul(add(k, mul(z, y)), t)

        t0 = add(joined(k.k0, z.k0), mul(joined(k.k1, z.k1), x_w))
        out += g1_bytes(t0) + g2_bytes(joined(k.k2, z.k2)) + g2_bytes(mul(G2, t))
        out += b"".join(g1_bytes(joined(k.held.k[a], z.held.k[a])) for a in shown.expanded())
        for label in shown.single_texts():
            # The key may have more texts of the label than the trapdoor shows.
            held = label in k.held.n
            out += u8(1) + g1_bytes(joined(k.held.n[label][1], z.held.n[label][1])) if held else u8(0)
        return out


# --- indexes and matching -------------------------------------------------------------------------------------------------

def index(a, b, kappa, words, policy, filled_up, hints, drawn):
    """The fields of a record's index."""
    words = list(dict.fromkeys(words))
    items = [("kappa", kappa), ("policy", policy.canonical())] + [("keyword", word) for word in words]
    hedged, slots = Hedged(drawn, "SEARCH-INDEX-NONCE", *items), []
    for word in words:
        slots.append((x_of(kappa, word), hint_of(kappa, word, *hints) if hints else None))
    while filled_up and len(slots) & (len(slots) - 1) or filled_up and not slots:
        random = hedged.bytes(32)
        slots.append((hedged.scalar(), first_bits(random, hints[0]) if hints else None))
    placed = []
    for x_w, hint in slots:
        place = hedged.bytes(16)
        s = hedged.nonzero()
        rows = Rows.build(BASES, policy, BASES.slot(x_w), s, hedged)
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
        t = {a: r.g1() for a in self.attributes.expanded()}
        n = {label: (v, r.g1()) for label, v in self.attributes.single_texts().items() if r.flag()}
        self.held = Held(t, n)

    def agrees(self, hints, value):
        """Of one period, and equal in the bits that both have."""
        if hints is None or not self.hints:
            return True
        own = [(bits, v) for bits, period, v in self.hints if period == hints[1]]
        return any(v >> (bits - min(bits, hints[0])) == value >> (hints[0] - min(bits, hints[0])) for bits, v in own)

    def matches(self, record):
        chosen = record.policy.choose(self.held.holds)
        return chosen is not None and self.hits(record, chosen)

    def hits(self, record, chosen):
        for hint, c1, e, rows in record.keywords:
            if self.agrees(record.hints, hint):
                uses, sum_ = rows.combine(BASES, record.policy, chosen, self.held)
                product = [(self.t0, g2_from(c1)), *uses, (sum_, self.t2), (neg(g1_from(e)), self.t3)]
                if is_one(pair(product)):
                    return True
        return False


# --- operations -----------------------------------------------------------------------------------------------------------

def public_key(gamma, b):
    """A and B"""
    return g1_bytes(mul(BASES.h, gamma * b)) + g2_bytes(mul(G2, b))


def op_setup(i, drawn):
    gamma, b = drawn.nonzero(), drawn.nonzero()
    master = scalar_bytes(gamma) + scalar_bytes(b)
    return {"master": header(0x30) + master, "public": header(0x31) + public_key(gamma, b)}


def op_keyword_key(i, drawn):
    return {"keyword_key": header(0x33) + drawn.bytes(32)}


def op_keyword(i, _):
    return {"canonical": keyword(i["text"]).decode()}


def op_issue(i, drawn):
    gamma, b = whole(lambda r: (r.scalar(), r.scalar()), 0x30, i["master"])
    kappa = whole(lambda r: r.raw(32), 0x33, i["keyword_key"])
    return {"key": header(0x32) + issue(gamma, b, Attributes.parse(i["attributes"]), kappa, drawn)}


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
