"""The relation file: forms seen in the field, every contradiction by its line, and there and back."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from zhuisu.events import Action, EventType
from zhuisu.exchange import activation
from zhuisu.exchange.errors import NotRelationFile, RelationUnfit
from zhuisu.exchange.relation import Batch, Head, Packed, Relation, Upload, cascade, full, normal, room, write
from zhuisu.exchange.relation_read import read

from .conftest import BOX, CARTON, CASE, code, tree, upload, uri

SITE = "https://id.gs1.org/414/6909900001109"
FILE = upload(tree())

FIELD = """<?xml version="1.0" encoding="{encoding}"?>{open}
<{p}Relation productCode="9999999" subTypeNo="9500000001" cascade="1:2:6" packageSpec="盒1支" comment="0">
<{p}Batch batchNo="202605A" madeDate="{made}" validateDate="2029-05-03" workshop="一号车间" lineName="一号生产线"
 lineManager="操作员甲">
{codes}
</{p}Batch></{p}Relation>{close}"""


def written(codes, *, p="", made="2026-05-04", encoding="utf-8", wrapped=True, root="", top=' parentCode=""'):
    """The file as other programs write it."""
    lines = "\n".join(
        f'<{p}Code curCode="{each.code}" packLayer="{each.layer}"'
        + (f' parentCode="{each.parent}"' if each.parent else top)
        + ' flag="0" />'
        for each in codes
    )
    start = f'<{p}Document{root} License="1001123">' + (
        f'<{p}Events version="3.0"><{p}Event name="RelationCreate">' if wrapped else ""
    )
    end = (f"</{p}Event></{p}Events>" if wrapped else "") + f"</{p}Document>"
    text = FIELD.format(encoding=encoding, open=start, close=end, p=p, codes=lines, made=made)
    return text.encode(encoding)


@pytest.mark.parametrize(
    "variant",
    [
        {},
        {"top": ""},
        {"wrapped": False},
        {"made": "20260504"},
        {"made": "2026/05/04"},
        {"encoding": "gbk"},
        {"encoding": "GB2312"},
        {"encoding": "utf-16"},
        {"root": ' xmlns="urn:x"'},
        {"p": "r:", "root": ' xmlns:r="urn:x"'},
        {"encoding": "GB18030"},
    ],
    ids=str,
)
def test_forms_seen_in_the_field_read_the_same(variant):
    body = written(tree(), **variant)
    text = body.decode(variant.get("encoding", "utf-8"))
    for other in (text, on_one_line(text), text.replace("\n", "\r\n"), text.replace("\n", "\r")):
        assert read(other.encode(variant.get("encoding", "utf-8"))) == FILE
    # Notepad marks UTF-8 and leaves the declaration as it was.
    assert read(text.encode("utf-8-sig")) == FILE


def test_bytes_in_another_encoding_than_declared_are_told_by_where_they_stand():
    text = written(tree()).decode()
    undeclared = text.partition("?>")[2]
    declared = text.replace("utf-8", "GB18030")
    spoiled = declared.encode("gb18030").replace("甲".encode("gb18030"), b"\xff\xff")
    for body in (text.encode("gb18030"), undeclared.encode("gb18030"), b"\xef\xbb\xbf\xff", b"\x8b", spoiled):
        with pytest.raises(NotRelationFile, match=r"a byte that is not (UTF-8|GB18030)") as refused:
            read(body)
        assert "GB18030" in refused.value.mend
    with pytest.raises(NotRelationFile) as refused:
        read(text.encode("gb18030"))
    facts = refused.value.facts
    assert text.split("\n")[facts["line"] - 1][facts["column"] - 1] == "盒", "the first that is not ASCII"


def test_a_parent_may_stand_in_another_relation():
    """Goods of two products in one case: what is in the file is not missing from it."""
    case, *inside = tree()
    relations = [each.relations[0] for each in (upload([case]), upload(inside, number="202605B"))]
    mixed = [
        structs.replace(relation, head=structs.replace(relation.head, product=f"999999{n}"))
        for n, relation in enumerate(relations)
    ]
    found = normal(Upload(license="1", relations=tuple(mixed)))
    assert read(write(found)) == found
    assert activation.gathered(activation.events(found, SITE), activation.kept(found)) == found


def test_the_order_of_codes_within_a_level_is_the_order_of_the_line():
    codes = [tree()[0], *reversed(tree()[1:])]
    (batch,) = read(written(codes)).relations[0].batches
    assert [packed.code for packed in batch.codes if packed.layer == 1] == [
        each.code for each in codes if each.layer == 1
    ]


def test_it_is_written_as_the_platform_writes_it():
    lines = write(FILE).decode().split("\n")
    assert lines[0].startswith('<?xml version="1.0" encoding="utf-8"?><Document xmlns:xsi=')
    assert f'<Code curCode="{code(CASE, 1)}" packLayer="3" flag="0"/>' in lines
    assert f'<Code curCode="{code(CARTON, 1)}" packLayer="2" parentCode="{code(CASE, 1)}" flag="0"/>' in lines
    assert lines[-1] == ""


BAD = [
    (lambda t: t.replace(code(BOX, 2), code(BOX, 1)), "stands at line"),
    (lambda t: t.replace(code(BOX, 2), "123"), "20 digits"),
    (lambda t: t.replace(code(BOX, 2), "9" + code(BOX, 2)[1:]), "20 digits"),
    (lambda t: t.replace(code(BOX, 2), code(BOX, 2)[:-1] + "１"), "20 digits"),
    (lambda t: t.replace(f'parentCode="{code(CARTON, 2)}"', f'parentCode="{code(CARTON, 9)}"'), "not in the file"),
    (lambda t: t.replace(f'{code(CARTON, 1)}" packLayer="2"', f'{code(CARTON, 1)}" packLayer="1"'), "not above"),
    (lambda t: t.replace(f'{code(CASE, 1)}" packLayer="3"', f'{code(CASE, 1)}" packLayer="4"'), "the cascade has 3"),
    (lambda t: t.replace(f'{code(CARTON, 2)}" packLayer="2"', f'{code(CARTON, 2)}" packLayer="3"'), "another level too"),
    (lambda t: t.replace('packLayer="3"', 'packLayer="0"'), "no packLayer"),
    (lambda t: t.replace('packLayer="3"', 'packLayer="¹"'), "no packLayer"),
    (lambda t: t.replace("1:2:6", "1:1:6"), "more than the cascade"),
    (lambda t: t.replace("1:2:6", "1:2:2"), "more than the cascade"),
    (lambda t: t.replace("1:2:6", "2:1"), "no cascade"),
    (lambda t: t.replace("1:2:6", ""), "must not be empty"),
    (lambda t: t.replace('batchNo="202605A"', 'batchNo=""'), "must not be empty"),
    (lambda t: t.replace('madeDate="2026-05-04"', ""), "must not be empty"),
    (lambda t: t.replace("2026-05-04", "2026-02-30"), "is no date"),
    (lambda t: t.replace("2026-05-04", "0001-01-01"), "is no date"),
    (lambda t: t.replace("2029-05-03", "2026-05-03"), "before it was made"),
    (lambda t: t.replace('comment="0"', 'comment="0" secret="1"'), "not known here"),
    (lambda t: t.replace("</Relation>", t[t.index("<Batch") : t.index("</Batch>")] + "</Batch></Relation>"), "batch at line"),
    (lambda t: t.replace('packLayer="3"', f'packLayer="001{"0" * 5000}"'), "no packLayer"),
    (lambda t: t.replace(code(CASE, 1), code(CASE, 9), 1).replace(f'{code(BOX, 2)}" packLayer="1" parentCode="{code(CARTON, 1)}', f'{code(BOX, 2)}" packLayer="1" parentCode="{code(BOX, 1)}'), "not in the file"),
    (lambda t: t[: t.index("<Code")] + t[t.index("</Batch>") :], "no code in the file"),
]  # fmt: skip


def on_one_line(text: str) -> str:
    return text.replace("\n", " ")


def without_spots(fault):
    return fault.value, *(
        re.sub(r"第 \d+ 行第 \d+ 列|line \d+, column \d+", "", said) for said in (fault.text.zh, fault.text.en)
    )


@pytest.mark.parametrize(("spoil", "said"), BAD, ids=range(len(BAD)))
def test_every_contradiction_is_named_by_where_it_stands_whatever_the_lines(spoil, said):
    text = spoil(write(FILE).decode())
    with pytest.raises(RelationUnfit) as refused:
        read(text.encode())
    faults = refused.value.facts["faults"]
    (fault,) = [fault for fault in faults if said in fault.text.en][:1]
    assert fault.text.zh
    assert refused.value.detail_zh
    line = text.split("\n")[fault.line - 1]
    assert line.startswith(("<Code", "<Batch", "<Relation", "<?xml"))
    assert fault.column == 1
    with pytest.raises(RelationUnfit) as flat:
        read(on_one_line(text).encode())
    assert flat.value.facts["more_faults"] == refused.value.facts["more_faults"]
    in_line = flat.value.facts["faults"]
    assert [without_spots(fault) for fault in in_line] == [without_spots(fault) for fault in faults]
    assert [fault.column for fault in in_line] == sorted(fault.column for fault in in_line)
    assert all(on_one_line(text)[fault.column - 1] == "<" for fault in in_line)
    assert f"column {in_line[0].column}" in flat.value.where


def test_all_faults_are_told_in_the_order_of_lines_up_to_a_thousand():
    text = (
        write(upload(tree(boxes=1500), number="L"))
        .decode()
        .replace("81000119", "71000119")
        .replace("1:2:6", "1:2:9000")
    )
    with pytest.raises(RelationUnfit) as refused:
        read(text.encode())
    faults = refused.value.facts["faults"]
    assert (len(faults), refused.value.facts["more_faults"]) == (1000, 2000)
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)


BOMB = '<!DOCTYPE Document [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Document>&b;</Document>'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BOMB, 1),
        ("<Document><!-- \n --><!DOCTYPE a></Document>", 2),
        ("", 1),
        ("not XML", 1),
        ("<Document>\n<Relation></Document>", 2),
        ("<Document>\n<Code/></Document>", 2),
        ("<Document><Document/></Document>", 1),
        ("<a/>", 1),
        ("<Document>\ntext</Document>", 2),
        ('<Document><Events><Event Name="RelationDelete"/></Events></Document>', 1),
        ('<?xml version="1.0" encoding="klingon"?><Document/>', 1),
        ("<Document>" * 5000, 1),
    ],
    ids=range(12),
)
def test_what_is_no_relation_file_is_refused_at_its_line(text, line):
    with pytest.raises(NotRelationFile) as refused:
        read(text.encode())
    assert refused.value.facts["line"] == line
    assert refused.value.detail_zh


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(body):
    with pytest.raises((NotRelationFile, RelationUnfit)):
        read(body)


@given(st.data())
def test_no_spoiled_file_raises_anything_else(data):
    body = bytearray(write(FILE))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    try:
        found = read(bytes(body))
    except (NotRelationFile, RelationUnfit):
        return
    assert read(write(found)) == found


ATTRIBUTE = re.compile(r'(?<=")[^"<>]*(?=")')


@given(st.data(), st.sampled_from(["", " ", "\n", "\r\n"]))
def test_no_file_of_shuffled_words_raises_anything_but_a_refusal(data, newline):
    """Values of other attributes, lines twice, missing or elsewhere: what is read can be recorded."""
    lines = write(FILE).decode().split("\n")
    values = st.sampled_from(sorted({said for line in lines for said in ATTRIBUTE.findall(line)}))
    places = st.integers(1, len(lines) - 2)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(places)
        match data.draw(st.sampled_from(["value", "twice", "gone", "elsewhere"])):
            case "value" if found := list(ATTRIBUTE.finditer(lines[at])):
                start, end = data.draw(st.sampled_from(found)).span()
                lines[at] = lines[at][:start] + data.draw(values) + lines[at][end:]
            case "twice":
                lines.insert(at, lines[at])
            case "elsewhere":
                lines.insert(data.draw(places), lines.pop(at))
            case _:
                lines[at] = ""
    try:
        found = read(newline.join(lines).encode())
    except (NotRelationFile, RelationUnfit):
        return
    assert activation.events(found, SITE)
    assert read(write(found)) == found


# Anything that an attribute may hold; outer blanks are not told apart from none.
WORD = st.text(st.characters(min_codepoint=32, max_codepoint=0xFFFD, exclude_categories=("Cs", "Cc")), max_size=12).map(
    str.strip
)
FILLED = WORD.filter(bool)


@st.composite
def uploads(draw):
    """Relations of batches of trees of packages, mixed and part ones, on up to three levels."""
    numbers = iter(range(1, 10_000))
    flags = st.sampled_from(["0", "1"])
    relations = []
    for product in draw(st.lists(FILLED, min_size=1, max_size=2, unique=True)):
        head = Head(
            product=product,
            subtype=draw(WORD),
            cascade="1:4:16",
            spec=draw(WORD),
            comment=draw(WORD),
            linked=draw(WORD),
        )
        batches, standing = [], []
        for number in draw(st.lists(FILLED, min_size=1, max_size=3, unique=True)):
            codes = []
            for layer, prefix in ((3, CASE), (2, CARTON), (1, BOX)):
                above = [each for each in standing if each[1] > layer]
                for _ in range(draw(st.integers(0, 3))):
                    parent = draw(st.sampled_from([("", 9, 0), *(each for each in above if each[2] < 4)]))
                    fresh = [code(prefix, next(numbers)), layer, 0]
                    if parent[0]:
                        standing[standing.index(parent)][2] += 1
                    codes.append(Packed(fresh[0], layer, parent[0], draw(flags)))
                    standing.append(fresh)
            made = draw(st.dates(date(2020, 1, 1), date(2026, 5, 1)))
            expires = draw(st.dates(made, date(2035, 1, 1)))
            words = {"workshop": draw(WORD), "line": draw(WORD), "manager": draw(WORD)}
            batches.append(Batch(number=number, made=made, expires=expires, codes=tuple(codes), **words))
        batches = [batch for batch in batches if batch.codes]
        if batches:
            relations.append(Relation(head=head, batches=tuple(batches)))
    return normal(Upload(license=draw(WORD), relations=tuple(relations)))


SOME = uploads().filter(lambda upload: upload.relations)


@given(SOME)
def test_written_and_read_is_the_same(found):
    assert read(write(found)) == found


@given(SOME, st.sampled_from([None, datetime(2026, 5, 30, 3, 4, 5, tzinfo=UTC)]))
def test_file_to_events_to_file_to_events_is_the_identity(found, at):
    events = activation.events(found, SITE, at)
    again = activation.gathered(reversed(events), activation.kept(found))
    assert write(again) == write(found)
    assert [event.doc for event in activation.events(read(write(again)), SITE, at)] == [event.doc for event in events]


def test_a_file_becomes_an_activation_a_level_and_a_packing_a_parent():
    events = activation.events(FILE, SITE, datetime(2026, 5, 4, tzinfo=UTC))
    made = [event for event in events if event.type is EventType.ObjectEvent]
    packed = [event for event in events if event.type is EventType.AggregationEvent]
    assert [(event.action, event.step, event.lot, event.expiry, len(event.epcs)) for event in made] == [
        (Action.ADD, "commissioning", "202605A", date(2029, 5, 3), n) for n in (1, 2, 6)
    ]
    assert all(activation.ilmd(event).made == date(2026, 5, 4) for event in made)
    assert [(event.parent, len(event.children)) for event in packed] == [
        (uri(code(CASE, 1)), 2), (uri(code(CARTON, 1)), 3), (uri(code(CARTON, 2)), 3)
    ]  # fmt: skip
    assert packed[0].time > packed[1].time == packed[2].time, "a carton is full before its case is"
    assert "操作员甲".encode() not in b"".join(event.doc for event in events)


def test_activations_of_another_door_make_a_file_too():
    from zhuisu.events import make

    at = datetime(2026, 5, 4, tzinfo=UTC)
    events = [
        make(EventType.ObjectEvent, time=at, action="ADD", step="commissioning", epcs=[uri(code(BOX, 1))], lot="L1"),
        make(EventType.ObjectEvent, time=at, action="ADD", step="commissioning", epcs=[uri(code(CASE, 1))], lot="L1"),
        make(
            EventType.AggregationEvent, time=at, action="ADD", parent=uri(code(CASE, 1)), children=[uri(code(BOX, 1))]
        ),
    ]
    found = activation.gathered(events, {})
    assert [
        (head.product, packed.layer, packed.parent) for head, batch in found.batches() for packed in batch.codes
    ] == [(BOX, 1, code(CASE, 1)), (CASE, 2, "")]


def test_the_cascade_counts_from_the_case_down():
    terms = cascade("1:5:2500")
    assert terms == (1, 5, 2500)
    assert (room(terms, 2), room(terms, 1), full(terms, 2), full(terms, 1)) == (5, 2500, 5, 500)
    assert [cascade(text) for text in ("", "5", "1:", "1:0", "1:5:4", "1:a", "1：5")] == [None] * 7
