/** The package `wechat-edge/handlers`: ready-made handlers, to be mounted into a bot. */
export { llm, type LlmOptions } from "./llm/llm.ts";
export type { PictureOptions } from "./pictures/pictures.ts";
export type { LlmTexts } from "./llm/texts.ts";
export type { MemoryLimits } from "./llm/memory.ts";
export type { UserCaps } from "./llm/caps.ts";
export { OpenAiChat, type OpenAiChatOptions } from "./llm/openai-chat.ts";
export {
  ModelError,
  type ModelContent,
  type ModelErrorFacts,
  type ModelErrorKind,
  type ModelMessage,
  type ModelProvider,
} from "./llm/provider.ts";
export { readableText, ReadableTextStream } from "./text/readable-text.ts";
export { ThinkingFilter, type ThinkingOptions, withoutThinking } from "./text/thinking.ts";
export { moderateMessages, moderateReplies } from "./moderation/moderation.ts";
export type { ModeratedWords, ModerationOptions } from "./moderation/moderator.ts";
export { HttpModeration, type HttpModerationOptions } from "./moderation/http-moderation.ts";
export type { ModerationProvider, ModerationQuestion, ModerationVerdict } from "./moderation/provider.ts";
export { type AiBinding, WorkersAi, type WorkersAiOptions } from "./llm/workers-ai.ts";
