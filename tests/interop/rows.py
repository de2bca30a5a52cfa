"""Keys and rows, which key wrapping, signatures and search share: docs/schemes.md, sections 5 to 7."""

from functools import cache

from ground import (
    G2, Q, Z1, add, g1_bytes, g1_from, g2_bytes, g2_from, hash_to_g1, hash_to_scalar, is_one, mul, neg, pair, require,
    total, weights,
)
from policy import Attributes


class Bases:
    """The points of a scheme, hashed under its tags."""

    def __init__(self, scheme):
        self.scheme = scheme
        self.h, self.u0, self.u1 = (hash_to_g1(f"{scheme}-{name}", b"") for name in ("H", "U0", "U1"))
        self.of_attribute = cache(lambda a: hash_to_g1(f"{scheme}-ATTR", a))

    def slot(self, x):
        """F(x) = U0 + [x]U1"""
        return add(self.u0, mul(self.u1, x))

    def of_all(self, attributes):
        """H(T)"""
        return total(map(self.of_attribute, attributes))

    def hash(self, v):
        """h(v)"""
        return hash_to_scalar(f"{self.scheme}-VALUE", v.encode())

    def q(self, label):
        return hash_to_g1(f"{self.scheme}-NEG-Q", label.encode())

    def of_value(self, label, v):
        """P_l + [h(v)]Q_l"""
        return add(hash_to_g1(f"{self.scheme}-NEG-P", label.encode()), mul(self.q(label), self.hash(v)))

    def of_row(self, row):
        """H(T), or Q_l"""
        return self.of_all(row[1]) if row[0] == "all" else self.q(row[1])


class Held:
    """K_a for each attribute, and N_l with its text for each label that has one."""

    def __init__(self, k, n):
        self.k, self.n = k, n

    @classmethod
    def read(cls, r, attributes):
        k = {a: r.g1() for a in attributes.expanded()}
        return cls(k, {label: (v, r.g1()) for label, v in attributes.single_texts().items()})

    def fields(self):
        return b"".join(map(g1_bytes, [*self.k.values(), *(point for _, point in self.n.values())]))

    def holds(self, row):
        if row[0] == "all":
            return self.k.keys() >= set(row[1])
        return row[1] in self.n and self.n[row[1]][0] != row[2]

    def of_all(self, attributes):
        """K_T"""
        return total(self.k[a] for a in attributes)


class Key:
    """K2, K0, K1, and what is held."""

    def __init__(self, k2, k0, k1, held):
        self.k2, self.k0, self.k1, self.held = k2, k0, k1, held

    @classmethod
    def issue(cls, bases, attributes, secret, rho, b=1):
        """secret: [alpha]h. In search, [1/b]r stands for r beside the slot."""
        r = b * rho % Q
        k = {a: mul(bases.of_attribute(a), r) for a in attributes.expanded()}
        n = {label: (v, mul(bases.of_value(label, v), r)) for label, v in attributes.single_texts().items()}
        return cls(mul(G2, r), add(secret, mul(bases.u0, rho)), mul(bases.u1, rho), Held(k, n))

    @classmethod
    def read(cls, r, attributes):
        return cls(r.g2(), r.g1(), r.g1(), Held.read(r, attributes))

    def fields(self):
        return g2_bytes(self.k2) + g1_bytes(self.k0) + g1_bytes(self.k1) + self.held.fields()

    def verify(self, bases, b=G2, z=None, more=()):
        """e(K0, B) = Z e(U0, K2), e(K1, B) = e(U1, K2), the others e(K, P2) = e(base, K2); weighted and added up."""
        slots = [(self.k0, bases.u0), (self.k1, bases.u1)]
        others = [(point, bases.of_attribute(a)) for a, point in self.held.k.items()]
        others += [(point, bases.of_value(label, v)) for label, (v, point) in self.held.n.items()]
        d = weights(2 + len(others))

        def side(equations, k, d):
            return total(mul(equation[k], w) for equation, w in zip(equations, d))

        product = [(side(slots, 0, d), b), (side(others, 0, d[2:]), G2), (neg(side(slots + others, 1, d)), self.k2)]
        for base, point in [*([z] if z else []), *more]:
            product.append((neg(mul(base, d[0])), point))
        require(is_one(pair(product)), "another authority's key, or none")


class UserKey:
    """Attributes and their key, as in key wrapping and signatures."""

    def __init__(self, r):
        self.attributes = Attributes.read(r)
        self.key = Key.read(r, self.attributes)

    def fields(self):
        return self.attributes.fields() + self.key.fields()


class Rows:
    """c2, c3 and c4 as bytes."""

    @classmethod
    def build(cls, bases, policy, f, s, drawn):
        rows = cls()
        s_prime = [drawn.nonzero() for _ in range(policy.tau)]
        shares = policy.share(s, drawn)
        rows.c2 = [g2_bytes(mul(G2, x)) for x in s_prime]
        rows.c3, rows.c4 = [], {}
        for i, (row, share, rho) in enumerate(zip(policy.rows, shares, policy.rho)):
            rows.c3.append(g1_bytes(add(mul(f, share), mul(bases.of_row(row), s_prime[rho]))))
            if row[0] == "not":
                rows.c4[i] = g1_bytes(mul(bases.of_value(*row[1:]), s_prime[rho]))
        return rows

    @classmethod
    def read(cls, r, policy):
        rows = cls()
        rows.c2 = [r.raw(96) for _ in range(policy.tau)]
        rows.c3 = [r.raw(48) for _ in policy.rows]
        rows.c4 = {i: r.raw(48) for i in policy.negative}
        return rows

    def fields(self):
        return b"".join(self.c2) + b"".join(self.c3) + b"".join(self.c4.values())

    def validate(self):
        for c2 in self.c2:
            g2_from(c2)
        for c in [*self.c3, *self.c4.values()]:
            g1_from(c)

    def combine(self, bases, policy, chosen, held):
        """The pairs with c2_j, and what is paired with the key's K2."""
        uses, rows = {}, Z1
        for i, gamma in chosen:
            row, use = policy.rows[i], uses.setdefault(policy.rho[i], [])
            rows = add(rows, mul(g1_from(self.c3[i]), -gamma))
            if row[0] == "all":
                use.append(mul(held.of_all(row[1]), gamma))
            else:
                own, point = held.n[row[1]]
                d = pow(bases.hash(row[2]) - bases.hash(own), -1, Q)
                use.append(mul(point, -gamma * d))
                rows = add(rows, mul(g1_from(self.c4[i]), gamma * d))
        return [(total(points), g2_from(self.c2[j])) for j, points in uses.items()], rows
