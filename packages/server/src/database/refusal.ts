/** Why the database cannot be used. Each is final: trying again without doing something will not help. */
export type RefusalCode =
  | 'data_in_use'
  | 'data_unusable'
  | 'other_major'
  | 'no_program'
  | 'not_started'
  | 'not_durable'
  | 'old_server'
  | 'schema_newer'
  | 'schema_changed'
  | 'roles_missing'
  | 'backup_damaged'
  | 'backup_foreign'
  | 'not_empty'
  | 'restore_running'
  | 'archive_damaged'
  | 'archive_foreign'

/** A sentence for the operator, followed by what to do; no stack is needed to understand it. */
export class DatabaseRefusal extends Error {
  override readonly name = 'DatabaseRefusal'
  readonly code: RefusalCode
  readonly sentence: string
  readonly whatToDo: string

  constructor(code: RefusalCode, sentence: string, whatToDo: string, options?: ErrorOptions) {
    super(`${sentence} ${whatToDo}`, options)
    this.code = code
    this.sentence = sentence
    this.whatToDo = whatToDo
  }
}
