import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t } from "../i18n";
import { icon } from "../shell/parts";
import { pauseBefore } from "./retrying";

/** A stream. It starts muted, as browsers require, and retries automatically when it cannot be played. */
@customElement("plenary-stream")
export class Stream extends LitElement {
  @property() address = "";
  @property() name = "";
  @state() private failed = false;
  @state() private muted = true;
  private attempt = 0;
  private retrying = 0;
  private stop: (() => void) | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  protected override render() {
    return html`<video
        class="stage-frame"
        controls
        playsinline
        aria-label=${this.name}
        @playing=${this.played}
        @volumechange=${(event: Event) => (this.muted = (event.target as HTMLVideoElement).muted)}
      ></video>
      ${this.failed
        ? html`<div class="stage-note" role="status">
            <p>${t("The stream cannot be played right now. It is tried again by itself.")}</p>
            <button class="button" @click=${() => void this.play()}>${t("Try again")}</button>
          </div>`
        : this.muted
          ? html`<button class="button button-primary stage-sound" @click=${this.unmute}>${icon("speaker")}${t("Turn sound on")}</button>`
          : nothing}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("address") || !this.address) return;
    this.attempt = 0;
    const video = this.querySelector("video");
    if (video) video.muted = true;
    void this.play();
  }

  private async play(): Promise<void> {
    this.end();
    const video = this.querySelector("video");
    const { address } = this;
    if (!video) return;
    const { playHls } = await import("./player"); // hls.js is large, and few sessions need it
    if (!this.isConnected || address !== this.address) return;
    this.stop = playHls(video, address, () => this.retry());
    video.play().catch(() => undefined); // not allowed here: the controls are there
  }

  private retry(): void {
    this.failed = true;
    window.clearTimeout(this.retrying);
    this.retrying = window.setTimeout(() => void this.play(), pauseBefore(this.attempt, Math.random()));
    this.attempt += 1;
  }

  private end(): void {
    window.clearTimeout(this.retrying);
    this.stop?.();
    this.stop = null;
  }

  private readonly played = (): void => {
    this.failed = false;
    this.attempt = 0;
  };

  private readonly unmute = (): void => {
    const video = this.querySelector("video");
    if (!video) return;
    video.muted = false;
    video.play().catch(() => undefined);
    video.focus();
  };
}
