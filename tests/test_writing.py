"""The texts that people read, on pages and in docs/, avoid the words that docs/writing.md rejects."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
CATALOGS = sorted((ROOT / "web" / "locale").glob("*/LC_MESSAGES/plenary.po"))
DOCUMENTS = sorted(path for path in (ROOT / "docs").rglob("*.md") if path.name != "writing.md")  # which lists the words
EVERYWHERE = (
    r"whoever|whomever|anew|afresh|nought|meanwhile|henceforth|thereof|for ever|just now|no more|once more|worth nothing"
    r"|he|him|his|himself|mend(?:s|ed)?|e-mail|stands|told|looked? (?:into|upon)|taken? away"
)
REJECTED_IN_DOCUMENTS = re.compile(rf"\b({EVERYWHERE})\b", re.IGNORECASE)
REJECTED = re.compile(rf"\b({EVERYWHERE}|letters?|stand|beside)\b", re.IGNORECASE)
"""Documents also need “letter” for a character, “stand” for a booth, and “beside” for a version that runs next to another one."""
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


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_documents_use_none_of_the_rejected_words(path: Path) -> None:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    assert [(number, found[0]) for number, line in lines if (found := REJECTED_IN_DOCUMENTS.search(line))] == []


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parents[1].name)
def test_the_texts_use_none_of_the_phrases_that_people_misread(path: Path) -> None:
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parents[1].name)
    assert [message.id for message in catalog if message.id and PHRASES.search(english(message.id))] == []
