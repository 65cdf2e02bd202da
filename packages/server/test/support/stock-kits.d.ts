/** Packages of npm that have no types of their own, as far as the stock apps use them. */
declare module 'express' {
  function express(): import('node:http').RequestListener & { use(path: string, middleware: unknown): void }
  export = express
}
declare module 'wechat' {
  type Told = Readonly<Record<string, string>>
  type Asked = import('node:http').IncomingMessage & { readonly weixin: Told; readonly query: Told }
  type Answer = import('node:http').ServerResponse & {
    reply(content: string): void
    transfer2CustomerService(kfAccount?: string): void
  }
  type Config = { readonly appid: string; readonly token: string; readonly encodingAESKey: string }
  function wechat(config: Config, handle: (request: Asked, response: Answer) => void): unknown
  export = wechat
}
