/** What `npm start` says when all is up: where everything is, what to edit, what to try, and what is wrong. */
import { modeOf, type SimulatedAccount } from "../simulator/account.ts";
import { DEFAULT_ACCOUNT } from "../src/accounts/definitions.ts";
import { WORKER_PORT } from "./ports.ts";
import { DEV_VARS } from "./variables.ts";

const MODE_NAMES = { plain: "明文模式", compatible: "兼容模式", secure: "安全模式" } as const;
const MEND_VARIABLES = `Mend ${DEV_VARS}, then run npm start again. · 请修改 ${DEV_VARS}，然后重新运行 npm start。`;

/** What a newcomer needs to know. */
export interface Announcement {
  readonly accounts: readonly SimulatedAccount[];
  readonly faults: readonly string[];
  readonly modelLine: string;
  readonly simulatorUrl: string;
  readonly workerPort: number;
}

/** Says it. */
export function announce({ accounts, faults, modelLine, simulatorUrl, workerPort }: Announcement): void {
  const width = Math.max(...accounts.map(({ url }) => url.length));
  const urls = accounts.map((account) => {
    const mode = modeOf(account);
    return `${account.url.padEnd(width)}  ${mode} · ${MODE_NAMES[mode]}`;
  });
  const [first = "", ...others] = urls;
  const [usable] = accounts;
  const whom = usable === undefined || usable.id === DEFAULT_ACCOUNT ? "" : ` --account ${usable.id}`;
  const elsewhere =
    workerPort === WORKER_PORT ? "" : ` --url ${usable?.url ?? `http://localhost:${workerPort}/wechat`}`;
  const lines = [
    "",
    "wechat-edge is up · 已启动",
    "",
    `  Phone · 手机          ${simulatorUrl}`,
    `  Callback · 回调地址   ${first}`,
    ...others.map((url) => `                        ${url}`),
    `  Assistant · 助手      ${modelLine}`,
    `  Edit first · 先改     src/bot.ts`,
    `  Or try · 试一试       npm run push -- text 你好${whom}${elsewhere}`,
    ...faults.map((fault) => `  ! ${fault}`),
    ...(faults.length === 0 ? [] : [`    ${MEND_VARIABLES}`]),
    "",
  ];
  console.log(lines.join("\n"));
}
