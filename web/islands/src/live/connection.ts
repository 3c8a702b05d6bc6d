import { t } from "../i18n";
import { Observable } from "./observable";
import { codeOf, courseOf, pause } from "./policy";
import { ProblemError } from "./problem";
import type { Heartbeat, Hello, Welcome } from "./types";
import { CLIENT, decode, type Answer, type HeartbeatReply, type RoomFrame } from "./wire";

/** A socket that is being opened or open. */
export interface Socket {
  send(text: string): void;
  close(code: number): void;
}

export interface SocketEvents {
  opened(): void;
  heard(text: string): void;
  closed(code: number, reason: string): void;
}

/** The environment, replaced in tests. Times are milliseconds. */
export interface ConnectionEnvironment {
  /** A ticket from the signed-in page. Rejects with ProblemError, or with anything else when the server cannot be reached. */
  ticket(): Promise<string>;
  open(events: SocketEvents): Socket;
  now(): number;
  timer(ms: number, then: () => void): () => void;
  random(): number;
  key(): string;
}

/** The user of the connection: the page's rooms. */
export interface Passenger {
  /** Welcomed: rooms are joined; `fresh`: without their positions. */
  up(welcome: Welcome, fresh: boolean): void;
  down(): void;
  heard(frame: RoomFrame): void;
  heads(seqs: HeartbeatReply["seqs"]): void;
  tooLarge(problem: ProblemError): void;
  stopped(problem: ProblemError): void;
}

export type ConnectionState =
  | { readonly phase: "connecting" }
  | { readonly phase: "live" }
  | { readonly phase: "offline"; readonly retryAt: number }
  | { readonly phase: "stopped"; readonly problem: ProblemError };

const WELCOME_WITHIN = 10_000;
const ANSWER_WITHIN = 10_000; // a heartbeat
const HINTED_ANSWER_WITHIN = 5_000; // a heartbeat sent because the browser hinted at a change of network
const STEADY = 10_000; // a connection that lasted this long resets the count of failures
const TICKETS = 3; // refusals before the welcome that may be due to expired tickets of a sleeping page
const TOO_LARGE = 1009;
const ZOMBIE = 4509;

/** The page's one connection: opened, watched by heartbeats, reopened with back-off, stopped when the server says so. */
export class Connection {
  readonly state = new Observable<ConnectionState>({ phase: "connecting" });

  private socket: Socket | null = null;
  private attempt = 0; // results of earlier attempts are ignored
  private failures = 0;
  private refusals = 0;
  private fresh = false;
  private liveSince = 0;
  private notBefore = 0;
  private heartbeat = 25_000;
  private skew = 0;
  private nextId = 1;
  private readonly awaited = new Map<number, (answer: Answer) => void>();
  private readonly timers = new Map<"retry" | "welcome" | "beat" | "silence", () => void>();

  constructor(
    private readonly world: ConnectionEnvironment,
    private readonly passenger: Passenger,
  ) {}

  get open(): boolean {
    return this.state.value.phase === "live";
  }

  /** The server's time. */
  now(): number {
    return this.world.now() + this.skew;
  }

  start(): void {
    void this.connect();
  }

  /** For a suspended page, which may come back with `start`. */
  suspend(): void {
    this.drop(1000);
    this.state.set({ phase: "connecting" });
  }

  /** Sends a frame with its own id. `answered` is dropped when the connection ends. */
  request(frame: object, answered: (answer: Answer) => void): void {
    const id = this.nextId++;
    this.awaited.set(id, answered);
    this.socket?.send(JSON.stringify({ ...frame, id }));
  }

  /** The browser hints that the network, or the page's attention, may have changed; or the reader asks for it. */
  hint(): void {
    const { phase } = this.state.value;
    if (phase === "live") this.beat(HINTED_ANSWER_WITHIN);
    if (phase === "offline" && this.world.now() >= this.notBefore) this.start();
  }

  private async connect(): Promise<void> {
    this.drop(1000);
    this.state.set({ phase: "connecting" });
    const attempt = this.attempt;
    let ticket: string;
    try {
      ticket = await this.world.ticket();
    } catch (error) {
      if (attempt === this.attempt) this.ticketRefused(error);
      return;
    }
    if (attempt !== this.attempt) return;
    const mine = (then: () => void) => attempt === this.attempt && then();
    this.socket = this.world.open({
      opened: () => mine(() => this.greet(ticket)),
      heard: (text) => mine(() => this.heard(text)),
      closed: (code, reason) => mine(() => this.closed(code, reason)),
    });
    this.set("welcome", WELCOME_WITHIN, () => this.closed(ZOMBIE, ""));
  }

