"""A local certificate authority, so that phones in the same network get HTTPS: camera position, hashing and offline
work need it."""

import ipaddress
import os
import socket
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inspect_app.kernel import clock, stamps

AUTHORITY_PATH = "/authority.crt"
LASTS = 390  # days; phones refuse more than 825
RENEWED_BEFORE = timedelta(days=60)
_ELSEWHERE = "192.0.2.1"  # an address kept for documentation (RFC 5737)


def ensure(folder: Path) -> tuple[Path, Path, Path]:
    """(certificate, key, authority) in the folder, made where missing.

    The certificate is signed anew, with the same key, by the same authority, before it ends and when an address has come:
    phones that trust the authority notice nothing. It appears whole or not at all, under the same name.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, authority_key = folder / "authority.crt", folder / "authority.key"
    if not authority.exists():
        _make_authority(authority, authority_key)
    certificate, key = folder / "server.crt", folder / "server.key"
    addresses = lan_addresses()
    if not key.exists():
        certificate.unlink(missing_ok=True)  # it belonged to another key
        _write_key(key, ec.generate_private_key(ec.SECP256R1()))
    if not certificate.exists() or _is_outdated(certificate, authority, addresses):
        _make_certificate(certificate, key, authority, authority_key, addresses)
    return certificate, key, authority


def days_left(folder: Path) -> int | None:
    """Whole days for which phones still trust this machine, by its certificate and by the authority: 0 where one of them,
    made by a clock that ran ahead, is not good yet; None without one."""
    try:
        found = [_read(folder / name) for name in ("server.crt", "authority.crt")]
    except (OSError, ValueError):
        return None
    now = clock.now()
    if any(stamps.ahead(one.not_valid_before_utc, now) for one in found):
        return 0
    return (min(one.not_valid_after_utc for one in found) - now).days


def _is_outdated(certificate: Path, authority: Path, addresses: list[str]) -> bool:
    """Whether it ends soon, is not good yet, is not of this authority, or lacks an address. An authority itself is never replaced: every
    phone would have to be told."""
    try:
        now, issuer = _read(certificate), _read(authority)
        now.verify_directly_issued_by(issuer)
        named = now.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return True
    known = {str(address) for address in named.get_values_for_type(x509.IPAddress)}
    ends_soon = now.not_valid_after_utc - clock.now() < RENEWED_BEFORE
    lasts_longer = issuer.not_valid_after_utc > now.not_valid_after_utc + timedelta(days=1)
    not_yet = stamps.ahead(now.not_valid_before_utc, clock.now())
    return (ends_soon and lasts_longer) or not_yet or not known >= set(addresses)


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def lan_addresses() -> list[str]:
    """Addresses of this machine that a phone in the same network can reach.

    The machine's own name often leads only to itself, so the address of the way out is asked for too; connecting a
    datagram socket sends nothing.
    """
    found = set()
    with suppress(OSError):  # a name that leads nowhere is no fault
        found |= {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way_out:  # nor is no network at all
        way_out.connect((_ELSEWHERE, 9))
        found.add(str(way_out.getsockname()[0]))
    return sorted(address for address in found if not address.startswith("127."))


def advice(authority: Path, port: int) -> str:
    """What the operator does on the phone."""
    addresses = lan_addresses()
    if not addresses:
        return "没有找到局域网地址，请先连上网络再启动。"
    fingerprint = x509.load_pem_x509_certificate(authority.read_bytes()).fingerprint(hashes.SHA256()).hex(":")
    return "\n".join(
        [
            "手机连同一个网络后打开：",
            *[f"  https://{address}:{port}" for address in addresses],
            "第一次要在手机上信任本机的证书：",
            f"  1. 打开 https://{addresses[0]}:{port}{AUTHORITY_PATH} ，浏览器提醒不安全时选继续，下载证书。",
            "  2. 苹果：设置，已下载描述文件，安装；再到 通用，关于本机，证书信任设置，打开它。",
            "     安卓：设置，安全，更多安全设置，从存储设备安装，CA 证书，选刚下载的文件。",
            f"  3. 核对指纹：{fingerprint[:23]}…{fingerprint[-5:]}",
        ]
    )


def _make_authority(path: Path, key_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Inspection local authority")])
    certificate = (
        _builder(name, name, key.public_key(), days=3650)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_path, key)
    _write(path, certificate)


def _make_certificate(path: Path, key_path: Path, authority: Path, authority_key: Path, addresses: list[str]) -> None:
    issuer, issuer_key, key = _read(authority), _read_key(authority_key), _read_key(key_path)
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Inspection server")])
    certificate = (
        _builder(subject, issuer.subject, key.public_key(), days=LASTS, until=issuer.not_valid_after_utc)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    _write(path, certificate)


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, days: int, until: datetime | None = None
) -> x509.CertificateBuilder:
    start = clock.now() - timedelta(hours=1)
    end = start + timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(min(end, until) if until else end)
    )


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    raw = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
    os.replace(part, path)


def _write(path: Path, certificate: x509.Certificate) -> None:
    part = path.with_suffix(".new")
    part.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    os.replace(part, path)
