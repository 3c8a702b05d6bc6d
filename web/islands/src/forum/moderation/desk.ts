import { t, tn } from "../../i18n";
import { ProblemError, type Command, type ModeratedQuestion, type Room } from "../../live/index";
import { moderated, type SessionRoom } from "../state/session";
import { dismiss, say, toast } from "../../shell/announce";
import { toastRefusal, wordsOf } from "../../shell/refusal";
import type { Act, ActContext, Step } from "./acts";
import { spread } from "./batch";

/** What undoes an action on a question. */
interface Undo {
  readonly question: string;
  readonly steps: readonly Step[];
}

/** An action on one question, or on several together. */
interface Past {
  readonly said: string;
  readonly undo: readonly Undo[];
}

const REMEMBERED = 50;

/** A moderator's actions on questions, with undo. */
export class ModerationDesk {
  /** Questions with a pending command, until its effect has arrived. */
  readonly busy = new Map<string, Promise<unknown>>();
  private readonly past: Past[] = [];
  private readonly acts = new Set<Promise<unknown>>();
  private undoing: Promise<unknown> = Promise.resolve();
  private toast = 0;

  constructor(
    private readonly room: () => Room<SessionRoom>,
    private readonly changed: () => void,
    /** A colleague was faster: the current question. */
    private readonly stale: (question: ModeratedQuestion, message: string) => void,
  ) {}

  get around(): ActContext {
    const state = this.room().state;
    return { me: state?.own.person?.id ?? "", screen: state?.snapshot.screen ?? null, answering: state?.snapshot.answering ?? null };
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  act(act: Act, question: ModeratedQuestion): Promise<boolean> {
    return this.do(question, act.command, act.undo(question, this.around), act.done());
  }

  /** Acts on several questions and returns those that were refused. One undo takes all of it back. */
  async actAll(act: Act, questions: readonly ModeratedQuestion[]): Promise<readonly string[]> {
    const undo: Undo[] = [];
    const refused: string[] = [];
    const { around } = this;
    await spread(questions, async (question) => {
      const steps = act.undo(question, around);
      try {
        await this.send(question, act.command(question));
        undo.push({ question: question.id, steps });
      } catch {
        refused.push(question.id);
      }
    });
    if (undo.length) this.keep({ said: `${act.done()} (${undo.length})`, undo });
    if (refused.length) toast(tn("%(count)s question has changed in the meantime and stays as it is.", "%(count)s questions have changed in the meantime and stay as they are.", refused.length), { kind: "fault" });
    return refused;
  }

  /** Sends a command and shows its result. False if it was refused. */
  async do(question: ModeratedQuestion, step: Step, undo: readonly Step[], said: string): Promise<boolean> {
    try {
      await this.send(question, step(question));
    } catch (error) {
      this.refused(error);
      return false;
    }
    this.remember(question.id, said, undo);
    return true;
  }

  /** Sends a command and throws if it is refused, for forms that keep their input. */
  async send(question: ModeratedQuestion, command: Command): Promise<void> {
    const sent = this.sent(command);
    this.busy.set(question.id, sent);
    this.changed();
    try {
      await sent;
    } finally {
      this.busy.delete(question.id);
      this.changed();
    }
  }

  private async sent(command: Command): Promise<void> {
    await this.room().send(command as Extract<Command, { op: "question.pin" }>);
    // The next action and its undo are computed from the result of this one.
    await this.room().current();
  }

  /** The question once no command for it is pending; null if it is gone. */
  async settled(id: string): Promise<ModeratedQuestion | null> {
    await this.busy.get(id)?.catch(() => undefined);
    const state = this.room().state;
    return state && moderated(state, id);
  }

  /** Shows the result, with undo if possible. Only the last action can be undone. */
  remember(question: string, said: string, steps: readonly Step[]): void {
    this.keep({ said, undo: steps.length ? [{ question, steps }] : [] });
  }

  private keep(past: Past): void {
    if (past.undo.length) this.past.push(past);
    this.past.splice(0, this.past.length - REMEMBERED);
    this.tell(past.said, past.undo.length > 0);
    this.changed();
  }

  tell(said: string, undoable = false): void {
    dismiss(this.toast);
    this.toast = toast(said, undoable ? { act: { label: t("Undo (z)"), run: () => void this.undo() } } : {});
  }

  /** An action is pending from its key press on, even while it waits for another one on the same question. */
  begun(act: Promise<unknown>): void {
    this.acts.add(act);
    void act.finally(() => this.acts.delete(act));
  }

  /** Undoes the last action, even a pending one; returns its question. */
  undo(): Promise<string | null> {
    const before = Promise.allSettled([this.undoing, ...this.acts]);
    const undone = before.then(() => this.takeBack());
    this.undoing = undone;
    return undone;
  }

  private async takeBack(): Promise<string | null> {
    const last = this.past.pop();
    if (!last) {
      say(t("Nothing to undo."));
      return null;
    }
    this.changed();
    const id = last.undo.at(-1)?.question ?? null;
    try {
      await spread(last.undo, (each) => this.revert(each));
      this.tell(t("Undone: %(act)s", { act: last.said }));
    } catch (error) {
      this.refused(error);
    }
    return id;
  }

  private async revert({ question: id, steps }: Undo): Promise<void> {
    for (const step of steps) {
      const question = await this.settled(id);
      if (question) await this.send(question, step(question));
    }
  }

  refused(error: unknown): void {
    const present = error instanceof ProblemError ? (error.present as ModeratedQuestion | null) : null;
    if (present?.id) this.stale(present, wordsOf(error));
    else toastRefusal(error);
  }
}
