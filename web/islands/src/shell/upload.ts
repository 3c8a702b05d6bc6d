import { html, nothing, render } from "lit";
import { customElement } from "lit/decorators.js";
import { formatNumber, t } from "../i18n";
import { say } from "./announce";
import { icon } from "./parts";

interface Answer {
  readonly ok?: { readonly said: string };
  readonly error?: { readonly message: string };
}

/** A form with one file, with progress and a cancel button. Without JavaScript it is a plain form. */
@customElement("plenary-upload")
export class Upload extends HTMLElement {
  private request: XMLHttpRequest | null = null;
  private readonly note = document.createElement("div");

  connectedCallback(): void {
    this.addEventListener("submit", this.submitted);
    this.append(this.note);
  }

  disconnectedCallback(): void {
    this.removeEventListener("submit", this.submitted);
    this.request?.abort();
  }

  private readonly submitted = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    const file = form.querySelector<HTMLInputElement>('input[type="file"]')?.files?.[0];
    if (!file) return;
    event.preventDefault();
    if (this.request) return;
    const megabytes = Number(this.getAttribute("limit"));
    // Checked before hundreds of megabytes are sent; the server checks again.
    if (file.size > megabytes * 1_000_000) this.fail(t("This file is too large. The limit is %(limit)s MB.", { limit: megabytes }));
    else this.send(form);
  };

  private send(form: HTMLFormElement): void {
    const request = new XMLHttpRequest(); // fetch cannot report upload progress
    this.request = request;
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => this.progress(loaded / Math.max(total, 1)));
    request.addEventListener("load", () => {
      const answer = request.response as Answer | null;
      if (!answer?.ok) return this.fail(answer?.error?.message ?? t("This did not work. Try again."));
      say(answer.ok.said);
      location.reload();
    });
    request.addEventListener("error", () => this.fail(t("The connection was lost during the upload. Try again.")));
    request.addEventListener("abort", () => this.end());
    this.progress(0);
    request.send(new FormData(form));
  }

  private progress(share: number): void {
    const percent = formatNumber(Math.floor(share * 100));
    render(
      html`<div class="upload-progress">
        <progress max="1" .value=${share} aria-label=${t("Upload")}></progress>
        <span class="numbers">${share < 1 ? t("%(percent)s %", { percent }) : t("The file is being checked…")}</span>
        ${share < 1
          ? html`<button type="button" class="button button-small" @click=${() => this.request?.abort()}>${t("Stop")}</button>`
          : nothing}
      </div>`,
      this.note,
    );
  }

  private fail(words: string): void {
    this.request = null;
    render(html`<p class="field-fault" role="alert">${icon("alert")}<span>${words}</span></p>`, this.note);
  }

  private end(): void {
    this.request = null;
    render(nothing, this.note);
  }
}
