import { Observable } from "../../live/observable";
import { ProblemError } from "../../live/problem";
import type { CallView, CallWelcome, DirectMessage, IceView, PeerView, ReportStats } from "../../live/types";
import { Care, MEASURED_EVERY } from "./link-monitor";
import { figuresOf, stagesOf } from "./stats";
import type { CallEnvironment, LinkEnvironment, Phase, Shown } from "./environment";
import { Link } from "./link";
import { Outbox } from "./outbox";
import type { MediaMode } from "./quality";
import { iceOf, type Ice, type Signal } from "./signals";
import { Timers } from "./timers";

const NOTHING: Ice = { servers: [], relayOnly: false };
const JOIN_AGAIN = 1_000;
const HURRIED_EVERY = 1_500;
const TOLD_WITHIN = 5_000; // who makes himself known by an offer is named by the roster until then
const QUALITY_EVERY = 15; // measurements

/** A call as this page takes part in it: who is in it, the link to each, and the way back after a reload or the server's restart. */
export class Call {
  readonly changed = new Observable(0);
  phase: Phase = { name: "out" };
  self = "";
  peers: readonly PeerView[] = [];
  readonly cares = new Map<string, Care>();
  private ice: Ice = NOTHING;
  private token: string | null = null;
  private shown: Shown = { mic: false, cam: false, screen: false, hand: false, held: false };
  private seen = new Set<string>(); // of the roster
  private lost = new Set<string>();
  private joins = 0;
  private resuming = false;
  private rounds = 0;
  private readonly outbox: Outbox;
  private readonly stops: (() => void)[];
  private readonly timers: Timers;

  constructor(private readonly world: CallEnvironment) {
    this.timers = new Timers((ms, then) => world.timer(ms, then));
    this.outbox = new Outbox(
      (frame) => world.wire.ask(frame),
      (ms, then) => world.timer(ms, then),
      ({ op }, problem) => console.debug(op, problem),
    );
    this.stops = [world.wire.up.subscribe((up) => this.connected(up)), world.wire.signals((heard) => this.hear(heard))];
  }

  /** Whether this tab was in the call before it was loaded anew. */
  get interrupted(): boolean {
    return this.world.memory.read() !== null;
  }

  async join(shown: Shown): Promise<void> {
    if (this.phase.name === "in" || this.phase.name === "joining") return;
    this.shown = shown;
    this.token = this.world.memory.read()?.token ?? null;
    this.move({ name: "joining" });
    if (this.world.wire.up.value) await this.enter();
  }

  leave(): void {
    if (this.phase.name === "in") void this.world.wire.ask({ op: "rtc.leave", fields: {} }).catch(() => undefined); // its place lapses by itself
    this.end({ name: "ended", reason: "left" });
  }

  /** The latest value of the room. */
  roster(view: CallView): void {
    const inside = view.peers.some(({ peer }) => peer === this.self);
    if (this.phase.name === "in" && !inside) return; // read before we joined
    this.peers = view.peers;
    if (this.phase.name !== "in") return this.tell();
    const others = view.peers.filter(({ peer }) => peer !== this.self);
    const present = new Set(others.map(({ peer }) => peer));
    for (const [peer, { link }] of [...this.cares]) {
      const early = !this.seen.has(peer) && this.world.now() - link.marks.began < TOLD_WITHIN;
      if (!present.has(peer) && !early) this.forget(link);
    }
    for (const { peer, lost } of others) {
      if (this.lost.has(peer) && !lost) this.cares.get(peer)?.link.reached();
      if (lost) this.lost.add(peer);
      else this.lost.delete(peer);
      this.linkTo(peer, this.later(peer));
    }
    this.seen = present;
    void this.cap();
    this.tell();
  }

  /** What one shows of oneself has changed. */
  show(shown: Shown): void {
    const same = (Object.keys(shown) as (keyof Shown)[]).every((name) => shown[name] === this.shown[name]);
    this.shown = shown;
    if (this.phase.name !== "in") return;
    if (!same) this.outbox.post({ op: "rtc.state", fields: shown });
    void this.sendTracks();
  }

