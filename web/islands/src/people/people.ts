import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { t, tn } from "../i18n";
import { live, RoomController } from "../live/index";
import { booth, meeting } from "../exhibition/state/booth";
import { lobby } from "../programme/state/lobby";
import type { RoomKind, RoomState, SharedOwn } from "../shell/state/room";
import { presence, session } from "../forum/state/session";
import { Island } from "../shell/island";
import { avatar, personName, profilePath } from "../shell/parts";
import { Switches } from "../shell/switches";

/** The number of people here, those who chose to be named, and the person's own choice. */
@customElement("plenary-people")
export class People extends Island {
  @property() room = "";
  @property() kind: ChatKind = "session";
  private readonly followed = new RoomController(this, follow(() => this.kind), () => this.room);
  private readonly switches = new Switches(this);

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const { count, people } = presence(state);
    const unnamed = count - people.length;
    return html`
      <p class="people-count"><strong class="numbers">${count}</strong> ${tn("person here", "people here", count)}</p>
      <ul class="people" role="list">
        ${repeat(people, ({ id }) => id, ({ id, name }) => html`<li>${avatar(name)}${personName(name, state.own.person ? profilePath(id) : "")}</li>`)}
      </ul>
      ${people.length && unnamed > 0 ? html`<p class="faint">${tn("and %(count)s without a name", "and %(count)s without names", unnamed)}</p>` : nothing}
      ${state.own.person
        ? html`<div class="people-self">${this.switches.draw(t("Show my name here"), state.own.listed, this.list, t("Otherwise you are only counted."))}</div>`
        : nothing}
    `;
  }

  private readonly list = async (listed: boolean): Promise<void> => {
    await live().identity.value?.desk?.send({ op: "presence.list", listed });
  };
}

export type ChatKind = "session" | "lobby" | "booth" | "meeting";

const KINDS = { session, lobby, booth, meeting };

/** The common interface of all rooms with a chat. */
export function follow<Snapshot = unknown>(kind: () => ChatKind): RoomKind<RoomState<Snapshot, SharedOwn>> {
  type Kind = RoomKind<RoomState<Snapshot, SharedOwn>>;
  const of = () => KINDS[kind()] as unknown as Kind;
  return {
    event: (state, event) => of().event(state, event),
    latest: (state, values) => of().latest(state, values),
    acknowledged: (state, command) => of().acknowledged(state, command),
  };
}
