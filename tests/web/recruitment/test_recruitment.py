"""The pages of recruitment without JavaScript: from a job to an outcome."""

import re
from pathlib import Path

import pytest

from rooms.core.files.store import FolderStore
from rooms.exhibition.queue.messages import AcceptCall, CallNext
from rooms.organisations.messages import EditOrganisation
from tests.support.files import pdf
from tests.support.recruitment import applied, invited, job_shown, with_times
from tests.support.visitor import Outbox, Visitor, make_site
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/recruitment"


@pytest.fixture
def site(world: World, emails: Outbox, tmp_path: Path) -> Site:
    return make_site(world, emails, store=FolderStore(tmp_path / "files"))


async def person(site: Site, world: World, who: str, **options: str) -> Visitor:
    return await Visitor(site, **options).sign_in(world.people[who])


async def test_a_job_is_written_published_and_found(site: Site, world: World) -> None:
    staff, reader = await person(site, world, "staff"), Visitor(site)
    await reader.get("/c/forum")
    assert f'href="{HERE}"' not in reader.page, "the zone is not shown before there is a job"
    await staff.get(f"{HERE}/employer")
    assert "Find candidates" not in staff.page, "candidates are invited to a job"
    await staff.get(f"{HERE}/new")
    fields = {
        "organisation": world.organisation,
        "title": "Materials engineer",
        "about": "**Cells**",
        "country": "SE",
        "place": "Uppsala",
    }
    fields |= {
        "contract": "permanent",
        "workplace": "hybrid",
        "degree": "master",
        "years": "x",
        "days": "30",
        "visa": "on",
    }
    fields |= {"sciences": "2.5", "languages": "en", "q0-text": "Do you work at night?", "q0-expected": "yes"}
    await staff.post(f"{HERE}/new", {"key": "k1", **fields})
    assert "Enter a whole number." in staff.page
    assert 'value="Materials engineer"' in staff.page, "nothing entered is lost"
    fields |= {"years": "2", "zh_Hans-title": "材料工程师", "zh_Hans-place": "乌普萨拉"}
    answer = await staff.post(f"{HERE}/new", {"key": "k2", **fields})
    job = re.search(r"/jobs/(\w{20})$", answer.url.path)[1]
    page = f"{HERE}/jobs/{job}"
    for visitor in (reader, await person(site, world, "attendee")):
        assert (await visitor.get(page)).status_code == 404
    await staff.post("/do/job.publish", {"room": world.lobby, "job": job, "next": page, "key": "k3"})
    await reader.get("/c/forum")
    assert f'href="{HERE}"' in reader.page
    await reader.get(HERE, params={"words": "cell", "science": "2.5", "language": "en", "visa": "yes", "country": "SE"})
    assert "1 job" in reader.page
    assert "Materials engineering (1)" in reader.page
    await reader.get(page)
    for text in (
        "<strong>Cells</strong>",
        "Degree: Master or higher",
        "Do you work at night?",
        "Partly remote",
        "Sign in to apply",
    ):
        assert text in reader.page, text
    chinese = Visitor(site, language="zh-CN")
    await chinese.get(page)
    assert "材料工程师" in chinese.page
    employer = await person(site, world, "staff", language="zh-CN")
    await employer.get(f"{HERE}/employer")
    assert '<span class="visually-hidden"> · 材料工程师</span>' in employer.page, (
        "links are named in the page's language"
    )
    await chinese.get(HERE, params={"words": "工程師"})
    assert "乌普萨拉" in chinese.page
    await reader.get(HERE, params={"words": "nothing"})
    assert "No matching jobs." in reader.page
    await staff.get(f"{page}/edit")
    assert 'name="q0-key"' in staff.page
    await staff.post(f"{page}/edit", {"key": "k4", **fields, "q0-key": "q0", "title": "Chemist"})
    await reader.get(HERE, params={"words": "chemist"})
    assert "1 job" in reader.page
    await reader.get(f"/c/forum/organisations/{world.organisation}")
    assert "Chemist" in reader.page


