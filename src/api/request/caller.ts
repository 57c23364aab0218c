/**
 * Makes calls to WeChat's API for one account: the token added, the answer read, and every failure met with the
 * reaction that its kind asks for.
 */
import { ApiError, ApiUnreachableError } from "../../errors.ts";
import { writeJson } from "../../protocol/json-write.ts";
import type { Logger } from "../../telemetry/logger.ts";
import { type AnswerFields, isFile, readAnswer } from "./answer.ts";
import type { ApiAccount } from "./api-account.ts";
import type { Breaker } from "./breaker.ts";
import { closureAfter, type Closures } from "./closures.ts";
import { exchange, type OpenAnswer } from "./exchange.ts";
import { multipart, type UploadForm } from "./multipart.ts";
import { type CallQuery, checkKind } from "./path-rights.ts";
import { relayHeaders } from "./relay-signature.ts";
import { type Sleep, withRetries } from "./retry.ts";
import { type Target, targetsOf } from "./targets.ts";
import type { Tokens } from "../token/tokens.ts";

/** Parameters of a call. */
export interface CallOptions {
  /** Without `access_token`: that is added. Values of `undefined` are left out. */
  readonly query?: CallQuery;
  /** Sent as JSON in raw UTF-8. */
  readonly body?: object;
  /** Sent as a form with a file, instead of `body`. */
  readonly upload?: UploadForm;
  /**
   * Whether it does no harm to make the call twice. Then it is repeated after a failed connection, at WeChat's other
   * hosts too. Default: `true` for GET, `false` for POST.
   */
  readonly idempotent?: boolean;
  /** `false`: one attempt and no more; whoever calls has a plan of its own. Default `true`. */
  readonly repeat?: boolean | undefined;
  /** `false` for the few calls that take no access token; their refusals close nothing. Default `true`. */
  readonly token?: boolean;
  /** For one attempt, in milliseconds. Default 5,000; 30,000 for files. */
  readonly timeoutMs?: number;
  /** Larger answers are refused. Default 1 MiB. */
  readonly maxAnswerBytes?: number;
  /** Cancels the call. */
  readonly signal?: AbortSignal | undefined;
}

/** The parts that all calls of one account share in an isolate. */
export interface AccountApi {
  readonly account: ApiAccount;
  readonly tokens: Tokens;
  readonly closures: Closures;
  readonly breaker: Breaker;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly sleep: Sleep;
}

/** Open to every account. */
const PROBE_PATH = "/cgi-bin/get_api_domain_ip";
const CALL_TIMEOUT_MS = 5_000;
const FILE_TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 1_048_576;

type Method = "GET" | "POST";

/** Makes the calls of one request or job: its log lines carry that one's ids. */
export class ApiCaller {
  readonly #api: AccountApi;
  readonly #log: Logger;

  constructor(api: AccountApi, log: Logger) {
    this.#api = api;
    this.#log = log;
  }

  get account(): ApiAccount {
    return this.#api.account;
  }

