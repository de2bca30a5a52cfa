"""Checks these schemes against their equations and against the meaning of a policy, on random policies.

`selfcheck.py [SEED [POLICIES]]`. A group element is its discrete logarithm here, so that a policy takes milliseconds.
Attacks go around the check of the attributes, which would refuse them first."""

import itertools
import operator
import random
import sys

import ground
from ground import Q, Refused

# --- groups in the exponent: a point is ("G1" or "G2", logarithm), an element of GT its logarithm -------------------

def point(group, size):
    def read(data):
        value = int.from_bytes(data, "big")
        ground.require(0 < value < Q and len(data) == size, "not a point")
        return group, value

    return read


def add(p, q):
    assert p[0] == q[0], "a sum over two groups"
    return p[0], (p[1] + q[1]) % Q


def total(points, zero=("G1", 0)):
    for p in points:
        zero = add(zero, p)
    return zero


def pair(pairs):
    assert all(p[0] == "G1" and q[0] == "G2" for p, q in pairs), "a pairing of other groups"
    ground.require(all(q[1] for _, q in pairs), "the identity in G2")
    return sum(p[1] * q[1] for p, q in pairs) % Q


for name, value in {
    "G1": ("G1", 1), "G2": ("G2", 1), "Z1": ("G1", 0), "add": add, "total": total, "pair": pair,
    "neg": lambda p: (p[0], -p[1] % Q), "mul": lambda p, k: (p[0], p[1] * k % Q), "is_inf": lambda p: p[1] == 0,
    "is_one": lambda value: value == 0, "gt_power": lambda value, k: value * k % Q,
    "gt_bytes": lambda value: value.to_bytes(576, "big"),
    "g1_bytes": lambda p: p[1].to_bytes(48, "big"), "g2_bytes": lambda p: p[1].to_bytes(96, "big"),
    "g1_from": point("G1", 48), "g2_from": point("G2", 96),
    "hash_to_g1": lambda purpose, message: ("G1", ground.hash_to_scalar(purpose, message)),
}.items():
    setattr(ground, name, value)

import policy  # noqa: E402
import search  # noqa: E402
import signatures  # noqa: E402
import wrapping  # noqa: E402
from policy import Attributes, Parser, Policy  # noqa: E402

R = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 1)


class Fresh(ground.Drawn):
    def __init__(self):
        pass

    def bytes(self, length):
        return R.randbytes(length)


DRAWN = Fresh()

# --- random policies and keys, and what a policy means --------------------------------------------------------------

EDGES = [0, 1, 2, 3, 9, 10, 15, 16, 17, 255, 256, 20_779, 2**28, 2**32 - 2, 2**32 - 1]


def number(label):
    if label == "day":
        return policy.written((3, R.choice([0, 1, 20_779, 20_780, policy.LAST[3] - 1, policy.LAST[3]])))
    return str(R.choice([R.choice(EDGES), R.randrange(2 ** R.randint(1, 32)), R.randrange(20), R.randrange(20)]))


def condition():
    choice, label = R.random(), R.choice(["level", "level", "day"])
    if choice < 0.4:
        return R.choice("abcd")
    if choice < 0.65:
        unit = R.choice(["unit", "role"])
        values = R.sample("xyz", R.randint(1, 2))
        among = f"{unit} in {{{', '.join(values)}}}"
        return R.choice([f"{unit}={values[0]}", f"{unit}!={values[0]}", among, f"not {among}"])
    if choice < 0.85:
        return f"{label}{R.choice(['=', '!=', '<', '<=', '>', '>='])}{number(label)}"
    values = ", ".join(number(label) for _ in range(R.randint(1, 4)))
    return R.choice(["", "not "]) + f"{label} in " + R.choice([f"{{{values}}}", f"{number(label)}..{number(label)}"])


def text(depth):
    if depth == 0 or R.random() < 0.3:
        return condition()
    parts = [text(depth - 1) for _ in range(R.randint(1, 4))]
    if R.random() < 0.2:
        parts.append(parts[0])
    parts = [f"({part})" for part in parts]
    together = [" and ".join(parts), " or ".join(parts), f"{R.randint(1, len(parts))} of ({', '.join(parts)})"]
    return R.choice(["", "", "", "not "]) + f"({R.choice(together)})"


def key():
    pairs = [(label, None) for label in "abcd" if R.random() < 0.6]
    pairs += [(label, (1, R.choice("xyz"))) for label in ("unit", "role", "role") if R.random() < 0.6]
    if R.random() < 0.8:
        pairs.append(("level", (2, int(number("level")))))
    if R.random() < 0.8:
        pairs.append(("day", policy.value_of("word", number("day"))))
    return Attributes(pairs)


