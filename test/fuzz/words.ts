// Words and markup that a hostile or a careless writer may put anywhere.
import fc from 'fast-check';
import { SECRETS } from './properties.ts';

/** Names that objects have by themselves, and that paths have a meaning for. */
export const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'prototype',
  'type',
  'length',
  'x',
];
const PATHS = [
  ...[
    '../../../etc/passwd',
    '/etc/passwd',
    '..',
    '.',
    '',
    '../..',
    'a/../../b',
    '%2e%2e%2f',
    '..%00',
    '&#46;&#46;/&#46;&#46;',
  ],
  ...[
    '&#x2f;etc',
    'a\\b',
    'file:///etc/passwd',
    '$(id)',
    '`id`',
    "&apos;;id;'".replace("'", ''),
    '&#10;',
    ' ',
    'x'.repeat(300),
  ],
  ...[
    '\u202eabc',
    '\u{1f600}',
    '\u{10ffff}',
    '%',
    '%0',
    '%zz',
    '%00',
    'a&#9;b',
    '&amp;#46;',
    '-rf',
    '*',
    '0x1',
    '1e5',
    'NaN',
  ],
];
export const hostileWord = fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom(...PATHS));
export const rarely = <T>(usual: fc.Arbitrary<T>, hostile: fc.Arbitrary<T>, weight = 12): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: hostile });

export const space = fc.constantFrom(' ', ' ', ' ', '\n', '\t', '\r\n', '  \n ');
const noise = fc.constantFrom(
  ...[
    '',
    '',
    '',
    '',
    '\n  ',
    ' ',
    '<!-- <hostdev type="mdev"/> -->',
    '<![CDATA[<domain></domain>]]>',
    '<?p </devices> ?>',
  ],
  ...[
    '&#32;',
    '<__proto__/>',
    `<constructor toString='1'/>`,
    '<x:y xmlns:x="urn:x" x:y="1"/>',
    '&amp;',
    '<!---->',
    ']]&gt;',
  ],
  ...SECRETS,
);
// What no domain XML has, and what makes one unusable.
const poison = fc.constantFrom(
  ...[
    '<',
    '&',
    '&x;',
    '</x>',
    '<x>',
    '<!DOCTYPE x>',
    '<x:y/>',
    ']]>',
    '\0',
    '\u0001',
    '\u001e',
    '<x a=1/>',
    `<x a='1' a='1'/>`,
  ],
  ...['<!-- -- -->', '<?xml?>', '&#0;', '&#xd800;', '<x xmlns:y=""/>', '<x', `<x a='`, '<!--', '<![CDATA[', '\ufffe'],
);
export const filling = rarely(noise, poison, 60);
