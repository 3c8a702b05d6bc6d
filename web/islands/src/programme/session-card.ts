import { html, nothing, type TemplateResult } from "lit";
import { formatDayShort, t } from "../i18n";
import type { SessionCard } from "../live/index";
import { clock, icon, localised, sessionState } from "../shell/parts";

/** A session in a list of cards, as templates/lobby.html draws it. `dated`: with its day. */
export function sessionCard(card: SessionCard, path: string, { dated = false } = {}): TemplateResult {
  return html`<li class="card card-link session-card ${card.state === "live" ? "session-card-live" : ""}">
    <p class="session-card-head">
      <span class="session-card-when">${dated ? `${formatDayShort(card.starts_at)} · ` : nothing}${clock(card.starts_at)}–${clock(card.ends_at)}</span>
      ${card.cancelled || card.state !== "scheduled" ? sessionState(card.state, card.cancelled) : nothing}
    </p>
    <h3 dir="auto"><a href="${path}/sessions/${card.id}">${localised(card, "title")}</a></h3>
    ${card.place ? html`<p class="session-card-place" dir="auto">${icon("place")}${card.place}</p>` : nothing}
  </li>`;
}

export function sessionCards(cards: readonly SessionCard[], path: string, options?: { dated?: boolean }): TemplateResult {
  return html`<ul class="session-cards" role="list">
    ${cards.map((card) => sessionCard(card, path, options))}
  </ul>`;
}

export function nothingOn(): TemplateResult {
  return html`<p class="soft">${t("No session is live at the moment.")}</p>`;
}
