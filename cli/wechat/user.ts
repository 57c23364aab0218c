/** `user`: who follows the account. */
import type { Command, Given, Outcome } from "./command.ts";
import { limitOf } from "./limit.ts";
import type { Session } from "./session.ts";

const DEFAULT_LIMIT = 10_000;

/** Commands about users. */
export const USER_COMMANDS: readonly Command[] = [
  {
    name: "user list",
    operands: [],
    options: ["limit"],
    changes: false,
    summary: "openids of the followers, one a line · 列出关注者的 openid",
    details: ["--limit N                     at most so many (10,000) · 最多列出多少个"],
    run: list,
  },
  {
    name: "user info",
    operands: ["OPENID"],
    options: [],
    changes: false,
    summary: "what WeChat tells about a user · 用户基本信息",
    run: info,
  },
];

async function list({ options }: Given, session: Session): Promise<Outcome> {
  const limit = limitOf(options.limit, DEFAULT_LIMIT);
  const { users } = await session.api();
  const openids: string[] = [];
  let total = Infinity;
  for (let nextOpenid = ""; openids.length < Math.min(limit, total);) {
    const page = await session.progress.during(
      `${openids.length} openids so far · 已取 ${openids.length} 个`,
      users.list({ nextOpenid: nextOpenid === "" ? undefined : nextOpenid }),
    );
    total = page.total;
    openids.push(...page.data.openid);
    if (page.data.openid.length === 0 || page.next_openid === "") break;
    nextOpenid = page.next_openid;
  }
  const shown = openids.slice(0, limit);
  return { json: { total, openid: shown }, lines: shown, notes: listNotes(shown.length, total) };
}

function listNotes(shown: number, total: number): string[] {
  if (total === 0) return ["Nobody follows the account. · 还没有人关注。"];
  return shown < total
    ? [`${shown} of ${total}: --limit shows more · 共 ${total} 个，--limit 可显示更多`]
    : [];
}

async function info({ operands: [openid = ""] }: Given, session: Session): Promise<Outcome> {
  const { users } = await session.api();
  const user = await users.info(openid);
  const width = Math.max(...Object.keys(user).map((name) => name.length));
  return {
    json: user,
    lines: Object.entries(user).map(([name, value]) => `${name.padEnd(width)}  ${textOf(value)}`),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
