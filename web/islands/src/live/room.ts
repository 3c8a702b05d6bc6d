import type { AnyState, RoomKind } from "../shell/state/room";
import type { Line } from "./line";
import { Mailbox, OVERDUE } from "./mailbox";
import { Observable } from "./observable";
import { pause } from "./policy";
import { ProblemError } from "./problem";
import type { Command, Id, Join, Position, ReplyTo, RoomEvent } from "./types";
import type { Answer, Fresh, ReaderAudience, RoomFrame, Tail, NumberedEvent } from "./wire";

/** The command of an op, so that its reply has a type. */
export type CommandOf<Op extends Command["op"]> = { readonly op: Op } & Extract<Command, { readonly op: Op }>;

export type RoomStatus = "joining" | "live" | "left";

/** How long an event may lag behind an acknowledgement or heartbeat that named its seq, before the room asks for it. */
export const GRACE = 2_000;
/** Maximum number of events kept while a join is pending. Beyond it a gap remains, which the next resume fills. */
const KEPT = 2_000;

/**
 * One room as this page knows it: always contiguous, or resynchronising. Events are applied in the order of their seqs, each once;
 * a gap makes it resume from its position.
 */
export class Room<State extends AnyState> {
  readonly status = new Observable<RoomStatus>("joining");
  /** The reason for leaving the room. */
  problem: ProblemError | null = null;
  audience: ReaderAudience = "everyone";

  private readonly shown = new Observable<State | null>(null);
  /** The seq up to which `shown` shows the room. */
  private readonly reached = new Observable(0);
  private readonly listeners = new Set<(event: RoomEvent) => void>();
  private readonly mailbox: Mailbox;
  private position: Position | null = null;
  private waiting: RoomFrame[] = [];
  private attempt = 0; // grows with every join, so that only the answer to the last one counts
  private joining = false;
  private askedAt = 0;
  private barren = 0; // consecutive joins that were refused for now, or that repaired nothing
  private expected = 0;
  private cancelGrace: (() => void) | null = null;
  private cancelRetry: (() => void) | null = null;

  constructor(
    readonly id: Id,
    private readonly kind: RoomKind<State>,
    private readonly line: Line,
    readonly isPublic: boolean,
  ) {
    this.mailbox = new Mailbox(id, line, (command, seq) => this.acknowledged(command, seq));
  }

  get state(): State | null {
    return this.shown.value;
  }

  /** Calls the watcher once per frame that changed something. Returns a function that stops it. */
  subscribe(watcher: (state: State | null) => void): () => void {
    return this.shown.subscribe(watcher);
  }

