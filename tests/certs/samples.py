"""Certificates, keys and a trust list to test with. Fictitious."""

import string
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from msgspec.structs import replace

from zhuisu.certs.keys import PrivateKey
from zhuisu.certs.model import UNPRINTABLE, Assay, Basis, Certificate, Inspection, Mark
from zhuisu.certs.trust import Issuer, TrustedKey, TrustList

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
BASE = "https://zs01.zibo.gov.cn"  # with /c/ 27 characters
FARM = Issuer("91370302MA000A012K", "淄川示范蛋鸡养殖场", "farm", "0533-5180000")
PLANT = Issuer("91370302MA000A039B", "淄川示范生猪屠宰厂", "slaughterhouse", "0533-5180001")

KEY, PLANT_KEY, ROOT = PrivateKey.generate(), PrivateKey.generate(-8), PrivateKey.generate()

EGGS = Certificate(
    issuer=FARM.uscc,
    issued=NOW,
    nonce=b"8 random",
    form=1,
    product=1,
    quantity=Decimal(360),
    unit=1,
    origin=370302,
    basis=(Basis.control,),
    status=50_000,
)
EGGS_FULL = replace(
    EGGS, issuer_name="淄川区岭子示范蛋鸡养殖专业合作社", phone="13805330000", lot="E260601-1", basis=tuple(Basis)[:2]
)
MEAT_FULL = Certificate(
    issuer=PLANT.uscc,
    issued=NOW,
    nonce=b"8 random",
    form=8,
    product=9,
    quantity=Decimal("86.4"),
    unit=2,
    origin=370302,
    issuer_name=PLANT.name,
    phone=PLANT.phone,
    status=50_001,
    quarantine="3703020000123456",
    inspections=(Inspection(Assay.asf, "26060103"), Inspection(Assay.beta_agonist, "26060104")),
    slaughtered=date(2026, 6, 1),
    lot="260601-03",
)


def trust_list(*keys: TrustedKey) -> TrustList:
    return TrustList(
        iss=BASE,
        made=NOW,
        expires=NOW + timedelta(days=7),
        root=ROOT.public,
        status_uri=f"{BASE}/status-list",
        keys=keys or (TrustedKey(FARM, KEY.public, NOW - timedelta(days=1)), TrustedKey(PLANT, PLANT_KEY.public, NOW)),
    )


TRUST = trust_list()

texts = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=60).filter(
    lambda text: not UNPRINTABLE.search(text)
)
seconds = st.integers(1, 2**32 - 1).map(lambda value: datetime.fromtimestamp(value, UTC))
certificates = st.builds(
    Certificate,
    issuer=st.text(string.digits + "ABCDEFGHJKLMNPQRTUWXY", min_size=18, max_size=18),
    issued=seconds,
    nonce=st.binary(min_size=8, max_size=8),
    expires=st.none() | seconds,
    form=st.integers(0, 2**32 - 1),
    product=st.integers(1, 10**14 - 1) | texts,
    quantity=st.integers(1, 10**15 - 1).map(lambda value: Decimal(value).scaleb(-3)),
    unit=st.integers(1, 255) | texts,
    origin=st.integers(1, 999_999) | texts | st.just(""),
    basis=st.sets(st.sampled_from(Basis)).map(lambda found: tuple(member for member in Basis if member in found)),
    issuer_name=texts | st.just(""),
    phone=texts | st.just(""),
    status=st.integers(0, 2**32 - 1),
    quarantine=texts | st.just(""),
    inspections=st.lists(st.builds(Inspection, st.sampled_from(Assay), texts), max_size=3).map(tuple),
    slaughtered=st.none() | st.dates(date(1971, 1, 1), date(9000, 1, 1)),
    lot=texts | st.just(""),
    marks=st.sets(st.sampled_from(Mark)).map(lambda found: tuple(member for member in Mark if member in found)),
)
