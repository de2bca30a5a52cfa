"""Attributes, policies, rows, sharing and its dual: docs/policy-language.md; docs/interoperability.md, section 3."""

import datetime
import re

from ground import Q, Reader, Refused, add, header, mul, neg, require, total, u8, u32, var
from unicode import nfc

EPOCH = datetime.date(1970, 1, 1)
LAST = {2: 2**32 - 1, 3: (datetime.date.max - EPOCH).days}
RESERVED = ("and", "or", "not", "of", "in")

# A value is (kind, content): (1, text), (2, integer), (3, days).


# --- words ----------------------------------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"[ \t\n\r\f]*(?:(?P<quoted>\"(?:[^\"\\]|\\[\"\\])*\")|(?P<word>(?:(?!\.\.)[A-Za-z0-9_.-])+)"
    r"|(?P<symbol>\.\.|!=|<=|>=|&&|\|\||[=<>(){},&|!]))"
)


def tokens(text):
    found, at = [], 0
    text = text.rstrip(" \t\n\r\f")
    while at < len(text):
        match = TOKEN.match(text, at)
        require(match, "not a word")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


def value_of(kind, word):
    if kind == "quoted":
        return 1, nfc(re.sub(r"\\(.)", r"\1", word[1:-1]))
    require(kind == "word", "a value")
    if re.fullmatch(r"[0-9]+", word):
        require(word == "0" or not word.startswith("0"), "a leading zero")
        require(int(word) <= LAST[2], "out of range")
        return 2, int(word)
    if re.fullmatch(r"[0-9]+-[0-9]+-[0-9]+", word):
        try:
            days = (datetime.date.fromisoformat(word) - EPOCH).days
        except ValueError as error:
            raise Refused("not a date") from error
        require(days >= 0, "before 1970")
        return 3, days
    require(word.lower() not in RESERVED, "a reserved word")
    return 1, word


def written(value):
    kind, content = value
    if kind == 2:
        return str(content)
    if kind == 3:
        return (EPOCH + datetime.timedelta(days=content)).isoformat()
    bare = re.fullmatch(r"[A-Za-z0-9_.-]+", content) and ".." not in content
    bare = bare and content.lower() not in RESERVED and not re.fullmatch(r"[0-9]+(-[0-9]+-[0-9]+)?", content)
    return content if bare else '"' + re.sub(r'(["\\])', r"\\\1", content) + '"'


# --- attributes -----------------------------------------------------------------------------------------------------------

def attribute_bytes(label, value=None):
    out = var(label.encode())
    if value is None:
        return out + u8(0)
    kind, content = value
    return out + u8(kind) + (var(content.encode()) if kind == 1 else u8(0) + u32(content))


def of_length(label, kind, k, answer):
    """Whether the number has at least k digits."""
    return var(label.encode()) + u8(kind) + u8(1) + u8(k) + u8(answer)


def of_digit(label, kind, m, before, c, answer):
    """Of a number of m digits: whether the digit after these is at least c."""
    return var(label.encode()) + u8(kind) + u8(2) + u8(m) + u8(len(before)) + bytes(before) + u8(c) + u8(answer)


def digits(number):
    """Hexadecimal, without leading zeros; none for 0."""
    return [int(c, 16) for c in f"{number:x}"] if number else []


def number_bytes(label, value):
    """What a key holds for a number: the number itself, its length, its digits."""
    kind, number = value
    d = digits(number)
    yield attribute_bytes(label, value)
    for k in range(1, 9):
        yield of_length(label, kind, k, len(d) >= k)
    for j in range(len(d)):
        for c in range(1 if j else 2, 16):
            yield of_digit(label, kind, len(d), d[:j], c, d[j] >= c)


