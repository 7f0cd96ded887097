/** Selects parts of queries: those that a server does not support, refuses, does not declare, or ignores. */

/**
 * A set of selectors `[Type?]name[=value]`, written as in a URL: `for`, `Ingredient?for`, `_revinclude`,
 * `_revinclude=Ingredient:for`, `holder.name`, `name:contains`. A name without a modifier selects all its modifiers
 * and chains, a value selects all its targets, and `*` matches any text. `Type?` selects the resource type itself.
 */
export interface Selection {
  hasType(type: string): boolean;
  /** @param value if left out, selectors with a value do not match */
  hasPart(type: string, name: string, value?: string): boolean;
}

interface Selector {
  readonly type: string;
  readonly name: string;
  readonly value: string | undefined;
}

const SELECTOR = /^(?:(?<type>[A-Za-z*]+)\?)?(?<name>[^=?]*)(?:=(?<value>.+))?$/;

export function isSelector(text: string): boolean {
  return parse(text) !== undefined;
}

/** Throws a RangeError for an invalid selector. */
export function createSelection(selectors: readonly string[] = []): Selection {
  const parsed = selectors.map((text) => {
    const selector = parse(text);
    if (selector === undefined) throw new RangeError(`a selector is [Type?]name[=value], not "${text}"`);
    return selector;
  });
  return {
    hasType: (type) => parsed.some((selector) => selector.name === '' && isLike(selector.type, type)),
    hasPart: (type, name, value) => parsed.some((selector) => isPart(selector, type, name, value)),
  };
}

function parse(text: string): Selector | undefined {
  const { type, name = '', value } = SELECTOR.exec(text)?.groups ?? {};
  const isType = type !== undefined && value === undefined;
  return name === '' && !isType ? undefined : { type: type ?? '*', name, value };
}

function isPart(selector: Selector, type: string, name: string, value: string | undefined): boolean {
  const [plain = ''] = name.split(/[:.]/);
  const isNamed = isLike(selector.name, name) || isLike(selector.name, plain);
  if (selector.name === '' || !isNamed || !isLike(selector.type, type)) return false;
  if (selector.value === undefined) return true;
  return value !== undefined && (isLike(selector.value, value) || isLike(`${selector.value}:*`, value));
}

function isLike(pattern: string, text: string): boolean {
  const literals = pattern.split('*').map((literal) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`).test(text);
}
