"""/c/…/organise/audit: the audit log, newest first, and whether it is intact."""

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation import tables as cooperation
from rooms.core.store import audit
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.exhibition.tables import booths
from rooms.meetings.bookings.tables import spots
from rooms.meetings.meetups.tables import meetups
from rooms.meetings.rounds.tables import rounds
from rooms.organisations.tables import organisations
from rooms.programme.tables import sessions
from rooms.recruitment.tables import jobs
from web.conference import enter_as_organiser
from web.forms import asked_number
from web.languages import in_language
from web.pages.cooperation.words import ADVICE, OUTCOMES
from web.pages.recruitment.words import STATES
from web.site import site_of

SHOWN = 100

ACTS = {
    "application.accept": N_("accepted an application to exhibit"),
    "application.decline": N_("declined an application to exhibit"),
    "asking.change": N_("changed who can ask questions in"),
    "booth.approve": N_("approved the texts of the booth"),
    "booth.create": N_("created the booth"),
    "booth.decline": N_("declined the texts of the booth"),
    "chat.remove": N_("removed a chat message"),
    "chat.report": N_("reported a message by"),
    "conference.change": N_("changed the conference"),
    "conference.found": N_("created the conference"),
    "document.add": N_("added a document to the entry"),
    "document.change": N_("changed who can read a document of the entry"),
    "document.remove": N_("removed a document from the entry"),
    "entry.approve": N_("approved the entry"),
    "entry.create": N_("created the entry"),
    "entry.decline": N_("declined the entry"),
    "entry.delete": N_("deleted an entry"),
    "entry.renew": N_("renewed the entry"),
    "entry.withdraw": N_("withdrew the entry"),
    "entry_type.archive": N_("archived the type of entry"),
    "entry_type.create": N_("created the type of entry"),
    "entry_type.edit": N_("changed the type of entry"),
    "exhibitors.imported": N_("imported a list of exhibitors"),
    "file.add": N_("added a file to a booth"),
    "file.change": N_("changed a file of a booth"),
    "file.remove": N_("removed a file from a booth"),
    "file.replace": N_("replaced a file of a booth"),
    "info_session.cancel": N_("cancelled a group session"),
    "info_session.create": N_("set up a group session"),
    "interest.outcome": N_("recorded the result of a request about"),
    "invite.accept": N_("accepted an invitation"),
    "invite.make": N_("created an invitation"),
    "invite.revoke": N_("withdrew an invitation"),
    "job.close": N_("closed the job"),
    "job.create": N_("created the job"),
    "job.edit": N_("changed the job"),
    "job.publish": N_("published the job"),
    "job_application.hand_over": N_("handed over an application"),
    "job_application.move": N_("changed the state of an application"),
    "match.settings": N_("changed the settings of matchmaking"),
    "meetings.settings": N_("changed the rules for meetings"),
    "meetings.unwindow": N_("closed a time for meetings"),
    "meetings.window": N_("opened a time for meetings"),
    "meetup.approved": N_("approved the meet-up"),
    "meetup.cancel": N_("cancelled the meet-up"),
    "meetup.declined": N_("declined the meet-up"),
    "meetup.edit": N_("changed the meet-up"),
    "organisation.create": N_("created the organisation"),
    "organisation.edit": N_("changed the organisation"),
    "organisation.invite": N_("invited someone to the organisation"),
    "organisation.leave": N_("left the organisation"),
    "organisation.member": N_("changed the people of the organisation"),
    "organisation.merge": N_("merged the organisation"),
    "peer_review.ask": N_("asked for a second look at the entry"),
    "peer_review.cancel": N_("withdrew the request for a second look at the entry"),
    "peer_review.write": N_("wrote a second look at the entry"),
    "person.ban": N_("removed"),
    "person.report": N_("reported"),
    "person.silence": N_("silenced"),
    "person.unban": N_("readmitted"),
    "person.unsilence": N_("ended the silence of"),
    "programme.imported": N_("imported a programme"),
    "question.report": N_("reported a question"),
    "question.unmask": N_("revealed the asker of an anonymous question"),
    "reader.approved": N_("let someone read the documents of the entry"),
    "reader.refused": N_("refused someone the documents of the entry"),
    "report.done": N_("resolved a report about"),
    "role.grant": N_("gave a role to"),
    "role.revoke": N_("removed a role from"),
    "schedule.cancel": N_("discarded an automatic schedule"),
    "schedule.publish": N_("published an automatic schedule"),
    "schedule.show": N_("showed an automatic schedule to its participants"),
    "schedule.start": N_("started an automatic schedule"),
    "round.cancel": N_("cancelled the rounds of short talks"),
    "round.create": N_("set up rounds of short talks"),
    "round.edit": N_("changed the rounds of short talks"),
    "round.start": N_("started the rounds of short talks"),
    "session.cancel": N_("cancelled the session"),
    "session.change": N_("changed the session"),
    "session.create": N_("created the session"),
    "session.ended": N_("ended the session"),
    "session.live": N_("started the session"),
    "session.lobby": N_("opened the session"),
    "session.reinstate": N_("reinstated the session"),
    "spot.archive": N_("archived a place for meetings"),
    "spot.create": N_("created a place for meetings"),
    "spot.edit": N_("changed a place for meetings"),
    "staff.set": N_("changed the booth staff:"),
    "stage.rekey": N_("replaced the stream keys of"),
}