class Attributes:
    """A set: sorted (label, value) pairs."""

    def __init__(self, pairs):
        self.pairs = sorted(set(pairs), key=lambda pair: attribute_bytes(*pair))
        numbers = [label for label, value in self.pairs if value and value[0] > 1]
        require(len(numbers) == len(set(numbers)), "two numbers of one label")

    @classmethod
    def parse(cls, text):
        words, pairs = tokens(text), []
        while words:
            (kind, label), words = words[0], words[1:]
            require(kind == "word" and re.match(r"[A-Za-z_]", label), "a label")
            value = None
            if words and words[0][1] == "=":
                value, words = value_of(*words[1]), words[2:]
            pairs.append((label, value))
            if words:
                require(words[0][1] == "," and len(words) > 1, "a comma")
                words = words[1:]
        return cls(pairs)

    @classmethod
    def read(cls, r):
        pairs = []
        for _ in range(r.u32()):
            label, kind = r.text(), r.u8()
            pairs.append((label, None if kind == 0 else (1, r.text()) if kind == 1 else (kind, r.u32())))
        read = cls(pairs)
        require(read.pairs == pairs, "not sorted")
        return read

    def fields(self):
        out = u32(len(self.pairs))
        for label, value in self.pairs:
            out += var(label.encode())
            if value is None:
                out += u8(0)
            else:
                out += u8(value[0]) + (var(value[1].encode()) if value[0] == 1 else u32(value[1]))
        return out

    def object(self):
        return header(0x10) + self.fields()

    def expanded(self):
        out = []
        for label, value in self.pairs:
            is_number = value is not None and value[0] > 1
            out += number_bytes(label, value) if is_number else [attribute_bytes(label, value)]
        return sorted(out)

    def single_texts(self):
        texts = {}
        for label in dict.fromkeys(label for label, _ in self.pairs):
            values = [value for name, value in self.pairs if name == label and value is not None]
            if len(values) == 1 and values[0][0] == 1:
                texts[label] = values[0][1]
        return texts


# --- policies -------------------------------------------------------------------------------------------------------------
# An expression is ("not", e), ("gate", k, [e, ..]), or a condition ("has", label), ("compare",
# label, symbol, value), ("in", label, [value, ..]), ("between", label, from, to).

class Parser:
    def __init__(self, text):
        self.words = tokens(text)

    def peek(self):
        return self.words[0][1] if self.words else None

    def keyword(self, *spellings):
        kind, word = self.words[0] if self.words else (None, None)
        if kind in ("word", "symbol") and word.lower() in spellings:
            self.words.pop(0)
            return True
        return False

    def take(self, symbol):
        require(self.peek() == symbol, f"{symbol} is missing")
        self.words.pop(0)

    def chain(self, part, *spellings):
        children = [part()]
        while self.keyword(*spellings):
            children.append(part())
        return children

    def either(self):
        children = self.chain(self.every, "or", "|", "||")
        return children[0] if len(children) == 1 else ("gate", 1, children)

    def every(self):
        children = self.chain(self.unary, "and", "&", "&&")
        return children[0] if len(children) == 1 else ("gate", len(children), children)

    def unary(self):
        if self.keyword("not", "!"):
            return "not", self.unary()
        if self.peek() == "(":
            self.take("(")
            inner = self.either()
            self.take(")")
            return inner
        if len(self.words) > 1 and self.words[0][0] == "word" and self.words[1][1].lower() == "of":
            kind, k = value_of(*self.words.pop(0))
            self.words.pop(0)
            self.take("(")
            children = [self.either()]
            while self.peek() == ",":
                self.take(",")
                children.append(self.either())
            self.take(")")
            require(kind == 2 and 1 <= k <= len(children), "a threshold")
            return children[0] if len(children) == 1 else ("gate", k, children)
        return self.condition()

    def condition(self):
        require(self.words, "a condition")
        kind, label = self.words.pop(0)
        require(kind == "word" and re.match(r"[A-Za-z_]", label), "a label")
        require(label.lower() not in RESERVED, "a reserved word")
        if self.peek() in ("=", "!=", "<", "<=", ">", ">="):
            symbol, value = self.words.pop(0)[1], self.value()
            require(value[0] > 1 or symbol in ("=", "!="), "text is not ordered")
            return "compare", label, symbol, value
        if not self.keyword("in"):
            return "has", label
        if self.peek() == "{":
            self.take("{")
            values = [self.value()]
            while self.peek() == ",":
                self.take(",")
                values.append(self.value())
            self.take("}")
            return "in", label, values
        low = self.value()
        self.take("..")
        high = self.value()
        require(low[0] == high[0] > 1, "two kinds")
        return "between", label, low, high

    def value(self):
        require(self.words, "a value")
        return value_of(*self.words.pop(0))


