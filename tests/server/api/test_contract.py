"""The API is what its documents say."""

import re

from jsonschema import Draft202012Validator

from rooms.chat.messages import PostMessage
from rooms.forum.questions.moderation_messages import ApproveQuestion
from server.api.__main__ import PATH
from server.api.contract import OPERATIONS
from server.api.openapi import document
from server.api.reference import reference
from tests.server.api.conftest import ProgramOf
from tests.support.program import DOCUMENT, faults
from tests.support.world import World

EXPECTED = {
    ("command", None): 401,
    ("session_export", None): 401,
    **{("session_export", who): 403 for who in ("attendee", "speaker", "moderator", "guest")},
}
WHOM = (None, "attendee", "speaker", "moderator", "organiser", "admin", "guest")


def test_the_reference_has_not_drifted() -> None:
    assert PATH.read_text("utf-8") == reference(), "run python -m server.api"


def test_every_schema_is_one_and_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    references = set(re.findall(r"'#/components/schemas/([^']+)'", str(document())))
    assert len(references) > 30
    assert references <= schemas.keys()


def test_an_undeclared_field_breaks_a_schema() -> None:
    """The validator of these tests does see faults."""
    schema = {"$ref": "#/components/schemas/Me"}
    assert faults({"person": None, "desk": None}, schema) == []
    assert faults({"person": None, "desk": None, "email": "ada@example.org"}, schema) != []
    assert faults({"person": {"id": 5, "name": "Ada"}, "desk": None}, schema) != []


async def test_every_operation_answers_everybody_as_its_schema_says(world: World, program_of: ProgramOf) -> None:
    asked = await world.ask("When does the hall open?")
    version = (await world.question(asked)).version
    await world.do("moderator", ApproveQuestion(asked, version))
    await world.ask("Still pending?", anonymous=True)
    await world.do("other", PostMessage("Hello"))
    session = {"conference": "forum", "session": world.session}
    calls = {
        "me": {},
        "conferences": {},
        "conference": {"conference": "forum"},
        "conference_programme": {"conference": "forum"},
        "session": session,
        "session_questions": session,
        "session_messages": session,
        "session_export": session,
        "room": {"conference": "forum", "kind": "booth", "subject": world.booth},
        "room_snapshot": {"room": world.room},
        "command": {"room": world.room, "json": {"op": "chat.read", "number": 1}},
        "live_ticket": {},
    }
    assert calls.keys() == OPERATIONS.keys(), "every operation is called here"
    for who in WHOM:
        program = await program_of(who)
        for name, given in calls.items():
            if name == "command":
                given = {**given, "json": {**given["json"], "key": f"key-of-{who}"}}
            response = await program.call(name, **given)  # the program holds it to the schema
            expected = EXPECTED.get((name, who), 200)
            assert response.status_code == expected, (who, name, response.text)


async def test_rooms_of_every_kind_have_their_snapshots(world: World, program_of: ProgramOf) -> None:
    program = await program_of("attendee")
    desk = (await program.call("me")).json()["desk"]
    for room, kind in ((world.room, "session"), (world.lobby, "lobby"), (desk, "desk")):
        assert (await program.call("room_snapshot", room=room)).json()["kind"] == kind
    other = await program_of("other")
    assert (await other.call("room_snapshot", room=desk)).status_code == 404


async def test_what_is_not_there_is_said_in_the_one_shape(program_of: ProgramOf) -> None:
    program = await program_of(None)
    lost = await program.get("/nothing")
    assert (lost.status_code, lost.json()["error"]["code"]) == (404, "not_found")
    wrong = await program.http.post("/api/v1/conferences")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "not_allowed")
    for response in (lost, wrong):
        assert faults(response.json(), {"$ref": "#/components/schemas/Refusal"}) == []


async def test_the_document_is_served(program_of: ProgramOf) -> None:
    program = await program_of(None)
    served = (await program.get("/openapi.json")).json()
    assert served["openapi"] == "3.1.0"
    assert served["paths"].keys() == {operation.path for operation in OPERATIONS.values()}
