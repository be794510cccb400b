// Makes dist/: plain JavaScript for the published package, because Node strips no types under node_modules.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
// The console is made by its own tool, only where it is out of date.
for (const name of existsSync(dist) ? readdirSync(dist) : [])
  if (name !== 'console') rmSync(join(dist, name), { recursive: true, force: true });
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const done = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
process.exit(done.status ?? 1);
