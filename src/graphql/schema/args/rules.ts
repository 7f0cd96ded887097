/** Rules that several arguments share. */
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

/** Most rows of one list, ids of one `nodes`, terms of one `lookup`. */
export const mostRows = 100;
export const mostIds = 100;
export const mostTerms = 50;

/** Most characters of an id. The id of an organization that is known by its display carries that display. */
export const longestId = 8_000;

export const pageBounds = { message: '"first" must be between 1 and 100' };

/** A line of text that a search can carry. @param most characters */
export function IsText(most = 200): PropertyDecorator {
  return textRules(most, false);
}

/** Lines of text, any of which may match: at least one, `mostIds` at most. */
export function AreTexts(most = 200): PropertyDecorator {
  const size = { message: `"$property" must have 1 to ${mostIds} entries` };
  return together(ArrayMinSize(1, size), ArrayMaxSize(mostIds, size), textRules(most, true));
}

/** Values of an enum, any of which may match: at least one. */
export function AreSome(): PropertyDecorator {
  const size = { message: `"$property" must have 1 to ${mostIds} entries` };
  return together(IsOptional(), ArrayMinSize(1, size), ArrayMaxSize(mostIds, size));
}

/** Bar codes, which may contain GS1's separator, as scanners read it. */
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

/** Texts such as `5 mg` or `250 mg/5 ml`. */
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

/** The tag of an existing language: a typing error would look like missing texts. */
export function IsLanguage(): PropertyDecorator {
  return ValidateBy({
    name: 'isLanguage',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isLanguage(value),
      defaultMessage: () => '"language" must be the tag of a language, such as "de" or "pt-PT"',
    },
  });
}
