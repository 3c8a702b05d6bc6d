"""S34-S37, S57: what strangers can learn of accounts, links, sign-ins, and what is left of an erased person."""

import asyncio
import os
import threading
import time
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from rooms.chat.messages import PostMessage
from rooms.core.errors import Problem
from rooms.core.store.database import metadata
from rooms.core.store.journal import journal
from rooms.core.store.tables import audit
from rooms.people import erasure, signins
from rooms.people.passwords import NICE, Passwords
from rooms.people.tables import links
from tests.support.passwords import PASSWORD, with_password
from tests.support.visitor import Outbox, Visitor
from tests.support.world import World
from web.site import Site


def without(page: str, *words: str) -> str:
    for word in words:
        page = page.replace(word, "…")
    return page


# S34


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sign-in", {"by": "password", "password": "wrong but long enough"}),
        ("/sign-in", {"by": "link"}),
        ("/sign-in/forgotten", {}),
        ("/sign-up", {"name": "Ada", "password": PASSWORD}),
    ],
)
async def test_a_known_and_an_unknown_address_get_the_same_answer(
    site: Site, world: World, emails: Outbox, path: str, fields: dict[str, str]
) -> None:
    known, unknown = await with_password(world, "attendee"), "nobody@example.org"
    answers: list[tuple[int, str, list[str]]] = []
    for email in (known, unknown):
        visitor = Visitor(site)
        await visitor.get(path)
        answer = await visitor.post(path, {**fields, "email": email})
        page = without(answer.text, email, visitor.csrf, *_nonces(answer.text))
        answers.append((answer.status_code, page, sorted(answer.headers)))
        await visitor.settled()
    assert answers[0] == answers[1]
    if fields.get("by") != "password":
        assert [email.to for email in emails.sent] == [known, unknown]


def _nonces(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('nonce="')[1:]]


