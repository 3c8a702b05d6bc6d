"""Identifiers: 20 lower-case letters and digits (about 103 bits), so that they cannot be guessed, fit a URL and can be read aloud."""

import re
import secrets
import string

ALPHABET = string.ascii_lowercase + string.digits
ID_LENGTH = 20
ID_PATTERN = r"^[a-z0-9]{20}$"


def new_id() -> str:
    # One draw instead of twenty: a busy server makes thousands a second.
    number = secrets.randbelow(len(ALPHABET) ** ID_LENGTH)
    letters: list[str] = []
    for _ in range(ID_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def is_id(text: str) -> bool:
    """Whether it can be an id; what cannot is not for the database to see (PostgreSQL, for one, chokes on NUL)."""
    return re.fullmatch(ID_PATTERN, text) is not None
