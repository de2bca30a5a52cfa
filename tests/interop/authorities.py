"""Requests to several authorities, and keys from the parts in their answers: src/authorities.rs; docs/formats.md."""

from hashlib import sha256

import ledger
from ground import (
    G1, G2, Q, Refused, Z1, Z2, add, challenge, digest, g1_bytes, g2_bytes, hash_to_g1, hash_to_g2, header, is_one, kdf, mul, neg,
    pair, require, scalar_bytes, total, u32, u64, u8, unseal, var, whole,
)
from policy import Attributes, lagrange
from rows import Bases, Held, Key

ABE, ABS, SEARCH = Bases("ABE"), Bases("ABS"), Bases("SEARCH")
KEYS_ROUND, CONFIRM_ROUND, CHARTER_ROUND = 5, 4, 9


def at(commitments, lowest, i, zero):
    """sum [i^k]C_k"""
    return total((mul(c, pow(i, k, Q)) for k, c in enumerate(commitments, lowest)), zero)


class Message:
    def __init__(self, r):
        self.session, self.round, self.sender, self.to = r.raw(32), r.u8(), r.u8(), r.u8()
        self.body, self.signature = r.var(), r.g2()

    def header(self):
        return self.session + u8(self.round) + u8(self.sender) + u8(self.to)

    def verify(self, certificate, round_):
        """Returns the number of the sender, an authority of this generation."""
        here = self.round == round_ and self.session == certificate.session and self.to == 0
        require(here and 1 <= self.sender <= len(certificate.keys), "elsewhere")
        key = certificate.keys[self.sender - 1]
        require(signed(key, self.header(), self.body, self.signature), "another signature")
        return self.sender


def signed(k, fields, body, signature):
    """e(P1, S) = e(K, H)"""
    return is_one(pair([(neg(G1), signature), (k, hash_to_g2("AUTHORITY-MESSAGE", fields + var(body)))]))


class Certificate:
    """The public keys of a generation, signed by all."""

    def __init__(self, r):
        start = r.data
        self.number, self.session = r.raw(4), r.raw(32)
        self.t, n = r.u8(), r.u8()
        self.keys = [(r.var(), r.g1())[1] for _ in range(n)]
        r.raw(32)
        counts = [r.u8() for _ in range(4)]
        self.alpha, self.alpha_, self.zero = ([r.g2() for _ in range(count)] for count in counts[:3])
        self.s = [r.g1() for _ in range(counts[3])]
        require(counts == [self.t, self.t, self.t - 1, self.t], "another threshold")
        self.a, self.b = r.g1(), r.g2()
        self.fields = start[: len(start) - len(r.data)]
        self.confirmations = [(r.g1(), r.g1(), r.g2()) for _ in range(n)]

    def verify(self):
        name = digest("AUTHORITY-GENERATION", ("generation", self.fields))
        points = [hash_to_g1(tag, g2_bytes(c[0])) for tag, c in (("ABE-POP", self.alpha), ("ABS-POP", self.alpha_))]
        for i, (key, (pop, pop_, signature)) in enumerate(zip(self.keys, self.confirmations), 1):
            fields = self.session + u8(CONFIRM_ROUND) + u8(i) + u8(0)
            require(signed(key, fields, name + g1_bytes(pop) + g1_bytes(pop_), signature), "another signature")
            for proof, point, commitments in ((pop, points[0], self.alpha), (pop_, points[1], self.alpha_)):
                # e(pop_i, P2) = e(H, A_i)
                product = pair([(neg(proof), G2), (point, at(commitments, 0, i, Z2))])
                require(is_one(product), "no proof of possession")


class Pending:
    def __init__(self, r):
        self.x, self.request = r.scalar(), r.data
        require(r.u8() == 1, "no request for keys")
        r.var()
        self.attributes = Attributes.read(r)
        r.raw(16 + 8)
        self.one_time = r.g1()
        require(g1_bytes(self.one_time) == g1_bytes(mul(G1, self.x)), "another one-time key")

    def open(self, message):
        name, sealed = message.body[:32], message.body[32:]
        require(name == digest("AUTHORITY-REQUEST", ("request", self.request)), "another request")
        context = message.header() + name

        def read(r):
            c, proof = r.g1(), r.raw(64)
            sealed = r.raw(len(r.data))
            d = mul(c, self.x)
            # R = [z]P1 - [c]C
            e, z = (int.from_bytes(proof[k : k + 32], "big") for k in (0, 32))
            commitment = add(mul(G1, z), neg(mul(c, e)))
            items = ("context", context), ("C", g1_bytes(c)), ("R", g1_bytes(commitment))
            require(challenge("AUTHORITY-SEALER", *items) == e, "no proof of the one-time secret")
            info = g1_bytes(c) + g1_bytes(self.one_time) + var(context)
            return unseal(kdf(g1_bytes(d), "authority-message", info), context, sealed)

        return whole(read, None, sealed)


