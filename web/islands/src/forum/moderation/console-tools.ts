import { html, LitElement, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t } from "../../i18n";
import type { SessionRoom } from "../state/session";
import "./host-tools";
import "./moderated-people";
import "./poll-form";
import "./polls";

type Tool = "session" | "polls" | "chat" | "people";

const TOOLS: readonly Tool[] = ["session", "polls", "chat", "people"];

/** Beside the queue: how the session runs, its chat, its people. */
@customElement("plenary-console-tools")
export class ConsoleTools extends LitElement {
  @property() room = "";
  @property() screen = "";
  @property({ attribute: false }) state!: SessionRoom;
  @state() private tool: Tool = "session";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const names: Readonly<Record<Tool, string>> = { session: t("Session"), polls: t("Polls"), chat: t("Chat"), people: t("People") };
    return html`
      <div class="tabs console-tabs" role="tablist" aria-label=${t("Session")}>
        ${TOOLS.map(
          (tool) => html`<button
            class="tab"
            role="tab"
            id="tool-${tool}"
            aria-selected=${tool === this.tool ? "true" : "false"}
            aria-controls="tool-panel"
            tabindex=${tool === this.tool ? 0 : -1}
            @click=${() => (this.tool = tool)}
            @keydown=${this.keyed}
          >
            ${names[tool]}
          </button>`,
        )}
      </div>
      <div class="console-tool ${this.tool === "chat" ? "console-tool-chat" : ""}" id="tool-panel" role="tabpanel" aria-labelledby="tool-${this.tool}">${this.shown()}</div>
    `;
  }

  private shown(): TemplateResult {
    if (this.tool === "chat") return html`<plenary-chat room=${this.room} kind="session" earlier=${this.screen.replace(/screen$/, "messages")}></plenary-chat>`;
    if (this.tool === "polls") return html`<plenary-moderated-polls room=${this.room} .state=${this.state}></plenary-moderated-polls>`;
    if (this.tool === "people") return html`<plenary-moderated-people room=${this.room} .state=${this.state}></plenary-moderated-people>`;
    return html`<plenary-host-tools room=${this.room} screen=${this.screen}></plenary-host-tools>`;
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    this.tool = TOOLS[(TOOLS.indexOf(this.tool) + step + TOOLS.length) % TOOLS.length] ?? "session";
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#tool-${this.tool}`)?.focus());
  };
}
