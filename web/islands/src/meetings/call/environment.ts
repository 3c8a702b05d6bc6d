import type { Observable } from "../live/observable";
import type { ProblemError } from "../live/problem";
import type { DirectMessage } from "../live/types";
import type { Memory } from "./memory";
import type { Tracks } from "./negotiation";
import type { Frame } from "./outbox";
import type { Mode } from "./quality";

/** What the page shows of one's own to the others. */
export type Shown = Readonly<Record<"mic" | "cam" | "screen" | "hand" | "held", boolean>>;

export type Phase =
  | { readonly name: "out" }
  | { readonly name: "joining" }
  | { readonly name: "in" }
  | { readonly name: "refused"; readonly problem: ProblemError }
  | { readonly name: "ended"; readonly reason: "left" | "replaced" | "closed" | "expired" };

/** The page's connection to the server, for one room; tests give another. */
export interface Wire {
  /** Rejects with ProblemError: the server's refusal, or "unavailable" when the connection ends first. */
  ask(frame: Frame): Promise<unknown>;
  /** Whether the room is followed over a living connection. */
  readonly up: Observable<boolean>;
  signals(listener: (heard: DirectMessage) => void): () => void;
  /** Tries to reach the server now, whatever pause it was about to make. */
  hurry(): void;
}

export interface World {
  readonly wire: Wire;
  readonly memory: Memory;
  connect(config: RTCConfiguration): RTCPeerConnection;
  timer(ms: number, then: () => void): () => void;
  now(): number;
  tracks(): Tracks;
  /** The link to a person has changed what it carries. */
  fellTo(person: string, mode: Mode): void;
}
