import { html, render } from "lit";
import { t } from "../i18n";

/** Asks before an action that cannot be undone, or that is recorded. */
export function confirmed(question: string, verb: string, { danger = false } = {}): Promise<boolean> {
  const host = document.createElement("div");
  document.body.append(host);
  const before = document.activeElement;
  return new Promise((resolve) => {
    const closed = (event: Event) => {
      resolve((event.target as HTMLDialogElement).returnValue === "yes");
      host.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
    render(
      html`<dialog class="dialog" aria-labelledby="confirm-question" @close=${closed}>
        <form method="dialog">
          <div class="dialog-body"><p id="confirm-question">${question}</p></div>
          <div class="dialog-foot">
            <button class="button" value="no">${t("Cancel")}</button>
            <button class="button ${danger ? "button-danger" : "button-primary"}" value="yes">${verb}</button>
          </div>
        </form>
      </dialog>`,
      host,
    );
    host.querySelector("dialog")?.showModal();
  });
}
