"""An authority and a certificate for the hosts of the courtesy server, made anew for each process."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_NAMES: Final = ("safe.example", "other.example", "proxied.example")


@cache
def _pair() -> tuple[bytes, bytes]:
    """A certificate that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "courtesy server")])
    start = datetime.now(UTC) - timedelta(days=1)
    names: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    names += [x509.DNSName(text) for text in _NAMES]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made.public_bytes(serialization.Encoding.PEM), private


@cache
def server_context() -> ssl.SSLContext:
    """What a host shows itself with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate, private = _pair()
    with tempfile.TemporaryDirectory() as folder:  # the ssl module reads certificates from files only
        path = Path(folder) / "server.pem"
        path.touch(mode=0o600)
        path.write_bytes(certificate + private)
        context.load_cert_chain(path)
    return context


@cache
def client_context() -> ssl.SSLContext:
    """What a fetcher checks hosts with."""
    return ssl.create_default_context(cadata=_pair()[0].decode())
