import { lingui, linguiTransformerBabelPreset } from '@lingui/vite-plugin'
import babel from '@rolldown/plugin-babel'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// It says on every build that there is a faster way; the comment below says why we do not take it.
process.env['LINGUI_SUPPRESS_BABEL_WARNING'] = '1'

/** While developing, pages come from Vite and everything else from a server that runs beside it. */
const server = process.env['DUOKE_DEV_SERVER'] ?? 'http://127.0.0.1:7300'

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the console also works below a path of a proxy.
  base: './',
  plugins: [
    // Babel and not Lingui's native transform: npm on Node 20 leaves that one out without a word.
    babel({ presets: [linguiTransformerBabelPreset({}, { cwd: import.meta.dirname })] }),
    react(),
    lingui({ cwd: import.meta.dirname }),
    tailwindcss(),
  ],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the page allows no inline scripts and no data: scripts.
    assetsInlineLimit: 0,
    // The editor of rules is the one large part, and is fetched by its pages alone; a budget holds the first load (a test).
    chunkSizeWarningLimit: 600,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/v1': { target: server, ws: true }, '/docs': server } },
})
