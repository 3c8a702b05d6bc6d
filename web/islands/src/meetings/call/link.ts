import type { Description } from "../../live/types";
import type { LinkEnvironment, LinkState, Marks, RelayFault } from "./environment";
import { Negotiation, sendTracks, type Tracks } from "./negotiation";
import { Recovery } from "./recovery";
import { RelayWatch } from "./relay";
import { hasRelay, kindOf, plain, SLOTS, typeOf, type Entry, type Signal, type Slot } from "./signals";
import { Timers } from "./timers";

export const CONNECTED_WITHIN = 15_000; // of a new connection
export const ANSWERED_WITHIN = 8_000; // an offer, before it is repeated
const RETRIES = [10_000, 20_000, 40_000, 60_000]; // pauses after a failure; the last one repeats

/**
 * The link to one other page, over all the connections it needs. Each connection is a generation; signals of an earlier one are ignored.
 * The peer with the lower id is the polite one.
 */
export class Link {
  state: LinkState = "new";
  pc: RTCPeerConnection | null = null;
  marks: Marks;
  readonly log: Entry[] = [];
  private negotiation: Negotiation | null = null;
  private failures = 0;
  private relayed = false;
  private wanted = false; // a restart that waits until signals get through
  private closed = false;
  private readonly timers: Timers;
  private readonly relay: RelayWatch;
  private readonly recovery: Recovery;

  constructor(
    private readonly self: string,
    readonly peer: string,
    readonly offers: boolean,
    public gen: number,
    private readonly environment: LinkEnvironment,
  ) {
    this.marks = { began: environment.now() };
    this.timers = new Timers((ms, then) => environment.timer(ms, then));
    this.relay = new RelayWatch(environment, this.timers, {
      pc: () => this.pc,
      note: (text) => this.note(text),
      refreshed: () => {
        this.renewCredentials();
        this.restart("new credentials");
      },
    });
    this.recovery = new Recovery(this.timers, {
      pc: () => this.pc,
      expected: () => environment.expected(),
      restart: (why) => this.restart(why),
      rebuild: (why) => this.rebuild(why),
      recovered: () => this.connected(),
      failed: (why) => this.fail(why),
    });
  }

  get relayProblem(): RelayFault | null {
    return this.relay.problem;
  }

  /** `again`: after a reload, when the other side may still hold an older connection. */
  start(again = false): void {
    this.build(this.gen, this.offers);
    if (again && !this.offers) this.environment.send({ type: "reset", gen: this.gen });
  }

  hear(signal: Signal): void {
    if (this.closed || signal.gen < this.gen) return;
    if (signal.gen > this.gen) {
      this.note(`they begin generation ${signal.gen}`);
      if (signal.type === "reset") return this.build(signal.gen, this.offers);
      if (signal.type !== "desc" || signal.desc.type !== "offer") return;
      this.build(signal.gen, false);
    }
    switch (signal.type) {
      case "desc":
        return this.negotiation?.describe(signal.desc);
      case "cand":
        return this.negotiation?.candidate(signal.cand);
      case "reset":
        return this.repeat();
      case "sas":
        return this.environment.heardSas(signal);
    }
  }

  /** Sends these tracks instead of the current ones. */
  async take(tracks: Tracks): Promise<void> {
    await sendTracks(this.pc, tracks);
  }

  sender(slot: Slot): RTCRtpSender | null {
    return this.pc?.getTransceivers()[SLOTS.indexOf(slot)]?.sender ?? null;
  }

  received(slot: Slot): MediaStreamTrack | null {
    return this.pc?.getTransceivers()[SLOTS.indexOf(slot)]?.receiver.track ?? null;
  }

  /** New credentials, for the next restart. */
  renewCredentials(): void {
    this.pc?.setConfiguration(this.configuration());
  }

  /** Looks for a new path while the old one stays in use. */
  restart(why: string): void {
    const { pc } = this;
    if (!pc || this.closed) return;
    if (!this.environment.reachable()) {
      this.wanted = true;
      return;
    }
    this.wanted = false;
    this.note(`restart: ${why}`);
    this.environment.happened("restarted");
    if (this.state !== "connected") this.move("restarting");
    this.timers.clear("connect");
    this.relay.expect();
    void this.recovery.restarted(pc);
    pc.restartIce();
  }

  /** Our own signals get through again. The network may have changed, but a link on which media arrives is left alone. */
  returned(): void {
    if (this.closed) return;
    if (this.state === "failed" || !this.pc || this.pc.connectionState === "failed") return this.rebuild("signals get through again");
    this.repeat();
    if (this.wanted || this.state !== "connected") return this.restart("signals get through again");
    void this.recovery.check("signals get through again");
  }

  /** The other page can be reached again. */
  reached(): void {
    this.repeat();
    if (this.wanted) this.restart("they can be reached again");
  }

  /** A measurement: `arriving` is false if nothing came although the other page sends something. */
  measured(arriving: boolean): void {
    if (this.state === "connected" && !this.closed) this.recovery.measured(arriving);
  }

  /** Also for the button, and when the network has come back. */
  rebuild(why: string): void {
    this.note(`rebuild: ${why}`);
    this.environment.happened("rebuilt");
    this.build(this.gen + 1, this.offers);
    if (!this.offers) this.environment.send({ type: "reset", gen: this.gen });
    if (this.state !== "failed") this.move(this.relayed ? "relay_only" : "rebuilding");
  }

  close(): void {
    this.closed = true;
    this.drop();
  }

