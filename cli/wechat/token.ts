/** `token`: whether the account gets an access token, and the token itself for scripts. */
import type { AccountDefinition } from "../../src/accounts/account.ts";
import type { Command, Outcome } from "./command.ts";
import type { Session } from "./session.ts";

/** Enough to compare tokens by, too little to use one. */
const SHOWN_CHARACTERS = 6;

/** Commands about access tokens. */
export const TOKEN_COMMANDS: readonly Command[] = [
  {
    name: "token check",
    operands: [],
    options: [],
    changes: false,
    summary: "whether the account gets an access token, and from where · 检查能否取得 access_token",
    run: (_, session) => check(session),
  },
  {
    name: "token show",
    operands: [],
    options: [],
    changes: false,
    summary: "prints the token whole, for scripts: a secret · 输出完整 token（机密），供脚本使用",
    run: (_, session) => show(session),
  },
];

async function check(session: Session): Promise<Outcome> {
  const { value, expiresAt } = await session.token();
  const { account } = session;
  const seconds = secondsUntil(expiresAt);
  const shown = `${value.slice(0, SHOWN_CHARACTERS)}…`;
  const source = sourceOf(session);
  return {
    json: {
      account: account.id,
      appId: account.appId,
      source,
      token: shown,
      characters: value.length,
      expiresInSeconds: seconds,
    },
    lines: [
      `✓ ${account.id} (${account.appId}) has an access token · 已取得 access_token`,
      `  from · 来源        ${source}`,
      `  token              ${shown} (${value.length} characters · 字符)`,
      `  valid for · 有效期 ${durationOf(seconds)}`,
    ],
  };
}

async function show(session: Session): Promise<Outcome> {
  const { value, expiresAt } = await session.token();
  return { json: { access_token: value, expires_in: secondsUntil(expiresAt) }, lines: [value] };
}

function sourceOf({ worker, account, apiOrigin }: Session): string {
  if (worker !== undefined) return `the Worker at ${worker}`;
  const source: AccountDefinition["accessTokenSource"] = account.accessTokenSource;
  return source.kind === "url"
    ? `the token server at ${new URL(source.url).origin}`
    : `/cgi-bin/${source.kind} at ${apiOrigin}`;
}

function secondsUntil(expiresAt: number): number {
  return Math.max(0, Math.floor((expiresAt - Date.now()) / 1000));
}

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;

function durationOf(seconds: number): string {
  const hours = Math.floor(seconds / HOUR_SECONDS);
  const minutes = Math.floor((seconds % HOUR_SECONDS) / MINUTE_SECONDS);
  return `${hours > 0 ? `${hours} h ` : ""}${minutes} min ${seconds % MINUTE_SECONDS} s`;
}
