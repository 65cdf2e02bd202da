import { Trans, useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useFailureWords } from '../i18n/failure-words.ts'
import { signInWithLink } from '../live/entering.ts'
import { liveStore, meOf } from '../live/live-store.ts'
import { Button } from '../ui/button.tsx'
import { Waiting } from '../ui/empty.tsx'
import { Card } from './card.tsx'

/** A one-time link: its code goes to the server in a body and out of the address, the history and the screen. */
export function WelcomePage({ code }: { readonly code: string }) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const [, navigate] = useLocation()
  const [failure, setFailure] = useState<unknown>()
  const asked = useRef(false)
  useEffect(() => {
    // The code works once: a second effect (React does that while developing) must not spend it.
    if (asked.current) return
    asked.current = true
    signInWithLink(code).then(
      () => navigate(meOf(liveStore.getState())?.organization.example ? '/try' : '/me', { replace: true }),
      (error: unknown) => {
        history.replaceState(null, '', '#/')
        setFailure(error)
      },
    )
  }, [code, navigate])
  if (failure === undefined) return <Waiting label={t`正在登录…`} />
  const words = wordsOf(failure)
  return (
    <Card title={t`链接无法使用`}>
      <p role="alert" className="mb-4 text-text-2">
        {words.sentence} {words.whatToDo}
      </p>
      <Button kind="primary" onClick={() => navigate('/', { replace: true })}>
        <Trans>用密码登录</Trans>
      </Button>
    </Card>
  )
}
