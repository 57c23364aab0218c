/** The language model of `npm start`: the simulator's, when it is asked for and `.dev.vars` names no other. */
import { MODEL_BASE_PATH } from "../simulator/model/chat-routes.ts";
import { DEVELOPMENT_MODEL_KEY } from "../simulator/model/simulated-model.ts";
import { isSet } from "./development.ts";
import type { Variables } from "./variables.ts";

/** Which model the Worker has. */
export interface OfferedModel {
  /** Whether it is the simulator's: then the page has switches for it. */
  readonly isSimulated: boolean;
  /** What the Worker needs besides its own variables. */
  readonly variables: Variables;
  /** Says which model it is, for people. */
  readonly line: string;
}

/** Without these two the Worker has defaults; with one of them the user has a model of its own in mind. */
const OWN = ["MODEL_BASE_URL", "MODEL_NAME"] as const;
const HOW = "npm start -- --model";

/**
 * The model for a Worker. A key of the user's own counts, whatever was asked for: the simulated model never takes its
 * place, and never gets it.
 *
 * @param own variables that the Worker reads by itself
 * @param simulatorUrl where the simulator is, without a path
 */
export function offeredModel(isWanted: boolean, own: Variables, simulatorUrl: string): OfferedModel {
  if (isSet(own, "MODEL_API_KEY")) {
    const name = own["MODEL_NAME"] ?? own["MODEL_BASE_URL"] ?? "on · 已启用";
    return without(`${name} (.dev.vars)`);
  }
  const half = OWN.find((name) => isSet(own, name));
  if (half !== undefined) return without(`off · 未启用: .dev.vars has ${half}, but no MODEL_API_KEY`);
  if (!isWanted) return without(`off · 未启用: ${HOW}`);
  return {
    isSimulated: true,
    variables: {
      MODEL_API_KEY: DEVELOPMENT_MODEL_KEY,
      MODEL_BASE_URL: simulatorUrl + MODEL_BASE_PATH,
      MODEL_NAME: "simulated-chat",
    },
    line: "a simulated model answers · 由模拟的大模型回答: 「写 2000 字」",
  };
}

function without(line: string): OfferedModel {
  return { isSimulated: false, variables: {}, line };
}
