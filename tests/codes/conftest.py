"""A table of published vectors, passed and refused by kind, at the end of a run of these tests."""

from collections import Counter

import pytest

COLUMNS = ("passed", "refused", "we differ")


class Tally:
    """Counts of one test."""

    def __init__(self):
        self.counts = Counter()
        self.totals = Counter()

    def __call__(self, kind, *, passed, differs=False):
        self.totals[kind] += 1
        self.counts[kind, "passed" if passed else "refused"] += 1
        self.counts[kind, "we differ"] += differs


@pytest.fixture
def tally(record_property):
    """Count a vector: ``tally(kind, passed=…)``; what is counted goes with the report, also to another process."""
    found = Tally()
    yield found
    record_property("vectors", [[kind, column, n] for (kind, column), n in found.counts.items()])


def pytest_terminal_summary(terminalreporter):
    counts = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "teardown":
                for name, rows in report.user_properties:
                    counts.update({(kind, column): n for kind, column, n in rows} if name == "vectors" else {})
    if not counts:
        return
    terminalreporter.section("published vectors")
    terminalreporter.write_line(f"{'kind':32}" + "".join(f"{column:>12}" for column in COLUMNS))
    for kind in sorted({kind for kind, _ in counts}):
        terminalreporter.write_line(f"{kind:32}" + "".join(f"{counts[kind, column]:12}" for column in COLUMNS))
