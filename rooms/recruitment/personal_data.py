"""Personal data in recruitment: of candidates, and of the employers' staff."""

import sqlalchemy as sa

from rooms.core.commands.transaction import Transaction
from rooms.core.personal_data import DataSubject, PersonalData, Rows, register
from rooms.recruitment.candidates.search import SEARCH
from rooms.recruitment.tables import (
    application_steps,
    candidate_notes,
    candidates,
    interview_offers,
    job_applications,
    job_invitations,
    jobs,
    profile_shares,
    queued_applications,
    saved_jobs,
)

PROFILE = [
    "conference",
    "headline",
    "about",
    "links",
    "languages",
    "degree",
    "sciences",
    "country",
    "permits",
    "years",
    "invitable",
    "cv",
    "cv_size",
    "cv_at",
]


async def _erase(tx: Transaction, subject: DataSubject) -> None:
    """What hangs on a candidate's rows. The CV is no longer reachable at once; its file is deleted by the next sweep of the store."""
    shares = sa.select(profile_shares.c.id).where(profile_shares.c.person == subject.id)
    theirs = sa.select(job_applications.c.id).where(job_applications.c.person == subject.id)
    profiles = sa.select(candidates.c.id).where(candidates.c.person == subject.id)
    await SEARCH.remove(tx.connection, (await tx.connection.execute(profiles)).scalars().all())
    for table, column, ids in (
        (candidate_notes, candidate_notes.c.share, shares),
        (application_steps, application_steps.c.application, theirs),
        (queued_applications, queued_applications.c.application, theirs),
        (interview_offers, interview_offers.c.application, theirs),
    ):
        await tx.connection.execute(table.delete().where(column.in_(ids)))


register(
    "recruitment",
    PersonalData(
        rows=(
            Rows("jobs", jobs, ("conference", "title", "state", "created_at"), by="author", replace={"author": None}),
            Rows("saved_jobs", saved_jobs, ("job", "at")),
            Rows("candidate_profiles", candidates, tuple(PROFILE)),
            Rows("job_invitations", job_invitations, ("job", "text", "state", "at")),
            Rows(
                "job_invitations_sent",
                job_invitations,
                ("job", "text", "at"),
                by="by",
                replace={"by": None, "text": ""},
            ),
            Rows("candidate_notes", candidate_notes, ("text", "rating", "next_step", "at"), by="author"),
            Rows(
                "application_steps",
                application_steps,
                ("application", "state", "reason", "text", "at"),
                replace={"person": None, "text": ""},
            ),
            Rows(
                "job_applications",
                job_applications,
                ("job", "text", "answers", "state", "at", "changed_at"),
            ),
            Rows(
                "job_applications_handled",
                job_applications,
                ("job", "state"),
                by="owner",
                replace={"owner": None},
            ),
            Rows("interview_offers", interview_offers, ("application", "at"), by="interviewer"),
            Rows("profile_shares", profile_shares, ("organisation", "explicit", "at", "withdrawn_at")),
        ),
        erase=_erase,
    ),
)
