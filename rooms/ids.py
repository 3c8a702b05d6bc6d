"""Identifiers: 20 lower-case letters and digits (about 103 bits), so that they cannot be guessed, fit a URL and can be read aloud."""

import re
import secrets
import string

ALPHABET = string.ascii_lowercase + string.digits
ID_LENGTH = 20
ID_PATTERN = r"^[a-z0-9]{20}$"


def new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def is_id(text: str) -> bool:
    """Whether it can be an id; what cannot is not for the database to see (PostgreSQL, for one, chokes on NUL)."""
    return re.fullmatch(ID_PATTERN, text) is not None
