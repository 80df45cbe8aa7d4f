"""The gallery of components is for those who develop: in production its address is not there."""

from pathlib import Path

from inspect_app import create_app
from inspect_app.settings import Settings

SECRETS = {"SECRET_KEY": "s" * 40, "PASSWORD_SALT": "p" * 40}
PRODUCTION = {"APP_ENV": "production", "PUBLIC_ADDRESS": "https://example.org", "TRUSTED_PROXIES": "1"}


def _addresses(folder: Path, **more: str) -> set[str]:
    app = create_app(Settings.from_environment(SECRETS | {"DATA_DIR": str(folder)} | more), {"TESTING": True})
    return {rule.rule for rule in app.url_map.iter_rules()}


def test_the_gallery_is_not_there_in_production(tmp_path: Path) -> None:
    assert "/patterns" in _addresses(tmp_path)
    assert "/patterns" not in _addresses(tmp_path, **PRODUCTION)
