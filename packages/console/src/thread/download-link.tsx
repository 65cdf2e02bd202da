import { Download } from 'lucide-react'

export function DownloadLink({ url, label }: { readonly url: string; readonly label: string }) {
  return (
    <a href={url} download className="inline-flex items-center gap-1.5 underline underline-offset-2">
      <Download className="size-4" aria-hidden="true" />
      {label}
    </a>
  )
}