COMPARED = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}


def means(e, pairs, negated=False):
    """The attributes meet the policy, read from its text alone."""
    if e[0] == "not":
        return means(e[1], pairs, not negated)
    if e[0] == "gate":
        _, k, children = e
        return sum(means(child, pairs, negated) for child in children) >= (len(children) + 1 - k if negated else k)
    values = [value for label, value in pairs if label == e[1]]
    if e[0] == "has":
        return None in values
    asked = e[2] if e[0] == "in" else [e[3]]
    if asked[0][0] == 1:
        if negated == (e[0] != "compare" or e[2] == "="):
            return len(values) == 1 and values[0][0] == 1 and values[0] not in asked
        return any(value in asked for value in values)
    for kind, held in values:
        if kind == asked[0][0]:
            if e[0] == "compare":
                answer = COMPARED[e[2]](held, e[3][1])
            else:
                answer = (kind, held) in e[2] if e[0] == "in" else e[2][1] <= held <= e[3][1]
            return answer != negated
    return False


# --- what holds for every policy ------------------------------------------------------------------------------------

class Unit(ground.Drawn):
    """Draws 1 in one place, 0 in all others."""

    def __init__(self, place):
        self.place, self.count = place, 0

    def scalar(self):
        self.count += 1
        return int(self.count == self.place)


def reconstructs(p, rows):
    """Whether the shares of these rows determine the secret: its equation lies in the span of theirs."""
    count = Unit(0)
    matrix = [p.share(1, count)]
    matrix += [p.share(0, Unit(place)) for place in range(1, count.count + 1)]
    # The secret is determined unless a sharing of 1 gives all these rows 0: eliminate, the
    # column of the secret last.
    basis = {}
    for i in rows:
        vector = [column[i] for column in matrix[1:]] + [matrix[0][i]]
        for pivot, other in sorted(basis.items()):
            vector = [(v - vector[pivot] * o) % Q for v, o in zip(vector, other)] if vector[pivot] else vector
        if any(vector):
            pivot = next(k for k, v in enumerate(vector) if v)
            basis[pivot] = [v * pow(vector[pivot], -1, Q) % Q for v in vector]
    return len(matrix) - 1 in basis


def fewest(p, held):
    """How many rows a smallest satisfying set has."""
    subsets = (rows for size in range(1, len(held) + 1) for rows in itertools.combinations(held, size))
    return next(len(rows) for rows in subsets if reconstructs(p, rows))


def refused(act):
    try:
        return act() is False
    except Refused:
        return True


def random_values(p):
    return DRAWN.scalar(), [DRAWN.scalar() for _ in range(p.free)], [DRAWN.scalar() for _ in p.negative]


def structure(p):
    for i, row in enumerate(p.rows):
        assert not any(policy.conflict(p.rows[j], row) for j in range(i) if p.rho[j] == p.rho[i])
    z, v, free = DRAWN.scalar(), DRAWN.scalar(), [DRAWN.scalar() for _ in range(p.free)]
    assert sum(a * b for a, b in zip(p.share(z, DRAWN), p.dual(v, free))) % Q == z * v % Q
    points = [DRAWN.scalar() for _ in p.rows]
    root, y = p.gather([("G1", x) for x in points])
    up = root[1] * v + sum(y_f[1] * v_f for y_f, v_f in zip(y, free))
    assert up % Q == sum(x * v_i for x, v_i in zip(points, p.dual(v, free))) % Q


def whole(read, fields):
    return ground.whole(read, None, fields)


ALPHA, GAMMA, B = (DRAWN.nonzero() for _ in range(3))
A, A_SEARCH = ground.mul(ground.G2, ALPHA), ground.mul(search.BASES.h, GAMMA * B)
B_PUBLIC, KAPPA = ground.mul(ground.G2, B), R.randbytes(32)


class Member:
    def __init__(self, attributes):
        self.attributes = attributes
        self.decryption = whole(wrapping.DecryptionKey, wrapping.issue(ALPHA, attributes, DRAWN))
        self.signing = whole(signatures.SigningKey, signatures.issue(ALPHA, attributes, DRAWN))
        self.search = whole(search.SearchKey, search.issue(GAMMA, B, attributes, KAPPA, DRAWN))
        self.decryption.verify(A)
        self.signing.verify(A)
        self.search.verify(A_SEARCH, B_PUBLIC)

    def trapdoor(self, word):
        return whole(search.Trapdoor, self.search.trapdoor(word, self.attributes, [], DRAWN))


