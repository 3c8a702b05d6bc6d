"""The first administrator of a new installation."""

from rooms.core.store.tables import persons
from rooms.people import accounts, administrators
from tests.support.visitor import Visitor
from tests.support.world import World

NEW = {"name": "Ada Lovelace", "email": "ada@example.org", "password": "a good long sentence"}


async def setup_path(world: World) -> str:
    """The set-up link of a site without administrators."""
    async with world.engine.transaction() as tx:
        await tx.connection.execute(persons.update().values(admin=False))
    secret = await administrators.setup_secret(world.engine)
    assert secret is not None
    return f"/setup/{secret}"


async def test_the_set_up_link_makes_the_first_administrator_once(visitor: Visitor, world: World) -> None:
    """users.md 1: an empty installation had no administrator, and no way to get one."""
    path = await setup_path(world)
    assert "Set up this site" in (await visitor.get(path)).text
    answer = await visitor.post(path, NEW, follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/conferences/new")
    assert (await visitor.get("/conferences/new")).status_code == 200
    async with world.engine.database.read() as connection:
        made = await accounts.by_email(connection, NEW["email"])
    assert made is not None
    assert made.admin
    assert made.verified
    assert made.has_password

    other = Visitor(visitor.site)
    assert (await other.get(path)).status_code == 410
    assert (await other.post(path, {**NEW, "email": "eve@example.org"})).status_code in (403, 410)
    assert await administrators.setup_secret(world.engine) is None


async def test_what_was_typed_is_kept_and_the_link_still_works(visitor: Visitor, world: World) -> None:
    path = await setup_path(world)
    await visitor.get(path)
    refused = await visitor.post(path, {**NEW, "password": "short"})
    assert refused.status_code == 422
    assert 'value="ada@example.org"' in visitor.page
    assert (await visitor.post(path, NEW, follow=False)).status_code == 303


async def test_a_set_up_link_expires_and_cannot_be_invented(visitor: Visitor, world: World) -> None:
    path = await setup_path(world)
    assert (await visitor.get("/setup/invented")).status_code == 410
    world.clock.advance(days=1, seconds=2)
    assert (await visitor.get(path)).status_code == 410


async def test_an_administrator_is_made_and_unmade_by_address(visitor: Visitor, world: World) -> None:
    account, secret = await administrators.find_or_create(world.engine, "new@example.org")
    assert await administrators.change(world.engine, account, admin=True)
    assert not await administrators.change(world.engine, account, admin=True)
    link = f"/sign-in/link/{secret}"
    assert "Choose a new password" in (await visitor.get(link)).text
    assert (await visitor.post(link, {"password": NEW["password"]}, follow=False)).status_code == 303
    assert (await visitor.get("/conferences/new")).status_code == 200
    assert (await administrators.find_or_create(world.engine, "NEW@example.org"))[1] is None, "the address is proven"
    assert await administrators.change(world.engine, account, admin=False)
    assert (await visitor.get("/conferences/new")).status_code == 403
