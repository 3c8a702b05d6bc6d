import { html } from "lit";
import { t } from "../i18n";
import { REPORT_LENGTH, type ReportReason } from "../live/index";

/** The fields of every report: why, and what happened. */
export function reportFields(comment: string) {
  const reasons: readonly (readonly [ReportReason, string])[] = [
    ["harassment", t("Harassment")],
    ["spam", t("Spam or unwanted selling")],
    ["impersonation", t("Impersonation")],
    ["other", t("Something else")],
  ];
  return html`<fieldset class="stack stack-tight">
      <legend class="label">${t("Why")}</legend>
      ${reasons.map(([value, label], index) => html`<label class="check"><input type="radio" name="reason" value=${value} ?checked=${index === 0} /><span>${label}</span></label>`)}
    </fieldset>
    <div class="field"><label for="report-text">${comment}</label><textarea class="input" id="report-text" name="text" rows="3" maxlength=${REPORT_LENGTH}></textarea></div>`;
}

/** What was entered into them. */
export function reported(form: HTMLFormElement): { reason: ReportReason; text: string } {
  const given = new FormData(form);
  return { reason: given.get("reason") as ReportReason, text: String(given.get("text") ?? "") };
}