def canonical(e, demanded=0):
    """0: an or may stand here, 1: an and, 2: neither."""
    if e[0] == "gate":
        _, k, children = e
        binding = 1 if k == len(children) else 0 if k == 1 else 2
        if binding < demanded:
            return "(" + canonical(e) + ")"
        if binding == 2:
            return f"{k} of (" + ", ".join(canonical(child) for child in children) + ")"
        return (" or ", " and ")[binding].join(canonical(child, binding + 1) for child in children)
    if e[0] == "not":
        return "not " + canonical(e[1], 2)
    if e[0] == "has":
        return e[1]
    if e[0] == "compare":
        return e[1] + e[2] + written(e[3])
    if e[0] == "in":
        return e[1] + " in {" + ", ".join(written(value) for value in e[2]) + "}"
    return f"{e[1]} in {written(e[2])}..{written(e[3])}"


def gate(k, children):
    return children[0] if len(children) == 1 else ("gate", k, children)


# --- numbers --------------------------------------------------------------------------------------------------------------
# A set of numbers is a list of ranges, which ascend and do not touch.

def joined(ranges):
    out = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            low, high = out[-1][0], max(high, out.pop()[1])
        out.append((low, high))
    return out


def outside(kind, ranges):
    edges = [-1, *(edge for range_ in joined(ranges) for edge in range_), LAST[kind] + 1]
    return [(low + 1, high - 1) for low, high in zip(edges[::2], edges[1::2]) if low + 1 < high]


def within(a, b):
    """What both sets hold."""
    both = [(max(low, low_), min(high, high_)) for low, high in a for low_, high_ in b]
    return joined((low, high) for low, high in both if low <= high)


def cover(label, kind, ranges):
    """The or of the rows of which a number in the set has exactly one, and any other none."""
    require(ranges, "no number meets it")
    # The kind has no number beyond the last.
    ranges = [(low, 2**32 - 1 if high == LAST[kind] else high) for low, high in ranges]

    def part(m, before=()):
        """How much of the numbers with m digits, of which the first are these, is in the set: all, some, or nothing."""
        rest = 16 ** (m - len(before))
        low = int("0" + "".join(f"{d:x}" for d in before), 16) * rest if before else 16**m // 16
        bounds = low, (low if before else 0) + rest - 1
        found = within(ranges, [bounds])
        return "all" if found == [bounds] else "some" if found else "nothing"

    def runs(places):
        """The first and the last of each run of places that are wholly in."""
        whole = [place for place, held in places if held == "all"]
        firsts = [place for place in whole if place - 1 not in whole]
        return zip(firsts, [place for place in whole if place + 1 not in whole])

    rows = []
    lengths = [(m, part(m)) for m in range(9)]
    for a, b in runs(lengths):
        row = [of_length(label, kind, a, True)] if a > 0 else []
        rows.append(row + ([of_length(label, kind, b + 1, False)] if b < 8 else []))

    def node(m, before):
        least = 0 if before else 1
        places = [(c, part(m, [*before, c])) for c in range(least, 16)]
        for a, b in runs(places):
            row = [of_digit(label, kind, m, before, a, True)] if a > least else []
            rows.append(row + ([of_digit(label, kind, m, before, b + 1, False)] if b < 15 else []))
        for c, held in places:
            if held == "some":
                node(m, [*before, c])

    for m, held in lengths:
        if held == "some":
            node(m, [])
    return gate(1, [gate(len(row), [("is", a) for a in row]) for row in rows])


# --- from a policy to its tree --------------------------------------------------------------------------------------------
# First gates over ("is", attribute), ("not", label, text) and ("number", label, kind, ranges,
# the tree of it alone).

def condition_of(e, negated):
    """The tree under a condition or its negation."""
    label = e[1]
    if e[0] == "has":
        require(not negated, "the absence of a label")
        return "is", attribute_bytes(label)
    if e[0] == "in" or e[0] == "compare" and e[2] in ("=", "!="):
        values = e[2] if e[0] == "in" else [e[3]]
        if e[0] == "compare":
            negated = negated != (e[2] == "!=")
        kinds = {kind for kind, _ in values}
        require(not negated or len(kinds) == 1, "a negation of several kinds")
        if negated and kinds == {1}:
            return gate(len(values), [("not", label, text) for _, text in values])
        alone = gate(1, [("is", attribute_bytes(label, value)) for value in values])
        if len(kinds) > 1 or kinds == {1}:
            return alone
        (kind,) = kinds
        points = joined((n, n) for _, n in values)
        numbers, alone = (outside(kind, points), None) if negated else (points, alone)
        return "number", label, kind, numbers, alone
    if e[0] == "between":
        kind, ranges = e[2][0], [(e[2][1], e[3][1])]
    else:
        kind, n = e[3]
        ranges = {"<": [(0, n - 1)], "<=": [(0, n)], ">": [(n + 1, LAST[kind])], ">=": [(n, LAST[kind])]}[e[2]]
    require(ranges[0][0] <= ranges[0][1], "no number meets it")
    require(ranges != [(0, LAST[kind])], "every number meets it")
    return "number", label, kind, outside(kind, ranges) if negated else ranges, None


