/** The account's Durable Object for its access token: one for all isolates, and what they know of closed calls. */
import { DurableObject } from "cloudflare:workers";
import {
  ApiError,
  ApiUnreachableError,
  ConfigError,
  type UnreachableCode,
  type CallOutcome,
} from "../../errors.ts";
import type { ApiAccount } from "../request/api-account.ts";
import type { Closure } from "../request/closures.ts";
import { sleepFor } from "../request/retry.ts";
import type { TicketType } from "./token-fetch.ts";
import { type TokenGrant, TokenRenewal } from "./token-renewal.ts";
import type { KeeperState } from "./token-state.ts";

/** A failure on its way out of the object: classes do not survive the crossing. */
export type KeeperFailure =
  | {
      readonly kind: "refused";
      readonly errcode: number;
      readonly errmsg: string;
      readonly path: string;
      readonly remembered: boolean;
    }
  | {
      readonly kind: "unreachable";
      readonly code: UnreachableCode;
      readonly outcome: CallOutcome;
      readonly message: string;
    }
  | { readonly kind: "config"; readonly message: string };

/** What the object answers. */
export type KeeperAnswer =
  | {
      readonly v: 1;
      readonly ok: true;
      readonly token: string;
      readonly expiresAt: number;
      readonly closures: readonly Closure[];
    }
  | { readonly v: 1; readonly ok: false; readonly failure: KeeperFailure };

/** What is asked. `refused` is a token that WeChat did not accept; `ticket` asks for one instead of a token. */
export interface KeeperQuestion {
  readonly v: 1;
  readonly account: ApiAccount;
  readonly refused?: string | undefined;
  readonly ticket?: TicketType | undefined;
}

/** What is told: a call was closed, or all are to be opened again. */
export interface KeeperNews {
  readonly v: 1;
  readonly account: ApiAccount;
  readonly closure: Closure | undefined;
}

/** One Durable Object per account: one row, written when something changes. */
export class TokenKeeper extends DurableObject {
  readonly #renewal: TokenRenewal;

  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, env);
    const { sql } = state.storage;
    sql.exec(`CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, json TEXT)`);
    const store = {
      load(): KeeperState | undefined {
        const row = sql.exec<{ json: string }>(`SELECT json FROM state`).toArray()[0];
        return row && readState(row.json);
      },
      save(kept: KeeperState): void {
        sql.exec(`INSERT OR REPLACE INTO state VALUES (1, ?)`, JSON.stringify(kept));
      },
    };
    this.#renewal = new TokenRenewal(store, { clock: () => Date.now(), sleep: sleepFor });
  }

  /** The current token, another one than the refused one, or a ticket. */
  async ask({ account, refused, ticket }: KeeperQuestion): Promise<KeeperAnswer> {
    try {
      const grant =
        ticket !== undefined
          ? ticketGrant(await this.#renewal.ticket(account, ticket))
          : refused === undefined
            ? await this.#renewal.current(account)
            : await this.#renewal.renew(account, refused);
      return { v: 1, ok: true, ...grant };
    } catch (error) {
      return { v: 1, ok: false, failure: failureOf(error) };
    }
  }

  /** Takes note of a closed call, or opens all. */
  async tell({ account, closure }: KeeperNews): Promise<void> {
    if (closure) await this.#renewal.close(account, closure);
    else await this.#renewal.reopen(account);
  }
}

function ticketGrant({ value, expiresAt }: { value: string; expiresAt: number }): TokenGrant {
  return { token: value, expiresAt, closures: [] };
}

/** A row of a version that this code does not know is as good as none: a token can be fetched again. */
function readState(json: string): KeeperState | undefined {
  const state: KeeperState = JSON.parse(json);
  return state.v === 1 ? state : undefined;
}

function failureOf(error: unknown): KeeperFailure {
  if (error instanceof ApiError) {
    const { errcode, errmsg, path, remembered } = error;
    return { kind: "refused", errcode, errmsg, path, remembered };
  }
  if (error instanceof ApiUnreachableError) {
    const { code, outcome, message } = error;
    return { kind: "unreachable", code: unreachableCode(code), outcome, message };
  }
  if (error instanceof ConfigError) return { kind: "config", message: error.message };
  throw error;
}

function unreachableCode(code: string): UnreachableCode {
  switch (code) {
    case "api_timed_out":
    case "api_answer_unreadable":
    case "api_relay_refused":
      return code;
    default:
      return "api_unreachable";
  }
}
