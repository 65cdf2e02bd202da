/** The npm packages `koa` and `co-wechat`, which the comparison uses, have no types of their own. */
declare module 'koa' {
  class Koa {
    use(middleware: unknown): this
    callback(): import('node:http').RequestListener
  }
  export = Koa
}
declare module 'co-wechat' {
  function wechat(config: { token: string; appid: string; encodingAESKey: string }): {
    middleware(handle: (message: Readonly<Record<string, string>>) => Promise<string>): unknown
  }
  export = wechat
}
