import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const OUTPUT = join(import.meta.dirname, '..', 'dist', 'console');
const PACKED = new Set(['.js', '.css', '.html', '.svg']);
/** A smaller file leaves in one packet either way. */
const MIN_BYTES = 1_024;

/** Packs every file once, so that the gateway never has to. */
function packed(): Plugin {
  let output = OUTPUT;
  return {
    name: 'packed',
    configResolved({ build }) {
      output = build.outDir;
    },
    closeBundle() {
      for (const name of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
        const path = join(output, name);
        if (!PACKED.has(extname(name)) || statSync(path).size < MIN_BYTES) continue;
        const plain = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(plain));
        writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react(), packed()],
  build: {
    outDir: OUTPUT,
    emptyOutDir: true,
    target: 'es2023',
    // Nothing may stand in the page itself: the policy allows no inline script, and no data: address of a font.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_600,
  },
});
