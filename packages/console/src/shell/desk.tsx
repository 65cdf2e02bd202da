import { useLingui } from '@lingui/react/macro'
import { Suspense, useEffect } from 'react'
import { Route, Switch } from 'wouter'
import { learn } from '../i18n/language.ts'
import { InboxPage } from '../inbox/inbox-page.tsx'
import { OfferBar } from '../inbox/offer-bar.tsx'
import { useDeskKeys } from '../keys/use-desk-keys.ts'
import { countsOf } from '../live/conversation-list.ts'
import { liveStore, selfId } from '../live/live-store.ts'
import { useLive } from '../live/use-live.ts'
import { managePattern } from '../manage/entries.ts'
import { useNoticing } from '../notice/use-noticing.ts'
import { Waiting } from '../ui/empty.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { showTab } from './desk-state.ts'
import { Dialogs } from './dialogs.tsx'
import { NavigationRail } from './navigation-rail.tsx'
import { OfflineBar } from './offline-bar.tsx'

const ManagePages = lazyPart(async () => {
  const [file] = await Promise.all([import('../manage/manage-pages.tsx'), learn('manage')])
  return file.ManagePages
})
const ProfilePage = lazyPart(async () => {
  const [file] = await Promise.all([import('../profile/profile-page.tsx'), learn('manage')])
  return file.ProfilePage
})
const QuickRepliesPage = lazyPart(() =>
  import('../quick-replies/quick-replies-page.tsx').then((file) => file.QuickRepliesPage),
)

/** Everything an agent works with. It measures itself, not the window: beside the phone of the example it is narrower. */
export function Desk() {
  const { t } = useLingui()
  useDeskKeys()
  useNoticing()
  useFirstTab()
  return (
    <div className="@container/desk h-full">
      <div className="flex h-full flex-col-reverse @min-[720px]/desk:flex-row">
        <NavigationRail />
        <div className="flex min-h-0 min-w-0 grow flex-col">
          <OfflineBar />
          <OfferBar />
          <div className="min-h-0 grow">
            <Suspense fallback={<Waiting label={t`正在打开`} />}>
              <Switch>
                <Route path="/me" component={ProfilePage} />
                <Route path="/quick-replies" component={QuickRepliesPage} />
                <Route path={managePattern} component={ManagePages} />
                <Route path="/c/:id">{({ id }) => <InboxPage conversationId={id} />}</Route>
                <Route>
                  <InboxPage />
                </Route>
              </Switch>
            </Suspense>
          </div>
        </div>
      </div>
      <Dialogs />
    </div>
  )
}

/** Who has nobody on hand begins with those who wait. */
function useFirstTab(): void {
  const loaded = useLive((live) => live.loaded)
  useEffect(() => {
    if (!loaded) return
    const { mine, waiting } = countsOf(liveStore.getState().conversations, selfId())
    if (mine === 0 && waiting > 0) showTab('waiting')
  }, [loaded])
}
