import type { Reading } from "./quality";

/** What we send over a link: everything, sound only, sound at a low bit rate, or nothing but text. */
export type MediaMode = "video" | "audio" | "narrow" | "text";

const MODES: readonly MediaMode[] = ["video", "audio", "narrow", "text"];
const HEAVY_LOSS = 0.12;
const DOWN_AFTER = 3; // bad readings in a row
const UP_AFTER = 5; // readings in a row that are not bad
const LONGEST = 40;
const REPORT_HOLDS = 3; // readings: reports on sound come every five seconds

/**
 * Lowers what we send when the other side misses much of it, and raises it when it does not. What we miss ourselves is the other page's
 * affair: a weak uplink must not cost us the downlink. After each climb in vain it waits twice as long.
 */
export class Ladder {
  mode: MediaMode = "video";
  private last: number | null = null; // the newest report
  private age = 0;
  private bad = 0;
  private well = 0;
  private patience = UP_AFTER;
  private climbed = false;

  /** Returns the new mode if it has changed, else null. */
  step({ lossOut }: Pick<Reading, "lossOut">): MediaMode | null {
    this.age = lossOut === null ? this.age + 1 : 0;
    this.last = lossOut ?? this.last;
    if (this.last === null || this.age > REPORT_HOLDS) return null; // nothing is known
    const bad = this.last > HEAVY_LOSS;
    this.bad = bad ? this.bad + 1 : 0;
    this.well = bad ? 0 : this.well + 1;
    const rung = MODES.indexOf(this.mode);
    if (this.bad >= DOWN_AFTER && rung < MODES.length - 1) {
      if (this.climbed) this.patience = Math.min(LONGEST, this.patience * 2);
      return this.move(MODES[rung + 1]!, false);
    }
    if (this.well >= this.patience && rung > 0) return this.move(MODES[rung - 1]!, true);
    return null;
  }

  private move(mode: MediaMode, climbed: boolean): MediaMode {
    this.bad = this.well = 0;
    this.climbed = climbed;
    return (this.mode = mode);
  }
}
