import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

/** How wide an element is, before it is painted for the first time and whenever that changes. */
export function useWidth<T extends HTMLElement>(): readonly [RefObject<T | null>, number | undefined] {
  const ref = useRef<T>(null)
  const [width, setWidth] = useState<number>()
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}
