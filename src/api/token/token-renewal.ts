/**
 * One token for all: gets, keeps and renews an account's access token and tickets, however many ask. Runs inside the
 * account's Durable Object, and in the command line by itself.
 */
import { ApiError } from "../../errors.ts";
import { toHex } from "../../protocol/bytes.ts";
import { refusal } from "../request/answer.ts";
import type { ApiAccount } from "../request/api-account.ts";
import type { Closure } from "../request/closures.ts";
import { fetchTicket, fetchToken, type FetchTools, type Fetched, type TicketType } from "./token-fetch.ts";
import {
  emptyState,
  type KeeperState,
  keptToken,
  type KeptToken,
  mayForce,
  recent,
  RENEWALS_PER_MINUTE,
  STOP_MS,
  stopAfter,
} from "./token-state.ts";
import { DAY_MS } from "../../shanghai-time.ts";

/** Where the state is kept. */
export interface KeeperStore {
  load(): KeeperState | undefined;
  save(state: KeeperState): void;
}

/** What askers get. */
export interface TokenGrant {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Calls that the account may not make for now. */
  readonly closures: readonly Closure[];
}

const MINUTE_MS = 60_000;
/** After a failed renewal the old token serves for so long before the next try, while it lives. */
const RENEWAL_PAUSE_MS = 10_000;
const REFUSED_AGAIN = "the token was renewed twice within a minute and refused each time";

/** One per account. All calls for one account must go to the same object. */
export class TokenRenewal {
  readonly #store: KeeperStore;
  readonly #tools: FetchTools;
  #state: KeeperState | undefined;
  /** The one fetch that is under way; everybody who needs a token waits for it. */
  #flight: Promise<KeptToken> | undefined;
  readonly #ticketFlights = new Map<string, Promise<KeptToken>>();
  #nextTryAt = 0;

  constructor(store: KeeperStore, tools: FetchTools) {
    this.#store = store;
    this.#tools = tools;
  }

