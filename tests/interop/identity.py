"""Registration, certificates, handshake, sessions, envelopes: docs/schemes.md, section 4; docs/interoperability.md, section 4."""

from kyber_py.ml_kem import ML_KEM_768

from ground import (
    G1, add, challenge, cut, derived, digest, g1_bytes, g2_bytes, g2_from, gt_bytes, hash_to_g2, header, hmac, is_one, kdf,
    mul, neg, pair, require, scalar_bytes, seal, sha256, u8, u32, u64, unseal, var, whole,
)
from members import held_key, over, set_of, the_key

WINDOW = 30_000


def signed(p, point, signature):
    """e(P1, S) = e(P, H)"""
    require(is_one(pair([(neg(G1), signature), (p, point)])), "another signature")


# --- the super node and what it signs -----------------------------------------------------------------------------------

class Registration:
    def __init__(self, r):
        self.name, self.r, self.record = r.var(), r.raw(16), r.var()

    def fields(self):
        return var(self.name) + self.r + var(self.record)

    def identity(self):
        return identity_of(self.name, self.r, sha256(self.record))


def identity_of(name, r, record_digest):
    return hash_to_g2("IDENTITY", var(name) + r + record_digest)


class Listings:
    """name -> (registered Q_ID, or None; revoked Q_IDs), and revoked serials."""

    def __init__(self, r):
        self.hospitals = {}
        for _ in range(r.u32()):
            name = r.var()
            stands = r.raw(96) if r.flag() else None
            self.hospitals[name] = stands, [r.raw(96) for _ in range(r.u32())]
        self.serials = [r.raw(16) for _ in range(r.u32())]

    def fields(self):
        out = u32(len(self.hospitals))
        for name, (stands, revoked) in sorted(self.hospitals.items()):
            out += var(name) + (u8(1) + stands if stands else u8(0)) + u32(len(revoked)) + b"".join(revoked)
        return out + u32(len(self.serials)) + b"".join(self.serials)


class SuperNode:
    def __init__(self, r):
        self.s, self.sequence, self.last = r.scalar(), r.u64(), r.raw(32)
        self.listings = Listings(r)

    def object(self):
        return header(0x01) + scalar_bytes(self.s) + u64(self.sequence) + self.last + self.listings.fields()


class Subject:
    """Name, role and key: the message of a proof of possession."""

    def __init__(self, r):
        self.name, self.role, self.key = r.var(), r.u8(), r.g1()
        require(self.role in (1, 2), "no such role")

    def fields(self):
        return var(self.name) + u8(self.role) + g1_bytes(self.key)


class Certificate:
    def __init__(self, r):
        self.subject = Subject(r)
        self.serial, self.not_before, self.not_after = r.raw(16), r.u64(), r.u64()
        self.signature = r.g2()

    def verify(self, p_sn):
        fields = self.subject.fields() + self.serial + u64(self.not_before) + u64(self.not_after)
        signed(p_sn, hash_to_g2("CERT", fields), self.signature)


class Registry:
    def __init__(self, r):
        self.body, self.signature = r.var(), r.g2()

    def verify(self, p_sn):
        signed(p_sn, hash_to_g2("REGISTRY", self.body), self.signature)

        def read(r):
            self.sequence, self.last, self.time, self.listings = r.u64(), r.raw(32), r.u64(), Listings(r)

        whole(read, None, self.body)


class Hospital:
    def __init__(self, r, p_sn):
        self.p_sn, self.registration, self.s_id = r.g1(), Registration(r), r.g2()
        require(self.p_sn == p_sn, "another super node")
        self.q_id = self.registration.identity()
        signed(self.p_sn, self.q_id, self.s_id)


class MainNode:
    def __init__(self, r, p_sn):
        self.p_sn, self.name, self.role, self.s_mn = r.g1(), r.var(), r.u8(), r.scalar()
        require(self.role in (1, 2), "no such role")
        require(self.p_sn == p_sn, "another super node")
        self.q_mn = mul(G1, self.s_mn)


def hospital_of(i):
    return whole(lambda r: Hospital(r, p_sn_of(i["public"])), 0x05, i["hospital"])


def main_node_of(i):
    return whole(lambda r: MainNode(r, p_sn_of(i["public"])), 0x06, i["main_node"])


# --- envelopes ------------------------------------------------------------------------------------------------------------

def envelope_key(shared, c, q_id, p_sn, members):
    key = kdf(gt_bytes(shared), "envelope", g1_bytes(c) + g2_bytes(q_id) + g1_bytes(p_sn))
    return over(members, key, "members-envelope", g1_bytes(c))


