import type { Candidate, Description, IceView } from "../../live/types";

/** The tracks that one page sends another. Their transceivers exist in this order from the start, so a toggle needs no renegotiation. */
export const SLOTS = ["audio", "camera", "screen"] as const;

export type Slot = (typeof SLOTS)[number];

export function kindOf(slot: Slot): "audio" | "video" {
  return slot === "audio" ? "audio" : "video";
}

/** A signal from one page to another. `gen` counts the connections of the pair from 1; signals of an older one are ignored. */
export type Signal =
  | { readonly type: "desc"; readonly gen: number; readonly desc: Description }
  | { readonly type: "cand"; readonly gen: number; readonly cand: Candidate | null }
  | { readonly type: "reset"; readonly gen: number }
  | { readonly type: "sas"; readonly gen: number; readonly commit: string | null; readonly reveal: string | null };

/** STUN and TURN servers. */
export interface Ice {
  readonly servers: readonly RTCIceServer[];
  /** Relayed candidates only, so addresses stay hidden. */
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

/** An entry of the link's log, for the support file. `at`: milliseconds since the epoch. */
export interface Entry {
  readonly at: number;
  readonly text: string;
}

/** The type of a candidate: host, srflx, prflx or relay (RFC 8839 §5.1). */
export function typeOf(candidate: string): string {
  return / typ (\w+)/.exec(candidate)?.[1] ?? "";
}

/** The fields of a candidate that are sent. */
export function plain({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: RTCIceCandidate): Candidate {
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

/** The fingerprint of the certificate in a description (RFC 8122); "" if there is none. */
export function fingerprintOf(sdp: string | undefined): string {
  return /^a=fingerprint:(\S+ \S+)/m.exec(sdp ?? "")?.[1]?.toUpperCase() ?? "";
}

/** A role in DTLS: "active" is the client (RFC 8842). */
export type Setup = "active" | "passive";

/** The role that a description states; null for "actpass". */
export function setupOf(sdp: string | undefined): Setup | null {
  return (/^a=setup:(active|passive)\s*$/m.exec(sdp ?? "")?.[1] as Setup | undefined) ?? null;
}

/** The description with this role; unchanged if null. */
export function withSetup(sdp: string, role: Setup | null): string {
  return role ? sdp.replace(/^a=setup:\w+/gm, `a=setup:${role}`) : sdp;
}