  /**
   * The current token; fetched when there is none or its end is near.
   *
   * @throws as `fetchToken` does
   */
  async current(account: ApiAccount): Promise<TokenGrant> {
    const state = await this.#stateOf(account);
    const { token } = state;
    const now = this.#tools.clock();
    if (token === undefined || now >= token.expiresAt) return this.#grant(await this.#fetch(account));
    if (now < token.renewAt || now < this.#nextTryAt) return this.#grant(token);
    try {
      return this.#grant(await this.#fetch(account));
    } catch {
      // The old one is still good; whoever asks after its end is told what is wrong.
      this.#nextTryAt = this.#tools.clock() + RENEWAL_PAUSE_MS;
      return this.#grant(token);
    }
  }

  /**
   * Another token than `refused`, which WeChat does not accept any more: the one that somebody has renewed meanwhile,
   * or a new one. A stable token that comes back the same is renewed by force, within WeChat's limits.
   *
   * @throws {ApiError} 40001 when renewing does not help, for five minutes
   * @throws as `fetchToken` does
   */
  async renew(account: ApiAccount, refused: string): Promise<TokenGrant> {
    const state = await this.#stateOf(account);
    const joined = await this.#flight;
    const known = joined ?? state.token;
    const now = this.#tools.clock();
    if (known !== undefined && known.value !== refused && now < known.expiresAt) return this.#grant(known);
    // Between the check and the flight nothing is awaited, so there is one renewal however many ask.
    if (this.#flight !== undefined) return this.#grant(await this.#flight);
    if (recent(state.renewals, now, MINUTE_MS).length >= RENEWALS_PER_MINUTE) {
      state.stop = { errcode: 40001, errmsg: REFUSED_AGAIN, path: "access token", until: now + STOP_MS };
      this.#save(state);
    }
    return this.#grant(await this.#fetch(account, refused));
  }

  /**
   * A ticket of that type. Throws as `current` does.
   *
   * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html#62
   */
  async ticket(account: ApiAccount, type: TicketType): Promise<KeptToken> {
    const state = await this.#stateOf(account);
    const kept = state.tickets[type];
    if (kept !== undefined && this.#tools.clock() < kept.renewAt) return kept;
    const flight =
      this.#ticketFlights.get(type) ??
      this.#fetchTicket(account, type, state).finally(() => this.#ticketFlights.delete(type));
    this.#ticketFlights.set(type, flight);
    return flight;
  }

  /** Remembers that a call is closed to the account. */
  async close(account: ApiAccount, closure: Closure): Promise<void> {
    const state = await this.#stateOf(account);
    state.closures = [...this.#openClosures(state).filter(({ path }) => path !== closure.path), closure];
    this.#save(state);
  }

  /** Opens all closed calls again: after `clear_quota`, or when the operator has changed something. */
  async reopen(account: ApiAccount): Promise<void> {
    const state = await this.#stateOf(account);
    Object.assign(state, { closures: [], stop: undefined, refusals: 0, renewals: [] });
    this.#save(state);
  }

  #fetch(account: ApiAccount, refused?: string): Promise<KeptToken> {
    this.#flight ??= this.#fetchOnce(account, refused).finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  async #fetchOnce(account: ApiAccount, refused: string | undefined): Promise<KeptToken> {
    const state = await this.#stateOf(account);
    const { stop } = state;
    if (stop !== undefined && this.#tools.clock() < stop.until) {
      throw refusal(stop.errcode, stop.errmsg, stop.path, true);
    }
    if (refused !== undefined) {
      const now = this.#tools.clock();
      state.renewals = [...recent(state.renewals, now, MINUTE_MS), now];
    }
    try {
      const fetched = await this.#other(account, refused, state);
      const token = keptToken(fetched, this.#tools.clock());
      Object.assign(state, { token, refusals: 0, stop: undefined, tickets: ticketsAfter(state, refused) });
      return token;
    } catch (error) {
      if (error instanceof ApiError) {
        state.refusals++;
        state.stop = stopAfter(error, state.refusals, this.#tools.clock());
      }
      throw error;
    } finally {
      this.#save(state);
    }
  }

  /** A token that is not `refused`. */
  async #other(account: ApiAccount, refused: string | undefined, state: KeeperState): Promise<Fetched> {
    const fetched = await fetchToken(account, false, this.#tools);
    if (fetched.value !== refused) return fetched;
    const now = this.#tools.clock();
    if (account.accessTokenSource.kind !== "stable_token") {
      throw refusal(40001, "the token server still gives the refused token", "access token");
    }
    if (!mayForce(state, now)) {
      throw refusal(
        40001,
        "the forced renewals of stable_token are used up (30 s apart, 20 a day)",
        "access token",
      );
    }
    state.forced = [...recent(state.forced, now, DAY_MS), now];
    return fetchToken(account, true, this.#tools);
  }

  async #fetchTicket(account: ApiAccount, type: TicketType, state: KeeperState): Promise<KeptToken> {
    const { token } = await this.current(account);
    const fetched = await this.#withToken(account, token, (current) =>
      fetchTicket(account, current, type, this.#tools),
    );
    const ticket = keptToken(fetched, this.#tools.clock());
    state.tickets = { ...state.tickets, [type]: ticket };
    this.#save(state);
    return ticket;
  }

  async #withToken<T>(account: ApiAccount, token: string, use: (token: string) => Promise<T>): Promise<T> {
    try {
      return await use(token);
    } catch (error) {
      if (!(error instanceof ApiError) || error.reaction !== "renew_token") throw error;
      const renewed = await this.renew(account, token);
      return use(renewed.token);
    }
  }

  #grant({ value, expiresAt }: KeptToken): TokenGrant {
    return { token: value, expiresAt, closures: this.#state ? this.#openClosures(this.#state) : [] };
  }

  #openClosures({ closures }: KeeperState): readonly Closure[] {
    const now = this.#tools.clock();
    return closures.filter(({ until }) => now < until);
  }

  async #stateOf(account: ApiAccount): Promise<KeeperState> {
    const owner = await fingerprintOf(account);
    this.#state ??= this.#store.load();
    if (this.#state?.owner !== owner) this.#state = emptyState(owner);
    return this.#state;
  }

  #save(state: KeeperState): void {
    if (state === this.#state) this.#store.save(state);
  }
}

/** Tickets are made with the token, but outlive it; only one that was refused may have been voided with them. */
function ticketsAfter({ tickets }: KeeperState, refused: string | undefined): Record<string, KeptToken> {
  return refused === undefined ? tickets : {};
}

/** Changes with everything that a token depends on, and tells nothing of it. */
async function fingerprintOf({ appId, appSecret, apiBases, accessTokenSource }: ApiAccount): Promise<string> {
  const text = JSON.stringify([appId, appSecret, apiBases, accessTokenSource]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return toHex(new Uint8Array(digest));
}
