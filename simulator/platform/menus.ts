/** The menus of one account: the one that everybody sees, and those for some users. */
import type { MenuButton } from "../timeline.ts";
import { CONSOLE_MENU, type SelfMenu, selfMenuOf } from "./console-menu.ts";
import { hostOf } from "./menu-buttons.ts";
import type { PlatformContext } from "./platform-context.ts";

/** Whose menu is asked for, as conditional menus tell users apart. */
export interface MenuUser {
  readonly openid: string;
  /** In the order in which they were given: the last one decides. */
  readonly tagIds: readonly number[];
}

/** Who sees a conditional menu: all that is set must fit. */
export interface MatchRule {
  readonly tagId?: number;
  /** 1 iOS, 2 Android, 3 others. */
  readonly platform?: number;
}

/** A menu for some users. */
export interface ConditionalMenu {
  readonly menuid: number;
  readonly buttons: readonly MenuButton[];
  readonly rule: MatchRule;
}

/** What the simulated phones run on. */
export const PHONE_PLATFORM = 1;

const FIRST_MENU_ID = 208_396_938;

/** The menus of one account. */
export class Menus {
  readonly #changed: () => void;
  /** Whether the account's menu is the business of its console still, and not of the API. */
  #isConsoles: boolean;
  #nextId = FIRST_MENU_ID;
  #menuid = this.#nextId++;
  #buttons: readonly MenuButton[];
  /** In the order in which they were added. */
  #conditional: readonly ConditionalMenu[] = [];

  constructor({ menu, changed }: Pick<PlatformContext, "menu" | "changed">) {
    this.#buttons = menu;
    this.#isConsoles = menu.length === 0;
    this.#changed = () => changed();
  }

  /** The menu that everybody sees; empty = there is none. */
  get buttons(): readonly MenuButton[] {
    return this.#buttons;
  }

  get menuid(): number {
    return this.#menuid;
  }

  /** In the order in which they were added. */
  get conditional(): readonly ConditionalMenu[] {
    return this.#conditional;
  }

  /** What a user sees; empty = no menu. The conditional menu that was added last is tried first. */
  of({ tagIds }: Pick<MenuUser, "tagIds">): readonly MenuButton[] {
    if (this.#buttons.length === 0) return [];
    const fits = ({ rule }: ConditionalMenu): boolean =>
      (rule.tagId === undefined || rule.tagId === tagIds.at(-1)) &&
      (rule.platform === undefined || rule.platform === PHONE_PLATFORM);
    return this.#conditional.findLast(fits)?.buttons ?? this.#buttons;
  }

  /** Makes these the buttons that everybody sees. */
  create(buttons: readonly MenuButton[]): void {
    this.#isConsoles = false;
    this.#buttons = buttons;
    this.#menuid = this.#nextId++;
    this.#changed();
  }

  /** Removes every menu. */
  clear(): void {
    this.#isConsoles = false;
    this.#buttons = [];
    this.#conditional = [];
    this.#changed();
  }

  /** @returns its id */
  addConditional(buttons: readonly MenuButton[], rule: MatchRule): number {
    const menuid = this.#nextId++;
    this.#conditional = [...this.#conditional, { menuid, buttons, rule }];
    this.#changed();
    return menuid;
  }

  /** @returns whether there was one of that id */
  removeConditional(menuid: number): boolean {
    const left = this.#conditional.filter((menu) => menu.menuid !== menuid);
    const wasThere = left.length < this.#conditional.length;
    this.#conditional = left;
    if (wasThere) this.#changed();
    return wasThere;
  }

  /** What `get_current_selfmenu_info` tells: the menu of the API, or of the console where the API never made one. */
  selfMenu(): SelfMenu {
    return this.#isConsoles ? CONSOLE_MENU : selfMenuOf(this.#buttons);
  }

  /** Whether a button sends this media. */
  uses(mediaId: string): boolean {
    const all = [...this.#buttons, ...this.#conditional.flatMap(({ buttons }) => buttons)];
    return leavesOf(all).some((button) => button.media_id === mediaId);
  }

  /** Hosts that the conditional menus lead to. */
  conditionalHosts(): ReadonlySet<string> {
    return hostsOf(this.#conditional.flatMap(({ buttons }) => buttons));
  }
}

/** Hosts that buttons lead to. */
export function hostsOf(buttons: readonly MenuButton[]): ReadonlySet<string> {
  return new Set(leavesOf(buttons).flatMap(({ url = "" }) => hostOf(url) ?? []));
}

function leavesOf(buttons: readonly MenuButton[]): readonly MenuButton[] {
  return buttons.flatMap((button) => [button, ...(button.sub_button ?? [])]);
}
