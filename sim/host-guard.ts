import { isIP } from 'node:net';

const LOCAL_ENDINGS = ['.localhost', '.local', '.internal'];

/** Ollama's guard against DNS rebinding while it is bound to loopback: other hosts get 403 without a body. */
export function isHostAllowed(host: string | undefined): boolean {
  const name = (host ?? '')
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '');
  if (name === '' || name === 'localhost' || LOCAL_ENDINGS.some((ending) => name.endsWith(ending)))
    return true;
  if (isIP(name) === 4) return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|0\.0\.0\.0$)/.test(name);
  return isIP(name) === 6 && /^(::1?$|f[cd])/.test(name);
}