async def test_a_graduate_applies_is_rated_and_gets_an_outcome(site: Site, world: World) -> None:
    job = await job_shown(world)
    page = f"{HERE}/jobs/{job}"
    graduate, staff = await person(site, world, "attendee"), await person(site, world, "staff")
    await graduate.get(page)
    assert "Write your profile and upload your CV first." in graduate.page
    await graduate.get(f"{HERE}/profile")
    profile = {
        "headline": "Chemist",
        "degree": "bachelor",
        "languages": "en",
        "sciences": "1.4",
        "years": "4",
        "links": "ftp://x",
    }
    await graduate.post(f"{HERE}/profile", {"key": "k1", **profile})
    assert "Give full addresses" in graduate.page
    await graduate.post(f"{HERE}/profile", {"key": "k2", **profile, "links": "https://people.example/ada"})
    assert "Your profile is saved." in graduate.page
    assert "No employer sees your name" in graduate.page
    await _upload(graduate, "cv.pdf", pdf())
    assert "Your CV is saved." in graduate.page
    await graduate.get(page)
    assert "your profile does not meet what is marked above" in graduate.page
    await graduate.post(f"{page}/apply", {"key": "k3", "text": "Hello"})
    assert "requires a higher degree" in graduate.page
    await graduate.post(f"{HERE}/profile", {"key": "k4", **profile, "degree": "master", "links": ""})
    await graduate.get(page)
    await graduate.post(f"{page}/apply", {"key": "k5", "text": "I know your membranes."})
    assert "Your application is with the employer." in graduate.page
    await graduate.get(f"{HERE}/profile")
    assert "since" in graduate.page
    await staff.get(f"{HERE}/employer")
    share = re.search(r"/candidates/(\w{20})", staff.page)[1]
    candidate = f"{HERE}/candidates/{share}"
    await staff.get(candidate)
    for text in ("Attendee", "I know your membranes.", "Chemist", "Open the CV"):
        assert text in staff.page, text
    note = {"room": world.lobby, "share": share, "text": "Calm.", "rating": "4", "next_step": "Call", "version": "0"}
    await staff.post("/do/candidate_note.save", {"key": "k6", "next": candidate, **note})
    assert "Calm." in staff.page
    owner = await person(site, world, "owner")
    await owner.get(candidate)
    assert "Next step: Call" in owner.page
    assert "4 of 5" in owner.page
    application = re.search(r'name="application" value="(\w{20})"', staff.page)[1]
    world.clock.advance(minutes=5)
    move = {"room": world.lobby, "application": application, "next": candidate}
    await staff.post("/do/job_application.move", {"key": "k7", "state": "interview", **move})
    await staff.post(
        "/do/job_application.move", {"key": "k8", "state": "declined", "reason": "filled", "text": "Thanks!", **move}
    )
    await graduate.get(f"{HERE}/mine")
    for text in ("Interview", "The position has been filled", "Thanks!"):
        assert text in graduate.page, text
    assert "Calm." not in graduate.page, "notes are the employer's"


async def test_a_candidate_waits_at_the_booth_and_is_shown_beside_the_call(site: Site, world: World) -> None:
    application = await applied(world, text="I know your membranes.")
    graduate, staff = await person(site, world, "attendee"), await person(site, world, "staff")
    await graduate.get(f"{HERE}/mine")
    assert "Wait for an interview now" in graduate.page
    assert world.stand in graduate.page
    wait = {"room": world.stand, "application": application, "next": f"{HERE}/mine", "key": "k1"}
    await graduate.post("/do/interview.wait", wait)
    assert "You are in the queue with number 1." in graduate.page
    await staff.get(f"{HERE}/employer")
    assert "In the queue, number 1" in staff.page
    await world.do("staff", CallNext(), room=world.stand)
    reply = (await world.do("attendee", AcceptCall(), room=world.stand)).reply
    meeting = re.search(r"\w{20}", reply.decode())[0]
    await staff.get(f"/c/forum/meetings/{meeting}")
    for text in ("I know your membranes.", "Chemist who likes membranes", "Open the CV", "Your note"):
        assert text in staff.page, text
    await graduate.get(f"/c/forum/meetings/{meeting}")
    assert "Your note" not in graduate.page
    await graduate.post(
        "/do/candidate.unshare",
        {"room": world.lobby, "organisation": world.organisation, "next": f"{HERE}/mine", "key": "k2"},
    )
    await staff.get(f"/c/forum/meetings/{meeting}")
    assert "membranes" not in staff.page


