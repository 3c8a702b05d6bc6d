import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatRelative, t } from "../i18n";
import { live, RoomController, type RoomEvent } from "../live/index";
import { lobby, nowAndNext } from "./state/lobby";
import { announce } from "../shell/announce";
import { Island } from "../shell/island";
import { localised } from "../shell/parts";
import { nothingOn, sessionCards } from "./session-card";
import { Ticking } from "../shell/ticking";

/** The current and next sessions of a conference. */
@customElement("plenary-now")
export class Now extends Island {
  @property() room = "";
  @property() path = "";
  private readonly followed = new RoomController(this, lobby, () => this.room, { onEvent: (event) => this.happened(event) });
  private readonly states = new Map<string, string>();

  constructor() {
    super();
    new Ticking(this, 15_000);
  }

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  private happened(event: RoomEvent): void {
    if (event.type !== "session.listed") return;
    const { session } = event;
    if (session.state === "live" && this.states.get(session.id) !== "live") {
      announce(t("Has started: %(title)s", { title: localised(session, "title") }));
    }
    this.states.set(session.id, session.state);
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    for (const { id, state: now } of state.snapshot.sessions) if (!this.states.has(id)) this.states.set(id, now);
    const { now, next } = nowAndNext(state, live().now());
    const first = next[0];
    return html`
      <section aria-labelledby="lobby-now">
        <h2 id="lobby-now">${t("On now")}</h2>
        ${now.length ? sessionCards(now, this.path) : nothingOn()}
      </section>
      ${first
        ? html`<section aria-labelledby="lobby-next">
            <h2 id="lobby-next">${t("Next")} <span class="faint lobby-next-in">${formatRelative(first.starts_at, live().now())}</span></h2>
            ${sessionCards(next, this.path)}
          </section>`
        : nothing}
    `;
  }
}
