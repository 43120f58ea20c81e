"""The vaccine of the demo by the platform's own files: relation file, bills, and the path that they leave."""

import asyncio

import pytest
from msgspec import structs

from zhuisu import sheets
from zhuisu.codes.uscc import check_character
from zhuisu.exchange import bills, listing
from zhuisu.exchange.relation import Packed, Relation, Upload, normal, write
from zhuisu.exchange.relation_read import read
from zhuisu.sheets import Form

from .conftest import BOX, CARTON, CASE, code, rows, tree, upload, uri

FILE = upload(tree(cases=2))


@pytest.fixture
async def packed(maker):
    """The maker, once its relation file is recorded."""
    await maker.uploads(write(FILE), at="2026-05-04T10:00:00+08:00")
    return maker


async def test_from_the_line_to_the_arm_by_files_alone(packed, wholesaler, clinic):
    case = code(CASE, 1)
    sent = rows("CK1", "201", "2026-05-10 09:00:00", [case], to=wholesaler.uscc, batch="202605A")
    got = rows("RK1", "102", "2026-05-10 15:00:00", [case], **{"from": packed.site})
    for actor, bill in ((packed, sent), (wholesaler, got)):
        done = await actor.books(bill)
        assert (done["stored"], done["bills"][0]["recorded"], done["exceptions"]) == (True, 1, [])
    supplied = rows("CK2", "209", "2026-05-12 09:00", [code(CARTON, 1)], to=clinic.site)
    arrived = rows("RK2", "107", "2026-05-12 11:00", [code(CARTON, 1)], **{"from": wholesaler.uscc})
    given = rows("JZ1", "322", "2026-05-20 09:30", [code(BOX, 2)])
    for actor, bill in ((wholesaler, supplied), (clinic, arrived), (clinic, given)):
        assert (await actor.books(bill))["exceptions"] == []
    assert await packed.path(code(BOX, 2)) == [
        ("commissioning", packed.place),
        ("packing", packed.place),
        ("packing", packed.place),
        ("shipping", packed.place),
        ("receiving", wholesaler.place),
        ("shipping", wholesaler.place),
        ("receiving", clinic.place),
        ("dispensing", clinic.place),
    ]
    # A box of the other carton of the case stayed where the case was last.
    assert (await packed.path(code(BOX, 4)))[-1] == ("receiving", wholesaler.place)


async def test_a_relation_file_goes_in_and_comes_out_the_same(packed):
    again = await packed.uploads(write(FILE), at="2026-05-04T10:00:00+08:00")
    assert (again["fresh"], again["events"], again["activated_before"]) == (0, 9, [])
    for lot in (f"urn:zhuisu:drug:lot:{BOX}.202605A", f"urn:zhuisu:drug:lot:{CASE}.202605A"):
        assert read(await packed.relation(lot)) == FILE
    one = read(await packed.relation(code(BOX, 9)))
    assert one == upload(tree(cases=2)[9:])
    assert {packed.code for packed in one.relations[0].batches[0].codes} >= {code(CASE, 2), code(BOX, 9)}


async def test_a_dry_run_says_what_would_happen_and_records_nothing(maker):
    would = await maker.uploads(write(FILE), dry_run=True)
    assert (would["stored"], would["codes"], would["events"], would["fresh"]) == (False, 18, 9, 0)
    (batch,) = would["batches"]
    assert [(level["layer"], level["codes"]) for level in batch["levels"]] == [(1, 12), (2, 4), (3, 2)]
    await maker.relation(code(BOX, 1), status=404)
    bill = rows("CK1", "201", "2026-05-10", [code(BOX, 1)])
    assert (await maker.books(bill, dry_run=True))["bills"][0]["events"] == []
    await maker.gets(f"/chain/{code(BOX, 1)}", status=404)


async def test_without_a_time_a_batch_is_activated_at_the_dawn_of_its_production_day(maker):
    await maker.uploads(write(FILE))
    hops = (await maker.gets(f"/chain/{code(BOX, 1)}")).json()["hops"]
    assert [hop["time"] for hop in hops] == [
        "2026-05-03T16:00:00Z",
        "2026-05-03T16:00:00.002000Z",
        "2026-05-03T16:00:00.003000Z",
    ]
    assert (await maker.uploads(write(FILE)))["fresh"] == 0


async def test_codes_that_something_else_activated_are_named(packed):
    other = await packed.uploads(write(upload(tree()[:1], number="202605B")))
    assert other["activated_before"] == [code(CASE, 1)]


async def test_only_who_activated_exports(packed, wholesaler, admin, client):
    await wholesaler.relation(code(BOX, 1), status=404)
    answer = await client.get(f"/exchange/relations/{code(BOX, 1)}", headers=admin)
    exported = read(answer.content).relations[0].batches[0]
    assert (len(exported.codes), exported.manager) == (9, ""), "a person's name is for who sent it"


