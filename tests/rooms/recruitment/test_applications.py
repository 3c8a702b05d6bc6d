"""Applications: prerequisites with reasons, the way to an outcome, notes, and handing over."""

from typing import Any

import msgspec
import pytest

from rooms.core.errors import Problem
from rooms.organisations.messages import SetMember
from rooms.people.messages import BlockPerson, RemovePerson
from rooms.recruitment.applications import messages as m
from rooms.recruitment.applications import queries
from rooms.recruitment.applications.eligibility import Prerequisite, prerequisites
from rooms.recruitment.candidates.messages import UnshareProfile
from rooms.recruitment.candidates.queries import profile
from rooms.recruitment.jobs.messages import Degree, QuestionView
from rooms.recruitment.jobs.queries import job_row, view_of
from tests.rooms.recruitment.test_jobs import notices
from tests.support.recruitment import applied, job_draft, job_shown, profile_of, share_of, state_of
from tests.support.refusals import refused
from tests.support.world import World


async def view(world: World, application: str) -> m.JobApplicationView:
    async with world.engine.database.read() as connection:
        [found] = await queries.views(connection, queries.a.id == application)
        return found


async def test_from_an_application_to_a_new_colleague(grown_world: World) -> None:
    world = grown_world
    application = await applied(world, text="I would like to join you.")
    news = (await notices(world, "owner"))[0]
    assert (news.kind, news.values["name"], news.values["job"]) == ("job.applied", "Attendee", "Materials engineer")
    for state in (m.JobApplicationState.REVIEW, m.JobApplicationState.INTERVIEW, m.JobApplicationState.OFFER):
        world.clock.advance(minutes=1)
        await world.do("staff", m.MoveApplication(application, state), room=world.lobby)
        assert (await notices(world, "attendee"))[0].kind == f"hiring.{state.value}"
    world.clock.advance(minutes=1)
    hired = m.MoveApplication(application, m.JobApplicationState.HIRED, text="Welcome!")
    await world.do("owner", hired, room=world.lobby)
    found = await view(world, application)
    states = ["applied", "review", "interview", "offer", "hired"]
    assert [each.state.value for each in found.steps] == states
    assert (found.state, found.steps[-1].text) == ("hired", "Welcome!")
    with refused("stale"):
        await world.do("staff", m.MoveApplication(application, m.JobApplicationState.DECLINED), room=world.lobby)


async def test_a_decline_has_a_reason_and_a_text(world: World) -> None:
    application = await applied(world)
    world.clock.advance(minutes=1)
    reason = m.RejectionReason.OTHER_CHOSEN
    command = m.MoveApplication(application, m.JobApplicationState.DECLINED, reason, "Thank you for your time.")
    await world.do("staff", command, room=world.lobby)
    last = (await view(world, application)).steps[-1]
    assert (last.state, last.reason, last.text) == ("declined", "other_chosen", "Thank you for your time.")
    with refused("conflict"):
        await applied(world, (await view(world, application)).job)
    with refused("stale"):
        await world.do("attendee", m.WithdrawJobApplication(application), room=world.lobby)


QUESTIONS = [QuestionView("night", "Do you work at night?"), QuestionView("smoke", "Do you smoke?", expected=False)]


async def test_each_prerequisite_says_whether_it_is_met(world: World) -> None:
    said = {"visa": False, "permit": True, "years": 3, "questions": QUESTIONS, "languages": ["en", "sv"]}
    job = await job_shown(world, **said)
    await profile_of(world)
    async with world.engine.database.read() as connection:
        wanted = view_of(await job_row(connection, world.conference, job))
        held = await profile(connection, world.conference, world.people["attendee"])
    assert prerequisites(wanted, held, {"night": True, "smoke": True}) == [
        Prerequisite("degree", "master", True),
        Prerequisite("language", "en", True),
        Prerequisite("language", "sv", False),
        Prerequisite("permit", "SE", False),
        Prerequisite("years", "3", True),
        Prerequisite("question", "night", True),
        Prerequisite("question", "smoke", False),
    ]
    assert {each.met for each in prerequisites(wanted, None)} == {None}


@pytest.mark.parametrize(
    ("job", "profile", "answers", "field"),
    [
        ({"degree": Degree.DOCTORATE}, {}, {}, "degree"),
        ({"degree": Degree.BACHELOR}, {"degree": Degree.NONE}, {}, "degree"),
        ({"languages": ["sv"]}, {}, {}, "language"),
        ({"permit": True, "visa": False}, {}, {}, "permit"),
        ({"years": 5}, {}, {}, "years"),
        ({"years": 5}, {"years": None}, {}, "years"),
        ({"questions": QUESTIONS}, {}, {"night": True}, "question"),
        ({"questions": QUESTIONS}, {}, {"night": True, "smoke": True}, "question"),
    ],
)
async def test_who_is_not_eligible_learns_why(
    world: World, job: dict[str, Any], profile: dict[str, Any], answers: dict[str, bool], field: str
) -> None:
    shown = await job_shown(world, **job)
    await profile_of(world, **profile)
    with refused("conflict", field):
        await world.do("attendee", m.ApplyForJob(shown, answers=answers), room=world.lobby)


async def test_an_application_needs_a_profile_with_a_cv(world: World) -> None:
    job = await job_shown(world)
    with refused("conflict", "profile"):
        await world.do("attendee", m.ApplyForJob(job), room=world.lobby)
    await profile_of(world, cv=False)
    with refused("conflict", "profile"):
        await world.do("attendee", m.ApplyForJob(job), room=world.lobby)


