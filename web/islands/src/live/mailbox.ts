import type { Line } from "./line";
import { ProblemError } from "./problem";
import type { Command, Id } from "./types";

interface Letter {
  readonly command: Command;
  readonly key: string;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (problem: ProblemError) => void;
  sentAt: number;
}

/** An answer that has not come after this many milliseconds on a living connection was lost: the command is repeated. */
export const OVERDUE = 10_000;

/** The commands of a room that have not been answered. Each keeps its key through every repetition, by which the server knows it again. */
export class Mailbox {
  private readonly letters = new Map<string, Letter>();
  private closed: ProblemError | null = null;

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
      const letter: Letter = { command, key, resolve, reject, sentAt: 0 };
      this.letters.set(key, letter);
      if (this.line.open) this.post(letter);
    });
  }

  /** On a new connection, in the order in which they were given. */
  resend(): void {
    this.closed = null;
    for (const letter of [...this.letters.values()]) this.post(letter);
  }

  resendOverdue(): void {
    for (const letter of [...this.letters.values()]) {
      if (this.line.now() - letter.sentAt >= OVERDUE) this.post(letter);
    }
  }

  /** Refuses all, and whatever is sent from now on. */
  close(problem: ProblemError): void {
    this.closed = problem;
    this.refuse(problem, () => true);
  }

  /** Refuses what has been sent but not answered. */
  refuseSent(problem: ProblemError): void {
    this.refuse(problem, (letter) => letter.sentAt > 0);
  }

  private refuse(problem: ProblemError, chosen: (letter: Letter) => boolean): void {
    for (const [key, letter] of [...this.letters]) {
      if (!chosen(letter)) continue;
      this.letters.delete(key);
      letter.reject(problem);
    }
  }

  private post(letter: Letter): void {
    letter.sentAt = this.line.now();
    this.line.request({ ...letter.command, room: this.room, key: letter.key }, (answer) => {
      if (!this.letters.has(letter.key)) return; // an earlier repetition was answered
      if (answer.error?.code === "draining") return; // the connection is about to end; the next one repeats it
      this.letters.delete(letter.key);
      if (answer.error) return letter.reject(new ProblemError(answer.error));
      this.acknowledged(letter.command, answer.seq);
      letter.resolve(answer.ok ?? null);
    });
  }
}
