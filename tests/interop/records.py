"""Sealed records, digests, Merkle trees: docs/schemes.md, section 8; RFC 9162, section 2.1."""

from ground import aes_ctr, cut, header, hmac, kdf, require, sha256, u8, u32, u64, whole

# --- Merkle trees -----------------------------------------------------------------------------------------------------------


def leaf_hash(entry):
    return sha256(b"\0", entry)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def split(n):
    """The largest power of two below n."""
    return 1 << (n - 1).bit_length() - 1


def root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node_hash(root(leaves[:k]), root(leaves[k:]))


def path(m, leaves):
    """RFC 9162, 2.1.3.1"""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), root(leaves[k:])]
    return [*path(m - k, leaves[k:]), root(leaves[:k])]


def root_by_path(leaf, index, size, hashes):
    """RFC 9162, 2.1.3.2"""
    require(index < size, "beyond the tree")
    fn, sn, r = index, size - 1, leaf
    for p in hashes:
        require(sn > 0, "too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0, "too short")
    return r


def subproof(m, leaves, whole_tree=True):
    """RFC 9162, 2.1.4.1"""
    if m == len(leaves):
        return [] if whole_tree else [root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole_tree), root(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), root(leaves[:k])]


def consistent(first, second, first_hash, second_hash, hashes):
    """RFC 9162, 2.1.4.2"""
    if first == second:
        return not hashes and first_hash == second_hash
    if not hashes:
        return False
    if first & (first - 1) == 0:
        hashes = [first_hash, *hashes]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = hashes[0]
    for c in hashes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_hash and sr == second_hash


def hashes_fields(hashes):
    return u32(len(hashes)) + b"".join(hashes)


def read_proof(r):
    """Two numbers and the hashes, as in both kinds of proof."""
    return r.u64(), r.u64(), [r.raw(32) for _ in range(r.u32())]


# --- records ----------------------------------------------------------------------------------------------------------------

def chunks_of(data, size):
    return [data[i : i + size] for i in range(0, len(data), size)] or [b""]


class Sealed:
    def __init__(self, data):
        require(len(data) >= 102 and data[:5] == header(0x39) + b"\1", "not a sealed record")
        require(10 <= data[5] <= 24, "a chunk size")
        self.header, self.tag, self.log2 = data[:38], data[38:70], data[5]
        self.chunks = chunks_of(data[70:], (1 << self.log2) + 32)
        require(len(self.chunks[-1]) >= 32 + (len(self.chunks) > 1), "the last chunk is too short")
        self.length = len(data) - 70 - 32 * len(self.chunks)
        self.leaves = [leaf_of(chunk) for chunk in self.chunks]

    def digest(self):
        return record_digest(self.header + self.tag, self.length, root(self.leaves))

    def open(self, key):
        k_enc, k_mac = cut(kdf(key, "record", self.header, 64))
        require(self.tag == hmac(k_mac, b"header", self.header), "another key")
        out = b""
        for i, chunk in enumerate(self.chunks):
            ct, tag, last = chunk[:-32], chunk[-32:], i == len(self.chunks) - 1
            require(tag == chunk_tag(k_mac, i, last, ct), "another chunk")
            out += aes_ctr(k_enc, i << (self.log2 - 4), ct)
        return out


def chunk_tag(k_mac, i, last, ct):
    return hmac(k_mac, b"chunk", u64(i), u8(last), sha256(ct))


def leaf_of(chunk):
    return leaf_hash(sha256(chunk[:-32]) + chunk[-32:])


def record_digest(prefix, length, tree_root):
    return sha256(b"MEDSEAL-V1-RECORD", prefix, u64(length), tree_root)


def seal_record(key, record, log2, salt):
    head = header(0x39) + u8(1) + u8(log2) + salt
    k_enc, k_mac = cut(kdf(key, "record", head, 64))
    out, parts = head + hmac(k_mac, b"header", head), chunks_of(record, 1 << log2)
    for i, part in enumerate(parts):
        ct = aes_ctr(k_enc, i << (log2 - 4), part)
        out += ct + chunk_tag(k_mac, i, i == len(parts) - 1, ct)
    return out


def keyed_summary(key, digest):
    return hmac(kdf(key, "keyed-summary", b""), b"summary", digest)


# --- operations -----------------------------------------------------------------------------------------------------------

def key_of(digits):
    return whole(lambda r: r.raw(32), 0x38, digits)


def op_key(i, drawn):
    return {"key": header(0x38) + drawn.bytes(32)}


def op_seal(i, drawn):
    key = key_of(i["key"])
    sealed = seal_record(key, bytes.fromhex(i["record"]), i["chunk_log2"], drawn.bytes(32))
    digest = Sealed(sealed).digest()
    return {"sealed": sealed, "digest": digest, "keyed_summary": keyed_summary(key, digest)}


def op_open(i, _):
    return {"record": Sealed(bytes.fromhex(i["sealed"])).open(key_of(i["key"]))}


def op_prove_chunk(i, _):
    sealed, index = Sealed(bytes.fromhex(i["sealed"])), i["index"]
    hashes = hashes_fields(path(index, sealed.leaves))
    inclusion = u64(index) + u64(len(sealed.leaves)) + hashes
    proof = header(0x3A) + sealed.header + sealed.tag + u64(sealed.length) + inclusion
    return {"proof": proof, "chunk": sealed.chunks[index]}


def op_verify_chunk(i, _):
    read = whole(lambda r: (r.raw(70), r.u64(), read_proof(r)), 0x3A, i["proof"])
    prefix, length, (index, size, hashes) = read
    chunk, full = bytes.fromhex(i["chunk"]), 1 << prefix[5]
    require(len(chunk) - 32 == min(full, length - index * full), "another length")
    computed = record_digest(prefix, length, root_by_path(leaf_of(chunk), index, size, hashes))
    require(computed.hex() == i["digest"], "another digest")
    return {}


def leaves(i):
    return [leaf_hash(bytes.fromhex(entry)) for entry in i["entries"]]


def head(digits):
    return whole(lambda r: (r.u64(), r.raw(32)), None, digits)


def op_head(i, _):
    return {"head": u64(len(i["entries"])) + root(leaves(i))}


def op_prove_inclusion(i, _):
    tree = leaves(i)
    hashes = hashes_fields(path(i["index"], tree))
    return {"proof": header(0x3E) + u64(i["index"]) + u64(len(tree)) + hashes}


def op_verify_inclusion(i, _):
    index, size, hashes = whole(read_proof, 0x3E, i["proof"])
    computed = root_by_path(leaf_hash(bytes.fromhex(i["entry"])), index, size, hashes)
    require((size, computed) == head(i["head"]), "another head")
    return {}


def op_prove_consistency(i, _):
    tree = leaves(i)
    hashes = hashes_fields(subproof(i["old_size"], tree))
    return {"proof": header(0x3F) + u64(i["old_size"]) + u64(len(tree)) + hashes}


def op_verify_consistency(i, _):
    first, second, hashes = whole(read_proof, 0x3F, i["proof"])
    (old_size, old), (size, new) = head(i["old"]), head(i["head"])
    require((first, second) == (old_size, size), "other sizes")
    require(consistent(first, second, old, new, hashes), "not consistent")
    return {}
