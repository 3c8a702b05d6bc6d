import type { LatestValues, PollView } from "../../live/types";
import { compare } from "../../shell/state/room";

/** The polls with one replaced or added; oldest first, as in a snapshot. */
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

/** The polls for attendees: open ones before closed ones, the newest first. */
export function publicPolls(polls: readonly PollView[]): readonly PollView[] {
  const shown = polls.filter(({ state }) => state === "open" || state === "closed");
  return shown.sort((a, b) => Number(b.state === "open") - Number(a.state === "open") || compare(b.opened_at ?? "", a.opened_at ?? "") || compare(a.id, b.id));
}

/** The percentage of a count. */
export function share(count: number, voters: number): number {
  return voters ? Math.round((100 * count) / voters) : 0;
}

/** The mean of ratings, given the count of each; null if there are none. */
export function mean(counts: readonly number[]): number | null {
  const voters = counts.reduce((sum, count) => sum + count, 0);
  return voters ? counts.reduce((sum, count, index) => sum + count * (index + 1), 0) / voters : null;
}

/** The size of a word in a cloud, from 1 to 5. */
export function weight(count: number, most: number): number {
  return most > 1 ? 1 + Math.round((4 * (count - 1)) / (most - 1)) : 3;
}
