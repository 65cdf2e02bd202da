import type { Attempt } from '../attempt.ts'
import type { Decision } from '../commands.ts'
import { unreachable } from '../invariant.ts'
import { answerHand, lowerHand, raiseHand } from './hands.ts'
import { joinSession, leaveSession, seizeSession, watchSession, whisper } from './supervision.ts'
import type { SupervisionCommand } from './supervision-commands.ts'

/** The verbs of supervisors, and how agents ask for them. */
export function supervise(attempt: Attempt, command: SupervisionCommand): Decision {
  switch (command.type) {
    case 'session.watch':
      return watchSession(attempt, command)
    case 'session.join':
      return joinSession(attempt, command)
    case 'session.leave':
      return leaveSession(attempt, command)
    case 'session.seize':
      return seizeSession(attempt, command)
    case 'session.whisper':
      return whisper(attempt, command)
    case 'session.raise-hand':
      return raiseHand(attempt, command)
    case 'session.lower-hand':
      return lowerHand(attempt, command)
    case 'session.answer-hand':
      return answerHand(attempt, command)
    default:
      return unreachable(command)
  }
}
