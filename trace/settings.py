"""Everything the outside may set, read once at the door and passed down as one frozen value.

>>> from_env({"ZHUISU_BASE": "https://zs.example"}).base
'https://zs.example'
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
import platformdirs

from zhuisu.errors import Refusal


class BadSetting(Refusal):
    """A setting cannot be used.

    ``where`` names the environment variable or option. The settings table of the README says what each one takes.
    """

    zh = "设置无效"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What one process needs to know. Durations in seconds, sizes in bytes."""

    data: Path
    base: str = "http://localhost:8080"
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    database_url: str = ""
    master_key: bytes = b""
    pool_size: int = 8
    acquire_timeout: float = 2.0
    statement_timeout: float = 30.0
    max_body: int = 8 * 1024 * 1024
    callback_hosts: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

    def with_(self, **changes: Any) -> "Settings":
        """A copy with some fields replaced."""
        return msgspec.structs.replace(self, **changes)


def default_data() -> Path:
    """The user's data directory; root has none of its own, so ``/var/lib/zhuisu``."""
    return Path("/var/lib/zhuisu") if os.geteuid() == 0 else platformdirs.user_data_path("zhuisu", appauthor=False)


def from_env(env: Mapping[str, str], **options: Any) -> Settings:
    """Settings from ``ZHUISU_*`` variables; ``options`` that are not None win. Raises BadSetting."""
    values: dict[str, Any] = {"data": default_data()}
    for name in Settings.__struct_fields__:
        variable = "DATABASE_URL" if name == "database_url" else f"ZHUISU_{name.upper()}"
        if text := env.get(variable, "").strip():
            values[name] = _read(variable, name, text)
    values |= {name: value for name, value in options.items() if value is not None}
    values["base"] = _base(values.get("base") or f"http://localhost:{values.get('port', 8080)}")
    values["data"] = Path(values["data"]).expanduser().absolute()
    return Settings(**values)


def with_master_key(settings: Settings) -> Settings:
    """``settings`` with the key that wraps private keys: from the environment, else ``DIR/master.key``, made at need.

    Whoever holds this key and a copy of the database can sign as every issuer whose key the service keeps.
    """
    if settings.master_key:
        return settings
    path = settings.data / "master.key"
    if not path.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return settings.with_(master_key=_hex_key(str(path), path.read_text("ascii")))


def _read(variable: str, name: str, text: str) -> Any:
    if name == "master_key":
        return _hex_key(variable, text)
    try:
        return msgspec.convert(text, Settings.__annotations__[name], strict=False, dec_hook=lambda kind, v: kind(v))
    except (msgspec.ValidationError, ValueError) as error:
        raise BadSetting(f"{variable} is {text!r}: {error}", where=variable) from error


def _hex_key(where: str, text: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadSetting(f"{where} must be 64 hexadecimal digits (256 bits)", where=where)
    return key


def _base(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise BadSetting(
            f"the public address {text!r} is not an http(s) URL",
            where="ZHUISU_BASE",
            mend="give scheme and host, as https://zs.example",
        )
    return text.rstrip("/")
