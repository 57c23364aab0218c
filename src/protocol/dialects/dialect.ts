/** What sets one WeChat product apart from the others. The pipeline reads these rows and never branches on a product. */
import type { AnyPush } from "../pushes/wire.ts";
import type { ReplyType } from "../replies.ts";

/** Ids of the products, spelled alike in dialects, selectors, accounts and logs. */
export type ProductId = "oa";

/** One product's row. */
export interface Dialect {
  readonly product: ProductId;
  /** Whether it pushes the classic XML, which selectors without a product prefix mean. */
  readonly classic: boolean;
  /** The query parameter that signs every request of this product, besides `msg_signature` of encrypted ones. */
  readonly signatureParameter: "signature";
  /** The receive id at the end of every encrypted message. */
  receiveId(account: { readonly appId: string }): string;
  /** The user that a push comes from, or `undefined` when it is about no user. */
  userOf(push: AnyPush): string | undefined;
  /** The body that acknowledges a push and shows the user nothing. Never encrypted. */
  readonly silence: string;
  /** What a push may be answered with. */
  readonly replies: ReadonlySet<ReplyType>;
}
