"""Addresses of websites that people enter."""

from urllib.parse import urlsplit

from rooms.core.errors import Problem
from rooms.core.text import N_


def clean_website(address: str) -> str:
    """A full web address, or empty. Raises Problem "invalid"."""
    address = address.strip()
    if not address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or not address.isprintable() or " " in address:
        raise Problem("invalid", N_("Give the full address of a website, beginning with https://"), field="website")
    return address
