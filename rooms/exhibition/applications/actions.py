"""Applications to exhibit: any participant may apply for a booth; organisers review and decide."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.people import PersonView
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.store.tables import persons
from rooms.core.text import N_, clean_line, optional_line, optional_text
from rooms.exhibition.applications.messages import (
    REMARK_LENGTH,
    AcceptApplication,
    ApplicationState,
    ApplicationView,
    Applied,
    ApplyToExhibit,
    DeclineApplication,
    ReviewApplication,
    WithdrawApplication,
)
from rooms.exhibition.booths.editing import hall_of, make_booth, said_by, set_duty
from rooms.exhibition.booths.messages import BoothCreated, DraftBooth
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.record_tables import exhibitor_applications
from rooms.exhibition.tables import booths
from rooms.people import rules
from rooms.people.desk import desk_of, notify, with_desk_from

LOBBY = {"lobby"}
OPEN = ("sent", "review")
MOST_OPEN = 3
"""Open applications of one person to a conference."""
MOST = 20
"""Applications of one person to a conference, including withdrawn and decided ones."""
SHOWN = 500

a = exhibitor_applications.c
with_applicant = with_desk_from(a.person, a.id, "application")


async def applications(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> list[ApplicationView]:
    """Open applications first, then the newest."""
    waits = sa.case((a.state.in_(OPEN), 0), else_=1)
    joined = exhibitor_applications.join(persons, persons.c.id == a.person)
    select = sa.select(exhibitor_applications, persons.c.name.label("person_name")).select_from(joined)
    rows = await connection.execute(select.where(*conditions).order_by(waits, a.sent_at.desc(), a.id).limit(SHOWN))
    return [_view(row) for row in rows]


def _view(row: Any) -> ApplicationView:
    said = {name: row.said[name] for name in ApplicationView.__struct_fields__ if name in row.said}
    kept = ("id", "hall", "tier", "remark", "reason", "booth", "sent_at", "decided_at")
    columns = {name: getattr(row, name) for name in kept}
    return ApplicationView(
        **said, **columns, person=PersonView(row.person, row.person_name), state=ApplicationState(row.state)
    )


@command(ApplyToExhibit, kinds=LOBBY, allowed=rules.takes_part, rate=Rate(10, 600))
async def apply_to_exhibit(tx: Transaction, actor: Actor, command: ApplyToExhibit) -> Applied:
    if actor.known.kind != "registered":
        raise Problem("forbidden", N_("You need an account for this. Add your email address first."))
    conference, person = actor.room.subject, actor.known.id
    mine = sa.and_(a.conference == conference, a.person == person, a.state.in_(OPEN))
    count = sa.select(sa.func.count()).select_from(exhibitor_applications).where(mine)
    if (await tx.connection.execute(count)).scalar_one() >= MOST_OPEN:
        raise Problem("conflict", N_("The organisers have not answered your earlier application yet."))
    every = sa.select(sa.func.count()).where(a.conference == conference, a.person == person)
    if (await tx.connection.execute(every)).scalar_one() >= MOST:
        raise Problem(
            "conflict", N_("You have applied %(most)s times. Write to the organisers."), values={"most": MOST}
        )
    texts = {name: getattr(command, name) for name in DraftBooth.__struct_fields__ if hasattr(command, name)}
    values: dict[str, Any] = {
        "id": new_id(),
        "conference": conference,
        "person": person,
        "said": said_by(DraftBooth(**texts)),
        "hall": optional_line(command.hall, 120, "hall"),
        "tier": command.tier,
        "remark": optional_text(command.remark, REMARK_LENGTH, "remark"),
        "state": ApplicationState.SENT.value,
        "sent_at": tx.now,
    }
    await tx.connection.execute(exhibitor_applications.insert().values(values))
    return Applied(values["id"])


@command(WithdrawApplication, kinds=LOBBY, allowed=rules.takes_part)
async def withdraw_application(tx: Transaction, actor: Actor, command: WithdrawApplication) -> None:
    row = await _waiting(tx, actor, command.application, a.person == actor.known.id)
    await _decide(tx, row, ApplicationState.WITHDRAWN)


@command(ReviewApplication, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_applicant)
async def review_application(tx: Transaction, actor: Actor, command: ReviewApplication) -> None:
    row = await _waiting(tx, actor, command.application)
    if row.state != ApplicationState.REVIEW.value:
        await _decide(tx, row, ApplicationState.REVIEW)
        await _tell(tx, row, "application.review", Target("application", actor.room.subject))


@command(AcceptApplication, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_applicant)
async def accept_application(tx: Transaction, actor: Actor, command: AcceptApplication) -> BoothCreated:
    row = await _waiting(tx, actor, command.application)
    conference = actor.room.subject
    hall = await hall_of(tx.connection, conference, clean_line(command.hall, 120, "hall"))
    number = optional_line(command.number, 20, "number")
    name = {"name": row.said["name"]}
    booth, _ = await make_booth(tx.connection, conference, hall, name, number=number, tier=command.tier)
    draft = {"draft": row.said, "review": "draft"}
    await tx.connection.execute(booths.update().where(booths.c.id == booth).values(draft))
    await set_duty(tx.connection, booth, row.person, Duty.OWNER, tx.now)
    await _decide(tx, row, ApplicationState.ACCEPTED, booth=booth)
    tx.audit(conference, actor.known.id, "application.accept", row.id, {"booth": booth})
    await _tell(tx, row, "application.accepted", Target("booth.edit", actor.room.subject, booth))
    return BoothCreated(booth)


@command(DeclineApplication, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_applicant)
async def decline_application(tx: Transaction, actor: Actor, command: DeclineApplication) -> None:
    row = await _waiting(tx, actor, command.application)
    await _decide(tx, row, ApplicationState.DECLINED, reason=clean_line(command.reason, 300, "reason"))
    tx.audit(actor.room.subject, actor.known.id, "application.decline", row.id)
    await _tell(tx, row, "application.declined", Target("application", actor.room.subject))


async def _waiting(tx: Transaction, actor: Actor, id: str, *conditions: "sa.ColumnElement[bool]") -> Any:
    """An open application of this conference. Raises Problem "not_found" or "stale"."""
    here = sa.and_(a.id == id, a.conference == actor.room.subject, *conditions)
    row = (await tx.connection.execute(sa.select(exhibitor_applications).where(here))).one_or_none()
    if row is None:
        raise Problem("not_found", N_("This application does not exist."), field="application")
    if row.state not in OPEN:
        raise Problem("stale", N_("This application has already been decided."), field="application")
    return row


async def _decide(tx: Transaction, row: Any, state: ApplicationState, **values: Any) -> None:
    decided = None if state is ApplicationState.REVIEW else tx.now
    update = exhibitor_applications.update().where(a.id == row.id)
    await tx.connection.execute(update.values(state=state.value, decided_at=decided, **values))


async def _tell(tx: Transaction, row: Any, kind: str, target: Target) -> None:
    if await desk_of(tx.connection, row.person) in tx.rooms:
        await notify(tx, row.person, kind, {"booth": row.said["name"]}, target)
