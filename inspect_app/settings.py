"""Settings from the environment, typed and checked at start. Half a configuration is refused, in one clear line."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from inspect_app.kernel.files import write_whole


class SettingsError(Exception):
    """One line that tells the operator what to change."""


@dataclass(frozen=True)
class Settings:
    """What the environment says, typed and checked before anything starts."""

    data_dir: Path
    database_url: str
    read_only: bool  # a copy that is only looked at: nothing is written in data_dir, no database changed
    production: bool
    port: int
    https: bool
    demo_on_network: bool
    demo: str  # which demo fills an empty database: the whole district, or one street
    public_address: str
    secret_key: str
    password_salt: str
    second_factor: bool
    font_dir: Path | None
    proxies: int
    urge_every: timedelta
    photo_far_m: int  # farther from the place than this, errors taken off, a photo is asked about
    full_walk_months: int  # a place is due for 全查 after so many months
    full_walk_stale: float  # or when more than this share of its items was not really checked for as long
    backup_dir: Path | None  # where a backup goes each night; none without it
    backup_keep: int  # how many of them stay
    worker_silent: timedelta  # after so long without a heartbeat the worker is replaced
    local_rules: str  # the district whose rules are on (checklists/library/local), or none

    @property
    def host(self) -> str:
        """The address to listen on: every network only with HTTPS, or where demo accounts are meant to be seen."""
        return "0.0.0.0" if self.https or self.demo_on_network else "127.0.0.1"

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "Settings":
        """Read and check everything; raises SettingsError with one line."""
        kind = env.get("APP_ENV", "development")
        if kind not in ("development", "production"):
            raise SettingsError(f"APP_ENV must be development or production, not {kind!r}")
        production = kind == "production"
        data_dir = Path(env.get("DATA_DIR", ".data")).absolute()
        read_only = env.get("READ_ONLY") == "1"
        _check_folder(data_dir, read_only)
        port = _port(env.get("PORT", "8000"))
        https = env.get("HTTPS") == "1"
        scheme = "https" if https else "http"
        address = env.get("PUBLIC_ADDRESS", "" if production else f"{scheme}://127.0.0.1:{port}")
        if production and not address.startswith("https://"):
            raise SettingsError("PUBLIC_ADDRESS must be the https address printed on papers")
        return cls(
            data_dir=data_dir,
            database_url=env.get("DATABASE_URL", f"sqlite:///{data_dir / 'inspect.db'}"),
            read_only=read_only,
            production=production,
            port=port,
            https=https,
            demo_on_network=env.get("DEMO_ON_NETWORK") == "1",
            demo=_demo(env.get("DEMO", "district")),
            public_address=address,
            secret_key=_secret("SECRET_KEY", env, data_dir, production, read_only),
            password_salt=_secret("PASSWORD_SALT", env, data_dir, production, read_only),
            second_factor=env.get("SECOND_FACTOR", "1" if production else "0") == "1",
            font_dir=Path(env["FONT_DIR"]) if env.get("FONT_DIR") else None,
            proxies=_proxies(env, production, https),
            urge_every=timedelta(minutes=_minutes("URGE_MINUTES", env.get("URGE_MINUTES", "3"))),
            photo_far_m=_metres("PHOTO_FAR_METRES", env.get("PHOTO_FAR_METRES", "300")),
            full_walk_months=_months("FULL_WALK_MONTHS", env.get("FULL_WALK_MONTHS", "12")),
            full_walk_stale=_share("FULL_WALK_STALE", env.get("FULL_WALK_STALE", "0.30")),
            backup_dir=_backup_dir(env.get("BACKUP_DIR", ""), data_dir),
            backup_keep=_kept("BACKUP_KEEP", env.get("BACKUP_KEEP", "14")),
            worker_silent=timedelta(seconds=_seconds("WORKER_SILENT_SECONDS", env.get("WORKER_SILENT_SECONDS", "60"))),
            local_rules=env.get("LOCAL_RULES", "none" if production else "nanjing"),
        )


def _check_folder(data_dir: Path, read_only: bool) -> None:
    """It can be written and has a place for keys, or is there where it is only read. Raises SettingsError."""
    if read_only:
        if not (data_dir / "keys").is_dir():
            raise SettingsError(f"DATA_DIR {data_dir} is no copy of one: there are no keys in it")
        return
    try:
        (data_dir / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(PermissionError):  # it may be somebody else's mount that we may only write in
            data_dir.chmod(0o700)
        probe = data_dir / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as fault:
        raise SettingsError(
            f"DATA_DIR {data_dir} cannot be written: {fault.strerror} (READ_ONLY=1 for commands that only look)"
        ) from None


def _demo(text: str) -> str:
    if text not in ("district", "street"):
        raise SettingsError(f"DEMO must be district or street, not {text!r}")
    return text


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise SettingsError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _minutes(name: str, text: str) -> int:
    """How often an unanswered urgent call is told again; the worker's clock beats each minute."""
    if not text.isdigit() or not 1 <= int(text) <= 60:
        raise SettingsError(f"{name} must be a number from 1 to 60, not {text!r}")
    return int(text)


