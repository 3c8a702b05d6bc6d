import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { formatNumber, t } from "../i18n";
import { RoomController, type FileView } from "../live/index";
import { booth } from "./state/booth";
import { Island } from "../shell/island";
import { icon, localised } from "../shell/parts";
import { toastRefusal } from "../shell/refusal";

/** The brochures of a booth, and the person's consent to be named for downloads. */
@customElement("plenary-brochures")
export class Brochures extends Island {
  @property() room = "";
  @state() private busy = false;
  private readonly followed = new RoomController(this, booth, () => this.room);

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const papers = state.snapshot.files.filter(({ kind }) => kind === "brochure");
    return html`<ul class="file-list" role="list">
        ${repeat(papers, ({ id }) => id, (file) => this.row(file))}
      </ul>
      ${state.own.can.includes("file.consent") && state.own.can.includes("lead.share") ? this.consent(state.own.named) : nothing}`;
  }

  private row(file: FileView) {
    return html`<li class="file">
      <span class="file-mark" aria-hidden="true">${file.ending.toUpperCase()}</span>
      <a class="file-name" href=${file.href} download dir="auto">${localised(file, "title")}</a>
      <span class="soft numbers">${size(file.size)}</span>${icon("download")}
    </li>`;
  }

  private consent(named: boolean | null) {
    const said =
      named === null
        ? t("Downloads are counted without names. May the staff of this booth see your name when you download a file?")
        : named
          ? t("The staff can see your name with your downloads.")
          : t("Your downloads are counted without your name.");
    return html`<div class="row file-consent">
      <p class="soft" role="status">${said}</p>
      ${named === null ? [this.button(true, t("Yes, share my name")), this.button(false, t("No, count only"))] : nothing}
      ${named === true ? this.button(false, t("Undo this choice")) : nothing}
      ${named === false ? this.button(true, t("Share my name")) : nothing}
    </div>`;
  }

  private button(given: boolean, label: string) {
    return html`<button class="button button-small" ?disabled=${this.busy} @click=${() => this.answer(given)}>${label}</button>`;
  }

  private async answer(given: boolean): Promise<void> {
    this.busy = true;
    try {
      await this.followed.send({ op: "file.consent", given });
    } catch (error) {
      toastRefusal(error);
    } finally {
      this.busy = false;
    }
  }
}

/** Formats sizes like web/template_engine.py. */
function size(bytes: number): string {
  const [unit, by] = bytes >= 100_000 ? ["MB", 1_000_000] : ["KB", 1000];
  return `${formatNumber(Math.round(Math.max(bytes / by, 0.1) * 10) / 10)} ${unit}`;
}
