"""S58: an edit of the audit log in the database is shown on its page."""

from typing import Any

import pytest
import sqlalchemy as sa

from rooms.core.store.tables import audit, audit_heads
from rooms.forum.hosting_messages import SetReview
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

LAST = sa.select(sa.func.max(audit.c.number)).scalar_subquery()

EDITS: dict[str, Any] = {
    "another actor": audit.update().where(audit.c.number == 2).values(actor="a" * 20),
    "another act": audit.update().where(audit.c.number == 2).values(act="session.live"),
    "other details": audit.update().where(audit.c.number == 2).values(details={"review": "maybe"}),
    "an earlier time": audit.update()
    .where(audit.c.number == 2)
    .values(at=sa.select(sa.func.min(audit.c.at)).scalar_subquery()),
    "one entry less": audit.delete().where(audit.c.number == 2),
    "the last one gone": audit.delete().where(audit.c.number == LAST),
    "all gone": audit.delete(),
    "no head": audit_heads.delete(),
}


@pytest.mark.parametrize("edit", EDITS)
async def test_an_edit_of_the_log_is_shown(site: Site, world: World, edit: str) -> None:
    for number in range(6):
        world.clock.advance(minutes=1)
        await world.do("moderator", SetReview(number % 2 == 1))
    organiser = await Visitor(site).sign_in(world.people["organiser"])
    assert (await organiser.get("/c/forum/organise/audit")).status_code == 200
    assert "tampered" not in organiser.page
    async with world.engine.database.write() as connection:
        await connection.execute(EDITS[edit])
    assert (await organiser.get("/c/forum/organise/audit")).status_code == 200
    assert "The log was tampered with: the chain breaks at" in organiser.page
