/** Access tokens without a Durable Object: for the command line. */
import type { ApiAccount } from "../request/api-account.ts";
import type { Closure } from "../request/closures.ts";
import { sleepFor } from "../request/retry.ts";
import type { TicketType } from "./token-fetch.ts";
import { TokenRenewal } from "./token-renewal.ts";
import type { KeeperState } from "./token-state.ts";
import type { Token, Tokens } from "./tokens.ts";

/** Tokens fetched by this process itself: for the command line, which has no Durable Object. */
export class DirectTokens implements Tokens {
  readonly #account: ApiAccount;
  readonly #renewal: TokenRenewal;

  constructor(account: ApiAccount, clock: () => number) {
    let kept: KeeperState | undefined;
    const store = {
      load: () => kept,
      save: (state: KeeperState) => {
        kept = state;
      },
    };
    this.#account = account;
    this.#renewal = new TokenRenewal(store, { clock, sleep: sleepFor });
  }

  async current(): Promise<Token> {
    const { token, expiresAt } = await this.#renewal.current(this.#account);
    return { value: token, expiresAt };
  }

  async renew(refused: string): Promise<Token> {
    const { token, expiresAt } = await this.#renewal.renew(this.#account, refused);
    return { value: token, expiresAt };
  }

  ticket(type: TicketType): Promise<Token> {
    return this.#renewal.ticket(this.#account, type);
  }

  async tell(closure: Closure | undefined): Promise<void> {
    if (closure) await this.#renewal.close(this.#account, closure);
    else await this.#renewal.reopen(this.#account);
  }
}
