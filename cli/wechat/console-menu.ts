/** Makes a menu that the console made into one that the API can make, as far as that goes. */
import type { CurrentMenu, CurrentMenuButton } from "../../src/api/calls/menu.ts";
import { checkButtons, type MenuAction, type MenuButton } from "../../src/api/calls/menu-buttons.ts";
import { ApiInputError } from "../../src/errors.ts";
import { isButton, type MenuFile } from "./menu-file.ts";

/** Members that buttons of the API have. */
const MEMBERS = ["type", "name", "key", "url", "appid", "pagepath", "media_id", "article_id"];

/** A file, and what is missing in it. */
export interface ConsoleMenu {
  /** Unset where there is no menu, or none of its buttons can be made by the API. */
  readonly file: MenuFile | undefined;
  /** A line for every button that only the console makes. */
  readonly dropped: readonly string[];
}

/** Reads the menu in use. */
export function consoleMenuOf({ is_menu_open: isOpen, selfmenu_info: info }: CurrentMenu): ConsoleMenu {
  const dropped: string[] = [];
  const buttons = (isOpen === 1 ? (info?.button ?? []) : []).flatMap(
    (button) => topOf(button, dropped) ?? [],
  );
  return { file: buttons.length === 0 ? undefined : { button: buttons }, dropped };
}

function topOf(button: CurrentMenuButton, dropped: string[]): MenuButton | undefined {
  const subButtons = button.sub_button?.list ?? [];
  if (subButtons.length === 0) return actionOf(button, dropped);
  const kept = subButtons.flatMap((one) => actionOf(one, dropped) ?? []);
  return kept.length === 0 ? undefined : { name: button.name, sub_button: kept };
}

function actionOf(button: CurrentMenuButton, dropped: string[]): MenuAction | undefined {
  const entries = Object.entries(button).filter(([name, value]) => MEMBERS.includes(name) && value !== "");
  const action: object = Object.fromEntries(entries);
  if (isAction(action)) return action;
  dropped.push(droppedLine(button));
  return undefined;
}

/** The name's length says nothing about what the button does, and the console checks it itself. */
function isAction(button: object): button is MenuAction {
  try {
    const parent: Readonly<Record<string, unknown>> = {
      name: "name",
      sub_button: [{ ...button, name: "name" }],
    };
    checkButtons([parent].filter(isButton));
    return true;
  } catch (error) {
    if (error instanceof ApiInputError) return false;
    throw error;
  }
}

const CURE =
  "only the console makes such a button; a click button can do the same by a handler · 只有后台能设置此类按钮，可改用 click 按钮由程序回复";

function droppedLine({ name, type = "", value = "", news_info: news }: CurrentMenuButton): string {
  const content = news?.list[0]?.content_url ?? value;
  return `${name} · ${type} · ${content}: ${CURE}`;
}
