/** Menus as lines, and what changes between two of them. */
import type { CurrentMenu, CurrentMenuButton } from "../../src/api/calls/menu.ts";
import type { MenuButton } from "../../src/api/calls/menu-buttons.ts";

/** A button of the menu API, or of the console. */
type AnyButton = MenuButton | CurrentMenuButton;

/** What buttons lead to, the first that there is. */
const TARGETS = ["key", "url", "media_id", "article_id", "value"];

/** A line for every button; those of a sub-menu are indented. */
export function menuLines(buttons: readonly AnyButton[]): string[] {
  return buttons.flatMap((button) => [
    buttonLine(button),
    ...menuLines(subButtonsOf(button)).map((line) => `  ${line}`),
  ]);
}

/** The lines of a menu that the console may have made; none when there is no menu in use. */
export function currentMenuLines({ is_menu_open: isOpen, selfmenu_info: info }: CurrentMenu): string[] {
  return isOpen === 1 ? menuLines(info?.button ?? []) : [];
}

function subButtonsOf(button: AnyButton): readonly AnyButton[] {
  const list: unknown = button.sub_button ?? [];
  if (Array.isArray(list)) return list;
  return "list" in Object(list) ? Object(list).list : [];
}

function buttonLine(button: AnyButton): string {
  const text = (name: string): string => {
    const value: unknown = Reflect.get(button, name);
    return typeof value === "string" ? value : "";
  };
  const target = TARGETS.map(text).find((value) => value !== "") ?? "";
  const page = button.type === "miniprogram" ? `${text("appid")} ${text("pagepath")}` : target;
  return [button.name, button.type ?? "", page].filter((part) => part !== "").join(" · ");
}

/** What is done to a line. */
const SIGNS = { kept: "  ", removed: "- ", added: "+ " } as const;

/**
 * The lines of both, marked `-` and `+` where they differ; empty when nothing does.
 *
 * @see https://en.wikipedia.org/wiki/Longest_common_subsequence
 */
export function diffLines(before: readonly string[], after: readonly string[]): string[] {
  const common = commonLengths(before, after);
  const lines: string[] = [];
  let [row, column, changes] = [0, 0, 0];
  while (row < before.length || column < after.length) {
    const [old, fresh] = [before[row], after[column]];
    if (old !== undefined && old === fresh) {
      lines.push(SIGNS.kept + old);
      row++;
      column++;
      continue;
    }
    changes++;
    const isRemoved =
      fresh === undefined || (common[row + 1]?.[column] ?? 0) >= (common[row]?.[column + 1] ?? 0);
    if (old !== undefined && isRemoved) {
      lines.push(SIGNS.removed + old);
      row++;
    } else {
      lines.push(SIGNS.added + (fresh ?? ""));
      column++;
    }
  }
  return changes === 0 ? [] : lines;
}

/** `[row][column]`: how many lines the rest of both have in common, from there on. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: before.length + 1 }, () => Array<number>(after.length + 1).fill(0));
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const [here, below] = [lengths[row], lengths[row + 1]];
      if (here === undefined || below === undefined) continue;
      here[column] =
        before[row] === after[column]
          ? (below[column + 1] ?? 0) + 1
          : Math.max(below[column] ?? 0, here[column + 1] ?? 0);
    }
  }
  return lengths;
}
