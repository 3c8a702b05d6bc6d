import type { Cause, Devices, Kind } from "./call/devices";
import { say, toast } from "../shell/announce";
import { backWords, causeWords } from "./words";

/** Announces when a camera or microphone is lost, why, and when it is back: people who talk do not look at their own buttons. */
export class Losses {
  private readonly known: Record<Kind, Cause | null> = { mic: null, cam: null };

  look(devices: Devices, inside: boolean): void {
    for (const kind of ["mic", "cam"] as const) {
      const cause = devices.faults[kind];
      if (cause === this.known[kind]) continue;
      this.known[kind] = cause;
      if (!inside || (!cause && !devices[kind])) continue;
      const words = cause ? causeWords(kind, cause).join(" ") : backWords(kind);
      say(words);
      toast(words);
    }
  }
}
