/** What the API client knows of an account. Crosses to the account's object, so it is data only. */
import type { AccountDefinition } from "../../accounts/account.ts";
import { ConfigError } from "../../errors.ts";

/** The part of an account's definition that calls are made with. */
export type ApiAccount = Pick<
  AccountDefinition,
  | "id"
  | "kind"
  | "appId"
  | "appSecret"
  | "encodingAesKeys"
  | "apiBases"
  | "relaySecret"
  | "accessTokenSource"
  | "accessTokenAuthorization"
  | "webBase"
>;

/** That part alone. */
export function apiAccountOf(definition: ApiAccount): ApiAccount {
  const { id, kind, appId, appSecret, encodingAesKeys } = definition;
  const { apiBases, relaySecret, accessTokenSource, accessTokenAuthorization, webBase } = definition;
  return {
    id,
    kind,
    appId,
    appSecret,
    encodingAesKeys,
    apiBases,
    relaySecret,
    accessTokenSource,
    accessTokenAuthorization,
    webBase,
  };
}

/**
 * The credentials that WeChat gives tokens for.
 *
 * @throws {ConfigError} when the account has none
 */
export function credentialsOf({ id, appId, appSecret }: ApiAccount): { appid: string; secret: string } {
  if (appId === "" || appSecret === undefined) {
    const missing = appId === "" ? "app id" : "AppSecret";
    throw new ConfigError(
      "api_not_configured",
      `The account "${id}" has no ${missing} to call WeChat's API with.`,
    );
  }
  return { appid: appId, secret: appSecret };
}
