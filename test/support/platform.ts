/** WeChat's platform side as a test uses it: over HTTP, as the Worker under test does. */
import { env } from "cloudflare:workers";
import { inject } from "vitest";
import { AccountRegistry } from "../../src/accounts/registry.ts";
import type { AccountApi } from "../../src/api/request/caller.ts";
import type { WechatApi } from "../../src/api/client.ts";
import { ApiClients } from "../../src/api/clients.ts";
import { readSettings } from "../../src/config.ts";
import { Logger } from "../../src/telemetry/logger.ts";
import { APP_SECRET, appIdOf, type Kind } from "./platform-accounts.ts";
import { AES_KEY, TOKEN } from "./wechat.ts";

/** A call that the platform has seen. */
export interface SeenCall {
  readonly id: string;
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly openid?: string;
  readonly body?: unknown;
  readonly errcode?: number;
  readonly status: number;
  readonly fault?: string;
  /** Whether it did what it was to do. */
  readonly effect: boolean;
}

/** A fault to come. */
export interface PlannedFault {
  readonly kind: string;
  readonly path?: string;
  readonly times?: number;
  readonly after?: number;
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly ms?: number;
  readonly status?: number;
}

/** Variables of a Worker whose account is a simulated one of that kind, and whose API is the simulator. */
export function platformVars(kind: Kind): Record<string, string> {
  return {
    WECHAT_TOKEN: TOKEN,
    WECHAT_ENCODING_AES_KEY: AES_KEY,
    WECHAT_APP_ID: appIdOf(kind),
    WECHAT_APP_SECRET: APP_SECRET,
    WECHAT_ACCOUNT_KIND: kind,
    WECHAT_API_BASE: inject("platformUrl"),
    WECHAT_WEB_BASE: inject("platformUrl"),
  };
}

/** One simulated account, controlled by the simulator's own interface. */
export class Platform {
  readonly kind: Kind;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  /** Forgets everything of the account. */
  async reset(): Promise<void> {
    await this.control("POST", "reset", {});
  }

  /** The calls so far, those of one path if given. */
  async calls(path?: string): Promise<SeenCall[]> {
    const { calls }: { calls: SeenCall[] } = await this.control("GET", "calls");
    return path === undefined ? calls : calls.filter((call) => call.path === path);
  }

  async fault(fault: PlannedFault): Promise<void> {
    await this.control("POST", "faults", fault);
  }

  /** As if another program had fetched a token (`invalidate`), or time had passed (`expire`). */
  async tokens(action: "invalidate" | "expire", of: "stable" | "token" | "all" = "all"): Promise<void> {
    await this.control("POST", "tokens", { action, of });
  }

  /** How many tokens were given out. */
  issued(): Promise<{ stable: { issued: number; forced: number }; token: { issued: number } }> {
    return this.control("GET", "tokens");
  }

  /** A user does something with a phone; the push goes to a callback URL where nobody listens. */
  async act(openid: string, action: Readonly<Record<string, unknown>>): Promise<void> {
    await json("POST", `/api/phone/${this.kind}/${openid}/push`, action);
  }

  /** What a phone shows. */
  phone(openid: string): Promise<{ timeline: Record<string, unknown>[]; typingUntil?: number }> {
    return json("GET", `/api/phone/${this.kind}/${openid}`);
  }

  control<T>(method: "GET" | "POST" | "DELETE", what: string, body?: object): Promise<T> {
    return json(method, `/api/platform/${this.kind}/${what}`, body);
  }
}

async function json<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(inject("platformUrl") + path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer as T; // the test knows what it asked for
}

/** The API clients of an isolate of their own, with nothing in their memory. */
export class ApiIsolate {
  readonly #clients: ApiClients;
  /** The namespace that it asks for tokens. */
  readonly keeper: Cloudflare.Env["TOKEN_KEEPERS"];

  constructor(kind: Kind, vars: Readonly<Record<string, string>> = {}, clock: () => number = Date.now) {
    const keeper = env.TOKEN_KEEPERS;
    this.keeper = {
      idFromName: (name: string) => keeper.idFromName(name),
      get: (id: DurableObjectId, options?: DurableObjectNamespaceGetDurableObjectOptions) =>
        keeper.get(id, options),
    } as typeof keeper; // all that the client uses, as a plain object that a test can watch
    const all = { ...env, ...platformVars(kind), TOKEN_KEEPERS: this.keeper, ...vars };
    const { settings } = readSettings(all);
    this.#clients = new ApiClients({ env: all, accounts: new AccountRegistry(all), settings, clock });
  }

  get api(): WechatApi {
    const log = new Logger({ level: "debug", clock: Date.now }, { requestId: "test", spanId: "test" });
    return this.#clients.of("default", log);
  }

  get shared(): AccountApi {
    return this.#clients.shared("default");
  }
}

/** An account whose configuration says more than it is: WeChat alone knows what it may do. */
export function claimingIsolate(kind: Kind): ApiIsolate {
  return new ApiIsolate(kind, { WECHAT_ACCOUNT_KIND: "service" });
}

/** The API of an account of that kind. */
export function apiOf(kind: Kind, vars: Readonly<Record<string, string>> = {}): WechatApi {
  return new ApiIsolate(kind, vars).api;
}
