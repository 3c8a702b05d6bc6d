const FIRST = 2_000; // ms
const LONGEST = 30_000;

/** How long to wait before a stream is tried again: longer each time, and not all viewers at once. `chance` is from 0 to 1. */
export function pauseBefore(attempt: number, chance: number): number {
  return Math.min(FIRST * 2 ** attempt, LONGEST) * (0.75 + chance / 2);
}
