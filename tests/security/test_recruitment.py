"""S18, S20, S46, S50, S57 in recruitment: who is no recipient finds no CV, profile, note or application through any door."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from rooms.core.errors import Problem
from rooms.core.files.store import FolderStore
from rooms.core.store.faceted_search import FacetedQuery
from rooms.organisations.messages import MergeOrganisations, OrganisationRole, SetMember
from rooms.organisations.profile import create
from rooms.organisations.tables import organisation_members
from rooms.people import erasure
from rooms.people.messages import BlockPerson, RemovePerson
from rooms.recruitment.applications import messages as am
from rooms.recruitment.candidates import messages as cm
from rooms.recruitment.candidates import queries, search
from rooms.recruitment.candidates.cv import take_cv
from rooms.recruitment.jobs.messages import PublishJob
from rooms.recruitment.tables import candidate_notes, candidates, job_applications, jobs, profile_shares
from tests.support.files import pdf
from tests.support.recruitment import (
    HERE,
    SECRET,
    applied,
    candidate,
    cv_path,
    invited,
    job_draft,
    job_shown,
    pieces,
    profile_of,
    state_of,
)
from tests.support.refusals import refused
from tests.support.visitor import Outbox, Visitor, make_site
from tests.support.world import World
from web.site import Site

OTHERS = ["attendee", "guest", "moderator", "speaker", "organiser", "admin", "stranger"]
"""Everybody but the candidate ("other") and the employer's members ("owner", "staff")."""


@pytest.fixture
def site(world: World, emails: Outbox, tmp_path: Path) -> Site:
    return make_site(world, emails, store=FolderStore(tmp_path / "files"))


async def doors(world: World, share: str) -> list[str]:
    async with world.engine.database.read() as connection:
        job = (await connection.execute(sa.select(jobs.c.id))).scalars().first()
    pages = [
        HERE,
        f"{HERE}?words={SECRET[:5]}",
        f"{HERE}/jobs/{job}",
        f"{HERE}/mine",
        f"{HERE}/employer",
        f"{HERE}/profile",
    ]
    pages += [f"{HERE}/employer?organisation={world.organisation}", f"{HERE}/candidates/{share}", f"{HERE}/talents"]
    pages += [f"{HERE}/jobs/{job}/shortlist.zip", await cv_path(world), "/c/forum/organise/recruitment", "/account"]
    return [
        *pages,
        "/account/data.json",
        f"/c/forum/organisations/{world.organisation}",
        "/c/forum/organise/export.zip",
    ]


async def test_who_is_no_recipient_finds_nothing(site: Site, world: World) -> None:
    share = await candidate(site, world)
    cv = await cv_path(world)
    everywhere = await doors(world, share)
    staff = await Visitor(site).sign_in(world.people["staff"])
    assert SECRET in (await staff.get(f"{HERE}/candidates/{share}")).text, "premise"
    assert (await staff.get(cv)).content == pdf(), "premise"
    for who in OTHERS:
        visitor = await Visitor(site).sign_in(world.people[who])
        for path in everywhere:
            answer = await visitor.get(path)
            assert SECRET not in answer.text, (who, path)
            assert pdf() not in answer.content, (who, path)
        assert (await visitor.get(cv)).status_code == 404, who
        assert (await visitor.get(f"{HERE}/candidates/{share}")).status_code == 404, who
    anonymous = Visitor(site)
    for path in everywhere:
        assert SECRET not in (await anonymous.get(path)).text, path
    assert (await anonymous.get(cv)).status_code == 401


async def test_a_withdrawal_closes_every_door_at_once(site: Site, world: World) -> None:
    share = await candidate(site, world)
    cv, everywhere = await cv_path(world), await doors(world, share)
    staff = await Visitor(site).sign_in(world.people["staff"])
    tag = (await staff.get(cv)).headers["etag"]
    await world.do("other", cm.UnshareProfile(world.organisation), room=world.lobby)
    for path in everywhere:
        assert SECRET not in (await staff.get(path)).text, path
    assert (await staff.get(cv)).status_code == 404
    assert (await staff.get(cv, headers={"If-None-Match": tag})).status_code == 404, "not even whether it has changed"
    await staff.get(f"{HERE}/candidates/{share}")
    assert "The candidate has withdrawn." in staff.page
    assert "Other" not in staff.page
    own = await Visitor(site).sign_in(world.people["other"])
    assert (await own.get(cv)).status_code == 200


