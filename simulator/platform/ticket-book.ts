/** Tickets of one account: one per type, the same for every asker until it ends. */
import { randomText } from "../random-text.ts";

/** A ticket as it is handed out. */
export interface IssuedTicket {
  readonly value: string;
  /** How long it is valid from now on. */
  readonly expiresInSeconds: number;
}

const LIFETIME_MS = 7_200_000;
const CHARACTERS = 86;

/** The tickets that are valid. */
export class TicketBook {
  readonly #tickets = new Map<string, { readonly value: string; readonly expiresAt: number }>();

  /** The ticket of a type; a new one when there is none. */
  of(type: string, now: number): IssuedTicket {
    const last = this.#tickets.get(type);
    const ticket =
      last !== undefined && last.expiresAt > now
        ? last
        : { value: randomText(CHARACTERS), expiresAt: now + LIFETIME_MS };
    this.#tickets.set(type, ticket);
    return { value: ticket.value, expiresInSeconds: Math.floor((ticket.expiresAt - now) / 1000) };
  }
}