  // Building

  private build(gen: number, offer: boolean): void {
    this.drop();
    this.gen = gen;
    this.wanted = false;
    this.marks = { began: this.environment.now() };
    const pc = this.environment.connect(this.configuration());
    this.pc = pc;
    const negotiation = new Negotiation(pc, this.self < this.peer, () => this.environment.tracks(), {
      send: (desc) => this.send(desc),
      settled: () => this.described(),
      note: (text) => this.note(text),
      failed: (why) => this.fail(why),
    });
    this.negotiation = negotiation;
    this.listen(pc, negotiation);
    this.timers.set("connect", CONNECTED_WITHIN, () => this.fail("no connection"));
    if (this.state === "new") this.move("negotiating");
    else if (this.state === "connected" || this.state === "unstable") this.move("rebuilding");
    this.note(`generation ${gen}`);
    if (!offer) return;
    const tracks = this.environment.tracks();
    for (const slot of SLOTS) pc.addTransceiver(tracks[slot] ?? kindOf(slot), { direction: "sendrecv" });
    this.environment.changed();
  }

  private configuration(): RTCConfiguration {
    const { servers, relayOnly } = this.environment.ice();
    return { iceServers: [...servers], iceTransportPolicy: this.alone(relayOnly) ? "relay" : "all", bundlePolicy: "max-bundle" };
  }

  private alone(relayOnly: boolean): boolean {
    return relayOnly || this.relayed;
  }

  private listen(pc: RTCPeerConnection, negotiation: Negotiation): void {
    const current = (then: () => void) => () => {
      if (pc === this.pc && !this.closed) then();
    };
    pc.onnegotiationneeded = current(() => negotiation.offer());
    pc.onicecandidate = ({ candidate }) => current(() => this.gathered(candidate))();
    pc.onicecandidateerror = (event) => current(() => this.relay.refused(event))();
    pc.oniceconnectionstatechange = current(() => {
      if (pc.iceConnectionState === "connected" || pc.iceConnectionState === "completed") this.marks.ice ??= this.environment.now();
    });
    pc.onconnectionstatechange = current(() => this.connection(pc.connectionState));
    pc.ontrack = current(() => this.environment.changed());
  }

  // Negotiating

  private send(desc: Description): void {
    this.environment.send({ type: "desc", gen: this.gen, desc });
    this.relay.expect();
    if (desc.type === "offer") this.timers.set("answer", ANSWERED_WITHIN, () => this.repeat());
  }

  private described(): void {
    this.timers.clear("answer");
    this.marks.described ??= this.environment.now();
    if (this.state === "negotiating") this.move("checking");
    this.environment.changed();
  }

  private repeat(): void {
    if (this.environment.reachable()) this.negotiation?.repeat();
  }

  // Finding a path

  private gathered(candidate: RTCIceCandidate | null): void {
    if (candidate) {
      if (!this.alone(this.environment.ice().relayOnly) || typeOf(candidate.candidate) === "relay") this.relay.usable();
      this.note(`found: ${typeOf(candidate.candidate)} ${candidate.protocol ?? ""}`);
    }
    this.environment.send({ type: "cand", gen: this.gen, cand: candidate && plain(candidate) });
  }

  private connection(state: RTCPeerConnectionState): void {
    this.note(`connection ${state}`);
    switch (state) {
      case "connected":
        this.marks.dtls ??= this.environment.now();
        return this.recovery.pending ? undefined : this.connected();
      case "connecting":
      case "disconnected":
        if (this.state !== "connected" && this.state !== "unstable") return;
        if (this.recovery.pending) return; // the restart has its own deadline
        this.move("unstable");
        return void this.recovery.check("nothing arrives");
      case "failed":
        return this.fail("the connection failed");
    }
  }

  private connected(): void {
    this.timers.clear("connect", "retry");
    this.recovery.stop();
    this.failures = 0;
    this.relay.usable();
    if (this.state === "connected") return;
    this.move("connected");
    this.environment.happened("connected");
  }

  private fail(why: string): void {
    if (this.closed) return;
    this.note(`fault: ${why}`);
    this.timers.clear("connect");
    this.recovery.stop();
    if (!this.environment.reachable()) {
      if (this.state === "connected" || this.state === "restarting") this.move("unstable");
      this.wanted = true; // keep what is left of the media while nothing can replace it
      return;
    }
    this.failures += 1;
    if (this.failures === 1) return this.rebuild(why);
    if (this.failures === 2 && !this.alone(this.environment.ice().relayOnly) && hasRelay(this.environment.ice())) {
      this.relayed = true;
      this.environment.happened("relayed");
      return this.rebuild("through a relay only");
    }
    if (this.state !== "failed") this.environment.happened("failed");
    this.relayed = false;
    this.move("failed");
    const pause = RETRIES[Math.min(this.failures - 3, RETRIES.length - 1)] ?? RETRIES[0]!;
    this.timers.set("retry", pause, () => this.rebuild("another try"));
  }

  // Own state

  private drop(): void {
    this.timers.clearAll();
    this.recovery.stop();
    const { pc } = this;
    this.pc = null;
    this.negotiation?.end();
    pc?.close();
  }

  private move(state: LinkState): void {
    if (state === this.state) return;
    this.note(`${this.state} → ${state}`);
    this.state = state;
    this.environment.changed();
  }

  private note(text: string): void {
    this.log.push({ at: this.environment.now(), text });
    if (this.log.length > 500) this.log.shift();
  }
}
