import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { t, tn } from "../../i18n";
import { live, RoomController, type ModeratedQuestion, type RoomEvent } from "../../live/index";
import { laneOf, type Filter, type Lane } from "../state/queue";
import { moderated, session, votesOf, type SessionRoom } from "../state/session";
import { announce, say } from "../../shell/announce";
import { Island } from "../../shell/island";
import { empty, icon } from "../../shell/parts";
import { ACTS, actsFor, ANSWERED, APPROVE, DISMISS, LEAVING, TAKE, type Act } from "./acts";
import { QuestionChoice } from "./choice";
import { SelectedRows } from "./batch";
import { batchBar } from "./batch-bar";
import { colleagueDid } from "./colleagues";
import { consoleBar, consoleOver } from "./console-bar";
import "./console-tools";
import { ModerationDesk } from "./desk";
import { openHelp } from "./help";
import { keysOn, MODES, setKeys, shortcut, STEPS } from "./keys";
import { allows } from "./question-acts";
import type { PanelMode } from "./question-facts";
import "./question-panel";
import { laneName, nothingIn, SHOWN_LANES } from "./queue-filter";
import { PhoneBack } from "./phone-back";
import { queueRow } from "./queue-row";

type View = "queue" | "question" | "tools";

/** The moderator's console: the queue, the chosen question, and the tools of the session. */
@customElement("plenary-console")
export class Console extends Island {
  @property() room = "";
  @property() screen = ""; // address of the big screen
  @state() private mode: PanelMode = "read";
  @state() private view: View = "queue";
  @state() private keys = keysOn();
  @state() private note = "";
  private readonly followed = new RoomController(this, session, () => this.room, { onEvent: (event) => this.happened(event) });
  private readonly phone = new PhoneBack(this, () => this.view === "question" && this.back());
  private readonly choice = new QuestionChoice(
    () => this.requestUpdate(),
    () => {
      this.mode = "read";
      this.note = "";
    },
  );
  private readonly marks = new SelectedRows(() => this.requestUpdate());
  private readonly desk = new ModerationDesk(
    () => live().room(this.room, session),
    () => this.requestUpdate(),
    (question, message) => this.stale(question, message),
  );

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

  // Actions of others.

  private happened(event: RoomEvent): void {
    if (event.type === "question.asked" && event.question.state === "pending") announce(t("New question: %(text)s", { text: event.question.text }));
    if (!("by" in event) || !event.by || event.by.id === this.desk.around.me) return;
    if (event.question.id === this.choice.id && colleagueDid(event.type, event.by.name)) {
      this.note = colleagueDid(event.type, event.by.name);
      say(this.note);
    }
  }

  private stale(question: ModeratedQuestion, message: string): void {
    this.note = message;
    this.choice.comeBack(question.id);
    say(message);
  }

  // Drawing.

  protected override willUpdate(): void {
    const state = this.followed.state;
    if (state?.snapshot.moderation) this.choice.update(state);
  }

  protected override render() {
    const state = this.followed.state;
    if (!state?.snapshot.moderation) return consoleOver(state !== null, this.followed.room?.problem?.message ?? "", this.screen.replace(/\/screen$/, ""));
    const question = this.choice.id ? moderated(state, this.choice.id) : null;
    return html`<div class="console" data-view=${this.view}>
      ${consoleBar(state, { tools: this.view === "tools", undo: this.desk.canUndo ? () => void this.undo() : null, help: this.help, turn: (view) => (this.view = view) })}
      <section class="console-queue" aria-label=${t("Questions")}>${this.queue(state)}</section>
      <section class="console-question" aria-label=${t("Selected question")}>
        <button class="button button-quiet console-back" @click=${this.back}>${icon("back", { turns: true })}${t("Queue")}</button>
        ${question
          ? html`<plenary-question-panel
              .question=${question}
              .state=${state}
              .desk=${this.desk}
              .mode=${this.mode}
              .note=${this.note}
              .modeChanged=${(mode: PanelMode) => this.setMode(mode)}
              .acted=${(act: Act) => this.act(act, question)}
              .choose=${(id: string) => this.jump(id)}
              .leaving=${(left: ModeratedQuestion, done: Promise<boolean>) => this.leaving(left, done)}
            ></plenary-question-panel>`
          : empty("question", t("Select a question."))}
      </section>
      <plenary-console-tools class="console-tools" role="complementary" aria-label=${t("Session")} room=${this.room} screen=${this.screen} .state=${state}></plenary-console-tools>
    </div>`;
  }

  private queue(state: SessionRoom) {
    const { filter, shown } = this.choice;
    const news = this.choice.news(state);
    const byId = new Map(state.snapshot.moderation?.questions.map((question) => [question.id, question]));
    return html`
      <plenary-queue-filter
        .state=${state}
        .filter=${filter}
        .changed=${(changes: Partial<Filter>) => this.choice.narrow(changes)}
        .chosen=${(lane: Lane) => this.lane(lane)}
        .marking=${this.marks.on}
        .mark=${(on: boolean) => this.marks.turn(on)}
        .done=${() => void this.focusRow()}
      ></plenary-queue-filter>
      ${batchBar(this.marks, shown.flatMap((id) => byId.get(id) ?? []), this.desk.around, (act) => this.actAll(act))}
      <div class="news">
        ${news.count || news.moved
          ? html`<button class="button" @click=${() => this.choice.settle()}>${icon("up")}${news.count ? tn("%(count)s new", "%(count)s new", news.count) : t("Sort again")}</button>`
          : nothing}
      </div>
      ${shown.length
        ? html`<div class="queue" role="grid" aria-label=${laneName(filter.lane)} aria-rowcount=${shown.length}>
            ${repeat(shown, (id) => id, (id) => this.row(state, byId.get(id)))}
          </div>`
        : empty(filter.lane === "pending" ? "check" : "question", nothingIn(filter))}
    `;
  }