  private greet(ticket: string): void {
    const hello: Hello = { op: "hello", ticket, client: CLIENT };
    this.socket?.send(JSON.stringify(hello));
  }

  private ticketRefused(error: unknown): void {
    const problem = error instanceof ProblemError ? error : null;
    if (problem && !problem.retryable) this.stop(problem);
    else this.retry(problem?.retryAfter ?? null);
  }

  private heard(text: string): void {
    this.clear("silence");
    const frame = decode(text);
    if (frame?.kind === "welcome") this.welcomed(frame.welcome);
    if (frame?.kind === "room" && this.open) this.passenger.heard(frame.frame);
    if (frame?.kind === "answer") {
      const answered = this.awaited.get(frame.answer.id);
      this.awaited.delete(frame.answer.id);
      answered?.(frame.answer);
    }
  }

  private welcomed(welcome: Welcome): void {
    this.clear("welcome");
    this.refusals = 0;
    this.liveSince = this.world.now();
    this.heartbeat = welcome.heartbeat * 1000;
    this.setClock(welcome.time);
    this.state.set({ phase: "live" });
    this.passenger.up(welcome, this.fresh);
    this.fresh = false;
    this.set("beat", this.heartbeat, () => this.beat(ANSWER_WITHIN));
  }

  /** Sends a heartbeat. Without an answer the socket is dead: its close event may never come, so it is not awaited. */
  private beat(within: number): void {
    this.set("beat", this.heartbeat, () => this.beat(ANSWER_WITHIN));
    this.set("silence", within, () => this.closed(ZOMBIE, ""));
    const heartbeat: Omit<Heartbeat, "id"> = { op: "heartbeat" };
    this.request(heartbeat, (answer) => {
      const reply = answer.ok as HeartbeatReply | undefined;
      if (!reply) return;
      this.setClock(reply.time);
      this.passenger.heads(reply.seqs);
    });
  }

  private closed(code: number, reason: string): void {
    const welcomed = this.open;
    const course = courseOf(code);
    if (welcomed && this.world.now() - this.liveSince >= STEADY) this.failures = 0;
    this.drop(code === ZOMBIE ? ZOMBIE : 1000);
    if (code === TOO_LARGE) this.passenger.tooLarge(closing(code, reason));
    const lapsed = !welcomed && code === 4401 && ++this.refusals < TICKETS;
    if (course === "stop" && !lapsed) return this.stop(closing(code, reason));
    if (course === "fresh") this.fresh = true;
    this.retry(retryAfter(reason));
  }

  private retry(after: number | null): void {
    const ms = pause(this.failures++, this.world.random(), after);
    this.notBefore = this.world.now() + (after ?? 0) * 1000;
    this.state.set({ phase: "offline", retryAt: this.world.now() + ms });
    this.set("retry", ms, () => this.start());
  }

  private stop(problem: ProblemError): void {
    this.drop(1000);
    this.state.set({ phase: "stopped", problem });
    this.passenger.stopped(problem);
  }

  /** Ends the current attempt and ignores its further events. */
  private drop(code: number): void {
    const wasOpen = this.open;
    this.attempt += 1;
    this.socket?.close(code);
    this.socket = null;
    this.awaited.clear();
    for (const name of [...this.timers.keys()]) this.clear(name);
    if (wasOpen) this.passenger.down();
  }

  private setClock(time: string): void {
    this.skew = Date.parse(time) - this.world.now();
  }

  private set(name: "retry" | "welcome" | "beat" | "silence", ms: number, then: () => void): void {
    this.clear(name);
    this.timers.set(name, this.world.timer(ms, then));
  }

  private clear(name: "retry" | "welcome" | "beat" | "silence"): void {
    this.timers.get(name)?.();
    this.timers.delete(name);
  }
}

/** The reason for the close: the server's text if there is one. */
function closing(code: number, reason: string): ProblemError {
  const words: Record<number, string> = {
    4401: t("You have been signed out."),
    4403: t("You no longer have access."),
    4409: t("This page is open in too many windows."),
    4426: t("A newer version of this page is available. Reload it."),
    [TOO_LARGE]: t("This is too long to send."),
  };
  const said = reason !== "" && retryAfter(reason) === null ? reason : null;
  return new ProblemError({ code: codeOf(code), message: said ?? words[code] ?? t("The connection has ended. Please reload the page.") });
}

/** A server that closes may name the seconds to stay away: `retry_after=3`. */
function retryAfter(reason: string): number | null {
  const found = /^retry_after=(\d+(?:\.\d+)?)$/.exec(reason);
  return found ? Number(found[1]) : null;
}
