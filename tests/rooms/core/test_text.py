"""The text of people: S30, nothing invisible or turning in it, and S29, hostile text is kept as the text that it is."""

import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.chat.messages import PostMessage
from rooms.core.errors import Problem
from rooms.core.text import clean_line, clean_text
from rooms.forum.hosting_messages import ShowStage, StageKind
from rooms.forum.questions.moderation_messages import (
    AnswerQuestion,
    ApproveQuestion,
    DismissQuestion,
    EditQuestion,
    LabelQuestion,
)
from rooms.people.messages import SilencePerson
from tests.support.clients import enter
from tests.support.refusals import refused
from tests.support.world import World

LIMIT = 200

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "{{ 7*7 }} ${7*7} #{7*7} <%= 7*7 %>",
    "{event.__init__.__globals__} %(secret)s %s {0}",
    "</textarea><script>alert(1)</script>",
    "<!-- --><![CDATA[x]]>",
    "&lt;script&gt; &#x3c;",
    "'; DROP TABLE questions; --",
    "=cmd|' /C calc'!A0",
    "\\u003cscript\\u003e",
    "<a href='https://evil.example' style='position:fixed'>x</a>",
]

INVISIBLE = {
    "ANSI colours": ("\x1b[31mred\x1b[0m", "red"),
    "a bell": ("a\x07b", "ab"),
    "NUL": ("a\x00b", "ab"),
    "right-to-left override": ("user\u202egpj.exe", "usergpj.exe"),
    "isolates": ("a\u2066b\u2069c", "abc"),
    "zero width space": ("pay\u200bpal", "paypal"),
    "word joiner": ("a\u2060b", "ab"),
    "byte order mark": ("\ufeffa", "a"),
    "soft hyphen": ("pass\u00adword", "password"),
    "a lone surrogate": ("a\ud800b", "ab"),
    "a private character": ("a\ue000b", "ab"),
    "no character": ("a\ufdd0b\U0001ffffc", "abc"),
    "what is to be invisible": ("a\u2065b\U000e0ffec", "abc"),
    "an accent hidden behind": ("e\u200b\u0301", "é"),
    "line separators in one line": ("a\u2028b\u2029c", "a b c"),
}

KEPT = [
    "Zoë",
    "李明",
    "नमस्ते",
    "می‌خواهم",
    "👩‍💻",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "\U0001fae9",  # of Unicode 16, which Python 3.11 does not know
    "O’Neill",
    "Αθήνα",
    "C#/C++ & <3",
    "שלום!\u200f (a\u200e)",  # directional marks, which place punctuation
    "\u0601\u0661\u0662 \u06dd\u0663 \u0600\u0664",  # Arabic signs around numbers are drawn
    "a\u00a0b".replace("\u00a0", " "),
]


@pytest.mark.parametrize("case", INVISIBLE)
def test_what_nobody_sees_is_taken_out(case: str) -> None:
    given_text, left = INVISIBLE[case]
    assert clean_line(given_text, LIMIT) == left


@pytest.mark.parametrize("text", KEPT)
def test_what_languages_need_is_kept(text: str) -> None:
    assert clean_line(text, LIMIT) == clean_text(text, LIMIT) == text


@given(st.text(max_size=LIMIT))
def test_whatever_comes_in_what_is_left_is_clean(text: str) -> None:
    for clean, keep in ((clean_line, ""), (clean_text, "\n\t")):
        try:
            left = clean(text, LIMIT * 4)
        except Problem as problem:
            assert problem.code == "invalid"  # noqa: PT017 - most texts are left with something
            continue
        assert left == left.strip() != ""
        assert unicodedata.is_normalized("NFC", left)
        assert clean(left, LIMIT * 4) == left, "once is enough"
        for character in left:
            assert (
                character in keep
                or unicodedata.category(character) not in {"Cc", "Cs", "Co", "Zl", "Zp"}
                or clean is clean_text
            )
            assert unicodedata.bidirectional(character) not in {
                "LRE",
                "RLE",
                "LRO",
                "RLO",
                "PDF",
                "LRI",
                "RLI",
                "FSI",
                "PDI",
            }


@given(st.text(min_size=1, max_size=LIMIT))
def test_one_line_is_one_line(text: str) -> None:
    try:
        left = clean_line(text, LIMIT)
    except Problem:
        return
    assert len(left.splitlines()) == 1
    assert "  " not in left


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b\u200c\u200d", "\u202e", "\x00"])
def test_nothing_is_nothing(text: str) -> None:
    for clean in (clean_line, clean_text):
        with refused("invalid", "text"):
            clean(text, LIMIT, "text")


def test_a_limit_counts_characters_of_what_is_left() -> None:
    assert clean_line("é" * LIMIT + "\u200b" * 50, LIMIT)
    with refused("invalid"):
        clean_line("é" * (LIMIT + 1), LIMIT)


def test_paragraphs_stay_and_walls_of_blank_lines_do_not() -> None:
    assert clean_text("a\r\n\r\n\r\n\r\nb\rc", LIMIT) == "a\n\nb\nc"


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_text(world: World, text: str) -> None:
    """It is stored and sent as written; the code that displays it escapes it (tests/security/test_web.py, and the islands by Lit)."""
    question = await world.ask(text)
    await world.do("moderator", LabelQuestion(question, 1, [text[:40]]))
    await world.do("moderator", DismissQuestion(question, 2, text))
    await world.do("other", PostMessage(text))
    await world.do("moderator", ShowStage(StageKind.SLATE, "", text))
    await world.do("moderator", SilencePerson(world.people["guest"], 5, text))
    snapshot = (await enter(world, "moderator")).state["snapshot"]
    shown = snapshot["moderation"]["questions"][0]
    assert (shown["text"], shown["labels"], shown["reason"]) == (text, [text[:40].strip()], text)
    assert snapshot["messages"][0]["text"] == snapshot["stage"]["title"] == text
    assert snapshot["moderation"]["restraints"][0]["reason"] == text


def test_a_lone_surrogate_does_not_get_through_the_wire() -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(b'{"text":"a\\ud800b"}')


@pytest.mark.parametrize("case", [case for case in INVISIBLE if "surrogate" not in case])
async def test_in_every_field_of_every_command(world: World, case: str) -> None:
    dirty, left = INVISIBLE[case]
    question = await world.ask(dirty)
    version = 1
    for command in (
        EditQuestion(question, 1, f"x{dirty}"),
        LabelQuestion(question, 2, [dirty]),
        ApproveQuestion(question, 3),
        AnswerQuestion(question=question, version=4, text=dirty, public=True),
        DismissQuestion(question, 5, dirty),
        SilencePerson(world.people["guest"], 5, dirty),
        ShowStage(StageKind.SLATE, "", dirty),
    ):
        await world.do("moderator", command)
        version += 1
    await world.do("other", PostMessage(dirty))
    snapshot = (await enter(world, "moderator")).state["snapshot"]
    shown = snapshot["moderation"]["questions"][0]
    line, text = left, clean_text(dirty, LIMIT)
    assert (shown["original"], shown["labels"], shown["answer"], shown["reason"]) == (text, [line], text, line)
    assert snapshot["stage"]["title"] == snapshot["moderation"]["restraints"][0]["reason"] == line
    assert snapshot["messages"][0]["text"] == text
