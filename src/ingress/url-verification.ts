/**
 * The check that WeChat's console makes when a callback URL is saved: GET, answered with `echostr` byte for byte.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
 */
import { Failure } from "../protocol/failures.ts";
import { echo, refuse } from "./answer.ts";
import type { Scope } from "./scope.ts";
import { verifySignature } from "./verify.ts";

/** WeChat sends digits. Nothing that a browser could take for markup is ever echoed. */
const ECHOSTR = /^[A-Za-z0-9_.~+/=-]{1,256}$/;

/** Answers the check; anything that is not WeChat's is refused and nothing of it echoed. */
export async function answerUrlVerification(scope: Scope): Promise<Response> {
  const signed = await verifySignature(scope, false);
  if (signed instanceof Failure) return refuse(scope, signed);
  const echostr = signed.query.get("echostr") ?? "";
  if (!ECHOSTR.test(echostr))
    return refuse(scope, new Failure("parameter_malformed", "echostr is missing or malformed"));
  scope.log.info("url_verified", { account: signed.account.id, product: signed.account.product });
  return echo(scope, echostr);
}
