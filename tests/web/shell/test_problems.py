"""Pages of problems and of the account keep the way back, and lead on."""

import pytest

from rooms.core.commands.people import Role
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site
from web.template_engine import initials


@pytest.mark.parametrize(
    ("path", "status"), [("/c/forum/organise", 403), ("/c/forum/nowhere", 404), ("/c/forum/sessions/none", 404)]
)
async def test_a_refusal_keeps_the_navigation_of_the_conference(
    site: Site, world: World, path: str, status: int
) -> None:
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    assert (await attendee.get(path)).status_code == status
    assert 'href="/c/forum/programme"' in attendee.page
    assert "Back to the conference" in attendee.page
    assert 'href="/c/forum/organise"' not in attendee.page


async def test_a_conference_that_is_closed_to_somebody_is_not_named(site: Site, world: World) -> None:
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    assert (await attendee.get("/c/elsewhere/programme")).status_code == 404
    assert 'href="/c/elsewhere' not in attendee.page


async def test_an_expired_link_offers_a_new_one(visitor: Visitor) -> None:
    assert (await visitor.get("/sign-in/link/abcdefghijklmnopqrstuvwxyz0123456789")).status_code == 410
    assert '<a class="button button-primary" href="/sign-in">Get a new link</a>' in visitor.page


async def test_the_account_page_has_a_way_back(site: Site, world: World) -> None:
    organiser = await Visitor(site).sign_in(world.people["organiser"])
    await organiser.get("/c/forum")
    assert 'href="/account?conference=forum"' in organiser.page
    await organiser.get("/account?conference=forum")
    assert '<a href="/c/forum">Back to the conference</a>' in organiser.page
    assert 'href="/c/forum/organise"' in organiser.page
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    await attendee.get("/account?conference=elsewhere")
    assert '<a href="/">Go to the conferences</a>' in attendee.page


async def test_the_viewers_organiser_role_and_roles_without_effect_are_not_offered(site: Site, world: World) -> None:
    organiser = await Visitor(site).sign_in(world.people["organiser"], "/c/forum/organise/people")
    own = f'name="person" value="{world.people["organiser"]}"'
    assert own not in organiser.page
    assert "Another organiser can remove your role." in organiser.page
    assert 'name="person"' in organiser.page, "other roles can be removed"
    assert f'<option value="{Role.INTERPRETER}"' not in organiser.page
    assert f'<option value="{Role.SPEAKER}"' in organiser.page


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Dr. Kira Vinke", "KV"),
        ("Prof. Dr.-Ing. Ada Lovelace", "AL"),
        ("Li Wei", "LW"),
        ("王芳", "芳"),
        ("ada", "A"),
        ("Dr. No", "N"),
        ("Dr.", "D"),
        ("J. R. R. Tolkien", "JT"),
        ("", ""),
    ],
)
def test_initials_leave_titles_out(name: str, letters: str) -> None:
    assert initials(name) == letters
