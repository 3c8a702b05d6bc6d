import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { RelayFault } from "./call/environment";
import type { Devices, Kind } from "./call/devices";
import { chime, listen } from "./call/level";
import { tryServers, verdictOf, type Verdict } from "./call/trial";
import { t } from "../i18n";
import { icon } from "../shell/parts";
import { selectDevice } from "./select";
import { keep, streamOf } from "./streams";
import { causeWords, networkWords } from "./words";

/** The page before a call: tests camera, microphone, loudspeaker and network. Joining is always possible. Dispatches `join`. */
@customElement("plenary-call-check")
export class CallCheck extends LitElement {
  @property({ attribute: false }) devices!: Devices;
  /** Fetches the servers for the network test. */
  @property({ attribute: false }) servers!: (fault?: RelayFault) => Promise<readonly RTCIceServer[]>;
  @property({ type: Boolean }) busy = false;
  @state() private level = 0;
  @state() private peak = 0;
  @state() private verdict: Verdict | "trying" | "unknown" = "trying";
  @state() private played: "" | "playing" | "heard" = "";
  private heard: MediaStreamTrack | null = null;
  private stopMeter: (() => void) | null = null;
  private stopFollowing: (() => void) | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopFollowing = this.devices.changed.subscribe(() => {
      this.meter();
      this.requestUpdate();
    });
    void this.devices.open();
    void this.tryNetwork();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopMeter?.();
    this.stopFollowing?.();
    this.heard = null;
  }

  protected override render() {
    const { devices } = this;
    const open = devices.micOn || devices.camOn;
    return html`<section class="check-page" aria-labelledby="check-heading">
      <div class="check-view">
        <div class="tile tile-self">
          ${devices.cam
            ? html`<video autoplay playsinline muted .srcObject=${keep(streamOf(devices.cam))} aria-label=${t("Your camera")}></video>`
            : html`<p class="tile-off">${icon("camera-off")}<span>${t("Your camera is off")}</span></p>`}
        </div>
        <div class="check-switches">
          ${this.toggle("mic", devices.micOn, t("Microphone"))} ${this.toggle("cam", devices.camOn, t("Camera"))}
        </div>
      </div>
      <div class="check-list">
        <h2 id="check-heading" tabindex="-1">${t("Ready to join?")}</h2>
        <ul role="list" class="checks">
          ${this.device("cam", t("Camera"), devices.camOn ? t("Works.") : t("Off."), nothing)}
          ${this.device(
            "mic",
            t("Microphone"),
            devices.micOn ? (this.peak > 0.2 ? t("Works.") : t("Say something: the bar should move.")) : t("Off."),
            devices.micOn ? html`<meter class="level" min="0" max="1" .value=${this.level} aria-label=${t("Loudness of your microphone")}></meter>` : nothing,
          )}
          <li class="check-item">
            ${icon("speaker")}
            <div>
              <strong>${t("Loudspeaker")}</strong>
              <p class="soft" role="status">${this.played === "heard" ? t("Did you hear two notes? If not, turn up the volume or choose another speaker.") : t("Play two notes to hear whether it works.")}</p>
              ${selectDevice(devices, "speaker", t("Loudspeaker"))}
            </div>
            <button class="button button-small" ?disabled=${this.played === "playing"} @click=${this.play}>${t("Play")}</button>
          </li>
          ${this.network()}
        </ul>
        <div class="check-join">
          <button class="button button-primary" ?disabled=${this.busy} @click=${() => this.join()}>${open ? t("Join the call") : t("Join without camera and microphone")}</button>
          ${open ? html`<button class="button button-quiet" ?disabled=${this.busy} @click=${this.joinSilently}>${t("Join without camera and microphone")}</button>` : nothing}
        </div>
        <p class="faint small">${t("Video and sound go directly to the others, encrypted. Nothing is recorded.")}</p>
      </div>
    </section>`;
  }

  private toggle(kind: Kind, on: boolean, label: string) {
    const symbol = kind === "mic" ? (on ? "mic" : "mic-off") : on ? "camera" : "camera-off";
    return html`<button class="button button-round ${on ? "" : "button-off"}" aria-pressed=${on} aria-label=${label} title=${label} @click=${() => this.devices.set(kind, !on)}>
      ${icon(symbol)}
    </button>`;
  }

  private device(kind: Kind, name: string, words: string, extra: unknown) {
    const cause = this.devices.faults[kind];
    const [what, remedy] = cause ? causeWords(kind, cause) : [words, ""];
    return html`<li class="check-item ${cause ? "check-fault" : ""}">
      ${icon(cause ? "alert" : kind === "cam" ? "camera" : "mic")}
      <div>
        <strong>${name}</strong>
        <p class="soft" role="status">${what}${remedy ? html` ${remedy}` : nothing}</p>
        ${extra} ${cause ? nothing : selectDevice(this.devices, kind, name)}
      </div>
      ${cause ? html`<button class="button button-small" @click=${() => this.devices.set(kind, true)}>${t("Try again")}</button>` : nothing}
    </li>`;
  }

  private network() {
    const { verdict } = this;
    const trying = verdict === "trying";
    const [look, what, remedy] = trying
      ? (["good", t("Trying UDP and the relay…"), ""] as const)
      : verdict === "unknown"
        ? (["warning", t("The network could not be tested."), t("You can still join.")] as const)
        : networkWords(verdict);
    return html`<li class="check-item ${look === "good" ? "" : `check-${look}`}">
      ${trying ? html`<span class="spinner" aria-hidden="true"></span>` : icon(look === "good" ? "globe" : "alert")}
      <div>
        <strong>${t("Network")}</strong>
        <p class="soft" role="status">${what} ${remedy}</p>
      </div>
      ${trying ? nothing : html`<button class="button button-small" @click=${this.tryNetwork}>${t("Try again")}</button>`}
    </li>`;
  }

  private meter(): void {
    const { mic } = this.devices;
    if (mic === this.heard) return;
    this.stopMeter?.();
    this.heard = mic;
    this.level = this.peak = 0;
    this.stopMeter = mic
      ? listen(mic, (level) => {
          this.level = level;
          this.peak = Math.max(this.peak, level);
        })
      : null;
  }

  private readonly tryNetwork = async (): Promise<void> => {
    this.verdict = "trying";
    try {
      this.verdict = verdictOf(await tryServers(await this.servers(), (config) => new RTCPeerConnection(config)));
      if (this.verdict === "refused") await this.servers("refused");
    } catch {
      this.verdict = "unknown";
    }
  };

  private readonly play = async (): Promise<void> => {
    this.played = "playing";
    try {
      await chime(this.devices.choice.speaker);
    } finally {
      this.played = "heard";
    }
  };

  private readonly joinSilently = (): void => {
    void Promise.all([this.devices.set("mic", false), this.devices.set("cam", false)]).then(() => this.join());
  };

  private join(): void {
    this.devices.remember();
    this.dispatchEvent(new CustomEvent("join"));
  }
}
