/** Phones: who follows which account, and what was sent and shown. In memory, bounded. */
import { Recent } from "./recent.ts";
import type { PhoneView, TimelineEntry } from "./timeline.ts";

const MAX_PHONES = 500;
const MAX_ENTRIES = 500;

/** One user's phone with one account. */
export class Phone implements PhoneView {
  /** A new user follows already: the first thing to try is a message. */
  following = true;
  #timeline: readonly TimelineEntry[] = [];

  get timeline(): readonly TimelineEntry[] {
    return this.#timeline;
  }

  /** Adds a line at the end. */
  show(entry: TimelineEntry): void {
    this.#timeline = [...this.#timeline, entry].slice(-MAX_ENTRIES);
  }
}

/** All phones of one simulator; the one that was longest out of use is forgotten first. */
export class Phones {
  readonly #phones = new Recent<Phone>(MAX_PHONES);

  /** The phone of a user with an account. */
  of(account: string, openid: string): Phone {
    const key = `${account}\n${openid}`;
    const phone = this.#phones.get(key) ?? new Phone();
    this.#phones.keep(key, phone);
    return phone;
  }
}
