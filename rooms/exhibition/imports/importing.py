"""Imports exhibitors into a conference: first a plan, then all of it in one transaction, or nothing. A second time there is nothing to do."""

import asyncio
import contextlib
from typing import Any, NamedTuple, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView
from rooms.core.commands.transaction import Transaction
from rooms.core.engine import LONG, Engine
from rooms.core.errors import Problem
from rooms.core.files.faults import Fault, Notes
from rooms.core.imports.plan import EXCERPT, Act, Change, Item
from rooms.core.imports.table_file import MOST_BYTES, read_table
from rooms.core.imports.uploads import ImportKind, PlanChanged, Progress, digest_of
from rooms.core.store import journal
from rooms.core.store.journal import rooms
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.editing import columns_of, hall_of, make_booth
from rooms.exhibition.booths.messages import BoothChanged, BoothListed
from rooms.exhibition.booths.staff import take_up
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.imports.columns import EXHIBITOR_COLUMNS, ExhibitorFaults
from rooms.exhibition.imports.expected_owners import expect
from rooms.exhibition.imports.parsing import ExhibitorRow, again, exhibitors
from rooms.exhibition.organisations import complete_profile
from rooms.exhibition.presence.messages import Floor
from rooms.exhibition.record_tables import owner_invites
from rooms.exhibition.tables import booth_staff, booths, exhibition_halls
from rooms.people.desk import desk_of, desks_of
from rooms.people.messages import RightsChanged
from rooms.programme.queries import Conference

TRIES = 5
NAMES = {1: "partner", 2: "sponsor", 3: "exhibitor"}
b = booths.c


