/** Lets operator requests in: whoever holds an account's secret may ask its Worker for what no stranger may see. */
import type { Context } from "hono";
import type { Account } from "../accounts/account.ts";
import { isOperatorRequest } from "../accounts/operator-signature.ts";
import type { AccountRegistry } from "../accounts/registry.ts";
import { Failure } from "../protocol/failures.ts";

const MAX_BODY_BYTES = 2_048;

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
  c: Context<{ Bindings: Cloudflare.Env }>,
  accounts: AccountRegistry,
  nowMs: number,
): Promise<VerifiedOperatorRequest | undefined> {
  const account = await accounts.find(c.req.param("id") ?? "");
  if (account instanceof Failure) return undefined;
  if (Number(c.req.header("content-length") ?? 0) > MAX_BODY_BYTES) return undefined;
  const url = new URL(c.req.url);
  const body = await c.req.text();
  const request = { method: c.req.method, target: url.pathname + url.search, body };
  const authorization = c.req.header("authorization") ?? "";
  return (await isOperatorRequest(account, request, authorization, nowMs / 1000))
    ? { account, body }
    : undefined;
}
