"""Charters, entries, blocks, publishing and opening: docs/schemes.md, section 9; docs/interoperability.md, section 8."""

import identity
import records
import search
import signatures
import wrapping
from ground import (
    G1, G2, Reader, digest, g1_bytes, g1_from, g2_bytes, hash_to_g2, header, mul, require, scalar_bytes, u32, u64, u8, var, whole,
)
from policy import Attributes, Policy


class Parameters:
    def __init__(self, r):
        self.abe, self.abs, self.search = r.g2(), r.g2(), (r.g1(), r.g2())
        self.keyword = r.raw(32)


class MemberKeys:
    def __init__(self, r):
        self.decryption, self.signing = wrapping.DecryptionKey(r), signatures.SigningKey(r)
        self.search = search.SearchKey(r)


class Validator:
    """A main node, the key of its engine, and the signatures of both."""

    def __init__(self, r):
        self.name, self.key, self.engine_key = r.var(), r.g1(), r.var()
        self.signature, self.engine_signature = r.g2(), r.var()

    def verify(self, ledger):
        identity.signed(self.key, validator_point(ledger, self.name, self.key, self.engine_key), self.signature)


class Charter:
    """The body's fields, and the signature; a draft has none."""

    def __init__(self, r, is_signed=True):
        before = r.data
        self.ledger, self.name, self.number, self.previous = r.raw(32), r.var(), r.u32(), r.raw(32)
        self.claim, self.parameters = Policy.read(r), Parameters(r)
        self.epoch, self.commitment = r.u32(), r.raw(32)
        self.validators = [Validator(r) for _ in range(r.u32())]
        self.size, self.root = r.u64(), r.raw(32)
        self.body = before[: len(before) - len(r.data)]
        self.signature = r.g2() if is_signed else None
        first = self.number == 1
        require(first == (self.ledger == bytes(32)) == (self.previous == bytes(32)), "a charter out of place")
        require(self.number > 0 and (self.size > 0 or first and self.root == bytes(32)), "a charter out of place")

    def hash(self):
        return charter_hash(self.body)

    def verify(self, p_sn):
        identity.signed(p_sn, hash_to_g2("CHARTER", self.body), self.signature)
        for validator in self.validators:
            validator.verify(self.ledger)


class Charters:
    """A chain of charters, each on the one before."""

    def __init__(self, r, p_sn):
        require(r.g1() == p_sn, "another super node")
        self.all = []
        for _ in range(r.u32()):
            charter = Charter(r)
            charter.verify(p_sn)
            if self.all:
                require(charter.number > self.all[-1].number, "a charter out of order")
                require(charter.previous == self.all[-1].hash() and charter.ledger == self.ledger(), "another chain")
            else:
                require(charter.number == 1, "a charter out of order")
            self.all.append(charter)
        require(self.all, "no charter")

    def ledger(self):
        return self.all[0].hash()


def charter_hash(body):
    return digest("CHARTER-HASH", ("charter", body[32:]))


def validator_point(ledger, name, key, engine_key):
    return hash_to_g2("VALIDATOR", ledger + var(name) + g1_bytes(key) + var(engine_key))


def validator_fields(ledger, node, key, by_engine):
    signature = mul(validator_point(ledger, node.name, node.q_mn, key), node.s_mn)
    return var(node.name) + g1_bytes(node.q_mn) + var(key) + g2_bytes(signature) + var(by_engine)


def validator_statement(ledger, name, key, engine_key):
    items = ("ledger", ledger), ("name", name), ("Q_MN", g1_bytes(key)), ("engine key", engine_key)
    return digest("VALIDATOR-STATEMENT", *items)


def charters_of(i):
    p_sn = identity.p_sn_of(i["super_node"])
    return whole(lambda r: Charters(r, p_sn), 0x44, i["charters"])


