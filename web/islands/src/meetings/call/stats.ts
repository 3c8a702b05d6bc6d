import type { ReportStats } from "../../live/types";
import type { Marks } from "./environment";
import type { Reading } from "./quality";

const PATHS = ["host", "srflx", "prflx", "relay"] as const;

/** The measurements of a link, for the operator's metrics. */
export function statsOf(reading: Reading | null): Partial<ReportStats> {
  if (!reading) return {};
  const path = PATHS.find((each) => each === reading.path) ?? null;
  return { path, rtt_ms: reading.rtt === null ? null : Math.round(reading.rtt), loss: Math.round(reading.loss * 1000), kbps: Math.max(0, reading.kbps) };
}

/** The duration of each step of a connection. */
export function stagesOf(marks: Marks) {
  const steps = [marks.began, marks.described, marks.ice, marks.dtls, marks.frame];
  const between = (index: number) => {
    const [from, to] = [steps[index], steps[index + 1]];
    return from === undefined || to === undefined ? null : Math.max(0, Math.round(to - from));
  };
  const last = marks.frame ?? marks.dtls;
  return {
    sdp_ms: between(0),
    ice_ms: between(1),
    dtls_ms: between(2),
    frame_ms: between(3),
    total_ms: last === undefined ? null : Math.round(last - marks.began),
  };
}
