import type { ReactionKind } from "../../live/types";
import type { SessionRoom } from "./session";

/** How many people have reacted within the last half second, by kind. */
export type Reactions = Readonly<Partial<Record<ReactionKind, number>>>;

export const KINDS: readonly ReactionKind[] = ["applause", "heart", "laugh", "cheer"];

/** The same object until somebody reacts again; a new object means new reactions. */
export function reactions(state: SessionRoom): Reactions | null {
  return state.latest.reactions?.[""] ?? null;
}

/** The number of symbols for a number of people: one each for few people, relatively fewer for many, so that a full hall does not hide the stage. */
export function signsOf(count: number): number {
  return Math.min(count, Math.ceil(2 * Math.log2(count + 1)));
}

export function added(sum: Reactions, more: Reactions): Reactions {
  const total: Partial<Record<ReactionKind, number>> = { ...sum };
  for (const kind of KINDS) if (more[kind]) total[kind] = (total[kind] ?? 0) + more[kind];
  return total;
}
