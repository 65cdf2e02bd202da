import { useLingui } from '@lingui/react/macro'
import { Suspense, useEffect } from 'react'
import { Route, Router, Switch } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { enter } from './live/entering.ts'
import { useLive } from './live/use-live.ts'
import { Desk } from './shell/desk.tsx'
import { Waiting } from './ui/empty.tsx'
import { lazyPart } from './ui/lazy-part.ts'

const SignInPage = lazyPart(() => import('./sign-in/sign-in-page.tsx').then((file) => file.SignInPage))
const Unreachable = lazyPart(() => import('./sign-in/unreachable.tsx').then((file) => file.Unreachable))
const WelcomePage = lazyPart(() => import('./sign-in/welcome-page.tsx').then((file) => file.WelcomePage))
const TryPage = lazyPart(() => import('./first-run/try-page.tsx').then((file) => file.TryPage))

export function App() {
  const { t } = useLingui()
  return (
    <Router hook={useHashLocation}>
      <Suspense fallback={<Waiting label={t`正在打开`} />}>
        <Switch>
          <Route path="/welcome/:code">{({ code }) => <WelcomePage code={code} />}</Route>
          <Route>
            <SignedIn />
          </Route>
        </Switch>
      </Suspense>
    </Router>
  )
}

function SignedIn() {
  const { t } = useLingui()
  const kind = useLive(({ signIn }) => signIn.kind)
  const ended = useLive(({ signIn }) => signIn.kind === 'signed-out' && signIn.ended)
  useEffect(() => {
    if (kind === 'asking') void enter()
  }, [kind])
  switch (kind) {
    case 'asking':
      return <Waiting label={t`正在打开`} />
    case 'unreachable':
      return <Unreachable />
    case 'signed-out':
      return <SignInPage ended={ended} />
    case 'signed-in':
      return (
        <Switch>
          <Route path="/try" nest>
            <TryPage />
          </Route>
          <Route>
            <Desk />
          </Route>
        </Switch>
      )
    default:
      return kind satisfies never
  }
}
