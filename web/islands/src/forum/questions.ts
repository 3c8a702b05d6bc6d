import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { reportQuestion } from "../conduct/report-dialog";
import { t, tn } from "../i18n";
import { RoomController, live, type PublicQuestion, type RoomEvent } from "../live/index";
import { linked } from "../shell/addresses";
import { PublicList, type Sort } from "./state/questions";
import { hasVoted, may, session, votesOf, type SessionRoom } from "./state/session";
import { announce } from "../shell/announce";
import { Island } from "../shell/island";
import { badge, empty, icon } from "../shell/parts";
import { toastRefusal } from "../shell/refusal";
import { Standing } from "./status";

type Tab = "open" | "answered";

/** The public list of questions: votes, sorts, the answered ones. It never moves under the reader. */
@customElement("plenary-questions")
export class Questions extends Island {
  @property() room = "";
  @state() private tab: Tab = "open";
  @state() private sort: Sort = "top";
  @state() private voting: ReadonlySet<string> = new Set();
  private readonly followed = new RoomController(this, session, () => this.room, { onEvent: (event) => this.happened(event) });
  private readonly list = new PublicList();
  private readonly standing = new Standing();
  private asked: readonly string[] = []; // the person's own questions, which are shown immediately

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.returned);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.returned);
  }

  /** Nobody was reading, so the list may be reordered. */
  private readonly returned = () => {
    if (document.visibilityState === "hidden") this.settle();
  };

  private happened(event: RoomEvent): void {
    const state = this.followed.state;
    if (event.type !== "question.shown" || !state) return;
    const own = state.own.questions.some(({ id }) => id === event.question.id);
    if (!this.asked.includes(event.question.id) && !own) announce(t("New question: %(text)s", { text: event.question.text }));
    if (own) this.asked = [...this.asked, event.question.id];
  }

  private settle(): void {
    this.standing.ask();
    this.requestUpdate();
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const { open, answered } = this.list.of(state, this.sort, live().now());
    const chosen = this.tab === "open" ? open : answered;
    const byId = new Map(chosen.map((question) => [question.id, question]));
    const wanted = chosen.map(({ id }) => id);
    const shown = this.standing.show(wanted);
    const news = this.standing.news(wanted);
    return html`
      <div class="questions-bar">
        <div class="segments" role="group" aria-label=${t("Which questions")}>
          ${this.choice(t("Waiting"), this.tab === "open", () => this.show("open"), open.length)}
          ${this.choice(t("Answered"), this.tab === "answered", () => this.show("answered"), answered.length)}
        </div>
        ${this.tab === "open"
          ? html`<div class="segments" role="group" aria-label=${t("Sort by")}>
              ${this.choice(t("Top"), this.sort === "top", () => this.order("top"))}
              ${this.choice(t("New"), this.sort === "new", () => this.order("new"))}
              ${this.choice(t("Rising"), this.sort === "rising", () => this.order("rising"))}
            </div>`
          : nothing}
      </div>
      <div class="news">
        ${news.count || news.moved
          ? html`<button class="button" @click=${this.refresh}>
              ${icon("up")}${news.count ? tn("%(count)s new", "%(count)s new", news.count) : t("Sort again")}
            </button>`
          : nothing}
      </div>
      ${shown.length
        ? html`<ol class="questions" role="list">
            ${repeat(shown, (id) => id, (id) => this.kept(state, byId.get(id)))}
          </ol>`
        : empty("question", this.tab === "open" ? t("No questions yet. Be the first to ask.") : t("Nothing has been answered yet."))}
    `;
  }

  private choice(name: string, chosen: boolean, choose: () => void, count?: number) {
    return html`<button type="button" aria-pressed=${chosen ? "true" : "false"} @click=${choose}>
      ${name}${count === undefined ? nothing : html`<span class="count">${count}</span>`}
    </button>`;
  }

  private show(tab: Tab): void {
    this.tab = tab;
    this.standing.ask();
  }

  private order(sort: Sort): void {
    this.sort = sort;
    this.standing.ask();
  }

  private readonly refresh = (): void => {
    this.settle();
    void this.updateComplete.then(() => this.querySelector(".questions-bar")?.scrollIntoView({ block: "nearest" }));
  };

  private kept(state: SessionRoom, question: PublicQuestion | undefined) {
    if (!question) return nothing;
    const count = votesOf(state, question.id);
    const voted = hasVoted(state, question.id);
    const now = state.snapshot.answering === question.id;
    const can = may(state, "question.vote") && !question.answered_at;
    const busy = this.voting.has(question.id);
    const reportable = may(state, "question.report") && !state.own.questions.some(({ id }) => id === question.id);
    return guard([question, count, voted, now, can, busy, reportable], () => this.question(question, { count, voted, now, can, busy, reportable }));
  }

  private question(question: PublicQuestion, how: { count: number; voted: boolean; now: boolean; can: boolean; busy: boolean; reportable: boolean }) {
    const { count, voted, now, can, busy, reportable } = how;
    return html`<li class="question ${now ? "question-now" : ""}" id="question-${question.id}">
      ${can
        ? html`<button
            class="vote"
            aria-pressed=${voted ? "true" : "false"}
            aria-busy=${busy ? "true" : "false"}
            aria-label=${tn("Vote for this question, %(count)s vote", "Vote for this question, %(count)s votes", count)}
            @click=${() => this.vote(question.id, voted)}
          >
            ${icon("up")}<span class="numbers">${count}</span>
          </button>`
        : html`<span class="vote vote-still"
            >${icon("up")}<span class="numbers">${count}</span><span class="visually-hidden">${tn("vote", "votes", count)}</span></span
          >`}
      <div class="question-body">
        <p class="question-text pre" dir="auto">${linked(question.text)}</p>
        <p class="question-meta">
          <span dir="auto">${question.author ?? t("Anonymous")}</span>
          ${question.edited ? html`<span>${t("edited")}</span>` : nothing}
          ${question.merged ? html`<span>${tn("merged with %(count)s other", "merged with %(count)s others", question.merged)}</span>` : nothing}
          ${question.pinned && !now /* there is room for one of them, and nothing may move */ ? badge(t("Pinned"), { tone: "accent", symbol: "pin" }) : nothing}
          ${now ? badge(t("Being answered now"), { tone: "amber", symbol: "talk" }) : nothing}
        </p>
        ${question.answer
          ? html`<div class="answer">
              <p class="answer-by">${question.answered_by ? t("Answer from %(name)s", { name: question.answered_by }) : t("Answer")}</p>
              <p class="pre" dir="auto">${question.answer}</p>
            </div>`
          : nothing}
      </div>
      ${reportable
        ? html`<button
            class="button button-quiet question-report"
            aria-label=${t("Report the question: %(text)s", { text: question.text.slice(0, 80) })}
            title=${t("Report")}
            @click=${() => reportQuestion((command) => this.followed.send(command), question)}
          >
            ${icon("flag")}
          </button>`
        : nothing}
    </li>`;
  }

  private async vote(question: string, voted: boolean): Promise<void> {
    if (this.voting.has(question)) return;
    this.voting = new Set([...this.voting, question]);
    try {
      await this.followed.send({ op: voted ? "question.unvote" : "question.vote", question });
    } catch (error) {
      toastRefusal(error);
    } finally {
      this.voting = new Set([...this.voting].filter((id) => id !== question));
    }
  }
}
