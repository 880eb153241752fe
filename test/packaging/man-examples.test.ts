// The transcripts in mdev-preflight(8) are what is printed.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/arguments.ts';
import { hostReport } from '../../src/cli/list.ts';
import { gather } from '../../src/preflight/gather.ts';
import { foundMdevs, judge, readGuest, restamp } from '../../src/preflight/guest.ts';
import type { Progress } from '../../src/preflight/progress.ts';
import { survey, type SurveyStep } from '../../src/preflight/survey.ts';
import { hostText } from '../../src/report/host.ts';
import { checkText } from '../../src/report/text.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { Page } from './roff.ts';

const EXAMPLES = Page.read('packaging/man/mdev-preflight.8').part('EXAMPLES');
const DESTINATION = gvtHost('beta', 2);

const withoutEmptyLines = (text: string): string => text.replace(/\n(?=\n)/g, '');

/** What stands behind the command, without empty lines; in pieces where others were left out. */
function transcript(title: string, lastCommand: RegExp): string[] {
  const { text } = EXAMPLES.part(title);
  const shown = text.slice(text.findIndex((line) => lastCommand.test(line)) + 1);
  return withoutEmptyLines(shown.join('\n')).split('\n...\n');
}

function expectPieces(whole: string, pieces: readonly string[]): void {
  const printed = withoutEmptyLines(whole);
  let at = 0;
  for (const piece of pieces) {
    const found = printed.indexOf(piece, at);
    expect(found, `${piece}\n\nis not in\n\n${printed.slice(at)}`).not.toBe(-1);
    at = found + piece.length;
  }
  expect(printed.startsWith(pieces[0] ?? '?')).toBe(true);
}

function facts(host: SimulatedHost, xml: string, ask: boolean): [ReturnType<typeof readGuest>, Progress[]] {
  const guest = readGuest(xml);
  const progress: Progress[] = [];
  gather(simulatedSysfs(host), guest.cases, { ask, kernelLog: true, expired: () => false }, (step) =>
    progress.push(step),
  );
  return [guest, progress];
}

it('shows a refused migration as it was recorded', () => {
  const recorded = readFileSync('docs/evidence/refusal.txt', 'utf8').replace('[status 1]\n', '');
  const [shown = ''] = transcript('Migrate', /^A refused one/);
  expect(shown).toContain('version-rejected');
  expect(recorded).toContain(`\n${shown}\n`);
});

it('shows a check as it is printed', () => {
  const [source, looked] = facts(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV]), false);
  const { found } = foundMdevs(source, looked);
  const stampedAt = new Date('2026-11-22T08:37:57Z');
  const stamped = restamp(source.document, found, { name: 'alpha', id: null }, stampedAt);
  const verdict = judge(...facts(DESTINATION, stamped, true), { name: DESTINATION.name, id: null });
  expectPieces(checkText(verdict, { state: 'none' }), transcript('Ask before, and change nothing', / check -$/));
});

it('shows a list as it is printed', () => {
  const steps: SurveyStep[] = [];
  survey(
    simulatedSysfs(DESTINATION),
    () => false,
    (step) => steps.push(step),
  );
  expectPieces(hostText(hostReport(steps, true, DESTINATION.name)), transcript('What a host has', / list$/));
});

it('shows calls that the command line takes', () => {
  const calls = EXAMPLES.text.flatMap((line) => /(?<=^\S* ?[#>] (?:ssh \S+ )?)mdev-preflight .*/.exec(line) ?? []);
  expect(calls.length).toBeGreaterThanOrEqual(5);
  for (const call of calls) {
    const words = call.replace(/ \|$/, '').match(/'[^']*'|\S+/g) ?? [];
    expect(parseCommandLine(words.slice(1)).kind).toBe('call');
  }
});
