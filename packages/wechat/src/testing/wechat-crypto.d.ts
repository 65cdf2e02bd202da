/** The npm package `wechat-crypto`, a test oracle, has no types of its own. */
declare module 'wechat-crypto' {
  class WXBizMsgCrypt {
    constructor(token: string, encodingAesKey: string, id: string)
    getSignature(timestamp: string, nonce: string, encrypted: string): string
    encrypt(message: string): string
    decrypt(encrypted: string): { message: string; id: string }
  }
  export = WXBizMsgCrypt
}
