// @ts-check
/** Puts the page together: who holds the phone, which account is open on it, and what went over the wire. */
/** @import { Account, State } from "./api.js" */
import { checkUrl, readState, Refused, Unreachable } from "./api.js";
import { createCalls } from "./calls.js";
import { createControls } from "./controls.js";
import { createDeferredWork } from "./deferred-work.js";
import { byId, h } from "./dom.js";
import { createExchanges } from "./exchanges.js";
import { loadIcons } from "./icons.js";
import { fillPage, inEveryLanguage, inOneLanguage, named, switchLanguage, t } from "./language.js";
import { listen, oneAtATime } from "./live.js";
import { Phone } from "./phone.js";
import { createTrouble } from "./trouble.js";
import { currentUser, newUser } from "./user.js";
import { createWire } from "./wire.js";

const MODES = ["plain", "compatible", "secure"];
const RETRY_MS = 1_000;
/** How often to look for calls that change nothing on a phone. */
const CALLS_MS = 2_000;

const banner = byId("banner", HTMLParagraphElement);
const accounts = byId("account", HTMLSelectElement);
const modes = byId("mode", HTMLSelectElement);
const check = byId("check-url", HTMLButtonElement);
const checked = byId("url-check", HTMLParagraphElement);

let isWorkerDown = false;

byId("language", HTMLButtonElement).addEventListener("click", switchLanguage);
inEveryLanguage(fillPage);
void loadIcons();
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
  let { accounts: all, worker, jobs: asked } = state;
  const wire = createWire(byId("exchanges", HTMLOListElement), byId("wire-empty", HTMLParagraphElement));
  const exchanges = createExchanges(wire, () => worker.hasLog);
  byId("clear", HTMLButtonElement).addEventListener("click", exchanges.clear);
  const calls = createCalls(wire, (account) => (all.length > 1 ? account : ""));
  const deferred = createDeferredWork(byId("dead-letters", HTMLElement), {
    exchanges,
    phone: () => phone.owner,
    canAsk: (account) => asked.includes(account) && !worker.isDown,
    answered,
    unreachable: () => reachable(false),
  });
  const phone = new Phone(first, currentUser(), {
    list: byId("timeline", HTMLOListElement),
    wire,
    calls,
    exchanges,
    several: all.length > 1,
    mode: () => modes.value,
    delivered: deferred.delivered,
    changed: () => showControls(),
    reachable,
  });
  const showControls = createControls(phone, () => void phone.open(phone.account, newUser()));
  const showTrouble = createTrouble(byId("trouble", HTMLElement), byId("misbehave", HTMLButtonElement), {
    account: () => phone.account,
    say: (Content) => void phone.act({ action: "text", Content }),
    worker: () => worker,
    hasModel: state.hasModel,
    unreachable: () => reachable(false),
  });

  const lookAtAccounts = async () => {
    ({ accounts: all, worker, jobs: asked } = await readState());
    showWorker(worker.isDown);
    fillAccounts(all);
    const same = all.find(({ id }) => id === phone.account.id);
    if (same === undefined) open();
    else phone.become(same);
  };
  const lookAtCalls = async () => {
    await calls.look(phone.account.id);
    await showTrouble();
  };
  const look = oneAtATime(async () => {
    if (!(await answered(lookAtAccounts))) return;
    await phone.refresh();
    await answered(exchanges.lookAgain);
    await answered(lookAtCalls);
    deferred.look();
  });
  const lookForCalls = oneAtATime(async () => void (await answered(lookAtCalls)));
  const lookAtPhone = oneAtATime(() => phone.refresh());
  listen(({ account, openid, exchange, jobs: isOfJobs }) => {
    if (isOfJobs) return deferred.look(account, openid);
    if (exchange !== undefined) void answered(() => exchanges.look(exchange));
    if (account !== phone.account.id) return;
    if (openid === undefined) look();
    else if (openid === phone.openid) lookAtPhone();
    lookForCalls();
  }, look);
  setInterval(() => document.hidden || lookForCalls(), CALLS_MS);

  const open = () => {
    const account = all[accounts.selectedIndex] ?? first;
    showCallback(account.url);
    void phone.open(account, phone.openid);
    lookForCalls();
    deferred.look();
  };
  inEveryLanguage(() => {
    fillAccounts(all);
    fill(modes, [["", t("modeOfAccount")], ...MODES.map((mode) => [mode, named("mode", mode)])]);
    phone.redraw();
  });
  accounts.addEventListener("change", open);
  check.addEventListener("click", () => void showUrlCheck(phone.account));
  open();
}

/** @param {string} url */
function showCallback(url) {
  byId("callback", HTMLParagraphElement).textContent = url;
  checked.hidden = true;
}

/**
 * Looks for something new. That it cannot be had is said in the banner, or where it was asked for.
 *
 * @param {() => Promise<void>} look
 * @returns {Promise<boolean>} whether the simulator has answered
 */
async function answered(look) {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof Unreachable) reachable(false);
    else if (!(error instanceof Refused)) throw error;
    return !(error instanceof Unreachable);
  }
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

/** @param {readonly Account[]} all */
function fillAccounts(all) {
  fill(
    accounts,
    all.map(({ id, mode, kind }) => [id, `${id} · ${named("kind", kind)} · ${named("mode", mode)}`]),
  );
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
  if (!isReachable) showBanner(t("unreachable"));
  else if (isWorkerDown) showBanner(t("workerDown"));
  else banner.hidden = true;
}

/** @param {boolean} isDown whether the Worker was killed and is not back yet */
function showWorker(isDown) {
  isWorkerDown = isDown;
  reachable(true);
}

/** @param {string} text */
function showBanner(text) {
  banner.textContent = text;
  banner.hidden = false;
}
