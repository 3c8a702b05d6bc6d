import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t, tn } from "../i18n";
import { live, RoomController, type RoomEvent, type SessionView } from "../live/index";
import { answering, presence, session } from "./state/session";
import { announce } from "../shell/announce";
import { Island } from "../shell/island";
import { sessionTime, startText } from "../shell/session-time";
import { icon, localised, notice, sessionState } from "../shell/parts";

type Place = Pick<SessionView, "starts_at" | "ends_at" | "place">;

/** Title, state, times, number of people, and the question being answered. */
@customElement("plenary-session-head")
export class SessionHead extends Island {
  @property() room = "";
  @state() private moved: Place | null = null; // the previous place and time
  private known: Place | null = null;
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

  /** Removed, or not readmitted: the page shows the reason. */
  private left() {
    const problem = this.followed.room?.problem;
    return problem ? notice(html`<p role="alert">${problem.message}</p>`, { kind: "warning", symbol: "alert" }) : nothing;
  }

  /** Announces that the session has moved, even if that happened while the connection was lost. */
  protected override willUpdate(): void {
    const view = this.followed.state?.snapshot.session;
    if (!view) return;
    const before = this.known;
    this.known = view;
    if (!before || (before.starts_at === view.starts_at && before.place === view.place)) return;
    this.moved ??= before;
    announce(`${t("This session has moved.")} ${startText(view, live().now())} ${view.place}`);
  }

  private move(view: SessionView) {
    const before = this.moved;
    if (!before || (before.starts_at === view.starts_at && before.place === view.place)) return nothing;
    const now = live().now();
    return notice(
      html`<p><strong>${t("This session has moved.")}</strong> ${sessionTime(view, now)}${view.place ? html` · <span dir="auto">${view.place}</span>` : nothing}</p>
        <p class="soft">${t("Before:")} ${startText(before, now)}${before.place ? html` · <span dir="auto">${before.place}</span>` : nothing}</p>
        <button class="button button-small" @click=${() => (this.moved = null)}>${t("Understood")}</button>`,
      { kind: "warning", symbol: "calendar" },
    );
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return this.left();
    const { session: view } = state.snapshot;
    const { count } = presence(state);
    const now = answering(state);
    const subtitle = localised(view, "subtitle");
    return html`
      ${this.move(view)}
      <div class="session-title">
        ${sessionState(view.state, view.cancelled)}
        <h1 dir="auto">${localised(view, "title")}</h1>
        ${subtitle ? html`<p class="session-subtitle" dir="auto">${subtitle}</p>` : nothing}
      </div>
      <p class="session-facts">
        <span>${icon("clock")}${sessionTime(view, live().now())}</span>
        ${view.place ? html`<span dir="auto">${icon("place")}${view.place}</span>` : nothing}
        ${count ? html`<span>${icon("people")}${tn("%(count)s person here", "%(count)s people here", count)}</span>` : nothing}
      </p>
      ${view.cancelled ? nothing : this.strip(view, now?.text, state.snapshot.asking.asking !== "locked")}
    `;
  }

  /** Its height is always the same, so that a question that is taken moves nothing. */
  private strip(view: SessionView, question: string | undefined, open: boolean) {
    if (question !== undefined) {
      return html`<div class="now-strip">
        <p class="now-strip-label">${icon("talk")}${t("Being answered now")}</p>
        <p class="now-strip-text" dir="auto">${question}</p>
      </div>`;
    }
    const ahead = view.state === "scheduled" || view.state === "lobby";
    const words = ahead
      ? open
        ? t("You can ask questions before the session starts.")
        : ""
      : view.state === "ended"
        ? t("The session has ended.")
        : t("No question is being answered at the moment.");
    return html`<div class="now-strip ${ahead ? "now-strip-ahead" : ""}">${words ? html`<p class="now-strip-label">${icon("question")}${words}</p>` : nothing}</div>`;
  }
}
