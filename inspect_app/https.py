"""A local certificate authority, so that phones in the same network get HTTPS: camera position, hashing and offline
work need it."""

import ipaddress
import os
import socket
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inspect_app.kernel import clock


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
    """Addresses of this machine that a phone in the same network can reach."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    except OSError:
        found = set()
    return sorted(str(address) for address in found if not str(address).startswith("127."))


def advice(authority: Path, port: int) -> str:
    """What the operator does on the phone."""
    lines = [f"  https://{address}:{port}" for address in lan_addresses()] or ["  （没有找到局域网地址，请先连上网络）"]
    return "\n".join(
        ["手机连同一个网络后打开：", *lines, f"第一次请把 {authority} 传到手机，在系统设置里安装并信任这张证书。"]
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
