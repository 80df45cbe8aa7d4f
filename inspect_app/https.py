"""A local certificate authority, so that phones in the same network get HTTPS: camera position, hashing and offline
work need it."""

import ipaddress
import os
import socket
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inspect_app.kernel import clock

AUTHORITY_PATH = "/authority.crt"
_ELSEWHERE = "192.0.2.1"  # an address kept for documentation (RFC 5737)


def ensure(folder: Path) -> tuple[Path, Path, Path]:
    """(certificate, key, authority) in the folder, made where missing or when the addresses changed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, authority_key = folder / "authority.crt", folder / "authority.key"
    if not authority.exists():
        _make_authority(authority, authority_key)
    addresses = lan_addresses()
    name = "-".join(addresses).replace(":", "_") or "local"
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    if not certificate.exists():
        _make_certificate(certificate, key, authority, authority_key, addresses)
    return certificate, key, authority


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
    _write(path, certificate, key_path, key)


def _make_certificate(path: Path, key_path: Path, authority: Path, authority_key: Path, addresses: list[str]) -> None:
    issuer = x509.load_pem_x509_certificate(authority.read_bytes())
    issuer_key = serialization.load_pem_private_key(authority_key.read_bytes(), None)
    assert isinstance(issuer_key, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Inspection server")])
    certificate = (
        _builder(subject, issuer.subject, key.public_key(), days=390)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    _write(path, certificate, key_path, key)


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    start = clock.now() - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
    )


def _write(path: Path, certificate: x509.Certificate, key_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    raw = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    handle = os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