class ExhibitorPlan(msgspec.Struct, frozen=True):
    """What an import would change.

    `strangers` are the addresses of owners who have no account yet: they can be invited (rooms/invitations/owner_invites.py).
    `left_out` are rows that do not fit the exhibition.
    """

    booths: tuple[Item, ...] = ()
    halls: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    left_out: tuple[Fault, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.booths

    @property
    def warnings(self) -> tuple[Fault, ...]:
        return ()

    def count(self, act: Act) -> int:
        return sum(item.act is act for item in self.booths)


class _Stored(NamedTuple):
    """The current state of the conference.

    Booths by their id in the file and by name, which several may share; staff as (booth, person); people by address; halls by name,
    with their rooms; `expected` as (booth, address) of owners without an account who were named by an earlier import.
    """

    by_id: dict[str, Any]
    by_name: dict[str, list[Any]]
    staff: set[tuple[str, str]]
    people: dict[str, PersonView]
    halls: dict[str, str]
    rooms: dict[str, str]
    expected: set[tuple[str, str]]


async def plan_import(engine: Engine, conference: Conference, listed: list[ExhibitorRow]) -> ExhibitorPlan:
    """Nothing is written. Raises ExhibitorFaults when no row fits the exhibition."""
    async with engine.database.read() as connection:
        return _plan(await _load(connection, conference.id, listed), listed)[0]


async def import_exhibitors(
    engine: Engine,
    conference: Conference,
    listed: list[ExhibitorRow],
    *,
    by: str | None,
    progress: Progress | None = None,
    agreed: str | None = None,
) -> ExhibitorPlan:
    """Applies the plan and returns it. Booths that the file does not name stay as they are; imported texts are shown at once.

    `by` is the person for the audit log (None: the command line), `agreed` the digest of the plan that they agreed to (None: any plan).
    Raises ExhibitorFaults, PlanChanged or Problem "conflict".
    """
    for _ in range(TRIES):
        async with engine.database.read() as connection:
            stored = await _load(connection, conference.id, listed)
            needed = await _rooms_to_lock(connection, stored, listed)
        async with engine.transaction([conference.room, *needed], patience=LONG) as tx:
            # Changes made before the rooms were locked may affect further rooms.
            stored = await _load(tx.connection, conference.id, listed)
            plan, fitting = _plan(stored, listed)
            if plan.empty:
                return plan
            if agreed is not None and digest_of(plan) != agreed:
                raise PlanChanged
            if not (await _rooms_to_lock(tx.connection, stored, fitting) <= tx.rooms.keys()):
                continue
            renewed = await _write(tx, conference.id, stored, fitting, progress or (lambda done, total: None))
            details = {act.value: plan.count(act) for act in (Act.ADDED, Act.CHANGED)}
            tx.audit(conference.id, by, "exhibitors.imported", details=details)
        await engine.hub.reconcile(renewed)
        return plan
    raise Problem("conflict", N_("Someone else is changing the exhibition. Try again."), retry_after=2)


async def _load(connection: AsyncConnection, conference: str, listed: list[ExhibitorRow]) -> _Stored:
    joined = booths.join(exhibition_halls, exhibition_halls.c.id == b.hall)
    select = sa.select(booths, exhibition_halls.c.name.label("hall_name")).select_from(joined)
    by_id: dict[str, Any] = {}
    by_name: dict[str, list[Any]] = {}
    for row in await connection.execute(select.where(b.conference == conference)):
        if row.external_id:
            by_id[row.external_id] = row
        by_name.setdefault(row.name.casefold(), []).append(row)
    s, p, r, h = booth_staff.c, persons.c, rooms.c, exhibition_halls.c
    staff = sa.select(s.booth, s.person).join(booths, b.id == s.booth).where(b.conference == conference)
    owners = sa.select(p.email, p.id, p.name)
    owners = owners.where(p.email.in_({each.owner for each in listed} - {""}), p.verified_at.is_not(None))
    halls = (
        sa.select(h.name, r.id)
        .join(rooms, sa.and_(r.kind == "hall", r.subject == h.id))
        .where(h.conference == conference)
    )
    places = sa.select(r.subject, r.id).where(r.conference == conference, r.kind == "booth")
    expected = sa.select(owner_invites.c.booth, owner_invites.c.email)
    expected = expected.join(booths, b.id == owner_invites.c.booth).where(b.conference == conference)
    return _Stored(
        by_id,
        by_name,
        {(row.booth, row.person) for row in await connection.execute(staff)},
        {row.email: PersonView(row.id, row.name) for row in await connection.execute(owners)},
        {row.name: row.id for row in await connection.execute(halls)},
        {row.subject: row.id for row in await connection.execute(places)},
        {(row.booth, row.email) for row in await connection.execute(expected)},
    )


def _known(stored: _Stored, each: ExhibitorRow) -> Any:
    """The booth that matches a row, None for a new one. Raises LookupError when several booths match."""
    if each.id in stored.by_id:
        return stored.by_id[each.id]
    named = stored.by_name.get(each.name.casefold(), [])
    if each.id:  # a booth that was created by hand takes the id
        named = [row for row in named if not row.external_id]
    if len(named) > 1:
        raise LookupError(each.name)
    return named[0] if named else None


async def _rooms_to_lock(connection: AsyncConnection, stored: _Stored, listed: list[ExhibitorRow]) -> set[str]:
    """The rooms of all booths that may match, the rooms of all halls, and the desks of the owners."""
    known: set[str] = set()
    for each in listed:
        with contextlib.suppress(LookupError):
            if (row := _known(stored, each)) is not None:
                known.add(stored.rooms[row.id])
    desks = await desks_of(connection, {person.id for person in stored.people.values()})
    return {*known, *stored.halls.values(), *desks}


def _plan(stored: _Stored, listed: list[ExhibitorRow]) -> tuple[ExhibitorPlan, list[ExhibitorRow]]:
    """The plan and the rows that fit. Raises ExhibitorFaults when none does."""
    left_out: list[Fault] = []
    fitting: list[ExhibitorRow] = []
    items: list[Item] = []
    meant: dict[str, int] = {}
    for each in listed:
        where = f"{each.row} · {each.name}"
        try:
            row = _known(stored, each)
        except LookupError:
            what = N_("Several booths have this name.")
            left_out.append(Fault(where, what, N_("Give it an id, so that it is clear which one is meant.")))
            continue
        if row is None and not each.placed.get("hall"):
            what = N_("This is a new exhibitor, without a hall.")
            left_out.append(Fault(where, what, N_("Write in which hall it is.")))
            continue
        if row is not None and (first := meant.setdefault(row.id, each.row)) != each.row:
            left_out.append(again(each.row, each.name, first))
            continue
        fitting.append(each)
        if row is None:
            items.append(Item(Act.ADDED, each.key, each.name))
        elif changes := _changes(stored, row, each):
            items.append(Item(Act.CHANGED, each.key, row.name, tuple(changes)))
    if not fitting:
        raise ExhibitorFaults(left_out)
    wanted = {str(each.placed["hall"]) for each in fitting if each.placed.get("hall")}
    strangers = sorted({each.owner for each in fitting} - {""} - stored.people.keys())
    new_halls = tuple(sorted(wanted - stored.halls.keys()))
    return ExhibitorPlan(tuple(items), new_halls, tuple(strangers), tuple(left_out)), fitting


def _changes(stored: _Stored, row: Any, each: ExhibitorRow) -> list[Change]:
    pairs: list[tuple[str, object, object]] = [(name, getattr(row, name), value) for name, value in each.said.items()]
    for name, value in each.placed.items():
        if name == "tier":
            pairs.append((name, NAMES[row.tier], NAMES[cast(int, value)]))
        # An empty cell does not move a booth out of its hall.
        elif name != "hall" or value:
            pairs.append((name, row.hall_name if name == "hall" else getattr(row, name), value))
    for locale, texts in each.texts.items():
        pairs += [(f"{name} ({locale})", row.texts.get(locale, {}).get(name, ""), text) for name, text in texts.items()]
    if each.id:
        pairs.append(("id", row.external_id or "", each.id))
    owner = stored.people.get(each.owner)
    missing = (row.id, owner.id) not in stored.staff if owner else (row.id, each.owner) not in stored.expected
    if each.owner and missing:
        pairs.append(("owner", "", each.owner))
    if not row.open:
        pairs.append(("open", False, True))
    return [Change(name, _shown(before), _shown(after)) for name, before, after in pairs if before != after]


def _shown(value: object) -> str:
    text = ", ".join(cast(list[str], value)) if isinstance(value, list) else str(value)
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}…"


