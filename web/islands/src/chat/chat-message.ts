import { html, nothing } from "lit";
import { t } from "../i18n";
import type { Mark, MessageView } from "../live/index";
import { linked } from "../shell/addresses";
import { avatar, clock, icon, personName } from "../shell/parts";

/** The display of a message in the chat, and the reader's actions on it; null: not available. */
interface How {
  readonly own: boolean;
  readonly follows: boolean; // directly below another one by the same person
  readonly profile: string; // the path of the author's page; empty: none
  readonly remove: (() => void) | null;
  readonly restrain: (() => void) | null;
  readonly report: (() => void) | null;
}

export function chatMessage(message: MessageView, { own, follows, profile, remove, restrain, report }: How) {
  return html`<li class="message ${follows ? "message-follows" : ""} ${own ? "message-own" : ""}">
    ${avatar(message.author.name, { small: true })}
    <div>
      <p class="message-head"><strong>${personName(message.author.name, profile)}</strong> ${message.mark ? html`<span class="badge">${markName(message.mark)}</span>` : nothing} ${clock(message.at)}</p>
      <p class="pre" dir="auto">${linked(message.text)}</p>
    </div>
    ${remove || restrain || report
      ? html`<div class="message-acts">
          ${report ? button("flag", t("Report the message: %(text)s", { text: message.text.slice(0, 80) }), report) : nothing}
          ${restrain ? button("silence", t("Silence or remove %(name)s", { name: message.author.name }), restrain) : nothing}
          ${remove ? button("close", t("Remove this message"), remove) : nothing}
        </div>`
      : nothing}
  </li>`;
}

/** web/templates/chat/macros/chat.html has the same words. */
function markName(mark: Mark): string {
  switch (mark) {
    case "organiser":
      return t("Organiser");
    case "moderator":
      return t("Moderator");
    case "speaker":
      return t("Speaker");
    case "staff":
      return t("Booth staff");
  }
}

function button(symbol: string, label: string, press: () => void) {
  return html`<button class="button button-quiet button-small button-icon" aria-label=${label} title=${label} @click=${press}>${icon(symbol)}</button>`;
}
