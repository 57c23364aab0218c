/** Lets operator requests in: whoever holds an account's secret may ask its Worker for what no stranger may see. */
import type { Context } from "hono";
import type { Account } from "../accounts/account.ts";
import type { AccountEntry } from "../accounts/definitions.ts";
import { isOperatorRequest, type OperatorCredentials } from "../accounts/operator-signature.ts";
import type { AccountRegistry } from "../accounts/registry.ts";
import { ENCODING_AES_KEY_PATTERN } from "../protocol/aes.ts";
import { Failure } from "../protocol/failures.ts";

/** What Hono hands to a resource. */
export type Doors = Context<{ Bindings: Cloudflare.Env }>;

const MAX_BODY_BYTES = 2_048;
/** An AppSecret may be a word that stands in for one where no API is called: any stranger could try it. */
const APP_SECRET_PATTERN = /^[\w-]{32,64}$/;
/** What WeChat gives. A faulty account's must have exactly this shape: it may still be a placeholder. */
const FAULTY_APP_SECRET_PATTERN = /^[0-9a-f]{32}$/;
const LEAST_DIFFERENT_CHARACTERS = 8;

/** A request that was rightly signed. */
export interface VerifiedOperatorRequest {
  readonly account: Account;
  readonly body: string;
}

/**
 * Checks the signature of a request to `/api/v1/accounts/:id/…`.
 *
 * @returns `undefined` for everything that is not rightly signed: to be answered as if it did not exist
 */
export async function verifiedOperatorRequest(
  c: Doors,
  accounts: AccountRegistry,
  nowMs: number,
): Promise<VerifiedOperatorRequest | undefined> {
  const account = await accounts.find(idOf(c));
  if (account instanceof Failure) return undefined;
  const body = await signedBody(c, credibleOf(account, APP_SECRET_PATTERN), nowMs);
  return body === undefined ? undefined : { account, body };
}

/**
 * The same for what an operator may ask of an account that cannot be used, too: why that is so.
 *
 * @returns `undefined` as above, and when a faulty account has no secret that could be one
 */
export async function verifiedOperatorEntry(
  c: Doors,
  accounts: AccountRegistry,
  nowMs: number,
): Promise<AccountEntry | undefined> {
  const entry = accounts.entry(idOf(c));
  if (entry === undefined) return undefined;
  const credentials = entry.ok
    ? credibleOf(entry.definition, APP_SECRET_PATTERN)
    : credibleOf(entry.draft, FAULTY_APP_SECRET_PATTERN);
  return (await signedBody(c, credentials, nowMs)) === undefined ? undefined : entry;
}

function idOf(c: Doors): string {
  return c.req.param("id") ?? "";
}

/** @returns the body of a request that was signed with these credentials */
async function signedBody(
  c: Doors,
  credentials: OperatorCredentials,
  nowMs: number,
): Promise<string | undefined> {
  const body = await boundedBody(c.req.raw);
  if (body === undefined) return undefined;
  const url = new URL(c.req.url);
  const request = { method: c.req.method, target: url.pathname + url.search, body };
  const authorization = c.req.header("authorization") ?? "";
  return (await isOperatorRequest(credentials, request, authorization, nowMs / 1000)) ? body : undefined;
}

/** The body is read before anybody knows who sent it: no more of it than an operator sends. */
async function boundedBody({ headers, body }: Request): Promise<string | undefined> {
  if (Number(headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return undefined;
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for await (const piece of body ?? []) {
    bytes += piece.length;
    // Leaving the loop cancels the rest.
    if (bytes > MAX_BODY_BYTES) return undefined;
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

/** Only what has the shape of a secret opens anything. */
function credibleOf(
  { appId, appSecret, encodingAesKeys }: OperatorCredentials,
  appSecretShape: RegExp,
): OperatorCredentials {
  return {
    appId,
    appSecret: appSecret !== undefined && isCredible(appSecret, appSecretShape) ? appSecret : undefined,
    encodingAesKeys: encodingAesKeys.slice(0, 1).filter((key) => isCredible(key, ENCODING_AES_KEY_PATTERN)),
  };
}

function isCredible(secret: string, shape: RegExp): boolean {
  return shape.test(secret) && new Set(secret).size >= LEAST_DIFFERENT_CHARACTERS;
}