async def test_a_replaced_or_deleted_cv_is_gone(site: Site, world: World) -> None:
    await candidate(site, world)
    first = await cv_path(world)
    await take_cv(site.intake, world.people["other"], world.lobby, pieces(pdf(b"% newer\n")))
    second = await cv_path(world)
    staff = await Visitor(site).sign_in(world.people["staff"])
    assert [(await staff.get(path)).status_code for path in (first, second)] == [404, 200]
    await world.do("other", cm.RemoveCv(), room=world.lobby)
    assert (await staff.get(second)).status_code == 404
    assert await site.intake.delete_unknown(seconds=-1) == 2


async def test_former_and_removed_members_are_no_recipients(site: Site, world: World) -> None:
    await candidate(site, world)
    cv = await cv_path(world)
    staff, owner = [await Visitor(site).sign_in(world.people[who]) for who in ("staff", "owner")]
    await world.do("owner", SetMember(world.organisation, world.people["staff"]), room=world.lobby)
    await world.do("organiser", RemovePerson(world.people["owner"]), room=world.lobby)
    assert [(await visitor.get(cv)).status_code for visitor in (staff, owner)] == [404, 403]


async def test_a_cv_of_another_conference_is_absent(site: Site, world: World) -> None:
    """The address names the conference in which it is shared; a member of an employer there is none here."""
    await candidate(site, world)
    cv = (await cv_path(world)).replace("/forum/", "/elsewhere/")
    for who in ("staff", "stranger"):
        visitor = await Visitor(site).sign_in(world.people[who])
        assert (await visitor.get(cv)).status_code in {403, 404}


@pytest.mark.parametrize(
    ("name", "data"),
    [("cv.docx", b"PK\x03\x04" + b"x" * 80), ("cv.png", b"\x89PNG\r\n\x1a\n" + b"x" * 80), ("cv.pdf", b"<script>")],
)
async def test_what_is_no_cv_is_refused(site: Site, world: World, name: str, data: bytes) -> None:
    await profile_of(world, cv=False)
    with refused("invalid", "file"):
        await take_cv(site.intake, world.people["attendee"], world.lobby, pieces(data))


async def test_a_cv_with_a_script_is_refused(site: Site, world: World) -> None:
    await profile_of(world, cv=False)
    script = pdf(b"7 0 obj << /S /JavaScript /JS (app.alert\\(1\\)) >> endobj\n")
    with refused("invalid", "file"):
        await take_cv(site.intake, world.people["attendee"], world.lobby, pieces(script))


async def found(world: World, who: str, words: str = "") -> list[cm.CandidateView]:
    async with world.engine.database.read() as connection:
        shown = search.shown(world.conference, world.people[who], world.clock())
        return await search.page(connection, FacetedQuery(words), shown, 0)


async def test_only_who_opted_in_is_found_and_without_name_or_cv(each_world: World) -> None:
    world = each_world
    await profile_of(world, "other", headline="Hidden chemist")
    id = await profile_of(world, headline="Open chemist", invitable=True)
    [view] = await found(world, "staff", "chemist")
    assert (view.id, view.headline) == (id, "Open chemist")
    assert not {"person", "name", "links", "cv", "permits"} & set(cm.CandidateView.__struct_fields__)
    await profile_of(world, headline="Open chemist", invitable=False)
    assert await found(world, "staff") == []
    job = await job_shown(world)
    with refused("not_found", "candidate"):
        await world.do("staff", cm.InviteCandidate(job, id), room=world.lobby)


async def test_nobody_else_searches_candidates(site: Site, world: World) -> None:
    await profile_of(world, "other", headline=f"{SECRET} chemist", invitable=True)
    await job_shown(world)
    for who in OTHERS:
        visitor = await Visitor(site).sign_in(world.people[who])
        answer = await visitor.get(f"{HERE}/talents")
        assert (answer.status_code, SECRET in answer.text) in {(404, False), (403, False)}, who
    staff = await Visitor(site).sign_in(world.people["staff"])
    await staff.get(f"{HERE}/talents")
    assert SECRET in staff.page
    assert "Other" not in staff.page


