import { t } from "../../i18n";
import type { Command, ModeratedQuestion } from "../../live/types";
import { laneOf } from "../state/queue";

/** The context of a moderator's action on a question. */
export interface ActContext {
  readonly me: string;
  readonly screen: string | null;
  readonly answering: string | null;
}

/** A step of an undo: the command for the question's state at that time. */
export type Step = (question: ModeratedQuestion) => Command;

/** The action of a key. `undo` is computed before it happens, and empty if it cannot be undone. */
export interface Act {
  readonly name: string;
  readonly key: string;
  readonly symbol: string;
  label(): string;
  done(): string;
  may(question: ModeratedQuestion, around: ActContext): boolean;
  command(question: ModeratedQuestion): Command;
  undo(before: ModeratedQuestion, around: ActContext): readonly Step[];
}

type Op = "approve" | "restore" | "pin" | "unpin" | "take" | "answered" | "reopen" | "archive" | "unarchive" | "claim" | "release" | "unmerge";

const on = (op: Op): Step => ({ id, version }) => ({ op: `question.${op}`, question: id, version });
const dismiss = (reason: string): Step => ({ id, version }) => ({ op: "question.dismiss", question: id, version, reason });
const show = (id: string | null): Step => () => (id ? { op: "screen.show", question: id } : { op: "screen.clear" });

/** Restores what a question loses when it is no longer public: its pin, its place on the screen, its turn. */
function places(before: ModeratedQuestion, around: ActContext): Step[] {
  const lost: Step[] = [];
  if (before.pinned) lost.push(on("pin"));
  if (around.screen === before.id) lost.push(show(before.id));
  if (around.answering === before.id) lost.push(on("take"));
  return lost;
}

const isPublic = (question: ModeratedQuestion) => question.state === "approved" && question.archived_at === null;

export const APPROVE: Act = {
  name: "approve",
  key: "a",
  symbol: "check",
  label: () => t("Approve"),
  done: () => t("Approved"),
  may: ({ state }) => state === "pending" || state === "dismissed",
  command: on("approve"),
  undo: (before) => [before.state === "dismissed" ? dismiss(before.reason) : on("restore")],
};

export const DISMISS: Act = {
  name: "dismiss",
  key: "d",
  symbol: "close",
  label: () => t("Dismiss"),
  done: () => t("Dismissed"),
  may: ({ state }) => state === "pending" || state === "approved",
  command: dismiss(""),
  undo: (before, around) => (before.state === "approved" ? [on("approve"), ...places(before, around)] : [on("restore")]),
};

export const RESTORE: Act = {
  name: "restore",
  key: "r",
  symbol: "undo",
  label: () => t("Back to pending"),
  done: () => t("Pending again"),
  may: ({ state }) => state === "approved" || state === "dismissed",
  command: on("restore"),
  undo: (before, around) => (before.state === "dismissed" ? [dismiss(before.reason)] : [on("approve"), ...places(before, around)]),
};

export const UNMERGE: Act = {
  name: "unmerge",
  key: "r",
  symbol: "undo",
  label: () => t("Separate again"),
  done: () => t("Separated again"),
  may: ({ state }) => state === "merged",
  command: on("unmerge"),
  undo: ({ into }) => (into ? [({ id, version }) => ({ op: "question.merge", question: id, version, into })] : []),
};

export const PIN: Act = {
  name: "pin",
  key: "p",
  symbol: "pin",
  label: () => t("Pin"),
  done: () => t("Pinned"),
  may: (question) => isPublic(question) && !question.pinned,
  command: on("pin"),
  undo: () => [on("unpin")],
};

export const UNPIN: Act = {
  name: "unpin",
  key: "p",
  symbol: "pin",
  label: () => t("Unpin"),
  done: () => t("Unpinned"),
  may: ({ pinned }) => pinned,
  command: on("unpin"),
  undo: () => [on("pin")],
};

