"""Reads every vector and recomputes its result: the same bytes, or a refusal if the vector has one.

`check.py [FILE ..]` takes all files, or those named. README.md in this folder says how to run it."""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import authorities
import ground
import identity
import ledger
import members
import policy
import records
import search
import signatures
import wrapping

FILES = {
    "ground": ground,
    "policy": policy,
    "abe": wrapping,
    "abs": signatures,
    "search": search,
    "identity": identity,
    "record": records,
    "ledger": ledger,
    "members": members,
    "authorities": authorities,
}


def plain(value):
    """Replaces bytes by hexadecimal digits, at every level."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def agrees(job):
    name, _, vector = job
    drawn = ground.Drawn(vector["random"])
    operation = getattr(FILES[name], "op_" + vector["operation"].rpartition(".")[2])
    try:
        output = plain(operation(vector["input"], drawn))
    except ground.Refused:
        return "refused" in vector["output"]
    return output == vector["output"] and not drawn.noted


def main():
    folder = Path(__file__).parent.parent / "vectors"
    jobs = []
    for name in sys.argv[1:] or FILES:
        vectors = json.loads((folder / f"{name}.json").read_text())["vectors"]
        jobs += [(name, number, vector) for number, vector in enumerate(vectors)]
    failed = 0
    with ProcessPoolExecutor() as pool:
        for (name, number, vector), passed in zip(jobs, pool.map(agrees, jobs, chunksize=8)):
            if not passed:
                failed += 1
                print(f"{name} {number}: {vector['operation']} gives another result")
    print(f"{len(jobs) - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
