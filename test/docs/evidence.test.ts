// What README.md and docs/evidence.md quote of the recorded migrations is what was recorded: docs/evidence/*.txt, which
// `make vm-test` compares with what happens.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const RECORDED = readdirSync('docs/evidence').map((name) => readFileSync(`docs/evidence/${name}`, 'utf8'));

/** The commands with all that they printed. */
function steps(text: string): string[] {
  return text.split(/^(?=\w+# )/m).map((step) => step.trimEnd());
}

function quoted(page: string): string[][] {
  return [...readFileSync(page, 'utf8').matchAll(/^```console\n([^]*?)^```/gm)].map(([, block = '']) => steps(block));
}

describe.each(['README.md', 'docs/evidence.md'])('%s', (page) => {
  it('quotes both recordings, each step of them whole and in its order', () => {
    const blocks = quoted(page);
    expect(blocks).toHaveLength(RECORDED.length);
    for (const block of blocks) {
      const sources = RECORDED.map(steps).filter((recorded) => block.every((step) => recorded.includes(step)));
      expect(sources, block.join('\n')).toHaveLength(1);
      const places = block.map((step) => sources[0]?.indexOf(step) ?? -1);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
  });
});
