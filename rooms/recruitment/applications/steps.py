"""The states of applications in the tables, and their timeline."""

from typing import Any

import sqlalchemy as sa

from rooms.core.commands.transaction import Transaction
from rooms.core.ids import new_id
from rooms.recruitment.applications.messages import JobApplicationState
from rooms.recruitment.tables import application_steps, job_applications

OPEN = (
    JobApplicationState.APPLIED.value,
    JobApplicationState.REVIEW.value,
    JobApplicationState.INTERVIEW.value,
    JobApplicationState.OFFER.value,
)
"""States that are not final."""

a = job_applications.c


async def set_state(
    tx: Transaction, application: str, state: JobApplicationState, person: str, *, reason: str = "", text: str = ""
) -> None:
    """Writes a new state and its entry in the timeline. `person`: who did it."""
    changed: dict[str, Any] = {"state": state.value, "changed_at": tx.now}
    if state is JobApplicationState.WITHDRAWN:
        changed |= {"text": "", "answers": {}, "shortlisted": False}
    await tx.connection.execute(job_applications.update().where(a.id == application).values(changed))
    step = {"application": application, "state": state.value, "person": person, "reason": reason, "text": text}
    await tx.connection.execute(application_steps.insert().values(id=new_id(), at=tx.now, **step))


async def withdraw_applications(tx: Transaction, which: "sa.ColumnElement[bool]") -> None:
    """Withdraws those of these applications that are open, and removes what the others say of the candidate."""
    rows = (await tx.connection.execute(sa.select(a.id, a.person, a.state).where(which))).all()
    for row in rows:
        if row.state in OPEN:
            await set_state(tx, row.id, JobApplicationState.WITHDRAWN, row.person)
    cleared = job_applications.update().where(which).values(text="", answers={}, shortlisted=False)
    await tx.connection.execute(cleared)