async def test_bills_come_back_as_they_went_in(packed, wholesaler):
    sent = rows(
        "CK/1 号", "201", "2026-05-10 09:00:00", [code(BOX, 1), code(BOX, 2)], to=wholesaler.site, batch="202605A",
        made="2026-05-04", expires="2029-05-03",
    )  # fmt: skip
    loose = rows("CK2", "216", "2026-05-11 08:00:00", ["(01)06901234567892"], batch="L7", quantity="20", unit="KGM")
    await packed.books([*sent, *loose])
    answer = await packed.gets("/exchange/bills", form="json", **{"from": "2026-05-10", "to": "2026-05-11"})
    said = {"from": packed.site, "quantity": 20}
    assert answer.json() == [row | {"from": packed.site} for row in sent] + [loose[0] | said]
    lot = "https://id.gs1.org/01/06901234567892/10/L7"
    held = (await packed.gets("/exchange/events", form="json", MATCH_anyEPCClass=lot)).json()
    assert [(row["uri"], row["quantity"], row["unit"]) for row in held] == [(lot, 20, "KGM")]
    again = await packed.books(answer.json())
    assert [(bill["recorded"], bill["again"]) for bill in again["bills"]] == [(0, 2), (0, 1)]
    for form in Form:
        table = await packed.gets("/exchange/bills", form=form.value, **{"from": "2026-05-01", "to": "2026-06-01"})
        assert len(sheets.read(table.content, columns=bills.COLUMNS).rows) == 3
        assert table.headers["content-type"] == form.media_type
        assert table.headers["content-disposition"] == f'attachment; filename="bills.{form}"'
    elsewhere = await packed.gets(
        "/exchange/bills", form="json", site=wholesaler.site, **{"from": "2026-05-01", "to": "2026-06-01"}
    )
    assert elsewhere.json() == []


async def test_a_bill_with_one_more_code_records_that_one_only(packed):
    bill = rows("CK1", "201", "2026-05-10 09:00", [code(BOX, n) for n in (1, 2)])
    first = (await packed.books(bill))["bills"][0]
    more = (await packed.books([*bill, *rows("CK1", "201", "2026-05-10 09:00", [code(BOX, 3)])]))["bills"][0]
    assert (more["recorded"], more["again"]) == (1, 2)
    assert set(first["events"]) < set(more["events"])
    assert [step for step, _ in await packed.path(code(BOX, 1))].count("shipping") == 1


async def test_a_regulator_sees_the_bills_of_its_division(packed, wholesaler, hire):
    await packed.books(rows("CK1", "201", "2026-05-10 09:00", [code(BOX, 1)]))
    period = {"from": "2026-05-01", "to": "2026-05-31", "form": "json"}
    county = await hire("", "regulator", uscc=county_uscc(), divisions=["370302"])
    assert [row["number"] for row in (await county.gets("/exchange/bills", **period)).json()] == ["CK1"]
    assert (await wholesaler.gets("/exchange/bills", **period)).json() == []


async def test_events_as_a_table(packed, wholesaler, clinic, client, admin):
    name = {"code": BOX, "name": "=示范疫苗", "specification": "0.5 ml", "category": "vaccine"}
    assert (await client.post("/products", json=name, headers=packed.headers)).status_code == 200
    await packed.books(rows("CK1", "201", "2026-05-10 09:00", [code(BOX, 1)], to=wholesaler.uscc))
    asked = {"EQ_bizStep": "shipping"}
    (row,) = sheets.read(
        (await packed.gets("/exchange/events", form="csv", **asked)).content, columns=listing.COLUMNS
    ).rows
    assert row.cells["step"] == "发货"
    assert row.cells["place"] == "示范 maker 门口"
    assert row.cells["to"] == "示范 wholesaler"
    assert (row.cells["goods"], row.cells["lot"], row.cells["expires"]) == (
        "=示范疫苗 0.5 ml",
        "202605A",
        "2029-05-03",
    )
    assert row.cells["uri"] == uri(code(BOX, 1))
    english = await packed.gets("/exchange/events", form="json", lang="en", **asked)
    assert english.json()[0]["step"] == "Shipped"
    book = await packed.gets("/exchange/events", **asked)
    assert sheets.read(book.content, columns=listing.COLUMNS).rows[0].cells == row.cells
    # 1 shipped box, 18 activated codes, 2 cases and 4 cartons with 4 + 12 in them
    assert len((await packed.gets("/exchange/events", form="json")).json()) == 1 + 18 + 2 + 4 + 4 + 12
    assert (await clinic.gets("/exchange/events", form="json")).json() == []
    for form in Form:
        table = await packed.gets("/exchange/events", form=form.value, **asked)
        assert table.headers["content-type"] == form.media_type
        assert table.headers["content-disposition"] == f'attachment; filename="events.{form}"'
        head = await client.head(f"/exchange/events?form={form}", headers=packed.headers)
        assert (head.status_code, head.headers["content-type"], head.content) == (200, form.media_type, b"")
        paged = (await packed.gets("/exchange/events", 400, form=form.value, perPage="2")).json()
        assert (paged["type"], paged["where"]) == ("/problems/exchange/no-pages", "perPage")
        short = {"orderBy": "eventTime", "eventCountLimit": "1"}
        table = await packed.gets("/exchange/events", form=form.value, **short)
        assert sheets.read(table.content, columns=listing.COLUMNS).rows[0].cells == row.cells, "the last one"
        # refused before the first byte of a table is sent
        refused = await packed.gets("/exchange/events", 400, form=form.value, nonsense="1")
        assert refused.json()["where"] == "nonsense"


