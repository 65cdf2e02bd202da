/** What is sealed of an account, or of an app at one. The channel knows how a rotation keeps the old ones for a while. */
export type GivenSecrets = {
  readonly appSecret: string
  /** Empty where nothing is pushed to. */
  readonly token: string
  readonly encodingAesKey: string | null
}

export type SecretsPorts = {
  /** A secret of the installation: digests of secrets in the log must not be guessable from outside. */
  readonly digestKey: Uint8Array
  readonly openSecrets: (org: string, sealed: Uint8Array) => GivenSecrets
  readonly sealSecrets: (org: string, stored: Uint8Array | null, given: GivenSecrets) => Uint8Array
}
