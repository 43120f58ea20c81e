"""Every command against one real service; `main` itself runs, so that words and exit codes are the true ones."""

import json
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import click
import httpx
import pytest
from click.testing import CliRunner

from zhuisu import cli, server
from zhuisu.certs import EXIT, State
from zhuisu.certs.keys import PrivateKey
from zhuisu.demo.journal import document, receives, ships
from zhuisu.settings import Settings

pytestmark = pytest.mark.xdist_group("cli")

GROUPS = {name: group for name, group in cli.cli.commands.items() if isinstance(group, click.Group)}
NOBODY = "http://127.0.0.1:9"
FARM, SHOP = "91370302MA000A012K", "91370303MA000A047L"
EGGS = {
    "kind": "CCC/1",
    "product": "鲜鸡蛋",
    "quantity": 360,
    "unit": "枚",
    "origin": "370302",
    "basis": ["quality-control"],
}
LOT = "https://id.gs1.org/01/06909900011014/10/CLI-1"
ADDRESS = "鸡舍[/]一号"  # brackets would be markup to the terminal's library


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def zhuisu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``zhuisu("parse", "…")`` as the console script runs it."""
    for name in [name for name in os.environ if name.startswith(("ZHUISU_", "DATABASE_URL"))]:
        monkeypatch.delenv(name)

    def run(*words: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["zhuisu", *map(str, words)])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code
        return Done(code or 0, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def settings(workspace: Path) -> Settings:
    return Settings(data=workspace / "cli", port=0)


@pytest.fixture(scope="module")
def base(settings: Settings) -> Iterator[str]:
    with server.listening(settings, "the command line's tests") as address:
        yield address


@pytest.fixture(scope="module")
def admin(settings: Settings, base: str) -> str:
    return (
        CliRunner(env={"DATABASE_URL": None}).invoke(cli.cli, ["keygen", "--data", str(settings.data)]).stdout.strip()
    )


class Trader(NamedTuple):
    key: str
    place: str


@pytest.fixture(scope="module")
def traders(base: str, admin: str) -> dict[str, Trader]:
    """A farm and a shop, each with a site and a key of its own."""
    made = {}
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {admin}"}) as http:
        for uscc, kind in ((FARM, "farm"), (SHOP, "shop")):
            party = {"uscc": uscc, "name": f"示范 {kind}", "kind": kind, "division": "370302", "phone": "0533-0000000"}
            assert http.post("/parties", json=party).status_code == 201
            site = http.post(f"/parties/{uscc}/sites", json={"name": ADDRESS}).json()
            key = http.post(f"/parties/{uscc}/keys", json={"label": "cli", "roles": ["issuer", "operator"]}).json()
            made[kind] = Trader(key["key"], site["uri"])
    return made


@pytest.fixture
def issue(zhuisu: Run, base: str, traders: dict[str, Trader], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """``issue(lot="E1")``: a certificate of the farm, as ``zhuisu issue --json`` prints it."""

    def issued(**more: Any) -> dict[str, Any]:
        order = tmp_path / "order.json"
        order.write_text(json.dumps(EGGS | more), "utf-8")
        done = zhuisu("issue", order, "--base", base, "--key", traders["farm"].key, "--json")
        assert done.code == 0, done.err
        told: dict[str, Any] = done.json
        return told

    return issued


class TestHelp:
    def test_it_lists_every_command(self, zhuisu: Run) -> None:
        promised = {"serve", "demo", "migrate", "keygen", "issue", "verify", "parse", "hash", "capture", "trace"}
        promised |= {"recall", "products", "db"}
        assert cli.cli.commands.keys() == promised
        done = zhuisu("--help")
        assert done.code == 0
        assert all(re.search(rf"(?m)^\W*{name}\s", done.out) for name in promised)

    def test_each_command_explains_itself(self, zhuisu: Run) -> None:
        assert {name: sorted(group.commands) for name, group in GROUPS.items()} == {
            "products": ["export", "import"],
            "db": ["backup", "status", "stop"],
        }
        inner = [[group, name] for group in GROUPS for name in GROUPS[group].commands]
        for words in [*([name] for name in cli.cli.commands), *inner]:
            done = zhuisu(*words, "--help")
            assert (done.code, "Usage:" in done.out) == (0, True), words

    def test_what_answers_says_so_in_json_too(self) -> None:
        silent = {"demo", *GROUPS}  # demo writes demo.json
        inner = {f"{group} {name}": one for group in GROUPS for name, one in GROUPS[group].commands.items()}
        for name, command in {**cli.cli.commands, **inner}.items():
            assert ("as_json" in {option.name for option in command.params}) is (name not in silent), name

    @pytest.mark.parametrize("words", [["nonsense"], ["parse"], ["parse", "x", "--nonsense"], ["capture"]])
    def test_wrong_words(self, zhuisu: Run, words: list[str]) -> None:
        done = zhuisu(*words)
        assert (done.code, "Usage:" in done.err) == (2, True)

    def test_what_is_not_there_yet(self, zhuisu: Run) -> None:
        done = zhuisu("recall", LOT)
        assert done.code == 2
        assert "not there yet" in done.err
        assert "NOT THERE YET" in zhuisu("recall", "--help").out


class TestParse:
    CODE = "(01)06901234567892(17)270131(21)7"
    WRONG = "(01)06901234567890(21)7"

    def test_a_code_as_json(self, zhuisu: Run) -> None:
        [told] = zhuisu("parse", "--json", self.CODE).json["readings"]
        assert told["code"]["canonical"] == "https://id.gs1.org/01/06901234567892/21/7"
        assert (told["code"]["family"], told["code"]["level"], told["line"]) == ("sgtin", "instance", 1)
        assert [part["text"] for part in told["parts"]] == ["(01)06901234567892", "(17)270131", "(21)7"]

    def test_a_code_for_people_in_their_language(self, zhuisu: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        english = zhuisu("parse", self.CODE).out
        assert english.splitlines()[0] == self.CODE
        assert all(words in english for words in ("Expiration date", "31 January 2027", "check digit", "canonical"))
        chinese = zhuisu("parse", self.CODE, "--lang", "zh").out
        assert all(words in chinese for words in ("有效期", "2027年1月31日", "校验码", "规范形式"))
        monkeypatch.setenv("LANG", "zh_CN.UTF-8")
        assert zhuisu("parse", self.CODE).out == chinese

    def test_what_was_mended_and_what_else_it_may_be(self, zhuisu: Run) -> None:
        done = zhuisu("parse", " 86904879000126", "--lang", "en")
        assert re.search(r"(?m)^mended +\S", done.out)
        assert re.search(r"(?m)^or else +https://id.gs1.org/01/86904879000126$", done.out)

    def test_several_codes(self, zhuisu: Run) -> None:
        done = zhuisu("parse", "6901234567892", self.WRONG, "06901234567892", "--lang", "en")
        assert (done.code, done.out.count("canonical "), done.err.count("→")) == (1, 2, 1)
        assert "the same as number 1" in done.out
        assert done.err.startswith(f"2: {self.WRONG}\n")
        told = zhuisu("parse", "6901234567892", self.WRONG, "--json")
        good, bad = told.json["readings"]
        assert (told.code, "problem" in good, bad["problem"]["type"]) == (1, False, "/problems/codes/bad-check-digit")

    def test_codes_come_by_a_pipe(self) -> None:
        command = [sys.executable, "-m", "zhuisu", "parse", "-", "--json"]
        lines = b"6901234567892\r\n\n80217619000000001003\n" + b"\xff\n"
        done = subprocess.run(command, input=lines, capture_output=True, check=True)
        families = [one["code"]["family"] for one in json.loads(done.stdout)["readings"]]
        assert families == ["gtin", "drug", "opaque"]

    def test_a_refusal_says_what_and_how_to_mend(self, zhuisu: Run) -> None:
        done = zhuisu("parse", "(01)06901234567890[/](21)7", "--lang", "en")
        assert (done.code, done.out) == (1, "")
        assert re.fullmatch(r"\w[\w ]+: .*\[/\].*\n", done.err)
        done = zhuisu("parse", self.WRONG, "--lang", "en")
        assert (done.code, done.err.splitlines()[1].startswith("  → ")) == (1, True)
        assert zhuisu("parse", self.WRONG, "--lang", "zh").err.startswith("校验码错误: ")

    def test_no_text_moves_the_cursor(self, zhuisu: Run) -> None:
        assert "\x1d" not in zhuisu("parse", "\x1d0106901234567892").out


class TestHash:
    def test_the_published_hashes(self, zhuisu: Run, conformance: Path) -> None:
        folder = conformance / "event-hash" / "examples"
        files = sorted(file for file in folder.glob("*.[jx]*") if file.with_suffix(".hashes").exists())
        assert {file.suffix for file in files} == {".jsonld", ".xml"}
        assert len(files) >= 20
        done = zhuisu("hash", *files)
        assert done.code == 0, done.err
        hashes = [line for file in files for line in file.with_suffix(".hashes").read_text().split()]
        assert done.out.split() == hashes
        assert zhuisu("hash", "--json", *files).json == hashes

    def test_fields_a_sender_wants_ignored_do_not_count(self, zhuisu: Run, tmp_path: Path) -> None:
        """Told in JSON and in XML, at the document and at its query results."""
        event = {"type": "ObjectEvent", "eventTime": "2026-05-01T08:30:00Z", "eventTimeZoneOffset": "+08:00"}
        event |= {"epcList": ["urn:x:1"], "action": "OBSERVE"}
        scope = ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld", {"r": "urn:r:", "x": "urn:x:"}]
        head = {"@context": scope, "schemaVersion": "2.0", "creationDate": "2026-05-01T08:30:00Z"}
        events, ignored = {"eventList": [event | {"x:a": 1}]}, {"r:ignoreFields": ["x:a"]}
        results = {"queryName": "SimpleEventQuery", "resultsBody": events}
        documents = {
            "plain.json": head | {"type": "EPCISDocument", "epcisBody": {"eventList": [event]}},
            "document.json": head | {"type": "EPCISDocument", "epcisBody": events} | ignored,
            "results.json": head | {"type": "EPCISQueryDocument", "epcisBody": {"queryResults": results | ignored}},
        }
        for name, tree in documents.items():
            (tmp_path / name).write_text(json.dumps(tree), "utf-8")
        (tmp_path / "document.xml").write_text(
            '<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" xmlns:r="urn:r:" xmlns:x="urn:x:" schemaVersion="2.0"'
            ' creationDate="2026-05-01T08:30:00Z"><r:ignoreFields><x:a/></r:ignoreFields><EPCISBody><EventList>'
            "<ObjectEvent><eventTime>2026-05-01T08:30:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
            "<epcList><epc>urn:x:1</epc></epcList><action>OBSERVE</action><x:a>1</x:a></ObjectEvent>"
            "</EventList></EPCISBody></e:EPCISDocument>",
            "utf-8",
        )
        done = zhuisu("hash", *sorted(tmp_path.glob("*.[jx]*")))
        assert done.code == 0, done.err
        assert len(done.out.split()) == 4
        assert len(set(done.out.split())) == 1
        (tmp_path / "document.json").write_text(
            json.dumps(documents["document.json"] | {"r:ignoreFields": []}), "utf-8"
        )
        assert zhuisu("hash", tmp_path / "document.json").out.strip() not in done.out

    def test_a_file_that_is_none(self, zhuisu: Run, tmp_path: Path) -> None:
        bad = tmp_path / "bad.json"
        bad.write_bytes(b'{"type": "ObjectEvent"\xff')
        assert zhuisu("hash", bad).code == 1
        assert zhuisu("hash", tmp_path / "none.json").code == 2
        assert zhuisu("hash", tmp_path).code == 1


class TestKeygen:
    def test_the_administrators_key_opens_the_service(self, base: str, admin: str) -> None:
        who = {"Authorization": f"Bearer {admin}"}
        assert httpx.get(f"{base}/parties", headers=who).status_code == 200
        assert httpx.get(f"{base}/parties").status_code == 401

    def test_a_signing_key_is_its_owners_and_is_not_overwritten(self, zhuisu: Run, tmp_path: Path) -> None:
        file = tmp_path / "key.pem"
        made = zhuisu("keygen", "--signing", file, "--json").json
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        pem = file.read_bytes()
        assert PrivateKey.from_pem(pem, "").public.cose.hex() == made["cose_key"]
        again = zhuisu("keygen", "--signing", file)
        assert (again.code, again.err) == (1, f"File exists: {file}\n")
        assert file.read_bytes() == pem


class TestIssue:
    def test_it_prints_the_address_and_draws_the_symbol(
        self, zhuisu: Run, base: str, traders: dict[str, Trader], tmp_path: Path
    ) -> None:
        order, symbol = tmp_path / "order.json", tmp_path / "label.svg"
        order.write_text(json.dumps(EGGS), "utf-8")
        done = zhuisu("issue", order, "--svg", symbol, "--base", base, "--key", traders["farm"].key)
        assert (done.code, re.fullmatch(r"\S+/c/\d+\n", done.out) is not None) == (0, True), done
        assert symbol.read_bytes().startswith((b"<svg", b"<?xml"))
        assert httpx.get(base + "/c/" + done.out.strip().rpartition("/")[2]).status_code == 200

    def test_the_order_may_come_by_a_pipe(self, base: str, traders: dict[str, Trader]) -> None:
        env = os.environ | {"ZHUISU_BASE": base, "ZHUISU_KEY": traders["farm"].key}
        command = [sys.executable, "-m", "zhuisu", "issue", "-", "--json"]
        done = subprocess.run(command, input=json.dumps(EGGS).encode(), env=env, capture_output=True, check=True)
        assert json.loads(done.stdout)["kind"] == "CCC/1"

    def test_a_refusal_names_the_field(
        self, zhuisu: Run, base: str, traders: dict[str, Trader], tmp_path: Path
    ) -> None:
        order = tmp_path / "order.json"
        order.write_text(json.dumps(EGGS | {"quantity": 0}), "utf-8")
        done = zhuisu("issue", order, "--base", base, "--key", traders["farm"].key)
        assert (done.code, "quantity" in done.err) == (1, True)
        assert zhuisu("issue", order, "--base", base).code == 1


class TestVerify:
    @pytest.fixture
    def lists(self, base: str, tmp_path: Path) -> Callable[[], list[object]]:
        """The options of an offline check, with the lists as they are at the call."""

        def saved() -> list[object]:
            words: list[object] = []
            for option in ("trust", "status"):
                file = tmp_path / option
                file.write_bytes(httpx.get(f"{base}/{option}-list").content)
                words += [f"--{option}", file]
            return words

        return saved

    def test_address_digits_and_photo_on_line_and_off(
        self, zhuisu: Run, base: str, issue: Any, lists: Any, tmp_path: Path
    ) -> None:
        issued, photo = issue(lot="V1"), tmp_path / "photo.png"
        photo.write_bytes(httpx.get(f"{base}/certs/{issued['id']}.png").content)
        for what in (issued["url"], issued["url"].rpartition("/")[2], photo):
            for how in (["--base", base], [*lists(), "--base", NOBODY]):
                done = zhuisu("verify", what, *how)
                assert done.code == EXIT[State.valid] == 0, done
                assert done.out.startswith("valid (good)\n")
                assert "鲜鸡蛋" in done.out
        told = zhuisu("verify", photo, *lists(), "--json").json
        assert (told["state"], told["id"]) == ("valid", issued["id"])

    def test_each_verdict_has_its_exit_code(
        self, zhuisu: Run, base: str, traders: dict[str, Trader], issue: Any, lists: Any, monkeypatch: Any
    ) -> None:
        later = cli.utc_now() + timedelta(hours=1)
        good, brief, void = issue(), issue(expires=(later - timedelta(minutes=30)).isoformat()), issue()
        who = {"Authorization": f"Bearer {traders['farm'].key}"}
        answer = httpx.post(f"{base}/certs/{void['id']}/revoke", json={"reason": "误开"}, headers=who)
        assert answer.status_code == 200
        monkeypatch.setattr(cli, "utc_now", lambda: later)
        forged = str(int(good["url"].rpartition("/")[2]) ^ 1)
        texts = {
            State.valid: good["url"],
            State.revoked: void["url"],
            State.expired: brief["url"],
            State.bad_signature: forged,
            State.not_ours: "https://other.example/q/1",
        }
        assert texts.keys() == EXIT.keys()
        files = lists()
        assert {state: zhuisu("verify", text, *files).code for state, text in texts.items()} == EXIT

    def test_no_list_no_verdict(self, zhuisu: Run, tmp_path: Path) -> None:
        broken = tmp_path / "broken"
        broken.write_bytes(b"eggs")
        done = zhuisu("verify", "7" * 60, "--trust", broken)
        assert (done.code, done.out, bool(done.err)) == (1, "", True)
        assert zhuisu("verify", "7" * 60, "--trust", tmp_path / "none").code == 2


@pytest.fixture(scope="module")
def moved(traders: dict[str, Trader], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two days ago a lot went from the farm to the shop: a file of each."""
    left = cli.utc_now() - timedelta(days=2)
    farm, shop = traders["farm"].place, traders["shop"].place
    events = {
        "farm": ships(left, farm, amounts=[(LOT, 360)], to=shop),
        "shop": receives(left + timedelta(hours=5), shop, amounts=[(LOT, 360)], source=farm),
    }
    files = {who: tmp_path_factory.mktemp(who) / "moved.json" for who in events}
    for who, event in events.items():
        files[who].write_text(json.dumps(document([event], left)), "utf-8")
    return files