  /**
   * Makes a call and returns WeChat's answer.
   *
   * @param path `/cgi-bin/…`, without query
   * @returns the answer, as its caller says it is shaped; whole numbers beyond 2^53 are texts
   * @throws {ApiError} when WeChat answers with an error number, or has refused the same call a short while ago, or the
   *   account's kind does not have the call
   * @throws {ApiUnreachableError} when there is no usable answer; `outcome` says whether the call may have had its effect
   * @throws {ConfigError} when the account has no AppSecret
   */
  async call<T = AnswerFields>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
    const { maxAnswerBytes = MAX_ANSWER_BYTES } = options;
    const fields: unknown = await this.#made(method, path, options, (answer) =>
      readAnswer(answer, path, maxAnswerBytes),
    );
    return fields as T; // the caller knows what WeChat's page promises; errors were sorted out above
  }

  /**
   * Makes a call whose answer is a file. An answer in JSON is read as one: it says why there is no file, or where.
   *
   * @throws as `call` does; reading the file throws when it breaks off or takes longer than the call may
   */
  download(method: Method, path: string, options: CallOptions = {}): Promise<OpenAnswer | AnswerFields> {
    const { maxAnswerBytes = MAX_ANSWER_BYTES, timeoutMs = FILE_TIMEOUT_MS } = options;
    return this.#made<OpenAnswer | AnswerFields>(method, path, { ...options, timeoutMs }, async (answer) =>
      (await isFile(answer)) ? answer : readAnswer(answer, path, maxAnswerBytes),
    );
  }

  /** Whether calls of that path are not closed: the account's kind has them, and WeChat has not refused them. */
  isOpen(path: string): boolean {
    return this.#api.closures.isOpen(path, this.#api.clock());
  }

  /** @throws {ApiError} 48001 when the account's kind does not have that page, to which a browser would be sent */
  checkPage(path: string): void {
    checkKind(this.account, path);
  }

  /**
   * Makes sure that WeChat can be reached, by a call that does nothing, unless that is known from a call of a short while
   * ago. A message whose connection fails may have arrived and is never sent again: better to find out before.
   *
   * @throws {ApiUnreachableError} `not-sent`, and as every call does
   */
  async probe(): Promise<void> {
    const { breaker, clock } = this.#api;
    if (breaker.isWell(clock())) return;
    try {
      await this.call("GET", PROBE_PATH, { repeat: false });
    } catch (error) {
      if (!(error instanceof ApiUnreachableError)) throw error;
      throw new ApiUnreachableError(error.code, "not-sent", error.message, { cause: error });
    }
  }

  /** A ticket for web pages or cards. Throws as `call` does. */
  async ticket(type: "jsapi" | "wx_card"): Promise<string> {
    return (await this.#api.tokens.ticket(type)).value;
  }

  /** Opens all calls that were closed for their quota or for want of permission. */
  reopen(): Promise<void> {
    return this.#api.tokens.tell(undefined, this.#log);
  }

  async #made<T>(
    method: Method,
    path: string,
    options: CallOptions,
    read: (answer: OpenAnswer) => Promise<T>,
  ): Promise<T> {
    const { closures, breaker, clock } = this.#api;
    const started = clock();
    const note = (level: "debug" | "warn", message: "api_called" | "api_failed", fields: object): void =>
      this.#log[level](message, {
        account: this.account.id,
        path,
        ...fields,
        duration_ms: clock() - started,
      });
    try {
      closures.check(path, started, options.query);
      if (!breaker.admits(started)) {
        throw new ApiUnreachableError(
          "api_paused",
          "not-sent",
          `${path}: WeChat's API has not answered for a while`,
        );
      }
      const result = await this.#withToken(method, path, options, read);
      note("debug", "api_called", {});
      return result;
    } catch (error) {
      if (error instanceof ApiError) {
        note(error.lacking && closures.wasTold(path) ? "debug" : "warn", "api_failed", {
          errcode: error.errcode,
          errmsg: error.errmsg,
          reaction: error.reaction,
          hint: error.hint,
        });
        // Without the account's token it is a user's grant that was refused (`/sns/…`): that closes nothing to others.
        const closure = options.token === false ? undefined : closureAfter(error, clock());
        if (closure !== undefined && closure.path === path) {
          closures.close(closure);
          await this.#api.tokens.tell(closure, this.#log);
        }
      } else if (error instanceof ApiUnreachableError) {
        note("warn", "api_failed", { code: error.code, outcome: error.outcome });
      }
      throw error;
    }
  }

  /** A refused token is renewed once, and the call repeated once. */
  async #withToken<T>(
    method: Method,
    path: string,
    options: CallOptions,
    read: (answer: OpenAnswer) => Promise<T>,
  ): Promise<T> {
    if (options.token === false) return this.#attempts(method, path, options, read, undefined);
    const { tokens } = this.#api;
    const token = await this.#watched(() => tokens.current(this.#log), false);
    try {
      return await this.#attempts(method, path, options, read, token.value);
    } catch (error) {
      if (!(error instanceof ApiError) || error.reaction !== "renew_token") throw error;
      const renewed = await this.#watched(() => tokens.renew(token.value, this.#log), false);
      return this.#attempts(method, path, options, read, renewed.value);
    }
  }

  #attempts<T>(
    method: Method,
    path: string,
    options: CallOptions,
    read: (answer: OpenAnswer) => Promise<T>,
    token: string | undefined,
  ): Promise<T> {
    const { idempotent = method === "GET", repeat = true, signal } = options;
    const { sleep, account } = this.#api;
    const attempt = (target: Target): Promise<T> =>
      this.#watched(async () => read(await this.#send(method, path, options, token, target)));
    return withRetries(attempt, { targets: targetsOf(account), idempotent, repeat, sleep, signal });
  }

  /**
   * Tells the breaker how a call went.
   *
   * @param asksWechat a token may come from the isolate's memory: that says nothing of WeChat
   */
  async #watched<T>(work: () => Promise<T>, asksWechat = true): Promise<T> {
    const { breaker, clock } = this.#api;
    try {
      const result = await work();
      if (asksWechat) breaker.answered(clock());
      return result;
    } catch (error) {
      if (error instanceof ApiError && !error.remembered) breaker.answered(clock());
      else if (error instanceof ApiUnreachableError && error.code !== "api_cancelled")
        breaker.failed(clock());
      throw error;
    }
  }

  async #send(
    method: Method,
    path: string,
    options: CallOptions,
    token: string | undefined,
    { origin, relayedHost: host }: Target,
  ): Promise<OpenAnswer> {
    const { relaySecret } = this.account;
    const target = `${path}${queryOf(options.query, token)}`;
    const form = options.upload && multipart(options.upload);
    const json = options.body === undefined ? undefined : writeJson(options.body);
    const opened = form?.open();
    const relay =
      host === undefined || relaySecret === undefined
        ? {}
        : await relayHeaders(
            relaySecret,
            { method, host, target, body: form ? undefined : (json ?? "") },
            this.#api.clock(),
          );
    const contentType = form?.contentType ?? (json === undefined ? undefined : "application/json");
    try {
      return await exchange({
        method,
        url: origin + target,
        path,
        headers: { ...(contentType === undefined ? {} : { "Content-Type": contentType }), ...relay },
        body: opened?.body ?? json,
        timeoutMs: options.timeoutMs ?? (form ? FILE_TIMEOUT_MS : CALL_TIMEOUT_MS),
        signal: options.signal,
      });
    } catch (error) {
      throw opened?.fault() ?? error;
    }
  }
}

function queryOf(query: CallQuery = {}, token: string | undefined): string {
  const search = new URLSearchParams();
  if (token !== undefined) search.set("access_token", token);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = String(search);
  return text === "" ? "" : `?${text}`;
}
