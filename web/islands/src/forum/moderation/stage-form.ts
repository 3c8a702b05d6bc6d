import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t } from "../../i18n";
import { RoomController, type StageKind } from "../../live/index";
import { toast } from "../../shell/announce";
import { fault, wordsOf } from "../../shell/refusal";
import { playerAddress } from "../players";
import { session } from "../state/session";
import "../stream";

/** The form for the stage, with a preview before everyone sees it. */
@customElement("plenary-stage-form")
export class StageForm extends LitElement {
  @property() room = "";
  @state() private kind: StageKind | "" = "";
  @state() private address: string | null = null;
  @state() private name: string | null = null;
  @state() private preview = "";
  @state() private problem = "";
  private readonly followed = new RoomController(this, session, () => this.room);

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const stage = this.followed.state?.snapshot.stage;
    if (!stage) return nothing;
    const kind = this.kind || stage.kind;
    const kinds: readonly (readonly [StageKind, string])[] = [["slate", t("Title card")], ["live", t("Live from a browser")], ["hls", t("Stream")], ["embed", t("Player of another site")]];
    return html`<section class="tool" aria-labelledby="tool-stage">
      <h2 id="tool-stage">${t("Stage")}</h2>
      <form class="stack stack-tight" @submit=${this.show}>
        <div class="segments" role="group" aria-labelledby="tool-stage">
          ${kinds.map(([value, name]) => html`<button type="button" aria-pressed=${value === kind ? "true" : "false"} @click=${() => this.choose(value)}>${name}</button>`)}
        </div>
        ${kind === "slate" ? nothing : kind === "live" ? this.live() : this.source(kind, this.address ?? stage.address)}
        <div class="field">
          <label for="stage-title">${t("Title on the stage (if not the session's)")}</label>
          <input id="stage-title" maxlength="200" .value=${this.name ?? stage.title} @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)} />
        </div>
        <div class="row">
          <button class="button button-small">${t("Show it")}</button>
          ${kind === "slate" || kind === "live" ? nothing : html`<button type="button" class="button button-small button-quiet" @click=${this.look}>${t("Preview")}</button>`}
        </div>
      </form>
    </section>`;
  }

  private live() {
    return html`<p class="field-hint">${t("Speakers and moderators go live on the session's page, with their browser or a program such as OBS.")}</p>`;
  }

  private source(kind: StageKind, address: string) {
    return html`<div class="field">
        <label for="stage-address">${kind === "hls" ? t("Address of the stream (HLS, https)") : t("Address of the player (https)")}</label>
        <input
          id="stage-address"
          type=${kind === "hls" ? "url" : "text"}
          inputmode="url"
          .value=${address}
          aria-describedby="stage-hint stage-fault"
          @input=${(event: Event) => (this.address = (event.target as HTMLInputElement).value)}
          @change=${this.settle}
        />
        ${kind === "embed" ? html`<p class="field-hint" id="stage-hint">${t("The address of a video on YouTube, Vimeo, Twitch or Bilibili works too. Viewers load a player from its own site, which sees their network addresses.")}</p>` : nothing}
        ${fault(this.problem, "stage-fault")}
      </div>
      ${this.preview
        ? html`<div class="stage">
            ${kind === "hls"
              ? html`<plenary-stream address=${this.preview} name=${t("Preview")}></plenary-stream>`
              : html`<iframe class="stage-frame" src=${this.preview} title=${t("Preview")} sandbox="allow-scripts allow-same-origin allow-presentation allow-popups" referrerpolicy="strict-origin-when-cross-origin"></iframe>`}
          </div>`
        : nothing}`;
  }

  private choose(kind: StageKind): void {
    this.kind = kind;
    this.preview = this.problem = "";
  }

  /** The input as the address of a player. */
  private readonly settle = (): string => {
    const stage = this.followed.state?.snapshot.stage;
    const typed = this.address ?? stage?.address ?? "";
    if ((this.kind || stage?.kind) !== "embed") return typed.trim();
    this.address = playerAddress(typed, location.hostname);
    return this.address;
  };

  private readonly look = (): void => {
    const address = this.settle();
    this.problem = address.startsWith("https://") ? "" : t("Give a full address that begins with https://.");
    this.preview = this.problem ? "" : address;
  };

  private readonly show = async (event: Event): Promise<void> => {
    event.preventDefault();
    const stage = this.followed.state?.snapshot.stage;
    const kind = this.kind || stage?.kind || "slate";
    const address = kind === "slate" || kind === "live" ? "" : this.settle();
    this.problem = "";
    try {
      await this.followed.send({ op: "stage.show", kind, address, title: this.name ?? stage?.title ?? "" });
      this.kind = this.preview = "";
      this.address = this.name = null;
      const waits = kind !== "slate" && this.followed.state?.snapshot.session.state === "scheduled";
      toast(waits ? t("The stage is ready. Everyone sees it when the lobby opens.") : t("The stage has changed."));
    } catch (error) {
      this.problem = wordsOf(error);
    }
  };
}
