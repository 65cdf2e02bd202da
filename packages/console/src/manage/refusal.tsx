import { useFailureWords } from '../i18n/failure-words.ts'
import { fieldErrors } from './use-configuration.ts'

/** Why the server did not do it: the catalogue's sentence, and each field that it names. */
export function Refusal({ error }: { readonly error: unknown }) {
  const wordsOf = useFailureWords()
  const { sentence, whatToDo } = wordsOf(error)
  const fields = fieldErrors(error)
  return (
    <div role="alert" className="text-[13px] text-bad">
      <p>
        {sentence} {whatToDo}
      </p>
      <ul className="mt-1 list-disc pl-5">
        {fields.map(({ path, message }) => (
          <li key={`${path}${message}`} className="break-words">
            <code className="font-mono text-xs">{path}</code> {message}
          </li>
        ))}
      </ul>
    </div>
  )
}
