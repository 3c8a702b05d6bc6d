"""Programs of the people of a world."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.support.program import Program, make_token
from tests.support.world import World
from web.site import Site

ProgramOf = Callable[[str | None], Awaitable[Program]]


@pytest.fixture
async def program_of(world: World, site: Site) -> AsyncIterator[ProgramOf]:
    """A program with a token of one of the people; of nobody for None."""
    programs: list[Program] = []

    async def made(who: str | None) -> Program:
        secret = (await make_token(world, who))[1] if who else ""
        programs.append(Program(site, secret))
        return programs[-1]

    yield made
    for program in programs:
        await program.http.aclose()
