/** What a command of `npm run wechat` works with: the account, its tokens and WeChat's API. */
import type { AccountDefinition } from "../../src/accounts/account.ts";
import { Breaker } from "../../src/api/request/breaker.ts";
import { WechatApi } from "../../src/api/client.ts";
import { Closures } from "../../src/api/request/closures.ts";
import { DirectTokens } from "../../src/api/token/direct-tokens.ts";
import { sleepFor } from "../../src/api/request/retry.ts";
import { targetsOf } from "../../src/api/request/targets.ts";
import type { Token, Tokens } from "../../src/api/token/tokens.ts";
import { Logger } from "../../src/telemetry/logger.ts";
import { ConfigurationError } from "../configuration-error.ts";
import type { Progress } from "../progress.ts";
import { settingOf } from "./account.ts";
import { askWorker, type WorkerAnswer, type WorkerRequest } from "../worker-request.ts";
import { WorkerTokens } from "./worker-tokens.ts";

/** What a session is made with. */
export interface SessionOptions {
  /** @throws {ConfigurationError} when there is no such account */
  readonly account: () => AccountDefinition;
  /** Origin of the Worker that gives the tokens, or is asked itself; unset: this process asks WeChat. */
  readonly worker: string | undefined;
  readonly verbose: boolean;
  readonly progress: Progress;
}

const WECHAT_WEB = "https://mp.weixin.qq.com";

/** One run of a command. Nothing is read or called before it is asked for. */
export class Session {
  readonly worker: string | undefined;
  readonly progress: Progress;
  /** What has been changed so far, for a command that fails half-way. */
  readonly done: string[] = [];
  readonly #readAccount: () => AccountDefinition;
  readonly #log: Logger;
  #account: AccountDefinition | undefined;
  #tokens: Tokens | undefined;
  #connected = false;

  constructor({ account, worker, verbose, progress }: SessionOptions) {
    this.#readAccount = account;
    this.worker = worker;
    this.progress = progress;
    const level = verbose ? "debug" : "silent";
    this.#log = new Logger({ level, clock: Date.now }, { requestId: "cli", spanId: "cli" });
  }

  /** @throws {ConfigurationError} when there is no such account */
  get account(): AccountDefinition {
    this.#account ??= this.#readAccount();
    return this.#account;
  }

  /** Whether there is a token, or the Worker was asked: from then on calls may have had an effect. */
  get isConnected(): boolean {
    return this.#connected;
  }

  /** Where calls go first. */
  get apiOrigin(): string {
    return targetsOf(this.account)[0]?.origin ?? "";
  }

  /** Where the pages lie that a browser opens. */
  get webOrigin(): string {
    return this.account.webBase ?? WECHAT_WEB;
  }

  /**
   * The access token.
   *
   * @throws {ConfigurationError} when the account has no credentials for one, or another program's would be voided
   * @throws as `Tokens` does
   */
  async token(): Promise<Token> {
    const token = await this.progress.during(
      "asking for an access token · 正在获取 access_token",
      this.#source().current(this.#log),
    );
    this.#connected = true;
    return token;
  }

  /** WeChat's API, with a token at hand. Throws as `token` does. */
  async api(): Promise<WechatApi> {
    await this.token();
    const shared = {
      account: this.account,
      tokens: this.#source(),
      closures: new Closures(this.account),
      breaker: new Breaker(),
      clock: Date.now,
      sleep: sleepFor,
    };
    return new WechatApi(shared, this.#log);
  }

  /**
   * Asks the Worker about the account. `words` say what is waited for. Throws as `askWorker` does.
   *
   * @throws {TypeError} when there is no Worker: the command lacks `asksWorker`
   */
  async askWorker(request: WorkerRequest, words: string): Promise<WorkerAnswer> {
    if (this.worker === undefined) throw new TypeError("a command that asks the Worker says so: asksWorker");
    const worker = { account: this.account, origin: this.worker, clock: Date.now };
    this.#connected = true;
    return this.progress.during(words, askWorker(worker, request));
  }

  #source(): Tokens {
    this.#tokens ??= tokensOf(this.account, this.worker);
    return this.#tokens;
  }
}

function tokensOf(account: AccountDefinition, worker: string | undefined): Tokens {
  if (worker !== undefined) return new WorkerTokens(account, worker, Date.now);
  const { id, appId, appSecret, accessTokenSource: source } = account;
  if (source.kind === "token") throw disturbing(id);
  if (source.kind === "stable_token" && appId === "")
    throw missing("app id", "AppID", settingOf(id, "appId"));
  if (source.kind === "stable_token" && appSecret === undefined) {
    throw missing("AppSecret", "AppSecret", settingOf(id, "appSecret"));
  }
  return new DirectTokens(account, Date.now);
}

function missing(en: string, zh: string, setting: string): ConfigurationError {
  return new ConfigurationError(
    `The ${en} is missing: set ${setting} in .dev.vars or in the environment.`,
    `缺少 ${zh}：请在 .dev.vars 或环境变量中设置 ${setting}。`,
  );
}

function disturbing(id: string): ConfigurationError {
  const setting = settingOf(id, "accessTokenSource");
  return new ConfigurationError(
    `${setting} is "token": each new token voids the last one, the Worker's. Take the Worker's: --url https://bot.example.com (or http://localhost:8787).`,
    `${setting} 为 "token"：每取一个新 token，Worker 正在用的就会失效。请从 Worker 取：--url https://bot.example.com（或 http://localhost:8787）。`,
  );
}
