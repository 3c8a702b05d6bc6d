"""The fixtures in tests/fixtures/reducers: the effect of each event on the state of a page. The README beside them describes the format."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parents[1] / "fixtures" / "reducers"

State = dict[str, Any]


class Fixture(NamedTuple):
    """`kind` is the kind of the room; either `event` or `latest` is given. `name` is the type of the event, or `latest.` and the value's name."""

    file: str
    name: str
    kind: str
    before: State
    event: dict[str, Any] | None
    latest: dict[str, dict[str, Any]] | None
    after: State


def reducer_fixtures() -> Iterator[Fixture]:
    for path in sorted(FOLDER.glob("*.json")):
        received = json.loads(path.read_text("utf-8"))
        start = json.loads((FOLDER / "rooms" / f"{received['room']}.json").read_text("utf-8"))
        before = changed(start, received.get("before", {}))
        yield Fixture(
            file=path.stem,
            name=path.stem.partition("~")[0],
            kind=received["room"].partition("-")[0],
            before=before,
            event=received.get("event"),
            latest=received.get("latest"),
            after=changed(before, received["after"]),
        )


def changed(state: State, values: dict[str, Any]) -> State:
    """The state with the value at each path replaced. Raises KeyError for a path that leads nowhere."""
    state = deepcopy(state)
    for path, value in values.items():
        *way, last = path.split(".")
        at: Any = state
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at[step]
        if not isinstance(at, list):
            if last not in at:
                raise KeyError(path)
            at[last] = value
        elif int(last) == len(at):
            at.append(value)
        else:
            at[int(last)] = value
    return state
