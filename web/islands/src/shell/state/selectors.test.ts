import assert from "node:assert/strict";
import test from "node:test";
import lobbyBase from "../../../../../tests/fixtures/reducers/rooms/lobby.json";
import base from "../../../../../tests/fixtures/reducers/rooms/session-attendee.json";
import type { Command, SessionCard } from "../../live/types";
import { KEPT_MESSAGES, withMessage } from "../../chat/state/chat";
import { isUnstarted, nowAndNext, type LobbyRoom } from "../../programme/state/lobby";
import { answering, hasVoted, may, moderated, onScreen, presence, session, unreadInSession, votesOf, type SessionRoom } from "../../forum/state/session";

const STATE = base as unknown as SessionRoom;
const LOBBY = lobbyBase as unknown as LobbyRoom;
const QUESTION = STATE.snapshot.questions[0]!;

test("what a person may do and has done", () => {
  assert.equal(may(STATE, "question.ask"), true);
  assert.equal(may(STATE, "question.approve"), false);
  assert.equal(votesOf(STATE, QUESTION.id), 4);
  assert.equal(votesOf(STATE, "unknown"), 0);
  assert.equal(hasVoted(STATE, QUESTION.id), true);
  assert.equal(presence(STATE).count, 2);
  assert.equal(presence({ ...STATE, latest: {} }).count, 0);
  assert.equal(moderated(STATE, QUESTION.id), null);
});

test("a question that is not public is neither being answered nor on the screen", () => {
  const shown = { ...STATE, snapshot: { ...STATE.snapshot, answering: QUESTION.id, screen: QUESTION.id } };
  assert.equal(answering(shown), QUESTION);
  assert.equal(onScreen(shown), QUESTION);
  const gone = session.event(shown, { type: "question.hidden", question: QUESTION.id });
  assert.equal(answering(gone), null);
  assert.equal(onScreen(gone), null);
});

test("unread are the messages of others behind the mark; reading moves it, never back", () => {
  const message = STATE.snapshot.messages[0]!;
  const other = { ...message, author: { id: "other", name: "Other" } };
  const messages = [3, 4, 5, 6].map((number) => ({ ...(number === 5 ? message : other), id: String(number), number }));
  const state = { ...STATE, own: { ...STATE.own, read: 3 }, snapshot: { ...STATE.snapshot, messages } };
  assert.equal(message.author.id, STATE.own.person?.id);
  assert.equal(unreadInSession(state), 2);
  const read = (number: number): Command => ({ op: "chat.read", number });
  assert.equal(unreadInSession(session.acknowledged(state, read(6))), 0);
  assert.equal(session.acknowledged(state, read(2)), state);
});

test("what does not change keeps its identity, so that it is not rendered again", () => {
  const after = session.event(STATE, { type: "screen.changed", question: QUESTION.id, poll: null });
  assert.equal(after.snapshot.questions, STATE.snapshot.questions);
  assert.equal(after.own, STATE.own);
  const hidden = session.event(STATE, { type: "question.hidden", question: "unknown" });
  assert.equal(hidden.snapshot.questions, STATE.snapshot.questions);
  assert.equal(session.event(STATE, { type: "rights.changed", conference: null }), STATE);
  assert.equal(session.latest(STATE, { own_votes: { [QUESTION.id]: true } }).own, STATE.own);
});

test("an event that only a newer client knows changes nothing", () => {
  const unheardOf = { type: "quiz.opened" } as unknown as Parameters<typeof session.event>[1];
  assert.equal(session.event(STATE, unheardOf), STATE);
});

test("a page keeps a bounded number of messages, the newest", () => {
  const message = STATE.snapshot.messages[0]!;
  const many = Array.from({ length: KEPT_MESSAGES }, (_, number) => ({ ...message, id: String(number), number }));
  const after = withMessage(many, { ...message, id: "new", number: KEPT_MESSAGES });
  assert.deepEqual([after.length, after[0]?.id, after.at(-1)?.id], [KEPT_MESSAGES, "1", "new"]);
});

test("now is what is live whatever the clock says; next is all that starts first", () => {
  const card = LOBBY.snapshot.sessions[0]!;
  const row = (id: string, hour: number, changes: Partial<SessionCard> = {}): SessionCard => ({
    ...card, id, state: "scheduled", starts_at: `2026-11-22T0${hour}:00:00Z`, ends_at: `2026-11-22T0${hour + 1}:00:00Z`, ...changes,
  });
  const sessions = [row("over", 1), row("late", 1, { state: "live" }), row("opening", 3, { state: "lobby" }), row("c", 4, { cancelled: true }), row("d", 5), row("e", 5), row("f", 6)];
  const { now, next } = nowAndNext({ ...LOBBY, snapshot: { ...LOBBY.snapshot, sessions } }, Date.parse("2026-11-22T02:30:00Z"));
  assert.deepEqual([now.map(({ id }) => id), next.map(({ id }) => id)], [["late", "opening"], ["d", "e"]]);
});

test("a session whose time has come is on, and not started until somebody starts it", () => {
  const card = { ...LOBBY.snapshot.sessions[0]!, cancelled: false, starts_at: "2026-11-22T02:00:00Z", ends_at: "2026-11-22T03:00:00Z" };
  const at = (state: SessionCard["state"], time: string) => isUnstarted({ ...card, state }, Date.parse(`2026-11-22T${time}:00Z`));
  assert.deepEqual([at("scheduled", "02:01"), at("lobby", "02:01")], [true, true]);
  assert.deepEqual([at("live", "02:01"), at("lobby", "01:59"), at("ended", "02:01"), at("scheduled", "03:01")], [false, false, false, false]);
});
