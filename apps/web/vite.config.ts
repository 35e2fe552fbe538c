import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const api = process.env.HOPTRACE_API ?? 'http://127.0.0.1:6480'

export default defineConfig({
  plugins: [react()],
  // The api compares a request's origin with its host, and a login's cookie belongs to 127.0.0.1: the proxy keeps both.
  server: { host: '127.0.0.1', port: 6481, strictPort: true, proxy: { '/api': { target: api }, '/login/oidc': { target: api } } },
  build: {
    outDir: 'dist',
    // A strict policy (`default-src 'self'`) refuses data: URLs, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    chunkSizeWarningLimit: 900,
  },
})
