import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { t, tn } from "../../i18n";
import { live, RoomController, type ModeratedQuestion, type RoomEvent } from "../../live/index";
import { laneOf, neighbour, queue, UNFILTERED, type Filter, type Lane } from "../../state/queue";
import { moderated, session, votesOf, type SessionRoom } from "../../state/session";
import { announce, say } from "../announce";
import { Island } from "../island";
import { empty, icon, localised, notice, sessionState } from "../parts";
import { Standing } from "../standing";
import { ACTS, actsFor, ANSWERED, APPROVE, DISMISS, TAKE, type Act } from "./acts";
import { Desk } from "./desk";
import { keysOn, setKeys, shortcut } from "./keys";
import { colleagueDid } from "./colleagues";
import { openHelp } from "./help";
import "./console-tools";
import type { Mode } from "./question-facts";
import type { QuestionPanel } from "./question-panel";
import "./question-panel";
import { laneName, SHOWN_LANES } from "./queue-filter";

import { queueRow } from "./queue-row";

type View = "queue" | "question" | "tools";

/** The moderator's console: the queue, the chosen question, and the tools of the session. */
@customElement("plenary-console")
export class Console extends Island {
  @property() room = "";
  @property() screen = ""; // address of the big screen
  @state() private filter: Filter = UNFILTERED;
  @state() private selected: string | null = null;
  @state() private mode: Mode = "read";
  @state() private view: View = "queue";
  @state() private keys = keysOn();
  @state() private note = "";
  private readonly followed = new RoomController(this, session, () => this.room, { onEvent: (event) => this.happened(event) });
  private readonly standing = new Standing();
  private readonly desk = new Desk(
    () => live().room(this.room, session),
    () => this.requestUpdate(),
    (question, message) => this.stale(question, message),
  );
  private readonly leaving = new Set<string>(); // by the moderator's own act, which is under way
  private shown: readonly string[] = [];
  private place = 0;

