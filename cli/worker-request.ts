/** Signed operator requests: how a command asks a Worker of ours for what no stranger may see (docs/security.md). */
import type { AccountDefinition } from "../src/accounts/account.ts";
import { signOperatorRequest } from "../src/accounts/operator-signature.ts";
import { exchange, unreadable } from "../src/api/request/exchange.ts";
import { ConfigurationError } from "./configuration-error.ts";

/** The Worker may have to try several hosts of WeChat's. */
const ASK_TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 65_536;
/** How far a signature's time may be from the Worker's. */
const WINDOW_SECONDS = 300;

/** What the request is signed for, and with. */
export type Signer = Pick<AccountDefinition, "id" | "appId" | "appSecret" | "encodingAesKeys">;

/** A Worker to be asked about an account. */
export interface AskedWorker {
  readonly account: Signer;
  /** Without a path. */
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** What it is asked. */
export interface WorkerRequest {
  readonly method: "GET" | "POST";
  /** What follows `/api/v1/accounts/<id>/`, with its query. */
  readonly resource: string;
  readonly body?: object | undefined;
  readonly timeoutMs?: number;
  readonly maxAnswerBytes?: number;
}

/** Its answer: a JSON object. */
export interface WorkerAnswer {
  readonly status: number;
  readonly fields: object;
  /** Of the request, for messages. */
  readonly path: string;
}

/**
 * Asks the Worker.
 *
 * @throws {ConfigurationError} when the account has nothing to sign with, or the Worker does not accept the signature
 * @throws {ApiUnreachableError} when there is no answer, or it is not that of a Worker of ours
 */
export async function askWorker(
  { account, origin, clock }: AskedWorker,
  { method, resource, body, timeoutMs = ASK_TIMEOUT_MS, maxAnswerBytes = MAX_ANSWER_BYTES }: WorkerRequest,
): Promise<WorkerAnswer> {
  const target = `/api/v1/accounts/${account.id}/${resource}`;
  const path = target.replace(/\?.*/, "");
  const text = body === undefined ? "" : JSON.stringify(body);
  const now = Math.floor(clock() / 1000);
  const authorization = await signOperatorRequest(account, { method, target, body: text }, now);
  if (authorization === undefined) throw unsigned(account.id);
  const answer = await exchange({
    method,
    url: origin + target,
    path,
    headers: { Authorization: authorization },
    body: text === "" ? undefined : text,
    timeoutMs,
    signal: undefined,
  });
  const { status, headers } = answer;
  const theirs = Date.parse(headers.get("date") ?? "") / 1000;
  const clockOff = Number.isNaN(theirs) ? 0 : theirs - now;
  const isJson = headers.get("content-type")?.startsWith("application/json") === true;
  if (status === 404 && !isJson) throw unknownThere(account.id, origin, clockOff);
  const fields = objectOf(await answer.text(maxAnswerBytes));
  // What a rightly signed request does not find has a code; a stranger's 404 has none.
  if (status === 404 && Reflect.get(fields ?? {}, "code") === undefined) {
    throw unknownThere(account.id, origin, clockOff);
  }
  if (fields === undefined) throw notOurs(path);
  return { status, fields, path };
}

/** An answer that no Worker of ours gives: somebody else's page. */
export function notOurs(path: string): Error {
  return unreadable(path, "that is no answer of a wechat-edge Worker");
}

function objectOf(text: string): object | undefined {
  try {
    const fields: unknown = JSON.parse(text);
    return typeof fields === "object" && fields !== null ? fields : undefined;
  } catch {
    return undefined;
  }
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
    `${origin} does not accept this request for the account "${id}". Does the Worker have that account, with the same app id and AppSecret (or, without one, EncodingAESKey)? Is it a wechat-edge Worker at all, and no older than this command?`,
    `${origin} 不接受账号 "${id}" 的请求。请检查：该地址是否为 wechat-edge 且版本不旧于本命令，Worker 是否配置了该账号，AppID 与 AppSecret（没有则为 EncodingAESKey）是否与本机一致。`,
  );
}
