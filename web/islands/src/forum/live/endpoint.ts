import { ProblemError } from "../../live/index";
import type { ProblemView } from "../../live/types";

const SDP = "application/sdp";
const WITHIN = 10_000; // ms

/** One connection to the stage: `location` is its address, for ending it. */
export interface Accepted {
  readonly answer: string;
  readonly location: string;
}

function headers(more: Record<string, string> = {}): Record<string, string> {
  const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "";
  return { "X-CSRF-Token": csrf, ...more };
}

/** Sends an offer by WHIP or WHEP. Rejects with ProblemError for a refusal, and with another error when the server is not reached. */
export async function offer(address: string, description: string): Promise<Accepted> {
  const response = await fetch(address, {
    method: "POST",
    headers: headers({ "Content-Type": SDP, Accept: "application/sdp, application/json" }),
    body: description,
    cache: "no-store",
    signal: AbortSignal.timeout(WITHIN),
  });
  if (response.status === 201) return { answer: await response.text(), location: response.headers.get("Location") ?? "" };
  throw new ProblemError(((await response.json()) as { error: ProblemView }).error);
}

/** Ends a connection, also while the page closes. */
export function end(location: string): void {
  void fetch(location, { method: "DELETE", headers: headers(), keepalive: true }).catch(() => undefined);
}

const LINK = /<([^>]+)>; rel="ice-server"(?:; username="([^"]*)"; credential="([^"]*)")?/g;

/** The relays, for networks on which the stage cannot be reached directly (RFC 9725, section 4.6). */
export async function relays(address: string): Promise<RTCIceServer[]> {
  const response = await fetch(address, { method: "OPTIONS", headers: headers(), signal: AbortSignal.timeout(WITHIN) });
  return readServers(response.headers.get("Link") ?? "");
}

export function readServers(links: string): RTCIceServer[] {
  return [...links.matchAll(LINK)].map(([, urls, username, credential]) => ({ urls: urls!, ...(username ? { username, credential: credential ?? "" } : {}) }));
}

export interface StreamKey {
  readonly address: string;
  readonly key: string;
}

/** What a program such as OBS needs to publish on this stage. */
export async function streamKey(address: string): Promise<StreamKey> {
  const response = await fetch(address, { headers: headers({ Accept: "application/json" }), cache: "no-store", signal: AbortSignal.timeout(WITHIN) });
  if (!response.ok) throw new ProblemError(((await response.json()) as { error: ProblemView }).error);
  return (await response.json()) as StreamKey;
}
