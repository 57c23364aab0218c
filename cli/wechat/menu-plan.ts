/** What has to be done so that an account has the menus of a file, and no more than that. */
import type { WechatApi } from "../../src/api/client.ts";
import type { CurrentMenu, MatchRule, Menus } from "../../src/api/calls/menu.ts";
import type { MenuButton } from "../../src/api/calls/menu-buttons.ts";
import { ApiError } from "../../src/errors.ts";
import { currentMenuLines, diffLines, menuLines } from "./menu-diff.ts";
import {
  conditionalMenusOf,
  type FileConditionalMenu,
  type MenuFile,
  menuFileOf,
  type PresentMenu,
} from "./menu-file.ts";
import type { Session } from "./session.ts";

/** The calls that are to be made. */
export interface MenuPlan {
  readonly isEmpty: boolean;
  /** The menu that everybody sees, where it changes. */
  readonly create: readonly MenuButton[] | undefined;
  readonly remove: readonly PresentMenu[];
  readonly add: readonly FileConditionalMenu[];
  /** How many conditional menus are left alone, for the file says nothing about them. */
  readonly stay: number;
  /** The changes, for people. */
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

const NO_MENU = 46003;

/** Compares the account's menus with those of a file. */
export async function menuPlan(api: WechatApi, wanted: MenuFile): Promise<MenuPlan> {
  const present = await presentMenus(api);
  const before = present === undefined ? undefined : menuFileOf(present).file.button;
  const create = before !== undefined && isSame(before, wanted.button) ? undefined : wanted.button;
  const current = present === undefined ? await api.menu.current() : undefined;
  const menus = conditionalMenusOf(present?.conditionalmenu);
  const { conditionalmenu } = wanted;
  const { remove, add } =
    conditionalmenu === undefined ? { remove: [], add: [] } : changesOf(menus, conditionalmenu);
  const stay = conditionalmenu === undefined ? menus.length : 0;
  const changes = create === undefined ? [] : diffLines(linesBefore(before, current), menuLines(create));
  return {
    isEmpty: create === undefined && remove.length === 0 && add.length === 0,
    create,
    remove,
    add,
    stay,
    lines: [
      ...section("menu · 菜单", changes),
      ...remove.flatMap(({ button, rule }) => marked("- ", button, rule)),
      ...add.flatMap(({ button, matchrule }) => marked("+ ", button, matchrule)),
    ],
    notes: notesOf(stay, create === undefined ? undefined : current),
  };
}

async function presentMenus(api: WechatApi): Promise<Menus | undefined> {
  try {
    return await api.menu.get();
  } catch (error) {
    if (error instanceof ApiError && error.errcode === NO_MENU) return undefined;
    throw error;
  }
}

/** Menus are tried from the last one added, so those that stay must be the first ones of the file, in its order. */
function changesOf(
  present: readonly PresentMenu[],
  wanted: readonly FileConditionalMenu[],
): Pick<MenuPlan, "remove" | "add"> {
  let kept = 0;
  const remove = present.filter(({ button, rule }) => {
    const next = wanted[kept];
    if (next === undefined || rule === undefined) return true;
    if (!isSame({ button, matchrule: rule }, next)) return true;
    kept++;
    return false;
  });
  return { remove, add: wanted.slice(kept) };
}

function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** JSON with the members in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function linesBefore(before: readonly MenuButton[] | undefined, current: CurrentMenu | undefined): string[] {
  if (before !== undefined) return menuLines(before);
  return current === undefined ? [] : currentMenuLines(current);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function marked(sign: string, buttons: readonly MenuButton[], rule: MatchRule | undefined): string[] {
  const title = `conditional menu · 个性化菜单 ${rule === undefined ? "" : JSON.stringify(rule)}`.trimEnd();
  return section(
    title,
    menuLines(buttons).map((line) => sign + line),
  );
}

function notesOf(stay: number, replaced: CurrentMenu | undefined): string[] {
  return [
    ...(stay === 0
      ? []
      : [
          `! ${stay} conditional menu(s) stay as they are; "conditionalmenu": [] in the file would delete them · ${stay} 个个性化菜单保持不变，文件中写 "conditionalmenu": [] 才会删除`,
        ]),
    ...(replaced === undefined || currentMenuLines(replaced).length === 0
      ? []
      : [
          "! this replaces the menu that was made in the console; menu pull keeps what the API can make · 这会替换后台设置的菜单；menu pull 可保存接口支持的部分",
        ]),
  ];
}

/**
 * Makes the calls, in an order in which WeChat takes them.
 *
 * @returns a line for each
 * @throws as calls do; what was done until then stands in `session.done`
 */
export async function applyMenuPlan(
  api: WechatApi,
  { create, remove, add }: MenuPlan,
  { done }: Session,
): Promise<readonly string[]> {
  if (create !== undefined) {
    await api.menu.create(create);
    done.push("the menu is sent · 菜单已发布");
  }
  for (const { menuid } of remove) {
    await api.menu.deleteConditional(menuid);
    done.push(`conditional menu ${menuid} is deleted · 已删除个性化菜单 ${menuid}`);
  }
  for (const { button, matchrule } of add) {
    const menuid = await api.menu.addConditional(button, matchrule);
    done.push(`conditional menu ${menuid} is added · 已添加个性化菜单 ${menuid}`);
  }
  return done;
}
