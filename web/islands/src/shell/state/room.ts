import type { Command, LatestValues, LobbyOwn, Own, RoomEvent } from "../../live/types";

/** A member's state of a room, in the shape of the server's answer to a join. Never changed in place. */
export interface RoomState<Snapshot, Mine = Own> {
  readonly snapshot: Snapshot;
  readonly own: Mine;
  readonly latest: LatestValues;
}

/** The personal state in every room with a chat. */
export type SharedOwn = Pick<Own, keyof Own & keyof LobbyOwn>;

export type AnyState = RoomState<unknown, unknown>;

/** The reducers of a kind of room. Each function returns the same object if nothing changed. */
export interface RoomKind<State extends AnyState> {
  event(state: State, event: RoomEvent): State;
  latest(state: State, values: LatestValues): State;
  /** For the few commands without an event, which only affect the person's own state. */
  acknowledged(state: State, command: Command): State;
}

interface Asked {
  readonly id: string;
  readonly asked_at: string;
}

/** The questions with one replaced or added; oldest first, as in a snapshot. */
export function withQuestion<T extends Asked>(questions: readonly T[], question: T): readonly T[] {
  if (questions.some((other) => other.id === question.id)) {
    return questions.map((other) => (other.id === question.id ? question : other));
  }
  return [...questions, question].sort((a, b) => compare(a.asked_at, b.asked_at) || compare(a.id, b.id));
}

export function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The list without the items that a test finds; the same list when there are none. */
export function without<T>(items: readonly T[], found: (item: T) => boolean): readonly T[] {
  return items.some(found) ? items.filter((item) => !found(item)) : items;
}

/** Merges newer values over older ones, by name and key. */
export function merged(older: LatestValues, newer: LatestValues): LatestValues {
  return {
    ...older,
    ...(newer.votes && { votes: { ...older.votes, ...newer.votes } }),
    ...(newer.reactions && { reactions: { ...older.reactions, ...newer.reactions } }),
    ...(newer.line && { line: { ...older.line, ...newer.line } }),
    ...(newer.hours && { hours: { ...older.hours, ...newer.hours } }),
    ...(newer.floor && { floor: { ...older.floor, ...newer.floor } }),
    ...(newer.call && { call: { ...older.call, ...newer.call } }),
    ...(newer.poll_results && { poll_results: laidOver(older.poll_results, newer.poll_results) }),
    ...(newer.poll_tallies && { poll_tallies: { ...older.poll_tallies, ...newer.poll_tallies } }),
    ...(newer.reports && { reports: { ...older.reports, ...newer.reports } }),
    ...(newer.rounds && { rounds: { ...older.rounds, ...newer.rounds } }),
    ...(newer.present && { present: { ...older.present, ...newer.present } }),
  };
}

/** Merges newer values over older ones; null removes a value. */
export function laidOver<T>(older: Readonly<Record<string, T | null>> | undefined, newer: Readonly<Record<string, T | null>>): Record<string, T> {
  const entries = Object.entries({ ...older, ...newer });
  return Object.fromEntries(entries.filter((entry): entry is [string, T] => entry[1] !== null));
}

/** The person's own votes after some were added or withdrawn. */
export function withVotes(own: Own, changes: Readonly<Record<string, boolean>> | undefined): Own {
  const entries = Object.entries(changes ?? {}).filter(([question, voted]) => own.votes.includes(question) !== voted);
  if (entries.length === 0) return own;
  const changed = new Map(entries);
  const kept = own.votes.filter((question) => changed.get(question) !== false);
  const added = entries.filter(([, voted]) => voted).map(([question]) => question);
  return { ...own, votes: [...kept, ...added].sort() };
}

/** Messages read in another tab or on another device count as read here, too. */
export function withRead<T extends SharedOwn>(own: T, read: Readonly<Record<string, number>> | undefined): T {
  const number = Math.max(0, ...Object.values(read ?? {}));
  return number > own.read ? { ...own, read: number } : own;
}

export function acknowledgedOwn<State extends RoomState<unknown, SharedOwn>>(state: State, command: Command): State {
  if (command.op === "chat.read" && command.number > state.own.read) {
    return { ...state, own: { ...state.own, read: command.number } };
  }
  return state;
}