export const SHOW: Act = {
  name: "screen",
  key: "s",
  symbol: "screen",
  label: () => t("Show on the screen"),
  done: () => t("On the big screen"),
  may: (question, { screen }) => isPublic(question) && screen !== question.id,
  command: ({ id }) => ({ op: "screen.show", question: id }),
  undo: (_before, { screen }) => [show(screen)],
};

export const CLEAR: Act = {
  name: "clear",
  key: "s",
  symbol: "screen",
  label: () => t("Remove from the screen"),
  done: () => t("The screen is clear"),
  may: ({ id }, { screen }) => screen === id,
  command: () => ({ op: "screen.clear" }),
  undo: ({ id }) => [show(id)],
};

export const TAKE: Act = {
  name: "take",
  key: "n",
  symbol: "talk",
  label: () => t("Answer now"),
  done: () => t("Being answered now"),
  may: (question, { answering }) => isPublic(question) && answering !== question.id,
  command: on("take"),
  // The only command that ends answering marks the question as answered. So it is sent, and then reverted.
  undo: (before) => [on("answered"), ...(before.answered_at ? [] : [on("reopen")])],
};

export const ANSWERED: Act = {
  name: "answered",
  key: "w",
  symbol: "answered",
  label: () => t("Mark answered"),
  done: () => t("Answered"),
  may: (question) => isPublic(question) && question.answered_at === null,
  command: on("answered"),
  undo: ({ id }, { answering }) => [answering === id ? on("take") : on("reopen")],
};

export const REOPEN: Act = {
  name: "reopen",
  key: "w",
  symbol: "undo",
  label: () => t("Not answered yet"),
  done: () => t("Open again"),
  may: (question) => isPublic(question) && question.answered_at !== null && question.answer === null,
  command: on("reopen"),
  undo: () => [on("answered")],
};

export const ARCHIVE: Act = {
  name: "archive",
  key: "x",
  symbol: "archive",
  label: () => t("Archive"),
  done: () => t("Archived"),
  may: isPublic,
  command: on("archive"),
  undo: (before, around) => [on("unarchive"), ...places(before, around)],
};

export const UNARCHIVE: Act = {
  name: "unarchive",
  key: "x",
  symbol: "undo",
  label: () => t("Restored from the archive"),
  done: () => t("Restored from the archive"),
  may: ({ archived_at }) => archived_at !== null,
  command: on("unarchive"),
  undo: () => [on("archive")],
};

export const CLAIM: Act = {
  name: "claim",
  key: "c",
  symbol: "hand",
  label: () => t("Claim"),
  done: () => t("You are working on it"),
  may: (question, { me }) => question.claimed_by?.id !== me && laneOf(question) !== "withdrawn",
  command: on("claim"),
  undo: () => [on("release")],
};

export const RELEASE: Act = {
  name: "release",
  key: "c",
  symbol: "hand",
  label: () => t("Release"),
  done: () => t("Released"),
  may: ({ claimed_by }, { me }) => claimed_by?.id === me,
  command: on("release"),
  undo: () => [on("claim")],
};

/** In display order. */
export const ACTS: readonly Act[] = [
  APPROVE, TAKE, ANSWERED, REOPEN, SHOW, CLEAR, PIN, UNPIN, CLAIM, RELEASE, UNARCHIVE, ARCHIVE, UNMERGE, RESTORE, DISMISS,
];

/** The actions that move a question to another lane. */
export const LEAVING: ReadonlySet<string> = new Set([APPROVE, DISMISS, RESTORE, UNMERGE, ARCHIVE, UNARCHIVE, ANSWERED, REOPEN].map(({ name }) => name));

/** The actions that are possible for a question now; at most one per key. */
export function actsFor(question: ModeratedQuestion, around: ActContext): readonly Act[] {
  return ACTS.filter((act) => act.may(question, around));
}

export function labelled(labels: readonly string[]): Step {
  return ({ id, version }) => ({ op: "question.label", question: id, version, labels });
}

export function edited(text: string): Step {
  return ({ id, version }) => ({ op: "question.edit", question: id, version, text });
}

export const undone = { unmerge: on("unmerge"), pin: on("pin") };

export { dismiss as dismissed, places };
