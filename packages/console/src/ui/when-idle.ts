import { useEffect, useState } from 'react'

/** After the first look there is time, and later perhaps no network. */
const idleAfterMs = 3_000

/** Turns true when the first look is over; a mark in the page's timeline tells when that was. */
export function useIsIdle(): boolean {
  const [isIdle, setIsIdle] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => {
      performance.mark('duoke-idle')
      setIsIdle(true)
    }, idleAfterMs)
    return () => clearTimeout(timer)
  }, [])
  return isIdle
}
