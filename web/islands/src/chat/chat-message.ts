import { html, nothing } from "lit";
import { t } from "../i18n";
import type { Mark, MessageView } from "../live/index";
import { linked } from "../shell/addresses";
import { avatar, clock, icon } from "../shell/parts";

/** The display of a message in the chat, and the reader's actions on it; null: not available. */
interface How {
  readonly own: boolean;
  readonly follows: boolean; // directly below another one by the same person
  readonly remove: (() => void) | null;
  readonly restrain: (() => void) | null;
  readonly report: (() => void) | null;
}

export function chatMessage(message: MessageView, { own, follows, remove, restrain, report }: How) {
  return html`<li class="message ${follows ? "message-follows" : ""} ${own ? "message-own" : ""}">
    ${avatar(message.author.name, { small: true })}
    <div>
      <p class="message-head"><strong dir="auto">${message.author.name}</strong> ${message.mark ? html`<span class="badge">${markName(message.mark)}</span>` : nothing} ${clock(message.at)}</p>
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
