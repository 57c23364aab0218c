/**
 * How long, and how often, an account may write to a user.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
 */

/** What a user's action allows the account. */
interface Allowance {
  readonly messages: number;
  readonly ms: number;
}

const AFTER_MESSAGE: Allowance = { messages: 5, ms: 48 * 3_600_000 };
/** A tap on the menu, a scan, or following. */
const AFTER_EVENT: Allowance = { messages: 3, ms: 60_000 };
/** Typing is shown only to who had to do with the account this recently. */
export const TYPING_CONTACT_MS = 30_000;

/** Events that allow the account to write; menu taps of other types do not. */
const OPENING_EVENTS: ReadonlySet<string> = new Set([
  "CLICK",
  "scancode_push",
  "scancode_waitmsg",
  "subscribe",
  "SCAN",
]);

interface Opened {
  readonly left: number;
  readonly until: number;
}

const CLOSED: Opened = { left: 0, until: -Infinity };

/** Why an account may not write: the window is closed, or its messages are used up. */
export type RefusedMessage = "closed" | "used-up";

/** What one user allows. */
export class ReplyWindow {
  #message = CLOSED;
  #event = CLOSED;
  #contactAt = -Infinity;

  /** A push of the user's: each one that allows anything allows it anew. */
  note(push: { readonly MsgType: string; readonly Event?: string | undefined }, now: number): void {
    if (push.MsgType !== "event") {
      this.#message = open(AFTER_MESSAGE, now);
      this.#contactAt = now;
    } else if (push.Event === "unsubscribe") {
      this.close();
    } else if (OPENING_EVENTS.has(push.Event ?? "")) {
      this.#event = open(AFTER_EVENT, now);
    }
  }

  close(): void {
    this.#message = CLOSED;
    this.#event = CLOSED;
    this.#contactAt = -Infinity;
  }

  /** Whether a message may be sent now. */
  check(now: number): "open" | RefusedMessage {
    const opened = [this.#event, this.#message].filter(({ until }) => until > now);
    if (opened.length === 0) return "closed";
    return opened.some(({ left }) => left > 0) ? "open" : "used-up";
  }

  /** Counts a message that was sent; the allowance that ends first is used first. */
  count(now: number): void {
    this.#contactAt = now;
    if (this.#event.until > now && this.#event.left > 0) this.#event = lessOne(this.#event);
    else if (this.#message.until > now && this.#message.left > 0) this.#message = lessOne(this.#message);
  }

  /** Whether messages went either way in the last 30 seconds. */
  hasContact(now: number): boolean {
    return now - this.#contactAt <= TYPING_CONTACT_MS;
  }
}

function open({ messages, ms }: Allowance, now: number): Opened {
  return { left: messages, until: now + ms };
}

function lessOne({ left, until }: Opened): Opened {
  return { left: left - 1, until };
}
