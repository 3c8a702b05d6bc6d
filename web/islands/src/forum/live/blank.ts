/** A dark picture, sent while the camera is off, so that viewers do not keep the last picture of it. */
export class BlankPicture {
  private canvas: HTMLCanvasElement | null = null;
  private drawing = 0;
  private made: MediaStreamTrack | null = null;

  get track(): MediaStreamTrack {
    if (this.made?.readyState === "live") return this.made;
    const canvas = (this.canvas = document.createElement("canvas"));
    canvas.width = 640;
    canvas.height = 360;
    this.draw();
    this.drawing = window.setInterval(() => this.draw(), 500);
    this.made = canvas.captureStream(2).getVideoTracks()[0]!;
    return this.made;
  }

  private draw(): void {
    const drawn = this.canvas?.getContext("2d");
    if (!drawn) return;
    drawn.fillStyle = "#0b0e10";
    drawn.fillRect(0, 0, 640, 360);
  }

  close(): void {
    window.clearInterval(this.drawing);
    this.made?.stop();
    this.made = this.canvas = null;
  }
}
