import type { Random } from '../random.ts'
import type { History, Response } from './script.ts'

/** How agents answer when they are asked: as they did in the log, and drawn where it does not say. */
export class Answers {
  private readonly scripts: History['scripts']
  private readonly random: Random
  private readonly all: Response[]
  /** How often somebody was asked about a session here. */
  private readonly asked = new Map<string, number>()

  constructor({ scripts }: Pick<History, 'scripts'>, random: Random) {
    this.scripts = scripts
    this.random = random
    this.all = [...scripts.values()].flatMap(({ responses }) =>
      responses.filter(({ outcome }) => outcome !== 'withdrawn'),
    )
  }

  /** As this agent answered for this session, asked for as many times; else as they answered others; else as anybody did; else at once. */
  next(sessionId: string, agentId: string): { readonly response: Response; readonly isKnown: boolean } {
    const key = `${sessionId} ${agentId}`
    const nth = this.asked.get(key) ?? 0
    this.asked.set(key, nth + 1)
    const own = this.scripts.get(sessionId)?.responses.filter((response) => response.agentId === agentId) ?? []
    const known = own[nth]
    const isKnown = known !== undefined && known.outcome !== 'withdrawn'
    return { response: isKnown ? known : this.drawn(agentId, known), isKnown }
  }

  private drawn(agentId: string, known: Response | undefined): Response {
    const own = this.all.filter((response) => response.agentId === agentId)
    const drawn = this.random.pick(own.length > 0 ? own : this.all)
    const atOnce = { outcome: 'accepted', afterMs: 0, reason: null } as const
    const response = { ...(drawn ?? atOnce), agentId, position: Number.MAX_SAFE_INTEGER }
    return known === undefined ? response : { ...response, afterMs: known.afterMs + Math.max(1, response.afterMs) }
  }
}
