/**
 * The file of `menu push` and `menu pull`: `{ "button": […], "conditionalmenu": [{ "button": […], "matchrule": {…} }] }`,
 * in the words of WeChat's menu API. The answer of `/cgi-bin/menu/get` is read as well.
 */
import type { MatchRule, MenuPlatform, Menus } from "../../src/api/calls/menu.ts";
import { checkButtons, type MenuButton } from "../../src/api/calls/menu-buttons.ts";
import { ApiInputError } from "../../src/errors.ts";
import { UsageError } from "../usage-error.ts";

/** A menu for some users. */
export interface FileConditionalMenu {
  readonly button: readonly MenuButton[];
  readonly matchrule: MatchRule;
}

/** All menus of an account. */
export interface MenuFile {
  readonly button: readonly MenuButton[];
  /** In the order in which they are added: the last one is tried first. Unset: those that there are stay. */
  readonly conditionalmenu?: readonly FileConditionalMenu[];
}

type Json = Readonly<Record<string, unknown>>;

const MEMBERS = ["button", "conditionalmenu", "menu"];

/**
 * Reads a file, and checks every limit that WeChat documents.
 *
 * @throws {UsageError} when it is no JSON, or of another shape
 * @throws {ApiInputError} when WeChat would not take what it says
 */
export function readMenuFile(text: string): MenuFile {
  const file = objectOf(parsed(text), "the file · 文件");
  const foreign = Object.keys(file).find((name) => !MEMBERS.includes(name));
  if (foreign !== undefined) {
    const members = MEMBERS.slice(0, 2).join(", ");
    throw new UsageError(
      `"${foreign}" is no part of a menu file: it has ${members}.`,
      `菜单文件里不能有 "${foreign}"，只能有 ${members}。`,
    );
  }
  const menu = file["menu"] === undefined ? file : objectOf(file["menu"], "menu");
  const button = readButtons(menu["button"], "");
  const conditional = file["conditionalmenu"];
  if (conditional === undefined) return { button };
  const conditionalmenu = listOf(conditional, "conditionalmenu").map((one, index) => {
    const at = `conditionalmenu[${index}]`;
    const entry = objectOf(one, at);
    return {
      button: readButtons(entry["button"], `${at}.`),
      matchrule: readRule(objectOf(entry["matchrule"] ?? {}, `${at}.matchrule`), `${at}.matchrule`),
    };
  });
  return { button, conditionalmenu };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The file is not JSON: ${reason}`, "文件不是合法的 JSON。");
  }
}

/** What an account has, as a file; and what of it cannot be pushed back. */
export function menuFileOf({ menu, conditionalmenu }: Menus): {
  readonly file: MenuFile;
  readonly dropped: readonly string[];
} {
  const dropped: string[] = [];
  const conditional = conditionalMenusOf(conditionalmenu).flatMap(({ menuid, button, rule }) => {
    if (rule !== undefined) return [{ button, matchrule: rule }];
    dropped.push(
      `conditional menu ${menuid}: WeChat matches no menus by its rule any more · 个性化菜单 ${menuid}：微信已不支持其匹配规则`,
    );
    return [];
  });
  const file = { button: menu.button.map((one) => tidied(one)).filter(isButton) };
  return { file: conditional.length === 0 ? file : { ...file, conditionalmenu: conditional }, dropped };
}

/** A conditional menu that an account has. `rule` is unset where it could not be made like that today. */
export interface PresentMenu {
  readonly menuid: string;
  readonly button: readonly MenuButton[];
  readonly rule: MatchRule | undefined;
}

/** The conditional menus that an account has, the oldest first: WeChat counts their ids upwards. */
export function conditionalMenusOf(menus: Menus["conditionalmenu"] = []): readonly PresentMenu[] {
  return menus
    .map(({ menuid, button, matchrule }) => ({
      menuid,
      button: button.map((one) => tidied(one)).filter(isButton),
      rule: knownRule(matchrule),
    }))
    .sort((a, b) => a.menuid.length - b.menuid.length || (a.menuid < b.menuid ? -1 : 1));
}

/** @param where what stands in front of `button` in messages */
function readButtons(value: unknown, where: string): readonly MenuButton[] {
  const buttons = listOf(value ?? [], `${where}button`)
    .map((one, index) => objectOf(one, `${where}button[${index}]`))
    .map((one, index) => tidied(one, `${where}button[${index}]`))
    .filter(isButton);
  try {
    checkButtons(buttons);
  } catch (error) {
    throw error instanceof ApiInputError ? new ApiInputError(where + error.message) : error;
  }
  return buttons;
}

/** Whether `checkButtons` may look at it: what it says is that one's business. */
export function isButton(value: Json): value is Json & MenuButton {
  return typeof value === "object";
}

/** A button without the empty members that WeChat tells, so that equal buttons are equal. */
function tidied(button: object, at = "button"): Json {
  const entries = Object.entries(button).flatMap(([name, value]: [string, unknown]) => {
    if (value === "" || (Array.isArray(value) && value.length === 0)) return [];
    if (name !== "sub_button") return [[name, value] as const];
    const list = listOf(value, `${at}.sub_button`);
    const subButtons = list.map((one, index) => {
      const where = `${at}.sub_button[${index}]`;
      return tidied(objectOf(one, where), where);
    });
    return [[name, subButtons] as const];
  });
  return Object.fromEntries(entries);
}

function knownRule(rule: Json): MatchRule | undefined {
  try {
    return readRule(rule, "matchrule");
  } catch {
    return undefined;
  }
}

const PLATFORMS: readonly MenuPlatform[] = [1, 2, 3];

/** WeChat tells the tag as `group_id`, and empty texts for what a rule leaves open. */
function readRule(rule: Json, at: string): MatchRule {
  const { group_id: groupId, tag_id: tagId = groupId, client_platform_type: platform, ...others } = rule;
  const foreign = Object.keys(others).find((name) => (others[name] ?? "") !== "");
  if (foreign !== undefined) {
    throw new UsageError(
      `${at}: WeChat matches no menus by ${foreign}; write tag_id, client_platform_type or both.`,
      `${at}：微信不支持按 ${foreign} 匹配，只能写 tag_id、client_platform_type 或两者。`,
    );
  }
  const tag = digitsOf(tagId);
  const system = PLATFORMS.find((one) => String(one) === digitsOf(platform));
  const isWrong = isGiven(tagId) !== (tag !== undefined) || isGiven(platform) !== (system !== undefined);
  if (!isWrong && tag !== undefined) {
    return { tag_id: tag, ...(system === undefined ? {} : { client_platform_type: system }) };
  }
  if (!isWrong && system !== undefined) return { client_platform_type: system };
  throw new UsageError(
    `${at} needs a tag_id (a number) or a client_platform_type (1 iOS, 2 Android, 3 others).`,
    `${at} 需要 tag_id（数字）或 client_platform_type（1 iOS、2 Android、3 其他）。`,
  );
}

/** WeChat writes numbers as texts too. */
function digitsOf(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^\d+$/.test(text) ? text : undefined;
}

function isGiven(value: unknown): boolean {
  return (value ?? "") !== "";
}

function objectOf(value: unknown, at: string): Json {
  if (isObject(value)) return value;
  throw new UsageError(`${at} must be a JSON object.`, `${at} 必须是 JSON 对象。`);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new UsageError(`${at} must be a list.`, `${at} 必须是数组。`);
}
