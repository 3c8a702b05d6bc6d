import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { formatNumber, t, tn } from "../i18n";
import { live, RoomController, type Hand, type Hours, type LineView, type OwnPlace, type PlaceView, type RoomEvent } from "../live/index";
import { crewList, ownBreak } from "./crew";
import { booth, hoursOf, lineOf, type BoothRoom } from "./state/booth";
import { crewOf } from "./state/crew";
import { expected, isLate, nextStart, opening } from "./state/line";
import { say } from "../shell/announce";
import { Island } from "../shell/island";
import { momentText } from "../shell/session-time";
import { toastRefusal } from "../shell/refusal";
import { Ticking } from "../shell/ticking";
import { askForNotifications, rememberWaiting, turnOver } from "../meetings/turn-alert";

type Act = Parameters<RoomController<BoothRoom>["send"]>[0];

/** The queue of a booth: a visitor sees their place in it, the staff see who waits. */
@customElement("plenary-queue")
export class Queue extends Island {
  @property() room = "";
  @property() path = "";
  @property({ attribute: "sign-in" }) signIn = "";
  /** The booth, if the viewer may see who in its queue is a candidate. */
  @property() recruits = "";
  @state() private busy = false;
  @state() private candidates: Readonly<Record<string, string>> = {};
  private asked = "";
  private readonly followed = new RoomController(this, booth, () => this.room, { onEvent: (event) => this.happened(event) });

  constructor() {
    super();
    new Ticking(this, 1000);
  }

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  protected override updated(): void {
    if (this.recruits) void this.askForCandidates();
  }

  /** Asks again when other people are in the queue. */
  private async askForCandidates(): Promise<void> {
    const places = this.followed.state?.snapshot.desk?.places.map(({ id }) => id).join() ?? "";
    if (places === this.asked) return;
    this.asked = places;
    if (places) this.candidates = (await candidatesAt(this.path, this.recruits)) ?? this.candidates;
  }

  private happened(event: RoomEvent): void {
    if (event.type !== "queue.own") return;
    if (event.place.state === "called") say(t("It is your turn. Accept within a minute."));
    else {
      turnOver();
      rememberWaiting(event.place.state === "waiting");
    }
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const { own } = state;
    if (own.place) {
      rememberWaiting(own.place.state !== "talking");
      return this.place(state, own.place);
    }
    if (own.can.includes("queue.call")) return this.desk(state);
    return this.door(state);
  }

  /** For visitors who do not wait here. */
  private door(state: BoothRoom) {
    const { own } = state;
    const { tickets, staff, hands } = lineOf(state);
    const now = live().now();
    const shifts = hoursOf(state);
    const leave = own.can.includes("contact.ask") ? html`<p><a class="button button-primary" href="#booth-contact">${t("Leave a message")}</a></p>` : nothing;
    if (shifts.length && !opening(shifts, now)) return html`<p><strong>${t("This booth has closed.")}</strong></p>${own.person ? leave : nothing}`;
    const waiting = html`<p class="soft">${tickets.length ? tn("%(count)s person is waiting.", "%(count)s people are waiting.", tickets.length) : t("Nobody is waiting.")}</p>`;
    const late = lateText({ ...lineOf(state), tickets: [...tickets, Infinity] }, Infinity, now, shifts);
    if (own.can.includes("queue.join") && late) {
      return html`<p class="queue-late">${late}</p>
        ${leave}${this.button(t("Join the queue anyway"), { op: "queue.join" })}`;
    }
    if (own.can.includes("queue.join") && !staff) {
      return html`<p><strong>${absence(hands, shifts, now)}</strong></p>
        ${leave}
        <p class="soft">${t("Or join the queue: we notify you when someone comes and calls you to a video call.")}</p>
        ${this.button(t("Join the queue"), { op: "queue.join" })}`;
    }
    if (own.can.includes("queue.join")) {
      return html`${waiting}
        <p class="soft">${t("When it is your turn, you talk with the staff in a video call.")}</p>
        ${this.button(t("Join the queue"), { op: "queue.join" }, "button-primary")}`;
    }
    return own.person ? waiting : html`${waiting}<a class="button button-primary" href=${this.signIn}>${t("Sign in to join the queue")}</a>`;
  }

