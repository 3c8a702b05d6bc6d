import type { BoothDesk, BreakView, PersonView, ShiftView } from "../../live/types";

/** One of the staff who take visitors: their break, when their current shift ends, and when their next one begins. */
export interface Colleague {
  readonly person: PersonView;
  readonly pause: BreakView | null;
  readonly until: number | null;
  readonly next: number | null;
}

/** web/pages/exhibition/crew.py does the same. */
export function crewOf(desk: BoothDesk, now: number): Colleague[] {
  return desk.staff
    .filter(({ duty }) => duty !== "contact")
    .map(({ person }) => {
      const shifts = (desk.shifts ?? []).filter((shift) => shift.person.id === person.id);
      const pause = (desk.breaks ?? []).find((each) => each.person.id === person.id) ?? null;
      return { person, pause, ...times(shifts, now) };
    });
}

function times(shifts: readonly ShiftView[], now: number): Pick<Colleague, "until" | "next"> {
  let until: number | null = null;
  for (const { starts_at, ends_at } of shifts) {
    const ends = Date.parse(ends_at);
    if (Date.parse(starts_at) <= (until ?? now) && ends > (until ?? now)) until = ends;
  }
  const ahead = shifts.map((shift) => Date.parse(shift.starts_at)).filter((starts) => starts > (until ?? now));
  return { until, next: ahead.length ? Math.min(...ahead) : null };
}
