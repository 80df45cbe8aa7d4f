"""Whose address counts, and what a start refuses."""

from pathlib import Path

import pytest
from flask import request

from inspect_app import create_app
from inspect_app.settings import Settings, SettingsError

CLIENT, FORGED = "203.0.113.9", "198.51.100.7"


def _settings(folder: Path, **env: str) -> Settings:
    return Settings.from_environment({"DATA_DIR": str(folder)} | env)


@pytest.mark.parametrize(("proxies", "counts"), [("0", "127.0.0.1"), ("1", CLIENT)])
def test_lock_outs_count_the_address_that_our_own_proxy_saw(tmp_path: Path, proxies: str, counts: str) -> None:
    app = create_app(_settings(tmp_path, TRUSTED_PROXIES=proxies), {"TESTING": True})
    with app.test_client() as client:
        client.get("/static/icons/icon.svg", headers={"X-Forwarded-For": f"{FORGED}, {CLIENT}"})
        assert request.remote_addr == counts


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"APP_ENV": "produktion"}, "APP_ENV"),
        ({"PORT": "0"}, "PORT"),
        ({"DEMO": "village"}, "DEMO"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"FULL_WALK_MONTHS": "0"}, "FULL_WALK_MONTHS"),
        ({"FULL_WALK_STALE": "30"}, "FULL_WALK_STALE"),
        ({"FULL_WALK_STALE": "nan"}, "FULL_WALK_STALE"),
        ({"APP_ENV": "production"}, "PUBLIC_ADDRESS"),
        ({"APP_ENV": "production", "PUBLIC_ADDRESS": "http://example.invalid"}, "PUBLIC_ADDRESS"),
    ],
)
def test_half_a_configuration_is_refused_in_one_line(tmp_path: Path, env: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as refused:
        _settings(tmp_path, **env)
    assert "\n" not in str(refused.value)


def test_secrets_made_at_the_first_start_are_kept_and_closed_to_others(tmp_path: Path) -> None:
    first, second = _settings(tmp_path), _settings(tmp_path)
    assert first.secret_key == second.secret_key != first.password_salt
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_an_unknown_district_is_refused_by_name_and_production_chooses_its_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="LOCAL_RULES must be one of none, nanjing, shandong, not 'atlantis'"):
        create_app(_settings(tmp_path, LOCAL_RULES="atlantis"), {"TESTING": True})
    keys = {
        "SECRET_KEY": "s" * 40,
        "PASSWORD_SALT": "p" * 40,
        "PUBLIC_ADDRESS": "https://example.invalid",
        "TRUSTED_PROXIES": "1",
    }
    assert _settings(tmp_path).local_rules == "nanjing"
    assert _settings(tmp_path, APP_ENV="production", **keys).local_rules == "none"
