/** Between the tabs of one browser: a chat has been read, so unread counts are out of date. Other devices poll. */
const NAME = "plenary-read";

export function sendRead(): void {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage(null);
  channel.close();
}

/** Returns a function that stops listening. */
export function onRead(callback: () => void): () => void {
  const channel = new BroadcastChannel(NAME);
  channel.addEventListener("message", callback);
  return () => channel.close();
}
