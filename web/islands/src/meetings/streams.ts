import { live } from "lit/directives/live.js";

const streams = new WeakMap<MediaStreamTrack, MediaStream>();

/** The same stream for the same track, so that a rendering does not begin it anew. */
export function streamOf(track: MediaStreamTrack | null): MediaStream | null {
  if (!track) return null;
  let stream = streams.get(track);
  if (!stream) streams.set(track, (stream = new MediaStream([track])));
  return stream;
}

/** An object is set anew at every rendering, and a video whose stream is set begins from nothing: so only another one is. */
export const keep = live;
