/** Phones: who follows an account, and what was sent and shown. In memory, bounded. */
import type { AnyPush } from "../src/protocol/pushes/wire.ts";
import { ReplyWindow } from "./platform/reply-window.ts";
import { Recent } from "./recent.ts";
import type { TimelineEntry } from "./timeline.ts";

const MAX_PHONES = 20_000;
const MAX_ENTRIES = 500;
const NICKNAME_CHARACTERS = 4;

/** What phones need of the simulator around them. */
export interface PhoneContext {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called when what the phone of `openid` shows has changed. */
  readonly changed: (openid: string) => void;
}

/** How a user came to follow, in the words of `user/info`. */
export interface FollowedBy {
  readonly scene: string;
  /** The scene of the QR code, where it was one. */
  readonly qrScene?: string | undefined;
}

/** One user's phone with one account. */
export class Phone {
  readonly openid: string;
  readonly nickname: string;
  /** What the account may send. */
  readonly window = new ReplyWindow();
  /** The name that the account gave the user. */
  remark = "";
  /** A new user follows already: the first thing to try is a message. */
  #following = true;
  #followedAt: number;
  #followedBy: FollowedBy = { scene: "ADD_SCENE_SEARCH" };
  #timeline: readonly TimelineEntry[] = [];
  #typingUntil = -Infinity;
  readonly #context: PhoneContext;

  constructor(openid: string, context: PhoneContext) {
    this.openid = openid;
    this.nickname = `用户 ${openid.slice(-NICKNAME_CHARACTERS)}`;
    this.#context = context;
    this.#followedAt = context.now();
  }

  get following(): boolean {
    return this.#following;
  }

  /** When the user last began to follow, in milliseconds since the epoch. */
  get followedAt(): number {
    return this.#followedAt;
  }

  get followedBy(): FollowedBy {
    return this.#followedBy;
  }

  get timeline(): readonly TimelineEntry[] {
    return this.#timeline;
  }

  /** Until when the account is shown as typing; `undefined` = it is not. */
  get typingUntil(): number | undefined {
    return this.#typingUntil > this.#context.now() ? this.#typingUntil : undefined;
  }

  /** A push of this user's happens: it may open the window, and following may begin or end with it. */
  note(push: AnyPush): void {
    const now = this.#context.now();
    const { Event, EventKey } = eventOf(push);
    this.window.note({ MsgType: push.MsgType, Event }, now);
    if (Event === "unsubscribe") {
      this.#following = false;
      this.#typingUntil = -Infinity;
    }
    if (Event !== "subscribe") return;
    const qrScene = /^qrscene_(.+)$/.exec(EventKey ?? "")?.[1];
    this.#following = true;
    this.#followedAt = now;
    this.#followedBy =
      qrScene === undefined ? { scene: "ADD_SCENE_SEARCH" } : { scene: "ADD_SCENE_QR_CODE", qrScene };
  }

  /** Adds a line at the end. Whatever the account says ends its typing. */
  show(entry: TimelineEntry): void {
    this.#timeline = [...this.#timeline, entry].slice(-MAX_ENTRIES);
    if (entry.from === "account") this.#typingUntil = -Infinity;
    this.#context.changed(this.openid);
  }

  /** Shows the account as typing until then, or no more. */
  showTyping(until: number | undefined): void {
    this.#typingUntil = until ?? -Infinity;
    this.#context.changed(this.openid);
  }
}

function eventOf(push: AnyPush): { readonly Event?: string; readonly EventKey?: string } {
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(push, name);
    return typeof value === "string" ? value : undefined;
  };
  const [Event, EventKey] = [text("Event"), text("EventKey")];
  return { ...(Event === undefined ? {} : { Event }), ...(EventKey === undefined ? {} : { EventKey }) };
}

/** All phones of one account; the one that was longest out of use is forgotten first. */
export class Phones {
  readonly #phones = new Recent<Phone>(MAX_PHONES);
  readonly #context: PhoneContext;

  constructor(context: PhoneContext) {
    this.#context = context;
  }

  /** The phone of a user, who from now on exists. */
  of(openid: string): Phone {
    const phone = this.#phones.get(openid) ?? new Phone(openid, this.#context);
    this.#phones.keep(openid, phone);
    return phone;
  }

  /** The phone of a user that exists. */
  find(openid: string): Phone | undefined {
    return this.#phones.get(openid);
  }

  /** All phones, by `openid`. */
  all(): readonly Phone[] {
    return [...this.#phones.values()].sort((a, b) => (a.openid < b.openid ? -1 : 1));
  }
}
