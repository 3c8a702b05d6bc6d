"""The texts that people read avoid the words that docs/writing.md rejects."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

CATALOGS = sorted((Path(__file__).parents[1] / "web" / "locale").glob("*/LC_MESSAGES/plenary.po"))
REJECTED = re.compile(
    r"\b(whoever|whomever|anew|afresh|nought|meanwhile|henceforth|thereof|for ever|just now|no more|once more|worth nothing"
    r"|he|him|his|himself|letters?|mend(?:s|ed)?|e-mail|stands?|told|beside|looked? (?:into|upon)|taken? away)\b",
    re.IGNORECASE,
)
PHRASES = re.compile(
    r"\b(chat of the|as others shall|in one line|who may come in|begin the conference|the conference is there|applications that wait"
    r"|we are looking at it|to be seen to|nothing waits|films?|came by|talked to|exhibit here|download once|slate|says no more"
    r"|minutes for a talk)\b",
    re.IGNORECASE,
)
"""People who met these in the product could not say at once what they mean (users.md, "Polish: words")."""
ALLOWED = {
    # "letter" as a character of the alphabet
    r"\bletters?, digits\b": "",
    r"\bletters? or digits?\b": "",
    r"\btwo-letter\b": "",
    # the document
    r"\bletters? of intent\b": "",
}


def english(text: str | tuple[str, ...]) -> str:
    found = text if isinstance(text, str) else " ".join(text)
    for pattern, replacement in ALLOWED.items():
        found = re.sub(pattern, replacement, found, flags=re.IGNORECASE)
    return found


def test_there_are_catalogs() -> None:
    assert CATALOGS


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parents[1].name)
def test_the_texts_use_none_of_the_rejected_words(path: Path) -> None:
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parents[1].name)
    texts = [message.id for message in catalog if message.id]
    assert len(texts) > 1000
    assert [text for text in texts if REJECTED.search(english(text))] == []


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parents[1].name)
def test_the_texts_use_none_of_the_phrases_that_people_misread(path: Path) -> None:
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parents[1].name)
    assert [message.id for message in catalog if message.id and PHRASES.search(english(message.id))] == []
