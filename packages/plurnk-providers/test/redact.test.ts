import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redact } from '../src/index.ts';

describe('redact', () => {
  it('[#8] takes a known secret out in every form it may travel in', () => {
    const secret = 'p@ss/w"rd+canary=';
    const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret), Buffer.from(secret).toString('base64')];
    for (const form of forms) {
      assert.equal(redact(`before ${form} after`, [secret]).includes('canary'), false, form);
      assert.match(redact(`before ${form} after`, [secret]), /^before .*\[redacted\].* after$/);
    }
  });

  it('[#8] takes out what looks like a key although nobody named it', () => {
    for (const key of [
      'sk-proj-abcdefgh12345678',
      'sk-ant-api03-abcdefgh',
      'AIzaSyA1234567890abcdef',
      'xai-abcdefgh12345678',
    ]) {
      assert.ok(!redact(`Incorrect API key provided: ${key}.`).includes(key), key);
    }
    assert.ok(!redact('authorization: Bearer abcdef123456').includes('abcdef123456'));
    assert.ok(!redact('GET /v1?key=abcdef123456&x=1').includes('abcdef123456'));
    assert.ok(!redact('{"api_key":"abcdef 123456"}').includes('abcdef'));
  });

  it('[#8] leaves ordinary text alone', () => {
    const text = 'The task-list of src/sk.ts has 12 entries; the key is explained in docs. monkey=1';
    assert.equal(redact(text, ['']), text);
  });

  it('[#8] no text keeps a secret that it holds', () => {
    const secret = fc.string({ minLength: 8, maxLength: 40 }).filter(text => !'[redacted]'.includes(text));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (key, before, after) => {
        assert.ok(!redact(`${before}${key}${after}`, [key]).includes(key));
      }),
    );
  });
});
