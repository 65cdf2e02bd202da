import type { Hours, RulesInForce } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useFailureWords } from '../i18n/failure-words.ts'
import { useMe } from '../live/use-live.ts'
import { useRules } from '../rules/use-rules.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Page } from '../ui/page.tsx'
import { Select } from '../ui/select.tsx'
import { HoursCalendar } from './hours-calendar.tsx'
import { HoursFields } from './hours-fields.tsx'
import { NewHoursDialog } from './new-hours-dialog.tsx'
import { SaveDialog } from './save-dialog.tsx'
import { type NamedHours, newHours } from './use-hours.ts'

/** When somebody serves, by name, as a calendar: what each day means and why, and how it is changed. */
export function HoursPage() {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { data, error } = useRules()
  return (
    <Page title={t`服务时间`}>
      <p className="text-text-2">
        <Trans>分配规则和客服组按名称使用这里的服务时间。节假日和调休按国家公布的安排，例外的日子单独设置。</Trans>
      </p>
      {data !== undefined ? (
        <Written rules={data} />
      ) : error === null ? (
        <Waiting label={t`正在读取`} />
      ) : (
        <Empty title={wordsOf(error).sentence} />
      )}
    </Page>
  )
}

/** What is changed stays with the version that it began with: what others publish meanwhile is neither lost nor written over. */
function useHoursDraft(rules: RulesInForce) {
  const published: NamedHours = rules.current.document.hours ?? {}
  const [draft, setDraft] = useState<{ readonly hours: NamedHours; readonly base: RulesInForce }>()
  // Fields keep what is typed in them: they begin anew with the next draft.
  const [generation, setGeneration] = useState(0)
  return {
    draft,
    generation,
    hours: draft?.hours ?? published,
    change: (hours: NamedHours) => setDraft({ hours, base: draft?.base ?? rules }),
    startAnew: () => {
      setDraft(undefined)
      setGeneration(generation + 1)
    },
  }
}

/** What is changed here becomes one version of the rules, when it is saved. */
function Written({ rules }: { readonly rules: RulesInForce }) {
  const me = useMe()
  const mayManage = me?.scopes.includes('configuration:manage') ?? false
  const { draft, generation, hours, change, startAnew } = useHoursDraft(rules)
  const [picked, choose] = useState<string>()
  const [opened, open] = useState<Opened>('none')
  const names = Object.keys(hours)
  const chosen = picked !== undefined && names.includes(picked) ? picked : names[0]
  const shown = chosen === undefined ? undefined : hours[chosen]
  const changeOne = mayManage && chosen !== undefined ? (one: Hours) => change({ ...hours, [chosen]: one }) : undefined
  const add = (name: string) => {
    change({ ...hours, [name]: newHours })
    choose(name)
    open('none')
  }
  return (
    <>
      <Toolbar
        names={names}
        chosen={chosen}
        mayManage={mayManage}
        isChanged={draft !== undefined}
        onChoose={choose}
        onOpen={open}
        onDiscard={startAnew}
      />
      <Pending rules={rules} />
      {shown === undefined || chosen === undefined ? (
        <Empty title={<Trans>还没有服务时间</Trans>}>
          <p>
            <Trans>没有服务时间时全天都按规则分配。</Trans>
          </p>
        </Empty>
      ) : (
        <div className="grid items-start gap-4 @min-[1000px]/desk:grid-cols-[3fr_2fr]">
          <HoursCalendar
            key={chosen}
            hours={shown}
            timeZone={shown.timeZone ?? me?.organization.timeZone ?? 'UTC'}
            onChange={changeOne}
          />
          <HoursFields key={`${chosen} ${generation}`} name={chosen} hours={shown} onChange={changeOne} />
        </div>
      )}
      {opened === 'new' ? <NewHoursDialog taken={names} onAdd={add} onClose={() => open('none')} /> : null}
      {opened === 'save' && draft !== undefined ? (
        <SaveDialog rules={draft.base} hours={draft.hours} onClose={() => open('none')} onDone={startAnew} />
      ) : null}
    </>
  )
}

type Opened = 'none' | 'new' | 'save'
type ToolbarProps = {
  readonly names: readonly string[]
  readonly chosen: string | undefined
  readonly mayManage: boolean
  readonly isChanged: boolean
  readonly onChoose: (name: string) => void
  readonly onOpen: (opened: Opened) => void
  readonly onDiscard: () => void
}

function Toolbar({ names, chosen, mayManage, isChanged, onChoose, onOpen, onDiscard }: ToolbarProps) {
  const { t } = useLingui()
  return (
    <div className="flex flex-wrap items-center gap-2">
      {chosen === undefined ? null : (
        <div className="min-w-40">
          <Select
            label={t`服务时间名称`}
            value={chosen}
            choices={names.map((name) => ({ value: name, label: name }))}
            onChange={onChoose}
          />
        </div>
      )}
      {mayManage ? (
        <Button onClick={() => onOpen('new')}>
          <Plus className="size-4" aria-hidden="true" />
          <Trans>新建服务时间</Trans>
        </Button>
      ) : null}
      <span className="grow" />
      {isChanged ? (
        <>
          <Button kind="quiet" onClick={onDiscard}>
            <Trans>放弃修改</Trans>
          </Button>
          <Button kind="primary" onClick={() => onOpen('save')}>
            <Trans>保存…</Trans>
          </Button>
        </>
      ) : null}
    </div>
  )
}

/** A version that is to come brings hours of its own. */
function Pending({ rules: { awaiting, scheduled } }: { readonly rules: RulesInForce }) {
  if (awaiting === null && scheduled.length === 0) return null
  return (
    <p role="note" className="rounded-md bg-warn-soft px-4 py-2.5 text-[13px] text-warn">
      <Trans>还有一版分配规则没有生效，它生效时会换成它自己的服务时间。这里显示的是正在生效的。</Trans>
    </p>
  )
}
