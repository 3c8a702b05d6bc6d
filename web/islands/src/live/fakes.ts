import type { RoomKind, RoomState } from "../shell/state/room";
import type { Socket, SocketEvents, ConnectionEnvironment } from "./connection";
import type { NumberedEvent } from "./wire";

// A world without network and clock, for tests.

export type SentMessage = Readonly<Record<string, unknown>> & { readonly op: string; readonly id: number };

export class FakeSocket implements Socket {
  readonly sent: SentMessage[] = [];
  closedWith: number | null = null;

  constructor(readonly events: SocketEvents) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text) as SentMessage);
  }

  close(code: number): void {
    this.closedWith = code;
  }

  /** What was sent since the last call. */
  take(): SentMessage[] {
    return this.sent.splice(0);
  }

  say(frame: object): void {
    this.events.heard(JSON.stringify(frame));
  }
}

export class FakeEnvironment implements ConnectionEnvironment {
  readonly sockets: FakeSocket[] = [];
  /** The results of the next ticket requests; afterwards they succeed. */
  readonly tickets: Error[] = [];
  fetched = 0;
  luck = 0.5;
  private time = Date.parse("2026-11-22T02:00:00Z");
  private keys = 0;
  private timers: { readonly at: number; readonly then: () => void }[] = [];

  ticket(): Promise<string> {
    this.fetched += 1;
    const fault = this.tickets.shift();
    return fault ? Promise.reject(fault) : Promise.resolve(`ticket ${this.fetched}`);
  }

  open(events: SocketEvents): Socket {
    const socket = new FakeSocket(events);
    this.sockets.push(socket);
    return socket;
  }

  now(): number {
    return this.time;
  }

  timer(ms: number, then: () => void): () => void {
    const timer = { at: this.time + ms, then };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((other) => other !== timer));
  }

  random(): number {
    return this.luck;
  }

  key(): string {
    return `key ${++this.keys}`;
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no socket has been opened");
    return socket;
  }

  /** Lets time pass and runs the timers that are due. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = next.at;
      next.then();
      await settle();
    }
    this.time = end;
    await settle();
  }

  /** Opens the newest socket, reads the client's hello and welcomes it; returns the socket. */
  async welcome(more: object = {}): Promise<FakeSocket> {
    await settle();
    this.socket.events.opened();
    this.socket.take();
    const time = new Date(this.time).toISOString();
    this.socket.say({ op: "welcome", person: null, desk: null, heartbeat: 25, limits: {}, time, ...more });
    await settle();
    return this.socket;
  }
}

/** Lets pending promises settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

export type Lines = RoomState<readonly string[]>;

/** A room whose state is the list of its events: `numbered(3, "c")` adds "c". Keyed votes merge. */
export const lines: RoomKind<Lines> = {
  event: (state, event) => (event.type === "chat.removed" ? { ...state, snapshot: [...state.snapshot, event.message] } : state),
  latest: (state, values) => ({ ...state, latest: { votes: { ...state.latest.votes, ...values.votes } } }),
  acknowledged: (state) => state,
};

export function numbered(seq: number, line: string): NumberedEvent {
  return { seq, type: "chat.removed", message: line };
}

export function hidden(seq: number): NumberedEvent {
  return { seq };
}

export function fresh(seq: number, snapshot: readonly string[], more: object = {}) {
  return { snapshot, own: {}, latest: {}, epoch: "e1", seq, audience: "everyone", ...more };
}

export function tail(seq: number, events: readonly NumberedEvent[], more: object = {}) {
  return { resumed: true, events, own: {}, latest: {}, epoch: "e1", seq, audience: "everyone", ...more };
}
