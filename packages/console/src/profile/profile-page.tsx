import { Trans, useLingui } from '@lingui/react/macro'
import { useStore } from 'zustand'
import { useAct } from '../i18n/failure-words.ts'
import type { Locale } from '../i18n/formatting.ts'
import { prefer, preferences, type Theme } from '../i18n/preferences.ts'
import { signOut } from '../live/entering.ts'
import { useMe, useSelf } from '../live/use-live.ts'
import { allowSound, beep } from '../notice/beep.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Page, Panel } from '../ui/page.tsx'
import { Select } from '../ui/select.tsx'
import { Switch } from '../ui/switch.tsx'
import { PasswordPanel } from './password-panel.tsx'
import { SignInsPanel } from './sign-ins-panel.tsx'
import { TotpPanel } from './totp-panel.tsx'

export function ProfilePage() {
  const { t } = useLingui()
  const act = useAct()
  const me = useMe()
  const self = useSelf()
  const name = self?.nickname ?? t`管理员`
  return (
    <Page title={t`我`} narrow>
      <Panel>
        <div className="flex flex-wrap items-center gap-3">
          <Avatar id={self?.id ?? 'admin'} name={name} />
          <div className="grow">
            <p className="font-semibold">{name}</p>
            <p className="text-[13px] text-text-3">
              {self?.id} · {me?.organization.name}
            </p>
          </div>
          <Button onClick={() => void act(signOut())}>
            <Trans>退出登录</Trans>
          </Button>
        </div>
      </Panel>
      <Appearance />
      <Alerts />
      {self === undefined ? null : (
        <>
          <PasswordPanel />
          <TotpPanel />
        </>
      )}
      <SignInsPanel />
    </Page>
  )
}

function Appearance() {
  const { t } = useLingui()
  const { locale, theme } = useStore(preferences)
  return (
    <Panel title={t`外观`}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Labelled text={t`语言`}>
          <Select<Locale>
            label={t`语言`}
            value={locale}
            choices={[
              { value: 'zh-CN', label: '中文' },
              { value: 'en', label: 'English' },
            ]}
            onChange={(value) => prefer({ locale: value })}
          />
        </Labelled>
        <Labelled text={t`明暗`}>
          <Select<Theme>
            label={t`明暗`}
            value={theme}
            choices={[
              { value: 'system', label: t`跟随系统` },
              { value: 'light', label: t`浅色` },
              { value: 'dark', label: t`深色` },
            ]}
            onChange={(value) => prefer({ theme: value })}
          />
        </Labelled>
      </div>
    </Panel>
  )
}

function Labelled({ text, children }: { readonly text: string; readonly children: React.ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <span aria-hidden="true" className="text-[13px] text-text-2">
        {text}
      </span>
      {children}
    </div>
  )
}

function Alerts() {
  const { t } = useLingui()
  const { sound, notifications } = useStore(preferences)
  const permission = typeof Notification === 'undefined' ? 'denied' : Notification.permission
  return (
    <Panel title={t`提醒`}>
      <Switch
        label={t`提示音`}
        checked={sound}
        onChange={(on) => {
          prefer({ sound: on })
          allowSound()
          if (on) setTimeout(() => beep(true), 100)
        }}
      />
      <Switch
        label={t`桌面通知`}
        checked={notifications && permission === 'granted'}
        onChange={(on) => {
          prefer({ notifications: on })
          if (on && permission === 'default') {
            // Saving again after the answer draws the switch as the browser decided.
            void Notification.requestPermission().then(() => prefer({ notifications: true }))
          }
        }}
      />
      {permission === 'denied' ? (
        <p className="mt-1 text-[13px] text-warn">
          <Trans>浏览器不允许本站发送通知，请在浏览器的网站设置中打开。</Trans>
        </p>
      ) : null}
    </Panel>
  )
}
