/** The product's mark: a bubble that somebody answers. */
export function Mark({ size = 36 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="shrink-0">
      <rect width="32" height="32" rx="8" fill="#0052d9" />
      <path d="M8 9h9a5 5 0 0 1 5 5v1a5 5 0 0 1-5 5h-3l-4 3v-3H8z" fill="#fff" />
      <circle cx="22.5" cy="21.5" r="4.5" fill="#95ec69" />
    </svg>
  )
}