class TestCapture:
    def test_files_go_in_whole_or_are_named_with_the_reason(
        self, zhuisu: Run, base: str, traders: dict[str, Trader], moved: dict[str, Path], tmp_path: Path
    ) -> None:
        good, wrong, broken = moved["farm"], tmp_path / "[b]wrong.json", tmp_path / "broken.json"
        tree = json.loads(good.read_text("utf-8"))
        del tree["epcisBody"]["eventList"][0]["eventTime"]
        wrong.write_text(json.dumps(tree), "utf-8")
        broken.write_text("{")
        how = ["--base", base, "--key", traders["farm"].key]
        done = zhuisu("capture", wrong, good, broken, *how)
        assert (done.code, done.out) == (1, "1 captured, 2 refused\n")
        said = [line for line in done.err.splitlines() if ".json: " in line]
        assert [line.partition(": ")[0] for line in said] == [str(wrong), str(broken)]
        assert "eventTime" in said[0]
        told = zhuisu("capture", wrong, good, *how, "--json")
        refused, taken = told.json
        assert (told.code, refused["file"], refused["problem"]["status"]) == (1, str(wrong), 400)
        assert httpx.get(base + taken["job"], headers={"Authorization": f"Bearer {traders['farm'].key}"}).is_success
        assert zhuisu("capture", good, *how).code == 0

    def test_real_documents_come_out_again(self, zhuisu: Run, base: str, admin: str, conformance: Path) -> None:
        folder = conformance / "openepcis-test-resources" / "2.0" / "EPCIS" / "JSON" / "Capture"
        files = [folder / "Events" / f"{name}Event.json" for name in ("Object", "Aggregation", "Transformation")]
        files += [folder / "Documents" / f"{name}Event.json" for name in ("Transaction", "Association")]
        done = zhuisu("capture", *files, "--base", base, "--key", admin)
        assert done.code == 0, done.err
        seen = httpx.get(f"{base}/epcis/events?perPage=1000", headers={"Authorization": f"Bearer {admin}"}).json()
        kinds = {event["type"] for event in seen["epcisBody"]["queryResults"]["resultsBody"]["eventList"]}
        assert len(kinds) == 5


