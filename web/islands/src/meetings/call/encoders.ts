import type { MediaMode } from "./ladder";
import type { Slot } from "./signals";

/** The limits of one encoder: bits and pictures per second, and how much smaller the picture gets. */
export interface Cap {
  readonly active: boolean;
  readonly maxBitrate: number;
  readonly maxFramerate?: number;
  readonly scaleResolutionDownBy?: number;
  /** Longer packets on a narrow path: headers cost as much as the sound (W3C webrtc-extensions). */
  readonly adaptivePtime?: boolean;
}

const CAMERA: readonly Pick<Required<Cap>, "maxBitrate" | "maxFramerate" | "scaleResolutionDownBy">[] = [
  { maxBitrate: 1_500_000, maxFramerate: 30, scaleResolutionDownBy: 1 },
  { maxBitrate: 800_000, maxFramerate: 24, scaleResolutionDownBy: 1.5 },
  { maxBitrate: 500_000, maxFramerate: 20, scaleResolutionDownBy: 2 },
  { maxBitrate: 300_000, maxFramerate: 15, scaleResolutionDownBy: 3 },
];
const SCREEN = [2_500_000, 1_500_000, 1_000_000, 700_000];
const SOUND = 48_000;
const SOUND_OF_SCREEN = 96_000; // music, in a film that is shared
const NARROW_SOUND = 20_000;

/** In a mesh each page encodes for every other one: the more there are, the less each may cost. `others`: how many. */
export function capOf(slot: Slot, others: number, mode: MediaMode, sharing: boolean): Cap {
  const index = Math.min(Math.max(others, 1), CAMERA.length) - 1;
  if (slot === "audio") {
    const narrow = mode === "narrow";
    return { active: mode !== "text", maxBitrate: narrow ? NARROW_SOUND : sharing ? SOUND_OF_SCREEN : SOUND, adaptivePtime: narrow };
  }
  if (slot === "screen") return { active: mode === "video", maxBitrate: SCREEN[index]!, maxFramerate: 15 };
  const camera = CAMERA[index]!;
  // Beside a screen the faces are small.
  const beside = sharing ? { maxBitrate: camera.maxBitrate / 2, scaleResolutionDownBy: camera.scaleResolutionDownBy * 2 } : {};
  return { active: mode === "video", ...camera, ...beside };
}

export async function applyCap(sender: RTCRtpSender | null, cap: Cap): Promise<void> {
  const parameters = sender?.getParameters();
  const encoding = parameters?.encodings[0] as (RTCRtpEncodingParameters & Partial<Cap>) | undefined;
  if (!sender || !parameters || !encoding) return; // not negotiated yet: it is applied when it is
  const changed = (Object.keys(cap) as (keyof Cap)[]).some((name) => (encoding[name] ?? false) !== cap[name]);
  if (!changed) return;
  Object.assign(encoding, cap);
  await sender.setParameters(parameters);
}
