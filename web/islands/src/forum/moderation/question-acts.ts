import { html } from "lit";
import { t } from "../../i18n";
import type { ModeratedQuestion } from "../../live/index";
import { icon } from "../../shell/parts";
import { actsFor, type Act } from "./acts";
import type { ModerationDesk } from "./desk";
import type { PanelMode } from "./question-facts";

/** Whether a form can be opened for a question. */
export function allows(question: ModeratedQuestion, mode: PanelMode): boolean {
  const open = question.state === "pending" || question.state === "approved";
  if (mode === "answer") return open || question.state === "dismissed";
  return mode === "label" || mode === "read" || open;
}

/** All actions on a question, immediate ones and those with a form. */
export function questionActs(question: ModeratedQuestion, around: ModerationDesk["around"], act: (act: Act) => void, open: (mode: PanelMode) => void) {
  const acts = actsFor(question, around);
  const forms: readonly (readonly [PanelMode, string, string, string])[] = [
    ["edit", "e", "edit", t("Edit")],
    ["merge", "m", "merge", t("Merge")],
    ["answer", "t", "chat", question.answer ? t("Change the answer") : t("Answer in writing")],
    ["label", "l", "label", t("Labels")],
    ["dismiss", "D", "close", t("Dismiss with a reason")],
  ];
  const first = acts[0];
  return html`<div class="inquest-acts">
    ${acts.map(
      (each) => html`<button
        class="button ${each === first ? "button-primary" : ""} ${each.name === "dismiss" ? "button-danger-quiet" : ""}"
        aria-keyshortcuts=${each.key}
        @click=${() => act(each)}
      >
        ${icon(each.symbol)}${each.label()}<kbd aria-hidden="true">${each.key}</kbd>
      </button>`,
    )}
    ${forms
      .filter(([mode]) => allows(question, mode))
      .map(([mode, key, symbol, name]) => html`<button class="button button-quiet" aria-keyshortcuts=${key} @click=${() => open(mode)}>${icon(symbol)}${name}<kbd aria-hidden="true">${key}</kbd></button>`)}
  </div>`;
}