def seal_envelope(p_sn, q_id, aad, plaintext, drawn, members=None):
    """The fields of an envelope."""
    k = drawn.nonzero()
    c = mul(G1, k)
    key = envelope_key(pair([(mul(p_sn, k), q_id)]), c, q_id, p_sn, members)
    return u32(members.epoch if members else 0) + g1_bytes(c) + var(seal(key, aad, plaintext))


class Envelope:
    def __init__(self, r):
        self.epoch, self.c, self.sealed = r.u32(), r.g1(), r.var()

    def fields(self):
        return u32(self.epoch) + g1_bytes(self.c) + var(self.sealed)

    def open(self, hospital, aad, held=None):
        members = held_key(held, self.epoch)
        key = envelope_key(pair([(self.c, hospital.s_id)]), self.c, hospital.q_id, hospital.p_sn, members)
        return unseal(key, aad, self.sealed)


# --- handshake ------------------------------------------------------------------------------------------------------------

class Request:
    def __init__(self, x, tc, ek, w):
        self.x, self.tc, self.ek, self.w = x, tc, ek, w

    @classmethod
    def read(cls, r):
        x, tc, ek = r.g1(), r.u64(), r.raw(1184)
        # the modulus check: 768 coefficients of 12 bits, little-endian, below q
        bits = int.from_bytes(ek[:1152], "little")
        require(all(bits >> 12 * i & 0xFFF < 3329 for i in range(768)), "a coefficient of ek is not reduced")
        return cls(x, tc, ek, r.raw(432))

    def aad(self):
        return g1_bytes(self.x) + u64(self.tc) + self.ek

    def object(self):
        return header(0x0A) + self.aad() + self.w


def k_s_of(shared, node, aad):
    return kdf(g1_bytes(shared), "auth-identity", g1_bytes(node.p_sn) + g1_bytes(node.q_mn) + aad)


def r_of(name, r, record_digest, q_id, node, shared, request):
    return challenge(
        "AUTH-R", ("ID", name), ("R", r), ("H(R1)", record_digest), ("Q_ID", g2_bytes(q_id)),
        ("P_SN", g1_bytes(node.p_sn)), ("main node", node.name), ("role", u8(node.role)), ("Q_MN", g1_bytes(node.q_mn)),
        ("X", g1_bytes(request.x)), ("X'", g1_bytes(shared)), ("tc", u64(request.tc)), ("ek", request.ek),
    )


class Peer:
    """A main node, as a hospital knows it from its certificate."""

    def __init__(self, p_sn, certificate):
        self.p_sn, self.name, self.q_mn = p_sn, certificate.subject.name, certificate.subject.key
        self.role = certificate.subject.role


def start(hospital, node, tc, drawn):
    """x, dk, X' and the request."""
    hedges = [
        [("random", drawn.bytes(32)), ("S_ID", g2_bytes(hospital.s_id)), ("main node", node.name),
         ("role", u8(node.role)), ("Q_MN", g1_bytes(node.q_mn)), ("tc", u64(tc))]
        for _ in range(2)
    ]
    x, seed = challenge("AUTH-NONCE", *hedges[0]), derived("auth-kem-seed", 64, *hedges[1])
    ek, dk = ML_KEM_768.key_derive(seed)
    shared, me = mul(node.q_mn, x), hospital.registration
    request, record_digest = Request(mul(G1, x), tc, ek, None), sha256(me.record)
    r = r_of(me.name, me.r, record_digest, hospital.q_id, node, shared, request)
    u = add(hospital.s_id, mul(hospital.q_id, x * r))
    inner = u8(len(me.name)) + me.name.ljust(255, b"\0") + me.r + record_digest + g2_bytes(u)
    request.w = seal(k_s_of(shared, node, request.aad()), request.aad(), inner)
    return x, dk, shared, request


def accept(node, request, registry, now):
    """The hospital's name, its R, its Q_ID, and X'."""
    require(abs(now - request.tc) <= WINDOW, "outside the window")
    shared = mul(request.x, node.s_mn)
    inner = unseal(k_s_of(shared, node, request.aad()), request.aad(), request.w)
    name, r, record_digest, u = inner[1 : 1 + inner[0]], inner[256:272], inner[272:304], g2_from(inner[304:])
    require(inner[1:256] == name.ljust(255, b"\0"), "padding")
    q_id = identity_of(name, r, record_digest)
    stands, _ = registry.listings.hospitals.get(name, (None, []))
    require(stands == g2_bytes(q_id), "not registered")
    scalar = r_of(name, r, record_digest, q_id, node, shared, request)
    signed(add(node.p_sn, mul(request.x, scalar)), q_id, u)
    return name, r, q_id, shared


