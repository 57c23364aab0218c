// @ts-check
/** Switches for the simulated language model: how its next answer goes wrong, or takes its time. */
/** @import { Behaviour } from "../model/behaviour.ts" */
/** @import { OrderedSwitch } from "../model/switches.ts" */
/** @import { Key } from "./language.js" */
/** @import { Attempt, Part } from "./trouble.js" */
import { call, remove } from "./api.js";
import { h } from "./dom.js";
import { t } from "./language.js";

const SWITCHES = "/model/control/switches";

/** What each button orders, for one call. @type {readonly { readonly key: Key, readonly order: Behaviour }[]} */
const BUTTONS = [
  { key: "model.slow", order: { firstByteMs: 8_000 } },
  { key: "model.trickle", order: { characters: 600, totalMs: 20_000 } },
  { key: "model.thinking", order: { reasoning: "field", firstByteMs: 2_000 } },
  { key: "model.long", order: { characters: 6_000 } },
  { key: "model.draws", order: { picture: "link" } },
  { key: "model.stall", order: { characters: 400, fault: "stall" } },
  { key: "model.cut", order: { characters: 400, fault: "reset" } },
  { key: "model.busy", order: { error: "rate_limit_exceeded" } },
  { key: "model.badKey", order: { error: "invalid_api_key" } },
  { key: "model.region", order: { error: "unsupported_country_region_territory" } },
  { key: "model.empty", order: { fault: "empty" } },
];

/**
 * @param {Attempt} attempt
 * @returns {Part}
 */
export function createModelSwitches(attempt) {
  const pending = h("span", { class: "hint" });
  const clear = h("button", { class: "plain", type: "button" });
  clear.addEventListener("click", () => attempt(() => remove(SWITCHES)));
  return {
    nodes() {
      clear.textContent = t("clearModel");
      return [
        h(
          "div",
          { class: "others handlers", role: "group", "aria-labelledby": "model-switches" },
          h("p", { class: "hint", id: "model-switches" }, t("modelSwitches")),
          ...BUTTONS.map(({ key, order }) => {
            const button = h("button", { class: "plain", type: "button" }, t(key));
            button.addEventListener("click", () =>
              attempt(() => call(SWITCHES, { ...order, times: 1 }), t("modelSet")),
            );
            return button;
          }),
          h("span", { class: "field" }, pending, clear),
        ),
      ];
    },
    async refresh() {
      /** @type {{ switches: readonly OrderedSwitch[] }} */
      const { switches } = await call(SWITCHES);
      const names = switches.filter(isPending).map(nameOf);
      pending.textContent =
        names.length === 0 ? t("noModelPending") : t("modelPending", { names: names.join(", ") });
      clear.disabled = names.length === 0;
    },
  };
}

/** @param {OrderedSwitch} ordered */
function isPending({ times, fired }) {
  return times === 0 || fired < times;
}

/**
 * The button that orders the same, or what was ordered: a test may have ordered anything.
 *
 * @param {OrderedSwitch} ordered
 */
function nameOf({ times: _times, after: _after, fired: _fired, ...behaviour }) {
  const said = JSON.stringify(sorted(behaviour));
  const button = BUTTONS.find(({ order }) => JSON.stringify(sorted(order)) === said);
  return button === undefined ? said : t(button.key);
}

/** @param {Behaviour} behaviour */
function sorted(behaviour) {
  return Object.entries(behaviour).toSorted(([a], [b]) => a.localeCompare(b));
}
