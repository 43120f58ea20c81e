"""In and out bills: the table, the mapping to the vocabulary, and every exception flag."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu import sheets
from zhuisu.events import Action, Party
from zhuisu.events.cbv import BIZ_STEP, DISPOSITION, TRANSACTION_TYPE
from zhuisu.exchange import bills, words
from zhuisu.exchange.bill_types import TYPES, of
from zhuisu.exchange.bills import COLUMNS, Statement
from zhuisu.exchange.flags import FLAGS, Known, flags
from zhuisu.exchange.relation import write
from zhuisu.pages.language import Lang, term
from zhuisu.sheets import Form

from .conftest import BOX, CARTON, CASE, code, rows, tree, upload, uri

FILE = upload(tree(cases=2))
LATER = "2026-05-20 09:00"


def test_the_types_are_those_of_the_platform(conformance):
    published = json.loads((conformance / "china" / "tables.json").read_text("utf-8"))["bill_types"]
    assert {id_: kind.words.zh for id_, kind in TYPES.items()} == published


@pytest.mark.parametrize("kind", TYPES.values(), ids=list(TYPES))
def test_every_type_speaks_the_core_business_vocabulary(kind):
    assert BIZ_STEP.bare(kind.step) == kind.step
    assert DISPOSITION.bare(kind.disposition) == kind.disposition
    assert not kind.paper or TRANSACTION_TYPE.bare(kind.paper) == kind.paper
    assert (kind.action is Action.DELETE) == (kind.step == "destroying")
    assert (of(kind.step, kind.disposition) or kind).inward == kind.inward
    assert words.step(kind.step).zh != kind.step


def test_tables_say_what_pages_say():
    for known, vocabulary in ((words.STEPS, "step"), (words.DISPOSITIONS, "disposition")):
        assert known
        for word, said in known.items():
            assert (said.zh, said.en) == (term(Lang.zh, vocabulary, word), term(Lang.en, vocabulary, word))
    assert {BIZ_STEP.bare(word) for word in words.STEPS} == set(BIZ_STEP.spellings.values())
    assert set(words.DISPOSITIONS) == set(DISPOSITION.spellings.values())


def understood(rows_, form=Form.json):
    table = sheets.write(COLUMNS, rows_, form)
    return bills.understood(sheets.read(table, media_type=form.media_type, columns=COLUMNS))


@pytest.mark.parametrize("form", Form)
def test_a_table_is_read_in_any_form(form):
    listed = [*rows("CK1", "201", LATER, [code(BOX, 1), code(BOX, 2)], to="X", batch="L1", made="2026-05-04"),
              *rows("XS1", "321", "2026-05-21", [code(BOX, 3)], quantity="1")]  # fmt: skip
    found, faults = understood(listed, form)
    assert faults == []
    assert [(bill.number, bill.kind.id, len(bill.entries)) for bill in found] == [("CK1", "201", 2), ("XS1", "321", 1)]
    assert found[0].entries[0].said == Statement("L1", date(2026, 5, 4))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-05-20 09:00:01", "2026-05-20T01:00:01"),
        ("2026/5/20 9:00", "2026-05-20T01:00:00"),
        ("2026年5月20日", "2026-05-19T16:00:00"),
        ("2026-05-20T09:00:00Z", "2026-05-20T09:00:00"),
        ("2026-05-20T09:00:00+08:00", "2026-05-20T01:00:00"),
        ("20260520", None),
        ("2026-02-30", None),
        ("2026-05-20 25:00", None),
        ("1926-05-20T09:00:00Z", None),
        ("0001-01-01", None),
        ("today", None),
    ],
)
def test_moments_are_read_as_bills_write_them(text, at):
    assert bills.moment(text) == (datetime.fromisoformat(at).replace(tzinfo=UTC) if at else None)


@given(st.text(max_size=24))
def test_no_text_of_a_moment_raises(text):
    assert bills.moment(text) is None or text


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"date": "yesterday"}, "date"),
        ({"type": "999"}, "type"),
        ({"number": ""}, "number"),
        ({"code": ""}, "code"),
        ({"quantity": "0"}, "quantity"),
        ({"code": "(01)06901234567892", "batch": "L1", "quantity": "1", "unit": "箩筐"}, "unit"),
        ({"made": "2026-02-30"}, "made"),
        ({"type": "321", "to": "张三"}, "to"),
        ({"date": "2026-05-21"}, "date"),
        ({"to": "Y"}, "to"),
    ],
)
def test_faults_are_named_by_row_and_column(more, column):
    good = rows("CK1", "201", LATER, [code(BOX, 1)])
    _, faults = understood([*good, good[0] | more])
    assert [(fault.row, fault.column) for fault in faults] == [(2, column)]
    assert faults[0].expected.zh
    assert "张三" not in str(faults), "a person's name is not repeated"


@pytest.mark.parametrize("kind", TYPES.values(), ids=list(TYPES))
def test_bill_to_event_to_bill(kind):
    other = "91370303MA000A047L"
    told = {} if kind.ends else {"from" if kind.inward else "to": other}
    sent = rows("单/1.2", kind.id, "2026-05-20 09:00:00", [code(BOX, 1), code(BOX, 2)], batch="L1", **told)
    loose = [{**sent[0], "code": "(01)06901234567892", "batch": "L.7", "quantity": "2.5"}]
    (bill,), faults = understood([*sent, *loose])
    assert faults == []
    site = "urn:zhuisu:site:loc:91370302MA000A012K.1"
    others = [Party(type="possessing_party", uri=f"urn:zhuisu:party:obj:{other}")] if told else []
    paper = bills.paper(site, "91370302MA000A012K", bill.number)
    events = bills.events(bill, site, paper, others, bill.entries)
    assert [(event.step, event.disposition, event.action) for event in events] == [
        (kind.step, kind.disposition, kind.action)
    ] * 2
    own = {"to" if kind.inward else "from": "91370302MA000A012K.1"}
    assert [row for event in events for row in bills.rows(event, {}, {})] == [row | own for row in [*sent, *loose]]


def test_amounts_of_a_lot_add_up_by_unit_and_a_thing_moves_once():
    goods = {"batch": "L7", "code": "(01)06901234567892"}
    (like,) = rows("CK1", "216", "2026-05-20 09:00:00", [""])
    said = [("2.5", "公斤"), ("0.50", "kg"), ("12", ""), ("", "枚"), ("3", "GRM")]
    listed = [like | goods | {"quantity": amount, "unit": unit} for amount, unit in said]
    twice = [like | {"code": code(BOX, 1), "made": made, "unit": "箩筐"} for made in ("2026-05-04", "2026-05-05")]
    (bill,), faults = understood([*listed, *twice])
    assert faults == []
    events = bills.events(bill, "urn:zhuisu:site:loc:x.1", "urn:x:1", [], bill.entries)
    assert [(str(each.quantity), each.uom) for event in events for each in event.quantities] == [
        ("3", "KGM"), ("12", ""), ("3", "GRM")
    ]  # fmt: skip
    assert [event.epcs for event in events if event.epcs] == [(uri(code(BOX, 1)),)]
    exported = [row for event in events for row in bills.rows(event, {}, {})]
    assert [(row.get("quantity"), row.get("unit")) for row in exported] == [
        ("3", "KGM"), ("12", None), ("3", "GRM"), (None, None)
    ]  # fmt: skip
    (again,), faults = understood(exported)
    assert faults == []
    assert [event.doc for event in bills.events(again, "urn:zhuisu:site:loc:x.1", "urn:x:1", [], again.entries)] == [
        event.doc for event in events
    ]


def test_a_bill_of_a_site_with_a_gln_is_named_by_it():
    paper = bills.paper("https://id.gs1.org/414/6909900001109", "x", "CK 1")
    assert paper == "urn:epcglobal:cbv:bt:6909900001109:CK%201"


class TestFlags:
    (BILL,), _ = understood(
        rows("CK1", "201", LATER, [code(BOX, 1)], batch="L1", made="2026-05-04", expires="2029-05-03")
    )

    def found(self, known=None, bill=None, **more):
        bill = bill or self.BILL
        return [(each.flag, each.differing) for each in flags(bill.entries[0], bill, known or Known(), **more)]

    def test_none_for_goods_as_they_should_be(self):
        assert self.found(Known(said=Statement("L1", date(2026, 5, 4), date(2029, 5, 3)))) == []
        assert self.found(Known(said=Statement())) == [], "nothing is contradicted where nothing is known"

    def test_each(self):
        assert self.found(Known(activated=False)) == [(1, ())]
        assert self.found(again=True) == [(3, ())]
        assert self.found(Known(withdrawn=True)) == [(4, ())]
        assert self.found(Known(sold=True)) == [(5, ())]
        assert self.found(Known(inside=frozenset({"urn:x"})), others={"urn:x"}) == [(6, ())]
        other = Statement("L2", date(2026, 5, 4), date(2029, 5, 4))
        assert self.found(Known(said=other)) == [(7, ("batch", "expires"))]

    def test_goods_that_come_back_were_sold(self):
        (back,), _ = understood(rows("TH1", "116", LATER, [code(BOX, 1)]))
        assert self.found(Known(sold=True), back) == []

    def test_all_seven_say_what_became_of_the_code(self):
        assert list(FLAGS) == [1, 2, 3, 4, 5, 6, 7]
        assert [number for number, flag in FLAGS.items() if not flag.recorded] == [2]


@pytest.fixture
async def packed(maker):
    await maker.uploads(write(FILE), at="2026-05-04T10:00:00+08:00")
    return maker


async def odd(actor, *listed, recorded=None, **more):
    """Book bills; the (row, flag) of each exception, and how many codes were recorded in all."""
    done = await actor.books([row for each in listed for row in each], **more)
    if recorded is not None:
        assert sum(bill["recorded"] for bill in done["bills"]) == recorded
    for each in done["exceptions"]:
        assert each["why"]["zh"]
        assert each["recorded"] is FLAGS[each["flag"]].recorded
    return [(each["row"], each["flag"]) for each in done["exceptions"]]


async def steps(actor, text):
    return [step for step, _ in await actor.path(text) if step not in ("commissioning", "packing")]


async def test_1_not_activated(packed):
    stranger = code(BOX, 99)
    assert await odd(packed, rows("CK1", "201", LATER, [code(BOX, 1), stranger]), recorded=2) == [(2, 1)]
    assert await steps(packed, stranger) == ["shipping"]


@pytest.mark.parametrize(
    "text", ["123", "https://example.com/x", "8100011", "（01）06901234567892", "11010519491231002X"]
)
async def test_2_bad_code_system(packed, text):
    done = await packed.books(rows("CK1", "201", LATER, [code(BOX, 1), text]))
    (only,) = done["exceptions"]
    assert (only["row"], only["flag"], only["recorded"], done["bills"][0]["recorded"]) == (2, 2, False, 1)
    assert only["code"] == ("…" if text.endswith("X") else text), "an identity number is not repeated"


async def test_3_duplicate(packed):
    assert await odd(packed, rows("CK1", "201", LATER, [code(BOX, 1)] * 3), recorded=1) == [(2, 3), (3, 3)]
    assert await steps(packed, code(BOX, 1)) == ["shipping"]


async def test_4_cancelled(packed):
    assert await odd(packed, rows("XH1", "205", "2026-05-19 09:00", [code(CARTON, 1)])) == []
    sent = rows("CK1", "201", LATER, [code(CARTON, 1), code(BOX, 1), code(BOX, 4)])
    found = await odd(packed, sent, recorded=3)
    # What was in the carton is gone with it; the box of the other carton is not.
    assert [flag for row, flag in found if row == 1] == [4]
    assert [flag for row, flag in found if row == 2] == [4, 6]
    assert [flag for row, flag in found if row == 3] == []
    assert await steps(packed, code(CARTON, 1)) == ["destroying", "shipping"]


async def test_5_written_off(packed):
    assert await odd(packed, rows("XS1", "321", "2026-05-19 09:00", [code(BOX, 1)])) == []
    assert await odd(packed, rows("CK1", "201", LATER, [code(BOX, 1)])) == [(1, 5)]
    sold_and_back = [
        rows("XS2", "321", "2026-05-19 09:00", [code(BOX, 2)]),
        rows("TH1", "116", "2026-05-20 09:00", [code(BOX, 2)]),
        rows("CK2", "201", "2026-05-21 09:00", [code(BOX, 2)]),
    ]
    assert [await odd(packed, bill) for bill in sold_and_back] == [[], [], []]


async def test_6_parent_and_child_in_one_bill(packed):
    sent = rows("CK1", "201", LATER, [code(CASE, 1), code(BOX, 1), code(BOX, 7)])
    assert await odd(packed, sent, recorded=3) == [(2, 6)]
    assert await steps(packed, code(BOX, 1)) == ["shipping"], "it moved once"


async def test_7_other_batch_or_dates_than_the_code(packed):
    sent = rows("CK1", "201", LATER, [code(BOX, 1)], batch="202605B", made="2026-05-04", expires="2029-05-04")
    done = await packed.books(sent)
    (only,) = done["exceptions"]
    assert (only["flag"], only["differing"], only["bill"]) == (7, ["batch", "expires"], "CK1")
    (back,) = (await packed.gets("/exchange/bills", form="json", **{"from": "2026-05-20", "to": "2026-05-20"})).json()
    assert (back["batch"], back["expires"]) == ("202605B", "2029-05-04"), "the bill stays as it was written"
    assert f"urn:zhuisu:drug:lot:{BOX}.202605A" not in str(done)


async def test_flags_look_at_the_moment_of_the_bill(packed):
    """A bill that comes late speaks of goods as they were then."""
    await packed.books(rows("XS1", "321", "2026-05-25 09:00", [code(BOX, 1)]))
    assert await odd(packed, rows("CK1", "201", LATER, [code(BOX, 1)])) == []


async def test_more_codes_than_the_platform_takes_is_said_and_no_limit_of_ours(maker):
    done = await maker.books(rows("CK1", "201", LATER, [code(BOX, n) for n in range(3_501)]))
    (bill,) = done["bills"]
    assert (bill["recorded"], bill["beyond_platform"], len(bill["events"])) == (3_501, True, 1)
    assert (len(done["exceptions"]), done["more_exceptions"]) == (1000, 2501)


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"to": "示范公司"}, "to"),
        ({"to": "91370303MA000A047M"}, "to"),
        ({"to": "6909900001108"}, "to"),
        ({"date": "2026-06-02 09:00"}, "date"),
        ({"type": "322", "to": "91370303MA000A047L"}, "to"),
    ],
)
async def test_rows_of_which_no_bill_can_be_made_are_refused_and_nothing_is_recorded(packed, more, column):
    good = rows("CK1", "201", LATER, [code(BOX, 1)])
    refused = await packed.books([*good, {**good[0], "number": "CK9"} | more], 400)
    assert refused["type"] == "/problems/exchange/bills-unfit"
    assert [(fault["row"], fault["column"]) for fault in refused["faults"]] == [(2, column)]
    assert refused["zh"]["detail"]
    assert await steps(packed, code(BOX, 1)) == []


async def test_only_at_sites_of_ones_own(packed, wholesaler):
    for sent in (
        rows("CK1", "201", LATER, [code(BOX, 1)], **{"from": wholesaler.site}),
        rows("RK1", "102", LATER, [code(BOX, 1)], to=wholesaler.uscc),
        rows("CK1", "201", LATER, [code(BOX, 1)], **{"from": "6909900001109"}),
    ):
        assert (await packed.books(sent, 403))["type"] == "/problems/exchange/site-not-yours"
    assert (await packed.uploads(write(FILE), 403, site=wholesaler.site))["type"] == "/problems/exchange/site-not-yours"


XML, GB = "application/xml", '<?xml version="1.0" encoding="GB18030"?>'
HEADINGS = "单据号,单据类型,单据日期,追溯码,批号,数量,单位\r\n"
REFUSED = [
    ("bills", "", b"", 400, "sheets/no-headings"),
    ("bills", "", b"[]", 400, "exchange/no-bills"),
    ("bills", "", b"{}", 400, "sheets/damaged"),
    ("bills", "", b"\xff\xfe", 400, "sheets/no-headings"),
    ("bills", "", b"PK\x03\x04", 400, "sheets/damaged"),
    ("bills", "", b"\x89PNG", 415, "sheets/not-a-table"),
    ("bills", XML, write(FILE), 415, "sheets/not-a-table"),
    ("bills", "text/csv", HEADINGS.encode("gb18030"), 400, "exchange/no-bills"),
    ("bills", "multipart/form-data; boundary=x", b"--x--", 415, "exchange/not-the-file"),
    ("relations", "multipart/form-data; boundary=x", b"--x--", 415, "exchange/not-the-file"),
    ("relations", "application/json", b"{}", 415, "exchange/not-the-file"),
    ("relations", "", b"", 400, "exchange/not-relation-file"),
    ("relations", XML, b"<a", 400, "exchange/not-relation-file"),
    ("relations", XML, b"\xff\xfe", 400, "exchange/not-relation-file"),
    ("relations", XML, b"<html/>", 400, "exchange/not-relation-file"),
    ("relations", XML, write(FILE).decode().encode("gb18030"), 400, "exchange/not-relation-file"),
    ("relations", XML, f"{GB}<Document/>".encode("utf-16"), 400, "exchange/relation-unfit"),
    ("relations", XML, b"\xef\xbb\xbf<Document/>\r\n", 400, "exchange/relation-unfit"),
]


async def test_what_is_no_file_is_refused_by_name_and_way_out(maker, client):
    for door, kind, body, status, slug in REFUSED:
        headers = maker.headers | ({"Content-Type": kind} if kind else {})
        answer = await client.post(f"/exchange/{door}", content=body, headers=headers)
        told = answer.json()
        assert (answer.status_code, told["type"]) == (status, f"/problems/{slug}"), (door, kind, body[:40], told)
        assert told["mend"], told
    gzipped = await client.post(
        "/exchange/relations", content=b"x", headers=maker.headers | {"Content-Encoding": "gzip"}
    )
    assert (gzipped.status_code, gzipped.json()["type"]) == (415, "/problems/exchange/not-the-file")
    assert (await client.head("/exchange/bills?from=2026-05-01&to=2026-05-02", headers=maker.headers)).content == b""
    for path in ("/exchange/relations", f"/exchange/relations/{code(BOX, 1)}"):
        answer = await client.request("PUT", path, headers=maker.headers)
        assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method-not-allowed")


async def test_times_that_cannot_be(maker, now):
    late = (now + timedelta(hours=1)).isoformat()
    for at in (late, "2026-05-04T10:00:00", "1999-05-04T10:00:00Z"):
        assert (await maker.uploads(write(FILE), 400, at=at))["type"] == "/problems/exchange/no-moment"
    ahead = upload(tree(), made=date(2026, 6, 2))
    assert (await maker.uploads(write(ahead), 400))["type"] == "/problems/exchange/no-moment"
    for period in (("2026-05-02", "2026-05-01"), ("2020-01-01", "2026-01-01"), ("1999-01-01", "1999-01-02")):
        refused = await maker.gets("/exchange/bills", 400, **dict(zip(("from", "to"), period, strict=True)))
        assert refused.json()["type"] == "/problems/exchange/bad-period"


async def test_nobody_without_a_key(client):
    for method, path in (
        ("POST", "/exchange/relations"),
        ("POST", "/exchange/bills"),
        ("GET", "/exchange/bills?from=2026-05-01&to=2026-05-02"),
        ("GET", "/exchange/events"),
        ("GET", f"/exchange/relations/{code(BOX, 1)}"),
    ):
        assert (await client.request(method, path)).status_code == 401
