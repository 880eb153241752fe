// Documents for the differential test: captures, broken in one to three ways.
// A document is its bytes, one character (0 to 255) a byte, so that bad UTF-8 is an edit like any other.
import { TEXT_MUTATIONS } from './mutations-text.ts';
import { TREE_MUTATIONS } from './mutations-tree.ts';
import { type Random, seededRandom } from './random.ts';

export interface Mutant {
  /** Which capture became what, for the message of a failing test. */
  readonly story: string;
  readonly bytes: Buffer;
}

const MUTATIONS = Object.entries({ ...TEXT_MUTATIONS, ...TREE_MUTATIONS });

/** The same `count` documents for the same captures. */
export function mutants(captures: readonly { name: string; bytes: Buffer }[], count: number): Mutant[] {
  return Array.from({ length: count }, (_, number) => {
    const random = seededRandom(number);
    const { name, bytes } = random.pick(captures);
    const story = [`${String(number)}: ${name}`];
    let document = withMoreHostdevs(bytes.toString('latin1'), random);
    // Mostly one: of several, one usually hides what the others do.
    for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left -= 1) {
      // Every mutation is met in turn, whatever the seed draws.
      const [what, mutate] = left === 1 ? at(MUTATIONS, number) : random.pick(MUTATIONS);
      document = mutate(document, random);
      story.push(what);
    }
    return { story: story.join(', '), bytes: Buffer.from(document, 'latin1') };
  });
}

function at<T>(list: readonly T[], number: number): T {
  const element = list[number % list.length];
  if (element === undefined) throw new Error('an empty list');
  return element;
}

// The captures have one mdev at most; order and confusion need several, and other hostdevs between.
function withMoreHostdevs(document: string, random: Random): string {
  const hostdev = (attributes: string, address: string): string =>
    `<hostdev ${attributes}><source><address ${address}/></source><address type='pci' slot='0x0${String(random.below(8))}'/></hostdev>\n    `;
  const uuid = (): string => `uuid='${'0123456789abcdef'.charAt(random.below(16))}3b8f4f2-509f-382f-3c1e-e6bfe0fa2002'`;
  const extra = random.pick([
    [],
    [hostdev(`mode='subsystem' type='mdev' model='vfio-pci'`, uuid())],
    [hostdev(`type="mdev" model='vfio-ccw'`, uuid()), hostdev(`mode='subsystem' type='mdev'`, uuid())],
    [hostdev(`mode='subsystem' type='pci' managed='yes'`, `domain='0' bus='3'`), hostdev(`type='mdev'`, uuid())],
    [hostdev(`mode='capabilities' type='mdev'`, uuid())],
  ]);
  return document.replace('</devices>', () => `${extra.join('')}</devices>`);
}