  protected override get ready(): boolean {
    return this.followed.state?.snapshot.moderation != null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.keyed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.keyed);
  }

  // What others do.

  private happened(event: RoomEvent): void {
    if (event.type === "question.asked" && event.question.state === "pending") announce(t("New question: %(text)s", { text: event.question.text }));
    if (!("by" in event) || !event.by || event.by.id === this.desk.around.me ) return;
    if (event.question.id === this.selected && colleagueDid(event.type, event.by.name)) {
      this.note = colleagueDid(event.type, event.by.name);
      say(this.note);
    }
  }

  private stale(question: ModeratedQuestion, message: string): void {
    this.note = message;
    this.leaving.delete(question.id);
    this.selected = question.id;
    say(message);
    this.requestUpdate();
  }

  // Drawing.

  protected override willUpdate(): void {
    const state = this.followed.state;
    if (!state?.snapshot.moderation) return;
    const wanted = queue(state, this.filter).map(({ id }) => id);
    const shown = this.standing.show(wanted);
    // The chosen question stays where it was, even when a colleague has dealt with it, until one moves on.
    const { selected } = this;
    const gone = selected !== null && !shown.includes(selected) && !this.leaving.has(selected) && this.shown.includes(selected) && moderated(state, selected);
    this.shown = gone ? [...shown.slice(0, this.place), selected, ...shown.slice(this.place)] : shown;
    for (const id of this.leaving) if (!shown.includes(id)) this.leaving.delete(id);
    const staying = this.shown.filter((id) => !this.leaving.has(id));
    if (selected === null || !staying.includes(selected)) this.select(staying[Math.min(this.place, staying.length - 1)] ?? null);
    else this.place = this.shown.indexOf(selected);
  }

  protected override render() {
    const state = this.followed.state;
    if (!state?.snapshot.moderation) return this.over(state !== null);
    const question = this.selected ? moderated(state, this.selected) : null;
    return html`<div class="console" data-view=${this.view}>
      ${this.bar(state)}
      <section class="console-queue" aria-label=${t("Questions")}>${this.queue(state)}</section>
      <section class="console-question" aria-label=${t("The chosen question")}>
        <button class="button button-quiet console-back" @click=${this.back}>${icon("back", { turns: true })}${t("Queue")}</button>
        ${question
          ? html`<plenary-question-panel
              .question=${question}
              .state=${state}
              .desk=${this.desk}
              .mode=${this.mode}
              .note=${this.note}
              .modeChanged=${(mode: Mode) => this.setMode(mode)}
              .acted=${(act: Act) => void this.act(act, question)}
              .choose=${(id: string) => this.jump(id)}
            ></plenary-question-panel>`
          : empty("question", t("Choose a question."))}
      </section>
      <plenary-console-tools class="console-tools" role="complementary" aria-label=${t("Session")} room=${this.room} screen=${this.screen} .state=${state}></plenary-console-tools>
    </div>`;
  }

  /** The rights, or the place in the room, were lost while the console was open. */
  private over(inside: boolean) {
    const words = inside ? t("You are no longer a moderator here.") : (this.followed.room?.problem?.message ?? "");
    return html`<div class="page page-narrow stack">
      ${notice(html`<p>${words}</p>`, { kind: "warning", symbol: "alert" })}
      ${inside ? html`<p><a class="button" href=${this.screen.replace(/\/screen$/, "")}>${t("To the session")}</a></p>` : nothing}
    </div>`;
  }

  private bar(state: SessionRoom) {
    const { session: view } = state.snapshot;
    return html`<header class="console-bar">
      <div class="console-title">${sessionState(view.state, view.cancelled)}<h1 dir="auto">${localised(view, "title")}</h1></div>
      <div class="row console-bar-tools">
        <button class="button button-quiet button-small" ?disabled=${!this.desk.canUndo} @click=${() => void this.undo()}>${icon("undo")}${t("Undo")}<kbd>z</kbd></button>
        <button class="button button-quiet button-small" @click=${this.help}>${icon("keyboard")}${t("Keys")}<kbd>?</kbd></button>
        <div class="segments console-views" role="group" aria-label=${t("View")}>
          ${(["queue", "tools"] as const).map(
            (view) => html`<button aria-pressed=${(view === "tools") === (this.view === "tools") ? "true" : "false"} @click=${() => (this.view = view)}>
              ${view === "queue" ? t("Queue") : t("Session")}
            </button>`,
          )}
        </div>
      </div>
    </header>`;
  }

  private queue(state: SessionRoom) {
    const wanted = queue(state, this.filter).map(({ id }) => id);
    const news = this.standing.news(wanted);
    const byId = new Map(state.snapshot.moderation?.questions.map((question) => [question.id, question]));
    return html`
      <plenary-queue-filter
        .state=${state}
        .filter=${this.filter}
        .changed=${this.refilter}
        .chosen=${this.lane}
        .done=${() => void this.focusRow()}
      ></plenary-queue-filter>
      <div class="news">
        ${news.count || news.moved
          ? html`<button class="button" @click=${this.settle}>${icon("up")}${news.count ? tn("%(count)s new", "%(count)s new", news.count) : t("Sort again")}</button>`
          : nothing}
      </div>
      ${this.shown.length
        ? html`<div class="queue" role="grid" aria-label=${laneName(this.filter.lane)} aria-rowcount=${this.shown.length}>
            ${repeat(this.shown, (id) => id, (id) => this.row(state, byId.get(id)))}
          </div>`
        : empty(this.filter.lane === "pending" ? "check" : "question", this.nothing())}
    `;
  }

  private nothing(): string {
    if (this.filter.search || this.filter.label || this.filter.claim !== "any") return t("Nothing here fits the filter.");
    return this.filter.lane === "pending" ? t("All done. New questions appear here.") : t("Nothing here yet.");
  }

  private row(state: SessionRoom, question: ModeratedQuestion | undefined) {
    if (!question) return nothing;
    const how = {
      votes: votesOf(state, question.id),
      selected: question.id === this.selected,
      onScreen: state.snapshot.screen === question.id,
      answering: state.snapshot.answering === question.id,
      busy: this.desk.busy.has(question.id),
      elsewhere: laneOf(question) !== this.filter.lane,
      me: this.desk.around.me,
    };
    return guard([question, ...Object.values(how)], () =>
      queueRow(question, how, {
        select: () => this.open(question.id),
        act: (act) => void this.act(act, question),
        quick: actsFor(question, this.desk.around).filter((act) => [APPROVE, DISMISS, TAKE, ANSWERED].includes(act)).slice(0, 2),
      }),
    );
  }

  // Choosing.

  private select(id: string | null): void {
    if (id === this.selected) return;
    this.selected = id;
    this.place = id ? Math.max(0, this.shown.indexOf(id)) : 0;
    this.mode = "read";
    this.note = "";
  }

  private open(id: string): void {
    this.select(id);
    if (matchMedia("(max-width: 52rem)").matches) this.view = "question";
  }

  private readonly back = (): void => {
    this.view = "queue";
    void this.focusRow();
  };

  private async focusRow(): Promise<void> {
    await this.updateComplete;
    const row = this.querySelector<HTMLElement>('.queue-row[aria-selected="true"]');
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  private move(step: number): void {
    this.select(neighbour(this.shown, this.selected, step));
    void this.focusRow();
  }

  /** To a question wherever it stands. */
  private jump(id: string): void {
    const question = this.followed.state && moderated(this.followed.state, id);
    if (!question) return;
    this.filter = { ...UNFILTERED, lane: laneOf(question) };
    this.standing.ask();
    this.leaving.delete(id);
    this.selected = id;
    this.mode = "read";
    this.note = "";
    void this.focusRow();
  }

  private readonly lane = (lane: Lane): void => {
    this.filter = { ...this.filter, lane };
    this.standing.ask();
    this.select(null);
    this.shown = [];
    this.place = 0;
  };

  private readonly settle = (): void => {
    this.standing.ask();
    this.requestUpdate();
  };

  private setMode(mode: Mode): void {
    this.mode = mode;
    if (mode === "read") void this.focusRow();
    else if (matchMedia("(max-width: 52rem)").matches) this.view = "question";
  }

  // Filters.

  private readonly refilter = (changes: Partial<Filter>): void => {
    this.filter = { ...this.filter, ...changes };
    this.standing.ask();
  };

  // Acting.

  private async act(act: Act, question: ModeratedQuestion): Promise<void> {
    if (this.desk.busy.has(question.id)) {
      // A second key on the same question waits for the first.
      const settled = await this.desk.settled(question.id);
      if (settled && act.may(settled, this.desk.around)) await this.act(act, settled);
      return;
    }
    const leaves = this.filter.lane === laneOf(question) && [APPROVE.name, DISMISS.name, "restore", "unmerge", "archive", "unarchive", "answered", "reopen"].includes(act.name);
    // The hand goes on at once; should the act be refused, its question comes back.
    if (leaves) this.leaving.add(question.id);
    if (leaves && question.id === this.selected) {
      const staying = this.shown.filter((id) => id === question.id || !this.leaving.has(id));
      const at = staying.indexOf(question.id);
      const next = staying[at + 1] ?? staying[at - 1] ?? null;
      this.select(next);
      if (this.view === "question" && next === null) this.view = "queue";
      if (document.activeElement?.closest(".queue, .console-question") || document.activeElement === document.body) void this.focusRow();
    }
    if (!(await this.desk.act(act, question))) this.leaving.delete(question.id);
  }

  private async undo(): Promise<void> {
    const id = await this.desk.undo();
    if (id) this.jump(id);
  }

  private readonly help = (): void =>
    openHelp(this.keys, (on) => {
      setKeys(on);
      this.keys = on;
    });

  private readonly keyed = (event: KeyboardEvent): void => {
    const key = shortcut(event);
    if (key === null || !this.ready) return;
    if (!this.keys && !["ArrowDown", "ArrowUp", "Escape"].includes(key)) return;
    if (this.pressed(key)) event.preventDefault();
  };

  /** Whether the key meant something. */
  private pressed(key: string): boolean {
    const state = this.followed.state;
    const question = state && this.selected ? moderated(state, this.selected) : null;
    // While a form is open, letters are meant for it, also in the moment before it has the focus.
    if (this.mode !== "read" && key !== "Escape") return false;
    const number = Number.parseInt(key, 10);
    const lane = SHOWN_LANES[number - 1];
    if (lane) {
      this.lane(lane);
      void this.focusRow();
      return true;
    }
    switch (key) {
      case "j":
      case "ArrowDown":
        this.move(1);
        return true;
      case "k":
      case "ArrowUp":
        this.move(-1);
        return true;
      case "Home":
        this.move(-this.shown.length);
        return true;
      case "End":
        this.move(this.shown.length);
        return true;
      case "z":
      case "u":
        void this.undo();
        return true;
      case "/":
        this.view = "queue";
        void this.focusOn("#queue-search");
        return true;
      case "?":
        this.help();
        return true;
      case "Escape":
        if (this.mode === "read") return false;
        this.setMode("read");
        return true;
    }
    if (!question) return false;
    const modes: Readonly<Record<string, Mode>> = { e: "edit", m: "merge", l: "label", t: "answer", D: "dismiss", Enter: "read" };
    const mode = modes[key];
    if (mode) {
      const panel = this.querySelector<QuestionPanel>("plenary-question-panel");
      if (key === "Enter") this.open(question.id);
      else if (panel?.allows(mode)) this.setMode(mode);
      return true;
    }
    const act = actsFor(question, this.desk.around).find((each) => each.key === key);
    if (act) void this.act(act, question);
    else if (ACTS.some((each) => each.key === key)) say(t("Not possible with this question."));
    return act !== undefined;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has("view")) this.classList.toggle("console-narrow-question", this.view === "question");
  }
}

