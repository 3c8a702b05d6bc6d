"""Twins of the client's reducers (web/islands/src/*/state/*.ts): a room's state, after an event or latest values, is the state that a fresh join gives.

States are the decoded JSON of an answer to a join: {"snapshot": …, "own": …, "latest": …}.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import Any

from rooms.core.commands.messages import declared, tag_of
from rooms.forum.questions.moderation_messages import QuestionModerated

State = dict[str, Any]
Event = dict[str, Any]
Item = dict[str, Any]

KEPT_MESSAGES = 500
NOTICES_SHOWN = 20

REVEALING = {"live": {"open", "closed"}, "closed": {"closed"}, "never": set[str]()}
POLL_EVENTS = {"poll.drafted", "poll.opened", "poll.changed", "poll.closed", "poll.hidden", "poll.archived"}
QUEUE_EVENTS = frozenset(tag_of(event) for event in declared(QuestionModerated))


def reduce_event(kind: str, state: State, event: Event) -> State:
    state = deepcopy(state)
    apply_event(kind, state, event)
    return state


def reduce_latest(kind: str, state: State, values: dict[str, dict[str, Any]]) -> State:
    state = deepcopy(state)
    apply_latest(kind, state, values)
    return state


def apply_event(kind: str, state: State, event: Event) -> None:
    """The same in place, for long streams of events."""
    _EVENTS[kind](state, event)


def apply_latest(kind: str, state: State, values: dict[str, dict[str, Any]]) -> None:
    for name in (
        "votes",
        "present",
        "reactions",
        "line",
        "hours",
        "floor",
        "call",
        "poll_results",
        "poll_tallies",
        "reports",
        "rounds",
    ):
        if name in values:
            state["latest"].setdefault(name, {}).update(values[name])
    for number in values.get("own_read", {}).values():
        state["own"]["read"] = max(state["own"]["read"], number)
    if kind == "session":
        own = state["own"]
        for question, voted in values.get("own_votes", {}).items():
            votes = set(own["votes"]) - {question} | ({question} if voted else set())
            own["votes"] = sorted(votes)
        _set_or_drop(own["answers"], values.get("own_answers", {}))
        _set_or_drop(state["latest"].get("poll_results", {}), values.get("poll_results", {}))


def acknowledge(state: State, command: dict[str, Any]) -> State:
    """The few commands without an event, whose effect is the person's own alone."""
    state = deepcopy(state)
    if command["op"] == "chat.read":
        state["own"]["read"] = max(state["own"]["read"], command["number"])
    elif command["op"] == "presence.list":
        state["own"]["listed"] = command["listed"]
    return state


def _session(state: State, event: Event) -> None:
    snapshot, own, type = state["snapshot"], state["own"], event["type"]
    moderation = snapshot["moderation"]
    if type in {"session.changed", "stage.changed", "asking.changed"}:
        name = type.partition(".")[0]
        snapshot[name] = event[name]
    elif type == "stage.prepared":
        snapshot["stage"] = event["stage"]
    elif type == "screen.changed":
        snapshot["screen"], snapshot["screen_poll"] = event["question"], event["poll"]
    elif type == "answering.changed":
        snapshot["answering"] = event["question"]
    elif type in POLL_EVENTS:
        _poll(state, event)
    elif type == "question.shown":
        _put_question(snapshot["questions"], event["question"])
    elif type == "question.hidden":
        _drop(snapshot["questions"], lambda question: question["id"] == event["question"])
        if moderation is None:
            state["latest"].get("votes", {}).pop(event["question"], None)
    elif type == "question.own":
        _put_question(own["questions"], event["question"])
    elif type in QUEUE_EVENTS and moderation is not None:
        _put_question(moderation["questions"], event["question"])
    elif type in {"role.granted", "role.revoked"} and moderation is not None:
        role = {"person": event["person"], "role": event["role"]}
        _drop(moderation["roles"], lambda held: _id_of(held) == _id_of(role) and held["role"] == role["role"])
        if type == "role.granted":
            moderation["roles"].append(role)
            moderation["roles"].sort(key=lambda held: (held["person"]["name"], _id_of(held), held["role"]))
    elif moderation is None or not _restraint(moderation["restraints"], event):
        _chat(state, event)


