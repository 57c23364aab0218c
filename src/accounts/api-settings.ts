/** Reads what an account says about WeChat's API: where it is called, and where its access token comes from. */
import type { AccessTokenSource, AccountDefinition } from "./account.ts";

/** The default account's variables of these settings, by the field of `ACCOUNTS` that each stands for. */
export const API_VARIABLES = {
  apiBase: "WECHAT_API_BASE",
  relaySecret: "WECHAT_RELAY_SECRET",
  accessTokenSource: "WECHAT_ACCESS_TOKEN_SOURCE",
  accessTokenAuthorization: "WECHAT_ACCESS_TOKEN_AUTHORIZATION",
  webBase: "WECHAT_WEB_BASE",
} as const;

/** A relay's secret guards the account's own: a short one could be guessed. */
const MIN_RELAY_SECRET_CHARACTERS = 32;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

type ApiSettings = Pick<
  AccountDefinition,
  "apiBases" | "relaySecret" | "accessTokenSource" | "accessTokenAuthorization" | "webBase"
>;

/** The settings; every fault names the variable to mend, and never its value. */
export function readApiSettings(
  fields: (name: keyof typeof API_VARIABLES) => string | undefined,
  nameOf: (field: string) => string,
  faults: string[],
): ApiSettings {
  const apiBases = (fields("apiBase")?.split(",") ?? []).map((base) => base.trim());
  if (!apiBases.every(isOrigin)) faults.push(`${nameOf("apiBase")} ${ORIGIN_WANTED}`);
  const webBase = fields("webBase");
  if (webBase !== undefined && !isOrigin(webBase)) faults.push(`${nameOf("webBase")} ${ORIGIN_WANTED}`);
  const relaySecret = fields("relaySecret");
  if (relaySecret !== undefined && relaySecret.length < MIN_RELAY_SECRET_CHARACTERS) {
    faults.push(`${nameOf("relaySecret")} must have at least ${MIN_RELAY_SECRET_CHARACTERS} characters`);
  }
  if (relaySecret !== undefined && apiBases.length === 0) {
    faults.push(`${nameOf("apiBase")} is missing: ${nameOf("relaySecret")} is for the relay that it names`);
  }
  return {
    apiBases: apiBases.map((base) => (isOrigin(base) ? new URL(base).origin : base)),
    relaySecret,
    accessTokenSource: readTokenSource(fields("accessTokenSource"), nameOf("accessTokenSource"), faults),
    accessTokenAuthorization: fields("accessTokenAuthorization"),
    webBase: webBase === undefined ? undefined : webBase.replace(/\/$/, ""),
  };
}

const ORIGIN_WANTED = "must be https://host without a path (http only for this machine): secrets go there";

/** Whether it is `https://host` (`http` for this machine only), and nothing behind that. */
export function isOrigin(text: string): boolean {
  return isSafeUrl(text) && new URL(text).href === `${new URL(text).origin}/`;
}

/** Secrets travel by https, or not beyond this machine. */
function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.has(hostname));
}

function readTokenSource(value: string | undefined, name: string, faults: string[]): AccessTokenSource {
  switch (value) {
    case undefined:
    case "stable_token":
      return { kind: "stable_token" };
    case "token":
      return { kind: "token" };
    default:
      if (!isSafeUrl(value))
        faults.push(`${name} must be stable_token, token, or a token server's https address`);
      return { kind: "url", url: value };
  }
}
