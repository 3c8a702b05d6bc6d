/** Reports the level of a microphone, 0 to 1, ten times a second. Returns a function that stops it. */
export function listen(track: MediaStreamTrack, report: (level: number) => void): () => void {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
    // From -60 dB to -6 dB: loudness is perceived logarithmically.
    report(Math.min(1, Math.max(0, (20 * Math.log10(power + 1e-6) + 60) / 54)));
  }, 100);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Plays two soft notes through the chosen loudspeaker. Resolves when they have ended. */
export async function chime(speaker: string): Promise<void> {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const gain = context.createGain();
  gain.connect(out);
  [523.25, 659.25].forEach((frequency, index) => {
    const note = context.createOscillator();
    note.frequency.value = frequency;
    note.connect(gain);
    note.start(context.currentTime + index * 0.35);
    note.stop(context.currentTime + index * 0.35 + 0.3);
  });
  gain.gain.value = 0.25;
  const player = new Audio();
  player.srcObject = out.stream;
  await useSpeaker(player, speaker);
  await player.play();
  await new Promise((resolve) => setTimeout(resolve, 900));
  player.srcObject = null;
  await context.close();
}

/** Not every browser lets a page choose; then the system's default plays. */
export async function useSpeaker(player: HTMLMediaElement, id: string): Promise<void> {
  if ("setSinkId" in player && player.sinkId !== id) await player.setSinkId(id).catch(() => undefined);
}
