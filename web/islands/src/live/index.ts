export { live } from "./browser";
export type { ConnectionState } from "./connection";
export { DeskController, Follow, RoomController } from "./controller";
export type { Identity, Live } from "./live";
export { Observable } from "./observable";
export { ProblemError } from "./problem";
export type { Room, RoomStatus } from "./room";
export * from "./types";
