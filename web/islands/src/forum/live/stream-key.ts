import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t } from "../../i18n";
import { RoomController } from "../../live/index";
import { toast } from "../../shell/announce";
import { icon } from "../../shell/parts";
import { toastRefusal } from "../../shell/refusal";
import { session } from "../state/session";
import { streamKey, type StreamKey } from "./endpoint";

/** The address and key for OBS and other programs that publish by WHIP. They are fetched when somebody opens this, and not before. */
@customElement("plenary-stream-key")
export class StreamKeyView extends LitElement {
  @property() room = "";
  @property() path = "";
  @state() private found: StreamKey | null = null;
  private readonly followed = new RoomController(this, session, () => this.room);

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const { found } = this;
    return html`<details class="stream-key" @toggle=${this.opened}>
      <summary>${t("Use OBS or another program")}</summary>
      <div class="stack stack-tight">
        <p class="soft small">${t("In OBS: Settings, Stream, service WHIP. Anyone with this key can go live here in your name, so keep it to yourself.")}</p>
        ${found ? html`${this.value("stream-address", t("Server"), found.address)} ${this.value("stream-key", t("Bearer token"), found.key)}` : nothing}
        <div class="row"><button class="button button-small" @click=${this.renew}>${t("Replace the keys of this session")}</button></div>
      </div>
    </details>`;
  }

  private value(id: string, name: string, text: string) {
    return html`<div class="field">
      <label for=${id}>${name}</label>
      <div class="row row-nowrap">
        <input id=${id} readonly .value=${text} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
        <button class="button button-small" aria-label=${t("Copy: %(name)s", { name })} @click=${() => this.copy(text)}>${icon("link")}${t("Copy")}</button>
      </div>
    </div>`;
  }

  private readonly opened = (event: Event): void => {
    if ((event.target as HTMLDetailsElement).open) void this.fetch();
    else this.found = null;
  };

  private async fetch(): Promise<void> {
    try {
      this.found = await streamKey(`${this.path}/stream-key`);
    } catch (error) {
      toastRefusal(error);
    }
  }

  private async copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text).then(
      () => toast(t("Copied.")),
      () => toast(t("This browser does not let pages copy. Select the text and copy it.")),
    );
  }

  private readonly renew = async (): Promise<void> => {
    try {
      await this.followed.send({ op: "stage.rekey" });
      await this.fetch();
      toast(t("The keys have been replaced. The old ones no longer work."));
    } catch (error) {
      toastRefusal(error);
    }
  };
}
