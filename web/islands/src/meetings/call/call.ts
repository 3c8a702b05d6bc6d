import { Observable } from "../../live/observable";
import { ProblemError } from "../../live/problem";
import type { CallView, CallWelcome, DirectMessage, IceView, PeerView, PersonView, ReportStats } from "../../live/types";
import { LinkMonitor, MEASURED_EVERY } from "./link-monitor";
import { stagesOf, statsOf } from "./stats";
import type { CallEnvironment, LinkEnvironment, Phase, RelayFault, Shown } from "./environment";
import { Link } from "./link";
import { SignalOutbox } from "./outbox";
import { differ, joinedAfter, nameOf, sendsMedia } from "./roster";
import type { MediaMode } from "./ladder";
import { iceOf, type Ice, type Signal } from "./signals";
import { Timers } from "./timers";

const JOIN_AGAIN = 1_000;
const HURRIED_EVERY = 1_500;
const LISTED_WITHIN = 5_000; // a peer whose offer arrives before the roster names it
const QUALITY_EVERY = 15; // measurements

/** This page's part in a call: the peers, a link to each, and the return after a reload or a restart of the server. */
export class Call {
  readonly changed = new Observable(0);
  phase: Phase = { name: "out" };
  self = "";
  peers: readonly PeerView[] = [];
  /** The last person who left, while nobody else is in the call. */
  departed: PersonView | null = null;
  readonly monitors = new Map<string, LinkMonitor>();
  private ice: Ice = { servers: [], relayOnly: false };
  private token: string | null = null;
  private shown: Shown = { mic: false, cam: false, screen: false, hand: false, held: false };
  private seen = new Set<string>(); // of the roster
  private lost = new Set<string>();
  private joins = 0;
  private resuming = false;
  private rounds = 0;
  private readonly outbox: SignalOutbox;
  private readonly stops: (() => void)[];
  private readonly timers: Timers;

  constructor(private readonly environment: CallEnvironment) {
    this.timers = new Timers((ms, then) => environment.timer(ms, then));
    this.outbox = new SignalOutbox(
      (frame) => environment.wire.ask(frame),
      (ms, then) => environment.timer(ms, then),
      ({ op }, problem) => console.debug(op, problem),
    );
    this.stops = [environment.wire.up.subscribe((up) => this.connected(up)), environment.wire.signals((heard) => this.hear(heard))];
  }

  /** Whether this tab was in the call before a reload. */
  get interrupted(): boolean {
    return this.environment.memory.read() !== null;
  }

  /** Whether a reload has ended the sharing of the screen. */
  get sharingEnded(): boolean {
    return this.environment.memory.read()?.sharing === true;
  }

  async join(shown: Shown): Promise<void> {
    if (this.phase.name === "in" || this.phase.name === "joining") return;
    this.shown = shown;
    this.token = this.environment.memory.read()?.token ?? null;
    this.move({ name: "joining" });
    if (this.environment.wire.up.value) await this.enter();
  }

  leave(): void {
    if (this.phase.name === "in") void this.environment.wire.ask({ op: "rtc.leave", fields: {} }).catch(() => undefined); // its place expires by itself
    this.end({ name: "ended", reason: "left" });
  }

  /** The room's latest value. */
  roster(view: CallView): void {
    const inside = view.peers.some(({ peer }) => peer === this.self);
    if (this.phase.name === "in" && !inside) return; // read before we joined
    const isOther = ({ peer }: PeerView) => peer !== this.self;
    const [before, others] = [this.peers.filter(isOther), view.peers.filter(isOther)];
    this.peers = view.peers;
    if (this.phase.name !== "in") return this.notify();
    this.departed = others.length ? null : (before.at(-1)?.person ?? this.departed);
    const present = new Set(others.map(({ peer }) => peer));
    for (const [peer, { link }] of [...this.monitors]) {
      const early = !this.seen.has(peer) && this.environment.now() - link.marks.began < LISTED_WITHIN;
      if (!present.has(peer) && !early) this.forget(link);
    }
    for (const { peer, lost } of others) {
      if (this.lost.has(peer) && !lost) this.monitors.get(peer)?.link.reached();
      if (lost) this.lost.add(peer);
      else this.lost.delete(peer);
      this.linkTo(peer, joinedAfter(this.peers, this.self, peer));
    }
    this.seen = present;
    void this.cap();
    this.notify();
  }

