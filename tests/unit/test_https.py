"""The certificate of this machine is signed anew before it ends; the authority, which phones trust, stays what it is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography import x509

from inspect_app import https
from inspect_app.kernel import clock


@pytest.fixture(autouse=True)
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    here = ["192.168.1.7"]
    monkeypatch.setattr(https, "lan_addresses", lambda: here)
    return here


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_a_certificate_is_left_alone_while_it_lasts(tmp_path: Path) -> None:
    certificate, key, authority = https.ensure(tmp_path)
    before = [path.read_bytes() for path in (certificate, key, authority)]
    with time_machine.travel(clock.now() + timedelta(days=300)):
        assert https.ensure(tmp_path) == (certificate, key, authority)
    assert [path.read_bytes() for path in (certificate, key, authority)] == before
    assert https.days_left(tmp_path) == https.LASTS - 1


def test_it_is_renewed_before_it_ends_by_the_same_authority_and_with_the_same_key(tmp_path: Path) -> None:
    certificate, key, authority = https.ensure(tmp_path)
    old, kept = _read(certificate), (key.read_bytes(), authority.read_bytes())
    with time_machine.travel(clock.now() + timedelta(days=https.LASTS - 30)):
        https.ensure(tmp_path)
        new = _read(certificate)
        assert new.not_valid_after_utc > clock.now() + timedelta(days=300)
    assert new.serial_number != old.serial_number
    assert (key.read_bytes(), authority.read_bytes()) == kept
    new.verify_directly_issued_by(_read(authority))
    assert new.public_key() == _read(certificate).public_key() == old.public_key()


def test_one_that_ended_while_nothing_ran_is_renewed_at_the_start(tmp_path: Path) -> None:
    https.ensure(tmp_path)
    with time_machine.travel(clock.now() + timedelta(days=800)):
        https.ensure(tmp_path)
        assert (https.days_left(tmp_path) or 0) > 300


def test_a_new_address_is_taken_in_and_a_lost_one_changes_nothing(tmp_path: Path, addresses: list[str]) -> None:
    certificate, _, _ = https.ensure(tmp_path)
    addresses.append("10.0.0.9")
    https.ensure(tmp_path)
    second = certificate.read_bytes()
    names = _read(certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"192.168.1.7", "10.0.0.9"} <= {str(one) for one in names.get_values_for_type(x509.IPAddress)}
    addresses.clear()
    https.ensure(tmp_path)
    assert certificate.read_bytes() == second


def test_near_the_end_of_the_authority_nothing_is_signed_again_and_again(tmp_path: Path) -> None:
    """Phones must be told of a new authority by hand: the days that are left are counted and shown."""
    certificate, _, authority = https.ensure(tmp_path)
    with time_machine.travel(_read(authority).not_valid_after_utc - timedelta(days=40)):
        https.ensure(tmp_path)
        last = certificate.read_bytes()
        assert _read(certificate).not_valid_after_utc <= _read(authority).not_valid_after_utc
        https.ensure(tmp_path)
        assert certificate.read_bytes() == last
        assert https.days_left(tmp_path) in (39, 40)


def test_a_certificate_that_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    certificate, _, _ = https.ensure(tmp_path)
    certificate.write_bytes(b"half a")
    assert https.days_left(tmp_path) is None
    https.ensure(tmp_path)
    assert https.days_left(tmp_path) is not None


def test_keys_are_readable_to_nobody_else(tmp_path: Path) -> None:
    https.ensure(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*.key")} == {0o600}


def test_a_certificate_of_a_clock_that_ran_ahead_is_signed_anew(tmp_path: Path) -> None:
    """Before: phones refused it for as long as the clock had been ahead, and it counted as good for longer than any."""
    certificate, _, authority = https.ensure(tmp_path)
    certificate.unlink()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=200)):
        https.ensure(tmp_path)
    assert https.days_left(tmp_path) == 0
    https.ensure(tmp_path)
    assert (https.days_left(tmp_path) or 0) > 300
    made = certificate.read_bytes()
    https.ensure(tmp_path)
    assert certificate.read_bytes() == made
    authority.unlink()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=200)):
        https.ensure(tmp_path)
    https.ensure(tmp_path)
    assert https.days_left(tmp_path) == 0, "phones trust the authority: a person has to see to it"