def county_uscc() -> str:
    body = "11370302MB000A001"
    return body + check_character(body)


async def test_a_long_table_of_events_is_streamed_whole(maker):
    """More events than one page holds: each row once, the headings once, formulas nowhere."""
    (like,) = upload(()).relations
    cartons = [Packed(code(CARTON, n), 1, code(CASE, n)) for n in range(1, 601)]
    cases = [Packed(code(CASE, n), 2) for n in range(1, 601)]
    head = structs.replace(like.head, cascade="1:2")
    batch = structs.replace(like.batches[0], codes=(*cases, *cartons))
    done = await maker.uploads(write(normal(Upload(relations=(Relation(head=head, batches=(batch,)),)))))
    assert done["events"] == 602 > listing.PER_PAGE
    name = {"code": CASE, "name": "=1+1", "category": "vaccine"}
    assert (await maker.http.post("/products", json=name, headers=maker.headers)).status_code == 200
    answer = await maker.gets("/exchange/events", form="csv")
    assert answer.content.count("追溯码".encode()) == 1
    assert b",=1+1" not in answer.content
    assert b",'=1+1" in answer.content
    table = sheets.read(answer.content, columns=listing.COLUMNS)
    told = {(row.cells["step"], row.cells["role"], row.cells["uri"]) for row in table.rows}
    assert len(table.rows) == len(told) == 4 * 600


async def test_a_bill_that_was_declared_wrong_is_exported_no_more(packed):
    await packed.books(rows("CK1", "201", "2026-05-10 09:00", [code(BOX, 1)]))
    await packed.books(rows("CK2", "201", "2026-05-10 09:30", [code(BOX, 2)]))
    found = (await packed.gets("/epcis/events", MATCH_epc=uri(code(BOX, 1)), EQ_bizStep="shipping")).json()
    (event,) = found["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    wrong = {"declarationTime": "2026-05-11T09:00:00+08:00", "reason": "did_not_occur"}
    body = {"@context": found["@context"], **event, "errorDeclaration": wrong}
    answer = await packed.http.post("/epcis/events", json=body, headers=packed.headers)
    assert answer.status_code == 201, answer.text
    period = {"from": "2026-05-10", "to": "2026-05-10", "form": "json"}
    assert [row["number"] for row in (await packed.gets("/exchange/bills", **period)).json()] == ["CK2"]
    again = await packed.books(rows("CK1", "201", "2026-05-10 09:00", [code(BOX, 1)], batch="202605A"))
    assert (again["bills"][0]["recorded"], again["bills"][0]["again"]) == (1, 0), "the right bill under its number"


async def test_the_same_bill_from_two_hands_at_once_is_recorded_once(packed):
    bill = rows("CK1", "201", "2026-05-10 09:00", [code(BOX, n) for n in range(1, 7)])
    first, second = await asyncio.gather(packed.books(bill), packed.books(bill))
    assert first["bills"][0]["events"] == second["bills"][0]["events"]
    period = {"from": "2026-05-10", "to": "2026-05-10", "form": "json"}
    assert len((await packed.gets("/exchange/bills", **period)).json()) == 6


async def test_one_faulty_bill_and_none_is_recorded(packed, wholesaler):
    good = rows("CK1", "201", "2026-05-10 09:00", [code(BOX, 1)])
    elsewhere = rows("CK2", "201", "2026-05-10 09:00", [code(BOX, 2)], **{"from": wholesaler.site})
    await packed.books([*good, *elsewhere], 403)
    assert [step for step, _ in await packed.path(code(BOX, 1))] == ["commissioning", "packing", "packing"]
