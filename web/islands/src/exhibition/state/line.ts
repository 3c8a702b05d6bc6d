import type { Hand, Hours, LineView } from "../../live/types";

// rooms/exhibition/queue/waiting_time.py and opening.py compute the same; tests/fixtures/waiting_times.json tests both.

/** Seconds that a talk is assumed to continue once it is longer than expected. */
const SHORTEST = 15;
/** Seconds until someone who is on a shift, but not here, is assumed to come. */
const ABSENT = 600;
/** Seconds that an open-ended break is assumed to last when the question is only whether somebody's turn comes before the booth closes. */
const OPEN_ENDED = 1800;
/** Milliseconds. The queue goes on through a pause between shifts that is shorter. */
const NIGHT = 6 * 3_600_000;

export interface Opening {
  readonly starts: number;
  readonly ends: number;
}

type Span = readonly [starts: number, ends: number];

/** The current or next opening: shifts with less than a night between them. */
export function opening(shifts: readonly Hours[], now: number): Opening | null {
  const spans = shifts.map((each): Span => [Date.parse(each.starts_at), Date.parse(each.ends_at)]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const found: Opening[] = [];
  for (const [starts, ends] of spans) {
    const last = found.at(-1);
    if (last && starts - last.ends < NIGHT) found[found.length - 1] = { starts: last.starts, ends: Math.max(last.ends, ends) };
    else found.push({ starts, ends });
  }
  return found.find(({ ends }) => ends > now) ?? null;
}

/** When somebody's shift begins if nobody is on one now; null if someone is, or nobody will be. */
export function nextStart(shifts: readonly Hours[], now: number): number | null {
  const ahead = shifts.filter((each) => Date.parse(each.ends_at) > now).map((each) => Date.parse(each.starts_at));
  return ahead.length && ahead.every((starts) => starts > now) ? Math.min(...ahead) : null;
}

/**
 * For each waiting ticket, in order, the seconds until it is called: the member of the staff who is free first calls the next. Infinity: not before
 * the booth closes, or not while everyone is on a break without an expected end.
 */
export function expected(line: LineView, now: number, shifts: readonly Hours[] = [], openEnded = Infinity): number[] {
  const hands = shifts.length ? planned(line, shifts) : line.hands?.length ? line.hands : unnamed(line);
  const staff = hands.map((hand) => {
    const spans = spansOf(shifts, hand.number, now);
    return { spans, at: after(free(line, hand, now, spans, openEnded), spans) };
  });
  return line.tickets.map(() => {
    staff.sort((a, b) => a.at - b.at || 0);
    const first = staff[0];
    const at = first?.at ?? Infinity;
    if (first && at < Infinity) first.at = after(at + line.service_seconds, first.spans);
    return at;
  });
}

/** Whether a ticket will probably not be called before the booth closes. */
export function isLate(line: LineView, ticket: number, now: number, shifts: readonly Hours[]): boolean {
  const index = line.tickets.indexOf(ticket);
  return shifts.length > 0 && index >= 0 && expected(line, now, shifts, OPEN_ENDED)[index] === Infinity;
}

function planned(line: LineView, shifts: readonly Hours[]): Hand[] {
  const away = (number: number): Hand => ({ number, here: false, busy_since: null, paused: false, back_at: null, minutes: null });
  const numbers = [...new Set(shifts.map(({ hand }) => hand))];
  return numbers.map((number) => line.hands?.find((hand) => hand.number === number) ?? away(number));
}

/** The staff as an older version counts them; at least one. */
function unnamed(line: LineView): Hand[] {
  const idle = Array<null>(Math.max(Math.max(line.staff, 1) - line.talking_since.length, 0)).fill(null);
  return [...line.talking_since, ...idle].map((since) => ({ number: 0, here: true, busy_since: since, paused: false, back_at: null, minutes: null }));
}

/** When one of the staff takes visitors, in seconds from now, until the booth closes. */
function spansOf(shifts: readonly Hours[], number: number, now: number): Span[] {
  if (!shifts.length) return [[-Infinity, Infinity]];
  const closes = opening(shifts, now)?.ends ?? now;
  return shifts
    .filter(({ hand }) => hand === number)
    .map((each): Span => [Date.parse(each.starts_at), Date.parse(each.ends_at)])
    .filter(([, ends]) => now < ends && ends <= closes)
    .map(([starts, ends]): Span => [(starts - now) / 1000, (ends - now) / 1000])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** When a member of the staff can call the next visitor, whatever their shifts. */
function free(line: LineView, hand: Hand, now: number, spans: readonly Span[], openEnded: number): number {
  if (hand.busy_since !== null) {
    const left = Math.max(line.service_seconds - (now - Date.parse(hand.busy_since)) / 1000, SHORTEST);
    return hand.paused ? left + (hand.minutes === null ? openEnded : hand.minutes * 60) : left;
  }
  if (hand.paused) {
    const left = hand.back_at ? (Date.parse(hand.back_at) - now) / 1000 : 0;
    return left > 0 ? left : openEnded;
  }
  return !hand.here && spans.some(([starts]) => starts <= 0) ? ABSENT : 0;
}

/** The first moment from `at` on within a span. */
function after(at: number, spans: readonly Span[]): number {
  const span = spans.find(([, ends]) => at < ends);
  return span ? Math.max(at, span[0]) : Infinity;
}
