// @ts-check
/** The jobs of the account that were given up: to be run again, or dropped. There only when there are any. */
/** @import { DeadLetterAction, DeadLettersView, DeadLetterView } from "../worker-jobs.ts" */
import { decideDeadLetter, readDeadLetters, Refused, Unreachable } from "./api.js";
import { h } from "./dom.js";
import { inEveryLanguage, inOneLanguage, locale, t } from "./language.js";

/** A job is given up a moment before its dead letter is there: it is looked for again after these times. */
const AGAIN_MS = [1_500, 6_000];
/** @type {DeadLettersView} */
const NONE = { total: 0, lost: 0, letters: [] };

/**
 * What is around the panel.
 *
 * @typedef {object} Around
 * @property {() => string} account the one that the phone shows
 * @property {(account: string) => boolean} canAsk whether the Worker can be asked about an account now
 * @property {() => void} unreachable called when the simulator does not answer
 */

export class DeadLetters {
  #panel;
  #around;
  #head = h("h3", { tabindex: "-1" });
  #hint = h("p", { class: "hint" });
  #list = h("ul", {});
  #status = h("p", { class: "hint", role: "status" });
  /** Whose letters are shown. */
  #account = "";
  #view = NONE;
  /** Questions asked: only the latest one's answer counts. */
  #asked = 0;
  #isDeciding = false;
  /** @type {ReturnType<typeof setTimeout>[]} */
  #timers = [];

  /**
   * @param {HTMLElement} panel
   * @param {Around} around
   */
  constructor(panel, around) {
    this.#panel = panel;
    this.#around = around;
    panel.append(this.#head, this.#hint, this.#list, this.#status);
    inEveryLanguage(() => {
      this.#status.textContent = "";
      this.#draw();
    });
  }

  /** Shows those of the phone's account, now and a little later. */
  look() {
    this.#lookOnce();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = AGAIN_MS.map((ms) => setTimeout(() => this.#lookOnce(), ms));
  }

  #lookOnce() {
    const account = this.#around.account();
    if (account !== this.#account) this.#become(account);
    if (this.#around.canAsk(account) && !this.#isDeciding) void this.#ask(() => readDeadLetters(account));
  }

  /** @param {string} account */
  #become(account) {
    this.#account = account;
    this.#view = NONE;
    this.#panel.hidden = true;
    this.#status.textContent = "";
    this.#draw();
  }

  /** @type {(action: DeadLetterAction, letter: DeadLetterView) => Promise<void>} */
  async #decide(action, { id, name }) {
    const account = this.#account;
    this.#status.textContent = "";
    this.#deciding(true);
    const isDone = await this.#ask(() => decideDeadLetter(account, action, id));
    this.#deciding(false);
    if (isDone) {
      this.#status.textContent = t(`${action}Done`, { name: nameOf(name) });
      // The button that had the focus is gone.
      this.#head.focus();
    }
    this.look();
  }

  /** @param {boolean} isDeciding */
  #deciding(isDeciding) {
    this.#isDeciding = isDeciding;
    for (const button of this.#list.querySelectorAll("button")) button.disabled = isDeciding;
  }

  /**
   * @param {() => Promise<DeadLettersView>} ask
   * @returns {Promise<boolean>} whether there was an answer
   */
  async #ask(ask) {
    const account = this.#account;
    const question = ++this.#asked;
    try {
      const view = await ask();
      if (question !== this.#asked || account !== this.#account) return true;
      // What was dealt with leaves its panel behind, and what came of it.
      if (view.total > 0) this.#panel.hidden = false;
      if (JSON.stringify(view) === JSON.stringify(this.#view)) return true;
      this.#view = view;
      this.#draw();
      return true;
    } catch (error) {
      if (error instanceof Refused) this.#status.textContent = inOneLanguage(error.message);
      else if (error instanceof Unreachable) this.#around.unreachable();
      else throw error;
      return false;
    }
  }

  #draw() {
    const { total, lost, letters } = this.#view;
    this.#head.textContent = t("deadLetters", { count: total });
    this.#hint.textContent = [
      total === 0 ? t("noDeadLetters") : t("deadLettersHint"),
      ...(total > letters.length ? [t("moreDeadLetters", { count: total - letters.length })] : []),
      ...(lost > 0 ? [t("lostDeadLetters", { count: lost })] : []),
    ].join(" ");
    this.#list.replaceChildren(
      ...letters.map((letter) => letterView(letter, (action) => void this.#decide(action, letter))),
    );
    this.#deciding(this.#isDeciding);
  }
}

/**
 * @param {DeadLetterView} letter
 * @param {(action: DeadLetterAction) => void} decide
 */
function letterView({ id, name, time, attempts, code, error }, decide) {
  const at = new Intl.DateTimeFormat(locale(), { dateStyle: "short", timeStyle: "medium" }).format(time);
  /** @param {DeadLetterAction} action */
  const button = (action) => {
    const label = t(`${action}Letter`);
    const made = h("button", { class: action === "drop" ? "plain danger" : "plain", type: "button" }, label);
    made.setAttribute("aria-label", `${label} ${nameOf(name)}`);
    made.addEventListener("click", () => decide(action));
    return made;
  };
  return h(
    "li",
    { "data-letter": id },
    h(
      "div",
      { class: "letter" },
      h("strong", {}, nameOf(name)),
      h("span", {}, t("attempts", { count: attempts })),
      h("code", {}, code),
      h("time", { datetime: new Date(time).toISOString() }, at),
      h("p", { class: "letter-error" }, error),
    ),
    button("redrive"),
    button("drop"),
  );
}

/** @param {string} name */
function nameOf(name) {
  return name === "" ? t("unreadableJob") : name;
}
