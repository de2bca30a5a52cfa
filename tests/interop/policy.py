"""Attributes, policies, their trees, sharing: docs/policy-language.md and docs/interoperability.md, section 3."""

import datetime
import re

from ground import Q, Reader, Refused, header, require, u8, u32, var
from unicode import nfc

EPOCH = datetime.date(1970, 1, 1)
LAST = {2: 2**32 - 1, 3: (datetime.date.max - EPOCH).days}
RESERVED = ("and", "or", "not", "of", "in")

# A value is (kind, content): (1, text), (2, integer), (3, days). A leaf is ("is", bytes) or ("not", label, text).


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

def attribute_bytes(label, value=None, prefix=32):
    out = var(label.encode())
    if value is None:
        return out + u8(0)
    kind, content = value
    if kind == 1:
        return out + u8(1) + var(content.encode())
    return out + u8(kind) + u8(prefix) + u32(content)


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
            if value is None or value[0] == 1:
                out.append(attribute_bytes(label, value))
            else:
                for length in range(33):
                    leading = value[1] >> (32 - length) << (32 - length)
                    out.append(attribute_bytes(label, (value[0], leading), length))
        return sorted(out)

    def single_texts(self):
        texts = {}
        for label in sorted({label for label, _ in self.pairs}):
            values = [value for name, value in self.pairs if name == label and value is not None]
            if len(values) == 1 and values[0][0] == 1:
                texts[label] = values[0][1]
        return texts


# --- policies -------------------------------------------------------------------------------------------------------------
# An expression is ("not", e), ("gate", k, [e, ..]), or a condition
# ("has", label), ("compare", label, symbol, value), ("in", label, [value, ..]), ("between", label, from, to).

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


def outside(kind, ranges):
    gaps, start = [], 0
    for low, high in ranges:
        if start < low:
            gaps.append((start, low - 1))
        start = high + 1
    if start <= LAST[kind]:
        gaps.append((start, LAST[kind]))
    return gaps


def cover(label, kind, ranges):
    leaves = []
    for low, high in ranges:
        at = low
        while at <= high:
            free = 32
            while at % 2**free or at + 2**free > high + 1 and high < LAST[kind]:
                free -= 1
            leaves.append(("is", attribute_bytes(label, (kind, at), 32 - free)))
            at += 2**free
    require(leaves, "no number meets it")
    return gate(1, leaves)


def leaves_of(e, negated):
    """The tree under a condition or its negation."""
    label = e[1]
    if e[0] == "has":
        require(not negated, "the absence of a label")
        return "is", attribute_bytes(label)
    if e[0] == "in" or e[3][0] == 1:
        values = e[2] if e[0] == "in" else [e[3]]
        if e[0] == "compare":
            negated = negated != (e[2] == "!=")
        if not negated:
            return gate(1, [("is", attribute_bytes(label, value)) for value in values])
        (kind, *others) = {kind for kind, _ in values}
        require(not others, "a negation of several kinds")
        if kind == 1:
            return gate(len(values), [("not", label, text) for _, text in values])
        return cover(label, kind, outside(kind, [(n, n) for n in sorted({n for _, n in values})]))
    if e[0] == "between":
        kind, ranges = e[2][0], [(e[2][1], e[3][1])]
    else:
        kind, n = e[3]
        below, above, last = [(0, n - 1)], [(n + 1, LAST[kind])], LAST[kind]
        ranges = {"=": [(n, n)], "!=": below + above, "<": below, "<=": [(0, n)], ">": above, ">=": [(n, last)]}[e[2]]
    ranges = [(low, high) for low, high in ranges if low <= high]
    require(ranges, "no number meets it")
    return cover(label, kind, outside(kind, ranges) if negated else ranges)


def tree_of(e, negated=False):
    if e[0] == "not":
        return tree_of(e[1], not negated)
    if e[0] == "gate":
        _, k, children = e
        return "gate", len(children) + 1 - k if negated else k, [tree_of(child, negated) for child in children]
    return leaves_of(e, negated)


class Policy:
    def __init__(self, text):
        parser = Parser(text)
        expression = parser.either()
        require(not parser.words, "more than a policy")
        self.text = canonical(expression)
        self.tree = tree_of(expression)
        self.leaves = list(walk(self.tree))
        asked = [leaf if leaf[0] == "is" else leaf[:2] for leaf in self.leaves]
        self.rho = [asked[:i].count(one) for i, one in enumerate(asked)]
        self.tau = max(self.rho) + 1
        self.negation = any(leaf[0] == "not" for leaf in self.leaves)

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

    def choose(self, holds):
        """The chosen leaves with their coefficients, or None."""
        plan = choose(self.tree, [0], holds)
        return None if plan is None else plan[2]


def walk(node):
    if node[0] == "gate":
        for child in node[2]:
            yield from walk(child)
    else:
        yield node


def share(node, z, drawn):
    if node[0] != "gate":
        yield z
        return
    _, k, children = node
    if k == 1:
        for child in children:
            yield from share(child, z, drawn)
    elif k == len(children):
        for child in children[:-1]:
            part = drawn.scalar()
            z = (z - part) % Q
            yield from share(child, part, drawn)
        yield from share(children[-1], z, drawn)
    else:
        f = [drawn.scalar() for _ in range(k - 1)]
        for i, child in enumerate(children, 1):
            yield from share(child, (z + sum(c * i ** (d + 1) for d, c in enumerate(f))) % Q, drawn)


def choose(node, counter, holds):
    """(leaves, leaves below a threshold, [(number, gamma), ..]) of the cheapest way, or None."""
    if node[0] != "gate":
        number = counter[0]
        counter[0] += 1
        return (1, 0, [(number, 1)]) if holds(node) else None
    _, k, children = node
    ways = [(i, choose(child, counter, holds)) for i, child in enumerate(children, 1)]
    ways = sorted((way for way in ways if way[1] is not None), key=lambda way: way[1][:2])[:k]
    if len(ways) < k:
        return None
    ways.sort()
    threshold, rows = 1 < k < len(children), sum(way[0] for _, way in ways)
    chosen = []
    for i, way in ways:
        gamma = 1
        if threshold:
            for j, _ in ways:
                if j != i:
                    gamma = gamma * j * pow(j - i, -1, Q) % Q
        chosen += [(number, gamma * inner % Q) for number, inner in way[2]]
    return rows, rows if threshold else sum(way[1] for _, way in ways), chosen


# --- operations -----------------------------------------------------------------------------------------------------------

def op_attributes(i, _):
    return {"attributes": Attributes.parse(i["text"]).object()}


def op_policy(i, _):
    policy = Policy(i["text"])
    read = Policy.read(Reader(policy.object()[4:]))
    assert read.tree == policy.tree, "the canonical text has another tree"
    return {"policy": policy.object(), "rows": len(policy.leaves), "uses": policy.tau, "negation": policy.negation}


def op_satisfy(i, _):
    attributes = Attributes.parse(i["attributes"])
    held, texts = set(attributes.expanded()), attributes.single_texts()
    chosen = Policy(i["policy"]).choose(
        lambda leaf: leaf[1] in held if leaf[0] == "is" else texts.get(leaf[1], leaf[2]) != leaf[2]
    )
    return {"rows": None if chosen is None else len(chosen)}


OPERATIONS = {"attributes": op_attributes, "policy": op_policy, "satisfy": op_satisfy}
