import assert from 'node:assert/strict';
import { maskSecrets, withoutSecrets } from '../../../server/src/rpc/session/export/secrets.ts';

const KEYS = [
  `sk-${'a1B2'.repeat(8)}`,
  `xai-${'Z9'.repeat(12)}`,
  `AIza${'x_-7'.repeat(9)}`,
  `ghp_${'k3'.repeat(18)}`,
  `AKIA${'Q7'.repeat(8)}`,
];

describe('secrets in an export', () => {
  it('[UI-32] keys that people pasted are taken out, also behind a line end in JSON', () => {
    for (const key of KEYS) {
      for (const around of [(text: string) => text, (text: string) => JSON.stringify(text)]) {
        const text = around(`first line\n${key}\nlast ${key}`);
        for (const clean of [maskSecrets(text, []), withoutSecrets(text, [], 'jsonl')]) {
          assert.ok(!clean.includes(key), clean);
          assert.match(clean, /first line[\s\S]*last/);
        }
      }
    }
  });

  it('[UI-32] half a private key costs no line of the export', () => {
    const lines = ['-----BEGIN PRIVATE KEY-----', 'between', '-----END PRIVATE KEY-----'].map(text =>
      JSON.stringify({ text }),
    );
    assert.equal(withoutSecrets(lines.join('\n'), [], 'jsonl'), lines.join('\n'));
  });

  it('[UI-32] a session file keeps the length of every text, its lines, and stays JSON', () => {
    const secret = 'pass"word\\with\nlines';
    const pem = `-----BEGIN PRIVATE KEY-----\n${'MIIE'.repeat(20)}\n-----END PRIVATE KEY-----`;
    const text = `a ${secret} b\n${pem}\n${KEYS[0]}`;
    const clean = maskSecrets(text, [secret]);
    assert.equal(clean.length, text.length);
    assert.equal(clean.split('\n').length, text.split('\n').length);
    const json = maskSecrets(JSON.stringify({ text }), [secret]);
    assert.equal(json.length, JSON.stringify({ text }).length);
    for (const each of [clean, String((JSON.parse(json) as { text: string }).text)]) {
      for (const part of ['pass', 'MIIE', 'sk-']) assert.ok(!each.includes(part), each);
    }
  });
});
