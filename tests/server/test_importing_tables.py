"""Tables on the command line."""

import io

import pytest

from server.__main__ import _parser
from server.importing_tables import TABLES, import_command
from tests.support.tables import as_csv
from tests.support.world import World


@pytest.mark.parametrize(
    "line",
    [
        "import exhibitors --conference forum list.csv",
        "import --conference forum exhibitors list.csv",
        "import exhibitors list.csv --conference forum",
        "import --dry-run exhibitors --conference forum list.csv",
    ],
)
def test_options_may_be_anywhere(line: str) -> None:
    arguments = _parser().parse_args(line.split())
    assert (arguments.kind, arguments.file, arguments.conference) == ("exhibitors", "list.csv", "forum")


@pytest.mark.parametrize("line", ["import --conference forum camp.json", "import camp.json --conference forum"])
def test_a_schedule_needs_no_kind(line: str) -> None:
    arguments = _parser().parse_args(line.split())
    assert (arguments.kind, arguments.file, arguments.dry_run) == ("schedule", "camp.json", False)


async def test_a_table_is_tried_and_then_imported_once(world: World) -> None:
    data = as_csv(("name", "country"), ("Uppsala Open University", "Sweden"), ("Nowhere", "Atlantis"))

    async def printed(**options: bool) -> str:
        out = io.StringIO()
        await import_command(world.engine, TABLES["organisations"], data, "forum", out=out, **options)
        return out.getvalue()

    tried = await printed(dry_run=True)
    assert "+ Uppsala Open University" in tried
    assert "Left out: 3 · Nowhere › country: “Atlantis” is not a country." in tried
    assert "1 added, 0 changed. This was a dry run; nothing was changed." in tried
    assert "1 added, 0 changed. Done." in await printed()
    assert "Nothing to do" in await printed()
