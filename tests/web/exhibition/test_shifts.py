"""Shifts and breaks without JavaScript: the plan, the console of the staff, and what visitors are promised. It is 9:00 UTC, 17:00 at the event."""

import re

from rooms.exhibition.queue.crew_messages import NewShift, PlanShifts
from rooms.exhibition.queue.messages import AcceptCall, CallNext, JoinQueue
from rooms.exhibition.queue.watch import watch_queues
from tests.rooms.exhibition.queue.test_shifts import at, desk
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site


async def person(site: Site, world: World, who: str) -> Visitor:
    return await Visitor(site).sign_in(world.people[who])


def queue_of(page: str) -> str:
    return page[page.index("<plenary-queue") : page.index("</plenary-queue>")]


async def test_an_owner_plans_shifts_for_several_people_and_days(site: Site, world: World) -> None:
    page = f"/c/forum/exhibition/{world.booth}/shifts"
    owner, staff = await person(site, world, "owner"), await person(site, world, "staff")
    await owner.get(page)
    assert "No shifts are planned." in owner.page
    days = re.findall(r'name="days" value="([\d-]+)"', owner.page)
    both = [world.people["owner"], world.people["staff"]]
    form = {"people": both, "days": days[:2], "starts": "18:00", "ends": "02:00", "key": "k1"}
    answer = await owner.post(page, form, follow=False)
    assert answer.status_code == 303
    await owner.get(page)
    assert owner.page.count("18:00–02:00") == 4, "in the event's zone, until the next day"
    assert [each.starts_at for each in (await desk(world)).shifts][:2] == [at(10), at(10)]
    await owner.post(page, {**form, "people": [], "key": "k2"})
    assert "Choose who takes visitors." in owner.page
    await owner.post(page, {**form, "days": ["9999-12-31"], "key": "k3"})
    assert "Choose a day." in owner.page
    for wrong in ("", "25:00", "x"):
        assert (await owner.post(page, {**form, "ends": wrong, "key": "k4"})).status_code == 422
    await staff.get(page)
    assert "18:00–02:00" in staff.page
    assert "/do/shift.remove" not in staff.page, "only owners plan"
    shift = (await desk(world)).shifts[0].id
    await owner.get(page)
    await owner.post("/do/shift.remove", {"room": world.stand, "shift": shift, "next": page, "key": "k5"})
    assert owner.page.count("18:00–02:00") == 3


async def test_a_break_is_taken_by_forms_alone(site: Site, world: World) -> None:
    booth = f"/c/forum/exhibition/{world.booth}"
    staff = await person(site, world, "staff")
    fields = {"room": world.stand, "next": booth}
    await world.do("attendee", JoinQueue(), room=world.stand)
    await staff.get(booth)
    assert "Break now" in staff.page
    assert "After this one" not in staff.page
    await world.do("staff", CallNext(), room=world.stand)
    await world.do("attendee", AcceptCall(), room=world.stand)
    await staff.get(booth)
    assert "Break now" not in staff.page
    await staff.post("/do/break.take", {**fields, "minutes": "15", "after": "true", "key": "k1"})
    assert "Your break begins after this talk." in staff.page
    place = re.search(r'name="place" value="(\w{20})"', staff.page)[1]
    await staff.post("/do/queue.finish", {**fields, "place": place, "key": "k2"})
    assert re.search(r"You are on a break until 17:15 \S+\.", staff.page)
    assert "Next, please" not in staff.page
    await staff.post("/do/break.end", {**fields, "key": "k3"})
    assert "Next, please" in staff.page
    await staff.post("/do/break.take", {**fields, "minutes": "", "key": "k4"})
    assert "You are on a break." in staff.page, "open-ended"


async def test_visitors_read_when_the_booth_opens_and_closes(site: Site, world: World) -> None:
    booth = f"/c/forum/exhibition/{world.booth}"
    attendee, owner = await person(site, world, "attendee"), await person(site, world, "owner")
    shift = NewShift(world.people["staff"], at(10), at(10.05))
    await world.do("owner", PlanShifts([shift]), room=world.stand)
    await owner.get(booth)
    assert re.search(r"Next shift: 18:00 \S+<", owner.page)
    await attendee.get(booth)
    assert re.search(r"The booth opens at 18:00 \S+\.", queue_of(attendee.page))
    for who in ("other", "speaker"):
        await world.do(who, JoinQueue(), room=world.stand)
    await attendee.get(booth)
    closes = r"The booth closes at 18:03 \S+\. "
    late = closes + r"You would be number 3 in line and would probably not be called before then\."
    assert re.search(late, queue_of(attendee.page))
    assert "Leave a message" in queue_of(attendee.page)
    await attendee.post("/do/queue.join", {"room": world.stand, "next": booth, "key": "k1"})
    late = closes + r"You are number 3 in line and will probably not be called before then\."
    assert re.search(late, queue_of(attendee.page))
    world.clock.advance(hours=2)
    await watch_queues(world.engine)
    await attendee.get(booth)
    assert "This booth has closed." in queue_of(attendee.page)
    assert "/do/queue.join" not in queue_of(attendee.page)
