/** What became of the questions to the assistant, as a table, and what is wrong with it. */
import type { AnswerReport } from "./answer-report.ts";
import type { AnswerCell } from "./answers.ts";
import { quantile } from "./figures.ts";
import { table } from "./table.ts";

const HEAD = [
  "account",
  "model s",
  "bytes",
  "whole",
  "broke off, said so",
  "calls",
  "parts",
  "least",
  "messages more",
  "least",
  "notices",
  "first s",
  "unasked s",
  "all s",
];

/** A row for each cell; times are medians. */
export function answerTable(cells: readonly AnswerCell[]): string {
  const rows = cells.map(({ kind, seconds, bytes, reports }) => [
    kind,
    String(seconds),
    String(bytes),
    `${reports.filter(({ fault }) => fault === undefined).length}/${reports.length}`,
    String(reports.filter(({ fault, saysSo }) => fault !== undefined && saysSo).length),
    span(reports, ({ calls }) => calls),
    span(reports, ({ parts }) => parts),
    span(reports, ({ leastParts }) => leastParts),
    span(reports, ({ extra }) => extra),
    span(reports, ({ leastExtra }) => leastExtra),
    String(reports.reduce((sum, { notices }) => sum + notices, 0)),
    median(reports, ({ firstMs }) => firstMs),
    median(reports, ({ unaskedMs }) => unaskedMs),
    median(reports, ({ allMs }) => allMs),
  ]);
  return table([HEAD, ...rows], [0]);
}

/** What is allowed to go wrong. */
export interface Leeway {
  /** How often the model may be asked for one question. */
  readonly maxCalls: number;
  /** Whether an answer may end early if it says so. */
  readonly mayBreakOff: boolean;
}

/** Questions whose answer is not whole, or that the model was asked too often: each with what the phone shows. */
export function faultsOf(cells: readonly AnswerCell[], { maxCalls, mayBreakOff }: Leeway): string[] {
  return all(cells).flatMap(({ name, report: { fault, saysSo, calls, story } }) => {
    const isHonest = mayBreakOff && saysSo;
    const asked = calls < 1 || calls > maxCalls ? [`the model was asked ${calls} times`] : [];
    const faults = [...(fault === undefined || isHonest ? [] : [fault]), ...asked];
    return faults.length === 0 ? [] : [`${name}: ${faults.join("; ")}\n${story}`];
  });
}

/** Questions after which the user had to write more often than the parts force. */
export function tediousIn(cells: readonly AnswerCell[]): string[] {
  return all(cells).flatMap(({ name, report: { extra, leastExtra, story } }) =>
    extra > leastExtra ? [`${name}: written ${extra} times instead of ${leastExtra}\n${story}`] : [],
  );
}

function all(cells: readonly AnswerCell[]): { readonly name: string; readonly report: AnswerReport }[] {
  return cells.flatMap(({ kind, seconds, bytes, reports }) =>
    reports.map((report, index) => ({ name: `${kind}-${seconds}-${bytes}-${index}`, report })),
  );
}

/** `least–most`, or one number where they are alike. */
function span(reports: readonly AnswerReport[], of: (report: AnswerReport) => number): string {
  const numbers = reports.map(of);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? String(least) : `${least}–${most}`;
}

function median(reports: readonly AnswerReport[], of: (report: AnswerReport) => number | undefined): string {
  const known = reports.flatMap((report) => of(report) ?? []).sort((a, b) => a - b);
  return known.length === 0 ? "" : (quantile(known, 0.5) / 1000).toFixed(1);
}
