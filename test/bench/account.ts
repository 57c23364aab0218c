// The made-up account that every server under test is configured with, and the bot that each of them runs.

/** How a push travels: as bare XML, or sealed with AES. */
export type Mode = "plain" | "secure";
export const MODES: readonly Mode[] = ["plain", "secure"];

export const ACCOUNT = {
  appId: "wxbench0123456789",
  originalId: "gh_bench0000001",
  token: "benchtoken",
  encodingAesKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
} as const;

export const CALLBACK_PATH = "/wechat";
/** What the shipped bot, and each peer's handler, puts before the text it returns. */
export const ECHO_PREFIX = "echo: ";

/** The account as the Worker's variables; the peers read the same names from their environment. */
export function accountVars(mode: Mode): Record<string, string> {
  return {
    WECHAT_APP_ID: ACCOUNT.appId,
    WECHAT_TOKEN: ACCOUNT.token,
    WECHAT_ENCODING_AES_KEY: ACCOUNT.encodingAesKey,
    WECHAT_MODE: mode,
  };
}