  private place(state: BoothRoom, place: OwnPlace) {
    if (place.state === "talking") {
      return html`<p>${t("Your call is in progress.")}</p>
        <div class="row">
          <a class="button button-primary" href="${this.path}/meetings/${place.meeting}#join">${t("Go to your call")}</a>
          ${this.button(t("End the talk"), { op: "queue.leave" })}
        </div>`;
    }
    const left = secondsLeft(place.until);
    if (place.state === "called" && left > 0) {
      return html`<p class="queue-called">
          ${t("It is your turn. Accept within a minute.")} <span class="numbers">${tn("%(count)s second left", "%(count)s seconds left", left)}</span>
        </p>
        <div class="row">
          <button class="button button-primary" ?disabled=${this.busy} @click=${this.accept}>${t("Accept")}</button>
          ${this.button(t("Leave the queue"), { op: "queue.leave" })}
        </div>`;
    }
    return html`${place.state === "called" || place.missed
        ? html`<p class="soft">${t("You were called and did not answer. You keep your place after the next visitor.")}</p>`
        : nothing}
      ${this.ahead(state, place)} ${this.button(t("Leave the queue"), { op: "queue.leave" })}`;
  }

  private ahead(state: BoothRoom, place: OwnPlace) {
    const line = lineOf(state);
    const index = line.tickets.indexOf(place.ticket);
    if (index < 0) return nothing;
    const now = live().now();
    const shifts = hoursOf(state);
    const wait = expected(line, now, shifts)[index] ?? 0;
    const late = lateText(line, place.ticket, now, shifts);
    return html`<p class="queue-place">
        ${index ? tn("%(count)s person before you", "%(count)s people before you", index) : t("You are next")}
        ${line.staff && wait < Infinity ? html`· ${about(Math.round(wait / 60))}` : nothing}
      </p>
      ${late ? html`<p class="queue-late">${late}</p>` : nothing}
      ${line.staff ? nothing : html`<p class="soft">${absence(line.hands, shifts, now)} ${t("We notify you when someone comes and calls you.")}</p>`}
      <p class="soft">${t("You may look around: your place is kept, and every page tells you when your video call begins.")}</p>`;
  }

  private desk(state: BoothRoom) {
    const { desk } = state.snapshot;
    if (!desk) return nothing;
    const now = live().now();
    const shifts = hoursOf(state);
    const line = lineOf(state);
    const waits = expected(line, now, shifts);
    const { places } = desk;
    const mine = places.filter((each) => each.state !== "waiting" && each.called_by?.id === state.own.person?.id);
    const calling = mine.some((each) => !lapsed(each));
    const me = crewOf(desk, now).find(({ person }) => person.id === state.own.person?.id);
    const off = shifts.length > 0 && me?.until == null;
    const nobody = !places.some((each) => each.state === "waiting" || lapsed(each));
    const acts = {
      busy: this.busy,
      take: (minutes: number | null, after: boolean) => this.act({ op: "break.take", minutes, after }),
      end: () => this.act({ op: "break.end" }),
    };
    return html`${places.length
        ? html`<ol class="queue-line" role="list">
            ${repeat(places, ({ id }) => id, (each) => this.row(each, waits[line.tickets.indexOf(each.ticket)] ?? 0, state))}
          </ol>`
        : html`<p class="soft">${t("Nobody is waiting.")}</p>`}
      ${me?.pause?.since ? nothing : this.button(t("Next, please"), { op: "queue.call" }, "button-primary", calling || nobody || off)}
      ${off ? html`<p class="soft">${me?.next ? t("Your next shift begins: %(time)s", { time: momentText(me.next, now) }) : t("You are not on a shift now.")}</p>` : nothing}
      ${me ? ownBreak(me.pause, mine.length > 0, mine.some((each) => each.state === "talking"), now, acts) : nothing}
      ${crewList(desk, now)}`;
  }