class TestTrace:
    @pytest.fixture(autouse=True)
    def captured(self, zhuisu: Run, base: str, traders: dict[str, Trader], moved: dict[str, Path]) -> None:
        for who, file in moved.items():
            assert zhuisu("capture", file, "--base", base, "--key", traders[who].key).code == 0

    @pytest.fixture
    def trace(self, zhuisu: Run, base: str, admin: str) -> Run:
        return lambda *words: zhuisu("trace", LOT, "--base", base, "--key", admin, *words)

    def test_the_way_as_a_table(self, trace: Run) -> None:
        done = trace()
        assert done.code == 0, done.err
        code, *rows = done.out.splitlines()
        assert code == LOT
        steps = [row.split()[2] for row in rows if re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d", row)]
        assert steps[-2:] == ["shipping", "receiving"]
        assert ADDRESS in done.out

    def test_the_way_as_json(self, trace: Run) -> None:
        told = trace("--json").json
        assert told["code"]["canonical"] == LOT
        assert [hop["step"] for hop in told["hops"]][-2:] == ["shipping", "receiving"]

    def test_who_holds_it(self, trace: Run) -> None:
        assert re.search(rf"(?m)^held: .*360.* · {re.escape(ADDRESS)}$", trace("--forward").out)
        assert trace("--forward", "--json").json["direction"] == "forward"

    def test_as_of_a_time(self, trace: Run) -> None:
        hops = trace("--json").json["hops"]
        between = datetime.fromisoformat(hops[-2]["time"]) + timedelta(hours=1)
        then = trace("--json", "--at", between.isoformat()).json["hops"]
        assert then[-1]["step"] == "shipping"
        assert trace("--at", "yesterday").code == 1

    def test_a_code_nobody_saw(self, zhuisu: Run, base: str) -> None:
        done = zhuisu("trace", "(01)06901234567892(21)never", "--base", base)
        assert (done.code, done.out) == (1, "")
        assert "06901234567892" in done.err


class TestMigrate:
    def test_a_new_database_and_then_nothing(self, zhuisu: Run, workspace: Path) -> None:
        data = workspace / "migrated"
        done = zhuisu("migrate", "--data", data)
        assert (done.code, done.out.splitlines()[0]) == (0, "0001 parties")
        assert zhuisu("migrate", "--data", data, "--json").json == []

    @pytest.mark.usefixtures("base")
    def test_beside_a_running_service(self, zhuisu: Run, settings: Settings) -> None:
        assert zhuisu("migrate", "--data", settings.data).out == "nothing to do\n"


class TestNoService:
    @pytest.mark.parametrize("words", [["trace", LOT], ["capture", __file__], ["issue", __file__]])
    @pytest.mark.parametrize("base", [NOBODY, "nonsense", "http://[::"])
    def test_it_says_how_to_start_one(self, zhuisu: Run, words: list[str], base: str) -> None:
        done = zhuisu(*words, "--base", base)
        assert done.code == 1
        assert "zhuisu serve" in done.err

    def test_verify_says_what_else_would_do(self, zhuisu: Run) -> None:
        done = zhuisu("verify", "7" * 60, "--base", NOBODY)
        assert (done.code, "--trust" in done.err) == (1, True)

    def test_an_answer_of_somebody_else(self, zhuisu: Run) -> None:
        class Gateway(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(502)
                self.end_headers()
                self.wfile.write(b"<h1>Bad gateway</h1>")

            def log_message(self, *_: object) -> None: ...

        with HTTPServer(("127.0.0.1", 0), Gateway) as gateway:
            thread = threading.Thread(target=gateway.handle_request)
            thread.start()
            done = zhuisu("trace", LOT, "--base", f"http://127.0.0.1:{gateway.server_port}")
            thread.join()
        assert (done.code, "502 Bad Gateway" in done.err) == (1, True)
