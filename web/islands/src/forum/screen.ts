import { html, nothing, type PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { formatCountdown, t, tn } from "../i18n";
import { live, RoomController, type PollView, type PublicQuestion, type SessionView } from "../live/index";
import { isRevealed } from "./state/polls";
import { onScreen, pollOnScreen, session, votesOf, type SessionRoom } from "./state/session";
import { Island } from "../shell/island";
import { optionsOf, pollResults } from "./poll-results";
import { icon, localised, sessionState } from "../shell/parts";
import { sessionTime, startOf, startText } from "../shell/session-time";

const SHOWN = 5;

/** The big screen: the selected question as large as it fits, otherwise the most wanted ones, otherwise the slate. It only shows public content and has no controls. */
@customElement("plenary-screen")
export class Screen extends Island {
  @property() room = "";
  @property() address = "";
  @property({ type: Boolean }) overlay = false;
  private readonly followed = new RoomController(this, session, () => this.room, { isPublic: true });
  private ticking = 0;
  private readonly awake = () => void keepAwake();
  private readonly fit = () => this.fitText();

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.ticking = window.setInterval(() => this.requestUpdate(), 1000);
    document.addEventListener("visibilitychange", this.awake);
    window.addEventListener("resize", this.fit);
    void keepAwake();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.ticking);
    document.removeEventListener("visibilitychange", this.awake);
    window.removeEventListener("resize", this.fit);
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const question = onScreen(state);
    const poll = pollOnScreen(state);
    if (this.overlay) {
      if (question) return this.lowerThird(state, question);
      return poll ? html`<div class="overlay-card overlay-poll">${this.poll(state, poll)}</div>` : nothing;
    }
    return html`
      <header class="screen-head">${sessionState(state.snapshot.session.state, state.snapshot.session.cancelled)}<h1 dir="auto">${localised(state.snapshot.session, "title")}</h1></header>
      <div class="screen-body">${question ? this.question(state, question) : poll ? this.poll(state, poll) : this.rest(state)}</div>
      <footer class="screen-foot" ?hidden=${state.snapshot.asking.asking === "locked" && state.snapshot.session.state === "ended"}><span>${t("Ask and vote:")}</span><strong dir="ltr">${this.address}</strong></footer>
    `;
  }

  private question(state: SessionRoom, question: PublicQuestion) {
    const now = state.snapshot.answering === question.id;
    return html`<article class="screen-question ${now ? "screen-question-now" : ""}">
      <p class="screen-text" dir="auto">${question.text}</p>
      <p class="screen-meta">
        <span class="screen-votes">${icon("up")}<span class="numbers">${votesOf(state, question.id)}</span></span>
        <span dir="auto">${question.author ?? t("Anonymous")}</span>
        ${now ? html`<span class="screen-now">${icon("talk")}${t("Being answered now")}</span>` : nothing}
      </p>
    </article>`;
  }

  private poll(state: SessionRoom, poll: PollView) {
    const results = isRevealed(poll) ? state.latest.poll_results?.[poll.id] : undefined;
    return html`<article class="screen-poll ${results ? "" : "screen-poll-waiting"}">
      <p class="screen-poll-title" dir="auto">${poll.title}</p>
      ${results
        ? pollResults(poll, results)
        : html`<ul class="screen-poll-options" role="list">
              ${optionsOf(poll).map((option) => html`<li dir="auto">${option}</li>`)}
            </ul>
            <p class="screen-thanks">${poll.state === "open" ? t("Answer now on your own device.") : t("The poll is closed.")}</p>`}
    </article>`;
  }

  private rest(state: SessionRoom) {
    const { session: view, questions } = state.snapshot;
    const top = questions
      .filter(({ answered_at }) => answered_at === null)
      .sort((a, b) => Number(b.pinned) - Number(a.pinned) || votesOf(state, b.id) - votesOf(state, a.id) || a.approved_at.localeCompare(b.approved_at))
      .slice(0, SHOWN);
    if (view.state === "live" && top.length) {
      return html`<ol class="screen-list" role="list">
        ${repeat(
          top,
          ({ id }) => id,
          (question) => html`<li>
            <span class="screen-votes">${icon("up")}<span class="numbers">${votesOf(state, question.id)}</span></span>
            <span class="screen-list-text" dir="auto">${question.text}</span>
          </li>`,
        )}
      </ol>`;
    }
    return html`<div class="screen-slate">
      <p class="screen-slate-speakers" dir="auto">${view.speakers.map(({ name }) => html`<span>${name}</span>`)}</p>
      ${(view.state === "scheduled" || view.state === "lobby") && !view.cancelled
        ? this.start(view)
        : view.state === "ended"
          ? html`<p class="screen-thanks">${t("Thank you for being here.")}</p>`
          : html`<p class="screen-thanks">${t("Your questions appear here.")}</p>`}
    </div>`;
  }

  private start(view: SessionView) {
    const now = live().now();
    const start = startOf(view, now);
    if (start === "over") return html`<p class="screen-thanks">${t("This session was scheduled for %(time)s.", { time: startText(view, now) })}</p>`;
    if (start === "late") return html`<p class="screen-thanks">${t("The moderator is late. The session starts as soon as they are here.")}</p>`;
    if (start === "soon") return html`<p class="screen-thanks">${t("Starting in a moment")}</p>`;
    const left = Date.parse(view.starts_at) - now;
    return html`<p class="screen-slate-time">${sessionTime(view, now)}</p>
      ${left > 86_400_000
        ? nothing
        : html`<p class="screen-countdown"><span>${t("Starts in")}</span><span class="numbers">${formatCountdown(view.starts_at, now)}</span></p>`}`;
  }

  private lowerThird(state: SessionRoom, question: PublicQuestion) {
    return html`<article class="overlay-card">
      <p class="screen-votes">${icon("up")}<span class="numbers">${votesOf(state, question.id)}</span></p>
      <div>
        <p class="overlay-text" dir="auto">${question.text}</p>
        <p class="overlay-meta" dir="auto">${question.author ?? t("Anonymous")}</p>
      </div>
      <span class="visually-hidden">${tn("vote", "votes", votesOf(state, question.id))}</span>
    </article>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.classList.add("live");
    this.fitText();
  }

  /** As large as the room on the screen allows. */
  private fitText(): void {
    this.fitPoll();
    const text = this.querySelector<HTMLElement>(".screen-text");
    const body = this.querySelector<HTMLElement>(".screen-body");
    if (!text || !body) return;
    const key = `${text.textContent} ${body.clientWidth} ${body.clientHeight}`;
    if (text.dataset["fitted"] === key) return;
    let [low, high] = [16, Math.min(body.clientHeight / 3.5, body.clientWidth / 13)];
    for (let step = 0; step < 8; step += 1) {
      const middle = (low + high) / 2;
      text.style.fontSize = `${middle}px`;
      if (body.scrollHeight <= body.clientHeight + 1 && body.scrollWidth <= body.clientWidth + 1) low = middle;
      else high = middle;
    }
    text.style.fontSize = `${Math.floor(low)}px`;
    text.dataset["fitted"] = key;
  }

  /** A poll is only made smaller if it does not fit. */
  private fitPoll(): void {
    const poll = this.querySelector<HTMLElement>(".screen-poll");
    const body = poll?.parentElement;
    if (!poll || !body) return;
    for (const size of [1, 0.9, 0.8, 0.7, 0.6, 0.5]) {
      poll.style.fontSize = `${size}em`;
      if (body.scrollHeight <= body.clientHeight + 1) return;
    }
  }
}

async function keepAwake(): Promise<void> {
  if (document.visibilityState !== "visible") return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Not allowed, or not on battery: the projector's own settings decide.
  }
}