  /** Calls the listener for every event, after the state includes it. Includes events missed during an interruption, but not those covered by a snapshot. */
  events(listener: (event: RoomEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Resolves when the server has committed. The same key goes with every repetition, so it happens exactly once. Rejects with ProblemError. */
  send<Op extends Command["op"]>(command: CommandOf<Op>): Promise<ReplyTo<Op>> {
    return this.mailbox.send(command) as Promise<ReplyTo<Op>>;
  }

  /** Resolves once this page has rendered everything that the server has acknowledged so far, even if events must be fetched again. */
  current(): Promise<void> {
    const upTo = this.expected;
    return new Promise((resolve) => {
      const done = () => {
        stop();
        cancel();
        this.line.timer(0, resolve); // elements draw before any timer
      };
      const stop = this.reached.subscribe((seq) => seq >= upTo && done());
      const cancel = this.line.timer(2 * GRACE, done);
      if (this.reached.value >= upTo) done();
    });
  }

  /** After `left`: asks again to be let in. */
  rejoin(): void {
    if (this.status.value !== "left") return;
    this.problem = null;
    this.status.set("joining");
    if (this.line.open) this.join();
  }

  // Events of the connection.

  up(fresh: boolean): void {
    if (fresh) this.position = null;
    if (this.status.value !== "left") this.join();
    this.mailbox.resend();
  }

  down(): void {
    this.attempt += 1;
    this.joining = false;
    this.waiting = [];
    this.rest();
  }

  /** Nothing comes any more: the connection stopped, or the page has left the room. */
  end(problem: ProblemError): void {
    this.down();
    this.mailbox.close(problem);
  }

  /** The connection ended because a command was too large; it must not be repeated. */
  refuseSent(problem: ProblemError): void {
    this.mailbox.refuseSent(problem);
  }

  /** The top seq that the server named with a heartbeat; undefined: it does not count us among the members. */
  head(seq: number | undefined): void {
    this.mailbox.resendOverdue();
    if (this.status.value === "left") return;
    if (this.joining) {
      if (this.line.now() - this.askedAt >= OVERDUE) this.join();
    } else if (seq === undefined) {
      this.join();
    } else {
      this.expect(seq);
    }
  }

  heard(frame: RoomFrame): void {
    if (frame.left) return this.shut(new ProblemError(frame.left));
    if (this.status.value === "left") return;
    if (isFresh(frame)) return this.replace(frame);
    if (this.joining || !this.position) {
      this.waiting.push(frame);
      if (this.waiting.length > KEPT) this.waiting = [];
      return;
    }
    this.take([frame]);
  }

  // Joining.

  private join(): void {
    this.rest();
    this.joining = true;
    this.askedAt = this.line.now();
    const attempt = ++this.attempt;
    const after = this.position && { after: this.position };
    const frame: Omit<Join, "id"> = { op: "join", room: this.id, ...after, ...(this.isPublic && { public: true }) };
    this.line.request(frame, (answer) => {
      if (attempt === this.attempt) this.joined(answer);
    });
  }

  private joined(answer: Answer): void {
    this.joining = false;
    if (answer.error) return this.refused(new ProblemError(answer.error));
    const ok = answer.ok as Fresh | Tail;
    if ("resumed" in ok) this.resume(ok);
    else this.replace(ok);
  }

  private refused(problem: ProblemError): void {
    if (!problem.retryable) return this.shut(problem);
    this.joinIn(pause(this.barren++, this.line.random(), problem.retryAfter));
  }

  private resume(tail: Tail): void {
    if (!this.position || !this.state || tail.epoch !== this.position.epoch || tail.audience !== this.audience) {
      return this.restart();
    }
    if (tail.seq >= this.position.seq) {
      const { state, events } = this.applied(this.state, tail.events);
      if (this.position.seq !== tail.seq) return this.restart(); // the tail itself has a hole
      this.show({ ...state, own: tail.own, latest: tail.latest }, events);
    }
    this.status.set("live");
    this.release();
  }

  /** Replaces the whole state: after a join without a position, or when the history or the person's rights have changed. */
  private replace(fresh: Fresh): void {
    const known = this.position?.epoch === fresh.epoch ? this.position.seq : 0;
    this.position = { epoch: fresh.epoch, seq: fresh.seq };
    this.audience = fresh.audience;
    this.expected = 0;
    this.show({ snapshot: fresh.snapshot, own: fresh.own, latest: fresh.latest } as State);
    this.status.set("live");
    if (!this.joining) this.release();
    if (known > fresh.seq) this.expect(known); // it was read before events that we have already received
  }

  /** A tail that does not fit our position cannot be repaired by another tail. */
  private restart(): void {
    this.position = null;
    this.repair();
  }

  private release(): void {
    const frames = this.waiting;
    this.waiting = [];
    this.take(frames);
  }

  // Events and latest values.

  private take(frames: readonly RoomFrame[]): void {
    if (!this.state) return;
    let state = this.state;
    const happened: RoomEvent[] = [];
    const ahead: RoomFrame[] = [];
    for (const frame of frames) {
      const { state: after, events, beyond } = this.applied(state, frame.events ?? []);
      state = frame.latest ? this.kind.latest(after, frame.latest) : after;
      happened.push(...events);
      if (beyond.length) ahead.push({ room: this.id, events: beyond });
    }
    this.show(state, happened);
    if (ahead.length === 0) {
      this.barren = 0;
    } else {
      this.waiting.push(...ahead);
      this.repair();
    }
  }

  /** Applies the events that follow our position without a gap, and moves it. Returns the state, the applied events and those after a gap. */
  private applied(state: State, received: readonly NumberedEvent[]) {
    const events: RoomEvent[] = [];
    const beyond: NumberedEvent[] = [];
    for (const next of [...received].sort((a, b) => a.seq - b.seq)) {
      if (!this.position || next.seq > this.position.seq + 1) {
        beyond.push(next);
      } else if (next.seq === this.position.seq + 1) {
        this.position = { epoch: this.position.epoch, seq: next.seq };
        if (next.type === undefined) continue;
        state = this.kind.event(state, next);
        events.push(next);
      }
    }
    return { state, events, beyond };
  }

  private show(state: State, events: readonly RoomEvent[] = []): void {
    this.shown.set(state);
    this.reached.set(this.position?.seq ?? 0);
    for (const event of events) for (const listener of [...this.listeners]) listener(event);
  }

  /** Requests missing events immediately. If the answers do not help, requests a snapshot, with pauses. */
  private repair(): void {
    if (this.barren++ === 0) return this.join();
    this.position = null;
    this.joinIn(pause(this.barren, this.line.random()));
  }

  private joinIn(ms: number): void {
    this.joining = true;
    this.askedAt = this.line.now() + ms;
    this.cancelRetry = this.line.timer(ms, () => this.join());
  }

  private acknowledged(command: Command, seq: number | undefined): void {
    if (this.state) this.shown.set(this.kind.acknowledged(this.state, command));
    if (seq !== undefined) this.expect(seq);
  }

  /** The server has named a seq. If its event does not arrive soon, its frame was lost. */
  private expect(seq: number): void {
    this.expected = Math.max(this.expected, seq);
    if (this.cancelGrace || !this.position || this.expected <= this.position.seq) return;
    this.cancelGrace = this.line.timer(GRACE, () => {
      this.cancelGrace = null;
      if (this.position && this.expected > this.position.seq && !this.joining) this.join();
      this.expected = 0;
    });
  }

  // The end.

  private shut(problem: ProblemError): void {
    this.down();
    this.position = null;
    this.problem = problem;
    this.shown.set(null);
    this.status.set("left");
  }

  private rest(): void {
    this.cancelGrace?.();
    this.cancelRetry?.();
    this.cancelGrace = this.cancelRetry = null;
  }
}

function isFresh(frame: RoomFrame): frame is RoomFrame & Fresh {
  return frame.snapshot !== undefined;
}
