import type { Candidate, Description } from "../../live/types";
import { setupOf, SLOTS, withSetup, type Setup, type Slot } from "./signals";

export type Tracks = Readonly<Record<Slot, MediaStreamTrack | null>>;

export interface NegotiationEvents {
  send(description: Description): void;
  /** Both descriptions are set. */
  settled(): void;
  note(text: string): void;
  failed(why: string): void;
}

/**
 * The offers and answers of one connection: "perfect negotiation" (W3C WebRTC §10.7). Either side may offer at any time; when two offers meet,
 * the polite side rolls back. Tasks run one at a time, so none sees a state that another is about to change.
 */
export class Negotiation {
  private chain: Promise<void> = Promise.resolve();
  private early: Candidate[] = [];
  private ignoring = false; // an offer that lost against ours, and its candidates
  private ended = false;
  // Our DTLS role, once it is agreed. Later descriptions repeat it (RFC 8842 §5.5): when both browsers choose again, their choices may not fit.
  private role: Setup | null = null;

  constructor(
    private readonly pc: RTCPeerConnection,
    private readonly polite: boolean,
    private readonly tracks: () => Tracks,
    private readonly events: NegotiationEvents,
  ) {}

  offer(): void {
    this.enqueue(async () => {
      if (this.pc.signalingState !== "stable") return; // the browser asks again when it is
      await this.pc.setLocalDescription();
      if (!this.ended) this.send();
    });
  }

  describe(description: Description): void {
    this.enqueue(() => (description.type === "answer" ? this.answered(description) : this.offered(description)));
  }

  candidate(candidate: Candidate | null): void {
    if (candidate) this.enqueue(() => this.add(candidate));
  }

  /** Sends an unanswered offer again: it may have been lost. */
  repeat(): void {
    this.enqueue(async () => {
      if (this.pc.signalingState === "have-local-offer") this.send();
    });
  }

  /** Drops all tasks: a closed connection leaves its promises pending. */
  end(): void {
    this.ended = true;
  }

  private enqueue(task: () => Promise<void>): void {
    this.chain = this.chain
      .then(async () => {
        if (!this.ended) await task();
      })
      .catch((fault: unknown) => {
        if (!this.ended) this.events.failed(String(fault));
      });
  }

  private async answered(description: Description): Promise<void> {
    if (this.pc.signalingState !== "have-local-offer") return; // a repeated answer
    await this.pc.setRemoteDescription(this.theirs(description));
    const theirs = setupOf(description.sdp);
    if (theirs) this.role ??= opposite(theirs);
    await this.settle();
  }

  private async offered(description: Description): Promise<void> {
    const collision = this.pc.signalingState !== "stable";
    this.ignoring = collision && !this.polite;
    if (collision) this.events.note(this.polite ? "two offers met: theirs wins" : "two offers met: ours wins");
    if (this.ignoring) return;
    await this.pc.setRemoteDescription(this.theirs(description)); // rolls our own offer back
    await this.adopt();
    await this.pc.setLocalDescription();
    if (this.ended) return;
    this.role ??= setupOf(this.pc.localDescription?.sdp);
    this.send();
    await this.settle();
  }

  /** Their first offer creates our transceivers, which receive only until we change them. */
  private async adopt(): Promise<void> {
    for (const each of this.pc.getTransceivers()) if (each.direction === "recvonly") each.direction = "sendrecv";
    await sendTracks(this.pc, this.tracks());
  }

  private async settle(): Promise<void> {
    this.ignoring = false;
    for (const candidate of this.early.splice(0)) await this.pc.addIceCandidate(candidate);
    if (!this.ended) this.events.settled();
  }

  private send(): void {
    const { type, sdp } = this.pc.localDescription ?? {};
    if (type === "offer" || type === "answer") this.events.send({ type, sdp: withSetup(sdp ?? "", this.role) });
  }

  /** An older client does not repeat its role. */
  private theirs({ type, sdp }: Description): Description {
    return { type, sdp: withSetup(sdp, this.role && opposite(this.role)) };
  }

  private async add(candidate: Candidate): Promise<void> {
    if (!this.pc.remoteDescription) {
      this.early.push(candidate);
      return;
    }
    try {
      await this.pc.addIceCandidate(candidate);
    } catch (fault) {
      if (!this.ignoring) this.events.note(`candidate rejected: ${String(fault)}`);
    }
  }
}

function opposite(role: Setup): Setup {
  return role === "active" ? "passive" : "active";
}

/** Without negotiation: the transceivers exist already. */
export async function sendTracks(pc: RTCPeerConnection | null, tracks: Tracks): Promise<void> {
  const transceivers = pc?.getTransceivers() ?? [];
  await Promise.all(
    SLOTS.map(async (slot, index) => {
      const sender = transceivers[index]?.sender;
      if (sender && sender.track !== tracks[slot]) await sender.replaceTrack(tracks[slot]);
    }),
  );
}
