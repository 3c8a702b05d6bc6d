import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { CallView, ProblemError } from "../live/index";
import { callOf, type MeetingRoom } from "../exhibition/state/booth";

const AGAIN = 20_000; // ms; the server forgets people after 45 s without it

interface Host extends ReactiveControllerHost {
  readonly line: { readonly state: MeetingRoom | null; say(waiting: boolean): Promise<unknown>; join(): void };
}

/** Whether a join was refused because the call is full. */
export function isFull(problem: ProblemError): boolean {
  return problem.code === "conflict" && typeof problem.present === "object" && problem.present !== null && "limit" in problem.present;
}

/** Waits for a place in a full call. Repeats the request, and joins when a place is free and nobody has waited longer. */
export class Waiting implements ReactiveController {
  on = false;
  private timer = 0;
  private tried: CallView | null = null;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  /** The person's position in the queue, from 1; 0 if they do not wait. */
  get place(): number {
    const { state } = this.host.line;
    return state ? callOf(state).waiting.findIndex(({ id }) => id === state.own.person?.id) + 1 : 0;
  }

  async begin(): Promise<void> {
    await this.host.line.say(true);
    this.on = true;
    this.timer = window.setInterval(() => void this.host.line.say(true).catch(() => undefined), AGAIN); // offline: the next time may succeed
    this.host.requestUpdate();
  }

  async end(): Promise<void> {
    this.stop();
    this.host.requestUpdate();
    await this.host.line.say(false);
  }

  /** The person is in the call, or the page closes. */
  stop(): void {
    this.on = false;
    window.clearInterval(this.timer);
  }

  hostUpdated(): void {
    const { state } = this.host.line;
    if (!this.on || !state || this.place !== 1) return;
    const call = callOf(state);
    if (call.peers.length >= call.limit || call === this.tried) return; // refused: try again when the queue has moved
    this.tried = call;
    this.host.line.join();
  }

  hostDisconnected(): void {
    this.stop();
  }
}
