export type AppSecrets = { readonly appId: string; readonly accountId: string; readonly secrets: Uint8Array }

/** What a command brings along for the rows but not for the decision: secrets, hashes, a provider's own ids. */
export type CommandAttachment = {
  /** Encrypted secrets by account id. */
  readonly accountSecrets?: Readonly<Record<string, Uint8Array>>
  /** Encrypted secrets of apps at accounts. */
  readonly appSecrets?: readonly AppSecrets[]
  /** PHC strings by agent id. */
  readonly passwordHashes?: Readonly<Record<string, string>>
  /** Media that a received message brought, to be fetched from the provider. */
  readonly media?: readonly { readonly mediaId: string; readonly kind: string; readonly wechatMediaId: string }[]
}
