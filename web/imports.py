"""Importing a file into a conference: organisers first see what it would change, and then apply all of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rooms.core.errors import Problem
from rooms.core.files.faults import SHOWN_FAULTS, FileFaults
from rooms.core.imports.plan import Act
from rooms.core.imports.uploads import (
    ImportKind,
    PlanChanged,
    Upload,
    find_upload,
    forget_upload,
    keep_upload,
    read_upload,
)
from rooms.core.text import N_
from web.conference import Entered, enter_as_organiser
from web.forms import read_form, text, upload
from web.security import allow_body
from web.site import site_of
from web.templating import go, said

ENVELOPE = 1_000_000  # bytes for the form without the file
PATIENCE = 0.3  # seconds; an import that takes longer shows its progress
STEP = 0.4  # seconds between two of its steps
MARK = "<!-- progress -->"


async def entered_by(request: Request) -> Entered:
    async with site_of(request).engine.database.read() as connection:
        return await enter_as_organiser(request, connection)


def problem_of(entered: Entered, problem: Problem | None) -> dict[str, Any]:
    """The reasons for a refusal, as an upload page shows them: `faults` of the file; `unlisted` is the number of further ones."""
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    faults = problem.faults if isinstance(problem, FileFaults) else ()
    return {
        "problem": problem,
        "faults": [fault.text(gettext) for fault in faults],
        "unlisted": problem.count - len(faults) if isinstance(problem, FileFaults) else 0,
    }


@dataclass(frozen=True, slots=True)
class Import:
    """The import at one page of the organisers.

    `tab` is the last part of its address; `template` shows a plan; `show` is the page itself, with the reasons for a
    refusal; `summary` describes the result.
    """

    kind: ImportKind[Any, Any, Any]
    tab: str
    template: str
    show: Callable[[Request, Entered, Problem | None], Awaitable[Response]]
    summary: Callable[[Callable[[str], str], Any], str]

    @property
    def routes(self) -> list[Route]:
        here = f"/c/{{conference}}/organise/{self.tab}"
        waiting = here + "/import/{upload}"
        return [
            Route(here, self.look),
            Route(here, self.take, methods=["POST"]),
            Route(waiting, self.look_at),
            Route(waiting, self.agree, methods=["POST"]),
        ]

    async def look(self, request: Request) -> Response:
        return await self.show(request, await entered_by(request), None)

    async def take(self, request: Request) -> Response:
        """Accepts a file and shows the changes it would make, or all of its faults."""
        entered = await entered_by(request)
        allow_body(request, self.kind.most_bytes + ENVELOPE)
        form = await read_form(request)
        try:
            file = upload(form, "file")
            if file is None:
                raise Problem("invalid", N_("Choose a file first."), field="file")
            engine, person = entered.site.engine, entered.viewer.signed_in.id
            data = await file.read()
            kept = await keep_upload(engine, self.kind, entered.conference, person, file.filename or "", data)
        except Problem as problem:
            return await self.show(request, entered, problem)
        finally:
            await form.close()
        return go(request, f"{self._page(entered)}/import/{kept}")

    async def look_at(self, request: Request) -> Response:
        return await self._plan(request, *await self._found(request))

    async def agree(self, request: Request) -> Response:
        """Applies exactly the changes that were shown. The import continues if the browser disconnects."""
        form = await read_form(request)
        entered = await entered_by(request)
        engine, person, id = entered.site.engine, entered.viewer.signed_in.id, request.path_params["upload"]
        _, content, _ = await read_upload(engine, self.kind, entered.conference, person, id)
        progress = _Progress()
        task = entered.site.tasks.spawn(self._apply(entered, id, content, text(form, "plan"), progress))
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if not done:
            frame = await entered.page(request, "shell/importing.html", mark=MARK, tab=self.tab)
            return StreamingResponse(self._stream(request, entered, frame, task, progress), media_type="text/html")
        try:
            plan = task.result()
        except PlanChanged:
            entered, found = await self._found(request)
            return await self._plan(request, entered, found, changed=True)
        except Problem as problem:
            return await self.show(request, entered, problem)
        return go(request, self._page(entered), said=self._summary(entered, plan))

    def _page(self, entered: Entered) -> str:
        return f"{entered.path}/organise/{self.tab}"

    def _summary(self, entered: Entered, plan: Any) -> str:
        return self.summary(entered.site.languages.texts(entered.viewer.locale).gettext, plan)

    async def _found(self, request: Request) -> tuple[Entered, Upload[Any, Any]]:
        """Raises Problem "not_found" for an upload that is not the viewer's own, or is gone."""
        entered = await entered_by(request)
        engine, person, id = entered.site.engine, entered.viewer.signed_in.id, request.path_params["upload"]
        return entered, await find_upload(engine, self.kind, entered.conference, person, id)

    async def _plan(
        self, request: Request, entered: Entered, found: Upload[Any, Any], *, changed: bool = False
    ) -> Response:
        gettext = entered.site.languages.texts(entered.viewer.locale).gettext
        notes, unfit, ignored = found.notes, found.plan.left_out, found.plan.warnings
        return await entered.page(
            request,
            self.template,
            status=409 if changed else 200,
            upload=found,
            left_out=[fault.text(gettext) for fault in (*notes.left_out, *unfit[:SHOWN_FAULTS])],
            left_out_count=notes.left_out_count + len(unfit),
            warnings=[fault.text(gettext) for fault in (*notes.warnings, *ignored[:SHOWN_FAULTS])],
            warning_count=notes.warning_count + len(ignored),
            plan=found.plan,
            acts=[act for act in Act if found.plan.count(act)],
            changed=changed,
            tab=self.tab,
            here=f"{self._page(entered)}/import/{found.id}",
        )

    async def _apply(self, entered: Entered, id: str, content: Any, agreed: str, progress: "_Progress") -> Any:
        engine, person = entered.site.engine, entered.viewer.signed_in.id
        plan = await self.kind.apply(engine, entered.conference, content, person, progress, agreed)
        await forget_upload(engine, id)
        return plan

    async def _stream(
        self, request: Request, entered: Entered, frame: Response, task: asyncio.Task[Any], progress: "_Progress"
    ) -> AsyncIterator[str]:
        """A streamed page that grows during the import; each step hides the previous one. It needs no script."""
        templates, locale = entered.site.templates, entered.viewer.locale
        head, _, foot = bytes(frame.body).decode().partition(MARK)
        yield head
        while not (await asyncio.wait({task}, timeout=STEP))[0]:
            step = {"done": progress.done, "total": progress.total, "locale": locale}
            yield templates.render("shell/macros/import_step.html", locale, step)
        end: dict[str, Any] = {"problem": None, "words": "", "path": entered.path, "tab": self.tab, "locale": locale}
        try:
            end["words"] = self._summary(entered, task.result())
        except Problem as problem:
            end["problem"] = said(request, entered.viewer, problem)
        yield templates.render("shell/macros/import_end.html", locale, end)
        yield foot


class _Progress:
    def __init__(self) -> None:
        self.done, self.total = 0, 1

    def __call__(self, done: int, total: int) -> None:
        self.done, self.total = done, total
