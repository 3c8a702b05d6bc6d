import { LitElement, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { t } from "../i18n";
import { Follow, live } from "../live/index";
import { icon } from "./parts";

const CALM_MS = 2_000;

/** Shows when the page is not live, but only after a moment, so that short interruptions show nothing. */
@customElement("plenary-connection")
export class ConnectionBanner extends LitElement {
  @state() private late = false;
  private readonly connection = new Follow(this, live().connection);
  private timer = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(): void {
    const fine = this.connection.value.phase === "live";
    if (fine) {
      window.clearTimeout(this.timer);
      this.timer = 0;
      this.late = false;
    } else if (!this.timer) {
      this.timer = window.setTimeout(() => (this.late = true), CALM_MS);
    }
  }

  protected override render() {
    const connection = this.connection.value;
    if (connection.phase === "stopped") {
      return this.bar(
        html`${icon("alert")}<span>${connection.problem.message}</span>
          <button class="button button-small button-quiet" @click=${() => location.reload()}>${t("Reload the page")}</button>`,
      );
    }
    if (connection.phase === "live" || !this.late) return html`<div class="connection" role="status"></div>`;
    return this.bar(
      html`<span class="spinner" aria-hidden="true"></span
        ><span>${t("Reconnecting. Your messages are kept and sent when the connection is back.")}</span>
        ${connection.phase === "offline"
          ? html`<button class="button button-small button-quiet" @click=${() => live().retryNow()}>${t("Try now")}</button>`
          : nothing}`,
    );
  }

  private bar(content: unknown) {
    return html`<div class="connection" role="status"><div>${content}</div></div>`;
  }
}
