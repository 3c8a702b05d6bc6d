import type { LineView } from "../../live/types";

/** Seconds that a talk is assumed to continue once it is longer than expected. */
const SHORTEST = 15;

/**
 * For each waiting ticket, in order, the seconds until it is called: the member of the staff who is free first calls the next.
 * rooms/exhibition/queue/waiting_time.py computes the same.
 */
export function expected(line: LineView, now: number): number[] {
  const free = line.talking_since.map((since) => Math.max(line.service_seconds - (now - Date.parse(since)) / 1000, SHORTEST));
  while (free.length < Math.max(line.staff, 1)) free.push(0);
  return line.tickets.map(() => {
    free.sort((a, b) => a - b);
    const at = free[0] ?? 0;
    free[0] = at + line.service_seconds;
    return at;
  });
}
