import { html, LitElement } from "lit";
import { customElement, state } from "lit/decorators.js";
import { t } from "../i18n";
import { icon } from "../shell/parts";

const KEY = "plenary-theatre";

/** Switches a wide window between the stage beside the questions and the stage above them. The browser remembers it. */
@customElement("plenary-theatre")
export class Theatre extends LitElement {
  @state() private on = localStorage.getItem(KEY) === "1";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    return html`<button class="button button-small button-quiet" aria-pressed=${this.on ? "true" : "false"} @click=${this.toggle}>${icon("screen")}${t("Theatre view")}</button>`;
  }

  protected override updated(): void {
    this.closest(".session")?.classList.toggle("session-theatre", this.on);
  }

  private readonly toggle = (): void => {
    this.on = !this.on;
    if (this.on) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  };
}
