import type {
  Account,
  Agent,
  Body,
  ConfigurationChange,
  ConfigurationDocument,
  Problem,
  Response,
  Team,
  TokenInfo,
} from '@duoke/contract'

/** The part of a world that is configured. */
type Configured = {
  readonly agents: Map<string, Agent>
  readonly teams: Team[]
  readonly accounts: Account[]
  at(offsetMs?: number): string
}
type Applied = Body<'applyConfiguration'>

/** The configuration of a fake organization: its agents, teams and accounts as one document, and the tokens. */
export class FakeManage {
  readonly tokens: TokenInfo[] = []
  /** What the server finds wrong with the next document. */
  refused: NonNullable<Problem['errors']> = []
  readonly applied: Applied[] = []
  readonly #world: Configured

  constructor(world: Configured) {
    this.#world = world
  }

  document(): Record<string, unknown> {
    const { agents, teams, accounts } = this.#world
    return {
      version: 1,
      organization: { id: 'acme', name: 'Acme', timeZone: 'Asia/Shanghai' },
      accounts: accounts.map(({ id, kind, name, originalId, appId }) => ({ id, kind, name, originalId, appId })),
      teams,
      agents: Array.from(agents.values(), ({ id, nickname, role, capacity }) => ({ id, nickname, role, capacity })),
    }
  }

  apply(body: Applied): Response<'applyConfiguration'> {
    const { document, dryRun = false, prune = false } = body
    const changes = [...this.#agents(document, dryRun), ...this.#teams(document, dryRun, prune)]
    if (!dryRun) this.applied.push(body)
    return { changes: [...changes, ...this.#accounts(document, dryRun)], warnings: [] }
  }

  #agents({ agents = [] }: ConfigurationDocument, dryRun: boolean): ConfigurationChange[] {
    return agents.map(({ password: _, ...given }) => {
      const before = this.#world.agents.get(given.id)
      const fresh = { role: 'agent', capacity: 5, disabled: false, status: 'offline', load: 0 } as const
      const next = { ...fresh, teams: [], ...before, ...given }
      const fields = Object.keys(given).filter(
        (key) => JSON.stringify(before?.[key as 'id']) !== JSON.stringify(next[key as 'id']),
      )
      if (!dryRun) this.#world.agents.set(given.id, next)
      const change = before === undefined ? 'created' : fields.length > 0 ? 'changed' : 'unchanged'
      return { kind: 'agent', id: given.id, change, fields }
    })
  }

  #teams({ teams }: ConfigurationDocument, dryRun: boolean, prune: boolean): ConfigurationChange[] {
    const known = this.#world.teams
    const given = teams ?? known
    const removed = prune ? known.filter(({ id }) => !given.some((one) => one.id === id)) : []
    const changes = given.map(({ id, name }): ConfigurationChange => {
      const before = known.find((one) => one.id === id)
      const change = before === undefined ? 'created' : before.name === name ? 'unchanged' : 'changed'
      return { kind: 'team', id, change, fields: change === 'changed' ? ['name'] : [] }
    })
    if (!dryRun)
      known.splice(
        0,
        known.length,
        ...known.filter((one) => !given.some(({ id }) => id === one.id) && !removed.includes(one)),
        ...given,
      )
    const gone = removed.map(({ id }): ConfigurationChange => ({ kind: 'team', id, change: 'removed', fields: [] }))
    return [...changes, ...gone]
  }

  #accounts({ accounts = [] }: ConfigurationDocument, dryRun: boolean): ConfigurationChange[] {
    const known = this.#world.accounts
    return accounts.map(({ id, name, kind, originalId, appId }) => {
      const before = known.find((one) => one.id === id)
      const [first] = known
      if (before === undefined && !dryRun && first !== undefined) {
        const serverAddress = `https://kf.acme.example/wechat/${id}`
        known.push({ ...first, id, name, kind, originalId, appId, serverAddress, lastPushAt: null })
      }
      return { kind: 'account', id, change: before === undefined ? 'created' : 'changed', fields: [] }
    })
  }

  createToken({ holder, scopes = [], label = '', expiresInMs }: Body<'createToken'>): Response<'createToken'> {
    const info: TokenInfo = {
      id: `tk_${this.tokens.length + 10}`,
      kind: 'api',
      holder: { kind: holder.kind, id: 'id' in holder ? holder.id : null },
      ...{ label, scopes, createdAt: this.#world.at(), lastUsedAt: null, current: false },
      expiresAt: expiresInMs === undefined ? null : this.#world.at(expiresInMs),
    }
    this.tokens.unshift(info)
    return { token: 'dk_shown-once-5f3759df', info }
  }
}
