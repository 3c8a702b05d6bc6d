import type { DirectMessage, Id, LatestValues, Position, ProblemView, RoomEvent, Time, Welcome } from "./types";

export const SUBPROTOCOL = "plenary.v1.json";
export const CLIENT = "web/1";

/** A recorded event, or the bare seq of one that is hidden from this reader. */
export type NumberedEvent = (RoomEvent & { readonly seq: number }) | { readonly seq: number; readonly type?: undefined };

export type ReaderAudience = "everyone" | "moderators";

export interface Fresh extends Position {
  readonly snapshot: unknown;
  readonly own: unknown;
  readonly latest: LatestValues;
  readonly audience: ReaderAudience;
}

export interface Tail extends Position {
  readonly resumed: true;
  readonly events: readonly NumberedEvent[];
  readonly own: unknown;
  readonly latest: LatestValues;
  readonly audience: ReaderAudience;
}

export interface Answer {
  readonly id: number;
  readonly ok?: unknown;
  readonly seq?: number;
  readonly error?: ProblemView;
}

export interface HeartbeatReply {
  readonly seqs: Readonly<Record<Id, number>>;
  readonly time: Time;
}

/** A frame to a room's members: events and latest values, a snapshot after their rights changed, or their removal; `rtc` is for this page only. */
export interface RoomFrame extends Partial<Fresh> {
  readonly room: Id;
  readonly events?: readonly NumberedEvent[];
  readonly left?: ProblemView;
  readonly rtc?: DirectMessage;
}

export type Frame =
  | { readonly kind: "welcome"; readonly welcome: Welcome }
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "room"; readonly frame: RoomFrame };

/** Reads a frame of the server; null for an unknown one. Only the envelope is validated. */
export function decode(text: string): Frame | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  if ("op" in value && value.op === "welcome") return { kind: "welcome", welcome: value as Welcome };
  if ("id" in value && typeof value.id === "number") return { kind: "answer", answer: value as Answer };
  if ("room" in value && typeof value.room === "string") return { kind: "room", frame: value as RoomFrame };
  return null;
}
