import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live as liveDirective } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { t, tn } from "../i18n";
import { live, RoomController } from "../live/index";
import { booth, meeting } from "../state/booth";
import { lobby } from "../state/lobby";
import type { RoomKind, RoomState, SharedOwn } from "../state/room";
import { presence, session } from "../state/session";
import { Island } from "./island";
import { avatar } from "./parts";
import { toastRefusal } from "./refusal";

/** How many are here, who of them chose to be named, and one's own choice. */
@customElement("plenary-people")
export class People extends Island {
  @property() room = "";
  @property() kind: ChatKind = "session";
  @state() private changing: boolean | null = null; // what was chosen, until the server has agreed
  private readonly followed = new RoomController(this, follow(() => this.kind), () => this.room);

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
        ${repeat(people, ({ id }) => id, ({ name }) => html`<li>${avatar(name)}<span dir="auto">${name}</span></li>`)}
      </ul>
      ${people.length && unnamed > 0 ? html`<p class="faint">${tn("and %(count)s who is not named", "and %(count)s who are not named", unnamed)}</p>` : nothing}
      ${state.own.person
        ? html`<div class="people-self">
            <label class="check"
              ><input type="checkbox" role="switch" .checked=${liveDirective(this.changing ?? state.own.listed)} @change=${this.list} /><span
                >${t("Show my name here")}<small class="soft">${t("Otherwise you are only counted.")}</small></span
              ></label
            >
          </div>`
        : nothing}
    `;
  }

  private readonly list = async (event: Event): Promise<void> => {
    const listed = (event.target as HTMLInputElement).checked;
    this.changing = listed;
    try {
      await live().identity.value?.desk?.send({ op: "presence.list", listed });
    } catch (error) {
      toastRefusal(error);
    } finally {
      this.changing = null;
    }
  };
}

export type ChatKind = "session" | "lobby" | "booth" | "meeting";

const KINDS = { session, lobby, booth, meeting };

/** Rooms with a chat are followed alike, as far as their chats and people go. */
export function follow<Snapshot = unknown>(kind: () => ChatKind): RoomKind<RoomState<Snapshot, SharedOwn>> {
  type Kind = RoomKind<RoomState<Snapshot, SharedOwn>>;
  const of = () => KINDS[kind()] as unknown as Kind;
  return {
    event: (state, event) => of().event(state, event),
    latest: (state, values) => of().latest(state, values),
    acknowledged: (state, command) => of().acknowledged(state, command),
  };
}
