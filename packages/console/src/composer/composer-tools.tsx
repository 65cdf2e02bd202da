import { useLingui } from '@lingui/react/macro'
import { ImagePlus, Smile, StickyNote, Zap } from 'lucide-react'
import { useRef } from 'react'
import { wechatEmoji } from '../emoji/wechat-codes.ts'
import { useLocale } from '../i18n/language.ts'
import { IconButton, iconButtonClass } from '../ui/button.tsx'
import { hintOf } from '../ui/hint.tsx'
import { Popover } from '../ui/popover.tsx'
import { acceptedImages } from './tray.tsx'

type Props = {
  readonly onFiles: (files: File[]) => void
  readonly onEmoji: (code: string) => void
  readonly onQuickReplies: () => void
  readonly onNote: () => void
}

export function ComposerTools({ onFiles, onEmoji, onQuickReplies, onNote }: Props) {
  const { t } = useLingui()
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <EmojiPicker onEmoji={onEmoji} />
      <IconButton
        label={t`快捷回复`}
        keys="/"
        icon={<Zap className="size-4.5" aria-hidden="true" />}
        onClick={onQuickReplies}
      />
      <IconButton
        label={t`发送图片（也可粘贴或拖入）`}
        icon={<ImagePlus className="size-4.5" aria-hidden="true" />}
        onClick={() => picker.current?.click()}
      />
      <IconButton
        label={t`写备注`}
        keys="M"
        icon={<StickyNote className="size-4.5" aria-hidden="true" />}
        onClick={onNote}
      />
      <input
        ref={picker}
        type="file"
        accept={acceptedImages.join(',')}
        multiple
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}

/** The codes that WeChat's own clients offer first; each character once. */
const offered = wechatEmoji.filter(
  ([character], index) => wechatEmoji.findIndex(([other]) => other === character) === index,
)

function EmojiPicker({ onEmoji }: { readonly onEmoji: (code: string) => void }) {
  const { t } = useLingui()
  const locale = useLocale()
  return (
    <Popover
      label={t`表情`}
      triggerLabel={t`表情`}
      triggerClass={iconButtonClass(false)}
      triggerHint={hintOf(t`表情`)}
      trigger={<Smile className="size-4.5" aria-hidden="true" />}
      className="max-h-64 w-80 max-w-[calc(100vw-24px)] grid-cols-9 gap-0.5 overflow-y-auto rounded-xl p-2 open:grid"
    >
      {(close) =>
        offered.map(([character, zh, en]) => (
          <button
            key={zh}
            type="button"
            title={locale === 'en' ? en : zh}
            aria-label={locale === 'en' ? en : zh}
            className="flex size-8 items-center justify-center rounded-md text-lg hover:bg-hover"
            onClick={() => {
              close()
              onEmoji(`[${zh}]`)
            }}
          >
            {character}
          </button>
        ))
      }
    </Popover>
  )
}
