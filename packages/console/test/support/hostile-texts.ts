const run = 'globalThis.pwned=true'
const tags = [
  'img src=x onerror',
  'svg onload',
  'body onload',
  'input autofocus onfocus',
  'details open ontoggle',
  'video src=x onerror',
  'marquee onstart',
]
const endings = ['', '"', "'", '`', '</textarea>', '</title>', '</script>', '-->', ']]>', '\u0000']

/** Payloads of the usual families: elements, attributes, schemes, templates, encodings, direction and length. */
export const hostileTexts: readonly string[] = [
  ...tags.flatMap((tag) => endings.slice(0, 4).map((ending) => `${ending}><${tag}=${run}>`)),
  ...endings.map((ending) => `${ending}<script>${run}</script>`),
  `javascript:${run}`,
  `java\tscript:${run}`,
  `data:text/html,<script>${run}</script>`,
  `<a href="javascript:${run}">点我</a>`,
  `<iframe srcdoc="<script>parent.pwned=true</script>"></iframe>`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv=refresh content="0;url=javascript:${run}">`,
  `{{constructor.constructor('${run}')()}}`,
  `\${${run}}`,
  `&lt;img src=x onerror=${run}&gt;`,
  `\\u003cimg src=x onerror=${run}\\u003e`,
  `%3Cscript%3E${run}%3C/script%3E`,
  `＜script＞${run}＜/script＞`,
  '/::<img src=x onerror=globalThis.pwned=true>',
  '[微笑]<img src=x onerror=globalThis.pwned=true>[微笑]',
  `https://a.example/"onmouseover="${run}`,
  `https://a.example/<script>${run}</script>`,
  '\u202Egnp.exe\u202C',
  'Z̸̢̛a̷l̵g̶o̴'.repeat(20),
  '👨‍👩‍👧‍👦'.repeat(50),
  '\uFEFF\u200B\u2060零宽',
  'A'.repeat(500),
  '__proto__',
  'constructor',
  'null',
]
