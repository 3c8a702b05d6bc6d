import { ProblemError } from "../../live/problem";

export interface CallFrame {
  readonly op: string;
  readonly fields: object;
}

interface Letter extends CallFrame {
  flying: boolean;
}

const PAUSE = 1_000; // ms, when the server says nothing else

/** What is told to others in a call: in order, and again until the server has taken or refused it. */
export class Outbox {
  private letters: Letter[] = [];
  private paused = false;

  constructor(
    private readonly ask: (frame: CallFrame) => Promise<unknown>,
    private readonly timer: (ms: number, then: () => void) => () => void,
    private readonly refused: (frame: CallFrame, problem: unknown) => void,
  ) {}

  post(frame: CallFrame): void {
    this.letters.push({ ...frame, flying: false });
    this.flush();
  }

  /** The connection is back. */
  flush(): void {
    if (this.paused) return;
    for (const letter of this.letters) if (!letter.flying) void this.send(letter);
  }

  clear(): void {
    this.letters = [];
  }

  private async send(letter: Letter): Promise<void> {
    letter.flying = true;
    try {
      await this.ask(letter);
      this.forget(letter);
    } catch (problem) {
      letter.flying = false;
      if (problem instanceof ProblemError && problem.retryable) return this.pause(problem);
      this.forget(letter);
      this.refused(letter, problem);
    }
  }

  private forget(letter: Letter): void {
    this.letters = this.letters.filter((other) => other !== letter);
  }

  /** Until then nothing is sent, so that the order is kept. */
  private pause(problem: ProblemError): void {
    if (this.paused) return;
    this.paused = true;
    this.timer(problem.retryAfter === null ? PAUSE : problem.retryAfter * 1000, () => {
      this.paused = false;
      this.flush();
    });
  }
}
