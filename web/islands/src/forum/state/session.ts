import type {
  Command,
  LatestValues,
  ModeratedQuestion,
  Moderation,
  Own,
  PollView,
  PresenceView,
  PublicQuestion,
  RoomEvent,
  SessionSnapshot,
} from "../../live/types";
import { isRevealed, withPoll, withoutResults } from "./polls";
import { unreadIn, withMessage } from "../../chat/state/chat";
import { withoutRestraint, withoutRole, withRestraint, withRole } from "../../people/state/restraints";
import { acknowledgedOwn, laidOver, merged, without, withQuestion, withVotes, type AnyState, withRead, type RoomKind, type RoomState, type SharedOwn } from "../../shell/state/room";

/** The state of a live session on a page. */
export type SessionRoom = RoomState<SessionSnapshot>;

export const session: RoomKind<SessionRoom> = {
  event: reduce,
  latest: (state, values) => ({
    ...state,
    latest: merged(state.latest, values),
    own: withRead(withAnswers(withVotes(state.own, values.own_votes), values.own_answers), values.own_read),
  }),
  acknowledged: acknowledgedOwn,
};

function reduce(state: SessionRoom, event: RoomEvent): SessionRoom {
  const { snapshot, own } = state;
  switch (event.type) {
    case "session.changed":
      return show(state, { session: event.session });
    case "stage.changed":
    case "stage.prepared":
      return show(state, { stage: event.stage });
    case "asking.changed":
      return show(state, { asking: event.asking });
    case "chat.changed":
      return show(state, { chat: event.chat });
    case "screen.changed":
      return show(state, { screen: event.question, screen_poll: event.poll ?? null }); // older servers have no polls
    case "answering.changed":
      return show(state, { answering: event.question });
    case "question.shown":
      return show(state, { questions: withQuestion(snapshot.questions, event.question) });
    case "question.hidden":
      return hide(state, event.question);
    case "chat.posted":
      return show(state, { messages: withMessage(snapshot.messages, event.message) });
    case "chat.removed":
      return show(state, { messages: without(snapshot.messages, ({ id }) => id === event.message) });
    case "poll.drafted":
    case "poll.opened":
    case "poll.changed":
    case "poll.closed":
    case "poll.archived":
      return poll(state, event.poll);
    case "poll.hidden":
      return forgetResults(show(state, { polls: without(snapshot.polls, ({ id }) => id === event.poll) }), event.poll);
    case "question.own":
      return tell(state, { questions: withQuestion(own.questions, event.question) });
    case "question.asked":
    case "question.revised":
    case "question.withdrawn":
    case "question.approved":
    case "question.dismissed":
    case "question.restored":
    case "question.edited":
    case "question.labelled":
    case "question.claimed":
    case "question.released":
    case "question.merged":
    case "question.unmerged":
    case "question.pinned":
    case "question.unpinned":
    case "question.taken":
    case "question.marked_answered":
    case "question.reopened":
    case "question.archived":
    case "question.unarchived":
    case "question.answer_written":
      return moderate(state, ({ questions }) => ({ questions: withQuestion(questions, event.question) }));
    case "role.granted":
      return moderate(state, ({ roles }) => ({ roles: withRole(roles, { person: event.person, role: event.role }) }));
    case "role.revoked":
      return moderate(state, ({ roles }) => ({ roles: withoutRole(roles, { person: event.person, role: event.role }) }));
    case "person.restrained":
      return moderate(state, ({ restraints }) => ({ restraints: withRestraint(restraints, event.restraint) }));
    case "restraint.lifted":
      return moderate(state, ({ restraints }) => ({ restraints: withoutRestraint(restraints, event.person.id, event.kind) }));
    case "session.listed": // sent in lobbies
    case "star.changed":
    case "booth.listed": // sent in halls
    case "booth.changed": // sent at booths
    case "booth.drafted":
    case "staff.changed":
    case "queue.changed":
    case "queue.own":
    case "shifts.changed":
    case "break.changed":
    case "contact.changed":
    case "contact.own":
    case "lead.changed":
    case "lead.own":
    case "files.changed":
    case "file.consented":
    case "meeting.closed": // sent in meetings
    case "meeting.invited":
    case "meeting.left":
    case "meeting.rated":
    case "block.changed":
    case "desk.notified": // sent on desks
    case "desk.read":
    case "rights.changed":
    case "signin.revoked":
      return state;
    default:
      return unheardOf(event, state);
  }
}

function show(state: SessionRoom, changes: Partial<SessionSnapshot>): SessionRoom {
  return { ...state, snapshot: { ...state.snapshot, ...changes } };
}

/** Only moderators receive the counts of a hidden question. */
function hide(state: SessionRoom, question: string): SessionRoom {
  const shown = show(state, { questions: without(state.snapshot.questions, ({ id }) => id === question) });
  if (state.snapshot.moderation || state.latest.votes?.[question] === undefined) return shown;
  const { [question]: _, ...votes } = state.latest.votes;
  return { ...shown, latest: { ...shown.latest, votes } };
}

function poll(state: SessionRoom, changed: PollView): SessionRoom {
  const shown = show(state, { polls: withPoll(state.snapshot.polls, changed) });
  return isRevealed(changed) ? shown : forgetResults(shown, changed.id);
}

function forgetResults(state: SessionRoom, id: string): SessionRoom {
  const latest = withoutResults(state.latest, id);
  return latest === state.latest ? state : { ...state, latest };
}

function withAnswers(own: Own, changes: LatestValues["own_answers"]): Own {
  return changes ? { ...own, answers: laidOver(own.answers, changes) } : own;
}

function tell(state: SessionRoom, changes: Partial<Own>): SessionRoom {
  return { ...state, own: { ...state.own, ...changes } };
}

function moderate(state: SessionRoom, change: (moderation: Moderation) => Partial<Moderation>): SessionRoom {
  const { moderation } = state.snapshot;
  return moderation ? show(state, { moderation: { ...moderation, ...change(moderation) } }) : state;
}

/** The compiler refuses a type of event that is not handled; a newer server may still send one. */
function unheardOf(_event: never, state: SessionRoom): SessionRoom {
  return state;
}

/** Whether the person may use a command here. */
export function may(state: RoomState<unknown, SharedOwn>, op: Command["op"]): boolean {
  return state.own.can.includes(op);
}

export function votesOf(state: SessionRoom, question: string): number {
  return state.latest.votes?.[question] ?? 0;
}

export function hasVoted(state: SessionRoom, question: string): boolean {
  return state.own.votes.includes(question);
}

export function presence(state: AnyState): PresenceView {
  return state.latest.present?.[""] ?? { count: 0, people: [] };
}

export function unreadInSession(state: SessionRoom): number {
  return unreadIn(state.snapshot.messages, state.own);
}

/** The question that is being answered now, as far as everyone may see it. */
export function answering(state: SessionRoom): PublicQuestion | null {
  return publicly(state, state.snapshot.answering);
}

/** The question on the big screen. */
export function onScreen(state: SessionRoom): PublicQuestion | null {
  return publicly(state, state.snapshot.screen);
}

/** The poll on the big screen. */
export function pollOnScreen({ snapshot }: SessionRoom): PollView | null {
  return snapshot.polls.find(({ id }) => id === snapshot.screen_poll) ?? null;
}

export function moderated(state: SessionRoom, question: string): ModeratedQuestion | null {
  return state.snapshot.moderation?.questions.find(({ id }) => id === question) ?? null;
}

function publicly(state: SessionRoom, question: string | null): PublicQuestion | null {
  return state.snapshot.questions.find(({ id }) => id === question) ?? null;
}
