"""The job that solves the schedules that organisers have started."""

from datetime import timedelta

import msgspec
import sqlalchemy as sa

from rooms.core.engine import LONG, Engine
from rooms.core.ids import new_id
from rooms.core.jobs import every
from rooms.core.text import N_
from rooms.matchmaking.schedule import building, runner
from rooms.matchmaking.schedule.building import Plan
from rooms.matchmaking.schedule.messages import PlannedState, RunState
from rooms.matchmaking.schedule.task import Solution
from rooms.matchmaking.tables import match_runs, planned_meetings, planned_people, unplaced_wishes
from rooms.meetings.bookings.messages import SpotKind

SILENT = timedelta(minutes=2)
"""After so long without a sign of life, the process that made a schedule has ended."""
ENDED = N_("The server was restarted while the schedule was being made. Start it again.")
CRASHED = N_(
    "The schedule needed more time or memory than it is allowed. Reduce the number of meetings of each person."
)
NOTHING = N_("There are no wishes yet.")
ROWS = 500

r = match_runs.c
RUNNING = RunState.RUNNING.value


@every(seconds=2)
async def solve_waiting(engine: Engine) -> int:
    """Solves one schedule. Returns how many. With several processes, only one finds it waiting."""
    now = engine.clock()
    async with engine.database.read() as connection:
        waiting = sa.select(r.id).where(r.state == RunState.WAITING.value).order_by(r.created_at, r.id).limit(1)
        run = (await connection.execute(waiting)).scalar_one_or_none()
        silent = sa.and_(r.state == RUNNING, r.seen_at < now - SILENT)
        lost = list((await connection.execute(sa.select(r.id).where(silent))).scalars())
    for each in lost:
        await _end(engine, each, RunState.FAILED, failure=ENDED)
    if run is None:
        return 0
    async with engine.database.write() as connection:
        mine = match_runs.update().where(r.id == run, r.state == RunState.WAITING.value)
        if not (await connection.execute(mine.values(state=RUNNING, seen_at=now))).rowcount:
            return 0
    await _solve(engine, run)
    return 1


async def _solve(engine: Engine, run: str) -> None:
    async with engine.database.read() as connection:
        row = (await connection.execute(sa.select(match_runs).where(r.id == run))).one()
        plan = await building.plan_of(connection, row.conference, SpotKind(row.place), row.again, engine.clock())
    if not plan.wishes and not plan.impossible:
        await _end(engine, run, RunState.FAILED, failure=NOTHING)
        return

    async def go_on(done: int) -> bool:
        async with engine.database.write() as connection:
            here = match_runs.update().where(r.id == run, r.state == RUNNING)
            return (await connection.execute(here.values(done=done, seen_at=engine.clock()))).rowcount > 0

    try:
        solution = await runner.run_solver(plan.task, go_on)
    except runner.SolverFailed:
        await _end(engine, run, RunState.FAILED, failure=CRASHED)
        return
    if solution is not None:
        await _keep(engine, run, plan, solution)


async def _end(engine: Engine, run: str, state: RunState, **values: str) -> None:
    async with engine.database.write() as connection:
        running = match_runs.update().where(r.id == run, r.state == RUNNING)
        await connection.execute(running.values(state=state.value, **values))


async def _keep(engine: Engine, run: str, plan: Plan, solution: Solution) -> None:
    """Writes the result, unless the schedule has been cancelled."""
    meetings: list[dict[str, object]] = []
    seats: list[dict[str, str]] = []
    for each in solution.placed:
        id, slot = new_id(), plan.slots[each.slot]
        spot = plan.spots[each.place] if each.place >= 0 else None
        times = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
        meetings.append({"id": id, "run": run, **times, "spot": spot, "state": PlannedState.PLANNED.value})
        people = plan.task.candidates[each.candidate].people
        seats += [{"meeting": id, "person": plan.people[person]} for person in people]
    left = [
        {"run": run, "person": wish.person, "other": wish.other, "wish": wish.kind, "reason": reason.value}
        for wish, reason in building.unplaced(plan, solution).items()
    ]
    async with engine.database.write(LONG) as connection:
        solved = {"state": RunState.DRAFT.value, "done": 100, "solved_at": engine.clock()}
        figures = msgspec.to_builtins(solution.figures)
        mine = match_runs.update().where(r.id == run, r.state == RUNNING)
        if not (await connection.execute(mine.values(**solved, figures=figures))).rowcount:
            return
        for table, rows in ((planned_meetings, meetings), (planned_people, seats), (unplaced_wishes, left)):
            for at in range(0, len(rows), ROWS):
                await connection.execute(table.insert(), rows[at : at + ROWS])
