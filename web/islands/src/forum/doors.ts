import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { t } from "../i18n";
import { RoomController } from "../live/index";
import { may, session } from "./state/session";
import { announce } from "../shell/announce";
import { Island } from "../shell/island";
import { icon } from "../shell/parts";

/** Links to the moderators' console and the speaker's view, which depend on the person's roles. `path` is the session's, `look` the classes of a button. */
@customElement("plenary-doors")
export class Doors extends Island {
  @property() room = "";
  @property() path = "";
  @property() look = "";
  /** If a page has two of these, only one announces changes. */
  @property({ type: Boolean }) silent = false;
  private readonly followed = new RoomController(this, session, () => this.room);
  private known: { moderates: boolean; speaks: boolean } | null = null;

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const now = { moderates: may(state, "question.approve"), speaks: state.own.roles.includes("speaker") };
    if (this.known && !this.silent) {
      if (now.moderates && !this.known.moderates) announce(t("You are now a moderator here."));
      if (now.speaks && !this.known.speaks) announce(t("You are now a speaker here."));
    }
    this.known = now;
    return html`
      ${now.moderates ? html`<a class=${this.look} href="${this.path}/moderate">${icon("settings")}${t("Moderate")}</a>` : nothing}
      ${now.speaks ? html`<a class=${this.look} href="${this.path}/speak">${icon("talk")}${t("Speaker's view")}</a>` : nothing}
    `;
  }
}
