/**
 * The package `wechat-edge`: what `src/bot.ts` imports.
 *
 * Handlers: {@link Bot}, {@link Composer}, {@link defer}. Replies: {@link text}, {@link image} and the others.
 * Types of what handlers get: {@link Context} and the push types.
 */

// Registering handlers
export { Bot } from "./bot.ts";
export { Composer, type PushHandler } from "./composer.ts";
export { defer, type DeferOptions } from "./defer.ts";
export type {
  Context,
  JobContext,
  JobHandler,
  Match,
  Middleware,
  Next,
  Replyable,
  SessionData,
} from "./context.ts";
export type { Transformer } from "./run.ts";
export type { ApiCallOptions, Capabilities, EnqueueOptions, ReplyReceipt, WechatApi } from "./ports.ts";

// Replies
export { image, music, news, raw, text, transfer, video, voice } from "./replies.ts";
export type {
  Article,
  ImageReply,
  Json,
  JsonObject,
  Music,
  MusicReply,
  NewsReply,
  RawReply,
  Reply,
  ReplyType,
  TextReply,
  TransferReply,
  VideoCaption,
  VideoReply,
  VoiceReply,
} from "../protocol/replies.ts";

// Pushes
export type { PushesBySelector, Selector } from "./selectors.ts";
export type {
  AnyEvent,
  AnyMessage,
  AnyPush,
  PushEnvelope,
  WireObject,
  WireValue,
} from "../protocol/pushes/wire.ts";
export type * from "../protocol/pushes/oa.ts";
export type { AccountKind, AccountView, LateReply } from "../accounts/account.ts";

// Errors
export {
  ApiError,
  ApiUnreachableError,
  ConfigError,
  type ErrorCode,
  JobError,
  ReplyError,
  SelectorError,
  WechatEdgeError,
} from "../errors.ts";
