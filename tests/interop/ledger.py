"""Entries, blocks, publishing and opening: docs/schemes.md, section 9; docs/interoperability.md, section 8."""

import identity
import records
import search
import signatures
import wrapping
from ground import (
    G2, Reader, digest, g2_bytes, header, mul, require, scalar_bytes, u64, u8, var, whole,
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


class Entry:
    """The statement's fields, and the signature."""

    def __init__(self, r):
        before = r.data
        self.record, self.claim, self.digest, self.address = r.raw(16), Policy.read(r), r.raw(32), r.var()
        self.wrapped, self.index = wrapping.WrappedKey(r), search.RecordIndex(r)
        self.envelope = identity.Envelope(r) if r.flag() else None
        self.time = r.u64()
        self.statement = before[: len(before) - len(r.data)]
        self.signature = signatures.Signature.read(r, self.claim)

    def id(self):
        return digest("ENTRY-ID", ("statement", self.statement))

    def validate(self, ledger, claim, a):
        require(self.claim.text == Policy(claim).text, "another claim policy")
        require(self.index.policy.text == self.wrapped.encapsulation.policy.text, "two access policies")
        self.signature.verify(a, self.claim, signatures.statement(a, self.claim, context(ledger), self.statement))
        self.wrapped.encapsulation.rows.validate()
        self.index.validate()


def context(ledger):
    return digest("ENTRY-CONTEXT", ("ledger", ledger.encode()))


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


def op_publish(i, drawn):
    parameters, keys = whole(Parameters, 0x49, i["parameters"]), whole(MemberKeys, 0x4A, i["keys"])
    kappa, access = whole(lambda r: r.raw(32), 0x33, i["keyword_key"]), Policy(i["access"])
    claim = Policy(i["claim"])
    # What would fail in a later step fails before anything is drawn.
    require(len(i["keywords"]) <= 256, "too many keywords")
    require(commitment(kappa) == parameters.keyword, "another keyword key")
    chosen = claim.choose(keys.signing.key.held.holds)
    require(chosen is not None, "the policy is not satisfied")
    record_id, record_key = drawn.bytes(16), drawn.bytes(32)
    sealed = records.seal_record(record_key, bytes.fromhex(i["record"]), 16, drawn.bytes(32))
    record_digest = records.Sealed(sealed).digest()
    summary, address = records.keyed_summary(record_key, record_digest), record_digest.hex().encode()

    statement = record_id + claim.fields() + record_digest + var(address)
    statement += wrapping.wrap(parameters.abe, access, header(0x38) + record_key, wrap_aad(record_digest), drawn)
    words = [search.keyword(word) for word in i["keywords"]]
    statement += search.index(*parameters.search, kappa, words, access, True, None, drawn)
    if "super_node" in i:
        database = records.root([records.leaf_hash(record_digest)])
        contents = header(0x4B) + identity.disclosure_fields(address, database, summary)
        p_sn, q_id = identity.p_sn_of(i["super_node"]), whole(identity.Registration, 0x03, i["hospital"]).identity()
        statement += u8(1) + identity.seal_envelope(p_sn, q_id, record_digest, contents, drawn)
    else:
        statement += u8(0)
    statement += u64(i["time"])
    signature = signatures.sign(keys.signing, claim, context(i["ledger"]), statement, drawn)
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
    entry.validate(i["ledger"], i["claim"], whole(Parameters, 0x49, i["parameters"]).abs)
    return {"id": entry.id()}


def op_chain(i, _):
    a = whole(Parameters, 0x49, i["parameters"]).abs
    head, encoded, heads, blocks = digest("LEDGER-BLOCK", ("genesis", i["ledger"].encode())), [], [], []
    for number, entries in enumerate(i["blocks"]):
        for entry in entries:
            whole(Entry, 0x40, entry).validate(i["ledger"], i["claim"], a)
            encoded.append(bytes.fromhex(entry))
        tree = u64(len(encoded)) + records.root([records.leaf_hash(entry) for entry in encoded])
        block = u64(number) + head + tree
        blocks.append(block + b"".join(map(var, encoded[len(encoded) - len(entries) :])))
        head = digest("LEDGER-BLOCK", ("number", u64(number)), ("previous", head), ("tree", tree))
        heads.append(head)
    hashes = records.path(0, [records.leaf_hash(entry) for entry in encoded])
    proof = header(0x43) + block + u64(0) + u64(len(encoded)) + records.hashes_fields(hashes)
    snapshot = header(0x42) + head + u64(len(blocks)) + b"".join(blocks)
    return {"heads": heads, "proof": proof, "snapshot": snapshot}


OPERATIONS = {
    "share.authority": op_authority,
    "share.issue": op_issue,
    "share.publish": op_publish,
    "share.open": op_open,
    "ledger.validate": op_validate,
    "ledger.chain": op_chain,
}
