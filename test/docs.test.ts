import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../src/app/cli/options.ts';
import { run } from '../src/app/cli/program.ts';
import { AlertChannelInput } from '../src/contract/alert-channel.ts';
import { OwnedConfig } from '../src/contract/config.ts';
import { ModelInput } from '../src/contract/model.ts';
import { RouteInput } from '../src/contract/route.ts';
import { validate } from '../src/contract/validate.ts';

/** What the documents say is held against the program: links, commands, flags, variables, JSON, both languages. */
const root = fileURLToPath(new URL('..', import.meta.url));
const ENGLISH = 'docs/guide/en';
const CHINESE = 'docs/guide/zh-CN';
const FRONT = ['README.md', 'README.zh-CN.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
const OTHERS = ['deploy/README.md', 'sim/README.md', 'bench/README.md'];
const GUIDE = [ENGLISH, CHINESE].flatMap(pagesIn);
const PAGES = [...FRONT, ...OTHERS, ...pagesIn('docs/decisions'), ...GUIDE];

describe('links', () => {
  it.each(PAGES)('of %s resolve', (page) => {
    expect(linksOf(page).filter((link) => !resolves(page, link))).toEqual([]);
  });
});

describe('the map', () => {
  it('names files that are there', () => {
    const named = [...read('ARCHITECTURE.md').matchAll(/`([\w/.-]+\.(?:ts|mjs))`/g)].map(
      ([, name = '']) => name,
    );
    const files = ['src', 'sim', 'test', 'tools', 'console'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((name) => `/${folder}/${name}`),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
  });
});

describe('the two languages', () => {
  it('have the same pages', () => {
    const names = (folder: string): string[] => pagesIn(folder).map((page) => relative(folder, page));
    expect(names(CHINESE)).toEqual(names(ENGLISH));
  });

  const pairs = [
    ['README.md', 'README.zh-CN.md'] as const,
    ...pagesIn(ENGLISH).map((page) => [page, page.replace(ENGLISH, CHINESE)] as const),
  ];
  it.each(pairs)('%s and %s have the same headings, code blocks and tables', (english, chinese) => {
    expect(shapeOf(chinese)).toEqual(shapeOf(english));
  });
});

describe('the command line', () => {
  const used = [...FRONT, ...OTHERS, ...GUIDE].flatMap(commandsIn);

  it('is shown', () => expect(used.length).toBeGreaterThan(50));

  it('has every command and flag that the documents show', async () => {
    const wrong = await Promise.all(used.map(faultOf));
    expect(wrong.filter((fault) => fault !== null)).toEqual([]);
  });

  it.each([ENGLISH, CHINESE])('is told of whole in %s', async (folder) => {
    const page = read(`${folder}/command-line.md`);
    const commands = await allCommands();
    expect(commands.filter((command) => !page.includes(`\`sluice ${command}`))).toEqual([]);
  });
});

describe('the environment', () => {
  it.each([ENGLISH, CHINESE])('is told of whole in %s', (folder) => {
    const page = read(`${folder}/command-line.md`);
    const asked = variablesRead();
    expect(asked).toContain('SLUICE_PORT');
    expect(asked.filter((name) => !page.includes(`| \`${name}\``))).toEqual([]);
  });
});

describe('JSON', () => {
  const SCHEMAS = {
    model: ModelInput,
    rule: RouteInput,
    route: RouteInput,
    config: OwnedConfig,
    channel: AlertChannelInput,
  } as const;
  const blocks = PAGES.flatMap((page) =>
    blocksOf(page).flatMap(({ info, text }) => {
      const kind = /^json (model|rule|route|config|channel)$/.exec(info)?.[1] as
        | keyof typeof SCHEMAS
        | undefined;
      return kind ? [{ page, kind, text }] : [];
    }),
  );

  it('of every kind is shown', () => {
    expect([...new Set(blocks.map(({ kind }) => kind))].sort()).toEqual([
      'channel',
      'config',
      'model',
      'route',
      'rule',
    ]);
  });

  it.each(blocks)('$kind in $page is valid', ({ kind, text }) => {
    expect(validate(SCHEMAS[kind], JSON.parse(text))).toMatchObject({ ok: true });
  });
});

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

interface Block {
  /** What stands behind the opening fence. */
  readonly info: string;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  return [...read(page).matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, info = '', text = '']) => ({
    info: info.trim(),
    text,
  }));
}

