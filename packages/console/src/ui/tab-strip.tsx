import { Tabs } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'

export type TabEntry<T extends string> = {
  readonly value: T
  readonly label: string
  readonly count: number
  /** The count asks for attention. */
  readonly loud: boolean
}

type Props<T extends string> = {
  readonly tabs: readonly TabEntry<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
  readonly children: ReactNode
}

export function TabStrip<T extends string>({ tabs, value, onChange, children }: Props<T>) {
  return (
    <Tabs.Root value={value} onValueChange={(next: T) => onChange(next)} className="flex min-h-0 grow flex-col">
      <Tabs.List className="flex border-b border-line px-1.5">
        {tabs.map((tab) => (
          <Tabs.Tab
            key={tab.value}
            value={tab.value}
            className="flex h-9 min-w-0 grow items-center justify-center gap-1 border-b-2 border-transparent text-[13px] text-text-2 hover:text-text data-active:border-brand data-active:font-medium data-active:text-brand"
          >
            <span className="truncate">{tab.label}</span>
            <span
              className={`numbers min-w-5 rounded-full px-1 text-center text-xs leading-5 ${
                tab.loud ? 'bg-bad-fill text-on-fill' : 'bg-sunken text-text-2'
              }`}
            >
              {tab.count}
            </span>
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={value} tabIndex={-1} className="flex min-h-0 grow flex-col outline-none">
        {children}
      </Tabs.Panel>
    </Tabs.Root>
  )
}
