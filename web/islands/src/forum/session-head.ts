import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { t, tn } from "../i18n";
import { RoomController, type RoomEvent } from "../live/index";
import { answering, presence, session } from "./state/session";
import { announce } from "../shell/announce";
import { Island } from "../shell/island";
import { clock, icon, localised, notice, sessionState } from "../shell/parts";

/** Title, state, times, how many are here, and what is being answered now. */
@customElement("plenary-session-head")
export class SessionHead extends Island {
  @property() room = "";
  private readonly followed = new RoomController(this, session, () => this.room, { onEvent: (event) => this.happened(event) });

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  private happened(event: RoomEvent): void {
    const state = this.followed.state;
    if (!state) return;
    if (event.type === "session.changed") {
      const said = { lobby: t("The session starts soon"), live: t("The session has started"), ended: t("The session has ended"), scheduled: "" };
      if (said[event.session.state]) announce(said[event.session.state]);
    } else if (event.type === "answering.changed" && event.question) {
      const question = answering(state);
      if (question) announce(t("Being answered now: %(text)s", { text: question.text }));
    }
  }

  /** Removed, or not let in again: the page says why. */
  private left() {
    const problem = this.followed.room?.problem;
    return problem ? notice(html`<p role="alert">${problem.message}</p>`, { kind: "warning", symbol: "alert" }) : nothing;
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return this.left();
    const { session: view } = state.snapshot;
    const { count } = presence(state);
    const now = answering(state);
    const subtitle = localised(view, "subtitle");
    return html`
      <div class="session-title">
        ${sessionState(view.state, view.cancelled)}
        <h1 dir="auto">${localised(view, "title")}</h1>
        ${subtitle ? html`<p class="session-subtitle" dir="auto">${subtitle}</p>` : nothing}
      </div>
      <p class="session-facts">
        <span>${icon("clock")}${clock(view.starts_at)}–${clock(view.ends_at)}</span>
        ${view.place ? html`<span dir="auto">${icon("place")}${view.place}</span>` : nothing}
        ${count ? html`<span>${icon("people")}${tn("%(count)s person here", "%(count)s people here", count)}</span>` : nothing}
      </p>
      <div class="now-strip">
        ${now
          ? html`<p class="now-strip-label">${icon("talk")}${t("Being answered now")}</p>
              <p class="now-strip-text" dir="auto">${now.text}</p>`
          : html`<p class="now-strip-label">${icon("question")}${t("No question is being answered at the moment.")}</p>`}
      </div>
    `;
  }
}
