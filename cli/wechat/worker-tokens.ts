/** Access tokens from a Worker of ours, so that no token is fetched beside its own. */
import { refusal } from "../../src/api/request/answer.ts";
import type { ApiAccount } from "../../src/api/request/api-account.ts";
import { sleepFor } from "../../src/api/request/retry.ts";
import { fetchTicket, type TicketType } from "../../src/api/token/token-fetch.ts";
import type { Token, Tokens } from "../../src/api/token/tokens.ts";
import { ApiUnreachableError } from "../../src/errors.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { settingOf } from "./account.ts";
import { askWorker, notOurs } from "../worker-request.ts";

/** Asks the Worker for its token by signed operator requests (docs/security.md). */
export class WorkerTokens implements Tokens {
  readonly #account: ApiAccount;
  readonly #origin: string;
  readonly #clock: () => number;
  #token: Token | undefined;

  /**
   * @param origin of the Worker, without a path
   * @param clock milliseconds since the epoch
   */
  constructor(account: ApiAccount, origin: string, clock: () => number) {
    this.#account = account;
    this.#origin = origin;
    this.#clock = clock;
  }

  async current(): Promise<Token> {
    this.#token ??= await this.#ask("GET");
    return this.#token;
  }

  async renew(refused: string): Promise<Token> {
    this.#token = await this.#ask("POST", { refused });
    return this.#token;
  }

  async ticket(type: TicketType): Promise<Token> {
    const { value } = await this.current();
    const fetched = await fetchTicket(this.#account, value, type, { clock: this.#clock, sleep: sleepFor });
    return { value: fetched.value, expiresAt: this.#clock() + fetched.expiresInSeconds * 1000 };
  }

  /** The Worker learns by its own calls what is closed to it. */
  tell(): Promise<void> {
    return Promise.resolve();
  }

  async #ask(method: "GET" | "POST", body?: object): Promise<Token> {
    const worker = { account: this.#account, origin: this.#origin, clock: this.#clock };
    const { fields, path } = await askWorker(worker, { method, resource: "access-token", body });
    return this.#tokenOf(fields, path);
  }

  #tokenOf(fields: object, path: string): Token {
    const [token, life, errcode, errmsg, called] = [
      "access_token",
      "expires_in",
      "errcode",
      "errmsg",
      "path",
    ].map((name): unknown => Reflect.get(fields, name));
    if (typeof token === "string" && typeof life === "number") {
      return { value: token, expiresAt: this.#clock() + life * 1000 };
    }
    if (typeof errmsg !== "string") throw notOurs(path);
    if (typeof errcode === "number")
      throw refusal(errcode, errmsg, typeof called === "string" ? called : path);
    if (Reflect.get(fields, "code") === "api_not_configured") throw withoutSecret(this.#account.id);
    throw new ApiUnreachableError(
      "api_unreachable",
      "not-sent",
      `${path}: the Worker has no token: ${errmsg}`,
    );
  }
}

function withoutSecret(id: string): ConfigurationError {
  const setting = settingOf(id, "appSecret");
  return new ConfigurationError(
    `The Worker has no AppSecret for the account "${id}": give it ${setting} by \`npx wrangler secret put\`.`,
    `Worker 没有账号 "${id}" 的 AppSecret：请用 npx wrangler secret put 设置 ${setting}。`,
  );
}