/** The page without its code blocks. */
function proseOf(page: string): string {
  return read(page).replace(/^```[\s\S]*?^```$/gm, '');
}

function linksOf(page: string): string[] {
  const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** True when the file is there, and the heading too where one is named. */
function resolves(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const target = path === '' ? page : relative(root, resolve(root, dirname(page), path));
  if (!existsSync(join(root, target))) return false;
  return heading === undefined || anchorsOf(target).includes(decodeURIComponent(heading));
}

/** The names under which GitHub reaches the headings of a page. */
function anchorsOf(page: string): string[] {
  return headingsOf(page).map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function headingsOf(page: string): string[] {
  return proseOf(page)
    .split('\n')
    .filter((line) => /^#+ /.test(line));
}

/** What two translations of a page have in common: levels of headings, kinds of code blocks, heights of tables. */
function shapeOf(page: string) {
  return {
    headings: headingsOf(page).map((heading) => heading.indexOf(' ')),
    blocks: blocksOf(page).map(({ info }) => info),
    tables: proseOf(page)
      .split(/\n(?!\|)/)
      .map((part) => part.split('\n').filter((line) => line.startsWith('|')).length)
      .filter((rows) => rows > 0),
  };
}

interface UsedCommand {
  readonly page: string;
  /** As it stands there, from `sluice` to the end of the command. */
  readonly line: string;
}

/** Command lines in code: `sluice …` in the text, and in blocks lines that call it or `bin/sluice`. */
function commandsIn(page: string): UsedCommand[] {
  const inline = [...proseOf(page).matchAll(/`(?:bin\/)?sluice ([^`]+)`/g)];
  const lines = blocksOf(page).flatMap(({ text }) => [
    ...text.matchAll(/(?:^|&& |\| |\$\()\s*(?:\$ )?(?:bin\/)?sluice ([^\n|&)]+)/gm),
  ]);
  return [...inline, ...lines].map(([, line = '']) => ({ page, line: line.replace(/\s+#.*$/, '').trim() }));
}

/** What the program does not know of a command line, or null. */
async function faultOf({ page, line }: UsedCommand): Promise<string | null> {
  const words = line.split(/\s+/);
  const first = words[0] ?? '';
  const top = await helpOf([]);
  if (!top.commands.includes(first)) return first.startsWith('-') ? null : `${page}: sluice ${first}`;
  let help = await helpOf([first]);
  const second = words[1];
  if (help.commands.length > 0 && second !== undefined && !second.startsWith('-')) {
    if (!help.commands.includes(second)) return `${page}: sluice ${first} ${second}`;
    help = await helpOf([first, second]);
  }
  const unknown = words.filter(
    (word) => /^--[a-z]/.test(word) && !help.text.includes(word.replace(/=.*/, '')),
  );
  return unknown.length === 0 ? null : `${page}: sluice ${line}: ${unknown.join(' ')}`;
}

interface Help {
  readonly text: string;
  readonly commands: readonly string[];
}

async function helpOf(path: readonly string[]): Promise<Help> {
  let text = '';
  const keep = (line: string): void => {
    text += `${line}\n`;
  };
  const environment = readEnvironment({});
  const write = async (): Promise<void> => {};
  await run([...path, '--help'], {
    environment,
    command: 'sluice',
    isTty: false,
    out: keep,
    err: keep,
    write,
  });
  const listed = text.split('\nCommands:\n')[1]?.split('\n\n')[0] ?? '';
  const commands = [...listed.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name);
  return { text, commands: commands.filter((name) => name !== 'help') };
}

/** Every command with its subcommands; a listing stands for itself, because `sluice models` is what one types. */
async function allCommands(): Promise<string[]> {
  const { commands } = await helpOf([]);
  const nested = await Promise.all(
    commands.map(async (command) => {
      const below = (await helpOf([command])).commands.filter((name) => name !== 'list');
      return [command, ...below.map((name) => `${command} ${name}`)];
    }),
  );
  return nested.flat();
}

/** The variables that the program asks for. */
function variablesRead(): string[] {
  const names: string[] = [];
  const variables = new Proxy<NodeJS.ProcessEnv>({}, { get: (_, name) => void names.push(String(name)) });
  readEnvironment(variables);
  return names;
}