async def _write(
    tx: Transaction, conference: str, stored: _Stored, listed: list[ExhibitorRow], progress: Progress
) -> list[str]:
    """Returns the rooms of halls that a booth has left. People who look at one of them get a new snapshot."""
    left: set[str] = set()
    for done, each in enumerate(listed, start=1):
        progress(done, len(listed))
        row = _known(stored, each)
        if row is not None and not _changes(stored, row, each):
            continue
        hall_name = str(each.placed.get("hall") or (row.hall_name if row is not None else ""))
        hall = await hall_of(tx.connection, conference, hall_name)
        texts: dict[str, dict[str, str]] = {} if row is None else {name: dict(said) for name, said in row.texts.items()}
        for locale, said in each.texts.items():
            merged = {**texts.get(locale, {}), **said}
            texts[locale] = {name: text for name, text in merged.items() if text}
        texts = {locale: said for locale, said in texts.items() if said}
        placed = {name: value for name, value in each.placed.items() if name != "hall"}
        if row is None:
            fields = {**placed, **({"external_id": each.id} if each.id else {})}
            booth, _ = await make_booth(
                tx.connection, conference, hall, {**each.said, "texts": texts}, open=True, **fields
            )
        else:
            booth = row.id
            names = ("name", "tagline", "about", "website", "country", "field", "languages")
            before = {name: getattr(row, name) for name in names}
            values = {**columns_of({**before, **each.said, "texts": texts}), **placed, "hall": hall, "open": True}
            if each.id:
                values["external_id"] = each.id
            await tx.connection.execute(booths.update().where(b.id == booth).values(values))
            await complete_profile(tx.connection, booth)
            if hall_name != row.hall_name:
                left.add(stored.halls[row.hall_name])
        owner = stored.people.get(each.owner)
        if owner and (booth, owner.id) not in stored.staff:
            await take_up(tx, booth, stored.rooms.get(booth), owner, Duty.OWNER)
            tx.record(RightsChanged(conference), room=await desk_of(tx.connection, owner.id), person=owner.id)
        if each.owner and not owner:
            await expect(tx.connection, booth, each.owner, tx.now)
        await _record_events(tx, booth, stored.rooms.get(booth), stored.halls.get(hall_name))
    await journal.renew(tx.connection, left)
    return sorted(left)


async def _record_events(tx: Transaction, booth: str, room: str | None, hall: str | None) -> None:
    """Records events for people at the booth and in its hall. Rooms that were just created are still empty."""
    row = await queries.booth_row(tx.connection, booth)
    if room is not None:
        tx.record(BoothChanged(queries.view_of(row)), room=room)
    if hall is not None:
        tx.record(BoothListed(queries.card_of(row)), room=hall)
        tx.latest(Floor(booth, queries.now_of(row)), room=hall)


async def _read(conference: Conference, data: bytes) -> tuple[list[ExhibitorRow], Notes]:
    return await read_exhibitors(data)


async def read_exhibitors(data: bytes) -> tuple[list[ExhibitorRow], Notes]:
    """The exhibitors in a file. Raises ExhibitorFaults or another Problem."""
    table = await read_table(data, EXHIBITOR_COLUMNS)
    return await asyncio.to_thread(exhibitors, table)  # takes a second for thousands of rows


async def _apply(
    engine: Engine, conference: Conference, listed: list[ExhibitorRow], by: str, progress: Progress, agreed: str
) -> ExhibitorPlan:
    return await import_exhibitors(engine, conference, listed, by=by, progress=progress, agreed=agreed)


EXHIBITORS = ImportKind("exhibitors", MOST_BYTES, list[ExhibitorRow], _read, plan_import, _apply)
