/** How well a link does, from getStats (W3C webrtc-stats). */
export type Level = "good" | "fair" | "poor";
/** What is sent over a link: everything, sound alone, or nothing but text. */
export type MediaMode = "video" | "audio" | "text";

/** The figures of one moment. `rtt` in ms, bytes and packets since the beginning; null: not known. */
export interface Sample {
  readonly at: number;
  readonly rtt: number | null;
  /** The part of our packets that the other side has lost lately, 0 to 1, by its own report; `reports`: how many of those came. */
  readonly lost: number;
  readonly reports: number;
  readonly received: number;
  readonly missing: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly framesIn: number;
  /** Of the checks of the path (RFC 8445 §11), which go on when nothing else is sent. */
  readonly requests: number;
  readonly responses: number;
  /** "host", "srflx", "prflx" or "relay": how our side of the pair is reached, or theirs. */
  readonly path: string;
  readonly protocol: string;
}

/** What two samples tell. */
export interface Reading {
  readonly level: Level;
  readonly rtt: number | null;
  readonly loss: number;
  readonly kbps: number;
  /** Pictures came between the two. */
  readonly frames: boolean;
  readonly path: string;
}

type Stats = Readonly<Record<string, unknown>> & { readonly type: string; readonly id: string };

const number = (value: unknown): number => (typeof value === "number" ? value : 0);

export function sampleOf(report: Iterable<Stats>, at: number): Sample {
  const all = [...report];
  const byId = new Map(all.map((each) => [each.id, each]));
  const inbound = all.filter(({ type }) => type === "inbound-rtp");
  const reports = all.filter(({ type }) => type === "remote-inbound-rtp");
  const transport = all.find(({ type }) => type === "transport");
  const pair =
    byId.get(String(transport?.["selectedCandidatePairId"])) ??
    all.find((each) => each.type === "candidate-pair" && each["nominated"] === true && each["state"] === "succeeded");
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
    path: types.includes("relay") ? "relay" : (types[0] ?? ""),
    protocol: String(ends[0]?.["relayProtocol"] ?? ends[0]?.["protocol"] ?? ""),
  };
}

export function readingOf(before: Sample, after: Sample): Reading {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  const missing = Math.max(0, after.missing - before.missing);
  const came = Math.max(0, after.received - before.received);
  const asked = after.requests - before.requests;
  const unanswered = Math.max(0, asked - (after.responses - before.responses));
  const loss = Math.max(
    after.reports > before.reports ? after.lost : 0, // an old report says nothing of now
    came > 0 ? missing / (missing + came) : 0,
    asked > MANY ? unanswered / asked : 0,
  );
  return {
    level: levelOf(loss, after.rtt ?? 0),
    rtt: after.rtt,
    loss,
    kbps: Math.round(((after.bytesIn - before.bytesIn) * 8) / 1000 / seconds),
    frames: after.framesIn > before.framesIn,
    path: after.path,
  };
}

const MANY = 3; // of fewer checks the last one may only not be answered yet

function levelOf(loss: number, rtt: number): Level {
  if (loss > 0.12 || rtt > 800) return "poor";
  return loss > 0.04 || rtt > 350 ? "fair" : "good";
}

const DOWN_AFTER = 3; // readings in a row that are poor
const UP_AFTER = 5; // readings in a row that are not
const LONGEST = 40;

/** Steps down to sound, and to text, when the link is poor for a while, and up again when it is not; ever more patient after each vain climb. */
export class Ladder {
  mode: MediaMode = "video";
  private poor = 0;
  private well = 0;
  private patience = UP_AFTER;
  private climbed = false;

  /** Takes a reading; gives the new mode when it has changed, else null. */
  step({ level }: Pick<Reading, "level">): MediaMode | null {
    this.poor = level === "poor" ? this.poor + 1 : 0;
    this.well = level === "poor" ? 0 : this.well + 1;
    if (this.poor >= DOWN_AFTER && this.mode !== "text") {
      if (this.climbed) this.patience = Math.min(LONGEST, this.patience * 2);
      return this.move(this.mode === "video" ? "audio" : "text", false);
    }
    if (this.well >= this.patience && this.mode !== "video") return this.move(this.mode === "text" ? "audio" : "video", true);
    return null;
  }

  private move(mode: MediaMode, climbed: boolean): MediaMode {
    this.poor = this.well = 0;
    this.climbed = climbed;
    return (this.mode = mode);
  }
}

/** How much has come over a connection so far. */
export async function bytesOf(pc: RTCPeerConnection | null): Promise<number> {
  let bytes = 0;
  (await pc?.getStats())?.forEach((each: { type: string; bytesReceived?: number }) => {
    if (each.type === "inbound-rtp") bytes += each.bytesReceived ?? 0;
  });
  return bytes;
}
