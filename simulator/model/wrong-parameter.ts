/** What OpenAI says of a parameter that is not what it must be. */
import { badParameter, type ModelFailure } from "./model-failure.ts";

/** A parameter of a wrong type, as OpenAI says it. */
export function wrongType(param: string, expected: string, got: unknown): ModelFailure {
  return badParameter(
    `Invalid type for '${param}': expected ${expected}, but got ${nameOfType(got)} instead.`,
    param,
    "invalid_type",
  );
}

/** A parameter that is not there. */
export function missing(param: string): ModelFailure {
  return badParameter(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
}

function nameOfType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal number";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
