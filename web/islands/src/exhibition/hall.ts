import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { t, tn } from "../i18n";
import { RoomController, type BoothCard, type BoothNow } from "../live/index";
import { booth, hall, nowAt } from "./state/booth";
import { Island } from "../shell/island";
import { badge, empty, icon, localised } from "../shell/parts";

/** The activity at a booth: people present, people waiting, and whether its staff are connected. */
function happening(now: BoothNow, calm: string | typeof nothing = nothing) {
  return html`<p class="booth-now">
    ${now.staffed ? badge(t("Staffed now"), { tone: "green" }) : nothing}
    ${now.people ? html`<span class="booth-fact">${icon("people")}${tn("%(count)s here", "%(count)s here", now.people)}</span>` : nothing}
    ${now.waiting ? html`<span class="booth-fact">${icon("clock")}${tn("%(count)s waiting", "%(count)s waiting", now.waiting)}</span>` : nothing}
    ${now.staffed || now.people || now.waiting ? nothing : calm}
  </p>`;
}

/** The booths of a hall. Their activity is live; their order never changes under the reader. */
@customElement("plenary-hall")
export class Hall extends Island {
  @property() room = "";
  @property() path = "";
  private readonly followed = new RoomController(this, hall, () => this.room);

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const { booths } = state.snapshot;
    if (!booths.length) return empty("place", t("No booth is open here yet."));
    return html`<ul class="booth-cards booth-plan" role="list">
      ${repeat(booths, ({ id }) => id, (card) => this.card(card, nowAt(state, card.id)))}
    </ul>`;
  }

  private card(card: BoothCard, now: BoothNow) {
    const name = localised(card, "name");
    const tagline = localised(card, "tagline");
    return html`<li class="card card-link booth-card booth-tier-${card.tier}" data-booth=${card.id}>
      <div class="booth-head">
        ${card.logo
          ? html`<img class="booth-mark" src=${card.logo} alt="" loading="lazy" decoding="async" />`
          : html`<span class="booth-mark" aria-hidden="true">${[...name][0]}</span>`}
        <div>
          <h2 dir="auto"><a href="${this.path}/exhibition/${card.id}">${name}</a></h2>
          <p class="booth-place">${card.number}</p>
        </div>
      </div>
      ${tagline ? html`<p class="booth-tagline" dir="auto">${tagline}</p>` : nothing} ${happening(now, t("Nobody here"))}
    </li>`;
  }
}

/** The activity at one booth. */
@customElement("plenary-booth-now")
export class BoothHappening extends Island {
  @property() room = "";
  @property() booth = "";
  private readonly followed = new RoomController(this, booth, () => this.room);

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  protected override render() {
    const state = this.followed.state;
    return state ? happening(nowAt(state, this.booth)) : nothing;
  }
}
