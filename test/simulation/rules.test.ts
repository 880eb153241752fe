// How simulated drivers answer: the ground all other tests stand on.
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/simulation/description.ts';
import { answer, I915, type RuleAnswer } from '../../src/simulation/rules.ts';

const OWN = '8086-591d-GVTg_V5_4-00000001\n';
const EINVAL = 22;
const ENODEV = 19;

const asked = (rule: Rule, offered: string, read: string | { errno: number } = OWN): RuleAnswer =>
  answer({ read, rule }, offered);
const taken = (offered: string): RuleAnswer => ({ kind: 'taken', bytes: offered.length, log: [] });

describe('i915 accepts', () => {
  test.each([
    ['its own version', OWN],
    ['its own version without the newline', OWN.trimEnd()],
  ])('%s', (_, offered) => {
    expect(asked(I915, offered)).toEqual(taken(offered));
  });

  test('a version with a newline where its own has none', () => {
    expect(asked(I915, 'a\n', 'a')).toEqual(taken('a\n'));
  });
});

test('i915 takes no other white space for a newline', () => {
  expect(asked(I915, 'a\n', 'a \n')).toMatchObject({ errno: EINVAL });
  expect(asked(I915, 'a', 'a\n\n')).toMatchObject({ errno: EINVAL });
});

describe('i915 rejects with EINVAL', () => {
  test.each([
    ['two newlines', `${OWN}\n`],
    ['a newline in front', `\n${OWN}`],
    ['a carriage return', '8086-591d-GVTg_V5_4-00000001\r\n'],
    ['another case', OWN.toUpperCase()],
    ['a part of it', OWN.slice(0, 12)],
    ['something behind it', '8086-591d-GVTg_V5_4-00000001 \n'],
  ])('%s', (_, offered) => {
    expect(asked(I915, offered)).toMatchObject({ kind: 'errno', errno: EINVAL });
  });

  test.each([
    ['8087-591d-GVTg_V5_4-00000001\n', 'physical device not matched'],
    ['8086-5926-GVTg_V5_4-00000001\n', 'physical device not matched'],
    ['8086-591d-GVTg_V5_4-00000002\n', 'migration software version not matched'],
    ['8086-591d-GVTg_V5_8-00000001\n', 'vgpu type not matched'],
    ['8086-591d-GVTg_V5_4\n', 'wrong string format. probably wrong GVT version'],
    ['anything', 'wrong string format. probably wrong GVT version'],
    // Where more than one thing differs: hardware, then software version, then type.
    ['8087-591d-GVTg_V5_8-00000002\n', 'physical device not matched'],
    ['8086-591d-GVTg_V5_8-00000002\n', 'migration software version not matched'],
    // The same fields, spelled otherwise.
    ['8086-591D-GVTg_V5_4-1\n', 'wrong string format. probably wrong GVT version'],
  ])('%j: %s', (offered, sentence) => {
    expect(asked(I915, offered)).toEqual({
      kind: 'errno',
      errno: EINVAL,
      log: [
        `gvt: Migration version mismatched. Possible reason: ${sentence}. Local migration version:${OWN}, Remote migration version:${offered}`,
      ],
    });
  });
});

test('i915 without a version of its own has ENODEV for every question', () => {
  for (const offered of [OWN, '', 'x']) {
    expect(asked({ kind: 'i915-unsupported' }, offered)).toEqual({
      kind: 'errno',
      errno: ENODEV,
      log: ['gvt: Local GVT does not support migration'],
    });
    expect(asked(I915, offered, { errno: 5 })).toEqual({ kind: 'errno', errno: ENODEV, log: [] });
  }
});

test('prefix looks at the beginning only', () => {
  const rule = { kind: 'prefix', prefix: 'nv-470.', errno: 71 } as const;
  expect(asked(rule, 'nv-470.1\n')).toEqual(taken('nv-470.1\n'));
  expect(asked(rule, 'nv-470.')).toEqual(taken('nv-470.'));
  expect(asked(rule, 'nv-47')).toEqual({ kind: 'errno', errno: 71, log: [] });
  expect(asked(rule, ' nv-470.1')).toEqual({ kind: 'errno', errno: 71, log: [] });
});

test('a list accepts what it holds, apart from one newline, and not its own version by itself', () => {
  const rule = { kind: 'accepted-versions', versions: ['v1\n', 'v2'], errno: 95 } as const;
  for (const offered of ['v1\n', 'v1', 'v2', 'v2\n']) expect(asked(rule, offered)).toEqual(taken(offered));
  for (const offered of ['v1\n\n', 'v', OWN]) expect(asked(rule, offered)).toMatchObject({ errno: 95 });
});

test('reject says no to all, with the errno of its choice', () => {
  for (const offered of [OWN, 'x'])
    expect(asked({ kind: 'reject', errno: 999 }, offered)).toMatchObject({ errno: 999 });
});

test('accept-all says yes to all', () => {
  for (const offered of ['x', '\n', 'v'.repeat(4096)])
    expect(asked({ kind: 'accept-all' }, offered)).toEqual(taken(offered));
});

test('short-write takes so many bytes, and never more than there are', () => {
  expect(asked({ kind: 'short-write', taken: 5 }, OWN)).toEqual({ kind: 'taken', bytes: 5, log: [] });
  expect(asked({ kind: 'short-write', taken: 0 }, OWN)).toEqual({ kind: 'taken', bytes: 0, log: [] });
  expect(asked({ kind: 'short-write', taken: 5 }, 'abc')).toEqual({ kind: 'taken', bytes: 3, log: [] });
});

test('hang never answers', () => {
  expect(asked({ kind: 'hang' }, OWN)).toEqual({ kind: 'hang', log: [] });
});
