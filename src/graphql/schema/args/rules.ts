/** Validation rules that several arguments share. */
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsOptional,
  Matches,
  MaxLength,
  ValidateBy,
  type ValidationOptions,
} from 'class-validator';
import { isStrengthFault, readStrength } from '../../../facts/amounts/strength-filter.js';
import { isLanguage } from '../../../terms/languages.js';

/** Maximum number of rows of one list, of ids in one `nodes`, and of terms in one `lookup`. */
export const mostRows = 100;
export const mostIds = 100;
export const mostTerms = 50;

/**
 * Maximum number of characters of an id. The id of an organization of which only the name is known contains this
 * name.
 */
export const longestId = 8_000;

export const pageBounds = { message: '"first" must be between 1 and 100' };

/**
 * Requires a text on one line that can be part of a search.
 * @param most the maximum number of characters
 */
export function IsText(most = 200): PropertyDecorator {
  return textRules(most, false);
}

/** Requires a list of 1 to `mostIds` texts on one line. A product matches if any of them matches. */
export function AreTexts(most = 200): PropertyDecorator {
  const size = { message: `"$property" must have 1 to ${mostIds} entries` };
  return together(ArrayMinSize(1, size), ArrayMaxSize(mostIds, size), textRules(most, true));
}

/** Requires a list of 1 to `mostIds` enum values. A product matches if any of them matches. */
export function AreSome(): PropertyDecorator {
  const size = { message: `"$property" must have 1 to ${mostIds} entries` };
  return together(IsOptional(), ArrayMinSize(1, size), ArrayMaxSize(mostIds, size));
}

/** Requires bar codes. They may contain the separator of GS1 bar codes, as scanners send it. */
export function AreBarcodes(): PropertyDecorator {
  const size = { message: `"$property" must have 1 to ${mostIds} entries` };
  const rule = (message: string): ValidationOptions => ({ each: true, message: `"$property" ${message}` });
  return together(
    IsOptional(),
    ArrayMinSize(1, size),
    ArrayMaxSize(mostIds, size),
    MaxLength(200, rule('must have at most 200 characters')),
    Matches(/^[^\p{Surrogate}]*\S[^\p{Surrogate}]*$/u, rule('must not be blank')),
  );
}

/** Requires texts such as `5 mg` or `250 mg/5 ml`. */
export function AreStrengths(each: boolean): PropertyDecorator {
  const faultOf = (value: unknown): string | undefined => {
    const read =
      typeof value === 'string' ? readStrength(value) : { message: 'must be a text such as "5 mg"' };
    return isStrengthFault(read) ? read.message : undefined;
  };
  return ValidateBy(
    {
      name: 'isStrength',
      validator: {
        validate: (value: unknown) =>
          value === undefined || value === null || all(value).every((one) => faultOf(one) === undefined),
        defaultMessage: (at) => `"$property" ${all(at?.value).flatMap((one) => faultOf(one) ?? [])[0] ?? ''}`,
      },
    },
    {},
  );
  function all(value: unknown): readonly unknown[] {
    return each && Array.isArray(value) ? value : [value];
  }
}

function textRules(most: number, each: boolean): PropertyDecorator {
  const rule = (message: string): ValidationOptions => ({ each, message: `"$property" ${message}` });
  return together(
    IsOptional(),
    MaxLength(most, rule(`must have at most ${most} characters`)),
    Matches(/\S/u, rule('must not be blank')),
    Matches(
      /^[^\p{Control}\p{Surrogate}]*$/u,
      rule('must not have control characters or incomplete characters'),
    ),
  );
}

function together(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };
}

/** Requires the tag of an existing language. Otherwise a misspelt tag would look as if texts were missing. */
export function IsLanguage(): PropertyDecorator {
  return ValidateBy({
    name: 'isLanguage',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isLanguage(value),
      defaultMessage: () => '"language" must be the tag of a language, such as "de" or "pt-PT"',
    },
  });
}
