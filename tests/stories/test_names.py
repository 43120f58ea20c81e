"""The maker names its vaccine once; the clinic's scan, the path and the paste all say it in words."""

from datetime import timedelta

from zhuisu.demo import numbers
from zhuisu.demo.journal import made, master

BOX = numbers.gtin(1101)
LOT, ITEM = numbers.lot(BOX, "202605A"), numbers.item(BOX, "A000001")
NAME = {"code": BOX, "name": "示范甲型肝炎灭活疫苗", "name_en": "Hepatitis A vaccine (demo)", "specification": "0.5 ml"}


async def test_people_read_names_and_not_digits(client, hire, clock):
    maker, clinic = await hire("maker", "manufacturer"), await hire("clinic", "clinic")
    saved = await maker.post("/products", NAME)
    assert saved.status_code == 200, saved.text
    at = clock(48)
    await maker.does(
        made(at, maker.place, epcs=[ITEM], ilmd=master("202605A")),
        made(at + timedelta(minutes=1), maker.place, amounts=[(LOT, 1)]),
    )

    lot, item, other = await clinic.scans(
        f"(01){BOX}(10)202605A", f"(01){BOX}(21)A000001", "(00)369012340000000017", at=clock(1)
    )
    assert lot["goods"] == "示范甲型肝炎灭活疫苗 0.5 ml，批号 202605A"
    assert item["goods"] == "示范甲型肝炎灭活疫苗 0.5 ml"
    assert "goods" not in other

    for path in (await maker.traces(LOT), (await client.get(f"/chain/{LOT}")).json()):
        node = path["codes"][LOT]
        assert (node["name"], node["specification"], node["lot"]) == (NAME["name"], "0.5 ml", "202605A")

    pasted = await client.post("/codes/parse", json={"text": f"(01){BOX}(21)A000001"})
    assert pasted.json()["readings"][0]["product"]["name_en"] == NAME["name_en"]
