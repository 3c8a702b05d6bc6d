import type { Candidate, Description, IceView } from "../../live/types";

/** The tracks that one page sends another: their transceivers stand in this order from the start, so that a toggle needs no renegotiation. */
export const SLOTS = ["audio", "camera", "screen"] as const;

export type Slot = (typeof SLOTS)[number];

export function kindOf(slot: Slot): "audio" | "video" {
  return slot === "audio" ? "audio" : "video";
}

/** What one page tells another through the server. `gen` counts the connections that were built for the pair; those of an older one are dropped. */
export type Signal =
  | { readonly type: "desc"; readonly gen: number; readonly desc: Description }
  | { readonly type: "cand"; readonly gen: number; readonly cand: Candidate | null }
  | { readonly type: "reset"; readonly gen: number }
  | { readonly type: "sas"; readonly gen: number; readonly commit: string | null; readonly reveal: string | null };

/** The servers that help two pages to find each other. */
export interface Ice {
  readonly servers: readonly RTCIceServer[];
  /** Only through a relay, so that nobody learns anybody's address. */
  readonly relayOnly: boolean;
}

export function iceOf({ ice_servers, relay_only }: IceView): Ice {
  const servers = ice_servers.map(({ urls, username, credential }) => ({
    urls: [...urls],
    ...(username && { username }),
    ...(credential && { credential }),
  }));
  return { servers, relayOnly: relay_only };
}

export function hasRelay(ice: Ice): boolean {
  return ice.servers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
}

/** An entry of the log of states, for the support bundle. `at`: milliseconds since the epoch. */
export interface Entry {
  readonly at: number;
  readonly text: string;
}

/** Where a candidate comes from, and whether it is of a relay: of its text (RFC 8839 §5.1). */
export function typeOf(candidate: string): string {
  return / typ (\w+)/.exec(candidate)?.[1] ?? "";
}

/** What of a candidate is told. */
export function plain({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: RTCIceCandidate): Candidate {
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

/** The fingerprint of a certificate (RFC 8122), out of a description in SDP; "" when it has none. */
export function fingerprintOf(sdp: string | undefined): string {
  return /^a=fingerprint:(\S+ \S+)/m.exec(sdp ?? "")?.[1]?.toUpperCase() ?? "";
}