def tree_of(e, negated=False):
    if e[0] == "not":
        return tree_of(e[1], not negated)
    if e[0] == "gate":
        _, k, children = e
        return "gate", len(children) + 1 - k if negated else k, [tree_of(child, negated) for child in children]
    return condition_of(e, negated)


def is_and(node):
    return node[0] == "gate" and node[1] == len(node[2])


def conjuncts(nodes):
    """The children of nested and gates, one after the other."""
    return [part for node in nodes for part in (conjuncts(node[2]) if is_and(node) else [node])]


def spelled(node):
    """A set of numbers as its rows."""
    if node[0] != "number":
        return node
    _, label, kind, ranges, alone = node
    return alone or cover(label, kind, ranges)


def met(nodes):
    """The conjuncts of an and. What all sets of numbers of one label hold stands in the place of the first of them."""
    out = {}
    for place, node in enumerate(conjuncts(nodes)):
        key = node[:2] if node[0] == "number" else place
        if key in out:
            (*head, kind, ranges, _), (_, _, other, more, _) = out[key], node
            require(kind == other, "numbers and dates of one label")
            node = *head, kind, within(ranges, more), None
        out[key] = node
    return conjuncts(map(spelled, out.values()))


class Policy:
    def __init__(self, text):
        parser = Parser(text)
        expression = parser.either()
        require(not parser.words, "more than a policy")
        self.text = canonical(expression)
        # A row is ("all", attributes) or ("not", label, text); a node of the tree a row's number
        # or ("gate", k, nodes).
        self.rows = []
        self.tree = self.build(tree_of(expression))
        self.rho = []
        for i, row in enumerate(self.rows):
            taken = {rho for rho, earlier in zip(self.rho, self.rows[:i]) if conflict(earlier, row)}
            self.rho.append(min(set(range(i + 1)) - taken))
        self.tau = max(self.rho) + 1
        self.negative = [i for i, row in enumerate(self.rows) if row[0] == "not"]
        self.free = free_values(self.tree)

    def build(self, node):
        node = spelled(node)
        if node[0] != "gate":
            return self.row(*("all", node[1:]) if node[0] == "is" else node)
        if not is_and(node):
            return "gate", node[1], [self.build(child) for child in node[2]]
        parts, children = met(node[2]), []
        asked = tuple(sorted({part[1] for part in parts if part[0] == "is"}))
        for part in parts:
            if part[0] != "is":
                children.append(self.build(part))
            elif asked:
                children.append(self.row("all", asked))
                asked = None
        return gate(len(children), children)

    def row(self, *term):
        self.rows.append(term)
        return len(self.rows) - 1

    @classmethod
    def read(cls, r):
        text = r.text()
        policy = cls(text)
        require(policy.text == text, "not canonical")
        return policy

    def canonical(self):
        return self.text.encode()

    def fields(self):
        return var(self.canonical())

    def object(self):
        return header(0x11) + self.fields()

    def share(self, z, drawn):
        return list(share(self.tree, z, drawn))

    def dual(self, v, free):
        """The values of the rows."""
        return list(dual(self.tree, v, list(free)))

    def gather(self, points):
        """X of the root, and Y_f of each free value."""
        return gather(self.tree, points)

    def choose_dual(self, holds):
        """The coefficients of the cheapest satisfying set, as values of the rows and free values, or None."""
        plan = cheapest(self.tree, lambda i: holds(self.rows[i]))
        if plan is None:
            return None
        rows, free = [], []
        spread(self.tree, plan[2], 1, rows, free)
        return rows, free

    def choose(self, holds):
        """The chosen rows with their coefficients, or None."""
        dual = self.choose_dual(holds)
        return dual and [(i, gamma) for i, gamma in enumerate(dual[0]) if gamma]


