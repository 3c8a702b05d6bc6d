import type { DeskOwn, DeskSnapshot, Notified } from "../../live/types";
import { merged, type RoomKind, type RoomState } from "../../shell/state/room";

/** The state of the person's desk on a page. */
export type DeskRoom = RoomState<DeskSnapshot, DeskOwn>;

/** The maximum number of notifications shown, the newest first. */
export const SHOWN = 20;

/** The server handles changed rights and revoked sign-ins: it sends the rooms again, or closes the connection. */
export const desk: RoomKind<DeskRoom> = {
  event: (state, event) => (event.type === "desk.notified" ? noticed(state, event) : state),
  latest: (state, values) => ({ ...state, latest: merged(state.latest, values) }),
  acknowledged: (state) => state,
};

function noticed(state: DeskRoom, { type, kind, values, href, at }: Notified): DeskRoom {
  const notices = [{ type, kind, values, href, at }, ...state.snapshot.notices].slice(0, SHOWN);
  return { ...state, snapshot: { ...state.snapshot, notices } };
}