DETAILS = {
    "access": N_("access"),
    "advice": N_("recommendation"),
    "added": N_("added"),
    "anonymous": N_("anonymous questions"),
    "asking": N_("questions"),
    "author": N_("author"),
    "booth": N_("booth"),
    "cancelled": N_("cancelled"),
    "changed": N_("changed"),
    "days": N_("days"),
    "document": N_("document"),
    "guests": N_("guests"),
    "into": N_("into"),
    "kind": N_("kind"),
    "most": N_("meetings of a person"),
    "moved": N_("moved"),
    "organisation": N_("organisation"),
    "outcome": N_("result"),
    "open": N_("open"),
    "other_address": N_("with another email address"),
    "person": N_("person"),
    "reason": N_("reason"),
    "report": N_("report"),
    "restored": N_("reinstated"),
    "review": N_("review of questions"),
    "role": N_("role"),
    "room": N_("room"),
    "session": N_("session"),
    "slug": N_("address"),
    "state": N_("state"),
    "to": N_("to"),
    "together": N_("colleagues share meetings"),
    "until": N_("until"),
    "uses": N_("number of people"),
    "zone": N_("time zone"),
}
VALUES = {"locked": N_("closed"), "open": N_("open"), "paused": N_("paused"), "True": N_("yes"), "False": N_("no")}
VALUES |= {each.value: words for named in (OUTCOMES, ADVICE, STATES) for each, words in named.items()}


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        conference = entered.conference.id
        entries = await audit.read(connection, conference, before=asked_number(request, "before"), limit=SHOWN)
        broken = await audit.verify(connection, conference)
        ids = {id for entry in entries for id in (entry.actor, entry.subject, *entry.details.values())}
        ids = {id for id in ids if isinstance(id, str)}
        names: dict[str | None, str] = {}
        named = sa.select(persons.c.id, persons.c.name).where(persons.c.id.in_(ids))
        names |= {row.id: row.name for row in await connection.execute(named)}
        titled = sa.select(sessions.c.id, sessions.c.title, sessions.c.texts).where(sessions.c.id.in_(ids))
        locale = entered.viewer.locale
        for row in await connection.execute(titled):
            names[row.id] = in_language(locale, row.texts, "title", row.title)
        organised = sa.select(organisations.c.id, organisations.c.name).where(organisations.c.id.in_(ids))
        names |= {row.id: row.name for row in await connection.execute(organised)}
        t, e, i = cooperation.entry_types.c, cooperation.entries.c, cooperation.interests.c
        for row in await connection.execute(sa.select(t.id, t.name, t.texts).where(t.id.in_(ids))):
            names[row.id] = in_language(locale, row.texts, "name", row.name)
        offered = sa.select(e.id, e.title, e.texts).where(e.id.in_(ids))
        asked = sa.select(i.id, e.title, e.texts).where(i.entry == e.id, i.id.in_(ids))
        for row in await connection.execute(sa.union_all(offered, asked)):
            names[row.id] = in_language(locale, row.texts, "title", row.title)
        for table in (meetups, rounds):
            met = sa.select(table.c.id, table.c.title).where(table.c.id.in_(ids))
            names |= {row.id: row.title for row in await connection.execute(met)}
        offered_jobs = sa.select(jobs.c.id, jobs.c.title, jobs.c.texts).where(jobs.c.id.in_(ids))
        for row in await connection.execute(offered_jobs):
            names[row.id] = in_language(locale, row.texts, "title", row.title)
        tables = sa.select(spots.c.id, spots.c.name).where(spots.c.id.in_(ids))
        names |= {row.id: row.name for row in await connection.execute(tables)}
        called = sa.select(booths.c.id, booths.c.name, booths.c.texts).where(booths.c.id.in_(ids))
        for row in await connection.execute(called):
            names[row.id] = in_language(locale, row.texts, "name", row.name)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return await entered.page(
        request,
        "conduct/audit.html",
        entries=entries,
        broken=broken,
        names=names,
        acts={act: gettext(words) for act, words in ACTS.items()},
        labels={name: gettext(words) for name, words in DETAILS.items()},
        values={value: gettext(words) for value, words in VALUES.items()},
        older=entries[-1].number if len(entries) == SHOWN and entries[-1].number > 1 else None,
    )


routes = [Route("/c/{conference}/organise/audit", show)]
