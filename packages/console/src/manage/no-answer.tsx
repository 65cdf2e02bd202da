import { Trans, useLingui } from '@lingui/react/macro'
import { useFailureWords } from '../i18n/failure-words.ts'
import { Empty, Waiting } from '../ui/empty.tsx'
import { nothingHappened } from './nothing-happened.ts'

/** In the place of what is told of a period: it is being read, there is nothing in it, or why it cannot be read. */
export function NoAnswer({ error }: { readonly error: unknown }) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  if (error === null) return <Waiting label={t`正在读取这段时间的记录`} />
  if (nothingHappened(error)) {
    return (
      <Empty title={<Trans>这段时间里没有任何记录</Trans>}>
        <p>
          <Trans>请换一个时间段。</Trans>
        </p>
      </Empty>
    )
  }
  const { sentence, whatToDo } = wordsOf(error)
  return (
    <Empty title={sentence}>
      <p>{whatToDo}</p>
    </Empty>
  )
}
