import type { DeskOwn, DeskSnapshot, NoticesRead, Notified } from "../../live/types";
import { merged, type RoomKind, type RoomState } from "../../shell/state/room";

/** The state of the person's desk on a page. */
export type DeskRoom = RoomState<DeskSnapshot, DeskOwn>;

/** The maximum number of notifications shown, the newest first. */
export const SHOWN = 20;

/** The server handles changed rights and revoked sign-ins: it sends the rooms again, or closes the connection. */
export const desk: RoomKind<DeskRoom> = {
  event: (state, event) => {
    if (event.type === "desk.notified") return noticed(state, event);
    return event.type === "desk.read" ? read(state, event) : state;
  },
  latest: (state, values) => ({ ...state, latest: merged(state.latest, values) }),
  acknowledged: (state) => state,
};

function read(state: DeskRoom, { unread, deleted_before }: NoticesRead): DeskRoom {
  const before = deleted_before ? Date.parse(deleted_before) : 0;
  const notices = state.snapshot.notices.filter(({ at }) => Date.parse(at) >= before);
  return { ...state, snapshot: { ...state.snapshot, notices, unread } };
}

function noticed(state: DeskRoom, { type, kind, values, href, at, id }: Notified): DeskRoom {
  const known = state.snapshot.notices;
  const place = known.filter((each) => each.at === at && each.id < id).length; // those of one instant are in the order of their ids, as in a snapshot
  const notices = [...known.slice(0, place), { type, kind, values, href, at, id }, ...known.slice(place)].slice(0, SHOWN);
  return { ...state, snapshot: { ...state.snapshot, notices, unread: (state.snapshot.unread ?? 0) + 1 } };
}
