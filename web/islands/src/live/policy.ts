import { CODES } from "./types";

export const BASE = 500;
export const CAP = 30_000;

/** The client's reaction to a close code: `resume` at its position, reconnect with `fresh` snapshots, or `stop`. */
export type Course = "resume" | "fresh" | "stop";

const NO_HELLO = 4408; // our hello was late or lost: the next one may arrive

export function courseOf(closeCode: number): Course {
  if (closeCode === NO_HELLO) return "resume";
  if (closeCode >= 4300 && closeCode < 4400) return "fresh";
  if (closeCode >= 4400 && closeCode < 4500) return "stop";
  return "resume";
}

/** The problem code of a close code. */
export function codeOf(closeCode: number): string {
  return Object.entries(CODES).find(([, meaning]) => meaning.close === closeCode)?.[0] ?? "unavailable";
}

/**
 * Milliseconds until the next try: full jitter, so that thousands of clients that lost the same server do not return at the same moment. The
 * server's `retryAfter` (seconds) is waited for first.
 */
export function pause(failures: number, random: number, retryAfter: number | null = null): number {
  const bound = Math.min(CAP, BASE * 2 ** Math.min(failures, 16));
  return (retryAfter ?? 0) * 1000 + random * bound;
}
