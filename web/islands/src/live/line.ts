import type { Answer } from "./wire";

/** A room's interface to the connection, its clock and its randomness. */
export interface Line {
  /** Whether frames can be sent now. */
  readonly open: boolean;
  /** Sends a frame with its own id; `answered` is never called when the connection ends first. */
  request(frame: object, answered: (answer: Answer) => void): void;
  now(): number;
  timer(ms: number, then: () => void): () => void;
  random(): number;
  key(): string;
}