async def _upload(visitor: Visitor, name: str, content: bytes) -> None:
    headers = {"Origin": visitor.site.origin, "Sec-Fetch-Site": "same-origin"}
    answer = await visitor.http.post(
        f"{HERE}/profile/cv",
        data={"csrf": visitor.csrf},
        files={"file": (name, content, "application/pdf")},
        headers=headers,
        follow_redirects=True,
    )
    visitor._seen(answer)


async def test_an_interview_is_offered_booked_and_moved(site: Site, world: World) -> None:
    application = await applied(world)
    await with_times(world)
    graduate, staff = await person(site, world, "attendee"), await person(site, world, "staff")
    await staff.get(f"{HERE}/employer")
    candidate = re.search(r"/c/forum/recruitment/candidates/\w{20}", staff.page)[0]
    offer = {"room": world.lobby, "application": application, "person": world.people["staff"], "next": candidate}
    await staff.post("/do/interview.offer", {"key": "k1", **offer})
    assert "has not done so yet" in staff.page
    mine = f"{HERE}/mine"
    await graduate.get(mine)
    times = re.findall(r'<option value="([^"]+)">Nov', graduate.page)
    assert len(times) == 6
    assert "Times are in China Standard Time." in graduate.page
    book = {"room": world.lobby, "application": application, "next": mine}
    await graduate.post("/do/interview.book", {"key": "k2", "starts_at": times[0], **book})
    assert "Interview with Staff" in graduate.page
    assert re.search(r"</strong><br>Nov \d+, 2026, \d\d:\d\d UTC\+8</p>", graduate.page)
    meeting = re.search(r"/c/forum/meetings/\w{20}", graduate.page)[0]
    await graduate.post("/do/interview.book", {"key": "k3", "starts_at": times[3], **book})
    assert meeting in graduate.page
    await staff.get(candidate)
    assert re.search(r"Interview with Staff: Nov \d+, 2026, \d\d:\d\d UTC\+8", staff.page)
    await staff.get(meeting)
    assert "Chemist who likes membranes" in staff.page, "the profile is shown beside a booked interview, too"
    await graduate.post("/do/interview.cancel", {"key": "k4", **book})
    assert "You can book an interview with Staff." in graduate.page


async def test_applications_and_invitations_name_the_employer_in_the_language_of_the_page(
    site: Site, world: World
) -> None:
    texts = {"zh_Hans": {"name": "北光能源"}}
    edit = EditOrganisation("Lumen", organisation=world.organisation, texts=texts)
    await world.do("owner", edit, room=world.lobby)
    await applied(world)
    await invited(world, who="other")
    candidate = await person(site, world, "attendee", language="zh-CN")
    await candidate.get(f"{HERE}/mine")
    assert '<span class="soft" dir="auto">北光能源</span>' in candidate.page
    talent = await person(site, world, "other", language="zh-CN")
    await talent.get(f"{HERE}/mine")
    assert "北光能源" in talent.page
    assert "Lumen" not in talent.page


async def test_a_group_session_is_created_joined_and_left(site: Site, world: World) -> None:
    job = await job_shown(world)
    await with_times(world)
    staff, graduate = await person(site, world, "staff"), await person(site, world, "attendee")
    employer = f"{HERE}/employer"
    await staff.get(employer)
    [time, *_] = re.findall(r'<option value="([^"]+)">Nov', staff.page)
    said = {"organisation": world.organisation, "title": "Working with us", "text": "", "capacity": "2"}
    create = {"room": world.lobby, "key": "k1", "next": employer, "starts_at": time, **said}
    await staff.post("/do/info_session.create", create)
    assert "0 of 2 places taken" in staff.page
    page = f"{HERE}/jobs/{job}"
    await graduate.get(page)
    booking = re.search(r'name="booking" value="(\w{20})"', graduate.page)[1]
    join = {"room": world.lobby, "booking": booking, "next": page}
    await graduate.post("/do/info_session.join", {"key": "k2", **join})
    assert "Go to the session" in graduate.page
    meeting = re.search(r"/c/forum/meetings/\w{20}", graduate.page)[0]
    assert (await graduate.get(meeting)).status_code == 200
    await graduate.get(f"{HERE}/mine")
    assert "Working with us" in graduate.page
    await graduate.post("/do/info_session.leave", {"key": "k3", **join})
    assert (await graduate.get(meeting)).status_code == 404
    assert "Working with us" in (await Visitor(site).get(page)).text
