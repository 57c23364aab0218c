/** The proof: seeds decide what users say and what fails; no history of them may break a rule. See docs/testing.md. */
import { describe, expect, inject, test } from "vitest";
import { check, tally, type Violation } from "./checker.ts";
import type { History } from "./history.ts";
import { FAULT_KINDS } from "./plan.ts";
import regressions from "./regressions.json" with { type: "json" };
import { simulate } from "./simulation.ts";
import type { SimulationSize } from "./size.ts";

/** So many seeds run at once. */
const AT_ONCE = 20;
/** A batch takes so long at most, on a machine that does other things as well. */
const BATCH_TIMEOUT_MS = 120_000;
const MAX_LINES = 60;

const { seeds: count, messages, from }: SimulationSize = inject("simulation");
const seeds = Array.from({ length: count }, (_, index) => from + index);
const totals = new Map<string, number>();

function chunks(all: readonly number[]): number[][] {
  const parts: number[][] = [];
  for (let first = 0; first < all.length; first += AT_ONCE) parts.push(all.slice(first, first + AT_ONCE));
  return parts;
}

function add(numbers: object): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (typeof value === "number") totals.set(name, (totals.get(name) ?? 0) + value);
  }
}

/** What is known about the messages of an offence. */
function story({ messages: all, turns, effects, log }: History, { id }: Violation): string[] {
  const message = all.find((one) => one.id === id || one.key === id);
  if (!message) return [];
  const { attempts, ...facts } = message;
  return [
    JSON.stringify(facts),
    ...attempts.map((one) => `  attempt ${JSON.stringify(one)}`),
    ...turns.filter(({ key }) => key === message.key).map((turn) => `  kept ${JSON.stringify(turn)}`),
    ...effects
      .filter(({ tokens }) => tokens.some((token) => token.startsWith(`${message.id}.`)))
      .map((effect) => `  sent ${JSON.stringify(effect)}`),
    ...log
      .filter(
        ({ key, requestId }) => key === message.key || attempts.some((one) => one.requestId === requestId),
      )
      .map((line) => `  log ${JSON.stringify(line)}`),
  ].slice(0, MAX_LINES);
}

async function run(batch: readonly number[]): Promise<void> {
  const { histories, counts, strangeErrors } = await simulate(batch, messages);
  add(counts.all);
  add({ seeds: batch.length });
  const offences: string[] = [];
  for (const history of histories) {
    add(tally(history));
    for (const violation of check(history)) {
      add({ [`! ${violation.rule}`]: 1 });
      const { rule, id, text } = violation;
      offences.push(`seed ${history.seed}: ${rule}: ${id} ${text}`, ...story(history, violation));
    }
  }
  if (strangeErrors.length > 0) add({ "! error": strangeErrors.length });
  for (const line of strangeErrors) offences.push(`log: ${JSON.stringify(line)}`);
  console.info(`SIMULATION ${JSON.stringify(Object.fromEntries(totals))}`);
  expect(offences.join("\n")).toBe("");
}

describe("with everything failing now and then, nothing is lost, and nothing happens twice", () => {
  test.each(chunks(seeds).map((batch) => [batch[0], batch.at(-1), batch] as const))(
    "seeds %i to %i",
    async (_first, _last, batch) => run(batch),
    BATCH_TIMEOUT_MS,
  );

  test.runIf(regressions.length > 0)(
    "seeds that have found something before",
    async () => run(regressions),
    BATCH_TIMEOUT_MS,
  );
});

// Fewer seeds need not meet all of them.
if (count >= AT_ONCE) {
  test("every kind of fault has struck", () => {
    const never = FAULT_KINDS.filter((kind) => (totals.get(kind) ?? 0) === 0);
    expect(never).toEqual([]);
  });
}
