"""Tables of recruitment: jobs, candidates and what they share with employers, applications, notes and invitations."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata
from rooms.core.store.full_text import FullTextIndex

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("organisation", sa.String(20), sa.ForeignKey("organisations.id"), nullable=False, index=True),
    sa.Column("author", sa.String(20), sa.ForeignKey("persons.id")),  # None: erased
    sa.Column("state", sa.String(10), nullable=False),  # draft | published | closed | expired
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("about", sa.Text, nullable=False, default=""),
    sa.Column("texts", Json, nullable=False),  # {"zh_Hans": {"title": …, "about": …, "place": …}}
    sa.Column("country", sa.String(2), nullable=False, default=""),  # ISO 3166-1
    sa.Column("place", sa.String(120), nullable=False, default=""),
    sa.Column("workplace", sa.String(10), nullable=False),  # on_site | hybrid | remote
    sa.Column("contract", sa.String(12), nullable=False),
    sa.Column("sciences", Json, nullable=False),  # codes of the OECD's fields: ["1.2"]
    sa.Column("visa", sa.Boolean, nullable=False, default=False),  # the employer supports a visa
    # Prerequisites:
    sa.Column("degree", sa.String(10), nullable=False, default=""),  # at least this one
    sa.Column("languages", Json, nullable=False),  # all of these: ["en"]
    sa.Column("permit", sa.Boolean, nullable=False, default=False),  # to work in `country`
    sa.Column("years", sa.Integer, nullable=False, default=0),  # of experience
    sa.Column("questions", Json, nullable=False),  # [{"key": …, "text": …, "expected": …}]: messages.QuestionView
    sa.Column("days", sa.Integer, nullable=False),  # how long it is shown
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("published_at", UtcDateTime),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("reminded_at", UtcDateTime),  # when the employer was reminded of the expiry
    sa.Column("external_id", sa.String(80)),  # its id in an imported list
    sa.Index("ix_jobs_conference_state", "conference", "state", "published_at"),
)

job_facets = sa.Table(
    "job_facets",  # the values by which published jobs are filtered
    metadata,
    sa.Column("subject", sa.String(20), sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("key", sa.String(20), primary_key=True),
    sa.Column("value", sa.String(20), primary_key=True),
    sa.Index("ix_job_facets_key_value", "key", "value"),
)

saved_jobs = sa.Table(
    "saved_jobs",
    metadata,
    sa.Column("job", sa.String(20), sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_saved_jobs_person", "person"),
)

candidates = sa.Table(
    "candidates",  # the profile of a person who looks for work
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("headline", sa.String(120), nullable=False),
    sa.Column("about", sa.Text, nullable=False, default=""),
    sa.Column("links", Json, nullable=False),  # ["https://…"]
    sa.Column("languages", Json, nullable=False),
    sa.Column("degree", sa.String(10), nullable=False, default=""),  # "": not stated
    sa.Column("sciences", Json, nullable=False),
    sa.Column("country", sa.String(2), nullable=False, default=""),  # where they live
    sa.Column("permits", Json, nullable=False),  # countries where they may work
    sa.Column("years", sa.Integer),  # of experience; None: not stated
    sa.Column("invitable", sa.Boolean, nullable=False, default=False),  # employers may find and invite them
    sa.Column("cv", sa.String(20)),  # the name of the file in the store
    sa.Column("cv_size", sa.Integer, nullable=False, default=0),
    sa.Column("cv_digest", sa.String(64), nullable=False, default=""),  # SHA-256
    sa.Column("cv_at", UtcDateTime),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("conference", "person"),
)

candidate_facets = sa.Table(
    "candidate_facets",  # only of those who may be invited
    metadata,
    sa.Column("subject", sa.String(20), sa.ForeignKey("candidates.id"), primary_key=True),
    sa.Column("key", sa.String(20), primary_key=True),
    sa.Column("value", sa.String(20), primary_key=True),
    sa.Index("ix_candidate_facets_key_value", "key", "value"),
)

profile_shares = sa.Table(
    "profile_shares",  # which employers may see the profile and the CV of a candidate
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("organisation", sa.String(20), sa.ForeignKey("organisations.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("explicit", sa.Boolean, nullable=False, default=False),  # shared without an application
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("withdrawn_at", UtcDateTime),
    sa.UniqueConstraint("organisation", "person"),
)

job_applications = sa.Table(
    "job_applications",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("job", sa.String(20), sa.ForeignKey("jobs.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("share", sa.String(20), sa.ForeignKey("profile_shares.id"), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False, default=""),
    sa.Column("answers", Json, nullable=False),  # {key of a question: True | False}
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("owner", sa.String(20), sa.ForeignKey("persons.id"), index=True),  # the colleague who handles it
    sa.Column("shortlisted", sa.Boolean, nullable=False, default=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("job", "person"),
)

application_steps = sa.Table(
    "application_steps",  # the timeline of an application
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("application", sa.String(20), sa.ForeignKey("job_applications.id"), nullable=False, index=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), index=True),  # who made it; None: erased
    sa.Column("reason", sa.String(20), nullable=False, default=""),  # of a list: why it was declined
    sa.Column("text", sa.String(2000), nullable=False, default=""),  # to the candidate
    sa.Column("at", UtcDateTime, nullable=False),
)

candidate_notes = sa.Table(
    "candidate_notes",  # each colleague's note about a candidate, read by all colleagues
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("share", sa.String(20), sa.ForeignKey("profile_shares.id"), nullable=False),
    sa.Column("author", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False, default=""),
    sa.Column("rating", sa.Integer, nullable=False, default=0),  # 1 to 5; 0: none
    sa.Column("next_step", sa.String(200), nullable=False, default=""),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("share", "author"),
)

job_invitations = sa.Table(
    "job_invitations",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("job", sa.String(20), sa.ForeignKey("jobs.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("by", sa.String(20), sa.ForeignKey("persons.id"), index=True),  # None: erased
    sa.Column("text", sa.String(1000), nullable=False, default=""),
    sa.Column("state", sa.String(10), nullable=False),  # waiting | declined | applied
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("job", "person"),
)

queued_applications = sa.Table(
    "queued_applications",  # the application with which a candidate waits in the queue of a booth
    metadata,
    sa.Column("place", sa.String(20), sa.ForeignKey("queue_places.id"), primary_key=True),
    sa.Column("application", sa.String(20), sa.ForeignKey("job_applications.id"), nullable=False, index=True),
)

interview_offers = sa.Table(
    "interview_offers",  # with whom a candidate can book an interview
    metadata,
    sa.Column("application", sa.String(20), sa.ForeignKey("job_applications.id"), primary_key=True),
    sa.Column("interviewer", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
)

job_terms = FullTextIndex("job_terms")
"""The texts of published jobs."""
candidate_terms = FullTextIndex("candidate_terms")
"""The profiles of those who may be invited."""
