from datetime import timedelta

import msgspec
import pytest

from zhuisu.certs.errors import BadList, NoLists, UnreadablePicture
from zhuisu.certs.keys import PrivateKey
from zhuisu.certs.offline import EXIT, examine, keygen, verify_offline
from zhuisu.certs.qr import png, symbol
from zhuisu.certs.seal import address, digits, seal
from zhuisu.certs.show import in_words
from zhuisu.certs.status import StatusList, pack
from zhuisu.certs.verify import Rule, State

from .samples import BASE, EGGS, KEY, NOW, ROOT, TRUST
from .test_reader import photo

TOKEN = seal(EGGS, KEY)
LIST = TRUST.seal(ROOT)
THUMBPRINT = ROOT.public.thumbprint.hex()


def statuses(standing: int) -> bytes:
    packed = pack(60_000, {EGGS.status: standing})
    return StatusList(TRUST.status_uri, NOW, NOW + timedelta(days=1), 300, packed).seal(ROOT)


@pytest.mark.parametrize("code", [address(BASE, TOKEN), digits(TOKEN), png(symbol(address(BASE, TOKEN)))])
def test_an_address_its_digits_and_its_picture_are_verified(code):
    assert examine(code, trust=LIST, root=THUMBPRINT, now=NOW).state is State.valid


def test_a_status_list_is_honoured():
    assert examine(digits(TOKEN), trust=LIST, now=NOW, status=statuses(0)).rule is Rule.good
    assert examine(digits(TOKEN), trust=LIST, now=NOW, status=statuses(1)).state is State.revoked


def test_of_several_codes_ours_counts():
    assert examine(photo("6901234567892", address(BASE, TOKEN)), trust=LIST, now=NOW).state is State.valid
    assert examine(photo("https://other.example/1x"), trust=LIST, now=NOW).state is State.not_ours


def test_a_bad_list_or_picture_is_an_error_not_a_verdict():
    with pytest.raises(BadList):
        examine(digits(TOKEN), trust=b"eggs", now=NOW)
    with pytest.raises(BadList):
        examine(digits(TOKEN), trust=LIST, now=NOW, status=LIST)
    with pytest.raises(UnreadablePicture):
        examine(b"eggs", trust=LIST, now=NOW)


def test_every_state_has_an_exit_code_of_its_own():
    assert set(EXIT) == set(State)
    assert len(set(EXIT.values())) == len(State)
    assert EXIT[State.valid] == 0
    assert not {1, 2} & set(EXIT.values())


@pytest.mark.parametrize("password", ["", "secret"])
def test_a_made_key_can_be_read_back(password):
    pem, key = keygen(password=password)
    assert PrivateKey.from_pem(pem, password).public == key.public


def test_the_terminal_takes_files(tmp_path):
    trust, status, picture = tmp_path / "trust.cwt", tmp_path / "status.cwt", tmp_path / "label.png"
    trust.write_bytes(LIST)
    status.write_bytes(statuses(1))
    picture.write_bytes(png(symbol(address(BASE, TOKEN))))
    for what in (address(BASE, TOKEN), digits(TOKEN), str(picture)):
        assert verify_offline(what, trust, None, base="", now=NOW).state is State.valid
        assert verify_offline(what, trust, status, base="", now=NOW).state is State.revoked


@pytest.mark.parametrize("name", ["nofile.png", "no/such/LABEL.JPG", "a\0b.jpeg", "x" * 300 + ".png"])
def test_a_picture_that_is_not_there_is_refused_not_judged(tmp_path, name):
    trust = tmp_path / "trust.cwt"
    trust.write_bytes(LIST)
    with pytest.raises(UnreadablePicture) as refused:
        verify_offline(name, trust, None, base="", now=NOW)
    assert name in refused.value.detail
    address_of_one = verify_offline("https://other.example/label.png", trust, None, base="", now=NOW)
    assert address_of_one.state is State.not_ours


def test_the_terminal_is_told_the_names_behind_the_numbers(tmp_path):
    trust = tmp_path / "trust.cwt"
    trust.write_bytes(LIST)
    said = msgspec.to_builtins(verify_offline(digits(TOKEN), trust, None, base="", now=NOW))
    assert said["state"] == "valid"
    assert (said["certificate"]["product"], said["names"]["product"]) == (1, "鲜鸡蛋")
    assert said["names"]["unit"] == {"zh": "枚", "en": "eggs"}
    assert said["names"]["form"] == "CCC/1@2026"
    assert "淄川区" in said["names"]["origin"]
    assert "names" not in msgspec.to_builtins(verify_offline("eggs", trust, None, base="", now=NOW))


def test_without_a_list_the_service_is_asked():
    with pytest.raises(NoLists):
        verify_offline(digits(TOKEN), None, None, base="http://127.0.0.1:1", now=NOW)


def test_a_verdict_in_words_names_goods_and_issuer():
    said = in_words(examine(digits(TOKEN), trust=LIST, now=NOW))
    for word in ("valid", "承诺达标合格证", "鲜鸡蛋", "360 枚", "淄川区", "淄川示范蛋鸡养殖场", EGGS.issuer):
        assert word in said
    assert in_words(examine("eggs", trust=LIST, now=NOW)).startswith("not-ours")