  /** Our own state has changed. */
  show(shown: Shown): void {
    const before = this.shown;
    this.shown = shown;
    if (this.phase.name !== "in") return;
    if (differ(before, shown)) this.outbox.post({ op: "rtc.state", fields: shown });
    void this.sendTracks();
  }

  /** For the button, and when the browser is online again. */
  tryAgain(): void {
    for (const { link } of this.monitors.values()) if (link.state === "failed") link.rebuild("asked for");
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.drop();
  }

  // The server

  private async enter(): Promise<void> {
    const attempt = ++this.joins;
    this.resuming = true;
    try {
      const welcome = (await this.environment.wire.ask({ op: "rtc.join", fields: { resume: this.token } })) as CallWelcome;
      if (attempt === this.joins) this.welcomed(welcome);
    } catch (problem) {
      if (attempt !== this.joins || !(problem instanceof ProblemError)) return;
      if (problem.retryable) this.timers.set("join", problem.retryAfter ? problem.retryAfter * 1000 : JOIN_AGAIN, () => this.environment.wire.up.value && void this.enter());
      else this.end({ name: "refused", problem });
    }
  }

  private welcomed(welcome: CallWelcome): void {
    const kept = this.environment.memory.read();
    const reloaded = this.phase.name === "joining" && welcome.resumed;
    this.resuming = false;
    if (!welcome.resumed) {
      this.drop();
      this.departed = null;
    }
    this.self = welcome.peer;
    this.token = welcome.token;
    this.take(welcome);
    this.move({ name: "in" });
    if (!welcome.resumed) this.peers = welcome.peers;
    this.seen = new Set(welcome.peers.map(({ peer }) => peer));
    for (const { peer } of welcome.peers) {
      if (reloaded) this.linkTo(peer, joinedAfter(this.peers, this.self, peer), (kept?.gens[peer] ?? 0) + 1);
      else if (!welcome.resumed) this.linkTo(peer, true);
    }
    this.remember();
    this.outbox.post({ op: "rtc.state", fields: this.shown });
    this.outbox.flush();
    if (welcome.resumed && !reloaded) for (const { link } of this.monitors.values()) link.returned();
    this.timers.set("quality", MEASURED_EVERY, () => void this.measure());
  }

  private connected(up: boolean): void {
    if (!up) {
      this.joins += 1;
      this.resuming = true;
      if (this.phase.name === "in") this.hurry();
      this.notify();
    } else if (this.phase.name === "in" || this.phase.name === "joining") {
      void this.enter();
    }
  }

  /** The pauses of a page without a call would be too long here: others are waiting. */
  private hurry(): void {
    this.timers.set("hurry", HURRIED_EVERY, () => {
      if (this.environment.wire.up.value) return;
      this.environment.wire.hurry();
      this.hurry();
    });
  }

  private hear(heard: DirectMessage): void {
    if (this.phase.name !== "in" && this.phase.name !== "joining") return;
    if (heard.type === "replaced") return this.end({ name: "ended", reason: "replaced" });
    if (heard.type === "removed") return this.end({ name: "ended", reason: heard.reason });
    if (this.phase.name !== "in") return; // meant for this tab before its reload
    // A peer that joins after us sends an offer, perhaps before the roster names it.
    const known = this.monitors.get(heard.from) ?? (heard.type === "desc" ? this.linkTo(heard.from, false) : null);
    known?.link.hear(heard);
  }

  private take(view: IceView): void {
    this.ice = iceOf(view);
    this.timers.set("ice", view.ttl * 800, () => void this.refresh(null).catch(() => undefined)); // a link that needs it asks again
  }

  private async refresh(fault: RelayFault | null): Promise<void> {
    this.take((await this.environment.wire.ask({ op: "rtc.ice", fields: fault ? { fault } : {} })) as IceView);
    for (const { link } of this.monitors.values()) link.renewCredentials();
  }

  // Links

