// @ts-check
/** Puts the page together: who holds the phone, which account is open on it, and what went over the wire. */
/** @import { Account, State } from "./api.js" */
import { checkUrl, readState, Refused, Unreachable } from "./api.js";
import { createControls } from "./controls.js";
import { byId, h } from "./dom.js";
import { fillPage, inEveryLanguage, inOneLanguage, named, switchLanguage, t } from "./language.js";
import { Phone } from "./phone.js";
import { currentUser, newUser } from "./user.js";
import { createWire } from "./wire.js";

const MODES = ["plain", "compatible", "secure"];
const RETRY_MS = 1_000;

const banner = byId("banner", HTMLParagraphElement);
const accounts = byId("account", HTMLSelectElement);
const modes = byId("mode", HTMLSelectElement);
const check = byId("check-url", HTMLButtonElement);
const checked = byId("url-check", HTMLParagraphElement);

byId("language", HTMLButtonElement).addEventListener("click", switchLanguage);
inEveryLanguage(fillPage);
void start();

/** Waits for the simulator, and starts. */
async function start() {
  for (;;) {
    try {
      const state = await readState();
      reachable(true);
      const [first] = state.accounts;
      if (first === undefined) showBanner(t("noAccount"));
      else run(state, first);
      return;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      reachable(false);
      await new Promise((resolve) => {
        setTimeout(resolve, RETRY_MS);
      });
    }
  }
}

/**
 * @param {State} state
 * @param {Account} first
 */
function run(state, first) {
  const wire = createWire(byId("exchanges", HTMLOListElement), byId("wire-empty", HTMLParagraphElement));
  byId("clear", HTMLButtonElement).addEventListener("click", () => wire.clear());

  const phone = new Phone(first, currentUser(), state.menu, {
    list: byId("timeline", HTMLOListElement),
    wire,
    several: state.accounts.length > 1,
    mode: () => modes.value,
    changed: () => showControls(),
    reachable,
  });
  const showControls = createControls(phone, () => void phone.open(phone.account, newUser()));

  const open = () => {
    const account = state.accounts[accounts.selectedIndex] ?? first;
    byId("callback", HTMLParagraphElement).textContent = account.url;
    checked.hidden = true;
    void phone.open(account, phone.openid);
  };
  inEveryLanguage(() => {
    fill(
      accounts,
      state.accounts.map(({ id, mode, kind }) => [
        id,
        `${id} · ${named("kind", kind)} · ${named("mode", mode)}`,
      ]),
    );
    fill(modes, [["", t("modeOfAccount")], ...MODES.map((mode) => [mode, named("mode", mode)])]);
    phone.redraw();
  });
  accounts.addEventListener("change", open);
  check.addEventListener("click", () => void showUrlCheck(phone.account));
  open();
}

/** @param {Account} account */
async function showUrlCheck(account) {
  check.disabled = true;
  showChecked("", t("checking"));
  try {
    const result = await checkUrl(account.id);
    if (result.ok)
      showChecked("good", t("urlPassed", { url: account.url, ms: Math.round(result.durationMs) }));
    else showChecked("bad", t("urlFailed", { why: inOneLanguage(result.fault) }), result.body);
  } catch (error) {
    if (error instanceof Refused) showChecked("bad", t("urlFailed", { why: inOneLanguage(error.message) }));
    else if (error instanceof Unreachable) reachable(false);
    else throw error;
  } finally {
    check.disabled = false;
  }
}

/**
 * @param {"" | "good" | "bad"} judgement
 * @param {string} text
 * @param {string} [body] what came back instead
 */
function showChecked(judgement, text, body) {
  checked.className = `url-check ${judgement}`;
  checked.replaceChildren(text, ...(body ? [h("code", {}, body)] : []));
  checked.hidden = false;
}

/**
 * Offers `options` in a list and keeps what was chosen.
 *
 * @param {HTMLSelectElement} list
 * @param {readonly (readonly string[])[]} options value and text of each
 */
function fill(list, options) {
  const chosen = list.value;
  list.replaceChildren(...options.map(([value = "", text = ""]) => h("option", { value }, text)));
  if (options.some(([value]) => value === chosen)) list.value = chosen;
}

/** @param {boolean} isReachable */
function reachable(isReachable) {
  if (isReachable) banner.hidden = true;
  else showBanner(t("unreachable"));
}

/** @param {string} text */
function showBanner(text) {
  banner.textContent = text;
  banner.hidden = false;
}
