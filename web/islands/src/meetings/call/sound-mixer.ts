/** Mixes the sound of a shared screen into the microphone's: a link has one sound track, so older pages hear both. */
export class SoundMixer {
  private context: AudioContext | null = null;
  private output: MediaStreamAudioDestinationNode | null = null;
  private mixed: readonly (MediaStreamTrack | null)[] = [];
  private sources: MediaStreamAudioSourceNode[] = [];

  /** The track to send. The microphone alone passes unchanged. */
  mix(mic: MediaStreamTrack | null, shared: MediaStreamTrack | null): MediaStreamTrack | null {
    if (!shared) {
      this.close();
      return mic;
    }
    this.context ??= new AudioContext();
    this.output ??= this.context.createMediaStreamDestination();
    if (this.mixed[0] !== mic || this.mixed[1] !== shared) {
      for (const source of this.sources) source.disconnect();
      const { context, output } = this;
      this.mixed = [mic, shared];
      this.sources = [mic, shared].flatMap((track) => (track ? [context.createMediaStreamSource(new MediaStream([track]))] : []));
      for (const source of this.sources) source.connect(output);
      void context.resume();
    }
    return this.output.stream.getAudioTracks()[0] ?? null;
  }

  close(): void {
    void this.context?.close();
    this.context = this.output = null;
    this.mixed = [];
    this.sources = [];
  }
}
