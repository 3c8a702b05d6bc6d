import Hls from "hls.js";

/** Plays an HLS address in a video element: with hls.js, or natively if the browser supports it. Returns a function that stops it. */
export function playHls(video: HTMLVideoElement, address: string, failed: () => void): () => void {
  if (!Hls.isSupported()) {
    video.src = address;
    video.addEventListener("error", failed, { once: true });
    return () => video.removeAttribute("src");
  }
  const hls = new Hls({ enableWorker: false }); // a worker from a blob would need an exception in the content security policy
  let recovered = false;
  hls.on(Hls.Events.ERROR, (_event, { fatal, type }) => {
    if (!fatal) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR && !recovered) {
      recovered = true;
      hls.recoverMediaError();
      return;
    }
    hls.destroy();
    failed();
  });
  hls.loadSource(address);
  hls.attachMedia(video);
  return () => hls.destroy();
}
