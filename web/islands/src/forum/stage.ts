import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatCountdown, t } from "../i18n";
import { live, RoomController, type SessionView } from "../live/index";
import "./live/viewing";
import "./stream";
import { session } from "./state/session";
import { Island } from "../shell/island";
import { localised, sessionState } from "../shell/parts";
import { startOf, startText } from "../shell/session-time";

/** The stream or player, or the slate with a countdown. */
@customElement("plenary-stage")
export class Stage extends Island {
  @property() room = "";
  /** The path of the session's page. */
  @property() path = "";
  private readonly followed = new RoomController(this, session, () => this.room);
  private ticking = 0;

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.ticking = window.setInterval(() => {
      if (this.counting) this.requestUpdate();
    }, 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.ticking);
  }

  private get counting(): boolean {
    const shown = this.followed.state?.snapshot;
    return shown?.stage.kind === "slate" && (shown.session.state === "lobby" || shown.session.state === "scheduled");
  }

  protected override render() {
    const snapshot = this.followed.state?.snapshot;
    if (!snapshot) return nothing;
    const { stage, session: view } = snapshot;
    const title = stage.title || localised(view, "title");
    const over = view.state === "ended";
    const rehearsal = view.state === "scheduled" ? html`<p class="stage-private">${t("Only moderators see this stage until the lobby opens.")}</p>` : nothing;
    if (stage.kind === "embed" && !over) {
      return html`<div class="stage">
        <iframe
          class="stage-frame"
          src=${stage.address}
          title=${title}
          sandbox="allow-scripts allow-same-origin allow-presentation allow-popups"
          allow="fullscreen; picture-in-picture; encrypted-media"
          referrerpolicy="strict-origin-when-cross-origin"
        ></iframe>
        ${rehearsal}
      </div>`;
    }
    if (stage.kind === "hls" && !over) {
      return html`<div class="stage">
        <plenary-stream address=${stage.address} name=${title}></plenary-stream>
        ${rehearsal}
      </div>`;
    }
    if (stage.kind === "live" && !over) {
      return html`<div class="stage">
        <plenary-live-stream path=${this.path} name=${title} .air=${stage.air ?? "off"}></plenary-live-stream>
        ${rehearsal}
      </div>`;
    }
    return this.slate(view, title, stage.title !== "");
  }

  /** `titled`: it has a title of its own. Otherwise it shows the session's, which the page then does not repeat. */
  private slate(view: SessionView, title: string, titled: boolean) {
    return html`<div class="stage slate ${titled ? "slate-titled" : ""}" data-scheme="dark">
      <div class="slate-body">
        <p class="slate-state">${sessionState(view.state, view.cancelled)}</p>
        <p class="slate-title" dir="auto">${title}</p>
        ${view.speakers.length
          ? html`<p class="slate-speakers" dir="auto">${view.speakers.map((speaker) => html`<span>${speaker.name}</span>`)}</p>`
          : nothing}
        ${this.time(view)}
      </div>
    </div>`;
  }

  private time(view: SessionView) {
    if (view.cancelled) return nothing;
    if (view.state === "ended") return html`<p class="slate-time">${t("Thank you for being here.")}</p>`;
    if (view.state === "live") return html`<p class="slate-time">${t("No video is shown at the moment.")}</p>`;
    const now = live().now();
    const left = Date.parse(view.starts_at) - now;
    const start = startOf(view, now);
    if (start === "over") return html`<p class="slate-time">${t("This session was scheduled for %(time)s.", { time: startText(view, now) })}</p>`;
    if (start === "late") return html`<p class="slate-time">${t("The moderator is late. The session starts as soon as they are here.")}</p>`;
    if (start === "soon") return html`<p class="slate-time">${t("Starting in a moment")}</p>`;
    if (left > 86_400_000) return html`<p class="slate-time">${t("Starts %(time)s", { time: startText(view, now) })}</p>`;
    return html`<p class="countdown" role="timer" aria-live="off">
      <span>${t("Starts in")}</span><span class="countdown-clock">${formatCountdown(view.starts_at, now)}</span>
    </p>`;
  }
}
