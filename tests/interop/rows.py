"""FABEO's rows over a slot, which key wrapping and search share: docs/schemes.md, sections 5 and 7."""

from ground import G2, Q, Z1, add, g1_bytes, g1_from, g2_bytes, g2_from, mul, neg, total


def slot(u0, u1, x):
    """F(x) = U0 + [x]U1"""
    return add(u0, mul(u1, x))


class Rows:
    """c2, c3 and c4 as bytes."""

    @classmethod
    def build(cls, policy, bases, f, s, drawn):
        """bases: for each leaf H(a), or Q_l and P_l + [h(v)]Q_l."""
        rows = cls()
        s_prime = [drawn.nonzero() for _ in range(policy.tau)]
        shares = policy.share(s, drawn)
        rows.c2 = [g2_bytes(mul(G2, x)) for x in s_prime]
        rows.c3, rows.c4 = [], {}
        for i, (share, rho, base) in enumerate(zip(shares, policy.rho, bases)):
            rows.c3.append(g1_bytes(add(mul(f, share), mul(base[0], s_prime[rho]))))
            if len(base) == 2:
                rows.c4[i] = g1_bytes(mul(base[1], s_prime[rho]))
        return rows

    @classmethod
    def read(cls, r, policy):
        rows = cls()
        rows.c2 = [r.raw(96) for _ in range(policy.tau)]
        rows.c3 = [r.raw(48) for _ in policy.leaves]
        rows.c4 = {i: r.raw(48) for i, leaf in enumerate(policy.leaves) if leaf[0] == "not"}
        return rows

    def fields(self):
        return b"".join(self.c2) + b"".join(self.c3) + b"".join(self.c4.values())

    def validate(self):
        for c2 in self.c2:
            g2_from(c2)
        for c in [*self.c3, *self.c4.values()]:
            g1_from(c)

    def combine(self, policy, chosen, element):
        """The pairs with c2_j, and what is paired with the key's [r]P2. element: K_a, or (N_l, d)."""
        uses, rows = {}, Z1
        for i, gamma in chosen:
            held, j = element(policy.leaves[i]), policy.rho[i]
            rows = add(rows, neg(mul(g1_from(self.c3[i]), gamma)))
            if len(held) == 2:
                held, d = held
                rows = add(rows, mul(g1_from(self.c4[i]), gamma * d))
                gamma = -gamma * d
            else:
                (held,) = held
            uses.setdefault(j, []).append(mul(held, gamma % Q))
        return [(total(points), g2_from(self.c2[j])) for j, points in uses.items()], rows
