import type { Description } from "../../live/types";
import type { LinkEnvironment, LinkState, Marks } from "./environment";
import { Negotiation, sendTracks, type Tracks } from "./negotiation";
import { bytesOf } from "./quality";
import { RelayWatch } from "./relay";
import { hasRelay, kindOf, plain, SLOTS, typeOf, type Entry, type Signal, type Slot } from "./signals";
import { Timers } from "./timers";

export const RESTARTED_WITHIN = 8_000;
export const CONNECTED_WITHIN = 15_000; // of a new connection
export const ANSWERED_WITHIN = 8_000; // an offer, before it is repeated
export const SILENT_FOR = 2_000; // disconnected and not a byte: the path is gone
const RETRIES = [10_000, 20_000, 40_000, 60_000]; // pauses after a failure; the last one repeats

/**
 * The way to one other page, over all the connections that it takes: each is a generation, and what belongs to an earlier one is dropped.
 * Of the two the lower peer id is the polite one.
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

  constructor(
    private readonly self: string,
    readonly peer: string,
    readonly offers: boolean,
    public gen: number,
    private readonly ground: LinkEnvironment,
  ) {
    this.marks = { began: ground.now() };
    this.timers = new Timers((ms, then) => ground.timer(ms, then));
    this.relay = new RelayWatch(ground, this.timers, {
      pc: () => this.pc,
      note: (text) => this.note(text),
      refreshed: () => {
        this.renewCredentials();
        this.restart("a fresh credential");
      },
    });
  }

  /** The relay refuses us or does not answer. */
  get relayProblem(): boolean {
    return this.relay.problem;
  }

  /** `again`: the page was loaded anew and the other side may still hold an older connection. */
  start(again = false): void {
    this.build(this.gen, this.offers);
    if (again && !this.offers) this.ground.send({ type: "reset", gen: this.gen });
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
        return this.ground.heardSas(signal);
    }
  }

  /** New tracks in the places of the old. */
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

  /** Looks for a new path while the old one lives on. */
  restart(why: string): void {
    const { pc } = this;
    if (!pc || this.closed) return;
    if (!this.ground.reachable()) {
      this.wanted = true;
      return;
    }
    this.wanted = false;
    this.note(`restart: ${why}`);
    this.ground.happened("restarted");
    if (this.state !== "connected") {
      this.move("restarting");
      this.timers.set("connect", RESTARTED_WITHIN, () => this.fail("no connection after a restart"));
    }
    this.relay.expect();
    pc.restartIce();
  }

  /** Our own signals get through again after a pause in which the network may have changed. */
  returned(): void {
    if (this.closed) return;
    if (this.state === "failed" || !this.pc || this.pc.connectionState === "failed") return this.rebuild("signals get through again");
    this.repeat();
    this.restart("signals get through again");
  }

  /** The other page can be reached again. */
  reached(): void {
    this.repeat();
    if (this.wanted) this.restart("they can be reached again");
  }

  /** By hand, or when the network has come back. */
  rebuild(why: string): void {
    this.note(`rebuild: ${why}`);
    this.ground.happened("rebuilt");
    this.build(this.gen + 1, this.offers);
    if (!this.offers) this.ground.send({ type: "reset", gen: this.gen });
    if (this.state !== "failed") this.move(this.relayed ? "relay_only" : "rebuilding");
  }

  close(): void {
    this.closed = true;
    this.drop();
  }

  // Building.

  private build(gen: number, offer: boolean): void {
    this.drop();
    this.gen = gen;
    this.wanted = false;
    this.marks = { began: this.ground.now() };
    const pc = this.ground.connect(this.configuration());
    this.pc = pc;
    const negotiation = new Negotiation(pc, this.self < this.peer, () => this.ground.tracks(), {
      say: (desc) => this.say(desc),
      settled: () => this.described(),
      note: (text) => this.note(text),
      broke: (why) => this.fail(why),
    });
    this.negotiation = negotiation;
    this.listen(pc, negotiation);
    this.timers.set("connect", CONNECTED_WITHIN, () => this.fail("no connection"));
    if (this.state === "new") this.move("negotiating");
    else this.note(`generation ${gen}`);
    if (!offer) return;
    const tracks = this.ground.tracks();
    for (const slot of SLOTS) pc.addTransceiver(tracks[slot] ?? kindOf(slot), { direction: "sendrecv" });
    this.ground.changed();
  }

  private configuration(): RTCConfiguration {
    const { servers, relayOnly } = this.ground.ice();
    return { iceServers: [...servers], iceTransportPolicy: this.alone(relayOnly) ? "relay" : "all", bundlePolicy: "max-bundle" };
  }

  private alone(relayOnly: boolean): boolean {
    return relayOnly || this.relayed;
  }

  private listen(pc: RTCPeerConnection, negotiation: Negotiation): void {
    const mine = (then: () => void) => () => {
      if (pc === this.pc && !this.closed) then();
    };
    pc.onnegotiationneeded = mine(() => negotiation.offer());
    pc.onicecandidate = ({ candidate }) => mine(() => this.gathered(candidate))();
    pc.onicecandidateerror = (event) => mine(() => this.relay.refused(event))();
    pc.oniceconnectionstatechange = mine(() => {
      if (pc.iceConnectionState === "connected" || pc.iceConnectionState === "completed") this.marks.ice ??= this.ground.now();
    });
    pc.onconnectionstatechange = mine(() => this.connection(pc.connectionState));
    pc.ontrack = mine(() => this.ground.changed());
  }

  // Negotiating.

  private say(desc: Description): void {
    this.ground.send({ type: "desc", gen: this.gen, desc });
    this.relay.expect();
    if (desc.type === "offer") this.timers.set("answer", ANSWERED_WITHIN, () => this.repeat());
  }

  private described(): void {
    this.timers.clear("answer");
    this.marks.described ??= this.ground.now();
    if (this.state === "negotiating") this.move("checking");
    this.ground.changed();
  }

  private repeat(): void {
    if (this.ground.reachable()) this.negotiation?.repeat();
  }

  // Finding a path.

  private gathered(candidate: RTCIceCandidate | null): void {
    if (candidate) {
      if (!this.alone(this.ground.ice().relayOnly) || typeOf(candidate.candidate) === "relay") this.relay.usable();
      this.note(`found: ${typeOf(candidate.candidate)} ${candidate.protocol ?? ""}`);
    }
    this.ground.send({ type: "cand", gen: this.gen, cand: candidate && plain(candidate) });
  }

  private connection(state: RTCPeerConnectionState): void {
    this.note(`connection ${state}`);
    switch (state) {
      case "connected":
        this.marks.dtls ??= this.ground.now();
        return this.connected();
      case "disconnected":
        if (this.state === "connected") this.move("unstable");
        if (this.state === "unstable") void this.watch();
        return;
      case "failed":
        return this.fail("the connection failed");
    }
  }

  private connected(): void {
    this.timers.clear("connect", "retry", "bytes");
    this.failures = 0;
    this.relay.usable();
    if (this.state === "connected") return;
    this.move("connected");
    this.ground.happened("connected");
  }

  /** A disconnection heals by itself while something still comes. */
  private async watch(): Promise<void> {
    const { pc } = this;
    const before = await bytesOf(pc);
    if (pc !== this.pc || this.state !== "unstable") return;
    this.timers.set("bytes", SILENT_FOR, async () => {
      const after = await bytesOf(pc);
      if (pc !== this.pc || this.state !== "unstable") return;
      if (after > before) return this.watch();
      this.restart("nothing comes");
    });
  }

  private fail(why: string): void {
    if (this.closed) return;
    this.note(`fault: ${why}`);
    this.timers.clear("connect");
    if (!this.ground.reachable()) {
      if (this.state === "connected" || this.state === "restarting") this.move("unstable");
      this.wanted = true; // what is left of the media is not given up while nothing can take its place
      return;
    }
    this.failures += 1;
    if (this.failures === 1) return this.rebuild(why);
    if (this.failures === 2 && !this.alone(this.ground.ice().relayOnly) && hasRelay(this.ground.ice())) {
      this.relayed = true;
      this.ground.happened("relayed");
      return this.rebuild("through a relay alone");
    }
    if (this.state !== "failed") this.ground.happened("failed");
    this.relayed = false;
    this.move("failed");
    const pause = RETRIES[Math.min(this.failures - 3, RETRIES.length - 1)] ?? RETRIES[0]!;
    this.timers.set("retry", pause, () => this.rebuild("another try"));
  }

  // Its own.

  private drop(): void {
    this.timers.clearAll();
    const { pc } = this;
    this.pc = null;
    this.negotiation?.end();
    pc?.close();
  }

  private move(state: LinkState): void {
    if (state === this.state) return;
    this.note(`${this.state} → ${state}`);
    this.state = state;
    this.ground.changed();
  }

  private note(text: string): void {
    this.log.push({ at: this.ground.now(), text });
    if (this.log.length > 500) this.log.shift();
  }
}
