/**
 * Tries WeChat's API from the Worker itself, as a handler's call would go: the token first, then what WeChat can tell of
 * the callback URL and of quotas.
 */
import type { AccountDefinition } from "../../accounts/account.ts";
import { type Finding, finding } from "../../accounts/doctor-findings.ts";
import { rightsOf } from "../../accounts/rights.ts";
import { SEND_PATH } from "../../api/calls/customer-service.ts";
import type { Operations } from "../../api/calls/operations.ts";
import type { ApiClients } from "../../api/clients.ts";
import { IP_REFUSALS } from "../../api/request/errcodes.ts";
import { TOKEN_PATHS } from "../../api/token/token-fetch.ts";
import type { Tokens } from "../../api/token/tokens.ts";
import { answerWithin } from "../../deadline.ts";
import { ApiError, ApiUnreachableError, ConfigError } from "../../errors.ts";
import type { Logger } from "../../telemetry/logger.ts";
import { reasonOf } from "./neighbours.ts";

/** What the API is tried with. */
export interface ApiParts {
  readonly env: Partial<Cloudflare.Env>;
  readonly apis: ApiClients;
  readonly definition: AccountDefinition;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** For the token, a second try included; and then for each of the calls that are made beside each other. */
const TOKEN_TIMEOUT_MS = 4_000;
const CALL_TIMEOUT_MS = 5_000;
/** WeChat may name dozens of addresses. */
const MAX_LINES = 8;
const ALMOST_ALL = 0.9;

/** The findings. Calls go the account's own way: relay, token keeper and all. */
export async function apiFindings({ env, apis, definition, log, clock }: ApiParts): Promise<Finding[]> {
  const { id, appId, appSecret, accessTokenSource: source, kind } = definition;
  if (source.kind !== "url" && appSecret === undefined)
    return [finding("no_app_secret", "note", { missing: "appSecret" })];
  if (source.kind !== "url" && appId === "") return [finding("no_app_secret", "note", { missing: "appId" })];
  if (env.TOKEN_KEEPERS === undefined) return []; // found elsewhere, and nothing can be called
  try {
    await freshToken(apis.shared(id).tokens, log, clock);
  } catch (error) {
    return [tokenFinding(error)];
  }
  const { operations } = apis.of(id, log);
  const paths = [
    ...(source.kind === "url" ? [] : [TOKEN_PATHS[source.kind]]),
    ...(rightsOf(kind).customerService ? [SEND_PATH] : []),
  ];
  const found = await Promise.all([
    callbackCheck(operations),
    ...paths.map((path) => quota(operations, path)),
    serverIps(operations),
  ]);
  return [finding("token_ok", "ok", { source: source.kind }), ...found.flat()];
}

/**
 * Gets the token. A refusal that is remembered may be mended meanwhile: who asks the doctor has just changed something, so
 * what is remembered is forgotten and WeChat asked again, once.
 */
async function freshToken(tokens: Tokens, log: Logger, clock: () => number): Promise<void> {
  const end = clock() + TOKEN_TIMEOUT_MS;
  const current = async (): Promise<unknown> => answerWithin(() => tokens.current(log), end - clock());
  try {
    await current();
  } catch (error) {
    if (!(error instanceof ApiError && error.remembered)) throw error;
    await tokens.tell(undefined, log);
    await current();
  }
}

function tokenFinding(error: unknown): Finding {
  if (!(error instanceof ApiError)) return unreachable("token", error);
  const { errcode, errmsg, path } = error;
  return IP_REFUSALS.has(errcode)
    ? finding("ip_not_allowed", "error", { ip: ipIn(errmsg), errcode, errmsg })
    : finding("token_refused", "error", { errcode, errmsg, path });
}

/** `invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: …` */
function ipIn(errmsg: string): string {
  return /ip:? ?([\da-f]{0,4}[.:][\da-f.:]+[\da-f])/i.exec(errmsg)?.[1] ?? "";
}

function unreachable(call: string, error: unknown): Finding {
  const message = reasonOf(error);
  if (error instanceof ApiUnreachableError || error instanceof ConfigError) {
    const { code } = error;
    return code === "api_relay_refused"
      ? finding("relay_refused", "error", { code, message })
      : finding("api_unreachable", "error", { call, code, message });
  }
  return finding("api_unreachable", "error", { call, code: "api_timed_out", message });
}

async function callbackCheck(operations: Operations): Promise<Finding[]> {
  try {
    const { dns = [], ping = [] } = await answerWithin(() => operations.checkCallback(), CALL_TIMEOUT_MS);
    const found = dns
      .slice(0, MAX_LINES)
      .map(({ ip, real_operator: operator }) => finding("callback_check_dns", "ok", { ip, operator }));
    const pings = ping.slice(0, MAX_LINES).map(({ ip, from_operator: operator, package_loss: loss, time }) =>
      finding("callback_check_ping", loss === "0%" ? "ok" : "warning", {
        ip,
        operator,
        loss,
        ...(time === undefined ? {} : { time }),
      }),
    );
    return [...(found.length > 0 ? found : [finding("callback_check_no_dns", "error", {})]), ...pings];
  } catch (error) {
    if (error instanceof ApiError) {
      const { errcode, errmsg } = error;
      return [finding("callback_check_unavailable", "warning", { errcode, errmsg })];
    }
    // WeChat looks names up and waits for echoes: slow says nothing.
    if (!(error instanceof ApiUnreachableError) || error.code === "api_timed_out") {
      return [finding("callback_check_unavailable", "note", { errcode: 0, errmsg: reasonOf(error) })];
    }
    return [unreachable("callback_check", error)];
  }
}

async function quota(operations: Operations, path: string): Promise<Finding[]> {
  try {
    const { quota: today } = await answerWithin(() => operations.quota(path), CALL_TIMEOUT_MS);
    const { daily_limit: limit, used, remain } = today;
    const level = limit === 0 ? "ok" : remain <= 0 ? "error" : used >= limit * ALMOST_ALL ? "warning" : "ok";
    return [finding("quota", level, { path, used, limit, remain })];
  } catch (error) {
    if (!(error instanceof ApiError)) return [unreachable("quota", error)];
    const { errcode, errmsg } = error;
    return [finding("quota_unavailable", "note", { path, errcode, errmsg })];
  }
}

async function serverIps(operations: Operations): Promise<Finding[]> {
  try {
    const ips = await answerWithin(() => operations.callbackIps(), CALL_TIMEOUT_MS);
    return [finding("server_ips", "ok", { count: ips.length, first: ips[0] ?? "" })];
  } catch (error) {
    return error instanceof ApiError ? [] : [unreachable("server_ips", error)];
  }
}
