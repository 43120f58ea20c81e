"""``python tests/codes/fuzz.py CORPUS [-max_total_time=600]``: any text against the invariants, guided by coverage.

CORPUS is a directory that libFuzzer fills; an empty one is seeded first. ``--harvest CORPUS`` prints lines for corpus.txt.
"""

import sys
from hashlib import sha256
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["zhuisu.codes"]):
    import invariants
    import seeds

DICTIONARY = """01 00 10 21 17 (01) (21) ]C1 ]d2 ]e0 ]Q3 {GS} [GS] <GS> ^ ~1 {FNC1} https:// urn:epc: id: class: idpat: sgtin:
    urn:zhuisu: drug: ma: obj: lot: class: loc: opaque: MA. MA.156. /01/ /21/ ?17= [)>\\x1e05\\x1d %2F 06901234567892
    6901234567892 80217619000000001003 369012340000000017 86904879000126 137030200000001 A37030201 追溯码： ， 。"""


def one(data):
    """Bytes as text: UTF-8 with surrogates, so that every string can be reached."""
    invariants.check(data.decode("utf-8", "replace" if len(data) % 2 else "surrogateescape"))


def sow(folder):
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        return
    for text in [*seeds.corpus(), *seeds.vectors()]:
        data = text.encode("utf-8", "surrogatepass")
        (folder / sha256(data).hexdigest()[:16]).write_bytes(data)


def words(folder):
    """libFuzzer's dictionary, beside the corpus."""
    path = folder.with_suffix(".dict")
    escaped = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in DICTIONARY.split())
    path.write_text("".join(f'"{word}"\n' for word in escaped))
    return path


def harvest(folder):
    texts = {path.read_bytes().decode("utf-8", "replace") for path in folder.iterdir()}
    sys.stdout.write("".join(sorted(f"{seeds.encoded(text)}\n" for text in texts if text)))


def main():
    if sys.argv[1:2] == ["--harvest"]:
        harvest(Path(sys.argv[2]))
        return
    folder = Path(next(word for word in sys.argv[1:] if not word.startswith("-")))
    sow(folder)
    atheris.Setup([*sys.argv, f"-dict={words(folder)}", "-max_len=400"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
