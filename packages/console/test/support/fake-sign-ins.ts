import type { Response } from '@duoke/contract'

/** Where agents are signed in, and who uses one-time codes. */
export class FakeSignIns {
  readonly devices = new Map<string, string[]>()
  readonly totp = new Set<string>()
  readonly #at: (offsetMs?: number) => string

  constructor(at: (offsetMs?: number) => string) {
    this.#at = at
  }

  of(agentId: string): Response<'listAgentSignIns'> {
    const items = (this.devices.get(agentId) ?? []).map((label) => ({
      ...{
        id: `tk_${label.replaceAll(/\W/g, '')}`,
        kind: 'sign-in' as const,
        holder: { kind: 'agent', id: agentId },
        label,
      },
      ...{
        scopes: [],
        createdAt: this.#at(-7_200_000),
        expiresAt: null,
        lastUsedAt: this.#at(-60_000),
        current: false,
      },
    }))
    return { items, next: null, totp: this.totp.has(agentId) }
  }

  end(agentId: string, tokenId: string | undefined): undefined {
    const left = (this.devices.get(agentId) ?? []).filter((label) => `tk_${label.replaceAll(/\W/g, '')}` !== tokenId)
    this.devices.set(agentId, tokenId === undefined ? [] : left)
    return undefined
  }
}
