/** `menu`: the menu at the bottom of the chat, kept in a file. */
import type { WechatApi } from "../../src/api/client.ts";
import { ApiError } from "../../src/errors.ts";
import { UsageError } from "../usage-error.ts";
import type { Command, Given, Outcome } from "./command.ts";
import { consoleMenuOf } from "./console-menu.ts";
import { readTextFile, writeOut } from "./files.ts";
import { type MenuFile, menuFileOf, readMenuFile } from "./menu-file.ts";
import { applyMenuPlan, menuPlan } from "./menu-plan.ts";
import type { Session } from "./session.ts";

/** Commands about menus. */
export const MENU_COMMANDS: readonly Command[] = [
  {
    name: "menu push",
    operands: ["FILE"],
    options: ["dry-run"],
    changes: true,
    summary: "shows what changes, and sends the menu of a file · 显示差异并发布菜单文件",
    details: [
      '{ "button": […], "conditionalmenu": [{ "button": […], "matchrule": { "tag_id": "2" } }] }',
      "without conditionalmenu, the conditional menus stay as they are · 不写 conditionalmenu 则个性化菜单不变",
      "--dry-run                     only shows it · 只显示，不发布",
    ],
    run: push,
  },
  {
    name: "menu pull",
    operands: ["[FILE]"],
    options: [],
    changes: false,
    summary: "the present menus, as menu push takes them · 取回当前菜单，格式与 menu push 相同",
    details: [
      "where the API has made none, what the console has made · 没有用接口创建过菜单时，取后台设置的菜单",
    ],
    run: pull,
  },
  {
    name: "menu delete",
    operands: [],
    options: ["yes"],
    changes: true,
    summary: "deletes all menus, conditional ones too; needs --yes · 删除全部菜单，需加 --yes",
    run: remove,
  },
];

async function push({ operands: [path = ""], options }: Given, session: Session): Promise<Outcome> {
  const wanted = readMenuFile(await readTextFile(path));
  const api = await session.api();
  const plan = await session.progress.during(
    "reading the present menu · 正在读取当前菜单",
    menuPlan(api, wanted),
  );
  const isDry = options["dry-run"] === true;
  const facts = { dryRun: isDry, changes: plan.isEmpty ? [] : plan.lines, stay: plan.stay };
  if (plan.isEmpty) {
    return { json: facts, lines: ["✓ nothing to change · 没有变化"], notes: plan.notes };
  }
  if (isDry) {
    const lines = [...plan.lines, "", "nothing was sent: --dry-run · 未发布：--dry-run"];
    return { json: facts, lines, notes: plan.notes };
  }
  const done = await session.progress.during("sending · 正在发布", applyMenuPlan(api, plan, session));
  return {
    json: { ...facts, done },
    lines: [
      ...plan.lines,
      "",
      ...done.map((line) => `✓ ${line}`),
      "Phones show it within five minutes; follow anew to see it at once. · 手机端 5 分钟内更新，重新关注可立即看到。",
    ],
    notes: plan.notes,
  };
}

/** No menu by the API: none at all, or the account has no menu API. */
const NO_API_MENU: ReadonlySet<number> = new Set([46003, 48001]);

const NOTHING_TO_PULL = "There is no menu that could be pushed again. · 没有可以再次发布的菜单。";

/** A menu as it is pulled. */
interface PulledMenu {
  readonly from: "api" | "console";
  readonly file: MenuFile | undefined;
  readonly dropped: readonly string[];
}

async function pull({ operands: [path] }: Given, session: Session): Promise<Outcome> {
  const api = await session.api();
  const { from, file, dropped } = await session.progress.during(
    "reading the menu · 正在读取菜单",
    pulledMenu(api),
  );
  const notes = dropped.map((line) => `! ${line}`);
  const json = { from, menu: file ?? null, dropped };
  if (file === undefined) {
    return { json, lines: [], notes: [...notes, NOTHING_TO_PULL] };
  }
  const text = JSON.stringify(file, undefined, 2);
  if (path === undefined) return { json, lines: text.split("\n"), notes };
  await writeOut(path, `${text}\n`);
  const origin = from === "api" ? "" : " (made in the console · 后台设置的菜单)";
  return { json, lines: [`✓ ${path}${origin}`], notes };
}

async function pulledMenu(api: WechatApi): Promise<PulledMenu> {
  try {
    return { from: "api", ...menuFileOf(await api.menu.get()) };
  } catch (error) {
    if (!(error instanceof ApiError) || !NO_API_MENU.has(error.errcode)) throw error;
    return { from: "console", ...consoleMenuOf(await api.menu.current()) };
  }
}

async function remove({ options }: Given, session: Session): Promise<Outcome> {
  if (options.yes !== true) {
    throw new UsageError(
      "This deletes the menu and all conditional ones: add --yes. `menu pull FILE` keeps a copy.",
      "这会删除菜单和全部个性化菜单，请加 --yes 确认；可先用 menu pull FILE 备份。",
    );
  }
  const api = await session.api();
  await api.menu.delete();
  return { json: { deleted: true }, lines: ["✓ all menus are deleted · 已删除全部菜单"] };
}
