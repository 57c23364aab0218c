// @ts-check
/** The jobs that a push has ordered, a line each, under what the Worker's log tells about it. */
/** @import { JobView } from "../worker-jobs.ts" */
import { h } from "./dom.js";
import { named, t } from "./language.js";

/**
 * Whether a job is still to be run, or being run.
 *
 * @param {JobView} job
 */
export function isUnfinished({ state }) {
  return state === "ready" || state === "running";
}

/**
 * For the exchange's row: whether something is under way or was given up.
 *
 * @param {readonly JobView[]} jobs
 * @returns {readonly HTMLElement[]}
 */
export function jobChips(jobs) {
  const unfinished = jobs.filter(isUnfinished).length;
  const dead = jobs.filter(({ state }) => state === "dead").length;
  return [
    ...(unfinished === 0 ? [] : [h("span", { class: "chip" }, t("chip.jobs", { count: unfinished }))]),
    ...(dead === 0 ? [] : [h("span", { class: "chip bad" }, t("chip.deadJobs", { count: dead }))]),
  ];
}

/**
 * @param {readonly JobView[]} jobs
 * @returns {HTMLElement | undefined} nothing where there are none
 */
export function jobsView(jobs) {
  return jobs.length === 0 ? undefined : h("ul", { class: "story jobs" }, ...jobs.map(jobLine));
}

/** @param {JobView} job */
function jobLine({ name, via, state, tries, code }) {
  const isAgain = state === "ready" && tries > 0;
  return h(
    "li",
    { class: state === "dead" ? "bad" : undefined, "data-state": state },
    t("job", { name, place: named("place", via) }),
    h("strong", {}, named("job", isAgain ? "again" : state)),
    tries > 0 && t("jobRuns", { count: tries }),
    code !== undefined && ` (${code})`,
  );
}