async def test_who_cannot_apply(world: World) -> None:
    job, draft = await job_shown(world), await job_draft(world)
    await profile_of(world, "staff")
    with refused("forbidden"):
        await world.do("staff", m.ApplyForJob(job), room=world.lobby)
    with refused("forbidden"):
        await world.do("guest", m.ApplyForJob(job), room=world.lobby)
    await profile_of(world)
    with refused("not_found"):
        await world.do("attendee", m.ApplyForJob(draft), room=world.lobby)


async def test_one_may_apply_again_after_withdrawing(world: World) -> None:
    application = await applied(world, text="First.")
    job = (await view(world, application)).job
    world.clock.advance(seconds=1)
    await world.do("attendee", m.WithdrawJobApplication(application), room=world.lobby)
    assert (await view(world, application)).text == ""
    news = (await notices(world, "owner"))[0]
    assert (news.kind, "name" in news.values) == ("hiring.withdrawn", False)
    world.clock.advance(seconds=1)
    assert await applied(world, job, text="Second.") == application
    found = await view(world, application)
    assert (found.state, found.text) == ("applied", "Second.")


async def test_notes_are_shared_and_never_overwritten(grown_world: World) -> None:
    world = grown_world
    await applied(world)
    share = await share_of(world)
    saved = await world.do("staff", m.SaveCandidateNote(share, "Calm and precise.", 4, "Invite"), room=world.lobby)
    assert msgspec.json.decode(saved.reply) == {"version": 1}
    await world.do("owner", m.SaveCandidateNote(share, "Ask for references."), room=world.lobby)
    world.clock.advance(seconds=5)
    await world.do("staff", m.SaveCandidateNote(share, "Calm and precise. Knows us.", 5, version=1), room=world.lobby)
    with pytest.raises(Problem) as problem:
        await world.do("staff", m.SaveCandidateNote(share, "From another window", version=1), room=world.lobby)
    assert problem.value.code == "stale"
    assert problem.value.present.text == "Calm and precise. Knows us."  # type: ignore[attr-defined]
    async with world.engine.database.read() as connection:
        notes = (await queries.notes(connection, [share]))[share]
    assert [(each.author.name, each.text, each.rating, each.at) for each in notes] == [
        ("Staff", "Calm and precise. Knows us.", 5, world.clock()),
        ("Owner", "Ask for references.", 0, notes[1].at),
    ]


async def test_a_colleague_takes_over(world: World) -> None:
    application = await applied(world)
    world.clock.advance(minutes=1)
    await world.do("staff", m.HandOverApplication(application, world.people["owner"]), room=world.lobby)
    news = (await notices(world, "owner"))[0]
    assert (news.kind, news.values["name"]) == ("hiring.handed", "Staff")
    owner = (await view(world, application)).owner
    assert owner is not None
    assert owner.id == world.people["owner"]
    with refused("invalid", "person"):
        await world.do("staff", m.HandOverApplication(application, world.people["other"]), room=world.lobby)


async def test_strangers_do_nothing_with_an_application(world: World) -> None:
    application = await applied(world)
    share = await share_of(world)
    commands = [
        m.MoveApplication(application, m.JobApplicationState.HIRED),
        m.ShortlistApplication(application, True),
        m.HandOverApplication(application, world.people["owner"]),
        m.SaveCandidateNote(share, "Nice"),
    ]
    for who in ("other", "organiser", "admin", "attendee", "moderator"):
        for command in commands:
            with refused("not_found"):
                await world.do(who, command, room=world.lobby)
        if who != "attendee":
            with refused("not_found"):
                await world.do(who, m.WithdrawJobApplication(application), room=world.lobby)
    assert await state_of(world, application) == "applied"
    for state in (m.JobApplicationState.APPLIED, m.JobApplicationState.WITHDRAWN):
        with refused("invalid", "state"):
            await world.do("staff", m.MoveApplication(application, state), room=world.lobby)


async def test_after_a_withdrawal_the_employer_does_nothing_more(world: World) -> None:
    application = await applied(world)
    share = await share_of(world)
    await world.do("attendee", UnshareProfile(world.organisation), room=world.lobby)
    assert await state_of(world, application) == "withdrawn"
    for command in (
        m.MoveApplication(application, m.JobApplicationState.HIRED),
        m.ShortlistApplication(application, True),
        m.HandOverApplication(application, world.people["owner"]),
        m.SaveCandidateNote(share, "Nice"),
    ):
        with refused("not_found"):
            await world.do("staff", command, room=world.lobby)


async def test_a_former_member_does_nothing_more(world: World) -> None:
    application = await applied(world)
    await world.do("owner", SetMember(world.organisation, world.people["staff"]), room=world.lobby)
    with refused("not_found"):
        await world.do("staff", m.MoveApplication(application, m.JobApplicationState.HIRED), room=world.lobby)


async def test_removed_and_blocking_people_are_not_notified(world: World) -> None:
    await world.do("owner", BlockPerson(world.people["attendee"]), room=await world.desk("owner"))
    application = await applied(world)
    assert all(each.kind != "job.applied" for each in await notices(world, "owner"))
    assert (await notices(world, "staff"))[0].kind == "job.applied"
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    before = [each.kind for each in await notices(world, "attendee")]
    await world.do("staff", m.MoveApplication(application, m.JobApplicationState.REVIEW), room=world.lobby)
    assert [each.kind for each in await notices(world, "attendee")] == before
