import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { formatTime, t, tn } from "../../i18n";
import { live, type Command, type PersonView, type Role } from "../../live/index";
import { may, presence, session, type SessionRoom } from "../state/session";
import { avatar, badge, icon } from "../../shell/parts";
import { openPersonDialog } from "../../people/person-dialog";
import { toastRefusal } from "../../shell/refusal";

const GIVEN: readonly Role[] = ["speaker", "moderator"];

function roleName(role: Role): string {
  const names: Partial<Record<Role, string>> = {
    attendee: t("Attendee"),
    speaker: t("Speaker"),
    moderator: t("Moderator"),
    interpreter: t("Interpreter"),
    exhibitor: t("Exhibitor"),
    organiser: t("Organiser"),
  };
  return names[role] ?? role;
}

/** People who are here, roles, and people who are silenced or removed. */
@customElement("plenary-moderated-people")
export class ModeratedPeople extends LitElement {
  @property() room = "";
  @property({ attribute: false }) state!: SessionRoom;
  @state() private granting = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private readonly send = async (command: Command): Promise<void> => {
    try {
      await live().room(this.room, session).send(command as Extract<Command, { op: "role.grant" }>);
    } catch (error) {
      toastRefusal(error);
    }
  };

  protected override render() {
    const { moderation, questions: _, ...rest } = this.state.snapshot;
    if (!moderation) return nothing;
    const { count, people } = presence(this.state);
    const named = new Map<string, PersonView>();
    for (const person of [...moderation.roles.map((role) => role.person), ...people, ...rest.messages.map((message) => message.author)]) named.set(person.id, person);
    return html`<div class="tools">
      <section class="tool" aria-labelledby="tool-present">
        <h2 id="tool-present">${tn("%(count)s person here", "%(count)s people here", count)}</h2>
        ${moderation.restraints.length ? this.restrained() : nothing}
        <p class="soft small">${t("People with a role, a visible name, or a message.")}</p>
        <ul class="people" role="list">
          ${repeat([...named.values()], ({ id }) => id, (person) => this.person(person))}
        </ul>
      </section>
    </div>`;
  }

  private person(person: PersonView) {
    const roles = this.state.snapshot.moderation?.roles.filter((role) => role.person.id === person.id).map(({ role }) => role) ?? [];
    const open = this.granting === person.id;
    const grants = may(this.state, "role.grant");
    return html`<li class="moderated-person">
      <div class="row">
        ${avatar(person.name)}<span dir="auto">${person.name}</span>${roles.map((role) => badge(roleName(role), { tone: role === "speaker" ? "violet" : "accent" }))}
        <span class="end row">
          ${grants
            ? html`<button class="button button-quiet button-small" aria-expanded=${open ? "true" : "false"} @click=${() => (this.granting = open ? "" : person.id)}>${t("Roles")}</button>`
            : nothing}
          ${person.id === this.state.own.person?.id
            ? nothing
            : html`<button class="button button-quiet button-small button-icon" aria-label=${t("Silence or remove %(name)s", { name: person.name })} title=${t("Silence or remove %(name)s", { name: person.name })} @click=${() => openPersonDialog(this.room, "session", person)}>${icon("silence")}</button>`}
        </span>
      </div>
      ${open
        ? html`<div class="row moderated-roles" role="group" aria-label=${t("Roles of %(name)s in this session", { name: person.name })}>
            ${GIVEN.map((role) => {
              const has = roles.includes(role);
              return html`<button class="label-chip" aria-pressed=${has ? "true" : "false"} @click=${() => this.send({ op: has ? "role.revoke" : "role.grant", person: person.id, role })}>${roleName(role)}</button>`;
            })}
          </div>`
        : nothing}
    </li>`;
  }

  private restrained() {
    return html`<ul class="people" role="list">
      ${this.state.snapshot.moderation?.restraints.map(
        ({ person, kind, until, reason }) => html`<li>
          ${icon(kind === "ban" ? "leave" : "silence")}<span><span dir="auto">${person.name}</span><br /><small class="soft">${kind === "ban" ? t("removed") : until ? t("silenced until %(time)s", { time: formatTime(until) }) : t("silenced")}${reason ? ` · ${reason}` : ""}</small></span>
          <button class="button button-small end" @click=${() => this.send({ op: kind === "ban" ? "person.readmit" : "person.unsilence", person: person.id })}>${kind === "ban" ? t("Readmit") : t("Lift")}</button>
        </li>`,
      )}
    </ul>`;
  }
}
