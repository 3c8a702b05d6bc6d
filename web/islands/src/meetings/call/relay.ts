import type { LinkEnvironment } from "./environment";
import { hasRelay } from "./signals";
import type { Timers } from "./timers";

export const CANDIDATE_WITHIN = 8_000; // without a usable one until then, the relay does not answer: Chromium itself says nothing

/** Whether the relay of a link does what it should. When it does not, that is said, and tried once more with a fresh credential. */
export class RelayWatch {
  /** It refuses us or does not answer. */
  problem = false;
  private refreshing = false;

  constructor(
    private readonly ground: LinkEnvironment,
    private readonly timers: Timers,
    private readonly link: {
      pc(): RTCPeerConnection | null;
      note(text: string): void;
      /** There is a fresh credential, for the connection that had the trouble. */
      refreshed(): void;
    },
  ) {}

  /** From now on a candidate must come. */
  expect(): void {
    const pc = this.link.pc();
    if (!pc || pc.iceGatheringState === "complete") return;
    this.timers.set("candidate", CANDIDATE_WITHIN, () => void this.troubled("no usable candidate"));
  }

  /** One has come, or a connection without. */
  usable(): void {
    this.timers.clear("candidate");
    if (!this.problem) return;
    this.problem = false;
    this.ground.changed();
  }

  refused({ errorCode, url }: RTCPeerConnectionIceErrorEvent): void {
    this.link.note(`${url ?? ""}: error ${errorCode}`);
    if (errorCode === 401) void this.troubled("the relay refuses our credential");
  }

  private async troubled(why: string): Promise<void> {
    if (this.refreshing || !hasRelay(this.ground.ice())) return;
    const pc = this.link.pc();
    const known = this.problem;
    this.link.note(`relay problem: ${why}`);
    this.problem = true;
    this.ground.changed();
    if (known || !this.ground.reachable()) return;
    this.refreshing = true;
    try {
      await this.ground.refresh();
    } catch (fault) {
      this.link.note(`no fresh credential: ${String(fault)}`);
      return;
    } finally {
      this.refreshing = false;
    }
    if (pc && pc === this.link.pc()) this.link.refreshed();
  }
}
