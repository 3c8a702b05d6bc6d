"""Pages on which organisers import and export a table: organisations, entries, people."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rooms.core.errors import Problem
from rooms.core.imports.plan import Act, TablePlan
from rooms.core.imports.table_import import TableImport
from rooms.core.table_export import FORMATS
from rooms.core.text import N_
from web.conference import Entered
from web.exports import export_format
from web.imports import Import, entered_by, problem_of

Header = Callable[[AsyncConnection, str], Awaitable[Sequence[str]]]
Rows = Callable[[AsyncConnection, str], AsyncIterator[Sequence[object]]]


@dataclass(frozen=True, slots=True)
class TablePage:
    """The table of one tab of the organisers: /c/…/organise/<tab>/table. `title` and `about` describe it, `notes` are further sentences."""

    table: TableImport[Any]
    tab: str
    title: str
    about: str
    header: Header
    rows: Rows
    notes: tuple[str, ...] = ()

    @property
    def routes(self) -> list[Route]:
        here = f"/c/{{conference}}/organise/{self.tab}/table"
        steps = Import(self.table.kind, f"{self.tab}/table", "shell/import_table.html", self.show, _summary)
        return [Route(f"{here}.{{format}}", self.export), *steps.routes]

    async def show(self, request: Request, entered: Entered, problem: Problem | None) -> Response:
        gettext = entered.site.languages.texts(entered.viewer.locale).gettext
        return await entered.page(
            request,
            "shell/table.html",
            title=gettext(self.title),
            about=gettext(self.about),
            notes=[gettext(each) for each in self.notes],
            columns=self.table.columns.names,
            tab=self.tab,
            here=f"{entered.path}/organise/{self.tab}/table",
            **problem_of(entered, problem),
        )

    async def export(self, request: Request) -> Response:
        """Streams the table."""
        entered = await entered_by(request)
        pieces, media = export_format(FORMATS, request)
        conference = entered.conference.id
        async with entered.site.engine.transaction() as tx:
            tx.audit(conference, entered.viewer.signed_in.id, f"{self.table.name}.exported")

        async def content() -> AsyncIterator[bytes]:
            async with entered.site.engine.database.read() as connection:
                header = await self.header(connection, conference)
                async for piece in pieces(header, self.rows(connection, conference)):
                    yield piece

        name = f"{self.table.name}.{request.path_params['format']}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingResponse(content(), media_type=media, headers=headers)


def _summary(gettext: Callable[[str], str], plan: TablePlan) -> str:
    if plan.empty:
        return gettext(N_("Nothing to change: everything already matches the file."))
    counts = {"added": plan.count(Act.ADDED), "changed": plan.count(Act.CHANGED)}
    return gettext(N_("The table was imported: %(added)s added, %(changed)s changed.")) % counts
