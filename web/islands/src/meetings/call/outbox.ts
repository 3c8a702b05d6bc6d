import { ProblemError } from "../../live/problem";

export interface CallFrame {
  readonly op: string;
  readonly fields: object;
}

interface Posted extends CallFrame {
  flying: boolean;
}

const PAUSE = 1_000; // ms, when the server names none

/** Sends signals in order, and repeats each until the server has accepted or refused it. */
export class SignalOutbox {
  private posted: Posted[] = [];
  private paused = false;

  constructor(
    private readonly ask: (frame: CallFrame) => Promise<unknown>,
    private readonly timer: (ms: number, then: () => void) => () => void,
    private readonly refused: (frame: CallFrame, problem: unknown) => void,
  ) {}

  post(frame: CallFrame): void {
    this.posted.push({ ...frame, flying: false });
    this.flush();
  }

  /** The connection is back. */
  flush(): void {
    if (this.paused) return;
    for (const each of this.posted) if (!each.flying) void this.send(each);
  }

  clear(): void {
    this.posted = [];
  }

  private async send(each: Posted): Promise<void> {
    each.flying = true;
    try {
      await this.ask(each);
      this.forget(each);
    } catch (problem) {
      each.flying = false;
      if (problem instanceof ProblemError && problem.retryable) return this.pause(problem);
      this.forget(each);
      this.refused(each, problem);
    }
  }

  private forget(each: Posted): void {
    this.posted = this.posted.filter((other) => other !== each);
  }

  /** Until the pause ends nothing is sent, so that the order is kept. */
  private pause(problem: ProblemError): void {
    if (this.paused) return;
    this.paused = true;
    this.timer(problem.retryAfter === null ? PAUSE : problem.retryAfter * 1000, () => {
      this.paused = false;
      this.flush();
    });
  }
}
