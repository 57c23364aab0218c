/** Where calls get their access token: the port. `KeeperTokens` implements it in Workers, `DirectTokens` elsewhere. */
import type { Logger } from "../../telemetry/logger.ts";
import type { Closure } from "../request/closures.ts";
import type { TicketType } from "./token-fetch.ts";

/** A token or ticket, and when it ends (milliseconds since the epoch). */
export interface Token {
  readonly value: string;
  readonly expiresAt: number;
}

/** Gives tokens of one account. Every method throws as `fetchToken` does. */
export interface Tokens {
  /** The current token. */
  current(log: Logger): Promise<Token>;
  /** Another token than the one that WeChat has just refused. */
  renew(refused: string, log: Logger): Promise<Token>;
  /** A ticket for web pages or cards. */
  ticket(type: TicketType): Promise<Token>;
  /** Tells all isolates that a call is closed; `undefined` opens all calls. */
  tell(closure: Closure | undefined, log: Logger): Promise<void>;
}
