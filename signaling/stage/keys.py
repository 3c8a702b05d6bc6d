"""Stream keys: with one, a program such as OBS publishes on one session's stage on behalf of one person.

A key is not stored. It is a code over the session's room, the person and the session's present salt; a new salt makes all keys of the session invalid.
The person's rights are read each time, so a key is worth nothing to someone who may no longer speak there.
"""

import base64
import hmac

from rooms.core.ids import is_id

PREFIX = "stage_"
LONGEST = 200


def make_key(secret: bytes, room: str, person: str, salt: str) -> str:
    code = hmac.digest(secret, f"stage key\0{room}\0{person}\0{salt}".encode(), "sha256")
    return f"{PREFIX}{person}_{base64.urlsafe_b64encode(code[:24]).decode()}"


def person_of(key: str) -> str | None:
    """The person whom a key names. This proves nothing: compare the key with `make_key`."""
    if len(key) > LONGEST or not key.isascii() or not key.startswith(PREFIX):
        return None
    person, _, code = key.removeprefix(PREFIX).partition("_")
    return person if is_id(person) and code else None