async def test_a_password_is_compared_for_an_unknown_address_too(
    site: Site, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = await with_password(world, "attendee")
    compared: list[str] = []
    verify = PasswordHasher.verify

    def noted(self: PasswordHasher, hash: Any, password: Any) -> Any:
        compared.append(str(hash))
        return verify(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", noted)
    work: list[int] = []
    for email in (known, "nobody@example.org", "guest@example.org"):
        visitor = Visitor(site)
        await visitor.get("/sign-in")
        await visitor.post("/sign-in", {"email": email, "password": "wrong but long", "by": "password"})
        work.append(len(compared))
    assert work == [1, 2, 3]
    assert {hash.split("$")[3] for hash in compared} == {"m=8,t=1,p=1"}


# S35


async def test_hashing_is_bounded_and_leaves_the_loop_free() -> None:
    most, before = 0, set(threading.enumerate())
    ticks = 0
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    passwords.longest_line = 100
    hashed = await passwords.hash(PASSWORD)

    async def tick() -> None:
        nonlocal most, ticks
        while True:
            most = max(most, len(set(threading.enumerate()) - before))
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    assert await asyncio.gather(*(passwords.matches(PASSWORD, hashed) for _ in range(100))) == [True] * 100
    ticking.cancel()
    assert 1 <= most <= max(1, (os.cpu_count() or 1) - 1)
    assert ticks > 10
    passwords.close()


async def test_hashing_steps_back_for_everything_else() -> None:
    """Each thread has a priority of its own on Linux, and hands it on to those that it starts."""
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    before = set(threading.enumerate())
    await passwords.hash(PASSWORD)
    hashing = {thread.native_id for thread in set(threading.enumerate()) - before}
    assert hashing
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert {os.getpriority(os.PRIO_PROCESS, id or 0) for id in hashing} == {max(own, NICE)}
    passwords.close()


async def test_with_too_many_waiting_the_next_is_asked_to_try_again() -> None:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    passwords.longest_line = 3
    done = await asyncio.gather(*(passwords.hash(PASSWORD) for _ in range(10)), return_exceptions=True)
    refused = [each for each in done if isinstance(each, Problem)]
    assert len(refused) == 7
    assert {problem.code for problem in refused} == {"unavailable"}
    assert all(5 <= (problem.retry_after or 0) <= 20 for problem in refused)
    assert await passwords.hash(PASSWORD)
    passwords.close()


# S36


async def link_for(visitor: Visitor, emails: Outbox, email: str = "attendee@example.org") -> str:
    await visitor.get("/sign-in")
    await visitor.post("/sign-in", {"email": email, "by": "link"})
    await visitor.settled()
    return emails.link()


async def test_a_link_works_once(site: Site, visitor: Visitor, emails: Outbox) -> None:
    link = await link_for(visitor, emails)
    thief = Visitor(site)
    await thief.get("/sign-in")
    assert (await visitor.post(link, follow=False)).status_code == 303
    for again in (visitor, thief):
        assert (await again.get(link)).status_code == 410
        assert (await again.post(link, follow=False)).status_code == 410
    assert thief.signin_cookie is None


async def test_of_two_who_use_a_link_at_once_one_gets_in(site: Site, visitor: Visitor, emails: Outbox) -> None:
    link = await link_for(visitor, emails)
    both = [Visitor(site) for _ in range(5)]
    for each in both:
        await each.get("/sign-in")
    answers = await asyncio.gather(*(each.post(link, follow=False) for each in both))
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410, 410]


async def test_a_link_ends_after_ten_minutes(visitor: Visitor, emails: Outbox, world: World) -> None:
    link = await link_for(visitor, emails)
    world.clock.advance(minutes=9, seconds=59)
    assert (await visitor.get(link)).status_code == 200
    world.clock.advance(seconds=2)
    assert (await visitor.get(link)).status_code == 410
    assert (await visitor.post(link, follow=False)).status_code == 410


async def test_the_database_holds_no_link_that_works(visitor: Visitor, emails: Outbox, world: World) -> None:
    secret = (await link_for(visitor, emails)).rpartition("/")[2]
    async with world.engine.database.read() as connection:
        stored = str((await connection.execute(sa.select(links))).all())
    assert secret not in stored


# S37, S7


async def test_each_sign_in_is_new_and_the_one_before_it_ends(visitor: Visitor, emails: Outbox, site: Site) -> None:
    await visitor.get("/sign-in")
    planted = visitor.http.cookies.get(site.cookie("browser"))
    seen: list[str | None] = [None]
    for _ in range(2):
        await visitor.post(await link_for(visitor, emails), follow=False)
        assert visitor.signin_cookie not in seen
        seen.append(visitor.signin_cookie)
    assert visitor.http.cookies.get(site.cookie("browser")) == planted
    old = Visitor(site)
    assert seen[1]
    old.http.cookies.set(site.cookie("signin"), seen[1], domain=site.authority)
    assert (await old.get("/account")).status_code == 401
    assert (await visitor.get("/account")).status_code == 200


@pytest.mark.parametrize(
    "forge", [lambda value: value[:-1], lambda value: "x" + value[1:], lambda value: value.split(".")[0]]
)
async def test_a_forged_cookie_is_nobody(site: Site, world: World, forge: Any) -> None:
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    assert visitor.signin_cookie
    mallory = Visitor(site)
    mallory.http.cookies.set(site.cookie("signin"), forge(visitor.signin_cookie), domain=site.authority)
    assert (await mallory.get("/account")).status_code == 401


async def test_a_new_password_ends_all_other_sign_ins(site: Site, world: World) -> None:
    await with_password(world, "attendee")
    here, there = [await Visitor(site).sign_in(world.people["attendee"]) for _ in range(2)]
    _, desk = await world.join("attendee", room=await world.desk("attendee"))
    assert (await there.get("/account")).status_code == 200
    wrong = await here.post("/account/password", {"current": "not it at all", "password": "another good sentence"})
    assert wrong.status_code == 422
    assert (await there.get("/account")).status_code == 200
    done = await here.post("/account/password", {"current": PASSWORD, "password": "another good sentence"})
    assert done.status_code == 200
    assert (await here.get("/account")).status_code == 200
    assert (await there.get("/account")).status_code == 401
    await asyncio.sleep(0.1)
    assert "signin.revoked" in desk.types


async def test_a_device_is_signed_out_from_another(site: Site, world: World) -> None:
    here, there = [await Visitor(site).sign_in(world.people["attendee"]) for _ in range(2)]
    async with world.engine.database.read() as connection:
        devices = await signins.active(connection, world.people["attendee"], world.clock())
    assert len(devices) == 2
    await here.get("/account")
    for device in devices:
        if f'value="{device.id}"' in here.page:
            await here.post("/account/signins/end", {"signin": device.id})
    assert (await here.get("/account")).status_code == 200
    assert (await there.get("/account")).status_code == 401


async def test_nobody_ends_the_sign_in_of_another(site: Site, world: World) -> None:
    ada = await Visitor(site).sign_in(world.people["attendee"])
    async with world.engine.database.read() as connection:
        [device] = await signins.active(connection, world.people["attendee"], world.clock())
    mallory = await Visitor(site).sign_in(world.people["other"])
    await mallory.post("/account/signins/end", {"signin": device.id})
    assert (await ada.get("/account")).status_code == 200


async def test_a_sign_in_ends_by_itself(visitor: Visitor, world: World) -> None:
    await visitor.sign_in(world.people["attendee"])
    world.clock.advance(days=29)
    assert (await visitor.get("/account")).status_code == 200
    world.clock.advance(days=2)
    assert (await visitor.get("/account")).status_code == 401


# S57


async def test_nothing_is_left_of_an_erased_person(site: Site, world: World) -> None:
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    await visitor.post("/account", {"name": "Zebedee Quux", "listed": "on"})
    await world.ask("What says Quuxish?", who="attendee")
    await world.do("attendee", PostMessage("Quuxish greetings"))
    person = world.people["attendee"]
    assert len(await _traces(world, "quux")) > 2
    assert await _traces(world, "attendee@example.org")

    refused = await visitor.post("/account/erase")
    assert refused.status_code == 422
    assert (await visitor.post("/account/erase", {"sure": "yes"}, follow=False)).status_code == 303
    assert await _traces(world, "quux") == []
    assert await _traces(world, "attendee@example.org") == []
    assert (await visitor.get("/account")).status_code == 401
    async with world.engine.database.read() as connection:
        acts = (await connection.execute(sa.select(audit.c.act).where(audit.c.actor == person))).scalars().all()
    assert "person.erase" in acts
    _, sink = await world.join("moderator")
    assert "quux" not in msgspec.json.encode(sink.messages).decode().lower()


async def _traces(world: World, word: str) -> list[str]:
    """The rows of all tables, the journal's payloads among them, in which a word occurs."""
    assert journal in metadata.sorted_tables
    async with world.engine.database.read() as connection:
        rows = [
            f"{t.name}: {tuple(row)}" for t in metadata.sorted_tables for row in await connection.execute(sa.select(t))
        ]
    return [row for row in rows if word in row.lower()]


async def test_those_present_see_the_room_without_an_erased_person(world: World) -> None:
    await world.do("attendee", PostMessage("Quuxish greetings"))
    _, sink = await world.join("other")
    assert "Quuxish" in str(sink.joined)
    await erasure.erase(world.engine, world.people["attendee"])
    deadline = time.monotonic() + 5
    while not any("snapshot" in message for message in sink.messages[1:]) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    fresh = [message for message in sink.messages[1:] if "snapshot" in message]
    assert fresh
    assert "Quuxish" not in str(fresh[-1])


async def test_an_export_holds_the_persons_data_and_nobody_elses(site: Site, world: World) -> None:
    await world.ask("Mine?", who="attendee")
    await world.ask("Not mine?", who="other")
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    answer = await visitor.get("/account/data.json")
    assert answer.headers["content-disposition"].startswith("attachment")
    data = answer.json()
    assert data["person"]["email"] == "attendee@example.org"
    assert [question["text"] for question in data["questions"]] == ["Mine?"]
    assert "Not mine" not in answer.text
    assert world.people["other"] not in answer.text
    assert "argon2" not in answer.text
