"""``zhuisu products``: a sheet in and a sheet out, through a real service."""

import asyncio
import json
import sys
from datetime import UTC, datetime

import pytest

from tests.products.conftest import gtin
from zhuisu import cli, db, embedded, server
from zhuisu.parties import first_key
from zhuisu.settings import Settings

pytestmark = pytest.mark.xdist_group("products-cli")


@pytest.fixture(scope="module")
def service(workspace):
    settings = Settings(data=workspace / "products-cli", port=0)

    async def key():
        async with db.connect(embedded.owner(settings.data).url, size=1) as database:
            return (await first_key(database, datetime.now(UTC))).key

    with server.listening(settings, "the tests of zhuisu products") as address:
        yield ["--base", address, "--key", asyncio.run(key())]


def test_products_go_in_and_come_out(service, tmp_path, monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["zhuisu", "products", *map(str, words), *service])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code
        return code, *capsys.readouterr()

    sheet, bad, out = tmp_path / "产品.csv", tmp_path / "bad.csv", tmp_path / "out.json"
    sheet.write_text(f"商品编码,通用名,类别\n{gtin(1)},鲜鸡蛋,禽蛋\n", "utf-8")
    bad.write_text(f"商品编码,通用名,类别\n{gtin(2)},鲜鸡蛋,玩具\n", "utf-8")
    assert run("import", sheet, "--dry-run")[:2] == (0, "dry run: 1 new, 0 changed, 0 same, 0 refused\n")
    assert run("import", sheet)[:2] == (0, "stored: 1 new, 0 changed, 0 same, 0 refused\n")
    code, said, told = run("import", bad)
    assert (code, said) == (1, "nothing stored: 0 new, 0 changed, 0 same, 1 refused\n")
    assert "row 2, category" in told
    assert run("export", out)[0] == 0
    assert [product["name"] for product in json.loads(out.read_text("utf-8"))] == ["鲜鸡蛋"]
    code, _, told = run("import", sheet, "--as", "91370302MA000A0208")
    assert (code, "not registered" in told) == (1, True)
