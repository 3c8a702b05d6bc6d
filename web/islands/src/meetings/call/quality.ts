/** How well a link does, from getStats (W3C webrtc-stats). "none": nothing arrives although the other page sends something. */
export type Level = "good" | "fair" | "poor" | "none";

/** The counters of one moment. `rtt` in ms, bytes and packets since the beginning; null: not known. */
export interface Sample {
  readonly at: number;
  readonly rtt: number | null;
  /** The share of our packets that the other side has lost lately, 0 to 1, from its own reports; `reports`: how many arrived. */
  readonly lost: number;
  readonly reports: number;
  readonly received: number;
  readonly missing: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly framesIn: number;
  /** Of the connectivity checks (RFC 8445 §11), which continue when nothing else is sent. */
  readonly requests: number;
  readonly responses: number;
  /** The selected pair of candidates; "" while there is none. */
  readonly pair: string;
  /** "host", "srflx" or "prflx": the type of our candidate; "relay" if either is relayed. */
  readonly path: string;
  readonly protocol: string;
}

/** The difference between two samples. */
export interface Reading {
  readonly level: Level;
  readonly rtt: number | null;
  /** The worse of both directions. */
  readonly loss: number;
  /** What the other side misses of what we send; null: it has not reported since the last sample. */
  readonly lossOut: number | null;
  readonly kbps: number;
  readonly arriving: boolean;
  /** Pictures were decoded. */
  readonly frames: boolean;
  readonly path: string;
}

export type Progress = { readonly bytes: number; readonly pair: string };

type Stats = Readonly<Record<string, unknown>> & { readonly type: string; readonly id: string };

const number = (value: unknown): number => (typeof value === "number" ? value : 0);

export function sampleOf(report: Iterable<Stats>, at: number): Sample {
  const all = [...report];
  const byId = new Map(all.map((each) => [each.id, each]));
  const inbound = all.filter(({ type }) => type === "inbound-rtp");
  const reports = all.filter(({ type }) => type === "remote-inbound-rtp");
  const pair = pairOf(all, byId);
  const ends = [byId.get(String(pair?.["localCandidateId"])), byId.get(String(pair?.["remoteCandidateId"]))];
  const types = ends.map((end) => String(end?.["candidateType"] ?? ""));
  const sum = (items: readonly Stats[], field: string) => items.reduce((total, each) => total + number(each[field]), 0);
  const rtt = pair?.["currentRoundTripTime"];
  return {
    at,
    rtt: typeof rtt === "number" ? rtt * 1000 : null,
    lost: Math.max(0, ...reports.map((each) => number(each["fractionLost"]))),
    reports: sum(reports, "roundTripTimeMeasurements"),
    received: sum(inbound, "packetsReceived"),
    missing: sum(inbound, "packetsLost"),
    bytesIn: sum(inbound, "bytesReceived"),
    bytesOut: sum(all.filter(({ type }) => type === "outbound-rtp"), "bytesSent"),
    framesIn: sum(inbound, "framesDecoded"),
    requests: number(pair?.["requestsSent"]),
    responses: number(pair?.["responsesReceived"]),
    pair: pair ? `${String(pair["localCandidateId"])} ${String(pair["remoteCandidateId"])}` : "",
    path: types.includes("relay") ? "relay" : (types[0] ?? ""),
    protocol: String(ends[0]?.["relayProtocol"] ?? ends[0]?.["protocol"] ?? ""),
  };
}

/** Firefox has no statistics of the transport, and marks the pair itself. */
function pairOf(all: readonly Stats[], byId: ReadonlyMap<string, Stats>): Stats | undefined {
  const transport = all.find(({ type }) => type === "transport");
  const pairs = all.filter(({ type }) => type === "candidate-pair");
  return (
    byId.get(String(transport?.["selectedCandidatePairId"])) ??
    pairs.find((each) => each["selected"] === true) ??
    pairs.find((each) => each["nominated"] === true && each["state"] === "succeeded")
  );
}

/** `expected`: whether the other page sends anything. */
export function readingOf(before: Sample, after: Sample, expected = true): Reading {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  const missing = Math.max(0, after.missing - before.missing);
  const received = Math.max(0, after.received - before.received);
  const asked = after.requests - before.requests;
  const unanswered = Math.max(0, asked - (after.responses - before.responses));
  const checks = asked > FEW ? unanswered / asked : 0;
  const reported = after.reports > before.reports; // an old report says nothing about now
  // While we send, their reports tell which direction is bad. The checks cannot, and count only when nothing is sent.
  const lossOut = reported ? after.lost : after.bytesOut > before.bytesOut ? null : checks;
  const loss = Math.max(lossOut ?? 0, received > 0 ? missing / (missing + received) : 0, checks);
  const arriving = after.bytesIn > before.bytesIn;
  return {
    level: expected && !arriving ? "none" : levelOf(loss, after.rtt ?? 0),
    rtt: after.rtt,
    loss,
    lossOut,
    kbps: Math.round(((after.bytesIn - before.bytesIn) * 8) / 1000 / seconds),
    arriving,
    frames: after.framesIn > before.framesIn,
    path: after.path,
  };
}

const FEW = 3; // checks: the last one may simply not be answered yet
const HEAVY_LOSS = 0.12;

function levelOf(loss: number, rtt: number): Level {
  if (loss > HEAVY_LOSS || rtt > 800) return "poor";
  return loss > 0.04 || rtt > 350 ? "fair" : "good";
}

/** How much has arrived on a connection so far, and over which pair. */
export async function progressOf(pc: RTCPeerConnection | null): Promise<Progress> {
  const report = await pc?.getStats();
  const { bytesIn, pair } = sampleOf((report ? [...report.values()] : []) as Stats[], 0);
  return { bytes: bytesIn, pair };
}
