// @ts-check
/**
 * The panel in which WeChat is made to misbehave, and the Worker: failing calls, tokens that die, addresses that are not
 * let in, handlers that are late, a language model that is slow or says nothing.
 */
/** @import { AccountKind } from "../account.ts" */
/** @import { WorkerState } from "../worker-routes.ts" */
/** @import { Account } from "./api.js" */
import { Refused, Unreachable } from "./api.js";
import { h } from "./dom.js";
import { faultForm, faultItem } from "./fault-form.js";
import { createHandlerSwitches } from "./handler-switches.js";
import { inEveryLanguage, inOneLanguage, named, t } from "./language.js";
import { createModelSwitches } from "./model-switches.js";
import {
  addFault,
  clearFaults,
  invalidateTokens,
  readFaults,
  readIpList,
  setIpList,
  setKind,
} from "./platform.js";

/** @type {readonly AccountKind[]} */
const ACCOUNT_KINDS = ["personal", "subscription", "service-unverified", "service", "test"];

/**
 * What is around the panel.
 *
 * @typedef {object} Around
 * @property {() => Account} account the one that the phone shows
 * @property {(text: string) => void} say sends a text from the phone
 * @property {() => WorkerState} worker
 * @property {boolean} hasModel whether the Worker's language model is the simulated one
 * @property {() => void} unreachable called when the simulator does not answer
 *
 * A part of the panel.
 *
 * @typedef {object} Part
 * @property {() => readonly Node[]} nodes in the language of the page
 * @property {() => Promise<void>} refresh shows how things are
 *
 * Does something and says in the panel what came of it.
 *
 * @typedef {(deed: (account: string) => Promise<unknown>, done?: string) => void} Attempt
 */

/**
 * @param {HTMLElement} panel
 * @param {HTMLButtonElement} toggle
 * @param {Around} around
 * @returns {() => Promise<void>} shows how things are, if the panel is open
 */
export function createTrouble(panel, toggle, { account, say, worker, hasModel, unreachable }) {
  const status = h("p", { class: "hint", role: "status" });

  /** @param {() => Promise<unknown>} deed */
  const answered = async (deed) => {
    try {
      await deed();
      return true;
    } catch (error) {
      if (error instanceof Refused) status.textContent = inOneLanguage(error.message);
      else if (error instanceof Unreachable) unreachable();
      else throw error;
      return false;
    }
  };
  /** @type {Attempt} */
  const attempt = (deed, done = "") => {
    status.textContent = "";
    void answered(() => deed(account().id)).then((isDone) => {
      if (isDone) status.textContent = done;
      return refresh();
    });
  };
  const parts = [
    createFaults(account, attempt),
    createSwitches(account, attempt),
    createHandlerSwitches(say, worker, attempt),
    ...(hasModel ? [createModelSwitches(attempt)] : []),
  ];
  const refresh = async () => {
    if (panel.hidden) return;
    for (const part of parts) await answered(part.refresh);
  };

  toggle.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    toggle.setAttribute("aria-expanded", String(!panel.hidden));
    status.textContent = "";
    void refresh();
  });
  inEveryLanguage(() => {
    status.textContent = "";
    panel.replaceChildren(...parts.flatMap((part) => part.nodes()), status);
    void refresh();
  });
  return refresh;
}

/**
 * Calls that fail as ordered.
 *
 * @param {() => Account} account
 * @param {Attempt} attempt
 * @returns {Part}
 */
function createFaults(account, attempt) {
  const list = h("ul", { class: "faults" });
  const clear = h("button", { class: "plain", type: "button" });
  clear.addEventListener("click", () => attempt(clearFaults));
  return {
    nodes() {
      clear.textContent = t("clearFaults");
      return [
        faultForm((order) => attempt((id) => addFault(id, order), t("faultSet"))),
        h("div", { class: "ordered" }, list, clear),
      ];
    },
    async refresh() {
      const { faults } = await readFaults(account().id);
      const items = faults.map(faultItem);
      list.replaceChildren(...(items.length > 0 ? items : [h("li", { class: "hint" }, t("noFaults"))]));
      clear.disabled = faults.length === 0;
    },
  };
}

/**
 * What else can happen to an account: its tokens, its list of addresses, its kind.
 *
 * @param {() => Account} account
 * @param {Attempt} attempt
 * @returns {Part}
 */
function createSwitches(account, attempt) {
  const kinds = h("select", { id: "trouble-kind" });
  const closed = h("input", { id: "trouble-ip", type: "checkbox" });
  const renew = h("button", { class: "plain", type: "button" });

  renew.addEventListener("click", () => attempt(invalidateTokens, t("tokensRenewed")));
  kinds.addEventListener("change", () => {
    const kind = ACCOUNT_KINDS[kinds.selectedIndex];
    if (kind !== undefined) attempt((id) => setKind(id, kind));
  });
  closed.addEventListener("change", () => {
    const isClosed = closed.checked;
    attempt((id) => setIpList(id, isClosed ? [] : null));
  });
  return {
    nodes() {
      renew.textContent = t("renewTokens");
      kinds.replaceChildren(
        ...ACCOUNT_KINDS.map((kind) => h("option", { value: kind }, named("kind", kind))),
      );
      return [
        h(
          "div",
          { class: "others" },
          renew,
          h("span", { class: "field" }, closed, h("label", { for: closed.id }, t("ipNotListed"))),
          h("span", { class: "field" }, h("label", { for: kinds.id }, t("accountKind")), kinds),
        ),
      ];
    },
    async refresh() {
      const { id, kind } = account();
      if (kinds.value !== kind) kinds.value = kind;
      closed.checked = (await readIpList(id)).allowed !== null;
    },
  };
}
