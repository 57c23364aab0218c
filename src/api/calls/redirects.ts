/** Pages of WeChat's that a browser is sent to, and comes back from. */
import { ApiInputError, ConfigError } from "../../errors.ts";
import type { ApiAccount } from "../request/api-account.ts";

const MAX_STATE_BYTES = 128;

/** A page's address; parameters that are `undefined` are left out, the others stand in the given order. */
export function pageUrl(
  address: string,
  parameters: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const query = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${address}?${query.join("&")}#wechat_redirect`;
}

/** @throws {ConfigError} when the account has no app id */
export function appIdOf({ id, appId }: Pick<ApiAccount, "id" | "appId">): string {
  if (appId === "") throw new ConfigError("api_not_configured", `The account "${id}" has no app id.`);
  return appId;
}

/** @throws {ApiInputError} when a browser could not come back to the address */
export function checkReturnAddress(name: string, address: string): void {
  if (/^https?:\/\//i.test(address) && URL.canParse(address)) return;
  throw new ApiInputError(`${name} is an http or https address; "${address}" is none.`);
}

/** @throws {ApiInputError} when WeChat would not give the text back as it is */
export function checkState(name: string, text: string): void {
  if (/^[A-Za-z0-9]*$/.test(text) && text.length <= MAX_STATE_BYTES) return;
  throw new ApiInputError(
    `${name} has up to ${MAX_STATE_BYTES} letters and digits and nothing else; this one has ${text.length} characters.`,
  );
}
