const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\bMicroMessenger\//, 'WeChat'],
  [/\b(Chrome|Chromium|HeadlessChrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/** A browser's long name of itself in two words; anything else stays as it is. */
export function deviceNameOf(label: string): string {
  const named = (table: typeof browsers) => table.find(([pattern]) => pattern.test(label))?.[1]
  const words = [named(browsers), named(systems)].filter((word) => word !== undefined)
  return words.length === 0 ? label : words.join(' · ')
}
