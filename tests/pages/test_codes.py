from html import unescape
from urllib.parse import quote

import httpx
import pytest

from .test_public import HTML, text_of

GOOD = "(01)06901234567892(17)270131(10)202605A(21)00042"
BAD = "(01)06901234567892(17)991332"
PERSON = "11010519491231002X"


async def explained(client: httpx.AsyncClient, text: str, lang: str = "zh") -> httpx.Response:
    return await client.get("/code", params={"text": text, "lang": lang}, headers=HTML)


@pytest.mark.parametrize(("lang", "said"), [("zh", "这是什么码？"), ("en", "What is this code?")])
async def test_the_empty_page_asks_for_a_code(client: httpx.AsyncClient, lang: str, said: str) -> None:
    page = await explained(client, "", lang)
    assert page.status_code == 200
    assert f"<h1>{said}</h1>" in page.text
    assert '<form class="card stack" method="post" action="/code">' in page.text
    assert 'href="/code"' in (await client.get("/")).text


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "zh",
            (
                "批号 202605A",
                "序列号 00042",
                "有效期至 2027年1月31日",
                "一物一码",
                "校验码",
                "年：2027年",
                "月：1月",
                "日：31日",
            ),
        ),
        ("en", ("lot 202605A", "serial 00042", "use by 31 January 2027", "check digit")),
    ],
)
async def test_one_code_is_drawn_and_told(client: httpx.AsyncClient, lang: str, said: tuple[str, ...]) -> None:
    page = await explained(client, GOOD, lang)
    text = text_of(page)
    assert [words for words in said if words not in text] == []
    assert page.text.count('<li class="part">') >= 4
    assert "https://id.gs1.org/01/06901234567892/21/00042" in text
    assert f'href="/path/{quote("https://id.gs1.org/01/06901234567892/21/00042", safe="")}"' in page.text


async def test_the_legend_says_in_words_all_that_the_picture_shows(client: httpx.AsyncClient) -> None:
    page = (await explained(client, GOOD)).text
    drawn, _, legend = page.partition('<ol class="parts"')[2].partition("</ol>")
    assert drawn.startswith(' aria-hidden="true"')
    for value in ("(17)", "202605A", "00042"):
        assert value in drawn
        assert value in legend.partition("</figcaption>")[0]


async def test_di_and_pi_are_told_apart(client: httpx.AsyncClient) -> None:
    text = text_of(await explained(client, "MA.156.M0.100472.1110331.M220101.LA1.SB2.C"))
    assert "DI 产品标识" in text
    assert "PI 生产标识" in text
    perhaps = text_of(await explained(client, GOOD))
    assert "若为医疗器械，第 1 段是 DI（产品标识），第 2、3、4 段是 PI（生产标识）。" in perhaps
    assert "DI 产品标识" not in perhaps


@pytest.mark.parametrize(("lang", "said"), [("zh", "第 19 位"), ("en", "position 19")])
async def test_a_refused_code_is_told_where_and_why(client: httpx.AsyncClient, lang: str, said: str) -> None:
    page = await explained(client, BAD, lang)
    assert page.status_code == 400
    alert = page.text.partition('role="alert"')[2].partition("</div>")[0]
    assert said in unescape(alert)
    assert "(17)" in alert
    assert "<mark>(17)991332</mark>" in alert
    assert BAD in unescape(page.text.partition("<textarea")[2])


async def test_what_was_mended_is_told(client: httpx.AsyncClient) -> None:
    assert "全角字符已转为半角" in text_of(await explained(client, "６９０１２３４５６７８９２"))


async def test_another_reading_is_offered(client: httpx.AsyncClient) -> None:
    page = await explained(client, "86900001000019")
    assert "/code?text=https%3A%2F%2Fid.gs1.org%2F01%2F" in page.text


async def test_a_code_typed_into_the_form_gets_an_address(client: httpx.AsyncClient) -> None:
    answer = await client.post("/code", data={"text": f" {GOOD} "})
    assert answer.status_code == 303
    assert "批号 202605A" in text_of(await client.get(answer.headers["location"] + "&lang=zh"))


async def test_a_refused_one_is_answered_in_place(client: httpx.AsyncClient) -> None:
    answer = await client.post("/code?lang=zh", data={"text": BAD}, headers=HTML)
    assert answer.status_code == 400
    assert "<mark>" in answer.text


@pytest.mark.parametrize("text", [PERSON, f"{GOOD}\n{PERSON}"])
async def test_the_number_of_a_person_is_not_said_back(client: httpx.AsyncClient, text: str) -> None:
    answer = await client.post("/code?lang=zh", data={"text": text}, headers=HTML)
    assert "居民身份证" in answer.text
    assert PERSON not in answer.text
    looked = await client.get("/look", params={"code": PERSON}, headers=HTML)
    assert PERSON not in looked.text.partition("<main")[2]


async def test_many_lines_keep_their_order_name_duplicates_and_refuse_in_place(client: httpx.AsyncClient) -> None:
    lines = [GOOD, "80217619000000001003", BAD, "", GOOD, "6901234567892"]
    page = await client.post("/code?lang=zh", data={"text": "\r\n".join(lines)}, headers=HTML)
    assert page.status_code == 200
    rows = [text_of_row(row) for row in page.text.partition("<tbody>")[2].split("<tr")[1:]]
    assert [row.split()[0] for row in rows] == ["1", "2", "3", "5", "6"]
    assert "月" in rows[2]
    assert "与第 1 行相同" in rows[3]
    assert 'href="#r2"' in page.text


def text_of_row(row: str) -> str:
    return text_of(httpx.Response(200, text="<tr" + row))


async def test_the_page_takes_a_thousand_codes_and_says_so_of_more(client: httpx.AsyncClient) -> None:
    page = await client.post("/code?lang=zh", data={"text": "80217619000000001003\n" * 1001}, headers=HTML)
    assert page.status_code == 400
    assert "1000" in page.text.partition('role="alert"')[2].partition("</div>")[0]


async def test_a_control_character_is_given_back_as_a_sign(client: httpx.AsyncClient) -> None:
    page = await explained(client, "a\x00b")
    assert "\x00" not in page.text
    assert "a␀b" in page.text.partition("<textarea")[2]


async def test_what_was_typed_is_escaped(client: httpx.AsyncClient) -> None:
    assert "<script>alert" not in (await explained(client, "<script>alert(1)</script>")).text
    assert "<script>alert" not in (await explained(client, "<script>alert(1)</script>\n(01)<script>alert(1)")).text
