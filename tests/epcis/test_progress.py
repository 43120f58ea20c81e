"""What a step of a delivery makes of a subscription, as values."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from zhuisu.epcis.follow import Batch
from zhuisu.epcis.named_store import Subscription
from zhuisu.epcis.progress import MOST_EVENTS, advanced, failed, laid_aside, owed, smaller
from zhuisu.epcis.sign import MOST_FAILURES, wait
from zhuisu.ledger.tail import START, Position

NOW = datetime(2026, 6, 1, 8, 0, 30, tzinfo=UTC)
STREAM = Subscription(
    id=UUID(int=1),
    query=1,
    name="kept",
    party=1,
    roles=["operator"],
    dest="https://erp.example/",
    token=b"",
    schedule="",
    report_empty=False,
    form="{}",
    since=NOW,
    created=NOW,
    position=START,
    reached=NOW,
    due=NOW,
    most=MOST_EVENTS,
)
HOURLY = replace(STREAM, schedule='{"second":"0","minute":"0"}')
FURTHER = Position(7, UUID(int=7))

subscriptions = st.builds(
    lambda one, failures, most, reported, empty: replace(
        one, failures=failures, most=most, reported=reported, report_empty=empty
    ),
    st.sampled_from([STREAM, HOURLY]),
    st.integers(0, MOST_FAILURES - 1),
    st.integers(1, MOST_EVENTS),
    st.booleans(),
    st.booleans(),
)
batches = st.builds(
    lambda count, more: Batch([b"{}"] * count, FURTHER, NOW, more), st.integers(0, MOST_EVENTS), st.booleans()
)


class TestSteps:
    @given(subscriptions, batches, st.floats(0, 1, exclude_max=True))
    def test_only_success_and_laying_aside_move_on(self, one: Subscription, batch: Batch, chance: float) -> None:
        done = advanced(one, batch, NOW)
        assert (done.position, done.failures, done.error) == (FURTHER, 0, "")
        assert one.most <= done.most <= MOST_EVENTS
        again = failed(one, "answered 500", NOW, chance)
        assert (again.position, again.failures, again.error) == (START, one.failures + 1, "answered 500")
        assert again.due == NOW + wait(one.failures + 1, chance)
        passed = laid_aside(again, batch, NOW)
        assert (passed is None) == (again.failures < MOST_FAILURES or not batch.docs)
        if passed:
            after, letter = passed
            assert (after.position, after.failures, letter.position, letter.events) == (
                FURTHER,
                0,
                START,
                len(batch.docs),
            )
        assert 1 <= smaller(one, batch, NOW, "413").most <= max(1, len(batch.docs) - 1)

    @given(subscriptions, batches)
    def test_a_schedule_fires_again_when_nothing_more_is_there(self, one: Subscription, batch: Batch) -> None:
        done = advanced(one, batch, NOW)
        hour = NOW.replace(minute=0, second=0) + timedelta(hours=1)
        assert done.due == (hour if one.schedule and not batch.more else NOW)
        assert not (done.reported and one.schedule and not batch.more)

    @given(subscriptions, batches)
    def test_what_is_owed(self, one: Subscription, batch: Batch) -> None:
        word = bool(one.schedule) and one.report_empty and not one.reported and not batch.more
        assert owed(one, batch) == (len(batch.docs) > 0 or word)
        if owed(one, batch) and batch.more:
            assert advanced(one, batch, NOW).reported

    def test_one_event_that_is_too_large_is_a_failure_like_others(self) -> None:
        assert smaller(STREAM, Batch([b"{}"], FURTHER, NOW, False), NOW, "413").most == 1
