import { describe, expect, it } from 'vitest';
import { baseUrlProblem, originProblem } from './base-url.ts';

describe('baseUrlProblem', () => {
  it.each([
    'http://127.0.0.1:11434',
    'http://localhost:11434/',
    'http://10.0.0.5:8000/v1',
    'http://192.168.1.20',
    'http://172.17.0.1:11434',
    'https://api.example.com/v1',
    'http://[::1]:11434',
    'http://[fd12:3456::7]:8000',
    'http://[::ffff:127.0.0.1]:11434',
    'http://ollama:11434',
    'http://127.evil.com', // a name, whatever it looks like
  ])('allows %s', (url) => expect(baseUrlProblem(url)).toBeNull());

  it.each([
    'http://169.254.169.254',
    'http://169.254.0.1/v1',
    'http://2852039166', // the metadata address as one number
    'http://0xa9.0xfe.0xa9.0xfe',
    'http://0251.0376.0251.0376',
    'http://169.254.169.254.', // trailing dot
    'http://0.0.0.0:11434',
    'http://0:11434',
    'http://224.0.0.1',
    'http://255.255.255.255',
    'http://100.100.100.200',
    'http://metadata.google.internal',
    'http://METADATA.google.internal./',
    'http://[::]:11434',
    'http://[fe80::1]',
    'http://[febf::1]',
    'http://[ff02::1]',
    'http://[fd00:ec2::254]',
    'http://[::ffff:169.254.169.254]',
    'http://[::ffff:a9fe:a9fe]',
    'http://[0:0:0:0:0:ffff:0.0.0.0]',
    'http://[::169.254.169.254]',
  ])('refuses the address of %s', (url) => expect(baseUrlProblem(url)).toMatch(/^must not point to/));

  it.each([
    ['127.0.0.1:11434', 'http://'],
    ['localhost', 'whole URL'],
    ['', 'whole URL'],
    ['ftp://host/x', 'http://'],
    ['file:///etc/passwd', 'http://'],
    ['http://user@host', 'user name'],
    ['http://user:pw@host', 'user name'],
    ['http://host/v1?a=b', 'query'],
    ['http://host/v1?', 'query'],
    ['http://host/v1#x', 'fragment'],
    ['http://host\\evil', 'backslash'],
    [' http://host', 'white space'],
    ['http://ho\tst', 'white space'],
  ])('refuses %j and says why: %s', (url, reason) => expect(baseUrlProblem(url)).toContain(reason));
});

describe('originProblem', () => {
  it.each(['https://chat.example.com', 'http://localhost:3000'])('allows %s', (text) =>
    expect(originProblem(text)).toBeNull(),
  );
  it.each(['*', 'null', 'https://a.com/', 'https://A.com', 'a.com', 'file://', 'https://a.com:443'])(
    'refuses %s',
    (text) => expect(originProblem(text)).not.toBeNull(),
  );
});
