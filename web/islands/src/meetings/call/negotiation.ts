import type { Candidate, Description } from "../../live/types";
import { SLOTS, type Slot } from "./signals";

export type Tracks = Readonly<Record<Slot, MediaStreamTrack | null>>;

/** What becomes of a negotiation. */
export interface NegotiationOutcome {
  say(description: Description): void;
  /** Both descriptions stand. */
  settled(): void;
  note(text: string): void;
  broke(why: string): void;
}

/**
 * The offers and answers of one connection. Perfect negotiation: either side may offer at any time; where two offers meet, the polite side
 * gives way. One handler at a time, so that none sees a state that another is about to change.
 */
export class Negotiation {
  private chain: Promise<void> = Promise.resolve();
  private early: Candidate[] = [];
  private ignoring = false; // the other side's offer gave way to ours, and its candidates with it
  private over = false;

  constructor(
    private readonly pc: RTCPeerConnection,
    private readonly polite: boolean,
    private readonly tracks: () => Tracks,
    private readonly outcome: NegotiationOutcome,
  ) {}

  offer(): void {
    this.later(async () => {
      if (this.pc.signalingState !== "stable") return; // asked again when it is
      await this.pc.setLocalDescription();
      if (!this.over) this.say();
    });
  }

  describe(description: Description): void {
    this.later(() => (description.type === "answer" ? this.answered(description) : this.offered(description)));
  }

  candidate(candidate: Candidate | null): void {
    if (candidate) this.later(() => this.add(candidate));
  }

  /** An offer that was not answered may have been lost on its way. */
  repeat(): void {
    this.later(async () => {
      if (this.pc.signalingState === "have-local-offer") this.say();
    });
  }

  /** A closed connection leaves what it was asked for unanswered. */
  end(): void {
    this.over = true;
  }

  private later(task: () => Promise<void>): void {
    this.chain = this.chain
      .then(async () => {
        if (!this.over) await task();
      })
      .catch((fault: unknown) => {
        if (!this.over) this.outcome.broke(String(fault));
      });
  }

  private async answered(description: Description): Promise<void> {
    if (this.pc.signalingState !== "have-local-offer") return; // a repeated one
    await this.pc.setRemoteDescription(description);
    await this.settle();
  }

  private async offered(description: Description): Promise<void> {
    const met = this.pc.signalingState !== "stable";
    this.ignoring = met && !this.polite;
    if (met) this.outcome.note(this.polite ? "two offers met: theirs stands" : "two offers met: ours stands");
    if (this.ignoring) return;
    await this.pc.setRemoteDescription(description); // our own offer is rolled back by it
    await this.adopt();
    await this.pc.setLocalDescription();
    if (!this.over) this.say();
    await this.settle();
  }

  /** Their offer brings the transceivers; ours send in them, too. */
  private async adopt(): Promise<void> {
    for (const each of this.pc.getTransceivers()) if (each.direction === "recvonly") each.direction = "sendrecv";
    await sendTracks(this.pc, this.tracks());
  }

  private async settle(): Promise<void> {
    this.ignoring = false;
    for (const candidate of this.early.splice(0)) await this.pc.addIceCandidate(candidate);
    if (!this.over) this.outcome.settled();
  }

  private say(): void {
    const { type, sdp } = this.pc.localDescription ?? {};
    if (type === "offer" || type === "answer") this.outcome.say({ type, sdp: sdp ?? "" });
  }

  private async add(candidate: Candidate): Promise<void> {
    if (!this.pc.remoteDescription) {
      this.early.push(candidate);
      return;
    }
    try {
      await this.pc.addIceCandidate(candidate);
    } catch (fault) {
      if (!this.ignoring) this.outcome.note(`a candidate was not taken: ${String(fault)}`);
    }
  }
}

/** Without negotiation: the transceivers stand already. */
export async function sendTracks(pc: RTCPeerConnection | null, tracks: Tracks): Promise<void> {
  const transceivers = pc?.getTransceivers() ?? [];
  await Promise.all(
    SLOTS.map(async (slot, index) => {
      const sender = transceivers[index]?.sender;
      if (sender && sender.track !== tracks[slot]) await sender.replaceTrack(tracks[slot]);
    }),
  );
}
