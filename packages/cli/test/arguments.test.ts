import assert from 'node:assert/strict';
import { COMMANDS, HELP, readArguments, UsageError } from '../src/arguments.ts';

describe('arguments of the command line', () => {
  it('[#7] what is no command is a prompt, whatever words it has', () => {
    const { command, rest } = readArguments(['Change', 'the greeting']);
    assert.deepEqual([command, rest], ['prompt', ['Change', 'the greeting']]);
    assert.deepEqual(readArguments(['prompt', 'log it']).rest, ['log it']);
  });

  it('[#7] every command is taken by its name, with what follows it', () => {
    for (const command of COMMANDS) {
      const read = readArguments([command, 'a', 'b']);
      assert.deepEqual([read.command, read.rest], [command, ['a', 'b']]);
    }
  });

  it('[#7] options, long and short, before and after the words', () => {
    const args = ['--session', 'one', '-m', 'fast', 'Do it', '--ask', '--yolo', '--max-turns', '3', '--json'];
    const { session, model, ask, yolo, maxTurns, json, rest } = readArguments(args);
    assert.deepEqual(
      [session, model, ask, yolo, maxTurns, json, rest],
      ['one', 'fast', true, true, 3, true, ['Do it']],
    );
    const more = readArguments(['export', '-s', 'one', '-o', '-', '--format', 'html', '--run', 'main', '--root', '/x']);
    assert.deepEqual([more.session, more.output, more.format, more.run, more.root], ['one', '-', 'html', 'main', '/x']);
    const where = readArguments(['sessions', '--url', 'ws://127.0.0.1:1', '--token', 'secret']);
    assert.deepEqual([where.url, where.token], ['ws://127.0.0.1:1', 'secret']);
  });

  it('[#7] nothing is set that was not asked for', () => {
    const { command: _, rest: __, format, ...options } = readArguments(['log']);
    assert.equal(format, 'session');
    for (const [name, value] of Object.entries(options)) assert.ok(value === null || value === false, name);
  });

  it('[#7] without anything, and with --help, it is help; --version wins over nothing', () => {
    assert.equal(readArguments([]).command, 'help');
    assert.equal(readArguments(['log', '-h']).command, 'help');
    assert.equal(readArguments(['--version']).command, 'version');
  });

  it('[#7] what makes no sense is said in a sentence', () => {
    for (const args of [
      ['--nonsense'],
      ['--session'],
      ['--format', 'pdf', 'export'],
      ['--max-turns', '0', 'x'],
      ['--max-turns', '1.5', 'x'],
      ['--max-turns', 'many', 'x'],
    ]) {
      assert.throws(
        () => readArguments(args),
        error => error instanceof UsageError && error.message.length > 10,
        args.join(' '),
      );
    }
  });

  it('[#7] the help names every command and option', () => {
    for (const word of ['attach', 'log', 'packet', 'run script.plk', 'export', 'sessions'])
      assert.ok(HELP.includes(word));
    for (const option of ['session', 'run', 'model', 'ask', 'yolo', 'max-turns', 'format', 'output', 'json', 'root'])
      assert.ok(HELP.includes(`--${option}`), option);
  });
});
