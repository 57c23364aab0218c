/** Access tokens from a Worker of ours, so that no token is fetched beside its own. */
import { signOperatorRequest } from "../src/accounts/operator-signature.ts";
import { refusal } from "../src/api/request/answer.ts";
import type { ApiAccount } from "../src/api/request/api-account.ts";
import { exchange, unreadable } from "../src/api/request/exchange.ts";
import { sleepFor } from "../src/api/request/retry.ts";
import { fetchTicket, type TicketType } from "../src/api/token/token-fetch.ts";
import type { Token, Tokens } from "../src/api/token/tokens.ts";
import { ApiUnreachableError } from "../src/errors.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { settingOf } from "./wechat-account.ts";

/** The Worker may have to try several hosts of WeChat's. */
const ASK_TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 65_536;
/** How far a signature's time may be from the Worker's. */
const WINDOW_SECONDS = 300;

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
    this.#token ??= await this.#ask("GET", "");
    return this.#token;
  }

  async renew(refused: string): Promise<Token> {
    this.#token = await this.#ask("POST", JSON.stringify({ refused }));
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

  async #ask(method: "GET" | "POST", body: string): Promise<Token> {
    const path = `/api/v1/accounts/${this.#account.id}/access-token`;
    const now = Math.floor(this.#clock() / 1000);
    const authorization = await signOperatorRequest(this.#account, { method, target: path, body }, now);
    if (authorization === undefined) throw unsigned(this.#account.id);
    const answer = await exchange({
      method,
      url: this.#origin + path,
      path,
      headers: { Authorization: authorization },
      body: body === "" ? undefined : body,
      timeoutMs: ASK_TIMEOUT_MS,
      signal: undefined,
    });
    if (answer.status === 404) {
      const theirs = Date.parse(answer.headers.get("date") ?? "") / 1000;
      throw unknownThere(this.#account.id, this.#origin, Number.isNaN(theirs) ? 0 : theirs - now);
    }
    return this.#tokenOf(parsed(await answer.text(MAX_ANSWER_BYTES), path), path);
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
    if (typeof errmsg !== "string") throw unreadable(path, "that is no answer of a wechat-edge Worker");
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

function parsed(text: string, path: string): object {
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields === "object" && fields !== null) return fields;
  } catch {
    // Told as what it is below: somebody else's page.
  }
  throw unreadable(path, "that is no answer of a wechat-edge Worker");
}

function unsigned(id: string): ConfigurationError {
  return new ConfigurationError(
    `The account "${id}" has neither an AppSecret nor an EncodingAESKey here to sign a request to its Worker with.`,
    `本机没有账号 "${id}" 的 AppSecret 或 EncodingAESKey，无法对发给 Worker 的请求签名。`,
  );
}

/** The answer to everything that is not rightly signed: the Worker says no more. */
function unknownThere(id: string, origin: string, clockOffSeconds: number): ConfigurationError {
  if (Math.abs(clockOffSeconds) > WINDOW_SECONDS) {
    const seconds = Math.round(Math.abs(clockOffSeconds));
    return new ConfigurationError(
      `This machine's clock is ${seconds} s off: set it right, then the Worker can accept the signature.`,
      `本机时钟相差 ${seconds} 秒，Worker 因此不接受签名，请先校准时钟。`,
    );
  }
  return new ConfigurationError(
    `${origin} does not accept this request for the account "${id}". Does the Worker have that account, with the same app id and AppSecret (or, without one, EncodingAESKey)? Is it a wechat-edge Worker at all?`,
    `${origin} 不接受账号 "${id}" 的请求。请检查：该地址是否为 wechat-edge，Worker 是否配置了该账号，AppID 与 AppSecret（没有则为 EncodingAESKey）是否与本机一致。`,
  );
}

function withoutSecret(id: string): ConfigurationError {
  const setting = settingOf(id, "appSecret");
  return new ConfigurationError(
    `The Worker has no AppSecret for the account "${id}": give it ${setting} by \`npx wrangler secret put\`.`,
    `Worker 没有账号 "${id}" 的 AppSecret：请用 npx wrangler secret put 设置 ${setting}。`,
  );
}