def _seconds(name: str, text: str) -> int:
    """The heart beats every two seconds; a busy machine may swallow a few beats."""
    if not text.isascii() or not text.isdigit() or not 10 <= int(text) <= 3600:
        raise SettingsError(f"{name} must be a number from 10 to 3600, not {text!r}")
    return int(text)


def _metres(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 50 <= int(text) <= 100_000:
        raise SettingsError(f"{name} must be a number from 50 to 100000, not {text!r}")
    return int(text)


def _months(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 120:
        raise SettingsError(f"{name} must be a number of months from 1 to 120, not {text!r}")
    return int(text)


def _share(name: str, text: str) -> float:
    with suppress(ValueError):
        if 0 <= float(text) <= 1:
            return float(text)
    raise SettingsError(f"{name} must be a share from 0 to 1, not {text!r}")


def _kept(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise SettingsError(f"{name} must be a number from 1 to 1000, not {text!r}")
    return int(text)


def _backup_dir(text: str, data_dir: Path) -> Path | None:
    """A place of its own: inside DATA_DIR it would be lost with what it is to save."""
    if not text:
        return None
    place = Path(text).absolute()
    if place == data_dir or data_dir in place.parents:
        raise SettingsError(f"BACKUP_DIR {place} must not lie in DATA_DIR")
    return place


def _proxies(env: Mapping[str, str], production: bool, https: bool) -> int:
    """How many of our own stand in front. Production without a certificate of its own has at least one, and a start that
    does not say so is refused: all the world would have one address, and one guesser would close the door to everybody."""
    text = env.get("TRUSTED_PROXIES", "0")
    if not text.isascii() or not text.isdigit() or int(text) > 9:
        raise SettingsError(f"TRUSTED_PROXIES must be a small number, not {text!r}")
    if production and not https and int(text) == 0:
        raise SettingsError(
            "TRUSTED_PROXIES must say how many proxies stand in front (1 for one nginx), or HTTPS=1 none"
        )
    return int(text)


def _secret(name: str, env: Mapping[str, str], data_dir: Path, production: bool, read_only: bool) -> str:
    """From the environment in production; else made at first start in DATA_DIR/keys (0600). Who only reads needs none."""
    given = env.get(name, "")
    if read_only:
        return given or secrets.token_hex(32)
    if given:
        if len(given) < 32:
            raise SettingsError(f"{name} must have at least 32 characters")
        return given
    if production:
        raise SettingsError(f"{name} is not set: production takes its secrets from the environment")
    path = data_dir / "keys" / name.lower()
    if not path.exists():
        with suppress(FileExistsError):  # two at once: one of them wins
            write_whole(path, secrets.token_hex(32).encode(), replace=False)
    return path.read_text()
