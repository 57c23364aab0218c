// From stretches and tallies to the figures of the table. Ratios only mean something inside one run.
import type { Mode } from "./account.ts";
import { AIMS } from "./constants.ts";
import { EMPTY, OURS } from "./contenders.ts";
import type { Entrant } from "./interleave.ts";
import { total, type LoadResult, type Tally } from "./load.ts";

/** The peer that the aim names: the one that takes least. */
export const REFERENCE_PEER = "co-wechat";

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
  /** Likewise of the reference peer. */
  toReference: Ratio | undefined;
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

/** A row for each entrant, in their order. */
export function computeFigures(entrants: readonly Entrant[]): Figures[] {
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
    return { ...row, toEmpty: ratio(EMPTY), toReference: ratio(REFERENCE_PEER) };
  });
}

/** Our aims; the other rows have none. */
export function aimsOf(row: Figures): Aim[] {
  if (row.name !== OURS) return [];
  const sides = [
    { other: EMPTY, ratio: row.toEmpty, aim: AIMS.empty[row.mode] },
    { other: REFERENCE_PEER, ratio: row.toReference, aim: AIMS.peer[row.mode] },
  ];
  return sides.flatMap(({ other, ratio, aim }) =>
    ratio ? [{ text: `≤ ${aim}× ${other}`, verdict: judgeRatio(ratio, aim) }] : [],
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

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
