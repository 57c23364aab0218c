/** Counts the rows that conversations write: what Cloudflare bills. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";

/** Other objects, as the token's keeper, have tables of other names. */
const CONVERSATION_TABLE = /\bturn\b/;

/** Rows written by the conversations of a test. */
export class RowCounter {
  #cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  #alarms = 0;

  /** Begins to count, for all objects: they have their storage's methods in common. */
  async start(): Promise<void> {
    const stub = env.CONVERSATIONS.getByName("default:oCounter");
    await runInDurableObject(stub, (_object, { storage }) => {
      const statements: SqlStorage = Object.getPrototypeOf(storage.sql);
      const exec: SqlStorage["exec"] = Reflect.get(statements, "exec");
      const cursors = this.#cursors;
      vi.spyOn(statements, "exec").mockImplementation(function (this: SqlStorage, query, ...values) {
        const cursor = exec.call(this, query, ...values);
        if (CONVERSATION_TABLE.test(query)) cursors.push(cursor);
        return cursor;
      });
      const alarms: DurableObjectStorage = Object.getPrototypeOf(storage);
      const setAlarm: DurableObjectStorage["setAlarm"] = Reflect.get(alarms, "setAlarm");
      const count = (): void => {
        this.#alarms++;
      };
      vi.spyOn(alarms, "setAlarm").mockImplementation(function (this: DurableObjectStorage, ...options) {
        count();
        return setAlarm.apply(this, options);
      });
    });
  }

  /** Rows of tables, and alarms set, since the last time. An alarm is billed as one row, too. */
  take(): { rows: number; alarms: number } {
    let rows = 0;
    for (const cursor of this.#cursors.splice(0)) rows += cursor.rowsWritten;
    const alarms = this.#alarms;
    this.#alarms = 0;
    return { rows, alarms };
  }
}