  private linkTo(peer: string, offers: boolean, gen = 1): LinkMonitor {
    const known = this.monitors.get(peer);
    if (known) return known;
    const link = new Link(this.self, peer, offers, gen, this.environmentOf(peer));
    const monitor = new LinkMonitor(this.self, link, {
      sas: (commitment) => this.post(peer, { type: "sas", gen: link.gen, ...commitment }),
      mode: (mode) => this.modeChanged(link, mode),
      changed: () => this.notify(),
      expected: () => sendsMedia(this.peers, peer),
    });
    this.monitors.set(peer, monitor);
    link.start(gen > 1);
    return monitor;
  }

  private environmentOf(peer: string): LinkEnvironment {
    const { environment } = this;
    return {
      connect: (config) => environment.connect(config),
      timer: (ms, then) => environment.timer(ms, then),
      now: () => environment.now(),
      send: (signal) => this.post(peer, signal),
      reachable: () => !this.resuming && !this.lost.has(peer),
      ice: () => this.ice,
      refresh: (fault) => this.refresh(fault),
      expected: () => sendsMedia(this.peers, peer),
      tracks: () => environment.tracks(),
      changed: () => {
        const monitor = this.monitors.get(peer);
        monitor?.secure();
        void this.cap();
        this.notify();
      },
      happened: (event) => {
        if (event === "connected") void this.stages(peer);
        else this.count(peer, { event });
      },
      heardSas: ({ commit, reveal }) => this.monitors.get(peer)?.heardSas({ commit, reveal }),
    };
  }

  private post(to: string, { type, ...fields }: Signal): void {
    this.outbox.post({ op: `rtc.${type}`, fields: { to, ...fields } });
  }

  private async sendTracks(): Promise<void> {
    const tracks = this.environment.tracks();
    await Promise.all([...this.monitors.values()].map(({ link }) => link.take(tracks)));
    await this.cap();
  }

  private async cap(): Promise<void> {
    const sharing = this.environment.tracks().screen !== null;
    await Promise.all([...this.monitors.values()].map((monitor) => monitor.cap(this.monitors.size, sharing)));
  }

  private async measure(): Promise<void> {
    this.timers.set("quality", MEASURED_EVERY, () => void this.measure());
    this.rounds += 1;
    for (const [peer, monitor] of this.monitors) {
      await monitor.measure(this.environment.now());
      if (this.rounds % QUALITY_EVERY === 0 && monitor.reading) this.count(peer, { event: "quality" });
    }
  }

  private modeChanged(link: Link, mode: MediaMode): void {
    void this.cap();
    if (mode === "audio" || mode === "text") this.count(link.peer, { event: mode === "audio" ? "audio_only" : "text_only" });
    this.environment.modeChanged(nameOf(this.peers, link.peer), mode);
  }

  /** Reports how long each step took. */
  private async stages(peer: string): Promise<void> {
    const monitor = this.monitors.get(peer);
    if (!monitor) return;
    await monitor.setUp(this.environment);
    this.count(peer, { event: "connected", stage: stagesOf(monitor.link.marks) });
  }

  /** Reports are not repeated when they fail. */
  private count(to: string, report: Pick<ReportStats, "event"> & Partial<ReportStats>): void {
    const fields = { to, ...statsOf(this.monitors.get(to)?.reading ?? null), ...report };
    void this.environment.wire.ask({ op: "rtc.stats", fields }).catch(() => undefined);
  }

  private forget(link: Link): void {
    link.close();
    this.monitors.delete(link.peer);
    this.lost.delete(link.peer);
  }

  private drop(): void {
    for (const { link } of [...this.monitors.values()]) this.forget(link);
    this.timers.clearAll();
    this.outbox.clear();
    this.seen.clear();
  }

  private end(phase: Phase): void {
    this.joins += 1;
    this.drop();
    this.environment.memory.write(null);
    this.token = null;
    this.move(phase);
  }

  private remember(): void {
    if (!this.token) return;
    const gens = Object.fromEntries([...this.monitors].map(([peer, { link }]) => [peer, link.gen]));
    this.environment.memory.write({ token: this.token, peer: this.self, sharing: this.shown.screen, gens });
  }

  private move(phase: Phase): void {
    this.phase = phase;
    this.notify();
  }

  private notify(): void {
    if (this.phase.name === "in") this.remember();
    this.changed.set(this.changed.value + 1);
  }
}
