/** Tables for the terminal. */

/** Pads columns: the named ones are read from the left, numbers from the right. */
export function table(rows: readonly string[][], textColumns: readonly number[]): string {
  const pad = (cell: string, column: number) => {
    const width = Math.max(...rows.map((row) => row[column]?.length ?? 0));
    return textColumns.includes(column) ? cell.padEnd(width) : cell.padStart(width);
  };
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}
