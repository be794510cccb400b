import type { Command } from 'commander';

/** Adds a block of examples, one `command  what it does` a pair, to the end of a command's help. */
export function withExamples(command: Command, examples: readonly (readonly [string, string])[]): Command {
  const lines = examples.map(([line, meaning]) => `  # ${meaning}\n  ${line}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** Adds the flags of a command that talks to a running gateway. */
export function withGateway(command: Command): Command {
  return withAddress(command).option('--json', 'print JSON');
}

/** The same for a command whose output has a form of its own. */
export function withAddress(command: Command): Command {
  return command
    .option('--url <url>', 'the gateway to talk to (SLUICE_URL; default http://127.0.0.1:18789)')
    .option('--key <key>', 'an operator or admin key (SLUICE_ADMIN_KEY; default ./data/admin.key)');
}

/** Collects a flag that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
