"""Where deliveries may go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.epcis.destination import addresses, hosts, public, read
from zhuisu.epcis.errors import BadDestination

NONE: frozenset[str] = frozenset()
OWN = hosts(" 127.0.0.1, ERP.internal,localhost,,::1,10.0.0.9")


class TestRead:
    @pytest.mark.parametrize(
        ("url", "authority", "at"),
        [
            ("https://shop.example/epcis?x=1", "shop.example", "https://203.0.113.7:443/epcis?x=1"),
            ("https://shop.example:8443", "shop.example:8443", "https://203.0.113.7:8443/"),
            ("https://erp.internal/", "erp.internal", "https://203.0.113.7:443/"),
            ("http://127.0.0.1:9/x", "127.0.0.1:9", "http://203.0.113.7:9/x"),
            ("http://[::1]:9/x", "[::1]:9", "http://203.0.113.7:9/x"),
            ("http://localhost/x", "localhost", "http://203.0.113.7:80/x"),
        ],
    )
    def test_what_may_be_called(self, url: str, authority: str, at: str) -> None:
        dest = read(url, OWN)
        assert (dest.url, dest.authority, dest.at("203.0.113.7")) == (url, authority, at)
        assert read(url, OWN).at("2001:db8::1").startswith(f"{dest.scheme}://[2001:db8::1]:{dest.port}/")

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "shop.example",
            "ftp://shop.example/",
            "https://",
            "https:///x",
            "https://[::1",
            "https://shop.example:99999/",
            "https://user:pass@shop.example/",
            "https://@shop.example/",
            "https://shop.example/#x",
            "https://shop.example/a b",
            "https://shop.example/\r\nHost: x",
            "https://店.example/",
            "http://shop.example/",
            "http://erp.internal/",
            "http://10.0.0.9/",
            "http://127.0.0.2/",
            "https://10.0.0.1/",
            "https://127.0.0.2/",
            "https://169.254.169.254/latest",
            "https://[fe80::1%25eth0]/",
            "https://[::ffff:10.0.0.1]/",
        ],
    )
    def test_what_may_not(self, url: str) -> None:
        with pytest.raises(BadDestination) as refused:
            read(url, OWN)
        assert refused.value.where == "/dest"

    def test_this_machine_only_when_the_operator_says_so(self) -> None:
        for url in ("http://127.0.0.1:9/", "http://localhost:9/", "https://127.0.0.1/"):
            assert read(url, OWN)
            with pytest.raises(BadDestination):
                read(url, NONE)

    @given(st.text(max_size=60))
    def test_nothing_but_refusals(self, text: str) -> None:
        for url in (text, f"https://{text}", f"http://127.0.0.1{text}"):
            try:
                assert read(url, OWN).host
            except BadDestination:
                continue


class TestAddresses:
    async def test_a_name_of_this_machine(self) -> None:
        dest = read("https://localhost/", NONE)
        with pytest.raises(BadDestination, match="not in the public Internet"):
            await addresses(dest, NONE)
        assert set(await addresses(dest, OWN)) <= {"127.0.0.1", "::1"}

    @pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 64 + ".example", "2130706433", "0x7f.1", "127.1"])
    async def test_no_address_or_one_of_this_machine_in_another_spelling(self, host: str) -> None:
        with pytest.raises(BadDestination):
            await addresses(read(f"https://{host}/", NONE), NONE)

    @pytest.mark.parametrize(
        ("address", "answer"),
        [
            ("8.8.8.8", True),
            ("2606:4700::1111", True),
            ("10.1.2.3", False),
            ("100.64.0.1", False),
            ("169.254.169.254", False),
            ("0.0.0.0", False),
            ("224.0.0.1", False),
            ("255.255.255.255", False),
            ("::", False),
            ("fd00::1", False),
            ("fe80::1%eth0", False),
            ("ff0e::1", False),
            ("::ffff:127.0.0.1", False),
            ("::ffff:8.8.8.8", True),
            ("64:ff9b::7f00:1", False),
            ("64:ff9b::808:808", True),
            ("2002:7f00:1::", False),
        ],
    )
    def test_public(self, address: str, answer: bool) -> None:
        assert public(address) is answer
