/** Access tokens by the account's Durable Object, with a copy in the isolate. */
import { answerWithin } from "../../deadline.ts";
import { ApiUnreachableError, ConfigError } from "../../errors.ts";
import { errorFields, type Logger } from "../../telemetry/logger.ts";
import { refusal } from "../request/answer.ts";
import type { ApiAccount } from "../request/api-account.ts";
import type { Closure, Closures } from "../request/closures.ts";
import type { TicketType } from "./token-fetch.ts";
import type { KeeperAnswer, KeeperFailure, KeeperNews, KeeperQuestion, TokenKeeper } from "./token-keeper.ts";
import type { Token, Tokens } from "./tokens.ts";

/** How long an isolate uses its copy before it asks the object again, in milliseconds. */
export const COPY_LIFE_MS = 60_000;
/** The object may have to try several hosts. */
const ASK_TIMEOUT_MS = 12_000;
const TELL_TIMEOUT_MS = 1_200;

/** What `KeeperTokens` needs of the Worker. */
export interface KeeperOptions {
  readonly account: ApiAccount;
  readonly keepers: Cloudflare.Env["TOKEN_KEEPERS"];
  readonly locationHint: DurableObjectLocationHint;
  readonly closures: Closures;
  readonly clock: () => number;
}

/** Tokens by the account's `TokenKeeper`, with a copy in the isolate: an ordinary call costs no hop. */
export class KeeperTokens implements Tokens {
  readonly #options: KeeperOptions;
  #copy: (Token & { readonly askedAt: number }) | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  async current(log: Logger): Promise<Token> {
    const copy = this.#copy;
    const now = this.#options.clock();
    const isGood = copy !== undefined && now < copy.expiresAt;
    if (isGood && now - copy.askedAt < COPY_LIFE_MS) return copy;
    try {
      return await this.#ask({});
    } catch (error) {
      if (!isGood || !(error instanceof ApiUnreachableError)) throw error;
      log.warn("token_keeper_failed", { account: this.#options.account.id, ...errorFields(error) });
      return copy;
    }
  }

  async renew(refused: string, log: Logger): Promise<Token> {
    const copy = this.#copy;
    // Another call of this isolate may have renewed it while this one was under way.
    if (copy !== undefined && copy.value !== refused && this.#options.clock() < copy.expiresAt) return copy;
    this.#copy = undefined;
    log.info("token_renewed", { account: this.#options.account.id });
    return this.#ask({ refused });
  }

  async ticket(ticket: TicketType): Promise<Token> {
    const answer = await this.#question({ ticket });
    return { value: answer.token, expiresAt: answer.expiresAt };
  }

  async tell(closure: Closure | undefined, log: Logger): Promise<void> {
    const { account } = this.#options;
    if (closure === undefined) this.#options.closures.replace([]);
    const news: KeeperNews = { v: 1, account, closure };
    try {
      await answerWithin(async () => this.#keeper().tell(news), TELL_TIMEOUT_MS);
    } catch (error) {
      log.warn("token_keeper_failed", { account: account.id, ...errorFields(error) });
    }
  }

  async #ask(question: Pick<KeeperQuestion, "refused">): Promise<Token> {
    const { token, expiresAt, closures } = await this.#question(question);
    const copy = { value: token, expiresAt, askedAt: this.#options.clock() };
    this.#copy = copy;
    this.#options.closures.replace(closures);
    return copy;
  }

  async #question(
    question: Pick<KeeperQuestion, "refused" | "ticket">,
  ): Promise<Extract<KeeperAnswer, { ok: true }>> {
    const { account } = this.#options;
    let answer: KeeperAnswer;
    try {
      answer = await answerWithin<KeeperAnswer>(async () => {
        return await this.#keeper().ask({ v: 1, account, ...question });
      }, ASK_TIMEOUT_MS);
    } catch (cause) {
      throw new ApiUnreachableError("api_unreachable", "not-sent", "the token's object did not answer", {
        cause,
      });
    }
    if (!answer.ok) throw errorOf(answer.failure);
    return answer;
  }

  #keeper(): DurableObjectStub<TokenKeeper> {
    const { keepers, account, locationHint } = this.#options;
    return keepers.get(keepers.idFromName(account.id), { locationHint });
  }
}

/** Nothing of a call that has no token was sent, whatever became of fetching the token. */
function errorOf(failure: KeeperFailure): Error {
  switch (failure.kind) {
    case "refused":
      return refusal(failure.errcode, failure.errmsg, failure.path, failure.remembered);
    case "unreachable":
      return new ApiUnreachableError(failure.code, "not-sent", failure.message);
    case "config":
      return new ConfigError("api_not_configured", failure.message);
  }
}
