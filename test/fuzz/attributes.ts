// The attributes of a tag: in any order, quotes and white space, and now and then one too few, too many, or spoilt.
import fc from 'fast-check';
import { hostileWord, NAMES, rarely, space } from './words.ts';

interface Attribute {
  readonly name: string;
  readonly value: string;
}

/** A tag's attributes in any order, quotes and white space. */
function written(attributes: readonly Attribute[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.shuffledSubarray([...attributes], { minLength: attributes.length }),
      space,
      fc.boolean(),
      fc.constantFrom('', '', ' '),
    )
    .map(([order, gap, double, around]) =>
      order
        .map(({ name, value }) => {
          const quoted = double && !value.includes('"') ? `"${value}"` : `'${value.replaceAll("'", '&apos;')}'`;
          return `${gap}${name}${around}=${around}${quoted}`;
        })
        .join(''),
    );
}

const dropped = (all: readonly Attribute[]): fc.Arbitrary<readonly Attribute[]> =>
  fc.shuffledSubarray([...all], { minLength: all.length - 1, maxLength: all.length - 1 });
const added = (all: readonly Attribute[]): fc.Arbitrary<readonly Attribute[]> =>
  fc
    .tuple(fc.constantFrom(...NAMES, 'x:type', 'xml:lang', 'xmlns:q', 'xmlns', 'mode', 'uuid'), hostileWord)
    .map(([name, value]) => [...all, { name, value }]);
const spoilt = (all: readonly Attribute[]): fc.Arbitrary<readonly Attribute[]> =>
  fc
    .tuple(fc.nat(all.length - 1), hostileWord)
    .map(([at, value]) => all.map((it, index) => (index === at ? { ...it, value } : it)));
export const attributeList = (values: Readonly<Record<string, string>>): fc.Arbitrary<string> => {
  const all = Object.entries(values).map(([name, value]) => ({ name, value }));
  const usual = fc.constant<readonly Attribute[]>(all);
  const other = all.length === 0 ? added(all) : fc.oneof(dropped(all), added(all), spoilt(all), spoilt(all));
  return rarely(usual, other, 25).chain(written);
};
