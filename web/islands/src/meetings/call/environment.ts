import type { Observable } from "../../live/observable";
import type { ProblemError } from "../../live/problem";
import type { DirectMessage } from "../../live/types";
import type { Memory } from "./memory";
import type { Tracks } from "./negotiation";
import type { CallFrame } from "./outbox";
import type { MediaMode } from "./quality";
import type { Ice, Signal } from "./signals";

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
  ask(frame: CallFrame): Promise<unknown>;
  /** Whether the room is followed over a living connection. */
  readonly up: Observable<boolean>;
  signals(listener: (heard: DirectMessage) => void): () => void;
  /** Tries to reach the server now, whatever pause it was about to make. */
  hurry(): void;
}

/** What a call needs of the page. */
export interface CallEnvironment {
  readonly wire: Wire;
  readonly memory: Memory;
  connect(config: RTCConfiguration): RTCPeerConnection;
  timer(ms: number, then: () => void): () => void;
  now(): number;
  tracks(): Tracks;
  /** The link to a person has changed what it carries. */
  fellTo(person: string, mode: MediaMode): void;
}

export type LinkState =
  | "new"
  | "negotiating"
  | "checking"
  | "connected"
  | "unstable"
  | "restarting"
  | "rebuilding"
  | "relay_only"
  | "failed";

/** What a link needs of the page. Times are milliseconds. */
export interface LinkEnvironment {
  connect(config: RTCConfiguration): RTCPeerConnection;
  timer(ms: number, then: () => void): () => void;
  now(): number;
  /** In order, and repeated until the server has taken it. */
  send(signal: Signal): void;
  /** Whether signals reach the other page now. Without that nothing is torn down: the media may live on. */
  reachable(): boolean;
  ice(): Ice;
  /** Asks the server for fresh credentials; `ice()` gives them afterwards. */
  refresh(): Promise<void>;
  tracks(): Tracks;
  changed(): void;
  /** Something that is counted: connected, restarted, rebuilt, relayed, failed. */
  happened(event: "connected" | "restarted" | "rebuilt" | "relayed" | "failed"): void;
  heardSas(signal: Signal & { readonly type: "sas" }): void;
}

/** When the stages of a connection were reached, in milliseconds since the epoch. */
export interface Marks {
  began: number;
  described?: number;
  ice?: number;
  dtls?: number;
  frame?: number;
}
