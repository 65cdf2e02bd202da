/** Kept in code, so that packing and serving need no file beside it. */
export const documentStyle = `:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 18%,transparent)}
body{font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;margin:0}
header{position:sticky;top:0;background:Canvas;border-bottom:1px solid var(--line);padding:.7rem 1.2rem}
nav{display:inline}nav a{margin-left:1rem}main{max-width:60rem;margin:auto;padding:1rem 1.2rem 6rem}
h2{margin-top:3rem;text-transform:capitalize}h4{margin:.8rem 0 .2rem}
article{border-top:1px solid var(--line);padding:.6rem 0 1rem;scroll-margin-top:3.5rem}
article>p>a{color:GrayText;font-size:.85em}code{font:.92em ui-monospace,monospace;overflow-wrap:anywhere}
h3 span{font:600 .75em ui-monospace,monospace;padding:.1rem .4rem;border-radius:.3rem;color:#fff;background:#555}
h3 .get{background:#1668a8}h3 .post{background:#1a7f46}h3 .put,h3 .patch{background:#96610b}h3 .delete{background:#b3261e}
ul{margin:.2rem 0;padding-left:1.2rem}em{color:GrayText}table{border-collapse:collapse;width:100%}
td,th{border-top:1px solid var(--line);padding:.4rem .6rem;text-align:left;vertical-align:top}tr{scroll-margin-top:3.5rem}
tr:target,article:target{background:color-mix(in srgb,Highlight 15%,transparent)}`
