// `check` for people.
import { expect, test } from 'vitest';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { checkText } from '../../src/report/text.ts';
import { stampOn, verdictOn } from '../preflight/exchange.ts';
import { OTHER_PARENT, PARENT, TYPE, withOtherParent, withoutMdev } from '../preflight/hosts.ts';
import { SITUATIONS, verdictIn } from '../preflight/situations.ts';

const NONE = { state: 'none' } as const;
const alpha = gvtHost('alpha', 1);
const beta = gvtHost('beta', 1);
const stamped = stampOn(alpha, guestXml('desktop-7', [FIRST_MDEV]));

test('a guest without mdevs', () => {
  expect(checkText(verdictOn(beta, guestXml('plain', [])), NONE)).toBe("guest 'plain' has no mdev: nothing to ask\n");
});

test('an accepted guest', () => {
  expect(checkText(verdictOn(beta, stamped), NONE)).toBe(`guest 'desktop-7', 1 mdev, on this host 'beta'

${FIRST_MDEV}  pci:0000:01:00.0  compatible
  source       type '${TYPE}' on parent '${PARENT}', version '8086-591d-GVTg_V5_4-00000001' (type node)
               stamped on 'alpha' at 2026-01-02T03:04:05Z
  destination  type '${TYPE}' on parent '${PARENT}', version '8086-591d-GVTg_V5_4-00000001' (type node)

compatible
`);
});

test.each(SITUATIONS)(
  '$code comes with its sentence, what to do next and where to read on',
  ({ code, outcome, trigger }) => {
    const text = checkText(verdictIn(trigger), NONE);
    expect(text).toMatch(
      new RegExp(
        `\\n  ${code}: \\S.*\\n(?:      .*\\n)*      next:  \\S.*\\n      more:  docs/reasons\\.md#${code}\\n`,
      ),
    );
    expect(text.endsWith(`\n\n${outcome}\n`)).toBe(true);
    expect(text).not.toMatch(/undefined|null/);
  },
);

test('candidates are told with their answer and their room', () => {
  const text = checkText(verdictOn(withOtherParent(withoutMdev(beta), 2), stamped), NONE);
  expect(text).toContain(`  parent '${PARENT}' type '${TYPE}' accepts; available instances: 1\n`);
  expect(text).toContain(
    `  parent '${OTHER_PARENT}' type '${TYPE}' does not accept: EINVAL (Invalid argument); available instances: 1\n`,
  );
});

test('the driver’s words are marked as what they are', () => {
  expect(checkText(verdictOn(gvtHost('beta', 2), stamped), NONE)).toMatch(
    /\n {6}kernel log, possibly related: i915 0000:00:02\.0: gvt: Migration version mismatched\. .*\n/,
  );
});

// Control characters that XML 1.0 allows: U+0080 to U+009F, and line ends as character references.
test.each([
  ['name', (xml: string) => xml.replace('<name>desktop-7', '<name>desk\u009b2J&#10;compatible\u202e')],
  ['address', (xml: string) => xml.replace("type='pci' domain", "type='a\u009b1m&#10;compatible' domain")],
  ['model', (xml: string) => xml.replace("model='vfio-pci'", "model='\u009b1m&#10;compatible'")],
  ['host of the stamp', (xml: string) => xml.replace('host="alpha"', 'host="al\u009bpha&#10;compatible&#13;"')],
  ['parent of the stamp', (xml: string) => xml.replace('parent="', 'parent="\u0085\u2028&#10;compatible')],
  ['type of the stamp', (xml: string) => xml.replace('type="i915', 'type="i915\u0085\u2028&#10;compatible')],
  ['error of the stamp', (xml: string) => xml.replace('error="ENOENT"', 'error="\u0085&#10;compatible"')],
  ['node of the stamp', (xml: string) => xml.replace('node="type"', 'node="\u0085&#10;compatible"')],
])('the %s in the domain XML can neither move the cursor nor forge a line', (_, edit) => {
  const xml = edit(stamped);
  expect(xml).not.toBe(stamped);
  for (const host of [beta, withoutMdev(beta)]) {
    const text = checkText({ ...verdictOn(host, xml), outcome: 'incompatible' }, NONE);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(text).not.toMatch(/^compatible/m);
  }
});
