// wechat on express. Plain JavaScript, so that a Node without type stripping (--peer-node) runs it as well.
import express from "express";
import wechat from "wechat";

const { CALLBACK_PATH, ECHO_PREFIX, WECHAT_APP_ID, WECHAT_ENCODING_AES_KEY, WECHAT_TOKEN } = process.env;
const config = { token: WECHAT_TOKEN, appid: WECHAT_APP_ID, encodingAESKey: WECHAT_ENCODING_AES_KEY };

const app = express();
app.use(
  CALLBACK_PATH,
  wechat(config, (request, response) => response.reply(ECHO_PREFIX + request.weixin.Content)),
);

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
