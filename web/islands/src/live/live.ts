import { t } from "../i18n";
import { desk, type DeskRoom } from "../people/state/desk";
import type { AnyState, RoomKind } from "../shell/state/room";
import { Connection, type ConnectionState, type Passenger, type ConnectionEnvironment } from "./connection";
import { Observable } from "./observable";
import { ProblemError } from "./problem";
import type { Line } from "./line";
import { Room } from "./room";
import type { DirectMessage, Id, Leave, PersonView, Welcome } from "./types";
import type { RoomFrame } from "./wire";

/** The page's identity; `desk` is the room of the person's own notifications. */
export interface Identity {
  readonly person: PersonView | null;
  readonly desk: Room<DeskRoom> | null;
}

interface AnyRoom {
  readonly isPublic: boolean;
  up(fresh: boolean): void;
  down(): void;
  heard(frame: RoomFrame): void;
  head(seq: number | undefined): void;
  refuseSent(problem: ProblemError): void;
  end(problem: ProblemError): void;
}

/** The page's rooms over one connection. */
export class Live implements Passenger {
  /** Null until the first welcome. */
  readonly identity = new Observable<Identity | null>(null);
  private readonly rooms = new Map<Id, AnyRoom>();
  private readonly line: Line;
  private readonly link: Connection;
  private started = false;
  private readonly asked = new Set<(problem: ProblemError) => void>();
  private readonly listeners = new Set<{ readonly room: Id; readonly listener: (message: DirectMessage) => void }>();

  constructor(world: ConnectionEnvironment) {
    const link = new Connection(world, this);
    this.link = link;
    this.line = {
      get open() {
        return link.open;
      },
      request: (frame, answered) => link.request(frame, answered),
      now: () => world.now(),
      timer: (ms, then) => world.timer(ms, then),
      random: () => world.random(),
      key: () => world.key(),
    };
  }

  get connection(): Observable<ConnectionState> {
    return this.link.state;
  }

  /** The room of an id; the same object for everyone who asks. The first one opens the connection. */
  room<State extends AnyState>(id: Id, kind: RoomKind<State>, { isPublic = false }: { isPublic?: boolean } = {}): Room<State> {
    const known = this.rooms.get(id);
    if (known) {
      if (known.isPublic !== isPublic) throw new Error(`room ${id} is followed both as public and as oneself`);
      return known as Room<State>;
    }
    const room = this.made(id, kind, isPublic);
    this.start();
    if (this.link.open) room.up(false);
    return room;
  }

  /** Stops following a room. Unanswered commands are rejected, although they may still take effect. */
  leave(id: Id): void {
    const room = this.rooms.get(id);
    if (!room) return;
    this.rooms.delete(id);
    const leave: Omit<Leave, "id"> = { op: "leave", room: id };
    if (this.link.open) this.link.request(leave, () => undefined);
    room.end(new ProblemError({ code: "closed", message: t("You have left this room.") }));
  }

  /** Opens the connection for a page that only follows its reader's desk. */
  start(): void {
    if (this.started) return;
    this.started = true;
    this.link.start();
  }

  /** Sends a message that is not a recorded command, once, over the current connection. Rejects with ProblemError, "unavailable" when that ends first. */
  ask(frame: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.link.open) return reject(away());
      this.asked.add(reject);
      this.link.request(frame, ({ ok, error }) => {
        this.asked.delete(reject);
        if (error) reject(new ProblemError(error));
        else resolve(ok ?? null);
      });
    });
  }

  /** Calls the listener with direct messages to this page from a room's call. Returns a function that stops it. */
  signals(room: Id, listener: (message: DirectMessage) => void): () => void {
    const heard = { room, listener };
    this.listeners.add(heard);
    return () => void this.listeners.delete(heard);
  }

  /** The network or the page's attention may have changed, or the reader presses “Try now”. */
  retryNow(): void {
    this.link.hint();
  }

  /** The page is suspended (for example into the back-forward cache) and resumed. */
  suspend(): void {
    this.link.suspend();
  }

  restart(): void {
    if (this.started) this.link.start();
  }

  /** The server's time in milliseconds. */
  now(): number {
    return this.link.now();
  }

  // Events of the connection.

  up(welcome: Welcome, fresh: boolean): void {
    const known = this.identity.value;
    const other = known && known.person?.id !== welcome.person?.id;
    const own = welcome.desk ? this.deskOf(welcome.desk) : null;
    for (const room of this.rooms.values()) room.up(fresh || other === true);
    if (!known || other || known.desk !== own || known.person?.name !== welcome.person?.name) {
      this.identity.set({ person: welcome.person, desk: own });
    }
  }

  down(): void {
    for (const room of this.rooms.values()) room.down();
    for (const reject of this.asked) reject(away());
    this.asked.clear();
  }

  heard(frame: RoomFrame): void {
    if (frame.rtc) for (const { room, listener } of [...this.listeners]) if (room === frame.room) listener(frame.rtc);
    this.rooms.get(frame.room)?.heard(frame);
  }

  heads(seqs: Readonly<Record<Id, number>>): void {
    for (const [id, room] of this.rooms) room.head(seqs[id]);
  }

  tooLarge(problem: ProblemError): void {
    for (const room of this.rooms.values()) room.refuseSent(problem);
  }

  stopped(problem: ProblemError): void {
    for (const room of this.rooms.values()) room.end(problem);
  }

  private deskOf(id: Id): Room<DeskRoom> {
    return (this.rooms.get(id) as Room<DeskRoom> | undefined) ?? this.made(id, desk, false);
  }

  private made<State extends AnyState>(id: Id, kind: RoomKind<State>, isPublic: boolean): Room<State> {
    const room = new Room(id, kind, this.line, isPublic);
    this.rooms.set(id, room);
    return room;
  }
}

function away(): ProblemError {
  return new ProblemError({ code: "unavailable", message: t("The connection is interrupted.") });
}
