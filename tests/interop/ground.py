"""The ground of docs/interoperability.md, section 1 and 2: groups, hashing, transcripts, keys, sealing, byte forms."""

import hashlib
import hmac as _hmac
from functools import cache
from secrets import randbits

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from py_ecc.bls.hash import expand_message_xmd
from py_ecc.bls.hash_to_curve import hash_to_G1, hash_to_G2
from py_ecc.bls.point_compression import compress_G1, compress_G2, decompress_G1, decompress_G2
from py_ecc.optimized_bls12_381 import (
    FQ12, G1, G2, Z1, Z2, add, curve_order as Q, field_modulus, final_exponentiate, is_inf, multiply, neg, pairing,
)


class Refused(Exception):
    """The refusal of an operation."""


def require(condition, why):
    if not condition:
        raise Refused(why)


# --- points: kept as py_ecc has them, in projective coordinates -----------------------------------------------------

def mul(point, scalar):
    scalar %= Q
    return multiply(point, scalar) if scalar <= Q // 2 else neg(multiply(point, Q - scalar))


def total(points, zero=Z1):
    for point in points:
        zero = add(zero, point)
    return zero


def g1_bytes(point):
    return compress_G1(point).to_bytes(48, "big")


def g2_bytes(point):
    x1, x0 = compress_G2(point)
    return x1.to_bytes(48, "big") + x0.to_bytes(48, "big")


def checked(decompress, *numbers):
    try:
        point = decompress(*numbers)
    except (ValueError, AssertionError) as error:
        raise Refused("not a point") from error
    require(not is_inf(point), "the identity")
    require(is_inf(multiply(point, Q)), "not in the subgroup")
    return point


@cache
def g1_from(data):
    return checked(decompress_G1, int.from_bytes(data, "big"))


@cache
def g2_from(data):
    return checked(decompress_G2, (int.from_bytes(data[:48], "big"), int.from_bytes(data[48:], "big")))


# --- the pairing ------------------------------------------------------------------------------------------------------

def pair(pairs):
    """The product of e(P, Q). py_ecc's Miller loop takes |z| without the inversion, and its final exponentiation omits
    the factor 3: its result is this pairing to the power -1/3."""
    product = FQ12.one()
    for p, q in pairs:
        require(not is_inf(q), "the identity in G2")
        product = product * pairing(q, p, final_exponentiate=False)
    value = final_exponentiate(product)
    # The inverse of an element of norm one is its conjugate: w -> -w.
    cube = value * value * value
    return FQ12([c if k % 2 == 0 else -c for k, c in enumerate(cube.coeffs)])


def is_one(value):
    return value == FQ12.one()


def weights(count):
    """Weights of 128 bits, to check several equations at once; docs/interoperability.md permits any."""
    return [randbits(128) for _ in range(count)]


def gt_power(value, scalar):
    return value ** (scalar % Q)


def gt_bytes(value):
    """py_ecc has Fp12 as polynomials in w of degree 11, where u = w^6 - 1."""
    c = [int(x) for x in value.coeffs]
    pairs = [((c[k] + c[k + 6]) % field_modulus, c[k + 6]) for k in range(6)]
    return b"".join(x.to_bytes(48, "big") for pair_ in pairs for x in pair_)


# --- hashing ----------------------------------------------------------------------------------------------------------

def tag(purpose, suite):
    return b"MEDSEAL-V1-" + purpose.encode() + b"-" + suite


def hash_to_g1(purpose, message):
    return hash_to_G1(message, tag(purpose, b"BLS12381G1_XMD:SHA-256_SSWU_RO_"), hashlib.sha256)


def hash_to_g2(purpose, message):
    return hash_to_G2(message, tag(purpose, b"BLS12381G2_XMD:SHA-256_SSWU_RO_"), hashlib.sha256)


