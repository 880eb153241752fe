import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUuid } from '../../src/model/uuid.ts';

const UUID = '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001';

describe('parseUuid', () => {
  it.each([
    ['as it is', UUID],
    ['in upper case', UUID.toUpperCase()],
    ['without hyphens', UUID.replaceAll('-', '')],
    ['with spaces for hyphens', UUID.replaceAll('-', ' ')],
    ['with hyphens in other places', UUID.replaceAll('-', '').replace(/../g, '$&-').slice(0, -1)],
    ['with hyphens in front', `--${UUID}`],
    ['with white space around it', ` \t\r\n\v\f${UUID} \n`],
  ])('reads a UUID %s', (_, text) => {
    expect(parseUuid(text)).toBe(UUID);
  });

  it.each([
    ['nothing', ''],
    ['white space', ' '],
    ['a digit too few', UUID.slice(0, -1)],
    ['a pair too few', UUID.slice(0, -2)],
    ['a digit too many', `${UUID}0`],
    ['a pair too many', `${UUID}00`],
    ['a letter beyond f', UUID.replace('8', 'g')],
    ['a hyphen within a pair', UUID.replace('83', '8-3')],
    ['a hyphen behind it', `${UUID}-`],
    ['a line end inside', UUID.replace('-', '\n')],
    ['braces', `{${UUID}}`],
    ['a URN', `urn:uuid:${UUID}`],
    ['a path in front', `../${UUID}`],
    ['a path behind', `${UUID}/../..`],
    ['a NUL behind', `${UUID}\0`],
    ['a no-break space, which isspace(3) does not know', `${UUID}\u00a0`],
    ['a full-width digit', UUID.replace('8', '\uff18')],
    ['an s that folds to another letter', UUID.replace('8', '\u017f')],
    ['a second line', `${UUID}\n${UUID}`],
  ])('gives null for %s', (_, text) => {
    expect(parseUuid(text)).toBeNull();
  });

  it('reads its own result as the same', () => {
    fc.assert(
      fc.property(fc.uuid(), (text) => {
        expect(parseUuid(text.toUpperCase())).toBe(text);
        expect(parseUuid(text)).toBe(text);
      }),
    );
  });

  it('gives nothing but null and one path component of 36 characters, whatever comes', () => {
    const near = fc.string({
      unit: fc.constantFrom(...Array.from('0123456789abcdefABCDEF- /.\n\0')),
      minLength: 30,
      maxLength: 45,
    });
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
        expect(parseUuid(text) ?? UUID).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      }),
    );
  });

  // An attribute may be as long as the document: with two patterns for one blank this took hours.
  it('takes no long time for long input', () => {
    const blanks = ' '.repeat(50_000);
    const start = performance.now();
    for (const text of [blanks, `${UUID}${blanks}x`, `${blanks}x`, '- '.repeat(25_000)])
      expect(parseUuid(text)).toBeNull();
    expect(parseUuid(blanks + UUID + blanks)).toBe(UUID);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