class Entry:
    """The statement's fields, and the signature."""

    def __init__(self, r):
        before = r.data
        self.charter = r.u32()
        self.record, self.claim, self.digest, self.address = r.raw(16), Policy.read(r), r.raw(32), r.var()
        self.wrapped, self.index = wrapping.WrappedKey(r), search.RecordIndex(r)
        self.envelope = identity.Envelope(r) if r.flag() else None
        self.time = r.u64()
        self.statement = before[: len(before) - len(r.data)]
        self.signature = signatures.Signature.read(r, self.claim)

    def id(self):
        return digest("ENTRY-ID", ("statement", self.statement))

    def validate(self, charters):
        charter = charters.all[-1]
        require(self.charter == charter.number, "another era")
        require(self.claim.text == charter.claim.text, "another claim policy")
        require(self.wrapped.epoch == charter.epoch, "another members' epoch")
        require(self.envelope is None or self.envelope.epoch == charter.epoch, "an envelope of another members' epoch")
        require(self.index.policy.text == self.wrapped.encapsulation.policy.text, "two access policies")
        a, signed_in = charter.parameters.abs, context(charters.ledger())
        self.signature.verify(a, self.claim, signatures.statement(a, self.claim, signed_in, self.statement))
        self.wrapped.encapsulation.rows.validate()
        self.index.validate()


def context(ledger):
    return digest("ENTRY-CONTEXT", ("ledger", ledger))


def commitment(kappa):
    return digest("SEARCH-KAPPA", ("kappa", kappa))


def wrap_aad(record_digest):
    return digest("WRAP-AAD", ("record digest", record_digest))


# --- operations -----------------------------------------------------------------------------------------------------------

def op_authority(i, drawn):
    alpha, alpha_abs, gamma, b = (drawn.nonzero() for _ in range(4))
    kappa = drawn.bytes(32)
    master = b"".join(map(scalar_bytes, (alpha, alpha_abs, gamma, b))) + kappa
    public = g2_bytes(mul(G2, alpha)) + g2_bytes(mul(G2, alpha_abs)) + search.public_key(gamma, b)
    public += commitment(kappa)
    return {
        "authority": header(0x48) + master,
        "parameters": header(0x49) + public,
        "keyword_key": header(0x33) + kappa,
    }


def op_issue(i, drawn):
    r = Reader(bytes.fromhex(i["authority"]), 0x48)
    alpha, alpha_abs, gamma, b = (r.scalar() for _ in range(4))
    kappa, attributes = r.raw(32), Attributes.parse(i["attributes"])
    fields = wrapping.issue(alpha, attributes, drawn) + signatures.issue(alpha_abs, attributes, drawn)
    return {"keys": header(0x4A) + fields + search.issue(gamma, b, attributes, kappa, drawn)}


def op_validator(i, _):
    p_sn, ledger = identity.p_sn_of(i["super_node"]), bytes.fromhex(i.get("ledger", "00" * 32))
    node = whole(lambda r: identity.MainNode(r, p_sn), 0x06, i["main_node"])
    key, by_engine = bytes.fromhex(i["engine_key"]), bytes.fromhex(i["engine_signature"])
    return {
        "statement": validator_statement(ledger, node.name, node.q_mn, key),
        "validator": header(0x45) + validator_fields(ledger, node, key, by_engine),
    }


def op_charter(i, _):
    super_node = whole(identity.SuperNode, 0x01, i["super_node"])
    p_sn = g1_from(g1_bytes(mul(G1, super_node.s)))
    known = whole(lambda r: Charters(r, p_sn), 0x44, i["charters"]) if "charters" in i else None
    newest = known.all[-1] if known else None
    ledger, next_number, previous = (known.ledger(), newest.number + 1, newest.hash()) if known else (bytes(32), 1, bytes(32))
    number = i.get("number", next_number)
    require((number == 1) == (known is None), "a charter out of place")
    final_head = bytes.fromhex(i["final_head"] if known else i.get("continues", "00" * 40))
    validators = []
    if "main_node" in i:
        node = whole(lambda r: identity.MainNode(r, p_sn), 0x06, i["main_node"])
        key, by_engine = bytes.fromhex(i["engine_key"]), bytes.fromhex(i["engine_signature"])
        validators.append(validator_fields(ledger, node, key, by_engine))
    body = ledger + var(i["name"].encode()) + u32(number) + previous + Policy(i["claim"]).fields()
    body += bytes.fromhex(i["parameters"])[4:] + u32(0) + bytes(32) + u32(len(validators)) + b"".join(validators) + final_head
    charter = body + g2_bytes(mul(hash_to_g2("CHARTER", body), super_node.s))
    chain = bytes.fromhex(i["charters"])[56:] if known else b""
    return {
        "draft": header(0x59) + body,
        "charter": header(0x43) + charter,
        "hash": charter_hash(body),
        "ledger": known.ledger() if known else charter_hash(body),
        "charters": header(0x44) + g1_bytes(p_sn) + u32(len(known.all) + 1 if known else 1) + chain + charter,
    }


