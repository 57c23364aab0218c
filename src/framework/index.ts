/**
 * The package `wechat-edge`: what `src/bot.ts` imports.
 *
 * Handlers: {@link Bot}, {@link Composer}, {@link defer}. Replies: {@link text}, {@link image} and the others.
 * Types of what handlers get: {@link Context} and the push types.
 */

// Registering handlers
export { Bot, type BotOptions, type SessionOptions } from "./bot.ts";
export { Composer, type PushHandler } from "./composer.ts";
export { defer, type DeferOptions } from "./defer.ts";
export type { JobOptions, Overlap } from "./work.ts";
export { Flow, type FlowAnswers, type FlowOptions, type QuestionOptions } from "./flow.ts";
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
export type { Capabilities, EnqueueOptions, ReplyReceipt } from "./ports.ts";

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
export type { SharedContext } from "../accounts/shared-context.ts";
export type { AccountKind, AccountView, LateReply } from "../accounts/account.ts";

// WeChat's API
export { api } from "./api.ts";
export type { WechatApi } from "../api/client.ts";
export type { CallOptions } from "../api/request/caller.ts";
export type {
  AutoReply,
  AutoReplyArticle,
  AutoReplyInfo,
  AutoReplyKeyword,
  KeywordRule,
  NewsAutoReply,
} from "../api/calls/auto-replies.ts";
export type { CustomerArticle, CustomerMessage, SendOptions } from "../api/calls/customer-service.ts";
export type { CardOptions, JsSdkConfig, JsSdkOptions } from "../api/calls/js-sdk.ts";
export type {
  AddedMaterial,
  LibraryArticle,
  ListedFile,
  ListedMaterial,
  ListedNews,
  ListedType,
  MaterialCount,
  MaterialNews,
  MaterialPage,
  MaterialVideo,
  PageOptions,
  VideoDescription,
} from "../api/calls/materials.ts";
export type { TransferOptions, UploadedMedia, VideoAddress } from "../api/calls/media.ts";
export type { DownloadedFile, MediaFile, MediaType } from "../api/calls/media-files.ts";
export type {
  ConditionalMenu,
  CurrentMenu,
  CurrentMenuArticle,
  CurrentMenuButton,
  DefaultMenu,
  MatchRule,
  MenuPlatform,
  Menus,
} from "../api/calls/menu.ts";
export type {
  ArticleButton,
  KeyButton,
  MaterialButton,
  MenuAction,
  MenuButton,
  MiniProgramButton,
  SubMenu,
  ViewButton,
} from "../api/calls/menu-buttons.ts";
export type { FileContent, StreamContent } from "../api/request/multipart.ts";
export type { OpenidPage, OpenidPageOptions, UserPage } from "../api/calls/openids.ts";
export type {
  ApiQuota,
  CallbackCheck,
  CallbackReport,
  RateLimit,
  RequestInfo,
} from "../api/calls/operations.ts";
export type { QrCode, TemporaryQrCode } from "../api/calls/qr-codes.ts";
export type {
  OneTimeMessage,
  SubscribeMessage,
  SubscribeOptions,
  SubscribeTemplate,
} from "../api/calls/subscribe-messages.ts";
export type { CountedTag, Tag } from "../api/calls/tags.ts";
export type {
  LinkedMiniProgram,
  Template,
  TemplateData,
  TemplateMessage,
  TemplateValue,
} from "../api/calls/templates.ts";
export type {
  Follower,
  Stranger,
  SubscribeScene,
  UserInfo,
  UserInfoOptions,
  UserLanguage,
} from "../api/calls/users.ts";
export type {
  AuthorizeOptions,
  LoginGrant,
  LoginProfile,
  LoginProof,
  LoginScope,
  LoginUser,
} from "../api/calls/web-login.ts";

// Errors
export {
  ApiError,
  ApiInputError,
  type ApiReaction,
  ApiUnreachableError,
  type CallOutcome,
  ConfigError,
  type ErrorCode,
  JobError,
  ReplyError,
  SelectorError,
  SessionError,
  WechatEdgeError,
} from "../errors.ts";
