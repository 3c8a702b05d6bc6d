import type { LobbyOwn, LobbySnapshot, RoomEvent, SessionCard } from "../../live/types";
import { unreadIn, withMessage } from "../../chat/state/chat";
import { withoutRestraint, withRestraint } from "../../people/state/restraints";
import { acknowledgedOwn, compare, merged, without, withRead, type RoomKind, type RoomState } from "../../shell/state/room";

/** The state of a conference's lobby on a page. */
export type LobbyRoom = RoomState<LobbySnapshot, LobbyOwn>;

export const lobby: RoomKind<LobbyRoom> = {
  event: reduce,
  latest: (state, values) => ({ ...state, latest: merged(state.latest, values), own: withRead(state.own, values.own_read) }),
  acknowledged: acknowledgedOwn,
};

function reduce(state: LobbyRoom, event: RoomEvent): LobbyRoom {
  const { snapshot } = state;
  switch (event.type) {
    case "session.listed":
      return show(state, { sessions: listed(snapshot.sessions, event.session) });
    case "chat.changed":
      return show(state, { chat: event.chat });
    case "chat.posted":
      return show(state, { messages: withMessage(snapshot.messages, event.message) });
    case "chat.removed":
      return show(state, { messages: without(snapshot.messages, ({ id }) => id === event.message) });
    case "star.changed":
      return { ...state, own: { ...state.own, stars: starred(state.own.stars, event.session, event.starred) } };
    case "person.restrained":
      return snapshot.restraints ? show(state, { restraints: withRestraint(snapshot.restraints, event.restraint) }) : state;
    case "restraint.lifted":
      return snapshot.restraints
        ? show(state, { restraints: withoutRestraint(snapshot.restraints, event.person.id, event.kind) })
        : state;
    default:
      return state;
  }
}

/** In the order of the programme. */
function listed(sessions: readonly SessionCard[], card: SessionCard): readonly SessionCard[] {
  const others = sessions.filter(({ id }) => id !== card.id);
  return [...others, card].sort((a, b) => compare(Date.parse(a.starts_at), Date.parse(b.starts_at)) || compare(a.place, b.place) || compare(a.id, b.id));
}

function starred(stars: readonly string[], session: string, is: boolean): readonly string[] {
  const others = stars.filter((id) => id !== session);
  return is ? [...others, session].sort() : others;
}

function show(state: LobbyRoom, changes: Partial<LobbySnapshot>): LobbyRoom {
  return { ...state, snapshot: { ...state.snapshot, ...changes } };
}

export function unreadInLobby(state: LobbyRoom): number {
  return unreadIn(state.snapshot.messages, state.own);
}

/** The starred sessions that are not over yet, in the order of the programme. */
export function starredAhead(state: LobbyRoom, now: number): readonly SessionCard[] {
  return state.snapshot.sessions.filter(
    (card) => state.own.stars.includes(card.id) && card.state !== "ended" && (card.state === "live" || Date.parse(card.ends_at) > now),
  );
}

export interface NowAndNext {
  readonly now: readonly SessionCard[];
  readonly next: readonly SessionCard[];
}

/**
 * The current sessions: those that are live, and those whose time has come although nobody has started them. Then the next sessions that
 * start together.
 */
export function nowAndNext(state: LobbyRoom, now: number): NowAndNext {
  const held = state.snapshot.sessions.filter(({ cancelled }) => !cancelled);
  const coming = held.filter((card) => card.state === "scheduled" && Date.parse(card.starts_at) > now);
  const first = Math.min(...coming.map((card) => Date.parse(card.starts_at)));
  return {
    now: held.filter((card) => isOn(card, now)),
    next: coming.filter((card) => Date.parse(card.starts_at) === first),
  };
}

export function isOn(card: SessionCard, now: number): boolean {
  if (card.cancelled || card.state === "ended") return false;
  return card.state !== "scheduled" || (Date.parse(card.starts_at) <= now && now < Date.parse(card.ends_at));
}

/** Whether the time of a session has come and nobody has started it. */
export function isUnstarted(card: SessionCard, now: number): boolean {
  return isOn(card, now) && card.state !== "live" && Date.parse(card.starts_at) <= now;
}
