import { ProblemError } from "../../live/index";
import { pauseBefore } from "../retrying";
import * as endpoint from "./endpoint";

/** `broken`: it was lost, or could not be made, and is being made again. `refused`: the server says why in `problem`. */
export type StageLinkState = "idle" | "connecting" | "connected" | "broken" | "refused";

const LOOK = 1_000; // ms
const CONNECT_WITHIN = 10_000;
const DISCONNECTED = 4_000;
const FINAL = new Set(["not_signed_in", "forbidden", "not_found", "conflict", "closed", "malformed", "unverified"]);

export interface LinkHooks {
  /** The WHIP or WHEP address; `replaces` is the connection before. */
  address(replaces: string): string;
  /** Adds what is sent or received to a new connection. */
  prepare(pc: RTCPeerConnection): void;
  /** The state, or what flows, has changed. */
  changed(): void;
  /** For how many ms nothing may arrive before the connection is made again. */
  patience(): number;
}

/** A connection to the stage that repairs itself: it is made again when it fails, and when nothing arrives although something should. */
export class StageLink {
  state: StageLinkState = "idle";
  problem: ProblemError | null = null;
  pc: RTCPeerConnection | null = null;
  /** Bytes have arrived within the last seconds. For a publisher these are the stage's reports. */
  flowing = false;
  private location = "";
  private attempt = 0;
  private bytes = 0;
  private arrivedAt = 0;
  private since = 0;
  private looking = 0;
  private retrying = 0;

  constructor(private readonly hooks: LinkHooks) {}

  start(): void {
    if (this.state !== "idle" && this.state !== "refused") return;
    window.addEventListener("pagehide", this.leave);
    this.attempt = 0;
    this.looking = window.setInterval(() => void this.look(), LOOK);
    void this.connect("connecting");
  }

  /** Ends it on purpose. */
  stop(): void {
    window.removeEventListener("pagehide", this.leave);
    window.clearInterval(this.looking);
    window.clearTimeout(this.retrying);
    this.leave();
    this.location = "";
    this.close();
    this.become("idle");
  }

  private readonly leave = (): void => {
    if (this.location) endpoint.end(this.location);
  };

  private become(state: StageLinkState): void {
    if (state === this.state) return;
    this.state = state;
    this.hooks.changed();
  }

  private close(): void {
    const { pc } = this;
    this.pc = null;
    this.flowing = false;
    pc?.close();
  }

  private async connect(state: StageLinkState): Promise<void> {
    this.close();
    this.become(state);
    const replaces = this.location.split("/").pop() ?? "";
    const address = this.hooks.address(replaces);
    const pc = (this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" }));
    this.since = this.arrivedAt = Date.now();
    this.bytes = 0;
    const stale = () => pc !== this.pc;
    pc.onconnectionstatechange = () => !stale() && this.moved(pc.connectionState);
    try {
      // The direct way first. If it has failed once, relays are tried too.
      if (this.attempt > 0) pc.setConfiguration({ ...pc.getConfiguration(), iceServers: await endpoint.relays(address) });
      if (stale()) return pc.close();
      this.hooks.prepare(pc);
      await pc.setLocalDescription();
      await gathered(pc, this.attempt > 0);
      const accepted = await endpoint.offer(address, pc.localDescription!.sdp);
      if (stale()) return endpoint.end(accepted.location);
      this.location = accepted.location;
      await pc.setRemoteDescription({ type: "answer", sdp: accepted.answer });
    } catch (error) {
      if (stale()) return;
      if (error instanceof ProblemError && FINAL.has(error.code)) this.refused(error);
      else this.retry(error instanceof ProblemError ? (error.retryAfter ?? 0) * 1000 : 0);
    }
  }

  private refused(problem: ProblemError): void {
    this.problem = problem;
    window.clearInterval(this.looking);
    this.close();
    this.become("refused");
  }

  private moved(state: RTCPeerConnectionState): void {
    if (state === "connected") {
      this.attempt = 0;
      this.since = this.arrivedAt = Date.now();
      this.become("connected");
    } else if (state === "failed" || state === "closed") {
      this.retry(0);
    } else if (state === "disconnected") {
      this.since = Date.now();
    }
  }

  private retry(atLeast: number): void {
    this.close();
    this.become("broken");
    window.clearTimeout(this.retrying);
    // The first repetition comes quickly: often only the stage process or the network has changed.
    const pause = this.attempt === 0 ? 300 + Math.random() * 700 : pauseBefore(this.attempt - 1, Math.random());
    this.attempt += 1;
    this.retrying = window.setTimeout(() => void this.connect("broken"), Math.max(pause, atLeast));
  }

  private async look(): Promise<void> {
    const { pc } = this;
    if (!pc) return;
    const now = Date.now();
    if (pc.connectionState === "disconnected" && now - this.since > DISCONNECTED) return this.retry(0);
    if (pc.connectionState !== "connected") {
      if (now - this.since > CONNECT_WITHIN) this.retry(0);
      return;
    }
    const bytes = await arrived(pc);
    if (pc !== this.pc) return;
    if (bytes > this.bytes) this.arrivedAt = now;
    this.bytes = bytes;
    const flowing = now - this.arrivedAt < 2_500 && bytes > 0;
    if (flowing !== this.flowing) {
      this.flowing = flowing;
      this.hooks.changed();
    }
    if (now - this.arrivedAt > this.hooks.patience()) this.retry(0);
  }
}

/** How much media has arrived or, where none is received, when the last report of the other side did: a number that grows. */
async function arrived(pc: RTCPeerConnection): Promise<number> {
  const receives = pc.getTransceivers().some(({ currentDirection }) => currentDirection === "recvonly");
  let media = 0;
  let reports = 0;
  for (const each of (await pc.getStats()).values() as Iterable<Record<string, unknown>>) {
    if (each.type === "inbound-rtp") media += Number(each.bytesReceived ?? 0);
    if (each.type === "remote-inbound-rtp") reports = Math.max(reports, Number(each.timestamp ?? 0));
  }
  return receives ? media : reports;
}

/** Relay candidates must be in the offer or come later; the stage itself needs none of ours, so the direct way does not wait. */
function gathered(pc: RTCPeerConnection, wait: boolean): Promise<void> {
  if (!wait || pc.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((done) => {
    const timer = window.setTimeout(done, 2_000);
    pc.addEventListener("icegatheringstatechange", () => {
      if (pc.iceGatheringState !== "complete") return;
      window.clearTimeout(timer);
      done();
    });
  });
}
