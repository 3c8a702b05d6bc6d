"""A real TURN server (coturn) on a free port of 127.0.0.1, with credentials that expire (the TURN REST scheme)."""

import base64
import hashlib
import hmac
import re
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from tests.support.components import absent, find_program, free_port
from tests.support.process import Process, temporary_folder

REALM = "plenary.test"


class TurnServer(Process):
    """Relays between addresses of this machine, which a TURN server for the public must never do; unless it is given the `shipped` settings, those of
    deploy/turnserver.conf, with the names in angle brackets still to be filled."""

    def __init__(self, program: Path, folder: Path, shipped: str = "") -> None:
        # It takes the ports after these, too, for the behaviour tests of RFC 5780, and waits forever if they are in use.
        self.port = free_port(and_next=True)
        self.tls_port = free_port(and_next=True)
        self.secret = secrets.token_hex(16)
        self.url = f"turn:127.0.0.1:{self.port}"
        self.tls_url = f"turns:127.0.0.1:{self.tls_port}?transport=tcp"
        self.certificate = make_certificate(folder)
        settings = folder / "turnserver.conf"
        place = (
            f"listening-ip=127.0.0.1\nlistening-ip=::1\nrelay-ip=127.0.0.1\nrelay-ip=::1\nlistening-port={self.port}\n"
            f"fingerprint\nlog-file=stdout\nsimple-log\n"
            f"userdb={folder / 'turndb'}\npidfile={folder / 'turnserver.pid'}\n"
        )
        tls = "".join(f"{name}={path}\n" for name, path in self.certificate.items())
        ours = (
            f"realm={REALM}\nuse-auth-secret\nstatic-auth-secret={self.secret}\nallow-loopback-peers\nno-cli\n"
            f"tls-listening-port={self.tls_port}\n{tls}"
        )
        settings.write_text(place + (self._filled(shipped) if shipped else ours))
        super().__init__([program, "-c", settings], ready=self._listens, folder=folder)

    def _filled(self, shipped: str) -> str:
        """The shipped settings for this machine: with our secret, a certificate of our own, and another port than 443, which is not ours to take."""
        filled = shipped.replace("<PLENARY_TURN_SECRET>", self.secret).replace("443", str(self.tls_port))
        filled = filled.replace("external-ip=<the public address>\n", "")
        for name, path in self.certificate.items():
            filled = re.sub(rf"^{name}=.*$", f"{name}={path}", filled, flags=re.MULTILINE)
        assert "<" not in filled, filled
        return filled

    def credentials(self, person: str, *, seconds: int = 600) -> tuple[str, str]:
        """User name and password, valid for `seconds` (none when negative)."""
        username = f"{int(time.time()) + seconds}:{person}"
        digest = hmac.new(self.secret.encode(), username.encode(), hashlib.sha1).digest()
        return username, base64.b64encode(digest).decode()

    @property
    def pin(self) -> str:
        """Its key as Chromium's `--ignore-certificate-errors-spki-list` takes it: this certificate counts there though nobody has signed it, and no other."""
        key = x509.load_pem_x509_certificate(self.certificate["cert"].read_bytes()).public_key()
        digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
        return base64.b64encode(digest).decode()

    def _listens(self) -> bool:
        """Whether it answers: it takes connections long before."""
        asked = bytes.fromhex("0001 0000 2112a442") + secrets.token_bytes(12)  # a STUN binding request (RFC 8489 §5)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.settimeout(0.5)
            try:
                line.connect(("127.0.0.1", self.port))
                line.send(asked)
                answered = line.recv(1500)[4:20] == asked[4:]
                socket.create_connection(("127.0.0.1", self.tls_port), timeout=5).close()
            except OSError:
                return False
        return answered


def make_certificate(folder: Path, *hosts: str) -> dict[str, Path]:
    """A self-signed certificate for 127.0.0.1 and further hosts, and its key: {"cert": …, "pkey": …}."""
    files = {"cert": folder / "cert.pem", "pkey": folder / "key.pem"}
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), *map(x509.DNSName, hosts)])
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    files["cert"].write_bytes(signed.public_bytes(Encoding.PEM))
    files["pkey"].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@contextmanager
def running_coturn(shipped: str = "") -> Iterator[TurnServer]:
    program = find_program("turnserver")
    if program is None:
        absent("coturn", "install the Debian package coturn")
    with temporary_folder("coturn") as folder, TurnServer(program, folder, shipped) as server:
        yield server
