"""The demo world on a real server: what `make demo` promises a newcomer and the scripts that read demo.json."""

import stat
from io import StringIO
from urllib.parse import quote

import httpx
import msgspec
import pytest
from rich.console import Console

from zhuisu import server
from zhuisu.codes import check_uscc, parse
from zhuisu.demo import world
from zhuisu.demo.errors import NotEmpty
from zhuisu.demo.people import MEMBERS
from zhuisu.parties import Kind
from zhuisu.settings import Settings

pytestmark = pytest.mark.xdist_group("demo")  # one filled world for all

CLEAN: list[str] = []
FINDINGS = {
    "vaccine_item": CLEAN,
    "vaccine_case": CLEAN,
    "vaccine_pallet": CLEAN,
    "vaccine_warm": ["cold-chain-excursion"],
    "vaccine_warm_case": ["cold-chain-excursion"],
    "drug_item": CLEAN,
    "drug_case": CLEAN,
    "drug_resold": ["sold-twice"],
    "egg_lot": CLEAN,
    "egg_waiting": CLEAN,
    "egg_withdrawn": ["certificate-not-valid"],
    "meat_lot": CLEAN,
    "meat_half": CLEAN,
}


@pytest.fixture(scope="module")
def settings(workspace):
    return Settings(data=workspace / "demo", port=0)


@pytest.fixture(scope="module")
def address(settings):
    with server.listening(settings, "the demo's tests") as address:
        yield address


@pytest.fixture(scope="module")
def filled(settings, address):
    return world.fill(settings, address)


@pytest.fixture
def http(address):
    with httpx.Client(base_url=address, timeout=30) as http:
        yield http


