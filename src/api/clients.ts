/** The API clients of one Worker: what calls share is kept per account and isolate. */
import { AccountRegistry } from "../accounts/registry.ts";
import { readSettings, type Settings } from "../config.ts";
import { ConfigError } from "../errors.ts";
import { Logger } from "../telemetry/logger.ts";
import { apiAccountOf } from "./request/api-account.ts";
import { Breaker } from "./request/breaker.ts";
import type { AccountApi } from "./request/caller.ts";
import { WechatApi } from "./client.ts";
import { Closures } from "./request/closures.ts";
import { KeeperTokens } from "./token/keeper-tokens.ts";
import { sleepFor } from "./request/retry.ts";

/** What the clients are made with. */
export interface ApiClientsOptions {
  readonly env: Cloudflare.Env;
  readonly accounts: AccountRegistry;
  readonly settings: Settings;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const byEnv = new WeakMap<Cloudflare.Env, ApiClients>();

/** One per Worker and isolate. */
export class ApiClients {
  readonly #options: ApiClientsOptions;
  readonly #shared = new Map<string, AccountApi>();

  constructor(options: ApiClientsOptions) {
    this.#options = options;
    byEnv.set(options.env, this);
  }

  /** The clients of a Worker's environment: those of its app where that has made any. */
  static in(env: Cloudflare.Env): ApiClients {
    const known = byEnv.get(env);
    if (known) return known;
    const { settings } = readSettings(env);
    return new ApiClients({ env, accounts: new AccountRegistry(env), settings, clock: Date.now });
  }

  /** Writes log lines that belong to no request. */
  get log(): Logger {
    const { settings, clock } = this.#options;
    return new Logger({ level: settings.logLevel, clock }, { requestId: "none", spanId: "none" });
  }

  /**
   * The API of an account, for one request or job.
   *
   * @throws {ConfigError} when no usable account has that id
   */
  of(accountId: string, log: Logger): WechatApi {
    return new WechatApi(this.shared(accountId), log);
  }

  /** Whether calls of that path are not closed to the account, by its kind or by WeChat. */
  isOpen(accountId: string, path: string): boolean {
    const { closures, clock } = this.shared(accountId);
    return closures.isOpen(path, clock());
  }

  /** What all calls of an account share. @throws {ConfigError} when no usable account has that id */
  shared(accountId: string): AccountApi {
    const known = this.#shared.get(accountId);
    if (known) return known;
    const { accounts, env, settings, clock } = this.#options;
    const definition = accounts.known(accountId);
    if (definition === undefined) {
      throw new ConfigError("config_invalid", `There is no usable account "${accountId}".`);
    }
    const account = apiAccountOf(definition);
    const closures = new Closures(account);
    const tokens = new KeeperTokens({
      account,
      keepers: env.TOKEN_KEEPERS,
      locationHint: settings.locationHint,
      closures,
      clock,
    });
    const api: AccountApi = { account, tokens, closures, breaker: new Breaker(), clock, sleep: sleepFor };
    this.#shared.set(accountId, api);
    return api;
  }
}