  /** For the button, and when the browser has found a network again. */
  tryAgain(): void {
    for (const { link } of this.cares.values()) if (link.state === "failed") link.rebuild("asked for");
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.drop();
  }

  // The server.

  private async enter(): Promise<void> {
    const attempt = ++this.joins;
    this.resuming = true;
    try {
      const welcome = (await this.world.wire.ask({ op: "rtc.join", fields: { resume: this.token } })) as CallWelcome;
      if (attempt === this.joins) this.welcomed(welcome);
    } catch (problem) {
      if (attempt !== this.joins || !(problem instanceof ProblemError)) return;
      if (problem.retryable) this.timers.set("join", problem.retryAfter ? problem.retryAfter * 1000 : JOIN_AGAIN, () => this.world.wire.up.value && void this.enter());
      else this.end({ name: "refused", problem });
    }
  }

  private welcomed(welcome: CallWelcome): void {
    const kept = this.world.memory.read();
    const reloaded = this.phase.name === "joining" && welcome.resumed;
    this.resuming = false;
    if (!welcome.resumed) this.drop();
    this.self = welcome.peer;
    this.token = welcome.token;
    this.take(welcome);
    this.move({ name: "in" });
    if (!welcome.resumed) this.peers = welcome.peers;
    this.seen = new Set(welcome.peers.map(({ peer }) => peer));
    for (const { peer } of welcome.peers) {
      if (reloaded) this.linkTo(peer, this.later(peer), (kept?.gens[peer] ?? 0) + 1);
      else if (!welcome.resumed) this.linkTo(peer, true);
    }
    this.remember();
    this.outbox.post({ op: "rtc.state", fields: this.shown });
    this.outbox.flush();
    if (welcome.resumed && !reloaded) for (const { link } of this.cares.values()) link.returned();
    this.timers.set("quality", MEASURED_EVERY, () => void this.measure());
  }

  private connected(up: boolean): void {
    if (!up) {
      this.joins += 1;
      this.resuming = true;
      if (this.phase.name === "in") this.hurry();
      this.tell();
    } else if (this.phase.name === "in" || this.phase.name === "joining") {
      void this.enter();
    }
  }

  /** Others wait for us: so long a pause as a reader of a page can bear would be too long here. */
  private hurry(): void {
    this.timers.set("hurry", HURRIED_EVERY, () => {
      if (this.world.wire.up.value) return;
      this.world.wire.hurry();
      this.hurry();
    });
  }

  private hear(heard: DirectMessage): void {
    if (this.phase.name !== "in" && this.phase.name !== "joining") return;
    if (heard.type === "replaced") return this.end({ name: "ended", reason: "replaced" });
    if (heard.type === "removed") return this.end({ name: "ended", reason: heard.reason });
    if (this.phase.name !== "in") return; // of an earlier life of this tab
    // Who joins after us makes himself known by his offer, perhaps before the roster has told of him.
    const known = this.cares.get(heard.from) ?? (heard.type === "desc" ? this.linkTo(heard.from, false) : null);
    known?.link.hear(heard);
  }

  private take(view: IceView): void {
    this.ice = iceOf(view);
    this.timers.set("ice", view.ttl * 800, () => void this.refresh().catch(() => undefined)); // a link that needs it asks again
  }

  private async refresh(): Promise<void> {
    this.take((await this.world.wire.ask({ op: "rtc.ice", fields: {} })) as IceView);
    for (const { link } of this.cares.values()) link.renewCredentials();
  }

  // The links.

  /** Of two the one who joined later makes the first offer. */
  private later(peer: string): boolean {
    const order = this.peers.map((each) => each.peer);
    return order.indexOf(this.self) > order.indexOf(peer);
  }

  private linkTo(peer: string, offers: boolean, gen = 1): Care {
    const known = this.cares.get(peer);
    if (known) return known;
    const link = new Link(this.self, peer, offers, gen, this.ground(peer));
    const care = new Care(this.self, link, {
      sas: (commitment) => this.post(peer, { type: "sas", gen: link.gen, ...commitment }),
      mode: (mode) => this.fell(link, mode),
      changed: () => this.tell(),
    });
    this.cares.set(peer, care);
    link.start(gen > 1);
    return care;
  }