def conflict(a, b):
    """Two rows must not have one use number."""
    return a[0] == b[0] and (a[1] == b[1] if a[0] == "not" else not set(a[1]).isdisjoint(b[1]))


def is_row(node):
    return isinstance(node, int)


def free_values(node):
    return 0 if is_row(node) else len(node[2]) - node[1] + sum(map(free_values, node[2]))


def lagrange(places, i, at):
    """The value at a place of the polynomial that is 1 in i and 0 in the other places."""
    value = 1
    for j in places:
        if j != i:
            value = value * (at - j) * pow(i - j, -1, Q) % Q
    return value


def share(node, z, drawn):
    if is_row(node):
        yield z
        return
    _, k, children = node
    if k == 1:
        for child in children:
            yield from share(child, z, drawn)
    elif is_and(node):
        for child in children[:-1]:
            part = drawn.scalar()
            z = (z - part) % Q
            yield from share(child, part, drawn)
        yield from share(children[-1], z, drawn)
    else:
        f = [drawn.scalar() for _ in range(k - 1)]
        for i, child in enumerate(children, 1):
            yield from share(child, (z + sum(c * i ** (d + 1) for d, c in enumerate(f))) % Q, drawn)


def dual(node, v, free):
    """Takes free values from the front of the list."""
    if is_row(node):
        yield v
        return
    _, k, children = node
    n = len(children)
    if is_and(node):
        values = [v] * n
    else:
        values, last = [free.pop(0) for _ in range(n - k)], range(n - k + 1, n + 1)
        given = [(0, v), *((f, -v_f) for f, v_f in enumerate(values, 1))]
        values += [sum(lagrange(last, i, at) * x for at, x in given) % Q for i in last]
    for child, value in zip(children, values):
        yield from dual(child, value, free)


def gather(node, points):
    if is_row(node):
        return points[node], []
    _, k, children = node
    n = len(children)
    x, below = zip(*(gather(child, points) for child in children))
    below = [y for ys in below for y in ys]
    if is_and(node):
        return total(x), below
    last = range(n - k + 1, n + 1)

    def at(place):
        return total(mul(x[i - 1], lagrange(last, i, place)) for i in last)

    return at(0), [add(x[f - 1], neg(at(f))) for f in range(1, n - k + 1)] + below


def cheapest(node, holds):
    """(rows, rows below a threshold, {place: way below it}) of the cheapest way, or None."""
    if is_row(node):
        return (1, 0, {}) if holds(node) else None
    _, k, children = node
    ways = [(i, cheapest(child, holds)) for i, child in enumerate(children, 1)]
    ways = sorted((way for way in ways if way[1] is not None), key=lambda way: way[1][:2])[:k]
    if len(ways) < k:
        return None
    rows = sum(way[0] for _, way in ways)
    scaled = rows if 1 < k < len(children) else sum(way[1] for _, way in ways)
    return rows, scaled, {i: way[2] for i, way in ways}


def spread(node, way, gamma, rows, free):
    """The coefficients below a node: those of the rows, and those that are free values."""
    if is_row(node):
        rows.append(gamma)
        return
    _, k, children = node
    places = range(1, len(children) + 1)
    if is_and(node):
        gammas = [gamma] * len(children)
    else:
        gammas = [gamma * lagrange(way, i, 0) % Q if i in way else 0 for i in places]
        free += gammas[: len(children) - k]
    for i, child in enumerate(children, 1):
        spread(child, way.get(i, {}), gammas[i - 1], rows, free)


# --- operations -----------------------------------------------------------------------------------------------------------

def op_attributes(i, _):
    return {"attributes": Attributes.parse(i["text"]).object()}


def op_policy(i, _):
    policy = Policy(i["text"])
    read = Policy.read(Reader(policy.object()[4:]))
    assert (read.tree, read.rows) == (policy.tree, policy.rows), "the canonical text has another tree"
    return {"policy": policy.object(), "rows": len(policy.rows), "uses": policy.tau}


def op_satisfy(i, _):
    attributes = Attributes.parse(i["attributes"])
    held, texts = set(attributes.expanded()), attributes.single_texts()
    chosen = Policy(i["policy"]).choose(
        lambda row: held.issuperset(row[1]) if row[0] == "all" else texts.get(row[1], row[2]) != row[2]
    )
    return {"rows": None if chosen is None else len(chosen)}