  private row(place: PlaceView, wait: number, state: BoothRoom) {
    const mine = place.called_by?.id === state.own.person?.id;
    const left = secondsLeft(place.until);
    return html`<li>
      <span class="count">${place.ticket}</span><span class="row"><span dir="auto">${place.person.name}</span>${this.candidate(place)}</span>
      ${place.state === "waiting"
        ? html`<span class="soft numbers">${wait < Infinity ? about(Math.round(wait / 60)) : "—"}</span>`
        : place.state === "called"
          ? html`<span class="badge badge-amber">${left ? tn("Called, %(count)s second left", "Called, %(count)s seconds left", left) : t("Did not answer")}</span>
              ${mine ? this.button(t("Skip"), { op: "queue.skip", place: place.id }, "button-small") : nothing}`
          : html`<span class="badge badge-accent">${t("In a call with %(name)s", { name: place.called_by?.name ?? "" })}</span>
              ${mine
                ? html`<a class="button button-small button-primary" href="${this.path}/meetings/${place.meeting}#join">${t("Go to the call")}</a>
                    ${this.button(t("Finish"), { op: "queue.finish", place: place.id }, "button-small")}`
                : nothing}`}
    </li>`;
  }

  private candidate(place: PlaceView) {
    const share = this.candidates[place.id];
    if (!share) return nothing;
    return html`<a class="badge badge-accent" href="${this.path}/recruitment/candidates/${share}" target="_blank"
      >${t("Candidate")}<span class="visually-hidden"> ${t("(opens in a new window)")}</span></a
    >`;
  }

  private button(label: string, command: Act, style = "", idle = false) {
    return html`<button class="button ${style}" ?disabled=${this.busy || idle} @click=${() => this.act(command)}>${label}</button>`;
  }

  private async act(command: Act): Promise<void> {
    this.busy = true;
    if (command.op === "queue.join") askForNotifications();
    try {
      await this.followed.send(command);
    } catch (error) {
      toastRefusal(error);
    } finally {
      this.busy = false;
    }
  }

  private readonly accept = async (): Promise<void> => {
    this.busy = true;
    try {
      const { meeting } = await this.followed.send<"queue.accept">({ op: "queue.accept" });
      location.assign(`${this.path}/meetings/${meeting}#join`);
    } catch (error) {
      toastRefusal(error);
    } finally {
      this.busy = false;
    }
  };
}

/** The shares of the candidates in the queue of a booth, by place; null if they cannot be had now. */
async function candidatesAt(path: string, booth: string): Promise<Record<string, string> | null> {
  try {
    const answer = await fetch(`${path}/recruitment/waiting/${booth}`, { headers: { Accept: "application/json" } });
    return answer.ok ? ((await answer.json()) as Record<string, string>) : null;
  } catch {
    return null;
  }
}

function about(minutes: number): string {
  return minutes ? tn("about %(count)s minute", "about %(count)s minutes", minutes) : t("any moment now");
}

/** Why a visitor will probably not be called before the booth closes; "" if they will. An infinite `ticket` stands for one that they would get. */
function lateText(line: LineView, ticket: number, now: number, shifts: readonly Hours[]): string {
  const open = opening(shifts, now);
  if (!open || !isLate(line, ticket, now, shifts)) return "";
  const number = formatNumber(line.tickets.indexOf(ticket) + 1);
  const values = { time: momentText(open.ends, now), number };
  return Number.isFinite(ticket)
    ? t("The booth closes at %(time)s. You are number %(number)s in line and will probably not be called before then.", values)
    : t("The booth closes at %(time)s. You would be number %(number)s in line and would probably not be called before then.", values);
}

/** Why nobody takes visitors now. */
function absence(hands: readonly Hand[] | undefined, shifts: readonly Hours[], now: number): string {
  const starts = nextStart(shifts, now);
  if (starts !== null) return t("The booth opens at %(time)s.", { time: momentText(starts, now) });
  return hands?.some(({ paused }) => paused) ? t("The staff are on a break.") : t("Nobody is at the booth at the moment.");
}

function secondsLeft(until: string | null): number {
  return until ? Math.max(0, Math.ceil((Date.parse(until) - live().now()) / 1000)) : 0;
}

function lapsed(place: PlaceView): boolean {
  return place.state === "called" && secondsLeft(place.until) === 0;
}
