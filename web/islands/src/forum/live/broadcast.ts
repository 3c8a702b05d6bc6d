import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t } from "../../i18n";
import { RoomController } from "../../live/index";
import { Devices, type Kind } from "../../meetings/call/devices";
import { selectDevice } from "../../meetings/select";
import { keep, streamOf } from "../../meetings/streams";
import { causeWords } from "../../meetings/words";
import { toast } from "../../shell/announce";
import { icon } from "../../shell/parts";
import { toastRefusal } from "../../shell/refusal";
import { may, session } from "../state/session";
import { BlankPicture } from "./blank";
import { StageLink } from "./link";
import "./stream-key";

const BITRATE = 2_500_000; // as signaling/stage/source.py
const PATIENCE = 4_000; // ms without a report of the stage, which come every second

/** For speakers and moderators: camera and microphone onto the stage, from this browser. Nothing is opened or sent before they ask for it. */
@customElement("plenary-broadcast")
export class Broadcast extends LitElement {
  @property() room = "";
  /** The path of the session's page. */
  @property() path = "";
  @state() private phase: "closed" | "check" | "live" = "closed";
  private take = false;
  private devices: Devices | null = null;
  private stopFollowing: (() => void) | null = null;
  private readonly blank = new BlankPicture();
  private readonly followed = new RoomController(this, session, () => this.room);
  private readonly link = new StageLink({
    address: (replaces) => `${this.path}/whip?${new URLSearchParams({ replaces, ...(this.take ? { take: "1" } : {}) }).toString()}`,
    prepare: (pc) => this.prepare(pc),
    changed: () => this.changed(),
    patience: () => PATIENCE,
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.close();
  }

  protected override render() {
    const snapshot = this.followed.state?.snapshot;
    if (!snapshot || !may(this.followed.state!, "session.start")) return nothing;
    const over = snapshot.session.state === "ended";
    const elsewhere = snapshot.stage.kind === "hls" || snapshot.stage.kind === "embed";
    if (this.phase === "live" && (over || elsewhere)) queueMicrotask(() => this.close());
    if (over || elsewhere) return nothing;
    return html`<section class="broadcast broadcast-${this.phase}" aria-labelledby="broadcast-heading">
      <h2 class="panel-subtitle" id="broadcast-heading">${t("Broadcast")}</h2>
      ${this.phase === "closed"
        ? html`<div class="row">
              <button class="button button-primary" @click=${this.check}>${icon("camera")}${t("Go live from this browser")}</button>
            </div>
            <plenary-stream-key room=${this.room} path=${this.path}></plenary-stream-key>`
        : this.open()}
    </section>`;
  }

  private open() {
    const { devices } = this;
    if (!devices) return nothing;
    const picture = devices.screen ?? devices.cam;
    return html`<div class="broadcast-open">
      <div class="broadcast-view">
        ${picture
          ? html`<video class=${devices.screen ? "" : "broadcast-mirror"} autoplay playsinline muted .srcObject=${keep(streamOf(picture))} aria-label=${t("Your picture")}></video>`
          : html`<p>${icon("camera-off")}<span>${t("Your camera is off")}</span></p>`}
      </div>
      <div class="stack stack-tight">
        <p class="broadcast-state" role="status">${this.words()}</p>
        <div class="row">
          ${this.toggle("mic", devices.micOn, t("Microphone"))} ${this.toggle("cam", devices.camOn, t("Camera"))}
          <button class="button button-round ${devices.screen ? "" : "button-off"}" aria-pressed=${devices.screen !== null} aria-label=${t("Share your screen")} title=${t("Share your screen")} @click=${this.share}>
            ${icon("screen")}
          </button>
        </div>
        ${this.fault("mic")} ${this.fault("cam")} ${selectDevice(devices, "cam", t("Camera"))} ${selectDevice(devices, "mic", t("Microphone"))}
        <div class="row">
          ${this.phase === "check"
            ? html`<button class="button button-primary" ?disabled=${!devices.micOn && !devices.camOn && !devices.screen} @click=${this.start}>${this.link.state === "refused" && this.taken ? t("Take over") : t("Go live")}</button>
                <button class="button" @click=${() => this.close()}>${t("Cancel")}</button>`
            : html`<button class="button button-danger" @click=${() => this.close()}>${icon("stop")}${t("Stop broadcasting")}</button>`}
        </div>
      </div>
    </div>`;
  }

  private words() {
    const { link } = this;
    if (this.phase === "check") return link.problem && link.state === "refused" ? link.problem.message : t("Only you see this picture. Everyone sees and hears you when you go live.");
    const rehearsal = this.followed.state?.snapshot.session.state === "scheduled";
    if (link.state === "connected" && rehearsal) return html`<span class="badge">${t("Rehearsal")}</span> ${t("Only speakers and moderators see you until the lobby opens.")}`;
    if (link.state === "connected") return html`<span class="badge badge-red">${t("Live")}</span> ${t("Everyone in this session sees and hears you.")}`;
    return link.state === "broken" ? t("Your connection to the stage is lost. Connecting again…") : t("Connecting…");
  }

  private get taken(): boolean {
    return (this.link.problem?.present as { name?: string } | null)?.name !== undefined;
  }

  private toggle(kind: Kind, on: boolean, label: string) {
    const symbol = kind === "mic" ? (on ? "mic" : "mic-off") : on ? "camera" : "camera-off";
    return html`<button class="button button-round ${on ? "" : "button-off"}" aria-pressed=${on} aria-label=${label} title=${label} @click=${() => this.devices?.set(kind, !on)}>
      ${icon(symbol)}
    </button>`;
  }

  private fault(kind: Kind) {
    const cause = this.devices?.faults[kind];
    return cause ? html`<p class="field-fault" role="alert">${icon("alert")}<span>${causeWords(kind, cause).join(" ")}</span></p>` : nothing;
  }

  private readonly check = (): void => {
    const devices = (this.devices = new Devices());
    this.stopFollowing = devices.changed.subscribe(() => this.send());
    this.phase = "check";
    this.take = false;
    this.link.problem = null;
    void devices.open();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".broadcast-open .button-primary")?.focus());
  };

  private readonly start = (): void => {
    this.take = this.taken;
    this.link.problem = null;
    this.phase = "live";
    window.addEventListener("beforeunload", this.ask);
    this.link.start();
  };

  private close(): void {
    window.removeEventListener("beforeunload", this.ask);
    this.link.stop();
    this.stopFollowing?.();
    this.stopFollowing = null;
    this.devices?.dispose();
    this.devices = null;
    this.blank.close();
    this.phase = "closed";
  }

  /** A click on a link must not end a talk. */
  private readonly ask = (event: BeforeUnloadEvent): void => event.preventDefault();

  private changed(): void {
    if (this.link.state === "refused" && this.phase === "live") {
      window.removeEventListener("beforeunload", this.ask);
      this.phase = "check";
      if (!this.taken) toast(this.link.problem?.message ?? "", { kind: "fault" });
    }
    if (this.link.state === "connected") this.take = false;
    this.requestUpdate();
  }

  private get tracks(): readonly [MediaStreamTrack | null, MediaStreamTrack] {
    const { audio, camera, screen } = this.devices!.tracks(false);
    return [audio, screen ?? camera ?? this.blank.track];
  }

  private prepare(pc: RTCPeerConnection): void {
    const [audio, video] = this.tracks;
    pc.addTransceiver(audio ?? "audio", { direction: "sendonly" });
    pc.addTransceiver(video, { direction: "sendonly", sendEncodings: [{ maxBitrate: BITRATE }] });
  }

  /** The devices have changed: what is sent follows, without a new connection. */
  private send(): void {
    this.requestUpdate();
    const transceivers = this.link.pc?.getTransceivers() ?? [];
    if (!this.devices || transceivers.length < 2) return;
    const tracks = this.tracks;
    transceivers.slice(0, 2).forEach(({ sender }, at) => {
      const track = tracks[at] ?? null;
      if (sender.track !== track) sender.replaceTrack(track).catch(toastRefusal);
    });
  }

  private readonly share = async (): Promise<void> => {
    const { devices } = this;
    if (devices?.screen) return devices.unshare();
    await devices?.share().catch(() => undefined); // the person has changed their mind
  };
}
