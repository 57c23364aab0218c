/** The tables that a comparison ends with. */
import { onNode, REFERENCE_PEER } from "./contenders.ts";
import { aimsOf, type Figures, type Ratio } from "./figures.ts";
import { total } from "./load.ts";
import { table } from "./table.ts";
import type { Bundle } from "./worker.ts";

/** One Worker's size and start. */
export interface Weight {
  name: string;
  bundle: Bundle;
  startUpMs: number;
}

const FAULTS_SHOWN = 3;
const BYTES_PER_KIB = 1024;

/** CPU per push of every server; the ratios at p10 and p25. */
export function cpuTable(rows: readonly Figures[], majors: readonly number[]): string {
  const head = ["server", "mode", "p10 µs", "p25 µs", "p50 µs", "÷ empty"];
  const peers = majors.map((major) => `÷ ${onNode(REFERENCE_PEER, { major })}`);
  const body = rows.map((row) => [
    row.name,
    row.mode,
    row.p10.toFixed(1),
    row.p25.toFixed(1),
    row.p50.toFixed(1),
    times(row.toEmpty),
    ...majors.map((major) => times(row.toReference.get(major))),
    String(total(row.errors)),
    String(total(row.wrong)),
    String(row.verified),
    aimsOf(row)
      .map(({ text, verdict }) => `${text} ${verdict}`)
      .join("; "),
  ]);
  const columns = [...head, ...peers, "errors", "wrong", "verified", "aims"];
  return table([columns, ...body], [0, 1, columns.length - 1]);
}

/** Bundle sizes and start-up times. */
export function weightTable(weights: readonly Weight[]): string {
  const head = ["Worker", "KiB", "KiB gzipped", "ms to first answer"];
  const body = weights.map(({ name, bundle, startUpMs }) => [
    name,
    (bundle.rawBytes / BYTES_PER_KIB).toFixed(1),
    (bundle.gzipBytes / BYTES_PER_KIB).toFixed(1),
    startUpMs.toFixed(0),
  ]);
  return table([head, ...body], [0]);
}

/** The first few faults of a row with their counts, one a line. */
export function faultLines({ name, mode, errors, wrong }: Figures): string[] {
  const faults = Object.entries({ ...errors, ...wrong }).sort(([, a], [, b]) => b - a);
  return faults.slice(0, FAULTS_SHOWN).map(([fault, n]) => `${name} ${mode}: ${n} × ${fault}`);
}

function times(ratio: Ratio | undefined): string {
  return ratio ? `${ratio.p10.toFixed(2)} ${ratio.p25.toFixed(2)}` : "";
}
