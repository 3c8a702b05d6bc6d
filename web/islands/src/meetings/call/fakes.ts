import type { LinkEnvironment, RelayFault } from "./environment";
import { Link } from "./link";
import type { Tracks } from "./negotiation";
import type { Ice, Signal } from "./signals";

// Two links with a signaling channel between them, connections that negotiate as browsers do, and a clock that tests advance.

export class FakeTime {
  now = 1_000_000;
  private timers: { at: number; then: () => void }[] = [];

  readonly timer = (ms: number, then: () => void): (() => void) => {
    const timer = { at: this.now + ms, then };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((other) => other !== timer));
  };

  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((x, y) => x.at - y.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.now = next.at;
      next.then();
      await settled();
    }
    this.now = end;
    await settled();
  }
}

export async function settled(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await Promise.resolve();
}

interface Transceiver {
  direction: string;
  readonly sender: { track: unknown; replaceTrack(track: unknown): Promise<void> };
  readonly receiver: { readonly track: null };
}

/** As much of an RTCPeerConnection as a link uses: the states of JSEP (RFC 8829), with implicit rollback. */
export class FakeConnection {
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  iceConnectionState = "new";
  iceGatheringState = "gathering";
  localDescription: { type: string; sdp: string } | null = null;
  remoteDescription: { type: string; sdp: string } | null = null;
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: object | null }) => void) | null = null;
  onicecandidateerror: ((event: { errorCode: number; url: string }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  readonly added: string[] = [];
  negotiated = 0;
  answersAs = "active";
  restarts = 0;
  configured = 0;
  bytes = 0;
  pair = "first";
  closed = false;
  private needed = false;
  private offers = 0;
  private readonly transceivers: Transceiver[] = [];

  constructor(public config: RTCConfiguration) {}

  getTransceivers(): Transceiver[] {
    return this.transceivers;
  }

  addTransceiver(track: unknown): void {
    this.transceivers.push(transceiver(track, "sendrecv"));
    this.need();
  }

  restartIce(): void {
    this.restarts += 1;
    this.need();
  }

  setConfiguration(config: RTCConfiguration): void {
    this.configured += 1;
    this.config = config;
  }

  async setLocalDescription(): Promise<void> {
    await Promise.resolve();
    if (this.signalingState === "stable") {
      this.localDescription = { type: "offer", sdp: `offer ${++this.offers}\na=setup:actpass` };
      this.signalingState = "have-local-offer";
      this.needed = false;
    } else {
      this.localDescription = { type: "answer", sdp: `answer to ${this.remoteDescription?.sdp.split("\n")[0]}\na=setup:${this.answersAs}` };
      this.settled();
    }
  }

  async setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
    await Promise.resolve();
    if (description.type === "answer") {
      if (this.signalingState !== "have-local-offer") throw new Error(`an answer in ${this.signalingState}`);
      this.remoteDescription = description;
      this.settled();
      return;
    }
    if (this.signalingState === "have-local-offer") this.needed = true; // rolled back, and still wanted
    this.remoteDescription = description;
    this.signalingState = "have-remote-offer";
    while (this.transceivers.length < 3) this.transceivers.push(transceiver(null, "recvonly"));
  }

  async addIceCandidate({ candidate }: { candidate: string }): Promise<void> {
    await Promise.resolve();
    if (!this.remoteDescription) throw new Error("a candidate before the description");
    this.added.push(candidate);
  }

  async getStats() {
    return new Map<string, object>([
      ["in", { type: "inbound-rtp", id: "in", bytesReceived: this.bytes }],
      ["pair", { type: "candidate-pair", id: "pair", nominated: true, state: "succeeded", localCandidateId: this.pair }],
    ]);
  }

  close(): void {
    this.closed = true;
  }

  // What tests make happen

  become(state: RTCPeerConnectionState): void {
    if (this.closed || state === this.connectionState) return;
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  find(candidate: string): void {
    this.onicecandidate?.({ candidate: { candidate, protocol: "udp", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: "f" } });
  }

  refuse(errorCode: number, url = "turn:192.0.2.1"): void {
    this.onicecandidateerror?.({ errorCode, url });
  }

  private settled(): void {
    this.signalingState = "stable";
    this.negotiated += 1;
    if (this.needed) this.need();
  }

  private need(): void {
    this.needed = true;
    void Promise.resolve().then(() => {
      if (this.needed && this.signalingState === "stable" && !this.closed) this.onnegotiationneeded?.();
    });
  }
}

function transceiver(track: unknown, direction: string): Transceiver {
  const sender = {
    track: typeof track === "string" ? null : track,
    replaceTrack: async (other: unknown) => void (sender.track = other),
  };
  return { direction, sender, receiver: { track: null } };
}

export const NO_TRACKS: Tracks = { audio: null, camera: null, screen: null };

/** One side of a pair. */
export class Side {
  readonly link: Link;
  readonly connections: FakeConnection[] = [];
  readonly all: Signal[] = [];
  readonly events: string[] = [];
  reachable = true;
  expected = true;
  readonly refreshes: RelayFault[] = [];

  constructor(self: string, peer: string, offers: boolean, pair: FakePair, carry: (signal: Signal) => void) {
    const environment: LinkEnvironment = {
      connect: (config) => {
        const made = new FakeConnection(config);
        this.connections.push(made);
        return made as unknown as RTCPeerConnection;
      },
      timer: pair.time.timer,
      now: () => pair.time.now,
      send: (signal) => {
        this.all.push(signal);
        carry(signal);
      },
      reachable: () => this.reachable,
      ice: () => pair.ice,
      expected: () => this.expected,
      refresh: async (fault) => void this.refreshes.push(fault),
      tracks: () => NO_TRACKS,
      changed: () => undefined,
      happened: (event) => void this.events.push(event),
      heardSas: () => undefined,
    };
    this.link = new Link(self, peer, offers, 1, environment);
  }

  get pc(): FakeConnection {
    return this.connections.at(-1)!;
  }

  sent(type: "offer" | "answer"): Signal[] {
    return this.all.filter((signal) => signal.type === "desc" && signal.desc.type === type);
  }
}

export class FakePair {
  readonly time = new FakeTime();
  readonly ice: Ice;
  readonly a: Side;
  readonly b: Side;
  private open = true;
  private way: (() => void)[] = [];

  constructor({ relayOnly = false } = {}) {
    this.ice = { servers: [{ urls: ["turn:192.0.2.1"] }], relayOnly };
    this.a = new Side("a", "b", false, this, (signal) => this.carry(() => this.b.link.hear(signal)));
    this.b = new Side("b", "a", true, this, (signal) => this.carry(() => this.a.link.hear(signal)));
  }

  static async connected(): Promise<FakePair> {
    const pair = new FakePair();
    pair.start();
    await pair.settle();
    pair.connect();
    return pair;
  }

  start(): void {
    this.a.link.start();
    this.b.link.start();
  }

  /** Something arrives on both sides from now on, each time the clock has moved. */
  flow(ms: number, steps: number): Promise<void> {
    return Array.from({ length: steps }).reduce<Promise<void>>(async (before) => {
      await before;
      for (const { pc } of [this.a, this.b]) pc.bytes += 1000;
      await this.time.advance(ms);
    }, Promise.resolve());
  }

  /** Both find a path. */
  connect(): void {
    this.a.pc.become("connected");
    this.b.pc.become("connected");
  }

  /** From now on signals are lost. */
  cut(): void {
    this.open = false;
  }

  join(): void {
    this.open = true;
  }

  /** Carries what was said, in waves: what both say in one is on its way at once. */
  async settle(): Promise<void> {
    for (let wave = 0; wave < 40; wave++) {
      await settled();
      if (this.way.length === 0) return;
      for (const arrive of this.way.splice(0)) arrive();
    }
  }

  private carry(arrive: () => void): void {
    if (this.open) this.way.push(arrive);
  }
}
