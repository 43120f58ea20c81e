import json

import pytest

from zhuisu.events import UnknownWord, cbv

from .samples import CONFORMANCE

VOCABULARIES = {
    "BTT": cbv.TRANSACTION_TYPE,
    "BizStep": cbv.BIZ_STEP,
    "Disp": cbv.DISPOSITION,
    "ER": cbv.ERROR_REASON,
    "SDT": cbv.PARTY_TYPE,
    "Comp": cbv.COMPONENT,
}


def test_the_words_are_those_of_the_standard() -> None:
    source = CONFORMANCE / "cbv" / "cbv-vocab.json"
    if not source.exists():
        pytest.skip(f"{source} is not there")
    for name, terms in json.loads(source.read_bytes()).items():
        vocabulary = VOCABULARIES[name]
        assert set(vocabulary.spellings.values()) == {term["bare"] for term in terms}
        for term in terms:
            assert (
                vocabulary.bare(term["bare"])
                == vocabulary.bare(term["uri"])
                == vocabulary.bare(term["urn"])
                == term["bare"]
            )
            assert vocabulary.uri(term["bare"]) == term["uri"]


def test_the_measurements_are_those_of_the_schema() -> None:
    source = CONFORMANCE / "epcis-schema" / "epcis-json-schema.json"
    if not source.exists():
        pytest.skip(f"{source} is not there")
    schema = json.loads(source.read_bytes())["definitions"]
    drafts = {"EffectiveDose", "EffectiveDoseRate"}
    assert set(cbv.MEASUREMENT.spellings.values()) - drafts == set(schema["measurementType"]["anyOf"][1]["enum"])
    assert set(cbv.SENSOR_ALERT.spellings.values()) == set(schema["sensorAlertType"]["anyOf"][1]["enum"])


@pytest.mark.parametrize(
    "text",
    [
        "transforming",
        "Shipping",
        "",
        "urn:epcglobal:cbv:bizstep:nothing",
        "urn:epcglobal:cbv:disp:active",
        "http://ns.gs1.org/cbv/x",
    ],
)
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(UnknownWord):
        cbv.BIZ_STEP.bare(text)


def test_words_ahead_of_the_standard_are_told_by_their_uri() -> None:
    """GS1's guideline on Regulation (EU) 2023/1115, and its examples of sensor data."""
    for vocabulary, word, uri, urn in (
        (cbv.BIZ_STEP, "notifying", "https://ref.gs1.org/cbv/BizStep-notifying", "bizstep"),
        (cbv.DISPOSITION, "subject_to_regulation", "https://ref.gs1.org/cbv/Disp-subject_to_regulation", "disp"),
    ):
        for text in (word, uri, f"urn:epcglobal:cbv:{urn}:{word}"):
            assert vocabulary.bare(text) == uri
    assert cbv.MEASUREMENT.bare("Molar_concentration") == cbv.MEASUREMENT.bare("gs1:Molar_concentration")


@pytest.mark.parametrize(
    "text", ["https://steps.example/grading", "https://ref.gs1.org/cbv/BizStep-later", "cbv:my_step", "urn:x:y"]
)
def test_words_of_other_vocabularies_are_kept(text: str) -> None:
    assert cbv.BIZ_STEP.bare(text) == cbv.BIZ_STEP.uri(text) == text