def hash_to_scalar(purpose, message):
    wide = expand_message_xmd(message, tag(purpose, b"BLS12381FR_XMD:SHA-256_RO_"), 48, hashlib.sha256)
    return int.from_bytes(wide, "big") % Q


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def hmac(key, *parts):
    return _hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def kdf(secret, label, context, length=32):
    """HKDF-SHA-256, RFC 5869."""
    prk = hmac(label.encode(), secret)
    out, block = b"", b""
    while len(out) < length:
        block = hmac(prk, block, context, bytes([len(out) // 32 + 1]))
        out += block
    return out[:length]


def cut(data):
    return [data[i : i + 32] for i in range(0, len(data), 32)]


# --- encoding -----------------------------------------------------------------------------------------------------------

def u8(n):
    return n.to_bytes(1, "big")


def u16(n):
    return n.to_bytes(2, "big")


def u32(n):
    return n.to_bytes(4, "big")


def u64(n):
    return n.to_bytes(8, "big")


def var(data):
    return u32(len(data)) + data


def scalar_bytes(x):
    return x.to_bytes(32, "big")


def header(kind):
    return b"MS\x01" + u8(kind)


def transcript(*items):
    return b"".join(var(label.encode()) + var(item) for label, item in items)


def digest(purpose, *items):
    full = tag(purpose, b"SHA-256")
    return sha256(var(full), transcript(*items))


def challenge(purpose, *items):
    return hash_to_scalar(purpose, transcript(*items))


def derived(label, length, *items):
    return kdf(transcript(*items), label, b"", length)


class Reader:
    """Reads fields; refuses data that is too short or too long."""

    def __init__(self, data, kind=None):
        self.data = data
        if kind is not None:
            require(self.raw(4) == header(kind), "another kind of object")

    def raw(self, length):
        require(length <= len(self.data), "too short")
        head, self.data = self.data[:length], self.data[length:]
        return head

    def number(self, length):
        return int.from_bytes(self.raw(length), "big")

    def u8(self):
        return self.number(1)

    def u16(self):
        return self.number(2)

    def u32(self):
        return self.number(4)

    def u64(self):
        return self.number(8)

    def flag(self):
        value = self.u8()
        require(value <= 1, "neither 0 nor 1")
        return value == 1

    def var(self):
        return self.raw(self.u32())

    def text(self):
        return self.var().decode()

    def scalar(self):
        value = self.number(32)
        require(value < Q, "a scalar out of range")
        return value

    def g1(self):
        return g1_from(self.raw(48))

    def g2(self):
        return g2_from(self.raw(96))

    def end(self):
        require(not self.data, "too long")


def whole(read, kind, digits):
    """Reads an object to its end, or fields without a header if the kind is None."""
    r = Reader(bytes.fromhex(digits) if isinstance(digits, str) else digits, kind)
    made = read(r)
    r.end()
    return made


# --- randomness and sealing ---------------------------------------------------------------------------------------------

class Drawn:
    """The random bytes of a vector, in the order in which they were drawn."""

    def __init__(self, noted):
        self.noted = [bytes.fromhex(draw) for draw in noted]

    def bytes(self, length):
        draw = self.noted.pop(0)
        assert len(draw) == length, "another draw was noted"
        return draw

    def scalar(self):
        return int.from_bytes(self.bytes(64), "big") % Q

    def nonzero(self):
        while (value := self.scalar()) == 0:
            pass
        return value


class Hedged(Drawn):
    """A generator seeded by 32 drawn bytes and the items, which include secrets."""

    def __init__(self, drawn, purpose, *items):
        self.key, self.counter = digest(purpose, *items, ("random", drawn.bytes(32))), 0

    def bytes(self, length):
        out = b""
        while len(out) < length:
            out += hmac(self.key, u64(self.counter))
            self.counter += 1
        return out[:length]


def aes_ctr(key, counter, data):
    return Cipher(algorithms.AES(key), modes.CTR(counter.to_bytes(16, "big"))).encryptor().update(data)


def seal(key, aad, plaintext):
    k_e, k_m = cut(kdf(key, "seal", b"", 64))
    ciphertext = aes_ctr(k_e, 0, plaintext)
    return ciphertext + hmac(k_m, u64(len(aad)), aad, ciphertext)


def unseal(key, aad, sealed):
    require(len(sealed) >= 32, "too short")
    k_e, k_m = cut(kdf(key, "seal", b"", 64))
    ciphertext, mac = sealed[:-32], sealed[-32:]
    require(_hmac.compare_digest(mac, hmac(k_m, u64(len(aad)), aad, ciphertext)), "another tag")
    return aes_ctr(k_e, 0, ciphertext)


def op_pairing(i, _):
    return {"value": gt_bytes(pair([(mul(G1, i["a"]), mul(G2, i["b"]))]))}
