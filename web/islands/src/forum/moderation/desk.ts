import { t } from "../../i18n";
import { ProblemError, type Command, type ModeratedQuestion, type Room } from "../../live/index";
import { moderated, type SessionRoom } from "../state/session";
import { dismiss, say, toast } from "../../shell/announce";
import { toastRefusal, wordsOf } from "../../shell/refusal";
import type { Act, ActContext, Step } from "./acts";

interface Undo {
  readonly question: string;
  readonly said: string;
  readonly steps: readonly Step[];
}

const REMEMBERED = 50;

/** A moderator's actions on questions, with undo. */
export class ModerationDesk {
  /** Questions with a pending command, until its effect has arrived. */
  readonly busy = new Map<string, Promise<unknown>>();
  private readonly past: Undo[] = [];
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
    if (steps.length) this.past.push({ question, said, steps });
    this.past.splice(0, this.past.length - REMEMBERED);
    this.tell(said, steps.length > 0);
    this.changed();
  }

  private tell(said: string, undoable: boolean): void {
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
    try {
      for (const step of last.steps) {
        const question = await this.settled(last.question);
        if (!question) return null;
        await this.send(question, step(question));
      }
      this.tell(t("Undone: %(act)s", { act: last.said }), false);
      return last.question;
    } catch (error) {
      this.refused(error);
      return last.question;
    }
  }

  refused(error: unknown): void {
    const present = error instanceof ProblemError ? (error.present as ModeratedQuestion | null) : null;
    if (present?.id) this.stale(present, wordsOf(error));
    else toastRefusal(error);
  }
}
