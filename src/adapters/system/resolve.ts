import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';

/** All addresses of a host name, in the order of preference; an address is its own. Rejects for an unknown name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (host) => {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
};

/** Answers a socket's question for its host with addresses that were looked at: nobody is asked a second time. */
export function lookupOf(addresses: readonly string[]): LookupFunction {
  return (_host, options, answer) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }));
    const [first] = all;
    if (options.all === true) answer(null, all);
    else if (first) answer(null, first.address, first.family);
    else answer(new Error('the host has no address'), '');
  };
}