class Keys:
    """What both sides derive from X', V, ss and the transcript hash."""

    def __init__(self, secret, request, t, ct, m, node):
        self.th = digest(
            "AUTH-TRANSCRIPT", ("request", request.object()), ("T", g1_bytes(t)), ("ct", ct), ("M", m),
            ("P_SN", g1_bytes(node.p_sn)), ("Q_MN", g1_bytes(node.q_mn)), ("main node", node.name),
            ("role", u8(node.role)),
        )
        keys = kdf(secret, "auth-session", self.th, 192)
        self.i2r, self.r2i, self.exp, self.session_id, self.conf_r, self.conf_i = cut(keys)

    def ak(self):
        return hmac(self.conf_r, b"responder", self.th)

    def confirmation(self):
        return hmac(self.conf_i, b"initiator", self.th)


def reply(node, request, accepted, disclosure, drawn):
    """T, ct, AK, M and the keys."""
    _, r, q_id, shared = accepted
    hedge = kdf(scalar_bytes(node.s_mn), "hedge", request.object())
    hedges = [[("random", drawn.bytes(32)), ("hedge", hedge), ("disclosure", disclosure)] for _ in range(2)]
    y = challenge("AUTH-REPLY-NONCE", *hedges[0])
    t, v = mul(G1, y), mul(request.x, y)
    ss, ct = ML_KEM_768._encaps_internal(request.ek, derived("auth-kem-message", 32, *hedges[1]))
    secret, aad = g1_bytes(shared) + g1_bytes(v) + ss, request.object() + g1_bytes(t) + ct
    envelope = seal_envelope(node.p_sn, q_id, aad, var(r) + disclosure, drawn)
    m = seal(kdf(secret, "auth-payload", aad), aad, envelope)
    keys = Keys(secret, request, t, ct, m, node)
    return t, ct, keys.ak(), m, keys


def finish(hospital, node, x, dk, shared, request, t, ct, ak, m):
    """The hospital's keys and the disclosure."""
    secret = g1_bytes(shared) + g1_bytes(mul(t, x)) + ML_KEM_768.decaps(dk, ct)
    aad = request.object() + g1_bytes(t) + ct
    keys = Keys(secret, request, t, ct, m, node)
    require(keys.ak() == ak, "another AK")
    envelope = unseal(kdf(secret, "auth-payload", aad), aad, m)
    payload = whole(Envelope, None, envelope).open(hospital, aad)
    require(payload[:20] == var(hospital.registration.r), "another R")
    return keys, payload[20:]


def message(key, direction, n, last, aad, plaintext):
    full = u8(direction) + u64(n) + u8(last) + u64(len(aad)) + aad
    return header(0x0F) + u64(n) + u8(last) + var(seal(kdf(key, "message", u64(n)), full, plaintext))


def disclosure_fields(location, database_digest, keyed_summary):
    return var(location) + var(database_digest) + var(keyed_summary)


# --- operations -----------------------------------------------------------------------------------------------------------

def p_sn_of(digits):
    return whole(lambda r: r.g1(), 0x02, digits)


def op_super_node(i, drawn):
    s = drawn.nonzero()
    empty = header(0x01) + scalar_bytes(s) + u64(0) + bytes(32) + u32(0) + u32(0)
    return {"super_node": empty, "public": header(0x02) + g1_bytes(mul(G1, s))}


def op_main_node(i, drawn):
    p_sn, name, s_mn = p_sn_of(i["public"]), i["name"].encode(), drawn.nonzero()
    role = u8(i["role"])
    subject = var(name) + role + g1_bytes(mul(G1, s_mn))
    proof = g2_bytes(mul(hash_to_g2("POP", subject), s_mn))
    node = header(0x06) + g1_bytes(p_sn) + var(name) + role + scalar_bytes(s_mn)
    return {"main_node": node, "request": header(0x07) + subject + proof}


def op_certify(i, drawn):
    node = whole(SuperNode, 0x01, i["super_node"])
    subject, proof = whole(lambda r: (Subject(r), r.g2()), 0x07, i["request"])
    signed(subject.key, hash_to_g2("POP", subject.fields()), proof)
    fields = subject.fields() + drawn.bytes(16) + u64(i["not_before"]) + u64(i["not_after"])
    signature = g2_bytes(mul(hash_to_g2("CERT", fields), node.s))
    return {"certificate": header(0x08) + fields + signature}


def op_verify_certificate(i, _):
    certificate = whole(Certificate, 0x08, i["certificate"])
    certificate.verify(p_sn_of(i["public"]))
    require(certificate.subject.role == i["role"], "another role")
    return {"name": certificate.subject.name.decode(), "serial": certificate.serial}


