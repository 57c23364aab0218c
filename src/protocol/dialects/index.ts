/** The table of products. */
import type { Dialect, ProductId } from "./dialect.ts";
import { oa } from "./oa.ts";

export type { Dialect, ProductId };

/** Every product that callbacks are understood of, by its id. */
export const DIALECTS: Readonly<Record<ProductId, Dialect>> = { oa };

/** Whether `id` names a product of the table. */
export function isProductId(id: string): id is ProductId {
  return Object.hasOwn(DIALECTS, id);
}
