/** `quota`: how many calls there are left today. */
import type { ApiQuota } from "../../src/api/calls/operations.ts";
import type { Command, Given, Outcome } from "./command.ts";
import { readApiPath } from "./path.ts";
import type { Session } from "./session.ts";
import { tableLines } from "../table.ts";

/** The calls that a bot needs most. */
const USUAL_PATHS = [
  "/cgi-bin/stable_token",
  "/cgi-bin/message/custom/send",
  "/cgi-bin/message/custom/typing",
  "/cgi-bin/message/template/send",
  "/cgi-bin/menu/create",
  "/cgi-bin/media/upload",
  "/cgi-bin/qrcode/create",
  "/cgi-bin/user/info",
];

export const QUOTA_COMMAND: Command = {
  name: "quota",
  operands: ["[PATH]"],
  options: [],
  changes: false,
  summary: "how many calls are left today, of the usual ones or of PATH · 今日剩余调用次数",
  run: quota,
};

async function quota({ operands: [path] }: Given, session: Session): Promise<Outcome> {
  const paths = path === undefined ? USUAL_PATHS : [readApiPath(path).path];
  const { operations } = await session.api();
  const quotas: (ApiQuota & { readonly path: string })[] = [];
  for (const one of paths) {
    quotas.push({ path: one, ...(await session.progress.during(one, operations.quota(one))) });
  }
  const rows = quotas.map(({ path: name, quota: { daily_limit: limit, used, remain } }) => [
    name,
    ...[limit, used, remain].map(String),
  ]);
  return {
    json: { quotas },
    lines: tableLines([["path · 接口", "a day · 每日", "used · 已用", "left · 剩余"], ...rows]),
  };
}
