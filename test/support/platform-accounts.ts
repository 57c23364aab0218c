/** One simulated account of each kind; its id is its kind. */
import { AES_KEY, TOKEN } from "./wechat.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** WeChat's API: `http://localhost:…`. */
    readonly platformUrl: string;
    /** The relay before it. Of WeChat's hosts it reaches `api` (the platform) and `api2` (where nobody listens). */
    readonly relayUrl: string;
  }
}

export const KINDS = ["personal", "subscription", "service-unverified", "service", "test"] as const;
export type Kind = (typeof KINDS)[number];

export const APP_SECRET = "0123456789abcdef0123456789abcdef";

export const RELAY_SECRET = "relay-secret-of-the-tests-0123456789";

export function appIdOf(kind: Kind): string {
  return `wxplatform${kind.replace("-", "")}`;
}

/** Nothing listens at their callback URLs: tests deliver pushes themselves. */
export const PLATFORM_ACCOUNTS = KINDS.map((kind) => ({
  id: kind,
  kind,
  url: "http://localhost:9/wechat",
  token: TOKEN,
  encodingAesKey: AES_KEY,
  appId: appIdOf(kind),
  appSecret: APP_SECRET,
}));