  private ground(peer: string): LinkEnvironment {
    const { world } = this;
    return {
      connect: (config) => world.connect(config),
      timer: (ms, then) => world.timer(ms, then),
      now: () => world.now(),
      send: (signal) => this.post(peer, signal),
      reachable: () => !this.resuming && !this.lost.has(peer),
      ice: () => this.ice,
      refresh: () => this.refresh(),
      tracks: () => world.tracks(),
      changed: () => {
        const care = this.cares.get(peer);
        care?.secure();
        void this.cap();
        this.tell();
      },
      happened: (event) => {
        if (event === "connected") void this.stages(peer);
        else this.count(peer, { event });
      },
      heardSas: ({ commit, reveal }) => this.cares.get(peer)?.heardSas({ commit, reveal }),
    };
  }

  private post(to: string, { type, ...fields }: Signal): void {
    this.outbox.post({ op: `rtc.${type}`, fields: { to, ...fields } });
  }

  private async sendTracks(): Promise<void> {
    const tracks = this.world.tracks();
    await Promise.all([...this.cares.values()].map(({ link }) => link.take(tracks)));
    await this.cap();
  }

  private async cap(): Promise<void> {
    const sharing = this.world.tracks().screen !== null;
    await Promise.all([...this.cares.values()].map((care) => care.cap(this.cares.size, sharing)));
  }

  private async measure(): Promise<void> {
    this.timers.set("quality", MEASURED_EVERY, () => void this.measure());
    this.rounds += 1;
    for (const [peer, care] of this.cares) {
      await care.measure(this.world.now());
      if (this.rounds % QUALITY_EVERY === 0 && care.reading) this.count(peer, { event: "quality" });
    }
  }

  private fell(link: Link, mode: MediaMode): void {
    void this.cap();
    if (mode !== "video") this.count(link.peer, { event: mode === "audio" ? "audio_only" : "text_only" });
    const person = this.peers.find(({ peer }) => peer === link.peer)?.person.name ?? "";
    this.world.fellTo(person, mode);
  }

  /** Tells the operator how long each step took. */
  private async stages(peer: string): Promise<void> {
    const care = this.cares.get(peer);
    if (!care) return;
    const { marks } = care.link;
    const wait = (ms: number) => new Promise<void>((resolve) => void this.world.timer(ms, resolve));
    if (marks.frame === undefined && (await care.firstFrame(wait))) marks.frame = this.world.now();
    await care.measure(this.world.now());
    this.count(peer, { event: "connected", stage: stagesOf(marks) });
  }

  /** A courtesy: what is not told is not repeated. */
  private count(to: string, told: Pick<ReportStats, "event"> & Partial<ReportStats>): void {
    const fields = { to, ...figuresOf(this.cares.get(to)?.reading ?? null), ...told };
    void this.world.wire.ask({ op: "rtc.stats", fields }).catch(() => undefined);
  }

  // The end.

  private forget(link: Link): void {
    link.close();
    this.cares.delete(link.peer);
    this.lost.delete(link.peer);
  }

  private drop(): void {
    for (const { link } of [...this.cares.values()]) this.forget(link);
    this.timers.clearAll();
    this.outbox.clear();
    this.seen.clear();
  }

  private end(phase: Phase): void {
    this.joins += 1;
    this.drop();
    this.world.memory.write(null);
    this.token = null;
    this.move(phase);
  }

  private remember(): void {
    if (!this.token) return;
    const gens = Object.fromEntries([...this.cares].map(([peer, { link }]) => [peer, link.gen]));
    this.world.memory.write({ token: this.token, peer: this.self, gens });
  }

  private move(phase: Phase): void {
    this.phase = phase;
    this.tell();
  }

  private tell(): void {
    if (this.phase.name === "in") this.remember();
    this.changed.set(this.changed.value + 1);
  }
}
