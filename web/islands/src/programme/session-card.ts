import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import { live, type SessionCard } from "../live/index";
import { icon, localised, sessionState } from "../shell/parts";
import { sessionTime } from "../shell/session-time";
import { isUnstarted } from "./state/lobby";

/** A session in a list of cards, as templates/lobby.html draws it. */
export function sessionCard(card: SessionCard, path: string): TemplateResult {
  const now = live().now();
  const unstarted = isUnstarted(card, now);
  return html`<li class="card card-link session-card ${card.state === "live" ? "session-card-live" : ""}">
    <p class="session-card-head">
      <span class="session-card-when">${sessionTime(card, now)}</span>
      ${card.cancelled || unstarted || card.state !== "scheduled" ? sessionState(card.state, card.cancelled, unstarted) : nothing}
    </p>
    <h3 dir="auto"><a href="${path}/sessions/${card.id}">${localised(card, "title")}</a></h3>
    ${card.place ? html`<p class="session-card-place" dir="auto">${icon("place")}${card.place}</p>` : nothing}
  </li>`;
}

export function sessionCards(cards: readonly SessionCard[], path: string): TemplateResult {
  return html`<ul class="session-cards" role="list">
    ${cards.map((card) => sessionCard(card, path))}
  </ul>`;
}

export function nothingOn(): TemplateResult {
  return html`<p class="soft">${t("No session is live at the moment.")}</p>`;
}
