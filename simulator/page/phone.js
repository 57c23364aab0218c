// @ts-check
/** The phone's behaviour: what a person does goes out as an action, and what comes of it is shown. */
/** @import { MenuButton } from "../timeline.ts" */
/** @import { Account, Action } from "./api.js" */
/** @import { Calls } from "./calls.js" */
/** @import { Exchanges } from "./exchanges.js" */
/** @import { Owner } from "./jobs.js" */
/** @import { Wire } from "./wire.js" */
import { push, readPhone, Refused, Unreachable } from "./api.js";
import { inOneLanguage, t } from "./language.js";
import { Timeline } from "./timeline.js";

/**
 * What is around the phone.
 *
 * @typedef {object} Around
 * @property {HTMLElement} list
 * @property {Wire} wire
 * @property {Calls} calls
 * @property {Exchanges} exchanges
 * @property {() => string} mode another mode than the account's, or empty
 * @property {boolean} several whether there are several accounts to tell apart
 * @property {(owner: Owner) => void} delivered called when a push is over
 * @property {() => void} changed called when what the controls show may have changed
 * @property {(reachable: boolean) => void} reachable
 */

export class Phone {
  /** Until the simulator says otherwise. */
  following = true;
  /** @type {Account} */
  account;
  /** What this user sees at the bottom. @type {readonly MenuButton[]} */
  menu = [];
  nickname = "";
  openid;
  /** Until when the account is seen typing, in milliseconds since the epoch. */
  #typingUntil = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #endOfTyping;
  #around;
  #timeline;
  /** What was done and is not over yet. @type {Set<Promise<void>>} */
  #underWay = new Set();
  /** Questions asked, and the latest one whose answer is shown. */
  #asked = 0;
  #shown = 0;

  /**
   * @param {Account} account
   * @param {string} openid
   * @param {Around} around
   */
  constructor(account, openid, around) {
    this.account = account;
    this.openid = openid;
    this.#around = around;
    this.#timeline = new Timeline(around.list, {
      menuName: (key) => nameIn(this.menu, key) ?? key,
      explain: (exchange, fault) => void this.#explain(exchange, fault),
      choose: ({ id, content }) =>
        void this.act(
          id === "" ? { action: "text", Content: content } : { action: "menu-choice", id, content },
        ),
      showCall: (call) => void this.#showCall(call),
      showExchange: (exchange) => {
        if (!this.#around.wire.reveal(exchange)) this.note(t("pushForgotten"));
      },
      say: (Content) => void this.act({ action: "text", Content }),
    });
  }

  /** Whose phone it is. @returns {Owner} */
  get owner() {
    return { account: this.account.id, openid: this.openid };
  }

  /** Whether the account is seen typing. */
  get isTyping() {
    return Date.now() < this.#typingUntil;
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
    this.menu = [];
    this.nickname = "";
    this.#typing(0);
    this.#around.changed();
    await this.refresh();
  }

  /**
   * Shows the same account as it is now.
   *
   * @param {Account} account
   */
  become(account) {
    this.account = account;
    this.#around.changed();
  }

  /** Shows what the simulator has recorded since. */
  async refresh() {
    const { account, openid } = this;
    const question = ++this.#asked;
    try {
      const { following, timeline, menu, nickname, typingUntil = 0 } = await readPhone(account.id, openid);
      // Meanwhile it may have become another phone, or a later question was answered sooner.
      if (account.id !== this.account.id || openid !== this.openid || question < this.#shown) return;
      this.#shown = question;
      this.following = following;
      this.menu = menu;
      this.nickname = nickname;
      this.#typing(typingUntil);
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
    const deed = this.#deliver(action);
    this.#underWay.add(deed);
    try {
      await deed;
    } finally {
      this.#underWay.delete(deed);
    }
    await this.refresh();
  }

  /** @param {Action} action */
  async #deliver(action) {
    const done = this.#timeline.wait();
    const { account, openid } = this;
    const mode = this.#around.mode();
    try {
      const exchange = await push(account.id, openid, action, mode);
      await this.#around.exchanges.put(exchange, {
        account: this.#around.several ? account.id : "",
        mode: mode === account.mode ? "" : mode,
        ownMode: account.mode,
      });
      this.#around.delivered({ account: account.id, openid });
    } catch (error) {
      this.#failed(error);
    } finally {
      done();
    }
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

  /** @param {number} until shows the account as typing, and no longer */
  #typing(until) {
    this.#typingUntil = until;
    clearTimeout(this.#endOfTyping);
    const left = until - Date.now();
    if (left > 0) this.#endOfTyping = setTimeout(() => this.#around.changed(), left);
  }

  /**
   * Opens the exchange that went wrong. The phone may know of it before it is over and stands beside the phone.
   *
   * @param {string} exchange its id
   * @param {string} fault said in the chat where there is no such exchange any more
   */
  async #explain(exchange, fault) {
    if (this.#around.wire.reveal(exchange)) return;
    await Promise.all(this.#underWay);
    if (!this.#around.wire.reveal(exchange)) this.note(inOneLanguage(fault));
  }

  /** @param {string} call its id */
  async #showCall(call) {
    try {
      if (!(await this.#around.calls.reveal(this.account.id, call))) this.note(t("callForgotten"));
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {unknown} error */
  #failed(error) {
    if (error instanceof Refused) this.note(t("notSent", { why: inOneLanguage(error.message) }));
    else if (error instanceof Unreachable) this.#around.reachable(false);
    else throw error;
  }
}

/**
 * @param {readonly MenuButton[]} buttons
 * @param {string} key
 * @returns {string | undefined} what stands on the button of that key
 */
function nameIn(buttons, key) {
  for (const { name, key: own, sub_button: inner = [] } of buttons) {
    const found = own === key ? name : nameIn(inner, key);
    if (found !== undefined) return found;
  }
  return undefined;
}
