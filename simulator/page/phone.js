// @ts-check
/** The phone's behaviour: what a person does goes out as an action, and what comes of it is shown. */
/** @import { Account, Action, MenuButton } from "./api.js" */
/** @import { Wire } from "./wire.js" */
import { push, readPhone, Refused, Unreachable } from "./api.js";
import { inOneLanguage, t } from "./language.js";
import { Timeline } from "./timeline.js";

/** How often the phone looks for something new while it is visible. */
const POLL_MS = 2_000;
/** And while something is under way. */
const LOOK_AFTER_MS = [40, 300];

/**
 * What is around the phone.
 *
 * @typedef {object} Around
 * @property {HTMLElement} list
 * @property {Wire} wire
 * @property {() => string} mode another mode than the account's, or empty
 * @property {boolean} several whether there are several accounts to tell apart
 * @property {() => void} changed called when `following` may have changed
 * @property {(reachable: boolean) => void} reachable
 */

export class Phone {
  /** Until the simulator says otherwise. */
  following = true;
  /** @type {Account} */
  account;
  /** @type {readonly MenuButton[]} */
  menu;
  openid;
  #around;
  #timeline;
  /** Questions asked, and the latest one whose answer is shown. */
  #asked = 0;
  #shown = 0;

  /**
   * @param {Account} account
   * @param {string} openid
   * @param {readonly MenuButton[]} menu
   * @param {Around} around
   */
  constructor(account, openid, menu, around) {
    this.account = account;
    this.openid = openid;
    this.menu = menu;
    this.#around = around;
    this.#timeline = new Timeline(around.list, {
      menuName: (key) => this.menu.find((button) => button.key === key)?.name ?? key,
      explain: (exchange, fault) => {
        if (!around.wire.reveal(exchange)) this.note(inOneLanguage(fault));
      },
    });
    setInterval(() => {
      if (!document.hidden) void this.refresh();
    }, POLL_MS);
  }

  /**
   * Puts the phone into another hand, or opens another account on it.
   *
   * @param {Account} account
   * @param {string} openid
   */
  async open(account, openid) {
    this.account = account;
    this.openid = openid;
    this.#timeline.clear();
    this.following = true;
    this.#around.changed();
    await this.refresh();
  }

  /** Shows what the simulator has recorded since. */
  async refresh() {
    const { account, openid } = this;
    const question = ++this.#asked;
    try {
      const { following, timeline } = await readPhone(account.id, openid);
      // Meanwhile it may have become another phone, or a later question was answered sooner.
      if (account !== this.account || openid !== this.openid || question < this.#shown) return;
      this.#shown = question;
      this.following = following;
      this.#timeline.show(timeline);
      this.#around.reachable(true);
      this.#around.changed();
    } catch (error) {
      this.#failed(error);
    }
  }

  /**
   * Does something, shows that it is under way, and then what came of it.
   *
   * @param {Action} action
   */
  async act(action) {
    const done = this.#timeline.wait();
    // What the user did stands on the phone long before the account answers.
    const looks = LOOK_AFTER_MS.map((ms) => setTimeout(() => void this.refresh(), ms));
    const { account, openid } = this;
    const mode = this.#around.mode();
    try {
      const exchange = await push(account.id, openid, action, mode);
      this.#around.wire.add(exchange, {
        account: this.#around.several ? account.id : "",
        mode: mode === account.mode ? "" : mode,
        ownMode: account.mode,
      });
    } catch (error) {
      this.#failed(error);
    } finally {
      for (const look of looks) clearTimeout(look);
      done();
    }
    await this.refresh();
  }

  /** Draws everything anew, in another language for example. */
  redraw() {
    this.#timeline.redraw();
  }

  /**
   * Why something did not happen, in the chat where the person is looking.
   *
   * @param {string} text
   */
  note(text) {
    this.#timeline.note(text);
  }

  /** @param {unknown} error */
  #failed(error) {
    if (error instanceof Refused) this.note(t("notSent", { why: inOneLanguage(error.message) }));
    else if (error instanceof Unreachable) this.#around.reachable(false);
    else throw error;
  }
}
