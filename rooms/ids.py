"""Identifiers: 20 lower-case letters and digits (about 103 bits), so that they cannot be guessed, fit a URL and can be read aloud."""

import secrets
import string

ALPHABET = string.ascii_lowercase + string.digits
ID_LENGTH = 20
ID_PATTERN = r"^[a-z0-9]{20}$"


def new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))
