import { typeOf } from "./signals";

/** A STUN or TURN server, over one transport. */
export interface Route {
  readonly url: string;
  readonly relays: boolean;
  readonly transport: "udp" | "tcp" | "tls";
}

/** `works`: data came back through it; `reached`: it allocated, but no data came back; `refused`: it rejects the credential. */
export type TrialOutcome = "works" | "reached" | "refused" | "silent";

export interface Tried {
  readonly route: Route;
  readonly outcome: TrialOutcome;
}

const PATIENCE = 6_000;

function routeOf(url: string): Route {
  const tls = /^(turns|stuns):/.test(url);
  return { url, relays: url.startsWith("turn"), transport: tls ? "tls" : /transport=tcp/.test(url) ? "tcp" : "udp" };
}

/** Tests each server separately: a TURN server by sending data through it to ourselves, a STUN server by asking for our address. */
export async function tryServers(
  servers: readonly RTCIceServer[],
  connect: (config: RTCConfiguration) => RTCPeerConnection,
): Promise<Tried[]> {
  const each = servers.flatMap((server) => [server.urls].flat().map((url) => ({ ...server, urls: url })));
  return Promise.all(each.map(async (server) => ({ route: routeOf(server.urls), outcome: await tryServer(server, connect) })));
}

async function tryServer(server: RTCIceServer & { readonly urls: string }, connect: (config: RTCConfiguration) => RTCPeerConnection): Promise<TrialOutcome> {
  const relays = server.urls.startsWith("turn");
  const config: RTCConfiguration = { iceServers: [server], iceTransportPolicy: relays ? "relay" : "all" };
  const ends = [connect(config), connect(relays ? config : { iceServers: [] })] as const;
  let outcome: TrialOutcome = "silent";
  try {
    await within(
      PATIENCE,
      new Promise<void>((done) => {
        ends.forEach((end, index) => {
          end.onicecandidate = ({ candidate }) => {
            if (!candidate) return;
            if (typeOf(candidate.candidate) === (relays ? "relay" : "srflx")) {
              outcome = relays ? "reached" : "works";
              if (!relays) done();
            }
            if (relays) ends[1 - index]!.addIceCandidate(candidate).catch(() => undefined);
          };
        });
        ends[0].onicecandidateerror = ({ errorCode }) => {
          if (errorCode !== 401) return;
          outcome = "refused";
          done();
        };
        ends[1].ondatachannel = () => {
          outcome = "works";
          done();
        };
        ends[0].createDataChannel("trial");
        void shake(ends[0], relays ? ends[1] : null);
      }),
    );
  } finally {
    for (const end of ends) end.close();
  }
  return outcome;
}

async function shake(one: RTCPeerConnection, other: RTCPeerConnection | null): Promise<void> {
  const offer = await one.createOffer();
  await other?.setRemoteDescription(offer);
  await one.setLocalDescription(offer);
  if (!other) return;
  const answer = await other.createAnswer();
  await one.setRemoteDescription(answer);
  await other.setLocalDescription(answer);
}

async function within(ms: number, task: Promise<void>): Promise<void> {
  let handle = 0;
  await Promise.race([task, new Promise<void>((resolve) => (handle = window.setTimeout(resolve, ms)))]);
  window.clearTimeout(handle);
}

export type Verdict = "good" | "relay" | "no_udp" | "reached" | "refused" | "blocked" | "none";

/** What the results mean for a call. */
export function verdictOf(tried: readonly Tried[]): Verdict {
  if (tried.length === 0) return "none";
  const relays = tried.filter(({ route }) => route.relays);
  if (relays.some(({ outcome }) => outcome === "refused")) return "refused";
  const udp = tried.some(({ route, outcome }) => route.transport === "udp" && (outcome === "works" || outcome === "reached"));
  const through = relays.some(({ outcome }) => outcome === "works");
  if (relays.length === 0) return udp ? "none" : "blocked";
  if (!relays.some(({ outcome }) => outcome === "works" || outcome === "reached")) return udp ? "reached" : "blocked";
  if (!udp && tried.some(({ route }) => route.transport === "udp")) return "no_udp";
  return through ? (udp ? "good" : "relay") : "reached";
}
