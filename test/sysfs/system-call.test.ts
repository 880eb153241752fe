// What the kernel refused is an answer; anything else that goes wrong is a fault of this program, and never one.
import { expect, test } from 'vitest';
import { attempt } from '../../src/sysfs/system-call.ts';

function thrown(error: unknown): () => never {
  return () => {
    throw error;
  };
}

test('what was returned is a value, and an errno a positive number, whether Node knows it or not', () => {
  expect(attempt(() => 7)).toEqual({ ok: true, value: 7 });
  for (const errno of [2, 524])
    expect(attempt(thrown(Object.assign(new Error('Unknown system error'), { errno: -errno })))).toEqual({
      ok: false,
      errno,
    });
});

test.each([
  ['an error without an errno', new TypeError('no number')],
  ['an error whose errno is no number', Object.assign(new Error('no number'), { errno: 'ENOENT' })],
  ['something that is no error', { errno: -2 }],
])('%s goes on', (_, error) => {
  let caught: unknown;
  try {
    attempt(thrown(error));
  } catch (it) {
    caught = it;
  }
  expect(caught).toBe(error);
});
