import { html, nothing } from "lit";
import { t, tn } from "../../i18n";
import type { ModeratedQuestion } from "../../live/index";
import { icon } from "../../shell/parts";
import { APPROVE, DISMISS, type Act, type ActContext } from "./acts";
import type { SelectedRows } from "./batch";

/** What can be done with the marked questions among those shown. */
export function batchBar(marks: SelectedRows, shown: readonly ModeratedQuestion[], around: ActContext, act: (act: Act) => void) {
  if (!marks.on) return nothing;
  const marked = shown.filter(({ id }) => marks.has(id));
  const all = marked.length === shown.length && shown.length > 0;
  return html`<div class="batch-bar" role="group" aria-label=${t("Selected questions")}>
    <label class="check"
      ><input type="checkbox" .checked=${all} .indeterminate=${marked.length > 0 && !all} @change=${() => marks.set(all ? [] : shown.map(({ id }) => id))} /><span role="status"
        >${tn("%(count)s selected", "%(count)s selected", marked.length)}</span
      ></label
    >
    ${[APPROVE, DISMISS].map((each) => {
      const possible = marked.some((question) => each.may(question, around));
      return html`<button class="button button-small ${each === DISMISS ? "button-danger-quiet" : ""}" ?disabled=${!possible} @click=${() => act(each)}>${icon(each.symbol)}${each.label()}</button>`;
    })}
  </div>`;
}
