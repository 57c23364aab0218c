/** `callback`: what WeChat's side sees of the callback URL, and from where it calls. */
import type { CallbackReport } from "../../src/api/calls/operations.ts";
import { UsageError } from "../usage-error.ts";
import type { Command, Given, Outcome } from "./command.ts";
import type { Session } from "./session.ts";
import { tableLines } from "../table.ts";

const ACTIONS = ["all", "dns", "ping"] as const;
const OPERATORS = ["DEFAULT", "CHINANET", "UNICOM", "CAP"] as const;
/** Commands about the callback URL. */
export const CALLBACK_COMMANDS: readonly Command[] = [
  {
    name: "callback check",
    operands: [],
    options: ["action", "operator"],
    changes: false,
    summary: "WeChat resolves and pings the configured URL · 由微信解析并 ping 已配置的回调地址",
    details: [
      "--action all|dns|ping         what to try · 检测动作",
      "--operator DEFAULT|CHINANET|UNICOM|CAP",
      "                              from whose network · 从哪个运营商检测（自动、电信、联通、腾讯）",
    ],
    run: check,
  },
  {
    name: "callback ips",
    operands: [],
    options: [],
    changes: false,
    summary: "addresses that pushes come from · 微信推送消息的来源 IP",
    run: (_, session) => ips(session),
  },
];

async function check({ options }: Given, session: Session): Promise<Outcome> {
  const action = oneOf("--action", ACTIONS, options.action ?? "all");
  const operator = oneOf("--operator", OPERATORS, (options.operator ?? "DEFAULT").toUpperCase());
  const { operations } = await session.api();
  const report = await session.progress.during(
    "WeChat looks at the callback URL · 微信正在检测回调地址",
    operations.checkCallback({ action, check_operator: operator }),
  );
  return { json: report, lines: reportLines(report) };
}

function reportLines({ dns, ping }: CallbackReport): string[] {
  const resolved = dns?.map(({ ip, real_operator: operator }) => [ip, operator]);
  const pinged = ping?.map(({ ip, from_operator: from, package_loss: loss, time = "" }) => [
    ip,
    from,
    loss,
    time,
  ]);
  return [
    ...section("DNS · 域名解析", ["IP", "operator · 运营商"], resolved),
    ...section("ping", ["IP", "from · 检测出口", "loss · 丢包率", "time · 耗时"], pinged),
  ];
}

function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[] | undefined,
): string[] {
  if (rows === undefined) return [];
  if (rows.length === 0) return [`✗ ${title}: nothing was found · 没有结果`];
  return [title, ...tableLines([head, ...rows]).map((line) => `  ${line}`)];
}

async function ips(session: Session): Promise<Outcome> {
  const { operations } = await session.api();
  const addresses = await operations.callbackIps();
  return { json: { ip_list: addresses }, lines: addresses };
}

function oneOf<T extends string>(option: string, allowed: readonly T[], given: string): T {
  const found = allowed.find((one) => one === given);
  if (found !== undefined) return found;
  throw new UsageError(
    `${option} must be one of ${allowed.join(", ")}.`,
    `${option} 只能是 ${allowed.join("、")}。`,
  );
}
