import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { t } from "../i18n";
import { live, RoomController } from "../live/index";
import { lobby, starredAhead } from "./state/lobby";
import { Island } from "../shell/island";
import { sessionCards } from "./session-card";
import { Ticking } from "../shell/ticking";

const SHOWN = 6;

/** The sessions that the person has starred and that are not over yet. */
@customElement("plenary-starred")
export class Starred extends Island {
  @property() room = "";
  @property() path = "";
  private readonly followed = new RoomController(this, lobby, () => this.room);

  constructor() {
    super();
    new Ticking(this, 60_000);
  }

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const ahead = starredAhead(state, live().now()).slice(0, SHOWN);
    return html`<section aria-labelledby="lobby-starred">
      <h2 id="lobby-starred">${t("Your sessions")}</h2>
      ${ahead.length
        ? sessionCards(ahead, this.path)
        : html`<p class="soft">${t("Star sessions in the programme to see them here and in your calendar.")}</p>`}
    </section>`;
  }
}
