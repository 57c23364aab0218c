/** Tries an AppSecret at WeChat, by a call that voids nobody's token. */
import { fetchToken } from "../../src/api/token/token-fetch.ts";
import { sleepFor } from "../../src/api/request/retry.ts";
import { targetsOf } from "../../src/api/request/targets.ts";
import { ApiError, ApiUnreachableError } from "../../src/errors.ts";
import { DEFAULT_ACCOUNT } from "../../src/accounts/definitions.ts";
import { definitionOf } from "../accounts.ts";
import type { Variables } from "../variables.ts";
import { failureReport, NOTHING_CHANGED_LINE } from "../failure.ts";

/** What WeChat said. `wrong`: of which variable; `open`: it could not be told, which hinders nothing. */
export type CredentialCheck =
  | { readonly outcome: "right" }
  | { readonly outcome: "wrong"; readonly variable: WrongVariable; readonly lines: readonly string[] }
  | { readonly outcome: "open"; readonly lines: readonly string[] };
export type WrongVariable = "WECHAT_APP_ID" | "WECHAT_APP_SECRET";

const WRONG: ReadonlyMap<number, WrongVariable> = new Map([
  [40013, "WECHAT_APP_ID"],
  [41002, "WECHAT_APP_ID"],
  [40001, "WECHAT_APP_SECRET"],
  [40125, "WECHAT_APP_SECRET"],
]);

/** The caller's address is not on the account's list: then the credentials are right. */
const IP_REFUSED = 40164;

const RELAY = [
  "  The credentials are right. A deployed Worker has changing addresses: for calls from it see relay/README.md.",
  "  AppID 与 AppSecret 正确。部署后的 Worker 出口 IP 不固定，调用接口请看 relay/README.zh-CN.md。",
  "  Passive replies need neither. · 被动回复不受影响。",
];
const UNTRIED = ["  The AppSecret could not be tried; go on. · 未能验证 AppSecret，不影响继续。"];

/**
 * Asks WeChat, or what `WECHAT_API_BASE` names, for a token.
 *
 * @param variables with app id and secret
 * @throws {TypeError} when the variables make no account
 */
export async function checkCredentials(variables: Variables): Promise<CredentialCheck> {
  // A token of the other call would void the one that a running Worker has.
  const account = definitionOf(
    DEFAULT_ACCOUNT,
    { ...variables, WECHAT_ACCESS_TOKEN_SOURCE: "stable_token" },
    {},
  );
  if (!("id" in account)) throw new TypeError(account.join("\n"));
  try {
    await fetchToken(account, false, { clock: Date.now, sleep: sleepFor });
    return { outcome: "right" };
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof ApiUnreachableError)) throw error;
    const { lines } = failureReport(error, {
      account: DEFAULT_ACCOUNT,
      apiOrigin: () => targetsOf(account)[0]?.origin ?? "",
      worker: undefined,
      mayHaveHappened: false,
    });
    const errcode = error instanceof ApiError ? error.errcode : undefined;
    const variable = WRONG.get(errcode ?? 0);
    if (variable !== undefined) return { outcome: "wrong", variable, lines };
    return { outcome: "open", lines: [...asWarning(lines), ...(errcode === IP_REFUSED ? RELAY : UNTRIED)] };
  }
}

/** The wizard goes on, and what follows is a change. */
function asWarning(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line !== NOTHING_CHANGED_LINE).map((line) => line.replace(/^✗/, "!"));
}
