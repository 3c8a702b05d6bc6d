import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { formatCountdown, t, tn } from "../i18n";
import { live, RoomController, type Command, type PublicQuestion, type RoomEvent, type SessionView } from "../live/index";
import { publicPolls } from "./state/polls";
import { answering, may, pollOnScreen, presence, session, votesOf, type SessionRoom } from "./state/session";
import { announce, toast } from "../shell/announce";
import { Island } from "../shell/island";
import { badge, empty, icon, localised, sessionState } from "../shell/parts";
import { sessionTime, startOf } from "../shell/session-time";
import { pollResults } from "./poll-results";
import { toastRefusal } from "../shell/refusal";
import { Standing } from "./status";

const WANTED = 5; // web/pages/forum/sessions.py: CHOSEN

/** Selected questions in large type: the current one, the next ones, and the time left. */
@customElement("plenary-speaker")
export class Speaker extends Island {
  @property() room = "";
  @state() private busy = "";
  private readonly followed = new RoomController(this, session, () => this.room, { onEvent: (event) => this.happened(event) });
  private readonly standing = new Standing();
  private ticking = 0;

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.ticking = window.setInterval(() => this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.ticking);
  }

  private happened(event: RoomEvent): void {
    const state = this.followed.state;
    const now = state && answering(state);
    if (event.type === "answering.changed" && now) announce(t("Being answered now: %(text)s", { text: now.text }));
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const now = answering(state);
    const chosen = this.chosen(state);
    const byId = new Map(chosen.map((question) => [question.id, question]));
    const wanted = chosen.map(({ id }) => id);
    const shown = this.standing.show(wanted);
    const news = this.standing.news(wanted);
    return html`
      ${this.bar(state)}
      <section class="speaker-now ${now ? "speaker-now-taken" : ""}" aria-labelledby="speaker-now">
        <h2 id="speaker-now">${icon("talk")}${t("Being answered now")}</h2>
        ${now
          ? html`<p class="speaker-question" dir="auto">${now.text}</p>
              <p class="speaker-meta">
                <span dir="auto">${now.author ?? t("Anonymous")}</span><span>${tn("%(count)s vote", "%(count)s votes", votesOf(state, now.id))}</span>
                ${may(state, "question.answered")
                  ? html`<button class="button button-primary" ?disabled=${this.busy === now.id} @click=${() => this.send(now, { op: "question.answered", question: now.id }, t("Answered"))}>
                      ${icon("answered")}${t("Mark answered")}
                    </button>`
                  : nothing}
              </p>`
          : html`<p class="speaker-none">${t("Nothing at the moment.")}</p>`}
      </section>
      <section class="speaker-next" aria-labelledby="speaker-next">
        <div class="row row-apart">
          <h2 id="speaker-next">${t("Next")}</h2>
          ${news.count || news.moved
            ? html`<button class="button button-small" @click=${this.settle}>${news.count ? tn("%(count)s new", "%(count)s new", news.count) : t("Sort again")}</button>`
            : nothing}
        </div>
        ${shown.length
          ? html`<ol role="list" class="speaker-list">
              ${repeat(shown, (id) => id, (id) => this.next(state, byId.get(id)))}
            </ol>`
          : empty("question", t("No questions have been chosen yet."))}
      </section>
      ${this.poll(state)}
    `;
  }

  /** The poll on the big screen, else the newest; last on the page, so that nothing else moves. */
  private poll(state: SessionRoom) {
    const poll = pollOnScreen(state) ?? publicPolls(state.snapshot.polls)[0];
    if (!poll) return nothing;
    const results = state.latest.poll_results?.[poll.id];
    return html`<section class="speaker-next" aria-labelledby="speaker-poll">
      <h2 id="speaker-poll">${t("Poll")}</h2>
      <div class="speaker-card">
        <p class="speaker-card-text" dir="auto">${poll.title}</p>
        <p class="speaker-meta">${poll.state === "open" ? badge(t("Open"), { tone: "green" }) : badge(t("Closed"))}</p>
        ${results ? pollResults(poll, results) : nothing}
      </div>
    </section>`;
  }

  private readonly settle = (): void => {
    this.standing.ask();
    this.requestUpdate();
  };

  private bar(state: SessionRoom) {
    const { session: view } = state.snapshot;
    const now = live().now();
    const begun = view.started_at ? Date.parse(view.started_at) : null;
    const left = Date.parse(view.ends_at) - now;
    const { count } = presence(state);
    return html`<header class="speaker-bar">
      <div class="speaker-title">
        ${sessionState(view.state, view.cancelled)}
        <div><h1 dir="auto">${localised(view, "title")}</h1><p class="soft">${sessionTime(view, now)}</p></div>
      </div>
      <dl class="speaker-times" aria-live="off">
        ${count ? html`<div><dt>${t("Here")}</dt><dd class="numbers">${count}</dd></div>` : nothing}
        ${view.state === "live" && begun !== null
          ? html`<div><dt>${t("Since the start")}</dt><dd class="numbers">${formatCountdown(now, begun)}</dd></div>
              <div class=${left < 300_000 ? "speaker-late" : ""}>
                <dt>${left > 0 ? t("Left") : t("Over time")}</dt>
                <dd class="numbers">${left > 0 ? formatCountdown(view.ends_at, now) : formatCountdown(now, Date.parse(view.ends_at))}</dd>
              </div>`
          : view.state === "scheduled" || view.state === "lobby"
            ? this.start(view, now)
            : nothing}
      </dl>
    </header>`;
  }

  private start(view: SessionView, now: number) {
    const start = startOf(view, now);
    if (start === "over" || view.cancelled) return nothing;
    return start === "late"
      ? html`<div class="speaker-late"><dt>${t("Late by")}</dt><dd class="numbers">${formatCountdown(now, Date.parse(view.starts_at))}</dd></div>`
      : html`<div><dt>${t("Starts in")}</dt><dd class="numbers">${formatCountdown(view.starts_at, now)}</dd></div>`;
  }

  private next(state: SessionRoom, question: PublicQuestion | undefined) {
    if (!question) return nothing;
    return html`<li class="speaker-card">
      <p class="speaker-card-text" dir="auto">${question.text}</p>
      <p class="speaker-meta">
        <span dir="auto">${question.author ?? t("Anonymous")}</span><span>${tn("%(count)s vote", "%(count)s votes", votesOf(state, question.id))}</span>
        ${state.snapshot.screen === question.id ? html`<span class="badge badge-accent">${icon("screen")}${t("On screen")}</span>` : nothing}
        ${question.pinned ? html`<span class="badge badge-accent">${icon("pin")}${t("Pinned")}</span>` : nothing}
        ${may(state, "question.take")
          ? html`<button class="button" ?disabled=${this.busy === question.id} @click=${() => this.send(question, { op: "question.take", question: question.id }, t("Being answered now"))}>
              ${icon("talk")}${t("Answer now")}
            </button>`
          : nothing}
      </p>
    </li>`;
  }

  /** The question on the screen, pinned ones, and the most wanted. */
  private chosen(state: SessionRoom): readonly PublicQuestion[] {
    const { questions, screen, answering: now } = state.snapshot;
    const open = questions
      .filter(({ id, answered_at }) => answered_at === null && id !== now)
      .sort((a, b) => Number(b.pinned) - Number(a.pinned) || votesOf(state, b.id) - votesOf(state, a.id) || a.asked_at.localeCompare(b.asked_at));
    const first = open.filter(({ id, pinned }) => pinned || id === screen);
    return [...first, ...open.filter((question) => !first.includes(question)).slice(0, WANTED)];
  }

  private async send(question: PublicQuestion, command: Command, said: string): Promise<void> {
    this.busy = question.id;
    try {
      await this.followed.send(command as Extract<Command, { op: "question.take" }>);
      toast(said);
    } catch (error) {
      toastRefusal(error);
    } finally {
      this.busy = "";
    }
  }
}
