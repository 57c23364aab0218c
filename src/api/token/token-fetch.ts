/**
 * Gets access tokens: from WeChat, or from a token server that a team runs already.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html
 * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Get_access_token.html
 */
import { signOperatorRequest } from "../../accounts/operator-signature.ts";
import { type AnswerFields, readAnswer } from "../request/answer.ts";
import { type ApiAccount, credentialsOf } from "../request/api-account.ts";
import { exchange, unreadable } from "../request/exchange.ts";
import { relayHeaders } from "../request/relay-signature.ts";
import { type Sleep, withRetries } from "../request/retry.ts";
import { type Target, targetsOf } from "../request/targets.ts";

/** A token or ticket and its life. */
export interface Fetched {
  readonly value: string;
  readonly expiresInSeconds: number;
}

const TOKEN_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 65_536;
/** Assumed of a token server that does not say. */
const UNKNOWN_LIFE_SECONDS = 60;
const TOKEN_SERVER_PATH = "the token server";

/** What tokens are fetched with. */
export interface FetchTools {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly sleep: Sleep;
}

/**
 * Fetches the account's access token from its source.
 *
 * @param force voids the current stable token and makes another; other sources have no such thing
 * @throws {ApiError} when WeChat refuses
 * @throws {ApiUnreachableError} when there is no usable answer
 * @throws {ConfigError} when the account has no credentials
 */
export async function fetchToken(account: ApiAccount, force: boolean, tools: FetchTools): Promise<Fetched> {
  const source = account.accessTokenSource;
  switch (source.kind) {
    case "stable_token": {
      const body = JSON.stringify({
        grant_type: "client_credential",
        ...credentialsOf(account),
        force_refresh: force,
      });
      return tokenOf(
        await fetchFields(account, "POST", STABLE_TOKEN_PATH, "", body, tools),
        STABLE_TOKEN_PATH,
      );
    }
    case "token": {
      const query = String(
        new URLSearchParams({ grant_type: "client_credential", ...credentialsOf(account) }),
      );
      return tokenOf(await fetchFields(account, "GET", TOKEN_PATH, query, undefined, tools), TOKEN_PATH);
    }
    case "url":
      return fetchFromServer(account, source.url, tools);
  }
}

const STABLE_TOKEN_PATH = "/cgi-bin/stable_token";
const TOKEN_PATH = "/cgi-bin/token";
/** WeChat's calls that give access tokens, by their source. */
export const TOKEN_PATHS = { stable_token: STABLE_TOKEN_PATH, token: TOKEN_PATH } as const;
const TICKET_PATH = "/cgi-bin/ticket/getticket";

/** What a ticket is for: the JS-SDK of web pages, or cards. */
export type TicketType = "jsapi" | "wx_card";

/**
 * Fetches a ticket with an access token. Throws as `fetchToken` does.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html#62
 */
export async function fetchTicket(
  account: ApiAccount,
  accessToken: string,
  type: TicketType,
  tools: FetchTools,
): Promise<Fetched> {
  const query = String(new URLSearchParams({ access_token: accessToken, type }));
  const fields = await fetchFields(account, "GET", TICKET_PATH, query, undefined, tools);
  return fetchedOf(fields["ticket"], fields["expires_in"], TICKET_PATH);
}

/** Fetching a token again does no harm, so failed connections are tried again at WeChat's other hosts. */
function fetchFields(
  account: ApiAccount,
  method: "GET" | "POST",
  path: string,
  query: string,
  body: string | undefined,
  { clock, sleep }: FetchTools,
): Promise<AnswerFields> {
  const target = query === "" ? path : `${path}?${query}`;
  const attempt = async ({ origin, relayedHost: host }: Target): Promise<AnswerFields> => {
    const { relaySecret } = account;
    const relay =
      host === undefined || relaySecret === undefined
        ? {}
        : await relayHeaders(relaySecret, { method, host, target, body: body ?? "" }, clock());
    const headers = { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...relay };
    const url = origin + target;
    const answer = await exchange({
      method,
      url,
      path,
      headers,
      body,
      timeoutMs: TOKEN_TIMEOUT_MS,
      signal: undefined,
    });
    return readAnswer(answer, path, MAX_ANSWER_BYTES);
  };
  return withRetries(attempt, {
    targets: targetsOf(account),
    idempotent: true,
    sleep,
    signal: undefined,
  });
}

async function fetchFromServer(
  account: ApiAccount,
  url: string,
  { clock, sleep }: FetchTools,
): Promise<Fetched> {
  const { pathname, search, origin } = new URL(url);
  const attempt = async (): Promise<AnswerFields> => {
    const request = { method: "GET", target: pathname + search, body: "" };
    const authorization =
      account.accessTokenAuthorization ??
      (await signOperatorRequest(account, request, Math.floor(clock() / 1000)));
    const answer = await exchange({
      method: "GET",
      url,
      path: TOKEN_SERVER_PATH,
      headers: authorization === undefined ? {} : { Authorization: authorization },
      body: undefined,
      timeoutMs: TOKEN_TIMEOUT_MS,
      signal: undefined,
    });
    return readAnswer(answer, TOKEN_SERVER_PATH, MAX_ANSWER_BYTES);
  };
  const fields = await withRetries(attempt, {
    targets: [{ origin, relayedHost: undefined }],
    idempotent: true,
    sleep,
    signal: undefined,
  });
  return fetchedOf(fields["access_token"], fields["expires_in"] ?? UNKNOWN_LIFE_SECONDS, TOKEN_SERVER_PATH);
}

function tokenOf(fields: AnswerFields, path: string): Fetched {
  return fetchedOf(fields["access_token"], fields["expires_in"], path);
}

function fetchedOf(value: unknown, expiresInSeconds: unknown, path: string): Fetched {
  if (
    typeof value !== "string" ||
    value === "" ||
    typeof expiresInSeconds !== "number" ||
    expiresInSeconds <= 0
  ) {
    throw unreadable(path, "the answer has no token");
  }
  return { value, expiresInSeconds };
}