def op_request(i, drawn):
    fields = var(i["name"].encode()) + drawn.bytes(16) + var(bytes.fromhex(i["record"]))
    return {"request": header(0x03) + fields}


def op_register(i, _):
    node, request = whole(SuperNode, 0x01, i["super_node"]), whole(Registration, 0x03, i["request"])
    q_id = request.identity()
    stands, revoked = node.listings.hospitals.get(request.name, (None, []))
    require(stands is None and g2_bytes(q_id) not in revoked, "the name is taken")
    node.listings.hospitals[request.name] = g2_bytes(q_id), revoked
    return {"identity_key": header(0x04) + g2_bytes(mul(q_id, node.s)), "super_node": node.object()}


def op_accept_key(i, _):
    p_sn, request = p_sn_of(i["public"]), whole(Registration, 0x03, i["request"])
    s_id = whole(lambda r: r.g2(), 0x04, i["identity_key"])
    signed(p_sn, request.identity(), s_id)
    return {"hospital": header(0x05) + g1_bytes(p_sn) + request.fields() + g2_bytes(s_id)}


def op_publish(i, _):
    node = whole(SuperNode, 0x01, i["super_node"])
    node.sequence += 1
    body = u64(node.sequence) + node.last + u64(i["time"]) + node.listings.fields()
    node.last = sha256(body)
    signature = g2_bytes(mul(hash_to_g2("REGISTRY", body), node.s))
    return {"registry": header(0x09) + var(body) + signature, "super_node": node.object()}


def registry_of(i, p_sn):
    registry = whole(Registry, 0x09, i["registry"])
    registry.verify(p_sn)
    return registry


def op_verify_registry(i, _):
    registry = registry_of(i, p_sn_of(i["public"]))
    names = [name.decode() for name in sorted(registry.listings.hospitals)]
    return {"hospitals": names, "sequence": registry.sequence}


def op_handshake(i, drawn):
    hospital, node = hospital_of(i), main_node_of(i)
    registry, certificate = registry_of(i, hospital.p_sn), whole(Certificate, 0x08, i["certificate"])
    certificate.verify(hospital.p_sn)
    require(certificate.subject.role == 1, "another role")
    require(certificate.not_before <= i["time"] <= certificate.not_after, "expired")
    require(certificate.serial not in registry.listings.serials, "revoked")
    peer = Peer(hospital.p_sn, certificate)
    disclosure = disclosure_fields(*(bytes.fromhex(i[k]) for k in ("location", "database_digest", "keyed_summary")))

    x, dk, shared, request = start(hospital, peer, i["time"], drawn)
    accepted = accept(node, request, registry, i["time"])
    t, ct, ak, m, of_node = reply(node, request, accepted, disclosure, drawn)
    keys, disclosed = finish(hospital, peer, x, dk, shared, request, t, ct, ak, m)
    assert disclosed == disclosure and keys.__dict__ == of_node.__dict__

    messages, counters = [], [0, 0]
    for one in i["messages"]:
        direction = int(one["from"] != "hospital")
        content = bytes.fromhex(one["aad"]), bytes.fromhex(one["plaintext"])
        key = (keys.i2r, keys.r2i)[direction]
        messages.append(message(key, direction, counters[direction], one["final"], *content))
        counters[direction] += 1
    return {
        "request": request.object(),
        "reply": header(0x0B) + g1_bytes(t) + ct + ak + var(m),
        "confirmation": header(0x0C) + keys.confirmation(),
        "session_id": keys.session_id,
        "export": kdf(keys.exp, "export", bytes.fromhex(i["export_label"])),
        "messages": messages,
    }


def op_authenticate(i, _):
    node, request = main_node_of(i), whole(Request.read, 0x0A, i["request"])
    name, *_ = accept(node, request, registry_of(i, p_sn_of(i["public"])), i["time"])
    return {"hospital": name.decode()}


def op_seal_envelope(i, drawn):
    q_id = whole(Registration, 0x03, i["request"]).identity()
    content = bytes.fromhex(i["aad"]), bytes.fromhex(i["plaintext"])
    members = the_key(i["members_key"]) if "members_key" in i else None
    return {"envelope": header(0x0D) + seal_envelope(p_sn_of(i["public"]), q_id, *content, drawn, members)}


def op_open_envelope(i, _):
    envelope = whole(Envelope, 0x0D, i["envelope"])
    held = set_of(i["members_keys"]) if "members_keys" in i else None
    return {"plaintext": envelope.open(hospital_of(i), bytes.fromhex(i["aad"]), held)}
