import type { Observable } from "../../live/observable";
import type { ProblemError } from "../../live/problem";
import type { DirectMessage } from "../../live/types";
import type { Memory } from "./memory";
import type { Tracks } from "./negotiation";
import type { CallFrame } from "./outbox";
import type { MediaMode } from "./ladder";
import type { Ice, Signal } from "./signals";

/** What the others see of this page's own state. */
export type Shown = Readonly<Record<"mic" | "cam" | "screen" | "hand" | "held", boolean>>;

export type Phase =
  | { readonly name: "out" }
  | { readonly name: "joining" }
  | { readonly name: "in" }
  | { readonly name: "refused"; readonly problem: ProblemError }
  | { readonly name: "ended"; readonly reason: "left" | "replaced" | "closed" | "expired" };

/** The page's connection to the server, for one room. Tests replace it. */
export interface Wire {
  /** Rejects with ProblemError: the server's refusal, or "unavailable" when the connection ends first. */
  ask(frame: CallFrame): Promise<unknown>;
  /** Whether the connection is live and has joined the room. */
  readonly up: Observable<boolean>;
  signals(listener: (heard: DirectMessage) => void): () => void;
  /** Reconnects now instead of after the current pause. */
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
  /** What we send to a person has changed. */
  modeChanged(person: string, mode: MediaMode): void;
}

/** Why a relay cannot be used: it rejects the credential, does not answer, or has no working TLS. */
export type RelayFault = "refused" | "silent" | "tls";

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

/** What a link needs of the page. Times are in milliseconds. */
export interface LinkEnvironment {
  connect(config: RTCConfiguration): RTCPeerConnection;
  timer(ms: number, then: () => void): () => void;
  now(): number;
  /** In order, and repeated until the server has accepted it. */
  send(signal: Signal): void;
  /** Whether signals reach the other page now. If not, nothing is torn down: media may still flow. */
  reachable(): boolean;
  ice(): Ice;
  /** Whether the other page sends sound or pictures, by the roster. */
  expected(): boolean;
  /** Asks the server for new credentials, and reports why; `ice()` returns them afterwards. */
  refresh(fault: RelayFault): Promise<void>;
  tracks(): Tracks;
  changed(): void;
  /** For the operator's metrics. */
  happened(event: "connected" | "restarted" | "rebuilt" | "relayed" | "failed"): void;
  heardSas(signal: Signal & { readonly type: "sas" }): void;
}

/** When each stage of a connection was reached, in milliseconds since the epoch. */
export interface Marks {
  began: number;
  described?: number;
  ice?: number;
  dtls?: number;
  frame?: number;
}
