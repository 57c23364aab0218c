// @ts-check
/** Texts about the simulated language model. 中文 and English. */

/** @satisfies {Readonly<Record<string, readonly [zh: string, en: string]>>} */
export const MODEL_STRINGS = {
  modelSwitches: ["让大模型的下一个回答出状况", "Make the language model's next answer"],
  "model.slow": ["8 秒后才开始", "Begin after 8 s"],
  "model.trickle": ["写上 20 秒", "Take 20 s to write"],
  "model.thinking": ["先思考", "Think first"],
  "model.long": ["写 6000 字", "6,000 characters long"],
  "model.draws": ["画一张图", "Draw a picture"],
  "model.stall": ["写到一半卡住", "Stall halfway"],
  "model.cut": ["写到一半断线", "Break off halfway"],
  "model.busy": ["拒绝（429）", "A refusal (429)"],
  "model.badKey": ["密钥错误（401）", "A wrong key (401)"],
  "model.region": ["地区不支持（403）", "A refused region (403)"],
  "model.empty": ["空的回答", "Empty"],
  modelSet: ["下一次提问时生效，现在发一句话试试。", "Set for the next question: ask something."],
  modelPending: ["等待提问：{names}", "Waiting for a question: {names}"],
  noModelPending: ["没有设置。", "Nothing is set."],
  clearModel: ["全部取消", "Clear"],
};
