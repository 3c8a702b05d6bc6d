"""The reference of the protocol and the client's types say what the messages declare, and all of it."""

import re
from pathlib import Path

import pytest

from rooms.core.commands.messages import tag_of
from rooms.core.commands.registry import SPECS
from rooms.core.errors import CODES
from rooms.forum.questions.messages import QUESTION_LENGTH
from server.live import wire
from server.protocol import __main__ as program
from server.protocol.catalogue import collect

CATALOGUE = collect()
REFERENCE = (program.ROOT / "docs/protocol.md").read_text("utf-8")
TYPES = (program.ROOT / "web/islands/src/live/types.ts").read_text("utf-8")


def headings(chapter: str) -> list[str]:
    text = REFERENCE.partition(f"\n## {chapter}\n")[2].partition("\n## ")[0]
    return re.findall(r"^### (\S+)$", text, re.MULTILINE)


def members(union: str) -> list[str]:
    text = TYPES.partition(f"export type {union} =\n")[2].partition(";")[0]
    return re.findall(r"^  \| (\w+)$", text, re.MULTILINE)


def test_nothing_has_drifted() -> None:
    assert program.drifted(program.generated(CATALOGUE)) == []


def test_drift_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(program, "ROOT", tmp_path)
    assert program.main(["--check"]) == 1
    assert "docs/protocol.md has drifted" in capsys.readouterr().err
    assert program.main([]) == 0
    assert program.main(["--check"]) == 0
    (tmp_path / "web/islands/src/live/types.ts").write_text("// edited by hand\n")
    assert program.main(["--check"]) == 1


def test_every_message_is_documented_and_typed() -> None:
    commands = [tag_of(command) for command in CATALOGUE.commands]
    events = [tag_of(event) for event in CATALOGUE.events]
    assert len(commands) > 40
    assert headings("Commands") == commands
    assert headings("Events") == events
    assert members("Command") == [command.__name__ for command in CATALOGUE.commands]
    assert members("RoomEvent") == [event.__name__ for event in CATALOGUE.events]
    for latest in CATALOGUE.latest:
        assert f"\n| `{latest.name}` |" in REFERENCE
        assert f"\n  readonly {latest.name}?: " in TYPES
    assert set(headings("Messages of the connection")) >= {"hello", "welcome", *wire.OPS}


def test_every_view_and_word_is_documented() -> None:
    assert headings("Views") == [view.__name__ for view in CATALOGUE.views]
    assert headings("Words") == [enum.__name__ for enum in CATALOGUE.enums]
    linked = set(re.findall(r"\]\(#([^)]+)\)", REFERENCE))
    assert linked <= {name.lower().replace(".", "") for name in re.findall(r"^### (\S+)$", REFERENCE, re.MULTILINE)}


def test_bases_that_only_share_fields_are_no_messages() -> None:
    names = {message.__name__ for message in (*CATALOGUE.commands, *CATALOGUE.events)}
    assert "ApproveQuestion" in names
    assert "QuestionApproved" in names
    assert not names & {"QuestionCommand", "Moderate", "QuestionModerated", "SessionCommand", "DescribeSession"}


def test_every_command_can_be_obeyed_and_every_action_has_its_command() -> None:
    assert set(SPECS) == {tag_of(command) for command in CATALOGUE.commands}


def test_every_code_is_documented() -> None:
    for code, meaning in CODES.items():
        assert re.search(rf"^\| `{code}` \| {meaning.status} \|", REFERENCE, re.MULTILINE), code
        assert f"\n  {code}: {{ status: {meaning.status}," in TYPES


def test_the_client_has_no_untyped_value() -> None:
    files = [text for path, text in program.generated(CATALOGUE).items() if path.suffix == ".ts"]
    assert len(files) > 5
    for text in files:
        assert not re.search(r"\bany\b", re.sub(r"/\*\*.*?\*/", "", text, flags=re.DOTALL))


def test_the_reference_says_what_a_client_needs() -> None:
    """Points that a client written from the reference alone has missed."""
    text = " ".join(REFERENCE.split())
    for needed in (
        "| `present` |",
        "An *id* is 20 characters",
        "8 to 64 printable ASCII characters",
        '`"id": null`',
        "connection with 4300",
        "At most 6 in 60 seconds.",
        "| `staff.you` |",
        "refused as `invalid`",
        "subprotocol the server sends JSON",
        "moments are texts there, too",
        "with 4509",
        "Its room can still be read, but",
    ):
        assert needed in text, needed


def test_limits_of_the_same_name_in_two_slices_do_not_replace_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.recruitment.jobs.messages.QUESTION_LENGTH", 1, raising=False)
    assert collect().limits["QUESTION_LENGTH"] == QUESTION_LENGTH


def test_the_client_has_the_limits_that_it_checks_and_no_others() -> None:
    islands = (program.ROOT / "web/islands/src").rglob("*.ts")
    imported = [line for path in islands for line in path.read_text("utf-8").splitlines() if line.startswith("import ")]
    assert set(re.findall(r"\b[A-Z_]+_LENGTH\b", "\n".join(imported))) == CATALOGUE.limits.keys()
