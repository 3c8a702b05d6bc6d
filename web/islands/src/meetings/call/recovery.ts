import { progressOf, type Progress } from "./quality";
import type { Timers } from "./timers";

export const SILENT_FOR = 2_000; // nothing arrives for so long: the path is gone
export const RESTARTED_WITHIN = 8_000; // a restart that has shown no result by then has failed
const CHECKED_EVERY = 500; // a restart
const SILENT_MEASUREMENTS = 2;

/**
 * Notices that nothing arrives on a link, and whether a restart has helped. The states of the connection are not enough: after some restarts
 * a browser says "connected" and receives nothing.
 */
export class Recovery {
  private before: { readonly pc: RTCPeerConnection; readonly progress: Progress; readonly moved: boolean } | null = null;
  private silent = 0; // measurements in a row
  private attempts = 0; // since something last arrived

  constructor(
    private readonly timers: Timers,
    private readonly link: {
      pc(): RTCPeerConnection | null;
      /** Whether the other page sends anything. */
      expected(): boolean;
      restart(why: string): void;
      rebuild(why: string): void;
      recovered(): void;
      failed(why: string): void;
    },
  ) {}

  /** A restart is under way. */
  get pending(): boolean {
    return this.before !== null;
  }

  stop(): void {
    this.before = null;
    this.silent = 0;
    this.timers.clear("silence", "restarted", "recovered");
  }

  /** A restart begins. It succeeds when another pair of candidates is selected and media arrives on it, and has a deadline for that. */
  async restarted(pc: RTCPeerConnection): Promise<void> {
    this.timers.clear("silence", "recovered");
    this.timers.set("restarted", RESTARTED_WITHIN, () => this.link.failed("the restart did not help"));
    const before = { pc, progress: { bytes: 0, pair: "" }, moved: false };
    this.before = before;
    const progress = await progressOf(pc);
    if (this.before !== before) return;
    this.before = { pc, progress, moved: false };
    this.await();
  }

  /** Restarts if nothing arrives within two seconds. While media arrives on an interrupted link, it looks again. */
  async check(why: string): Promise<void> {
    const pc = this.link.pc();
    const before = await progressOf(pc);
    if (!pc || pc !== this.link.pc() || this.pending) return;
    this.timers.set("silence", SILENT_FOR, async () => {
      const after = await progressOf(pc);
      if (pc !== this.link.pc() || this.pending) return;
      const healthy = pc.connectionState === "connected";
      if (after.bytes > before.bytes) return healthy ? undefined : this.check(why);
      if (!healthy || this.link.expected()) this.link.restart(why);
    });
  }

  /** First a restart, then another connection. After that the page only says so: the other side may send nothing because its network is weak. */
  measured(arriving: boolean): void {
    if (arriving) {
      this.silent = this.attempts = 0;
      return;
    }
    if (this.pending) return;
    this.silent += 1;
    if (this.silent < SILENT_MEASUREMENTS || this.attempts >= 2) return;
    this.silent = 0;
    this.attempts += 1;
    if (this.attempts === 1) this.link.restart("nothing arrives");
    else this.link.rebuild("nothing arrives");
  }

  private await(): void {
    this.timers.set("recovered", CHECKED_EVERY, async () => {
      const { before } = this;
      if (!before) return;
      const after = await progressOf(before.pc);
      if (this.before !== before) return;
      const { pc, progress } = before;
      const moved = before.moved || (after.pair !== "" && after.pair !== progress.pair);
      const arriving = before.moved && after.bytes > progress.bytes; // since the pair changed
      if (moved && pc.connectionState === "connected" && (arriving || !this.link.expected())) return this.link.recovered();
      if (!before.moved) this.before = { pc, progress: { pair: progress.pair, bytes: after.bytes }, moved };
      this.await();
    });
  }
}