def op_publish(i, drawn):
    charters, keys = charters_of(i), whole(MemberKeys, 0x4A, i["keys"])
    charter = charters.all[-1]
    parameters, claim = charter.parameters, charter.claim
    kappa, access = whole(lambda r: r.raw(32), 0x33, i["keyword_key"]), Policy(i["access"])
    # Inputs that would fail in a later step fail before any random draw.
    require(len(i["keywords"]) <= 256, "too many keywords")
    require(commitment(kappa) == parameters.keyword, "another keyword key")
    chosen = claim.choose(keys.signing.key.held.holds)
    require(chosen is not None, "the policy is not satisfied")
    record_id, record_key = drawn.bytes(16), drawn.bytes(32)
    sealed = records.seal_record(record_key, bytes.fromhex(i["record"]), 16, drawn.bytes(32))
    record_digest = records.Sealed(sealed).digest()
    summary, address = records.keyed_summary(record_key, record_digest), record_digest.hex().encode()

    statement = u32(charter.number) + record_id + claim.fields() + record_digest + var(address)
    statement += wrapping.wrap(parameters.abe, access, header(0x38) + record_key, wrap_aad(record_digest), drawn)
    words = [search.keyword(word) for word in i["keywords"]]
    statement += search.index(*parameters.search, kappa, words, access, True, None, drawn)
    if "hospital" in i:
        database = records.root([records.leaf_hash(record_digest)])
        contents = header(0x4B) + identity.disclosure_fields(address, database, summary)
        p_sn, q_id = identity.p_sn_of(i["super_node"]), whole(identity.Registration, 0x03, i["hospital"]).identity()
        statement += u8(1) + identity.seal_envelope(p_sn, q_id, record_digest, contents, drawn)
    else:
        statement += u8(0)
    statement += u64(i["time"])
    signature = signatures.sign(keys.signing, claim, context(charters.ledger()), statement, drawn)
    return {
        "entry": header(0x40) + statement + signature,
        "id": digest("ENTRY-ID", ("statement", statement)),
        "address": address.decode(),
        "sealed": sealed,
        "keyed_summary": summary,
    }


def op_open(i, _):
    entry, sealed = whole(Entry, 0x40, i["entry"]), records.Sealed(bytes.fromhex(i["sealed"]))
    require(sealed.digest() == entry.digest, "another digest")
    key = entry.wrapped.open(whole(MemberKeys, 0x4A, i["keys"]).decryption, wrap_aad(entry.digest))
    return {"record": sealed.open(records.key_of(key.hex()))}


def op_validate(i, _):
    entry = whole(Entry, 0x40, i["entry"])
    entry.validate(charters_of(i))
    return {"id": entry.id()}


def op_chain(i, _):
    charters, p_sn = charters_of(i), identity.p_sn_of(i["super_node"])
    head, encoded, heads, blocks = digest("LEDGER-BLOCK", ("genesis", charters.ledger())), [], [], []
    following = whole(Charter, 0x43, i["next"])
    following.verify(p_sn)
    for entry in sum(i["blocks"], []):
        whole(Entry, 0x40, entry).validate(charters)
    first = header(0x43) + charters.all[0].body + g2_bytes(charters.all[0].signature)
    for number, items in enumerate([[first.hex()], *i["blocks"], [i["next"]]]):
        encoded += [bytes.fromhex(item) for item in items]
        tree = u64(len(encoded)) + records.root([records.leaf_hash(item) for item in encoded])
        block = u64(number) + head + tree
        blocks.append(block + b"".join(map(var, encoded[len(encoded) - len(items) :])))
        head = digest("LEDGER-BLOCK", ("number", u64(number)), ("previous", head), ("tree", tree))
        heads.append(tree)
    require(u64(following.size) + following.root in heads, "another final head")
    hashes = records.path(1, [records.leaf_hash(item) for item in encoded])
    proof = header(0x3E) + u64(1) + u64(len(encoded)) + records.hashes_fields(hashes)
    snapshot = header(0x42) + head + u64(len(blocks)) + b"".join(blocks)
    return {"heads": heads, "proof": proof, "snapshot": snapshot}
