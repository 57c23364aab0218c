/** From stretches and tallies to the figures of the table. Ratios only mean something inside one run. */
import type { Mode } from "./account.ts";
import { AIMS } from "./constants.ts";
import { EMPTY, onNode, REFERENCE_PEER } from "./contenders.ts";
import type { Entrant } from "./interleave.ts";
import { total, type LoadResult, type Tally } from "./load.ts";

/** One row of the table. */
export interface Figures {
  name: string;
  mode: Mode;
  /** CPU µs a push: the tenth least disturbed stretch, the quarter (the best single figure), the usual one. */
  p10: number;
  p25: number;
  p50: number;
  /** As a multiple of the empty Worker in the same mode; undefined when that one did not run. */
  toEmpty: Ratio | undefined;
  /** Likewise of the reference peer, by the major version of its Node. */
  toReference: ReadonlyMap<number, Ratio>;
  verified: number;
  errors: Tally;
  wrong: Tally;
}

/** One server's CPU as a multiple of another's, by two of the quantiles. */
export interface Ratio {
  p10: number;
  p25: number;
}

/** An aim and what came of it: noise that leaves the quantiles at odds decides nothing. */
export interface Aim {
  text: string;
  verdict: "met" | "missed" | "undecided";
}

/** A row for each entrant, in their order. `majors`: the Nodes that the reference peer may have run on. */
export function computeFigures(entrants: readonly Entrant[], majors: readonly number[]): Figures[] {
  const rows = entrants.map(({ contender, rounds, warmUp }) => {
    const stretches = rounds.flatMap((round) => round.stretches).sort((a, b) => a - b);
    const loads = warmUp ? [warmUp, ...rounds] : rounds;
    return {
      name: contender.name,
      mode: contender.mode,
      p10: quantile(stretches, 0.1),
      p25: quantile(stretches, 0.25),
      p50: quantile(stretches, 0.5),
      verified: loads.reduce((sum, load) => sum + load.verified, 0),
      errors: merge(loads, "errors"),
      wrong: merge(loads, "wrong"),
    };
  });
  return rows.map((row) => {
    const ratio = (name: string): Ratio | undefined => {
      const other = rows.find((candidate) => candidate.name === name && candidate.mode === row.mode);
      return other && { p10: row.p10 / other.p10, p25: row.p25 / other.p25 };
    };
    const toReference = new Map<number, Ratio>();
    for (const major of majors) {
      const found = ratio(onNode(REFERENCE_PEER, { major }));
      if (found) toReference.set(major, found);
    }
    return { ...row, toEmpty: ratio(EMPTY), toReference };
  });
}

/** What a row aims at; the peers' rows aim at nothing. */
export function aimsOf(row: Figures): Aim[] {
  const aims = AIMS[row.name]?.[row.mode];
  if (!aims) return [];
  const sides = [
    { other: EMPTY, ratio: row.toEmpty, aim: aims.empty },
    ...[...row.toReference].map(([major, ratio]) => ({
      other: onNode(REFERENCE_PEER, { major }),
      ratio,
      aim: aims.peer[major],
    })),
  ];
  return sides.flatMap(({ other, ratio, aim }) =>
    ratio && aim !== undefined ? [{ text: `≤ ${aim}× ${other}`, verdict: judgeRatio(ratio, aim) }] : [],
  );
}

function judgeRatio({ p10, p25 }: Ratio, aim: number): Aim["verdict"] {
  if (Math.max(p10, p25) <= aim) return "met";
  return Math.min(p10, p25) > aim ? "missed" : "undecided";
}

/** Whether any push went without a right answer. */
export function hasFaults(row: Figures): boolean {
  return total(row.errors) + total(row.wrong) > 0;
}

function merge(loads: readonly LoadResult[], kind: "errors" | "wrong"): Tally {
  const merged: Tally = {};
  for (const load of loads)
    for (const [key, n] of Object.entries(load[kind])) merged[key] = (merged[key] ?? 0) + n;
  return merged;
}

/** The value below which that share of an ordered list lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
