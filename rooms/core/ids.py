"""Identifiers: 20 lower-case letters and digits (about 103 bits), so that they cannot be guessed, fit a URL and can be read aloud."""

import re
import secrets
import string

ALPHABET = string.ascii_lowercase + string.digits
ID_LENGTH = 20
ID_PATTERN = r"^[a-z0-9]{20}\Z"


# Rejection sampling keeps the letters uniform.
_EVEN = 256 - 256 % len(ALPHABET)
_LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
_LEFT_OVER = bytes(range(_EVEN, 256))


def new_id() -> str:
    letters = b""
    while len(letters) < ID_LENGTH:
        letters += secrets.token_bytes(ID_LENGTH).translate(_LETTERS, _LEFT_OVER)
    return letters[:ID_LENGTH].decode()


def is_id(text: str) -> bool:
    """Whether it has the form of an id. Anything else must not reach the database (PostgreSQL refuses NUL)."""
    return re.fullmatch(ID_PATTERN, text) is not None
