import { extname } from 'node:path';

/** The file of this name beside a module: TypeScript in a clone, JavaScript in the package, as the module itself. */
export function fileBeside(moduleUrl: string, name: string): URL {
  return new URL(`./${name}${extname(new URL(moduleUrl).pathname)}`, moduleUrl);
}
