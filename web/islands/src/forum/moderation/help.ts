import { html, render } from "lit";
import { t } from "../../i18n";
import { icon, keycap } from "../../shell/parts";

/** The list of all keyboard shortcuts, and the switch that turns them off. */
export function openHelp(on: boolean, turn: (on: boolean) => void): void {
  const keys: readonly (readonly [string, string])[] = [
    ["j  ↓", t("Next question")],
    ["k  ↑", t("Previous question")],
    ["a", t("Approve")],
    ["d", t("Dismiss")],
    ["D", t("Dismiss with a reason")],
    ["r", t("Restore; separate merged questions")],
    ["e", t("Edit")],
    ["m", t("Merge")],
    ["l", t("Labels")],
    ["c", t("Claim, release")],
    ["p", t("Pin, unpin")],
    ["s", t("Show on or remove from the screen")],
    ["n", t("Answer now")],
    ["w", t("Mark answered, open again")],
    ["t", t("Answer in writing")],
    ["x", t("Archive or restore")],
    [t("Space"), t("Select, while several are being selected")],
    ["z  u", t("Undo the last action")],
    ["/", t("Search")],
    ["1 – 6", t("Queue sections")],
    ["?", t("This sheet")],
    ["Esc", t("Close the open panel")],
  ];
  const host = document.createElement("div");
  document.body.append(host);
  render(
    html`<dialog class="dialog dialog-wide" aria-labelledby="help-title" @close=${() => host.remove()}>
      <div class="dialog-head">
        <h2 id="help-title">${t("Keys")}</h2>
        <form method="dialog"><button class="button button-quiet button-icon" aria-label=${t("Close")}>${icon("close")}</button></form>
      </div>
      <div class="dialog-body">
        <dl class="keys">${keys.map(([key, words]) => html`<div><dt>${key.split(/\s{2}/).map((each) => html`${keycap(each)} `)}</dt><dd>${words}</dd></div>`)}</dl>
        <label class="check">
          <input type="checkbox" role="switch" ?checked=${on} @change=${(event: Event) => turn((event.target as HTMLInputElement).checked)} />
          <span>${t("Single-key shortcuts")}<small class="soft">${t("They are off while you type.")}</small></span>
        </label>
      </div>
    </dialog>`,
    host,
  );
  host.querySelector("dialog")?.showModal();
}
