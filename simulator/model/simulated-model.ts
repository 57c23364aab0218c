/** A model server's whole state: who may ask for what, how it is to behave, and what was asked. */
import { Impossible } from "../impossible.ts";
import { isJsonObject } from "../platform/endpoint.ts";
import { ModelCalls } from "./model-calls.ts";
import { Switches } from "./switches.ts";

/** The key that is taken as long as no others are set. It stands in a public file and protects nothing. */
export const DEVELOPMENT_MODEL_KEY = "sk-wechat-edge-development";

/** Models that think before they answer. */
const REASONER = /reasoner$/;

/** What a model server starts with. */
export interface SimulatedModelOptions {
  /** Keys that are taken. Default: {@link DEVELOPMENT_MODEL_KEY}. */
  readonly keys?: readonly string[] | undefined;
  /** Models that there are; those whose name ends in `reasoner` send `reasoning_content`. */
  readonly models?: readonly string[] | undefined;
}

/** Default models. */
export const SIMULATED_MODELS: readonly string[] = [
  "simulated-chat",
  "simulated-reasoner",
  "gpt-4o-mini",
  "deepseek-v4-flash",
  "deepseek-chat",
  "deepseek-reasoner",
];

/** The state of one model server. */
export class SimulatedModel {
  readonly #options: SimulatedModelOptions;
  readonly models: readonly string[];
  readonly switches = new Switches();
  readonly calls: ModelCalls;
  /** Keys that are taken; null = any. */
  keys: readonly string[] | null;

  /** @param now milliseconds since the epoch */
  constructor(options: SimulatedModelOptions, now: () => number) {
    this.#options = options;
    this.models = options.models ?? SIMULATED_MODELS;
    this.calls = new ModelCalls(now);
    this.keys = this.#initialKeys();
  }

  /** Makes it what it was at the start. */
  reset(): void {
    this.switches.clear();
    this.calls.forget();
    this.keys = this.#initialKeys();
  }

  isReasoner(model: string): boolean {
    return REASONER.test(model);
  }

  #initialKeys(): readonly string[] {
    return this.#options.keys ?? [DEVELOPMENT_MODEL_KEY];
  }
}

/**
 * Reads `{ "keys": [...] }`; `null` takes any key.
 *
 * @throws {Impossible} when it is something else
 */
export function readKeys(json: unknown): readonly string[] | null {
  const keys = isJsonObject(json) ? json["keys"] : undefined;
  if (keys === null) return null;
  if (Array.isArray(keys) && keys.every((key) => typeof key === "string" && key !== "")) return keys;
  throw new Impossible("keys must be a list of keys, or null", "keys 须为密钥列表或 null");
}
