"""Who is here: tabs counted once, names by choice, no ghosts, and processes that agree again whatever they missed."""

from random import Random
from typing import Any

import msgpack
import pytest

from rooms.core.delivery.presence import SILENT_SECONDS, Presence
from rooms.people.messages import ListMe
from tests.support.clients import Client, enter
from tests.support.waiting import until
from tests.support.world import World

ROOM = "room"


class Net:
    """Presences of several processes, and what they tell each other: at once, unless it is lost. Bodies go through msgpack as on the bus."""

    def __init__(self, count: int = 2) -> None:
        self.now = 0.0
        self.losing = 0.0
        self.random = Random(1)
        self.changed: list[tuple[str, str]] = []
        self.processes = [self._process(f"p{n}") for n in range(count)]
        self.silent: set[str] = set()
        for process in self.processes:
            process.follow(ROOM)

    def _process(self, name: str) -> Presence:
        def tell(room: str | None, body: Any) -> None:
            for other in self.processes:
                followed = room is None or room in other._rooms
                if (
                    other.process != name
                    and followed
                    and name not in self.silent
                    and self.random.random() >= self.losing
                ):
                    other.receive(msgpack.unpackb(msgpack.packb(body)), self.now)

        return Presence(name, tell, lambda room: self.changed.append((name, room)))

    def flush(self) -> None:
        for process in self.processes:
            process.send_changes(ROOM)

    def beat(self, seconds: float = 5.0) -> None:
        self.now += seconds
        for process in self.processes:
            process.send_alive()
            process.forget_silent(self.now)


@pytest.fixture
def net() -> Net:
    return Net()


def test_tabs_are_counted_once_on_one_process_and_on_several(net: Net) -> None:
    a, b = net.processes
    for process in (a, a, b):
        process.arrive(ROOM, "ada", None)
    net.flush()
    assert a.people(ROOM) == b.people(ROOM) == {"ada": None}
    a.depart(ROOM, "ada")
    net.flush()
    assert b.people(ROOM) == {"ada": None}
    a.depart(ROOM, "ada")
    net.flush()
    assert a.people(ROOM) == b.people(ROOM) == {"ada": None}, "she is still connected to the other process"
    b.depart(ROOM, "ada")
    net.flush()
    assert a.people(ROOM) == b.people(ROOM) == {}


def test_one_who_chose_to_be_named_anywhere_is_named(net: Net) -> None:
    a, b = net.processes
    a.arrive(ROOM, "ada", None)
    b.arrive(ROOM, "ada", "Ada")
    net.flush()
    assert a.people(ROOM) == b.people(ROOM) == {"ada": "Ada"}


def test_a_changed_name_is_published(net: Net) -> None:
    a, b = net.processes
    a.arrive(ROOM, "ada", None)
    net.flush()
    a.arrive(ROOM, "ada", "Ada")
    a.depart(ROOM, "ada")
    net.flush()
    assert b.people(ROOM) == {"ada": "Ada"}


def test_departing_more_often_than_arriving_does_no_harm(net: Net) -> None:
    a, _ = net.processes
    a.depart(ROOM, "ada")
    a.depart("another", "ada")
    a.arrive(ROOM, "ada", None)
    assert a.people(ROOM) == {"ada": None}


def test_coming_and_going_between_two_tellings_tells_nothing_wrong(net: Net) -> None:
    a, b = net.processes
    a.arrive(ROOM, "ada", None)
    a.depart(ROOM, "ada")
    net.flush()
    assert b.people(ROOM) == {}


def test_a_process_that_begins_to_follow_learns_who_is_there(net: Net) -> None:
    a, b = net.processes
    b.unfollow(ROOM)
    a.arrive(ROOM, "ada", "Ada")
    net.flush()
    b.follow(ROOM)
    assert b.people(ROOM) == {"ada": "Ada"}


def test_a_process_that_says_goodbye_takes_its_people_along_at_once(net: Net) -> None:
    a, b = net.processes
    a.arrive(ROOM, "ada", None)
    b.arrive(ROOM, "bob", None)
    net.flush()
    net.changed.clear()
    a.send_farewell()
    assert b.people(ROOM) == {"bob": None}
    assert net.changed == [("p1", ROOM)]


