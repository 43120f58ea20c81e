"""Noise: the corpus that fuzzing left, the published vectors, bounded work, and ten minutes of fuzzing in ``make soak``."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.codes import seeds
from tests.codes.invariants import check, check_refusal, outcome
from zhuisu.codes.several import read_all
from zhuisu.errors import Refusal

SECONDS = int(os.environ.get("FUZZ_SECONDS", "600"))
FUZZER = Path(__file__).with_name("fuzz.py")


@pytest.mark.parametrize("text", seeds.corpus(), ids=ascii)
def test_the_corpus_holds(text):
    check(text)


def test_the_vectors_hold():
    texts = seeds.vectors()
    if not texts:
        pytest.skip("the published vectors are not beside this checkout (../shared/conformance)")
    for text in texts:
        check(text)


def test_a_line_of_the_corpus_is_any_text():
    for text in ["# no remark", "\x1d\n\u3000\\", "\ud800", "𠮷", " "]:
        assert seeds.decoded(seeds.encoded(text)) == text


NOISE = {
    "one long line": "x",
    "signs": "[]{}()<>\"'*|~^",
    "symbology identifiers": "]C1]d2]e0",
    "brackets": "(01)(10)",
    "groups": "1 2-3 ",
    "labels": "条码 ",
    "blanks": "\x1d \u3000",
    "FNC1": "{GS}[GS]~1",
    "envelopes": "[)>\x1e05\x1d",
    "French digits": "&é\"'(-è_çà",
    "commas": "a,;，",
    "links": "https://a.example/x, ",
    "controls": "\x00\x02\x1d",
    "lines": '((((""""條碼96385075\n',
    "halves of devices": "(17)270131\n",
    "good codes and a bad one": "96385074," * 12 + "x\n",
}


def calls(text):
    """How many calls it takes to answer, ours and the interpreter's."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        read_all(text)
    except Refusal as refusal:
        check_refusal(refusal)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
def test_twice_the_noise_is_at_most_twice_the_work(noise):
    once, twice = (calls(noise * (size // len(noise))) for size in (20_000, 40_000))
    assert twice < 2.3 * once + 1000
    assert once < 30 * 20_000


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
def test_a_megabyte_is_one_refusal(noise):
    refusal = outcome(noise * (1_000_000 // len(noise)))
    assert isinstance(refusal, Refusal)
    check_refusal(refusal)
    assert len(refusal.detail) < 200


@pytest.mark.soak
@pytest.mark.skipif(not importlib.util.find_spec("atheris"), reason="atheris has no wheel for this Python")
def test_ten_minutes_of_fuzzing_find_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, str(FUZZER), str(tmp_path / "corpus"), f"-max_total_time={SECONDS}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS + 300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    executed = re.search(r"Done (\d+) runs", done.stderr)
    assert executed
    assert int(executed[1]) > 10 * SECONDS
