import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t } from "../../i18n";
import type { StageAir } from "../../live/index";
import { icon } from "../../shell/parts";
import { StageLink } from "./link";

const PATIENCE = 6_000; // ms without media, although somebody is live
const OFF_AFTER = 1_500;

/** A live stage: what its speakers publish from their browsers. It starts muted, as browsers require, and repairs itself. */
@customElement("plenary-live-stream")
export class LiveStream extends LitElement {
  /** The path of the session's page. */
  @property() path = "";
  @property() name = "";
  @property() air: StageAir = "off";
  @state() private muted = true;
  @state() private shown = false;
  private stream = new MediaStream();
  private readonly link = new StageLink({
    address: () => `${this.path}/whep`,
    prepare: (pc) => this.prepare(pc),
    changed: () => this.requestUpdate(),
    patience: () => (this.air === "live" ? PATIENCE : Infinity),
  });
  private closing = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.clearTimeout(this.closing);
    this.link.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // Moved within the page, it goes on.
    this.closing = window.setTimeout(() => this.isConnected || this.link.stop(), OFF_AFTER);
  }

  private prepare(pc: RTCPeerConnection): void {
    this.stream = new MediaStream();
    this.shown = false;
    pc.addTransceiver("audio", { direction: "recvonly" });
    pc.addTransceiver("video", { direction: "recvonly" });
    pc.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      this.show();
    };
    this.show();
  }

  private show(): void {
    const video = this.querySelector("video");
    if (!video || this.stream.getTracks().length === 0) return;
    if (video.srcObject !== this.stream) video.srcObject = this.stream;
    video.play().catch(() => undefined); // not allowed here: the controls are there
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("air") && this.air === "live" && this.link.state === "refused") this.link.start();
  }

  protected override render() {
    const words = this.words();
    return html`<video
        class="stage-frame"
        autoplay
        playsinline
        controls
        .muted=${this.muted}
        aria-label=${this.name}
        @playing=${() => (this.shown = true)}
        @volumechange=${(event: Event) => (this.muted = (event.target as HTMLVideoElement).muted)}
      ></video>
      ${words
        ? html`<div class="stage-note" role="status"><p>${words}</p></div>`
        : this.muted
          ? html`<button class="button button-primary stage-sound" @click=${this.unmute}>${icon("speaker")}${t("Turn sound on")}</button>`
          : nothing}`;
  }

  /** What is missing; "" while the stage is shown. */
  private words(): string {
    const { link, air } = this;
    if (link.state === "refused") return link.problem?.message ?? "";
    if (air === "lost") return t("The speaker's connection is lost. It comes back by itself.");
    if (air === "off") return t("Waiting for the stream. It starts by itself.");
    if (link.state === "broken") return t("The connection to the stage is lost. Connecting again…");
    // A video that goes on with another publisher does not begin to play again.
    return this.shown || link.flowing ? "" : t("Connecting…");
  }

  private readonly unmute = (): void => {
    const video = this.querySelector("video");
    if (!video) return;
    this.muted = video.muted = false;
    video.play().catch(() => undefined);
    video.focus();
  };
}