def chain(http, filled, code, **query):
    headers = {"Authorization": f"Bearer {filled.keys['regulator']}"}
    answer = http.get(f"/chain/{quote(code, safe='')}", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_file_for_scripts(settings, filled, address):
    path = settings.data / "demo.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = msgspec.json.decode(path.read_bytes())
    assert told["base"] == address
    keys = {"farm", "slaughterhouse", "shop", "pharmacy", "clinic", "cdc", "maker", "regulator", "admin"}
    assert keys <= told["keys"].keys()
    assert {"vaccine_item", "vaccine_pallet", "drug_item", "drug_resold", "egg_lot"} <= told["codes"].keys()
    assert {"egg", "meat", "revoked"} <= told["certificates"].keys()
    assert all(url.startswith(f"{address}/c/") for url in told["certificates"].values())
    assert msgspec.convert(told, world.World) == filled


def test_every_sample_code_has_the_findings_it_was_planted_with(http, filled):
    assert filled.codes.keys() == FINDINGS.keys()
    found = {name: [f["rule"] for f in chain(http, filled, code)["findings"]] for name, code in filled.codes.items()}
    assert found == FINDINGS


@pytest.mark.parametrize("name", FINDINGS)
def test_the_public_sees_every_sample_redacted(http, filled, name):
    answer = http.get(f"/chain/{quote(filled.codes[name], safe='')}")
    assert answer.status_code == 200
    assert answer.json()["redacted"] is True


NAMELESS = {"vaccine_pallet"}  # a logistic unit is no product


@pytest.mark.parametrize("name", sorted(FINDINGS.keys() - NAMELESS))
def test_everybody_reads_what_the_goods_are_called(http, filled, name):
    path = http.get(f"/chain/{quote(filled.codes[name], safe='')}").json()
    node = path["codes"][path["code"]["canonical"]]
    assert node["name"].startswith("示范")
    assert node["name_en"].endswith("(demo)")


def test_the_whole_way_of_a_vaccine(http, filled):
    path = chain(http, filled, filled.codes["vaccine_item"])
    kinds = [path["sites"][hop["site"]]["kind"] for hop in path["hops"]]
    assert list(dict.fromkeys(kinds)) == ["manufacturer", "carrier", "cdc", "clinic"]
    assert max(len(hop["containers"]) for hop in path["hops"]) == 3
    assert [hop["step"] for hop in path["hops"]].count("transporting") == 4
    assert [hop["step"] for hop in path["hops"]].count("receiving") == 4
    assert path["hops"][-1]["disposition"] == "dispensed"
    assert "inspecting" in [hop["step"] for hop in path["hops"] if hop["via"] == "lot"]
    times = [hop["time"] for hop in path["hops"]]
    assert times == sorted(times)


def test_the_case_that_got_warm_was_not_received(http, filled):
    path = chain(http, filled, filled.codes["vaccine_warm"])
    last = path["hops"][-1]
    assert (last["step"], last["disposition"]) == ("holding", "non_sellable_other")
    assert max(hop["temperature"]["max"] for hop in path["hops"] if hop["temperature"]) > 8


def test_who_holds_the_eggs(http, filled):
    holders = chain(http, filled, filled.codes["egg_lot"], direction="forward")["holders"]
    assert {path["state"] for path in holders} == {"held"}
    assert len(holders) >= 2


@pytest.mark.parametrize(
    ("name", "state"), [("egg", "valid"), ("meat", "valid"), ("waiting", "valid"), ("revoked", "revoked")]
)
def test_certificates(http, filled, name, state):
    answer = http.post("/certs/verify", json={"text": filled.certificates[name]})
    assert answer.json()["state"] == state


def test_the_lot_at_the_door_is_taken_in(http, filled):
    headers = {"Authorization": f"Bearer {filled.keys['shop']}"}
    codes = [filled.certificates["waiting"], filled.codes["egg_waiting"]]
    results = http.post("/scan/intake", json={"codes": codes}, headers=headers).json()["results"]
    assert [r["verdict"] for r in results] == ["accept", "accept"]


def scan(http, filled, slug, *codes, step="receiving"):
    """Verdict and rules of each code at a member's door."""
    headers = {"Authorization": f"Bearer {filled.keys[slug]}"}
    answer = http.post("/scan/intake", json={"codes": codes, "step": step}, headers=headers)
    assert answer.status_code == 200, answer.text
    return [(r["verdict"], [x["rule"] for x in r["reasons"]]) for r in answer.json()["results"]]


@pytest.mark.parametrize(
    ("slug", "certificate", "goods"),
    [("shop", "meat", "egg_waiting"), ("village", "egg", "meat_lot"), ("corner", "egg", "egg_waiting")],
)
def test_a_certificate_of_other_goods_is_refused(http, filled, slug, certificate, goods):
    results = scan(http, filled, slug, filled.certificates[certificate], filled.codes[goods])
    assert [verdict for verdict, _ in results] == ["refuse", "refuse"]
    assert all("certificate-for-other-goods" in rules for _, rules in results)


@pytest.mark.parametrize(("certificate", "goods"), [("egg", "egg_lot"), ("meat", "meat_lot"), ("meat", "meat_half")])
def test_a_certificate_with_its_own_goods_is_taken(http, filled, certificate, goods):
    paper, item = scan(http, filled, "village", filled.certificates[certificate], filled.codes[goods])
    assert paper[0] == "accept"
    assert "certificate-for-other-goods" not in item[1]


def test_a_sale_elsewhere_does_not_hide_the_receipt_in_a_carton(http, filled):
    for slug in ("pharmacy", "pharmacy2"):
        ((verdict, rules),) = scan(http, filled, slug, filled.codes["drug_resold"], step="retail_selling")
        assert (verdict, rules[0]) == ("refuse", "already-sold")
        assert ("not-received-here" in rules) is (slug == "pharmacy2")


def test_people_can_sign_in(http, filled):
    for login in ("farm", "cdc", "regulator", "admin"):
        http.cookies.clear()
        answer = http.post("/sessions", json={"login": login, "password": filled.logins[login]})
        assert answer.status_code == 201, answer.text


def test_a_second_fill_changes_nothing(settings, address, http, filled):
    before = (settings.data / "demo.json").read_bytes()
    admin = {"Authorization": f"Bearer {filled.keys['admin']}"}
    events = http.get("/epcis/events", params={"perPage": 1}, headers=admin).json()
    assert world.fill(settings, address) == filled
    assert (settings.data / "demo.json").read_bytes() == before
    again = http.get("/epcis/events", params={"perPage": 1}, headers=admin).json()
    assert again["epcisBody"] == events["epcisBody"]


def test_another_port_moves_the_addresses_only(settings, address, filled):
    path = settings.data / "demo.json"
    before = path.read_bytes()
    elsewhere = address.replace("localhost", "127.0.0.1")
    moved = world.fill(settings, elsewhere)
    assert (moved.base, moved.keys, moved.codes) == (elsewhere, filled.keys, filled.codes)
    assert moved.certificates["egg"].startswith(f"{elsewhere}/c/")
    world.fill(settings, address)
    assert path.read_bytes() == before


def test_a_directory_that_holds_something_else_is_left_alone(settings, address, filled):
    path = settings.data / "demo.json"
    kept = path.rename(path.with_suffix(".kept"))
    try:
        with pytest.raises(NotEmpty):
            world.fill(settings, address)
        assert not path.exists()
    finally:
        kept.rename(path)


def test_a_file_that_is_no_world_is_left_alone(settings, address, filled):
    path = settings.data / "demo.json"
    kept = path.read_bytes()
    try:
        path.write_bytes(b'{"base": 1}')
        with pytest.raises(NotEmpty):
            world.fill(settings, address)
    finally:
        path.write_bytes(kept)


def test_what_is_printed(filled):
    console = Console(file=StringIO(), width=200)
    world.show(filled, console)
    text = console.file.getvalue()
    for expected in (
        filled.base,
        "zhuisu trace",
        "zhuisu verify",
        "curl -s",
        filled.codes["drug_resold"],
        "farm",
        "合格证",
    ):
        assert expected in text
    assert filled.keys["admin"] not in text


def test_everybody_is_fictitious_and_says_so():
    assert all("示范" in m.name and "示例" in m.address and check_uscc(m.uscc) for m in MEMBERS)
    assert len({m.uscc for m in MEMBERS}) == len({m.slug for m in MEMBERS}) == len(MEMBERS)
    counts = {kind: sum(m.kind is kind for m in MEMBERS) for kind in Kind}
    assert (counts[Kind.farm], counts[Kind.shop], counts[Kind.pharmacy], counts[Kind.cdc], counts[Kind.clinic]) == (
        2,
        3,
        2,
        3,
        2,
    )


def test_codes_are_what_they_look_like(filled):
    families = {name: parse(code).family for name, code in filled.codes.items()}
    assert families["vaccine_item"] == "sgtin"
    assert families["vaccine_pallet"] == "sscc"
    assert families["drug_item"] == "drug"
    assert families["egg_lot"] == "lgtin"
