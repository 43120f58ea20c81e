"""Texts to begin from: our corpus, and the published vectors where they stand beside the repository."""

import json
import re
from pathlib import Path

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / ".." / "shared" / "conformance"
CORPUS = HERE / "corpus.txt"


def corpus():
    """Lines of corpus.txt, each a text with Python's escapes."""
    return [decoded(line) for line in CORPUS.read_text("ascii").splitlines() if line and not line.startswith("# ")]


def decoded(line):
    return (
        line.encode("ascii")
        .decode("unicode_escape")
        .encode("utf-16", "surrogatepass")
        .decode("utf-16", "surrogatepass")
    )


def encoded(text):
    line = text.encode("unicode_escape").decode("ascii")
    return "\\x23" + line[1:] if line.startswith("#") else line


def vectors():
    """All texts of the vectors, none when the vectors are not there."""
    found = set()
    for path in sorted(SHARED.glob("gs1-*/*.json")) + sorted(SHARED.glob("china/vectors.json")):
        found |= set(_texts(json.loads(path.read_text())))
    return sorted(found | {re.sub(r"(?<!\\)\^", "\x1d", text) for text in found if "^" in text})


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
