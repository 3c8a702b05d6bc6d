import { html, nothing } from "lit";
import { t } from "../i18n";
import { ProblemError } from "../live/index";
import { toast } from "./announce";
import { icon } from "./parts";

/** The message for a failed command. */
export function wordsOf(error: unknown): string {
  return error instanceof ProblemError ? error.message : t("This did not work. Try again.");
}

export function toastRefusal(error: unknown): void {
  toast(wordsOf(error), { kind: "fault" });
}

/** The fault of a form, at its field. */
export function fault(text: string, id: string) {
  return text ? html`<p class="field-fault" id=${id} role="alert">${icon("alert")}<span>${text}</span></p>` : nothing;
}
