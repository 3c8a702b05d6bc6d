import { CODES, type ProblemView } from "./types";

/** A refusal of the server (or of a connection that stopped), with what the caller needs to react. The message is already in the reader's language. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: string;
  readonly field: string | null;
  /** Seconds. */
  readonly retryAfter: number | null;
  /** The current state of an object that the caller knew in an older one. */
  readonly present: unknown;

  constructor(view: ProblemView) {
    super(view.message);
    this.code = view.code;
    this.field = view.field ?? null;
    this.retryAfter = view.retry_after ?? null;
    this.present = view.present ?? null;
  }

  /** Whether the same can succeed later. */
  get retryable(): boolean {
    return Object.entries(CODES).some(([code, meaning]) => code === this.code && meaning.retryable);
  }
}
