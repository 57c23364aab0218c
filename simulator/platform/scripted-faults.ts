/** Faults that a test orders: the next calls of an account go wrong in the ordered way. */
import { Impossible } from "../impossible.ts";
import { isJsonObject } from "./endpoint.ts";

/**
 * All kinds of faults. `truncated errcode-text drip reset-after` strike the answer of a call that happens as usual,
 * `latency` only delays it; with every other kind the call does not happen.
 */
export const FAULT_KINDS = [
  "errcode",
  "latency",
  "hang",
  "status",
  "html",
  "empty",
  "truncated",
  "not-json",
  "wrong-shape",
  "errcode-text",
  "oversized",
  "drip",
  "reset",
  "reset-after",
  "redirect",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault as it is ordered. */
export interface FaultOrder {
  readonly kind: FaultKind;
  /** Exactly this path; unset = any. */
  readonly path?: string;
  /** How often it strikes; 0 = until it is cleared. */
  readonly times: number;
  /** So many calls pass before. */
  readonly after: number;
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly ms?: number;
  readonly status?: number;
}

/** An ordered fault, and how often it has struck. */
export interface ScriptedFault extends FaultOrder {
  readonly fired: number;
}

/** What strikes one call. */
export interface Struck {
  readonly delayMs: number;
  readonly fault: FaultOrder | undefined;
}

const DEFAULT_LATENCY_MS = 1_000;

/** The ordered faults of one account, in the order in which they came. */
export class ScriptedFaults {
  #faults: { order: FaultOrder; passed: number; fired: number }[] = [];

  get all(): readonly ScriptedFault[] {
    return this.#faults.map(({ order, fired }) => ({ ...order, fired }));
  }

  add(order: FaultOrder): void {
    this.#faults.push({ order, passed: 0, fired: 0 });
  }

  clear(): void {
    this.#faults = [];
  }

  /** What strikes the next call of a path: delays, and at most one other fault, the one ordered first. */
  strike(path: string): Struck {
    let delayMs = 0;
    for (const scripted of this.#faults) {
      const { order } = scripted;
      if (order.path !== undefined && order.path !== path) continue;
      if (order.times !== 0 && scripted.fired >= order.times) continue;
      if (scripted.passed < order.after) {
        scripted.passed++;
        continue;
      }
      scripted.fired++;
      if (order.kind !== "latency") return { delayMs, fault: order };
      delayMs += order.ms ?? DEFAULT_LATENCY_MS;
    }
    return { delayMs, fault: undefined };
  }
}

/**
 * Reads an order.
 *
 * @throws {Impossible} when it makes no sense
 */
export function readFaultOrder(body: unknown): FaultOrder {
  const json = isJsonObject(body) ? body : {};
  const kind = FAULT_KINDS.find((name) => name === json["kind"]);
  if (kind === undefined) {
    throw new Impossible(
      `kind must be one of ${FAULT_KINDS.join(", ")}`,
      `kind 只能是 ${FAULT_KINDS.join("、")}`,
    );
  }
  const path = json["path"];
  if (path !== undefined && (typeof path !== "string" || !path.startsWith("/"))) {
    throw new Impossible("path must begin with /", "path 必须以 / 开头");
  }
  const errmsg = json["errmsg"];
  if (errmsg !== undefined && typeof errmsg !== "string") {
    throw new Impossible("errmsg must be a text", "errmsg 必须是文本");
  }
  const errcode = wholeNumber(json["errcode"], "errcode", -100_000, 100_000_000);
  if (kind === "errcode" && errcode === undefined) throw new Impossible("errcode is missing", "缺少 errcode");
  const ms = wholeNumber(json["ms"], "ms", 0, 600_000);
  const status = wholeNumber(json["status"], "status", 200, 599);
  return {
    kind,
    times: wholeNumber(json["times"], "times", 0, 1_000_000) ?? 1,
    after: wholeNumber(json["after"], "after", 0, 1_000_000) ?? 0,
    ...(path === undefined ? {} : { path }),
    ...(errcode === undefined ? {} : { errcode }),
    ...(errmsg === undefined ? {} : { errmsg }),
    ...(ms === undefined ? {} : { ms }),
    ...(status === undefined ? {} : { status }),
  };
}

function wholeNumber(value: unknown, name: string, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Impossible(
    `${name} must be a whole number from ${least} to ${most}`,
    `${name} 必须是 ${least} 到 ${most} 的整数`,
  );
}
