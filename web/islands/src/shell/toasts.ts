import { LitElement, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../i18n";
import { Follow } from "../live/index";
import { dismiss, spoken, toast, toasts } from "./announce";
import { icon } from "./parts";

/** The page's only live regions. */
@customElement("plenary-toasts")
export class Toasts extends LitElement {
  private readonly shown = new Follow(this, toasts);
  private readonly said = new Follow(this, spoken);

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** If the page fills the window, there is no room above it for the result of the last form. */
  override connectedCallback(): void {
    super.connectedCallback();
    for (const notice of document.querySelectorAll(":is(.session-page, .console-page) .notices .notice")) {
      toast(notice.textContent.trim(), { kind: notice.classList.contains("notice-fault") ? "fault" : "" });
      notice.remove();
    }
  }

  protected override render() {
    return html`
      <div class="visually-hidden" role="status" aria-live="polite">${this.said.value}</div>
      <div class="toasts" role="region" aria-label=${t("Messages")}>
        <div role="status" aria-live="polite" class="stack stack-tight">
          ${repeat(
            this.shown.value,
            (each) => each.id,
            (each) => html`<div class="toast ${each.kind ? `toast-${each.kind}` : ""}">
              ${each.kind === "fault" ? icon("alert") : nothing}<span>${each.text}</span>
              ${each.act
                ? html`<button
                    class="button button-small"
                    @click=${() => {
                      each.act?.run();
                      dismiss(each.id);
                    }}
                  >
                    ${each.act.label}
                  </button>`
                : nothing}
              <button class="button button-small button-icon" aria-label=${t("Close")} @click=${() => dismiss(each.id)}>${icon("close")}</button>
            </div>`,
          )}
        </div>
      </div>
    `;
  }
}
