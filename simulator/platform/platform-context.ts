/** What the state of every family is made with: `new Menus(context)`, `new QrCodes(context)` … */
import type { MenuButton } from "../timeline.ts";

/** What an account's state needs of the simulator around it. */
export interface PlatformContext {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The menu that the account starts with; empty where its kind has none. */
  readonly menu: readonly MenuButton[];
  /** To be called when something that a phone shows has changed: the phone of `openid`, or of everybody. */
  readonly changed: (openid?: string) => void;
}
