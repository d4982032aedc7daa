/** What a ~SEQ or ~LST asks for: how long it is, and what its parameters are each time. */
export interface Repetition {
  readonly length: number;
  readonly values: Iterable<readonly (readonly [name: string, value: string])[]>;
}

/** More than any file means, and few enough to be read. */
const MOST_TIMES = 100_000;

/**
 * Reads the `~SEQ(…)`, `~SEQx(…)` or `~LST(…)` that a text begins with (keepalived.conf(5), "Sequence blocks" and
 * "List blocks").
 * @returns what it asks for, a sentence about what is wrong with it, or undefined when the text begins otherwise
 */
export function valuesOf(text: string): Repetition | string | undefined {
  const head = /^~(SEQx?|LST)\s*\(([^()]*)\)\s*/.exec(text);
  if (head === null) {
    return text.startsWith('~LST') ? WRONG_LIST : text.startsWith('~SEQ') ? WRONG_SEQUENCE : undefined;
  }
  const [whole, kind = '', inside = ''] = head;
  const values = kind === 'LST' ? listed(inside) : sequence(inside, kind === 'SEQx');
  return typeof values === 'string' ? values : { length: whole.length, values };
}

function sequence(inside: string, hexadecimal: boolean): Repetition['values'] | string {
  const [name = '', ...words] = inside.split(',').map(word => word.trim());
  const numbers = words.map(Number);
  if (
    !NAME.test(name) ||
    words.includes('') ||
    numbers.length < 1 ||
    numbers.length > 3 ||
    !numbers.every(Number.isSafeInteger)
  ) {
    return WRONG_SEQUENCE;
  }
  const end = numbers.at(-1) ?? 0;
  const start = numbers.length === 1 ? (end < 0 ? -1 : 1) : (numbers[0] ?? 0);
  const step = numbers.length === 3 ? (numbers[1] ?? 0) : end < start ? -1 : 1;
  const times = step === 0 ? -1 : Math.floor((end - start) / step) + 1;
  if (times < 1) return `a sequence from ${start} by ${step} never comes to ${end}`;
  if (times > MOST_TIMES) return `a sequence of ${times} is longer than ${MOST_TIMES}`;
  return Array.from({ length: times }, (_, i) => {
    const value = start + i * step;
    return [[name, hexadecimal ? value.toString(16) : String(value)]];
  });
}

function listed(inside: string): Repetition['values'] | string {
  const groups = inside.includes('{')
    ? [...inside.matchAll(/\{([^{}]*)\}/g)].map(group => (group[1] ?? '').split(','))
    : inside.split(',').map(word => [word]);
  const [names = [], ...values] = groups.map(group => group.map(word => word.trim()));
  if (values.length === 0 || !names.every(name => NAME.test(name))) return WRONG_LIST;
  if (values.some(group => group.length !== names.length)) {
    return `${WRONG_LIST}, with as many values as names each time`;
  }
  return values.map(group => names.map((name, i): readonly [string, string] => [name, group[i] ?? '']));
}

const WRONG_SEQUENCE =
  'a sequence is written ~SEQ(NAME, START, STEP, END) with whole numbers; START and STEP may be left out';
const WRONG_LIST = 'a list is written ~LST(NAME, VALUE, …) or ~LST({NAME, NAME}, {VALUE, VALUE}, …)';

const NAME = /^[A-Za-z_]\w*$/;
