"""An authority, and a server certificate that it has signed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def authority(folder: Path, host: str, name: str = "test authority") -> None:
    """Write `ca.pem`, and `server.pem` and `server.key` of *host*."""
    ours, its = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _name(name)
    root = _builder(issuer, issuer, ours).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    server = _builder(_name(host), issuer, its).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False
    )
    _write(folder / "ca.pem", root.sign(ours, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    _write(folder / "server.pem", server.sign(ours, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    _write(
        folder / "server.key",
        its.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(tz=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
    )


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.chmod(0o600)
