import type { Tracks } from "./negotiation";
import type { Ice, Signal } from "./signals";

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
export interface Ground {
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
