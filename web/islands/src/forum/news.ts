import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { tn } from "../i18n";
import { RoomController } from "../live/index";
import { session, unreadInSession } from "./state/session";

/** The number beside a tab: questions, polls to answer, or unread messages. */
@customElement("plenary-news")
export class News extends LitElement {
  @property() room = "";
  @property() of: "questions" | "polls" | "chat" = "chat";
  private readonly followed = new RoomController(this, session, () => this.room);

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    if (this.of === "questions") {
      const count = state.snapshot.questions.filter((question) => !question.answered_at).length;
      return count ? html`<span class="count">${count}</span>` : nothing;
    }
    if (this.of === "polls") {
      const count = state.snapshot.polls.filter((poll) => poll.state === "open" && !(poll.id in state.own.answers)).length;
      return count
        ? html`<span class="count count-new"><span aria-hidden="true">${count}</span><span class="visually-hidden">${tn("%(count)s to answer", "%(count)s to answer", count)}</span></span>`
        : nothing;
    }
    const count = state.own.person ? unreadInSession(state) : 0;
    if (!count) return nothing;
    return html`<span class="count count-new"
      ><span aria-hidden="true">${count > 99 ? "99+" : count}</span><span class="visually-hidden">${tn("%(count)s unread", "%(count)s unread", count)}</span></span
    >`;
  }
}