  private row(state: SessionRoom, question: ModeratedQuestion | undefined) {
    if (!question) return nothing;
    const how = {
      votes: votesOf(state, question.id),
      selected: question.id === this.choice.id,
      onScreen: state.snapshot.screen === question.id,
      answering: state.snapshot.answering === question.id,
      busy: this.desk.busy.has(question.id),
      elsewhere: laneOf(question) !== this.choice.filter.lane,
      me: this.desk.around.me,
      marked: this.marks.on ? this.marks.has(question.id) : null,
    };
    return guard([question, ...Object.values(how)], () =>
      queueRow(question, how, {
        select: () => (this.marks.on ? this.mark(question.id) : this.open(question.id)),
        mark: () => this.mark(question.id),
        act: (act) => this.act(act, question),
        quick: actsFor(question, this.desk.around).filter((act) => [APPROVE, DISMISS, TAKE, ANSWERED].includes(act)).slice(0, 2),
      }),
    );
  }

  // Selection.

  private open(id: string): void {
    this.choice.choose(id);
    if (this.phone.open()) this.view = "question";
  }

  private mark(id: string): void {
    this.choice.choose(id);
    this.marks.toggle(id);
  }

  private lane(lane: Lane): void {
    this.marks.set([]);
    this.choice.lane(lane);
  }

  private readonly back = (): void => {
    this.view = "queue";
    this.phone.close();
    void this.focusRow();
  };

  private async focusRow(): Promise<void> {
    await this.updateComplete;
    const row = this.querySelector<HTMLElement>('.queue-row[aria-selected="true"]');
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  /** Selects a question in any lane. */
  private jump(id: string): void {
    const question = this.followed.state && moderated(this.followed.state, id);
    if (!question) return;
    this.choice.goTo(question);
    void this.focusRow();
  }

  private setMode(mode: PanelMode): void {
    this.mode = mode;
    if (mode === "read") void this.focusRow();
    else if (this.phone.open()) this.view = "question";
  }

  // Actions.

  private act(act: Act, question: ModeratedQuestion): void {
    this.desk.begun(this.acting(act, question));
  }

  private async acting(act: Act, question: ModeratedQuestion): Promise<void> {
    if (this.desk.busy.has(question.id)) {
      // A second key on the same question waits for the first.
      const settled = await this.desk.settled(question.id);
      if (settled && act.may(settled, this.desk.around)) await this.acting(act, settled);
      return;
    }
    const done = this.desk.act(act, question);
    if (LEAVING.has(act.name)) await this.leaving(question, done);
    else await done;
  }

  /** A question leaves its lane: the selection moves on immediately. If the action is refused, its question is selected again. */
  private async leaving(question: ModeratedQuestion, done: Promise<boolean>): Promise<void> {
    if (this.choice.filter.lane === laneOf(question) && this.choice.leave(question.id)) {
      if (this.view === "question" && this.choice.id === null) this.back();
      if (document.activeElement?.closest(".queue, .console-question") || document.activeElement === document.body) void this.focusRow();
    }
    if (!(await done)) this.choice.stay(question.id);
  }

  /** Acts on all marked questions for which this is possible. */
  private actAll(act: Act): void {
    const questions = this.choice.shown.filter((id) => this.marks.has(id)).flatMap((id) => (this.followed.state && moderated(this.followed.state, id)) ?? []);
    const possible = questions.filter((each) => act.may(each, this.desk.around));
    this.marks.set([]);
    for (const { id } of possible) this.choice.leave(id);
    this.desk.begun(this.desk.actAll(act, possible).then((refused) => refused.forEach((id) => this.choice.stay(id))));
    void this.focusRow();
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

  /** Returns whether the key was handled. */
  private pressed(key: string): boolean {
    const state = this.followed.state;
    const question = state && this.choice.id ? moderated(state, this.choice.id) : null;
    // While a form is open, keys are meant for it, even before it has the focus.
    if (this.mode !== "read" && key !== "Escape") return false;
    const lane = SHOWN_LANES[Number.parseInt(key, 10) - 1];
    if (lane) {
      this.lane(lane);
      void this.focusRow();
      return true;
    }
    const steps = STEPS[key];
    if (steps !== undefined) {
      this.choice.step(steps);
      void this.focusRow();
      return true;
    }
    switch (key) {
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
    return this.pressedOn(question, key);
  }

  private pressedOn(question: ModeratedQuestion | null, key: string): boolean {
    const mode = MODES[key];
    const act = question && actsFor(question, this.desk.around).find((each) => each.key === key);
    if (question && key === " " && this.marks.on) this.mark(question.id);
    else if (question && mode === "read") this.open(question.id);
    else if (question && mode && allows(question, mode)) this.setMode(mode);
    else if (act && this.marks.size && [APPROVE, DISMISS].includes(act)) this.actAll(act);
    else if (question && act) this.act(act, question);
    else if ((mode && mode !== "read") || ACTS.some((each) => each.key === key)) this.desk.tell(question ? t("Not possible with this question.") : t("Select a question first."));
    else return false;
    return true;
  }
}
