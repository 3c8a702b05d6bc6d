import type { Line } from "./line";
import { ProblemError } from "./problem";
import type { Command, Id } from "./types";

interface Pending {
  readonly givenAt: number;
  readonly command: Command;
  readonly key: string;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (problem: ProblemError) => void;
  sentAt: number;
}

/** Milliseconds after which an answer on a live connection counts as lost, and the command is repeated. */
export const OVERDUE = 10_000;

/** How long a command is repeated while the server has no database. */
export const REPEATED_FOR = 60_000;
const PAUSE = 2_000; // when the server names none

/** A room's commands without an answer. A repeated command keeps its key, by which the server recognises it. */
export class Mailbox {
  private readonly pending = new Map<string, Pending>();
  private closed: ProblemError | null = null;
  private paused = false;

  constructor(
    private readonly room: Id,
    private readonly line: Line,
    private readonly acknowledged: (command: Command, seq: number | undefined) => void,
  ) {}

  /** Resolves with the reply. */
  send(command: Command): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(this.closed);
      const key = this.line.key();
      const each: Pending = { command, key, resolve, reject, sentAt: 0, givenAt: this.line.now() };
      this.pending.set(key, each);
      if (this.line.open && !this.paused) this.post(each);
    });
  }

  /** On a new connection, in the original order. */
  resend(): void {
    this.closed = null;
    this.paused = false;
    for (const each of [...this.pending.values()]) this.post(each);
  }

  resendOverdue(): void {
    for (const each of [...this.pending.values()]) {
      if (each.sentAt && this.line.now() - each.sentAt >= OVERDUE) this.post(each);
    }
  }

  /** Refuses all commands, also later ones. */
  close(problem: ProblemError): void {
    this.closed = problem;
    this.refuse(problem, () => true);
  }

  /** Refuses what has been sent but not answered. */
  refuseSent(problem: ProblemError): void {
    this.refuse(problem, (each) => each.sentAt > 0);
  }

  private refuse(problem: ProblemError, chosen: (each: Pending) => boolean): void {
    for (const [key, each] of [...this.pending]) {
      if (!chosen(each)) continue;
      this.pending.delete(key);
      each.reject(problem);
    }
  }

  /** Until the pause ends nothing is sent, so that the order is kept. */
  private pause(each: Pending, { retryAfter }: ProblemError): void {
    each.sentAt = 0;
    if (this.paused) return;
    this.paused = true;
    this.line.timer(retryAfter === null ? PAUSE : retryAfter * 1000, () => {
      this.paused = false;
      if (!this.line.open) return; // sent again by the next connection
      for (const one of [...this.pending.values()]) if (one.sentAt === 0) this.post(one);
    });
  }

  private post(each: Pending): void {
    each.sentAt = this.line.now();
    this.line.request({ ...each.command, room: this.room, key: each.key }, (answer) => {
      if (!this.pending.has(each.key)) return; // an earlier repetition was answered
      if (answer.error?.code === "draining") return; // the connection is about to end; the next one repeats it
      const problem = answer.error && new ProblemError(answer.error);
      // The database is away: as when the network is, the command waits.
      if (problem?.code === "unavailable" && this.line.now() - each.givenAt < REPEATED_FOR) return this.pause(each, problem);
      this.pending.delete(each.key);
      if (problem) return each.reject(problem);
      this.acknowledged(each.command, answer.seq);
      each.resolve(answer.ok ?? null);
    });
  }
}
