// @ts-check
/** Switches for the Worker's side: handlers that are slow, fail or hang, and a process that dies. */
/** @import { WorkerState } from "../worker-routes.ts" */
/** @import { Attempt, Part } from "./trouble.js" */
import { killWorker } from "./api.js";
import { h } from "./dom.js";
import { t } from "./language.js";

const SLOW_SECONDS = [3, 8, 20];

/**
 * @param {(text: string) => void} say sends a text from the phone
 * @param {() => WorkerState} worker
 * @param {Attempt} attempt
 * @returns {Part}
 */
export function createHandlerSwitches(say, worker, attempt) {
  const kill = h("button", { class: "plain danger", type: "button" });
  kill.addEventListener("click", () => {
    kill.disabled = true;
    attempt(killWorker, t("workerKilled"));
  });
  return {
    nodes() {
      kill.textContent = t("killWorker");
      return [
        h(
          "div",
          { class: "others handlers", role: "group", "aria-labelledby": "handler-switches" },
          h("p", { class: "hint", id: "handler-switches" }, t("handlerSwitches")),
          ...SLOW_SECONDS.map((s) => sayButton(t("handler.slow", { s }), `慢 ${s}`, say)),
          sayButton(t("handler.throw"), "出错", say),
          sayButton(t("handler.hang"), "卡住", say),
          sayButton(t("handler.failingJob"), "失败", say),
          kill,
        ),
      ];
    },
    refresh() {
      const { canKill, isDown } = worker();
      kill.hidden = !canKill;
      kill.disabled = isDown;
      return Promise.resolve();
    },
  };
}

/**
 * @param {string} label
 * @param {string} text
 * @param {(text: string) => void} say
 */
function sayButton(label, text, say) {
  const button = h("button", { class: "plain", type: "button" }, label);
  button.addEventListener("click", () => say(text));
  return button;
}
