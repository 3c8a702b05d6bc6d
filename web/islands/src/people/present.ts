import { nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { tn } from "../i18n";
import { RoomController } from "../live/index";
import { lobby } from "../programme/state/lobby";
import { presence } from "../forum/state/session";
import { Island } from "../shell/island";

/** How many people are in a lobby, in words. */
@customElement("plenary-present")
export class Present extends Island {
  @property() room = "";
  private readonly followed = new RoomController(this, lobby, () => this.room);

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  protected override render() {
    const state = this.followed.state;
    return state ? tn("%(count)s person here", "%(count)s people here", presence(state).count) : nothing;
  }
}