def test_a_process_that_falls_silent_leaves_no_ghosts(net: Net) -> None:
    a, b = net.processes
    a.arrive(ROOM, "ada", None)
    net.flush()
    net.beat()
    net.silent.add("p0")
    net.beat(SILENT_SECONDS - 1)
    assert b.people(ROOM) == {"ada": None}, "it may only be slow"
    net.beat(2)
    assert b.people(ROOM) == {}
    # It was not dead after all.
    net.silent.clear()
    net.beat()
    assert b.people(ROOM) == {"ada": None}


def test_a_room_where_somebody_just_came_is_not_taken_for_empty(net: Net) -> None:
    a, b = net.processes
    a.arrive(ROOM, "ada", None)
    net.flush()
    a.arrive(ROOM, "bob", None)
    net.beat()
    assert b.people(ROOM) == {"ada": None, "bob": None}


def test_a_room_that_emptied_unheard_is_empty_after_the_next_beat(net: Net) -> None:
    a, b = net.processes
    a.arrive(ROOM, "ada", None)
    net.flush()
    net.losing = 1
    a.depart(ROOM, "ada")
    net.flush()
    net.losing = 0
    assert b.people(ROOM) == {"ada": None}
    net.beat()
    assert b.people(ROOM) == {}


@pytest.mark.parametrize("seed", range(10))
def test_processes_agree_after_any_loss(seed: int) -> None:
    net = Net(3)
    net.random.seed(seed)
    people = [f"person {n}" for n in range(12)]
    tabs: list[tuple[Presence, str]] = []
    net.losing = 0.4
    for step in range(300):
        if tabs and net.random.random() < 0.45:
            process, person = tabs.pop(net.random.randrange(len(tabs)))
            process.depart(ROOM, person)
        else:
            process, person = net.random.choice(net.processes), net.random.choice(people)
            process.arrive(ROOM, person, person.title() if person > "person 5" else None)
            tabs.append((process, person))
        if step % 3 == 0:
            net.flush()
        if step % 20 == 0:
            net.beat(0.1)
    net.losing = 0
    net.flush()
    net.beat()
    here = {person: person.title() if person > "person 5" else None for _, person in tabs}
    assert len(here) > 3
    assert [process.people(ROOM) for process in net.processes] == [here] * 3
    net.changed.clear()
    net.beat()
    assert net.changed == [], "nobody asks again when the checksums agree"


# Through the hubs of two processes


def present(client: Client) -> tuple[int, list[str]]:
    value = client.catch_up().state["latest"]["present"][""]
    return value["count"], [person["name"] for person in value["people"]]


async def test_two_processes_show_the_same_people(each_world: World) -> None:
    near, far = [await enter(each_world, who, engine=engine) for engine, who in enumerate(("attendee", "other"))]
    await until(lambda: present(near) == present(far) == (2, []))
    tab = await enter(each_world, "attendee", engine=1)
    anonymous = await enter(each_world, None)
    assert present(tab)[0] == present(anonymous)[0] == 2, "a second tab is no second person, and nobody is nobody"
    each_world.engine.hub.leave(near.member)
    each_world.engines[1].hub.leave(tab.member)
    await until(lambda: present(far) == (1, []))
    await until(lambda: present(anonymous) == (1, []))


async def test_who_is_named_is_named_on_every_process(each_world: World) -> None:
    client = await enter(each_world, "other", engine=1)
    await each_world.do("attendee", ListMe(True), room=await each_world.desk("attendee"))
    await enter(each_world, "attendee")
    await until(lambda: present(client) == (2, ["Attendee"]))


async def test_a_process_that_stops_takes_its_people_along(each_world: World) -> None:
    client = await enter(each_world, "other")
    await enter(each_world, "attendee", engine=1)
    await until(lambda: present(client)[0] == 2)
    await each_world.engines[1].hub.stop()
    await until(lambda: present(client)[0] == 1)


async def test_a_process_that_dies_leaves_no_ghosts(world_of_two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.core.delivery.presence.SILENT_SECONDS", 0.3)
    client = await enter(world_of_two, "other")
    await enter(world_of_two, "attendee", engine=1)
    await until(lambda: present(client)[0] == 2)
    world_of_two.engines[1].bus._receive = None  # pyright: ignore[reportAttributeAccessIssue]
    hub = world_of_two.engine.hub

    async def fallen_silent() -> bool:
        await hub._ephemeral_state.send_alive()
        return present(client)[0] == 1

    await until(fallen_silent)
