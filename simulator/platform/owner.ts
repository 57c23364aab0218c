/** Whose call it is, and whether it may be made at all. */
import { type ApiEndpoint, ApiFailure, isJsonObject, textIn } from "./endpoint.ts";
import type { PlatformAccount } from "./platform-account.ts";
import { limitOf } from "./usage.ts";

/** A request as it came in. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly origin: string;
  readonly clientIp: string;
  readonly signal: AbortSignal;
}

/** A call that may be made, or the refusal; a refused call may be somebody's all the same. */
export type Claim =
  | { readonly platform: PlatformAccount; readonly endpoint: ApiEndpoint; readonly refusal?: undefined }
  | { readonly platform: PlatformAccount; readonly refusal: ApiFailure | Response }
  | { readonly platform: undefined; readonly refusal: ApiFailure | Response };

/** Finds the account of a call, and checks what is checked before every call: method, token or app id. */
export function claimOf(
  platforms: readonly PlatformAccount[],
  endpoint: ApiEndpoint | undefined,
  incoming: Incoming,
  now: number,
): Claim {
  const { query, method } = incoming;
  if (endpoint === undefined || endpoint.access === "token") {
    const value = query.get("access_token") ?? "";
    const platform = platforms.find(({ tokens }) => tokens.owns(value)) ?? onlyOne(platforms);
    if (endpoint === undefined) return { platform, refusal: new ApiFailure(40066) };
    const refusal = wrongMethod(endpoint, method) ?? wrongToken(platform, value, now);
    return platform === undefined || refusal !== undefined
      ? { platform, refusal: refusal ?? new ApiFailure(40001) }
      : { platform, endpoint };
  }
  const { owner } = endpoint;
  const platform =
    owner === undefined ? byAppId(platforms, incoming) : platforms.find((one) => owner.isOf(one, query));
  const refusal = wrongMethod(endpoint, method);
  if (refusal !== undefined) return { platform: platform ?? onlyOne(platforms), refusal };
  if (platform !== undefined) return { platform, endpoint };
  if (owner !== undefined) return { platform: onlyOne(platforms), refusal: owner.nobodys(query) };
  const isMissing = credentialsOf(incoming).appId === undefined;
  return { platform: onlyOne(platforms), refusal: new ApiFailure(isMissing ? 41002 : 40013) };
}

/** Checks what depends on the account: its kind and its quota. The call is counted. */
export function permissionOf(
  platform: PlatformAccount,
  endpoint: ApiEndpoint,
  now: number,
): ApiFailure | undefined {
  if (!platform.has(endpoint.right)) return new ApiFailure(48001);
  const limit = limitOf(endpoint, platform.account.kind);
  if (limit !== undefined && platform.usage.usedOf(endpoint.path, now) >= limit) return new ApiFailure(45009);
  platform.usage.count(endpoint.path, now);
  return undefined;
}

function wrongMethod(endpoint: ApiEndpoint, method: string): ApiFailure | undefined {
  if (endpoint.method === method) return undefined;
  return new ApiFailure(endpoint.method === "GET" ? 43001 : 43002);
}

function wrongToken(
  platform: PlatformAccount | undefined,
  value: string,
  now: number,
): ApiFailure | undefined {
  if (value === "") return new ApiFailure(41001);
  switch (platform?.tokens.stateOf(value, now)) {
    case "valid":
      return undefined;
    case "expired":
      return new ApiFailure(42001);
    case "malformed":
      return new ApiFailure(40014);
    case "void":
    case undefined:
      return new ApiFailure(40001);
  }
}

interface Shown {
  readonly appId: string | undefined;
  readonly secret: string | undefined;
}

function credentialsOf({ query, body }: Incoming): Shown {
  const inQuery = given(query.get("appid"));
  if (inQuery !== undefined)
    return { appId: inQuery, secret: given(query.get("secret")) ?? given(query.get("appsecret")) };
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body));
    if (!isJsonObject(json)) return { appId: undefined, secret: undefined };
    return {
      appId: given(textIn(json, "appid")),
      secret: given(textIn(json, "secret")) ?? given(textIn(json, "appsecret")),
    };
  } catch {
    return { appId: undefined, secret: undefined };
  }
}

function given(text: string | null | undefined): string | undefined {
  return text === null || text === "" ? undefined : text;
}

/** Two accounts of one app id are told apart by their secrets. */
function byAppId(platforms: readonly PlatformAccount[], incoming: Incoming): PlatformAccount | undefined {
  const { appId, secret } = credentialsOf(incoming);
  const own = platforms.filter(({ account }) => appId !== undefined && account.appId === appId);
  return own.find(({ account }) => account.appSecret === secret) ?? own[0];
}

function onlyOne(platforms: readonly PlatformAccount[]): PlatformAccount | undefined {
  return platforms.length === 1 ? platforms[0] : undefined;
}
