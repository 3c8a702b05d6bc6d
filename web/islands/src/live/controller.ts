import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { DeskRoom } from "../people/state/desk";
import type { AnyState, RoomKind } from "../shell/state/room";
import { live } from "./browser";
import type { Identity } from "./live";
import type { Observable } from "./observable";
import type { Room, RoomStatus, CommandOf } from "./room";
import type { Command, Id, ReplyTo, RoomEvent } from "./types";

interface Options {
  /** Show only public content, as the big screen does. */
  readonly isPublic?: boolean;
  /** Called for every event as it happens, for announcements. */
  readonly onEvent?: (event: RoomEvent) => void;
}

/** Follows a room while its element is in the page, and renders the element again whenever the room changes. */
export class RoomController<State extends AnyState> implements ReactiveController {
  private stops: (() => void)[] = [];
  private followed: Room<State> | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly kind: RoomKind<State>,
    private readonly id: () => Id,
    private readonly options: Options = {},
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.follow();
  }

  hostUpdate(): void {
    this.follow();
  }

  hostDisconnected(): void {
    for (const stop of this.stops) stop();
    this.stops = [];
    this.followed = null;
  }

  /** Null while the element does not know the id of its room. */
  get room(): Room<State> | null {
    return this.followed;
  }

  get state(): State | null {
    return this.followed?.state ?? null;
  }

  get status(): RoomStatus {
    return this.followed?.status.value ?? "joining";
  }

  send<Op extends Command["op"]>(command: CommandOf<Op>): Promise<ReplyTo<Op>> {
    if (!this.followed) throw new Error("the element follows no room");
    return this.followed.send<Op>(command);
  }

  private follow(): void {
    const id = this.id();
    if (id === "" || id === this.followed?.id) return;
    this.hostDisconnected();
    const room = live().room(id, this.kind, { isPublic: this.options.isPublic ?? false });
    const render = () => this.host.requestUpdate();
    this.stops = [room.subscribe(render), room.status.subscribe(render)];
    if (this.options.onEvent) this.stops.push(room.events(this.options.onEvent));
    this.followed = room;
  }
}

/** Renders an element again whenever a value changes, such as `live().connection`. */
export class Follow<T> implements ReactiveController {
  private stop: (() => void) | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly observable: Observable<T>,
  ) {
    host.addController(this);
  }

  get value(): T {
    return this.observable.value;
  }

  hostConnected(): void {
    this.stop = this.observable.subscribe(() => this.host.requestUpdate());
  }

  hostDisconnected(): void {
    this.stop?.();
  }
}

/** Follows the person's desk, and renders the element again whenever the desk changes. It opens the connection, also on pages that follow no room. */
export class DeskController implements ReactiveController {
  private followed: Identity["desk"] = null;
  private stopIdentity = () => {};
  private stopDesk = () => {};

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly changed: () => void = () => {},
  ) {
    host.addController(this);
  }

  get state(): DeskRoom | null {
    return this.followed?.state ?? null;
  }

  hostConnected(): void {
    const { identity } = live();
    this.stopIdentity = identity.subscribe((known) => this.follow(known?.desk ?? null));
    this.follow(identity.value?.desk ?? null);
    live().start();
  }

  hostDisconnected(): void {
    this.stopIdentity();
    this.stopDesk();
    this.followed = null;
  }

  private follow(desk: Identity["desk"]): void {
    this.stopDesk();
    this.followed = desk;
    const render = () => {
      this.changed();
      this.host.requestUpdate();
    };
    this.stopDesk = desk?.subscribe(render) ?? (() => {});
    render();
  }
}
