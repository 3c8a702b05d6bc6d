import type { LatestValues, PollView } from "../live/types";
import { compare } from "./room";

/** The polls with one in the place of its former self, or new; oldest first, as in a snapshot. */
export function withPoll(polls: readonly PollView[], poll: PollView): readonly PollView[] {
  return [...polls.filter(({ id }) => id !== poll.id), poll].sort((a, b) => compare(a.made_at, b.made_at) || compare(a.id, b.id));
}

/** Whether everyone may see the results. */
export function isRevealed({ reveal, state }: PollView): boolean {
  return state === "closed" ? reveal !== "never" : state === "open" && reveal === "live";
}

/** The values without the results of a poll; the same ones when there are none. */
export function withoutResults(latest: LatestValues, poll: string): LatestValues {
  if (latest.poll_results?.[poll] === undefined) return latest;
  const { [poll]: _, ...poll_results } = latest.poll_results;
  return { ...latest, poll_results };
}