async def test_blocked_and_removed_people_are_neither_found_nor_invited(world: World) -> None:
    job = await job_shown(world)
    id = await profile_of(world, invitable=True)
    await world.do("attendee", BlockPerson(world.people["staff"]), room=await world.desk("attendee"))
    assert await found(world, "staff") == []
    assert len(await found(world, "owner")) == 1
    with refused("not_found", "candidate"):
        await world.do("staff", cm.InviteCandidate(job, id), room=world.lobby)
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    assert await found(world, "owner") == []


async def test_a_decline_is_silent_and_invitations_are_few(site: Site, world: World) -> None:
    invitation = await invited(world)
    staff = await Visitor(site).sign_in(world.people["staff"])
    before = (await staff.get(f"{HERE}/talents")).text.count("Invited:")
    with refused("not_found", "invitation"):
        await world.do("other", cm.DeclineInvitation(invitation), room=world.lobby)
    await world.do("attendee", cm.DeclineInvitation(invitation), room=world.lobby)
    assert before == (await staff.get(f"{HERE}/talents")).text.count("Invited:") == 1
    for _ in range(2):
        await invited(world)
    with refused("conflict", "candidate"):
        await invited(world)


async def test_after_an_erasure_no_trace_is_left(each_world: World, tmp_path: Path) -> None:
    world, site = each_world, make_site(each_world, store=FolderStore(tmp_path / "files"))
    await candidate(site, world, invitable=True)
    await erasure.erase(world.engine, world.people["other"])
    async with world.engine.database.read() as connection:
        for table in (candidates, job_applications, profile_shares, candidate_notes):
            assert (await connection.execute(sa.select(table))).all() == [], table.name
    assert await found(world, "staff", SECRET) == []
    assert await site.intake.delete_unknown(seconds=-1) == 1, "the CV"


async def test_an_erased_recruiter_leaves_the_application_and_no_words(site: Site, world: World) -> None:
    await candidate(site, world)
    async with world.engine.database.read() as connection:
        application = (await connection.execute(sa.select(job_applications.c.id))).scalar_one()
    world.clock.advance(minutes=1)
    move = am.MoveApplication(application, am.JobApplicationState.DECLINED, text=f"{SECRET} sorry")
    await world.do("staff", move, room=world.lobby)
    await erasure.erase(world.engine, world.people["staff"])
    assert await state_of(world, application) == "declined"
    own = await Visitor(site).sign_in(world.people["other"])
    assert f"{SECRET} sorry" not in (await own.get(f"{HERE}/mine")).text


async def test_the_later_decision_counts_when_employers_become_one(world: World) -> None:
    application = await applied(world)
    async with world.engine.database.write() as connection:
        double = await create(connection, world.conference, {"name": "LUMEN, Inc."})
        member = {"person": world.people["moderator"], "role": OrganisationRole.MEMBER.value, "added_at": world.clock()}
        await connection.execute(organisation_members.insert().values(organisation=double, **member))
    second = await job_shown_by(world, double)
    world.clock.advance(minutes=1)
    await applied(world, second)
    world.clock.advance(minutes=1)
    await world.do("attendee", cm.UnshareProfile(double), room=world.lobby)
    await world.do("organiser", MergeOrganisations(double, world.organisation), room=world.lobby)
    async with world.engine.database.read() as connection:
        share = await queries.share_with(connection, world.organisation, world.people["attendee"])
    assert share.withdrawn_at is not None
    assert await state_of(world, application) == "withdrawn"


async def job_shown_by(world: World, organisation: str) -> str:
    job = await job_draft(world, "moderator", organisation=organisation)
    await world.do("moderator", PublishJob(job), room=world.lobby)
    return job


async def test_an_application_is_attached_at_the_employers_booth_alone(world: World) -> None:
    application = await applied(world, who="other")
    with pytest.raises(Problem) as problem:
        await world.do("attendee", am.WaitForInterview(application), room=world.stand)
    assert problem.value.code == "not_found"