def satisfied(p, member, made, shared, record):
    held = [i for i, row in enumerate(p.rows) if member.decryption.key.held.holds(row)]
    assert len(held) > 6 or len(p.choose(member.decryption.key.held.holds)) == fewest(p, held)
    assert member.decryption.decapsulate(made) == shared
    assert member.trapdoor(b"flu").matches(record) and not member.trapdoor(b"cold").matches(record)
    fields = signatures.sign(member.signing, p, b"c", b"m", DRAWN)
    signature, x = whole(lambda r: signatures.Signature.read(r, p), fields), signatures.statement(A, p, b"c", b"m")
    assert len(fields) == 48 * p.tau + 96 * (1 + p.free + len(p.negative))
    signature.verify(A, p, x)
    assert refused(lambda: signature.verify(A, p, x + 1))


def not_satisfied(p, member, made, record):
    """Neither the check of the attributes nor the honest choice stand in the way."""
    held = member.decryption.key.held
    assert not reconstructs(p, [i for i, row in enumerate(p.rows) if held.holds(row)])
    trapdoor = member.trapdoor(b"flu")
    assert refused(lambda: member.decryption.decapsulate(made)) and not trapdoor.matches(record)
    assert refused(lambda: signatures.sign(member.signing, p, b"c", b"m", DRAWN))
    # As if the holder had every row: missing elements are the identity.
    gamma, free = p.choose_dual(lambda row: True)
    gamma = [value if held.holds(row) else 0 for row, value in zip(p.rows, gamma)]
    chosen = [(i, value) for i, value in enumerate(gamma) if value]
    assert refused(lambda: member.decryption.open(made, chosen)) and not trapdoor.hits(record, chosen)
    x = signatures.statement(A, p, b"c", b"m")
    signature = signatures.Signature.make(member.signing.key, p, x, (gamma, free), random_values(p))
    assert refused(lambda: signature.verify(A, p, x))


def anonymous(p, one, other):
    """For the signature of one there is randomness with which the other makes it, from any other set of its rows."""
    x = signatures.statement(A, p, b"c", b"m")
    first = p.choose_dual(one.signing.key.held.holds)
    signature = signatures.Signature.make(one.signing.key, p, x, first, random_values(p))
    k = other.signing.key
    left = p.choose_dual(lambda row: k.held.holds(row) and R.random() < 0.8) or p.choose_dual(k.held.holds)

    def rest(v, gamma):
        return (v[1] - gamma * k.k2[1]) % Q

    def narrowed(i):
        gamma, (_, label, v) = left[0][i], p.rows[i]
        hash_ = signatures.BASES.hash
        return gamma and gamma * pow(hash_(k.held.n[label][0]) - hash_(v), -1, Q)

    nu_f = [rest(v, gamma) for v, gamma in zip(signature.v_f, left[1])]
    nu_i = [rest(v, narrowed(i)) for i, v in zip(p.negative, signature.v_i)]
    same = signatures.Signature.make(k, p, x, left, (rest(signature.v, 1), nu_f, nu_i))
    assert same.fields() == signature.fields()


def main():
    counts = dict.fromkeys(("policies", "refused", "satisfied", "not satisfied", "anonymous"), 0)
    members = [Member(key()) for _ in range(60)]
    for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 300):
        written = text(R.randint(0, 3))
        try:
            p = Policy(written)
        except Refused:
            counts["refused"] += 1
            continue
        counts["policies"] += 1
        assert Policy(p.text).text == p.text
        structure(p)
        made, shared = wrapping.Encapsulation.make(A, p, DRAWN)
        record = whole(search.RecordIndex, search.index(A_SEARCH, B_PUBLIC, KAPPA, [b"flu"], p, False, None, DRAWN))
        meant = []
        for member in R.sample(members, 8):
            if means(Parser(p.text).either(), member.attributes.pairs):
                satisfied(p, member, made, shared, record)
                meant.append(member)
            else:
                not_satisfied(p, member, made, record)
                counts["not satisfied"] += 1
        for one, other in itertools.combinations(meant, 2):
            anonymous(p, one, other)
            counts["anonymous"] += 1
        counts["satisfied"] += len(meant)
    print(", ".join(f"{count} {name}" for name, count in counts.items()))


if __name__ == "__main__":
    main()
