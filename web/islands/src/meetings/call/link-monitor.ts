import { applyCap, capOf } from "./encoders";
import { Ladder, type MediaMode } from "./ladder";
import type { CallEnvironment } from "./environment";
import type { Link } from "./link";
import { readingOf, sampleOf, type Reading, type Sample } from "./quality";
import { SafetyCode, type Commitment } from "./sas";
import { fingerprintOf, SLOTS } from "./signals";

export const MEASURED_EVERY = 2_000;
const FRAME_WITHIN = 20_000;
const FRAME_EVERY = 50;
const FRAME_SOON = 3_000; // afterwards look less often: the other camera may be off

/** Watches one link: its quality, what it may send, and its safety code. */
export class LinkMonitor {
  reading: Reading | null = null;
  safety: SafetyCode | null = null;
  private readonly ladder = new Ladder();
  private sample: Sample | null = null;
  private measured: RTCPeerConnection | null = null; // counters of a new connection start from zero
  private secured: RTCPeerConnection | null = null;
  private early: Commitment[] = [];

  constructor(
    private readonly self: string,
    readonly link: Link,
    private readonly events: {
      sas(commitment: Commitment): void;
      mode(mode: MediaMode): void;
      changed(): void;
      /** Whether the other page sends anything, by the roster. */
      expected(): boolean;
    },
  ) {}

  get mode(): MediaMode {
    return this.ladder.mode;
  }

  /** No pictures arrive. Meaningful only while their camera is on. */
  get starved(): boolean {
    return this.reading !== null && !this.reading.frames;
  }

  /** Waits for the first picture, notes when it came, and measures. */
  async setUp(environment: Pick<CallEnvironment, "now" | "timer">): Promise<void> {
    const { marks } = this.link;
    const wait = (ms: number) => new Promise<void>((resolve) => void environment.timer(ms, resolve));
    if (marks.frame === undefined && (await this.firstFrame(wait))) marks.frame = environment.now();
    await this.measure(environment.now());
  }

  async measure(now: number): Promise<void> {
    const { pc, state } = this.link;
    if (!pc || state !== "connected") return;
    const report = await pc.getStats();
    const sample = sampleOf([...report.values()], now);
    const before = pc === this.measured ? this.sample : null;
    this.measured = pc;
    this.sample = sample;
    if (!before || pc !== this.link.pc) return;
    const expected = this.events.expected();
    this.reading = readingOf(before, sample, expected);
    this.link.measured(this.reading.arriving || !expected);
    const mode = this.ladder.step(this.reading);
    if (mode) this.events.mode(mode);
    this.events.changed();
  }

  async cap(others: number, sharing: boolean): Promise<void> {
    if (!this.link.pc?.localDescription) return;
    for (const slot of SLOTS) {
      // A closed sender rejects, and needs no cap.
      await applyCap(this.link.sender(slot), capOf(slot, others, this.mode, sharing)).catch(() => undefined);
    }
  }

  /** Starts the safety code of each new connection: its certificates are others. */
  secure(): void {
    const { pc } = this.link;
    if (!pc || pc === this.secured || !("subtle" in crypto)) return; // only secure pages have digests
    const ours = fingerprintOf(pc.currentLocalDescription?.sdp);
    const theirs = fingerprintOf(pc.currentRemoteDescription?.sdp);
    if (!ours || !theirs) return;
    this.secured = pc;
    this.safety = new SafetyCode(
      { peer: this.self, fingerprint: ours },
      { peer: this.link.peer, fingerprint: theirs },
      this.events.sas,
      this.events.changed,
    );
    this.safety.begin();
    for (const each of this.early.splice(0)) this.safety.hear(each);
  }

  heardSas(commitment: Commitment): void {
    if (this.safety && this.secured === this.link.pc) this.safety.hear(commitment);
    else this.early.push(commitment);
  }

  /** Resolves at the first decoded picture or sound; false when none comes in time. */
  async firstFrame(wait: (ms: number) => Promise<void>): Promise<boolean> {
    const { pc } = this.link;
    for (let waited = 0, pause = FRAME_EVERY; waited < FRAME_WITHIN && pc && pc === this.link.pc; waited += pause) {
      for (const each of (await pc.getStats()).values() as Iterable<{ type: string; framesDecoded?: number }>) {
        if (each.type === "inbound-rtp" && (each.framesDecoded ?? 0) > 0) return true;
      }
      pause = waited < FRAME_SOON ? FRAME_EVERY : FRAME_EVERY * 10;
      await wait(pause);
    }
    return false;
  }
}
