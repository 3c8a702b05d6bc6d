import { live } from "lit/directives/live.js";

const streams = new WeakMap<MediaStreamTrack, MediaStream>();

/** One stream per track, so that rendering does not restart the video. */
export function streamOf(track: MediaStreamTrack | null): MediaStream | null {
  if (!track) return null;
  let stream = streams.get(track);
  if (!stream) streams.set(track, (stream = new MediaStream([track])));
  return stream;
}

/** Sets a property only if it has changed: setting the stream of a video restarts it. */
export const keep = live;
