/** Where calls of WeChat's API come in: each is recorded, struck by ordered faults, checked, and answered. */
import { Hono } from "hono";
import { describeRequest, type RecordedCall } from "./call-record.ts";
import { isCut, sleep } from "./connection.ts";
import { type ApiCall, type ApiEndpoint, ApiFailure, type ApiResult, type JsonObject } from "./endpoint.ts";
import { answerInstead, spoil } from "./fault-answer.ts";
import { ipRefusal } from "./ip-list.ts";
import { type Incoming, type Claim, claimOf, permissionOf } from "./owner.ts";
import type { PlatformAccount } from "./platform-account.ts";
import type { Platforms } from "./platforms.ts";
import { newRid } from "./rid.ts";
import type { Struck } from "./scripted-faults.ts";

/** What the platform side is made with. */
export interface PlatformRouteOptions {
  readonly platforms: Platforms;
  readonly endpoints: readonly ApiEndpoint[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Where a request comes from. */
  readonly clientIp: (request: Request, env: unknown) => string;
}

const PATHS = ["/cgi-bin/*", "/sns/*", "/wxaapi/*"];
/** WeChat takes less of everything. */
const MAX_BODY_BYTES = 20_000_000;

/** WeChat's own paths: `/cgi-bin/…`, `/sns/…` and `/wxaapi/…`. */
export function platformRoutes({ platforms, endpoints, now, clientIp }: PlatformRouteOptions): Hono {
  const byPath = new Map(endpoints.map((endpoint) => [endpoint.path, endpoint]));
  const app = new Hono();
  app.on(["GET", "POST", "PUT", "DELETE", "PATCH"], PATHS, async (c) => {
    const request = c.req.raw;
    const { pathname: path, searchParams: query, origin } = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    if (body.length > MAX_BODY_BYTES) return c.text("413 Request Entity Too Large", 413);
    const incoming: Incoming = {
      method: request.method,
      path,
      query,
      body,
      contentType: request.headers.get("content-type") ?? "",
      origin,
      clientIp: clientIp(request, c.env),
      signal: request.signal,
    };
    const claim = claimOf(platforms.all, byPath.get(path), incoming, now());
    if (claim.platform === undefined) return outcomeOf(claim.refusal, newRid(now())).response;
    return answerRecorded(incoming, claim, claim.platform, now);
  });
  return app;
}

/** Answers a call that is somebody's. */
async function answerRecorded(
  incoming: Incoming,
  claim: Claim,
  platform: PlatformAccount,
  now: () => number,
): Promise<Response> {
  const { method, path, query, clientIp } = incoming;
  const at = now();
  const rid = newRid(at);
  const struck = platform.faults.strike(path);
  const fault = struck.fault?.kind ?? (struck.delayMs > 0 ? "latency" : undefined);
  const call: RecordedCall = {
    id: crypto.randomUUID(),
    at,
    method,
    path,
    ...(await describeRequest(incoming)),
    status: 0,
    ...(fault === undefined ? {} : { fault }),
    effect: false,
  };
  const keep = (outcome: Partial<RecordedCall>, responseBody: string): void =>
    platform.calls.keep({
      rid,
      clientIp,
      requestUrl: query.toString(),
      responseBody,
      durationMs: now() - at,
      call: { ...call, ...outcome },
    });
  // Even a call that is never answered has come in.
  keep({}, "");
  const { response, effect, errcode, body } = await carryOut(incoming, claim, struck, {
    id: call.id,
    rid,
    now,
  });
  const status = isCut(response) ? 0 : response.status;
  keep({ status, effect, ...(errcode === undefined ? {} : { errcode }) }, body);
  return response;
}

interface Stamp {
  readonly id: string;
  readonly rid: string;
  readonly now: () => number;
}

/** An answer, and what there is to record of it. */
interface Outcome {
  readonly response: Response;
  readonly effect: boolean;
  readonly errcode?: number | undefined;
  /** As it was before a fault spoilt it; empty when it is no JSON. */
  readonly body: string;
}

async function carryOut(
  incoming: Incoming,
  claim: Claim,
  { delayMs, fault }: Struck,
  stamp: Stamp,
): Promise<Outcome> {
  if (delayMs > 0) await sleep(delayMs);
  const instead = fault === undefined ? undefined : await answerInstead(fault, incoming.signal);
  if (instead !== undefined) return { ...outcomeOf(instead, stamp.rid), effect: false };
  const outcome = outcomeOf(await perform(incoming, claim, stamp), stamp.rid);
  return fault === undefined ? outcome : { ...outcome, response: await spoil(fault, outcome.response) };
}

async function perform(incoming: Incoming, claim: Claim, { id, now }: Stamp): Promise<ApiResult> {
  if (claim.refusal !== undefined) return claim.refusal;
  const { platform, endpoint } = claim;
  const refusal =
    (endpoint.access === "token" ? ipRefusal(platform, incoming.clientIp) : undefined) ??
    permissionOf(platform, endpoint, now());
  if (refusal !== undefined) return refusal;
  const { query, body, contentType, origin, clientIp } = incoming;
  const call: ApiCall = { id, platform, query, body, contentType, now: now(), origin, clientIp };
  try {
    return await endpoint.handle(call);
  } catch (error) {
    if (error instanceof ApiFailure) return error;
    throw error;
  }
}

function outcomeOf(result: ApiResult, rid: string): Outcome {
  if (result instanceof Response) return { response: result, effect: result.ok, body: "" };
  if (result instanceof ApiFailure) {
    const { errcode, errmsg } = result;
    return { ...sent({ errcode, errmsg: `${errmsg} rid: ${rid}` }), effect: false, errcode };
  }
  const { errcode } = result;
  return typeof errcode === "number"
    ? { ...sent(result), effect: errcode === 0, errcode }
    : { ...sent(result), effect: true };
}

function sent(json: JsonObject): Pick<Outcome, "response" | "body"> {
  const body = JSON.stringify(json);
  const headers = { "Content-Type": "application/json; charset=utf-8" };
  return { response: new Response(body, { headers }), body };
}