def part_of(certificate, pending, message):
    """The parts in an authority's answer, if all of them are valid."""
    i, attributes = message.verify(certificate, KEYS_ROUND), pending.attributes

    def read(r):
        return [Key.read(r, attributes) for _ in range(4)]

    abe, abs_, k, z = whole(read, None, pending.open(message))
    zero = at(certificate.zero, 1, i, Z2)
    bound = certificate.number + certificate.session + pending.request
    for key, bases, tag, commitments in ((abe, ABE, "ABE", certificate.alpha), (abs_, ABS, "ABS", certificate.alpha_)):
        # e(K0, P2) = e(h, A_i) e(G, B_i) e(U0, K2)
        g = hash_to_g1(f"{tag}-REQUEST", bound)
        key.verify(bases, z=(bases.h, at(commitments, 0, i, Z2)), more=[(g, zero)])
    k.verify(SEARCH, certificate.b, (certificate.a, G2))
    z.verify(SEARCH, certificate.b)
    return abe, abs_, k, z


def charter_part_of(certificate, body, message):
    """An authority's part of a charter's signature, if it is valid."""
    i = message.verify(certificate, CHARTER_ROUND)
    name, part = whole(lambda r: (r.raw(32), r.g2()), None, message.body)
    require(name == sha256(body).digest(), "another charter")
    # e(P1, part) = e(P_i, H)
    p_i, h = at(certificate.s, 0, i, Z1), hash_to_g2("CHARTER", body)
    require(is_one(pair([(neg(G1), part), (p_i, h)])), "a wrong part")
    return part


def combined(keys, l):
    """sum l_i K_i, element by element."""
    def sum_of(points, zero=Z1):
        return total((mul(point, l_i) for point, l_i in zip(points, l)), zero)

    k = {a: sum_of([key.held.k[a] for key in keys]) for a in keys[0].held.k}
    n = {label: (v, sum_of([key.held.n[label][1] for key in keys])) for label, (v, _) in keys[0].held.n.items()}
    k2 = sum_of([key.k2 for key in keys], Z2)
    return Key(k2, sum_of([key.k0 for key in keys]), sum_of([key.k1 for key in keys]), Held(k, n))


def parts_of(certificate, answers, part_of_message):
    """The first valid parts, their coefficients, and who sent invalid ones before."""
    parts, culprits = {}, []
    for answer in answers:
        if len(parts) == certificate.t:
            break
        message = whole(Message, 0x53, answer)
        try:
            require(message.sender not in parts, "twice")
            parts[message.sender] = part_of_message(message)
        except Refused:
            culprits.append(message.sender)
    require(len(parts) == certificate.t, "too few")
    return list(parts.values()), [lagrange(parts, i, 0) for i in parts], culprits


def op_request(i, drawn):
    attributes = Attributes.parse(i["attributes"])
    x = drawn.nonzero()
    fields = u8(1) + var(i["member"].encode()) + attributes.fields() + drawn.bytes(16) + u64(i["time"])
    return {"pending": header(0x57) + scalar_bytes(x) + fields + g1_bytes(mul(G1, x))}


def op_combine(i, _):
    certificate = whole(Certificate, 0x55, i["certificate"])
    certificate.verify()
    pending = whole(Pending, 0x57, i["pending"])
    kappa = whole(lambda r: r.raw(32), 0x33, i["keyword_key"])
    parts, l, culprits = parts_of(certificate, i["answers"], lambda message: part_of(certificate, pending, message))
    attributes = pending.attributes.fields()
    abe, abs_ = (attributes + combined([part[which] for part in parts], l).fields() for which in (0, 1))
    _, _, k, z = parts[0]
    search = attributes + kappa + k.fields() + z.fields()
    return {"keys": header(0x4A) + abe + g2_bytes(certificate.alpha_[0]) + abs_ + search, "culprits": culprits}


def op_charter(i, _):
    certificate = whole(Certificate, 0x55, i["certificate"])
    certificate.verify()
    draft = whole(lambda r: ledger.Charter(r, is_signed=False), 0x59, i["draft"])
    parts, l, culprits = parts_of(
        certificate, i["answers"], lambda message: charter_part_of(certificate, draft.body, message)
    )
    signature = total((mul(part, l_i) for part, l_i in zip(parts, l)), Z2)
    charter = draft.body + g2_bytes(signature)
    p_sn = g1_bytes(certificate.s[0])
    chain = header(0x44) + p_sn + u32(1) + charter
    whole(lambda r: ledger.Charters(r, certificate.s[0]), 0x44, chain.hex())
    return {"charter": header(0x43) + charter, "charters": chain, "culprits": culprits}