def _poll(state: State, event: Event) -> None:
    polls = state["snapshot"]["polls"]
    if event["type"] == "poll.hidden":
        _drop(polls, lambda poll: poll["id"] == event["poll"])
        state["latest"].get("poll_results", {}).pop(event["poll"], None)
        return
    poll = event["poll"]
    _put(polls, poll, lambda each: (datetime.fromisoformat(each["made_at"]), each["id"]))
    if poll["state"] not in REVEALING[poll["reveal"]]:
        state["latest"].get("poll_results", {}).pop(poll["id"], None)


def _lobby(state: State, event: Event) -> None:
    sessions, restraints = state["snapshot"]["sessions"], state["snapshot"]["restraints"]
    if event["type"] == "star.changed":
        own = state["own"]
        own["stars"] = sorted(
            set(own["stars"]) - {event["session"]} | ({event["session"]} if event["starred"] else set())
        )
    elif event["type"] == "session.listed":
        card = event["session"]
        _drop(sessions, lambda session: session["id"] == card["id"])
        sessions.append(card)
        sessions.sort(key=lambda each: (datetime.fromisoformat(each["starts_at"]), each["place"], each["id"]))
    elif restraints is None or not _restraint(restraints, event):
        _chat(state, event)


def _desk(state: State, event: Event) -> None:
    if event["type"] == "desk.notified":
        notice = {name: value for name, value in event.items() if name != "seq"}
        known = state["snapshot"]["notices"]
        place = sum(each["at"] == notice["at"] and each["id"] < notice["id"] for each in known)
        state["snapshot"]["notices"] = [*known[:place], notice, *known[place:]][:NOTICES_SHOWN]
        state["snapshot"]["unread"] += 1
    elif event["type"] == "desk.read":
        state["snapshot"]["unread"] = event["unread"]
        if before := event["deleted_before"]:
            gone = datetime.fromisoformat(before)
            _drop(state["snapshot"]["notices"], lambda each: datetime.fromisoformat(each["at"]) < gone)


def _booth(state: State, event: Event) -> None:
    snapshot, own, desk, type = state["snapshot"], state["own"], state["snapshot"]["desk"], event["type"]
    if type == "booth.changed":
        snapshot["booth"] = event["booth"]
    elif type == "files.changed":
        snapshot["files"] = event["files"]
    elif type == "file.consented":
        own["named"] = event["given"]
    elif type == "queue.own":
        place = event["place"]
        if place["state"] not in ENDED:
            own["place"] = place
        elif own["place"] is not None and own["place"]["id"] == place["id"]:
            own["place"] = None
    elif type == "contact.own":
        _put(own["contacts"], event["contact"], lambda each: (datetime.fromisoformat(each["at"]), each["id"]))
    elif type == "lead.own":
        own["lead"] = event["lead"]
    elif desk is None or not _booth_desk(desk, event):
        _chat(state, event)


ENDED = {"done", "left"}


def _booth_desk(desk: Item, event: Event) -> bool:
    """Whether it was for the staff."""
    if event["type"] == "booth.drafted":
        desk["draft"] = event["draft"]
    elif event["type"] == "staff.changed":
        _drop(desk["staff"], lambda each: _id_of(each) == _id_of(event))
        if event["duty"] is not None:
            desk["staff"].append({"person": event["person"], "duty": event["duty"]})
            desk["staff"].sort(key=lambda each: (each["person"]["name"], _id_of(each)))
    elif event["type"] == "queue.changed":
        place = event["place"]
        _put(desk["places"], place, lambda each: (each["rank"], each["ticket"]))
        _drop(desk["places"], lambda each: each["state"] in ENDED)
    elif event["type"] == "contact.changed":
        _put(desk["contacts"], event["contact"], lambda each: (datetime.fromisoformat(each["at"]), each["id"]))
        _drop(desk["contacts"], lambda each: each["state"] == "done")
    elif event["type"] == "lead.changed":
        desk["leads"] = event["leads"]
    elif event["type"] == "shifts.changed":
        desk["shifts"] = event["shifts"]
    elif event["type"] == "break.changed":
        _drop(desk["breaks"], lambda each: _id_of(each) == _id_of(event))
        desk["breaks"] = sorted([*desk["breaks"], *([event["pause"]] if event["pause"] else [])], key=_id_of)
    else:
        return False
    return True


