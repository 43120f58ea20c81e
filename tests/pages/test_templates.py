import re
from pathlib import Path

import pytest
from jinja2 import Environment

from zhuisu.pages.language import SENTENCES
from zhuisu.pages.render import HERE, STATIC

TEMPLATES = sorted((HERE / "templates").glob("*.html"))
OWN = [file for file in STATIC.glob("*.*") if file.is_file()]


def sentences(template: Path) -> set[str]:
    found = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).extract_translations(
        template.read_text("utf-8")
    )
    return {message if isinstance(message, str) else message[0] for _, _, message in found}


def test_every_sentence_has_its_chinese_and_none_is_left_over() -> None:
    assert set().union(*map(sentences, TEMPLATES)) == set(SENTENCES)


def test_translations_keep_their_placeholders() -> None:
    def placeholders(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)s", text))

    assert [key for key, said in SENTENCES.items() if placeholders(key) != placeholders(said)] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_no_script_style_or_handler_is_inline(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text)


@pytest.mark.parametrize("file", [*TEMPLATES, *OWN], ids=lambda file: file.name)
def test_nothing_is_fetched_from_elsewhere(file: Path) -> None:
    text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//|url\(["']?https?:|@import""", text)


def test_the_style_sheet_stays_small() -> None:
    assert (STATIC / "zhuisu.css").stat().st_size <= 10_000


def test_every_static_file_named_is_there() -> None:
    named = {name for file in TEMPLATES for name in re.findall(r"static\('([^']+)'\)", file.read_text("utf-8"))}
    assert {name for name in named if not name.startswith("vendor/") and not (STATIC / name).is_file()} == set()


def test_every_icon_named_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text("utf-8")))
    calls = [call for file in TEMPLATES for call in re.findall(r"icon\((.*?)\)\s*}}", file.read_text("utf-8"))]
    literal = {name for call in calls for name in re.findall(r"^'(\w+)'$|: '(\w+)'|, '(\w+)'\)$", call)}
    assert {name for names in literal for name in names if name} <= drawn
