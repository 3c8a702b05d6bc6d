"""Contacts as vCard 4.0 (RFC 6350)."""

import re
import unicodedata
import uuid
from collections.abc import Iterable

from rooms.contacts.cards import Card

FOLD = 75
"""Octets of a line, without its end (RFC 6350 §3.2)."""

NAMESPACE = uuid.UUID("0f5c6f0e-6e0f-5d6b-9a51-3f6f0d0c2c61")
"""Of the UIDs that are made from ids of people: the same person has the same UID in every file, so that a program updates instead of doubling."""

_ESCAPED = re.compile(r"[\\,;]")
_LINES = re.compile(r"\r\n?|\n")


def vcard(card: Card, *, country: str = "", met: str = "") -> str:
    """`country`: the name of the card's country. `met`: where the two met, added to the note."""
    lines = ["BEGIN:VCARD", "VERSION:4.0", "KIND:individual"]
    lines.append(f"UID:urn:uuid:{uuid.uuid5(NAMESPACE, card.person)}")
    lines.append(f"FN:{_text(card.name)}")
    if card.email:
        lines.append(f"EMAIL:{_text(card.email)}")
    if card.phone:
        lines.append(f"TEL;VALUE=text:{_text(card.phone)}")
    if card.organisation:
        lines.append(f"ORG:{_text(card.organisation)}")
    if card.job:
        lines.append(f"TITLE:{_text(card.job)}")
    if card.website:
        lines.append(f"URL:{_uri(card.website)}")
    if country:
        lines.append(f"ADR:;;;;;;{_text(country)}")
    for number, language in enumerate(card.languages, 1):
        lines.append(f"LANG;PREF={number}:{language}")
    note = "\n".join(part for part in (card.note, met) if part)
    if note:
        lines.append(f"NOTE:{_text(note)}")
    lines.append("END:VCARD")
    return "".join(f"{_folded(unicodedata.normalize('NFC', line))}\r\n" for line in lines)


def vcards(cards: Iterable[str]) -> bytes:
    """One file with all of them."""
    return "".join(cards).encode()


def _text(value: str) -> str:
    """Escaped as RFC 6350 §3.4 says."""
    return _LINES.sub(r"\\n", _ESCAPED.sub(r"\\\g<0>", value))


def _uri(value: str) -> str:
    """A URI has no escapes (§4.2), and nothing in it may end the line."""
    return "".join(value.split())


def _folded(line: str) -> str:
    """Lines of at most 75 octets; each further one begins with a space. No character is split."""
    parts: list[str] = []
    part, room = "", FOLD
    for character in line:
        size = len(character.encode())
        if size > room:
            parts.append(part)
            part, room = "", FOLD - 1  # the space counts
        part, room = part + character, room - size
    return "\r\n ".join([*parts, part])
