import type { DeskOwn, DeskSnapshot, Notified } from "../../live/types";
import { merged, type RoomKind, type RoomState } from "../../shell/state/room";

/** What a page knows of the desk of its person. */
export type DeskRoom = RoomState<DeskSnapshot, DeskOwn>;

/** So many notices are shown, the newest first. */
export const SHOWN = 20;

/** Changes of rights and revoked sign-ins are the server's to act upon: it sends the rooms afresh, or closes the connection. */
export const desk: RoomKind<DeskRoom> = {
  event: (state, event) => (event.type === "desk.notified" ? noticed(state, event) : state),
  latest: (state, values) => ({ ...state, latest: merged(state.latest, values) }),
  acknowledged: (state) => state,
};

function noticed(state: DeskRoom, { type, kind, values, href, at }: Notified): DeskRoom {
  const notices = [{ type, kind, values, href, at }, ...state.snapshot.notices].slice(0, SHOWN);
  return { ...state, snapshot: { ...state.snapshot, notices } };
}
