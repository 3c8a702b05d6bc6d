import type {
  BoothCard,
  BoothDesk,
  BoothNow,
  BoothOwn,
  BoothSnapshot,
  CallView,
  HallOwn,
  HallSnapshot,
  Hours,
  LineView,
  MeetingOwn,
  MeetingSnapshot,
  PersonView,
  RoomEvent,
} from "../../live/types";
import { withMessage } from "../../chat/state/chat";
import { acknowledgedOwn, compare, merged, without, withRead, type RoomKind, type RoomState } from "../../shell/state/room";

/** The state of a booth on a page. */
export type BoothRoom = RoomState<BoothSnapshot, BoothOwn>;
export type HallRoom = RoomState<HallSnapshot, HallOwn>;
export type MeetingRoom = RoomState<MeetingSnapshot, MeetingOwn>;

export const booth: RoomKind<BoothRoom> = {
  event: reduceBooth,
  latest: (state, values) => ({ ...state, latest: merged(state.latest, values), own: withRead(state.own, values.own_read) }),
  acknowledged: acknowledgedOwn,
};

export const hall: RoomKind<HallRoom> = {
  event: (state, event) =>
    event.type === "booth.listed"
      ? { ...state, snapshot: { ...state.snapshot, booths: put(state.snapshot.booths, event.booth, byPlace) } }
      : state,
  latest: (state, values) => ({ ...state, latest: merged(state.latest, values) }),
  acknowledged: (state) => state,
};

export const meeting: RoomKind<MeetingRoom> = {
  event: reduceMeeting,
  latest: (state, values) => ({ ...state, latest: merged(state.latest, values), own: withRead(state.own, values.own_read) }),
  acknowledged: acknowledgedOwn,
};

function reduceBooth(state: BoothRoom, event: RoomEvent): BoothRoom {
  const { snapshot, own } = state;
  switch (event.type) {
    case "booth.changed":
      return { ...state, snapshot: { ...snapshot, booth: event.booth } };
    case "files.changed":
      return { ...state, snapshot: { ...snapshot, files: event.files } };
    case "file.consented":
      return { ...state, own: { ...own, named: event.given } };
    case "queue.own":
      if (!ended(event.place.state)) return { ...state, own: { ...own, place: event.place } };
      return own.place?.id === event.place.id ? { ...state, own: { ...own, place: null } } : state;
    case "contact.own":
      return { ...state, own: { ...own, contacts: put(own.contacts, event.contact, byTime) } };
    case "lead.own":
      return { ...state, own: { ...own, lead: event.lead } };
    default: {
      const desk = snapshot.desk && reduceDesk(snapshot.desk, event);
      return desk && desk !== snapshot.desk ? { ...state, snapshot: { ...snapshot, desk } } : withChat(state, event);
    }
  }
}

function reduceDesk(desk: BoothDesk, event: RoomEvent): BoothDesk {
  switch (event.type) {
    case "booth.drafted":
      return { ...desk, draft: event.draft };
    case "staff.changed": {
      const others = desk.staff.filter(({ person }) => person.id !== event.person.id);
      if (!event.duty) return { ...desk, staff: others };
      const staff = [...others, { person: event.person, duty: event.duty }];
      return { ...desk, staff: staff.sort((a, b) => compare(a.person.name, b.person.name) || compare(a.person.id, b.person.id)) };
    }
    case "queue.changed": {
      const places = put(desk.places, event.place, (a, b) => compare(a.rank, b.rank) || compare(a.ticket, b.ticket));
      return { ...desk, places: without(places, ({ state }) => ended(state)) };
    }
    case "contact.changed":
      return { ...desk, contacts: without(put(desk.contacts, event.contact, byTime), ({ state }) => state === "done") };
    case "lead.changed":
      return { ...desk, leads: event.leads };
    case "shifts.changed":
      return { ...desk, shifts: event.shifts };
    case "break.changed": {
      const others = (desk.breaks ?? []).filter(({ person }) => person.id !== event.person.id);
      const breaks = event.pause ? [...others, event.pause] : others;
      return { ...desk, breaks: breaks.sort((a, b) => compare(a.person.id, b.person.id)) };
    }
    default:
      return desk;
  }
}

function reduceMeeting(state: MeetingRoom, event: RoomEvent): MeetingRoom {
  const { snapshot, own } = state;
  switch (event.type) {
    case "meeting.closed":
      return { ...state, snapshot: { ...snapshot, closed_at: event.at } };
    case "meeting.invited": {
      const colleagues = without(own.colleagues, ({ id }) => id === event.person.id);
      return { ...state, snapshot: { ...snapshot, people: [...snapshot.people, event.person].sort(byName) }, own: { ...own, colleagues } };
    }
    case "meeting.left":
      return { ...state, snapshot: { ...snapshot, people: without(snapshot.people, ({ id }) => id === event.person) } };
    case "meeting.rated":
      return { ...state, own: { ...own, outcome: event.outcome } };
    case "block.changed": {
      const others = own.blocked.filter((id) => id !== event.person);
      return { ...state, own: { ...own, blocked: event.blocked ? [...others, event.person].sort() : others } };
    }
    default:
      return withChat(state, event);
  }
}

function withChat<State extends BoothRoom | MeetingRoom>(state: State, event: RoomEvent): State {
  const { snapshot } = state;
  switch (event.type) {
    case "chat.changed":
      return { ...state, snapshot: { ...snapshot, chat: event.chat } };
    case "chat.posted":
      return { ...state, snapshot: { ...snapshot, messages: withMessage(snapshot.messages, event.message) } };
    case "chat.removed":
      return { ...state, snapshot: { ...snapshot, messages: without(snapshot.messages, ({ id }) => id === event.message) } };
    default:
      return state;
  }
}

function ended(state: string): boolean {
  return state === "done" || state === "left";
}

/** Replaces or adds an item, in order. */
function put<T extends { readonly id: string }>(items: readonly T[], item: T, order: (a: T, b: T) => number): readonly T[] {
  return [...items.filter(({ id }) => id !== item.id), item].sort(order);
}

function byPlace(a: BoothCard, b: BoothCard): number {
  return compare(a.tier, b.tier) || compare(a.number, b.number) || compare(a.id, b.id);
}

function byName(a: PersonView, b: PersonView): number {
  return compare(a.name, b.name) || compare(a.id, b.id);
}

function byTime(a: { at: string; id: string }, b: { at: string; id: string }): number {
  return compare(Date.parse(a.at), Date.parse(b.at)) || compare(a.id, b.id);
}

const NOBODY: BoothNow = { people: 0, waiting: 0, staffed: false };
const NO_CALL: CallView = { peers: [], limit: 0, ends_at: null, extensions: 0, relay_only: false, waiting: [] };
const EMPTY: LineView = { tickets: [], service_seconds: 300, staff: 0, talking_since: [], hands: [] };

export function nowAt(state: BoothRoom | HallRoom, id: string): BoothNow {
  return state.latest.floor?.[id] ?? NOBODY;
}

export function callOf(state: MeetingRoom): CallView {
  return state.latest.call?.[""] ?? NO_CALL;
}

export function lineOf(state: BoothRoom): LineView {
  return state.latest.line?.[""] ?? EMPTY;
}

/** The shifts of the booth's staff; none from a server of an older version. */
export function hoursOf(state: BoothRoom): readonly Hours[] {
  return state.latest.hours?.[""]?.shifts ?? [];
}