def _hall(state: State, event: Event) -> None:
    if event["type"] == "booth.listed":
        _put(state["snapshot"]["booths"], event["booth"], lambda each: (each["tier"], each["number"], each["id"]))


def _meeting(state: State, event: Event) -> None:
    snapshot, own, type = state["snapshot"], state["own"], event["type"]
    if type == "meeting.closed":
        snapshot["closed_at"] = event["at"]
    elif type == "meeting.invited":
        _put(snapshot["people"], event["person"], lambda each: (each["name"], each["id"]))
        _drop(own["colleagues"], lambda each: each["id"] == event["person"]["id"])
    elif type == "meeting.left":
        _drop(snapshot["people"], lambda each: each["id"] == event["person"])
    elif type == "meeting.rated":
        own["outcome"] = event["outcome"]
    elif type == "block.changed":
        others = set(own["blocked"]) - {event["person"]}
        own["blocked"] = sorted(others | ({event["person"]} if event["blocked"] else set()))
    else:
        _chat(state, event)


_EVENTS: dict[str, Callable[[State, Event], None]] = {
    "session": _session,
    "lobby": _lobby,
    "desk": _desk,
    "booth": _booth,
    "hall": _hall,
    "meeting": _meeting,
}


def _chat(state: State, event: Event) -> None:
    snapshot = state["snapshot"]
    if event["type"] == "chat.changed":
        snapshot["chat"] = event["chat"]
    elif event["type"] == "chat.posted":
        message = event["message"]
        if all(other["id"] != message["id"] for other in snapshot["messages"]):
            snapshot["messages"].append(message)
            snapshot["messages"].sort(key=lambda each: each["number"])
            del snapshot["messages"][:-KEPT_MESSAGES]
    elif event["type"] == "chat.removed":
        _drop(snapshot["messages"], lambda message: message["id"] == event["message"])


def _restraint(restraints: list[Item], event: Event) -> bool:
    """Whether it was about a restraint."""
    if event["type"] == "person.restrained":
        added = event["restraint"]
        _drop(restraints, lambda held: _id_of(held) == _id_of(added) and held["kind"] == added["kind"])
        restraints.append(added)
        restraints.sort(key=lambda held: (held["person"]["name"], _id_of(held), held["kind"]))
    elif event["type"] == "restraint.lifted":
        _drop(restraints, lambda held: _id_of(held) == event["person"]["id"] and held["kind"] == event["kind"])
    else:
        return False
    return True


def _put_question(questions: list[Item], question: Item) -> None:
    for index, other in enumerate(questions):
        if other["id"] == question["id"]:
            questions[index] = question
            return
    questions.append(question)
    questions.sort(key=lambda each: (each["asked_at"], each["id"]))


def _put(items: list[Item], item: Item, order: Callable[[Item], Any]) -> None:
    """In the place of its former self, and in order."""
    _drop(items, lambda other: other["id"] == item["id"])
    items.append(item)
    items.sort(key=order)


def _set_or_drop(kept: Item, values: Item) -> None:
    """What is None is there no more."""
    kept.update(values)
    for key in [key for key in values if values[key] is None]:
        del kept[key]


def _drop(items: list[Item], unwanted: Callable[[Item], bool]) -> None:
    items[:] = [item for item in items if not unwanted(item)]


def _id_of(item: Item) -> str:
    return item["person"]["id"]
