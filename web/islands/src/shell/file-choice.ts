import { customElement } from "lit/decorators.js";

/** Names the chosen file beside the button of the page, which covers the browser's own control (styles/shell/forms.css). */
@customElement("plenary-file")
export class FileChoice extends HTMLElement {
  private readonly none = this.querySelector(".file-chosen")?.textContent ?? "";

  connectedCallback(): void {
    this.addEventListener("change", this.show);
    this.show(); // a browser restores the file when one comes back to the page
  }

  disconnectedCallback(): void {
    this.removeEventListener("change", this.show);
  }

  private readonly show = (): void => {
    const [file] = this.querySelector("input")?.files ?? [];
    const shown = this.querySelector(".file-chosen");
    if (shown) shown.textContent = file?.name ?? this.none;
  };
}
