import type { LinkEnvironment, RelayFault } from "./environment";
import { hasRelay } from "./signals";
import type { Timers } from "./timers";

export const CANDIDATE_WITHIN = 8_000; // Chromium reports nothing for a relay that does not answer

/** Watches the relay of a link. When it does not work, says so, and tries once more with new credentials. */
export class RelayWatch {
  problem: RelayFault | null = null;
  private refreshing = false;
  private insecure = false; // a TLS connection has failed

  constructor(
    private readonly environment: LinkEnvironment,
    private readonly timers: Timers,
    private readonly link: {
      pc(): RTCPeerConnection | null;
      note(text: string): void;
      /** There are new credentials for the connection that had the problem. */
      refreshed(): void;
    },
  ) {}

  /** A candidate must come from now on. */
  expect(): void {
    const pc = this.link.pc();
    if (!pc || pc.iceGatheringState === "complete") return;
    this.timers.set("candidate", CANDIDATE_WITHIN, () => void this.failed(this.insecure ? "tls" : "silent"));
  }

  /** A usable candidate has come, or the link is connected without one. */
  usable(): void {
    this.timers.clear("candidate");
    if (!this.problem) return;
    this.problem = null;
    this.environment.changed();
  }

  refused({ errorCode, errorText, url }: RTCPeerConnectionIceErrorEvent): void {
    this.link.note(`${url ?? ""}: error ${errorCode} ${errorText ?? ""}`.trimEnd());
    if (errorCode === 401) void this.failed("refused");
    // 701 also means "no answer"; over TLS a certificate that is not trusted ends like this.
    else if (errorCode === 701 && url?.startsWith("turns:")) this.insecure = true;
  }

  private async failed(fault: RelayFault): Promise<void> {
    if (this.refreshing || !hasRelay(this.environment.ice())) return;
    const pc = this.link.pc();
    const known = this.problem;
    this.link.note(`relay: ${fault}`);
    this.problem = fault;
    this.environment.changed();
    if (known || !this.environment.reachable()) return;
    this.refreshing = true;
    try {
      await this.environment.refresh(fault);
    } catch (error) {
      this.link.note(`no new credentials: ${String(error)}`);
      return;
    } finally {
      this.refreshing = false;
    }
    if (pc && pc === this.link.pc()) this.link.refreshed();
  }
}
