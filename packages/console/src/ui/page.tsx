import { type ReactNode, useId } from 'react'

type Props = { readonly title: ReactNode; readonly children: ReactNode; readonly narrow?: boolean }

/** The frame of every page beside the inbox. */
export function Page({ title, children, narrow = false }: Props) {
  return (
    <main className="h-full overflow-y-auto">
      <div className={`mx-auto flex flex-col gap-4 p-4 @min-[720px]/desk:p-6 ${narrow ? 'max-w-2xl' : 'max-w-5xl'}`}>
        <h1 className="text-lg font-semibold">{title}</h1>
        {children}
      </div>
    </main>
  )
}

export function Panel({ title, children }: { readonly title?: ReactNode; readonly children: ReactNode }) {
  const id = useId()
  const named = title !== undefined
  return (
    <section
      aria-labelledby={named ? id : undefined}
      className="rounded-card border border-line bg-panel p-4 @min-[720px]/desk:p-5"
    >
      {named ? (
        <h2 id={id} className="mb-3 font-semibold">
          {title}
        </h2>
      ) : null}
      {children}
    </section>
  )
}
