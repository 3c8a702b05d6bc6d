"""vCard 4.0 (RFC 6350): escaped, folded and composed."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from rooms.contacts.cards import Card
from rooms.contacts.vcard import vcard, vcards

WHO = Card("a" * 20, "Åsa Lind")


def unfolded(text: str) -> dict[str, str]:
    """The lines of a vCard by their name."""
    lines = re.sub(r"\r\n ", "", text).split("\r\n")
    return dict(line.split(":", 1) for line in lines if line)


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value, flags=re.DOTALL)


def test_a_whole_card() -> None:
    card = Card(
        "a" * 20,
        "Lin Yuehua 林月华",
        "lin@example.org",
        "+86 10 123",
        "Sun, Wind; Water",
        "Head\\Lead",
        "https://sun.example/a,b;c",
        "CN",
        ("zh", "en"),
        "Line one\nline two",
    )
    text = vcard(card, country="China", met="Met at the forum")
    assert text.splitlines() == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:individual",
        "UID:urn:uuid:" + unfolded(text)["UID"].removeprefix("urn:uuid:"),
        "FN:Lin Yuehua 林月华",
        "EMAIL:lin@example.org",
        "TEL;VALUE=text:+86 10 123",
        r"ORG:Sun\, Wind\; Water",
        r"TITLE:Head\\Lead",
        "URL:https://sun.example/a,b;c",
        "ADR:;;;;;;China",
        "LANG;PREF=1:zh",
        "LANG;PREF=2:en",
        r"NOTE:Line one\nline two\nMet at the forum",
        "END:VCARD",
    ]
    assert vcards([text, vcard(WHO)]).count(b"BEGIN:VCARD\r\n") == 2


def test_a_person_has_the_same_uid_in_every_file() -> None:
    assert unfolded(vcard(WHO))["UID"] == unfolded(vcard(WHO._replace(name="Asa")))["UID"]
    assert unfolded(vcard(WHO))["UID"] != unfolded(vcard(WHO._replace(person="b" * 20)))["UID"]


def test_decomposed_characters_are_composed() -> None:
    assert "FN:\u00c5sa" in vcard(WHO._replace(name="A\u030asa"))


@given(st.text(max_size=300), st.text(max_size=120))
def test_every_text_comes_back_whole(note: str, organisation: str) -> None:
    text = vcard(WHO._replace(note=note, organisation=organisation))
    assert all(len(line.encode()) <= 75 for line in text.encode("utf-8", "surrogatepass").decode().split("\r\n"))
    assert text.count("\r\nNOTE:") == bool(note)
    assert text.count("END:VCARD\r\n") >= 1
    said = unfolded(text)
    whole = re.sub(r"\r\n?|\n", "\n", unicodedata.normalize("NFC", note))
    assert unescaped(said.get("NOTE", "")) == whole
    assert unescaped(said.get("ORG", "")) == re.sub(r"\r\n?|\n", "\n", unicodedata.normalize("NFC", organisation))
